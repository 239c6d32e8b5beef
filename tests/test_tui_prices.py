"""The view Prices as its user meets it: the list, a model, what updates did."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from builders_tui import Steps, drive, press, settled, shown, shown_view
from conftest import Golden
from plans import book
from textual.pilot import Pilot
from textual.widgets import Input

from costplan.desk import Desk, WhatIf
from costplan.tui.charts.steps import Prices
from costplan.tui.charts.widget import Chart
from costplan.tui.messages import ViewChosen, WhatIfMade
from costplan.tui.views.prices import ModelsTable, PricesView
from costplan.tui.workbench import Workbench

TEXT = """\
name: Prices
start: 2026-12
months: 3
uncertainty: none
workloads:
  chat:
    demand: {requests: 100k/month}
    request: {input: 1000, output: 200}
    routing: {mix: {google/gemini-3.8-flash: 100%}}
variants: {sonnet: {workloads.chat.routing.mix: {anthropic/claude-sonnet-5: 100%}}}
"""
MODEL = "google/gemini-3.8-flash"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A plan on one model whose price is announced to double."""
    (tmp_path / "plan.yaml").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Desk("plan.yaml", book(), draws=16, day=date(2026, 11, 22))


def look(desk: Desk, steps: Steps, *, size: tuple[int, int] = (120, 40)) -> None:
    """Open the view, then take the steps."""

    async def to_view(pilot: Pilot[None], bench: Workbench) -> None:
        bench.post_message(ViewChosen("prices"))
        await settled(pilot)
        await steps(pilot, bench)

    drive(desk, to_view, size=size)


async def search(pilot: Pilot[None], bench: Workbench, typed: str) -> None:
    """Narrow the list all at once."""
    bench.query_one("#prices-search", Input).value = typed
    await settled(pilot)


def names(bench: Workbench) -> list[str | None]:
    """The models in the list."""
    return [key.value for key in bench.query_one(ModelsTable).rows]


def test_the_list_begins_with_the_plans_models(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        assert names(bench)[0] == MODEL
        assert any(line.split()[:2] == ["●", MODEL] for line in shown(pilot).splitlines())
        assert f"300 of {len(book().models):,} models" in shown(pilot)
        bench.post_message(WhatIfMade(WhatIf("sonnet")))
        await settled(pilot)
        assert names(bench)[0] == "anthropic/claude-sonnet-5"

    look(desk, steps)


def test_slash_searches_as_one_types(desk: Desk) -> None:
    """Enter goes to the list, Escape clears the search."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        every = names(bench)
        await press(pilot, "slash", *"xai", "space", *"fast")
        assert names(bench)
        assert all("xai" in name and "fast" in name for name in map(str, names(bench)))
        await press(pilot, "enter")
        assert isinstance(bench.focused, ModelsTable)
        await press(pilot, "escape")
        assert names(bench) == every
        assert bench.query_one("#prices-search", Input).value == ""

    look(desk, steps)


def test_a_search_without_a_result_says_the_nearest(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "slash", *"gpt6sol")
        assert names(bench) == []
        assert "no model is called 'gpt6sol'; did you mean" in shown(pilot)

    look(desk, steps)


def test_enter_opens_a_model_and_escape_goes_back(desk: Desk) -> None:
    """Its steps above its page; the list is where it was."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await search(pilot, bench, "gemini")
        await press(pilot, "j", "j", "k", "k", "enter")
        view = bench.query_one(PricesView)
        assert (view.part, view.model) == ("model", MODEL)
        drawing = bench.query_one("#prices-steps", Chart).drawing
        assert isinstance(drawing, Prices)
        assert [(each.name, len(each.changes)) for each in drawing.series] == [
            ("input", 2),
            ("output", 2),
        ]
        assert f"{MODEL} on 2026-11-22" in shown(pilot)
        assert view.tables()[0].columns[1].name == "standard"
        await press(pilot, "escape")
        assert view.part == "list"
        assert isinstance(bench.focused, ModelsTable)

    look(desk, steps)


def test_a_click_on_a_row_opens_the_model(desk: Desk) -> None:
    """The first click chooses it."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        for _ in range(2):
            await pilot.click(ModelsTable, offset=(10, 3))
            await settled(pilot)
        view = bench.query_one(PricesView)
        assert (view.part, view.model) == ("model", names(bench)[1])

    look(desk, steps)


def test_i_says_what_updates_did_and_what_is_coming(desk: Desk) -> None:
    """$75 + $75 a month double in January: $300 over two months."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "i")
        assert "What is coming before the plan ends" in shown(pilot)
        assert "+$300.00" in shown(pilot)
        assert "since 2026-05-24" in shown(pilot)
        view = bench.query_one(PricesView)
        assert view.command(desk) == (
            "costplan prices impact plan.yaml --from=2026-05-24 --to=2026-11-22"
        )
        bench.post_message(WhatIfMade(WhatIf("sonnet")))
        await settled(pilot)
        assert "known 2026-08-10" in shown(pilot)
        await press(pilot, "d", *"2026-08-10", "enter")
        assert "known 2026-08-10" not in shown(pilot)
        assert view.since == date(2026, 8, 10)
        await press(pilot, "D")
        assert "known 2026-08-10" in shown(pilot)

    look(desk, steps)


def test_d_looks_from_another_day(desk: Desk) -> None:
    """Before it was known, the model has no price, in the list and on its page."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await search(pilot, bench, MODEL)
        await press(pilot, "d", *"2026-09-01", "enter")
        assert "as known on 2026-09-01" in shown(pilot)
        await press(pilot, "enter")
        assert "no price is known" in shown(pilot)
        assert not bench.query_one("#prices-steps", Chart).display
        view = bench.query_one(PricesView)
        assert view.command(desk) == f"costplan prices history {MODEL} --known-at=2026-09-01"
        await press(pilot, "D")
        assert "no price is known" not in shown(pilot)
        assert bench.query_one("#prices-steps", Chart).display

    look(desk, steps)


def test_a_day_that_is_none_is_told(desk: Desk) -> None:
    """And nothing moves."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "d", *"yesterday", "enter")
        assert bench.query_one(PricesView).known_at is None

    look(desk, steps)


def test_updates_that_cannot_be_told_say_why(tmp_path: Path) -> None:
    """A plan without prices: its problem, and no traceback."""
    (tmp_path / "plan.yaml").write_text(TEXT.replace("2026-12", "2020-12"), encoding="utf-8")
    desk = Desk(str(tmp_path / "plan.yaml"), book(), draws=16, day=date(2026, 11, 22))

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "i")
        said = bench.query_one("#prices-said")
        assert said.has_class("-problem")
        assert "has no standard price" in str(said.render())

    look(desk, steps)


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("model", (120, 40), ("enter",)),
        ("model_narrow", (80, 24), ("enter",)),
        ("updates_narrow", (80, 24), ("i",)),
    ],
)
def test_the_parts(
    name: str, size: tuple[int, int], keys: tuple[str, ...], desk: Desk, golden: Golden
) -> None:
    """As text."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await search(pilot, bench, "gemini-3.8-flash")
        await press(pilot, *keys)
        golden(f"tui_prices_{name}.txt", shown_view(pilot))

    look(desk, steps, size=size)
