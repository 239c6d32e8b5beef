"""The one screen: it holds the state, puts the questions, and takes the answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Footer

from costplan.desk import Desk, History, Question, WhatIf
from costplan.desk.figures import Figures, Planning, Reading
from costplan.desk.fitting import Fitted, Fitting
from costplan.desk.keeping import BringingBack, Kept
from costplan.desk.text_saving import SavingCopy
from costplan.errors import CostplanError
from costplan.scenario import Scenario
from costplan.tui.asking import ERRAND, Asking, Queue, answered
from costplan.tui.deciding import Deciding
from costplan.tui.headline import Headline
from costplan.tui.keeping import Keeping
from costplan.tui.leaving import unsaved
from costplan.tui.levers import LeverPanel
from costplan.tui.messages import (
    Answered,
    Asked,
    Behind,
    Drafted,
    Errand,
    Failed,
    LeversLeft,
    LeversStand,
    LeverWanted,
    Said,
    ScenarioChosen,
    TextWanted,
    ViewChosen,
    WhatIfMade,
)
from costplan.tui.picking import Choice, Picking
from costplan.tui.problems import ProblemsPanel
from costplan.tui.reading import CommandScreen, help_page, remarks_page
from costplan.tui.taking import Taking
from costplan.tui.view import VIEWS, View
from costplan.tui.viewbar import ViewBar

if TYPE_CHECKING:
    from costplan.desk.explaining import Explained

POLL_SECONDS = 1.0
EDITOR = "edit"
"""The view that holds a text that is not saved."""
READING, PLANNING, FITTING, BEHIND = "reading", "planning", "fitting", "behind"
"""Askers that are not views: their answers are the screen's own."""
_UNSAVED = "what is typed is not saved: save it in the editor first, or write the what-if there"
BASE = "as written"
"""What the scenario without a variant is called."""


class Workbench(Screen[None]):
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
        Binding("question_mark,f1", "help", "Help", key_display="?"),
        Binding("q", "app.quit", "Quit"),
    ]

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
        self._desk = desk
        self._queue = Queue()
        self._history = History(WhatIf(variant))
        self._levers_wanted: bool | None = None
        self._leaving: Callable[[], object] | None = None
        self._is_fresh = False
        self.set_reactive(Workbench.what_if, self._history.now)

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
                yield self._bound(VIEWS[0].make())
            yield self._bound(LeverPanel(id="levers"))
        yield Footer(compact=True)

    def _bound(self, view: View) -> View:
        here = Workbench
        view.data_bind(here.scenario, here.what_if)
        if "figures" in view._reactives:  # noqa: SLF001 - Textual has no public way to ask
            view.data_bind(here.figures)
        if "path" in view._reactives:  # noqa: SLF001 - the same
            view.data_bind(path=here.title_shown)
        return view

    def on_mount(self) -> None:
        """Ask the first question once the empty screen has been painted."""
        self._show_desk()
        self.query_one(LeverPanel).in_front = True
        self._to_front(self.view)
        self.call_after_refresh(self._ask, READING, Reading())
        self.set_interval(POLL_SECONDS, self._poll)

    def _show_desk(self) -> None:
        self.title_shown = self._desk.path
        self.examples = self._desk.others

    def _poll(self) -> None:
        if not self._queue.waits(READING) and self._desk.changed():
            self.action_reload()

    # Questions and answers

    def _ask(self, asker: str, question: Question) -> None:
        self._queue.put(Asking(self._desk, asker, question))
        self._go_on()

    def _go_on(self) -> None:
        if asking := self._queue.next():
            self._work(asking)
        self.is_busy = self._queue.is_busy
        if self._leaving and self.draft is None and not self._queue.has_errands:
            go, self._leaving = self._leaving, None
            go()

    @work(thread=True, group="desk")
    def _work(self, asking: Asking) -> None:
        self.post_message(answered(asking))

    @on(Asked)
    def _take_question(self, message: Asked) -> None:
        self._ask(message.asker, message.question)

    @on(Behind)
    def _take_behind(self, message: Behind) -> None:
        self._ask(BEHIND, message.question)

    @on(Errand)
    def _take_errand(self, message: Errand) -> None:
        self._ask(ERRAND, message.question)

    @on(Answered)
    def _take_answer(self, message: Answered) -> None:
        self._queue.done()
        if message.asker == ERRAND:
            self._say(str(message.answer))
            for view in self.query(View):
                view.done(message.answer)
            if isinstance(message.answer, Kept) and message.desk is self._desk:
                self._stand_on(message.answer)
        elif message.desk is self._desk:
            self._show(message.asker, message.answer)
        self._go_on()

    def _show(self, asker: str, answer: Any) -> None:
        if asker == READING:
            self.scenario, self._is_fresh = answer, True
            self._ask(PLANNING, Planning(self.what_if))
        elif asker == PLANNING:
            self._is_fresh = False
            self._settle((), answer)
        elif asker == FITTING:
            self._take_what_fits(answer)
        elif asker == BEHIND:
            self._explain(answer)
        else:
            view = self.query_one(f"#{asker}", View)
            view.problems, view.answer = (), answer

    @on(Failed)
    def _take_problems(self, message: Failed) -> None:
        self._queue.done()
        if message.asker in {ERRAND, BEHIND}:
            self._say("\n".join(message.problems), is_problem=True)
            self._leaving = None
            for view in self.query(View):
                view.failed(message.question)
        elif message.desk is self._desk:
            if message.asker in {READING, PLANNING, FITTING}:
                self._settle(message.problems, self.figures)
                self._fit(message.asker)
            else:
                self.query_one(f"#{message.asker}", View).problems = message.problems
        self._go_on()

    def _settle(self, problems: tuple[str, ...], figures: Figures | None) -> None:
        self.has_plan = figures is not None
        self.problems, self.figures = problems, figures
        self.set_class(bool(problems), "-stale")

    @on(Said)
    def _take_sentence(self, message: Said) -> None:
        self._say(message.text, is_problem=message.is_problem)

    def _say(self, text: str, *, is_problem: bool = False) -> None:
        self.said = text
        if is_problem:  # not to be missed
            self.notify(text, severity="error", markup=False)
        elif len(text) > self.query_one(ViewBar).room:
            self.notify(text, markup=False)

    # What-ifs

    @on(WhatIfMade)
    def _take_what_if(self, message: WhatIfMade) -> None:
        self._go_to(self._history.to(message.what_if))

    def _go_to(self, history: History) -> None:
        changed = history.now != self._history.now
        first = history.is_first != self._history.is_first
        self._history = history
        if first:
            self.refresh_bindings()
        if changed:
            self.what_if, self.said = history.now, ""
            if self.scenario is not None:
                self._ask(PLANNING, Planning(self.what_if))

    def _fit(self, asker: str) -> None:
        """The file was changed, and what stands over it may not fit any more: ask what does."""
        if asker == PLANNING and self._is_fresh and self.what_if != WhatIf():
            self._ask(FITTING, Fitting(self.what_if))
        self._is_fresh = False

    def _take_what_fits(self, fitted: Fitted) -> None:
        if fitted.said:
            self._go_to(self._history.to(fitted.what_if))
            self._say(fitted.said, is_problem=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """The keys below show a way back only where there is one."""
        return action not in {"undo", "reset"} or not self._history.is_first

    def action_undo(self) -> None:
        """Take the last change back."""
        self._go_to(self._history.undone())

    def action_redo(self) -> None:
        """Make the change that was taken back again."""
        self._go_to(self._history.redone())

    def action_reset(self) -> None:
        """Put everything back to where the variant has it."""
        self._go_to(self._history.to(self.what_if.cleared()))

    def action_next_variant(self, step: int) -> None:
        """Go through the variants; the scenario as written is one of them."""
        if self.scenario:
            names = (None, *self.scenario.variants)
            now = self.what_if.variant
            at = names.index(now) if now in names else 0
            self.choose_variant(names[(at + step) % len(names)])

    def choose_variant(self, variant: str | None) -> None:
        """Show a variant; what was changed stays laid over it."""
        self._go_to(self._history.to(WhatIf(variant, self.what_if.settings)))

    @on(LeversStand)
    def _take_changes(self, message: LeversStand) -> None:
        self.changes = message.changed

    def action_levers(self) -> None:
        """Go to the what-if panel; from there, put it away."""
        panel = self.query_one(LeverPanel)
        self._levers_wanted = not panel.has_focus_within
        self._place_levers()
        (panel if self._levers_wanted else self.query_one(f"#{self.view}", View)).focus_first()

    @on(LeverWanted)
    def _show_lever(self, message: LeverWanted) -> None:
        self._levers_wanted = True
        self._place_levers()
        self.query_one(LeverPanel).to(message.path)

    @on(LeversLeft)
    def _leave_levers(self) -> None:
        """Back to the view; where the panel lies over it, put it away."""
        if not self.has_class("-roomy"):
            self._levers_wanted = None
            self._place_levers()
        self.query_one(f"#{self.view}", View).focus_first()

    def _place_levers(self) -> None:
        """Until the reader says otherwise, the panel stands beside the plan where there is room."""
        is_default = self._levers_wanted is None and self.view == VIEWS[0].id
        self.set_class(bool(self._levers_wanted), "-levers")
        self.set_class(not self._levers_wanted and not is_default, "-no-levers")

    # Files

    def action_keep(self) -> None:
        """Keep the what-if: in this file, or in a new one."""
        if self.scenario is None:
            self._say("there is no plan yet to keep")
            return
        if self.draft is not None:
            self._say(_UNSAVED, is_problem=True)
            return
        Keeping(self, self._desk.path, self.scenario, self.what_if).ask()

    def action_bring_back(self) -> None:
        """Put back what the file held before it was saved."""
        if self.draft is not None:
            self._say(_UNSAVED, is_problem=True)
        else:
            self._ask(ERRAND, BringingBack())

    def _stand_on(self, kept: Kept) -> None:
        """Go on with what was written, as it stands in its file."""
        what_if = self.what_if if kept.what_if is None else kept.what_if
        if kept.path != self._desk.path:
            self.post_message(ScenarioChosen(kept.path, what_if))
            return
        self.action_reload()  # first, for the views ask as soon as the what-if is another
        if self.draft is None:
            self._history = self._history.to(what_if)
            self.refresh_bindings()
            self.what_if = what_if

    def action_reload(self) -> None:
        """Read the file again; a text that is not saved is asked about by the editor."""
        if self.draft is None:
            self._ask(READING, Reading())
        else:
            from costplan.desk.editing import Opening  # what an editor needs is slow to load

            self._ask(EDITOR, Opening(seen=True))

    @on(Drafted)
    def _take_draft(self, message: Drafted) -> None:
        before, self.draft = self.draft, message.text
        if message.text is None and before is not None:
            self._ask(READING, Reading())
        elif message.text is not None and message.holds:
            self._ask(READING, Reading(message.text))

    def leave(self, go: Callable[[], object]) -> None:
        """Leave this file, after asking what becomes of a text that is not saved.

        Args:
            go: what to do then, once nothing waits to be written.
        """
        if self.draft is None:
            self._leaving = go
            self._go_on()
        elif not isinstance(self.app.screen, Deciding):
            view = self.query_one(f"#{EDITOR}", View)
            asks = unsaved(self._desk.path, view.differs())

            def decided(choice: str | None) -> None:
                if choice in {"save", "copy", "discard"}:
                    self._leaving = go
                    view.settle(choice)

            self.app.push_screen(asks, decided)

    def action_open(self) -> None:
        """Pick another scenario."""
        choices = [Choice(name, name.rpartition("/")[2]) for name in self.examples]
        self.app.push_screen(Picking("Open a scenario", choices), self._opened)

    def _opened(self, name: str | None) -> None:
        if name is not None:
            self.post_message(ScenarioChosen(name))

    @on(ScenarioChosen)
    def _open(self, message: ScenarioChosen) -> None:
        self.leave(partial(self._open_now, message.name, message.what_if))

    def _open_now(self, name: str, what_if: WhatIf) -> None:
        try:
            self._desk = self._desk.open(name)
        except CostplanError as error:
            self._say(str(error), is_problem=True)
            return
        self._queue.drop()
        self._show_desk()
        self._history = History(what_if)
        self.refresh_bindings()
        self.scenario, self.what_if = None, what_if
        self._settle((), None)
        self.action_reload()

    # Views

    def action_show_view(self, number: int) -> None:
        """Show the view of that number."""
        if number <= len(VIEWS):
            self.post_message(ViewChosen(VIEWS[number - 1].id))

    @property
    def front(self) -> View:
        """The view in front."""
        return self.query_one(f"#{self.view}", View)

    @on(ViewChosen)
    async def _show_view(self, message: ViewChosen) -> None:
        switcher = self.query_one("#views", ContentSwitcher)
        if not switcher.query(f"#{message.view}"):
            entry = next(entry for entry in VIEWS if entry.id == message.view)
            await switcher.add_content(self._bound(entry.make()))
        switcher.current = message.view
        self._to_front(message.view)

    def _to_front(self, name: str) -> None:
        self.view = name
        self._place_levers()
        for view in self.query_one("#views").query(View):
            view.in_front = view.id == name
            if view.in_front:
                view.focus_first()

    def rescue(self) -> str:
        """Write what is not saved to a new file, as everything ends; says where it is."""
        if self.draft is None:
            return ""
        try:
            saved = SavingCopy(self.draft).answer(self._desk)
        except (CostplanError, OSError) as error:
            return f"What was typed could not be saved: {error}"
        return f"What was typed and not saved is in {saved.path}."

    @on(TextWanted)
    async def _show_text(self, message: TextWanted) -> None:
        await self._show_view(ViewChosen(EDITOR))
        self.query_one(f"#{EDITOR}", View).wanted = message.path

    # Taking along

    def _taking(self) -> Taking:
        tables = self.query_one(f"#{self.view}", View).tables()
        return Taking(self, self._desk.path, self.what_if, tables)

    def action_export(self) -> None:
        """Write the plan or the tables of the view to a file."""
        self._taking().export()

    def action_copy(self) -> None:
        """Copy the tables of the view."""
        self._taking().copy()

    def action_picture(self) -> None:
        """Save a picture of the screen."""
        self._taking().picture()

    def action_command(self) -> None:
        """Show the command line that prints the same numbers."""
        view = self.query_one(f"#{self.view}", View)
        self.app.push_screen(CommandScreen(view.command(self._desk)))

    # Pages

    def _explain(self, explained: Explained) -> None:
        """Lay it over the screen, or over the explanation that led to it."""
        from costplan.tui.explaining import ExplanationScreen  # not needed for the first plan

        if isinstance(self.app.screen, ExplanationScreen):
            self.app.screen.go_to(explained)
        else:
            self.app.push_screen(ExplanationScreen(explained, self.post_message))

    def action_remarks(self) -> None:
        """Show warnings and notes."""
        self.app.push_screen(remarks_page(self.figures.remarks if self.figures else ()))

    def action_help(self) -> None:
        """Say what the view in front is for, and its keys."""
        panel = self.query_one(LeverPanel)
        here = panel if panel.has_focus_within else self.query_one(f"#{self.view}", View)
        self.app.push_screen(help_page(here))
