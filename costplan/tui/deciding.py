"""A question laid over the screen that only the user can decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from costplan.tui.listed import Listed
from costplan.tui.picking import Choice


class Deciding(ModalScreen[str | None]):
    """Gives back the id of what was decided, or None where nothing was.

    Each choice has a key of its own: the letter its label begins with.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
    ]

    def __init__(
        self, title: str, says: str, choices: Sequence[Choice], *, shows: str = ""
    ) -> None:
        """Ask.

        Args:
            title: the question, in a few words.
            says: a sentence about it.
            choices: what can be decided.
            shows: lines to decide by, such as those that differ.
        """
        super().__init__()
        self._title, self._says, self._choices, self._shows = title, says, choices, shows

    def compose(self) -> ComposeResult:
        """The sentence, the lines, the choices."""
        with Vertical(id="deciding") as frame:
            frame.border_title = self._title
            frame.border_subtitle = "Enter takes, Esc cancels"
            yield Static(Content(self._says))
            if self._shows:
                with VerticalScroll(id="deciding-shows", can_focus=False):
                    yield Static(Content("\n").join(map(_coloured, self._shows.splitlines())))
            yield Listed(*map(_option, self._choices), id="deciding-choices", compact=True)

    def on_mount(self) -> None:
        """The first choice is marked."""
        listed = self.query_one(Listed)
        listed.highlighted = 0
        listed.focus()

    def on_key(self, event: Key) -> None:
        """A letter decides at once."""
        for choice in self._choices:
            if event.character == choice.label[0].lower():
                event.stop()
                self.dismiss(choice.id)
                return

    @on(OptionList.OptionSelected)
    def _decided(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)


def _option(choice: Choice) -> Option:
    key = (choice.label[0], "bold $primary underline")
    note = (f"  {choice.note}", "$foreground-muted") if choice.note else ""
    return Option(Content.assemble(key, choice.label[1:], note), id=choice.id)


def _coloured(line: str) -> Content:
    """A line of a difference: what is gone and what is new."""
    if line.startswith("-"):
        return Content.assemble((line, "$error"))
    return Content.assemble((line, "$success" if line.startswith("+") else "$foreground-muted"))
