"""The bench under the interface: a file read again when it, or a text it names, changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from plans import book

from costplan.errors import CostplanError
from costplan.planning import FileBench

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
def bench(tmp_path: Path) -> FileBench:
    """A bench on a small scenario with one text."""
    (tmp_path / "plan.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "system.md").write_text("You are helpful.", encoding="utf-8")
    return FileBench(str(tmp_path / "plan.yaml"), book(), draws=64)


def touch(file: Path, text: str) -> None:
    """Write a file so that its time differs, however quick the test."""
    file.write_text(text, encoding="utf-8")
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000))


@pytest.mark.parametrize("name", ["plan.yaml", "system.md"])
def test_changes_are_noticed_once(bench: FileBench, tmp_path: Path, name: str) -> None:
    """The scenario or a text in it: changed until it is loaded again."""
    bench.load()
    assert not bench.changed()
    touch(tmp_path / name, (tmp_path / name).read_text("utf-8") + "\n# more\n")
    assert bench.changed()
    bench.load()
    assert not bench.changed()


def test_a_file_that_is_gone_is_not_asked_for_again_and_again(
    bench: FileBench, tmp_path: Path
) -> None:
    """It fails once, and is noticed when it is back."""
    bench.load()
    (tmp_path / "plan.yaml").unlink()
    assert bench.changed()
    with pytest.raises(CostplanError):
        bench.load()
    assert not bench.changed()
    touch(tmp_path / "plan.yaml", TEXT)
    assert bench.changed()
    assert bench.load().name == "x"


def test_a_broken_file_is_noticed_when_it_is_mended(bench: FileBench, tmp_path: Path) -> None:
    """A mistake is told once; the next save is read."""
    bench.load()
    touch(tmp_path / "plan.yaml", TEXT.replace("months", "moths"))
    with pytest.raises(CostplanError, match="did you mean 'months'"):
        bench.load()
    assert not bench.changed()


def test_projects_variants_with_levers(bench: FileBench) -> None:
    """The variant doubles the requests, the lever doubles them again."""
    scenario = bench.load()
    plain = bench.project(scenario, levers={}).horizon.expected
    both = bench.project(scenario, variant="twice", levers={"volume": 2.0}).horizon.expected
    assert both == 4 * plain
    assert [lever.id for lever in bench.levers(scenario)] == ["volume", "output", "cheapest"]


FILLED = TEXT.replace(
    "input: 500",
    'input: {template: ask.md, with: {q: {sample: "logs/*.jsonl"}}}, tools: {declared: t.json}',
)


@pytest.fixture
def filled(tmp_path: Path) -> FileBench:
    """A bench on a scenario with a template, a pattern of logs and declared tools."""
    (tmp_path / "logs").mkdir()
    files = {
        "plan.yaml": FILLED, "system.md": "Help.", "ask.md": "Q: {{q}}",
        "logs/a.jsonl": "5\n", "t.json": '[{"name": "look_up", "input_schema": {}}]',
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return FileBench(str(tmp_path / "plan.yaml"), book(), draws=64)


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
    filled: FileBench, tmp_path: Path, name: str, text: str
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
    filled: FileBench, tmp_path: Path, *, loaded: bool
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
