"""Remembered counts: fast, tolerant, never in the way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costplan.tokens import CountStore, Method, TokenCount, count_tokens
from costplan.tokens.counts import certain
from costplan.tokens.store import _LARGEST, _parse

TEXTS = ["one", "two words", "three\nwords here"]
MODELS = ["openai/gpt-4o-mini", "anthropic/claude-haiku-5-5"]


def refuse(*_: object) -> None:
    """In place of counting: what is remembered must not be counted again."""
    raise AssertionError("counted again")


@pytest.mark.parametrize("model", [*MODELS, "google/gemini-3.8-flash", "acme/x"])
def test_a_store_answers_as_counting_does(model: str, tmp_path: Path) -> None:
    """First counted, then remembered, then read by another store: the same answer each time."""
    expected = [count_tokens(text, model) for text in TEXTS]
    store = CountStore(tmp_path / "deep" / "counts")
    assert store.count_many(TEXTS, model) == store.count_many(TEXTS, model) == expected
    assert CountStore(tmp_path / "deep" / "counts").count_many(TEXTS, model) == expected
    assert CountStore(None).count_many(TEXTS, model) == expected


@pytest.mark.parametrize("kept", [True, False])
def test_remembered_counts_are_not_counted_again(
    kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a file or in memory, the second question costs no counting."""
    path = tmp_path / "counts"
    store = CountStore(path if kept else None)
    first = store.count("some text", "gpt-4o")
    monkeypatch.setattr("costplan.tokens.store.count_many", refuse)
    assert (CountStore(path) if kept else store).count("some text", "gpt-4o") == first


def test_new_texts_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, however often it is asked for; the answers stay in the order of the texts."""
    asked: list[list[str]] = []

    def count(texts: Iterable[str], _model: str) -> list[TokenCount]:
        asked.append(list(texts))
        return [certain(len(text), Method.EXACT) for text in asked[-1]]

    monkeypatch.setattr("costplan.tokens.store.count_many", count)
    store = CountStore(None)
    store.count("bb", "gpt-4o")
    found = store.count_many(["a", "bb", "ccc", "a"], "gpt-4o")
    assert [count.tokens for count in found] == [1, 2, 3, 1]
    assert asked == [["bb"], ["a", "ccc"]]


def test_other_counts_are_remembered_by_their_rule(tmp_path: Path) -> None:
    """Content, model and rule make the key: another of any of them is counted."""
    path, made = tmp_path / "counts", []

    def count() -> TokenCount:
        made.append(1)
        return TokenCount(5, 4, 6, "scaled")

    for _ in range(2):
        for content, model, rule in (
            ("[]", "gpt-4o", "tools"),
            ("[]", "gpt-4o", "tools with a system prompt"),
            ("[]", "gpt-4o-mini", "tools"),
            ("{}", "gpt-4o", "tools"),
        ):
            found = CountStore(path).remembered(content, model, rule, count)
            assert found == TokenCount(5, 4, 6, "scaled")
    assert len(made) == 4
    assert CountStore(path).count("[]", "gpt-4o") == count_tokens("[]", "gpt-4o")


def test_models_of_one_tokenizer_share_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is the tokenizer: gpt-4 and its dated snapshot are one, gpt-4 and Claude are two."""
    store = CountStore(None)
    store.count("some text", "openai/gpt-4")
    monkeypatch.setattr("costplan.tokens.store.count_many", refuse)
    store.count("some text", "gpt-4-0613")
    with pytest.raises(AssertionError):
        store.count("some text", "anthropic/claude-opus-5")


@pytest.mark.parametrize(
    "content",
    [b"\x00\xff\xfe" * 100, b"{}", b"", b"\n\n \n", b"SQLite format 3\x00", "é\n".encode() * 50],
)
def test_a_damaged_file_is_ignored(content: bytes, tmp_path: Path) -> None:
    """Whatever the file holds, the count is right and is remembered from then on."""
    path = tmp_path / "counts"
    path.write_bytes(content)
    assert CountStore(path).count("text", "gpt-4o").tokens == 1
    assert len(CountStore(path)._known()) > 0


def test_a_damaged_line_is_counted_anew(tmp_path: Path) -> None:
    """A line with nonsense after a right key is not believed."""
    path = tmp_path / "counts"
    CountStore(path).count("text", "gpt-4o")
    path.write_bytes(path.read_bytes().replace(b"1 1 1 exact", b"9 9 1 exact"))
    assert CountStore(path).count("text", "gpt-4o").tokens == 1


@given(line=st.text(max_size=60) | st.from_regex(r"\A-?\d+ -?\d+ \d+ [a-z-]+\Z"))
@settings(deadline=None)
def test_no_line_is_an_error(line: str) -> None:
    """Any line is a sound count or nothing."""
    count = _parse(line)
    assert count is None or count.low <= count.tokens <= count.high


def test_an_unusable_path_is_done_without(tmp_path: Path) -> None:
    """A folder, or a path below a file, is no place to write: counts go on without it."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "counts"):
        store = CountStore(path)
        assert store.count("text", "gpt-4o") == store.count("text", "gpt-4o")


def test_no_text_is_written(tmp_path: Path) -> None:
    """The file holds hashes and numbers, nothing of a prompt."""
    path = tmp_path / "counts"
    CountStore(path).count("confidential", "gpt-4o")
    assert b"confidential" not in path.read_bytes()


def test_concurrent_writers_do_no_harm(tmp_path: Path) -> None:
    """Many stores on one file lose and mix up nothing."""
    path = tmp_path / "counts"

    def write(start: int) -> None:
        store = CountStore(path)
        for n in range(start, start + 60):
            store.count("x " * n, "gpt-4o")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(0, 160, 20)))
    lines = [line for line in path.read_text().split("\n") if line]
    assert all(_parse(line[33:]) for line in lines)
    assert len(CountStore(path)._known().keys() - {""}) == 200


def test_a_file_grown_too_large_keeps_its_newer_half(tmp_path: Path) -> None:
    """The memory is bounded, and the newest counts are in it."""
    path = tmp_path / "counts"
    path.write_text(f"{'0' * 32} 1 1 1 exact\n" * (_LARGEST // 40))
    CountStore(path).count("text", "gpt-4o")
    CountStore(path).count("other", "gpt-4o")
    assert path.stat().st_size < _LARGEST * 0.7
    assert sorted(p.name for p in tmp_path.iterdir()) == ["counts"]
    assert CountStore(path)._known().keys() > {"0" * 32}


def test_a_warm_start_loads_no_tokenizer(tmp_path: Path) -> None:
    """With everything remembered, six answers need no tokenizer and nothing else that is slow."""
    path = tmp_path / "counts"
    for model in MODELS:
        CountStore(path).count_many(TEXTS, model)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from costplan.tokens import CountStore\n"
        f"store = CountStore(Path({str(path)!r}))\n"
        f"for model in {MODELS!r}: store.count_many({TEXTS!r}, model)\n"
        "slow = {'tiktoken', 'ctok', 'regex', 'numpy', 'yaml', 'lzma', 'importlib.metadata'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


def test_opening_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is read at the first question, once."""
    read: list[Path] = []

    def read_bytes(path: Path) -> bytes:
        read.append(path)
        return b""

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    store = CountStore(tmp_path / "counts")
    assert read == []
    monkeypatch.setattr("costplan.tokens.store.count_many", lambda *_: [certain(1, Method.EXACT)])
    store.count("one", "gpt-4o")
    store.count("two", "gpt-4o")
    assert read == [tmp_path / "counts"]
