"""Kinds made of other kinds: lists, maps, records, and one kind for each shape of node."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field
from functools import cache
from typing import Any

from costplan.documents import Mapping, Node, Scalar, Sequence
from costplan.errors import suggestion
from costplan.schema.reading import INVALID, KeyPath, Kind, Reader, describe
from costplan.schema.scalars import Text


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one kind; gives a tuple."""

    item: Kind

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A tuple of the items."""
        if not isinstance(node, Sequence):
            return reader.problem(node.place, path, f"expected a list, found {describe(node)}")
        values = []
        for k, child in enumerate(node.items):
            at = (*path, str(k))
            reader.places[at] = child.place
            values.append(self.item.read(child, at, reader))
        return INVALID if any(value is INVALID for value in values) else tuple(values)

    def json_schema(self) -> dict[str, Any]:
        """An array."""
        return {"type": "array", "items": self.item.json_schema()}


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from free names to one kind."""

    item: Kind
    name: Kind = field(default_factory=Text)
    """How a key is read; its value becomes the key."""
    minimum: int = 0

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A dict in the order of the file."""
        if not isinstance(node, Mapping):
            return reader.problem(node.place, path, f"expected a mapping, found {describe(node)}")
        if len(node.items) < self.minimum:
            return reader.problem(node.place, path, "expected at least one entry, found none")
        found: dict[Any, Any] = {}
        for name, child in node.items.items():
            at = (*path, name)
            reader.places[at] = node.keys[name]
            read_name = self.name.read(Scalar(node.keys[name], name), at, reader)
            value = self.item.read(child, at, reader)
            found[read_name] = value
        bad = any(k is INVALID or v is INVALID for k, v in found.items())
        return INVALID if bad else found

    def json_schema(self) -> dict[str, Any]:
        """An object with free keys."""
        schema: dict[str, Any] = {
            "type": "object",
            "additionalProperties": self.item.json_schema(),
        }
        names = {k: v for k, v in self.name.json_schema().items() if k in {"enum", "pattern"}}
        return schema | ({"propertyNames": names} if names else {})


@cache
def _keys(cls: type[Any], without: tuple[str, ...]) -> dict[str, dataclasses.Field[Any]]:
    fields = (f for f in dataclasses.fields(cls) if f.name not in without)
    return {f.metadata["name"] or f.name: f for f in fields if "kind" in f.metadata}


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys, made into its dataclass.

    A dataclass may define `check(self) -> Iterable[tuple[KeyPath, str]]`: what is wrong with the
    combination of its values, each with the path below it that is to blame; and a static
    `also_required(present: set[str]) -> Iterable[str]`: the keys missing beside those present.
    """

    cls: type[Any]
    without: tuple[str, ...] = ()
    """Keys that it does not take here."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """An instance of the dataclass."""
        if not isinstance(node, Mapping):
            return reader.problem(node.place, path, f"expected a mapping, found {describe(node)}")
        known = self.keys
        before = len(reader.problems)
        for name in node.items:
            if name not in known:
                hint = suggestion(name, known)
                reader.problem(node.keys[name], (*path, name), f"unknown key{hint}")
        values: dict[str, Any] = {}
        for name, entry in known.items():
            child = node.items.get(name)
            if child is None or (_absent(child) and entry.default is None):
                if entry.default is MISSING and entry.default_factory is MISSING:
                    reader.problem(node.place, path, f"the key {name!r} is missing")
                continue
            at = (*path, name)
            reader.places[at] = node.keys[name]
            values[entry.name] = entry.metadata["kind"].read(child, at, reader)
        needed = getattr(self.cls, "also_required", None)
        for name in needed(set(node.items)) if needed else ():
            reader.problem(node.place, path, f"the key {name!r} is missing")
        if len(reader.problems) > before:
            return INVALID
        made = self.cls(**values)
        for below, message in getattr(made, "check", tuple)():
            place = reader.places.get((*path, *below), node.place)
            reader.problem(place, (*path, *below), message)
        return INVALID if len(reader.problems) > before else made

    def json_schema(self) -> dict[str, Any]:
        """An object that forbids unknown keys."""
        properties, required = {}, []
        for name, entry in self.keys.items():
            about = entry.metadata
            described = {"description": about["doc"]}
            if about["examples"]:
                described["examples"] = list(about["examples"])
            properties[name] = about["kind"].json_schema() | described
            if entry.default is MISSING and entry.default_factory is MISSING:
                required.append(name)
        schema: dict[str, Any] = {
            "type": "object",
            "description": (self.cls.__doc__ or "").strip().splitlines()[0],
            "properties": properties,
            "additionalProperties": False,
        }
        return schema | ({"required": required} if required else {})

    @property
    def keys(self) -> dict[str, dataclasses.Field[Any]]:
        """The keys it takes, in the order of the dataclass, with what `key` said of each."""
        return _keys(self.cls, self.without)  # type: ignore[arg-type]  # classes are hashable


@dataclass(frozen=True, slots=True)
class Made:
    """A kind whose value is made into something else."""

    kind: Kind
    make: Callable[[Any], Any]

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """What `make` gives for the value read."""
        value = self.kind.read(node, path, reader)
        return INVALID if value is INVALID else self.make(value)

    @property
    def alternatives(self) -> tuple[Kind, ...]:
        """The kind."""
        return (self.kind,)

    def json_schema(self) -> dict[str, Any]:
        """The schema of the kind."""
        return self.kind.json_schema()


@dataclass(frozen=True, slots=True)
class ByShape:
    """One kind where a scalar stands, another for a mapping, another for a list."""

    scalar: Kind | None = None
    mapping: Kind | None = None
    sequence: Kind | None = None

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """What the kind for this shape reads."""
        shapes = {Scalar: self.scalar, Mapping: self.mapping, Sequence: self.sequence}
        kind = shapes[type(node)]
        if kind is None:
            words = ("a value", self.scalar), ("a mapping", self.mapping), ("a list", self.sequence)
            expected = " or ".join(word for word, there in words if there)
            return reader.problem(node.place, path, f"expected {expected}, found {describe(node)}")
        return kind.read(node, path, reader)

    @property
    def alternatives(self) -> tuple[Kind, ...]:
        """The kinds of the shapes that it may have."""
        return tuple(kind for kind in (self.scalar, self.mapping, self.sequence) if kind)

    def json_schema(self) -> dict[str, Any]:
        """Any of the kinds."""
        return {"anyOf": [kind.json_schema() for kind in self.alternatives]}


def _absent(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def json_schema(kind: Kind, title: str) -> dict[str, Any]:
    """A whole JSON Schema document (draft 7, which YAML editors read)."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title}
    return head | kind.json_schema()
