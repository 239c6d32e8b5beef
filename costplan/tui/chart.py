"""The widget that shows the months as columns, with the budget across them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from costplan.desk.figures import PERIODS, Figures
from costplan.engine.projection import PeriodTotal
from costplan.tui.labels import period_labels
from costplan.tui.plot import Layout, Line, Mark, draw_periods

_CLASSES = {
    mark: f"chart--{mark.name.lower().replace('_', '-')}" for mark in Mark if mark is not Mark.BLANK
}
_LEAST_HEIGHT = 5


class SpendChart(Widget):
    """Columns that fade from what is sure (P10) over what is expected to what is likely (P90).

    A drawing is kept until the figures or the size change; colours are laid over it at each paint.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(_CLASSES.values())

    figures: reactive[Figures | None] = reactive(None)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._drawn: tuple[object, list[Line]] = (None, [])

    def render_line(self, y: int) -> Strip:
        """One line of the drawing, in the colours of the theme."""
        lines = self._lines()
        runs = lines[y] if y < len(lines) else ()
        ground = self.rich_style
        segments = [Segment(text, self._style(mark, ground)) for mark, text in runs]
        return Strip(segments).adjust_cell_length(self.size.width, ground)

    def _style(self, mark: Mark, ground: Style) -> Style:
        if mark is Mark.BLANK:
            return ground
        return self.get_component_rich_style(_CLASSES[mark])

    def _lines(self) -> list[Line]:
        key = (id(self.figures), self.size)
        if self._drawn[0] != key:
            self._drawn = (key, self._draw())
        return self._drawn[1]

    def _draw(self) -> list[Line]:
        width, height = self.size
        if self.figures is None or height < _LEAST_HEIGHT:
            return []
        for period in PERIODS:
            totals = self.figures.periods[period]
            layout, lines = draw_periods(
                totals, self.figures.projection.currency, width, height - 2
            )
            if layout.slot:
                return [*lines, *self._labels(totals, layout)]
        return []

    def _labels(self, totals: Sequence[PeriodTotal], layout: Layout) -> list[Line]:
        over = {k for k, total in enumerate(totals) if total.over is not None and total.over > 0}
        labels = period_labels([total.label for total in totals], over, layout.slot)
        margin = (Mark.BLANK, " " * layout.margin)
        return [(margin, *line) for line in labels]
