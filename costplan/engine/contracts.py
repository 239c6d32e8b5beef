"""What single terms of a contract do to spend: steps of a discount, free and provisioned parts.

Pure functions of arrays whose last axis is months; axes before it (draws, or none) are free, so
that one code serves the expected plan and its draws.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from costplan.engine.distributions import Floats


def marginal(amounts: Floats, sizes: Sequence[float]) -> Floats:
    """Amounts parted into buckets that fill one after another.

    Args:
        amounts: any shape.
        sizes: the size of each bucket but the last, which holds the rest.

    Returns:
        Shape (*amounts.shape, len(sizes) + 1); the last axis sums to the amounts.
    """
    edges = np.concatenate(([0.0], np.cumsum(sizes)))
    above = np.maximum(np.asarray(amounts)[..., None] - edges, 0.0)
    widths = np.append(np.asarray(sizes, dtype=np.float64), np.inf)
    return np.asarray(np.minimum(above, widths))


@dataclass(frozen=True, slots=True)
class Steps:
    """A discount by how much is spent."""

    above: tuple[float, ...]
    """Spend from which each step holds, rising."""
    off: tuple[float, ...]
    """The part taken off by each."""
    kind: Literal["graduated", "volume"] = "graduated"
    """Whether a step holds for the spend above it, or for all of it once it is passed."""
    per_term: bool = False
    """Whether spend counts on from month to month, not anew in each."""

    def saved(self, spend: Floats) -> Floats:
        """What is taken off the spend of each month: the shape of `spend`."""
        if self.kind == "volume":
            rates = np.concatenate(([0.0], self.off))
            return np.asarray(spend * rates[np.searchsorted(self.above, spend, side="left")])
        if not self.per_term:
            return self._graduated(spend)
        whole = self._graduated(np.cumsum(spend, axis=-1))
        return np.diff(whole, axis=-1, prepend=0.0)

    def _graduated(self, spend: Floats) -> Floats:
        sizes = [after - before for before, after in pairwise((0.0, *self.above))]
        rates = np.concatenate(([0.0], self.off))
        return np.asarray(marginal(spend, sizes) @ rates)


def units_needed(
    throughput: float, per_unit: float, *, increment: int = 1, minimum: int = 1
) -> int:
    """Units to buy so that a throughput is served, in whole increments.

    Args:
        throughput: what must be served, input tokens per second.
        per_unit: what one unit serves, in the same.
        increment: units are sold in steps of this.
        minimum: the fewest that are sold.
    """
    # A demand that fills n units to the last token must not need n + 1 for binary residue.
    steps = math.ceil(throughput / per_unit / increment * (1 - 1e-12))
    return max(steps, math.ceil(minimum / increment)) * increment


def served(demand: Floats, capacity: Sequence[float], loads: Sequence[Floats]) -> Floats:
    """The part of each month's demand that capacity serves; the rest spills over.

    In each slot of a month (an hour, a day) at most the capacity of one slot is served, and what
    is not used is lost: sum over slots of min(demand x load, capacity).

    Args:
        demand: shape (..., months).
        capacity: of one slot, for each month.
        loads: for each month, the part of its demand in each slot: sums to 1.

    Returns:
        Parts of the demand, 0 to 1; 1 where there is none. The shape of `demand`.
    """
    found = np.ones_like(demand, dtype=np.float64)
    for month, (most, load) in enumerate(zip(capacity, loads, strict=True)):
        asked = demand[..., month]
        ordered = np.sort(load)
        below = np.concatenate(([0.0], np.cumsum(ordered)))
        with np.errstate(divide="ignore", over="ignore"):
            limit = np.where(asked > 0, most / np.where(asked > 0, asked, 1.0), np.inf)
        fitting = np.searchsorted(ordered, limit * (1 + 1e-12), side="right")
        over = ordered.size - fitting
        whole = np.where(over == 0, 1.0, below[fitting] + np.where(over > 0, limit, 0.0) * over)
        found[..., month] = np.minimum(whole, 1.0)
    return found
