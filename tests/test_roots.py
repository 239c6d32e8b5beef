"""Crossings of zero: of functions whose roots are known."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.decisions.roots import Crossing, Function, crossings, grid


def found(function: Function, low: float, high: float, count: int = 25) -> list[float]:
    """Where it crosses zero, in the middle of what was closed in on."""
    places = crossings(function, grid(low, high, count))
    for each in places:
        assert each.above - each.below <= 1e-12 * max(abs(each.above), 1e-3)
    return [(each.below + each.above) / 2 for each in places]


@pytest.mark.parametrize(
    ("function", "low", "high", "roots"),
    [
        (lambda x: x - 3, 0, 10, [3]),
        (lambda x: x**3 - 2, 0, 10, [2 ** (1 / 3)]),
        (math.cos, 0, 10, [math.pi / 2, 3 * math.pi / 2, 5 * math.pi / 2]),
        (lambda x: x - 0.001, 1e-6, 1e6, [0.001]),
        (lambda x: math.exp(-50 * x) - 0.5, 0, 1, [math.log(2) / 50]),
        (lambda x: 1 if x > 7.25 else -1, 0, 10, [7.25]),
        (lambda x: 1.0, 0, 10, []),
        (lambda _: 0.0, 0, 10, []),
        (lambda x: x, 0, 10, []),  # touched at the start, and never crossed
        (lambda x: (x - 5) ** 2, 0, 10, []),  # touched, and not crossed
        (lambda x: x - 10, 0, 10, [10]),  # reached at the very end
    ],
)
def test_known_roots(function: Function, low: float, high: float, roots: list[float]) -> None:
    """Straight, curved, steps, several of them, none at all."""
    assert found(function, low, high) == pytest.approx(roots)


def test_a_level_stretch_of_zero_is_crossed_once() -> None:
    """From 3 to 5 it is zero: any place between is as good."""
    (root,) = found(lambda x: max(x - 5, 0) + min(x - 3, 0), 0, 10)
    assert 3 <= root <= 5


def test_signs_say_which_way() -> None:
    """Rising first, then falling."""
    places = crossings(lambda x: math.sin(x) - 0.5, grid(0, 3))
    assert [each.signs for each in places] == [(-1, 1), (1, -1)]


def test_a_touched_end_has_a_sign_on_one_side() -> None:
    """Below it is negative; there is no above."""
    assert crossings(lambda x: x - 1, [0.0, 1.0]) == (Crossing(1.0, 1.0, (-1, 0)),)


def test_it_is_followed_to_the_edge_of_what_has_a_value() -> None:
    """No value beyond 9.9; the root at 9.8 lies between that and the last point of the grid."""
    roots = found(lambda x: None if x > 9.9 else x - 9.8, 0, 20, count=11)
    assert roots == pytest.approx([9.8])


def test_there_is_no_crossing_over_a_gap() -> None:
    """Negative before it, positive behind it: nobody knows what happens between."""
    assert found(lambda x: None if 4 < x < 6 else x - 5, 0, 10) == []


def test_a_straight_line_takes_few_steps() -> None:
    """Closing in on it needs a handful of values after the grid, not fifty halvings."""
    asked: list[float] = []

    def line(x: float) -> float:
        asked.append(x)
        return 3 * x - 1.7

    crossings(line, [0.0, 1.0])
    assert len(asked) <= 12


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=4, unique=True))
def test_every_root_of_a_polynomial_is_found(roots: list[float]) -> None:
    """On a grid fine enough to part them."""
    roots = sorted(roots)
    if any(b - a < 0.02 for a, b in pairwise(roots)):
        return
    places = found(lambda x: math.prod(x - root for root in roots), 0, 1, count=101)
    assert places == pytest.approx(roots, abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "middle"), [(1.0, 100.0, 10.0), (0.0, 100.0, 50.0), (2.0, 3.0, 2.5)]
)
def test_a_wide_range_goes_in_ratios(low: float, high: float, middle: float) -> None:
    """From 1 to 100 the middle is 10; from 0, or over a narrow range, it is half way."""
    points = grid(low, high, 5)
    assert points[2] == pytest.approx(middle)
    assert (points[0], points[-1]) == (low, high)
