"""The dice of a simulation: standard normal numbers for each unknown, from one Sobol sequence.

Each unknown keeps its place in the sequence and its scrambling by its name, so that a change to one
part of a scenario hardly moves the draws of another: a what-if moves because of the lever and not
the dice. The first dimension of the sequence is the evenest by far. So the draws are reflected
until it runs in the direction in which the cost of the whole plan rises most: independent normal
numbers stay that under any reflection (Imai and Tan, A general dimension reduction technique for
derivative pricing, Journal of Computational Finance 10, 2006, choose directions by the slope too).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from costplan.engine.distributions import Floats
from costplan.engine.normal import normal_quantile
from costplan.engine.sobol import DIMENSIONS, uniforms

COMMON = "shock"
"""The level of all volumes together: it has the first dimension."""
_FEWEST = 64
"""Dimensions that even a small plan is spread over, so that it has room to grow."""
_PARALLEL = 1e-12
KEPT = 8_192
"""Draws up to which they are remembered: a what-if throws the same dice again."""

type Slope = Mapping[str, float]
"""By unknown, how steeply the cost of the plan rises with it; empty where nobody knows."""


def throw(names: Iterable[str], *, draws: int, seed: int, slope: Slope) -> dict[str, Floats]:
    """Independent standard normal numbers for each unknown: arrays of shape (draws,).

    Args:
        names: the unknowns.
        draws: how many.
        seed: two throws with one seed are the same.
        slope: where the first dimension is to run.
    """
    thrown = {name: _normals(name, place, draws, seed) for name, place in places(names).items()}
    mirror = _mirror({name: slope.get(name, 0.0) for name in thrown})
    if not mirror:
        return thrown
    along = sum(part * thrown[name] for name, part in mirror.items())
    return {name: normals - 2 * mirror[name] * along for name, normals in thrown.items()}


def _mirror(slope: Slope) -> Slope:
    """The unit vector of the reflection that takes the first dimension to the slope.

    Householder's: the difference of the two unit vectors, made of length one.
    """
    steepness = math.hypot(*slope.values())
    if not steepness:
        return {}
    mirror = {name: (name == COMMON) - part / steepness for name, part in slope.items()}
    length = math.hypot(*mirror.values())
    return {name: part / length for name, part in mirror.items()} if length > _PARALLEL else {}


def _normals(name: str, place: int, draws: int, seed: int) -> Floats:
    """The numbers of one dimension; few are remembered, for the next plan is often alike."""
    throw = _thrown if draws <= KEPT else _thrown.__wrapped__
    return throw(place % DIMENSIONS, draws, (seed << 32) ^ zlib.crc32(name.encode()))


@lru_cache(maxsize=1024)
def _thrown(dimension: int, draws: int, scramble: int) -> Floats:
    normals = normal_quantile(uniforms(dimension, draws, scramble))
    normals.flags.writeable = False
    return normals


def places(names: Iterable[str]) -> dict[str, int]:
    """A dimension for each name, which hardly depends on what other names there are.

    Each goes where its hash points, or to the next free place after it. The common shock always
    has the first, whether it is named or not.
    """
    return _places(frozenset(names))


@lru_cache(maxsize=64)
def _places(names: frozenset[str]) -> dict[str, int]:
    size = _FEWEST
    while size < 2 * len(names) and size < DIMENSIONS:
        size *= 2
    taken = {0: COMMON}
    for name in sorted(names - {COMMON}):
        place = zlib.crc32(name.encode()) % size
        while place in taken:
            place += 1  # beyond the table, sequences repeat under another scrambling
        taken[place] = name
    return {name: place for place, name in taken.items()}
