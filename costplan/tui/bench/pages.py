"""What the workbench lays over itself to be read, and what the reader takes along from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costplan.tui.bench.state import Bench
from costplan.tui.levers import LeverPanel
from costplan.tui.reading import CommandScreen, help_page, remarks_page
from costplan.tui.taking import Taking

if TYPE_CHECKING:
    from costplan.desk.explaining import Explained


class Pages(Bench):
    """The part that explains, and hands out tables, pictures and command lines."""

    def explain(self, explained: Explained) -> None:
        """Lay it over the screen, or over the explanation that led to it."""
        from costplan.tui.explaining import ExplanationScreen  # not needed for the first plan

        if isinstance(self.app.screen, ExplanationScreen):
            self.app.screen.go_to(explained)
        else:
            self.app.push_screen(ExplanationScreen(explained, self.post_message))

    def action_remarks(self) -> None:
        """Show warnings and notes."""
        self.app.push_screen(remarks_page(self.figures.remarks if self.figures else ()))

    def action_help(self) -> None:
        """Say what the view in front is for, and its keys."""
        panel = self.query_one(LeverPanel)
        self.app.push_screen(help_page(panel if panel.has_focus_within else self.front))

    def action_command(self) -> None:
        """Show the command line that prints the same numbers."""
        self.app.push_screen(CommandScreen(self.front.command(self.desk)))

    # Taking along

    def _taking(self) -> Taking:
        return Taking(self, self.desk.path, self.what_if, self.front.tables())

    def action_export(self) -> None:
        """Write the plan or the tables of the view to a file."""
        self._taking().export()

    def action_copy(self) -> None:
        """Copy the tables of the view."""
        self._taking().copy()

    def action_picture(self) -> None:
        """Save a picture of the screen."""
        self._taking().picture()
