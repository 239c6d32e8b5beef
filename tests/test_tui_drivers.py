"""Drivers: the tornado follows, rows explain themselves, what fits is found and laid."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_tui import change, drive, press, settled, shown, shown_view
from conftest import Golden
from plans import book
from textual.pilot import Pilot
from textual.widgets import Input, Static

from costplan.desk import Desk
from costplan.tui.charts.tornado import Tornado
from costplan.tui.charts.widget import Chart
from costplan.tui.levers import LeverPanel
from costplan.tui.views.drivers import DriversView
from costplan.tui.workbench import Workbench

PEOPLE, INPUT = "assumptions.people", "workloads.chat.request.input"
TEXT = """\
name: Support
start: 2026-12
months: 3
uncertainty: none
assumptions: {people: 400 to 1600}
workloads:
  chat:
    demand: {requests: $people/day}
    request: {input: 500 to 900, output: 200}
    routing: {mix: {openai/gpt-6-luna: 100%}}
"""
BUDGET = "budget: {monthly: 3.5}\n"


def desk_on(folder: Path, text: str = TEXT + BUDGET) -> Desk:
    """A scenario with two ranges."""
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    return Desk(str(folder / "plan.yaml"), book(), draws=64)


def tornado(pilot: Pilot[None]) -> Tornado:
    """What the chart draws."""
    drawing = pilot.app.screen.query_one(DriversView).query_one(Chart).drawing
    assert isinstance(drawing, Tornado)
    return drawing


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_screen(size: tuple[int, int], golden: Golden) -> None:
    """The shipped example."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "3")
        golden(f"tui_drivers_{size[0]}.txt", shown_view(pilot))

    drive(Desk("scenarios/support-assistant.yaml", book(), draws=64), steps, size=size)


def test_rows_explain_themselves(tmp_path: Path) -> None:
    """The one with the cursor is told in a sentence and marked in the chart."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "3")
        assert [swing.name for swing in tornado(pilot).swings] == ["$people", "chat.request.input"]
        assert "$people: from its P10 to its P90" in shown(pilot)
        await press(pilot, "j")
        assert tornado(pilot).selected == 1
        assert "chat.request.input: from its P10 to its P90" in shown(pilot)
        await press(pilot, "j")
        assert "together: what the drivers make only in combination" in shown(pilot)

    drive(desk_on(tmp_path), steps)


def test_enter_goes_to_the_lever_of_the_driver(tmp_path: Path) -> None:
    """Nudged there, the tornado follows; settled, the driver is none; undo brings it back."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "3", "j", "enter")
        panel = bench.query_one(LeverPanel)
        assert panel.has_focus_within
        assert panel.lever is not None
        assert panel.lever.path == INPUT
        await press(pilot, "enter")
        panel.query_one(Input).value = "700"
        await press(pilot, "enter")
        assert bench.what_if.settings == ((INPUT, "700"),)
        assert [swing.name for swing in tornado(pilot).swings] == ["$people"]
        await press(pilot, "escape", "u")
        assert len(tornado(pilot).swings) == 2

    drive(desk_on(tmp_path), steps)


def test_what_fits_is_found_and_laid_over_the_plan(tmp_path: Path) -> None:
    """The budget holds then, and no longer is there anything to use."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "3")
        assert "Use it" not in shown(pilot)
        assert bench.figures is not None
        assert bench.figures.is_over
        await press(pilot, "f")
        assert "fits" in shown(pilot)
        assert "Use it" in shown(pilot)
        await press(pilot, "m")
        assert dict(bench.what_if.settings).keys() == {PEOPLE}
        assert not bench.figures.is_over
        assert "Use it" not in shown(pilot)

    drive(desk_on(tmp_path), steps)


def test_another_row_or_another_plan_asks_anew(tmp_path: Path) -> None:
    """What fitted is forgotten with what it was an answer to."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "3", "f")
        await press(pilot, "j")
        assert "chat.request.input: from its P10" in shown(pilot)
        await press(pilot, "f")
        assert "chat.request.input: " in shown(pilot)
        assert "breaks" in shown(pilot)
        await change(pilot, INPUT, "600")
        assert "Use it" not in shown(pilot)

    drive(desk_on(tmp_path), steps)


def test_without_a_budget_it_says_what_to_write(tmp_path: Path) -> None:
    """Beside the tornado, which stays."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "3", "f")
        says = pilot.app.screen.query_one("#drivers-says", Static)
        assert "budget: {monthly: 2.5k}" in str(says.content)
        assert len(tornado(pilot).swings) == 2

    drive(desk_on(tmp_path, TEXT), steps)


def test_nothing_uncertain_is_said(tmp_path: Path) -> None:
    """Without chart, table or keys that have nothing to do."""
    text = TEXT.replace("400 to 1600", "900").replace("500 to 900", "700")

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "3")
        assert "Nothing in this plan is uncertain" in shown(pilot)
        await press(pilot, "enter", "f", "m")
        assert bench.what_if.settings == ()

    drive(desk_on(tmp_path, text), steps)


def test_a_click_on_a_bar_moves_the_cursor(tmp_path: Path) -> None:
    """To the row of that driver."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "3")
        chart = pilot.app.screen.query_one("#drivers-tornado", Chart)
        width, height = chart.size
        drawing = tornado(pilot)
        y = next(y for y in range(height) if drawing.index_at(5, y, width, height - 1) == 1)
        await pilot.click(chart, offset=(5, y + 1))
        await settled(pilot)
        assert tornado(pilot).selected == 1

    drive(desk_on(tmp_path), steps)


def test_the_page_is_that_of_the_command_line(tmp_path: Path) -> None:
    """The key t shows it and goes back; c says the command, of what fits where that was asked."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "3", "t")
        assert "What moves Support" in shown(pilot)
        await press(pilot, "t", "c")
        assert "costplan sensitivity" in shown(pilot)
        await press(pilot, "escape", "f", "c")
        assert "costplan goal" in shown(pilot)
        assert f"--vary {PEOPLE}" in shown(pilot)

    drive(desk_on(tmp_path), steps, size=(80, 24))
