"""Where data comes from and goes to: standard streams, and files written whole or not at all."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from pathlib import Path

from costplan.errors import UsageError

STDIN = "-"
_ENDINGS = {".json": "json", ".csv": "csv", ".md": "markdown", ".markdown": "markdown"}


def chosen_format(arguments: argparse.Namespace) -> str:
    """The format asked for, else the one the output file's name says, else a table."""
    named = arguments.format or _ENDINGS.get(Path(arguments.destination or "").suffix.lower())
    return named or "table"


def deliver(text: str, arguments: argparse.Namespace) -> None:
    """Put a result where it was asked for: the file of `-o`, or standard output.

    Raises:
        OSError: the file cannot be written; what it held before is still there.
    """
    if arguments.destination in {None, STDIN}:
        print_data(text)
    else:
        write_whole(Path(arguments.destination), text)
        note(f"wrote {arguments.destination}")


def print_data(text: str) -> None:
    """Write to standard output: UTF-8 to files and pipes, what it can show to a terminal."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if encoding != "utf8" and reconfigure is not None:
        if sys.stdout.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8")
    sys.stdout.write(text)


def note(text: str) -> None:
    """Tell the user something that is not data."""
    sys.stderr.write(f"{text}\n")


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place, then move it there: it is never half written.

    Raises:
        OSError: it cannot be written; what it held before is still there.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")  # a device or pipe; a folder says what it is
        return
    target = path.resolve()  # a link keeps pointing at the file
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None


def refuse_overwriting(arguments: argparse.Namespace, *inputs: str) -> None:
    """Keep `-o` from replacing a file that is read.

    Raises:
        UsageError: it would.
    """
    output = arguments.destination
    if output in {None, STDIN}:
        return
    for name in inputs:
        if name != STDIN and Path(name).exists() and Path(output).resolve() == Path(name).resolve():
            raise UsageError(f"-o {output} would replace the file that is read")


class _Input:
    """Standard input, which can be read only once and may be named twice."""

    content: bytes | None = None


def read_stdin() -> bytes:
    """All of standard input."""
    if _Input.content is None:
        _Input.content = sys.stdin.buffer.read()
    return _Input.content


def width() -> int:
    """Columns to fold tables at: COLUMNS, else the terminal's, else 120."""
    return shutil.get_terminal_size((120, 24)).columns


def has_colour(arguments: argparse.Namespace) -> bool:
    """Whether the output is a terminal that shows colour, and the user has nothing against it."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and arguments.destination is None and sys.stdout.isatty()
