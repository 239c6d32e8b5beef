"""The dice of a simulation: for each unknown, a place in a scrambled Sobol sequence of its own.

An unknown keeps its place and its scrambling by its name, so that a change to one part of a
scenario does not move the draws of another: a what-if moves because of the lever and not the dice.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from costplan.engine.distributions import Distribution, Floats, normal_quantile
from costplan.engine.sobol import DIMENSIONS, uniforms

COMMON = "shock"
"""The level of all volumes together: the first dimension, the evenest of all."""
_FEWEST = 64
"""Dimensions that even a small plan is spread over, so that it has room to grow."""
_KEPT = 8_192
"""Draws up to which they are remembered: a what-if throws the same dice again."""


@dataclass(frozen=True, slots=True)
class Dice:
    """What is thrown for each unknown of one plan."""

    seed: int
    draws: int
    names: tuple[str, ...]
    """Every unknown and every shock."""

    @property
    def places(self) -> dict[str, int]:
        """The dimension of each unknown."""
        return places(self.names)

    def values(self, name: str, distribution: Distribution) -> Floats:
        """What an unknown is in each draw: shape (draws,)."""
        throw = _values if self.draws <= _KEPT else _values.__wrapped__
        return throw(distribution, *self._throw(name))

    def normals(self, name: str) -> Floats:
        """Standard normal numbers: shape (draws,)."""
        throw = _normals if self.draws <= _KEPT else _normals.__wrapped__
        return throw(*self._throw(name))

    def _throw(self, name: str) -> tuple[int, int, int]:
        """The dimension, the number of draws, and the scrambling."""
        return self.places[name], self.draws, (self.seed << 32) ^ zlib.crc32(name.encode())


@lru_cache(maxsize=256)
def _places(names: frozenset[str]) -> dict[str, int]:
    size = _FEWEST
    while size < 2 * len(names) and size < DIMENSIONS:
        size *= 2
    taken: dict[int, str] = {0: COMMON}
    for name in sorted(names - {COMMON}):
        place = zlib.crc32(name.encode()) % size
        while place in taken:
            place = place + 1  # beyond the table, sequences repeat under another scrambling
        taken[place] = name
    return {name: place for place, name in taken.items()}


def places(names: Iterable[str]) -> dict[str, int]:
    """A dimension for each name, which hardly depends on what other names there are.

    Each goes where its hash points, or to the next free place after it.
    """
    return _places(frozenset(names))


@lru_cache(maxsize=1024)
def _values(distribution: Distribution, dimension: int, draws: int, scramble: int) -> Floats:
    return _kept(distribution.quantile(uniforms(dimension % DIMENSIONS, draws, scramble)))


@lru_cache(maxsize=1024)
def _normals(dimension: int, draws: int, scramble: int) -> Floats:
    return _kept(normal_quantile(uniforms(dimension % DIMENSIONS, draws, scramble)))


def _kept(values: Floats) -> Floats:
    """Made safe to remember."""
    values.flags.writeable = False
    return values
