"""Names that one part of a scenario takes from another, or from the price book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from costplan.scenario.language.outline import Entry
from costplan.scenario.media import OWN_KEYS
from costplan.schema import KeyPath

if TYPE_CHECKING:
    from costplan.scenario.language.completing import Offered

NAMED_BY: Mapping[KeyPath, frozenset[str]] = {("usage",): frozenset(map(str, OWN_KEYS))}
"""Below these keys, the names that other keys say already."""


def names_at(steps: KeyPath, entries: Sequence[Entry], models: Sequence[Offered]) -> Iterator[str]:
    """The names that may stand at a path, as keys of a mapping or as a value."""
    match _without_index(steps):
        case ("budget", "per") | ("optimize",) | ("contracts", _, "for", "workload"):
            yield from _keys_of("workloads", entries)
        case ("workloads", _, "task"):
            yield from _keys_of("quality", entries)
        case ("optimize", _, "residency"):
            yield from _keys_of("residency", entries)
        case (
            ("contracts", _, "for", "provider")
            | ("limits",)
            | ("residency", _)
            | ("optimize", _, "shares")
        ):
            yield from sorted({model.name.partition("/")[0] for model in models})


def _without_index(steps: KeyPath) -> KeyPath:
    """The list, where the path is that of one of its items."""
    return steps[:-1] if steps and steps[-1].isdecimal() else steps


def _keys_of(part: str, entries: Sequence[Entry]) -> Iterator[str]:
    return (entry.path[1] for entry in entries if len(entry.path) == 2 and entry.path[0] == part)
