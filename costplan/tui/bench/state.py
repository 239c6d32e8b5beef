"""What the parts of the workbench share: the state, putting questions, saying something."""

from __future__ import annotations

from collections.abc import Callable

from textual import on, work
from textual.reactive import var
from textual.screen import Screen

from costplan.desk import Desk, History, Question, WhatIf
from costplan.desk.figures import Figures, Planning
from costplan.scenario import Scenario
from costplan.tui.asking import ERRAND, Asking, Queue, answered
from costplan.tui.messages import Asked, Behind, Errand, Said
from costplan.tui.view import VIEWS, View
from costplan.tui.viewbar import ViewBar

READING, PLANNING, FITTING, BEHIND = "reading", "planning", "fitting", "behind"
"""Askers that are not views: their answers are the screen's own."""


class Bench(Screen[None]):
    """One scenario, what is laid over it, and one worker that answers what is asked of both."""

    title_shown: var[str] = var("")
    scenario: var[Scenario | None] = var(None)
    what_if: var[WhatIf] = var(WhatIf())
    examples: var[tuple[str, ...]] = var(())
    figures: var[Figures | None] = var(None)
    problems: var[tuple[str, ...]] = var(())
    """Why the plan on the screen is not the one that was asked for."""
    is_busy: var[bool] = var(False)
    has_plan: var[bool] = var(False)
    changes: var[tuple[str, ...]] = var(())
    """What the what-if changes, in words."""
    view: var[str] = var(VIEWS[0].id)
    draft: var[str | None] = var(None)
    """What is typed in the editor and not saved; the plan is of it whenever it is valid."""
    said: var[str] = var("")
    """What was said last; the next change of the plan takes it away."""

    def __init__(self, desk: Desk, *, variant: str | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.queue = Queue()
        self.history = History(WhatIf(variant))
        self.leaving: Callable[[], object] | None = None
        """What to do once nothing waits to be written."""
        self.set_reactive(Bench.what_if, self.history.now)

    @property
    def front(self) -> View:
        """The view in front."""
        return self.query_one(f"#{self.view}", View)

    def show_desk(self) -> None:
        """Name the file that is open, and those beside it."""
        self.title_shown = self.desk.path
        self.examples = self.desk.others

    # Questions

    def ask(self, asker: str, question: Question) -> None:
        """Put a question, which takes the place of an older one of the same asker."""
        self.queue.put(Asking(self.desk, asker, question))
        self.go_on()

    def go_on(self) -> None:
        """Put what waits to the worker if it is free; leave once nothing is to be written."""
        if asking := self.queue.next():
            self._work(asking)
        self.is_busy = self.queue.is_busy
        if self.leaving and self.draft is None and not self.queue.has_errands:
            go, self.leaving = self.leaving, None
            go()

    @work(thread=True, group="desk")
    def _work(self, asking: Asking) -> None:
        self.post_message(answered(asking))

    @on(Asked)
    def _take_question(self, message: Asked) -> None:
        self.ask(message.asker, message.question)

    @on(Behind)
    def _take_behind(self, message: Behind) -> None:
        self.ask(BEHIND, message.question)

    @on(Errand)
    def _take_errand(self, message: Errand) -> None:
        self.ask(ERRAND, message.question)

    # The plan

    def go_to(self, history: History) -> None:
        """Lay another what-if over the scenario, and ask for its plan."""
        changed = history.now != self.history.now
        first = history.is_first != self.history.is_first
        self.history = history
        if first:
            self.refresh_bindings()
        if changed:
            self.what_if, self.said = history.now, ""
            if self.scenario is not None:
                self.ask(PLANNING, Planning(self.what_if))

    def settle(self, problems: tuple[str, ...], figures: Figures | None) -> None:
        """Show a plan; with problems, it is the last one that held."""
        self.has_plan = figures is not None
        self.problems, self.figures = problems, figures
        self.set_class(bool(problems), "-stale")

    # Saying

    @on(Said)
    def _take_sentence(self, message: Said) -> None:
        self.say(message.text, is_problem=message.is_problem)

    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Say it beside the views; what is wrong or too long for there, in a toast as well."""
        self.said = text
        if is_problem:  # not to be missed
            self.notify(text, severity="error", markup=False)
        elif len(text) > self.query_one(ViewBar).room:
            self.notify(text, markup=False)
