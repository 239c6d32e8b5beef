"""The levers of a plan, where they stand, and what comes of moving one.

Every change is tried on the scenario before it is given back: what the schema refuses is told in a
sentence, and nothing has changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from costplan.desk.allowed import Allowed
from costplan.desk.levers import Lever, checked, completed, levers_of, settings_for
from costplan.desk.mixes import Mix
from costplan.desk.spelling import Spelling
from costplan.desk.whatif import WhatIf
from costplan.documents import split_path
from costplan.errors import CostplanError, FileError, UsageError, suggestion
from costplan.meters import Meter
from costplan.prices import Model, PriceBook, default_book, with_own_files
from costplan.scenario import Scenario
from costplan.scenario.kinds import Share

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

_FAR = 4
"""A value so many times what the scenario says is moved by steps of its own."""


@dataclass(frozen=True, slots=True)
class Turning:
    """What can be moved in this plan?"""

    variant: str | None = None

    def answer(self, desk: Desk) -> Board:
        """The levers, and the models that a mix can be given.

        Raises:
            CostplanError: there is no such variant, or it is not a valid scenario.
        """
        scenario = desk.standing(WhatIf(self.variant))
        book = with_own_files(desk.book or default_book(), scenario.price_files)
        days = () if book.known_at else price_days(scenario, book)
        models = models_on_sale(book, scenario.start.first)
        return Board(scenario, levers_of(scenario, days), models, days)


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """The levers of a scenario as its file has them."""

    base: Scenario
    """With its variant laid over it."""
    levers: tuple[Lever, ...]
    models: tuple[str, ...] = ()
    """What a mix can be given, by name."""
    price_days: tuple[str, ...] = ()
    by_path: dict[str, Lever] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_path", {lever.path: lever for lever in self.levers})

    def standing(self, what_if: WhatIf) -> tuple[Lever, ...]:
        """The levers where a what-if puts them.

        Raises:
            CostplanError: the scenario cannot be what the what-if says.
        """
        if not what_if.settings:
            return self.levers
        return levers_of(self._applied(what_if), self.price_days)

    def changed(self, levers: Iterable[Lever]) -> tuple[Lever, ...]:
        """Those of them that stand elsewhere than in the file."""
        return tuple(lever for lever in levers if lever.text != self.text_before(lever.path))

    def text_before(self, path: str) -> str | None:
        """What the file says at a path; None where no lever is there."""
        lever = self.by_path.get(path)
        return lever.text if lever else None

    def resting(self, lever: Lever) -> str:
        """The value whose steps a lever is moved by: that of the file, unless it is far off."""
        before = self.by_path.get(lever.path)
        if before is None:
            return lever.text
        there, here = Spelling.read(before.text), Spelling.read(lever.text)
        if there is None or here is None or there.is_percent or here.is_percent:
            return before.text
        ends = sorted((abs(there.middle), abs(here.middle)))
        is_near = ends[1] <= ends[0] * _FAR
        return before.text if is_near else lever.text

    def nudged(self, what_if: WhatIf, lever: Lever, steps: int, rest: str = "") -> WhatIf:
        """A what-if with one lever moved, as far as the scenario allows.

        Args:
            what_if: where the levers stand.
            lever: one of them.
            steps: how many; below 0 is down.
            rest: the value whose steps it is moved by; `resting` where nothing is said.

        Raises:
            UsageError: it cannot go there by even one step; says why.
        """
        moved = replace(lever, text=rest or self.resting(lever))
        one = 1 if steps > 0 else -1
        refused = ""
        for count in range(abs(steps), 0, -1):
            text = moved.nudged(lever.text, one * count)
            if text == lever.text:
                break
            try:
                return self._moved(what_if, lever, text)
            except UsageError as error:
                refused = str(error)
        if refused:
            raise UsageError(refused)
        return what_if

    def typed(self, what_if: WhatIf, lever: Lever, text: str) -> WhatIf:
        """A what-if with one lever at a value that was typed.

        Raises:
            UsageError: it cannot be that; says why, with the nearest valid thing.
        """
        text = completed(text, lever)
        if wrong := checked(text, lever):
            raise UsageError(wrong)
        return what_if if text == lever.text else self._moved(what_if, lever, text)

    def reset(self, what_if: WhatIf, lever: Lever) -> WhatIf:
        """A what-if with one lever back where the file has it; of a share the whole mix.

        Raises:
            UsageError: what else was changed does not allow it; says why.
        """
        at = split_path(lever.mix.path if lever.mix else lever.path)
        kept = (one for one in what_if.settings if split_path(one[0])[: len(at)] != at)
        back = replace(what_if, settings=tuple(kept))
        before = self.by_path.get(lever.path)
        there = {one.path: one.text for one in self.standing(self._tried(back))}
        if before is not None and there.get(lever.path) != before.text:  # set from further above
            back = self._tried(back.setting(*settings_for(before, before.text)[0]))
        return back

    def candidates(self, mix: Mix) -> list[str]:
        """The models that a mix could be given: the plan's others first, then their providers'."""
        there = {share.model for share in mix.shares}
        used = {name for load in self.base.workloads.values() for _, name in load.models()}
        known = {name.partition("/")[0] for name in used}
        return sorted(
            (name for name in self.models if name not in there),
            key=lambda name: (name not in used, name.partition("/")[0] not in known, name),
        )

    def with_model(self, what_if: WhatIf, mix: Mix, model: str, text: str = "0%") -> WhatIf:
        """A what-if in which a mix has one more model.

        Raises:
            UsageError: there is no such model, it is in the mix, or it cannot have that share.
        """
        if model not in self.models:
            raise UsageError(f"no model {model!r} is on sale{suggestion(model, self.models)}")
        if any(share.model == model for share in mix.shares):
            raise UsageError(f"{model} is in the mix already")
        if wrong := Allowed(Share(), self.base.assumptions).problem(text):
            raise UsageError(wrong)
        return self._tried(what_if.setting(mix.path, mix.with_share(model, text)))

    def _moved(self, what_if: WhatIf, lever: Lever, text: str) -> WhatIf:
        before = self.by_path.get(lever.path)
        for path, value in settings_for(lever, text, before):
            what_if = what_if.setting(path, value)
            if self._says(path, value, before):
                what_if = what_if.without(path)
        return self._tried(what_if)

    def _says(self, path: str, value: str, before: Lever | None) -> bool:
        """Whether a setting is what the file says."""
        if before is None:
            return False
        if before.mix is not None:
            return path == before.mix.path and before.mix.says(value)
        return (path, value) in settings_for(before, before.text)

    def _applied(self, what_if: WhatIf) -> Scenario:
        return self.base.apply(None, what_if.settings)

    def _tried(self, what_if: WhatIf) -> WhatIf:
        try:
            self._applied(what_if)
        except FileError as error:
            first = error.problems[0]
            said = f"{first.path}: {first.message}" if first.path else first.message
            raise UsageError(said) from None
        return what_if


@lru_cache(maxsize=4)
def models_on_sale(book: PriceBook, day: date) -> tuple[str, ...]:
    """The models that have a price for text on a day and still answer, by name."""
    return tuple(model.name for model in book.models if _is_on_sale(book, model, day))


def _is_on_sale(book: PriceBook, model: Model, day: date) -> bool:
    if model.retirement is not None and model.retirement <= day:
        return False
    try:
        price = book.price(model, at=day)
    except CostplanError:
        return False
    return price.rates.get(Meter.INPUT, Decimal(0)) > 0


def price_days(scenario: Scenario, book: PriceBook) -> tuple[str, ...]:
    """The days on which something became known of the prices of a scenario's models.

    From the first day on which all of them had a price; the last is left out, for from there on
    nothing more was known than is today.
    """
    known: set[date] = set()
    first = date.min
    for workload in scenario.workloads.values():
        for _, name in workload.models():
            try:
                rows = book.history(name)
            except CostplanError:  # the plan says so
                continue
            known |= {row.known for row in rows}
            first = max(first, min((row.known for row in rows), default=first))
    return tuple(str(day) for day in sorted(known)[:-1] if day >= first)
