from __future__ import annotations

import shlex
from contextlib import suppress
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.cli.parser import parse
from costplan.desk import Desk, WhatIf
from costplan.desk.board import Board, Turning
from costplan.desk.command import command_line
from costplan.desk.levers import Lever
from costplan.errors import UsageError

CHAT = "workloads.support-chat"
MIX = f"{CHAT}.routing.mix"
LUNA, HAIKU, SOL = "openai/gpt-6-luna", "anthropic/claude-haiku-5-5", "openai/gpt-6-sol"


@cache
def board(variant: str | None = None, name: str = "six-workloads") -> Board:
    desk = Desk(f"scenarios/{name}.yaml")
    desk.load()
    return Turning(variant).answer(desk)


def at(label: str, group: str = "support-chat", what_if: WhatIf = WhatIf()) -> Lever:  # noqa: B008
    levers = board(what_if.variant).standing(what_if)
    return next(one for one in levers if (one.label, one.group) == (label, group))


def test_a_nudge_is_a_setting_and_the_way_back_is_none() -> None:
    up = board().nudged(WhatIf(), at("turns"), 2)
    assert up.settings == ((f"{CHAT}.request.turns", "6"),)
    assert board().nudged(up, at("turns", what_if=up), -2) == WhatIf()


def test_a_share_moves_the_whole_mix_and_back() -> None:
    now = WhatIf()
    for steps in (1, 4, 20, -9, -16):
        now = board().nudged(now, at("claude-haiku-5-5", what_if=now), steps)
    assert now == WhatIf()
    more = board().nudged(now, at("claude-haiku-5-5"), 5)
    assert more.settings == ((MIX, f"{{{LUNA}: 80%, {HAIKU}: 20%}}"),)


def test_a_phase_of_a_mix_is_moved_alone() -> None:
    levers = [one for one in board().levers if one.group == "campaign-texts" and one.mix]
    assert [one.mix.since for one in levers if one.mix] == ["2026-12-01", *["2027-03-01"] * 2]
    moved = board().nudged(WhatIf(), levers[-1], 5)
    path = "workloads.campaign-texts.routing.mix.1.mix"
    assert moved.settings == ((path, f"{{{SOL}: 35%, {LUNA}: 65%}}"),)
    mixes = board().base.apply(None, moved.settings).workloads["campaign-texts"].routing
    assert mixes
    assert [str(entry.from_) for entry in mixes.mix] == ["2026-12-01", "2027-03-01"]


def test_a_model_that_is_not_in_the_mix_takes_its_share_of_all() -> None:
    mix = at("gpt-6-luna").mix
    assert mix
    added = board().with_model(WhatIf(), mix, SOL, "20%")
    assert added.settings == ((MIX, f"{{{LUNA}: 68%, {HAIKU}: 12%, {SOL}: 20%}}"),)
    none_yet = board().with_model(WhatIf(), mix, SOL)
    assert at("gpt-6-sol", what_if=none_yet).text == "0%"
    assert board().typed(none_yet, at("gpt-6-sol", what_if=none_yet), "20%") == added


@pytest.mark.parametrize(
    ("model", "says"),
    [("openai/gpt-6-lunar", "did you mean 'openai/gpt-6-luna'?"), (HAIKU, "is in the mix already")],
)
def test_a_model_that_cannot_be_added(model: str, says: str) -> None:
    mix = at("gpt-6-luna").mix
    assert mix
    with pytest.raises(UsageError) as refused:
        board().with_model(WhatIf(), mix, model)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("20", "write 20%"),
        ("much", "expected a number"),
        ("", "expected a number"),
        ("[1]", "a share"),
    ],
)
def test_a_share_of_a_new_model_is_read_by_the_schema(text: str, says: str) -> None:
    mix = at("gpt-6-luna").mix
    assert mix
    with pytest.raises(UsageError, match=says):
        board().with_model(WhatIf(), mix, SOL, text)


@given(st.text(), st.integers(0, 70))
def test_whatever_is_typed_is_taken_or_told(text: str, number: int) -> None:
    levers = board().levers
    with suppress(UsageError):
        made = board().typed(WhatIf(), levers[number % len(levers)], text)
        board().base.apply(None, made.settings)


def test_models_on_sale_have_a_price_as_the_plan_begins() -> None:
    assert {LUNA, HAIKU, SOL} <= set(board().models)
    assert "anthropic/claude-3-opus" not in board().models  # retired
    assert list(board().models) == sorted(board().models)


def test_a_value_goes_as_far_as_the_scenario_allows() -> None:
    """Two values that bound each other: reads and writes of a cache are parts of one whole."""
    read = at("cache read share", "coding-agent")
    with pytest.raises(UsageError, match="over 100% together"):
        board().nudged(WhatIf(), read, 1)
    less = board().nudged(WhatIf(), at("cache write share", "coding-agent"), -4)
    assert less.settings[-1][1] == "1%"
    more = board().nudged(less, at("cache read share", "coding-agent", less), 5)
    assert more.settings[-1][1] == "96% to 99%"
    turns = board().nudged(WhatIf(), at("turns"), -9)
    assert turns.settings[-1][1] == "1"  # a conversation has one at least


def test_what_is_refused_says_why_and_changes_nothing() -> None:
    with pytest.raises(UsageError, match="write 30%"):
        board().typed(WhatIf(), at("batch share"), "30")
    with pytest.raises(UsageError, match="at least one turn"):
        board().typed(WhatIf(), at("turns"), "0")
    assert board().typed(WhatIf(), at("turns"), " 4 ") == WhatIf()


def test_one_lever_goes_back_alone() -> None:
    now = board().typed(WhatIf(), at("turns"), "6")
    now = board().nudged(now, at("gpt-6-luna", what_if=now), -5)
    assert len(now.settings) == 2
    assert board().reset(now, at("turns", what_if=now)).settings == now.settings[1:]
    assert board().reset(now, at("claude-haiku-5-5", what_if=now)).settings == now.settings[:1]


def test_a_lever_that_was_set_from_above_goes_back_too() -> None:
    now = WhatIf().setting(f"{CHAT}.request", "{turns: 9}")
    back = board().reset(now, at("turns", what_if=now))
    assert at("turns", what_if=back).text == "4"


def test_a_far_value_is_moved_by_steps_of_its_own() -> None:
    far = board().typed(WhatIf(), at("output", "coding-agent"), "40k")
    lever = at("output", "coding-agent", far)
    assert board().resting(lever) == "40k"
    assert board().nudged(far, lever, 1).settings[-1][1] == "42k"
    near = board().typed(WhatIf(), at("output", "coding-agent"), "500")
    assert board().nudged(near, at("output", "coding-agent", near), 1).settings[-1][1] == "510"


def test_what_was_changed_is_listed() -> None:
    now = board().nudged(WhatIf(), at("gpt-6-luna"), -5)
    changed = board().changed(board().standing(now))
    assert [(one.label, board().text_before(one.path), one.text) for one in changed] == [
        ("gpt-6-luna", "85%", "80%"),
        ("claude-haiku-5-5", "15%", "20%"),
    ]


def test_values_come_from_the_variant() -> None:
    variant = board("cheap-first")
    shares = [one.text for one in variant.levers if one.group == "contract-review" and one.mix]
    assert shares == ["100%"]


def test_what_the_command_line_set_is_the_base() -> None:
    desk = Desk("scenarios/six-workloads.yaml", settings=[(f"{CHAT}.request.turns", "7")])
    desk.load()
    for variant in (None, "cheap-first"):
        levers = Turning(variant).answer(desk).levers
        assert next(one.text for one in levers if one.path.endswith("chat.request.turns")) == "7"


def test_price_days_are_those_on_which_something_became_known() -> None:
    """Each but the last; before the first of them a model had no price at all."""
    desk = Desk("scenarios/six-workloads.yaml")
    scenario = desk.load()
    for day in board().price_days:
        assert str(desk.project(WhatIf().setting("known_at", day)).price_book.known_at) == day
    assert scenario.known_at is None
    known = next(one for one in board().levers if one.path == "known_at")
    assert known.stops == board().price_days


def plan_of(words: list[str]) -> Decimal:
    """What the command that a screen shows comes to."""
    arguments = parse(words[1:])
    desk = Desk(arguments.file)
    desk.load()
    return desk.project(WhatIf(arguments.variant, tuple(arguments.set))).horizon.expected


def test_the_command_line_gives_the_plan_of_the_screen() -> None:
    now = board("cheap-first").nudged(WhatIf("cheap-first"), at("gpt-6-luna"), -5)
    now = now.setting(f'{CHAT}.routing."escalate_to"', SOL)
    line = command_line(Desk("scenarios/six-workloads.yaml", options=("--draws", "10")), now)
    assert line == (
        "costplan plan scenarios/six-workloads.yaml --variant=cheap-first "
        f"--set '{MIX}={{{LUNA}: 80%, {HAIKU}: 20%}}' "
        f"--set '{CHAT}.routing.\"escalate_to\"={SOL}' --draws 10"
    )
    desk = Desk("scenarios/six-workloads.yaml")
    desk.load()
    assert plan_of(shlex.split(line)) == desk.project(now).horizon.expected


@given(st.text(min_size=1), st.text("ab=.'\"{}: %$", min_size=1), st.text())
def test_a_command_line_survives_the_shell(name: str, path: str, text: str) -> None:
    line = command_line(Desk(f"-{name}"), WhatIf("-v", ((path, text),)))
    assert shlex.split(line) == [
        "costplan", "plan", f"./-{name}", "--variant=-v", "--set", f"{path}={text}",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 70), st.integers(-9, 9)), max_size=8))
def test_a_change_is_allowed_or_refused_in_a_sentence(moves: list[tuple[int, int]]) -> None:
    """Whatever is nudged in whatever order, the scenario stays one that can be read."""
    now = WhatIf()
    for number, steps in moves:
        levers = board().standing(now)
        with suppress(UsageError):
            now = board().nudged(now, levers[number % len(levers)], steps)
    for lever in board().changed(board().standing(now)):
        with suppress(UsageError):  # two that bound each other, the second of which goes first
            now = board().reset(now, lever)
    for lever in board().changed(board().standing(now)):
        now = board().reset(now, lever)
    assert now == WhatIf()


def test_a_scenario_of_your_own(tmp_path: Path) -> None:
    """A file with nothing but what it must say has levers all the same."""
    file = tmp_path / "small.yaml"
    file.write_text(
        "name: Small\nstart: 2026-12\nworkloads:\n  chat:\n    demand: {requests: 10/day}\n"
        f"    request: {{input: 100, output: 10}}\n    routing: {{mix: {{{LUNA}: 100%}}}}\n"
    )
    desk = Desk(str(file))
    desk.load()
    made = Turning().answer(desk)
    assert [one.label for one in made.levers] == [
        "requests", "growth", "gpt-6-luna", "retries", "batch share", "output", "input",
        "prices known on", "first month", "months", "uncertainty",
    ]  # fmt: skip
