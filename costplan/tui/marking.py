"""Plans to compare, marked one after another in a list laid over the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from costplan.decisions.operands import Operand
from costplan.desk.comparing import MOST, Offer
from costplan.periods import parse_date
from costplan.report.table import clean
from costplan.tui.listed import Listed
from costplan.tui.prompt import Prompt

_SAYS = "The first plan marked is what the others are held against."


class Marking(ModalScreen[tuple[Operand, ...] | None]):
    """Gives back what was marked, in that order, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("space,x", "mark", show=False),
        Binding("d", "date", show=False),
        Binding("enter", "take", show=False, priority=True),
    ]

    def __init__(self, offers: Sequence[Offer], marked: Sequence[Operand]) -> None:
        super().__init__()
        self._offers = [*offers, *_dated(offers, marked)]
        self._marked = list(marked)

    def compose(self) -> ComposeResult:
        """The list, and what is to be known."""
        with Vertical(id="marking") as frame:
            frame.border_title = "Compare"
            frame.border_subtitle = "Space marks, d another price date, Enter compares"
            yield Static(_SAYS, id="marking-says")
            yield Listed(id="offers")

    def on_mount(self) -> None:
        """Show what is marked already."""
        self._fill(0)

    def _fill(self, row: int) -> None:
        listed = self.query_one(Listed)
        listed.set_options(Option(self._line(offer)) for offer in self._offers)
        listed.highlighted = row
        listed.focus()

    def _line(self, offer: Offer) -> Content:
        at = self._marked.index(offer.operand) + 1 if offer.operand in self._marked else 0
        mark = (f"{at or '·'} ", "bold $primary" if at else "$foreground-muted")
        return Content.assemble(
            mark, clean(offer.name), (f"  {clean(offer.note)}", "$foreground-muted")
        )

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_mark()

    def action_mark(self) -> None:
        """Mark what the cursor is on, or take the mark away."""
        row = self.query_one(Listed).highlighted
        if row is None:
            return
        operand = self._offers[row].operand
        if operand in self._marked:
            self._marked.remove(operand)
        elif len(self._marked) == MOST:
            self._say(f"{MOST} plans are marked; take a mark away first.")
            return
        else:
            self._marked.append(operand)
        self._say(_SAYS)
        self._fill(row)

    def action_date(self) -> None:
        """Ask for a day, and offer the plan at the prices known then."""
        row = self.query_one(Listed).highlighted
        offer = self._offers[row] if row is not None else None
        if offer is None or offer.operand.known_at or offer.operand.file.endswith(".json"):
            self._say("A saved plan or one with a date has its prices already.")
            return
        says = "The day, such as 2026-10-20."
        prompt = Prompt(f"{offer.name} at the prices known on", says)
        self.app.push_screen(prompt, lambda typed: self._with_date(offer, typed))

    def _with_date(self, offer: Offer, typed: str | None) -> None:
        if typed is None:
            return
        try:
            known_at = parse_date(typed)
        except ValueError as error:
            self._say(f"{error}")
            return
        (dated,) = _dated([offer], [replace(offer.operand, known_at=known_at)])
        if dated not in self._offers:
            self._offers.append(dated)
        self._fill(self._offers.index(dated))
        if dated.operand not in self._marked:
            self.action_mark()

    def action_take(self) -> None:
        """Compare what is marked."""
        if len(self._marked) < 2:
            self._say("Mark two plans at least.")
            return
        self.dismiss(tuple(self._marked))

    def _say(self, text: str) -> None:
        self.query_one("#marking-says", Static).update(Content(text))


def _dated(offers: Sequence[Offer], marked: Sequence[Operand]) -> Iterator[Offer]:
    """Those marked that are a plan on offer at a price date of their own."""
    names = {offer.operand: offer.name for offer in offers}
    for operand in marked:
        plain = replace(operand, known_at=None)
        if operand.known_at and plain in names:
            yield Offer(operand, f"{names[plain]}@{operand.known_at}", "prices known that day")
