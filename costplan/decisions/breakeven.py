"""Where two plans cost the same: the volume, share, hit rate or price at which A = B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from costplan.decisions.rates import VariedRate, is_rate, varied_rate
from costplan.decisions.roots import Crossing, crossings, grid
from costplan.decisions.trials import Projecting, Trials
from costplan.decisions.varying import Varied, states, varied
from costplan.engine.ledger import as_decimal
from costplan.engine.projection import Projection
from costplan.errors import PlanWarning, UsageError
from costplan.periods import Month
from costplan.scenario import Scenario

_EQUAL, _ROUNDING = Decimal("1E-9"), Decimal("1E-12")
"""Costs that differ by less than this part of themselves meet there; and are the same."""

type Costs = tuple[Decimal, Decimal]
"""What A and B cost."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One of the two plans, and what it is called."""

    label: str
    scenario: Scenario
    project: Projecting


@dataclass(frozen=True, slots=True)
class Even:
    """A value at which the cheaper plan changes."""

    value: Decimal
    costs: Costs
    """Of A and B there; they differ at a step."""
    is_step: bool
    """Whether the costs jump past each other there instead of meeting."""
    cheaper: tuple[int | None, int | None]
    """Which plan is cheaper below and above, 0 or 1; None beyond the end of what was searched."""


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where two plans cost the same as one value is varied."""

    varied: Varied | VariedRate
    labels: tuple[str, str]
    plans: tuple[Projection, Projection]
    """As they stand."""
    period: str
    """What is compared: a month, or the whole horizon."""
    now: Costs
    ends: tuple[tuple[Decimal, Costs], tuple[Decimal, Costs]]
    """The lowest and highest value at which both can be planned, with the costs there."""
    found: tuple[Even, ...]
    limit: str
    """Why not everything between was searched; empty where it was."""
    is_equal: bool
    """Whether the two cost the same throughout."""
    warnings: tuple[PlanWarning, ...]


def break_even(
    a: Operand, b: Operand, path: str, *, between: Sequence[str] = (), month: Month | None = None
) -> BreakEven:
    """Find every value at which two plans are expected to cost the same.

    Args:
        a: one plan.
        b: the other.
        path: what is varied, in each plan that states it (in both where neither does): dotted, as
            for `--set`, or a rate of the price book, `price.MODEL.METER`.
        between: the lowest and the highest value; see `varied`.
        month: compare this month; the whole horizon when None.

    Raises:
        UsageError: neither plan has the value, it cannot be varied, or the plans are in different
            currencies.
        CostplanError: no value in between can be planned.
    """
    operands = (a, b)
    one, sides = _sides(operands, path, between)
    plans = (sides[0].now, sides[1].now)
    if plans[0].currency != plans[1].currency:
        currencies = " and ".join(plan.currency for plan in plans)
        raise UsageError(f"plans in {currencies} cannot be compared")
    compared = _Compared(sides, month)
    points = grid(float(one.low), float(one.high))
    places = crossings(compared.gap, points)
    ends = compared.ends()
    return BreakEven(
        one,
        (a.label, b.label),
        plans,
        f"{month}" if month else plans[0].horizon.label,
        compared.costs(plans),
        ends,
        tuple(compared.even(place) for place in places),
        compared.limit(one),
        not any(map(_gap, compared.seen.values())),
        tuple(dict.fromkeys(warning for plan in plans for warning in plan.warnings)),
    )


def _sides(
    operands: Sequence[Operand], path: str, between: Sequence[str]
) -> tuple[Varied | VariedRate, tuple[Trials, Trials]]:
    """What is varied, and the two plans with it; one that does not state it stays as it is."""
    one: Varied | VariedRate
    if is_rate(path):
        first, second = (Trials(each.scenario, each.project, None) for each in operands)
        one = varied_rate((first.now, second.now), path, between)
        first.varied = second.varied = one
        return one, (first, second)
    having = [each for each in operands if states(each.scenario, path)] or operands
    one = varied(having[0].scenario, path, between)
    for each in having:
        middle = (one.low + one.high) / 2 if one.now is None else one.now
        each.scenario.apply(settings=[one.setting(middle)])  # a wrong path is told as such
    first, second = (
        Trials(
            each.scenario,
            each.project,
            varied(each.scenario, path, between or _written(one)) if each in having else None,
        )
        for each in operands
    )
    return one, (first, second)


def _written(one: Varied) -> tuple[str, str]:
    return one.form.text(one.low), one.form.text(one.high)


@dataclass(slots=True)
class _Compared:
    """The costs of both plans by value."""

    sides: tuple[Trials, Trials]
    month: Month | None
    seen: dict[float, Costs] = field(default_factory=dict)

    def gap(self, value: float) -> float | None:
        """Cost of A less cost of B at a value; None where one cannot be planned."""
        plans = [side.at(value) for side in self.sides]
        if plans[0] is None or plans[1] is None:
            return None
        costs = self.costs((plans[0], plans[1]))
        self.seen[value] = costs
        return float(_gap(costs))

    def costs(self, plans: tuple[Projection, Projection]) -> Costs:
        """What both cost in the month, or in all."""
        a, b = (_cost(plan, self.month) for plan in plans)
        return a, b

    def ends(self) -> tuple[tuple[Decimal, Costs], tuple[Decimal, Costs]]:
        """The lowest and highest value that could be planned.

        Raises:
            CostplanError: none could.
        """
        if not self.seen:
            raise next(side.failure for side in self.sides if side.failure)
        low, high = min(self.seen), max(self.seen)
        return (as_decimal(low), self.seen[low]), (as_decimal(high), self.seen[high])

    def limit(self, one: Varied | VariedRate) -> str:
        """Why the ends are not those that were asked for."""
        (low, _), (high, _) = self.ends()
        failure = next((side.failure for side in self.sides if side.failure), None)
        if failure is None or (low <= one.low and high >= one.high):
            return ""
        return str(failure).splitlines()[0]

    def even(self, place: Crossing) -> Even:
        """A crossing, at the side of it where the costs are nearer to each other."""
        nearer = min((place.below, place.above), key=lambda value: abs(self.gap(value) or 0.0))
        costs = self.seen[nearer]
        cheaper = tuple({-1: 0, 1: 1}.get(sign) for sign in place.signs)
        is_step = abs(costs[0] - costs[1]) > _EQUAL * max(map(abs, costs))
        return Even(as_decimal(nearer), costs, is_step, (cheaper[0], cheaper[1]))


def _cost(plan: Projection, month: Month | None) -> Decimal:
    if month is None:
        return plan.horizon.expected
    if month not in plan.months:
        raise UsageError(f"{month} is not in the plan: {plan.months[0]} to {plan.months[-1]}")
    return plan.totals()[plan.months.index(month)].expected


def _gap(costs: Costs) -> Decimal:
    """Cost of A less cost of B; nothing where they are the same but for rounding."""
    gap = costs[0] - costs[1]
    return gap if abs(gap) > _ROUNDING * max(map(abs, costs)) else Decimal(0)
