"""Rows painted at once look as Textual paints them cell by cell."""

from __future__ import annotations

import asyncio

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.coordinate import Coordinate
from textual.pilot import Pilot
from textual.widgets import DataTable

from costplan.tui.rowtable import RowTable

ROWS = [("2026-12", "$1,200", "90% ▲ over"), ("2027-01", "$90", ""), ("Total", "$1,290", "é漢字")]


class Both(App[None]):
    """The same cells in Textual's table and in ours."""

    CSS = "DataTable { height: 6; width: 40; }"

    def compose(self) -> ComposeResult:
        """One above the other."""
        yield DataTable[Text](id="theirs", cursor_type="row")
        yield RowTable(id="ours")

    def on_mount(self) -> None:
        """Fill both."""
        for table in self.query(DataTable):
            for name, justify in (("Month", "left"), ("Expected", "right"), ("Chance", "right")):
                table.add_column(Text(name, justify=justify))  # type: ignore[arg-type]
            for row in ROWS:
                style = "bold" if row[0] == "Total" else ""
                table.add_row(*(Text(c, style, justify="right" if k else "left")
                                for k, c in enumerate(row)))  # fmt: skip


def looks(table: DataTable[Text]) -> list[list[tuple[object, ...]]]:
    """Each character in its look, whatever a mouse would find there; a space is never bold."""
    return [
        [
            (letter, style and (style.color, style.bgcolor, bool(style.bold) and letter != " "))
            for text, style, _ in table.render_line(y)
            for letter in text
        ]
        for y in range(table.size.height)
    ]


@pytest.mark.parametrize("change", [(), ((0, 1, "$1,199"),), ((1, 1, "$12,345,678"), (2, 2, "x"))])
@pytest.mark.parametrize("cursor", [0, 2])
def test_it_looks_as_textuals_own(change: tuple[tuple[int, int, str], ...], cursor: int) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        theirs, ours = pilot.app.query_one("#theirs", DataTable), pilot.app.query_one(RowTable)
        for table in (theirs, ours):
            table.move_cursor(row=cursor)
        for row, column, text in change:
            cell = Text(text, justify="right")
            theirs.update_cell_at(Coordinate(row, column), cell, update_width=True)
            ours.write_cell(Coordinate(row, column), cell)
        await pilot.pause(0.05)
        seen = {}
        for focused in (theirs, ours):
            focused.focus()
            await pilot.pause()
            seen[focused] = looks(theirs), looks(ours)
        assert seen[theirs][0] == seen[ours][1]  # with the focus
        assert seen[ours][0] == seen[theirs][1]  # without it

    async def run() -> None:
        async with Both().run_test(size=(60, 20)) as pilot:
            await steps(pilot)

    asyncio.run(run())


def test_a_click_selects_the_row_under_the_mouse() -> None:
    async def run() -> None:
        app = Both()
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.click("#ours", offset=(3, 3))
            await pilot.pause()
            assert app.query_one(RowTable).cursor_row == 2

    asyncio.run(run())
