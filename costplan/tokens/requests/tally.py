"""Adds up the parts of a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, hypot

from costplan.tokens.counts import Method, Part, RequestCount, TokenCount, certain, worst

ALWAYS = (Part.SYSTEM, Part.TOOLS, Part.MESSAGES, Part.IMAGES, Part.FRAME)
"""The parts that are told even where they are empty."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one text, image or wrapper adds; a correction may be negative."""

    part: Part
    tokens: int
    below: float
    """How many tokens fewer it may be; `above`, how many more."""
    above: float
    method: Method


@dataclass(slots=True)
class Tally:
    """A sum by part, and how much of it lies before the last mark of a cached prefix.

    Doubts of different entries are independent of each other: they add as the sides of a
    right-angled triangle do. What is in doubt together is added as one entry.
    """

    entries: list[Entry] = field(default_factory=list)
    cacheable: int = 0

    def add(self, part: Part, count: TokenCount) -> None:
        """Add what a text or an image costs."""
        below, above = count.tokens - count.low, count.high - count.tokens
        self.entries.append(Entry(part, count.tokens, below, above, Method(count.method)))

    def constant(self, part: Part, tokens: int, method: Method, doubt: float = 0) -> None:
        """Add what a wrapper costs, which may be off by `doubt` tokens either way."""
        if tokens or doubt:
            self.entries.append(Entry(part, tokens, doubt, doubt, method))

    def mark(self) -> None:
        """What was added so far is a prefix that may be cached."""
        self.cacheable = self.tokens

    @property
    def tokens(self) -> int:
        """The sum so far."""
        return max(0, sum(entry.tokens for entry in self.entries))

    def count(self) -> RequestCount:
        """The whole request with its parts; the method is the weakest of any entry's."""
        by_part: dict[Part, list[Entry]] = {part: [] for part in ALWAYS}
        for entry in self.entries:
            by_part.setdefault(entry.part, []).append(entry)
        parts = {part.value: _sum(entries) for part, entries in by_part.items()}
        whole = _sum(self.entries)
        return RequestCount(
            whole.tokens,
            whole.low,
            whole.high,
            whole.method,
            parts,
            min(self.cacheable, whole.tokens),
        )


def _sum(entries: Sequence[Entry]) -> TokenCount:
    if not entries:
        return _NOTHING
    tokens = max(0, sum(entry.tokens for entry in entries))
    low = tokens - ceil(hypot(*(entry.below for entry in entries)))
    high = tokens + ceil(hypot(*(entry.above for entry in entries)))
    method = worst(tuple(entry.method for entry in entries))
    return TokenCount(tokens, max(0, low), high, method)


_NOTHING = certain(0, Method.EXACT)
