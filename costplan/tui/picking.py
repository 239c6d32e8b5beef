"""A list laid over the screen to pick from: type to narrow it, Enter takes, Escape leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from costplan.report.table import clean


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick."""

    id: str
    """What is given back."""
    label: str
    note: str = ""
    """A few words beside the label."""


class Below(ModalScreen[str | None]):
    """A line to type into, and below it the list that the arrows go through."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("down,ctrl+n", "step(1)", show=False),
        Binding("up,ctrl+p", "step(-1)", show=False),
    ]
    HINT: ClassVar[str]
    PLACEHOLDER: ClassVar[str]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """What is typed, and what is listed for it."""
        with Vertical(id="picking") as frame:
            frame.border_title = self._title
            frame.border_subtitle = self.HINT
            yield Input(placeholder=self.PLACEHOLDER, compact=True)
            listed = OptionList(id="choices")
            listed.can_focus = False  # keys stay with what is typed
            yield listed

    def action_step(self, step: int) -> None:
        """Go down or up in the list."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_down if step > 0 else listed.action_cursor_up)()


class Picking(Below):
    """Gives back the id of what was picked, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "take", show=False)]
    HINT = "Enter takes, Esc leaves"
    PLACEHOLDER = "type to narrow the list"

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__(title)
        self._choices = choices

    def on_mount(self) -> None:
        """Everything, until something is typed."""
        self._fill("")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._fill(event.value)

    def _fill(self, typed: str) -> None:
        words = typed.casefold().split()
        listed = self.query_one(OptionList)
        listed.set_options(
            Option(_line(choice), id=choice.id)
            for choice in self._choices
            if all(word in f"{choice.label} {choice.note}".casefold() for word in words)
        )
        listed.highlighted = 0 if listed.option_count else None

    def action_take(self) -> None:
        """Give back what is marked."""
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            self.dismiss(listed.get_option_at_index(listed.highlighted).id)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_take()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)


def _line(choice: Choice) -> Content:
    note = ("  " + clean(choice.note), "$foreground-muted") if choice.note else ""
    return Content.assemble(clean(choice.label), note)
