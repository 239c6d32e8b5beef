"""What a count is: a number, the range it may lie in, and how it was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from costplan.errors import UsageError


class Method(StrEnum):
    """How a count was found, best first."""

    EXACT = "exact"
    """The vendor's own vocabulary and rules: the number the vendor bills."""
    RECONSTRUCTED = "reconstructed"
    """A vocabulary recovered from the vendor's answers (`ctok`)."""
    VENDOR_EQUIVALENT = "vendor-equivalent"
    """The vendor's vocabulary or published rule, with a step the vendor may do differently."""
    SCALED = "scaled"
    """Another vocabulary's count times a measured factor."""
    ASSUMED = "assumed"
    """Nothing measured stands behind the choice; the band is wide."""


@dataclass(frozen=True, slots=True)
class TokenCount:
    """A number of tokens, with `low <= tokens <= high`; equal when nothing is in doubt.

    Raises:
        UsageError: the three are out of order or negative, or the method is not a `Method`.
    """

    tokens: int
    low: int
    high: int
    method: str

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.tokens <= self.high:
            raise UsageError(
                f"a count of {self.tokens} between {self.low} and {self.high} is out of order"
            )
        if self.method not in Method:
            raise UsageError(f"{self.method!r} is not a way to count")


class Part(StrEnum):
    """Where the tokens of a request are."""

    SYSTEM = "system"
    TOOLS = "tools"
    """Declarations of tools, what introduces them, and the structure of the answer."""
    MESSAGES = "messages"
    IMAGES = "images"
    DOCUMENTS = "documents"
    AUDIO = "audio"
    VIDEO = "video"
    FRAME = "frame"
    """What the API wraps around it all."""


@dataclass(frozen=True, slots=True)
class RequestCount(TokenCount):
    """The tokens of a request; `parts` says where they are and how each was counted.

    `parts` has `system`, `tools`, `messages`, `images` and `frame`, which may be empty, and
    `documents`, `audio` and `video` where there are any. The parts' tokens add up to `tokens`,
    unless a correction for the whole outweighs a part; their bands do not add up, because not
    everything is off the same way at once.
    """

    parts: Mapping[str, TokenCount] = field(default_factory=dict, hash=False)
    cacheable: int = 0
    """Tokens up to the last mark of a cached prefix; where the vendor caches by itself, all."""


def certain(tokens: int, method: Method) -> TokenCount:
    """A count without a band."""
    return TokenCount(tokens, tokens, tokens, method)


def total(counts: Sequence[TokenCount]) -> TokenCount:
    """Counts added up, bands as well, the weakest method for all."""
    if len(counts) == 1:
        return counts[0]
    if not counts:
        return certain(0, Method.EXACT)
    method = worst(tuple(Method(count.method) for count in counts))
    tokens, low, high = (
        sum(getattr(count, name) for count in counts) for name in ("tokens", "low", "high")
    )
    return TokenCount(tokens, low, high, method)


def worst(methods: tuple[Method, ...]) -> Method:
    """The weakest of several methods: what a sum or a quotient of their counts may claim."""
    return max(methods, key=_RANKS.__getitem__)


_RANKS = {method: rank for rank, method in enumerate(Method)}
