"""One table per concept: a frozen dataclass whose fields say how they are read.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Budget:
        monthly: Decimal | None = key(Number(minimum=0), "What a month may cost.", default=None)

`read(Record(Budget), node)` checks a node against it, collecting every problem with its place and
the nearest valid key; `json_schema(Record(Budget))` is what editors complete from. There is no
second description of a file anywhere.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from costplan.documents import Mapping, Node, Scalar, Sequence, join_path
from costplan.errors import CostplanError, ExitCode, Place, Problem, suggestion
from costplan.periods import Month, parse_date

type KeyPath = tuple[str, ...]


class _Invalid:
    """What reading gives where there was a problem; the problem itself is in the reader."""


INVALID = _Invalid()
MAX_DIGITS = 30
"""Numbers beyond 10^30, or nearer to nothing than 10^-30, are mistakes."""


@dataclass(slots=True)
class Reader:
    """Collects what reading finds: the problems, and where each path stands in the file."""

    problems: list[Problem] = field(default_factory=list)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    """What a value may refer to by name: the assumptions of a scenario."""

    def problem(
        self, place: Place, path: KeyPath, message: str, exit_code: ExitCode = ExitCode.INVALID
    ) -> _Invalid:
        """Note a problem and give the value that stands for it."""
        self.problems.append(Problem(place, join_path(path), message, exit_code))
        return INVALID


class Kind(Protocol):
    """How one kind of value is read and described."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """The value, or `INVALID` after noting the problem in the reader."""

    def json_schema(self) -> dict[str, Any]:
        """The same rule as JSON Schema (draft 7), for editors."""


def key(
    kind: Kind,
    doc: str,
    *,
    default: Any = MISSING,
    name: str = "",
    examples: Iterable[str] = (),
) -> Any:
    """A field of a record: how it is read, what it means, and what it is when absent.

    Args:
        kind: how to read the value.
        doc: one sentence, shown by editors.
        default: the value when the key is absent; without one the key is required.
        name: the key in the file where it cannot be the field's name (`from`).
        examples: values an editor may offer.
    """
    about = {"kind": kind, "doc": doc, "name": name, "examples": tuple(examples)}
    if default is MISSING:
        return field(metadata=about)
    if isinstance(default, dict | list | set):
        return field(default_factory=lambda: type(default)(default), metadata=about)
    return field(default=default, metadata=about)


def describe(node: Node) -> str:
    """What stands in the file, for a message."""
    if isinstance(node, Scalar):
        if node.is_null:
            return "nothing"
        shown = node.text if len(node.text) <= 40 else node.text[:37] + "..."
        return repr(shown)
    return "a list" if isinstance(node, Sequence) else "a mapping"


@dataclass(frozen=True, slots=True)
class Text:
    """A text, free or one of a few words or matching a pattern."""

    choices: tuple[str, ...] = ()
    pattern: str = ""
    means: str = "a text"

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """The text itself."""
        if not isinstance(node, Scalar) or node.is_null:
            return reader.problem(
                node.place, path, f"expected {self._expected}, found {describe(node)}"
            )
        if self.choices and node.text not in self.choices:
            hint = suggestion(node.text, self.choices, all_below=0)
            message = f"expected {self._expected}, found {describe(node)}{hint}"
            return reader.problem(node.place, path, message)
        if self.pattern and not re.fullmatch(self.pattern, node.text):
            return reader.problem(
                node.place, path, f"expected {self.means}, found {describe(node)}"
            )
        return node.text

    @property
    def _expected(self) -> str:
        if not self.choices:
            return self.means
        return f"one of {', '.join(self.choices)}" if len(self.choices) > 1 else self.choices[0]

    def json_schema(self) -> dict[str, Any]:
        """A string, with its choices or pattern."""
        schema: dict[str, Any] = {"type": "string"}
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.pattern:
            schema["pattern"] = f"^(?:{self.pattern})$"
        return schema


@dataclass(frozen=True, slots=True)
class Number:
    """A plain decimal number, read from its text; never through a binary float."""

    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    whole: bool = False

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A `Decimal`, or an `int` for a whole number."""
        value = _decimal(node)
        if value is None or (self.whole and value != value.to_integral_value()):
            return reader.problem(
                node.place, path, f"expected {self._expected}, found {describe(node)}{_trap(node)}"
            )
        too_low = self.minimum is not None and value < self.minimum
        if too_low or (self.maximum is not None and value > self.maximum):
            return reader.problem(
                node.place, path, f"expected {self._expected}, found {describe(node)}"
            )
        return int(value) if self.whole else value

    @property
    def _expected(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        if self.minimum is not None and self.maximum is not None:
            return f"{kind} from {self.minimum} to {self.maximum}"
        if self.minimum is not None:
            return f"{kind}, {self.minimum} or more"
        return kind

    def json_schema(self) -> dict[str, Any]:
        """A number or integer with its bounds."""
        schema: dict[str, Any] = {"type": "integer" if self.whole else "number"}
        if self.minimum is not None:
            schema["minimum"] = float(self.minimum)
        if self.maximum is not None:
            schema["maximum"] = float(self.maximum)
        return schema


def _decimal(node: Node) -> Decimal | None:
    if not isinstance(node, Scalar):
        return None
    try:
        value = Decimal(node.text.replace("_", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) <= MAX_DIGITS else None


def _trap(node: Node) -> str:
    """A hint where YAML 1.1 would have read something else than the writer meant."""
    if not isinstance(node, Scalar):
        return ""
    if re.fullmatch(r"\d+(:\d+)+", node.text):
        return " (YAML 1.1 reads this as a base-60 number; costplan reads no times here)"
    if re.fullmatch(r"(?i)yes|no|on|off|true|false", node.text):
        return " (YAML 1.1 reads this as true or false; write a number)"
    return ""


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`, and nothing else: `no` and `off` are often something else."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A `bool`."""
        if isinstance(node, Scalar) and node.plain and node.text in {"true", "false"}:
            return node.text == "true"
        return reader.problem(node.place, path, f"expected true or false, found {describe(node)}")

    def json_schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A scalar that a function understands.

    The function's `ValueError` or `CostplanError` becomes the problem's message.
    """

    parse: Callable[[str], Any]
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """What the function makes of the text."""
        if not isinstance(node, Scalar) or node.is_null:
            return reader.problem(node.place, path, f"expected a value, found {describe(node)}")
        try:
            return self.parse(node.text)
        except (ValueError, CostplanError) as error:
            code = getattr(error, "exit_code", ExitCode.INVALID)
            return reader.problem(node.place, path, f"{error}{_trap(node)}", code)

    def json_schema(self) -> dict[str, Any]:
        """The schema it was given."""
        return self.schema


DATE = Parsed(parse_date, {"type": "string", "format": "date"})
MONTH = Parsed(Month.parse, {"type": "string", "pattern": r"^\d{4}-\d{2}$"})


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


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys, made into its dataclass.

    A dataclass may define `check(self) -> Iterable[tuple[KeyPath, str]]`: what is wrong with the
    combination of its values, each with the path below it that is to blame; and a static
    `also_required(present: set[str]) -> Iterable[str]`: the keys missing beside those present.
    """

    cls: type[Any]

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """An instance of the dataclass."""
        if not isinstance(node, Mapping):
            return reader.problem(node.place, path, f"expected a mapping, found {describe(node)}")
        known = {f.metadata["name"] or f.name: f for f in _keys(self.cls)}
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
        for entry in _keys(self.cls):
            about = entry.metadata
            name = about["name"] or entry.name
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


@dataclass(frozen=True, slots=True)
class Made:
    """A kind whose value is made into something else."""

    kind: Kind
    make: Callable[[Any], Any]

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """What `make` gives for the value read."""
        value = self.kind.read(node, path, reader)
        return INVALID if value is INVALID else self.make(value)

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

    def json_schema(self) -> dict[str, Any]:
        """Any of the kinds."""
        kinds = (self.scalar, self.mapping, self.sequence)
        return {"anyOf": [kind.json_schema() for kind in kinds if kind]}


def _absent(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _keys(cls: type[Any]) -> Iterable[dataclasses.Field[Any]]:
    return (entry for entry in dataclasses.fields(cls) if "kind" in entry.metadata)


def json_schema(kind: Kind, title: str) -> dict[str, Any]:
    """A whole JSON Schema document (draft 7, which YAML editors read)."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title}
    return head | kind.json_schema()
