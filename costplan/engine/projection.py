"""The result of a plan: line items that explain themselves, and draws that say how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.ledger import Dimension, Ledger, LineItem, as_decimal, summed
from costplan.engine.normal import quantiles
from costplan.errors import PlanWarning
from costplan.periods import Month, fiscal_label

if TYPE_CHECKING:
    from costplan.engine.capacity import Capacity
    from costplan.engine.reuse import CacheSaving
    from costplan.engine.statements import Billing

type Period = Literal["month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class PeriodTotal:
    """What one month, quarter, year or the whole horizon costs."""

    label: str
    expected: Decimal
    p10: Decimal
    p50: Decimal
    p90: Decimal
    budget: Decimal | None
    p_over: float | None
    """The share of draws over the budget, 0 to 1; None without a budget."""

    @property
    def over(self) -> Decimal | None:
        """Expected cost less budget; positive is over."""
        return None if self.budget is None else self.expected - self.budget


@dataclass(frozen=True, slots=True)
class Limits:
    """The budgets, in the currency of the plan."""

    months: tuple[Decimal | None, ...]
    """One per month of the horizon; None where there is none."""
    total: Decimal | None
    """Of the whole horizon."""
    workloads: Mapping[str, Decimal]
    """Per month, by workload."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no budget at all; one of 0 is one."""
        every = (*self.months, self.total, *self.workloads.values())
        return all(limit is None for limit in every)


@dataclass(frozen=True, slots=True)
class Breach:
    """Something over its budget."""

    what: str
    """A month, a workload in a month, or the whole plan."""
    how: str
    """Which cost was judged: `expected`, or a percentile such as `P90`."""
    cost: Decimal
    budget: Decimal


@dataclass(frozen=True, slots=True)
class Processing:
    """How long the requests of one workload take on one model, on an active day of a month."""

    month: Month
    workload: str
    model: str
    requests_per_day: float
    seconds: float
    """Seconds one request takes."""
    parallel: int
    """How many run at the same time."""

    @property
    def hours_per_day(self) -> float:
        """Hours from the first request to the last, `parallel` at a time."""
        return self.requests_per_day * self.seconds / self.parallel / 3600


@dataclass(frozen=True, slots=True)
class Volume:
    """Expected volume of one workload in one month."""

    month: Month
    workload: str
    conversations: float
    calls: float
    """API calls: conversations times turns, retries and escalations included."""
    users: float | None = None
    """Users or seats, where demand is stated per user."""
    refused: float = 0.0
    """Calls that are refused at a rate limit: not paid, and not among `calls`."""


@dataclass(frozen=True, slots=True)
class VolumeSteps:
    """What makes up the conversations of one workload in one month, one thing after another.

    Each step but the last is a volume at a demand of 1 per period: each divided by the one before
    is what that step multiplies by.
    """

    month: Month
    workload: str
    active_days: int
    """Days that would have demand, whenever it launches."""
    day_kind: str
    """Which days those are: `all`, `weekdays`, `weekends`, `working`; empty where the demand is of
    a whole week, month or year, whatever its days."""
    days: float
    """By the calendar alone."""
    seasons: float
    launch: float
    """Only from the launch on, along its ramp, and up to the day it retires."""
    events: float
    conversations: float
    """With the demand that is stated, and what it has grown to."""


@dataclass(frozen=True, slots=True)
class Task:
    """How many conversations of one workload end well in one month, expected."""

    month: Month
    workload: str
    requests: float
    solved: float
    """Those that a model does well."""
    reworked: float
    """Those that no model does well and somebody does over."""

    @property
    def successes(self) -> float:
        """Those that end well, whoever made them."""
        return self.solved + self.reworked


@dataclass(frozen=True, slots=True)
class Routed:
    """Expected conversations of one workload that go to one model in one mode, in one month."""

    month: Month
    workload: str
    model: str
    mode: str
    conversations: float
    """One that is escalated, or sent once more, counts on each model it is sent to."""


@dataclass(frozen=True, slots=True)
class BookStamp:
    """Which prices a projection rests on; enough to run it again."""

    release: str
    known_at: date | None
    digest: str
    root: str
    own: tuple[str, ...] = ()
    """The user's own lists that were laid over it."""


@dataclass(frozen=True, slots=True)
class Range:
    """Something the plan leaves open: 5th and 95th percentile, and the mean it contributes.

    The mean of a range lies above its median, for what is above is further away.
    """

    name: str
    """`$name` of an assumption, or the path of the key where it stands."""
    low: Decimal
    high: Decimal
    median: float
    mean: float
    is_share: bool
    """Whether it is written in percent."""
    variable: str = ""
    """What the engine calls it."""
    part: float = 1.0
    """What the variable is multiplied by to be the value as it is written."""


class Draws(Protocol):
    """What the workloads cost in each draw."""

    def of(self, workloads: Collection[str]) -> Floats:
        """Their cost together, by draw and month: shape (draws, months)."""


@dataclass(frozen=True)
class Projection:
    """Line items and draws of one scenario (or variant) over its horizon."""

    scenario: str
    variant: str | None
    months: tuple[Month, ...]
    currency: str
    seed: int
    draws: int
    price_book: BookStamp
    workloads: tuple[str, ...]
    ledger: Ledger
    simulated: Draws
    limits: Limits
    counted: Callable[[], tuple[Volume, ...]] = tuple
    sent: Callable[[], tuple[Routed, ...]] = tuple
    stepped: Callable[[], tuple[VolumeSteps, ...]] = tuple
    processing: tuple[Processing, ...] = ()
    tasks: tuple[Task, ...] = ()
    """Of workloads that name a row of quality."""
    caching: tuple[CacheSaving, ...] = ()
    """What caching saves against none."""
    capacity: Capacity | None = None
    """Limits and time by month; None where the scenario states neither."""
    notes: tuple[str, ...] = ()
    """Sentences about the result that are not warnings: where seats and tokens cross, ..."""
    warnings: tuple[PlanWarning, ...] = ()
    ranges: tuple[Range, ...] = ()
    fiscal_year_start: int = 1
    closed: Mapping[str, frozenset[Month]] = field(default_factory=dict)
    """By model, the months with a day on which it is not on sale: before its release, or from its
    retirement on."""
    billing: Billing | None = None
    """What contracts make of it; None where there are none and all is at list prices."""

    @property
    def line_items(self) -> tuple[LineItem, ...]:
        """Every line item, month by month."""
        return self.ledger.items

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        """Conversations, API calls and users by month and workload, counted when asked for."""
        return self.counted()

    @cached_property
    def routed(self) -> tuple[Routed, ...]:
        """Where the conversations go, by month, workload, model and mode."""
        return self.sent()

    @cached_property
    def volume_steps(self) -> tuple[VolumeSteps, ...]:
        """What makes up the conversations of each workload in each month, worked out when asked."""
        return self.stepped()

    @cached_property
    def samples(self) -> Floats:
        """Cost by draw, workload and month: shape (draws, workloads, months)."""
        return np.stack([self.simulated.of([name]) for name in self.workloads], axis=1)

    @cached_property
    def draws_by_month(self) -> Floats:
        """Cost of all workloads by draw and month: shape (draws, months)."""
        return self.simulated.of(self.workloads)

    @cached_property
    def _months_by_draw(self) -> Floats:
        """The same with the draws of a month next to each other: shape (months, draws)."""
        return np.ascontiguousarray(self.draws_by_month.T)

    @cached_property
    def horizon(self) -> PeriodTotal:
        """The whole plan."""
        label = f"{self.months[0]} to {self.months[-1]}"
        (total,) = self._summed({label: range(len(self.months))}, [self.limits.total])
        return total

    def totals(self, period: Period = "month") -> tuple[PeriodTotal, ...]:
        """Months, fiscal quarters or fiscal years, in order; they add up to the horizon."""
        if period not in self._totals:
            self._totals[period] = self._totals_of(period)
        return self._totals[period]

    @cached_property
    def _totals(self) -> dict[str, tuple[PeriodTotal, ...]]:
        return {}

    def _totals_of(self, period: Period) -> tuple[PeriodTotal, ...]:
        groups: dict[str, list[int]] = {}
        for k, month in enumerate(self.months):
            label = fiscal_label(month, period, self.fiscal_year_start)
            groups.setdefault(label, []).append(k)
        budgets = (_sum_of_all([self.limits.months[k] for k in g]) for g in groups.values())
        return tuple(self._summed(groups, list(budgets)))

    def by(self, dimension: Dimension) -> tuple[tuple[str, Decimal], ...]:
        """Expected cost by model, workload, owner or meter, largest first."""
        sums = {name: as_decimal(float(summed(row))) for name, row in self._rows(dimension).items()}
        return tuple(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))

    def monthly(self, dimension: Dimension) -> Mapping[str, tuple[Decimal, ...]]:
        """Expected cost by month for each model, workload, owner or meter, largest first."""
        rows = self._rows(dimension)
        return {
            name: tuple(as_decimal(float(cost)) for cost in rows[name])
            for name, _ in self.by(dimension)
        }

    def _rows(self, dimension: Dimension) -> Mapping[str, Floats]:
        """Money by month; a workload without any has a row too."""
        if dimension not in self._slices:
            rows = self.ledger.by(dimension)
            if dimension == "workload":
                found = dict.fromkeys(self.workloads, np.zeros(len(self.months))) | rows
            else:
                found = {name: row for name, row in rows.items() if row.any()}
            self._slices[dimension] = found
        return self._slices[dimension]

    @cached_property
    def _slices(self) -> dict[str, Mapping[str, Floats]]:
        return {}

    @property
    def breach(self) -> Month | None:
        """The first month whose expected cost passes its budget, or the total's in sum."""
        spent = Decimal(0)
        for month, total in zip(self.months, self.totals(), strict=True):
            spent += total.expected
            if total.budget is not None and total.expected > total.budget:
                return month
            if self.limits.total is not None and spent > self.limits.total:
                return month
        return None

    def breaches(self, confidence: float | None = None) -> tuple[Breach, ...]:
        """Everything over its budget: months, workloads by month, and the horizon.

        Args:
            confidence: None compares expected cost; 0.9 the cost that 90 % of draws stay under.
        """
        every = range(len(self.months))
        judged = [
            (f"{month}", [k], self.workloads, self.limits.months[k])
            for k, month in enumerate(self.months)
        ]
        judged += [
            (f"{name} in {month}", [k], (name,), budget)
            for name, budget in self.limits.workloads.items()
            for k, month in enumerate(self.months)
        ]
        judged.append(("the whole plan", list(every), self.workloads, self.limits.total))
        how = "expected" if confidence is None else f"P{confidence * 100:g}"
        costs = (
            (what, self._cost(names, members, confidence), budget)
            for what, members, names, budget in judged
            if budget is not None
        )
        return tuple(Breach(what, how, cost, limit) for what, cost, limit in costs if cost > limit)

    def _cost(
        self, names: Sequence[str], members: Sequence[int], confidence: float | None
    ) -> Decimal:
        if confidence is None:
            return self.ledger.expected(names, members)
        draws = self.simulated.of(names)[:, list(members)].sum(axis=1)
        return as_decimal(float(quantiles(draws, (confidence,))[0]))

    def _summed(
        self, groups: Mapping[str, Sequence[int]], budgets: Sequence[Decimal | None]
    ) -> Iterator[PeriodTotal]:
        """Totals of groups of months."""
        by_month = self._months_by_draw
        draws = np.stack([by_month[list(members)].sum(axis=0) for members in groups.values()])
        bands = quantiles(draws, (0.1, 0.5, 0.9)).tolist()
        for (label, members), drawn, band, budget in zip(
            groups.items(), draws, bands, budgets, strict=True
        ):
            expected = self.ledger.expected(self.workloads, members)
            p_over = None if budget is None else _share_over(drawn, float(budget))
            p10, p50, p90 = (as_decimal(quantile) for quantile in band)
            yield PeriodTotal(label, expected, p10, p50, p90, budget, p_over)


def _share_over(draws: Floats, budget: float) -> float:
    """The share of draws over a budget; one that equals it but for binary residue is not."""
    return float(np.mean(draws > budget * (1 + 1e-12)))


def _sum_of_all(parts: Sequence[Decimal | None]) -> Decimal | None:
    """Their sum, or None where one of them is missing: half a budget is no budget."""
    there = [part for part in parts if part is not None]
    return sum(there, Decimal(0)) if len(there) == len(parts) else None
