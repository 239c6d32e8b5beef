"""The hours of a day: how many arrivals come close enough together to share a cached prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from costplan.engine.distributions import Floats

_FLAT = 1e-6
"""Below this slope, exp is a straight line to the last digit."""
_FEW = 8_192
"""More numbers than these are read off a table: draws by month."""
_GRID = np.linspace(np.log(1e-9), np.log(1e5), 4_096)
"""Logarithms of the arrivals in a lifetime that the table holds."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Poisson arrivals whose rate differs between the hours of a day, the same each day.

    The one before came within the lifetime T of a cached prompt with the chance 1 - exp(-m(t)),
    where m(t) is the integral of the rate over the T before t. With a rate that is constant within
    each hour, m is a straight line between the moments at which t or t - T is a full hour, so its
    average over all arrivals of the day is a sum of integrals of exp over straight lines: exact,
    and more than at an even rate where most come in a few hours and few come at all.
    """

    pieces: tuple[tuple[float, float, float], ...]
    """The part of a day's arrivals in each piece, and the least and most that fall into a lifetime
    there for each one that would if the rate were even."""

    def missed(self, even: Floats) -> Floats:
        """The part of arrivals whose predecessor is longer ago than the lifetime.

        Args:
            even: arrivals in one lifetime if the rate were the same at all hours; any shape. Of
                very many the part is interpolated, within 1e-9.
        """
        return self.summed(even) if even.size <= _FEW else _read_off(_table(self), even)

    def summed(self, even: Floats) -> Floats:
        """The same, always piece by piece."""
        missed = np.zeros_like(even)
        for part, least, most in self.pieces:
            missed += part * np.exp(-even * least) * _mean_decay(even * (most - least))
        return missed


@lru_cache(maxsize=256)
def arrivals(shares: tuple[float, ...], seconds: int) -> Arrivals:
    """The arrivals of a day against one lifetime.

    Args:
        shares: the part of a day's arrivals in each of its 24 hours; they add up to one.
        seconds: the lifetime, at most a day.
    """
    hours = seconds / 3600
    edges = np.arange(24.0)
    moments = np.unique(np.concatenate((edges, (edges + hours) % 24, [24.0])))
    within = (_arrived(shares, moments) - _arrived(shares, moments - hours)) * 24 / hours
    pieces: dict[tuple[float, float], float] = {}
    for k, (start, end) in enumerate(pairwise(moments)):
        part = shares[int(start)] * float(end - start)
        if part > 0:
            least, most = sorted(round(float(rate), 12) for rate in within[k : k + 2])
            pieces[least, most] = pieces.get((least, most), 0.0) + part
    return Arrivals(tuple((part, *ends) for ends, part in pieces.items()))


def _arrived(shares: Sequence[float], moments: Floats) -> Floats:
    """Days' worth of arrivals from midnight to each moment, in hours; before it, less than none."""
    days = np.floor(moments / 24)
    summed = np.concatenate(([0.0], np.cumsum(shares)))
    return np.asarray(days + np.interp(moments - 24 * days, np.arange(25.0), summed))


def _mean_decay(slope: Floats) -> Floats:
    """The mean of exp(-slope u) for u from 0 to 1: (1 - exp(-slope)) / slope."""
    flat = slope < _FLAT
    safe = np.where(flat, 1.0, slope)
    return np.where(flat, 1 - slope / 2, -np.expm1(-safe) / safe)


@lru_cache(maxsize=64)
def _table(of: Arrivals) -> Floats:
    """Between each two points of the grid, the cubic through them and their neighbours.

    Coefficients from the constant one on: shape (4, points - 3).
    """
    before, start, end, after = (of.summed(np.exp(_GRID))[k : k - 3 or None] for k in range(4))
    curved = (before + end) / 2 - start
    steep = (after - before) / 6 + (start - end) / 2
    return np.stack((start, end - start - curved - steep, curved, steep))


def _read_off(table: Floats, even: Floats) -> Floats:
    """The part missed, along the cubics."""
    with np.errstate(divide="ignore"):
        spot = (np.log(even) - _GRID[1]) / (_GRID[1] - _GRID[0])
    spot = np.clip(spot, 0.0, table.shape[1])
    k = np.minimum(spot.astype(np.intp), table.shape[1] - 1)
    t = spot - k
    constant, linear, square, cube = table
    return np.asarray(((cube[k] * t + square[k]) * t + linear[k]) * t + constant[k])
