"""How long requests take, how many run at once, and by when they are to be done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.scenario.kinds import MODEL
from costplan.schema import (
    DATE,
    ByShape,
    KeyPath,
    ListOf,
    Made,
    MapOf,
    Number,
    Parsed,
    Record,
    key,
)

_CLOCK = r"([01]\d|2[0-4]):([0-5]\d)"
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Clock:
    """Hours of a day, past midnight where they end before they begin: `20:00-06:00`."""

    start: int
    """Minutes since midnight."""
    end: int

    @classmethod
    def parse(cls, text: str) -> Clock:
        """Read `20:00-06:00`.

        Raises:
            ValueError: the text is no hours, or they are empty.
        """
        match = re.fullmatch(rf"{_CLOCK}\s*-\s*{_CLOCK}", text.strip())
        if not match:
            raise ValueError(f"expected hours such as 20:00-06:00, found {text!r}")
        start, end = (int(match[k]) * 60 + int(match[k + 1]) for k in (1, 3))
        if max(start, end) > _DAY:
            raise ValueError(f"a day ends at 24:00, found {text!r}")
        if start == end:
            raise ValueError(f"{text!r} ends where it begins; the whole day is 00:00-24:00")
        return cls(start, end)

    @property
    def hours(self) -> float:
        """How many."""
        return ((self.end - self.start) % _DAY or _DAY) / 60

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of each of the 24 hours, where work is spread evenly over the window."""
        minutes = [0] * 24
        for minute in range(self.start, self.start + round(self.hours * 60)):
            minutes[minute % _DAY // 60] += 1
        return tuple(count / sum(minutes) for count in minutes)

    def __str__(self) -> str:
        ends = (f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in (self.start, self.end))
        return "-".join(ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast a model answers, from a day on."""

    from_: date = key(DATE, "The first day of this speed.", default=date.min, name="from")
    first_token: Decimal = key(Number(minimum=0), "Seconds until the first token of the answer.")
    tokens_per_second: Decimal = key(
        Number(minimum=Decimal("0.001")), "Tokens a second after it, reasoning included."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long requests take, and how many run at once."""

    seconds: Mapping[str, Decimal] = key(
        ByShape(
            scalar=Made(Number(minimum=0), lambda n: {"": n}),
            mapping=MapOf(Number(minimum=0), MODEL, minimum=1),
        ),
        "Seconds one request takes: a number, or one per model.",
        default={},
    )
    speed: Mapping[str, tuple[Speed, ...]] = key(
        MapOf(
            ByShape(
                mapping=Made(Record(Speed), lambda speed: (speed,)),
                sequence=ListOf(Record(Speed)),
            ),
            MODEL,
            minimum=1,
        ),
        "Instead of seconds, how fast each model answers; a list changes on dates.",
        default={},
    )
    parallel: int | None = key(
        Number(minimum=1, maximum=1_000_000, whole=True),
        "Requests running at once on each model.",
        default=None,
    )
    window: Clock | None = key(
        Parsed(Clock.parse),
        "Hours in which the requests of a day are done, such as 20:00-06:00.",
        default=None,
        examples=["20:00-06:00"],
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """One way of saying how long a request takes; dates rise."""
        if bool(self.seconds) == bool(self.speed):
            found = "both" if self.seconds else "neither"
            yield (), f"expected one of seconds, speed; found {found}"
        for model, speeds in self.speed.items():
            dates = [speed.from_ for speed in speeds]
            if not speeds:
                yield ("speed", model), "expected at least one entry, found none"
            elif date.min in dates[1:] or dates != sorted(set(dates)):
                yield ("speed", model), "the dates of speeds rise from one entry to the next"
