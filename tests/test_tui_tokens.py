"""The view Tokens as its user meets it: text in, counts out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from builders_tui import Steps, drive, press, settled, shown, shown_view
from conftest import Golden
from plans import book
from textual.events import Paste
from textual.pilot import Pilot

from costplan.desk import Desk, WhatIf
from costplan.desk.counting import BLOCK
from costplan.tokens import count_tokens
from costplan.tui.messages import ViewChosen, WhatIfMade
from costplan.tui.pathprompt import PathPrompt
from costplan.tui.views.tokens import PromptArea, TokensView
from costplan.tui.workbench import Workbench

TEXT = """\
name: Tokens
start: 2026-12
months: 1
workloads:
  chat:
    demand: {requests: 100/day}
    request: {input: 500, output: 300}
    routing: {mix: {openai/gpt-6-sol: 60%, openai/gpt-6-luna: 40%}}
variants: {haiku: {workloads.chat.routing.mix: {anthropic/claude-haiku-5-5: 100%}}}
"""
LINE = "The quick brown fox jumps over the lazy dog, again.\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A plan on two models; the current folder holds a prompt and a log."""
    (tmp_path / "plan.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "prompt.md").write_text("one two three four", encoding="utf-8")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "log.jsonl").write_text('{"text": "five"}\n"six"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Desk("plan.yaml", book(), draws=16, day=date(2026, 11, 22))


def look(desk: Desk, steps: Steps, *, size: tuple[int, int] = (120, 40)) -> None:
    """Open the view, then take the steps."""

    async def to_view(pilot: Pilot[None], bench: Workbench) -> None:
        bench.post_message(ViewChosen("tokens"))
        await settled(pilot)
        await steps(pilot, bench)

    drive(desk, to_view, size=size)


def counts(bench: Workbench) -> dict[str, str]:
    """Tokens by model, as they are shown."""
    tables = bench.query_one(TokensView).tables()
    heads = [column.name for column in tables[0].columns]
    at = heads.index("Tokens")
    return {row[0]: row[at] for row in tables[0].rows}


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste where the focus is, and wait until all of it is counted."""
    focused = pilot.app.screen.focused
    assert focused is not None
    focused.post_message(Paste(text))
    view = pilot.app.screen.query_one(TokensView)
    for _ in range(200):
        await settled(pilot)
        if view.answer is not None and getattr(view.answer, "rest", None) is None:
            return
    raise AssertionError("never counted to the end")


def on(model: str, text: str) -> str:
    """The count of a text, as it should be shown."""
    return f"{count_tokens(text, model).tokens:,}"


def test_what_is_typed_is_counted_at_once(desk: Desk) -> None:
    """Enter goes into the text, Escape leaves it."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "enter", *"hello", "space", *"you")
        assert counts(bench) == {
            name: on(name, "hello you") for name in ("openai/gpt-6-sol", "openai/gpt-6-luna")
        }
        assert "9 characters; counted offline, nothing is sent" in shown(pilot)
        await press(pilot, "escape")
        assert not isinstance(bench.focused, PromptArea)
        await press(pilot, "x")
        assert bench.query_one(PromptArea).text == ""
        assert set(counts(bench).values()) == {"0"}

    look(desk, steps)


def test_a_paste_goes_into_the_text_wherever_the_focus_is(desk: Desk) -> None:
    """Once, not twice."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await paste(pilot, "some words")
        assert bench.query_one(PromptArea).text == "some words"
        await press(pilot, "enter")
        await paste(pilot, " and more")
        assert bench.query_one(PromptArea).text == "some words and more"
        assert counts(bench)["openai/gpt-6-sol"] == on("openai/gpt-6-sol", "some words and more")

    look(desk, steps)


@pytest.mark.parametrize("keys", [(), ("enter",)])
def test_a_huge_paste_is_counted_block_by_block(desk: Desk, keys: tuple[str, ...]) -> None:
    """It is not laid out for editing; cut at lines, the sum is the whole."""
    text = LINE * (3 * BLOCK // len(LINE))

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, *keys)
        await paste(pilot, text)
        area = bench.query_one(PromptArea)
        assert area.read_only
        assert "characters more; x clears" in area.text
        assert counts(bench)["openai/gpt-6-sol"] == on("openai/gpt-6-sol", text)
        assert f"{len(text):,} characters;" in shown(pilot)
        await press(pilot, "x")
        assert (area.read_only, area.text) == (False, "")

    look(desk, steps)


def test_another_text_stops_a_long_count(desk: Desk) -> None:
    """What comes next is counted, and what is left of the old text is not."""
    text = LINE * (9 * BLOCK // len(LINE))

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        bench.query_one(TokensView).post_message(Paste(text))
        await pilot.pause()
        await press(pilot, "x")
        await paste(pilot, "short")
        assert counts(bench)["openai/gpt-6-sol"] == on("openai/gpt-6-sol", "short")

    look(desk, steps)


def test_the_counts_follow_the_what_if(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await paste(pilot, "some words")
        bench.post_message(WhatIfMade(WhatIf("haiku")))
        await settled(pilot)
        assert list(counts(bench)) == ["anthropic/claude-haiku-5-5"]

    look(desk, steps)


def test_m_counts_on_other_models_too(desk: Desk) -> None:
    """A name that is none says the nearest; - takes them away."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await paste(pilot, "some words")
        await press(pilot, "m", *"openai/gpt-5", "enter")
        assert list(counts(bench))[2:] == ["openai/gpt-5"]
        await press(pilot, "m", "5", "enter")
        assert "unknown model 'openai/gpt-55'; did you mean" in shown(pilot)
        view = bench.query_one(TokensView)
        await press(pilot, "m", "ctrl+u", "minus", "enter")
        assert view.added == ()
        assert len(counts(bench)) == 2

    look(desk, steps)


def test_a_request_is_counted_by_part_or_as_text(desk: Desk) -> None:
    """`J` changes between them."""
    body = json.dumps({"messages": [{"role": "user", "content": "hi"}]})

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await paste(pilot, body)
        assert "the JSON of a request" in shown(pilot)
        assert "Cacheable" in shown(pilot)
        await press(pilot, "J")
        assert counts(bench)["openai/gpt-6-sol"] == on("openai/gpt-6-sol", body)

    look(desk, steps)


def test_o_opens_a_file_whose_name_is_completed(desk: Desk) -> None:
    """Tab completes; its text is there to be edited, and then it is no longer the file."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "o", "p", "r")
        assert isinstance(pilot.app.screen, PathPrompt)
        await press(pilot, "tab", "enter")
        assert bench.query_one(PromptArea).text == "one two three four"
        assert "prompt.md: 18 characters" in shown(pilot)
        assert bench.query_one(TokensView).command(desk) == (
            "costplan tokens prompt.md --model openai/gpt-6-sol,openai/gpt-6-luna"
        )
        await press(pilot, "enter", "a")
        assert "prompt.md" not in shown(pilot)
        assert "19 characters" in shown(pilot)

    look(desk, steps)


def test_a_folder_is_counted_text_by_text(desk: Desk) -> None:
    """Through the list: down to the folder, Tab, Enter."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "o", *"lo", "tab", "enter")
        assert "logs/: 2 texts" in shown(pilot)
        assert bench.query_one(PromptArea).read_only
        await press(pilot, "x")
        assert "0 characters" in shown(pilot)

    look(desk, steps)


def test_a_name_is_picked_with_the_mouse_or_the_arrows(desk: Desk) -> None:
    """A folder is gone into, a file is opened."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "o")
        await pilot.click("#choices", offset=(3, 0))
        await settled(pilot)
        assert isinstance(pilot.app.screen, PathPrompt)
        await pilot.click("#choices", offset=(3, 0))
        await settled(pilot)
        assert "logs/log.jsonl: 2 texts" in shown(pilot)
        await press(pilot, "o", "down", "down", "up", "down", "tab", "enter")
        assert "prompt.md: 18 characters" in shown(pilot)

    look(desk, steps)


def test_a_file_that_is_not_there_is_told(desk: Desk) -> None:
    """And Escape opens nothing."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await press(pilot, "o", *"missing", "enter")
        assert "missing: No such file or directory" in shown(pilot)
        await press(pilot, "x", "o", "escape")
        assert not isinstance(pilot.app.screen, PathPrompt)
        assert "0 characters" in shown(pilot)

    look(desk, steps)


@pytest.mark.parametrize(("name", "size"), [("wide", (120, 40)), ("narrow", (80, 24))])
def test_the_view(name: str, size: tuple[int, int], desk: Desk, golden: Golden) -> None:
    """As text."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await paste(pilot, LINE * 40)
        golden(f"tui_tokens_{name}.txt", shown_view(pilot))

    look(desk, steps, size=size)
