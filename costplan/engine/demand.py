"""How demand falls on real days: active days, launch and ramp, growth by calendar month."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from costplan.engine.distributions import Floats
from costplan.periods import DayRange, Days, Month


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one workload runs, before growth: a demand of 1 per period, spread over days."""

    months: tuple[Month, ...]
    weights: Floats
    """Volume of each day from the first day of the first month."""

    @property
    def range(self) -> DayRange:
        """All days of the horizon."""
        return DayRange(self.months[0].first, (self.months[-1] + 1).first)

    def by_month(self, days: DayRange) -> Floats:
        """Volume per month that falls into a range of days: shape (months,)."""
        start = self.range.start
        found = []
        for month in self.months:
            part = month.range & days
            first = (part.start - start).days
            # fsum: a month of 31 times 1/31 is 1, not 0.9999999999999997.
            found.append(math.fsum(self.weights[first : first + part.days]) if part.days else 0.0)
        return np.array(found)

    def active_days(self, *ranges: DayRange) -> Floats:
        """How many days of each month have any volume: shape (months,).

        Args:
            ranges: only days in one of these; every day without any.
        """
        chosen = np.zeros(self.weights.size, dtype=bool)
        for days in ranges or (self.range,):
            part = days & self.range
            first = (part.start - self.range.start).days
            chosen[first : first + part.days] = True
        there = (self.weights > 0) & chosen
        starts = [(month.first - self.range.start).days for month in self.months]
        return np.add.reduceat(there.astype(np.float64), starts)

    @property
    def active(self) -> DayRange | None:
        """From the first to the last day with any volume; None if there is none."""
        there = np.flatnonzero(self.weights)
        if not there.size:
            return None
        start = self.range.start
        return DayRange(start + timedelta(int(there[0])), start + timedelta(int(there[-1]) + 1))


def calendar(
    months: Sequence[Month],
    *,
    per: str,
    days: Days,
    launch: date | None = None,
    ramp_end: date | None = None,
    holidays: Callable[[str, int], frozenset[date]] | None = None,
) -> Calendar:
    """Spread a demand of 1 per `per` over the active days of a horizon.

    An amount per day (or hour: 24 a day) falls on every active day. An amount per week, month,
    quarter or year comes to that much in a whole period, whatever its active days. `once` falls
    on the launch day, or the first active day after it.

    Args:
        months: consecutive months.
        per: a word of `costplan.quantity.PERIODS`.
        days: which days are active.
        launch: the first day; demand before it is nothing.
        ramp_end: the day full demand is reached, in a straight line from nothing at launch.
        holidays: the public holidays of a country in a year; see `Days.active`.

    Raises:
        ValueError: there is no holiday calendar of the country.
    """
    whole = DayRange(months[0].first, (months[-1] + 1).first)
    active = np.array(days.active(whole, holidays), dtype=np.float64)
    if per == "weekday":
        active *= np.array(Days("weekdays").active(whole), dtype=np.float64)
    if per == "once":
        return Calendar(tuple(months), _once(active, whole, launch))
    weights = np.concatenate([_month_weights(month, per, active, whole) for month in months])
    if launch:
        ordinal = np.arange(whole.days) + float((whole.start - launch).days)
        weights *= ordinal >= 0
        if ramp_end and ramp_end > launch:
            weights *= np.clip(ordinal / (ramp_end - launch).days, 0.0, 1.0)
    return Calendar(tuple(months), weights)


def _once(active: Floats, whole: DayRange, launch: date | None) -> Floats:
    weights = np.zeros_like(active)
    first = max(0, ((launch or whole.start) - whole.start).days)
    if launch and launch < whole.start:
        return weights
    there = np.flatnonzero(active[first:])
    if there.size:
        weights[first + there[0]] = 1.0
    return weights


def _month_weights(month: Month, per: str, active: Floats, whole: DayRange) -> Floats:
    first = (month.first - whole.start).days
    days = active[first : first + month.days]
    if per in {"day", "weekday"}:
        return days.copy()
    if per == "hour":
        return days * 24
    count = days.sum()
    return days * (_share_of_period(month, per) / count) if count else days * 0


def _share_of_period(month: Month, per: str) -> float:
    """How much of a period of that kind one month is."""
    if per == "month":
        return 1.0
    if per == "week":
        return month.days / 7
    first = Month(month.year, 1 if per == "year" else (month.number - 1) // 3 * 3 + 1)
    length = 12 if per == "year" else 3
    return month.days / sum((first + k).days for k in range(length))


def growth_steps(months: int, per: str) -> Floats:
    """How many steps of growth month k has seen: k of monthly growth, k / 12 of yearly."""
    steps = np.arange(months, dtype=np.float64)
    return steps / 12 if per == "year" else steps
