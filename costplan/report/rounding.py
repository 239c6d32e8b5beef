"""Rounding for display so that what is shown adds up: the largest remainder, both ways.

A reader with a pocket calculator must find the total printed under a column. Rounding each amount
by itself does not give that.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from costplan.report.money import MoneyFormat


def apportioned(
    parts: Sequence[Decimal], total: Decimal, money: MoneyFormat
) -> tuple[Decimal, ...]:
    """The parts rounded so that they add up to `total` as displayed (largest remainder).

    Args:
        parts: what to round.
        total: what the rounded parts must add up to; rounded itself first.
        money: says to how many places.
    """
    floors = [money.rounded(part, ROUND_FLOOR) for part in parts]
    short = int((money.rounded(total) - sum(floors, Decimal(0))) / money.unit)
    # Rounding up one unit each is enough, unless `total` is not the sum of the parts.
    each, rest = divmod(short, max(1, len(parts)))
    by_remainder = sorted(range(len(parts)), key=lambda k: (floors[k] - parts[k], k))
    given = set(by_remainder[:rest])
    return tuple(floor + money.unit * (each + (k in given)) for k, floor in enumerate(floors))


def apportioned_grid(
    rows: Sequence[Sequence[Decimal]],
    row_totals: Sequence[Decimal],
    column_totals: Sequence[Decimal],
    money: MoneyFormat,
) -> tuple[tuple[Decimal, ...], ...]:
    """Cells rounded so that both rows and columns add up to totals already rounded.

    Each cell goes down or up to its neighbour. Where that cannot satisfy both directions (it can,
    but for totals rounded apart), columns win: months are what budgets are compared with.
    """
    unit = money.unit
    cells = [[money.rounded(cell, ROUND_FLOOR) for cell in row] for row in rows]
    row_needs = [
        int((total - sum(row, Decimal(0))) / unit)
        for total, row in zip(row_totals, cells, strict=True)
    ]
    column_needs = [
        int((total - sum((row[k] for row in cells), Decimal(0))) / unit)
        for k, total in enumerate(column_totals)
    ]
    given = _matched(rows, cells, row_needs, column_needs)
    return tuple(
        tuple(cell + unit * ((i, k) in given) for k, cell in enumerate(row))
        for i, row in enumerate(cells)
    )


def _matched(
    exact: Sequence[Sequence[Decimal]],
    floors: Sequence[Sequence[Decimal]],
    row_needs: list[int],
    column_needs: list[int],
) -> set[tuple[int, int]]:
    """The cells to round up: largest remainders first, then swaps until the columns are full."""
    open_cells = sorted(
        (
            (floor - cell, i, k)
            for i, (row, low) in enumerate(zip(exact, floors, strict=True))
            for k, (cell, floor) in enumerate(zip(row, low, strict=True))
            if cell != floor
        ),
    )
    given: set[tuple[int, int]] = set()
    for heed_rows in (True, False):
        for _, i, k in open_cells:
            if (i, k) in given or column_needs[k] <= 0 or (heed_rows and row_needs[i] <= 0):
                continue
            given.add((i, k))
            row_needs[i] -= 1
            column_needs[k] -= 1
        if heed_rows:
            _swap(open_cells, given, row_needs, column_needs)
    return given


def _swap(
    open_cells: Sequence[tuple[Decimal, int, int]],
    given: set[tuple[int, int]],
    row_needs: list[int],
    column_needs: list[int],
) -> None:
    """Satisfy a short row and a short column by way of another row: +(i, b), -(r, b), +(r, k)."""
    free = {(i, k) for _, i, k in open_cells}
    for k, i in ((k, i) for k in range(len(column_needs)) for i in range(len(row_needs))):
        if column_needs[k] <= 0 or row_needs[i] <= 0:
            continue
        for r, b in sorted(given):
            if (i, b) in free - given and (r, k) in free - given:
                given -= {(r, b)}
                given |= {(i, b), (r, k)}
                row_needs[i] -= 1
                column_needs[k] -= 1
                break
