"""The application: themes, the palette, and the one screen it opens with."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.constants import DEFAULT_THEME
from textual.screen import Screen

from costplan.desk import Desk
from costplan.tui.messages import ScenarioChosen, ViewChosen
from costplan.tui.theme import DARK, THEMES
from costplan.tui.view import VIEWS
from costplan.tui.workbench import BASE, Workbench


class CostplanApp(App[None]):
    """costplan in the terminal."""

    TITLE = "costplan"
    CSS_PATH: ClassVar = [f"styles/{name}.tcss" for name in ("workbench", *(v.id for v in VIEWS))]
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = True

    def __init__(self, desk: Desk, *, variant: str | None = None) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        # Textual's own default means that nobody chose a theme.
        self.theme = DARK.name if DEFAULT_THEME == "textual-dark" else DEFAULT_THEME
        self.workbench = Workbench(desk, variant=variant)

    def get_default_screen(self) -> Screen[None]:
        """The workbench."""
        return self.workbench

    def validate_theme(self, theme: str) -> str:
        """Without colour, themes of the terminal's own colours come out black on black."""
        return DARK.name if self.no_color and theme.startswith("ansi") else theme

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action, view, variant and scenario by name."""
        yield from super().get_system_commands(screen)
        bench = self.workbench
        yield SystemCommand("Reload", "Read the scenario file again", bench.action_reload)
        yield SystemCommand("Reset", "Put every change back", bench.action_reset)
        yield SystemCommand("Undo", "Take the last change back", bench.action_undo)
        yield SystemCommand("Redo", "Make it again", bench.action_redo)
        yield SystemCommand("Warnings and notes", "What to know of this plan", bench.action_remarks)
        for entry in VIEWS:
            shown = partial(bench.post_message, ViewChosen(entry.id))
            yield SystemCommand(f"View: {entry.title}", "Go to this view", shown)
        for variant in (None, *(bench.scenario.variants if bench.scenario else ())):
            chosen = partial(bench.choose_variant, variant)
            yield SystemCommand(f"Variant: {variant or BASE}", "Show this variant", chosen)
        for name in bench.examples:
            opened = partial(bench.post_message, ScenarioChosen(name))
            yield SystemCommand(f"Open: {name}", "Open this scenario", opened)
