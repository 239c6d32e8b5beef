"""A workload: its demand, where its requests go, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.meters import MODES
from costplan.periods import Days
from costplan.quantity import Quantity
from costplan.scenario.kinds import (
    COUNT,
    DEMAND,
    DURATION,
    GROWTH,
    MODEL,
    MONEY,
    NAME,
    SHARE,
    Duration,
    Money,
    Share,
)
from costplan.scenario.requests import Request
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
    Text,
    key,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How many conversations there will be."""

    requests: Quantity | None = key(
        DEMAND,
        "Conversations started: per active day, per user, or once.",
        default=None,
        examples=["12k/day", "3 per user per weekday", "250k once"],
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

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Users where demand is per user; a ramp has a launch."""
        per = self.requests.per if self.requests else ()
        if {"user", "seat"} & set(per) and self.users is None:
            yield ("requests",), f"demand is per {per[0]}; say how many with users:"
        if self.users is not None and self.requests and not {"user", "seat"} & set(per):
            yield ("users",), "demand is not per user; write requests: N per user per day"
        if self.ramp and not self.launch:
            yield ("ramp",), "a ramp starts at launch: give a day"
        if self.ramp and "once" in per:
            yield ("ramp",), "what happens once has no ramp"


@dataclass(frozen=True, slots=True, kw_only=True)
class MixFrom:
    """A routing mix from a date."""

    from_: date = key(DATE, "The first day of this mix.", name="from")
    mix: Mapping[str, Quantity | None] = key(
        MapOf(Share(), MODEL, minimum=1), "Share of conversations by model."
    )


def _one_mix(mix: Mapping[str, Quantity | None]) -> tuple[MixFrom, ...]:
    return (MixFrom(from_=date.min, mix=mix),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Which models answer."""

    mix: tuple[MixFrom, ...] = key(
        ByShape(
            mapping=Made(MapOf(Share(), MODEL, minimum=1), _one_mix),
            sequence=ListOf(Record(MixFrom)),
        ),
        "Share of conversations by model; or a list of {from, mix} that changes on dates.",
    )
    escalate_to: str | None = key(
        MODEL, "The model that escalated conversations are run again on.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Shares add up to 100 %; dates rise."""
        if not self.mix:
            yield ("mix",), "expected at least one mix, found none"
        for k, entry in enumerate(self.mix):
            at: KeyPath = ("mix",) if entry.from_ == date.min else ("mix", str(k), "mix")
            if message := _check_shares(entry.mix):
                yield at, message
        dates = [entry.from_ for entry in self.mix]
        if dates != sorted(set(dates)):
            yield ("mix",), "the dates of a mix rise from one entry to the next"


def _check_shares(mix: Mapping[str, Quantity | None]) -> str:
    """What is wrong with the shares of a mix, if anything."""
    stated = [share for share in mix.values() if share is not None]
    rests = len(mix) - len(stated)
    ranges = sum(share.is_range for share in stated)
    total = sum((share.high for share in stated), Decimal(0))
    shown = f"{(total * 100).normalize():f}%"
    wrong = {
        "only one model can have the rest": rests > 1,
        "only one share of a mix can be a range; give the others numbers, and one the rest": (
            ranges > 1
        ),
        "a share is a range: give another model the rest, so that all add up to 100%": (
            bool(ranges) and not rests
        ),
        f"the shares add up to {shown}, which leaves nothing for the rest": (
            bool(rests) and (total > 1 or (bool(ranges) and total == 1))
        ),
        f"the shares add up to {shown}, expected 100% (or give one model the rest)": (
            not rests and total != 1
        ),
    }
    return next((message for message, applies in wrong.items() if applies), "")


_ZERO = Quantity(Decimal(0), Decimal(0), unit="%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What goes wrong and is paid for."""

    retry: Quantity = key(
        SHARE, "Share of calls that are sent, and paid, once more.", default=_ZERO
    )
    escalate: Quantity = key(
        SHARE, "Share of conversations run again on a stronger model.", default=_ZERO
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
    )
    parallel: int = key(
        Number(minimum=1, maximum=1_000_000, whole=True), "Requests running at once.", default=1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A stream of requests with one profile."""

    owner: str = key(NAME, "Who pays: a team or cost centre.", default="")
    demand: Demand = key(Record(Demand), "How many conversations, and when.")
    request: Request | None = key(Record(Request), "What one sends and receives.", default=None)
    routing: Routing | None = key(Record(Routing), "Which models answer.", default=None)
    batch: Quantity = key(SHARE, "Share sent through the batch API.", default=_ZERO)
    mode: str = key(Text(choices=MODES), "Mode of what is not batch.", default="standard")
    region: str | None = key(NAME, "Region, where the provider prices it apart.", default=None)
    failures: Failures = key(Record(Failures), "Retries and escalations.", default=Failures())
    timing: Timing | None = key(
        Record(Timing), "Seconds per request, for hours of processing a day.", default=None
    )
    seat: Money | None = key(
        MONEY, "A flat price per user and month, instead of request and routing.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Either requests routed to models, or seats."""
        if self.seat is not None:
            extra = [name for name in ("request", "routing") if getattr(self, name) is not None]
            if extra:
                yield (extra[0],), "a workload of seats has no request and no routing"
            if self.demand.users is None:
                yield ("demand",), "seats need users: how many people have one"
            return
        if self.demand.requests is None:
            yield ("demand",), "the key 'requests' is missing"

    @staticmethod
    def also_required(present: set[str]) -> tuple[str, ...]:
        """Without seats there are requests, and models that answer them."""
        names = () if "seat" in present else ("request", "routing")
        return tuple(name for name in names if name not in present)
