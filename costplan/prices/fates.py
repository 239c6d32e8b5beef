"""What becomes of each row: the one set of rules that the look-up and the history share.

A correction and a cancellation act on rows of their own list. From the first day of one's own list
on, the shipped rows fall away. Of those left for one day, the last that was known counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from costplan.prices.price import Price

CANCELLED = "cancelled"
CORRECTED = "corrected"
OVERLAID = "overlaid"
REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Fate:
    """A row that states a price, and what keeps it from holding."""

    row: Price
    kind: str = ""
    """`cancelled`, `corrected`, `overlaid`, `replaced`; empty where it holds."""
    settled: date | None = None
    """The day that was known."""


def fates(rows: Iterable[Price]) -> tuple[Fate, ...]:
    """The fate of every row but cancellations, by the day each was to take effect.

    Args:
        rows: those of one model in one mode, or of one fee, that are visible.
    """
    ordered = sorted(rows, key=lambda row: (row.from_, row.known, row.added))
    stated = [row for row in ordered if not row.cancels]
    found = [_corrected(row, ordered) or _cancelled(row, ordered) or Fate(row) for row in stated]
    own = next((fate.row for fate in found if fate.row.overlay and not fate.kind), None)
    if own is not None:
        found = [
            Fate(fate.row, OVERLAID, own.known)
            if not fate.kind and not fate.row.overlay and fate.row.from_ >= own.from_
            else fate
            for fate in found
        ]
    last = {fate.row.from_: fate.row for fate in found if not fate.kind}
    return tuple(
        Fate(fate.row, REPLACED, last[fate.row.from_].known)
        if not fate.kind and last[fate.row.from_] is not fate.row
        else fate
        for fate in found
    )


def holding(rows: Iterable[Price]) -> tuple[Price, ...]:
    """The rows that hold, one per effective day, oldest first."""
    return tuple(fate.row for fate in fates(rows) if not fate.kind)


def _corrected(row: Price, among: Iterable[Price]) -> Fate | None:
    """A later row of the same list names it; of two that name one another, the later release."""
    by = [
        other.known
        for other in among
        if other.corrects == row.identity
        and other is not row
        and other.overlay == row.overlay
        and (row.corrects != row.identity or other.added > row.added)
    ]
    return Fate(row, CORRECTED, min(by)) if by else None


def _cancelled(row: Price, among: Iterable[Price]) -> Fate | None:
    by = [
        other.known
        for other in among
        if other.cancels
        and other.from_ == row.from_
        and other.known >= row.known
        and other.overlay == row.overlay
    ]
    return Fate(row, CANCELLED, min(by)) if by else None
