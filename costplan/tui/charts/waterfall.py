"""The way from one plan to another: what each driver adds or saves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from costplan.report.axis import MoneyAxis
from costplan.report.table import cell_width
from costplan.tui.charts.canvas import Canvas
from costplan.tui.charts.labels import lower_axis
from costplan.tui.charts.marks import Line, Mark, too_small
from costplan.tui.charts.rows import APART, AXIS_LINES, LEAST_BAR, LEAST_NAME, Rows, name_column

UP, DOWN = "▲", "▼"
_GLYPHS = {Mark.TOTAL: "█", Mark.MORE: "▓", Mark.LESS: "░"}
_SIGNS = {Mark.TOTAL: " ", Mark.MORE: UP, Mark.LESS: DOWN}
_SMALL = 3
"""Steps that together make out less than the third part of the plans are drawn larger."""
_AXIS = (Mark.AXIS, "│")
_CUT = "≈"
"""At the foot of a bar whose axis does not begin at 0."""


@dataclass(frozen=True, slots=True)
class Item:
    """A named amount, with the text that reports print of it."""

    name: str
    amount: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class _Bar:
    """One line of the drawing: from one amount to another."""

    item: Item
    begin: Decimal
    end: Decimal
    mark: Mark
    index: int | None
    """The position of its step; None for the plans and for what is left out."""


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the cost of one plan, step by step, to that of another."""

    currency: str
    start: Item
    steps: tuple[Item, ...]
    """What each adds, negative where it saves; the text carries the sign: `+$1,200`."""
    end: Item
    selected: int | None = None
    """Position of the step the cursor is on."""

    def draw(self, width: int, height: int) -> list[Line]:
        """A bar for each step between those of the plans, above an axis of money."""
        bars, rows = self._rows(height)
        amounts = max(cell_width(bar.item.text) for bar in bars)
        least = LEAST_NAME + LEAST_BAR + 4
        if width < least or rows.shown < len(bars):
            return too_small(width, height)
        amounts = amounts if least + amounts <= width else 0
        names = name_column([bar.item.name for bar in bars], width, width - amounts - 4)
        left = cell_width(names[0]) + 3
        axis = self._axis(bars, width - left - amounts - 1)
        canvas = Canvas(axis.cells, rows.lines)
        _draw(canvas, axis, bars, rows)
        lines: list[Line] = []
        for y, drawn in enumerate(canvas.lines()):
            k, within = divmod(y, rows.pitch)
            if within:
                blank = " " * (left - 1), " " * (amounts + 1 if amounts else 0)
                lines.append(((Mark.BLANK, blank[0]), _AXIS, *drawn, (Mark.BLANK, blank[1])))
                continue
            sign = bars[k].mark if bars[k].mark is not Mark.TOTAL else Mark.BLANK
            text = f" {bars[k].item.text:>{amounts}}" if amounts else ""
            read = self._mark(bars[k])
            head = (sign, f"{_SIGNS[bars[k].mark]} "), (read, names[k])
            lines.append((*head, _AXIS, *drawn, (read, text)))
        return [*lines, *lower_axis(axis, left, width)]

    def index_at(self, x: int, y: int, width: int, height: int) -> int | None:
        """The step of a line; None for the plans at both ends."""
        bars, rows = self._rows(height)
        k = rows.at(y) if 0 <= x < width else None
        return bars[k].index if k is not None and k < len(bars) else None

    def legend(self) -> Line:
        """What the signs mean."""
        return (
            (Mark.MORE, f"{UP} {_GLYPHS[Mark.MORE]}"),
            (Mark.AXIS, " adds  "),
            (Mark.LESS, f"{DOWN} {_GLYPHS[Mark.LESS]}"),
            (Mark.AXIS, " saves  "),
        )

    def _mark(self, bar: _Bar) -> Mark:
        is_selected = self.selected is not None and bar.index == self.selected
        return Mark.SELECTED if is_selected else Mark.LABEL

    def _rows(self, height: int) -> tuple[list[_Bar], Rows]:
        """Where there are too many steps the smallest are drawn as one."""
        room = height - AXIS_LINES
        kept = set(range(len(self.steps)))
        if len(self.steps) + 2 > room:
            by_size = sorted(kept, key=lambda k: -abs(self.steps[k].amount))
            kept = set(by_size[: max(0, room - 3)])
        bars = [_Bar(self.start, Decimal(0), self.start.amount, Mark.TOTAL, None)]
        for k in sorted(kept):
            bars.append(_step(self.steps[k], bars[-1].end, k))
        if left_out := [step for k, step in enumerate(self.steps) if k not in kept]:
            total = sum((step.amount for step in left_out), Decimal(0))
            rest = Item(f"... and {len(left_out)} more", total, "")
            bars.append(_step(rest, bars[-1].end, None))
        bars.append(_Bar(self.end, Decimal(0), self.end.amount, Mark.TOTAL, None))
        return bars, Rows.fit(len(bars), room)

    def _axis(self, bars: list[_Bar], cells: int) -> MoneyAxis:
        """It begins above 0 where the steps would else be too small to see."""
        low, high = min(bar.end for bar in bars), max(bar.end for bar in bars)
        if (high - low) * _SMALL >= high:
            return MoneyAxis.over(low, high, cells, self.currency, apart=APART)
        foot = low - (high - low) / 6
        return MoneyAxis.between(foot, high, cells, self.currency, apart=APART)


def _step(item: Item, begin: Decimal, index: int | None) -> _Bar:
    saves = item.amount < 0 or (not item.amount and "-" in item.text)  # too little to be drawn
    mark = Mark.LESS if saves else Mark.MORE
    return _Bar(item, begin, begin + item.amount, mark, index)


def _draw(canvas: Canvas, axis: MoneyAxis, bars: list[_Bar], rows: Rows) -> None:
    """A line leads from the end of each bar to the next one."""
    if axis.zero:
        canvas.box(range(axis.zero, axis.zero + 1), range(canvas.height), Mark.AXIS, "│")
    for k, bar in enumerate(bars):
        begin, end = sorted(round(axis.place(x)) for x in (bar.begin, bar.end))
        canvas.box(
            range(begin, max(begin + 1, end)), rows.bar(k), bar.mark, _glyph(bar, begin, end)
        )
        if axis.origin and bar.mark is Mark.TOTAL:
            canvas.box(range(1), rows.bar(k), bar.mark, _CUT)
        if k + 1 < len(bars):
            last = round(axis.place(bar.end))
            at = max(0, min(canvas.width - 1, last if bar.end < bar.begin else last - 1))
            gap = range(rows.bar(k).stop, rows.bar(k + 1).start)
            canvas.box(range(at, at + 1), gap, Mark.AXIS, "╎")


def _glyph(bar: _Bar, begin: int, end: int) -> str:
    return _GLYPHS[bar.mark] if end > begin else "▏"
