"""What moves the plan: the tornado, and how far each driver may go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from costplan.desk import Desk, Question
from costplan.desk.command import command_line
from costplan.desk.driving import Bar, Driven, Drivers
from costplan.report.table import Table, cell_width, clean, without
from costplan.tui.charts.tornado import Swing, Tornado
from costplan.tui.charts.widget import Chart
from costplan.tui.messages import LeverWanted, Said, WhatIfMade
from costplan.tui.pagetext import PageText
from costplan.tui.reporttable import ReportTable
from costplan.tui.view import Keys, View

_ON_BARS = ("At P10", "At P90")
"""Columns whose cells stand at the ends of the bars as well."""


class DriversView(View):
    """The tornado, its table, and what is to be said of the driver the cursor is on."""

    HELP: ClassVar[str] = (
        "What moves the total: every range of the scenario, and the volumes, each taken from its "
        "P10 to its P90 with everything else averaged, the widest swing first. Variance is the "
        "share of the whole uncertainty that a driver makes alone: measure the first one first. "
        "f asks how far the driver may go before a budget breaks; m lays that value over the plan."
    )
    KEYS: ClassVar[Keys] = (
        ("Enter", "change the driver: its lever in the what-if panel; Esc comes back"),
        ("f", "what it would have to be for the budget to hold"),
        ("m", "lay the value that fits over the plan"),
        ("t", "the whole page to read, as the command line prints it, and back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "change", "Change", priority=True),
        Binding("f", "fit", "What fits"),
        Binding("m", "use", "Use it"),
        Binding("t", "page", "Page", show=False),
    ]

    row: var[int] = var(0)
    """The driver the cursor is on."""
    fitting: var[str | None] = var(None)
    """The path that is asked how far it may go."""

    _driven: Driven | None = None

    def compose(self) -> ComposeResult:
        """The total, the tornado, the table, the sentence; or the page."""
        yield Static(id="drivers-said")
        with Vertical(id="drivers-frame") as frame:
            frame.border_title = "What moves the total"
            yield Chart(id="drivers-tornado")
        yield ReportTable(id="drivers-table")
        yield Static(id="drivers-says")
        yield PageText(id="drivers-page")

    def question(self) -> Question:
        """The tornado, and what fits where that was asked."""
        return Drivers(self.what_if, fitting=self.fitting)

    def tables(self) -> tuple[Table, ...]:
        """The tornado's table."""
        return (self._driven.table,) if self._driven and self._driven.table else ()

    def command(self, desk: Desk) -> str:
        """The command line that prints the tornado, or what fits."""
        if self.fitting is not None:
            return command_line(desk, self.what_if, verb="goal", more=("--vary", self.fitting))
        return command_line(desk, self.what_if, verb="sensitivity")

    def focus_first(self) -> None:
        """The table, unless the page is being read."""
        self.query_one("#drivers-page" if self.has_class("-page") else ReportTable).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What fits can be used once it was asked for."""
        if action == "use":
            fitted = self._driven.fitted if self._driven else None
            return fitted is not None and fitted.setting is not None
        return super().check_action(action, parameters)

    # Answers

    def watch_what_if(self) -> None:
        """What fitted before fits no longer."""
        self.fitting = None
        super().watch_what_if()

    def watch_answer(self, answer: Any) -> None:
        """Show it."""
        if not isinstance(answer, Driven):
            return
        self._driven = answer
        self.query_one("#drivers-said", Static).update(Content(clean(answer.expected_text)))
        self._lay_out()
        self.query_one("#drivers-page", PageText).page = answer.page
        self.row = min(self.row, max(0, len(answer.bars) - 1))
        self._draw()

    def on_resize(self) -> None:
        """Where the table is too wide, what the bars say already is left out of it."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._driven is None:
            return
        table = self._driven.table
        shown = self.query_one("#drivers-table", ReportTable)
        shown.display = table is not None
        if table is not None:
            width = max(map(cell_width, table.text().splitlines())) + len(table.columns)
            shown.table = table if width <= self.size.width else without(table, _ON_BARS)

    def watch_problems(self, problems: tuple[str, ...]) -> None:
        """Say why there is no answer."""
        if problems:
            said = "\n".join(map(clean, problems))
            self.query_one("#drivers-said", Static).update(Content.styled(said, "bold $error"))

    def _bar(self) -> Bar | None:
        bars = self._driven.bars if self._driven else ()
        return bars[self.row] if self.row < len(bars) else None

    def _draw(self) -> None:
        if self._driven is None:
            return
        self.query_one(Chart).drawing = _tornado(self._driven, self.row)
        self.query_one("#drivers-says", Static).update(Content(clean(self._says(self._driven))))
        self.refresh_bindings()

    def _says(self, driven: Driven) -> str:
        if driven.fitted is not None:
            return " ".join(driven.fitted.answers)
        bar = self._bar()
        if bar is not None:
            return bar.says
        if driven.bars:
            return "together: what the drivers make only in combination."
        return " ".join(driven.page.notes)

    # Actions

    def on_data_table_row_highlighted(self, event: ReportTable.RowHighlighted) -> None:
        """Say what the row is."""
        event.stop()
        if event.cursor_row != self.row:
            self.row, self.fitting = event.cursor_row, None
            if self._driven is not None:
                self._driven = replace(self._driven, fitted=None)
            self._draw()

    @on(Chart.Picked)
    def _picked(self, event: Chart.Picked) -> None:
        event.stop()
        self.query_one("#drivers-table", ReportTable).move_cursor(row=event.index)

    @on(ReportTable.RowSelected)
    def _selected(self, event: ReportTable.RowSelected) -> None:
        event.stop()
        self.action_change()

    def action_change(self) -> None:
        """Go to the driver's lever."""
        bar = self._changeable()
        if bar is not None and bar.path is not None:
            self.post_message(LeverWanted(bar.path))

    def _changeable(self) -> Bar | None:
        bar = self._bar()
        if bar is not None and bar.path is None:
            self.post_message(Said(f"{bar.name} is not one value of the file; change it there"))
        return bar

    def action_fit(self) -> None:
        """Ask how far the driver may go before a budget breaks."""
        bar = self._changeable()
        if bar is not None and bar.path is not None:
            self.query_one("#drivers-says", Static).update(f"looking for what fits: {bar.path} ...")
            self.fitting = bar.path
            self.ask()

    def action_use(self) -> None:
        """Lay the value that fits over the plan."""
        fitted = self._driven.fitted if self._driven else None
        if fitted is not None and fitted.setting is not None:
            self.post_message(WhatIfMade(self.what_if.setting(*fitted.setting)))

    def action_page(self) -> None:
        """Read the whole page, or go back."""
        self.toggle_class("-page")
        self.focus_first()


def _tornado(driven: Driven, row: int) -> Tornado:
    swings = tuple(
        Swing(bar.name, bar.at_low, bar.at_high, bar.cells[2], bar.cells[3]) for bar in driven.bars
    )
    text = driven.total
    return Tornado(driven.currency, driven.expected, text, swings, row if swings else None)
