"""`tokens`: what people have on their disks and type in haste, and what they are told."""

from __future__ import annotations

import gzip
import io
import json
import os
from contextlib import nullcontext
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import Cli

from costplan.cli import corpus
from costplan.tokens.corpus import Reading, Source, find_sources
from costplan.tokens.corpus.sources import Holds
from costplan.tokens.corpus.streams import Stream

MINI, SONNET = "openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5"
COUNT = ("tokens", "--model", MINI, "--format", "json", "--at", "2026-11-21")


def rows(out: str) -> list[dict[str, Any]]:
    """What was printed as JSON."""
    found: list[dict[str, Any]] = json.loads(out)
    return found


def test_a_model_named_twice_is_counted_once(cli: Cli) -> None:
    """Texts and requests alike: one row, not twice the tokens in it."""
    ran = cli("tokens", "--model", f"{MINI},{MINI}", "--format", "json", stdin=b"hello world")
    assert [row["tokens"] for row in rows(ran.out)] == [2]
    body = json.dumps({"messages": [{"role": "user", "content": "hello world"}]}).encode()
    ran = cli("tokens", "--request", "--model", f"{MINI},{MINI}", "--format", "json", stdin=body)
    assert [(row["tokens"], row["documents"]) for row in rows(ran.out)] == [(9, 1)]


def test_links_to_a_file_do_not_count_it_again(cli: Cli, tmp_path: Path) -> None:
    """Nor does another way to write its path; that is said."""
    (tmp_path / "a.txt").write_text("hello world")
    (tmp_path / "b.txt").symlink_to("a.txt")
    ran = cli(*COUNT, str(tmp_path), f"{tmp_path}/./a.txt")
    assert [Path(row["path"]).name for row in rows(ran.out)] == ["a.txt"]
    assert ran.err == "left out 2 paths that lead to a file that is counted already\n"


def test_a_folder_without_texts_is_told(cli: Cli, tmp_path: Path) -> None:
    """An empty table would leave one guessing."""
    ran = cli("tokens", "--model", MINI, str(tmp_path))
    assert (ran.code, ran.out) == (0, "nothing was counted\n")
    assert ran.err == f"{tmp_path}: there are no texts in this folder\n"
    assert rows(cli(*COUNT, str(tmp_path)).out) == []


@pytest.mark.skipif(os.name == "nt", reason="folders have no such permissions on Windows")
def test_a_folder_that_cannot_be_read_is_told(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is beside it is counted; where it was named itself, nothing is."""
    (tmp_path / "a.txt").write_text("hello")
    locked = tmp_path / "locked"
    locked.mkdir()
    scandir = os.scandir

    def refused(path: str) -> Any:
        if str(path) == str(locked):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", refused)
    ran = cli(*COUNT, str(tmp_path))
    assert ([row["tokens"] for row in rows(ran.out)], ran.code) == ([1], 0)
    assert ran.err == f"{locked}: left out: permission denied\n"
    ran = cli(*COUNT, str(locked))
    assert (ran.code, ran.err) == (2, f"costplan: {locked}: permission denied\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on Windows")
@pytest.mark.parametrize(
    ("content", "option", "tokens"),
    [
        (b"hello world", (), 2),
        (gzip.compress(b'"hello"\n"world"\n', mtime=0), ("--lines",), 2),
        (b'{"messages": [{"role": "user", "content": "hello world"}]}', ("--request",), 9),
    ],
)
def test_a_pipe_with_a_name_is_read_once(
    cli: Cli, tmp_path: Path, content: bytes, option: tuple[str, ...], tokens: int
) -> None:
    """As `<(command)` of a shell is: looking at it first would take its beginning away."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = Thread(target=pipe.write_bytes, args=(content,), daemon=True)
    writing.start()
    ran = cli(*COUNT, *option, str(pipe))
    writing.join(5)
    assert (ran.code, [row["tokens"] for row in rows(ran.out)]) == (0, [tokens])


def test_a_file_that_goes_away_loses_no_other(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found, but no longer there when its turn comes; the exit code says so."""
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "b.txt").write_text("hello world")
    gone = tmp_path / "a.txt"

    def found_and_lost(*arguments: Any) -> Any:
        found = find_sources(*arguments)
        gone.unlink()
        return found

    monkeypatch.setattr(corpus, "find_sources", found_and_lost)
    ran = cli(*COUNT, str(tmp_path))
    assert (ran.code, [row["tokens"] for row in rows(ran.out)]) == (2, [2])
    assert ran.err == f"{gone}: cannot be read any further: No such file or directory\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.pdf", b"%PDF-1.7\nplain letters", "no text: a PDF; save its text as a file"),
        ("x.docx", b"PK\x03\x04\x14", "no text: a zip archive, as documents of Word and Excel"),
        ("x.tar.gz", gzip.compress(b"name\0\0\0", mtime=0), "no text: it holds NUL bytes"),
    ],
)
def test_documents_that_are_no_text(
    cli: Cli, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """Named, or through a pipe: refused with what to do, never counted as the bytes they are."""
    (tmp_path / name).write_bytes(content)
    ran = cli(*COUNT, str(tmp_path / name))
    assert (ran.code, ran.out, f"{name}: {said}" in ran.err) == (2, "", True)
    ran = cli(*COUNT, stdin=content)
    assert (ran.code, rows(ran.out), f"<stdin>: {said}" in ran.err) == (2, [], True)


def test_of_many_files_that_are_no_utf8_ten_are_told(cli: Cli, tmp_path: Path) -> None:
    """And how many more there are, and how many lines of one."""
    for k in range(13):
        (tmp_path / f"{k:02}.txt").write_bytes(b"caf\xe9")
    (tmp_path / "00.jsonl").write_bytes(b'"caf\xe9"\n' * 2)
    ran = cli(*COUNT, str(tmp_path))
    assert (ran.code, ran.err.count("bytes that are no UTF-8")) == (0, 10)
    assert f"{tmp_path / '00.jsonl'}: so do those in 1 more line\n" in ran.err
    assert ran.err.endswith("so do those in 4 more files\n")


@pytest.mark.parametrize("name", ["x.md.gz", "x.log.gz", "x.txt"])
def test_what_is_packed_is_told_by_its_bytes(cli: Cli, tmp_path: Path, name: str) -> None:
    """Not by its name; so it is from a pipe."""
    packed = gzip.compress(b"hello world")
    (tmp_path / name).write_bytes(packed)
    assert [row["tokens"] for row in rows(cli(*COUNT, str(tmp_path / name)).out)] == [2]
    assert [row["tokens"] for row in rows(cli(*COUNT, stdin=packed).out)] == [2]
    (tmp_path / "y.jsonl.gz").write_bytes(b'"hello world"\n')
    assert [row["tokens"] for row in rows(cli(*COUNT, str(tmp_path / "y.jsonl.gz")).out)] == [2]


@pytest.mark.parametrize(
    ("content", "counted", "told"),
    [
        (b"id;text\n1;hello world\n2;hello\n", (2, 3), ""),
        (b"id\ttext\n1\thello world\n", (1, 2), ""),
        (b"\xef\xbb\xbfid,text\n1,hello\n2,\n3\n", (1, 1), ""),
        ("id\ttext\r\n1\thello world\r\n".encode("utf-16"), (1, 2), ""),
        (b"id,text\n1,hello\n2,caf\xe9\n", (2, 3), "x.csv:2:1: bytes that are no UTF-8"),
    ],
)
def test_what_spreadsheets_write(
    cli: Cli, tmp_path: Path, content: bytes, counted: tuple[int, int], told: str
) -> None:
    """Documents and tokens: semicolons, a byte order mark, empty cells, "caf" and a U+FFFD."""
    (tmp_path / "x.csv").write_bytes(content)
    ran = cli(*COUNT, str(tmp_path / "x.csv"), "--field", "text")
    assert [(row["documents"], row["tokens"]) for row in rows(ran.out)] == [counted]
    assert (ran.code, told in ran.err, bool(told) == bool(ran.err)) == (0, True, True)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "document", "source": {"type": "base64", "data": "AAAA"}},
        {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
    ],
)
def test_images_in_a_log_are_not_counted_as_letters(cli: Cli, block: dict[str, Any]) -> None:
    """The record is left out, and the way to count it is said."""
    log = json.dumps({"messages": [{"role": "user", "content": [{"text": "hello"}, block]}]})
    ran = cli(*COUNT, "--lines", stdin=f'{log}\n"hello"\n'.encode())
    assert (ran.code, [row["documents"] for row in rows(ran.out)]) == (2, [1])
    assert "which is no text; count it with --request" in ran.err


def test_a_misspelt_path_of_fields_is_named_whole(cli: Cli) -> None:
    """As `--field` takes it."""
    ran = cli(*COUNT, "--lines", "--field", "body.txt", stdin=b'{"body": {"text": "hello"}}\n')
    assert "there is no field 'body.txt'; did you mean 'body.text'?" in ran.err


def test_what_is_wrong_with_a_request_is_told_once(cli: Cli) -> None:
    """Not for each model; and a request without a model says which option gives it one."""
    ran = cli("tokens", "--request", "--model", f"{MINI},{SONNET}", stdin=b'{"a": 1}')
    assert (ran.code, ran.err.count("not a request that is known")) == (2, 1)
    ran = cli("tokens", "--request", stdin=b'{"contents": [{"parts": [{"text": "hello"}]}]}')
    assert (ran.code, "names no model; give one by --model" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (b'{"messages": [{"role": "user", "content": "caf\xe9"}]}', 0, "bytes that are no UTF-8"),
        (b"[" * 100_000, 2, "nested too deeply"),
        (b'{"messages": ', 2, "<stdin>:1:14: not JSON"),
    ],
)
def test_a_damaged_request(cli: Cli, body: bytes, code: int, said: str) -> None:
    """Is counted as far as a log would be, or told in a sentence."""
    ran = cli("tokens", "--request", "--model", MINI, stdin=body)
    assert (ran.code, said in ran.err) == (code, True)


def test_requests_to_different_models_are_not_compared(cli: Cli) -> None:
    """A ratio of two different texts says nothing, nor has a request a density."""
    one, other = ({"model": m, "messages": [{"content": "hi"}]} for m in ("gpt-4o", "gpt-4o-mini"))
    ran = cli("tokens", "--request", "--lines", stdin=f"{json.dumps(one)}\n".encode() * 2)
    assert "Ratio" not in ran.out
    both = f"{json.dumps(one)}\n{json.dumps(other)}\n".encode()
    ran = cli("tokens", "--request", "--lines", stdin=both)
    assert ("Ratio" in ran.out, "Per 1,000" in ran.out, ran.code) == (False, False, 0)


@pytest.mark.parametrize(
    "model", ["gpt-4o", "models/gemini-2.5-flash", "anthropic.claude-3-haiku-20240307-v1:0"]
)
def test_a_request_is_priced_by_the_name_its_provider_uses(cli: Cli, model: str) -> None:
    """The book has them as openai/..., google/... and bedrock/... without the version."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hi"}]})
    ran = cli("tokens", "--request", "--format", "json", "--at", "2025-11-21", stdin=body.encode())
    (row,) = rows(ran.out)
    assert (row["model"], row["currency"]) == (model, "USD")


def test_the_table_fits_a_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """80 columns, with three models and long numbers; no band, no column for one."""
    monkeypatch.setenv("COLUMNS", "80")
    text = b"hello world, and more of it\n" * 2_000
    exact = cli("tokens", "--model", MINI, stdin=text)
    assert "Between" not in exact.out
    ran = cli("tokens", "--model", f"{MINI},{SONNET},xai/grok-4", stdin=text)
    assert "Between" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    assert ran.out.count("Model ") <= 2


def test_long_paths_keep_their_ends(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of them still fits; the data have them whole."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    folder = Path("a" * 40, "b" * 40)
    folder.mkdir(parents=True)
    for name in ("one.txt", "two.txt"):
        (folder / name).write_text("hello")
    ran = cli("tokens", "--model", MINI, str(folder))
    assert f"…{'b' * 39}{os.sep}two.txt " in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    assert [row["path"] for row in rows(cli(*COUNT, str(folder)).out)][1] == str(folder / "two.txt")


@pytest.mark.parametrize("option", ["-o", "--sample"])
def test_a_folder_that_is_not_there_is_told_before_counting(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    """A long count is not thrown away for it."""
    monkeypatch.setattr("costplan.cli.corpus.counted", lambda *_: pytest.fail("it was counted"))
    path = tmp_path / "nowhere" / "x.jsonl"
    ran = cli("tokens", "--model", MINI, option, str(path), stdin=b"hello")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"costplan: {path}: there is no folder {path.parent}\n"


def test_typed_texts_say_how_to_end(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that waits for the keyboard without a word looks hung."""
    bars: list[bool] = []

    def bar(_size: int, *, quiet: bool) -> Any:
        bars.append(not quiet)
        return nullcontext(lambda _: None)

    keyboard = SimpleNamespace(buffer=io.BytesIO(b"hello"), isatty=lambda: True)
    monkeypatch.setattr(corpus, "sys", SimpleNamespace(stdin=keyboard))
    monkeypatch.setattr(corpus, "reading_bar", bar)
    ran = cli(*COUNT)
    assert (rows(ran.out)[0]["tokens"], "Ctrl-D" in ran.err, bars) == (1, True, [False])


def test_the_end_of_what_is_typed_is_asked_for_once() -> None:
    """A terminal answers the next read with the next line, not with the end again."""

    class Keyboard(io.BytesIO):
        ends = 0

        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            self.ends += len(found) < (size or 0)
            return found

    keyboard = Keyboard(b"hello")
    file = Source("-", Holds.TEXT)
    stream = Stream(file, Reading(), print)
    assert [document.texts for document in stream._blocks(keyboard)] == [("hello",)]
    assert keyboard.ends == 1
