"""Plans side by side, and the bridge from one total to another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import var
from textual.widgets import Static

from costplan.decisions.operands import Operand
from costplan.desk import Desk, Question
from costplan.desk.comparing import (
    Bridge,
    Compared,
    Comparing,
    Offer,
    Offering,
    Pillar,
    compare_command,
)
from costplan.report.attribution import BridgeStep
from costplan.report.table import Table, clean
from costplan.scenario import Scenario
from costplan.tui.charts.waterfall import Item, Waterfall
from costplan.tui.charts.widget import Chart
from costplan.tui.marking import Marking
from costplan.tui.pagetext import PageText
from costplan.tui.reporttable import ReportTable
from costplan.tui.view import Keys, View


class CompareView(View):
    """The plans in a table, a bridge between two of them, and everything else to be read."""

    HELP: ClassVar[str] = (
        "Two to four plans side by side: the scenario as written, its variants, the plan as it "
        "stands, other files, plans saved as JSON, or the same plan at the prices known on another "
        "day. The first is what the others are held against. The bridge takes the difference "
        "apart: volume (more conversations), mix (other models, or sent more often), density (more "
        "tokens in each), cache, and price (other rates). Its steps add up to the difference."
    )
    KEYS: ClassVar[Keys] = (
        ("a", "choose the plans; Space marks, d asks for a price date, Enter compares"),
        ("b", "the bridge to the next plan (also Enter on its row)"),
        ("t", "the tables by driver, month, model and workload instead of the bridge, and back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "choose", "Plans"),
        Binding("b", "next_bridge", "Bridge"),
        Binding("t", "tables", "Tables"),
    ]

    operands: var[tuple[Operand, ...]] = var(())
    """Those the reader chose; none leaves the choice to the desk."""
    is_choosing: var[bool] = var(False)
    pair: var[int] = var(0)
    """Position of the bridge that is drawn."""

    _compared: Compared | None = None

    def compose(self) -> ComposeResult:
        """The plans, then the bridge or the tables."""
        yield Static(id="compare-said")
        plans = ReportTable(id="compare-plans")
        plans.border_title = "Plans"
        yield plans
        with Vertical(id="compare-bridge") as frame:
            frame.border_title = "Bridge"
            yield Chart(id="compare-waterfall")
        yield PageText(id="compare-tables")

    def question(self) -> Question:
        """Which plans there are, while they are chosen; else what is different between them."""
        if self.is_choosing:
            return Offering(self.what_if)
        return Comparing(self.what_if, self.operands)

    def tables(self) -> tuple[Table, ...]:
        """All of the page."""
        return self._compared.page.tables if self._compared else ()

    def command(self, desk: Desk) -> str:
        """The command line that compares these plans."""
        if self._compared is None:
            return super().command(desk)
        return compare_command(desk, self.what_if, self._compared.operands)

    def focus_first(self) -> None:
        """The plans, unless their tables are being read."""
        reading = self.has_class("-tables")
        self.query_one("#compare-tables" if reading else "#compare-plans").focus()

    # Answers

    def watch_scenario(self, before: Scenario | None, _: Scenario | None) -> None:  # type: ignore[override]
        """Another file has other plans."""
        if before is None:
            self.operands = ()
        super().watch_scenario()

    def watch_answer(self, answer: Any) -> None:
        """Show the comparison, or what can be chosen."""
        if isinstance(answer, Compared):
            self._show(answer)
        elif isinstance(answer, tuple) and self.is_choosing:
            self._offer(answer)

    def watch_problems(self, problems: tuple[str, ...]) -> None:
        """Say why there is no answer; what is shown is an older one."""
        if problems:
            self.is_choosing = False
        said = self.query_one("#compare-said", Static)
        said.display = bool(problems)
        said.update(Content("\n".join(map(clean, problems))))

    def _show(self, compared: Compared) -> None:
        self._compared = compared
        self.pair = min(self.pair, len(compared.bridges) - 1)
        first, *others = compared.page.tables
        self.query_one("#compare-plans", ReportTable).table = first
        rest = replace(compared.page, title="", facts=(), tables=tuple(others))
        self.query_one("#compare-tables", PageText).page = rest
        self._draw()

    def watch_pair(self) -> None:
        """Draw the other bridge."""
        if self.is_mounted:
            self._draw()

    def _draw(self) -> None:
        if self._compared is None:
            return
        bridge = self._compared.bridges[self.pair]
        frame = self.query_one("#compare-bridge")
        said = f"{bridge.first.label} to {bridge.last.label}, {bridge.change}"
        frame.border_title = Content(f"Bridge: {clean(said)}")
        self.query_one(Chart).drawing = _waterfall(bridge, self._compared.currency)

    # Actions

    def action_next_bridge(self) -> None:
        """Go on to the next plan that is held against the first."""
        if self._compared is not None:
            self.remove_class("-tables")
            self.pair = (self.pair + 1) % len(self._compared.bridges)

    def on_data_table_row_selected(self, event: ReportTable.RowSelected) -> None:
        """Draw the bridge to that plan."""
        event.stop()
        if self._compared is not None and event.cursor_row:
            self.remove_class("-tables")
            self.pair = event.cursor_row - 1

    def action_tables(self) -> None:
        """Read the tables, or go back to the bridge."""
        self.toggle_class("-tables")
        self.focus_first()

    def action_choose(self) -> None:
        """Ask what there is, then have plans marked."""
        if not self.is_choosing:
            self.is_choosing = True
            self.ask()

    def _offer(self, offers: tuple[Offer, ...]) -> None:
        marked = self.operands or (self._compared.operands if self._compared else ())
        known = {offer.operand for offer in offers}
        left = [each for each in marked if replace(each, known_at=None) in known]
        self.app.push_screen(Marking(offers, left), self._chosen)

    def _chosen(self, operands: tuple[Operand, ...] | None) -> None:
        self.is_choosing = False
        if operands is not None:
            self.operands, self.pair = operands, 0
        self.ask()


def _waterfall(bridge: Bridge, currency: str) -> Waterfall:
    return Waterfall(
        currency, _item(bridge.first), tuple(map(_step, bridge.steps)), _item(bridge.last)
    )


def _item(pillar: Pillar) -> Item:
    return Item(pillar.label, pillar.amount, pillar.text)


def _step(step: BridgeStep) -> Item:
    return Item(step.name, step.amount, step.text)
