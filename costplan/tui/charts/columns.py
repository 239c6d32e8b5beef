"""Columns that fade as a plan gets less sure, with the base as a ghost and the budget behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from costplan.engine.projection import PeriodTotal
from costplan.report.axis import MoneyAxis
from costplan.tui.charts.canvas import Canvas
from costplan.tui.charts.marks import Mark

GLYPHS = {
    Mark.SURE: "█",
    Mark.LIKELY: "▓",
    Mark.BAND: "░",
    Mark.BASE: "═",
    Mark.BUDGET: "╌",
    Mark.CHANGE: "◆",
}
"""What marks look like: they differ without colour."""
_WIDEST = 15
"""Cells of a period: a column wider than that reads no better."""
LEVELS = "▁━▔"
"""The expected cost at the bottom, in the middle or at the top of its line."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where columns stand, in cells."""

    margin: int
    """Of the amounts at the left, with the axis line."""
    slot: int
    """What each period has; 0 where they do not fit."""

    @classmethod
    def fit(cls, periods: int, margin: int, width: int) -> Layout:
        """The widest equal columns that fit."""
        return cls(margin, max(0, min(_WIDEST, (width - margin) // max(1, periods))))

    @property
    def bar(self) -> int:
        """What of a slot is drawn on; the rest is space between columns."""
        return self.slot - min(3, max(1, self.slot // 3)) if self.slot > 1 else self.slot

    def column(self, period: int) -> range:
        """The cells of one period's column, from the left of the canvas."""
        start = period * self.slot + (self.slot - self.bar) // 2
        return range(start, start + self.bar)

    def share(self, period: int) -> range:
        """The cells of one period, with the space beside its column."""
        return range(period * self.slot, (period + 1) * self.slot)


def draw_columns(
    canvas: Canvas,
    layout: Layout,
    axis: MoneyAxis,
    totals: Sequence[PeriodTotal],
    base: Sequence[PeriodTotal | None],
) -> None:
    """Draw every period; what lies behind is drawn first."""
    if axis.zero:
        canvas.box(range(canvas.width), _rows(canvas, axis.zero, axis.zero + 1), Mark.AXIS, "▁")
    behind = layout.bar < layout.slot
    for k, total in enumerate(totals):
        if behind:
            _draw_budget(canvas, layout.share(k), total, axis)
        _draw_column(canvas, layout.column(k), total, axis)
        if not behind:
            _draw_budget(canvas, layout.share(k), total, axis)
        ghost = base[k]
        if ghost is not None:
            _draw_base(canvas, layout, k, (total, ghost), axis)


def is_over(total: PeriodTotal) -> bool:
    """Whether the expected cost is over the budget."""
    return total.over is not None and total.over > 0


def _rows(canvas: Canvas, low: int, high: int) -> range:
    """Lines of the canvas for cells of the axis, from the lowest up to but without the highest."""
    return range(canvas.height - high, canvas.height - low)


def _draw_column(canvas: Canvas, cells: range, total: PeriodTotal, axis: MoneyAxis) -> None:
    """Solid as far as is sure, shaded to what is expected, light as far as is likely."""
    low, middle, high = (axis.cell(x) for x in (total.p10, total.expected, total.p90))
    zero = axis.zero
    if total.expected >= 0:
        sure = range(zero, max(zero, low))
        likely = range(max(zero, low), middle)
        band = range(middle + 1, high + 1) if total.p90 > total.expected else range(0)
        beyond = range(low, zero)
    else:
        sure = range(min(zero, high + 1), zero)
        likely = range(middle + 1, min(zero, high + 1))
        band = range(low, middle) if total.p10 < total.expected else range(0)
        beyond = range(zero, high + 1) if total.p90 > 0 else range(0)
    for span, mark in (
        (band, Mark.BAND),
        (beyond, Mark.BAND),
        (sure, Mark.SURE),
        (likely, Mark.LIKELY),
    ):
        shown = mark.over if is_over(total) else mark
        canvas.box(cells, _rows(canvas, span.start, span.stop), shown, GLYPHS[mark])
    _draw_expected(canvas, cells, total, axis)


def _draw_expected(canvas: Canvas, cells: range, total: PeriodTotal, axis: MoneyAxis) -> None:
    """What the rest of its line holds, shade or band, is the ground of the mark."""
    level = min(len(LEVELS) - 1, int(axis.part(total.expected) * len(LEVELS)))
    outward = level == 0 if total.expected >= 0 else level == len(LEVELS) - 1
    is_sure = total.p90 <= total.expected if total.expected >= 0 else total.p10 >= total.expected
    mark = Mark.EXPECTED_ON_BAND if outward else Mark.EXPECTED_ON_LIKELY
    if outward and is_sure:
        mark = Mark.EXPECTED
    elif is_over(total):
        mark = mark.over
    line = axis.cell(total.expected)
    canvas.box(cells, _rows(canvas, line, line + 1), mark, LEVELS[level])


def _draw_budget(canvas: Canvas, cells: range, total: PeriodTotal, axis: MoneyAxis) -> None:
    if total.budget is not None:
        line = axis.cell(total.budget)
        canvas.box(cells, _rows(canvas, line, line + 1), Mark.BUDGET, GLYPHS[Mark.BUDGET])


def _draw_base(
    canvas: Canvas,
    layout: Layout,
    period: int,
    pair: tuple[PeriodTotal, PeriodTotal],
    axis: MoneyAxis,
) -> None:
    """The base crosses its column, and passes beside it where they are level."""
    total, base = pair
    line, middle = axis.cell(base.expected), axis.cell(total.expected)
    rows, column = _rows(canvas, line, line + 1), layout.column(period)
    inside = axis.zero <= line < middle or middle < line < axis.zero
    mark = Mark.BASE_ON_COLUMN if inside else Mark.BASE
    if inside and is_over(total):
        mark = mark.over
    share = layout.share(period)
    for beside in (range(share.start, column.start), range(column.stop, share.stop)):
        canvas.box(beside, rows, Mark.BASE, GLYPHS[Mark.BASE])
    if line != middle:
        canvas.box(column, rows, mark, GLYPHS[Mark.BASE])
