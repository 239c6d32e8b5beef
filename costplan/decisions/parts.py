"""A part of a plan, as a reader points at it: some months of a model, a workload, a meter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from costplan.decisions.spans import spans
from costplan.engine.ledger import Dimension, Row
from costplan.engine.projection import Projection
from costplan.errors import UnknownNameError, UsageError

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension.__value__)


@dataclass(frozen=True, slots=True)
class Part:
    """The line items of some months that have some names; all of them where nothing is said."""

    label: str = ""
    """A month, quarter or year of the plan; empty for the whole plan."""
    names: tuple[tuple[Dimension, str], ...] = field(default=())
    """At most one of each dimension."""

    def holds(self, row: Row) -> bool:
        """Whether a row of the ledger is in it, in whichever month."""
        return all(getattr(row, dimension) == name for dimension, name in self.names)

    def name(self, dimension: Dimension) -> str | None:
        """Its name in a dimension; None where it is not narrowed to one."""
        return dict(self.names).get(dimension)

    @property
    def is_rate(self) -> bool:
        """Whether it is one meter of one model, told apart by month and workload."""
        return self.name("model") is not None and self.name("meter") is not None

    def narrowed(self, dimension: Dimension, name: str) -> Part:
        """What of it has that name too."""
        kept = tuple(pair for pair in self.names if pair[0] != dimension)
        return replace(self, names=(*kept, (dimension, name)))


WHOLE = Part()


def part_named(projection: Projection, words: Sequence[str]) -> Part:
    """The part that some words name together: `2027-06`, `google/gemini-3.8-flash`, `output`.

    Args:
        projection: the plan.
        words: months (quarters, years), models, workloads, meters and owners, in any order.

    Raises:
        UnknownNameError: a word is none of these; names the nearest.
        UsageError: two words are of one kind, or the plan has nothing that is all of it.
    """
    labels = spans(projection)
    names = {d: {getattr(row, d) for row in projection.ledger.rows} - {""} for d in DIMENSIONS}
    names["workload"] |= set(projection.workloads)
    part = WHOLE
    for word in words:
        found = [dimension for dimension in DIMENSIONS if word in names[dimension]]
        if word in labels:
            if part.label:
                raise UsageError(f"{part.label} and {word} are both months: name one")
            part = replace(part, label=word)
        elif found:
            dimension = found[0]
            if part.name(dimension) is not None:
                raise UsageError(f"{part.name(dimension)} and {word} are both a {dimension}")
            part = part.narrowed(dimension, word)
        else:
            known = [*labels, *(name for each in names.values() for name in sorted(each))]
            raise UnknownNameError(
                "month, model, workload, meter or owner of the plan", word, known
            )
    workload = part.name("workload")
    there = any(map(part.holds, projection.ledger.rows))
    if part.names and not there and part.names != (("workload", workload),):
        raise UsageError(f"nothing in the plan is {' and '.join(name for _, name in part.names)}")
    return part
