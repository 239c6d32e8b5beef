"""Where the money goes: a bar for each item, as long as its amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from costplan.report.table import cell_width, clean
from costplan.tui.charts.canvas import Canvas
from costplan.tui.charts.marks import Line, Mark, Run, fitted, too_small

_LEAST_NAME, _LEAST_BAR = 8, 6
_EIGHTHS = "▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class Item:
    """A named amount, with the text that reports print of it."""

    name: str
    amount: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Amounts in order, usually the largest first."""

    items: tuple[Item, ...]
    selected: int | None = None

    def draw(self, width: int, height: int) -> list[Line]:
        """A line for each item; where lines are short the last one counts the rest."""
        if not self.items or width <= _LEAST_NAME or height < 1:
            return too_small(width, height) if self.items else []
        window = self._window(height)
        shown = [self.items[k] for k in window]
        texts = [item.text for item in shown]
        amounts = max(map(cell_width, texts))
        if width < _LEAST_NAME + 2 + amounts:
            amounts = 0
        names = short_names([item.name for item in shown], width - amounts - 2 - _LEAST_BAR)
        room = width - cell_width(names[0]) - amounts - 2
        bars = _bars([item.amount for item in shown], room)
        lines: list[Line] = []
        for k, name, bar, text in zip(window, names, bars, texts, strict=True):
            mark = Mark.SELECTED if k == self.selected else Mark.LABEL
            end: Run = (mark, f" {text:>{amounts}}" if amounts else "")
            lines.append(((mark, f"{name} "), *bar, end))
        left_out = len(self.items) - len(shown) if height > 1 else 0
        return [*lines, *rest_line(left_out, width)]

    def index_at(self, x: int, y: int, width: int, height: int) -> int | None:
        """The item of a line."""
        window = self._window(height)
        return window[y] if 0 <= y < len(window) and 0 <= x < width else None

    def _window(self, height: int) -> range:
        items = len(self.items)
        return window_of(items, items if items <= height else max(1, height - 1), self.selected)

    def legend(self) -> Line:
        """Names and amounts stand beside the bars; there is nothing to explain."""
        return ()


def window_of(items: int, shown: int, selected: int | None) -> range:
    """The items to show where there is room for so many: the first, or up to the selected one."""
    first = max(0, (selected or 0) - shown + 1)
    return range(min(first, max(0, items - shown)), min(items, first + shown))


def rest_line(left_out: int, width: int) -> list[Line]:
    """How many items are not shown; no line where all are."""
    return [((Mark.AXIS, fitted(f"... and {left_out} more", width)),)] if left_out > 0 else []


def short_names(names: Sequence[str], width: int) -> list[str]:
    """Names of one width: where they are too wide, first the provider gives way, then the end."""
    width = max(_LEAST_NAME, width)
    names = [clean(name) for name in names]
    if max(map(cell_width, names)) > width:
        names = [name.rpartition("/")[2] or name for name in names]
    wide = min(width, max(map(cell_width, names)))
    return [fitted(name, wide) for name in names]


def _bars(amounts: Sequence[Decimal], room: int) -> list[Line]:
    """Bars to an eighth of a cell; what is below nothing is drawn light and to the same scale."""
    if room < _LEAST_BAR:
        return [() for _ in amounts]
    largest = max(map(abs, amounts)) or Decimal(1)
    canvas = Canvas(room, len(amounts))
    for y, amount in enumerate(amounts):
        full, rest = divmod(round(float(abs(amount) / largest) * room * 8), 8)
        mark, glyph = (Mark.TOTAL, "█") if amount >= 0 else (Mark.LESS, "░")
        canvas.box(range(full), range(y, y + 1), mark, glyph)
        if rest and amount >= 0:
            canvas.cell(full, y, mark, _EIGHTHS[rest - 1])
    return canvas.lines()
