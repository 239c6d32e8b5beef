"""Partial scenarios laid over a document: variants, and single values as `--set` gives them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from costplan.documents import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    join_path,
    read_document,
    split_path,
)
from costplan.errors import Place, Problem, suggestion
from costplan.scenario.requests import SIZED
from costplan.scenario.tokens import Tools
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True)
class Overlay:
    """Lays partial scenarios over a document; nodes are never changed in place."""

    problems: list[Problem] = field(default_factory=list)

    def merge(self, base: Mapping, change: Mapping, path: KeyPath, at: KeyPath) -> Mapping:
        """Mappings merge by key; everything else, and `mix`, is replaced.

        Of a size that is taken from another source, only the cache stays.
        """
        for written, value in change.items.items():
            place = change.keys[written]
            try:
                steps = split_path(written)
            except ValueError as error:
                self.problems.append(Problem(place, join_path((*at, written)), str(error)))
                continue
            base = self.put(base, path, steps, (value, place))
        return base

    def put(self, base: Mapping, path: KeyPath, steps: KeyPath, new: tuple[Node, Place]) -> Mapping:
        """`base`, which stands at `path`, with a value laid over what stands at `steps` in it."""
        step, rest = steps[0], steps[1:]
        value, place = new
        here = (*path, step)
        child = base.items.get(step)
        if problem := _misplaced(here, child, value, rest, base):
            self.problems.append(Problem(place, join_path(here), problem))
            return base
        made: Node = value
        if rest and rest[0].isdecimal() and isinstance(child, Sequence):
            made = self.put_in(child, here, rest, new)
        elif rest:
            below = child if isinstance(child, Mapping) else Mapping(place, {}, {})
            made = self.put(below, here, rest, new)
        elif isinstance(child, Mapping) and isinstance(value, Mapping) and step != "mix":
            made = self.merge(_kept(child, value, here), value, here, here)
        keys = dict(base.keys)
        keys[step] = keys[step] if rest and step in keys else place
        return Mapping(base.place, {**base.items, step: made}, keys)

    def put_in(
        self, listed: Sequence, path: KeyPath, steps: KeyPath, new: tuple[Node, Place]
    ) -> Sequence:
        """`listed`, which stands at `path`, with a value laid over one of its entries.

        Entries are counted from 0, as in messages.
        """
        at, rest = int(steps[0]), steps[1:]
        value, place = new
        here = (*path, steps[0])
        if at >= len(listed.items):
            message = f"there is no entry {at}: the list has {len(listed.items)}, counted from 0"
            self.problems.append(Problem(place, join_path(here), message))
            return listed
        child = listed.items[at]
        made: Node = value
        if rest:
            below = child if isinstance(child, Mapping) else Mapping(place, {}, {})
            made = self.put(below, here, rest, new)
        elif isinstance(child, Mapping) and isinstance(value, Mapping):
            made = self.merge(child, value, here, here)
        return Sequence(listed.place, (*listed.items[:at], made, *listed.items[at + 1 :]))


def varied(root: Node, variant: str | None) -> tuple[Node, list[Problem]]:
    """A document with one of its variants laid over it, and what is wrong with that."""
    variants = root.items.get("variants") if isinstance(root, Mapping) else None
    change = variants.items.get(variant or "") if isinstance(variants, Mapping) else None
    if not isinstance(change, Mapping) or not isinstance(root, Mapping):
        return root, []
    overlay = Overlay()
    return overlay.merge(root, change, (), ("variants", variant or "")), overlay.problems


def _misplaced(here: KeyPath, child: Node | None, value: Node, rest: KeyPath, base: Mapping) -> str:
    """What is wrong with laying something over this path, if anything."""
    if here == ("variants",):
        return "a variant cannot hold variants"
    if child is None and len(here) == 2 and here[0] == "assumptions" and not rest:
        return f"there is no assumption {here[1]!r}{suggestion(here[1], base.items)}"
    new_workload = child is None and len(here) == 2 and here[0] == "workloads"
    if new_workload and not _is_workload(value, rest):
        return f"there is no workload {here[1]!r}{suggestion(here[1], base.items)}"
    return ""


def _kept(size: Mapping, change: Mapping, path: KeyPath) -> Mapping:
    """What stays of a size as a change is laid over it; all of what is no size.

    A text instead of a log leaves nothing of the log, and a template that comes with its variables
    none of the old ones.
    """
    sources = change.items.keys() & set(Tools.SOURCES)
    if not sources or not _is_size(path):
        return size
    if not sources <= size.items.keys():
        gone = size.items.keys() - {"cache", "hits"}
    else:
        gone = change.items.keys() & {"with"} if "template" in sources else set()
    return Mapping(
        size.place,
        {name: value for name, value in size.items.items() if name not in gone},
        size.keys,
    )


def _is_size(path: KeyPath) -> bool:
    """Whether it is `workloads.NAME.request.input`, or `.with.NAME` below, and so on.

    A judge and a router have a request of their own, and a repair an instruction.
    """
    below = path[2:] if path[:1] == ("workloads",) else ()
    if below == ("failures", "repair", "instruction"):
        return True
    if below[:2] in {("routing", "judge"), ("routing", "router")}:
        below = below[2:]
    if len(below) not in {2, 4} or below[0] != "request":
        return False
    return below[1] in SIZED and (len(below) == 2 or below[2] == "with")


def _is_workload(value: Node, rest: KeyPath) -> bool:
    return not rest and isinstance(value, Mapping) and "demand" in value.items


def set_value(root: Node, path: str, value: str) -> tuple[Node, list[Problem]]:
    """`root` with one value set, as `--set PATH=VALUE`."""
    label = f"--set {path}"
    node, problems = read_document(value or "''", label)
    place = Place(label)
    if node is None or problems:
        return root, [replace(problem, place=place) for problem in problems]
    try:
        steps = split_path(path)
    except ValueError as error:
        return root, [Problem(place, "", f"{error}; write --set workloads.chat.batch=30%")]
    if not isinstance(root, Mapping):
        return root, []
    overlay = Overlay()
    return overlay.put(root, (), steps, (_placed(node, place), place)), overlay.problems


def _placed(node: Node, place: Place) -> Node:
    """The node as if all of it stood at `place`: a value of the command line has no lines."""
    if isinstance(node, Scalar):
        return replace(node, place=place)
    if isinstance(node, Mapping):
        items = {key: _placed(value, place) for key, value in node.items.items()}
        return Mapping(place, items, dict.fromkeys(items, place))
    return replace(node, place=place, items=tuple(_placed(item, place) for item in node.items))
