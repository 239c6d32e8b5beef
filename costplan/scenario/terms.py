"""The terms of a contract with keys of their own: scope, discounts, capacity, credits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from costplan.errors import suggestion
from costplan.meters import Meter
from costplan.periods import Month
from costplan.quantity import Quantity, parse_quantity
from costplan.scenario.kinds import MODEL, MONEY, NAME, PLAIN, Amount, Money
from costplan.schema import (
    MONTH,
    ByShape,
    KeyPath,
    Kind,
    ListOf,
    Made,
    MapOf,
    Number,
    Parsed,
    Record,
    Text,
    key,
)


def parse_part(text: str) -> Decimal:
    """Read a part of a whole that is known exactly: `20%` or `0.2`.

    Raises:
        ValueError: it is a range, negative, or over 100 %.
    """
    quantity = parse_quantity(text)
    if quantity.is_range or quantity.is_open:
        raise ValueError(f"what a contract says is one number, such as 20%; found {text!r}")
    if quantity.per or quantity.unit not in {"", "%"} or not 0 <= quantity.low <= 1:
        percent = f"; write {quantity.low}%" if 1 < quantity.low <= 100 else ""
        raise ValueError(f"expected a part from 0% to 100%, such as 20%; found {text!r}{percent}")
    return quantity.low


def parse_meter(text: str) -> Meter:
    """Read the name of a meter.

    Raises:
        ValueError: there is none of that name; names the nearest.
    """
    if text not in Meter:
        raise ValueError(f"unknown meter {text!r}{suggestion(text, map(str, Meter))}")
    return Meter(text)


def _names(kind: Kind) -> ByShape:
    return ByShape(scalar=Made(kind, lambda name: (name,)), sequence=ListOf(kind))


PART = Parsed(parse_part, {"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0}]})
METER = Parsed(parse_meter, {"type": "string", "enum": list(map(str, Meter))})
FREE = Amount("a free quantity, such as 5000/month or 1500/day", periods=("day", "month"))
PRICE = Amount("a price of a unit, such as 2/hour or 1500/month", periods=("hour", "month"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a contract covers; what is not said is not asked for."""

    providers: tuple[str, ...] = key(
        _names(NAME), "Only models of these providers.", name="provider", default=()
    )
    models: tuple[str, ...] = key(_names(MODEL), "Only these models.", name="model", default=())
    workloads: tuple[str, ...] = key(
        _names(NAME), "Only these workloads.", name="workload", default=()
    )
    but: tuple[str, ...] = key(
        _names(MODEL), "All of that but these models.", name="except", default=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A discount from an amount of spend on."""

    above: Money = key(MONEY, "Spend at list prices from which it holds.")
    off: Decimal = key(PART, "The discount.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A discount that depends on how much is spent."""

    kind: str = key(
        Text(choices=("graduated", "volume")),
        "graduated: each step for the spend above it; volume: the highest step for all of it.",
        default="graduated",
    )
    per: str = key(
        Text(choices=("month", "term")), "Whether spend counts anew each month.", default="month"
    )
    steps: tuple[Step, ...] = key(ListOf(Record(Step)), "The steps, lowest first.")

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Steps rise; a volume discount is of a month."""
        limits = [step.above.amount for step in self.steps]
        if not limits or limits != sorted(set(limits)):
            yield ("steps",), "expected steps whose amounts rise from one to the next"
        if self.kind == "volume" and self.per == "term":
            yield ("per",), "a volume discount is worked out month by month; write graduated"


def flat_discount(off: Decimal) -> Discount:
    """The same discount whatever is spent."""
    return Discount(steps=(Step(above=Money(Decimal(0)), off=off),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """Throughput bought ahead at a flat price; what it cannot serve is paid on demand."""

    price: Quantity = key(PRICE, "Of one unit.", examples=["2/hour", "1500/month"])
    tokens_per_second: Decimal = key(
        Number(minimum=Decimal("0.001")), "What one unit serves, in input tokens."
    )
    burndown: Mapping[Meter, Decimal] = key(
        MapOf(Number(minimum=0), METER, minimum=1),
        "What one unit of each meter counts, in input tokens: {input: 1, output: 5}.",
    )
    units: int | None = key(
        Number(minimum=1, maximum=1_000_000, whole=True),
        "How many; as many as the busiest hour of the expected plan needs when absent.",
        default=None,
    )
    increment: int = key(
        Number(minimum=1, maximum=10_000, whole=True), "Units are sold in steps of.", default=1
    )
    minimum: int = key(
        Number(minimum=1, maximum=1_000_000, whole=True), "The fewest units sold.", default=1
    )
    hours: tuple[Decimal, ...] = key(
        ListOf(Number(minimum=0)),
        "How demand falls on the 24 hours of a day: 24 numbers; even when absent.",
        default=(),
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """A single price; whole increments; a day has 24 hours."""
        if self.price.is_range:
            yield ("price",), f"what a contract says is one number, found {self.price}"
        if self.units is not None and (self.units % self.increment or self.units < self.minimum):
            fewest = f"in steps of {self.increment} and at least {self.minimum}"
            yield ("units",), f"units are sold {fewest}, found {self.units}"
        if self.hours and (len(self.hours) != 24 or not sum(self.hours)):
            yield ("hours",), f"expected 24 numbers, not all 0; found {len(self.hours)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """Credits bought in a month."""

    month: Month = key(MONTH, "When.")
    credits: Decimal = key(PLAIN, "How many.")
    paid: Money = key(MONEY, "What for.")
    lasts: int | None = key(
        Number(minimum=1, maximum=120, whole=True),
        "Months until they expire, that of the purchase included; never when absent.",
        default=None,
    )
    left: Decimal | None = key(
        PLAIN, "How many were left when the plan begins, if bought before it.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """No more can be left than were bought."""
        if not self.credits:
            yield ("credits",), "expected how many were bought, found 0"
        if self.left is not None and self.left > self.credits:
            yield ("left",), f"of {self.credits} credits {self.left} cannot be left"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp:
    """Credits bought whenever those there are do not suffice."""

    credits: Decimal = key(PLAIN, "How many at a time.")
    paid: Money = key(MONEY, "What for.")
    lasts: int | None = key(
        Number(minimum=1, maximum=120, whole=True), "Months until they expire.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Something is bought."""
        if not self.credits:
            yield ("credits",), "expected how many are bought at a time, found 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """Prepaid credits that usage is billed in."""

    rate: Decimal = key(PLAIN, "Credits that one unit of money of usage takes.")
    purchases: tuple[Purchase, ...] = key(
        ListOf(Record(Purchase)), "What is bought, and when.", default=()
    )
    top_up: TopUp | None = key(
        Record(TopUp),
        "What is bought when credits run out; without it, usage beyond them is billed in money.",
        default=None,
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Usage takes credits."""
        if not self.rate:
            yield ("rate",), "expected how many credits one unit of money takes, found 0"
