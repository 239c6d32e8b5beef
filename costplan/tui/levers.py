"""The levers: numbers of the plan that keys move, with where they stand between their ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from costplan.tui.bench import Lever
from costplan.tui.messages import LeverMoved

MOST = 4
"""Levers shown; more do not fit at 80 columns."""


class LeverSlide(Widget, can_focus=True):
    """One lever: its key, its label, its value, and a slide where there is a second line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,up,l,k", "move(1)", "More", show=False),
        Binding("left,down,h,j", "move(-1)", "Less", show=False),
        Binding("pageup", "move(5)", "Much more", show=False),
        Binding("pagedown", "move(-5)", "Much less", show=False),
    ]
    value: reactive[float] = reactive(0.0)
    is_chosen: reactive[bool] = reactive(False)

    def __init__(self, number: int, lever: Lever) -> None:
        super().__init__(id=f"lever-{number}")
        self.number, self.lever = number, lever
        self.set_reactive(LeverSlide.value, lever.value)

    def render(self) -> Content:
        """`2 output tokens ×1.10`, and a slide below."""
        shown = self.lever.format.format(self.value)
        key = (f"{self.number}", "bold $primary reverse" if self.is_chosen else "$primary")
        room = max(0, self.size.width - len(shown) - 3)
        label = self.lever.label[:room].ljust(room)
        is_moved = self.value != self.lever.value
        value = (shown, "bold $accent" if is_moved else "bold")
        return Content.assemble(key, " ", label, " ", value, "\n", *self._slide())

    def _slide(self) -> tuple[tuple[str, str], ...]:
        span = self.lever.maximum - self.lever.minimum
        cells = max(3, self.size.width)
        at = round((self.value - self.lever.minimum) / span * (cells - 1)) if span else 0
        return (
            ("━" * at, "$secondary"),
            ("●", "$primary"),
            ("─" * (cells - at - 1), "$panel-lighten-2"),
        )

    def action_move(self, steps: int) -> None:
        """Nudge it."""
        self.post_message(LeverMoved(self.lever.id, steps))

    def on_click(self, event: Click) -> None:
        """A click right of the knob is more, left of it less."""
        span = self.lever.maximum - self.lever.minimum
        knob = (self.value - self.lever.minimum) / span * self.size.width if span else 0
        if event.y > 0:
            self.action_move(1 if event.x > knob else -1)

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves it too."""
        self.action_move(1)

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves it too."""
        self.action_move(-1)


class LeverPanel(Horizontal):
    """The levers side by side."""

    levers: reactive[tuple[Lever, ...]] = reactive((), recompose=True)
    settings: reactive[Mapping[str, float]] = reactive({})
    chosen: reactive[int] = reactive(1)

    def compose(self) -> ComposeResult:
        """A slide for each lever, where it was left."""
        for number, lever in enumerate(self.levers[:MOST], start=1):
            slide = LeverSlide(number, lever)
            slide.set_reactive(LeverSlide.value, self.settings.get(lever.id, lever.value))
            slide.set_reactive(LeverSlide.is_chosen, number == self.chosen)
            yield slide

    def watch_settings(self, settings: Mapping[str, float]) -> None:
        """Show where each stands."""
        for slide in self.query(LeverSlide):
            slide.value = settings.get(slide.lever.id, slide.lever.value)

    def watch_chosen(self, chosen: int) -> None:
        """Mark the one that + and - move."""
        for slide in self.query(LeverSlide):
            slide.is_chosen = slide.number == chosen
