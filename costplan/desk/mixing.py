"""The cheapest routing mix of a workload, with its rules as switches, and what to do with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from costplan.decisions.mixing import NoMixError
from costplan.decisions.optimize import Optimum, Price, optimize
from costplan.desk.mixed import Mixed
from costplan.desk.rules import LIMITS, Rule, models_of, parse_rule, rules_for
from costplan.desk.whatif import Setting, WhatIf
from costplan.documents import join_path
from costplan.engine.projection import Projection
from costplan.errors import UsageError
from costplan.planning import project
from costplan.scenario import Scenario
from costplan.scenario.optimizing import Wishes

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

_BILLED = 4096
"""Draws where a contract bills by steps: its expected bill is their mean."""


@dataclass(frozen=True, slots=True)
class Mixing:
    """Which mix of a workload is the cheapest that keeps the rules?"""

    what_if: WhatIf
    workload: str | None = None
    """None is the first that the scenario has rules for, else the first with a mix."""
    rules: tuple[Setting, ...] = ()
    """Rules that stand elsewhere than in the scenario."""
    typed: tuple[Setting, ...] = ()
    """Rules of the user's own, on or off."""
    limited: bool = True
    """Whether rate limits count."""

    def switched(self, rule: Rule) -> Mixing:
        """The same with one rule on where it was off, or off where it was on."""
        if rule.path == LIMITS:
            return replace(self, limited=not self.limited)
        return replace(self, rules=rule.switched(self.rules))

    def with_rule(self, text: str, workload: str) -> Mixing:
        """The same with a rule as one would say it: `quality 90%`, `anthropic at most 60%`.

        Raises:
            UsageError: it is no rule.
        """
        setting = parse_rule(text, workload)
        return replace(
            self,
            rules=tuple((dict(self.rules) | dict([setting])).items()),
            typed=tuple(dict.fromkeys((*self.typed, setting))),
        )

    def answer(self, desk: Desk) -> Mixed:
        """The cheapest mix, what each rule costs, and the frontier of cost and quality.

        Where no mix keeps the rules the answer says so, and holds the rules all the same.

        Raises:
            UsageError: no workload has a mix, or the solver is not installed.
            CostplanError: the plan cannot be made, or a rule cannot be read.
        """
        scenario = desk.standing(self.what_if)
        names = tuple(name for name, each in scenario.workloads.items() if each.routing)
        if not names:
            raise UsageError("no workload of this plan has a mix to choose")
        stated = next((name for name in scenario.optimize if name in names), names[0])
        chosen = self.workload if self.workload in names else stated
        settings = (*self._written(scenario, chosen, desk), *self.rules)
        ruled = scenario.apply(settings=settings) if settings else scenario
        rules = rules_for(scenario, chosen, self.rules, self.typed, limited=self.limited)
        empty = Mixed(chosen, names, rules, settings, tuple(_missing(ruled, chosen)))
        try:
            found = self._found(ruled, chosen, desk)
        except NoMixError as error:
            return replace(empty, problem=str(error))
        freed = self._without_residency(ruled, chosen, found, desk)
        return empty.holding(found, freed)

    def _written(self, scenario: Scenario, workload: str, desk: Desk) -> tuple[Setting, ...]:
        """The models to choose from, where the mix that stands has lost some of those written."""
        wishes = scenario.optimize.get(workload, Wishes())
        before = desk.standing(WhatIf(self.what_if.variant))
        if wishes.among or workload not in before.workloads:
            return ()
        now, then = (models_of(each, workload) for each in (scenario, before))
        if not set(then) - set(now):
            return ()
        path = join_path(("optimize", workload, "among"))
        return ((path, f"[{', '.join(dict.fromkeys((*then, *now)))}]"),)

    def _found(self, scenario: Scenario, workload: str, desk: Desk) -> Optimum:
        wishes = scenario.optimize.get(workload, Wishes())
        price = _price(desk, self.what_if)
        return optimize(scenario, workload, wishes, price, limited=self.limited)

    def _without_residency(
        self, scenario: Scenario, workload: str, found: Optimum, desk: Desk
    ) -> Decimal:
        """What it costs that data stays in a place: no rule of the program, so asked once more."""
        wishes = scenario.optimize.get(workload, Wishes())
        if wishes.residency is None:
            return Decimal(0)
        open_to_all = {**scenario.optimize, workload: replace(wishes, residency=None)}
        freed = self._found(replace(scenario, optimize=open_to_all), workload, desk)
        return found.best.horizon.expected - freed.best.horizon.expected


def _price(desk: Desk, what_if: WhatIf) -> Price:
    """Projects a scenario of which only the mixes are others than those of the what-if.

    Trials are remembered: a rule that is switched asks for most of them again.
    """

    def price(scenario: Scenario, volume: float) -> Projection:
        mixes = tuple(
            (name, tuple((each.from_, *each.mix.items()) for each in workload.routing.mix))
            for name, workload in scenario.workloads.items()
            if workload.routing
        )
        return desk.recall((what_if, volume, mixes), lambda: planned(scenario, volume))

    def planned(scenario: Scenario, volume: float) -> Projection:
        made = draw(scenario, volume, 1)
        steps = made.billing is not None and made.billing.is_mean
        return draw(scenario, volume, _BILLED) if steps else made

    def draw(scenario: Scenario, volume: float, draws: int) -> Projection:
        return project(
            scenario,
            desk.book,
            draws=draws,
            seed=desk.seed,
            counts=desk.counts,
            memory=desk.memory,
            volume=volume,
        )

    return price


def _missing(scenario: Scenario, name: str) -> Iterator[str]:
    """What would tell more, and where it is written."""
    workload = scenario.workloads[name]
    wishes = scenario.optimize.get(name, Wishes())
    models = wishes.among or tuple(models_of(scenario, name))
    task = workload.task or name
    unscored = [model for model in models if model not in scenario.quality.get(task, {})]
    if workload.task is None or unscored:
        yield (
            "Cost alone decides: quality is not known of "
            f"{_listed(unscored if workload.task else models)}. Try the models on tasks of your "
            "own and write the share that each does well:"
        )
        scores = ", ".join(f"{model}: ..%" for model in (unscored or models))
        yield f"quality: {{{task}: {{{scores}}}}}"
        if workload.task is None:
            yield f"workloads: {{{name}: {{task: {task}}}}}"
    if len(models) == 1:
        yield "There is one model to choose from. Name others:"
        yield f"optimize: {{{name}: {{among: [{models[0]}, ...]}}}}"


def _listed(models: Sequence[str]) -> str:
    return ", ".join(models[:-1]) + " and " + models[-1] if len(models) > 1 else models[0]


def laid(what_if: WhatIf, setting: Setting) -> WhatIf:
    """A what-if with a mix laid over it; single shares that were set before go with the old mix."""
    path, text = setting
    kept = tuple(each for each in what_if.settings if not each[0].startswith(f"{path}."))
    return replace(what_if, settings=kept).setting(path, text)
