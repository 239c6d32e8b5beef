"""Mix: rules are switched and typed, and the mix found becomes the plan's."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_tui import drive, press, settled, shown, shown_view
from conftest import Golden
from plans import book
from textual.pilot import Pilot
from textual.widgets import Input

from costplan.desk import Desk
from costplan.desk.mixed import Mixed
from costplan.tui.charts.frontier import Frontier
from costplan.tui.charts.widget import Chart
from costplan.tui.messages import WhatIfMade
from costplan.tui.views.mix import MixView
from costplan.tui.workbench import Workbench

pytest.importorskip("highspy", reason="the extra 'optimize' is not installed")

PATH = "workloads.chat.routing.mix"
TEXT = """\
name: Support
start: 2026-12
months: 2
quality: {answers: {openai/gpt-6-luna: 80%, openai/gpt-6-sol: 90%}}
workloads:
  chat:
    task: answers
    demand: {requests: 1000/day}
    request: {input: 800, output: 200}
    routing: {mix: {openai/gpt-6-sol: 100%}}
  mail:
    demand: {requests: 100/day}
    request: {input: 800, output: 200}
    routing: {mix: {anthropic/claude-haiku-5-5: 50%, openai/gpt-6-sol: rest}}
optimize:
  chat: {among: [openai/gpt-6-luna, openai/gpt-6-sol], quality: 85%}
"""


def desk_on(folder: Path) -> Desk:
    """Two models for chat, scored; two for mail, not scored."""
    (folder / "plan.yaml").write_text(TEXT, encoding="utf-8")
    return Desk(str(folder / "plan.yaml"), book(), draws=16)


def mixed(pilot: Pilot[None]) -> Mixed:
    """What is shown."""
    found = pilot.app.screen.query_one(MixView)._mixed
    assert found is not None
    return found


async def typed(pilot: Pilot[None], rule: str) -> None:
    """Type a rule."""
    await press(pilot, "i")
    pilot.app.screen.query_one(Input).value = rule
    await press(pilot, "enter")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_screen(size: tuple[int, int], golden: Golden) -> None:
    """The shipped example."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "4")
        golden(f"tui_mix_{size[0]}.txt", shown_view(pilot))

    drive(Desk("scenarios/cheapest-mix.yaml", book(), draws=64), steps, size=size)


def test_a_rule_is_switched_off_and_on(tmp_path: Path) -> None:
    """Half and half keeps 85 %; without the rule all goes to the cheaper model."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "4")
        assert mixed(pilot).best == (PATH, "{openai/gpt-6-luna: 50.0%, openai/gpt-6-sol: rest}")
        assert "[x] quality at least 85.0%  costs $" in shown(pilot)
        await press(pilot, "space")
        assert mixed(pilot).best == (PATH, "{openai/gpt-6-luna: 100%}")
        assert "[ ] quality at least 85.0%" in shown(pilot)
        await pilot.click("#mix-rules", offset=(6, 1))
        await settled(pilot)
        assert "[x] quality at least 85.0%" in shown(pilot)

    drive(desk_on(tmp_path), steps)


def test_a_rule_is_typed(tmp_path: Path) -> None:
    """It takes the place of the one in the file; what is no rule is told and changes nothing."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "4")
        await typed(pilot, "quality 88%")
        assert "[x] quality at least 88.0%" in shown(pilot)
        assert "[ ] quality at least 85.0%" in shown(pilot)
        assert mixed(pilot).best == (PATH, "{openai/gpt-6-luna: 20.0%, openai/gpt-6-sol: rest}")
        await typed(pilot, "qualty 9%")
        assert "did you mean quality?" in bench.said
        assert "[x] quality at least 88.0%" in shown(pilot)
        command = pilot.app.screen.query_one(MixView).command(bench.desk)
        assert "--set optimize.chat.quality=88% --workload chat" in command

    drive(desk_on(tmp_path), steps)


def test_the_mix_is_used_and_the_plan_follows(tmp_path: Path) -> None:
    """The key m lays it over the plan as one what-if, which undo takes back."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "4")
        best = mixed(pilot).best
        assert best is not None
        before = bench.figures
        await press(pilot, "m")
        assert bench.what_if.settings == (best,)
        assert bench.figures is not before
        assert mixed(pilot).saving.endswith(": $0.00")
        await press(pilot, "u")
        assert not bench.what_if.settings
        assert not mixed(pilot).saving.endswith(": $0.00")

    drive(desk_on(tmp_path), steps)


def test_any_mix_of_the_frontier_can_be_used(tmp_path: Path) -> None:
    """Enter on its row; the row of the cursor is marked in the chart."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "4", "tab", "down")
        drawing = pilot.app.screen.query_one("#mix-frontier", Chart).drawing
        assert isinstance(drawing, Frontier)
        assert drawing.selected == 1
        await press(pilot, "enter")
        assert bench.what_if.settings == (mixed(pilot).frontier_settings[1],)

    drive(desk_on(tmp_path), steps)


def test_another_workload_and_what_it_lacks(tmp_path: Path) -> None:
    """Without scores there is no frontier but what to write; Enter sends all to one model."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "4", "a", *"mail", "enter")
        assert mixed(pilot).workload == "mail"
        assert "quality: {mail: {anthropic/claude-haiku-5-5: ..%" in shown(pilot)
        await press(pilot, "tab", "down", "enter")
        ((path, text),) = bench.what_if.settings
        assert path == "workloads.mail.routing.mix"
        assert text == mixed(pilot).alone_settings[1][1]

    drive(desk_on(tmp_path), steps)


def test_rules_that_nothing_keeps(tmp_path: Path) -> None:
    """It is said which rule to loosen; there is nothing to use until one is."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "4")
        await typed(pilot, "quality 95%")
        assert "no mix keeps" in shown(pilot)
        assert "Use mix" not in shown(pilot)
        await press(pilot, "m")
        assert bench.what_if.settings == ()
        await press(pilot, "down", "space")
        assert "Use mix" in shown(pilot)

    drive(desk_on(tmp_path), steps)


def test_a_share_that_was_set_goes_with_the_mix(tmp_path: Path) -> None:
    """It would else be laid over a mix that it has no place in."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "4")
        share = f'{PATH}."openai/gpt-6-sol"'
        bench.post_message(WhatIfMade(bench.what_if.setting(share, "100%")))
        await settled(pilot)
        await press(pilot, "m")
        assert [path for path, _ in bench.what_if.settings] == [PATH]

    drive(desk_on(tmp_path), steps)
