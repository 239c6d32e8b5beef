"""The application: themes, the palette, and the one screen it opens with."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.constants import DEFAULT_THEME
from textual.screen import Screen
from textual.theme import Theme

from costplan.debug import LOG
from costplan.desk import Desk
from costplan.desk.preferences import Chosen, Preferences
from costplan.tui.messages import ScenarioChosen, ViewChosen
from costplan.tui.theme import DARK, THEMES
from costplan.tui.tour import Tour
from costplan.tui.view import VIEWS
from costplan.tui.workbench import BASE, Workbench

_COLLECTED_AFTER = 20_000
"""New objects between two looks for garbage: most goes without one, and a look is a key's wait."""
_STYLES = ("workbench", "charts", "levers", *(entry.id for entry in VIEWS))

_TEXTUALS_OWN = frozenset({"Theme", "Quit"})
"""Its other commands say what ours say in other words."""


class CostplanApp(App[None]):
    """costplan in the terminal."""

    TITLE = "costplan"
    CSS_PATH: ClassVar = [f"styles/{name}.tcss" for name in _STYLES]
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = True

    def __init__(
        self, desk: Desk, *, variant: str | None = None, preferences: Preferences | None = None
    ) -> None:
        super().__init__()
        self._preferences = preferences or Preferences(chosen=Chosen(tour_seen=True))
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._first_theme()
        self.workbench = Workbench(desk, variant=variant)

    def get_default_screen(self) -> Screen[None]:
        """The workbench."""
        return self.workbench

    def _first_theme(self) -> str:
        """The one of the environment, else the one chosen last."""
        chosen = self._preferences.chosen.theme
        if DEFAULT_THEME != "textual-dark":  # Textual's own default means that nobody named one
            chosen = DEFAULT_THEME
        return chosen if chosen in self.available_themes else DARK.name

    def on_mount(self) -> None:
        """Remember themes that are chosen from now on, and show a newcomer around."""
        self.theme_changed_signal.subscribe(self, self._remember)
        if not self._preferences.chosen.tour_seen:
            self.action_tour()
        if not self.is_headless:  # else the process is not ours alone
            self.watch(self.workbench, "has_plan", self._spare, init=False)

    def _spare(self) -> None:
        """What the first plan needed stays to the end: it is never looked at for garbage again."""
        if not gc.get_freeze_count():
            gc.freeze()
            gc.set_threshold(_COLLECTED_AFTER)

    def _remember(self, theme: Theme) -> None:
        self._preferences.choose(theme=theme.name)

    def action_tour(self) -> None:
        """Show the tour."""
        self.push_screen(Tour(), lambda _: self._preferences.choose(tour_seen=True))

    def _fatal_error(self) -> None:
        """What Textual does with a fault of ours, but for the traceback on the screen."""
        fault = self._exception
        LOG.error("fatal", exc_info=fault)
        self._exit_renderables.append(
            f"costplan: the interface stopped: {type(fault).__name__}: {fault}\n"
            f"{self.workbench.rescue() or 'Nothing on disk was changed.'} "
            "`costplan open --debug FILE` writes down what led to it."
        )
        self._close_messages_no_wait()

    async def action_quit(self) -> None:
        """Leave, after asking about a text that is not saved."""
        self.workbench.leave(self.exit)

    def validate_theme(self, theme: str) -> str:
        """Without colour, themes of the terminal's own colours come out black on black."""
        return DARK.name if self.no_color and theme.startswith("ansi") else theme

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action, view, variant and scenario by name."""
        own = super().get_system_commands(screen)
        yield from (each for each in own if each.title in _TEXTUALS_OWN)
        bench = self.workbench
        yield SystemCommand("Help", "This view and its keys", bench.action_help)
        yield SystemCommand("What if", "Change values of the scenario", bench.action_levers)
        yield SystemCommand("Open", "Another scenario", bench.action_open)
        yield SystemCommand("Reload", "Read the scenario file again", bench.action_reload)
        yield SystemCommand("Reset", "Put every change back", bench.action_reset)
        yield SystemCommand("Undo", "Take the last change back", bench.action_undo)
        yield SystemCommand("Redo", "Make it again", bench.action_redo)
        yield SystemCommand("Warnings and notes", "What to know of this plan", bench.action_remarks)
        yield SystemCommand("Keep the what-if", "Here or in a new file", bench.action_keep)
        yield SystemCommand("Bring back", "What the file held before", bench.action_bring_back)
        yield SystemCommand("Export", "Write the plan or these tables", bench.action_export)
        yield SystemCommand("Copy the table", "For a spreadsheet", bench.action_copy)
        yield SystemCommand("Picture", "Save the screen as SVG", bench.action_picture)
        yield SystemCommand("Command line", "What prints the same", bench.action_command)
        yield SystemCommand("Tour", "Four steps around the interface", self.action_tour)
        yield from bench.front.commands()
        for entry in VIEWS:
            shown = partial(bench.post_message, ViewChosen(entry.id))
            yield SystemCommand(f"View: {entry.title}", "Go to this view", shown)
        for variant in (None, *(bench.scenario.variants if bench.scenario else ())):
            chosen = partial(bench.choose_variant, variant)
            yield SystemCommand(f"Variant: {variant or BASE}", "Show this variant", chosen)
        for name in bench.examples:
            opened = partial(bench.post_message, ScenarioChosen(name))
            yield SystemCommand(f"Open: {name}", "Open this scenario", opened)
