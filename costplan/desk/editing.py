"""The text of a scenario as it is typed: what stands in the file, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher, unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.desk.whatif import WhatIf
from costplan.documents import split_path
from costplan.errors import CostplanError, FileError, PlanWarning, ScenarioError
from costplan.meters import Meter
from costplan.planning import check, with_unknown_models
from costplan.prices import Model, Price, PriceBook, with_own_files
from costplan.report.prices import price_list, shown_rate
from costplan.report.table import warning_line
from costplan.scenario import Scenario, read_scenario
from costplan.scenario.editing import with_settings
from costplan.scenario.language import (
    Entry,
    Known,
    Marked,
    Markings,
    Offered,
    in_order,
    lines_of,
    outline,
)
from costplan.scenario.texts import Folder
from costplan.writing import Stamp, read_stamped

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

_MARK = "\ufeff"
_MOST_FILES = 500
_DEEPEST = 3
_OFFERED = {".md", ".txt", ".jsonl", ".json", ".csv", ".gz", ".parquet", ".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A scenario file as it stands on disk, and what can be named in it."""

    path: str
    text: str
    """Without a byte order mark."""
    known: Known
    stamp: Stamp | None = None
    """By what the file is recognised when it is saved; None for an example that ships with
    costplan, which is not written over."""
    editor: str = ""
    """The user's own editor, as the environment names it."""
    mark: str = ""
    """What the file begins with before the text: a byte order mark."""

    @property
    def copy_name(self) -> str:
        """What a copy is called, before it gets a number: one of an example is the user's own."""
        return self.path if self.stamp is not None else Path(self.path).name

    def retyped(self, lines: Sequence[str]) -> str:
        """The text with these lines instead of its own.

        Lines that are still there keep what ends them; new ones end as most of the file does.

        Args:
            lines: without what ends them; the last is empty where the text ends with a line.
        """
        bare, kept = self.text.splitlines(), self.text.splitlines(keepends=True)
        ends = [whole[len(line) :] for line, whole in zip(bare, kept, strict=True)]
        common = max(sorted(set(ends) - {""}), key=ends.count, default="\n")
        if set(ends) <= {common, ""}:
            return common.join(lines)
        made = [common] * len(lines)
        for k, n, size in SequenceMatcher(None, bare, lines, autojunk=False).get_matching_blocks():
            made[n : n + size] = (end or common for end in ends[k : k + size])
        made[-1] = ""
        return "".join(map("".join, zip(lines, made, strict=True)))


def line_of(text: str, path: str) -> Entry | None:
    """The key of a text where the value at a path is written, or the nearest one above it."""
    try:
        steps = split_path(path)
    except ValueError:
        return None
    entries = {entry.path: entry for entry in outline(text)}
    found = (entries.get(steps[:n]) for n in range(len(steps), 0, -1))
    return next((entry for entry in found if entry), None)


def difference(before: str, after: str, names: tuple[str, str]) -> str:
    """What is another in the second text, as `diff -u` tells it; empty where they are alike.

    Args:
        before: a text.
        after: another.
        names: what to call them.
    """
    return "\n".join(unified_diff(lines_of(before), lines_of(after), *names, n=2, lineterm=""))


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands in the file?"""

    seen: bool = False
    """Whether what stands there now counts as read, though the plan is of another text."""

    def answer(self, desk: Desk) -> Opened:
        """The text, with the models of the price book and the files beside it.

        Raises:
            CostplanError: there is no such file, or it is not text.
            OSError: it cannot be read.
        """
        if self.seen:
            desk.look()
        file, is_shipped = desk.find()
        own = file if isinstance(file, Path) and not is_shipped else None
        data, stamp = read_stamped(own) if own else (file.read_bytes(), None)
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise CostplanError(
                f"{desk.path}: not text in UTF-8, at byte {error.start + 1:,}"
            ) from None
        files = _files_below(file.parent) if isinstance(file, Path) else ()
        known = Known(offered_models(_prices(desk), _day(desk)), tuple(files))
        bare = text.removeprefix(_MARK)
        mark = text.removesuffix(bare) if bare else text
        return Opened(desk.path, bare, known, stamp, desk.editor, mark)


@dataclass(frozen=True, slots=True)
class WrittenIn:
    """A text with a what-if in it."""

    before: str
    text: str
    what_if: WhatIf
    """What is left of the what-if: the variant."""


@dataclass(frozen=True, slots=True)
class WritingIn:
    """Write the what-if into the text, which is not saved by that."""

    text: str
    what_if: WhatIf

    def answer(self, _desk: Desk) -> WrittenIn:
        """The text in which only these values are others.

        Raises:
            CostplanError: it cannot be changed so; says why.
        """
        text = with_settings(self.text, self.what_if.settings, self.what_if.variant)
        return WrittenIn(self.text, text, WhatIf(self.what_if.variant))


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a text, or to be thought about twice."""

    text: str
    marks: tuple[Marked, ...]

    @property
    def errors(self) -> int:
        """How many problems keep it from being planned."""
        return sum(mark.severity == "error" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Checking:
    """What is wrong with this text, if it stood in the file?"""

    text: str

    def answer(self, desk: Desk) -> Checked:
        """Everything that loading and planning it would say, variants included."""
        return Checked(self.text, in_order(_marks(self.text, desk)))


def _marks(text: str, desk: Desk) -> Iterator[Marked]:
    name, folder = desk.whereabouts()
    markings = Markings.of(text)
    try:
        scenario = _read(text, name, folder, desk.prices)
        for warning in check(scenario, desk.prices, counts=desk.counts, memory=desk.memory):
            yield _warning(warning, scenario, markings)
    except FileError as error:
        yield from (markings.problem(problem, name) for problem in error.problems)
    except CostplanError as error:
        yield Marked(0, 0, 0, str(error))


def _read(text: str, name: str, folder: Folder, book: PriceBook) -> Scenario:
    try:
        return read_scenario(text, name, folder)
    except ScenarioError as error:
        raise with_unknown_models(error, text.encode(), name, book) from None


def _warning(warning: PlanWarning, scenario: Scenario, markings: Markings) -> Marked:
    """A warning at the deepest key of what it is about that is in the file."""
    try:
        path = split_path(warning.where)
    except ValueError:
        path = ()
    while path and path not in scenario.places:
        path = path[:-1]
    place = scenario.places.get(path)
    line, column = (place.line, place.column) if place else (0, 0)
    return markings.warning(line, column, warning_line(warning))


def _files_below(folder: Path) -> Iterator[str]:
    """Files that a scenario may name, relative to its folder; the near ones before the far."""
    found: list[str] = []
    for root, folders, names in os.walk(folder):
        here = Path(root).relative_to(folder)
        folders[:] = sorted(each for each in folders if not each.startswith((".", "_")))
        if len(here.parts) >= _DEEPEST:
            folders.clear()
        found += [(here / n).as_posix() for n in sorted(names) if Path(n).suffix in _OFFERED]
        if len(found) > _MOST_FILES:
            break
    return iter(sorted(found, key=lambda name: (name.count("/"), name))[:_MOST_FILES])


def _prices(desk: Desk) -> PriceBook:
    """The prices, with those of the scenario's own over them where it could be read."""
    try:
        return with_own_files(desk.prices, desk.scenario.price_files)
    except CostplanError:
        return desk.prices


def _day(desk: Desk) -> date | None:
    """The day models are looked at from: the first of the plan, else today."""
    try:
        return desk.scenario.start.first
    except CostplanError:
        return desk.day


def offered_models(book: PriceBook, day: date | None) -> tuple[Offered, ...]:
    """The models of a book as an editor offers them: the newest first, those retired by a day last.

    Args:
        book: the prices.
        day: the day whose prices are told; none are told without one.
    """
    listed = price_list(book, day or date.max).prices
    newest = sorted(listed, key=lambda each: each[0].release or date.min, reverse=True)
    current = sorted(newest, key=lambda each: _is_retired(each[0], day))
    return tuple(Offered(model.name, _about(model, price, day)) for model, price in current)


def _is_retired(model: Model, day: date | None) -> bool:
    return model.retirement is not None and day is not None and model.retirement <= day


def _about(model: Model, price: Price | None, day: date | None) -> str:
    if _is_retired(model, day):
        return f"retired {model.retirement}"
    if price is None or day is None:
        return ""
    return f"{shown_rate(price, Meter.INPUT)} in, {shown_rate(price, Meter.OUTPUT)} out per 1M"
