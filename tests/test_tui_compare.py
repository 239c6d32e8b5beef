"""Compare: plans are chosen with marks, the bridge goes from pair to pair, all of it follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_tui import change, drive, press, settled, shown, shown_view
from conftest import Golden
from plans import book
from textual.pilot import Pilot

from costplan.desk import Desk
from costplan.desk.comparing import STANDING
from costplan.report.table import Page, Table, columns
from costplan.tui.charts.waterfall import Waterfall
from costplan.tui.charts.widget import Chart
from costplan.tui.pagetext import page_content
from costplan.tui.views.compare import CompareView
from costplan.tui.workbench import Workbench

BUSY = ("workloads.chat.demand.requests", "1300/day")
TEXT = """\
name: Support
start: 2026-12
months: 3
workloads:
  chat:
    demand: {requests: 1000/day}
    request: {input: 800, output: 200}
    routing: {mix: {openai/gpt-6-luna: 60%, openai/gpt-6-sol: rest}}
"""
VARIANTS = """\
variants:
  busy: {workloads.chat.demand.requests: 1300/day}
  terse: {workloads.chat.request.output: 100}
"""


def desk_on(folder: Path, text: str = TEXT + VARIANTS) -> Desk:
    """A scenario with another beside it."""
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    (folder / "other.yaml").write_text(TEXT.replace("1000", "10"), encoding="utf-8")
    return Desk(str(folder / "plan.yaml"), book(), draws=16, others=("fast-tier.yaml",))


def view_of(pilot: Pilot[None]) -> CompareView:
    """The view."""
    return pilot.app.screen.query_one(CompareView)


def bridge_of(pilot: Pilot[None]) -> tuple[str, ...]:
    """What the chart leads from and to, by way of which steps."""
    drawing = view_of(pilot).query_one(Chart).drawing
    assert isinstance(drawing, Waterfall)
    return (drawing.start.name, *(step.name for step in drawing.steps), drawing.end.name)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_screen(size: tuple[int, int], golden: Golden) -> None:
    """The shipped example, its variants compared."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2")
        golden(f"tui_compare_{size[0]}.txt", shown_view(pilot))

    drive(Desk("scenarios/what-changed.yaml", book(), draws=64), steps, size=size)


def test_the_bridge_goes_from_plan_to_plan(tmp_path: Path) -> None:
    """The key b goes round; Enter on a row leads to that plan; the first is where all lead from."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2")
        assert bridge_of(pilot) == ("base", "Volume", "busy")
        await press(pilot, "b")
        assert bridge_of(pilot) == ("base", "Density", "terse")
        assert "Bridge: base to terse, -$" in shown(pilot)
        await press(pilot, "b")
        assert bridge_of(pilot)[-1] == "busy"
        await press(pilot, "down", "down", "enter")
        assert bridge_of(pilot)[-1] == "terse"
        await press(pilot, "up", "up", "enter")
        assert bridge_of(pilot)[-1] == "terse"

    drive(desk_on(tmp_path), steps)


def test_plans_are_marked_in_order(tmp_path: Path) -> None:
    """Space marks and takes marks away; the first is the base; Escape changes nothing."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2", "a")
        assert "1 base" in shown(pilot)
        assert "3 terse" in shown(pilot)
        await press(pilot, "space", "j", "space")
        assert "1 terse" in shown(pilot)
        await press(pilot, "enter")
        assert "Mark two plans at least." in shown(pilot)
        await press(pilot, "k", "space", "enter")
        assert bridge_of(pilot) == ("terse", "Density", "base")
        await press(pilot, "a", "j", "space", "escape")
        assert bridge_of(pilot) == ("terse", "Density", "base")

    drive(desk_on(tmp_path), steps)


def test_other_files_and_price_dates(tmp_path: Path) -> None:
    """A file beside this one, and the same plan at the prices of a day that is typed."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2", "a")
        await press(pilot, "j", "space", "j", "space", "j", "space")  # only base and the other file
        await press(pilot, "k", "k", "k", "d")
        await press(pilot, *"2026-10-25", "enter")
        assert "3 base@2026-10-25" in shown(pilot)
        await press(pilot, "enter")
        compared = view_of(pilot)._compared
        assert compared is not None
        assert compared.labels == ("plan", "other", "plan@2026-10-25")
        await press(pilot, "a", "d", *"soon", "enter")
        assert "expected a day" in shown(pilot)

    drive(desk_on(tmp_path), steps)


def test_no_more_than_four(tmp_path: Path) -> None:
    """The fifth is refused, and says why."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2", "a", *("j", "j", "j", "space", "j", "space"))
        assert "4 plans are marked; take a mark away first." in shown(pilot)

    drive(desk_on(tmp_path), steps)


def test_the_standing_plan_is_followed(tmp_path: Path) -> None:
    """Also where it was chosen by hand, next to a variant; a change of one is a change of both."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2")
        await change(pilot, *BUSY)
        assert bridge_of(pilot) == ("base", "Volume", "what-if")
        await press(pilot, "a", "j", "j", "space", "enter")
        view = view_of(pilot)
        assert view.operands[1] == STANDING
        assert view._compared is not None
        rows = view._compared.page.tables[0].rows
        assert rows[1][1:] == rows[2][1:]
        await change(pilot, BUSY[0], "2000/day")
        after = view._compared.page.tables[0].rows
        assert after[2] == rows[2]
        assert after[1] != rows[1]

    drive(desk_on(tmp_path), steps)


def test_hidden_it_asks_nothing(tmp_path: Path) -> None:
    """And catches up when it is shown again."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2", "1")
        view = view_of(pilot)
        before = view._compared
        await change(pilot, *BUSY)
        assert view._compared is before
        await press(pilot, "2")
        assert bridge_of(pilot) == ("base", "Volume", "what-if")

    drive(desk_on(tmp_path), steps)


def test_one_plan_says_what_to_do(tmp_path: Path) -> None:
    """Nothing to compare is no error of the user's; what is chosen then is compared."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2")
        assert "there is only one plan here" in shown(pilot)
        await press(pilot, "a", "space", "j", "space", "enter")
        assert "there is only one plan here" not in shown(pilot)
        assert bridge_of(pilot)[::2] == ("plan", "other")

    drive(desk_on(tmp_path, TEXT), steps)


def test_on_a_small_screen_the_tables_are_behind_a_key(tmp_path: Path) -> None:
    """The key t shows them instead of the bridge, and back; they can be copied all the same."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2")
        assert "By month" not in shown(pilot)
        await press(pilot, "t")
        assert "Where the difference comes from" in shown(pilot)
        assert "Bridge:" not in shown(pilot)
        await press(pilot, "t")
        assert "Bridge:" in shown(pilot)
        titles = [table.title for table in view_of(pilot).tables()]
        assert titles[1:] == ["Where the difference comes from", "By month", "By model"]

    drive(desk_on(tmp_path), steps, size=(80, 24))


def test_clicks_mark_and_choose(tmp_path: Path) -> None:
    """The mouse does what keys do."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "2", "a")
        await pilot.click("#offers", offset=(2, 1))
        await settled(pilot)
        assert "· busy" in shown(pilot)

    drive(desk_on(tmp_path), steps)


def test_of_a_table_on_a_page_only_its_head_is_pale() -> None:
    """The row above the totals stands above a rule too, and is a row like the others."""
    rows = (("January", "1"), ("February", "2"))
    table = Table("By month", columns(["Month"], ["Cost"]), rows, (("Total", "3"),))
    lines = page_content(Page("", tables=(table,)), 80).split("\n")
    pale = [line.plain.split()[0] for line in lines if "muted" in f"{line.spans}"]
    assert pale == ["Month", "────────", "────────"]
