"""What moves the plan, and how far each of its drivers may go before a budget breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from costplan.decisions.goal import Aim, goal
from costplan.decisions.sensitivity import Effect, Sensitivity, sensitivity
from costplan.decisions.varying import Varied, stated_at
from costplan.desk.whatif import Setting, WhatIf
from costplan.documents import join_path
from costplan.engine.ledger import Dimension
from costplan.engine.projection import Projection
from costplan.errors import CostplanError, UsageError
from costplan.planning import compile_plan
from costplan.report.goal import answers, fitting_text, goal_page
from costplan.report.sensitivity import (
    expected_line,
    sensitivity_money,
    sensitivity_page,
    tornado_table,
)
from costplan.report.table import Page, Row, Table
from costplan.scenario import Scenario

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

_VOLUME = "volume of "
_ALL = "all workloads"
_UNSURE = "uncertainty"


@dataclass(frozen=True, slots=True)
class Drivers:
    """What moves the total most?"""

    what_if: WhatIf
    by: Dimension | None = None
    """Also how far each moves every model, workload, owner or meter."""
    fitting: str | None = None
    """The path of a value: how far may it go before a budget breaks?"""

    def answer(self, desk: Desk) -> Driven:
        """Every unknown of the plan, the one that moves it most first.

        Raises:
            CostplanError: it cannot be planned.
        """
        found = desk.recall(("driven", self.what_if, self.by), lambda: self._driven(desk))
        if self.fitting is None:
            return found
        seeking = GoalSeeking(self.what_if, self.fitting)
        try:
            fitted = desk.recall(seeking, lambda: seeking.answer(desk))
        except CostplanError as error:
            return replace(found, fitted=GoalFound(None, (str(error).splitlines()[0],), None))
        return replace(found, fitted=fitted)

    def _driven(self, desk: Desk) -> Driven:
        plan = desk.plan(self.what_if)
        result = sensitivity(plan, draws=desk.draws, seed=desk.seed, by=self.by)
        return Driven.of(result, desk.standing(self.what_if))


@dataclass(frozen=True, slots=True)
class Bar:
    """One unknown of a tornado."""

    name: str
    at_low: Decimal
    """What the plan costs with it at its P10, everything else averaged; often, not always, less."""
    at_high: Decimal
    cells: tuple[str, ...]
    """Its row of the table: from P10 to P90, the totals there, swing, share of the variance."""
    path: str | None
    """Where the scenario states it; None where it is not one value of the file."""

    @property
    def says(self) -> str:
        """All of it in a sentence."""
        name, span, low, high, swing, share = self.cells
        return (
            f"{name}: from its P10 to its P90 ({span}) the total goes from {low} to {high}, a "
            f"swing of {swing}, everything else averaged; alone it makes {share} of the variance."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """The tornado of a plan."""

    page: Page
    """What `costplan sensitivity` prints."""
    table: Table | None
    """A row for each unknown, without bars, and one for what they make together; None where nothing
    is uncertain."""
    bars: tuple[Bar, ...]
    """In the order of the table."""
    expected: Decimal
    """The total that the bars lie about."""
    total: str
    """The same as it is written."""
    expected_text: str
    """The same in a sentence, with what is billed where that is another amount."""
    currency: str
    fitted: GoalFound | None = None
    """How far the value that was asked for may go."""

    @classmethod
    def of(cls, result: Sensitivity, scenario: Scenario) -> Driven:
        """Everything that is shown of a sensitivity."""
        money = sensitivity_money(result)
        table = tornado_table(result, money, drawn=False) if result.effects else None
        rows = table.rows if table else ()
        return cls(
            page=sensitivity_page(result),
            table=table,
            bars=tuple(
                _bar(effect, row, scenario)
                for effect, row in zip(result.effects, rows, strict=False)  # the last: together
            ),
            expected=result.plan.horizon.expected,
            total=money(result.plan.horizon.expected),
            expected_text=expected_line(result, money),
            currency=result.plan.currency,
        )


def _bar(effect: Effect, row: Row, scenario: Scenario) -> Bar:
    path = stated_at(scenario, _path(effect, scenario))
    return Bar(row[0], effect.low.expected, effect.high.expected, row, path)


def _path(effect: Effect, scenario: Scenario) -> str:
    """Where the value is that an effect comes from."""
    if effect.kind == "range":
        return effect.name.replace("$", "assumptions.", 1)
    workload = effect.name.removeprefix(_VOLUME)
    if workload == _ALL and workload not in scenario.workloads:
        return _UNSURE
    return join_path(("workloads", workload, "demand", "requests"))


@dataclass(frozen=True, slots=True)
class GoalSeeking:
    """How far may this value go before a budget breaks?"""

    what_if: WhatIf
    path: str
    confidence: float | None = None
    """None judges the expected cost; 0.9 what 90 % of draws stay under."""

    def answer(self, desk: Desk) -> GoalFound:
        """The value at which the first budget is reached.

        Raises:
            UsageError: there is no budget, or the value cannot be varied.
            CostplanError: it cannot be planned.
        """
        if desk.project(self.what_if).limits.is_empty:
            raise UsageError(
                "there is no budget to hold: write one in the file, such as budget: {monthly: 2.5k}"
            )
        if self.path == _UNSURE:
            raise UsageError(
                "the volumes of all workloads are not one value of the file: ask it of the volume "
                "of one workload, or of an assumption"
            )
        compiled = partial(
            compile_plan,
            book=desk.book,
            counts=desk.counts,
            memory=desk.memory,
            like=desk.plan(self.what_if),
        )

        def planned(scenario: Scenario, draws: int) -> Projection:
            return compiled(scenario).project(draws=draws, seed=desk.seed)

        scenario, aim = desk.standing(self.what_if), Aim(confidence=self.confidence)
        found = goal(scenario, planned, self.path, aim, draws=desk.draws)
        setting = None
        if found.found and isinstance(found.varied, Varied):
            setting = (self.path, fitting_text(found.found[0], found))
        return GoalFound(goal_page(found), answers(found), setting)


@dataclass(frozen=True, slots=True, eq=False)
class GoalFound:
    """What fits a budget."""

    page: Page | None
    """What `costplan goal` prints; None where it has no answer."""
    answers: tuple[str, ...]
    """The same in sentences, the answer first."""
    setting: Setting | None
    """The value that fits, to be laid over the plan; None where there is none."""
