"""Draws that fill the unit cube more evenly than chance: Sobol's sequence, scrambled.

The sequence is that of I. M. Sobol (USSR Comput. Math. Math. Phys. 7, 1967) with the direction
numbers of S. Joe and F. Y. Kuo (SIAM J. Sci. Comput. 30, 2008), in the order of the Gray code
(Antonov and Saleev, 1979). Scrambling is A. B. Owen's: each bit is flipped or not as a function of
the bits above it. Every point is then uniform, so means are unbiased, and 2^m draws still put one
point into each of the 2^m equal parts of every axis.
"""

from __future__ import annotations

import pkgutil
import zlib
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from costplan.engine.distributions import Floats

type Bits = NDArray[np.uint32]

DIMENSIONS: Final = 2048
"""How many there are."""
_FILE: Final = "data/joe_kuo.zlib"
_HALF_WORD: Final = 0xFFFFFFFF
_WORD: Final = 0xFFFFFFFFFFFFFFFF


def sobol(dimension: int, draws: int) -> Bits:
    """One coordinate of the sequence, unscrambled, from its origin: shape (draws,).

    Args:
        dimension: which coordinate, from 0; below `DIMENSIONS`.
        draws: how many points; any number, though a power of two fills the axis evenly.

    Returns:
        The coordinate times 2^32.

    Raises:
        IndexError: there is no such dimension.
    """
    return _reversed(_points(dimension, draws))


def uniforms(dimension: int, draws: int, scramble: int) -> Floats:
    """One coordinate of the scrambled sequence, inside 0 and 1: shape (draws,).

    Args:
        dimension: which coordinate, from 0; below `DIMENSIONS`.
        draws: how many points; more draws keep those that were there.
        scramble: two numbers give two independent scramblings.

    Raises:
        IndexError: there is no such dimension.
    """
    key = _mixed(_mixed(scramble & _WORD) + dimension)
    points = _reversed(_scrambled(_points(dimension, draws), key))
    # The middle of each of 2^32 parts: never 0, never 1.
    return (points.astype(np.float64) + 0.5) * 2.0**-32


def _points(dimension: int, draws: int) -> Bits:
    """The points, their bits in reverse: the most significant bit is bit 0.

    The n-th point is the exclusive or of the direction numbers at the bits of n's Gray code. From
    2^k on, that code is the codes before it backwards, with bit k set.
    """
    points = np.zeros(draws, dtype=np.uint32)
    directions = _directions(dimension)
    filled, k = 1, 0
    while filled < draws:
        block = points[filled : 2 * filled]
        np.bitwise_xor(points[filled - block.size : filled][::-1], directions[k], out=block)
        filled, k = 2 * filled, k + 1
    return points


def _scrambled(points: Bits, key: int) -> Bits:
    """Owen's scrambling of points in reversed bits.

    Sums and products with odd numbers carry upwards only, so each bit changes as a function of the
    bits below it, which here are the more significant ones: Laine and Karras (Stratified sampling
    for stochastic transparency, EGSR 2011), constants by N. Vegdahl (Building a better LK hash,
    https://psychopath.io/post/2021_01_30_building_a_better_lk_hash).
    """
    points = points ^ (points * np.uint32(0x3D20ADEA))
    points += np.uint32(key & _HALF_WORD)
    points *= np.uint32(key >> 32 | 1)
    points ^= points * np.uint32(0x05526C56)
    points ^= points * np.uint32(0x53A22864)
    return points


def _reversed(points: Bits) -> Bits:
    """Each number with its 32 bits in reverse."""
    points = points.byteswap()
    for width, mask in ((4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        low = points & np.uint32(mask)
        low <<= np.uint32(width)
        points >>= np.uint32(width)
        points &= np.uint32(mask)
        points |= low
    return points


def _mixed(number: int) -> int:
    """64 bits of which each depends on every bit of `number`: SplitMix64 (Steele et al., 2014)."""
    number = (number + 0x9E3779B97F4A7C15) & _WORD
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 & _WORD
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB & _WORD
    return number ^ (number >> 31)


@lru_cache(maxsize=DIMENSIONS)
def _directions(dimension: int) -> tuple[np.uint32, ...]:
    """The 32 direction numbers of a dimension, their bits in reverse.

    The first few are tabulated. The rest follow from the primitive polynomial of the dimension
    (Bratley and Fox, Algorithm 659, ACM TOMS 14, 1988).
    """
    if not 0 <= dimension < DIMENSIONS:
        raise IndexError(f"dimensions are 0 to {DIMENSIONS - 1}, not {dimension}")
    if dimension == 0:  # van der Corput's sequence, which has no polynomial
        return tuple(np.uint32(1 << k) for k in range(32))
    polynomials, numbers, starts = _table()
    polynomial = int(polynomials[dimension - 1])
    degree = polynomial.bit_length() - 1
    taps = [step for step in range(1, degree) if polynomial >> (degree - step) & 1]
    start = int(starts[dimension - 1])
    first = numbers[start : start + degree].tolist()
    found = [int(f"{number:0{k}b}"[::-1], 2) for k, number in enumerate(first, 1)]
    for k in range(degree, 32):
        value = found[k - degree] ^ (found[k - degree] << degree & _HALF_WORD)
        for step in taps:
            value ^= found[k - step]
        found.append(value)
    return tuple(map(np.uint32, found))


@lru_cache(maxsize=1)
def _table() -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.int64]]:
    """Polynomials, all numbers one after another, and where those of each dimension start."""
    packed = pkgutil.get_data("costplan.engine", _FILE)
    table = np.frombuffer(zlib.decompress(packed or b""), dtype="<u2")
    polynomials, numbers = table[: DIMENSIONS - 1], table[DIMENSIONS - 1 :]
    degrees = np.frexp(polynomials.astype(np.float64))[1].astype(np.int64) - 1
    return polynomials, numbers, np.cumsum(degrees) - degrees
