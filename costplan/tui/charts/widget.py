"""The widget that shows any drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from costplan.tui.charts import canvas
from costplan.tui.charts.marks import Drawing, Line, Mark, cut

_CLASSES: dict[Mark, str] = {
    mark: f"chart--{mark.name.lower().replace('_', '-')}" for mark in Mark if mark
}
_HEIGHT_FOR_LEGEND = 8


class Chart(Widget):
    """Shows a drawing in the colours of the theme; a click on one of its items picks it.

    Of a drawing that follows another only the lines that differ are painted again, and one that is
    equal costs nothing.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_CLASSES.values())

    drawing: reactive[Drawing | None] = reactive(None, repaint=False)

    @dataclass
    class Picked(Message):
        """An item of the drawing was clicked on."""

        chart: Chart
        index: int

        @property
        def control(self) -> Chart:
            """The chart it is in."""
            return self.chart

    def __init__(
        self,
        *,
        has_legend: bool = True,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._has_legend = has_legend
        self._drawn: tuple[object, list[Line]] = (None, [])
        self._strips: dict[Line, Strip] = {}
        self._styles: dict[Mark, Style] = {}

    def watch_drawing(self) -> None:
        """Paint what is other than before; the first time, load what draws after the numbers."""
        if self.drawing is not None and not canvas.is_loaded():
            self.call_after_refresh(self._load)
            return
        before, now = self._drawn[1], self._lines()
        if len(before) != len(now):
            self.refresh()
            return
        changed = [y for y, line in enumerate(now) if line != before[y]]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    @work(thread=True)
    def _load(self) -> None:
        canvas.load()
        self.call_later(self._draw_again)

    def _draw_again(self) -> None:
        self._drawn = (None, [])
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        lines, width = self._lines(), self.size.width
        line = lines[y] if y < len(lines) else ()
        strip = self._strips.get(line)
        if strip is None or strip.cell_length != width:
            segments = [Segment(text, self._style(mark)) for mark, text in line]
            strip = Strip(segments).adjust_cell_length(width, self._style(Mark.BLANK))
            self._strips[line] = strip
        return strip

    def notify_style_update(self) -> None:
        """Another theme lays other colours over the same drawing."""
        self._strips.clear()
        self._styles.clear()
        super().notify_style_update()

    def _style(self, mark: Mark) -> Style:
        if mark not in self._styles:
            name = _CLASSES.get(mark)
            found = self.get_component_rich_style(name) if name else self.rich_style
            self._styles[mark] = found
        return self._styles[mark]

    def on_click(self, event: events.Click) -> None:
        """Tell which item is there."""
        where = event.get_content_offset(self)
        if self.drawing is None or where is None:
            return
        top = self._top()
        width, height = self.size
        index = self.drawing.index_at(where.x, where.y - top, width, height - top)
        if index is not None:
            event.stop()
            self.post_message(self.Picked(self, index))

    def _top(self) -> int:
        """Lines above the drawing: the legend, where there is room for it."""
        has_room = self.size.height >= _HEIGHT_FOR_LEGEND
        return int(bool(self._has_legend and has_room and self.drawing and self.drawing.legend()))

    def _lines(self) -> list[Line]:
        """The legend and the drawing, as large as the widget is now."""
        key = (self.drawing, self.size)
        if self._drawn[0] != key:
            lines = self._draw()
            self._drawn = key, lines
            self._strips = {line: self._strips[line] for line in lines if line in self._strips}
        return self._drawn[1]

    def _draw(self) -> list[Line]:
        width, height = self.size
        if self.drawing is None or not width or not height or not canvas.is_loaded():
            return []
        top = self._top()
        legend = [cut(self.drawing.legend(), width)] if top else []
        return [*legend, *self.drawing.draw(width, height - top)]
