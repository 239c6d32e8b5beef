"""How many conversations there will be, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.periods import DayRange, Days
from costplan.quantity import Quantity
from costplan.scenario.events import DAYS, Event
from costplan.scenario.growth import PHASES, GrowthFrom, check_phases
from costplan.scenario.hours import HOURS, ZONE, HourProfile
from costplan.scenario.kinds import COUNT, DEMAND, DURATION, NAME, Duration
from costplan.scenario.logs import LOG, Log
from costplan.scenario.seasons import Seasonality
from costplan.schema import DATE, KeyPath, MapOf, Number, Parsed, Record, key


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How many conversations there will be."""

    requests: Quantity | None = key(
        DEMAND,
        "Conversations started: per active day, per user, or once.",
        default=None,
        examples=["12k/day", "3 per user per weekday", "250k once"],
    )
    log: Log | None = key(
        LOG,
        "A file of past requests, a row each, instead of requests: level, shock and profile.",
        default=None,
        examples=["logs/requests.csv.gz"],
    )
    users: Quantity | None = key(COUNT, "How many users, for demand per user.", default=None)
    growth: tuple[GrowthFrom, ...] = key(
        PHASES,
        "Steps monthly from the start of the plan: a rate, {rate, kind: linear}, or a list of "
        "{from, rate} that changes on dates.",
        default=(),
        examples=["4% to 7%/month"],
    )
    days: Days = key(
        Parsed(Days.parse),
        "Active days: all, weekdays, weekends or working(US).",
        default=Days(),
        examples=["all", "weekdays", "working(US)"],
    )
    closed: tuple[DayRange, ...] = key(
        DAYS,
        "Days without demand besides: company holidays, as a day, `A to B` or a list.",
        default=(),
        examples=["2026-12-24 to 2027-01-01"],
    )
    seasonality: Seasonality | None = key(
        Record(Seasonality),
        "Stronger and weaker months and days of the week; the year's total stays as stated.",
        default=None,
    )
    events: Mapping[str, Event] = key(
        MapOf(Record(Event), NAME),
        "Days on which demand is another, by name; where several meet, their factors multiply.",
        default={},
    )
    hours: HourProfile | None = key(
        HOURS,
        "Busy hours of its day, 9-18 (even inside), or 24 weights from midnight; all alike "
        "without it.",
        default=None,
        examples=["9-18", "22-6"],
    )
    zone: str | None = key(
        ZONE,
        "The time zone its days and hours are in.",
        default=None,
        examples=["Europe/Berlin", "UTC"],
    )
    launch: date | None = key(DATE, "First day; before it there is no demand.", default=None)
    retire: date | None = key(
        DATE, "The first day without demand again; the day before is the last.", default=None
    )
    ramp: Duration | None = key(
        DURATION, "From nothing at launch to full demand, in a straight line.", default=None
    )
    peak: Decimal | None = key(
        Number(minimum=1, maximum=1440),
        "The busiest minute of a day over the average one, for limits and time.",
        default=None,
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Users where demand is per user; what needs another key has it."""
        per = self.requests.per if self.requests else ()
        if {"user", "seat"} & set(per) and self.users is None:
            yield ("requests",), f"demand is per {per[0]}; say how many with users:"
        if self.log is not None and (self.requests is not None or self.users is not None):
            other = "users" if self.requests is None else "requests"
            yield (other,), f"a log says how many requests there are; remove {other} or the log"
        if self.users is not None and self.requests and not {"user", "seat"} & set(per):
            yield ("users",), "demand is not per user; write requests: N per user per day"
        if self.ramp and not self.launch:
            yield ("ramp",), "a ramp starts at launch: give a day"
        if self.launch and self.retire and self.retire <= self.launch:
            yield ("retire",), f"it retires after its launch on {self.launch}"
        if self.hours and not self.zone:
            yield ("hours",), "say whose clock that is: zone: Europe/Berlin, or zone: UTC"
        if "once" in per:
            for name in ("ramp", "seasonality", "events"):
                if getattr(self, name):
                    yield (name,), f"what happens once has no {name}"
        yield from ((("growth", *at), message) for at, message in check_phases(self.growth))
