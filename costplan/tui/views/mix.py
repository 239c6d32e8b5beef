"""The cheapest mix of a workload: cost against quality, its rules as switches, and using it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from costplan.desk import Desk, Question, WhatIf
from costplan.desk.command import command_line
from costplan.desk.mixed import Mixed, Point
from costplan.desk.mixing import Mixing, laid
from costplan.desk.rules import Rule
from costplan.desk.whatif import Setting
from costplan.errors import UsageError
from costplan.report.table import Table, cell_width, clean, without
from costplan.scenario import Scenario
from costplan.tui.charts.frontier import Frontier, Kind, Spot
from costplan.tui.charts.widget import Chart
from costplan.tui.listed import Listed
from costplan.tui.messages import Said, WhatIfMade
from costplan.tui.pagetext import PageText
from costplan.tui.picking import Choice, Picking
from costplan.tui.prompt import Prompt
from costplan.tui.reporttable import ReportTable
from costplan.tui.view import Keys, View

_TYPED = "quality 90%, seconds 2.5, anthropic at most 60%, models 2, budget 5k, residency europe"
_BESIDE = ("Quality", "Seconds", "Cost")
"""Columns of the cheapest mix that the frontier shows as well."""
_BROAD = 100
"""Columns from which on the cheapest mix has room beside the rules."""


class Switches(Listed):
    """Rules, each on or off."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Switch"),
    ]


class MixView(View):
    """Rules and the cheapest mix, the frontier, and the mixes that can be used."""

    HELP: ClassVar[str] = (
        "The routing mix of a workload that costs least and keeps the rules: those of optimize: in "
        "the file, and those you switch on here. A rule that costs something says how much less "
        "the mix would cost without it. The frontier is the cheapest mix for each level of "
        "quality. Without scores of quality cost alone decides; the view says what to write."
    )
    KEYS: ClassVar[Keys] = (
        ("Space", "switch the rule on or off (also a click)"),
        ("i", "type a rule, as quality 90% or anthropic at most 60%"),
        ("m", "use the cheapest mix: it is laid over the plan as a what-if"),
        ("Enter", "in the table: use the mix of that row"),
        ("a", "another workload"),
        ("t", "the whole page to read, as the command line prints it, and back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "use", "Use mix"),
        Binding("i", "type", "Rule"),
        Binding("a", "choose", "Workload"),
        Binding("t", "page", "Page", show=False),
    ]

    asked: var[Mixing] = var(Mixing(WhatIf()))
    """The question but for the what-if: the workload and its rules."""
    row: var[int] = var(0)
    """The mix the cursor is on."""

    _mixed: Mixed | None = None

    def compose(self) -> ComposeResult:
        """What is saved, rules beside the mix, the frontier, the mixes; or the page."""
        yield Static(id="mix-said")
        with Horizontal(id="mix-top"):
            rules = Switches(id="mix-rules")
            rules.border_title = "Rules"
            yield rules
            best = ReportTable(id="mix-best")
            best.border_title = "Cheapest mix"
            best.can_focus = False
            yield best
        with Vertical(id="mix-frame") as frame:
            frame.border_title = "Cost and quality"
            yield Chart(id="mix-frontier")
            yield Static(id="mix-missing")
        yield ReportTable(id="mix-table")
        yield PageText(id="mix-page")

    def question(self) -> Question:
        """The cheapest mix of the plan that stands."""
        asked = self.asked
        return Mixing(self.what_if, asked.workload, asked.rules, asked.typed, asked.limited)

    def tables(self) -> tuple[Table, ...]:
        """All of the page."""
        page = self._mixed.page if self._mixed else None
        return page.tables if page else ()

    def command(self, desk: Desk) -> str:
        """The command line that finds the same mix."""
        if self._mixed is None:
            return super().command(desk)
        ruled = WhatIf(self.what_if.variant, (*self.what_if.settings, *self._mixed.settings))
        more = ("--workload", self._mixed.workload)
        return command_line(desk, ruled, verb="optimize", more=more)

    def focus_first(self) -> None:
        """The rules, unless the page is being read."""
        self.query_one("#mix-page" if self.has_class("-page") else "#mix-rules").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what there is can be used, or chosen from."""
        if action == "use":
            return self._mixed is not None and self._mixed.best is not None
        if action == "choose":
            return self._mixed is not None and len(self._mixed.workloads) > 1
        return super().check_action(action, parameters)

    # Answers

    def watch_scenario(self, before: Scenario | None, _: Scenario | None) -> None:  # type: ignore[override]
        """Another file has other rules."""
        if before is None:
            self.asked = Mixing(WhatIf())
        super().watch_scenario()

    def watch_answer(self, answer: Any) -> None:
        """Show it."""
        if not isinstance(answer, Mixed):
            return
        self._mixed = answer
        said = answer.problem or answer.saving
        self._say(said, is_problem=bool(answer.problem))
        self._fill(answer)
        best = self.query_one("#mix-best", ReportTable)
        best.table = without(answer.mix, _BESIDE) if answer.mix else None
        self.set_class(answer.mix is not None, "-mixed")
        self.query_one("#mix-page", PageText).page = answer.page
        self.query_one("#mix-missing", Static).update(
            Content("\n".join(map(clean, answer.missing)))
        )
        self.set_class(answer.frontier is None, "-unscored")
        self.set_class(bool(answer.missing), "-missing")
        self._lay_out()
        self._draw()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Where the table is too wide, models are named without their provider."""
        self.set_class(self.size.width >= _BROAD, "-broad")
        self._lay_out()

    def _lay_out(self) -> None:
        mixed = self._mixed
        shown = self.query_one("#mix-table", ReportTable)
        if mixed is None:
            return
        table = mixed.frontier or mixed.alone
        shown.display = table is not None
        if table is None:
            return
        width = max(map(cell_width, table.text().splitlines())) + len(table.columns)
        shown.table = table if width <= self.size.width else _short(table)
        shown.border_title = "Mixes for rising quality" if mixed.frontier else "Each model alone"

    def watch_problems(self, problems: tuple[str, ...]) -> None:
        """Say why there is no answer."""
        if problems:
            self._say("\n".join(problems), is_problem=True)

    def _say(self, text: str, *, is_problem: bool = False) -> None:
        said = self.query_one("#mix-said", Static)
        said.update(Content("\n".join(map(clean, text.splitlines()))))
        said.set_class(is_problem, "-problem")

    def _fill(self, mixed: Mixed) -> None:
        switches = self.query_one(Switches)
        row = switches.highlighted
        switches.set_options(Option(_line(rule)) for rule in mixed.rules)
        switches.highlighted = min(row or 0, len(mixed.rules) - 1) if mixed.rules else None
        switches.border_title = Content(f"Rules for {clean(mixed.workload)}")

    def _draw(self) -> None:
        if self._mixed is not None:
            self.query_one(Chart).drawing = _frontier(self._mixed, self.row)

    # Actions

    @on(OptionList.OptionSelected, "#mix-rules")
    def _switch(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._mixed is not None:
            self._go_to(self.asked.switched(self._mixed.rules[event.option_index]))

    def _go_to(self, asked: Mixing) -> None:
        self.asked = asked
        self._say("looking for the cheapest mix ...")
        self.ask()

    def action_type(self) -> None:
        """Have a rule typed."""
        if self._mixed is not None:
            title = f"A rule for {self._mixed.workload}"
            self.app.push_screen(Prompt(title, f"Such as: {_TYPED}"), self._typed)

    def _typed(self, text: str | None) -> None:
        if text is None or self._mixed is None:
            return
        try:
            self._go_to(self.asked.with_rule(text, self._mixed.workload))
        except UsageError as error:
            self.post_message(Said(str(error), is_problem=True))

    def action_choose(self) -> None:
        """Pick another workload."""
        if self._mixed is not None:
            choices = [Choice(name, name) for name in self._mixed.workloads]
            self.app.push_screen(Picking("Mix of which workload?", choices), self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name is not None:
            self.row = 0
            self._go_to(Mixing(WhatIf(), name))

    def action_use(self) -> None:
        """Lay the cheapest mix over the plan."""
        self._use(self._mixed.best if self._mixed else None)

    @on(ReportTable.RowSelected, "#mix-table")
    def _use_row(self, event: ReportTable.RowSelected) -> None:
        event.stop()
        settings = self._settings()
        self._use(settings[event.cursor_row] if event.cursor_row < len(settings) else None)

    def _settings(self) -> tuple[Setting, ...]:
        if self._mixed is None:
            return ()
        return self._mixed.frontier_settings if self._mixed.frontier else self._mixed.alone_settings

    def _use(self, setting: Setting | None) -> None:
        if setting is not None:
            self.post_message(WhatIfMade(laid(self.what_if, setting)))

    @on(ReportTable.RowHighlighted, "#mix-table")
    def _mark(self, event: ReportTable.RowHighlighted) -> None:
        event.stop()
        self.row = event.cursor_row
        self._draw()

    @on(Chart.Picked)
    def _picked(self, event: Chart.Picked) -> None:
        event.stop()
        if self._mixed is not None and event.index < len(self._mixed.curve):
            self.query_one("#mix-table", ReportTable).move_cursor(row=event.index)

    def action_page(self) -> None:
        """Read the whole page, or go back."""
        self.toggle_class("-page")
        self.focus_first()


def _short(table: Table) -> Table:
    heads = tuple(replace(column, name=column.name.rpartition("/")[2]) for column in table.columns)
    return replace(table, columns=heads)


def _line(rule: Rule) -> Content:
    costs = f"costs {rule.costs}" if rule.costs else rule.note
    mark = ("[x] ", "bold $primary") if rule.is_on else ("[ ] ", "$foreground-muted")
    return Content.assemble(mark, clean(rule.says), (f"  {clean(costs)}", "$foreground-muted"))


def _frontier(mixed: Mixed, row: int) -> Frontier | None:
    """The frontier first, so that its positions are those of the table's rows."""
    if mixed.frontier is None:
        return None
    spots = [_spot(point, "frontier") for point in mixed.curve]
    on_curve = {(point.quality, point.cost) for point in mixed.curve}
    spots += [
        _spot(point, "option")
        for point in mixed.models
        if (point.quality, point.cost) not in on_curve
    ]
    if mixed.now is not None:
        spots.append(_spot(mixed.now, "today"))
    if mixed.chosen is not None:
        spots.append(_spot(mixed.chosen, "best"))
    line = tuple(range(len(mixed.curve)))
    return Frontier(mixed.currency, tuple(spots), line, row if row < len(line) else None)


def _spot(point: Point, kind: Kind) -> Spot:
    quality, cost = point.texts
    return Spot(point.name, point.cost, point.quality, cost, quality, kind)
