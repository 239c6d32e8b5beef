"""What an editor asks of the desk: the text of the file, and what is wrong with what is typed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.desk import Desk, WhatIf
from costplan.desk.editing import Checking, Opened, Opening, offered_models
from costplan.desk.figures import Planning, Reading
from costplan.errors import CostplanError
from costplan.prices import PriceBook, load_price_book
from costplan.scenario.language import Known

TEXT = """\
name: Support
start: 2026-12
months: 2
workloads:
  chat:
    demand: {requests: 100/day}
    request: {system: {file: prompt.md}, input: 600, output: 200}
    routing: {mix: {openai/gpt-6-luna: 100%}}
variants:
  twice: {workloads.chat.demand.requests: 200/day}
"""


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load_price_book()


@pytest.fixture
def desk(tmp_path: Path, book: PriceBook) -> Desk:
    (tmp_path / "plan.yaml").write_text(TEXT, "utf-8")
    (tmp_path / "prompt.md").write_text("Answer in one sentence.", "utf-8")
    return Desk(f"{tmp_path}/plan.yaml", book)


def test_the_text_of_a_file_comes_with_what_can_be_named_in_it(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "asked.jsonl").write_text("{}", "utf-8")
    (tmp_path / ".secret.md").write_text("no", "utf-8")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "no.md").write_text("no", "utf-8")
    opened = Opening().answer(desk)
    assert opened.text == TEXT
    assert opened.stamp is not None
    assert not opened.mark
    assert {"prompt.md", "logs/asked.jsonl"} <= set(opened.known.files)
    assert not [name for name in opened.known.files if "no.md" in name]


def test_a_byte_order_mark_is_no_part_of_the_text(desk: Desk) -> None:
    Path(desk.path).write_text(f"\ufeff{TEXT}", "utf-8")
    opened = Opening().answer(desk)
    assert (opened.text, opened.mark) == (TEXT, "\ufeff")


def test_an_example_that_is_shipped_is_not_ones_own(book: PriceBook) -> None:
    assert Opening().answer(Desk("six-workloads.yaml", book)).stamp is None


def test_what_is_not_text_cannot_be_opened(desk: Desk) -> None:
    Path(desk.path).write_bytes(b"name: \xff\xfe")
    with pytest.raises(CostplanError, match=r"not text in UTF-8, at byte 7"):
        Opening().answer(desk)


def test_models_are_offered_newest_first_and_retired_last(book: PriceBook) -> None:
    day = date(2026, 12, 1)
    offered = offered_models(book, day)
    models = [book.model(each.name) for each in offered]
    gone = [model.retirement is not None and model.retirement <= day for model in models]
    assert gone == sorted(gone)
    current = [model.release or date.min for model, is_gone in zip(models, gone, strict=True)
               if not is_gone]  # fmt: skip
    assert current == sorted(current, reverse=True)
    luna = next(each for each in offered if each.name == "openai/gpt-6-luna")
    assert luna.about.endswith("out per 1M")
    old = next(each for each in offered if each.name == "anthropic/claude-2")
    assert old.about == "retired 2025-07-21"


def test_a_text_that_holds_has_nothing_to_say(desk: Desk) -> None:
    assert Checking(TEXT).answer(desk).marks == ()


@pytest.mark.parametrize(
    ("old", "new", "word", "says"),
    [
        ("months: 2", "monts: 2", "monts", "did you mean 'months'"),
        ("gpt-6-luna", "gpt-6-lunar", "openai/gpt-6-lunar", "unknown model"),
        ("prompt.md", "promt.md", "file", "did you mean 'prompt.md'"),
        ("200/day}", "200/dya}", "200/dya", "unknown period 'dya'"),
        ("workloads.chat.demand.requests", "workloads.chatt.batch", "workloads.chatt.batch",
         "no workload 'chatt'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_marked_at_its_word(
    desk: Desk, old: str, new: str, word: str, says: str
) -> None:
    text = TEXT.replace(old, new)
    checked = Checking(text).answer(desk)
    lines = text.split("\n")
    said = {
        lines[mark.line - 1][mark.column - 1 : mark.end_column - 1]: mark.message
        for mark in checked.marks
    }
    assert says in said[word]
    assert checked.errors == len(checked.marks)


def test_a_warning_is_softer(desk: Desk) -> None:
    text = TEXT.replace("months: 2", "months: 2\nassumptions: {unused: 5}")
    checked = Checking(text).answer(desk)
    (mark,) = checked.marks
    assert (mark.line, mark.severity, checked.errors) == (4, "warning", 0)
    assert "unused-assumption" in mark.message


def test_mistakes_are_told_though_the_file_is_gone(desk: Desk) -> None:
    Path(desk.path).unlink()
    assert Checking(TEXT).answer(desk).marks == ()
    assert Checking("name: x\n").answer(desk).errors


def test_a_plan_follows_a_text_that_is_not_saved(desk: Desk) -> None:
    Reading().answer(desk)
    before = Planning(WhatIf()).answer(desk).projection.horizon.expected
    Reading(TEXT.replace("100/day", "300/day")).answer(desk)
    assert Planning(WhatIf()).answer(desk).projection.horizon.expected == pytest.approx(
        3 * before, rel=Decimal("1e-9")
    )
    Reading().answer(desk)
    assert Planning(WhatIf()).answer(desk).projection.horizon.expected == before


def test_a_file_that_changes_under_a_text_is_noticed(desk: Desk, tmp_path: Path) -> None:
    Reading().answer(desk)
    Reading(TEXT.replace("100/", "300/")).answer(desk)
    assert not desk.changed()
    Path(desk.path).write_text(TEXT.replace("months: 2", "months: 12"), "utf-8")
    Reading(TEXT.replace("100/", "400/")).answer(desk)
    assert desk.changed()  # reading a text does not forget it
    Reading().answer(desk)
    assert not desk.changed()
    Reading(TEXT).answer(desk)
    (tmp_path / "prompt.md").write_text("Another prompt, longer than before.", "utf-8")
    assert desk.changed()


def _opened(text: str) -> Opened:
    return Opened("plan.yaml", text, Known())


ENDS = st.sampled_from(["\n", "\r\n"])


@given(st.lists(st.tuples(st.sampled_from(["name: x", "", "  a: 1"]), ENDS), max_size=8),
       st.integers(0, 8))  # fmt: skip
def test_typing_in_one_line_leaves_the_ends_of_the_others(
    pairs: list[tuple[str, str]], at: int
) -> None:
    text = "".join(line + end for line, end in pairs) + "last"
    lines = text.splitlines()
    assert _opened(text).retyped(lines) == text
    k = min(at, len(lines) - 1)
    lines[k] = "something that is nowhere else"
    again = _opened(text).retyped(lines)
    assert again.splitlines() == lines
    whole = text.splitlines(keepends=True)
    now = again.splitlines(keepends=True)
    # The ends of all other lines stay; the changed line ends as most lines do.
    assert [a == b for a, b in zip(whole, now, strict=True)].count(False) <= 1
