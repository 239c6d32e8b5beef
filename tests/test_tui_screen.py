"""The interface as its user meets it: keys in, words on the screen out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event

import pytest
from builders_tui import VOLUME, FakeDesk, change, drive, press, settled, shown
from conftest import Golden
from textual.pilot import Pilot

from costplan.desk import WhatIf
from costplan.errors import MissingPriceError, Place, PlanWarning, Problem, ScenarioError
from costplan.tui.app import CostplanApp
from costplan.tui.breakdown import PlanTable
from costplan.tui.messages import WhatIfMade
from costplan.tui.workbench import Workbench

PROBLEM = Problem(
    Place("scenarios/support-assistant.yaml", 14, 9),
    "workloads.support-chat.rooting",
    "unknown key; did you mean 'routing'?",
)


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("wide", (120, 40), ()),
        ("narrow", (80, 24), ()),
        ("narrow_spend", (80, 24), ("s",)),
        ("variant", (120, 40), ("v",)),
        ("keys", (80, 24), ("question_mark",)),
        ("small", (60, 20), ()),
    ],
)
def test_the_screen(
    name: str, size: tuple[int, int], keys: tuple[str, ...], golden: Golden
) -> None:
    """Every view, as text; the colours are looked at, not tested."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, *keys)
        golden(f"tui_{name}.txt", shown(pilot))

    drive(FakeDesk(warnings=(PlanWarning("w", "look", "here"),)), steps, size=size)


def test_first_paint_does_not_wait_for_the_projection() -> None:
    """The screen says what it is doing while the first answer is worked out."""
    gate = Event()
    app = CostplanApp(FakeDesk(on_project=lambda _: hold(gate)))

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            before = shown(pilot)
            gate.set()
            await settled(pilot)
            assert "projecting ..." in before
            assert "$180,395" in shown(pilot)

    asyncio.run(run())


def test_v_goes_through_the_variants_and_back() -> None:
    desk = FakeDesk()

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        for name in ("all-haiku", "cheapest", None):
            await press(pilot, "v")
            assert bench.what_if.variant == name
        await press(pilot, "V")
        assert desk.asked[-1].variant == "cheapest"
        assert "variant cheapest" in shown(pilot)

    drive(desk, steps)


def test_the_variant_to_begin_with() -> None:
    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        assert "variant all-haiku" in shown(pilot)

    desk = FakeDesk()
    drive(desk, steps, variant="all-haiku")
    assert desk.asked[0] == WhatIf("all-haiku")


def test_another_scenario_starts_afresh() -> None:
    """What was changed belongs to the scenario that is left."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await change(pilot, VOLUME, "1.05")
        await press(pilot, "v", "o", *"night", "enter")
        await settled(pilot)
        assert "scenarios/nightly-batch.yaml" in shown(pilot)
        assert bench.what_if == WhatIf()
        assert "no budget" in shown(pilot)

    drive(FakeDesk(), steps)


def test_a_change_is_undone_and_redone_and_reset() -> None:
    """Each is a step of its own; what was taken back is forgotten once something else is done."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await change(pilot, VOLUME, "1.1")
        assert "what if: assumptions.volume 1.1" in shown(pilot)
        assert "$198,435 expected" in shown(pilot)
        await press(pilot, "v", "u")
        assert bench.what_if == WhatIf(None, ((VOLUME, "1.1"),))
        await press(pilot, "u")
        assert bench.what_if == WhatIf()
        assert "$180,395" in shown(pilot)
        await press(pilot, "u", "U", "U", "U")
        assert bench.what_if == WhatIf("all-haiku", ((VOLUME, "1.1"),))
        await press(pilot, "0")
        assert bench.what_if == WhatIf("all-haiku")
        await press(pilot, "u")
        assert bench.what_if.get(VOLUME) == "1.1"

    drive(FakeDesk(), steps)


def test_over_budget_is_said_in_words() -> None:
    """In the headline, at the month in the table, and under its column."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        text = shown(pilot)
        assert "▲ over from 2027-06" in text
        assert "50% ▲ over" in text
        assert "▲Jun" in text

    drive(FakeDesk(), steps)


@pytest.mark.parametrize(("budget", "words"), [("99000", "● within budget"), (None, "no budget")])
def test_a_plan_that_holds_says_so(budget: str | None, words: str) -> None:
    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        assert words in shown(pilot)
        assert "▲ over from" not in shown(pilot)

    drive(FakeDesk(budget=budget), steps)


def test_a_change_on_disk_is_read_and_the_cursor_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costplan.tui.workbench.POLL_SECONDS", 0.02)
    desk = FakeDesk()

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "down", "down")
        await change(pilot, VOLUME, "1.05")
        desk.budget, desk.is_changed = "99000", True
        await pilot.pause(0.2)
        await settled(pilot)
        assert "● within budget" in shown(pilot)
        assert bench.query_one(PlanTable).cursor_row == 2
        assert bench.what_if.get(VOLUME) == "1.05"

    drive(desk, steps)
    assert desk.loads == 2


def test_nothing_is_asked_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costplan.tui.workbench.POLL_SECONDS", 0.02)
    desk = FakeDesk()

    async def steps(_: Pilot[None], __: Workbench) -> None:
        await asyncio.sleep(0.2)

    drive(desk, steps)
    assert (desk.loads, len(desk.asked)) == (1, 1)


def hold(gate: Event) -> None:
    """Wait in the worker until the test goes on."""
    gate.wait(5)


def failing(error: Exception) -> Callable[..., None]:
    """Something that raises it."""

    def fail(*_: object) -> None:
        raise error

    return fail


def test_problems_show_their_place_and_go_when_the_file_is_fixed() -> None:
    """The last plan that held stays, greyed."""
    desk = FakeDesk()

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        desk.on_load = failing(ScenarioError([PROBLEM]))
        await press(pilot, "r")
        text = shown(pilot)
        assert str(PROBLEM) in text
        assert "✗ 1 problem" in text
        assert "2027-06" in text
        assert bench.has_class("-stale")
        desk.on_load = lambda: None
        await press(pilot, "r")
        assert "problem" not in shown(pilot)
        assert not bench.has_class("-stale")

    drive(desk, steps)


def test_a_file_broken_from_the_start() -> None:
    """Nothing to show but the problem; a lever does not hide it."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "v", "s", "n", "escape")
        assert str(PROBLEM) in shown(pilot)
        assert "no plan to show" in shown(pilot)

    drive(FakeDesk(on_load=failing(ScenarioError([PROBLEM]))), steps)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MissingPriceError("openai/gpt-9 has no price on 2026-12-01"), "has no price on"),
        (FileNotFoundError(2, "No such file or directory", "a.yaml"), "a.yaml: No such file"),
        (ZeroDivisionError("division by zero"), "unexpected ZeroDivisionError"),
    ],
)
def test_no_error_is_a_traceback(error: Exception, words: str) -> None:
    """Neither costplan's own, nor the system's, nor one nobody foresaw."""
    desk = FakeDesk()

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        desk.on_project = failing(error)
        await change(pilot, VOLUME, "2")
        text = shown(pilot)
        assert words in text
        assert "Traceback" not in text
        desk.on_project = lambda _: None
        await press(pilot, "0")
        assert words not in shown(pilot)

    drive(desk, steps)


def test_a_problem_text_is_not_markup() -> None:
    """Brackets in a file are shown as they are."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        assert "[red]x[/red]" in shown(pilot)

    drive(FakeDesk(on_load=failing(MissingPriceError("[red]x[/red] \x1b[31m"))), steps)


def test_the_newest_question_has_the_last_word() -> None:
    """The first question takes long; what is shown at the end belongs to the second."""
    started, gate = Event(), Event()
    desk = FakeDesk()

    def slow_at_first(what_if: WhatIf) -> None:
        if what_if.get(VOLUME) == "1.05":
            started.set()
            hold(gate)

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        desk.on_project = slow_at_first
        bench.post_message(WhatIfMade(bench.what_if.setting(VOLUME, "1.05")))
        await pilot.pause()
        await asyncio.to_thread(started.wait, 5)
        bench.post_message(WhatIfMade(bench.what_if.setting(VOLUME, "1.1")))
        await pilot.pause()
        gate.set()
        await settled(pilot)
        assert "$198,435 expected" in shown(pilot)

    drive(desk, steps)


def test_a_held_key_does_not_queue_up_work() -> None:
    """While one question is worked on, those replaced by a newer one are never begun."""
    started, gate = Event(), Event()
    desk = FakeDesk()

    def slow(what_if: WhatIf) -> None:
        if what_if != WhatIf():
            started.set()
            hold(gate)

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        desk.on_project = slow
        for volume in ("1.05", "1.1", "1.15", "1.2", "1.25"):
            bench.post_message(WhatIfMade(bench.what_if.setting(VOLUME, volume)))
            await pilot.pause()
            await asyncio.to_thread(started.wait, 5)
        gate.set()
        await settled(pilot)

    drive(desk, steps)
    assert [what_if.get(VOLUME) for what_if in desk.asked if what_if.settings] == ["1.05", "1.25"]


@pytest.mark.parametrize("size", [(60, 20), (30, 10), (200, 60)])
def test_every_key_at_every_size(size: tuple[int, int]) -> None:
    """Nothing raises, however little room there is."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, *"v0sn", "escape", *"rs", "question_mark")
        await pilot.resize_terminal(100, 30)
        await press(pilot, "escape", "tab", "o", "escape")

    drive(FakeDesk(months=36), steps, size=size)


def test_the_palette_knows_variants_and_scenarios() -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        titles = {command.title for command in bench.app.get_system_commands(bench)}
        assert {"Reload", "Variant: cheapest", "Open: fast-tier.yaml", "Theme"} <= titles

    drive(FakeDesk(), steps)


def test_without_colour_no_theme_of_the_terminals_own_colours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those come out black on black."""
    monkeypatch.setenv("NO_COLOR", "1")

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        pilot.app.theme = "ansi-dark"
        assert pilot.app.theme == "costplan-dark"

    drive(FakeDesk(), steps)


def test_warnings_and_notes_can_be_read() -> None:
    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        assert "1 warning (n)" in shown(pilot)
        await press(pilot, "n")
        text = shown(pilot)
        assert "after-retirement: openai/gpt-4o-mini: retired" in text
        assert "Seats and tokens cross" in text

    warning = PlanWarning("after-retirement", "retired 2027-01-14", "openai/gpt-4o-mini")
    drive(FakeDesk(warnings=(warning,)), steps)
