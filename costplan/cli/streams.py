"""Where data comes from and goes to: standard streams, and files written whole or not at all."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.errors import PlanWarning, UsageError
from costplan.writing import write_whole

if TYPE_CHECKING:
    from costplan.report.table import Page

STDIN = "-"
STDIN_NAME = "<stdin>"
"""What standard input is called in messages about it."""
_ENDINGS = {".json": "json", ".csv": "csv", ".md": "markdown", ".markdown": "markdown"}


def chosen_format(arguments: argparse.Namespace) -> str:
    """The format asked for, else the one the output file's name says, else a table."""
    named = arguments.format or _ENDINGS.get(Path(arguments.destination or "").suffix.lower())
    return named or "table"


def present(
    arguments: argparse.Namespace,
    *,
    document: Callable[[], object],
    records: Callable[[], Sequence[Mapping[str, Any]]],
    fields: Sequence[str],
    page: Callable[[], Page],
    warnings: Iterable[PlanWarning] = (),
) -> None:
    """Deliver a result in the format asked for; only what that format needs is made.

    Args:
        arguments: of the command.
        document: makes what JSON holds.
        records: makes the rows of CSV.
        fields: the columns of CSV.
        page: makes the tables, as text or as markdown.
        warnings: told on standard error beside CSV, which has no room for them.
    """
    from costplan.report.document import csv_text, json_text

    form = chosen_format(arguments)
    if form == "json":
        text = json_text(document())
    elif form == "csv":
        from costplan.report.table import warning_line

        for warning in warnings:
            note(f"warning: {warning_line(warning)}")
        text = csv_text(records(), fields)
    else:
        made = page()
        text = made.markdown() if form == "markdown" else made.text(width())
    deliver(text, arguments)


def deliver(text: str, arguments: argparse.Namespace) -> None:
    """Put a result where it was asked for: the file of `-o`, or standard output.

    Raises:
        OSError: the file cannot be written; what it held before is still there.
    """
    if arguments.destination in {None, STDIN}:
        print_data(text)
    else:
        write_whole(Path(arguments.destination), encodable(text).encode())
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
    sys.stdout.write(encodable(text))


def encodable(text: str) -> str:
    r"""The text with `\udcff` where it holds half a character, which UTF-8 cannot write.

    Such a one stands for a byte of a file's name or of an argument that was no UTF-8. The escape is
    also how JSON writes it.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def reason(error: OSError) -> str:
    """Why the system would not: its own words, set into a sentence."""
    return error.strerror.lower() if error.strerror else str(error) or type(error).__name__


def note(text: str) -> None:
    """Tell the user something that is not data."""
    sys.stderr.write(f"{encodable(text)}\n")


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
    """Standard input of this command, which can be read only once and may be named twice."""

    content: bytes | None = None


def read_stdin() -> bytes:
    """All of standard input."""
    if _Input.content is None:
        _Input.content = sys.stdin.buffer.read()
    return _Input.content


def forget_stdin() -> None:
    """A new command has an input of its own."""
    _Input.content = None


def width() -> int:
    """Columns to fold tables at: COLUMNS, else the terminal's, else 120."""
    return shutil.get_terminal_size((120, 24)).columns


def has_colour(arguments: argparse.Namespace) -> bool:
    """Whether the output is a terminal that shows colour, and the user has nothing against it."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and arguments.destination is None and sys.stdout.isatty()
