"""What can be typed where the cursor stands: keys, words, models, names, files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from costplan.scenario.kinds import MODEL, Amount
from costplan.scenario.language.grammar import (
    Key,
    expected,
    is_nested,
    is_overlay,
    keys_at,
    kinds_at,
    name_kinds,
    parts,
    scalars_at,
    split,
    steps_of,
    words,
)
from costplan.scenario.language.names import NAMED_BY, names_at
from costplan.scenario.language.outline import Entry, Role, Spot, lines_of, outline, spot
from costplan.schema import KeyPath, Kind, MapOf, Record, Text

_FILES = {
    "file": (".md", ".txt"),
    "template": (".md", ".txt"),
    "sample": (".jsonl",),
    "declared": (".json",),
    "log": (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet"),
    "prices": (".yaml", ".yml"),
}
"""The keys that name a file, with the endings that are offered first."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A model that can be named."""

    name: str
    """`provider/id` or `provider/alias`."""
    about: str = ""
    """What is to be known of it, in a few words."""


@dataclass(frozen=True, slots=True)
class Known:
    """What can be named beside what the text itself holds."""

    models: tuple[Offered, ...] = ()
    """In the order in which they are offered: the newest first, the retired ones last."""
    files: tuple[str, ...] = ()
    """Relative to the scenario."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that can be typed at a place."""

    label: str
    """As it is listed, and looked for."""
    insert: str
    """What takes the place of the typed word; it may have several lines."""
    means: str = ""
    """What the value is, in a few words: `a share, such as 15%`."""
    about: str = ""
    """What it is for, in a sentence."""


@dataclass(frozen=True, slots=True)
class Completions:
    """All that fits what was typed, the likeliest first. Columns count from 1."""

    start: int = 0
    """The column where the word begins that is completed."""
    end: int = 0
    """The column after its last character, which may be behind the cursor."""
    items: tuple[Completion, ...] = ()


def completions(text: str, line: int, column: int, known: Known) -> Completions:
    """What can be typed where the cursor stands, however broken the text is.

    Args:
        text: the scenario as typed so far.
        line: of the cursor, from 1.
        column: of the cursor, from 1: it stands before the character of this column.
        known: models and files that can be named.
    """
    at = spot(text, line, column)
    if at.role is Role.NOTHING:
        return Completions()
    here = lines_of(text)[line - 1]
    asked = _Asked(at, here, column, outline(text), known)
    if at.role is Role.KEY:
        return asked.keys()
    found = asked.values()
    if at.role is Role.ITEM and not at.in_flow and not found.items:
        return asked.keys()
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: a cursor in a text."""

    at: Spot
    line: str
    column: int
    entries: tuple[Entry, ...]
    known: Known

    def keys(self) -> Completions:
        """The keys that the mapping does not have yet."""
        dotted = is_overlay(self.at.path) and steps_of(self.at.path)[-1:] != ("mix",)
        base, word = _parted(self.at.typed) if dotted else ("", self.at.typed)
        start = self.at.start + len(self.at.typed) - len(word)
        end, has_colon = self._end_of_key()
        steps = (*steps_of(self.at.path), *(split(base) if base else ()))
        present = self._present(base, start)
        offered = [*self._known_keys(steps, present), *self._free_names(steps)]
        items = (
            Completion(key.name, self._written(key, dotted, has_colon), expected(key.kind), key.doc)
            for key in offered
            if key.name not in present
        )
        return Completions(start, end, _fitting(items, word.lstrip('"')))

    def values(self) -> Completions:
        """What the value may be; `$` begins the name of an assumption wherever it stands."""
        steps = steps_of(self.at.path)
        scalars = scalars_at(steps)
        typed, start = self.at.typed, self.at.start
        word = re.match(r"[^\s,\[\]{}\"']*", self.line[self.column - 1 :])
        end = self.column + (word.end() if word else 0)
        items = list(self._values(steps, scalars))
        if reference := re.search(r"\$[\w-]*$", typed):
            start, typed = start + reference.start(), reference[0]
            items = [item for item in items if item.label.startswith("$")]
        return Completions(start, end, _fitting(items, typed))

    def _values(self, steps: KeyPath, scalars: tuple[Kind, ...]) -> Iterator[Completion]:
        for kind in scalars:
            yield from (Completion(word, word) for word in words(kind))
        if any(kind is MODEL for kind in scalars):
            yield from (Completion(m.name, m.name, m.about) for m in self.known.models)
        for name in names_at(steps, self.entries, self.known.models):
            yield Completion(name, self._quoted(name))
        if steps and any(isinstance(kind, Text) for kind in scalars):
            for name in self._files(steps):
                yield Completion(name, self._quoted(name))
        if any(isinstance(kind, Amount) for kind in scalars):
            for entry in self._below(("assumptions",)):
                name = f"${entry.path[-1]}"
                yield Completion(name, name, entry.value)
        if key := keys_at(steps[:-1], set()).get(steps[-1]) if steps else None:
            yield from (Completion(each, each, "for example") for each in key.examples)

    def _known_keys(self, steps: KeyPath, present: set[str]) -> list[Key]:
        """Those of the schema, what is still required before what is not."""
        found = keys_at(steps, present).values()
        return sorted(found, key=lambda key: not key.is_required)

    def _free_names(self, steps: KeyPath) -> Iterator[Key]:
        """Names that a mapping may have as keys: models, words, and those of other parts."""
        items = [
            each.item for kind in kinds_at(steps) for each in parts(kind) if isinstance(each, MapOf)
        ]
        if not items:
            return
        names: dict[str, str] = dict.fromkeys(names_at(steps, self.entries, self.known.models), "")
        for kind in name_kinds(steps):
            names |= dict.fromkeys(words(kind), "")
            if kind is MODEL:
                names |= {model.name: model.about for model in self.known.models}
        if is_overlay(self.at.path):
            names |= {entry.path[-1]: entry.value for entry in self._below(steps)}
        unfit = NAMED_BY.get(steps[-1:], frozenset())
        for name, about in names.items():
            if name not in unfit:
                yield Key(name, items[0], about, (), is_required=False)

    def _written(self, key: Key, dotted: bool, has_colon: bool) -> str:  # noqa: FBT001
        """A key with what follows it, so that one can go on typing."""
        name = f'"{key.name}"' if dotted and "." in key.name else key.name
        if has_colon:
            return name
        if dotted and _goes_on(key.kind) and (len(self.at.path) == 2 or "." in self.at.typed):
            return f"{name}."
        if is_nested(key.kind) and not self.at.in_flow:
            return f"{name}:\n{' ' * (self.at.indent + 2)}"
        return f"{name}: "

    def _present(self, base: str, start: int) -> set[str]:
        """The keys that are there already, but for the one that is being typed."""
        there = (
            entry.path[-1]
            for entry in self._below(self.at.path)
            if not (entry.start <= start <= entry.end and self._is_here(entry))
        )
        if not base:
            return set(there)
        return {key[len(base) + 1 :] for key in there if key.startswith(f"{base}.")}

    def _is_here(self, entry: Entry) -> bool:
        return self.line[entry.start - 1 :].lstrip("\"'").startswith(entry.path[-1])

    def _below(self, path: KeyPath) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.path[:-1] == path)

    def _end_of_key(self) -> tuple[int, bool]:
        rest = self.line[self.column - 1 :]
        word = re.match(r"(?:[^\s:,\[\]{}#]|:(?=\S))*", rest)
        end = word.end() if word else 0
        return self.column + end, bool(re.match(r"[ \t]*:(?:\s|$)", rest[end:]))

    def _files(self, steps: KeyPath) -> list[str]:
        step = next((step for step in reversed(steps) if not step.isdecimal()), "")
        if step not in _FILES:
            return []
        return sorted(self.known.files, key=lambda name: not name.endswith(_FILES[step]))

    def _quoted(self, name: str) -> str:
        """A value as YAML takes it: in quotes where it would be something else without."""
        if self.line[self.at.start - 2 : self.at.start - 1] in {'"', "'"}:
            return name
        unsafe = r"[,\[\]{}]|: |:$| #|^[\s&*!|>%@`\"'#?-]" if self.at.in_flow else r": |:$| #|^\W"
        return f'"{name}"' if re.search(unsafe, name) else name


def _parted(typed: str) -> tuple[str, str]:
    """A dotted key as typed so far: what is whole of it, and the step that is being typed."""
    at = quoted = 0
    for k, sign in enumerate(typed):
        quoted ^= sign == '"'
        if sign == "." and not quoted:
            at = k + 1
    return typed[: at - 1] if at else "", typed[at:]


def _goes_on(kind: Kind) -> bool:
    """Whether a dotted key goes on below: not where a whole mapping is replaced."""
    return is_nested(kind) and any(
        isinstance(each, Record) or (isinstance(each, MapOf) and each.name is not MODEL)
        for each in parts(kind)
    )


def _fitting(items: Iterable[Completion], typed: str) -> tuple[Completion, ...]:
    """Those that begin with what was typed, then those that hold it; none where it is whole."""
    wanted = typed.casefold()
    unique = {item.label: item for item in items}.values()
    begin = [item for item in unique if item.label.casefold().startswith(wanted)]
    inside = [item for item in unique if item not in begin and wanted in item.label.casefold()]
    found = (*begin, *inside)
    return () if [item.label for item in found] == [typed] else found
