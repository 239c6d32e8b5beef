"""Where a function crosses zero: every change of its sign on a grid, each closed in on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

type Function = Callable[[float], float | None]
"""A value for each number, or None where there is none."""

_MOST = 100
_NEAR = 1e-13
"""How close the two sides of a crossing come, as a part of its place."""
_HALVINGS = 20


@dataclass(frozen=True, slots=True)
class Crossing:
    """A change of sign between two places next to each other."""

    below: float
    above: float
    signs: tuple[int, int]
    """Of the function below and above: -1 or 1; 0 at an end of the grid that it only touches."""


def grid(low: float, high: float, count: int = 25) -> list[float]:
    """Points from low to high: in equal ratios where the range is wide, else in equal steps."""
    wide = low > 0 and high / low >= 10
    points = np.geomspace(low, high, count) if wide else np.linspace(low, high, count)
    return [low, *map(float, points[1:-1]), high]


def crossings(function: Function, points: Sequence[float]) -> tuple[Crossing, ...]:
    """Where a function changes its sign, in order.

    Args:
        function: called many times at the same place or near it.
        points: rising; a sign that changes and changes back between two of them is not seen.

    Returns:
        One for each change of sign. Where the function is None it has no crossing, but it is
        followed to the edge of what it has.
    """
    found: list[Crossing] = []
    last: tuple[float, float] | None = None
    zero: float | None = None
    for point in _to_the_edges(function, points):
        value = function(point)
        if value is None:
            last = zero = None
        elif value == 0:
            zero = point if zero is None and last is not None else zero
        else:
            if last is not None and (last[1] > 0) != (value > 0):
                found.append(_closed_in(function, last, (point, value)))
            last, zero = (point, value), None
    if zero is not None and last is not None:
        found.append(Crossing(zero, zero, (_sign(last[1]), 0)))
    return tuple(found)


def _to_the_edges(function: Function, points: Sequence[float]) -> list[float]:
    """The points, and between one with a value and one without the last that has a value."""
    made: list[float] = []
    for k, point in enumerate(points):
        if k and (function(points[k - 1]) is None) != (function(point) is None):
            made.append(_edge(function, points[k - 1], point))
        made.append(point)
    return made


def _edge(function: Function, first: float, second: float) -> float:
    """The place nearest to the edge that has a value, by halving."""
    has, lacks = (first, second) if function(first) is not None else (second, first)
    for _ in range(_HALVINGS):
        middle = (has + lacks) / 2
        has, lacks = (has, middle) if function(middle) is None else (middle, lacks)
    return has


type _Point = tuple[float, float]
"""A place and the value there."""


def _closed_in(function: Function, first: _Point, second: _Point) -> Crossing:
    """The crossing between two points of opposite sign.

    Chandrupatla's method (Advances in Engineering Software 28, 1997): inverse quadratic
    interpolation where three points allow it, else halving. It never leaves the bracket, which is
    between `newest` and `across` all the time.
    """
    signs = (_sign(first[1]), _sign(second[1]))
    newest, across, before = second, first, first
    part = 0.5
    for _ in range(_MOST):
        place = newest[0] + part * (across[0] - newest[0])
        value = function(place)
        if value is None:
            break
        if (value > 0) == (newest[1] > 0):
            before = newest
        else:
            before, across = across, newest
        newest = (place, value)
        near = _NEAR * max(abs(newest[0]), abs(across[0]))
        width = abs(across[0] - newest[0])
        if value == 0 or width <= near:
            break
        part = min(max(_part(newest, across, before), near / width / 2), 1 - near / width / 2)
    if newest[1] == 0:
        return Crossing(newest[0], newest[0], signs)
    below, above = sorted((newest[0], across[0]))
    return Crossing(below, above, signs)


def _part(newest: _Point, across: _Point, before: _Point) -> float:
    """Which part of the way across to try next."""
    (a, fa), (b, fb), (c, fc) = newest, across, before
    along, up = (a - b) / (c - b), (fa - fb) / (fc - fb)
    if not (up**2 < along and (1 - up) ** 2 < 1 - along):
        return 0.5
    straight = fa / (fb - fa) * fc / (fb - fc)
    return straight + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
