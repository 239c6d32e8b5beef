"""The result of a plan: line items that explain themselves, and draws that say how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from costplan.errors import PlanWarning
from costplan.periods import Month, fiscal_label

type Dimension = Literal["model", "workload", "owner", "meter"]
type Period = Literal["month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class LineItem:
    """An expected quantity of one meter, rated: `cost = quantity x rate / per`."""

    month: Month
    workload: str
    owner: str
    provider: str
    model: str
    """`provider/id`, or the name of a seat plan."""
    mode: str
    meter: str
    quantity: float
    unit: str
    rate: Decimal
    """In the currency of the plan, for `per` units."""
    per: int
    cost: Decimal
    price_from: date | None
    """The day the price took effect; None for a price that the scenario itself states."""
    known: date | None
    source: str


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
    """Something the plan leaves open: 5th and 95th percentile, and the mean it contributes."""

    name: str
    """`$name` of an assumption, or the path of the key where it stands."""
    low: Decimal
    high: Decimal
    mean: float
    is_share: bool
    """Whether it is written in percent."""


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
    line_items: tuple[LineItem, ...]
    samples: NDArray[np.float64]
    """Cost by draw, workload and month: shape (draws, workloads, months)."""
    limits: Limits
    volumes: tuple[Volume, ...] = ()
    processing: tuple[Processing, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences about the result that are not warnings: where seats and tokens cross, ..."""
    warnings: tuple[PlanWarning, ...] = ()
    ranges: tuple[Range, ...] = ()
    fiscal_year_start: int = 1

    @cached_property
    def horizon(self) -> PeriodTotal:
        """The whole plan."""
        label = f"{self.months[0]} to {self.months[-1]}"
        return self._total(label, range(len(self.months)), self.limits.total)

    def totals(self, period: Period = "month") -> tuple[PeriodTotal, ...]:
        """Months, fiscal quarters or fiscal years, in order; they add up to the horizon."""
        if period not in self._totals:
            self._totals[period] = self._totals_of(period)
        return self._totals[period]

    @cached_property
    def _totals(self) -> dict[str, tuple[PeriodTotal, ...]]:
        return {}

    @cached_property
    def _costs(self) -> dict[tuple[str, Month], Decimal]:
        """Expected cost by workload and month."""
        sums: dict[tuple[str, Month], Decimal] = {}
        for item in self.line_items:
            key = item.workload, item.month
            sums[key] = sums.get(key, Decimal(0)) + item.cost
        return sums

    def _expected(self, workloads: Sequence[str], members: Sequence[int]) -> Decimal:
        costs = (
            self._costs.get((name, self.months[k]), Decimal(0))
            for name in workloads
            for k in members
        )
        return sum(costs, Decimal(0))

    def _totals_of(self, period: Period) -> tuple[PeriodTotal, ...]:
        groups: dict[str, list[int]] = {}
        for k, month in enumerate(self.months):
            label = fiscal_label(month, period, self.fiscal_year_start)
            groups.setdefault(label, []).append(k)
        return tuple(
            self._total(label, members, _sum_of_all([self.limits.months[k] for k in members]))
            for label, members in groups.items()
        )

    def by(self, dimension: Dimension) -> tuple[tuple[str, Decimal], ...]:
        """Expected cost by model, workload, owner or meter, largest first."""
        sums: dict[str, Decimal] = {}
        if dimension == "workload":
            sums = dict.fromkeys(self.workloads, Decimal(0))
        for item in self.line_items:
            name = getattr(item, dimension)
            sums[name] = sums.get(name, Decimal(0)) + item.cost
        return tuple(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))

    def monthly(self, dimension: Dimension) -> Mapping[str, tuple[Decimal, ...]]:
        """Expected cost by month for each model, workload, owner or meter, largest first."""
        position = {month: k for k, month in enumerate(self.months)}
        rows = {name: [Decimal(0)] * len(self.months) for name, _ in self.by(dimension)}
        for item in self.line_items:
            rows[getattr(item, dimension)][position[item.month]] += item.cost
        return {name: tuple(row) for name, row in rows.items()}

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
            return self._expected(names, members)
        rows = [self.workloads.index(name) for name in names]
        draws = self.samples[:, rows, :][:, :, list(members)].sum(axis=(1, 2))
        return as_decimal(float(np.quantile(draws, confidence)))

    def _total(self, label: str, members: Sequence[int], budget: Decimal | None) -> PeriodTotal:
        expected = self._expected(self.workloads, members)
        draws = self.samples[:, :, list(members)].sum(axis=(1, 2))
        p10, p50, p90 = (as_decimal(float(q)) for q in np.quantile(draws, (0.1, 0.5, 0.9)))
        p_over = None if budget is None else _share_over(draws, float(budget))
        return PeriodTotal(label, expected, p10, p50, p90, budget, p_over)


def as_decimal(value: float) -> Decimal:
    """A float as the decimal number it was meant to be: 15 digits clear binary residue."""
    return Decimal(f"{value:.15g}")


def _share_over(draws: NDArray[np.float64], budget: float) -> float:
    """The share of draws over a budget; one that equals it but for binary residue is not."""
    return float(np.mean(draws > budget * (1 + 1e-12)))


def _sum_of_all(parts: Sequence[Decimal | None]) -> Decimal | None:
    """Their sum, or None where one of them is missing: half a budget is no budget."""
    there = [part for part in parts if part is not None]
    return sum(there, Decimal(0)) if len(there) == len(parts) else None
