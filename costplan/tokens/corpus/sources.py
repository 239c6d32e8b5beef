"""Which files are meant by a path, and what each holds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from costplan.errors import UsageError
from costplan.tokens.corpus.documents import Reading

STANDARD_INPUT = "-"
_LOOK_AT = 8_192
"""Bytes at the beginning of a file that tell a text from anything else."""
_GENERATED = {"__pycache__", "node_modules"}
_PACKED_LOGS = (".jsonl.gz", ".ndjson.gz", ".csv.gz", ".tsv.gz", ".txt.gz")
_GZIP = b"\x1f\x8b"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Holds(Enum):
    """What a file is a stream of."""

    TEXT = auto()
    """One document."""
    LINES = auto()
    """A document in each line: JSON, or plain text where `Reading.lines` asks for it."""
    TABLE = auto()
    """A document in each row."""
    BODY = auto()
    """One request, or a list of them, as JSON."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or standard input."""

    name: str
    """As it was given, or as it was found in a folder that was."""
    holds: Holds
    size: int = 0
    """In bytes; 0 where that is not known."""
    packed: bool = False
    """Whether it is compressed with gzip."""


def find_sources(paths: Iterable[str], reading: Reading) -> tuple[list[Source], list[str]]:
    """The files of the paths: a folder stands for the texts in it and below.

    Left out of a folder are hidden files and folders (`.git`), `__pycache__`, `node_modules`, and
    what is no text.

    Returns:
        The sources in the order of the paths, each file once, and what to say about those that
        were left out.

    Raises:
        UsageError: a file that was named is no text.
        OSError: a path is not there, or cannot be read.
    """
    found: dict[str, Source] = {}
    notes: list[str] = []
    for path in paths:
        if path == STANDARD_INPUT:
            found[path] = Source(path, _holds("", reading))
        elif Path(path).is_dir():
            names, left_out = _texts_below(path)
            found |= {name: _source(name, reading) for name in names}
            notes += left_out
        else:
            found[path] = _named(path, reading)
    return list(found.values()), notes


def _texts_below(folder: str) -> tuple[list[str], list[str]]:
    """The texts in a folder and below, and what to say about the rest."""
    texts: list[str] = []
    notes: list[str] = []
    others = 0
    for name in _below(folder):
        try:
            if _may_be_text(name):
                texts.append(name)
            else:
                others += 1
        except OSError as error:
            notes.append(f"{name}: left out: {error.strerror}")
    if others:
        files = "file that is" if others == 1 else "files that are"
        notes.append(f"{folder}: left out {others:,} {files} no text")
    return texts, notes


def _named(path: str, reading: Reading) -> Source:
    if not _may_be_text(path):
        raise UsageError(f"{path}: no text (it holds NUL bytes, or is packed)")
    return _source(path, reading)


def _source(name: str, reading: Reading) -> Source:
    bare = name.casefold().removesuffix(".gz")
    return Source(name, _holds(bare, reading), Path(name).stat().st_size, bare != name.casefold())


def _holds(bare: str, reading: Reading) -> Holds:
    """By the end of its name; a comma-separated file is a table where a field is asked for."""
    if _table(bare) or (reading.field and bare.endswith((".csv", ".tsv"))):
        return Holds.TABLE
    if reading.lines or bare.endswith((".jsonl", ".ndjson")):
        return Holds.LINES
    return Holds.BODY if reading.requests else Holds.TEXT


def _table(name: str) -> bool:
    return name.casefold().endswith(".parquet")


def _below(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _GENERATED)
        for name in sorted(files):
            path = os.path.join(parent, name)  # noqa: PTH118 - keeps the folder as it was written
            if not name.startswith(".") and os.path.isfile(path):  # noqa: PTH113 - not a pipe
                yield path


def _may_be_text(path: str) -> bool:
    """Whether the beginning holds no NUL byte, as text does; UTF-16 says so in its first two.

    Parquet is read as what it is, and of what is packed with gzip the logs alone.
    """
    bare = path.casefold()
    if _table(bare) or bare.endswith(_PACKED_LOGS):
        return True
    with Path(path).open("rb") as file:
        head = file.read(_LOOK_AT)
    return head.startswith(_UTF_16) or (b"\0" not in head and not head.startswith(_GZIP))
