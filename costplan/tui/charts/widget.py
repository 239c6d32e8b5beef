"""The widget that shows any drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from costplan.tui.charts.marks import Drawing, Line, Mark, cut

_CLASSES: dict[Mark, str] = {
    mark: f"chart--{mark.name.lower().replace('_', '-')}" for mark in Mark if mark
}
_HEIGHT_FOR_LEGEND = 8


class Chart(Widget):
    """Shows a drawing in the colours of the theme; a click on one of its items picks it.

    Strips are kept until the drawing, the size or the theme changes, so a drawing that is equal to
    the one shown costs nothing.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_CLASSES.values())

    drawing: reactive[Drawing | None] = reactive(None)

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
        self._kept: tuple[object, list[Strip]] = (None, [])

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        strips = self._strips()
        if y < len(strips):
            return strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    def notify_style_update(self) -> None:
        """Another theme lays other colours over the same drawing."""
        self._kept = (None, [])
        super().notify_style_update()

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

    def _strips(self) -> list[Strip]:
        key = (self.drawing, self.size)
        if self._kept[0] != key:
            self._kept = (key, self._painted())
        return self._kept[1]

    def _painted(self) -> list[Strip]:
        width, height = self.size
        if self.drawing is None or not width or not height:
            return []
        top = self._top()
        legend = [cut(self.drawing.legend(), width)] if top else []
        ground = self.rich_style
        styles = {mark: self.get_component_rich_style(name) for mark, name in _CLASSES.items()}
        styles[Mark.BLANK] = ground
        lines = [*legend, *self.drawing.draw(width, height - top)]
        return [_strip(line, styles, width, ground) for line in lines]


def _strip(line: Line, styles: dict[Mark, Style], width: int, ground: Style) -> Strip:
    segments = [Segment(text, styles[mark]) for mark, text in line]
    return Strip(segments).adjust_cell_length(width, ground)
