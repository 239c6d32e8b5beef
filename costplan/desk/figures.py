"""The plan: the questions that read and project it, and everything that is shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from costplan.desk.whatif import WhatIf
from costplan.engine.ledger import Dimension
from costplan.engine.projection import Breach, Period, PeriodTotal, Projection
from costplan.report.breaches import breach_line
from costplan.report.plan import OVER, PlanTables
from costplan.report.table import Table, warning_line
from costplan.scenario import Scenario

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

PERIODS: tuple[Period, ...] = ("month", "quarter", "year")
SPEND: tuple[Dimension, ...] = ("model", "workload")


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


@dataclass(frozen=True, slots=True)
class Spend:
    """Where the money goes along one dimension: the cells of the report, and sizes to draw."""

    table: Table
    sizes: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """The strings of the report and the numbers of the drawing, from one projection.

    Each answer is another one: a projection holds arrays, which have no single truth value.
    """

    projection: Projection
    base: Projection
    """The plan as written; `projection` itself where nothing was changed."""
    months: Table
    """Expected cost, range and budget by month, the total below."""
    spend: Mapping[Dimension, Spend]
    periods: Mapping[Period, tuple[PeriodTotal, ...]]
    total: Mapping[str, str]
    """The cells of the last row of `months` by the name of their column."""
    verdict: str
    """In words: `▲ over from 2027-03`, `● within budget` or `no budget`."""
    remarks: tuple[str, ...]
    """What is over its budget, warnings and notes, a sentence each."""
    warnings: int

    @classmethod
    def of(cls, projection: Projection, base: Projection | None = None) -> Figures:
        """Work out everything that is shown of a projection."""
        tables = PlanTables(projection)
        months = tables.totals()
        columns = [column.name for column in months.columns]
        breaches = projection.breaches()
        periods = {period: projection.totals(period) for period in PERIODS}
        return cls(
            projection=projection,
            base=base or projection,
            months=months,
            total=dict(zip(columns, months.totals[0], strict=True)),
            spend={name: _spend(projection, name, tables) for name in SPEND},
            periods=periods,
            verdict=_verdict(projection, breaches),
            remarks=_remarks(projection, breaches, tables),
            warnings=len(projection.warnings),
        )

    @property
    def is_over(self) -> bool:
        """Whether the verdict is that a budget does not hold."""
        return self.verdict.startswith(OVER)


def _spend(projection: Projection, dimension: Dimension, tables: PlanTables) -> Spend:
    return Spend(tables.breakdown(dimension), tuple(cost for _, cost in projection.by(dimension)))


def _verdict(projection: Projection, breaches: Sequence[Breach]) -> str:
    if projection.breach:
        return f"{OVER} from {projection.breach}"
    if breaches:
        return f"{OVER}: {breaches[0].what}"
    return "no budget" if projection.limits.is_empty else "● within budget"


def _remarks(
    projection: Projection, breaches: Sequence[Breach], tables: PlanTables
) -> tuple[str, ...]:
    warnings = (f"warning: {warning_line(warning)}" for warning in projection.warnings)
    over = (f"▲ {breach_line(breach, projection.currency)}" for breach in breaches)
    return (*warnings, *over, *tables.notes())
