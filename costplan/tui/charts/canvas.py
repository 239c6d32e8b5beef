"""A grid of cells that plotext draws on, and the runs of text it gives back.

Only this module knows plotext. Drawings work out themselves which cell an amount falls in, so that
what is drawn follows by arithmetic; plotext fills columns and rows, joins points with lines, and
says what lies on top. Each kind of mark gets one colour number, and the runs carry the kind: the
colours belong to the theme, and a change of theme needs no new drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from threading import Event
from typing import Any

from costplan.tui.charts.marks import Line, Mark, Run

_PAINT = re.compile(r"\x1b\[([\d;]*)m")
_LOADED = Event()
_MARKS = {f"38;5;{int(mark)}": mark for mark in Mark if mark}


class Canvas:
    """Cells in `width` columns and `height` lines; (0, 0) is the cell at the upper left.

    What is drawn later lies above what was drawn before; what is outside is left out.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._figure = new_figure(width, height)
        self._points: list[tuple[int, int, int, int, Any]] = []

    def cell(self, x: int, y: int, mark: Mark, glyph: str) -> None:
        """One cell."""
        self.box(range(x, x + 1), range(y, y + 1), mark, glyph)

    def box(self, columns: range, lines: range, mark: Mark, glyph: str) -> None:
        """Every cell of some columns and lines."""
        left, right = max(0, columns.start), min(self.width, columns.stop)
        top, bottom = max(0, lines.start), min(self.height, lines.stop)
        if left >= right or top >= bottom:
            return
        marker = _marker(mark, glyph)
        if right - left > bottom - top:
            self._points += [(left, y, right - 1, y, marker) for y in range(top, bottom)]
        else:
            self._points += [(x, top, x, bottom - 1, marker) for x in range(left, right)]

    def join(self, points: Sequence[tuple[float, float]], mark: Mark) -> None:
        """A line of dots through points, given in cells: (0.5, 0.5) is the middle of the first."""
        if len(points) < 2:
            return
        self._flush()
        marker = _marker(mark, "braille")
        across, up = [x for x, _ in points], [self.height - y for _, y in points]
        self._add(self._figure.signal(across, up, marker=marker).lines(True))

    def lines(self) -> list[Line]:
        """What was drawn, one line of runs for each line of the grid."""
        self._flush()
        return parse_runs(self._figure.build().string())

    def _flush(self) -> None:
        """Hand over what was collected as one signal: plotext's time goes by signals and points."""
        if not self._points:
            return
        signal = _empty_signal(len(self._points))
        for k, (x, y, last, lowest, marker) in enumerate(self._points):
            signal._append_point(x + 0.5, self.height - y - 0.5, marker)  # noqa: SLF001
            if (last, lowest) != (x, y):
                # The public way reads these from a second signal, and takes ten times as long.
                to = last + 0.5, self.height - lowest - 0.5
                signal._set_fill_point(k, *to, marker)  # noqa: SLF001
        self._points.clear()
        self._add(signal)

    def _add(self, signal: Any) -> None:
        # `draw` also looks up which of plotext's own colours are taken: most of its time.
        self._figure._signals._add(signal)  # noqa: SLF001


def is_loaded() -> bool:
    """Whether the first drawing can be made at once."""
    return _LOADED.is_set()


def load() -> None:
    """Load plotext: it takes a sixth of a second, half of it for documentation in colour."""
    import plotext  # noqa: F401 - so that the first drawing finds it

    _LOADED.set()


def new_figure(width: int, height: int) -> Any:
    """An empty figure of its own, without axes, as large as its cells.

    plotext offers one figure per process and no public way to a second, hence the private class.
    """
    import plotext
    from plotext._plotter.plot import plot_class

    plotext.terminal.limit(False, False)
    figure = plot_class(parent=plotext.terminal)
    figure.plot_size(width, height)
    figure.canvas("default")
    figure.legend(False)
    figure.axes(False)
    figure.ruler("x").lim(0, width).ticks([]).alignment(lim="edge")
    figure.ruler("y").lim(0, height).ticks([]).alignment(lim="edge")
    return figure


@cache
def _marker(mark: Mark, glyph: str) -> Any:
    import plotext

    return plotext.marker(glyph, pixel=plotext.pixel(foreground=int(mark)))


def _empty_signal(points: int) -> Any:
    """A signal with room for so many points, and no more: plotext aborts the process on one more.

    Its public way takes lists, and copies the marker of each point.
    """
    from plotext._signal.signal import signal_class

    return signal_class(points)


def parse_runs(text: str) -> list[Line]:
    """What plotext prints, as runs of marks."""
    return [tuple(_runs(_PAINT.split(line))) for line in text.splitlines()]


def _runs(pieces: Sequence[str]) -> Iterable[Run]:
    """Texts at even places, and between them the codes they are painted with."""
    if pieces[0]:
        yield Mark.BLANK, pieces[0]
    for code, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if text:
            yield _MARKS.get(code, Mark.BLANK), text
