"""Cost against quality: which mixes are worth their money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_letters
from typing import Literal

from costplan.report.axis import MoneyAxis
from costplan.report.table import cell_width
from costplan.tui.charts.canvas import Canvas
from costplan.tui.charts.labels import left_axis, lower_axis, margin_of
from costplan.tui.charts.marks import Line, Mark, beside, fitted, too_small
from costplan.tui.charts.rows import APART, AXIS_LINES, LEAST_NAME, rest_line, window_of

type Kind = Literal["option", "frontier", "today", "best"]

_LOOKS: dict[Kind, tuple[Mark, str, str]] = {
    "option": (Mark.OPTION, "○", "option"),
    "frontier": (Mark.FRONTIER, "●", "frontier"),
    "today": (Mark.TODAY, "◆", "today"),
    "best": (Mark.BEST, "★", "optimum"),
}
"""Mark, glyph and name, those that lie behind first."""
_KINDS = list(_LOOKS)
_BESIDE = sorted(
    ((across, down) for across in range(-4, 5) for down in range(-2, 3) if across or down),
    key=lambda way: (abs(way[0]) + 2 * abs(way[1]), -way[0]),
)
"""Where the letter of a point may stand, from its cell, the best place first."""
_LEAST_PLOT = 30
_LEAST_LINES = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """One mix, with the texts that reports print of it."""

    name: str
    cost: Decimal
    quality: float
    """From 0 to 1."""
    cost_text: str
    quality_text: str
    kind: Kind = "option"
    """`frontier`: none is as good for less; `today`: as the plan is; `best`: the optimum."""


@dataclass(frozen=True, slots=True)
class _Plot:
    """Both axes, and where everything stands."""

    cost: MoneyAxis
    quality: MoneyAxis
    margin: int

    def cell(self, spot: Spot) -> tuple[int, int]:
        """Column and line of a point, from the upper left of the canvas."""
        line = self.quality.cell(_percent(spot))
        return self.cost.cell(spot.cost), self.quality.cells - 1 - line


@dataclass(frozen=True, slots=True)
class Frontier:
    """Mixes by cost and quality, each with a letter that the list beside explains."""

    currency: str
    spots: tuple[Spot, ...]
    line: tuple[int, ...] = ()
    """Positions of those the frontier passes through, by cost."""
    selected: int | None = None
    """Position of the mix the cursor is on."""

    def draw(self, width: int, height: int) -> list[Line]:
        """The points and the frontier, and a list of what they are where there is room for it."""
        if not self.spots:
            return []
        room = self._list_width(width)
        plot = self._plot(width - room, height)
        if height < _LEAST_LINES + AXIS_LINES or width < _LEAST_PLOT - 5:
            return too_small(width, height)
        canvas = Canvas(plot.cost.cells, plot.quality.cells)
        self._draw(canvas, plot)
        names = tuple((line, f"{name}%") for line, name in plot.quality.ticks)
        drawn = [
            *beside(left_axis(names, canvas.height, plot.margin), canvas.lines()),
            *lower_axis(plot.cost, plot.margin, width - room),
        ]
        if not room:
            return drawn
        listed = self._list(room - 2, height)
        blank: Line = ((Mark.BLANK, " " * room),)
        listed = [((Mark.BLANK, "  "), *line) for line in listed]
        return beside(drawn, [*listed, *[blank] * (len(drawn) - len(listed))])

    def index_at(self, x: int, y: int, width: int, height: int) -> int | None:
        """The mix in the list, or the nearest point within a cell."""
        room = self._list_width(width)
        if not self.spots or not 0 <= y < height:
            return None
        if room and x >= width - room:
            window = self._listed(height)
            return window[y] if y < len(window) else None
        plot = self._plot(width - room, height)
        apart = {
            k: max(abs(plot.cell(spot)[0] + plot.margin - x), abs(plot.cell(spot)[1] - y))
            for k, spot in enumerate(self.spots)
        }
        nearest = min(apart, key=lambda k: (apart[k], -_KINDS.index(self.spots[k].kind)))
        return nearest if apart[nearest] <= 1 else None

    def legend(self) -> Line:
        """What the glyphs mean; only those that occur."""
        kinds = {spot.kind for spot in self.spots}
        return tuple(
            run
            for kind, (mark, glyph, says) in _LOOKS.items()
            if kind in kinds
            for run in ((mark, glyph), (Mark.AXIS, f" {says}  "))
        )

    def _plot(self, width: int, height: int) -> _Plot:
        costs = [spot.cost for spot in self.spots]
        shares = [_percent(spot) for spot in self.spots]
        lines = max(2, height - AXIS_LINES)
        quality = MoneyAxis.between(*_around(shares), lines, "")
        margin = margin_of(quality.ticks) + 1
        cells = max(2, width - margin)
        cost = MoneyAxis.between(*_around(costs), cells, self.currency, apart=APART)
        return _Plot(cost, quality, margin)

    def _draw(self, canvas: Canvas, plot: _Plot) -> None:
        """The line, then the points, what matters most last; letters where cells are free."""
        cells = [plot.cell(spot) for spot in self.spots]
        canvas.join([(cells[k][0] + 0.5, cells[k][1] + 0.5) for k in self.line], Mark.FRONTIER)
        order = sorted(range(len(cells)), key=lambda k: _KINDS.index(self.spots[k].kind))
        taken = set(cells)
        for k in reversed(order):
            place = next(_free(cells[k], taken, canvas), None)
            if place is not None:
                taken.add(place)
                mark = Mark.SELECTED if k == self.selected else Mark.LABEL
                canvas.cell(*place, mark, _letter(k))
        for k in order:
            mark, glyph, _ = _LOOKS[self.spots[k].kind]
            canvas.cell(*cells[k], Mark.SELECTED if k == self.selected else mark, glyph)

    def _listed(self, height: int) -> range:
        """Those of the mixes that the list has room for."""
        spots = len(self.spots)
        return window_of(spots, spots if spots <= height else max(0, height - 1), self.selected)

    def _list_width(self, width: int) -> int:
        """Cells of the list with the space before it; 0 where the points need them."""
        if not self.spots:
            return 0
        names, costs, shares = (
            max(cell_width(text) for text in texts)
            for texts in zip(
                *((spot.name, spot.cost_text, spot.quality_text) for spot in self.spots),
                strict=True,
            )
        )
        fixed = costs + shares + 8
        least = fixed + min(names, LEAST_NAME)
        room = min(fixed + names, width - _LEAST_PLOT, max(least, width // 2))
        return room if room >= least else 0

    def _list(self, width: int, height: int) -> list[Line]:
        window = self._listed(height)
        shown = [self.spots[k] for k in window]
        costs = max(cell_width(spot.cost_text) for spot in shown)
        shares = max(cell_width(spot.quality_text) for spot in shown)
        lines: list[Line] = []
        for k, spot in zip(window, shown, strict=True):
            mark, glyph, _ = _LOOKS[spot.kind]
            name = fitted(spot.name, width - costs - shares - 6)
            text = f"{_letter(k)} {name} {spot.cost_text:>{costs}} {spot.quality_text:>{shares}}"
            read = Mark.SELECTED if k == self.selected else Mark.LABEL
            lines.append(((mark, f"{glyph} "), (read, text)))
        return [*lines, *rest_line(len(self.spots) - len(shown), width)]


def _percent(spot: Spot) -> Decimal:
    return Decimal(f"{spot.quality * 100:.6f}")


def _around(amounts: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """A little below the smallest and above the largest, so that no point is at the edge."""
    low, high = min(amounts), max(amounts)
    margin = max((high - low) / 20, abs(high) / 50)
    return (max(Decimal(0), low - margin) if low >= 0 else low - margin), high + margin


def _letter(position: int) -> str:
    """`a` to `z`, then `A` to `Z`; the same dot for all that follow."""
    return ascii_letters[position] if position < len(ascii_letters) else "·"


def _free(
    cell: tuple[int, int], taken: set[tuple[int, int]], canvas: Canvas
) -> Iterator[tuple[int, int]]:
    for across, down in _BESIDE:
        x, y = cell[0] + across, cell[1] + down
        if (x, y) not in taken and 0 <= x < canvas.width and 0 <= y < canvas.height:
            yield x, y
