"""A file to be counted: its path completed as it is typed, then read."""

from __future__ import annotations

import os
from collections.abc import Iterator
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
            with os.scandir(Path(head).expanduser()) as entries:
                found = sorted(entries, key=lambda entry: entry.name.casefold())
        except OSError:
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
        path = str(Path(self.path).expanduser())
        sources, notes = find_sources([path], Reading())
        size = sum(source.size or 0 for source in sources)
        if size > LARGEST:
            names = ",".join(models_counted(desk, self.what_if, self.added)) or "MODEL"
            raise UsageError(
                f"{self.path} is {size / 1e6:,.0f} MB, more than is counted here; "
                f"costplan tokens {self.path} --model {names} counts it, however large"
            )
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


def _documents(sources: list[Source], told: list[Problem]) -> Iterator[Document]:
    for source in sources:
        yield from read_documents(source, Reading(), told.append)


def _nothing(path: str, notes: list[str]) -> Counted:
    said = "; ".join(notes) or f"{path}: there is nothing in it to count"
    return Counted(Page("", notes=(said,)), said)
