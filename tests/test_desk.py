"""The desk: a file read again when it, or a text it names, changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from plans import book

from costplan.desk import Desk, WhatIf
from costplan.errors import CostplanError

TEXT = """\
name: x
start: 2026-12
months: 2
workloads:
  chat:
    demand: {requests: 100/day}
    request: {system: {file: system.md}, input: 500, output: 300}
    routing: {mix: {openai/gpt-6-luna: 100%, openai/gpt-6-sol: rest}}
variants: {twice: {workloads.chat.demand.requests: 200/day}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk on a small scenario with one text."""
    (tmp_path / "plan.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "system.md").write_text("You are helpful.", encoding="utf-8")
    return Desk(str(tmp_path / "plan.yaml"), book(), draws=64)


def touch(file: Path, text: str) -> None:
    """Write a file so that its time differs, however quick the test."""
    file.write_text(text, encoding="utf-8")
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


@pytest.mark.parametrize("name", ["plan.yaml", "system.md"])
def test_changes_are_noticed_once(desk: Desk, tmp_path: Path, name: str) -> None:
    """The scenario or a text in it: changed until it is loaded again."""
    desk.load()
    assert not desk.changed()
    touch(tmp_path / name, (tmp_path / name).read_text("utf-8") + "\n# more\n")
    assert desk.changed()
    desk.load()
    assert not desk.changed()


def test_a_file_that_is_gone_is_not_asked_for_again_and_again(desk: Desk, tmp_path: Path) -> None:
    """It fails once, and is noticed when it is back."""
    desk.load()
    (tmp_path / "plan.yaml").unlink()
    assert desk.changed()
    with pytest.raises(FileNotFoundError):
        desk.load()
    assert not desk.changed()
    touch(tmp_path / "plan.yaml", TEXT)
    assert desk.changed()
    assert desk.load().name == "x"


def test_a_broken_file_is_noticed_when_it_is_mended(desk: Desk, tmp_path: Path) -> None:
    """A mistake is told once; the next save is read."""
    desk.load()
    touch(tmp_path / "plan.yaml", TEXT.replace("months", "moths"))
    with pytest.raises(CostplanError, match="did you mean 'months'"):
        desk.load()
    assert not desk.changed()


def test_projects_what_ifs(desk: Desk) -> None:
    """The variant asks twice as often, the setting six times; then two times three."""
    desk.load()
    path = "workloads.chat.demand.requests"
    plain, twice, often = (
        desk.project(what_if).horizon.expected
        for what_if in (WhatIf(), WhatIf("twice"), WhatIf("twice", ((path, "600/day"),)))
    )
    assert (twice, often) == (2 * plain, 6 * plain)


def test_few_plans_are_kept_and_the_base_is_one_of_them(desk: Desk) -> None:
    """However many what-ifs were asked for."""
    desk.load()
    base = desk.plan(WhatIf())
    for k in range(1, 30):
        desk.plan(WhatIf().setting("workloads.chat.demand.requests", f"{k}/day"))
    assert desk.plan(WhatIf()) is base
    assert len(desk._plans) < 10


FILLED = TEXT.replace(
    "input: 500",
    'input: {template: ask.md, with: {q: {sample: "logs/*.jsonl"}}}, tools: {declared: t.json}',
)


@pytest.fixture
def filled(tmp_path: Path) -> Desk:
    """A desk on a scenario with a template, a pattern of logs and declared tools."""
    (tmp_path / "logs").mkdir()
    files = {
        "plan.yaml": FILLED, "system.md": "Help.", "ask.md": "Q: {{q}}",
        "logs/a.jsonl": "5\n", "t.json": '[{"name": "look_up", "input_schema": {}}]',
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Desk(str(tmp_path / "plan.yaml"), book(), draws=64)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ask.md", "Question: {{q}}"),
        ("logs/a.jsonl", "6\n"),
        ("logs/b.jsonl", "7\n"),
        ("t.json", '[{"name": "find", "input_schema": {}}]'),
    ],
)
def test_whatever_a_size_is_made_of_is_watched(
    filled: Desk, tmp_path: Path, name: str, text: str
) -> None:
    """Templates, tools, logs, and a log that is new."""
    before = filled.load()
    assert not filled.changed()
    touch(tmp_path / name, text)
    os.utime((tmp_path / name).parent, ns=(1, 1))  # a folder's clock may be coarser than a test
    assert filled.changed()
    after = filled.load()
    assert (after.texts, after.samples) != (before.texts, before.samples)
    assert not filled.changed()


@pytest.mark.parametrize("loaded", [True, False], ids=["loaded before", "broken from the start"])
def test_a_broken_template_is_noticed_when_it_is_mended(
    filled: Desk, tmp_path: Path, *, loaded: bool
) -> None:
    """The mistake is in a file that the scenario names, and so is its correction."""
    if loaded:
        filled.load()
    touch(tmp_path / "ask.md", "Q: {{question}}")
    with pytest.raises(CostplanError, match="not given in with"):
        filled.load()
    assert not filled.changed()
    touch(tmp_path / "ask.md", "Query: {{q}}")
    assert filled.changed()
    assert filled.load().texts["ask.md"] == "Query: {{q}}"
