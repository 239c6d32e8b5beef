"""Corpora: what is a document, in how much memory, and how tokens are spread over them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.errors import Problem
from costplan.prices import default_book
from costplan.prices.input_cost import input_cost
from costplan.tokens import TokenCount, count_tokens
from costplan.tokens.corpus import (
    Document,
    Reading,
    Spread,
    Workers,
    count_corpus,
    counting,
    find_sources,
    read_documents,
    sample_of,
    spread,
    streams,
    workers,
)
from costplan.tokens.corpus.documents import texts_in
from costplan.tokens.counts import Method, certain

GPT, CLAUDE = "openai/gpt-4o-mini", "anthropic/claude-opus-5"


@pytest.mark.parametrize(
    ("record", "field", "texts"),
    [
        ("plain", None, ("plain",)),
        ({"text": "a", "content": "b"}, None, ("a",)),
        ({"id": 3, "prompt": "p"}, None, ("p",)),
        ({"messages": [{"role": "user", "content": "a"}, {"content": None}]}, None, ("a",)),
        (
            {"messages": [{"content": [{"type": "text", "text": "a"}, {"text": "b"}]}]},
            None,
            ("a", "b"),
        ),
        ({"contents": [{"parts": [{"text": "a"}, {"text": "b"}]}]}, None, ("a", "b")),
        ({"input": [{"role": "user", "content": "a"}]}, None, ("a",)),
        ({"a": {"b.c": "x"}, "a.b": "y"}, "a.b", ("y",)),
        ({"a": {"b": {"c": "x"}}}, "a.b.c", ("x",)),
        ({"a": {"k": [1]}}, "a", ('{"k": [1]}',)),
        ({"a": 17}, "a", ("17",)),
        ({"a": None}, "a", ()),
        ([], None, ()),
    ],
)
def test_the_text_of_a_record(record: Any, field: str | None, texts: tuple[str, ...]) -> None:
    """The field asked for, else the first usual one; messages are their texts."""
    assert texts_in(record, field) == texts


@pytest.mark.parametrize("record", [{"a": "x"}, {}, "text", 3])
def test_a_field_that_is_not_there(record: Any) -> None:
    """A sentence, which becomes the problem of its line."""
    with pytest.raises(ValueError, match="no field 'b'"):
        texts_in(record, "b")


def read(content: bytes, **reading: Any) -> tuple[list[Document], list[Problem]]:
    """The documents of standard input, and what was told of them."""
    how = Reading(**reading)
    (source,), _ = find_sources(["-"], how)
    told: list[Problem] = []
    found = read_documents(source, how, told.append, standard_input=io.BytesIO(content))
    return list(found), told


@pytest.mark.parametrize(
    ("content", "text", "told"),
    [
        (b"caf\xc3\xa9", "café", 0),
        (b"\xef\xbb\xbfmarked", "marked", 0),
        ("café 漢".encode("utf-16"), "café 漢", 0),
        (b"caf\xe9", "caf\ufffd", 1),
        (b"half a letter \xe6\xbc", "half a letter \ufffd", 1),
        ("it is \ufffd already".encode(), "it is \ufffd already", 0),
        (b"", "", 0),
    ],
)
def test_encodings(content: bytes, text: str, told: int) -> None:
    """UTF-8 and UTF-16 by their marks; what is neither counts as U+FFFD and is told."""
    (document,), problems = read(content)
    assert document.texts == (text,)
    assert len(problems) == told
    assert all(not problem.exit_code for problem in problems)


@pytest.mark.parametrize("block", [3, 7, 50])
def test_a_text_too_large_to_hold_is_read_in_blocks(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost or doubled, characters are not split, and it stays one document."""
    monkeypatch.setattr(streams, "_BLOCK", block)
    text = "héllo wörld, 漢字\ufffd!\nand more of it\n" * 4
    documents, problems = read(text.encode())
    assert "".join(text for document in documents for text in document.texts) == text
    assert [document.continues for document in documents] == [True] * (len(documents) - 1) + [False]
    (tally,) = count_corpus(documents, [GPT])
    whole = count_tokens(text, GPT).tokens
    assert (tally.documents, tally.sizes, problems) == (1, Counter([tally.tokens]), [])
    assert tally.low <= whole <= tally.high
    assert tally.methods[0] == Method.VENDOR_EQUIVALENT


def test_lines_that_are_no_json_are_told_by_place() -> None:
    """And bytes that are no UTF-8 in one line leave the others as they are."""
    content = b'{"a": "one"}\n{"a": oops}\n\n{"a": "caf\xe9"}\n[1, 2'
    documents, told = read(content, lines=True, field="a")
    assert [document.texts for document in documents] == [("one",), ("caf\ufffd",)]
    assert [(p.place.line, p.place.column, int(p.exit_code)) for p in told] == [
        (2, 7, 2), (4, 1, 0), (5, 6, 2),
    ]  # fmt: skip


def test_lines_of_text_may_look_like_json() -> None:
    """Where no field is asked for, a line that is no JSON is a text."""
    documents, told = read(b'[INFO] started\n"quoted"\n{x}\n', lines=True)
    assert [document.texts for document in documents] == [
        ("[INFO] started",),
        ("quoted",),
        ("{x}",),
    ]
    assert told == []


def test_a_deep_or_huge_value_is_a_problem_of_its_line() -> None:
    """Not of the whole file."""
    content = b"[" * 100_000 + b"\n" + b'{"text": "fine"}\n' + b"1" * 5_000 + b"\n"
    documents, told = read(content, lines=True, field="text")
    assert ("fine",) in [document.texts for document in documents]
    assert [problem.place.line for problem in told][:1] == [1]


def test_each_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file named twice, or beside its folder, is counted once; progress adds up to its size."""
    monkeypatch.chdir(tmp_path)
    Path("d").mkdir()
    Path("d/x.txt").write_text("some text")
    sources, notes = find_sources(["d", "d/x.txt", "d"], Reading())
    assert ([source.name for source in sources], notes) == (["d/x.txt"], [])
    advanced: list[int] = []
    list(read_documents(sources[0], Reading(), print, advance=advanced.append))
    assert sum(advanced) == sources[0].size == 9


def documents_of(*texts: str) -> list[Document]:
    """One source with a document of each text."""
    return [Document("x", (text,)) for text in texts]


@given(texts=st.lists(st.text(max_size=80), max_size=8), batch=st.integers(1, 200))
def test_batches_change_nothing(texts: list[str], batch: int) -> None:
    """However a stream is cut, tokens and bands are the sums of the documents'."""
    before = counting.BATCH
    counting.BATCH = batch
    try:
        tallies = count_corpus(documents_of(*texts), [GPT, "google/gemini-2.5-pro"])
    finally:
        counting.BATCH = before
    for tally in tallies:
        counts = [count_tokens(text, tally.model) for text in texts]
        assert tally.tokens == sum(count.tokens for count in counts)
        assert (tally.low, tally.high) == (sum(c.low for c in counts), sum(c.high for c in counts))
        assert tally.sizes == Counter(count.tokens for count in counts)
        assert (tally.documents, tally.characters) == (len(texts), sum(map(len, texts)))


def test_a_text_met_before_is_not_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one batch and in later ones, until there are too many to remember."""
    asked: list[str] = []

    def count(texts: Sequence[str], _model: str) -> list[TokenCount]:
        asked.extend(texts)
        return [certain(len(text), Method.EXACT) for text in texts]

    long = ["a" * 100, "b" * 100, "c" * 100]
    monkeypatch.setattr(counting, "BATCH", 250)
    (tally,) = count_corpus(documents_of(*long, *long, long[0]), [GPT], count)
    assert (asked, tally.tokens) == (long, 700)
    asked.clear()
    monkeypatch.setattr(counting, "REMEMBERED", 5)
    others = [text.upper() for text in long]
    (tally,) = count_corpus(documents_of(*long, *others, *long), [GPT], count)
    assert (asked, tally.tokens) == ([*long, *others, *long], 900)


def test_a_stream_is_read_as_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than a batch of it is ever ahead."""
    monkeypatch.setattr(counting, "BATCH", 1_000)
    read_so_far = counted = ahead = 0

    def stream() -> Iterator[Document]:
        nonlocal read_so_far
        for n in range(100):
            read_so_far += 1
            yield Document("x", (f"{n:0100}",))

    def count(texts: Sequence[str], _model: str) -> list[TokenCount]:
        nonlocal counted, ahead
        ahead = max(ahead, read_so_far - counted)
        counted += len(texts)
        return [certain(1, Method.EXACT)] * len(texts)

    (tally,) = count_corpus(stream(), [GPT], count)
    assert (tally.tokens, ahead) == (100, 10)


def test_processes_count_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large corpus on Claude is shared by processes; nothing else is."""
    monkeypatch.setattr(workers, "_WORTH_STARTING", 10)
    texts = [f"{n} bottles of beer" for n in range(20)]
    with Workers(2) as pool:
        assert pool.count(texts, CLAUDE) == [count_tokens(text, CLAUDE) for text in texts]
        assert pool._pool is not None
    with Workers(2) as pool:
        assert pool.count(texts, GPT) == [count_tokens(text, GPT) for text in texts]
        assert pool._pool is None


def test_the_spread_of_ten_documents() -> None:
    """Of 1 to 10: the fifth is the median, the ninth is what nine do not exceed."""
    assert Spread.of(Counter(range(1, 11))) == Spread(5.5, 5, 9, 10, 10)
    assert Spread.of(Counter([7])) == Spread(7.0, 7, 7, 7, 7)
    assert Spread.of(Counter()) is None


SIZES = st.dictionaries(st.integers(0, 10_000), st.integers(1, 400), min_size=1, max_size=60)


@given(sizes=SIZES, records=st.integers(1, 50))
def test_a_sample_has_the_mean_of_its_corpus(sizes: dict[int, int], records: int) -> None:
    """All documents where they are few; of many, shares that differ by rounding alone."""
    before = spread.SAMPLE_OF
    spread.SAMPLE_OF = records
    try:
        sample = sample_of(Counter(sizes))
    finally:
        spread.SAMPLE_OF = before
    documents = sum(sizes.values())
    assert len(sample) == min(documents, records)
    if documents <= records:
        assert Counter(sample) == Counter(sizes)
    elif documents % records == 0:
        mean = sum(size * n for size, n in sizes.items()) / documents
        assert sum(sample) / len(sample) == pytest.approx(mean, abs=0.51 / records + 1e-9)
    assert max(0, min(sizes) - 1) <= min(sample)
    assert max(sample) <= max(sizes) + 1


def test_the_cost_of_documents_falls_into_their_own_tiers() -> None:
    """Gemini 2.5 Pro: $1.25 a million up to 200,000 tokens, $2.50 above, on 2025-07-01."""
    book, day = default_book(), date(2025, 7, 1)
    name = "google/gemini-2.5-pro"
    small = input_cost({1_000: 300}, name, book, day)
    assert small is not None
    assert (small.amount, small.currency) == (Decimal("0.375"), "USD")
    mixed = input_cost({1_000: 300, 400_000: 1, 0: 5}, name, book, day)
    assert mixed is not None
    assert mixed.amount == Decimal("0.375") + Decimal(1)
    assert input_cost({10: 1}, name, book, date(1999, 1, 1)) is None
    assert input_cost({}, name, book, day) is not None
