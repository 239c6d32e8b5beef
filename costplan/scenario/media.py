"""What a request reads and makes besides text: sound, pictures, pages, calls of tools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from costplan.meters import CACHE_WRITES, Meter
from costplan.quantity import Quantity
from costplan.scenario.kinds import COUNT, PLAIN, SIZE, TOKENS, ImageSize
from costplan.scenario.tokens import SHAPE, check_spread
from costplan.schema import ByShape, KeyPath, Kind, Made, Record, Text, key

_ONE = Quantity(Decimal(1), Decimal(1))
OWN_KEYS = {
    Meter.INPUT: "input",
    Meter.CACHE_READ: "cache",
    **dict.fromkeys(CACHE_WRITES, "cache"),
    Meter.OUTPUT: "output",
    Meter.REASONING: "reasoning",
}
"""Meters that other keys of a request are billed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Sound that is read or made with each turn."""

    seconds: Quantity | None = key(
        COUNT, "How long it is; tokens by the rule of the model.", default=None
    )
    tokens: Quantity | None = key(TOKENS, "Instead, its tokens.", default=None)
    count: Quantity = key(COUNT, "How many with each turn.", default=_ONE)

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """One measure."""
        if (self.seconds is None) == (self.tokens is None):
            yield (), "expected one of seconds, tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeImage:
    """Images made with each turn."""

    size: ImageSize | None = key(
        SIZE, "Width and height in pixels; tokens by the rule of the model.", default=None,
        examples=["1024x1024"],
    )  # fmt: skip
    quality: str | None = key(
        Text(choices=("low", "medium", "high")), "The quality, on models that have one.",
        default=None,
    )  # fmt: skip
    tokens: Quantity | None = key(TOKENS, "Instead, its tokens.", default=None)
    count: Quantity = key(COUNT, "How many with each turn.", default=_ONE)

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """One measure; a quality only with a size."""
        if (self.size is None) == (self.tokens is None):
            yield (), "expected one of size, tokens"
        if self.quality and self.size is None:
            yield ("quality",), "quality goes with size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A quantity of a meter: a number, or a spread between requests."""

    amount: Quantity | None = None
    mean: Quantity | None = key(COUNT, "The mean over turns; give p90 or cv too.", default=None)
    p90: Decimal | None = key(PLAIN, "What 90% of turns stay under.", default=None)
    cv: Decimal | None = key(
        PLAIN, "Instead of p90, the standard deviation as a ratio to the mean.", default=None
    )
    shape: str | None = key(SHAPE, "How turns are spread around the mean.", default=None)
    max: Decimal | None = key(PLAIN, "What none is over.", default=None)

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """A spread has a mean."""
        if self.mean is None and self.amount is None:
            yield (), "the key 'mean' is missing"
        else:
            yield from check_spread(self)


MEASURE: Kind = ByShape(
    scalar=Made(COUNT, lambda quantity: Measure(amount=quantity)), mapping=Record(Measure)
)
METER = Text(choices=tuple(map(str, Meter)), means="a meter such as web_search or page")
