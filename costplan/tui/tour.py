"""The tour: four steps that a first-time user is shown once, and anyone on request."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Static

from costplan.tui.keys import vim


class Step(NamedTuple):
    """One page of the tour."""

    title: str
    text: str


STEPS = (
    Step(
        "See",
        "The first lines say what the plan costs, how sure that is, and the first month over "
        "budget. A column of the chart is solid up to what is nearly certain and fades towards "
        "what is possible. Go down the table with the arrows; Enter explains the number.",
    ),
    Step(
        "Ask what if",
        "[b]w[/b] goes to the values of the scenario. Left and right nudge one, Enter lets you "
        "type it as the file would say it: 12k/day, 5% to 8%. The chart follows at once and the "
        "plan as written stays behind it. [b]u[/b] undoes, [b]0[/b] puts everything back.",
    ),
    Step(
        "Find out why",
        "The digits switch views: compare variants, what drives the cost, the cheapest mix, the "
        "prices, the tokens of a prompt, and the scenario file itself. [b]?[/b] explains the one "
        "you are in, [b]ctrl+p[/b] finds every command by name.",
    ),
    Step(
        "Keep it",
        "[b]S[/b] keeps what you changed as a variant in the file: its comments and order stay as "
        "they are. [b]e[/b] writes a spreadsheet, [b]y[/b] copies the table, [b]c[/b] shows the "
        "command that prints the same numbers. Nothing leaves this machine.",
    ),
)


class Tour(ModalScreen[None]):
    """Enter goes on, Escape leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,right,space,down", "go(1)", "Next"),
        Binding("left,up", "go(-1)", "Back"),
        *vim(right="go(1)", down="go(1)", left="go(-1)", up="go(-1)"),
        Binding("escape,q", "dismiss", "Close"),
    ]
    at: reactive[int] = reactive(0)

    def compose(self) -> ComposeResult:
        """The step at hand."""
        with Vertical(id="tour"):
            yield Static(id="step")

    def watch_at(self, at: int) -> None:
        """Show it."""
        step = STEPS[at]
        frame = self.query_one("#tour")
        frame.border_title = f"{at + 1} of {len(STEPS)}  {step.title}"
        is_last = at + 1 == len(STEPS)
        frame.border_subtitle = "Enter begins" if is_last else "Enter goes on, Esc leaves"
        self.query_one("#step", Static).update(Content.from_markup(step.text))

    def on_click(self) -> None:
        """A click goes on."""
        self.action_go(1)

    def action_go(self, step: int) -> None:
        """To the next step, or out after the last."""
        if self.at + step == len(STEPS):
            self.dismiss()
        else:
            self.at = max(0, self.at + step)
