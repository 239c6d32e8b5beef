"""The panel of problems: each with its place in the file, above the last plan that held."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from costplan.report.table import clean


class ProblemsPanel(VerticalScroll):
    """`file:line:column: path: message`, a line each; gone when there is nothing wrong."""

    problems: reactive[tuple[str, ...]] = reactive(())
    has_plan: reactive[bool] = reactive(False)

    def compose(self) -> ComposeResult:
        """The list; filled when there is something to say."""
        yield Static(id="problem-list")

    def watch_problems(self, problems: tuple[str, ...]) -> None:
        """Show them, or go away."""
        self.display = bool(problems)
        several = "s" if len(problems) != 1 else ""
        self.border_title = f"✗ {len(problems)} problem{several}"
        below = "below: the last plan that held"
        self.border_subtitle = below if self.has_plan else "7 opens the text, o another scenario"
        if self.is_mounted:
            self.query_one("#problem-list", Static).update(
                Content("\n").join([Content(clean(problem)) for problem in problems])
            )
