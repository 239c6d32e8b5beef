"""The application: themes, the palette, and the one screen it opens with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.constants import DEFAULT_THEME
from textual.screen import Screen

from costplan.tui.bench import Bench
from costplan.tui.messages import ScenarioChosen, VariantChosen
from costplan.tui.screen import PlanScreen
from costplan.tui.sidebar import BASE
from costplan.tui.theme import DARK, THEMES


class CostplanApp(App[None]):
    """costplan in the terminal."""

    TITLE = "costplan"
    CSS_PATH = "costplan.tcss"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = True

    def __init__(self, bench: Bench, *, variant: str | None = None) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        # Textual's own default means that nobody chose a theme.
        self.theme = DARK.name if DEFAULT_THEME == "textual-dark" else DEFAULT_THEME
        self.plan = PlanScreen(bench, variant=variant)

    def get_default_screen(self) -> Screen[None]:
        """The plan."""
        return self.plan

    def validate_theme(self, theme: str) -> str:
        """Without colour, themes of the terminal's own colours come out black on black."""
        return DARK.name if self.no_color and theme.startswith("ansi") else theme

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action, variant and scenario by name."""
        yield from super().get_system_commands(screen)
        plan = self.plan
        yield SystemCommand("Reload", "Read the scenario file again", plan.action_reload)
        yield SystemCommand("Reset levers", "Put all levers back", plan.action_reset_levers)
        yield SystemCommand("Warnings and notes", "What to know of this plan", plan.action_remarks)
        for variant in (None, *(plan.scenario.variants if plan.scenario else ())):
            chosen = VariantChosen(variant)
            says = f"Variant: {variant or BASE}"
            yield SystemCommand(says, "Show this variant", lambda m=chosen: plan.post_message(m))
        for name in plan.examples:
            opened = ScenarioChosen(name)
            yield SystemCommand(
                f"Open: {name}", "Open this scenario", lambda m=opened: plan.post_message(m)
            )
