"""A path to type, with the names that are there below it: Tab completes, Enter takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from costplan.report.table import clean
from costplan.tui.picking import Below


class PathPrompt(Below):
    """Gives back the path, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False, priority=True)]
    HINT = "Tab completes, Enter takes it, Esc leaves"
    PLACEHOLDER = "a file or folder"

    def __init__(self, title: str, typed: Callable[[str], None]) -> None:
        """Ask for a path.

        Args:
            title: of the frame.
            typed: hears what is typed, and has the names shown with `show`.
        """
        super().__init__(title)
        self._typed = typed
        self._names: tuple[str, ...] = ()

    def on_mount(self) -> None:
        """The current folder, until something is typed."""
        self._typed("")

    def show(self, names: Sequence[str]) -> None:
        """List the names there are."""
        self._names = tuple(names)
        listed = self.query_one(OptionList)
        listed.set_options(Option(Content(clean(name))) for name in names)
        listed.highlighted = 0 if names else None

    @on(Input.Changed)
    def _ask(self, event: Input.Changed) -> None:
        self._typed(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value.strip())

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        name = self._names[event.option_index]
        if name.endswith("/"):
            self._take(name)
        else:
            self.dismiss(name)

    def action_complete(self) -> None:
        """Put the marked name in the place of what was typed."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self._take(self._names[at])

    def _take(self, name: str) -> None:
        line = self.query_one(Input)
        line.value = name
        line.cursor_position = len(name)
