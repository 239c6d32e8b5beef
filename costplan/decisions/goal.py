"""How far a value may go before a budget breaks: how many requests fit, which growth is too much.

All budgets that are judged must hold at once, so what counts at each value is the one that is used
up the most: the largest of (cost - budget) / budget. Where that crosses zero, the budget breaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from costplan.decisions.rates import VariedRate, is_rate, varied_rate
from costplan.decisions.roots import Crossing, crossings, grid
from costplan.decisions.trials import Projecting, Trials
from costplan.decisions.varying import Varied, varied
from costplan.engine.ledger import as_decimal
from costplan.engine.normal import quantiles
from costplan.engine.projection import Projection
from costplan.errors import UsageError
from costplan.periods import Month
from costplan.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Judged:
    """A cost and the budget it must keep."""

    what: str
    """A month, a workload in a month, or the whole plan."""
    cost: Decimal
    budget: Decimal

    @property
    def over(self) -> Decimal:
        """How far over the budget, as a part of it (of one unit of money, for a budget of 0)."""
        return (self.cost - self.budget) / (self.budget or Decimal(1))


@dataclass(frozen=True, slots=True)
class Aim:
    """What must hold."""

    budget: Decimal | None = None
    """Of the month, or of the whole plan; the budgets of the scenario when None."""
    month: Month | None = None
    """Only this month; else every month and the whole plan."""
    confidence: float | None = None
    """None judges the expected cost; 0.9 what 90 % of draws stay under."""

    def judged(self, plan: Projection) -> Judged:
        """The budget that is used up the most.

        Raises:
            UsageError: there is none, or the month is not in the plan.
        """
        if self.month is not None and self.month not in plan.months:
            raise UsageError(
                f"{self.month} is not in the plan: {plan.months[0]} to {plan.months[-1]}"
            )
        found = list(self._every(plan))
        if not found:
            raise UsageError("the scenario has no budget for this; give --budget AMOUNT")
        return max(found, key=lambda each: each.over)

    def _every(self, plan: Projection) -> Iterator[Judged]:
        every = plan.workloads
        at = plan.months.index(self.month) if self.month is not None else None
        months = [at] if at is not None else list(range(len(plan.months)))
        if self.budget is not None:
            what = f"{self.month}" if self.month else "the whole plan"
            yield Judged(what, self._cost(plan, every, months), self.budget)
            return
        limits = plan.limits
        for k in months:
            if (limit := limits.months[k]) is not None:
                yield Judged(f"{plan.months[k]}", self._cost(plan, every, [k]), limit)
            for name, budget in limits.workloads.items():
                cost = self._cost(plan, (name,), [k])
                yield Judged(f"{name} in {plan.months[k]}", cost, budget)
        if limits.total is not None and at is None:
            yield Judged("the whole plan", self._cost(plan, every, months), limits.total)

    def _cost(self, plan: Projection, names: Sequence[str], months: Sequence[int]) -> Decimal:
        if self.confidence is None:
            return plan.ledger.expected(names, months)
        draws = plan.simulated.of(names)[:, list(months)].sum(axis=1)
        return as_decimal(float(quantiles(draws, (self.confidence,))[0]))


@dataclass(frozen=True, slots=True)
class Fit:
    """A value at which a budget is reached, on the side of it where everything still holds."""

    value: Decimal
    fits_below: bool
    """Whether smaller values fit and larger ones do not; else it is the other way round."""
    tightest: Judged
    """The budget that is reached there."""
    plan: Projection
    """At this value."""


@dataclass(frozen=True, slots=True)
class Goal:
    """How far a value may go."""

    varied: Varied | VariedRate
    aim: Aim
    now: Projection
    now_judged: Judged
    ends: tuple[tuple[Decimal, Judged], tuple[Decimal, Judged]]
    """The lowest and highest value at which it can be planned, with what is tightest there."""
    found: tuple[Fit, ...]
    limit: str
    """Why not everything between was searched; empty where it was."""


def goal(
    scenario: Scenario,
    project: Projecting,
    path: str,
    aim: Aim,
    *,
    between: Sequence[str] = (),
    draws: int = 4096,
) -> Goal:
    """Find every value at which a budget is reached.

    Args:
        scenario: with its variant and settings laid over it.
        project: projects it; the draws of every trial are the same.
        path: what is varied: dotted, as for `--set`, or a rate, `price.MODEL.METER`.
        aim: what must hold.
        between: the lowest and the highest value; see `varied`.
        draws: of each projection.

    Raises:
        UsageError: it cannot be varied, or there is no budget.
        CostplanError: no value in between can be planned.
    """
    trials = Trials(scenario, project, None, draws if aim.confidence else 1)
    told = Trials(scenario, project, None, draws)
    trials.varied = told.varied = one = _varied(trials, path, between, aim)
    now = told.now
    judged: dict[float, Judged] = {}

    def over(value: float) -> float | None:
        plan = trials.at(value)
        if plan is None:
            return None
        judged[value] = aim.judged(plan)
        return float(judged[value].over)

    places = crossings(over, grid(float(one.low), float(one.high)))
    if not judged and trials.failure:
        raise trials.failure
    low, high = min(judged), max(judged)
    cut = trials.failure is not None and (low > float(one.low) or high < float(one.high))
    return Goal(
        one,
        aim,
        now,
        aim.judged(now),
        ((as_decimal(low), judged[low]), (as_decimal(high), judged[high])),
        tuple(_fit(place, told, judged) for place in places),
        str(trials.failure).splitlines()[0] if cut else "",
    )


def _varied(trials: Trials, path: str, between: Sequence[str], aim: Aim) -> Varied | VariedRate:
    if is_rate(path):
        if aim.confidence is not None:
            raise UsageError("a rate is varied for the expected cost only: leave out --confidence")
        return varied_rate((trials.now,), path, between)
    one = varied(trials.scenario, path, between)
    middle = (one.low + one.high) / 2 if one.now is None else one.now
    trials.scenario.apply(settings=[one.setting(middle)])  # a wrong path is told as such
    return one


def _fit(place: Crossing, told: Trials, judged: dict[float, Judged]) -> Fit:
    """The crossing at its side that holds, and the plan there with all its draws."""
    fits_below = place.signs[0] <= 0
    value = place.below if fits_below else place.above
    if judged[value].over > 0:  # met to the last digit, or touched from above
        value = min((place.below, place.above), key=lambda end: judged[end].over)
    plan = told.at(value)
    if plan is None:
        raise ValueError(f"no plan at {value}")
    return Fit(as_decimal(value), fits_below, judged[value], plan)
