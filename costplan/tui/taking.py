"""Taking along what is on the screen: the clipboard, files, pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from textual.screen import Screen

from costplan.desk import Question, WhatIf
from costplan.desk.taking import Exporting, Writing, default_name
from costplan.report.table import Table
from costplan.tui.messages import Errand, Said
from costplan.tui.picking import Choice, Picking
from costplan.tui.prompt import Prompt

_PLAN = (
    Choice("csv", "CSV for a spreadsheet", "the plan's line items: a row for each price it pays"),
    Choice("json", "JSON for a program", "the whole plan; `costplan compare` reads it again"),
    Choice("md", "Markdown for a document", "the plan's report, as `costplan plan` prints it"),
)
_VIEW = (
    Choice("view.tsv", "TSV, the tables of this view", "cells as shown, for a spreadsheet"),
    Choice("view.md", "Markdown, the tables of this view", "cells as shown, for a document"),
)


@dataclass(frozen=True, slots=True)
class Taking:
    """What there is to take."""

    screen: Screen[None]
    path: str
    """Of the scenario."""
    what_if: WhatIf
    tables: tuple[Table, ...]

    def copy(self) -> None:
        """Put the tables of the view on the clipboard, for a spreadsheet."""
        if not self.tables:
            self._say("there is no table here to copy")
            return
        self.screen.app.copy_to_clipboard("\n".join(table.tabbed() for table in self.tables))
        rows = sum(len(table.rows) + len(table.totals) for table in self.tables)
        self._say(f"copied {rows} rows; paste them into a spreadsheet")

    def picture(self) -> None:
        """Write what the screen shows to an SVG file."""
        text = self.screen.app.export_screenshot(title="costplan")
        self._ask_name("Save the picture as", "svg", partial(Writing, text=text))

    def export(self) -> None:
        """Ask what to write, and where."""
        choices = (*_PLAN, *(_VIEW if self.tables else ()))
        self.screen.app.push_screen(Picking("Export", choices), self._export)

    def _export(self, form: str | None) -> None:
        if form is None:
            return
        ending = form.rpartition(".")[2]
        ask = partial(self._ask_name, "Export to", ending)
        if form == "view.tsv":
            ask(partial(Writing, text="\n".join(table.tabbed() for table in self.tables)))
        elif form == "view.md":
            ask(partial(Writing, text="\n".join(table.markdown() for table in self.tables)))
        else:
            ask(partial(Exporting, self.what_if))

    def _ask_name(self, title: str, ending: str, made: Callable[[str], Question]) -> None:
        def take(name: str | None) -> None:
            if name is not None:
                self.screen.post_message(Errand(made(name)))

        name = default_name(self.path, self.what_if, ending)
        says = "A file that is there already is left alone: the new one gets a number."
        self.screen.app.push_screen(Prompt(title, says, name), take)

    def _say(self, text: str) -> None:
        self.screen.post_message(Said(text))
