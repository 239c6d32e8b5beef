"""The Plan view: the table by every breakdown, and what is behind a number."""

from __future__ import annotations

from itertools import product

import pytest
from builders_tui import FakeDesk, drive, press, settled, shown
from plans import SCENARIOS
from textual.pilot import Pilot

from costplan.decisions.explanation import explain
from costplan.decisions.parts import WHOLE
from costplan.desk import Desk, WhatIf
from costplan.desk.breakdowns import BREAKDOWNS, columns_shown
from costplan.desk.explaining import Explaining
from costplan.desk.figures import PERIODS, Planning
from costplan.report.table import Table, columns
from costplan.tui.breakdown import PlanTable
from costplan.tui.charts.widget import Chart
from costplan.tui.explaining import ExplainedText, ExplanationScreen
from costplan.tui.headline import Headline
from costplan.tui.messages import Behind
from costplan.tui.views.plan import PlanView
from costplan.tui.workbench import Workbench

SUPPORT = str(SCENARIOS / "support-assistant.yaml")
SIZES = [(120, 40), (80, 24), (200, 60)]


def support() -> Desk:
    """The shipped support assistant, drawn seldom."""
    return Desk(SUPPORT, draws=64)


def titles(pilot: Pilot[None]) -> list[str]:
    """What is laid over the screen, by its title."""
    screens = pilot.app.screen_stack
    return [str(s.query_one("#explanation").border_title) for s in screens
            if isinstance(s, ExplanationScreen)]  # fmt: skip


async def opened(pilot: Pilot[None], title: str) -> None:
    """Wait until an explanation of that title is in front."""
    for _ in range(500):
        await settled(pilot)
        if titles(pilot)[-1:] == [title]:
            return
    raise AssertionError(f"{titles(pilot)} and not {title}")


def text(pilot: Pilot[None]) -> str:
    """All of the explanation in front, whether it is in sight or not."""
    return "\n".join(line.text for line in pilot.app.screen.query_one(ExplainedText).lines())


def test_g_goes_through_the_breakdowns_and_back() -> None:
    """Each as the command line has it."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        view = bench.query_one(PlanView)
        for by, word in (
            ("model", "openai/gpt-6-luna"), ("workload", "mail-triage"), ("meter", "input"),
            ("owner", "(no owner)"), ("month", "Chance over"),
        ):  # fmt: skip
            await press(pilot, "g")
            assert view.by == by
            assert word in shown(pilot)
        await press(pilot, "G")
        assert view.by == "owner"
        (table,) = view.tables()
        assert table.title == "By owner"

    drive(FakeDesk(), steps)


def test_s_shows_where_the_money_goes_and_goes_back() -> None:
    """Model by workload: 0.47, 0.33 and 0.20 of all."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "g", "g", "s")
        lines = shown(pilot).splitlines()
        (row,) = [line for line in lines if "anthropic/claude-haiku-5-5" in line]
        assert row.split()[:4] == ["anthropic/claude-haiku-5-5", "support-chat", "$59,530", "33%"]
        assert "█" * 8 in row
        await press(pilot, "s")
        assert bench.query_one(PlanView).by == "workload"

    drive(FakeDesk(), steps, size=(80, 24))


def test_t_goes_through_the_periods() -> None:
    """In the table and in the chart."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "t")
        assert "2027-Q3" in shown(pilot)
        assert "▲Q3" in shown(pilot)
        await press(pilot, "t")
        rows = shown(pilot).splitlines()
        assert any(row.startswith(" 2027 ") for row in rows)
        await press(pilot, "t")
        assert bench.query_one(PlanView).period == "month"
        assert "2027-11" in shown(pilot)

    drive(FakeDesk(), steps)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_no_amount_is_cut_and_every_period_can_be_reached(size: tuple[int, int]) -> None:
    """Columns that do not fit whole wait beside the table; the arrows bring them in."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        table = bench.query_one(PlanTable)
        await press(pilot, "g")
        seen = []
        for key in ("right",) * 14 + ("left",) * 14:
            heads = [str(column.label) for column in table.ordered_columns]
            width = sum(column.get_render_width(table) for column in table.ordered_columns)
            assert width <= table.size.width
            seen += heads[3:]
            await press(pilot, key)
        assert {f"2027-{n:02}" for n in range(1, 12)} <= set(seen)
        assert table.cursor_column == 0
        assert str(table.ordered_columns[3].label) == "2026-12"

    drive(FakeDesk(), steps, size=size)


def test_columns_that_fit() -> None:
    """Each takes its widest cell and a space at both sides; a column is whole or not there."""
    table = Table("", columns(["Model"], ["Expected", "Share", "A", "B", "C"]),
                  (("four", "12345678", "12345", "123", "123", "123"),))  # fmt: skip
    # 7 + 10 + 7 for what names the row, then 5 for each of the others.
    assert columns_shown(table, "model", 0, 24 + 15) == (0, 1, 2, 3, 4, 5)
    assert columns_shown(table, "model", 0, 24 + 14) == (0, 1, 2, 3, 4)
    assert columns_shown(table, "model", 1, 24 + 10) == (0, 1, 2, 4, 5)
    assert columns_shown(table, "model", 0, 10) == (0, 1, 2, 3)  # one of them at least


def test_the_median_gives_way_to_whether_the_budget_holds() -> None:
    names = ["Expected", "P10", "P50", "P90", "Budget", "Chance over"]
    table = Table("", columns(["Month"], names), (("2026-12", *["$1"] * 6),))
    # 9 for the month, then 10, 5, 5, 5, 8 and 13.
    assert columns_shown(table, "month", 0, 55) == (0, 1, 2, 3, 4, 5, 6)
    assert columns_shown(table, "month", 0, 54) == (0, 1, 2, 4, 5, 6)
    assert columns_shown(table, "month", 0, 50) == (0, 1, 2, 4, 5, 6)
    assert columns_shown(table, "month", 0, 49) == (0, 1, 2, 3, 4, 5)  # the rest is beside it


def test_enter_explains_a_month_and_leads_to_its_prices() -> None:
    """January: Gemini doubled. Down to the rate, to its months, to its history, and back."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "down", "enter")
        assert titles(pilot) == ["2027-01"]
        said = text(pilot)
        assert "2027-01 costs $191.32 (+32%) more than 2026-12" in said
        assert "gemini-3.8-flash from 2027-01-01" in said
        explained = pilot.app.screen.query_one(ExplainedText)
        lines = explained.lines()
        explained.at = next(k for k in explained.links() if lines[k].text.startswith("google/"))
        await press(pilot, "enter")
        assert titles(pilot) == ["google/gemini-3.8-flash in 2027-01"]
        explained.at = next(k for k in explained.links() if "  input " in explained.lines()[k].text)
        await press(pilot, "enter")
        assert titles(pilot) == ["google/gemini-3.8-flash, input in 2027-01"]
        assert "2027-01 call-summaries" in text(pilot)
        explained.at = explained.links()[-1]
        await press(pilot, "l")
        assert titles(pilot) == ["google/gemini-3.8-flash"]
        assert "1.5 (+100%)" in text(pilot)
        await press(pilot, "backspace", "h", "escape")
        assert titles(pilot) == ["2027-01"]
        await press(pilot, "escape")
        assert titles(pilot) == []

    drive(support(), steps)


def test_the_arrows_go_through_an_explanation() -> None:
    """From its first row to its last; what Enter follows is in sight."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "down", "enter")
        await opened(pilot, "2027-01")
        screen = pilot.app.screen
        assert isinstance(screen, ExplanationScreen)
        page, explained = screen.query_one("#explanation"), screen.query_one(ExplainedText)
        links = explained.links()
        visited = []
        for _step in range(len(explained.lines())):
            screen.action_move(1)
            if explained.at is not None and explained.at not in visited:
                visited.append(explained.at)
                top = page.scroll_offset.y
                assert top <= explained.at < top + page.size.height
        assert visited == links[1:]
        for _step in range(len(explained.lines())):
            screen.action_move(-1)
        assert explained.at == links[0]
        await press(pilot, "pageup", "home", "end", "space", "k", "j", "up")
        assert titles(pilot) == ["2027-01"]

    drive(support(), steps, size=(80, 24))


def test_a_click_explains_a_cell_a_head_and_the_headline() -> None:
    """The cell itself, the period of its column, the total, and the first month over budget."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        table = bench.query_one(PlanTable)
        await pilot.click(table, offset=(14, 3))  # below the frame, the head and the first row
        await opened(pilot, "2027-01")
        await press(pilot, "q")
        await pilot.click(Headline, offset=(3, 1))
        await opened(pilot, "the whole plan")
        await press(pilot, "q")
        at = shown(pilot).splitlines()[1].index("▲ over")
        await pilot.click(Headline, offset=(at + 2, 1))
        await opened(pilot, "2027-08")
        await press(pilot, "q", "g")
        lines = shown(pilot).splitlines()
        row = next(k for k, line in enumerate(lines) if line.startswith(" Model"))
        await pilot.click(offset=(lines[row].index("2027-02") + 1, row))
        await opened(pilot, "2027-02")

    drive(support(), steps)


def test_a_click_on_a_row_of_an_explanation_follows_it() -> None:
    """As Enter does."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "down", "enter")
        explained = pilot.app.screen.query_one(ExplainedText)
        await pilot.click(explained, offset=(4, explained.links()[0]))
        await opened(pilot, "call-summaries in 2027-01")

    drive(support(), steps)


def test_y_copies_an_explanation() -> None:
    """As text, whole."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "down", "enter", "y")
        assert "Why 2027-01 differs from 2026-12" in pilot.app.clipboard
        assert "Quantity x rate = cost" in pilot.app.clipboard

    drive(support(), steps)


def test_a_click_on_a_breakdown_shows_it() -> None:
    """Its name stands in the frame of the table."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        lines = shown(pilot).splitlines()
        row = next(k for k, line in enumerate(lines) if " Workload " in line)
        await pilot.click(offset=(lines[row].index("Workload") + 2, row))
        await settled(pilot)
        assert bench.query_one(PlanView).by == "workload"

    drive(FakeDesk(), steps)


@pytest.mark.parametrize("keys", [(), ("g",), ("t",), ("g", "t")])
@pytest.mark.parametrize("size", SIZES)
def test_a_click_on_a_column_of_the_chart_goes_to_its_month(
    keys: tuple[str, ...], size: tuple[int, int]
) -> None:
    """In whichever table; and the chart marks where the cursor is."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, *keys)
        bench.query_one(Chart).post_message(Chart.Picked(bench.query_one(Chart), 7))
        await settled(pilot)
        part = bench.query_one(PlanTable).part()
        assert part is not None
        assert part.label == ("2027-Q3" if "t" in keys else "2027-07")
        assert bench.query_one(PlanView).month == 7  # July begins the quarter too

    drive(FakeDesk(), steps, size=size)


def test_explanations_follow_the_what_if() -> None:
    """What is asked is asked of the plan that is shown."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "v", "v", "down", "enter")
        await opened(pilot, "2027-01")
        assert "gpt-6-luna 0% to 60%" in text(pilot)  # it moves there in January

    drive(support(), steps)


def test_a_problem_of_an_explanation_is_told() -> None:
    """It is no reason to stop."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        bench.post_message(Behind(Explaining(WhatIf("gone"), WHOLE)))
        await settled(pilot)
        assert "unknown variant 'gone'" in shown(pilot)
        assert titles(pilot) == []

    drive(support(), steps)


def test_only_the_table_in_sight_is_made() -> None:
    """A key press costs what is shown, and no more."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "v")
        assert bench.figures is not None
        assert {key for key in bench.figures._kept if key != "changes"} == set()
        await press(pilot, "g")
        assert {key for key in bench.figures._kept if key != "changes"} == {("model", "month")}

    drive(FakeDesk(), steps)


def test_every_cell_of_every_table_can_be_explained() -> None:
    """No cell leads nowhere."""
    desk = support()
    desk.load()
    figures = Planning().answer(desk)
    parts = set()
    for by, period in product(BREAKDOWNS, PERIODS):
        table = figures.table(by, period)
        rows, width = len(table.rows) + len(table.totals), len(table.columns)
        for row, column in product(range(rows), (0, width - 1)):
            parts.add(figures.part_at(by, period, row, column))
    for part in parts:
        assert explain(figures.projection, part).lines
    assert len(parts) > 70
