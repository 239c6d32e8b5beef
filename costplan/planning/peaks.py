"""Which part of a day's demand falls into the hours of a price, on the clocks of two time zones.

Clocks change on different days in different places, so it is worked out day by day. Every hour of
the workload's clock counts on every day: one that is skipped in spring is when the clock before the
change would have come to it, one that comes twice in autumn is the first of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.remembered import Remembered
from costplan.periods import DayRange
from costplan.prices.hours import HolidayCalendar, Window
from costplan.scenario.hours import HourProfile

_HOUR, _DAY = 60, 24 * 60


@dataclass(frozen=True, slots=True)
class Peaks:
    """The parts of days that fall into windows of prices; each is worked out once."""

    holidays: HolidayCalendar
    remembered: Remembered = field(default_factory=Remembered)

    def shares(
        self, window: Window, days: DayRange, hours: HourProfile | None, zone: str | None
    ) -> Floats:
        """The part of each day's demand that falls into a window: shape (days,).

        Args:
            window: the hours, in the time zone of the price.
            days: those of the plan.
            hours: when the workload is busy; at all hours alike when None.
            zone: the time zone of its days; that of the price when None.
        """
        profile = hours or HourProfile()
        if zone is None:
            make = partial(self._even, window, days)
        else:
            make = partial(self._between, window, days, profile, zone)
        when = window.hours, window.days, window.zone, window.holidays
        key = (*when, days, profile, zone)
        return self.remembered.get("peaks", self.holidays, key, make)

    def _even(self, window: Window, days: DayRange) -> Floats:
        """Where days are those of the price, and all their hours are alike."""
        there = [window.on(day, self.holidays) for day in _each(days)]
        return np.array(there) * float(window.share)

    def _between(self, window: Window, days: DayRange, profile: HourProfile, zone: str) -> Floats:
        """Each hour of the workload's clock against what of it lies inside the window."""
        wider = _each(DayRange(days.start - timedelta(2), days.end + timedelta(2)))
        there = [day for day in wider if window.on(day, self.holidays)]
        begins = _hours(_each(days), zone)
        inside = np.zeros(begins.shape)
        for part in window.hours if there else ():
            edges = [_moments(there, minute, window.zone) for minute in (part.start, part.end)]
            inside += _overlap(begins, *edges)
        found: Floats = inside @ np.array(profile.shares)
        return found


def _each(days: DayRange) -> list[date]:
    return [days.start + timedelta(k) for k in range(days.days)]


def _moments(days: Sequence[date], minute: int, zone: str) -> Floats:
    """When the clocks of a zone show so many minutes since midnight, in UTC minutes."""
    from zoneinfo import ZoneInfo

    there = ZoneInfo(zone)
    found = np.empty(len(days))
    for k, day in enumerate(days):
        shown = datetime(day.year, day.month, day.day, tzinfo=there) + timedelta(minutes=minute)
        ahead = shown.utcoffset() or timedelta()
        found[k] = day.toordinal() * _DAY + minute - ahead.total_seconds() / 60
    return found


def _hours(days: Sequence[date], zone: str) -> Floats:
    """When each hour of each day begins, in UTC minutes: shape (days, 24)."""
    first, last = (_moments(days, hour * _HOUR, zone) for hour in (0, 23))
    begins = first[:, None] + np.arange(0.0, _DAY, _HOUR)
    for k in np.flatnonzero(last != begins[:, 23]).tolist():  # the few days on which clocks change
        begins[k] = [_moments([days[k]], hour * _HOUR, zone)[0] for hour in range(24)]
    return begins


def _overlap(begins: Floats, opens: Floats, closes: Floats) -> Floats:
    """The part of each hour that lies inside one of the spans, which follow each other."""
    edges = np.stack((opens, closes), axis=1).reshape(-1)
    passed = np.stack((np.cumsum(closes - opens) - (closes - opens), np.cumsum(closes - opens)), 1)
    ends = (np.interp(moment, edges, passed.reshape(-1)) for moment in (begins, begins + _HOUR))
    before, after = ends
    return np.asarray((after - before) / _HOUR)
