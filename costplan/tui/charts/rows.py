"""Rows of a drawing that has its items below each other: names, bars and amounts, and an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from costplan.report.table import cell_width, clean
from costplan.tui.charts.marks import Line, Mark, fitted

LEAST_BAR = 8
"""Cells that bars need to tell something."""
LEAST_NAME = 8
AXIS_LINES = 2
APART = tuple(range(6, 21))
"""How far apart amounts at a lower axis may be, in cells."""


@dataclass(frozen=True, slots=True)
class Rows:
    """How many items there is room for, and how many lines each has."""

    shown: int
    pitch: int
    """Lines from one item to the next; the last of them stays free where there are several."""

    @classmethod
    def fit(cls, items: int, height: int) -> Rows:
        """As far apart as `height` lines allow, three at most; else as many as there is room for.

        Where not all are shown, a line is kept for how many are left out.
        """
        if items > height:
            return cls(max(0, height - 1), 1)
        return cls(items, max(1, min(3, height // max(1, items))))

    @property
    def thickness(self) -> int:
        """Lines a bar is high."""
        return max(1, self.pitch - 1)

    @property
    def lines(self) -> int:
        """Lines of all items, without the free ones after the last."""
        return (self.shown - 1) * self.pitch + self.thickness if self.shown else 0

    def bar(self, item: int) -> range:
        """The lines of an item's bar."""
        return range(item * self.pitch, item * self.pitch + self.thickness)

    def at(self, y: int) -> int | None:
        """The item that has a line."""
        return y // self.pitch if 0 <= y < self.lines else None


def window_of(items: int, shown: int, selected: int | None) -> range:
    """The items to show where there is room for so many: the first, or up to the selected one."""
    first = max(0, (selected or 0) - shown + 1)
    return range(min(first, max(0, items - shown)), min(items, first + shown))


def rest_line(left_out: int, width: int) -> list[Line]:
    """How many items are not shown; no line where all are."""
    return [((Mark.AXIS, fitted(f"... and {left_out} more", width)),)] if left_out > 0 else []


def short_names(names: Sequence[str], width: int) -> list[str]:
    """Names of one width: where they are too wide, first the provider gives way, then the end."""
    width = max(LEAST_NAME, width)
    names = [clean(name) for name in names]
    if max(map(cell_width, names)) > width:
        names = [name.rpartition("/")[2] or name for name in names]
    wide = min(width, max(map(cell_width, names)))
    return [fitted(name, wide) for name in names]


def name_column(names: Sequence[str], width: int, room: int) -> list[str]:
    """Names of one width, which take at most two fifths of a line and leave room for the bars."""
    return short_names(names, min(width * 2 // 5, room - LEAST_BAR))
