"""How a demand of 1 per period falls on days: alike, or with stronger and weaker ones each year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from costplan.engine.distributions import Floats
from costplan.periods import DayRange, Month, month_range


@dataclass(frozen=True, slots=True)
class Seasons:
    """Factors that return every year; a year's total stays what it is without them."""

    months: tuple[float, ...] = (1.0,) * 12
    """From January."""
    weekdays: tuple[float, ...] = (1.0,) * 7
    """From Monday."""


def full_years(months: Sequence[Month]) -> tuple[Month, ...]:
    """Every month of the calendar years that some months lie in."""
    first, years = Month(months[0].year, 1), months[-1].year - months[0].year + 1
    return month_range(first, 12 * years)


@dataclass(frozen=True, slots=True)
class Grid:
    """The days of some months, and the month and day of the week of each."""

    months: tuple[Month, ...]

    @property
    def range(self) -> DayRange:
        """All of the days."""
        return DayRange(self.months[0].first, (self.months[-1] + 1).first)

    def even(self, active: Floats, per: str, active_hours: float) -> Floats:
        """A demand of 1 per `per` on active days that are alike, or as alike as `active` says."""
        if per in {"day", "weekday"}:
            return active
        if per == "hour":
            return active * active_hours
        month = self.month_of_day
        count = np.bincount(month, weights=active, minlength=len(self.months))
        shares = np.array([_share_of_period(m, per) for m in self.months])
        each = np.divide(shares, count, out=np.zeros_like(count), where=count > 0)
        return np.asarray(active * each[month])

    def seasonal(
        self, even: Floats, active: Floats, per: str, active_hours: float, seasons: Seasons
    ) -> Floats:
        """The same demand with seasons; each calendar year keeps its total.

        Days of the week only share out what is stated for a longer period; months make one period
        larger than another.
        """
        weekday = (self.range.start.weekday() + np.arange(self.range.days)) % 7
        days = active * np.array(seasons.weekdays)[weekday]
        stronger = np.array([seasons.months[month.number - 1] for month in self.months])
        raw = self.even(days, per, active_hours) * stronger[self.month_of_day]
        year = np.array([month.year - self.months[0].year for month in self.months])
        year = year[self.month_of_day]
        stated, found = (np.bincount(year, weights=weights) for weights in (even, raw))
        scale = np.divide(stated, found, out=np.zeros_like(found), where=found > 0)
        return np.asarray(raw * scale[year])

    @property
    def month_of_day(self) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """The index of the month each day is in."""
        return np.repeat(np.arange(len(self.months)), [month.days for month in self.months])


def _share_of_period(month: Month, per: str) -> float:
    """How much of a period of that kind one month is."""
    if per == "month":
        return 1.0
    if per == "week":
        return month.days / 7
    first = Month(month.year, 1 if per == "year" else (month.number - 1) // 3 * 3 + 1)
    length = 12 if per == "year" else 3
    return month.days / sum((first + k).days for k in range(length))
