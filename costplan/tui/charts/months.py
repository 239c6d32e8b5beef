"""The periods of a plan as columns, the plan they are measured from behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from costplan.engine.projection import Period, PeriodTotal
from costplan.periods import Month, fiscal_label
from costplan.report.axis import MoneyAxis
from costplan.tui.charts.canvas import Canvas
from costplan.tui.charts.columns import GLYPHS, LEVELS, Layout, draw_columns, is_over
from costplan.tui.charts.labels import left_axis, margin_of
from costplan.tui.charts.marks import Line, Mark, Run, beside, too_small
from costplan.tui.charts.periods import OVER, period_labels

_PERIODS: tuple[Period, ...] = ("month", "quarter", "year")
_BELOW = 3
"""Lines below the columns: the axis, the names and the years."""
_LEAST_HEIGHT = _BELOW + 2


@dataclass(frozen=True, slots=True)
class Grain:
    """The whole plan in months, in quarters or in years."""

    plan: tuple[PeriodTotal, ...]
    base: tuple[PeriodTotal, ...] = ()
    """The same of the base; empty where there is nothing to compare with."""
    sizes: tuple[int, ...] = ()
    """How many months each period has; empty for months."""

    def period_of(self, month: int) -> int:
        """The position of the period that holds a month, by the month's position."""
        if not self.sizes:
            return month
        ends = [sum(self.sizes[: k + 1]) for k in range(len(self.sizes))]
        return next((k for k, end in enumerate(ends) if month < end), len(ends) - 1)

    def first_month(self, period: int) -> int:
        """The position of the first month of a period."""
        return sum(self.sizes[:period]) if self.sizes else period


@dataclass(frozen=True, slots=True)
class Months:
    """A plan over its horizon; in quarters or years where months do not fit."""

    currency: str
    grains: tuple[Grain, ...]
    """The same plan in ever longer periods, months first."""
    changes: frozenset[int] = frozenset()
    """Positions of the months in which a price changes."""
    selected: int | None = None
    """Position of the month the cursor is on."""

    @classmethod
    def of(
        cls,
        plan: Mapping[Period, Sequence[PeriodTotal]],
        base: Mapping[Period, Sequence[PeriodTotal]] | None = None,
        *,
        currency: str,
        fiscal_year_start: int = 1,
        changes: Collection[int] = (),
        selected: int | None = None,
    ) -> Months:
        """From the totals of a projection by period, and those of its base.

        Args:
            plan: what `Projection.totals` gives for each period; `month` is needed.
            base: the same of the plan that this one is measured from.
            currency: of the amounts.
            fiscal_year_start: the month quarters and years are counted from, 1 to 12.
            changes: positions of the months in which a price changes.
            selected: position of the month the cursor is on.
        """
        months = [Month.parse(total.label) for total in plan["month"]]
        grains = []
        for period in _PERIODS:
            labels = Counter(fiscal_label(month, period, fiscal_year_start) for month in months)
            sizes = () if period == "month" else tuple(labels.values())
            totals = tuple(plan.get(period, ()))
            if totals:
                grains.append(Grain(totals, tuple(base.get(period, ())) if base else (), sizes))
        return cls(currency, tuple(grains), frozenset(changes), selected)

    def draw(self, width: int, height: int) -> list[Line]:
        """The columns with their axes; nothing but a word where there is no room for them."""
        grain, axis, layout = self._fitted(width, height)
        if not layout.slot or height < _LEAST_HEIGHT:
            return too_small(width, height)
        canvas = Canvas(layout.slot * len(grain.plan), axis.cells)
        base = {total.label: total for total in grain.base}
        draw_columns(canvas, layout, axis, grain.plan, [base.get(t.label) for t in grain.plan])
        selected = None if self.selected is None else grain.period_of(self.selected)
        return [
            *beside(left_axis(axis.ticks, axis.cells, layout.margin), canvas.lines()),
            self._ground(grain, layout, selected),
            *period_labels(
                [total.label for total in grain.plan],
                layout.slot,
                left=layout.margin,
                over=[k for k, total in enumerate(grain.plan) if is_over(total)],
                selected=selected,
            ),
        ]

    def index_at(self, x: int, y: int, width: int, height: int) -> int | None:
        """The position of the month drawn there; of the first of a quarter or year."""
        grain, _, layout = self._fitted(width, height)
        if not layout.slot or not 0 <= y < height or height < _LEAST_HEIGHT:
            return None
        period, outside = divmod(x - layout.margin, layout.slot)[0], x < layout.margin
        if outside or period >= len(grain.plan):
            return None
        return grain.first_month(period)

    def legend(self) -> Line:
        """What the marks mean; only those that occur."""
        return tuple(
            run
            for mark, glyph, says in self._entries()
            for run in ((mark, glyph), (Mark.AXIS, f" {says}  "))
        )

    def _entries(self) -> Iterator[tuple[Mark, str, str]]:
        months = self.grains[0].plan if self.grains else ()
        yield Mark.SURE, GLYPHS[Mark.SURE], "to P10"
        yield Mark.LABEL, LEVELS[1], "expected"
        yield Mark.BAND, GLYPHS[Mark.BAND], "to P90"
        if any(total.budget is not None for total in months):
            yield Mark.BUDGET, GLYPHS[Mark.BUDGET], "budget"
        if self.grains and self.grains[0].base:
            yield Mark.BASE, GLYPHS[Mark.BASE], "base"
        if any(map(is_over, months)):
            yield Mark.SURE_OVER, OVER, "over"
        if self.changes:
            yield Mark.CHANGE, GLYPHS[Mark.CHANGE], "price change"

    def _fitted(self, width: int, height: int) -> tuple[Grain, MoneyAxis, Layout]:
        """The shortest periods whose columns are two cells wide, else the longest."""
        found = (Grain(()), MoneyAxis.over(_NONE, _NONE, 2, self.currency), Layout(0, 0))
        for grain in self.grains:
            axis = _axis(grain, max(2, height - _BELOW), self.currency)
            found = grain, axis, Layout.fit(len(grain.plan), margin_of(axis.ticks), width)
            if found[2].slot >= 2:
                break
        return found

    def _ground(self, grain: Grain, layout: Layout, selected: int | None) -> Line:
        """The axis below the columns: heavy below the selected one, marked where prices change."""
        changed = {grain.period_of(month) for month in self.changes}
        runs: list[Run] = [(Mark.AXIS, "└".rjust(layout.margin))]
        for k in range(len(grain.plan)):
            line = ("━" if k == selected else "─") * layout.slot
            mark = Mark.CURSOR if k == selected else Mark.AXIS
            if k in changed:
                middle = layout.slot // 2
                runs += [(mark, line[:middle]), (Mark.CHANGE, GLYPHS[Mark.CHANGE])]
                line = line[middle + 1 :]
            runs.append((mark, line))
        return tuple(run for run in runs if run[1])


_NONE = Decimal(0)


def _axis(grain: Grain, lines: int, currency: str) -> MoneyAxis:
    """One that holds all that is drawn."""
    every = [
        amount
        for total in (*grain.plan, *grain.base)
        for amount in (total.expected, total.p10, total.p90, total.budget)
        if amount is not None
    ]
    return MoneyAxis.over(min(every, default=_NONE), max(every, default=_NONE), lines, currency)
