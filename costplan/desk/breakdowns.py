"""The ways a plan is broken down in a table, and what each of its cells is about."""

from __future__ import annotations

from typing import Literal

from costplan.decisions.parts import WHOLE, Part
from costplan.engine.ledger import Dimension
from costplan.report.table import Table, cell_width

type Breakdown = Literal["month", "spending"] | Dimension

BREAKDOWNS: tuple[Breakdown, ...] = ("month", "model", "workload", "meter", "owner", "spending")
TITLES: dict[Breakdown, str] = {
    "month": "Month",
    "model": "Model",
    "workload": "Workload",
    "meter": "Meter",
    "owner": "Owner",
    "spending": "Spend",
}
_FIRST_PERIOD = 3
"""In a table by a dimension: its name, expected, share, and then the periods."""
_LEAST = "P50"
"""What gives way where all columns but one fit: whether the budget holds is worth more."""
_PADDING = 2
"""Cells beside each column."""


def columns_shown(table: Table, by: Breakdown, first: int, width: int) -> tuple[int, ...]:
    """The columns of a table that fit whole: those that name a row, then from some column on.

    Args:
        table: by that breakdown.
        by: what its rows are.
        first: how many of the other columns are passed over.
        width: cells there are.
    """
    fixed = table.keys if by in {"month", "spending"} else _FIRST_PERIOD
    lines = (tuple(c.name for c in table.columns), *table.rows, *table.totals)
    widths = [max(map(cell_width, column)) + _PADDING for column in zip(*lines, strict=True)]
    if by == "month" and not first and sum(widths) > width:
        left_out = [k for k, name in enumerate(lines[0]) if name == _LEAST]
        if left_out and sum(widths) - widths[left_out[0]] <= width:
            return tuple(k for k in range(len(widths)) if k != left_out[0])
    shown = list(range(min(fixed, len(widths))))
    left = width - sum(widths[:fixed])
    for k in range(fixed + max(0, first), len(widths)):
        left -= widths[k]
        if left < 0 and len(shown) > fixed:
            break
        shown.append(k)
    return tuple(shown)


def part_at(table: Table, by: Breakdown, row: int, column: int) -> Part:
    """What a cell is about.

    Args:
        table: by that breakdown.
        by: what its rows are.
        row: from 0, on into the totals.
        column: from 0.
    """
    is_total = row >= len(table.rows)
    cells = (*table.rows, *table.totals)[row]
    if by == "month":
        return WHOLE if is_total else Part(cells[0])
    if by == "spending":
        return WHOLE if is_total else Part(names=(("model", cells[0]), ("workload", cells[1])))
    label = table.columns[column].name if column >= _FIRST_PERIOD else ""
    if is_total:
        return Part(label)
    return Part(label, ((by, "" if cells[0] == f"(no {by})" else cells[0]),))
