"""What every kind of value has in common: reading a node, and noting what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field
from typing import Any, Protocol

from costplan.documents import Node, Scalar, Sequence, join_path
from costplan.errors import ExitCode, Place, Problem

type KeyPath = tuple[str, ...]


class _Invalid:
    """What reading gives where there was a problem; the problem itself is in the reader."""


INVALID = _Invalid()


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
    """How one kind of value is read and described.

    One that is made of others may have a property `alternatives: tuple[Kind, ...]`: what a value
    of it may be, for who looks for the keys and words that fit at a place.
    """

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
