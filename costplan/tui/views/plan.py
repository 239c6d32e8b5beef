"""The plan: its months as a chart, and the same money in a table, by month or by what it is for."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import var

from costplan.desk import Desk
from costplan.desk.breakdowns import BREAKDOWNS, Breakdown
from costplan.desk.command import command_line
from costplan.desk.figures import PERIODS, Figures
from costplan.engine.projection import Period
from costplan.report.table import Table
from costplan.tui.breakdown import PlanTable
from costplan.tui.charts.months import Months
from costplan.tui.charts.widget import Chart
from costplan.tui.messages import Behind
from costplan.tui.view import Keys, View

_CYCLED = BREAKDOWNS[:-1]
"""Those that `g` goes through; `s` leads to the last one."""


class PlanView(View):
    """What it costs, month by month, against the budget."""

    HELP: ClassVar[str] = (
        "What the scenario costs, month by month, with the range that eight of ten simulated plans "
        "stay within, and the budget across it. Enter on a number, or a click, says what it is "
        "made of and why it differs from the month before."
    )
    KEYS: ClassVar[Keys] = (
        ("Enter", "what is behind the number at the cursor; so does a click"),
        ("g  G", "the table by month, model, workload, meter or owner, and back"),
        ("s", "where the money goes: models and workloads, the largest first"),
        ("t", "months, quarters or years"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "next_breakdown(1)", "By"),
        Binding("G", "next_breakdown(-1)", show=False),
        Binding("s", "spending", "Spend"),
        Binding("t", "next_period", "Period"),
    ]

    figures: var[Figures | None] = var(None)
    by: var[Breakdown] = var("month")
    period: var[Period] = var("month")
    month: var[int | None] = var(None)
    """The position of the month that the cursor is on."""

    _before_spending: Breakdown = "month"

    def compose(self) -> ComposeResult:
        """Chart and table."""
        with Vertical(id="chart-frame") as frame:
            frame.border_title = "Spend"
            yield Chart(id="chart")
        yield PlanTable(id="figures").data_bind(PlanView.figures, PlanView.by, PlanView.period)

    def tables(self) -> tuple[Table, ...]:
        """The one that is shown."""
        return (self.figures.table(self.by, self.period),) if self.figures else ()

    def command(self, desk: Desk) -> str:
        """What prints the same table."""
        by = () if self.by in {"month", "spending"} else ("--by", self.by)
        period = () if self.period == "month" else ("--period", self.period)
        return command_line(desk, self.what_if, more=(*by, *period))

    def focus_first(self) -> None:
        """The table takes the arrow keys."""
        self.query_one(PlanTable).focus()

    def watch_figures(self) -> None:
        """Draw the months."""
        self._draw()

    def watch_period(self) -> None:
        """Draw them in quarters or years."""
        self._draw()

    def watch_month(self) -> None:
        """Mark it."""
        self._draw()

    def _draw(self) -> None:
        """The chart; it keeps a drawing that is equal to the one it has."""
        figures = self.figures
        if not self.is_mounted:
            return
        chart = self.query_one(Chart)
        if figures is None:
            chart.drawing = None
            return
        base = None
        if figures.base is not figures.projection:
            base = {period: figures.base.totals(period) for period in PERIODS}
        months = Months.of(
            figures.periods,
            base,
            currency=figures.projection.currency,
            fiscal_year_start=figures.projection.fiscal_year_start,
            changes=figures.changes,
            selected=self.month,
        )
        chart.drawing = replace(months, grains=months.grains[PERIODS.index(self.period) :])

    @on(PlanTable.Pointed)
    def _point(self, message: PlanTable.Pointed) -> None:
        """Mark the month of the cell in the chart; picked, say what is behind it."""
        if self.figures is None:
            return
        self.month = self.figures.month_of(message.part)
        if message.is_picked:
            from costplan.desk.explaining import Explaining  # slow, and the screen comes first

            self.post_message(Behind(Explaining(self.what_if, message.part)))

    @on(Chart.Picked)
    def _pick(self, message: Chart.Picked) -> None:
        """A click on a column goes to its month in the table."""
        self.query_one(PlanTable).go_to_month(message.index)

    @on(PlanTable.Chosen)
    def _choose(self, message: PlanTable.Chosen) -> None:
        self.by = message.by

    def action_next_breakdown(self, step: int) -> None:
        """Show the same money by another dimension."""
        at = _CYCLED.index(self.by) if self.by in _CYCLED else -1 if step > 0 else 0
        self.by = _CYCLED[(at + step) % len(_CYCLED)]

    def action_spending(self) -> None:
        """Show where the money goes, and go back."""
        if self.by == "spending":
            self.by = self._before_spending
        else:
            self._before_spending, self.by = self.by, "spending"

    def action_next_period(self) -> None:
        """Months, quarters, years."""
        self.period = PERIODS[(PERIODS.index(self.period) + 1) % len(PERIODS)]
