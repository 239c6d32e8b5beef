"""The line in which one types what to look for in the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

type Place = tuple[int, int]
"""A line and a column, both from 0, as the editor counts them."""


class FindBar(Horizontal):
    """Enter goes to the next place, shift+Enter to the one before, Escape back to the text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("shift+enter,up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
    ]

    class Wanted(Message):
        """A text is looked for: the nearest place (step 0), the next (1) or the one before (-1)."""

        def __init__(self, text: str, step: int) -> None:
            super().__init__()
            self.text, self.step = text, step

    class Closed(Message):
        """Nothing is looked for any more."""

    def compose(self) -> ComposeResult:
        """What is looked for, and how often it is there."""
        yield Static("Find ", id="find-label")
        yield Input(id="find-text", compact=True, placeholder="in this file")
        yield Static("", id="find-count")

    def open(self, text: str) -> None:
        """Come to the front with a text to begin with; what was looked for last when empty."""
        self.display = True
        typed = self.query_one(Input)
        typed.value = text or typed.value
        typed.focus()
        typed.action_select_all()

    @property
    def text(self) -> str:
        """What is looked for."""
        return self.query_one(Input).value

    def count(self, at: int, of: int) -> None:
        """Say which of how many places the cursor is at."""
        self.query_one("#find-count", Static).update(f"{at} of {of}" if of else "nowhere")

    def action_step(self, step: int) -> None:
        """Go on, or back."""
        self.post_message(self.Wanted(self.text, step))

    def action_close(self) -> None:
        """Put it away."""
        self.display = False
        self.post_message(self.Closed())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self.post_message(self.Wanted(event.value, 0))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_step(1)


def places_of(wanted: str, lines: Sequence[str]) -> list[Place]:
    """Where a text stands, whatever its capitals."""
    small = wanted.casefold()
    if not small:
        return []
    found = []
    for row, line in enumerate(lines):
        folded, at = line.casefold(), -1
        while (at := folded.find(small, at + 1)) >= 0:
            found.append((row, at))
    return found


def nearest(places: Sequence[Place], here: Place, step: int) -> int:
    """Which of some rising places comes next, round the ends.

    Args:
        places: at least one.
        here: where one stands.
        step: 1 for the first place below, -1 for the last above, 0 for one here or below.
    """
    if step < 0:
        before = [k for k, place in enumerate(places) if place < here]
        return before[-1] if before else len(places) - 1
    return next((k for k, at in enumerate(places) if at > here or (not step and at == here)), 0)
