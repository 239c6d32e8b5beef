"""How demand falls on real days: active days, launch and retirement, seasons, events, growth."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.seasons import Grid, Seasons, full_years
from costplan.periods import DayRange, Days, Month


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """When one workload runs, before growth: a demand of 1 per period, spread over days."""

    months: tuple[Month, ...]
    weights: Floats
    """Volume of each day from the first day of the first month."""
    edges: tuple[int, ...] = field(init=False, repr=False)
    """Where each month begins in `weights`, and where the last one ends."""
    whole: tuple[float, ...] = field(init=False, repr=False)
    """Volume of each whole month."""

    def __post_init__(self) -> None:
        edges = _edges(self.months)
        each = self.weights.tolist()
        # fsum: a month of 31 times 1/31 is 1, not 0.9999999999999997.
        whole = tuple(math.fsum(each[a:b]) for a, b in pairwise(edges))
        object.__setattr__(self, "edges", edges)
        object.__setattr__(self, "whole", whole)

    @property
    def range(self) -> DayRange:
        """All days of the horizon."""
        return DayRange(self.months[0].first, (self.months[-1] + 1).first)

    def by_month(self, days: DayRange) -> Floats:
        """Volume per month that falls into a range of days: shape (months,)."""
        start = self.months[0].first
        first, last = (days.start - start).days, (days.end - start).days
        found = np.array(self.whole)
        for k, (begin, end) in enumerate(pairwise(self.edges)):
            if begin < first or last < end:
                part = self.weights[max(begin, first) : max(begin, min(end, last))]
                found[k] = math.fsum(part)
        return found

    def active_days(self, *ranges: DayRange) -> Floats:
        """How many days of each month have any volume: shape (months,).

        Args:
            ranges: only days in one of these; every day without any.
        """
        chosen = self.on(ranges or (self.range,))
        there = (self.weights > 0) & chosen
        return np.add.reduceat(there.astype(np.float64), self.edges[:-1])

    @property
    def active(self) -> DayRange | None:
        """From the first to the last day with any volume; None if there is none."""
        there = np.flatnonzero(self.weights)
        if not there.size:
            return None
        start = self.range.start
        return DayRange(start + timedelta(int(there[0])), start + timedelta(int(there[-1]) + 1))

    def on(self, ranges: Sequence[DayRange]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """For each day, whether it is in one of the ranges."""
        chosen = np.zeros(self.weights.size, dtype=bool)
        for days in ranges:
            part = days & self.range
            first = (part.start - self.range.start).days
            chosen[first : first + part.days] = True
        return chosen

    def times(self, factors: Floats) -> Calendar:
        """The same days, each multiplied by its factor: shape (days,)."""
        return replace(self, weights=self.weights * factors)

    def plus(self, amounts: Floats) -> Calendar:
        """The same days with something added to each: shape (days,)."""
        return replace(self, weights=self.weights + amounts)

    def daily(self, monthly: Floats) -> Floats:
        """A number of each month for each of its days: shape (days,)."""
        return np.repeat(monthly, np.diff(self.edges))


@lru_cache(maxsize=64)
def _edges(months: tuple[Month, ...]) -> tuple[int, ...]:
    """Days from the first day of the first month to the first of each, and to the end."""
    start = months[0].first.toordinal()
    return tuple(month.first.toordinal() - start for month in (*months, months[-1] + 1))


def calendar(
    months: Sequence[Month],
    *,
    per: str,
    days: Days,
    launch: date | None = None,
    ramp_end: date | None = None,
    retire: date | None = None,
    closed: Sequence[DayRange] = (),
    seasons: Seasons | None = None,
    active_hours: float = 24.0,
    holidays: Callable[[str, int], frozenset[date]] | None = None,
) -> Calendar:
    """Spread a demand of 1 per `per` over the active days of a horizon.

    An amount per day (or hour: one for every active hour) falls on every active day. An amount per
    week, month, quarter or year comes to that much in a whole period, whatever its active days.
    `once` falls on the launch day, or the first active day after it.

    Args:
        months: consecutive months.
        per: a word of `costplan.quantity.PERIODS`.
        days: which days are active.
        launch: the first day; demand before it is nothing.
        ramp_end: the day full demand is reached, in a straight line from nothing at launch.
        retire: the first day without demand again.
        closed: days that are not active, whatever `days` says.
        seasons: how months and days of the week differ.
        active_hours: hours of an active day that have demand.
        holidays: the public holidays of a country in a year; see `Days.active`.

    Raises:
        ValueError: there is no holiday calendar of the country.
    """
    whole = DayRange(months[0].first, (months[-1] + 1).first)
    # Seasons are told against the mean of their calendar years, so those are laid out in full.
    grid = Grid(full_years(months) if seasons is not None else tuple(months))
    active = _active(grid.range, days, closed, per, holidays)
    weights = grid.even(active, per, active_hours)
    if seasons is not None:
        weights = grid.seasonal(weights, active, per, active_hours, seasons)
        first = (whole.start - grid.range.start).days
        weights = weights[first : first + whole.days]
    if per == "once":
        weights = _once(active, whole, launch)
    elif launch:
        ordinal = np.arange(whole.days) + float((whole.start - launch).days)
        weights = weights * (ordinal >= 0)
        if ramp_end and ramp_end > launch:
            weights = weights * np.clip(ordinal / (ramp_end - launch).days, 0.0, 1.0)
    found = Calendar(tuple(months), weights)
    return (
        found.times(found.on([DayRange(whole.start, retire)]).astype(np.float64))
        if retire
        else found
    )


def _active(
    whole: DayRange,
    days: Days,
    closed: Sequence[DayRange],
    per: str,
    holidays: Callable[[str, int], frozenset[date]] | None,
) -> Floats:
    """1 for each active day, else 0."""
    active = np.array(days.active(whole, holidays), dtype=np.float64)
    if per == "weekday":
        active *= np.array(Days("weekdays").active(whole), dtype=np.float64)
    for off in closed:
        part = off & whole
        first = (part.start - whole.start).days
        active[first : first + part.days] = 0.0
    return active


def _once(active: Floats, whole: DayRange, launch: date | None) -> Floats:
    weights = np.zeros_like(active)
    first = max(0, ((launch or whole.start) - whole.start).days)
    if launch and launch < whole.start:
        return weights
    there = np.flatnonzero(active[first:])
    if there.size:
        weights[first + there[0]] = 1.0
    return weights


def growth_steps(months: int, per: str, begin: int = 0, end: int | None = None) -> Floats:
    """How many steps of growth month k has seen: k of monthly growth, k / 12 of yearly.

    Args:
        months: how many months there are.
        per: `month` or `year`.
        begin: the month the growth begins in; it steps for the first time a month later.
        end: the month that takes its last step; growth goes on when None.
    """
    begin = max(begin, 0)
    end = months if end is None else max(end, begin)
    steps = np.clip(np.arange(months, dtype=np.float64), begin, end) - begin
    return steps / 12 if per == "year" else steps
