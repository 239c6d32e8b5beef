"""What moves the total: how far each driver takes it to either side."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from costplan.report.axis import MoneyAxis
from costplan.report.table import cell_width
from costplan.tui.charts.canvas import Canvas
from costplan.tui.charts.labels import LabelRow, lower_axis
from costplan.tui.charts.marks import Line, Mark, too_small
from costplan.tui.charts.rows import (
    APART,
    AXIS_LINES,
    LEAST_BAR,
    LEAST_NAME,
    Rows,
    name_column,
    rest_line,
    window_of,
)

_GLYPHS = {Mark.LOW: "▒", Mark.HIGH: "█"}


@dataclass(frozen=True, slots=True)
class Swing:
    """The total at both ends of one driver, with the texts that reports print."""

    name: str
    low: Decimal
    """The total where the driver is at its low end; it may be the higher of the two."""
    high: Decimal
    low_text: str
    high_text: str

    @property
    def texts(self) -> tuple[str, str]:
        """Of the smaller total and of the larger."""
        pair = self.low_text, self.high_text
        return pair if self.low <= self.high else (pair[1], pair[0])


@dataclass(frozen=True, slots=True)
class Tornado:
    """Drivers around the expected total; the widest swing is drawn first."""

    currency: str
    base: Decimal
    """The expected total."""
    base_text: str
    swings: tuple[Swing, ...]
    selected: int | None = None
    """Position of the driver the cursor is on."""

    def draw(self, width: int, height: int) -> list[Line]:
        """A bar for each driver, its totals at both ends; the last line counts the rest."""
        if not self.swings:
            return []
        rows = self._rows(height)
        order = self._order(rows)
        swings = [self.swings[k] for k in order]
        least = LEAST_NAME + LEAST_BAR + 2
        if width < least or not swings:
            return too_small(width, height)
        ends = _end_texts(swings, width - least)
        left_end, right_end = (max(map(cell_width, side)) for side in zip(*ends, strict=True))
        room = width - left_end - right_end - 3
        names = name_column([swing.name for swing in swings], width, room)
        left = cell_width(names[0]) + left_end + 2
        axis = self._axis(swings, width - left - right_end - 1)
        canvas = Canvas(axis.cells, rows.lines)
        self._draw(canvas, axis, swings, rows)
        lines: list[Line] = []
        for y, drawn in enumerate(canvas.lines()):
            k, within = divmod(y, rows.pitch)
            if within:
                before, after = (Mark.BLANK, " " * left), (Mark.BLANK, " " * (right_end + 1))
            else:
                mark = Mark.SELECTED if order[k] == self.selected else Mark.LABEL
                low, high = ends[k]
                before = mark, f"{names[k]} {low:>{left_end}} "
                after = mark, f" {high:>{right_end}}"
            lines.append((before, *drawn, after))
        left_out = rest_line(len(self.swings) - len(swings), width)
        return [*lines, *left_out, *self._below(axis, left, width)]

    def index_at(self, x: int, y: int, width: int, height: int) -> int | None:
        """The driver of a line."""
        rows = self._rows(height)
        k = rows.at(y) if 0 <= x < width else None
        return None if k is None else self._order(rows)[k]

    def legend(self) -> Line:
        """Which part of a bar is which end of the driver."""
        return (
            (Mark.LOW, _GLYPHS[Mark.LOW]),
            (Mark.AXIS, " driver at P10  "),
            (Mark.HIGH, _GLYPHS[Mark.HIGH]),
            (Mark.AXIS, " driver at P90  "),
            (Mark.BASE, "│"),
            (Mark.AXIS, " expected  "),
        )

    def _order(self, rows: Rows) -> list[int]:
        """Positions of the drivers that are drawn, from the top."""
        swings = self.swings
        order = sorted(range(len(swings)), key=lambda k: -abs(swings[k].high - swings[k].low))
        at = order.index(self.selected) if self.selected in order else None
        return [order[k] for k in window_of(len(order), rows.shown, at)]

    def _rows(self, height: int) -> Rows:
        return Rows.fit(len(self.swings), height - AXIS_LINES)

    def _axis(self, swings: list[Swing], cells: int) -> MoneyAxis:
        ends = [self.base, *(end for swing in swings for end in (swing.low, swing.high))]
        return MoneyAxis.between(min(ends), max(ends), cells, self.currency, apart=APART)

    def _draw(self, canvas: Canvas, axis: MoneyAxis, swings: list[Swing], rows: Rows) -> None:
        """Of two ends on the same side of the expected total the farther one lies behind."""
        middle = axis.cell(self.base)
        for k, swing in enumerate(swings):
            ends = [(swing.low, Mark.LOW), (swing.high, Mark.HIGH)]
            for amount, mark in sorted(ends, key=lambda end: -abs(end[0] - self.base)):
                first, last = sorted((axis.cell(amount), middle))
                span = range(first, last + 1) if amount != self.base else range(0)
                canvas.box(span, rows.bar(k), mark, _GLYPHS[mark])
        canvas.box(range(middle, middle + 1), range(canvas.height), Mark.BASE, "│")

    def _below(self, axis: MoneyAxis, left: int, width: int) -> list[Line]:
        """The axis with the expected total on it; round amounts where there is room beside."""
        line, _ = lower_axis(axis, left, width)
        names = LabelRow(width)
        names.put_near(left + axis.cell(self.base), self.base_text, Mark.LABEL)
        for cell, name in axis.ticks:
            names.put_near(left + cell, name)
        return [line, names.line()]


def _end_texts(swings: list[Swing], room: int) -> list[tuple[str, str]]:
    """The totals at both ends, or nothing where they have no room."""
    ends = [swing.texts for swing in swings]
    wide = sum(max(map(cell_width, side)) for side in zip(*ends, strict=True))
    return ends if wide <= room else [("", "")] * len(ends)
