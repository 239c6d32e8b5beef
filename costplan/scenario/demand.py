"""How many conversations there will be, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.periods import Days
from costplan.quantity import Quantity
from costplan.scenario.kinds import COUNT, DEMAND, DURATION, GROWTH, Duration
from costplan.scenario.logs import LOG, Log
from costplan.schema import DATE, KeyPath, Number, Parsed, key


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
    growth: Quantity = key(
        GROWTH,
        "Compounds monthly from the start of the plan.",
        default=Quantity(Decimal(0), Decimal(0), ("month",), "%"),
        examples=["4% to 7%/month"],
    )
    days: Days = key(
        Parsed(Days.parse),
        "Active days: all, weekdays, weekends or working(US).",
        default=Days(),
        examples=["all", "weekdays", "working(US)"],
    )
    launch: date | None = key(DATE, "First day; before it there is no demand.", default=None)
    ramp: Duration | None = key(
        DURATION, "From nothing at launch to full demand, in a straight line.", default=None
    )
    peak: Decimal | None = key(
        Number(minimum=1, maximum=1440),
        "The busiest minute of a day over the average one, for limits and time.",
        default=None,
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Users where demand is per user; a ramp has a launch."""
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
        if self.ramp and "once" in per:
            yield ("ramp",), "what happens once has no ramp"
