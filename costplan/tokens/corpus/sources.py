"""Which files are meant by a path, and what each holds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from costplan.errors import UsageError
from costplan.tokens.corpus.documents import Reading
from costplan.tokens.corpus.heads import LOOK_AT, Head

STANDARD_INPUT = "-"
_GENERATED = {"__pycache__", "node_modules"}
_PARQUET = ".parquet"


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
    size: int | None = None
    """In bytes; None where that is not known before all is read."""
    packed: bool = False
    """Whether it is compressed with gzip."""


def find_sources(paths: Iterable[str], reading: Reading) -> tuple[list[Source], list[str]]:
    """The files of the paths: a folder stands for the texts in it and below.

    Left out of a folder are hidden files and folders (`.git`), `__pycache__`, `node_modules`, links
    to folders, and what is no text.

    Returns:
        The sources in the order of the paths, each file once, also where links lead to it, and
        what to say about those that were left out.

    Raises:
        UsageError: a file that was named is no text.
        OSError: a path is not there, or cannot be read.
    """
    found: dict[str, Source] = {}
    notes: list[str] = []
    named: set[str] = set()
    for path in paths:
        if path == STANDARD_INPUT:
            sources = [Source(path, _holds("", reading))]
        elif Path(path).is_dir():
            sources, left_out = _texts_below(path, reading)
            notes += left_out
        else:
            sources = [_named(path, reading)]
        for source in sources:
            found.setdefault(os.path.realpath(source.name), source)
            named.add(source.name)
    again = len(named) - len(found)
    if again:
        links = "a path that leads" if again == 1 else f"{again:,} paths that lead"
        notes.append(f"left out {links} to a file that is counted already")
    return list(found.values()), notes


def _texts_below(folder: str, reading: Reading) -> tuple[list[Source], list[str]]:
    """The texts in a folder and below, and what to say about the rest."""
    texts: list[Source] = []
    notes: list[str] = []
    others = 0

    def unreadable(error: OSError) -> None:
        if error.filename == folder:
            raise error
        notes.append(f"{error.filename}: left out: {(error.strerror or str(error)).lower()}")

    for name in _below(folder, unreadable):
        try:
            source, no_text = _looked_at(name, reading)
        except OSError as error:
            unreadable(error)
            continue
        if no_text:
            others += 1
        else:
            texts.append(source)
    if others:
        files = "file that is" if others == 1 else "files that are"
        notes.append(f"{folder}: left out {others:,} {files} no text")
    if not texts:
        notes.append(f"{folder}: there are no texts in this folder")
    return texts, notes


def _named(path: str, reading: Reading) -> Source:
    source, no_text = _looked_at(path, reading)
    if no_text:
        raise UsageError(f"{path}: {no_text}")
    return source


def _looked_at(name: str, reading: Reading) -> tuple[Source, str]:
    """A file as a source, and why it is no text; Parquet is read as what it is.

    Raises:
        OSError: it is not there, or cannot be read.
    """
    Path(name).stat()
    holds = _holds(name.casefold().removesuffix(".gz"), reading)
    if not Path(name).is_file():  # what is read from a pipe to look at it would be lost
        return Source(name, holds), ""
    with Path(name).open("rb") as file:
        head = Head.of(file.read(LOOK_AT))
    size = None if head.packed else Path(name).stat().st_size
    source = Source(name, holds, size, head.packed)
    return source, "" if name.casefold().endswith(_PARQUET) else head.no_text


def _holds(bare: str, reading: Reading) -> Holds:
    """By the end of its name; a comma-separated file is a table where a field is asked for."""
    if bare.endswith(_PARQUET) or (reading.field and bare.endswith((".csv", ".tsv"))):
        return Holds.TABLE
    if reading.lines or bare.endswith((".jsonl", ".ndjson")):
        return Holds.LINES
    return Holds.BODY if reading.requests else Holds.TEXT


def _below(folder: str, unreadable: Callable[[OSError], None]) -> Iterator[str]:
    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _GENERATED)
        for name in sorted(files):
            path = os.path.join(parent, name)  # noqa: PTH118 - keeps the folder as it was written
            if not name.startswith(".") and os.path.isfile(path):  # noqa: PTH113 - not a pipe
                yield path
