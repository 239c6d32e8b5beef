"""A line to type into, laid over the screen: Enter takes it, Escape leaves."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class Prompt(ModalScreen[str | None]):
    """Gives back what was typed, or None.

    What is typed takes the place of the value that stands there, unless it `goes_on` with it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close")]

    def __init__(
        self, title: str, says: str = "", value: str = "", *, goes_on: bool = False
    ) -> None:
        super().__init__()
        self._title, self._says, self._value = title, says, value
        self._goes_on = goes_on

    def compose(self) -> ComposeResult:
        """What is asked, and the line."""
        with Vertical(id="prompt") as frame:
            frame.border_title = self._title
            frame.border_subtitle = "Enter takes it, Esc leaves"
            if self._says:
                yield Static(Content(self._says))
            yield Input(self._value, select_on_focus=not self._goes_on, compact=True)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value.strip())
