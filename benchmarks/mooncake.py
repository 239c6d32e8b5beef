"""What a prefix cache finds in an hour of real chat: `python benchmarks/mooncake.py TRACE`.

TRACE is conversation_trace.jsonl of Mooncake (github.com/kvcache-ai/Mooncake, Apache-2.0), gzipped:
12,031 requests with the hashes of their leading blocks of 512 tokens.

First the literal replay: a request finds the longest run of leading blocks that were used within
the lifetime, if they hold at least 1,024 tokens; every use starts the lifetime anew, and a shorter
prompt is not cached at all. What is found is read at `r` and the rest written at `w` times the
price of input.

Then the model: from the gaps between the uses of blocks in the first half of the time, and nothing
else, `costplan.engine.reuse` says what the second half will find. At most 4 points off are wanted.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from costplan.engine.reuse import ObservedGaps, break_even_hits, found_since

BLOCK = 512
LEAST = 1_024
"""Tokens of the shortest prefix that is cached."""
LIFETIMES = {"60 s": 60.0, "5 min": 300.0, "10 min": 600.0, "1 h": 3_600.0}
PRICES = {
    "5 minutes": (1.25, 0.1),
    "1 hour": (2.0, 0.1),
    "automatic": (1.0, 0.5),
    "free": (1.0, 0.1),
}
"""Multipliers of the price of input: what is written, what is read."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the trace."""

    at: float
    """Seconds since the first."""
    tokens: int
    blocks: tuple[int, ...]

    @property
    def is_cached(self) -> bool:
        """Whether it is long enough."""
        return self.tokens >= LEAST


@dataclass(frozen=True, slots=True)
class Found:
    """What a stretch of the trace found in the cache."""

    share: float
    """Of input tokens."""
    calls: float
    """The share of requests that found anything."""
    short: float
    """Share of input tokens in prompts too short to be cached."""

    def bill(self, write: float, read: float) -> float:
        """The input bill against that without a cache."""
        written = 1 - self.share - self.short
        return self.share * read + written * write + self.short


def read_trace(file: Path) -> list[Call]:
    """The requests of a trace in their order."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        records = map(json.loads, lines)
        return [
            Call(r["timestamp"] / 1000, r["input_length"], tuple(r["hash_ids"])) for r in records
        ]


def replay(
    calls: Iterable[Call], lifetime: float, *, since: float = 0.0, refreshed: bool = True
) -> Found:
    """What each request from `since` on finds, told block by block."""
    until: dict[int, float] = {}
    hit = sent = short = found = count = 0
    for call in calls:
        depth = 0
        while depth < len(call.blocks) and until.get(call.blocks[depth], -1.0) >= call.at:
            depth += 1
        held = min(depth * BLOCK, call.tokens)
        if not call.is_cached or held < LEAST:
            held = depth = 0
        for k, block in enumerate(call.blocks if call.is_cached else ()):
            if refreshed or k >= depth:
                until[block] = call.at + lifetime
        if call.at >= since:
            hit, sent, count = hit + held, sent + call.tokens, count + 1
            found += held > 0
            short += 0 if call.is_cached else call.tokens
    return Found(hit / sent, found / count, short / sent)


def gaps_of(calls: Sequence[Call], end: float) -> tuple[ObservedGaps, float]:
    """Gaps between uses of the same prefix before `end`, and the share of tokens they are about.

    The first two blocks are the least that is cached, so they are one prefix of 1,024 tokens.
    """
    last: dict[int, tuple[float, int]] = {}
    gaps: list[tuple[float, bool, int]] = []
    sent = 0
    for call in calls:
        if call.at >= end:
            break
        sent += call.tokens
        for k, block in enumerate(call.blocks[1:] if call.is_cached else (), 1):
            size = LEAST if k == 1 else min(BLOCK, call.tokens - k * BLOCK)
            if block in last:
                before, used = last[block]
                gaps.append((call.at - before, True, used))
            last[block] = call.at, size
    gaps += ((end - at, False, size) for at, size in last.values())
    lengths, again, sizes = zip(*gaps, strict=True)
    return ObservedGaps.from_uses(lengths, again, sizes), sum(sizes) / sent


def predict(calls: Sequence[Call], lifetime: float, end: float) -> float:
    """The hit share of the second half, from what the first half shows."""
    gaps, cached = gaps_of(calls, end)
    return cached * found_since(lifetime, gaps, end, 2 * end)


def main() -> None:
    calls = read_trace(Path(sys.argv[1]))
    half = 1_800.0
    print(f"{len(calls):,} requests in {calls[-1].at / 60:.0f} minutes\n")
    prices = "".join(f"{f'{w:g} / {r:g}':>12}" for w, r in PRICES.values())
    print(f"{'the literal replay':20}{'found':>8}{'by write':>10}{'requests':>10}{prices}")
    for name, lifetime in LIFETIMES.items():
        seen = replay(calls, lifetime)
        plain = replay(calls, lifetime, refreshed=False)
        bills = "".join(f"{f'x{seen.bill(w, r):.3f}':>12}" for w, r in PRICES.values())
        print(f"{name:20}{seen.share:8.1%}{plain.share:10.1%}{seen.calls:10.1%}{bills}")
    w5, w60 = (break_even_hits(*PRICES[name]) for name in ("5 minutes", "1 hour"))
    print(f"\ncaching pays from {w5:.1%} (1.25 / 0.1) and {w60:.1%} (2 / 0.1)\n")
    print(f"{'second half':20}{'replay':>8}{'model':>10}{'points':>10}{'first half':>12}")
    first = [call for call in calls if call.at < half]
    for name, lifetime in LIFETIMES.items():
        actual = replay(calls, lifetime, since=half).share
        model = predict(calls, lifetime, half)
        off, before = 100 * (model - actual), replay(first, lifetime).share
        print(f"{name:20}{actual:8.1%}{model:10.1%}{off:+10.1f}{before:12.1%}")


if __name__ == "__main__":
    main()
