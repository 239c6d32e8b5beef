"""The interface as its user meets it: keys in, words on the screen out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from threading import Event

import pytest
from builders_tui import FakeBench
from conftest import Golden
from textual.pilot import Pilot

from costplan.errors import MissingPriceError, Place, PlanWarning, Problem, ScenarioError
from costplan.tui.app import CostplanApp
from costplan.tui.months import MonthsTable
from costplan.tui.screen import PlanScreen

type Steps = Callable[[Pilot[None], PlanScreen], Awaitable[None]]
PROBLEM = Problem(
    Place("scenarios/support-assistant.yaml", 14, 9),
    "workloads.support-chat.rooting",
    "unknown key; did you mean 'routing'?",
)


def drive(
    bench: FakeBench, steps: Steps, *, size: tuple[int, int] = (120, 40), variant: str | None = None
) -> CostplanApp:
    """Open the interface, wait for the first answer, take the steps."""
    app = CostplanApp(bench, variant=variant)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            await steps(pilot, app.plan)

    asyncio.run(run())
    return app


async def settled(pilot: Pilot[None]) -> None:
    """Wait until no question is open and the answer has been painted."""
    app = pilot.app
    assert isinstance(app, CostplanApp)
    for _ in range(400):
        await pilot.pause()
        if not app.plan.is_busy and (app.plan.figures or app.plan.problems):
            break
        await asyncio.sleep(0.005)
    else:
        raise AssertionError("no answer within 2 s")
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait for what they ask."""
    await pilot.press(*keys)
    await settled(pilot)


def shown(pilot: Pilot[None]) -> str:
    """The screen as lines of text."""
    screen = pilot.app.screen
    lines = screen._compositor.render_strips()
    return "".join(f"{strip.text.rstrip()}\n" for strip in lines)


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        ("wide", (120, 40), ()),
        ("narrow", (80, 24), ()),
        ("narrow_spend", (80, 24), ("s",)),
        ("narrow_list", (80, 24), ("b",)),
        ("what_if", (120, 40), ("2", "plus", "plus", "v")),
        ("keys", (80, 24), ("question_mark",)),
        ("small", (60, 20), ()),
    ],
)
def test_the_screen(
    name: str, size: tuple[int, int], keys: tuple[str, ...], golden: Golden
) -> None:
    """Every view, as text; the colours are looked at, not tested."""

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        await press(pilot, *keys)
        golden(f"tui_{name}.txt", shown(pilot))

    drive(FakeBench(warnings=(PlanWarning("w", "look", "here"),)), steps, size=size)


def test_first_paint_does_not_wait_for_the_projection() -> None:
    """The screen says what it is doing while the first answer is worked out."""
    gate = Event()
    app = CostplanApp(FakeBench(on_project=lambda _: hold(gate)))

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            before = shown(pilot)
            gate.set()
            await settled(pilot)
            assert "projecting ..." in before
            assert "$180,395 expected" in shown(pilot)

    asyncio.run(run())


def test_a_lever_moves_with_a_key_and_the_plan_with_it() -> None:
    """What is asked is only what was moved; 0 asks for the plan as written."""
    bench = FakeBench()

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        await press(pilot, "plus", "plus")
        assert bench.asked[-1] == (None, {"volume": 1.1})
        assert "what if: volume ×1.10" in shown(pilot)
        assert "$198,435 expected" in shown(pilot)
        await press(pilot, "3", "right")
        assert bench.asked[-1] == (None, {"volume": 1.1, "cheapest": 0.05})
        await press(pilot, "0")
        assert bench.asked[-1] == (None, {})
        assert "what if" not in shown(pilot)

    drive(bench, steps)


def test_a_lever_put_back_by_hand_is_not_moved() -> None:
    """Binary residue of many steps does not leave a what-if behind."""
    bench = FakeBench()

    async def steps(pilot: Pilot[None], plan: PlanScreen) -> None:
        await press(pilot, *["plus"] * 3, *["minus"] * 3)
        assert plan.settings == {}

    drive(bench, steps)


def test_a_lever_stops_at_its_end() -> None:
    """And a key press that moves nothing asks nothing."""
    bench = FakeBench()

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        await press(pilot, "3")
        asked = len(bench.asked)
        await press(pilot, "minus")
        assert len(bench.asked) == asked

    drive(bench, steps)


def test_a_click_on_the_slide_moves_the_lever() -> None:
    bench = FakeBench()

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        await pilot.click("#lever-1", offset=(36, 1))
        await settled(pilot)
        assert bench.asked[-1] == (None, {"volume": 1.05})

    drive(bench, steps)


def test_v_goes_through_the_variants_and_back() -> None:
    bench = FakeBench()

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        for name in ("all-haiku", "cheapest", None):
            await press(pilot, "v")
            assert bench.asked[-1][0] == name
        await press(pilot, "V")
        assert bench.asked[-1][0] == "cheapest"
        assert "variant cheapest" in shown(pilot)
        assert "● cheapest" in shown(pilot)

    drive(bench, steps)


def test_a_variant_can_be_picked_from_the_list() -> None:
    bench = FakeBench()

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        await press(pilot, "shift+tab", "down", "down", "enter")
        assert bench.asked[-1][0] == "all-haiku"

    drive(bench, steps)


def test_the_variant_to_begin_with() -> None:
    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        assert "variant all-haiku" in shown(pilot)

    bench = FakeBench()
    drive(bench, steps, variant="all-haiku")
    assert bench.asked == [("all-haiku", {})]


def test_another_scenario_starts_afresh() -> None:
    """Levers and variant belong to the scenario that is left."""

    async def steps(pilot: Pilot[None], plan: PlanScreen) -> None:
        await press(pilot, "plus", "v", "shift+tab", "end", "enter")
        assert "scenarios/nightly-batch.yaml" in shown(pilot)
        assert (plan.variant, plan.settings) == (None, {})
        assert "no budget" in shown(pilot)

    drive(FakeBench(), steps)


def test_over_budget_is_said_in_words() -> None:
    """In the headline, at the month in the table, and under its column."""

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        text = shown(pilot)
        assert "▲ over from 2027-06" in text
        assert "50% ▲ over" in text
        assert "▲Jun" in text

    drive(FakeBench(), steps)


@pytest.mark.parametrize(("budget", "words"), [("99000", "● within budget"), (None, "no budget")])
def test_a_plan_that_holds_says_so(budget: str | None, words: str) -> None:
    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        assert words in shown(pilot)
        assert "▲ over from" not in shown(pilot)

    drive(FakeBench(budget=budget), steps)


def test_a_change_on_disk_is_read_and_the_cursor_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costplan.tui.screen.POLL_SECONDS", 0.02)
    bench = FakeBench()

    async def steps(pilot: Pilot[None], plan: PlanScreen) -> None:
        await press(pilot, "down", "down", "plus")
        bench.budget, bench.is_changed = "99000", True
        await pilot.pause(0.2)
        await settled(pilot)
        assert "● within budget" in shown(pilot)
        assert plan.query_one(MonthsTable).cursor_row == 2
        assert plan.settings == {"volume": 1.05}

    drive(bench, steps)
    assert bench.loads == 2


def test_nothing_is_asked_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costplan.tui.screen.POLL_SECONDS", 0.02)
    bench = FakeBench()

    async def steps(_: Pilot[None], __: PlanScreen) -> None:
        await asyncio.sleep(0.2)

    drive(bench, steps)
    assert (bench.loads, len(bench.asked)) == (1, 1)


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
    bench = FakeBench()

    async def steps(pilot: Pilot[None], plan: PlanScreen) -> None:
        bench.on_load = failing(ScenarioError([PROBLEM]))
        await press(pilot, "r")
        text = shown(pilot)
        assert str(PROBLEM) in text
        assert "✗ 1 problem" in text
        assert "2027-06" in text
        assert plan.has_class("-stale")
        bench.on_load = lambda: None
        await press(pilot, "r")
        assert "problem" not in shown(pilot)
        assert not plan.has_class("-stale")

    drive(bench, steps)


def test_a_file_broken_from_the_start() -> None:
    """Nothing to show but the problem; a lever does not hide it."""

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        await press(pilot, "plus", "v", "s", "w", "escape")
        assert str(PROBLEM) in shown(pilot)
        assert "no plan to show" in shown(pilot)

    drive(FakeBench(on_load=failing(ScenarioError([PROBLEM]))), steps)


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
    bench = FakeBench()

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        bench.on_project = failing(error)
        await press(pilot, "plus")
        text = shown(pilot)
        assert words in text
        assert "Traceback" not in text
        bench.on_project = lambda _: None
        await press(pilot, "0")
        assert words not in shown(pilot)

    drive(bench, steps)


def test_a_problem_text_is_not_markup() -> None:
    """Brackets in a file are shown as they are."""

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        assert "[red]x[/red]" in shown(pilot)

    drive(FakeBench(on_load=failing(MissingPriceError("[red]x[/red] \x1b[31m"))), steps)


def test_a_stale_answer_never_wins() -> None:
    """The first question answers last; what is shown belongs to the second."""
    started, gate = Event(), Event()
    bench = FakeBench()

    def slow_at_first(levers: Mapping[str, float]) -> None:
        if levers == {"volume": 1.05}:
            started.set()
            hold(gate)

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        bench.on_project = slow_at_first
        await pilot.press("plus")
        await asyncio.to_thread(started.wait, 5)
        await pilot.press("plus")
        gate.set()
        await settled(pilot)
        assert bench.asked[-1] == (None, {"volume": 1.1})
        assert "$198,435 expected" in shown(pilot)

    drive(bench, steps)


def test_a_held_key_does_not_queue_up_work() -> None:
    """While one question is worked on, those replaced by a newer one are never begun."""
    started, gate = Event(), Event()
    bench = FakeBench()

    def slow(_: Mapping[str, float]) -> None:
        started.set()
        hold(gate)

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        bench.on_project = slow
        await pilot.press("plus")
        await asyncio.to_thread(started.wait, 5)
        await pilot.press(*["plus"] * 6)
        gate.set()
        await settled(pilot)

    drive(bench, steps)
    assert [levers for _, levers in bench.asked] == [{}, {"volume": 1.05}, {"volume": 1.35}]


@pytest.mark.parametrize("size", [(60, 20), (30, 10), (200, 60)])
def test_every_key_at_every_size(size: tuple[int, int]) -> None:
    """Nothing raises, however little room there is."""

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        await press(pilot, *"3+0vsbw", "escape", *"brs", "question_mark")
        await pilot.resize_terminal(100, 30)
        await press(pilot, "escape", "tab", "b")

    drive(FakeBench(months=36), steps, size=size)


def test_the_palette_knows_variants_and_scenarios() -> None:
    async def steps(pilot: Pilot[None], plan: PlanScreen) -> None:
        titles = {command.title for command in plan.app.get_system_commands(plan)}
        assert {"Reload", "Variant: cheapest", "Open: fast-tier.yaml", "Theme"} <= titles

    drive(FakeBench(), steps)


def test_without_colour_no_theme_of_the_terminals_own_colours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those come out black on black."""
    monkeypatch.setenv("NO_COLOR", "1")

    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        pilot.app.theme = "ansi-dark"
        assert pilot.app.theme == "costplan-dark"

    drive(FakeBench(), steps)


def test_warnings_and_notes_can_be_read() -> None:
    async def steps(pilot: Pilot[None], _: PlanScreen) -> None:
        assert "1 warning (w)" in shown(pilot)
        await press(pilot, "w")
        text = shown(pilot)
        assert "after-retirement: openai/gpt-4o-mini: retired" in text
        assert "Seats and tokens cross" in text

    warning = PlanWarning("after-retirement", "retired 2027-01-14", "openai/gpt-4o-mini")
    drive(FakeBench(warnings=(warning,)), steps)
