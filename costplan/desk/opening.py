"""A file to be counted: its path completed as it is typed, then read."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.desk.counting import OFFLINE, Counted, Counting, costed, models_counted
from costplan.desk.whatif import WhatIf
from costplan.errors import Problem, UsageError
from costplan.report.table import Page
from costplan.tokens.corpus import (
    Document,
    Reading,
    Source,
    count_corpus,
    find_sources,
    read_documents,
)

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

LARGEST = 8_000_000
"""Bytes that are counted here; the command line counts any number, with a bar."""
MOST_FILES = 2_000
_MOST_NAMES = 50


@dataclass(frozen=True, slots=True)
class Completing:
    """Which files and folders begin like this?"""

    typed: str
    """A path as far as it was typed; relative to the current folder, `~` is the home folder."""

    def answer(self, _desk: Desk) -> tuple[str, ...]:
        """Their paths as they would be typed, folders with a slash at the end; none on trouble."""
        folder, _, start = self.typed.rpartition("/")
        head = f"{folder}/" if folder or self.typed.startswith("/") else ""
        try:
            with os.scandir(_meant(head)) as entries:
                found = sorted(entries, key=lambda entry: entry.name.casefold())
        except (OSError, UsageError):
            return ()  # nothing is there yet; opening it says what is wrong
        hidden = start.startswith(".")
        names = (
            f"{head}{entry.name}{'/' if entry.is_dir() else ''}"
            for entry in found
            if entry.name.casefold().startswith(start.casefold())
            and (hidden or not entry.name.startswith("."))
        )
        return tuple(names)[:_MOST_NAMES]


@dataclass(frozen=True, slots=True)
class Opened:
    """What is in a file or folder."""

    path: str
    counting: Counting | None = None
    """How its one text is counted; the text is in it."""
    counted: Counted | None = None
    """The tokens of its many texts: of a folder, a log, a table."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What is in this file?"""

    what_if: WhatIf
    path: str
    added: tuple[str, ...] = ()
    """Models to count on beside those of the plan."""

    def answer(self, desk: Desk) -> Opened:
        """Its text, or the tokens of its texts, read as `costplan tokens` reads them.

        Raises:
            UsageError: it is no text, or too large.
            OSError: it cannot be read.
        """
        path = _meant(self.path)
        if _is_too_large(path):
            names = ",".join(models_counted(desk, self.what_if, self.added)) or "MODEL"
            raise UsageError(
                f"{self.path} holds more than {LARGEST / 1e6:,.0f} MB or {MOST_FILES:,} files; "
                f"costplan tokens {shlex.quote(self.path)} --model {names} counts it, however large"
            )
        sources, notes = find_sources([str(path)], Reading())
        told: list[Problem] = []
        documents = list(_documents(sources, told))
        notes += [str(problem) for problem in told]
        if len(documents) == 1 and len(documents[0].texts) == 1 and not notes:
            counting = Counting(self.what_if, documents[0].texts[0], self.added, self.path)
            return Opened(self.path, counting)
        models = models_counted(desk, self.what_if, self.added)
        tallies = count_corpus(documents, models)
        if not tallies:
            return Opened(self.path, counted=_nothing(self.path, notes))
        page = costed(desk, self.what_if, tallies, notes)
        said = f"{self.path}: {len(documents):,} texts; {OFFLINE}"
        return Opened(self.path, counted=Counted(page, said))


def _meant(typed: str) -> Path:
    """The path that was typed.

    Raises:
        UsageError: it begins with the home of somebody who is not known.
    """
    try:
        return Path(typed).expanduser()
    except RuntimeError:
        raise UsageError(f"{typed}: nobody of this name has a home folder here") from None


def _is_too_large(path: Path) -> bool:
    """Whether counting it would keep all else waiting; looks no further than it must.

    Raises:
        UsageError: it is neither a file nor a folder: a device has no end.
        OSError: it is not there.
    """
    size = path.stat().st_size
    if path.is_file():
        return size > LARGEST
    if not path.is_dir():
        raise UsageError(f"{path} is neither a file nor a folder")
    found = (Path(parent, name) for parent, _, names in os.walk(path) for name in names)
    for number, file in enumerate(found, start=1):
        with suppress(OSError):  # gone meanwhile, or not ours to see
            size += file.lstat().st_size
        if size > LARGEST or number > MOST_FILES:
            return True
    return False


def _documents(sources: list[Source], told: list[Problem]) -> Iterator[Document]:
    for source in sources:
        yield from read_documents(source, Reading(), told.append)


def _nothing(path: str, notes: list[str]) -> Counted:
    said = "; ".join(notes) or f"{path}: there is nothing in it to count"
    return Counted(Page("", notes=(said,)), said)
