"""What a plan asks of a provider at its busiest: rates against limits, time against a window.

A month is told by its busiest day, a day by its busiest minute. Demand of a day falls on its hours
in shares; within an hour, the busiest minute has `burst` times the average one. Workloads that
share a limit are added up hour by hour, so peaks at different hours do not add up.

How many requests are in flight is Little's law (Little, A proof for the queuing formula L = lambda
W, 1961): the average number equals their rate times the seconds each takes, however they arrive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from costplan.engine.distributions import Floats
from costplan.periods import Month

ASSUMED_PEAK = 3.3
"""The busiest minute over the average one where nobody says: the upper end of the 1.9 to 3.3 that
ten minutes reach on recorded services. Single minutes reached 3.8 on a coding assistant's console
export (3 days), 19 in two months of BurstGPT."""
ASSUMED_BURST = 2.25
"""The busiest minute over the average one of its hour: the geometric mean of 1.21 (Mooncake, chat)
and 4.18 (Azure 2023, code), an hour each."""
EVEN = (1 / 24,) * 24
"""The shares of a day whose hours are all alike."""
DAY_SECONDS = 86_400


def burst_of(hours: Sequence[float], peak: float | None) -> float:
    """The busiest minute over the average one of its hour.

    Args:
        hours: the share of each of the 24 hours.
        peak: the busiest minute of the day over the average one; None where nobody says.
    """
    busiest_hour = 24 * max(hours)
    if peak is not None:
        return peak / busiest_hour
    return ASSUMED_PEAK if tuple(hours) == EVEN else ASSUMED_BURST


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """Requests or tokens of one workload on one model."""

    per_day: Floats
    """On each day: shape (days,)."""
    hours: tuple[float, ...] = EVEN
    """The share of each hour of a day."""
    burst: float = 1.0
    """The busiest minute over the average one of its hour."""


def peak_minute(loads: Sequence[Load]) -> Floats:
    """The busiest minute of each day, all loads together: shape (days,)."""
    hourly = sum(
        np.multiply.outer(load.per_day, np.array(load.hours) * load.burst) for load in loads
    )
    return np.asarray(np.asarray(hourly).max(axis=1) / 60)


def whole_day(loads: Sequence[Load]) -> Floats:
    """Each day, all loads together: shape (days,)."""
    return np.asarray(sum(load.per_day for load in loads))


def busiest_days(values: Floats, months: Sequence[Month]) -> NDArray[np.intp]:
    """The position of the day with the highest value in each month: shape (months,).

    Args:
        values: of each day from the first of the first month on.
        months: consecutive months.
    """
    first = months[0].first
    starts = [(month.first - first).days for month in months]
    return np.array(
        [
            start + int(np.argmax(values[start : start + month.days]))
            for start, month in zip(starts, months, strict=True)
        ]
    )


@dataclass(frozen=True, slots=True)
class LimitUse:
    """What one month comes to against one limit, expected, on its busiest day."""

    month: Month
    name: str
    """The provider or model that the limit is of."""
    limit: str
    """Its key in the scenario: `requests_per_minute` and so on."""
    allowed: float
    peak: float
    """In the busiest minute, or on the whole day."""

    @property
    def share(self) -> float:
        """Of what is allowed."""
        return self.peak / self.allowed

    @property
    def over(self) -> bool:
        """Whether it is passed, binary residue aside."""
        return self.share > 1 + 1e-9


@dataclass(frozen=True, slots=True)
class TimeUse:
    """How long the requests of one workload take on one model, on the busiest day of a month."""

    month: Month
    workload: str
    model: str
    requests_per_day: float
    seconds: float
    """Seconds one request takes, on average."""
    peak: float
    """The busiest minute over the average one of the hours it runs in."""
    parallel: int | None
    """How many may run at once; None where nobody says."""
    window: float | None
    """Hours in which the day's requests are to be done; None for requests that come by themselves
    over the whole day."""

    @property
    def hours_available(self) -> float:
        """Of the window, or the whole day."""
        return 24.0 if self.window is None else self.window

    @property
    def in_flight(self) -> float:
        """Requests running at once on average in those hours: how many servers are busy."""
        return self.requests_per_day * self.seconds / (self.hours_available * 3600)

    @property
    def in_flight_peak(self) -> float:
        """The same in the busiest minute."""
        return self.in_flight * self.peak

    @property
    def hours(self) -> float | None:
        """Hours from the first request to the last, `parallel` at a time."""
        if self.parallel is None:
            return None
        return self.requests_per_day * self.seconds / self.parallel / 3600

    @property
    def unfinished(self) -> bool:
        """Whether the day's requests are not done when its hours are over."""
        return self.hours is not None and self.hours > self.hours_available * (1 + 1e-9)

    @property
    def queued(self) -> bool:
        """Whether some wait in the busiest minute, as more come than may run at once.

        What is done within a window waits by intention.
        """
        if self.parallel is None or self.window is not None:
            return False
        return self.in_flight_peak > self.parallel * (1 + 1e-9)


@dataclass(frozen=True, slots=True)
class Capacity:
    """Limits and time of a whole plan, by month."""

    limits: tuple[LimitUse, ...] = ()
    times: tuple[TimeUse, ...] = ()
    assumed: Mapping[str, bool] = field(default_factory=dict)
    """The workloads whose busiest minute nobody stated; whether all their hours are alike."""

    def first_over(self) -> dict[tuple[str, str], Month | None]:
        """For each limit, by name and key, the first month that passes it; None where none does."""
        found: dict[tuple[str, str], Month | None] = {}
        for use in self.limits:
            key = use.name, use.limit
            if found.setdefault(key) is None and use.over:
                found[key] = use.month
        return found
