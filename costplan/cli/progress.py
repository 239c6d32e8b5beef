"""A bar on standard error while a large corpus is read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WORTH_A_BAR = 5_000_000
"""Bytes; less is counted before a bar could be read."""


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
        yield lambda read: bar.advance(task, read)
