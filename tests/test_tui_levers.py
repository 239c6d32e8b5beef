"""The what-if panel as its user meets it: keys and mouse in, values and plans out."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_tui import drive, press, settled, shown
from textual.events import MouseScrollUp
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from costplan.desk import Desk, WhatIf
from costplan.prices import default_book
from costplan.report.headline import delta_text
from costplan.tui.lever_list import LeverList
from costplan.tui.lever_rows import Row
from costplan.tui.levers import LeverPanel
from costplan.tui.workbench import Workbench

MIX = "workloads.chat.routing.mix"
LUNA, HAIKU = "openai/gpt-6-luna", "anthropic/claude-haiku-5-5"
SCENARIO = f"""\
name: Small
start: 2026-12
months: 3
uncertainty: none
assumptions: {{chats: 8k to 12k}}
workloads:
  chat:
    demand: {{requests: $chats/day}}
    request: {{input: 600, output: {{mean: 180, p90: 340}}, turns: 4}}
    routing: {{mix: {{{LUNA}: 85%, {HAIKU}: 15%}}}}
  mail:
    demand: {{requests: 900/day}}
    request: {{input: 400, output: 30}}
    routing: {{mix: {{{LUNA}: 100%}}}}
    batch: 40%
variants:
  luna: {{workloads.chat.routing.mix: {{{LUNA}: 100%}}}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO)
    return Desk(str(path), default_book(), draws=16)


def panel(bench: Workbench) -> LeverPanel:
    return bench.query_one(LeverPanel)


def row(bench: Workbench) -> Row:
    marked = bench.query_one(LeverList).row
    assert marked
    return marked


def rewrite(desk: Desk, text: str) -> None:
    """Change the file as another editor would."""
    Path(desk.path).write_text(text)


async def go(pilot: Pilot[None], words: str) -> None:
    """Go to a lever by its name."""
    await press(pilot, "slash", *[key if key != " " else "space" for key in words], "enter")


async def type_in(pilot: Pilot[None], text: str) -> None:
    """Type a value in the place of the one that stands there."""
    typed = pilot.app.screen.query_one("#typed", Input)
    typed.value = text
    await settled(pilot)
    await press(pilot, "enter")


def test_w_goes_to_the_panel_and_puts_it_away(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        assert panel(bench).display
        await press(pilot, "w")
        assert panel(bench).has_focus_within
        await press(pilot, "escape")
        assert panel(bench).display
        assert not panel(bench).has_focus_within
        await press(pilot, "w", "w")
        assert not panel(bench).display
        await press(pilot, "w")
        assert panel(bench).has_focus_within

    drive(desk, steps)


def test_beside_other_views_it_stands_when_it_is_asked_for(desk: Desk) -> None:
    """They are made for the whole width; what is not theirs stays away until w brings it."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "5")
        assert not panel(bench).display
        await press(pilot, "1")
        assert panel(bench).display
        await press(pilot, "w", "5")
        assert panel(bench).display

    drive(desk, steps)


def test_on_a_narrow_screen_it_lies_over_the_table(desk: Desk) -> None:
    """The chart stays in sight, and moves."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        assert not panel(bench).display
        await press(pilot, "w")
        before = shown(pilot).splitlines()
        await press(pilot, *["right"] * 9)
        after = shown(pilot).splitlines()
        assert before[4:12] != after[4:12]
        assert "chats" in after[16]
        await press(pilot, "escape")
        assert not panel(bench).display

    drive(desk, steps, size=(80, 24))


def test_arrows_nudge_and_the_plan_follows(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        assert bench.figures
        before = bench.figures.projection.horizon.expected
        await press(pilot, "w", "right")
        assert bench.what_if == WhatIf().setting("assumptions.chats", "8.5k to 12.5k")
        assert bench.figures.projection.horizon.expected > before
        assert row(bench) == Row("assumptions.chats", "chats", "8.5k to 12.5k", "8k to 12k")
        assert "what if: chats 8.5k to 12.5k" in shown(pilot)
        delta = delta_text(bench.figures.projection, bench.figures.base)
        assert delta.startswith("+$")
        assert f"expected · {delta} against base" in shown(pilot)
        await press(pilot, "left")
        assert bench.what_if == WhatIf()
        assert bench.figures.projection.horizon.expected == before
        await press(pilot, "pageup", "l", "h", "h")
        assert bench.what_if.settings[0][1] == "10k to 14k"
        await press(pilot, "pagedown", "l")
        assert bench.what_if == WhatIf()

    drive(desk, steps)


def test_a_share_moves_the_others(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w", "j", "j", *["left"] * 20)
        assert bench.what_if.settings == ((MIX, f"{{{LUNA}: 65%, {HAIKU}: 35%}}"),)
        await press(pilot, *["right"] * 20)
        assert bench.what_if == WhatIf()

    drive(desk, steps)


def test_every_change_is_undone_and_made_again(desk: Desk) -> None:
    """A key that is held down queues nothing up and loses no step."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w", *["right"] * 12)
        last = bench.what_if
        assert last.settings[0][1] == "14k to 18k"
        await press(pilot, *["u"] * 12)
        assert bench.what_if == WhatIf()
        assert row(bench).text == "8k to 12k"
        await press(pilot, *["U"] * 12)
        assert bench.what_if == last
        assert row(bench).text == "14k to 18k"
        await press(pilot, "0")
        assert bench.what_if == WhatIf()

    drive(desk, steps)


def test_a_value_is_typed_and_judged_as_it_is_typed(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w")
        await go(pilot, "mail batch")
        await press(pilot, "enter", "6", "0")
        assert "✗ a share lies between 0% and 100%" in shown(pilot)
        await press(pilot, "enter")  # refused: nothing changes, and the line stays
        assert bench.what_if == WhatIf()
        assert pilot.app.screen.query_one("#typed").display
        await press(pilot, "percent_sign")
        assert "= 60%" in shown(pilot)
        await press(pilot, "enter")
        assert bench.what_if.settings == (("workloads.mail.batch", "60%"),)
        await press(pilot, "enter", "9", "escape")  # left alone
        assert bench.what_if.settings == (("workloads.mail.batch", "60%"),)
        await go(pilot, "mail requests")
        await press(pilot, "enter")
        await type_in(pilot, "1k")
        assert bench.what_if.get("workloads.mail.demand.requests") == "1k/day"

    drive(desk, steps)


def test_what_belongs_together_is_checked_as_a_whole(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w")
        await go(pilot, "turns")
        await press(pilot, "enter")
        await type_in(pilot, "0")
        assert bench.what_if == WhatIf()
        assert "at least one turn" in shown(pilot)

    drive(desk, steps)


def test_backspace_puts_one_back(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w", "right", "j", "j", "right", "right")
        assert len(bench.what_if.settings) == 2
        await press(pilot, "backspace")
        assert bench.what_if == WhatIf().setting("assumptions.chats", "8.5k to 12.5k")
        assert row(bench).text == "85%"

    drive(desk, steps)


def test_a_model_is_added_to_a_mix(desk: Desk) -> None:
    """Two lines of typing move a fifth of the conversations to another model; one undo takes it."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w", *"jjjj")
        assert row(bench).label == "+ add a model"
        await press(pilot, "enter", "s", "o", "l", "enter", "escape")
        assert bench.what_if == WhatIf()
        await press(pilot, "enter")
        pilot.app.screen.query_one(Input).value = "openai gpt-6-sol"
        await settled(pilot)
        await press(pilot, "enter")
        await type_in(pilot, "20%")
        assert bench.what_if.settings == (
            (MIX, f"{{{LUNA}: 68%, {HAIKU}: 12%, openai/gpt-6-sol: 20%}}"),
        )
        assert row(bench) == Row(f"{MIX}.openai/gpt-6-sol", "gpt-6-sol", "20%", "not in the mix")
        assert bench.figures
        assert "openai/gpt-6-sol" in dict(bench.figures.projection.by("model"))
        await press(pilot, "u")
        assert bench.what_if == WhatIf()

    drive(desk, steps)


def test_a_lever_is_found_by_words_of_its_name(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w", "slash", *"retr")
        assert row(bench).id == "workloads.chat.failures.retry"
        await press(pilot, "down")
        assert row(bench).id == "workloads.mail.failures.retry"
        await press(pilot, "down", "up", "enter")
        assert row(bench).id == "workloads.mail.failures.retry"
        assert panel(bench).has_focus_within
        await press(pilot, "slash", *"xyz")
        assert "no value is called 'xyz'" in shown(pilot)
        await press(pilot, "escape", "home")
        assert row(bench).id == "assumptions.chats"
        await press(pilot, "end")
        assert row(bench).label == "uncertainty"
        await press(pilot, "down", "g", "up")
        assert row(bench).id == "assumptions.chats"

    drive(desk, steps)


def test_the_mouse_marks_nudges_and_types(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w")
        listed = bench.query_one(LeverList)
        y = next(k for k, one in enumerate(listed.rows) if one.id == "workloads.chat.request.turns")
        right = listed.size.width - 1
        await pilot.click(LeverList, Offset(4, y))
        await settled(pilot)
        assert row(bench).label == "turns"
        await pilot.click(LeverList, Offset(right, y))
        await settled(pilot)
        assert row(bench).text == "5"
        await pilot.click(LeverList, Offset(right - 4, y))  # the arrow left of a value of one cell
        await settled(pilot)
        assert row(bench).text == "4"
        await pilot._post_mouse_events([MouseScrollUp], LeverList, Offset(5, y))
        await settled(pilot)
        assert row(bench).text == "5"
        await pilot.click(LeverList, Offset(right - 2, y))
        await settled(pilot)
        assert pilot.app.screen.query_one("#typed").display

    drive(desk, steps)


def test_values_are_those_of_the_variant(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w", "right", "j", "j")
        await press(pilot, "v")
        assert bench.what_if == WhatIf("luna", (("assumptions.chats", "8.5k to 12.5k"),))
        assert row(bench) == Row(f"{MIX}.{LUNA}", "gpt-6-luna", "100%")

    drive(desk, steps)


def test_it_keeps_its_place_when_the_file_is_read_again(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w")
        await go(pilot, "mail batch")
        await press(pilot, "right")
        changed = SCENARIO.replace("batch: 40%", "batch: 20%")
        rewrite(desk, changed.replace("assumptions: {", "assumptions: {more: 5, "))
        await press(pilot, "r")
        assert row(bench) == Row("workloads.mail.batch", "batch share", "41%", "20%")
        rewrite(desk, SCENARIO.replace("    batch: 40%\n", "    mode: standard\n"))
        await press(pilot, "r")
        assert row(bench).id == "workloads.mail.batch"
        rewrite(desk, "name: broken\n")
        await press(pilot, "r")
        assert row(bench).text == "41%"  # the last that could be read

    drive(desk, steps)


def test_only_what_changed_is_painted_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A nudge paints its own line, and those of shares that make room."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "w", "j", "j", "right")
        listed = bench.query_one(LeverList)
        painted: list[int] = []
        render_line = listed.render_line

        def noting(y: int) -> Strip:
            painted.append(y)
            return render_line(y)

        monkeypatch.setattr(listed, "render_line", noting)
        await press(pilot, "right")
        assert row(bench).text == "87%"
        assert set(painted) == {listed.cursor, listed.cursor + 1}

    drive(desk, steps)


def test_help_is_about_the_panel_where_it_has_the_keys(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "w", "question_mark")
        assert "put the marked value back" in shown(pilot)

    drive(desk, steps)
