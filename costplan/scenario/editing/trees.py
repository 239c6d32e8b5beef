"""Documents as values: what stands at a path, another with one value changed, how two differ."""

from __future__ import annotations

from itertools import zip_longest

from costplan.documents import Mapping, Node, Scalar, Sequence
from costplan.scenario.editing.wording import same
from costplan.schema import KeyPath


def at(node: Node | None, path: KeyPath) -> Node | None:
    """What stands at a path; None where there is nothing."""
    for key in path:
        match node:
            case Mapping(items=items):
                node = items.get(key)
            case Sequence(items=listed) if key.isdecimal() and int(key) < len(listed):
                node = listed[int(key)]
            case _:
                return None
    return node


def put(node: Node, path: KeyPath, value: Node | None) -> Node:
    """The document with a value at a path, or without what stands there; parents are made.

    Raises:
        LookupError: the path leads through a single value, or beyond the end of a list.
    """
    if not path:
        return node if value is None else value
    key, rest = path[0], path[1:]
    if isinstance(node, Sequence):
        if not key.isdecimal() or int(key) > len(node.items) or (value is None and not rest):
            raise LookupError(key)
        items = list(node.items)
        k = int(key)
        below = items[k] if k < len(items) else Mapping(node.place, {}, {})
        items[k : k + 1] = [put(below, rest, value)]
        return Sequence(node.place, tuple(items))
    if isinstance(node, Scalar):
        if not node.is_null:
            raise LookupError(key)
        node = Mapping(node.place, {}, {})
    entries = dict(node.items)
    if value is None and not rest:
        entries.pop(key, None)
    else:
        entries[key] = put(entries.get(key, Mapping(node.place, {}, {})), rest, value)
    return Mapping(node.place, entries, {**dict.fromkeys(entries, node.place), **node.keys})


def difference(old: Node, new: Node, path: KeyPath = ()) -> KeyPath | None:
    """The first highest path at which two documents differ; None where they mean the same.

    What changed comes before what was added, and that before what was taken out: a mapping that
    loses all its entries for others is never empty.
    """
    if same(old, new):
        return None
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        ours = (key for key in old.items if key in new.items)
        for key in ours:
            found = difference(old.items[key], new.items[key], (*path, key))
            if found is not None:
                return found
        added = (key for key in new.items if key not in old.items)
        gone = (key for key in old.items if key not in new.items)
        return (*path, next(added, None) or next(gone))
    if isinstance(old, Sequence) and isinstance(new, Sequence):
        return _first(old.items, new.items, path)
    return path


def _first(old: tuple[Node, ...], new: tuple[Node, ...], path: KeyPath) -> KeyPath:
    """Where two lists differ; the whole list where items went or all are new."""
    if not old or len(new) < len(old):
        return path
    for k, (one, other) in enumerate(zip_longest(old, new)):
        here = (*path, str(k))
        found = difference(one, other, here) if one and other else here
        if found is not None:
            return found
    return path
