"""How many turns conversations have, where they differ: the part of them that has each turn.

A conversation has at least one turn, and a whole number of them. What is used is a sum over turns,
so a distribution is told by how often each turn takes place, its survival; its sum is the mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from costplan.engine.distributions import Z90, Lognormal

MOST = 10_000
"""Turns that are followed."""
_BEYOND = 7.0
"""Deviations out to which a distribution is followed: what is further adds less than 1e-6 even to
its square, and less than 1e-9 to its mean."""


def spread_turns(mean: float, p90: float) -> tuple[float, ...]:
    """The survival of a lognormal number of turns, never below one, with this mean and p90.

    A number x between two whole ones is a mixture of them, so that turn t takes place to the part
    E[min(max(x - t + 1, 0), 1)] = G(t - 1) - G(t) with G(a) = E[max(x - a, 0)]. The shape is found
    from 1 + G(1) = mean by bisection over sigma, mu = ln p90 - 1.2816 sigma.

    Args:
        mean: over conversations; at least 1.
        p90: what nine of ten conversations stay within.

    Raises:
        ValueError: no such distribution has both; or it reaches too far.
    """
    if p90 <= mean or mean <= 1:
        return _alike(mean)
    narrow, wide = 1e-6, Z90
    if _mean(p90, wide) > mean:
        raise ValueError(
            f"no lognormal number of turns has a mean of {mean:g} and a p90 of {p90:g}: give "
            "{sample: FILE} with the turns of real conversations instead"
        )
    for _ in range(80):
        middle = (narrow + wide) / 2
        narrow, wide = (middle, wide) if _mean(p90, middle) > mean else (narrow, middle)
    shape = _shape(p90, wide)
    last = math.ceil(math.exp(shape.mu + _BEYOND * shape.sigma)) + 1
    if last > MOST:
        raise ValueError(
            f"a mean of {mean:g} turns with a p90 of {p90:g} reaches beyond {MOST:,} turns"
        )
    excess = shape.excess(np.arange(1, last + 1, dtype=np.float64))
    return (1.0, *(float(part) for part in -np.diff(excess)))


def observed_turns(values: Sequence[float]) -> tuple[float, ...]:
    """The survival of observed numbers of turns: the share of conversations with that many."""
    counts = np.array(values)
    return tuple(float(np.mean(counts >= turn)) for turn in range(1, int(counts.max()) + 1))


def _shape(p90: float, sigma: float) -> Lognormal:
    return Lognormal(math.log(p90) - Z90 * sigma, sigma)


def _mean(p90: float, sigma: float) -> float:
    """E[max(1, x)] = 1 + E[max(x - 1, 0)]."""
    return 1 + float(_shape(p90, sigma).excess(np.ones(1))[0])


def _alike(turns: float) -> tuple[float, ...]:
    whole = int(turns)
    return (*[1.0] * whole, *([turns - whole] if turns > whole else []))
