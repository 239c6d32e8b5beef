"""The values of a scenario, each with how the schema reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from costplan.desk.mixes import Mix
from costplan.desk.moving import is_movable
from costplan.documents import Mapping as MappingNode
from costplan.documents import Node, Scalar, Sequence
from costplan.quantity import Quantity
from costplan.scenario import Scenario
from costplan.scenario.kinds import Share
from costplan.scenario.schema import SCENARIO
from costplan.scenario.tokens import CACHE
from costplan.schema import (
    ByShape,
    Flag,
    KeyPath,
    Kind,
    ListOf,
    Made,
    MapOf,
    Reader,
    Record,
    Text,
)

_WALKED = {
    "start", "months", "uncertainty", "exchange", "assumptions", "quality", "workloads",
    "contracts", "budget",
}  # fmt: skip
"""Keys of a scenario that may hold what moves its plan."""
_STILL = {"timing", "hours"}
"""Keys of a workload that move hours, not money."""
_REFERENCE = re.compile(r"\$([A-Za-z][\w-]*)")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value."""

    path: KeyPath
    kind: Kind = field(repr=False)
    text: str
    entry: str = ""
    """In a list, what its entry is for: the day it begins, the model it goes on to."""
    within: str = ""
    """The key of a size that holds it; see `Lever`."""
    beside: Mapping[str, Node] = field(default_factory=dict, repr=False)
    """Of a size: all that it says."""
    mix: Mix | None = field(default=None, repr=False)

    @property
    def refers_to(self) -> str:
        """The assumption it names."""
        found = _REFERENCE.match(self.mix.share(self.path[-1]).written if self.mix else self.text)
        return found[1] if found else ""


def leaves_of(scenario: Scenario) -> tuple[Leaf, ...]:
    """Every value of a scenario that can be moved, or names an assumption; in the file's order."""
    root = scenario.source.root
    return tuple(_Walk(scenario.assumptions).below(SCENARIO, root, ()))


@dataclass(frozen=True, slots=True)
class _Walk:
    assumptions: Mapping[str, Quantity]

    def below(self, kind: Kind, node: Node, path: KeyPath, entry: str = "") -> Iterator[Leaf]:
        """What stands at and below a path."""
        whole, kind = kind, _meant(kind, node, self.assumptions)
        match kind, node:
            case Record(), MappingNode():
                yield from self._record(kind, node, path, entry, whole)
            case MapOf(item=Share()), MappingNode():
                yield from self._mix(kind, node, path, entry)
            case MapOf(), MappingNode():
                for name, child in node.items.items():
                    yield from self.below(kind.item, child, (*path, name), entry)
            case ListOf(), Sequence():
                for k, child in enumerate(node.items):
                    yield from self.below(kind.item, child, (*path, str(k)), _entry(child))
            case _, Scalar():
                yield from self._leaf(Leaf(path, kind, node.text, entry), node)

    def _record(
        self, kind: Record, node: MappingNode, path: KeyPath, entry: str, whole: Kind
    ) -> Iterator[Leaf]:
        kinds = {name: about.metadata["kind"] for name, about in kind.keys.items()}
        done: set[str] = set()
        if size := _size(kinds, node, path, whole):
            done = {"tokens", "mean", "p90"}
            yield replace(size, entry=entry)
        for name, child in node.items.items():
            skipped = name in done or name in _STILL or (not path and name not in _WALKED)
            if not skipped:
                yield from self.below(kinds[name], child, (*path, name), entry)

    def _mix(self, kind: MapOf, node: MappingNode, path: KeyPath, entry: str) -> Iterator[Leaf]:
        mix = Mix.read(path, node, self.assumptions, entry)
        for share in mix.shares:
            yield Leaf((*path, share.model), kind.item, share.text, entry, mix=mix)

    def _leaf(self, leaf: Leaf, node: Scalar) -> Iterator[Leaf]:
        if node.is_null or isinstance(leaf.kind, Flag):
            return
        if isinstance(leaf.kind, Text) and leaf.kind != CACHE:
            return
        if leaf.refers_to or is_movable(leaf.text, leaf.kind):
            yield leaf


def _meant(kind: Kind, node: Node, assumptions: Mapping[str, Quantity]) -> Kind:
    """The kind that reads a node, of those that another kind is made of."""
    while True:
        if isinstance(kind, Made):
            kind = kind.kind
        elif isinstance(kind, ByShape):
            shapes = {Scalar: kind.scalar, MappingNode: kind.mapping, Sequence: kind.sequence}
            shape = shapes[type(node)]
            if shape is None:
                return kind
            kind = shape
        elif (others := getattr(kind, "alternatives", None)) and not isinstance(kind, Share):
            fits = (other for other in others if _reads(other, node, assumptions))
            found = next(fits, None)
            if found is None:
                return kind
            kind = found
        else:
            return kind


def _reads(kind: Kind, node: Node, assumptions: Mapping[str, Quantity]) -> bool:
    reader = Reader(names=dict(assumptions))
    kind.read(node, (), reader)
    return not reader.problems


def _size(kinds: Mapping[str, Kind], node: MappingNode, path: KeyPath, whole: Kind) -> Leaf | None:
    """The number that a size is about, where it is one: it stands for the size as a whole."""
    said = {
        name: child.text
        for name, child in node.items.items()
        if isinstance(child, Scalar) and not child.is_null
    }
    name = next((name for name in ("mean", "tokens") if name in said), None)
    if name is None or name not in kinds or said[name].startswith("$"):
        return None
    if name == "mean" and "p90" in said:
        text = f"{{mean: {said['mean']}, p90: {said['p90']}}}"
        return Leaf(path, whole, text, beside=node.items)
    return Leaf(path, kinds[name], said[name], within=name)


def _entry(node: Node) -> str:
    """What an entry of a list is for."""
    if not isinstance(node, MappingNode):
        return ""
    for name in ("from", "to"):
        child = node.items.get(name)
        if isinstance(child, Scalar):
            return child.text.rpartition("/")[2]
    return ""
