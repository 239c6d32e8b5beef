"""The widget that shows a drawing: when it draws, in which colours, and what a click tells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

import costplan.tui
from costplan.tui.charts import canvas
from costplan.tui.charts.marks import Line, Mark
from costplan.tui.charts.widget import _CLASSES, Chart
from costplan.tui.theme import THEMES

STYLES = Path(costplan.tui.__file__).parent / "styles" / "charts.tcss"
WIDTH, HEIGHT = 20, 10

canvas.load()  # every drawing but the first of a process is made at once


@dataclass(frozen=True)
class Columns:
    """Item k is the kind of letter in the k-th column; it remembers how often it was drawn."""

    letters: str
    drawn: list[tuple[int, int]] = field(default_factory=list, compare=False)

    def draw(self, width: int, height: int) -> list[Line]:
        """The letters, on every line."""
        self.drawn.append((width, height))
        return [((Mark.SURE, self.letters), (Mark.OPTION, "|"))] * height

    def index_at(self, x: int, y: int, width: int, height: int) -> int | None:
        """The column."""
        return x if x < len(self.letters) and y >= 0 else None

    def legend(self) -> Line:
        """One entry."""
        return ((Mark.SURE, "█"), (Mark.AXIS, " to P10  "))


class ChartApp(App[None]):
    """One chart, and what was picked of it."""

    CSS_PATH: ClassVar = [STYLES]

    def __init__(self, drawing: Columns) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.chart = Chart(id="chart")
        self.chart.drawing = drawing
        self.picked: list[tuple[str | None, int]] = []

    def compose(self) -> ComposeResult:
        """Nothing but the chart."""
        yield self.chart

    def on_chart_picked(self, message: Chart.Picked) -> None:
        """Remember it."""
        self.picked.append((message.control.id, message.index))


type Use = Callable[[Pilot[None], ChartApp], Awaitable[None]]


def with_chart(drawing: Columns, use: Use, *, height: int = HEIGHT) -> ChartApp:
    """Open the app, use it, close it."""
    app = ChartApp(drawing)

    async def run() -> None:
        async with app.run_test(size=(WIDTH, height)) as pilot:
            await pilot.pause()
            await use(pilot, app)

    asyncio.run(run())
    return app


def row(app: ChartApp, y: int) -> str:
    return app.chart.render_line(y).text


def test_the_legend_stands_above_the_drawing() -> None:
    async def use(pilot: Pilot[None], app: ChartApp) -> None:
        assert row(app, 0).rstrip() == "█ to P10"
        assert row(app, 1).rstrip() == "abc|"
        assert [len(row(app, y)) for y in range(HEIGHT)] == [WIDTH] * HEIGHT

    with_chart(Columns("abc"), use)


def test_the_first_drawing_waits_until_what_draws_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Everything else is on the screen meanwhile."""
    loaded, may_load = Event(), Event()

    def load() -> None:
        assert may_load.wait(10)
        loaded.set()

    monkeypatch.setattr(canvas, "_LOADED", loaded)
    monkeypatch.setattr(canvas, "load", load)
    drawing = Columns("abc")

    async def use(pilot: Pilot[None], app: ChartApp) -> None:
        assert row(app, 1).strip() == ""
        assert drawing.drawn == []
        may_load.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert row(app, 1).rstrip() == "abc|"

    with_chart(drawing, use)


def test_where_lines_are_few_the_legend_gives_way() -> None:
    async def use(pilot: Pilot[None], app: ChartApp) -> None:
        assert row(app, 0).rstrip() == "abc|"

    with_chart(Columns("abc"), use, height=7)


def test_an_equal_drawing_is_not_drawn_again() -> None:
    """A new size, or another drawing, is."""
    first, same, other = Columns("abc"), Columns("abc"), Columns("xyz")

    async def use(pilot: Pilot[None], app: ChartApp) -> None:
        app.chart.drawing = same
        await pilot.pause()
        assert len(first.drawn) == 1
        assert same.drawn == []
        app.chart.drawing = other
        await pilot.pause()
        assert other.drawn == [(WIDTH, HEIGHT - 1)]
        await pilot.resize_terminal(30, 12)
        await pilot.pause()
        assert other.drawn[-1] == (30, 11)

    with_chart(first, use)


def test_another_theme_is_another_colour() -> None:
    async def use(pilot: Pilot[None], app: ChartApp) -> None:
        colours = []
        for theme in THEMES:
            app.theme = theme.name
            await pilot.pause()
            (style,) = {s.style for s in app.chart.render_line(3) if s.text == "abc"}
            assert style is not None
            colours.append(style.color)
        assert colours[0] != colours[1]

    with_chart(Columns("abc"), use)


def test_a_click_picks_what_is_there() -> None:
    async def use(pilot: Pilot[None], app: ChartApp) -> None:
        for offset in ((1, 4), (2, 9), (12, 4), (1, 0)):
            await pilot.click("#chart", offset=offset)

    app = with_chart(Columns("abc"), use)
    assert app.picked == [("chart", 1), ("chart", 2)]


def test_without_a_drawing_there_is_nothing() -> None:
    async def use(pilot: Pilot[None], app: ChartApp) -> None:
        app.chart.drawing = None
        await pilot.pause()
        assert row(app, 0).strip() == ""
        await pilot.click("#chart", offset=(1, 1))

    assert with_chart(Columns("abc"), use).picked == []


@pytest.mark.parametrize("name", sorted(_CLASSES.values()))
def test_every_mark_has_a_style(name: str) -> None:
    """A mark without one would be drawn like text."""
    assert f".{name} " in STYLES.read_text(encoding="utf-8") or (
        f".{name}," in STYLES.read_text(encoding="utf-8")
    )
