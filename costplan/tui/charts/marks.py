"""What the runs of a drawing are: a text, and the kind of mark it shows."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Protocol

from costplan.report.table import cell_width, clean


class Mark(IntEnum):
    """A kind of mark; its value is the colour number plotext paints it with."""

    BLANK = 0
    AXIS = 100
    """Axes, their amounts, and what is said in passing."""
    LABEL = 101
    """Names and amounts to read."""
    SELECTED = 102
    """The name and the amount of what the cursor is on."""
    CURSOR = 103
    """The part of an axis that belongs to it."""
    SURE = 111
    LIKELY = 112
    BAND = 113
    EXPECTED = 114
    EXPECTED_ON_BAND = 115
    EXPECTED_ON_LIKELY = 116
    BASE = 117
    """The plan that the one shown is measured from."""
    BASE_ON_COLUMN = 118
    BUDGET = 119
    CHANGE = 120
    """A price that changes."""
    SURE_OVER = 131
    LIKELY_OVER = 132
    BAND_OVER = 133
    EXPECTED_ON_BAND_OVER = 135
    EXPECTED_ON_LIKELY_OVER = 136
    BASE_ON_COLUMN_OVER = 138
    TOTAL = 141
    """A bar from nothing to an amount."""
    MORE = 142
    LESS = 143
    LOW = 144
    """What comes out at the low end of a driver."""
    HIGH = 145
    FRONTIER = 151
    OPTION = 152
    TODAY = 154
    BEST = 155
    FIRST = 161
    """The first of the series of a drawing, and so on."""
    SECOND = 162
    THIRD = 163
    FOURTH = 164

    @property
    def over(self) -> Mark:
        """The same mark in a period over its budget."""
        return Mark(self + 20)


type Run = tuple[Mark, str]
type Line = tuple[Run, ...]


class Drawing(Protocol):
    """Something that can be drawn; two that are equal draw the same."""

    def draw(self, width: int, height: int) -> list[Line]:
        """At most `height` lines of at most `width` cells."""
        ...

    def index_at(self, x: int, y: int, width: int, height: int) -> int | None:
        """Which of its items is drawn at a cell; None where there is none."""
        ...

    def legend(self) -> Line:
        """What the marks mean; only those that occur."""
        ...


def fitted(text: str, width: int) -> str:
    """A text of exactly `width` cells: filled up with spaces, or cut with an ellipsis."""
    text = clean(text)
    if cell_width(text) > width:
        while text and cell_width(text) > width - 1:
            text = text[:-1]
        text = f"{text}…" if width > 0 else ""
    return text + " " * (width - cell_width(text))


def beside(*parts: Iterable[Line]) -> list[Line]:
    """Blocks of lines next to each other."""
    return [tuple(run for line in lines for run in line) for lines in zip(*parts, strict=True)]


def cut(line: Line, width: int) -> Line:
    """A legend without the entries that have no room; each is a glyph and what it means."""
    kept: list[Run] = []
    used = 0
    for glyph, (mark, says) in zip(line[::2], line[1::2], strict=True):
        if used + cell_width(glyph[1]) + cell_width(says.rstrip()) > width:
            break
        kept += [glyph, (mark, says)]
        used += cell_width(glyph[1]) + cell_width(says)
    if kept:
        kept[-1] = kept[-1][0], kept[-1][1].rstrip()
    return tuple(kept)


def too_small(width: int, height: int) -> list[Line]:
    """What stands where a drawing has no room."""
    return [((Mark.AXIS, fitted("too small to draw", width)),)] if width > 0 < height else []
