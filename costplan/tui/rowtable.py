"""A table that is repainted in the time of a frame, row by row and without rich's console.

Textual's own paints cell by cell through rich, and all of them anew when one has changed: a third
of the time from a key press to the new plan.
"""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.coordinate import Coordinate
from textual.widgets import DataTable
from textual.widgets.data_table import CursorType, RowKey

type Lines = list[list[Segment]]
"""Each cell's line."""

_KEPT = 400
"""Painted rows at hand, changed ones and those under the cursor included."""


class RowTable(DataTable[Text]):
    """Cells of one line, in one style each, with a cursor on rows or on cells."""

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
        cell_padding: int = 1,
        cursor_type: CursorType = "row",
    ) -> None:
        super().__init__(id=id, cursor_type=cursor_type, cell_padding=cell_padding)
        self._painted: dict[object, tuple[Lines, Lines]] = {}

    def write_cell(self, where: Coordinate, cell: Text) -> None:
        """Put a text in the place of another; the column is measured anew only if it must be."""
        before = self.get_cell_at(where)
        if (before.plain, before.style) != (cell.plain, cell.style):
            self.update_cell_at(where, cell, update_width=before.cell_len != cell.cell_len)

    def _render_line_in_row(
        self,
        row_key: RowKey,
        line_no: int,
        base_style: Style,
        cursor_location: Coordinate,
        hover_location: Coordinate,
    ) -> tuple[Lines, Lines]:
        index = self._row_locations.get(row_key)
        row = -1 if index is None else index
        columns = self.ordered_columns
        cells = [c.label for c in columns] if row < 0 else self.get_row_at(row)
        if line_no or any(cell.spans for cell in cells):
            return super()._render_line_in_row(
                row_key, line_no, base_style, cursor_location, hover_location
            )
        style = self._get_row_style(row, base_style)
        spots = [Coordinate(row, at) for at in range(len(cells))]
        lit = tuple(
            (
                self._should_highlight(hover_location, spot, self.cursor_type),
                self._should_highlight(cursor_location, spot, self.cursor_type),
            )
            for spot in spots
        )
        styles = {mark: self._styles_of(row < 0, *mark) for mark in set(lit)}
        widths = [column.get_render_width(self) for column in columns]
        texts = tuple((cell.plain, str(cell.style), cell.justify) for cell in cells)
        key = (row, texts, tuple(widths), style, lit, *styles.values(), self.size.width)
        if key not in self._painted:
            if len(self._painted) >= _KEPT:
                self._painted.clear()
            each = [(style + styles[mark][0], styles[mark][1]) for mark in lit]
            self._painted[key] = [], [self._painted_row(row, cells, widths, each)]
        return self._painted[key]

    def _styles_of(self, is_head: bool, is_hovered: bool, is_cursor: bool) -> tuple[Style, Style]:  # noqa: FBT001 - as Textual asks
        """What is laid under and over the style of a cell."""
        return self._get_styles_to_render_cell(
            is_head,
            False,
            False,
            is_hovered,
            is_cursor,
            self.show_cursor,
            self._show_hover_cursor,
            self.cursor_foreground_priority == "css",
            self.cursor_background_priority == "css",
        )

    def _painted_row(
        self, row: int, cells: list[Text], widths: list[int], styles: list[tuple[Style, Style]]
    ) -> list[Segment]:
        space = " " * self.cell_padding
        painted = []
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            room = width - 2 * self.cell_padding
            text = (
                cell.plain.rjust(room - cell_len(cell.plain) + len(cell.plain))
                if (cell.justify == "right")
                else cell.plain
            )
            under, over = styles[at]
            written = self.app.console.get_style(cell.style)
            style = _cell_style(row, at, under, written, over)
            painted.append(Segment(f"{space}{set_cell_size(text, room)}{space}", style))
        rest = max(0, self.size.width - sum(widths))
        outside = Style.from_meta({"row": row, "column": 0, "out_of_bounds": True})
        whole = styles[-1][0] if styles and self.cursor_type == "row" else self.rich_style
        return [*painted, Segment(" " * rest, whole + outside)]


@lru_cache(maxsize=4096)
def _cell_style(row: int, column: int, under: Style, written: Style, over: Style) -> Style:
    """The style of a cell, with the place a click on it is told by."""
    return under + Style.from_meta({"row": row, "column": column}) + written + over
