"""A bar on standard error while a large corpus is read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WORTH_A_BAR = 5_000_000
"""Bytes; less is counted before a bar could be read."""
_STEP = 1_000_000
"""Bytes the bar moves by: its speed is that of a thousand moves, and lines come in bursts."""


@contextmanager
def reading_bar(size: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Something to tell of bytes that were read; shown only to a terminal.

    Args:
        size: of all there is to read, in bytes; 0 where that is not known.
        quiet: show nothing.
    """
    if quiet or not sys.stderr.isatty() or 0 < size < _WORTH_A_BAR:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    bar = Progress(
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=size or None)
        read = 0

        def advance(more: int) -> None:
            nonlocal read
            read += more
            if read >= _STEP:
                bar.advance(task, read)
                read = 0

        yield advance
