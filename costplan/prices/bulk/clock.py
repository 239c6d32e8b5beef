"""Hours of the week over many moments: the same answers as `Window.holds`, from arrays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from costplan.errors import MissingPriceError
from costplan.prices.book import PriceBook
from costplan.prices.bulk.table import REFUSED
from costplan.prices.hours import DAY, Window

type Moments = NDArray[np.datetime64]

_QUARTER = timedelta(minutes=15)


def local_days(book: PriceBook, name: str, moments: Moments) -> Moments:
    """The day of each moment where the days of a model's prices begin.

    Args:
        book: the prices.
        name: `provider/id` or an alias, which may have meant models of several zones.
        moments: shape (n,), in UTC.

    Returns:
        Shape (n,), days.
    """
    days = moments.astype("datetime64[D]")
    seen, back = np.unique(days, return_inverse=True)
    zones = np.array([_zone(book, name, day) for day in seen.tolist()], object)[back]
    for zone in set(zones.tolist()) - {"UTC"}:
        there = zones == zone
        days[there] = _local(moments[there], zone).astype("datetime64[D]")
    return days


def _zone(book: PriceBook, name: str, day: date) -> str:
    try:
        return book.model(name, at=day).zone
    except MissingPriceError:  # it is refused on that day, wherever the day begins
        return "UTC"


def states_by_hour(
    states: NDArray[np.intp],
    windows: Mapping[int, tuple[tuple[Window, int], ...]],
    at: Moments,
) -> NDArray[np.intp]:
    """The states that hold at some moments: those of a window in its hours.

    Args:
        states: shape (n,), first states.
        windows: by first state: its windows, and the state in each.
        at: shape (n,): moments in UTC, or days, on which a state with hours is refused.
    """
    states = states.copy()
    whole_days = np.datetime_data(at.dtype)[0] == "D"
    for state in set(np.unique(states).tolist()) & set(windows):
        left = np.flatnonzero(states == state)
        for window, inside in windows[state]:
            if whole_days:
                states[left[_touched(window, at[left])]] = REFUSED
            else:
                holds = _holds(window, at[left])
                states[left[holds]] = inside
                left = left[~holds]  # the first that holds counts
    return states


def _holds(window: Window, moments: Moments) -> NDArray[np.bool_]:
    """`Window.holds`, for moments in UTC."""
    local = _local(moments, window.zone)
    minutes = local.astype(np.int64) % DAY
    found = np.zeros(len(moments), np.bool_)
    for hours in window.hours:
        found |= (hours.start <= minutes) & (minutes < hours.end)
    seen, back = np.unique(local.astype("datetime64[D]"), return_inverse=True)
    return found & np.array([window.on(day) for day in seen.tolist()], np.bool_)[back]


def _touched(window: Window, days: Moments) -> NDArray[np.bool_]:
    """`Window.touches`, for days in UTC."""
    seen, back = np.unique(days, return_inverse=True)
    return np.array([window.touches(day) for day in seen.tolist()], np.bool_)[back]


def _local(moments: Moments, zone: str) -> Moments:
    """Wall-clock minutes in a zone of moments in UTC."""
    minutes = moments.astype("datetime64[m]")
    if not len(minutes):
        return minutes
    years = minutes[[minutes.argmin(), minutes.argmax()]].astype("datetime64[Y]").astype(np.int64)
    starts, offsets = _offsets(zone, int(years[0]) + 1970, int(years[1]) + 1970)
    shifted: Moments = minutes + offsets[np.searchsorted(starts, minutes, side="right") - 1]
    return shifted


@lru_cache(maxsize=64)
def _offsets(zone: str, first: int, last: int) -> tuple[Moments, NDArray[np.timedelta64]]:
    """The moments in some years from which a zone is off UTC, and by how much.

    Since 1972 clocks change on a quarter of an hour, so those are all that need asking.
    """
    there = ZoneInfo(zone)

    def off(moment: datetime) -> timedelta:
        return moment.astimezone(there).utcoffset() or timedelta()

    start, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    changes = [(start, off(start))]
    for day in (start + timedelta(k) for k in range((end - start).days)):
        if off(day + timedelta(1)) == changes[-1][1]:
            continue
        for quarter in (day + _QUARTER * (k + 1) for k in range(96)):
            if off(quarter) != changes[-1][1]:
                changes.append((quarter, off(quarter)))
    starts = [moment.replace(tzinfo=None) for moment, _ in changes]
    minutes = [offset // timedelta(minutes=1) for _, offset in changes]
    return np.array(starts, "datetime64[m]"), np.array(minutes, "timedelta64[m]")
