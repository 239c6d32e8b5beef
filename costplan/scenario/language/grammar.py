"""What the schema says of a path: the keys below it, the words it may be, and what it means.

Nothing here knows a key by heart: it walks the kinds that read a scenario (`costplan.schema`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass
from functools import lru_cache
from typing import Any

from costplan.documents import Scalar, split_path
from costplan.errors import Place
from costplan.scenario.kinds import Amount, RawMapping
from costplan.scenario.schema import SCENARIO
from costplan.schema import INVALID, ByShape, KeyPath, Kind, ListOf, MapOf, Reader, Record, Text

OVERLAY = "variants"
"""The key below which partial scenarios stand, with dots in their keys."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a mapping may have."""

    name: str
    kind: Kind
    doc: str
    examples: tuple[str, ...]
    is_required: bool


def steps_of(path: KeyPath) -> KeyPath:
    """The path in the scenario that a path in the file is about.

    Below a variant, `workloads.chat.batch` is three steps, and the name of the variant none.
    """
    if path[:1] != (OVERLAY,) or len(path) < 2:
        return path
    steps: list[str] = []
    for key in path[2:]:
        is_model = steps[-1:] == ["mix"]  # the models of a mix are names as they stand
        steps += (key,) if is_model else split(key)
    return tuple(steps)


def split(key: str) -> KeyPath:
    """The steps of a dotted key; one that cannot be taken apart is one step."""
    try:
        return split_path(key)
    except ValueError:
        return (key,)


def is_overlay(path: KeyPath) -> bool:
    """Whether a path of the file is that of a variant, or below one."""
    return path[:1] == (OVERLAY,) and len(path) > 1


@lru_cache(maxsize=512)
def kinds_at(steps: KeyPath) -> tuple[Kind, ...]:
    """The kinds that read what stands at a path; none where the schema has no such path."""
    found: list[Kind] = [SCENARIO]
    for step in steps:
        found = [below for kind in found for below in _below(kind, step)]
    return tuple(found)


def parts(kind: Kind) -> Iterator[Kind]:
    """A kind and all that a value of it may be instead."""
    yield kind
    for each in getattr(kind, "alternatives", ()):
        yield from parts(each)


def _below(kind: Kind, step: str) -> Iterator[Kind]:
    every = tuple(parts(kind))
    is_item = step.isdecimal() and any(isinstance(each, ListOf) for each in every)
    for each in every:
        if isinstance(each, Record) and step in each.keys:
            yield each.keys[step].metadata["kind"]
        elif isinstance(each, ListOf if is_item else MapOf):
            yield each.item
        elif isinstance(each, RawMapping):
            yield from _below(SCENARIO, step)


def keys_at(steps: KeyPath, present: set[str]) -> dict[str, Key]:
    """The keys that a mapping at a path may have, those of all its forms.

    Args:
        steps: the path in the scenario.
        present: the keys that are there; with them, others may become required.
    """
    found: dict[str, Key] = {}
    for kind in kinds_at(steps):
        for each in parts(kind):
            if isinstance(each, Record):
                found |= {key.name: key for key in _keys(each, present)}
    return found


def _keys(record: Record, present: set[str]) -> Iterator[Key]:
    needed = getattr(record.cls, "also_required", None)
    also = set(needed(present)) if needed else set()
    for name, entry in record.keys.items():
        about = entry.metadata
        required = entry.default is MISSING and entry.default_factory is MISSING
        yield Key(name, about["kind"], about["doc"], about["examples"], required or name in also)


def name_kinds(steps: KeyPath) -> tuple[Kind, ...]:
    """How the free names of a mapping at a path are read; none where it has none."""
    names = (
        each.name for kind in kinds_at(steps) for each in parts(kind) if isinstance(each, MapOf)
    )
    return tuple(part for name in names for part in parts(name))


def scalars_at(steps: KeyPath) -> tuple[Kind, ...]:
    """The kinds that read a single value at a path."""
    return tuple(each for kind in kinds_at(steps) for each in _scalars(kind))


def _scalars(kind: Kind) -> Iterator[Kind]:
    """Of a kind and what a value of it may be instead, those that a single value can be."""
    if isinstance(kind, Record | MapOf | ListOf | RawMapping):
        return
    inside = getattr(kind, "alternatives", ())
    if isinstance(kind, ByShape):
        inside = (kind.scalar,) if kind.scalar else ()
    for each in inside:
        yield from _scalars(each)
    if not isinstance(kind, ByShape) and (not inside or words(kind)):
        yield kind


def is_nested(kind: Kind) -> bool:
    """Whether a value is always a mapping or a list, and never a single value."""
    return not any(_scalars(kind))


def words(kind: Kind) -> tuple[str, ...]:
    """The words that a value may be, if it is one of a few."""
    return tuple(dict.fromkeys(_words(kind.json_schema())))


def _words(schema: dict[str, Any]) -> Iterator[str]:
    if schema.get("type") == "boolean":
        yield from ("true", "false")
    yield from schema.get("enum", ())
    if "const" in schema:
        yield schema["const"]
    for each in schema.get("anyOf", ()):
        if each.get("type") not in {"object", "array"}:
            yield from _words(each)


def expected(kind: Kind) -> str:
    """What a value is, in the words of the message that refuses another: `a share, such as 15%`."""
    for each in parts(kind):
        if isinstance(each, Amount):
            return each.means
    reader = Reader()
    if kind.read(Scalar(Place(""), "?"), (), reader) is not INVALID:
        free = next((each for each in parts(kind) if isinstance(each, Text)), None)
        return free.means if free else "a text"
    message = reader.problems[0].message.partition("; ")[0].partition(", found")[0]
    return message.removeprefix("expected ") if message.startswith("expected ") else ""


def summary(kind: Kind) -> str:
    """The first line of what is said of a mapping with known keys; empty for other kinds."""
    for each in parts(kind):
        if isinstance(each, Record):
            return (each.cls.__doc__ or "").strip().partition("\n")[0]
    return ""
