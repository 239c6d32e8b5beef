"""Lines of labels: none overlaps another, none sticks out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from costplan.report.axis import MoneyAxis
from costplan.report.table import cell_width
from costplan.tui.charts.marks import Line, Mark, Run


class LabelRow:
    """One line to write on; what is written first stays."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._written: list[tuple[int, int, Run]] = []

    def put(self, x: int, text: str, mark: Mark = Mark.AXIS, *, gap: int = 1) -> bool:
        """Write a text from a cell on, if it keeps clear of the others by `gap` cells.

        Returns:
            Whether there was room; where there was not, nothing is written.
        """
        end = x + cell_width(text)
        free = x >= 0 and end <= self.width
        free = free and all(end + gap <= at or last + gap <= x for at, last, _ in self._written)
        if free:
            self._written.append((x, end, (mark, text)))
        return free

    def put_near(self, x: int, text: str, mark: Mark = Mark.AXIS) -> bool:
        """Write a text with its middle at a cell, moved where it would stick out."""
        width = cell_width(text)
        return self.put(max(0, min(self.width - width, x - width // 2)), text, mark)

    def line(self) -> Line:
        """What was written, in order, with spaces between, over the whole width."""
        runs: list[Run] = []
        at = 0
        for x, end, run in sorted(self._written, key=lambda written: written[0]):
            if x > at:
                runs.append((Mark.BLANK, " " * (x - at)))
            runs.append(run)
            at = end
        if at < self.width:
            runs.append((Mark.BLANK, " " * (self.width - at)))
        return tuple(runs)


def left_axis(ticks: Iterable[tuple[int, str]], lines: int, width: int) -> list[Line]:
    """The amounts at the left of a drawing, with the line of the axis at the right of them.

    Args:
        ticks: line from the bottom, and what is written there.
        lines: how many there are.
        width: of the block, the axis included.
    """
    names = dict(ticks)
    return [
        (
            (
                Mark.AXIS,
                f"{names[line]:>{width - 1}}┤" if line in names else "│".rjust(width),
            ),
        )
        for line in reversed(range(lines))
    ]


def margin_of(ticks: Sequence[tuple[int, str]]) -> int:
    """How wide the block of a left axis is."""
    return max(cell_width(name) for _, name in ticks) + 1


def lower_axis(axis: MoneyAxis, left: int, width: int) -> list[Line]:
    """The line of a money axis below a drawing, and its amounts.

    Args:
        axis: of as many cells as the drawing is wide.
        left: cells before the drawing.
        width: of both lines.
    """
    line, names = LabelRow(width), LabelRow(width)
    ticks = dict(axis.ticks)
    marks = "".join("┬" if cell in ticks else "─" for cell in range(axis.cells))
    line.put(left, marks)
    for cell, name in sorted(ticks.items(), key=lambda tick: abs(tick[0] - axis.zero)):
        names.put_near(left + cell, name)
    return [line.line(), names.line()]
