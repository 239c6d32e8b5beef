"""The one screen: it lays out the views, and hands every answer to whoever asked."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import ContentSwitcher

from costplan.desk.figures import Planning, Reading
from costplan.desk.keeping import Kept
from costplan.tui.asking import ERRAND
from costplan.tui.bench.files import Files
from costplan.tui.bench.pages import Pages
from costplan.tui.bench.places import Places
from costplan.tui.bench.state import BEHIND, FITTING, PLANNING, READING
from costplan.tui.bench.whatifs import WhatIfs
from costplan.tui.headline import Headline
from costplan.tui.keybar import KeyBar
from costplan.tui.levers import LeverPanel
from costplan.tui.messages import Answered, Failed
from costplan.tui.problems import ProblemsPanel
from costplan.tui.view import VIEWS, View
from costplan.tui.viewbar import ViewBar

POLL_SECONDS = 1.0
BASE = "as written"
"""What the scenario without a variant is called."""


class Workbench(WhatIfs, Places, Files, Pages):
    """One scenario, and everything that can be asked of it."""

    # Textual annotates these as `ClassVar[...] | None`, which type checkers read as instance names.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (118, "-roomy")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (22, "-short"), (32, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"{n}", f"show_view({n})", show=False) for n in range(1, 10)),
        Binding("v", "next_variant(1)", "Variant"),
        Binding("V", "next_variant(-1)", show=False),
        Binding("w", "levers", "What if"),
        Binding("u,ctrl+z", "undo", "Undo"),
        Binding("U,ctrl+y", "redo", show=False),
        Binding("0", "reset", "Reset"),
        Binding("n", "remarks", show=False),
        Binding("S", "keep", "Keep"),
        Binding("e", "export", "Export"),
        Binding("o", "open", "Open"),
        Binding("r", "reload", show=False),
        Binding("y", "copy", show=False),
        Binding("p", "picture", show=False),
        Binding("c", "command", show=False),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("f1", "help", "Help", key_display="F1"),
        Binding("q", "app.quit", "Quit"),
    ]

    def compose(self) -> ComposeResult:
        """Top to bottom: what it comes to, the views, problems, the view in front, keys."""
        here = Workbench
        yield Headline().data_bind(
            here.scenario,
            here.what_if,
            here.changes,
            here.figures,
            here.draft,
            here.is_busy,
            here.problems,
            title=here.title_shown,
        )
        yield ViewBar(id="viewbar").data_bind(here.view, here.said)
        yield ProblemsPanel().data_bind(here.has_plan, here.problems)
        with Horizontal(id="body"):
            with ContentSwitcher(id="views", initial=self.view):
                yield self.bound(VIEWS[0].make())
            yield self.bound(LeverPanel(id="levers"))
        yield KeyBar(compact=True)

    def on_mount(self) -> None:
        """Ask the first question once the empty screen has been painted."""
        self.show_desk()
        self.query_one(LeverPanel).in_front = True
        self.to_front(self.view)
        self.call_after_refresh(self.ask, READING, Reading())
        self.set_interval(POLL_SECONDS, self._poll)

    def _poll(self) -> None:
        if not self.queue.waits(READING) and self.desk.changed():
            self.action_reload()

    @on(Answered)
    def _take_answer(self, message: Answered) -> None:
        self.queue.done()
        if message.asker == ERRAND:
            self.say(str(message.answer))
            for view in self.query(View):
                view.done(message.answer)
            if isinstance(message.answer, Kept) and message.desk is self.desk:
                self.stand_on(message.answer)
        elif message.desk is self.desk:
            self._show(message.asker, message.answer)
        self.go_on()

    def _show(self, asker: str, answer: Any) -> None:
        if asker == READING:
            self.scenario, self.is_fresh = answer, True
            self.ask(PLANNING, Planning(self.what_if))
        elif asker == PLANNING:
            self.is_fresh = False
            self.settle((), answer)
        elif asker == FITTING:
            self.take_what_fits(answer)
        elif asker == BEHIND:
            self.explain(answer)
        else:
            view = self.query_one(f"#{asker}", View)
            view.problems, view.answer = (), answer

    @on(Failed)
    def _take_problems(self, message: Failed) -> None:
        self.queue.done()
        if message.asker in {ERRAND, BEHIND}:
            self.say("\n".join(message.problems), is_problem=True)
            self.leaving = None
            for view in self.query(View):
                view.failed(message.question)
        elif message.desk is self.desk:
            if message.asker in {READING, PLANNING, FITTING}:
                self.settle(message.problems, self.figures)
                self.fit(message.asker)
            else:
                self.query_one(f"#{message.asker}", View).problems = message.problems
        self.go_on()
