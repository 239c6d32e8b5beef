"""Plans side by side: which there are to choose from, and what differs between those chosen."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.decisions.compare import Comparison, Summary, compare, distinct, summarize
from costplan.decisions.operands import BASE, CHANGED, Operand
from costplan.desk.command import command_line
from costplan.desk.whatif import WhatIf
from costplan.errors import UsageError
from costplan.kind import Kind, kind_of
from costplan.planning import compile_plan
from costplan.prices import load_price_book
from costplan.report.attribution import BridgeStep, bridge_steps
from costplan.report.compare import comparison_money, comparison_page
from costplan.report.money import MoneyFormat
from costplan.report.saved import read_saved_plan
from costplan.report.table import Page

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

MOST = 4
"""Plans that are compared at once: more columns than that nobody reads."""
STANDING = Operand("")
"""The plan on the desk as it stands, whatever the what-if; it may be given a `known_at`."""
_TOLD_BY = 100_000
"""Bytes of a file that tell its kind."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan that can be compared."""

    operand: Operand
    name: str
    note: str
    """What it is, in a few words."""


@dataclass(frozen=True, slots=True)
class Offering:
    """Which plans are there to compare?"""

    what_if: WhatIf

    def answer(self, desk: Desk) -> tuple[Offer, ...]:
        """The plan as written, as it stands, its variants, then other files.

        Raises:
            OSError: the folder cannot be read.
        """
        return tuple(self._offers(desk))

    def _offers(self, desk: Desk) -> Iterator[Offer]:
        yield Offer(Operand(desk.path, is_base=True), BASE, "the scenario as written")
        if self.what_if.settings:
            yield Offer(STANDING, CHANGED, "as it stands now, following every change")
        for variant in desk.scenario.variants:
            yield Offer(Operand(desk.path, variant), variant, "a variant")
        here = Path(desk.path)
        seen = {here.name}
        for path in sorted(here.parent.iterdir()) if here.exists() else ():
            kind = _kind(path)
            if path.name not in seen and kind is not None:
                seen.add(path.name)
                note = "a plan saved as JSON" if kind is Kind.SAVED_PLAN else "beside this file"
                yield Offer(Operand(str(path)), path.name, note)
        for name in desk.others:
            if name not in seen:
                yield Offer(Operand(name), name, "an example")


def _kind(path: Path) -> Kind | None:
    """Whether a file can be compared, and what it is."""
    if path.suffix not in {".yaml", ".yml", ".json"} or not path.is_file():
        return None
    with path.open("rb") as file:
        kind = kind_of(file.read(_TOLD_BY))
    # A schema of scenarios is JSON with the keys of a scenario.
    return kind if kind is (Kind.SAVED_PLAN if path.suffix == ".json" else Kind.SCENARIO) else None


@dataclass(frozen=True, slots=True)
class Comparing:
    """What is different between these plans?"""

    what_if: WhatIf
    operands: tuple[Operand, ...] = ()
    """The first is what the others are held against; none leaves the choice to the desk."""

    def answer(self, desk: Desk) -> Compared:
        """The plans beside the first of them.

        Raises:
            UsageError: they are fewer than two or more than four, or in different currencies.
            CostplanError: one of them cannot be planned.
            OSError: a file cannot be read.
        """
        chosen = self.operands or self._usual(desk)
        if len(chosen) < 2:
            raise UsageError(
                "there is only one plan here: change something, add a variant to the file, or "
                "choose another file or price date to compare it with"
            )
        if len(chosen) > MOST:
            raise UsageError(f"two to {MOST} plans can be compared, these are {len(chosen)}")
        meant = [self._meant(operand, desk) for operand in chosen]
        with_file = len({operand.file for operand in meant}) > 1
        plans = distinct(_summary(operand, desk, with_file=with_file) for operand in meant)
        return Compared.of(compare(plans), chosen)

    def _usual(self, desk: Desk) -> tuple[Operand, ...]:
        """As written and as it stands; where those are the same, as written and its variants."""
        written = Operand(desk.path, is_base=True)
        if self.what_if != WhatIf():
            return written, STANDING
        variants = desk.scenario.variants[: MOST - 1]
        return written, *(Operand(desk.path, variant) for variant in variants)

    def _meant(self, operand: Operand, desk: Desk) -> Operand:
        if operand.file:
            return operand
        now = self.what_if
        return replace(operand, file=desk.path, variant=now.variant, settings=now.settings)


def compare_command(desk: Desk, what_if: WhatIf, operands: Sequence[Operand]) -> str:
    """The command line that compares these plans, quoted for a shell.

    What only this screen knows, the plan as it stands, is saved first.
    """
    saved, words = [], []
    for operand in operands:
        if operand.file:
            words.append(operand.text)
        else:
            name = f"{operand.label(with_file=False).replace('base', CHANGED)}.json"
            known = (f"--known-at={operand.known_at}",) if operand.known_at else ()
            more = (*known, "--format=json", "-o", name)
            saved.append(command_line(desk, what_if, more=more))
            words.append(name)
    for setting in desk.settings:
        words += ["--set", "=".join(setting)]
    return " && ".join([*saved, shlex.join(["costplan", "compare", *words, *desk.options])])


def _summary(operand: Operand, desk: Desk, *, with_file: bool) -> Summary:
    """One plan, as far as it is compared; remembered until a file it was made from changes."""
    if operand.file == desk.path:
        made = desk.recall(("summary", operand), lambda: _planned(operand, desk))
        return replace(made, label=operand.label(with_file=with_file))
    path = Path(operand.file)
    if path.suffix == ".json" and _kind(path) is Kind.SAVED_PLAN:
        return _saved(operand)
    other = desk.recall(("desk", operand.file), lambda: _opened(operand.file, desk))
    if other.changed():
        other.load()
    return _summary(operand, other, with_file=with_file)


def _opened(name: str, desk: Desk) -> Desk:
    other = desk.open(name)
    other.load()
    return other


def _planned(operand: Operand, desk: Desk) -> Summary:
    what_if = WhatIf(operand.variant, operand.settings)
    if operand.known_at is None:
        return summarize(desk.project(what_if))
    seen = (desk.book or load_price_book()).pinned(known_at=operand.known_at)
    scenario = desk.standing(what_if)
    plan = compile_plan(scenario, seen, counts=desk.counts, memory=desk.memory)
    return summarize(plan.project(draws=desk.draws, seed=desk.seed))


def _saved(operand: Operand) -> Summary:
    if operand.variant or operand.known_at:
        raise UsageError(f"{operand.file} is a saved plan: it has no # and no @")
    path = Path(operand.file)
    return replace(read_saved_plan(path.read_bytes(), operand.file), label=path.name)


@dataclass(frozen=True, slots=True)
class Pillar:
    """A total that a bridge stands on."""

    label: str
    amount: Decimal
    """As shown."""
    text: str


@dataclass(frozen=True, slots=True)
class Bridge:
    """How the total of one plan comes from that of another; what is shown adds up."""

    first: Pillar
    steps: tuple[BridgeStep, ...]
    last: Pillar
    change: str
    """The whole difference in money and percent."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Plans side by side, the first being what the others are held against."""

    operands: tuple[Operand, ...]
    """As they were chosen."""
    labels: tuple[str, ...]
    page: Page
    """What `costplan compare` prints: the plans, the drivers, months, models, workloads."""
    bridges: tuple[Bridge, ...]
    """From the first plan to each of the others."""
    currency: str

    @classmethod
    def of(cls, comparison: Comparison, operands: tuple[Operand, ...]) -> Compared:
        """Everything that is shown of a comparison."""
        page, money = comparison_page(comparison), comparison_money(comparison)
        changes = [" ".join(row[2:4]) for row in page.tables[0].rows]
        return cls(
            operands=operands,
            labels=tuple(plan.label for plan in comparison.plans),
            page=page,
            bridges=tuple(
                Bridge(
                    _pillar(comparison.plans[0], money),
                    bridge_steps(comparison, k, money),
                    _pillar(comparison.plans[k], money),
                    changes[k],
                )
                for k in range(1, len(comparison.plans))
            ),
            currency=comparison.currency,
        )


def _pillar(plan: Summary, money: MoneyFormat) -> Pillar:
    amount = money.rounded(plan.horizon.expected)
    return Pillar(plan.label, amount, money(amount, exact=plan.horizon.expected))
