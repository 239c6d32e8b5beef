"""What a log of requests says about the days to come: level, and profile of the day and week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.levels import Level, level

_WHOLE: Final = 0.9
"""A first or last day counts where at least this part of a usual day lies inside the log."""


@dataclass(frozen=True, slots=True)
class DemandProfile:
    """How requests fall on the hours of a day and the days of a week."""

    hours: tuple[float, ...]
    """The part of a day's requests in each hour from midnight, which add up to one; empty where
    the log knows only days."""
    weekdays: tuple[float, ...]
    """From Monday: a day over the mean of all days on which there may be some; 0 where there is
    never one, 1 where the log has no such day."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a log says."""

    level: Level
    """Of the days of the week on which there are any requests."""
    per_day: float
    """Requests of an active day, weekdays without any among them."""
    profile: DemandProfile
    days: int
    """Days the level rests on."""
    cut: int
    """Days left out at the ends because the log begins after they do, or ends before."""


def recorded(
    daily: Sequence[float],
    hourly: Sequence[float],
    *,
    weekday: int,
    active: Sequence[bool] | None = None,
    first_hour: int = 0,
    last_hour: int = 23,
) -> Recorded:
    """Level and profile of a log.

    Args:
        daily: requests of each day.
        hourly: requests by hour of the day, 24 of them; empty where only days are known.
        weekday: that of the first day, Monday being 0.
        active: which days count; all when None.
        first_hour: the hour of the first request on the first day.
        last_hour: the hour of the last request on the last day.
    """
    days = np.asarray(daily, dtype=np.float64)
    of_week = (weekday + np.arange(days.size)) % 7
    counted = np.ones(days.size, dtype=bool) if active is None else np.array(active, dtype=bool)
    shares = np.asarray(hourly, dtype=np.float64) / max(1e-300, float(np.sum(hourly)))
    before = int(counted.sum())
    if shares.size and days.size > 2:
        counted[0] &= shares[first_hour:].sum() >= _WHOLE
        counted[-1] &= shares[: last_hour + 1].sum() >= _WHOLE
    closed = _closed(days, of_week, counted)
    seen = set(of_week[counted].tolist())
    is_open = counted & ~np.isin(of_week, list(closed))
    found = level(days[is_open].tolist())
    weekdays = [1.0] * 7
    for k in seen if found.per_day else ():
        weekdays[k] = float(days[counted & (of_week == k)].mean()) / found.per_day
    per_day = found.per_day * (len(seen - closed) / len(seen) if seen else 0.0)
    profile = DemandProfile(tuple(shares.tolist()), tuple(weekdays))
    return Recorded(found, per_day, profile, int(is_open.sum()), before - int(counted.sum()))


def _closed(days: Floats, of_week: np.ndarray, counted: np.ndarray) -> set[int]:
    """Days of the week that the log has at least twice, and never with a request."""
    found = set()
    for k in range(7):
        these = days[counted & (of_week == k)]
        if these.size > 1 and not these.any():
            found.add(k)
    return found
