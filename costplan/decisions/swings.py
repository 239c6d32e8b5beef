"""What makes the range of one figure: each unknown at its P10 and P90, the others averaged.

The tornado of a whole plan is `sensitivity`; this is the same for a month, a workload, a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from costplan.decisions.parts import Part
from costplan.decisions.sensitivity import Kind, VolumeLevels, level_ends
from costplan.decisions.spans import span
from costplan.engine.ledger import Ledger, as_decimal
from costplan.engine.projection import Range
from costplan.planning import CompiledPlan

_ENDS = np.array([0.1, 0.9])
_RESIDUE = Decimal("1E-12")
"""A difference this small against the cost is binary residue."""


@dataclass(frozen=True, slots=True)
class Swing:
    """What one unknown does to a figure, everything else averaged; at list prices."""

    name: str
    kind: Kind
    values: tuple[Decimal, Decimal]
    """Of the unknown at its P10 and P90; of a volume, what the expected one is multiplied by."""
    cost: tuple[Decimal, Decimal]
    """What the part is expected to cost then."""
    is_share: bool = False
    """Whether its values are written in percent."""

    @property
    def size(self) -> Decimal:
        """How far apart the two costs are."""
        return abs(self.cost[1] - self.cost[0])


def swings(compiled: CompiledPlan, part: Part) -> tuple[Swing, ...]:
    """Every unknown that moves a part of a plan, the one that moves it most first.

    Args:
        compiled: the plan.
        part: what is moved.

    Raises:
        UnknownNameError: the plan has no such month.
    """
    plan = compiled.project(draws=1, listed=True)
    members = list(span(plan, part.label))
    usual = _by_workload(plan.ledger, members, part)
    found = [*_ranges(compiled, plan.ranges, members, part), *_volumes(compiled, usual)]
    telling = (each for each in found if each.size > _RESIDUE * abs(each.cost[0]))
    return tuple(sorted(telling, key=lambda each: (-each.size, each.name)))


def _by_workload(ledger: Ledger, members: list[int], part: Part) -> dict[str, Decimal]:
    """What a part of a plan is expected to cost, by workload."""
    costs = ledger.costs[:, members].sum(axis=1)
    found: dict[str, float] = {}
    for row, cost in zip(ledger.rows, costs.tolist(), strict=True):
        if part.holds(row):
            found[row.workload] = found.get(row.workload, 0.0) + cost
    return {name: as_decimal(cost) for name, cost in found.items()}


def _ranges(
    compiled: CompiledPlan, ranges: Sequence[Range], members: list[int], part: Part
) -> Iterator[Swing]:
    for known in ranges:
        values = compiled.unknowns[known.variable].quantile(_ENDS).tolist()
        ledgers = (compiled.ledger({known.variable: value}) for value in values)
        low, high = (_sum(_by_workload(ledger, members, part)) for ledger in ledgers)
        ends = [as_decimal(value * known.part) for value in values]
        yield Swing(known.name, "range", (ends[0], ends[1]), (low, high), known.is_share)


def _volumes(compiled: CompiledPlan, cost: Mapping[str, Decimal]) -> Iterator[Swing]:
    """A level of volume multiplies cost, so its effect needs no other projection."""
    whole = _sum(cost)
    for name, deviation, workloads in VolumeLevels.of(compiled).each():
        moved = sum((cost.get(each, Decimal(0)) for each in workloads), Decimal(0))
        levels = tuple(map(as_decimal, level_ends(deviation)))
        low, high = (whole + moved * (level - 1) for level in levels)
        yield Swing(name, "volume", (levels[0], levels[1]), (low, high))


def _sum(cost: Mapping[str, Decimal]) -> Decimal:
    return sum(cost.values(), Decimal(0))
