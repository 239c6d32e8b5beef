"""A log of requests in a scenario: which file, which columns, and what was counted in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

from costplan.schema import ByShape, Made, Record, Text, key

TIMES = (
    "timestamp", "time", "datetime", "date_time", "created_at", "created", "start_time",
    "request_time", "@timestamp", "ts", "day", "date",
)  # fmt: skip
"""Columns that say when, in the order they are looked for, whatever their capitals."""
COUNTS = ("count", "requests", "calls", "conversations")
"""Columns that say how many requests a row stands for; without one it is one."""
_LONGEST = 366 * 20
"""Days a log may span; more means that the column is no time."""
_EPOCHS = ((1e8, 1e11, 1.0), (1e11, 1e14, 1e3), (1e14, 1e17, 1e6), (1e17, 1e20, 1e9))
"""Numbers since 1970, in seconds and their thousandths; none of them lies before 1973."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A file with one request a row, or with a number of requests a day or hour."""

    file: str = key(
        Text(), "A .csv, .jsonl (either may end in .gz) or .parquet file, relative to the scenario."
    )
    time: str | None = key(
        Text(), "The column that says when; found by its name without it.", default=None
    )
    count: str | None = key(
        Text(),
        "The column that says how many requests a row stands for; one without it.",
        default=None,
    )


LOG = ByShape(scalar=Made(Text(), lambda name: Log(file=name)), mapping=Record(Log))


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When the requests of a log came."""

    first: date
    """The first day the log knows of."""
    daily: tuple[float, ...]
    """Requests of each day from the first to the last; a row may say that there were none."""
    hourly: tuple[float, ...]
    """Requests by hour of the day, 24 of them; empty where the log knows only days."""
    first_hour: int = 0
    """The hour of the first row on the first day."""
    last_hour: int = 23
    """The hour of the last row on the last day."""


@dataclass(slots=True)
class Tally:
    """Counts the rows of a log."""

    by_hour: dict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))
    """By day (its ordinal) and hour."""
    only_days: bool = False
    """Whether some row does not say the hour."""

    def add(self, moment: object, count: object = 1) -> None:
        """One row.

        Raises:
            ValueError: it is no time, or no number of requests.
        """
        begins = moment[:14] if isinstance(moment, str) else ""
        day, hour = _hour(begins) if begins[13:] == ":" else parse_moment(moment)
        self.only_days = self.only_days or hour is None
        self.by_hour[day.toordinal(), hour or 0] += 1 if count == 1 else _number(count)

    def arrivals(self) -> Arrivals:
        """What was counted.

        Raises:
            ValueError: there is nothing, or it spans too long.
        """
        if not any(self.by_hour.values()):
            raise ValueError("it has no requests")
        (start, first_hour), (end, last_hour) = min(self.by_hour), max(self.by_hour)
        first = date.fromordinal(start)
        if end - start >= _LONGEST:
            message = f"it runs from {first} to {date.fromordinal(end)}; is the column a time?"
            raise ValueError(message)
        daily, hourly = [0.0] * (end - start + 1), [0.0] * 24
        for (day, hour), count in self.by_hour.items():
            daily[day - start] += count
            hourly[hour] += count
        if self.only_days:
            return Arrivals(first, tuple(daily), ())
        return Arrivals(first, tuple(daily), tuple(hourly), first_hour, last_hour)


def parse_moment(value: object) -> tuple[date, int | None]:
    """The day and hour of an ISO 8601 text, or of a number of (milli-)seconds since 1970 in UTC.

    A text keeps its own clock, whatever its offset; a text that is only a day has no hour.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, str):
        text = value.strip()
        try:
            if len(text) <= 10:
                return date.fromisoformat(text), None
            moment = datetime.fromisoformat(text)
        except ValueError:
            return _since_1970(text)
        return moment.date(), moment.hour
    return _since_1970(value)


@lru_cache(maxsize=1024)
def _hour(text: str) -> tuple[date, int | None]:
    """The same of `2026-10-01T09:`, which many rows begin with."""
    return parse_moment(f"{text}00")


def _since_1970(value: object) -> tuple[date, int]:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = 0.0
    for low, high, unit in _EPOCHS:
        if low <= number < high and not isinstance(value, bool):
            moment = datetime.fromtimestamp(number / unit, UTC)
            return moment.date(), moment.hour
    raise ValueError(
        f"expected a time such as 2026-10-01T09:30:00 or 2026-10-01, found {str(value)[:40]!r}"
    )


def _number(value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < 1e15 or isinstance(value, bool):
        raise ValueError(f"expected a number of requests, found {str(value)[:40]!r}")
    return number


def columns(log: Log, names: Mapping[str, object] | list[str]) -> tuple[str, str | None]:
    """The columns that say when and how many.

    Raises:
        ValueError: there is none that says when, or not the one that is named.
    """
    there = {name.strip().casefold(): name for name in names}
    for wanted in (log.time, log.count):
        if wanted is not None and wanted not in names:
            raise ValueError(f"there is no column {wanted!r}; there are {', '.join(names)}")
    time = log.time or next((there[name] for name in TIMES if name in there), None)
    count = log.count or next((there[name] for name in COUNTS if name in there), None)
    if time is None:
        raise ValueError(
            f"none of its columns ({', '.join(names)}) is known to say when; "
            "name one with log: {file: ..., time: COLUMN}"
        )
    return time, count
