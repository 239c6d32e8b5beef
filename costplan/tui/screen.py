"""The plan on one screen: it holds the state, asks the questions, and takes the answers."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer
from textual.worker import Worker, WorkerState, get_current_worker

from costplan.errors import CostplanError
from costplan.scenario import Scenario
from costplan.tui.bench import Bench, Lever, moved
from costplan.tui.chart import SpendChart
from costplan.tui.figures import Figures
from costplan.tui.headline import Headline
from costplan.tui.levers import LeverPanel, LeverSlide
from costplan.tui.messages import (
    LeverMoved,
    ProblemsFound,
    ProjectionReady,
    ScenarioChosen,
    ScenarioLoaded,
    VariantChosen,
)
from costplan.tui.months import MonthsTable
from costplan.tui.problems import ProblemsPanel
from costplan.tui.questions import Question, answers
from costplan.tui.reading import keys_page, remarks_page
from costplan.tui.sidebar import Sidebar
from costplan.tui.spend import SpendPanel

POLL_SECONDS = 1.0
LEGEND = "Spend   █ to P10  ━ expected  ░ to P90  ╌ budget  ▲ over"


class PlanScreen(Screen[None]):
    """One scenario: its months, where the money goes, and what moves them."""

    # Textual annotates these as `ClassVar[...] | None`, which type checkers read as instance names.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (22, "-short"), (32, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "move(1)", "Move lever", key_display="+/-"),
        Binding("minus,underscore", "move(-1)", show=False),
        Binding("1", "choose_lever(1)", "Lever", key_display="1-3"),
        Binding("2", "choose_lever(2)", show=False),
        Binding("3", "choose_lever(3)", show=False),
        Binding("4", "choose_lever(4)", show=False),
        Binding("0", "reset_levers", "Reset"),
        Binding("v", "next_variant(1)", "Variant"),
        Binding("V", "next_variant(-1)", show=False),
        Binding("s", "toggle_spend", "Spend"),
        Binding("b", "toggle_sidebar", "List"),
        Binding("w", "remarks", show=False),
        Binding("r", "reload", show=False),
        Binding("question_mark,f1", "keys", "Help", key_display="?"),
        Binding("q", "app.quit", "Quit"),
        Binding("escape", "close_sidebar", show=False),
    ]

    title_shown: reactive[str] = reactive("")
    scenario: reactive[Scenario | None] = reactive(None)
    variant: reactive[str | None] = reactive(None)
    levers: reactive[tuple[Lever, ...]] = reactive(())
    settings: reactive[Mapping[str, float]] = reactive({})
    """Levers that stand elsewhere than in the file."""
    examples: reactive[tuple[str, ...]] = reactive(())
    figures: reactive[Figures | None] = reactive(None)
    problems: reactive[tuple[str, ...]] = reactive(())
    is_busy: reactive[bool] = reactive(False)
    has_plan: reactive[bool] = reactive(False)
    chosen: reactive[int] = reactive(1)
    """The number of the lever that + and - move."""

    def __init__(self, bench: Bench, *, variant: str | None = None) -> None:
        super().__init__()
        self._bench = bench
        self._asked = 0
        self._must_load = True
        self._turn = Lock()
        self.set_reactive(PlanScreen.variant, variant)

    def compose(self) -> ComposeResult:
        """Top to bottom: what it comes to, problems, chart, months, spend, levers, keys."""
        here = PlanScreen
        yield Headline().data_bind(
            here.scenario,
            here.variant,
            here.levers,
            here.settings,
            here.figures,
            here.is_busy,
            here.problems,
            title=here.title_shown,
        )
        yield ProblemsPanel().data_bind(here.has_plan, here.problems)
        with Horizontal(id="body"):
            yield Sidebar(id="sidebar").data_bind(here.scenario, here.variant, here.examples)
            with Vertical(id="plan"):
                with Vertical(id="chart-frame") as frame:
                    frame.border_title = LEGEND
                    yield SpendChart(id="chart").data_bind(here.figures)
                months = MonthsTable(id="months")
                months.border_title = "Months"
                yield months.data_bind(here.figures)
                with Horizontal(id="spend"):
                    yield SpendPanel("model").data_bind(here.figures)
                    yield SpendPanel("workload").data_bind(here.figures)
        yield LeverPanel(id="levers").data_bind(here.levers, here.settings, here.chosen)
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Ask the first question once the empty screen has been painted."""
        self._show_bench()
        self.query_one(MonthsTable).focus()
        self.call_after_refresh(self._ask)
        self.set_interval(POLL_SECONDS, self._poll)

    def _show_bench(self) -> None:
        self.title_shown = self._bench.title
        self.examples = self._bench.examples()

    def _poll(self) -> None:
        if not (self.is_busy and self._must_load) and self._bench.changed():
            self.action_reload()

    def _ask(self) -> None:
        """Put the question of the moment; it replaces the one before."""
        self._asked += 1
        self.is_busy = True
        scenario = None if self._must_load else self.scenario
        question = Question(self._asked, self._bench, scenario, self.variant, dict(self.settings))
        self._answer(question)

    @work(thread=True, exclusive=True, exit_on_error=False, group="project")
    def _answer(self, question: Question) -> None:
        worker = get_current_worker()
        # A thread cannot be stopped: one that was replaced while it waited gives up its turn.
        with self._turn:
            if worker.is_cancelled:
                return
            for message in answers(question):
                if worker.is_cancelled:
                    return
                self.post_message(message)

    @on(ScenarioLoaded)
    def _take_scenario(self, message: ScenarioLoaded) -> None:
        if message.question != self._asked:
            return
        self._must_load = False
        self.scenario, self.levers = message.scenario, message.levers

    @on(ProjectionReady)
    def _take_projection(self, message: ProjectionReady) -> None:
        if message.question == self._asked:
            self._settle((), message.figures)

    @on(ProblemsFound)
    def _take_problems(self, message: ProblemsFound) -> None:
        if message.question == self._asked:
            self._settle(message.problems, self.figures)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """An error nobody foresaw is told like any other."""
        if event.state is WorkerState.ERROR and event.worker.group == "project":
            error = event.worker.error
            said = f"{self._bench.title}: unexpected {type(error).__name__}: {error}"
            self._settle((said,), self.figures)

    def _settle(self, problems: tuple[str, ...], figures: Figures | None) -> None:
        self.is_busy = False
        self.has_plan = figures is not None
        self.problems, self.figures = problems, figures
        self.set_class(bool(problems), "-stale")

    @on(LeverMoved)
    def _move_lever(self, message: LeverMoved) -> None:
        lever = next(lever for lever in self.levers if lever.id == message.lever)
        value = moved(lever, self.settings.get(lever.id, lever.value), message.steps)
        others = {name: at for name, at in self.settings.items() if name != lever.id}
        self._set(others if value == lever.value else {**others, lever.id: value})

    def _set(self, settings: Mapping[str, float]) -> None:
        if settings != self.settings:
            self.settings = settings
            self._ask()

    @on(VariantChosen)
    def _choose_variant(self, message: VariantChosen) -> None:
        self.variant = message.variant
        self._ask()

    @on(ScenarioChosen)
    def _open(self, message: ScenarioChosen) -> None:
        try:
            self._bench = self._bench.open(message.name)
        except CostplanError as error:
            self._settle((str(error),), self.figures)
            return
        self._show_bench()
        self.variant, self.settings = None, {}
        self.scenario, self.levers = None, ()
        self._settle((), None)
        self.remove_class("-sidebar")
        self.action_reload()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """The lever that has the focus is the one + and - move."""
        if isinstance(event.widget, LeverSlide):
            self.chosen = event.widget.number

    def action_move(self, steps: int) -> None:
        """Move the chosen lever."""
        if 0 < self.chosen <= len(self.levers):
            self._move_lever(LeverMoved(self.levers[self.chosen - 1].id, steps))

    def action_choose_lever(self, number: int) -> None:
        """Choose and focus a lever."""
        if number <= len(self.query(LeverSlide)):
            self.chosen = number
            self.query_one(f"#lever-{number}").focus()

    def action_reset_levers(self) -> None:
        """Put all levers back."""
        self._set({})

    def action_next_variant(self, step: int) -> None:
        """Go through the variants; the scenario as written is one of them."""
        if self.scenario:
            names = (None, *self.scenario.variants)
            at = names.index(self.variant) if self.variant in names else 0
            self._choose_variant(VariantChosen(names[(at + step) % len(names)]))

    def action_reload(self) -> None:
        """Read the file again."""
        self._must_load = True
        self._ask()

    def action_toggle_sidebar(self) -> None:
        """Show or hide the list at the left."""
        self.toggle_class("-sidebar")
        sidebar = self.query_one(Sidebar)
        (sidebar if sidebar.display else self.query_one(MonthsTable)).focus()

    def action_close_sidebar(self) -> None:
        """On a narrow screen, put the list away."""
        self.remove_class("-sidebar")
        self.query_one(MonthsTable).focus()

    def action_toggle_spend(self) -> None:
        """Where months and spend do not fit together, change from one to the other."""
        self.toggle_class("-spend")

    def action_remarks(self) -> None:
        """Show warnings and notes."""
        self.app.push_screen(remarks_page(self.figures.remarks if self.figures else ()))

    def action_keys(self) -> None:
        """Show the keys."""
        self.app.push_screen(keys_page())
