"""The price book: every model on a day, one of them through time, and what updates did."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import DataTable, Input, Static

from costplan.desk import Desk, Question
from costplan.desk.pricing import (
    Listed,
    Listing,
    ModelPriced,
    ModelPricing,
    PriceUpdates,
    Updated,
    list_command,
    updates_command,
)
from costplan.periods import parse_date
from costplan.report.table import Table, cell_width, clean
from costplan.tui.charts.steps import Prices, Series
from costplan.tui.charts.widget import Chart
from costplan.tui.keys import TABLE
from costplan.tui.messages import Said
from costplan.tui.pagetext import PageText
from costplan.tui.prompt import Prompt
from costplan.tui.view import Keys, View

type Part = Literal["list", "model", "updates"]
_PAGES = {"model": "prices-card", "updates": "prices-updates"}
"""The parts that are pages, and where they are."""
_NAME = "Model"
_LEAST_NAME, _RATES_WIDTH = 40, 62
"""Cells for a name at least, and of the other columns."""


class ModelsTable(DataTable[Text]):
    """A row for each model found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *TABLE,
        Binding("enter", "select_cursor", "Model"),
    ]


class PricesView(View):
    """Three parts, of which one is shown: the list, a model, the updates."""

    HELP: ClassVar[str] = (
        "What every model costs today, the plan's own first. Enter shows one: its rates in every "
        "mode, how they changed and what is announced, each with the day it took effect, the day "
        "it was known, and its source. i says what updates of the prices did to this plan, in "
        "money, and what is coming before it ends."
    )
    KEYS: ClassVar[Keys] = (
        ("/", "search: words of names, as gpt 6 or anthropic sonnet"),
        ("Enter", "the page of the model"),
        ("i", "what updates of the prices did to this plan, and what is coming"),
        ("d", "a day: see the prices as known then, or the updates since then"),
        ("D", "the day of the plan again"),
        ("Esc", "back to the list; in the search, clear it"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/"),
        Binding("i", "updates", "Updates"),
        Binding("d", "day", "As known on"),
        Binding("D", "no_day", show=False),
        Binding("escape,backspace", "back", "List", key_display="Esc"),
    ]

    part: reactive[Part] = reactive("list")
    typed: reactive[str] = reactive("")
    model: reactive[str] = reactive("")
    known_at: reactive[date | None] = reactive(None)
    """The day of knowledge to look from; None is that of the plan."""
    since: reactive[date | None] = reactive(None)
    """The day after which updates are told; None leaves it to the desk."""

    _listed: Listed | None = None
    _days: tuple[date, date] | None = None
    """The days of knowledge between which updates are told."""

    def compose(self) -> ComposeResult:
        """The search, what is said of the list, and the three parts."""
        yield Input(id="prices-search", placeholder="/ to search the models", compact=True)
        yield Static(id="prices-said")
        yield ModelsTable(id="prices-list", cursor_type="row", cell_padding=1)
        with Vertical(id="prices-model"):
            yield Chart(id="prices-steps")
            yield PageText(id="prices-card")
        yield PageText(id="prices-updates")

    def question(self) -> Question:
        """That of the part that is shown."""
        if self.part == "model":
            return ModelPricing(self.what_if, self.model, self.known_at)
        if self.part == "updates":
            return PriceUpdates(self.what_if, self.since)
        return Listing(self.what_if, self.typed, self.known_at)

    def tables(self) -> tuple[Table, ...]:
        """Those of the part that is shown."""
        if self.part == "list":
            return (self._listed.table,) if self._listed else ()
        page = self.query_one(f"#{_PAGES[self.part]}", PageText).page
        return page.tables if page else ()

    def command(self, desk: Desk) -> str:
        """What prints the part that is shown."""
        if self.part == "updates" and self._days:
            return updates_command(desk, self.what_if, *self._days)
        return list_command(desk, self.model if self.part == "model" else "", self.known_at)

    def focus_first(self) -> None:
        """What is shown takes the arrow keys."""
        self.query_one(f"#{_PAGES.get(self.part, 'prices-list')}").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a way back from the list only where something was typed."""
        if action == "back":
            return self.part != "list" or bool(self.typed)
        return super().check_action(action, parameters)

    # Answers

    def watch_answer(self, answer: Any) -> None:
        """Show it where it belongs."""
        if isinstance(answer, Listed):
            self._list(answer)
        elif isinstance(answer, ModelPriced):
            self._show_model(answer)
        elif isinstance(answer, Updated):
            self.query_one("#prices-updates", PageText).page = answer.page
            self._days = answer.since, answer.until
            if self.part == "updates":
                self._say(f"since {answer.since}; d sets another day")

    def watch_problems(self, problems: tuple[str, ...]) -> None:
        """Say why there is no answer; what is shown is an older one."""
        if problems:
            self._say("\n".join(problems), is_problem=True)

    def _say(self, text: str, *, is_problem: bool = False) -> None:
        said = self.query_one("#prices-said", Static)
        said.update(Content("\n".join(map(clean, text.splitlines()))))
        said.set_class(is_problem, "-problem")

    def _list(self, listed: Listed) -> None:
        if self.part == "list":
            self._say(listed.said)
        if listed == self._listed:
            return
        self._listed = listed
        table = self.query_one(ModelsTable)
        before = table.cursor_row
        same = [row.value for row in table.rows] == list(listed.models)
        table.clear(columns=True)
        for column in listed.table.columns:
            head = Text(column.name, justify="right" if column.right else "left")
            table.add_column(head, width=self._name_width(listed) if column.name == _NAME else None)
        for row, name in zip(listed.table.rows, listed.models, strict=True):
            table.add_row(*_cells(row, listed), key=name)
        if same:
            table.move_cursor(row=before)

    def _name_width(self, listed: Listed) -> int:
        """Cells for names: the longest are cut rather than the rates pushed off the screen."""
        longest = max((cell_width(name) for name in listed.models), default=0)
        return min(longest, max(_LEAST_NAME, self.size.width - _RATES_WIDTH))

    def on_resize(self) -> None:
        """Other names fit now."""
        listed, self._listed = self._listed, None
        if listed is not None:
            self._list(listed)

    def _show_model(self, priced: ModelPriced) -> None:
        self.query_one("#prices-card", PageText).page = priced.page
        chart = self.query_one(Chart)
        chart.display = bool(priced.lines)
        if priced.lines:
            series = tuple(Series(each.name, each.changes, each.text) for each in priced.lines)
            chart.drawing = Prices(priced.currency, series, priced.start, priced.end, priced.at)
        if self.part == "model":
            known = f", as known on {self.known_at}" if self.known_at else ""
            self._say(f"{priced.model}, {priced.mode} rates per 1,000,000 tokens{known}")

    # What the keys do

    def action_search(self) -> None:
        """Type words of names."""
        self._go("list")
        self.query_one("#prices-search").focus()

    def action_updates(self) -> None:
        """What updates of the prices did to this plan."""
        self._go("updates")

    def action_back(self) -> None:
        """From a part to the list; from the list, to all of it."""
        if self.part == "list":
            self.query_one("#prices-search", Input).value = ""
        self._go("list")

    def action_day(self) -> None:
        """Ask for a day."""
        if self.part == "updates":
            title, says = "Updates since", "A day such as 2026-08-01: what became known after it."
        else:
            title, says = "As known on", "A day such as 2026-08-01: the prices as known then."
        self.app.push_screen(Prompt(title, says), self._set_day)

    def action_no_day(self) -> None:
        """The days that hold where none is set."""
        self.known_at = self.since = None

    def _set_day(self, text: str | None) -> None:
        if text is None:
            return
        try:
            day = parse_date(text)
        except ValueError as error:
            self.post_message(Said(str(error), is_problem=True))
            return
        if self.part == "updates":
            self.since = day
        else:
            self.known_at = day

    def _go(self, part: Part) -> None:
        self.part = part
        self.focus_first()

    @on(Input.Changed, "#prices-search")
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self.typed = event.value

    @on(Input.Submitted, "#prices-search")
    def _to_list(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_first()

    @on(DataTable.RowSelected)
    def _open(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.model = event.row_key.value or ""
        self._go("model")

    def watch_part(self, part: Part) -> None:
        """Show it, and ask for it."""
        for name in ("list", "model", "updates"):
            self.set_class(name == part, f"-{name}")
        self.refresh_bindings()
        self._asked = None  # its answer may be on the screen, but what is said of it is not
        self.ask()

    def watch_typed(self) -> None:
        """Search."""
        self.refresh_bindings()
        self.ask()

    def watch_known_at(self) -> None:
        """Look from there."""
        self.ask()

    def watch_since(self) -> None:
        """Look back further, or less far."""
        self.ask()


def _cells(row: tuple[str, ...], listed: Listed) -> list[Text]:
    style = "bold" if row[0] else ""
    return [
        Text(cell, style=style, justify="right" if column.right else "left", overflow="ellipsis")
        for cell, column in zip(row, listed.table.columns, strict=True)
    ]
