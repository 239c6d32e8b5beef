"""The questions of the view Prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import Cli
from plans import book

from costplan.desk import Desk, WhatIf
from costplan.desk.pricing import (
    MOST_MODELS,
    Listing,
    ModelPricing,
    PriceUpdates,
    book_of,
    list_command,
    updates_command,
)
from costplan.errors import UnknownModelError

TEXT = """\
name: x
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
DAY = date(2026, 11, 22)
BASE = WhatIf()


def desk_on(folder: Path, text: str = TEXT) -> Desk:
    """A desk on a scenario, read."""
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    desk = Desk(str(folder / "plan.yaml"), book(), draws=16, day=DAY)
    desk.load()
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A plan on one model whose price is announced to double."""
    return desk_on(tmp_path)


def test_the_plans_models_come_first_and_are_marked(desk: Desk) -> None:
    """Of the variant that stands, not of the file."""
    for what_if, name in (
        (BASE, "google/gemini-3.8-flash"),
        (WhatIf("sonnet"), "anthropic/claude-sonnet-5"),
    ):
        found = Listing(what_if).answer(desk)
        assert [row[1] for row in found.table.rows if row[0]] == [name]
        assert found.models[0] == name


def test_the_cells_are_those_of_the_command_line(desk: Desk, cli: Cli) -> None:
    """The same strings as `costplan prices list`."""
    printed = cli("prices", "list", "--provider", "deepseek", "--at", f"{DAY}").out
    found = Listing(BASE, "deepseek/").answer(desk)
    mine = [row for row in found.table.rows if row[1].startswith("deepseek/")]
    assert len(mine) > 3
    for row in mine:
        assert " ".join(row[1:]) in " ".join(printed.split())


def test_a_long_list_is_cut_and_says_so(desk: Desk) -> None:
    """A table of a thousand rows takes a second to build."""
    found = Listing(BASE).answer(desk)
    assert len(found.table.rows) == MOST_MODELS == len(found.models)
    assert f"300 of {len(book().models):,} models" in found.said
    assert "rates per 1M tokens on 2026-11-22" in found.said


def test_a_search_without_a_result_says_the_nearest(desk: Desk) -> None:
    """Never an empty table without a word."""
    found = Listing(BASE, "gemini-3.8-flush").answer(desk)
    assert found.table.rows == ()
    assert "no model is called 'gemini-3.8-flush'; did you mean" in found.said


def test_another_day_of_knowledge(desk: Desk) -> None:
    """A model nobody knew has no price; the plan, which needs one, is looked up as it stands."""
    found = Listing(BASE, "gemini-3.8-flash", date(2026, 9, 1)).answer(desk)
    row = dict(zip(found.models, found.table.rows, strict=True))["google/gemini-3.8-flash"]
    assert row[:3] == ("●", "google/gemini-3.8-flash", "-")
    assert "as known on 2026-09-01" in found.said


def test_a_plan_with_problems_does_not_hide_the_prices(tmp_path: Path) -> None:
    """Its models are not known, and none is marked."""
    desk = desk_on(tmp_path, TEXT.replace("start: 2026-12", "start: 2020-12"))
    found = Listing(BASE, "gemini-3.8").answer(desk)
    assert found.models
    assert not any(row[0] for row in found.table.rows)


def test_the_scenarios_own_prices_and_its_day_hold(tmp_path: Path) -> None:
    """As in the plan; another day laid over it wins."""
    desk = desk_on(tmp_path, f"{TEXT}known_at: 2026-10-01\n")
    assert book_of(desk, BASE).known_at == date(2026, 10, 1)
    assert book_of(desk, WhatIf(None, (("known_at", "2026-11-01"),))).known_at == date(2026, 11, 1)
    assert book_of(desk, BASE, date(2026, 9, 5)).known_at == date(2026, 9, 5)


def test_a_model_has_its_page_and_its_steps(desk: Desk) -> None:
    """Rates of the day first; the announced rise is a step."""
    found = ModelPricing(BASE, "google/gemini-3.8-flash").answer(desk)
    assert "google/gemini-3.8-flash on 2026-11-22" in found.page.tables[0].title
    assert [(each.name, each.text) for each in found.lines] == [
        ("input", "0.75, then 1.5"),
        ("output", "3.75, then 7.5"),
    ]
    assert {len(each.changes) for each in found.lines} == {2}
    assert (found.start, found.at, found.end) == (date(2026, 9, 2), DAY, date(2027, 3, 2))
    before = ModelPricing(BASE, "google/gemini-3.8-flash", date(2026, 9, 1)).answer(desk)
    assert before.lines == ()
    assert "no price is known" in before.page.facts


def test_a_chart_of_a_retired_model_ends_with_it(desk: Desk) -> None:
    """Nothing is charged after."""
    found = ModelPricing(BASE, "xai/grok-3").answer(desk)
    assert found.end == book().names["xai/grok-3"].retirement


def test_half_a_year_is_looked_back_unless_asked(desk: Desk) -> None:
    """182 days."""
    assert PriceUpdates(WhatIf("sonnet")).answer(desk).since == date(2026, 5, 24)


def test_an_unknown_model_is_an_error(desk: Desk) -> None:
    """With the nearest name."""
    with pytest.raises(UnknownModelError, match="did you mean"):
        ModelPricing(BASE, "google/gemini-3.8-flush").answer(desk)


def test_updates_follow_the_what_if(desk: Desk) -> None:
    """Gemini's rise is announced; with Sonnet instead nothing is, but a rise was called off."""
    said = PriceUpdates(BASE, date(2026, 9, 5)).answer(desk).page.text(100)
    assert "+$300.00" in said
    other = PriceUpdates(WhatIf("sonnet"), date(2026, 8, 1)).answer(desk).page.text(100)
    assert "known 2026-08-10" in other
    assert "Nothing is announced" in other


def test_updates_do_not_stop_at_the_day_of_the_scenario(tmp_path: Path) -> None:
    """What became known later is just what is asked for."""
    text = TEXT.replace("gemini-3.8-flash", "x").replace("google/x", "anthropic/claude-sonnet-5")
    desk = desk_on(tmp_path, f"{text}known_at: 2026-08-01\n")
    page = PriceUpdates(BASE, date(2026, 8, 1)).answer(desk).page
    assert "known 2026-08-10" in page.text(100)
    assert "-$600.00" in page.text(100)


def test_the_command_lines_say_what_was_said_of_prices(desk: Desk) -> None:
    """A day that was set wins over that of the desk; a verb gets no option it does not take."""
    desk = replace(desk, options=("--pricing=my prices", "--known-at=2026-10-01", "--draws=16"))
    assert list_command(desk, "", None) == (
        "costplan prices list '--pricing=my prices' --known-at=2026-10-01"
    )
    assert list_command(desk, "xai/grok-4", date(2026, 9, 1)) == (
        "costplan prices history xai/grok-4 '--pricing=my prices' --known-at=2026-09-01"
    )
    said = updates_command(desk, WhatIf("sonnet"), date(2026, 9, 1), DAY)
    assert said.endswith(
        "plan.yaml --variant=sonnet '--pricing=my prices' --draws=16"
        " --from=2026-09-01 --to=2026-11-22"
    )
    assert said.startswith("costplan prices impact ")
