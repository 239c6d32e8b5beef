"""Claude's tokenizer in several processes, for a corpus that is worth starting them."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from costplan.tokens.counting import count_many
from costplan.tokens.counts import TokenCount
from costplan.tokens.families import CLAUDE_3, CLAUDE_4_7, tokenizer_of

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_WORTH_STARTING = 20_000_000
"""Characters after which another process has earned the second it takes to start."""
_SHARES = 4
"""Parts of a batch for each process, so that they end together."""


class Workers:
    """Counts texts here, or in other processes where that is faster.

    Above one process, the main module of the program must be importable, as `multiprocessing` asks.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._counted = 0
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def count(self, texts: Sequence[str], model: str) -> list[TokenCount]:
        """`count_many`: the engines of other makers use all cores by themselves."""
        if self._processes < 2 or tokenizer_of(model) not in {CLAUDE_3, CLAUDE_4_7}:
            return count_many(texts, model)
        self._counted += sum(map(len, texts))
        if self._counted < _WORTH_STARTING or len(texts) < self._processes:
            return count_many(texts, model)
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            # A fork would copy the threads of the other engines half way through their work.
            context = get_context("spawn")
            self._pool = ProcessPoolExecutor(
                self._processes, mp_context=context, initializer=_leave_interrupts
            )
        step = -(-len(texts) // (self._processes * _SHARES))
        shares = [texts[k : k + step] for k in range(0, len(texts), step)]
        counted = self._pool.map(count_many, shares, [model] * len(shares))
        return [count for share in counted for count in share]


def _leave_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal; this one ends when the first says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
