"""The plan: the questions that read and project it, and everything that is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from costplan.decisions.parts import Part
from costplan.decisions.price_steps import price_steps
from costplan.decisions.spans import spans
from costplan.desk.breakdowns import Breakdown, part_at
from costplan.desk.whatif import WhatIf
from costplan.engine.projection import Period, PeriodTotal, Projection
from costplan.report.breaches import breach_line
from costplan.report.headline import breach_text, delta_text
from costplan.report.plan import OVER, breakdown_table, plan_notes, totals_table
from costplan.report.spending import spending_table
from costplan.report.table import Table, warning_line
from costplan.scenario import Scenario

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

PERIODS: tuple[Period, ...] = ("month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Reading:
    """Read the file anew, or what is typed instead of it."""

    text: str | None = None
    """A text that is not saved, taken as if it stood in the file."""

    def answer(self, desk: Desk) -> Scenario:
        """The scenario as written.

        Raises:
            CostplanError: it is not a valid scenario; a `FileError` tells every problem.
            OSError: it cannot be read.
        """
        return desk.load() if self.text is None else desk.load(self.text)


@dataclass(frozen=True, slots=True)
class Planning:
    """What does it cost?"""

    what_if: WhatIf = WhatIf()

    def answer(self, desk: Desk) -> Figures:
        """What is shown of the plan, beside the plan as written.

        Raises:
            CostplanError: it cannot be planned.
        """
        projection = desk.project(self.what_if)
        base = projection if self.what_if == WhatIf() else desk.project(WhatIf())
        return Figures.of(projection, base)


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """The strings of the report and the numbers of the drawing, from one projection.

    Only what is always in sight is worked out at once; a table is made when it is first shown. Each
    answer is another one: a projection holds arrays, which have no single truth value.
    """

    projection: Projection
    base: Projection
    """The plan as written; `projection` itself where nothing was changed."""
    months: Table
    """Expected cost, range and budget by month, the total below."""
    periods: Mapping[Period, tuple[PeriodTotal, ...]]
    total: Mapping[str, str]
    """The cells of the last row of `months` by the name of their column."""
    verdict: str
    """In words: `▲ over from 2027-03 (52% chance)`, `● within budget` or `no budget`."""
    delta: str
    """What it costs more than the base, `+$312.00 (+2.7%)`; empty where it is the base."""
    warnings: int
    _kept: dict[object, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, projection: Projection, base: Projection | None = None) -> Figures:
        """Work out what is shown of a projection in every view."""
        months = totals_table(projection)
        columns = [column.name for column in months.columns]
        return cls(
            projection=projection,
            base=base or projection,
            months=months,
            total=dict(zip(columns, months.totals[0], strict=True)),
            periods={period: projection.totals(period) for period in PERIODS},
            verdict=breach_text(projection),
            delta="" if base is None or base is projection else delta_text(projection, base),
            warnings=len(projection.warnings),
        )

    @property
    def is_over(self) -> bool:
        """Whether the verdict is that a budget does not hold."""
        return self.verdict.startswith(OVER)

    @property
    def first_over(self) -> Part | None:
        """The first month over budget."""
        month = self.projection.breach
        return None if month is None else Part(str(month))

    def table(self, by: Breakdown, period: Period = "month") -> Table:
        """The plan by month, by another dimension for each period, or where the money goes."""
        if by == "month" and period == "month":
            return self.months
        key = by, None if by == "spending" else period
        if key not in self._kept:
            self._kept[key] = self._table(by, period)
        table: Table = self._kept[key]
        return table

    def _table(self, by: Breakdown, period: Period) -> Table:
        if by == "month":
            return totals_table(self.projection, period)
        if by == "spending":
            return spending_table(self.projection)
        return breakdown_table(self.projection, by, period)

    def part_at(self, by: Breakdown, period: Period, row: int, column: int) -> Part:
        """What a cell of a table is about; rows count on into the totals."""
        return part_at(self.table(by, period), by, row, column)

    def month_of(self, part: Part) -> int | None:
        """The position of the first month of a part; None where it is of all months."""
        return spans(self.projection)[part.label][0] if part.label else None

    @property
    def changes(self) -> frozenset[int]:
        """The positions of the months in which a price of the plan changes."""
        if "changes" not in self._kept:
            months = {month: k for k, month in enumerate(self.projection.months)}
            found = (step.month for step in price_steps(self.projection))
            self._kept["changes"] = frozenset(months[month] for month in found if month in months)
        changes: frozenset[int] = self._kept["changes"]
        return changes

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is over its budget, warnings and notes, a sentence each."""
        plan = self.projection
        warnings = (f"warning: {warning_line(warning)}" for warning in plan.warnings)
        over = (f"▲ {breach_line(breach, plan.currency)}" for breach in plan.breaches())
        return (*warnings, *over, *plan_notes(plan))
