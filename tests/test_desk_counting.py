"""The questions of the view Tokens: texts, requests, files."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from conftest import Cli
from hypothesis import given
from hypothesis import strategies as st
from plans import book

from costplan.desk import Desk, WhatIf
from costplan.desk import opening as opening_module
from costplan.desk.counting import BLOCK, Counted, Counting, block_end, request_in
from costplan.desk.opening import Completing, Opening
from costplan.errors import UnknownModelError, UsageError
from costplan.tokens import count_tokens

TEXT = """\
name: x
start: 2026-12
months: 1
workloads:
  chat:
    demand: {requests: 100/day}
    request: {input: 500, output: 300}
    routing: {mix: {openai/gpt-6-sol: 60%, openai/gpt-6-luna: 40%}}
variants: {haiku: {workloads.chat.routing.mix: {anthropic/claude-haiku-5-5: 100%}}}
"""
BASE = WhatIf()
BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "How are you?"}]}
LINE = "The quick brown fox jumps over the lazy dog, again.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A plan on two models."""
    (tmp_path / "plan.yaml").write_text(TEXT, encoding="utf-8")
    desk = Desk(str(tmp_path / "plan.yaml"), book(), draws=16, day=date(2026, 11, 22))
    desk.load()
    return desk


def rows(counted: Counted) -> dict[str, dict[str, str]]:
    """The cells of the table of models, by model and column."""
    table = counted.page.tables[0]
    heads = [column.name for column in table.columns]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in table.rows}


def test_a_text_on_the_plans_models(desk: Desk) -> None:
    """Tokens as `count_tokens` has them; cost is tokens x rate: 10,000 x 2 / 1,000,000."""
    text = "hello " * 10_000
    found = rows(Counting(BASE, text).answer(desk))
    assert list(found) == ["openai/gpt-6-sol", "openai/gpt-6-luna"]
    tokens = count_tokens(text, "openai/gpt-6-sol").tokens
    assert found["openai/gpt-6-sol"]["Tokens"] == f"{tokens:,}"
    assert tokens == pytest.approx(10_000, abs=2)
    assert found["openai/gpt-6-sol"]["Cost as input"] == "$0.0200"
    assert found["openai/gpt-6-luna"]["Cost as input"] == "$0.00100"


def test_the_cells_are_those_of_the_command_line(desk: Desk, cli: Cli, tmp_path: Path) -> None:
    """The same strings as `costplan tokens`."""
    file = tmp_path / "prompt.md"
    file.write_text(LINE * 30, encoding="utf-8")
    models = "openai/gpt-6-sol,openai/gpt-6-luna,anthropic/claude-haiku-5-5"
    printed = cli("tokens", f"{file}", "--model", models, "--at", "2026-11-22").out
    found = Counting(BASE, LINE * 30, ("anthropic/claude-haiku-5-5",)).answer(desk)
    lines = {line.split()[0]: line for line in printed.splitlines() if line}
    for row in found.page.tables[0].rows:
        assert sorted(" ".join(row).split()) == sorted(lines[row[0]].split())


def test_the_models_follow_the_what_if(desk: Desk) -> None:
    """And those that were added come after, each once."""
    found = Counting(WhatIf("haiku"), "x", ("google/gemini-3.8-flash",) * 2).answer(desk)
    assert list(rows(found)) == ["anthropic/claude-haiku-5-5", "google/gemini-3.8-flash"]
    with pytest.raises(UnknownModelError, match="did you mean"):
        Counting(BASE, "x", ("google/gemini-3.8-flush",)).answer(desk)


def test_it_says_how_much_was_counted_and_that_nothing_leaves(desk: Desk) -> None:
    """Beside the counts."""
    said = Counting(BASE, "x", name="a.md").answer(desk).said
    assert said == "a.md: 1 character; counted offline, nothing is sent"


def test_a_long_text_is_counted_block_by_block(desk: Desk) -> None:
    """Each answer goes on where the one before ended; cut at lines the sum is the whole."""
    text = LINE * (3 * BLOCK // len(LINE))
    question: Counting | None = Counting(BASE, text)
    answers: list[Counted] = []
    while question:
        answers.append(question.answer(desk))
        question = answers[-1].rest
    assert len(answers) == 3
    assert "characters so far (" in answers[0].said
    assert answers[-1].said.startswith(f"{len(text):,} characters;")
    counts = [int(rows(each)["openai/gpt-6-sol"]["Tokens"].replace(",", "")) for each in answers]
    assert counts == sorted(counts)
    assert counts[-1] == count_tokens(text, "openai/gpt-6-sol").tokens
    low, high = rows(answers[-1])["openai/gpt-6-sol"]["Between"].replace(",", "").split(" and ")
    assert int(low) <= counts[-1] <= int(high)


def test_another_plan_counts_a_long_text_anew(desk: Desk, tmp_path: Path) -> None:
    """Blocks that were not counted on its models are worth nothing."""
    text = LINE * (2 * BLOCK // len(LINE))
    rest = Counting(BASE, text).answer(desk).rest
    assert rest is not None
    (tmp_path / "plan.yaml").write_text(
        TEXT.replace("openai/gpt-6-luna", "openai/gpt-5"), encoding="utf-8"
    )
    desk.load()
    found = rest.answer(desk)
    assert set(rows(found)) == {"openai/gpt-6-sol", "openai/gpt-5"}
    assert "so far" in found.said


@given(st.text(alphabet="ab \n", max_size=60), st.integers(1, 7))
def test_blocks_cover_a_text(text: str, size: int) -> None:
    """One after another, none empty, none longer than a block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("costplan.desk.counting.BLOCK", size)
        ends, start = [], 0
        while start < len(text):
            end = block_end(text, start)
            assert start < end <= min(len(text), start + size)
            ends.append(end)
            start = end
    assert not text or ends[-1] == len(text)


def test_a_request_is_counted_by_part(desk: Desk) -> None:
    """As `tokens --request` does; as text where that is asked for."""
    text = json.dumps(BODY)
    found = Counting(BASE, text).answer(desk)
    assert "the JSON of a request" in found.said
    assert "Frame" in [column.name for column in found.page.tables[1].columns]
    plain = Counting(BASE, text, as_text=True).answer(desk)
    assert rows(plain)["openai/gpt-6-sol"]["Tokens"] == str(
        count_tokens(text, "openai/gpt-6-sol").tokens
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"a": 1}', "not JSON", '"messages"', '{"a":' * 50_000]
)
def test_what_is_no_request_is_a_text(text: str) -> None:
    """Whatever it looks like."""
    assert request_in(text) is None


def test_a_request_that_cannot_be_counted_says_why(desk: Desk) -> None:
    """No count, and no traceback."""
    found = Counting(BASE, '{"messages": 3}').answer(desk)
    assert found.page.tables == ()
    assert "a request that cannot be counted" in found.said


def test_a_plan_without_models_says_so(tmp_path: Path) -> None:
    """It has problems; a model can be added all the same."""
    file = tmp_path / "plan.yaml"
    file.write_text(TEXT.replace("start: 2026-12", "start: 2020-12"), encoding="utf-8")
    desk = Desk(str(file), book(), day=date(2026, 11, 22))
    desk.load()
    assert "none was added" in Counting(BASE, "x").answer(desk).said
    assert list(rows(Counting(BASE, "x", ("openai/gpt-5",)).answer(desk))) == ["openai/gpt-5"]


def test_a_file_of_one_text_is_opened_as_it_is(desk: Desk, tmp_path: Path) -> None:
    """Its text is there to be shown, and counted like any other."""
    (tmp_path / "a.md").write_text("Grüße\n", encoding="utf-8")
    found = Opening(BASE, f"{tmp_path}/a.md", ("openai/gpt-5",)).answer(desk)
    assert found.counted is None
    assert found.counting == Counting(BASE, "Grüße\n", ("openai/gpt-5",), f"{tmp_path}/a.md")


def test_a_folder_and_a_log_are_counted_text_by_text(desk: Desk, tmp_path: Path) -> None:
    """As `costplan tokens` counts them."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.md").write_text("one two three", encoding="utf-8")
    (folder / "log.jsonl").write_text('{"text": "four"}\nnonsense\n"five"\n', encoding="utf-8")
    found = Opening(BASE, str(folder)).answer(desk).counted
    assert found is not None
    assert "3 texts" in found.said
    assert any("log.jsonl:2:1: not JSON" in note for note in found.page.notes)
    assert [row[1] for row in found.page.tables[0].rows] == ["1", "2"]


def test_an_empty_folder_says_so(desk: Desk, tmp_path: Path) -> None:
    """Instead of an empty table."""
    (tmp_path / "none").mkdir()
    found = Opening(BASE, str(tmp_path / "none")).answer(desk).counted
    assert found is not None
    assert "there are no texts in this folder" in found.said


def test_what_cannot_be_opened_is_an_error(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing file, no text, too large: each says what to do."""
    with pytest.raises(OSError, match="No such file"):
        Opening(BASE, str(tmp_path / "missing")).answer(desk)
    (tmp_path / "picture").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(UsageError):
        Opening(BASE, str(tmp_path / "picture")).answer(desk)
    (tmp_path / "large.txt").write_text("x" * 100, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(opening_module, "LARGEST", 99)
        said = r"costplan tokens .*large.txt --model openai/gpt-6-sol"
        with pytest.raises(UsageError, match=said):
            Opening(BASE, str(tmp_path / "large.txt")).answer(desk)
    monkeypatch.setattr(opening_module, "MOST_FILES", 2)
    with pytest.raises(UsageError, match="2 files"):
        Opening(BASE, str(tmp_path)).answer(desk)


@pytest.mark.parametrize(
    ("path", "said"),
    [("/dev/zero", "neither a file nor a folder"), ("~nobody-of-this-name/x", "home folder")],
)
def test_what_has_no_end_or_no_home_is_refused(desk: Desk, path: str, said: str) -> None:
    """Before anything is read."""
    with pytest.raises(UsageError, match=said):
        Opening(BASE, path).answer(desk)
    assert Completing("~nobody-of-this-name/").answer(desk) == ()


def test_paths_are_completed(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders with a slash, any case, hidden ones only when asked for."""
    for name in ("prompts", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "Prompt.md").touch()
    (tmp_path / "prompts" / "a.md").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", os.fspath(tmp_path))
    assert Completing("pr").answer(desk) == ("Prompt.md", "prompts/")
    assert Completing("prompts/").answer(desk) == ("prompts/a.md",)
    assert Completing("~/pro").answer(desk) == ("~/Prompt.md", "~/prompts/")
    assert Completing(f"{tmp_path}/.h").answer(desk) == (f"{tmp_path}/.hidden/",)
    assert ".hidden/" not in Completing("").answer(desk)
    assert Completing("nowhere/x").answer(desk) == ()
