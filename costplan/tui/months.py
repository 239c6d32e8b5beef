"""The table of months: expected cost, its range, the budget and whether it holds, in words."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.coordinate import Coordinate
from textual.reactive import reactive

from costplan.desk.figures import Figures
from costplan.report.plan import OVER
from costplan.report.table import Row, Table
from costplan.tui.rowtable import RowTable


class MonthsTable(RowTable):
    """The cells of the report, a row for each month and one for the total."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]
    figures: reactive[Figures | None] = reactive(None)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._shape: tuple[object, ...] = ()

    def watch_figures(self, figures: Figures | None) -> None:
        """Write the cells; rows that are there already keep the cursor and the scroll position."""
        if figures is None:
            self.clear(columns=True)
            self._shape = ()
            return
        table = figures.months
        rows = [*table.rows, *table.totals]
        shape = (table.columns, len(rows))
        if shape == self._shape:
            self._rewrite(rows, table)
        else:
            self._shape = shape
            self._build(rows, table)

    def _build(self, rows: list[Row], table: Table) -> None:
        self.clear(columns=True)
        for column in table.columns:
            self.add_column(Text(column.name, justify="right" if column.right else "left"))
        for k, row in enumerate(rows):
            self.add_row(*self._cells(row, table, is_total=k >= len(table.rows)))

    def _rewrite(self, rows: list[Row], table: Table) -> None:
        for k, row in enumerate(rows):
            cells = self._cells(row, table, is_total=k >= len(table.rows))
            for at, cell in enumerate(cells):
                self.write_cell(Coordinate(k, at), cell)

    def _cells(self, row: Row, table: Table, *, is_total: bool) -> list[Text]:
        style = "bold" if is_total or OVER in row[-1] else ""
        return [
            Text(cell, style=style, justify="right" if column.right else "left")
            for cell, column in zip(row, table.columns, strict=True)
        ]
