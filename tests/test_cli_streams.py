"""Standard streams, output files and how a command ends."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from conftest import Cli

from costplan import cli as package
from costplan import memory
from costplan.cli import streams
from costplan.errors import CostplanError, UnknownModelError, UsageError

RATE = ("rate", "--model", "openai/gpt-4o-mini", "--at", "2026-01-15", "--input", "500")


def test_a_file_is_written_whole(cli: Cli, tmp_path: Path) -> None:
    """With `-o`, nothing is on standard output and nothing else is left behind."""
    target = tmp_path / "bill.json"
    ran = cli(*RATE, "-o", str(target))
    assert (ran.code, ran.out, ran.err) == (0, "", f"wrote {target}\n")
    assert target.read_text().startswith("{")
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("name", "start"), [("x.json", "{"), ("x.csv", "meter,"), ("x.md", "# "), ("x.txt", "openai/")]
)
def test_the_ending_of_a_file_says_its_format(
    cli: Cli, tmp_path: Path, name: str, start: str
) -> None:
    """Unless `--format` does."""
    cli(*RATE, "-o", str(tmp_path / name))
    assert (tmp_path / name).read_text().startswith(start)
    cli(*RATE, "--format", "csv", "-o", str(tmp_path / name))
    assert (tmp_path / name).read_text().startswith("meter,")


def test_a_dash_is_standard_output(cli: Cli) -> None:
    """As it is standard input elsewhere."""
    assert cli(*RATE, "-o", "-").out.startswith("openai/gpt-4o-mini")


@pytest.mark.parametrize("target", ["", "no/such/folder/x.json"])
def test_a_place_that_is_none_is_told_in_a_sentence(cli: Cli, tmp_path: Path, target: str) -> None:
    """A folder, and a file in no folder: exit code 2, no traceback."""
    ran = cli(*RATE, "-o", str(tmp_path / target))
    assert ran.code == 2
    assert ran.err.startswith(f"costplan: {tmp_path}")
    assert "Traceback" not in ran.err


def test_the_file_that_is_read_is_not_replaced(cli: Cli, tmp_path: Path) -> None:
    """`plan x.yaml -o x.yaml` would lose the scenario."""
    text = tmp_path / "prompt.txt"
    text.write_text("hello")
    ran = cli("tokens", str(text), "--model", "openai/gpt-4o-mini", "-o", str(text))
    assert ran.code == 2
    assert "would replace the file that is read" in ran.err
    assert text.read_text() == "hello"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("no"), 2, "costplan: no\n"),
        (CostplanError("no"), 2, "costplan: no\n"),
        (UnknownModelError("a", ["b"]), 3, "costplan: unknown model 'a'; expected one of 'b'\n"),
        (FileNotFoundError(2, "No such file", "x"), 2, "costplan: x: no such file\n"),
        (PermissionError(13, "Permission denied", "x"), 2, "costplan: x: permission denied\n"),
        (FileNotFoundError(2, "No such file", "My.YAML"), 2, "costplan: My.YAML: no such file\n"),
        (OSError("odd Thing"), 2, "costplan: odd Thing\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)  # fmt: skip
def test_how_a_command_ends(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    """Each error has its code and its sentence."""
    monkeypatch.setattr("costplan.cli.rate.price_book", _raiser(error))
    ran = cli(*RATE)
    assert (ran.code, ran.out, ran.err) == (code, "", said)


def test_a_bug_is_admitted_without_a_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the way to see the traceback is said, and works."""
    monkeypatch.setattr("costplan.cli.rate.price_book", _raiser(ZeroDivisionError("oops")))
    ran = cli(*RATE)
    assert ran.code == package.INTERNAL
    assert ran.err.startswith("costplan: this is a bug in costplan: ZeroDivisionError: oops")
    monkeypatch.setenv("COSTPLAN_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        cli(*RATE)


def _raiser(error: BaseException) -> object:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`costplan ... | head -1` is quiet."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "costplan", "prices", "list", "--format", "json"]
    ran = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (ran.returncode, ran.stderr) == (package.BROKEN_PIPE, b"")


def test_data_in_a_pipe_is_utf8_whatever_the_locale() -> None:
    """A table with lines in it does not fail on an ASCII system."""
    surroundings = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "costplan", *RATE]
    ran = subprocess.run(command, capture_output=True, check=True, env=surroundings)
    assert "─" in ran.stdout.decode()


HALF = "a\udcff"
"""A name with a byte that is no UTF-8, as Python holds it."""


def test_half_characters_are_written_as_escapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard output, on standard error and in files, whatever their settings."""
    streams.print_data(HALF)
    streams.note(HALF)
    assert tuple(capsys.readouterr()) == ("a\\udcff", "a\\udcff\n")
    streams.deliver(HALF, argparse.Namespace(destination=str(tmp_path / "x")))
    assert (tmp_path / "x").read_text() == "a\\udcff"


@pytest.mark.parametrize("form", ["json", "csv", "table", "markdown"])
def test_a_file_may_have_any_name(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Also one that is no UTF-8; in JSON it reads back as the name it is."""
    monkeypatch.chdir(tmp_path)
    try:
        Path(HALF).write_text("hello")
    except (OSError, UnicodeError):
        pytest.skip("this file system takes only names in UTF-8")
    ran = cli("tokens", HALF, "--model", "openai/gpt-4o-mini", "--format", form)
    assert ran.code == 0
    if form == "json":
        assert json.loads(ran.out)[0]["path"] == HALF


def test_each_command_reads_its_own_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two in one process, as a notebook runs them, do not share one."""
    counted = []
    for text in (b"hello", b"hello hello hello"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert package.main(["tokens", "--model", "openai/gpt-4o-mini", "--format", "json"]) == 0
        counted.append(json.loads(capsys.readouterr().out)[0]["tokens"])
    assert counted == [1, 3]


@pytest.mark.parametrize("text", [b"name: x\n", b"provider: x\n"])
def test_standard_input_has_one_name(cli: Cli, text: bytes) -> None:
    """Whichever kind of file is on it."""
    ran = cli("check", "-", stdin=text)
    assert ran.code == 2
    assert all(line.startswith("<stdin>:1:1: ") for line in ran.out.splitlines())


def test_the_cache_follows_the_customs_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG first, then the home folder; none where there is no home."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert memory.cache_folder() == Path("/somewhere/costplan")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert memory.cache_folder() == Path("/home/me/.cache/costplan")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert memory.cache_folder() is None


@pytest.mark.parametrize(
    ("no_colour", "term", "destination", "colour"),
    [
        ("", "xterm", None, True),
        ("1", "xterm", None, False),
        ("", "dumb", None, False),
        ("", "xterm", "x.txt", False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch,
    no_colour: str,
    term: str,
    destination: str | None,
    colour: bool,
) -> None:
    """Not with NO_COLOR, on a dumb terminal, or in a file."""
    monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert streams.has_colour(Namespace(destination=destination)) is colour
