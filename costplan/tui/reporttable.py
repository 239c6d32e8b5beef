"""A table of the report with a cursor on its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.coordinate import Coordinate
from textual.reactive import reactive
from textual.widgets.data_table import RowKey

from costplan.report.plan import OVER
from costplan.report.table import Row, Table, clean
from costplan.tui.keys import TABLE
from costplan.tui.rowtable import RowTable


class ReportTable(RowTable):
    """The cells of a report, written anew without losing the cursor or the scroll position."""

    BINDINGS: ClassVar[list[BindingType]] = [*TABLE]
    table: reactive[Table | None] = reactive(None)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._shape: tuple[object, ...] = ()

    def watch_table(self, table: Table | None) -> None:
        """Write the cells; only what differs where rows and columns are as many as before."""
        rows = [*table.rows, *table.totals] if table else []
        shape = (table.columns, len(rows)) if table else ()
        if table is None or not rows:
            self.clear(columns=True)
        elif shape == self._shape:
            self._rewrite(rows, table)
        else:
            self._build(rows, table)
        self._shape = shape

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        """The head may have been painted before its columns were measured."""
        super()._update_dimensions(new_rows)
        self._clear_caches()
        self.refresh()

    def _build(self, rows: Sequence[Row], table: Table) -> None:
        row = self.cursor_row
        self.clear(columns=True)
        for column in table.columns:
            name = clean(column.name)
            self.add_column(Text(name, justify="right" if column.right else "left"))
        for k in range(len(rows)):
            self.add_row(*_cells(rows[k], table, is_total=k >= len(table.rows)))
        self.move_cursor(row=min(row, len(rows) - 1))

    def _rewrite(self, rows: Sequence[Row], table: Table) -> None:
        for k, row in enumerate(rows):
            for at, cell in enumerate(_cells(row, table, is_total=k >= len(table.rows))):
                self.write_cell(Coordinate(k, at), cell)


def _cells(row: Row, table: Table, *, is_total: bool) -> list[Text]:
    style = "bold" if is_total or OVER in row[-1] else ""
    return [
        Text(clean(cell), style=style, justify="right" if column.right else "left")
        for cell, column in zip(row, table.columns, strict=True)
    ]
