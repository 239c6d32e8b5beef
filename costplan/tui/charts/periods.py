"""The two lines below columns of months, quarters or years."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from costplan.tui.charts.labels import LabelRow
from costplan.tui.charts.marks import Line, Mark

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_QUARTERLY = {"Jan", "Apr", "Jul", "Oct"}
OVER = "▲"


def period_labels(
    labels: Sequence[str],
    slot: int,
    *,
    left: int = 0,
    over: Collection[int] = (),
    selected: int | None = None,
) -> list[Line]:
    """Names of the periods and the years they are in, thinned out where columns are narrow.

    Args:
        labels: `2026-12`, `2026-Q4`, `FY2027-Q3`, `2027` and the like.
        slot: cells each period has.
        left: cells before the first.
        over: positions of the periods over their budget.
        selected: position of the one the cursor is on.
    """
    parts = [_parts(label) for label in labels]
    rows = LabelRow(left + slot * len(labels)), LabelRow(left + slot * len(labels))
    if slot > max(len(name) for name, _ in parts):
        for k, (name, _) in enumerate(parts):
            at = left + k * slot + (slot - len(name)) // 2
            mark = Mark.SELECTED if k == selected else Mark.AXIS
            rows[0].put(at, name, mark, gap=0)
            if k in over:
                rows[0].put(at - 1, OVER, Mark.SURE_OVER, gap=0)
        _write_years(rows[1], parts, slot, left + (1 if slot > 4 else 0))
    else:
        for k in over:
            rows[0].put(left + k * slot + slot // 2, OVER, Mark.SURE_OVER, gap=0)
        _write_years(rows[1], parts, slot, left)
        _write_some(rows[1], parts, slot, left)
    return [row.line() for row in rows]


def _parts(label: str) -> tuple[str, str]:
    """What a period is called, and the year it is in: `Dec` and `2026`."""
    year, _, part = label.partition("-")
    if not part:
        return year, ""
    return (MONTHS[int(part) - 1] if part.isdigit() else part), year


def _write_years(row: LabelRow, parts: Sequence[tuple[str, str]], slot: int, left: int) -> None:
    """A year below its first period, unless the next one begins before there is room for it."""
    starts = [
        k for k, (_, year) in enumerate(parts) if year and (k == 0 or parts[k - 1][1] != year)
    ]
    for k, after in pairwise([*starts, len(parts)]):
        if len(parts[k][1]) < (after - k) * slot or after == len(parts):
            row.put(left + k * slot, parts[k][1])


def _write_some(row: LabelRow, parts: Sequence[tuple[str, str]], slot: int, left: int) -> None:
    """Names of every third month, or of the years, where there is room beside the years."""
    for k, (name, year) in enumerate(parts):
        if name in _QUARTERLY or not year or k == 0:
            row.put(left + k * slot, name)
