"""The months drawn with plotext, as lines of text runs that name what they show.

Colours belong to the theme, so plotext gets one colour number for each kind of mark and the runs
carry the kind instead; a change of theme needs no new drawing. A column of the drawing fades as
the plan gets less sure: solid up to P10, then shaded to the expected cost, light up to P90.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from costplan.engine.projection import PeriodTotal
from costplan.tui.axis import MoneyAxis, highest


class Mark(IntEnum):
    """A kind of mark; its value is the colour number plotext paints it with."""

    BLANK = 0
    AXIS = 100
    SURE = 101
    LIKELY = 102
    BAND = 103
    EXPECTED = 104
    BUDGET = 105
    EXPECTED_ON_BAND = 106
    EXPECTED_ON_LIKELY = 107
    SURE_OVER = 111
    LIKELY_OVER = 112
    BAND_OVER = 113
    EXPECTED_ON_BAND_OVER = 116
    EXPECTED_ON_LIKELY_OVER = 117


_OVER = Mark.SURE_OVER - Mark.SURE
"""From the mark of a period to the same mark of one over its budget."""


GLYPHS = {
    Mark.SURE: "█",
    Mark.LIKELY: "▓",
    Mark.BAND: "░",
    Mark.BUDGET: "╌",
}
"""What each mark looks like: they differ without colour."""

_LEVELS = "▁━▔"
"""The expected cost at the bottom, in the middle or at the top of its line."""

type Run = tuple[Mark, str]
type Line = tuple[Run, ...]

_PAINT = re.compile(r"\x1b\[([\d;]*)m")
_COLOUR = re.compile(r"(?:^|;)38;5;(\d+)")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a drawing stand, in terminal cells."""

    margin: int
    """Cells of the amounts at the left, with the axis line."""
    slot: int
    """Cells each period has."""
    bar: int
    """Cells of a slot that are drawn on; the rest is space between columns."""

    @classmethod
    def fit(cls, periods: int, ticks: Sequence[str], width: int) -> Layout:
        """The widest equal columns that fit; slot is 0 where they do not."""
        margin = max(map(len, ticks)) + 1
        slot = min(12, (width - margin) // max(1, periods))
        return cls(margin, slot, slot - min(3, slot // 3) if slot > 1 else slot)

    def columns(self, period: int) -> list[float]:
        """The middle of each cell of one period's column, from the left of the canvas."""
        start = period * self.slot + (self.slot - self.bar) // 2
        return [start + cell + 0.5 for cell in range(self.bar)]


@dataclass(frozen=True, slots=True)
class _Grid:
    """The lines of the canvas, each as high as `line` in money."""

    line: float

    def middle(self, amount: float) -> float:
        """The middle of the line an amount falls in: on an edge, plotext may round either way."""
        return (self._number(amount) + 0.5) * self.line

    def level(self, amount: float, levels: int) -> int:
        """In which part of its line an amount falls, from the bottom."""
        return min(levels - 1, max(0, int((amount / self.line - self._number(amount)) * levels)))

    def _number(self, amount: float) -> int:
        # An amount that is a multiple of the line but for its last binary digit is on that line.
        return int(amount / self.line + 1e-9)


def draw_periods(
    totals: Sequence[PeriodTotal], currency: str, width: int, height: int
) -> tuple[Layout, list[Line]]:
    """The columns, the budget and the money axis; labels of the periods are left to the caller.

    Args:
        totals: the periods, in order.
        currency: for the amounts at the axis.
        width: in cells; what equal columns do not use stays empty at the right.
        height: in lines, the axis included.
    """
    axis = MoneyAxis.over(highest(totals), max(1, height - 1), currency)
    layout = Layout.fit(len(totals), axis.names, width)
    if not layout.slot:
        return layout, []
    figure = new_figure(layout.margin + layout.slot * len(totals), height)
    figure.ruler("x").lim(0, layout.slot * len(totals)).ticks([]).alignment(lim="edge")
    figure.ruler("y").lim(0, float(axis.top)).alignment(lim="edge")
    grid = _Grid(float(axis.top) / max(1, height - 1))
    ticks = [grid.middle(float(tick)) for tick in axis.ticks]
    figure.ruler("y").ticks(ticks, list(axis.names))
    for period, total in enumerate(totals):
        _draw_period(figure, layout, period, total, grid)
    return layout, parse_runs(figure.build().string())


def new_figure(width: int, height: int) -> Any:
    """An empty figure of its own.

    plotext offers one figure per process and no public way to a second, hence the private class.
    """
    import plotext
    from plotext._plotter.plot import plot_class

    plotext.terminal.limit(False, False)
    figure = plot_class(parent=plotext.terminal)
    figure.plot_size(width, height)
    figure.canvas("default")
    figure.legend(False)
    grey = plotext.pixel(foreground=int(Mark.AXIS))
    figure.axes(True, pixel=grey)
    figure.axes(False, axis=0, side=1)
    figure.axes(False, axis=1, side=1)
    figure.ruler().pixel(grey)
    return figure


def parse_runs(text: str) -> list[Line]:
    """What plotext prints, as runs of marks."""
    return [_line(line) for line in text.splitlines()]


def _line(text: str) -> Line:
    runs: list[Run] = []
    mark = Mark.BLANK
    pieces = _PAINT.split(text)
    for at, piece in enumerate(pieces):
        if at % 2:
            mark = _mark(piece, mark)
        elif piece:
            runs.append((mark, piece))
    return tuple(runs)


def _mark(code: str, before: Mark) -> Mark:
    if code in {"", "0"}:
        return Mark.BLANK
    found = _COLOUR.search(code)
    if not found:
        return before
    # plotext pads the axis with its own colours, whatever pixel the ruler was given.
    return Mark(int(found[1])) if int(found[1]) in set(Mark) else Mark.AXIS


def _draw_period(figure: Any, layout: Layout, period: int, total: PeriodTotal, grid: _Grid) -> None:
    """The budget passes behind the column, as long as there is space beside it to be seen."""
    cells = layout.columns(period)
    shift = _OVER if _is_over(total) else 0
    p10, expected, p90 = (grid.middle(float(x)) for x in (total.p10, total.expected, total.p90))
    if layout.bar < layout.slot:
        _draw_budget(figure, layout, period, total, grid)
    _fill(figure, cells, (expected, p90), Mark(Mark.BAND + shift), GLYPHS[Mark.BAND])
    _fill(figure, cells, (0.0, p10), Mark(Mark.SURE + shift), GLYPHS[Mark.SURE])
    _fill(figure, cells, (p10, expected), Mark(Mark.LIKELY + shift), GLYPHS[Mark.LIKELY])
    _draw_expected(figure, cells, total, grid)
    if layout.bar == layout.slot:
        _draw_budget(figure, layout, period, total, grid)


def _fill(
    figure: Any, cells: list[float], span: tuple[float, float], mark: Mark, glyph: str
) -> None:
    low, high = span
    if high > low:
        marker = _marker(glyph, mark)
        upper = figure.signal(cells, [high] * len(cells), marker=marker)
        lower = figure.signal(cells, [low] * len(cells), marker=marker)
        figure.draw(upper.fill(lower))


def _draw_budget(figure: Any, layout: Layout, period: int, total: PeriodTotal, grid: _Grid) -> None:
    if total.budget is None:
        return
    cells = [period * layout.slot + cell + 0.5 for cell in range(layout.slot)]
    marker = _marker(GLYPHS[Mark.BUDGET], Mark.BUDGET)
    level = grid.middle(float(total.budget))
    figure.draw(figure.signal(cells, [level] * len(cells), marker=marker))


def _draw_expected(figure: Any, cells: list[float], total: PeriodTotal, grid: _Grid) -> None:
    """What the rest of its line holds, shade below or band above, is the ground of the mark."""
    expected = float(total.expected)
    level = grid.level(expected, len(_LEVELS))
    mark = Mark.EXPECTED_ON_LIKELY if level else Mark.EXPECTED_ON_BAND
    if not level and total.p90 <= total.expected:
        mark = Mark.EXPECTED
    elif _is_over(total):
        mark = Mark(mark + _OVER)
    marker = _marker(_LEVELS[level], mark)
    figure.draw(figure.signal(cells, [grid.middle(expected)] * len(cells), marker=marker))


def _is_over(total: PeriodTotal) -> bool:
    return total.over is not None and total.over > 0


def _marker(glyph: str, colour: int) -> Any:
    import plotext

    return plotext.marker(glyph, pixel=plotext.pixel(foreground=colour))
