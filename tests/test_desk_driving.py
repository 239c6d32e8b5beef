"""What moves the plan, and what each driver would have to be for the budget to hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Cli
from plans import SCENARIOS, book

from costplan.desk import Desk, WhatIf
from costplan.desk.driving import Driven, Drivers, GoalSeeking
from costplan.errors import UsageError

TEXT = """\
name: Support
start: 2026-12
months: 3
assumptions: {people: 800 to 1200}
workloads:
  chat:
    demand: {requests: $people/day}
    request: {input: 500 to 900, output: {mean: 200, p90: 400}}
    routing: {mix: {openai/gpt-6-luna: 100%}}
  "a.b":
    demand: {requests: 30/day}
    request: {input: 800, output: 200}
    routing: {mix: {openai/gpt-6-luna: 100%}}
"""


def desk_on(folder: Path, text: str = TEXT) -> Desk:
    """A desk on a scenario's text."""
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    made = Desk(str(folder / "plan.yaml"), book(), draws=64)
    made.load()
    return made


def driven(desk: Desk, *settings: tuple[str, str]) -> Driven:
    """What moves the plan with some values set."""
    return Drivers(WhatIf(None, settings)).answer(desk)


def test_each_bar_knows_where_its_value_stands(tmp_path: Path) -> None:
    """The assumption behind a volume; the level of all volumes only where the file states it."""
    text = f"uncertainty: volatile\n{TEXT}"
    found = {bar.name: bar.path for bar in driven(desk_on(tmp_path, text)).bars}
    assert found == {
        "$people": "assumptions.people",
        "volume of chat": "assumptions.people",
        "volume of a.b": 'workloads."a.b".demand.requests',
        "volume of all workloads": "uncertainty",
        "chat.request.input": "workloads.chat.request.input",
    }
    assert next(bar for bar in driven(desk_on(tmp_path)).bars if "all" in bar.name).path is None


def test_it_is_what_the_command_line_prints(cli: Cli) -> None:
    """To the letter, and the table has the same cells but for the bars."""
    desk = Desk(str(SCENARIOS / "support-assistant.yaml"), book())
    desk.load()
    found = driven(desk)
    assert found.page.markdown() == cli("sensitivity", desk.path, "--format", "markdown").out
    assert found.table is not None
    assert found.table.rows == tuple(row[:-1] for row in found.page.tables[0].rows)
    assert [bar.cells for bar in found.bars] == list(found.table.rows[:-1])


def test_a_bar_reaches_from_the_total_at_p10_to_that_at_p90(tmp_path: Path) -> None:
    """About the expected total; a what-if that settles a value takes its bar away."""
    desk = desk_on(tmp_path)
    found = driven(desk)
    assert all(bar.at_low < found.expected < bar.at_high for bar in found.bars)
    assert "from its P10 to its P90" in found.bars[0].says
    settled = driven(desk, ("workloads.chat.request.input", "700"))
    names = {bar.name for bar in found.bars} - {bar.name for bar in settled.bars}
    assert names == {"chat.request.input"}


def test_nothing_uncertain_has_no_bars(tmp_path: Path) -> None:
    """And the page says so."""
    text = TEXT.replace("800 to 1200", "1000").replace("500 to 900", "700")
    found = driven(desk_on(tmp_path, f"uncertainty: none\n{text}"))
    assert (found.bars, found.table) == ((), None)
    assert "Nothing in this plan is uncertain" in found.page.notes[0]


def test_the_value_that_fits_holds_the_budget(tmp_path: Path) -> None:
    """Laid over the plan no month is over; one part in a hundred more, and one is."""
    desk = desk_on(tmp_path, f"{TEXT}budget: {{monthly: 5}}\n")
    assert desk.project(WhatIf()).breach is not None
    fitted = GoalSeeking(WhatIf(), "assumptions.people").answer(desk)
    assert fitted.setting is not None
    path, text = fitted.setting
    assert "fits" in fitted.answers[0]
    assert desk.project(WhatIf(None, ((path, text),))).breach is None
    more = f"{float(text.replace(',', '')) * 1.01:.2f}"
    assert desk.project(WhatIf(None, ((path, more),))).breach is not None


@pytest.mark.parametrize(
    ("budget", "path", "says"),
    [
        ("", "assumptions.people", "there is no budget to hold: write one"),
        ("budget: {monthly: 5}", "uncertainty", "not one value of the file"),
        ("budget: {monthly: 5}", "workloads.chat.request.output", "not one value but several"),
    ],
)
def test_what_cannot_be_asked_says_why(tmp_path: Path, budget: str, path: str, says: str) -> None:
    """And what to write or ask instead."""
    with pytest.raises(UsageError, match=says):
        GoalSeeking(WhatIf(), path).answer(desk_on(tmp_path, f"{TEXT}{budget}\n"))
