"""A page laid over the screen to be read: help, or the warnings and notes of the plan."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from costplan.tui.pagetext import Scrolling
from costplan.tui.view import Keys, View

KEYS: Keys = (
    ("1 to 7", "Plan, Compare, Drivers, Mix, Prices, Tokens, Edit"),
    ("v  V", "next variant, previous variant"),
    ("w", "go to the values of the scenario, to ask what if; from there, put them away"),
    ("u  U", "undo the last change, and redo it"),
    ("0", "put everything back to where the variant has it"),
    ("n", "warnings and notes of this plan"),
    ("e  y  p", "export to a file, copy the table, save a picture"),
    ("c", "the command line that prints the same numbers"),
    ("o", "open another scenario"),
    ("r", "read the file again (it is also noticed when it changes)"),
    ("Tab", "go to the next part of the screen; arrows or h j k l move within it"),
    ("ctrl+p", "every command by name, and the themes"),
    ("q", "quit"),
)
LEGEND = (
    ("█", "up to P10: nine of ten simulated plans cost more"),
    ("▓ ━", "up to the expected cost, the exact mean"),
    ("░", "up to P90: nine of ten simulated plans cost less"),
    ("╌", "the budget; ▲ marks what is over it"),
)

_GAP = ("", "")


class ReadingScreen(ModalScreen[None]):
    """Closed by the key that opened it, Escape, or q."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,n,enter", "app.pop_screen", "Close"),
    ]

    def __init__(self, title: str, text: Content | str, keys: Keys = ()) -> None:
        """A page.

        Args:
            title: in its frame.
            text: what is read first.
            keys: below it; what each does is wrapped beside it.
        """
        super().__init__()
        self._title, self._text, self._keys = title, text, keys

    def compose(self) -> ComposeResult:
        """The page, as tall as its text."""
        with Scrolling(id="page") as page:
            page.border_title = self._title
            page.border_subtitle = "Esc closes"
            yield Static(self._text)
            if self._keys:
                with Grid(id="page-keys"):
                    for key, says in self._keys:
                        yield Static(Content.styled(key, "bold $primary"))
                        yield Static(Content(says))


class CommandScreen(ReadingScreen):
    """A command line, to be read and copied."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y,c", "copy", "Copy")]

    def __init__(self, command: str) -> None:
        super().__init__("This screen as a command", Content(command))
        self._command = command

    def on_mount(self) -> None:
        """Say how."""
        self.query_one("#page").border_subtitle = "y copies it, Esc closes"

    def action_copy(self) -> None:
        """Put it on the clipboard, and close."""
        self.app.copy_to_clipboard(self._command)
        self.dismiss()


def help_page(view: View) -> ReadingScreen:
    """What a view is for, its keys, the keys of all views, and how to read the chart."""
    return ReadingScreen("Help", Content(view.HELP), (*view.KEYS, *KEYS, _GAP, *LEGEND))


def remarks_page(remarks: tuple[str, ...]) -> ReadingScreen:
    """Warnings and notes, a paragraph each."""
    said = remarks or ("Nothing to say about this plan.",)
    return ReadingScreen("Warnings and notes", Content("\n\n").join(map(Content, said)))
