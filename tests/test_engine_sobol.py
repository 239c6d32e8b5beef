"""The draws: Sobol's sequence, and Owen's scrambling of it."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.engine.sobol import DIMENSIONS, sobol, uniforms


def test_the_first_points_are_those_of_the_literature() -> None:
    # Bratley and Fox (1988): the first axis is van der Corput's in the order of the Gray code.
    halves = [0, 1 / 2, 3 / 4, 1 / 4, 3 / 8, 7 / 8, 5 / 8, 1 / 8]
    assert (sobol(0, 8) / 2**32).tolist() == halves
    # x + 1 with m = 1: v = 1/2, then v_k = v_(k-1) ^ v_(k-1)/2: 3/4, 5/8. By Gray code 0, 1, 3, 2,
    # 6, 7, 5, 4: 0, v1, v1^v2, v2, v2^v3, v1^v2^v3, v1^v3, v3.
    assert (sobol(1, 8) / 2**32 * 8).tolist() == [0, 4, 2, 6, 3, 7, 1, 5]


def test_every_dimension_is_that_of_scipy() -> None:
    qmc = pytest.importorskip("scipy.stats.qmc", reason="scipy is not there to compare with")
    theirs = qmc.Sobol(DIMENSIONS, scramble=False, bits=32).random(128) * 2**32
    for dimension in range(DIMENSIONS):
        assert sobol(dimension, 128).tolist() == theirs[:, dimension].tolist(), dimension


@pytest.mark.parametrize("draws", [1, 2, 3, 1000, 4097])
def test_any_number_of_draws_is_the_beginning_of_more(draws: int) -> None:
    assert sobol(5, draws).tolist() == sobol(5, 8192)[:draws].tolist()
    assert uniforms(5, draws, 9).tolist() == uniforms(5, 8192, 9)[:draws].tolist()


@given(st.integers(0, DIMENSIONS - 1), st.integers(0, 2**64 - 1), st.integers(0, 10))
def test_scrambled_each_part_of_an_axis_has_one_point(dimension: int, key: int, m: int) -> None:
    points = uniforms(dimension, 2**m, key)
    assert sorted(np.floor(points * 2**m).tolist()) == list(range(2**m))
    assert points.min() > 0
    assert points.max() < 1


@given(st.integers(0, 2**64 - 1))
def test_scrambled_each_box_of_the_first_square_has_one_point(key: int) -> None:
    # The first two axes are a (0, m, 2)-net: every dyadic box of area 2^-m holds one of 2^m points.
    m = 8
    x, y = uniforms(0, 2**m, key), uniforms(1, 2**m, key)
    for a in range(m + 1):
        boxes = np.floor(x * 2**a) * 2 ** (m - a) + np.floor(y * 2 ** (m - a))
        assert len(set(boxes.tolist())) == 2**m


def test_a_scrambled_bit_is_a_function_of_the_bits_above_it() -> None:
    # Points that agree in their first k bits agree in them after scrambling, and what happens to
    # the next bit is the same for both: the definition of Owen's scrambling, bit by bit.
    points, scrambled = sobol(3, 256), np.floor(uniforms(3, 256, 4) * 2**32).astype(np.uint32)
    for k in range(8):
        above = points >> np.uint32(31 - k)
        flips: dict[int, set[int]] = {}
        for prefix, before, after in zip(above >> 1, points, scrambled, strict=True):
            flip = (int(before) ^ int(after)) >> (31 - k) & 1
            flips.setdefault(int(prefix), set()).add(flip)
        assert all(len(found) == 1 for found in flips.values())


def test_scrambled_every_point_is_uniform_and_flips_are_independent() -> None:
    # Over 4,000 scramblings one point falls into each eighth with probability 1/8: chi-squared with
    # 7 degrees of freedom stays under 24.3 in 99.9 % of cases; the keys are fixed, so is the test.
    drawn = np.array([uniforms(7, 16, key) for key in range(4000)])
    for point in (0, 1, 9, 15):
        counts = np.histogram(drawn[:, point], 8, (0, 1))[0]
        assert ((counts - 500) ** 2 / 500).sum() < 24.3
    # Two points that differ in the first bit are scrambled independently below it.
    a, b = (drawn[:, 0] * 2) % 1, (drawn[:, 1] * 2) % 1
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / math.sqrt(4000)


def test_dimensions_are_scrambled_independently() -> None:
    keys = range(4000)
    first = {d: np.array([uniforms(d, 1, key)[0] for key in keys]) for d in (0, 1, 2, 500)}
    for a, b in itertools.combinations(first, 2):
        assert abs(np.corrcoef(first[a], first[b])[0, 1]) < 4 / math.sqrt(4000)


def test_the_error_of_a_smooth_mean_falls_faster_than_chance() -> None:
    # Var of the mean of exp(u) over 2^m points is below that of chance, Var(exp u) / n =
    # ((e^2 - 1) / 2 - (e - 1)^2) / n = 0.2420 / n, by far: Owen (1997) gives O(n^-3).
    n = 1024
    errors = [float(np.exp(uniforms(0, n, key)).mean()) - (math.e - 1) for key in range(64)]
    assert np.sqrt(np.mean(np.square(errors))) < math.sqrt(0.2420 / n) / 100
    assert abs(np.mean(errors)) < 4 * np.std(errors) / math.sqrt(64)


@pytest.mark.parametrize("dimension", [-1, DIMENSIONS])
def test_there_is_no_other_dimension(dimension: int) -> None:
    with pytest.raises(IndexError, match="dimensions are 0 to 2047"):
        sobol(dimension, 4)
