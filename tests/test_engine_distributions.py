"""Ranges as distributions: percentiles, means, moments and quadrature against known answers."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.engine.distributions import Beta, Change, Lognormal, from_range, lognormal_spread
from costplan.engine.normal import normal_quantile, quantiles

ENDS = np.array([0.05, 0.95])


def test_squiggles_five_to_ten() -> None:
    """`5 to 10` is the lognormal that Squiggle documents: mu 1.95601, sigma 0.210702."""
    known = from_range(5, 10, "positive")
    assert isinstance(known, Lognormal)
    assert known.mu == pytest.approx(1.95601, abs=5e-6)
    assert known.sigma == pytest.approx(0.210702, abs=5e-7)
    assert known.mean == pytest.approx(7.2298, abs=5e-5)


def test_mean_of_thousand_to_four_thousand() -> None:
    """`1000 to 4000` has median 2,000 and mean 2,185.70."""
    known = from_range(1000, 4000, "positive")
    assert known.quantile(np.array([0.5]))[0] == pytest.approx(2000)
    assert known.mean == pytest.approx(2185.70, abs=0.005)


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [
        (350, 900, "positive"),
        (0.04, 0.07, "growth"),
        (-0.02, 0.05, "growth"),
        (0.08, 0.15, "share"),
        (0.94, 0.97, "share"),
        (0.001, 0.02, "share"),
        (0.3, 0.31, "share"),
        (0.01, 0.99, "share"),
    ],
)
def test_ends_of_a_range_are_its_5th_and_95th_percentile(
    low: float, high: float, kind: str
) -> None:
    """Whatever the distribution, the ends are where they are said to be."""
    known = from_range(low, high, kind)  # type: ignore[arg-type]
    assert known.quantile(ENDS) == pytest.approx([low, high], rel=1e-4)


def test_beta_against_a_closed_form() -> None:
    """Beta(1, 2) has the distribution function 1 - (1 - x)^2."""
    probability = np.array([0.05, 0.3, 0.5, 0.9])
    expected = 1 - np.sqrt(1 - probability)
    assert Beta(1.0, 2.0).quantile(probability) == pytest.approx(expected, rel=1e-4)
    assert Beta(1.0, 2.0).mean == pytest.approx(1 / 3)
    assert Beta(1.0, 2.0).moment(2) == pytest.approx(1 / 6)


@given(st.floats(1e-12, 1 - 1e-12))
def test_normal_quantile_agrees_with_the_standard_library(probability: float) -> None:
    """AS 241 is what `statistics.NormalDist` uses too; ours is for arrays."""
    expected = NormalDist().inv_cdf(probability)
    assert normal_quantile(np.array([probability]))[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "known", [Lognormal(1.0, 0.3), Change(Lognormal(0.02, 0.03)), Beta(2.0, 5.0), Beta(24.7, 194.5)]
)
def test_quadrature_gives_the_exact_moments(known: Lognormal | Change | Beta) -> None:
    """Gauss nodes integrate powers of the variable as its closed form does."""
    points, weights = known.nodes(32)
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    for order in range(6):
        assert weights @ points**order == pytest.approx(known.moment(order), rel=1e-9)


def test_growth_is_averaged_after_compounding() -> None:
    """E[(1+g)^2] = 1 + 2 E[g] + E[g^2], which is more than (1 + E[g])^2."""
    known = from_range(0.04, 0.07, "growth")
    by_hand = 1 + 2 * known.mean + known.moment(2)
    assert known.compounded(2) == pytest.approx(by_hand, rel=1e-14)
    assert known.compounded(2) > (1 + known.mean) ** 2
    points, weights = known.nodes(64)
    assert known.compounded(11) == pytest.approx(float(weights @ (1 + points) ** 11), rel=1e-12)
    assert known.compounded(0.5) == pytest.approx(float(weights @ (1 + points) ** 0.5), rel=1e-12)


@given(st.floats(10, 1e6), st.floats(1.01, 2.27))
def test_spread_has_the_stated_mean_and_p90(mean: float, ratio: float) -> None:
    """A spread of mean and p90 has just these, by the narrower of the two lognormals."""
    known = lognormal_spread(mean, mean * ratio)
    assert known.mean == pytest.approx(mean, rel=1e-9)
    assert known.quantile(np.array([0.9]))[0] == pytest.approx(mean * ratio, rel=1e-6)
    assert known.sigma <= 1.2815515655446004 + 1e-12


def test_largest_possible_ratio_of_p90_to_mean() -> None:
    """exp(z sigma - sigma^2/2) is largest at sigma = z: exp(1.28155^2 / 2) = 2.273."""
    assert math.exp(1.2815515655446004**2 / 2) == pytest.approx(2.273, abs=5e-4)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50), st.floats(0, 1))
def test_quantiles_are_those_of_numpy(values: list[float], probability: float) -> None:
    """In a straight line between neighbours, along the last axis."""
    table = np.array([values, [2 * value for value in values]])
    expected = np.quantile(table, (0.1, probability), axis=1).T
    np.testing.assert_allclose(quantiles(table, (0.1, probability)), expected, atol=1e-9)
