"""Prices over time, as steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from costplan.periods import Month
from costplan.report.axis import MoneyAxis, money_names
from costplan.tui.charts.canvas import Canvas
from costplan.tui.charts.labels import LabelRow, left_axis, margin_of
from costplan.tui.charts.marks import Line, Mark, beside, too_small
from costplan.tui.charts.periods import MONTHS


class Strokes(NamedTuple):
    """How one series is drawn: they differ in shape, not only in colour."""

    mark: Mark
    across: str
    up: str
    down_right: str
    down_left: str
    up_right: str
    up_left: str


_STROKES = (
    Strokes(Mark.FIRST, "━", "┃", "┏", "┓", "┗", "┛"),
    Strokes(Mark.SECOND, "─", "│", "┌", "┐", "└", "┘"),
    Strokes(Mark.THIRD, "═", "║", "╔", "╗", "╚", "╝"),
    Strokes(Mark.FOURTH, "╌", "╎", "┌", "┐", "└", "┘"),
)
_TODAY = "┊"
_FAR = 20
"""From this ratio of the highest to the lowest price on, an axis of money hides the low ones."""
_BELOW = 3
_LEAST_CELLS, _LEAST_LINES = 12, 3
_NONE, _SMALLEST = Decimal(0), Decimal("1E-9")
"""Nothing smaller is ever printed."""


@dataclass(frozen=True, slots=True)
class Series:
    """The prices of one meter, from each day on until the next."""

    name: str
    changes: tuple[tuple[date, Decimal], ...]
    """In order of their days."""
    text: str = ""
    """What the report prints of the last price: `$0.40`."""


@dataclass(frozen=True, slots=True)
class LogAxis:
    """Lines of the same ratio, counted from the lowest; amounts are written at 1, 2 and 5."""

    low: float
    high: float
    cells: int
    ticks: tuple[tuple[int, str], ...]

    @classmethod
    def over(cls, lowest: Decimal, highest: Decimal, cells: int, currency: str) -> LogAxis:
        """From the round amount below the lowest price to the highest."""
        rounds = [
            Decimal(digit).scaleb(power)
            for power in range(lowest.adjusted(), highest.adjusted() + 1)
            for digit in (1, 2, 5)
        ]
        low = max(amount for amount in rounds if amount <= lowest)
        axis = cls(float(low), float(highest) * 1.0001, cells, ())
        shown = [amount for amount in rounds if low <= amount <= highest]
        tens = [amount for amount in shown if amount.as_tuple().digits == (1,)]
        chosen = shown if len({axis.cell(amount) // 2 for amount in shown}) == len(shown) else tens
        places = {axis.cell(amount): amount for amount in chosen}
        names = money_names(list(places.values()), currency)
        return cls(axis.low, axis.high, cells, tuple(zip(places, names, strict=True)))

    def cell(self, amount: Decimal) -> int:
        """The line an amount falls in, counted from the lowest."""
        low = math.log(self.low)
        part = (math.log(amount) - low) / (math.log(self.high) - low)
        return min(self.cells - 1, max(0, int(part * self.cells + 1e-9)))


@dataclass(frozen=True, slots=True)
class Prices:
    """At most four series between two days."""

    currency: str
    series: tuple[Series, ...]
    start: date
    end: date
    """The day after the last."""
    today: date | None = None
    """Drawn as a line across, where it lies between the two."""

    def draw(self, width: int, height: int) -> list[Line]:
        """The steps above an axis of months and years."""
        axis, margin, cells = self._fitted(width, height)
        if not self.series or not cells:
            return too_small(width, height) if self.series else []
        canvas = Canvas(cells, axis.cells)
        if self.today is not None and self.start <= self.today < self.end:
            at = self._column(self.today, cells)
            canvas.box(range(at, at + 1), range(canvas.height), Mark.AXIS, _TODAY)
        for series, strokes in zip(self.series, _STROKES, strict=False):
            _draw(canvas, self._points(series, axis, cells), strokes)
        return [
            *beside(left_axis(axis.ticks, axis.cells, margin), canvas.lines()),
            *self._below(margin, cells),
        ]

    def index_at(self, x: int, y: int, width: int, height: int) -> int | None:
        """The series whose line is there."""
        axis, margin, cells = self._fitted(width, height)
        if not cells:
            return None
        at = x - margin
        shown = self.series[: len(_STROKES)]
        return next(
            (
                k
                for k, series in reversed(list(enumerate(shown)))
                for (x1, y1), (x2, y2) in pairwise(self._points(series, axis, cells))
                if (y == y1 and x1 <= at <= x2) or (at == x2 and min(y1, y2) <= y <= max(y1, y2))
            ),
            None,
        )

    def legend(self) -> Line:
        """The series with their last prices."""
        runs: list[tuple[Mark, str]] = []
        for series, strokes in zip(self.series, _STROKES, strict=False):
            says = f" {series.name} {series.text}".rstrip()
            runs += [(strokes.mark, strokes.across * 2), (Mark.AXIS, f"{says}  ")]
        if self.today is not None:
            runs += [(Mark.AXIS, _TODAY), (Mark.AXIS, " today  ")]
        if self._is_far():
            runs += [(Mark.AXIS, "⇅"), (Mark.AXIS, " logarithmic  ")]
        return tuple(runs)

    def _fitted(self, width: int, height: int) -> tuple[MoneyAxis | LogAxis, int, int]:
        """The axis of money, the cells it takes, and those of the steps: 0 where they have no room.

        Where the highest price is many times the lowest, each line is the same ratio.
        """
        lines = height - _BELOW
        amounts = self._amounts()
        low, high = min(amounts, default=_NONE), max(amounts, default=_NONE)
        made = LogAxis.over if self._is_far() else MoneyAxis.over
        axis = made(low, high, max(2, lines), self.currency)
        margin = margin_of(axis.ticks)
        cells = width - margin
        fits = lines >= _LEAST_LINES and cells >= _LEAST_CELLS and self.end > self.start
        return axis, margin, cells if fits and amounts else 0

    def _amounts(self) -> list[Decimal]:
        shown = self.series[: len(_STROKES)]
        return [price for series in shown for _, price in series.changes]

    def _is_far(self) -> bool:
        low, high = min(self._amounts(), default=_NONE), max(self._amounts(), default=_NONE)
        return low > _SMALLEST and high > low * _FAR

    def _column(self, day: date, cells: int) -> int:
        days = (self.end - self.start).days
        return min(cells - 1, max(0, (day - self.start).days * cells // days))

    def _points(
        self, series: Series, axis: MoneyAxis | LogAxis, cells: int
    ) -> list[tuple[int, int]]:
        """Column and line of each price, from the left; the last reaches the end."""
        points = [
            (self._column(day, cells), axis.cells - 1 - axis.cell(price))
            for day, price in series.changes
            if day < self.end
        ]
        return [*points, (cells - 1, points[-1][1])] if points else []

    def _below(self, margin: int, cells: int) -> list[Line]:
        """Names of months as far as they have room, and the years."""
        ground, names, years = (LabelRow(margin + cells) for _ in range(3))
        firsts = list(self._firsts())
        for day in firsts:
            if day.month == 1:
                years.put(margin + self._column(day, cells), str(day.year))
        years.put(margin, str(self.start.year))
        apart = next((k for k in (1, 2, 3, 6, 12) if len(firsts) * 4 <= cells * k), 12)
        marked = set()
        for day in firsts:
            at = self._column(day, cells)
            if (day.month - 1) % apart == 0 and names.put(margin + at, MONTHS[day.month - 1]):
                marked.add(at)
        if not marked:
            names.put(margin, self.start.isoformat())
        ground.put(
            margin - 1,
            "└" + "".join("┬" if at in marked else "─" for at in range(cells)),
        )
        return [ground.line(), names.line(), years.line()]

    def _firsts(self) -> Iterator[date]:
        """The first days of months between the two ends."""
        month = Month.of(self.start)
        while (first := date(month.year, month.number, 1)) < self.end:
            if first >= self.start:
                yield first
            month += 1


def _draw(canvas: Canvas, points: Sequence[tuple[int, int]], strokes: Strokes) -> None:
    """Across to the next change and up or down to its price; corners last, over both runs."""
    mark = strokes.mark
    for (x, y), (after, other) in pairwise(points):
        canvas.box(range(x, after + 1), range(y, y + 1), mark, strokes.across)
        canvas.box(range(after, after + 1), _between(y, other), mark, strokes.up)
    for (_, y), (after, other) in pairwise(points):
        if other != y:
            rises = other < y
            canvas.cell(after, y, mark, strokes.up_left if rises else strokes.down_left)
            canvas.cell(after, other, mark, strokes.down_right if rises else strokes.up_right)


def _between(y: int, other: int) -> range:
    return range(min(y, other), max(y, other))
