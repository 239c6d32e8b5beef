"""The table of the plan: by month, or by model, workload, meter or owner; Enter explains a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.content import Content
from textual.coordinate import Coordinate
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import DataTable

from costplan.decisions.parts import Part
from costplan.desk.breakdowns import BREAKDOWNS, TITLES, Breakdown, columns_shown
from costplan.desk.figures import Figures
from costplan.engine.projection import Period
from costplan.report.plan import OVER
from costplan.report.table import Row, Table
from costplan.tui.keys import CELLS
from costplan.tui.rowtable import RowTable


class PlanTable(RowTable):
    """The cells of the report, the cursor on one of them."""

    BINDINGS: ClassVar[list[BindingType]] = [*CELLS]
    figures: reactive[Figures | None] = reactive(None)
    by: reactive[Breakdown] = reactive("month", init=False)
    period: reactive[Period] = reactive("month", init=False)

    @dataclass
    class Pointed(Message):
        """The cursor went to a cell of another part of the plan, or Enter or a click picked it."""

        part: Part
        is_picked: bool

    @dataclass
    class Chosen(Message):
        """Another breakdown was clicked on."""

        by: Breakdown

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, cursor_type="cell")
        self._shape: tuple[object, ...] = ()
        self._source: Table | None = None
        self._columns: tuple[int, ...] = ()
        """Those of the table that are shown."""
        self._first = 0
        """How many of the columns that move are passed over."""

    def on_mount(self) -> None:
        """Name the breakdowns."""
        self._title()

    def watch_figures(self) -> None:
        """Write the cells; where they are as many as before, cursor and scroll position stay."""
        self._write()

    def watch_by(self) -> None:
        """Show it from its first row and column."""
        self._first = 0
        self._title()
        self._write()

    def watch_period(self) -> None:
        """Likewise."""
        self._first = 0
        self._title()
        self._write()

    def _title(self) -> None:
        """The breakdowns in the frame, the one that is shown marked; a click goes there."""
        parts: list[str] = []
        for name in BREAKDOWNS:
            title = f" {TITLES[name]} "
            shown = f"[reverse]{title}[/reverse]" if name == self.by else title
            parts.append(f"[@click=choose('{name}')]{shown}[/]")
        by = "" if self.by == "spending" else f"  by {self.period}{self._aside()} "
        self.border_title = Content.assemble(Content.from_markup("".join(parts)), by)

    def _aside(self) -> str:
        """That there are more columns beside those that fit."""
        if self._source is None or not self._columns:
            return ""
        more = self._columns[-1] < len(self._source.columns) - 1
        marks = f"{'‹' if self._first else ''}{'›' if more else ''}"
        return f" {marks}" if marks else ""

    def action_choose(self, name: Breakdown) -> None:
        """Ask for another breakdown."""
        self.post_message(self.Chosen(name))

    def on_resize(self) -> None:
        """Show as many columns as fit now."""
        self._write()

    def _write(self) -> None:
        if self.figures is None:
            self.clear(columns=True)
            self._shape, self._source = (), None
            return
        table = self.figures.table(self.by, self.period)
        self._columns = columns_shown(table, self.by, self._first, self.size.width - 1)
        self._source = table
        rows = [*table.rows, *table.totals]
        shape = (table.title, tuple(table.columns[k] for k in self._columns), len(rows))
        if shape == self._shape:
            self._rewrite(rows, table)
            return
        same = self._shape[:1] == shape[:1]
        where = self.cursor_coordinate
        self._shape = shape
        self._build(rows, table)
        if same:
            column = min(where.column, len(self._columns) - 1)
            self.move_cursor(row=min(where.row, len(rows) - 1), column=column, animate=False)
        self._title()

    def _build(self, rows: list[Row], table: Table) -> None:
        self.clear(columns=True)
        for k in self._columns:
            column = table.columns[k]
            self.add_column(Text(column.name, justify="right" if column.right else "left"))
        for k, row in enumerate(rows):
            self.add_row(*self._cells(row, table, is_total=k >= len(table.rows)))

    def action_cursor_right(self) -> None:
        """One column on; at the last one, those beside it move in."""
        at_end = self.cursor_column == len(self._columns) - 1
        if self._source and at_end and self._columns[-1] < len(self._source.columns) - 1:
            self._shift(1)
        else:
            super().action_cursor_right()

    def action_cursor_left(self) -> None:
        """One column back; at the first that moves, those before it move in."""
        fixed = sum(a == b for a, b in enumerate(self._columns)) if self._first else 0
        if self._first and self.cursor_column == fixed:
            self._shift(-1)
        else:
            super().action_cursor_left()

    def _shift(self, step: int) -> None:
        """Pass over one column more or less; the cursor stays at the end it is at."""
        self._first += step
        self._write()
        if step > 0:
            self.move_cursor(column=len(self._columns) - 1, animate=False)

    def _rewrite(self, rows: list[Row], table: Table) -> None:
        for k, row in enumerate(rows):
            cells = self._cells(row, table, is_total=k >= len(table.rows))
            for at, cell in enumerate(cells):
                self.write_cell(Coordinate(k, at), cell)

    def _cells(self, row: Row, table: Table, *, is_total: bool) -> list[Text]:
        style = "bold" if is_total or OVER in row[-1] else ""
        return [
            Text(cell, style=style, justify="right" if column.right else "left")
            for cell, column in ((row[k], table.columns[k]) for k in self._columns)
        ]

    def go_to_month(self, month: int) -> None:
        """Put the cursor on a month, by its position: its row, or its column."""
        if self.figures is None or self._source is None:
            return
        by_month = self.by == "month"
        count = len(self._source.rows if by_month else self._source.columns)
        for k in reversed(range(count)):
            at = (k, 0) if by_month else (self.cursor_row, k)
            start = self.figures.month_of(self.figures.part_at(self.by, self.period, *at))
            if start is not None and start <= month:
                self._go_to(k)
                return

    def _go_to(self, k: int) -> None:
        """To a row of months, or to a column of the source, whether it is shown or not."""
        if self.by == "month":
            self.move_cursor(row=k, animate=False)
            return
        while k > self._columns[-1]:
            self._first += 1
            self._write()
        while self._first and k not in self._columns:
            self._first -= 1
            self._write()
        self.move_cursor(column=self._columns.index(k), animate=False)

    def _part_at(self, row: int, column: int) -> Part | None:
        if self.figures is None or not 0 <= column < len(self._columns) or row < 0:
            return None
        return self.figures.part_at(self.by, self.period, row, self._columns[column])

    def part(self) -> Part | None:
        """What the cell at the cursor is about."""
        return self._part_at(self.cursor_row, self.cursor_column)

    def on_data_table_cell_highlighted(self, event: DataTable.CellHighlighted) -> None:
        """The cursor moved."""
        event.stop()
        self._point(event.coordinate, is_picked=False)

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        """Enter, or a click."""
        event.stop()
        self._point(event.coordinate, is_picked=True)

    def on_click(self, event: Click) -> None:
        """The first click on a cell explains it too: the table itself only does at the second."""
        meta = event.style.meta
        where = Coordinate(meta.get("row", -1), meta.get("column", -1))
        is_cell = min(where) >= 0 and not meta.get("out_of_bounds")
        if is_cell and where != self.cursor_coordinate:
            self._point(where, is_picked=True)

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        """A click on the head of a period is about that period."""
        event.stop()
        if self.figures is not None:
            totals = len(self.figures.table(self.by, self.period).rows)
            self._point(Coordinate(totals, event.column_index), is_picked=True)

    def _point(self, where: Coordinate, *, is_picked: bool) -> None:
        part = self._part_at(where.row, where.column)
        if part is not None:
            self.post_message(self.Pointed(part, is_picked))
