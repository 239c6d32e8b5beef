"""The plan: its months as a chart and a table, and where the money goes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import var

from costplan.desk.figures import Figures
from costplan.report.table import Table
from costplan.tui.chart import SpendChart
from costplan.tui.months import MonthsTable
from costplan.tui.spend import SpendPanel
from costplan.tui.view import Keys, View

LEGEND = "Spend   █ to P10  ━ expected  ░ to P90  ╌ budget  ▲ over"


class PlanView(View):
    """What it costs, month by month, against the budget."""

    HELP: ClassVar[str] = (
        "What the scenario costs, month by month, with the range that nine of ten simulated plans "
        "stay within, and the budget across it."
    )
    KEYS: ClassVar[Keys] = (
        ("s", "where the money goes, by model and by workload (narrow screens)"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "spend", "Spend")]

    figures: var[Figures | None] = var(None)

    def compose(self) -> ComposeResult:
        """Chart, months, spend."""
        with Vertical(id="chart-frame") as frame:
            frame.border_title = LEGEND
            yield SpendChart(id="chart").data_bind(PlanView.figures)
        months = MonthsTable(id="months")
        months.border_title = "Months"
        yield months.data_bind(PlanView.figures)
        with Horizontal(id="spend"):
            yield SpendPanel("model").data_bind(PlanView.figures)
            yield SpendPanel("workload").data_bind(PlanView.figures)

    def tables(self) -> tuple[Table, ...]:
        """The months, and where the money goes."""
        if self.figures is None:
            return ()
        return (self.figures.months, *(spend.table for spend in self.figures.spend.values()))

    def focus_first(self) -> None:
        """The table takes the arrow keys."""
        self.query_one(MonthsTable).focus()

    def action_spend(self) -> None:
        """Where months and spend do not fit together, change from one to the other."""
        self.toggle_class("-spend")
