"""The shapes of spreads between requests: their mean is one, whatever else is asked of them."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from costplan.engine.incomplete_gamma import gamma_quantile, upper_gamma
from costplan.engine.model import Size, Spread, Term, Threshold
from costplan.engine.shapes import Capped, Family, Gamma, fitted

AZURE = Path(__file__).parent.parent / "../shared/data/traces/azure2023_code.csv.gz"
SHAPES = [0.05, 0.3, 0.5, 1.0, 1.5, 2.7, 10.0, 100.0, 2_500.0]


@pytest.mark.parametrize("a", SHAPES)
def test_incomplete_gamma_agrees_with_scipy(a: float) -> None:
    """Within 1e-12 from a hundred-millionth of the mean to four times it, and its inverse."""
    special = pytest.importorskip("scipy.special", reason="scipy is not installed")
    x = np.concatenate(([0.0], np.geomspace(1e-8, 1, 60) * a, np.linspace(0.01, 4, 200) * a))
    assert np.abs(upper_gamma(a, x) - special.gammaincc(a, x)).max() < 1e-12
    p = np.array([1e-9, 1e-4, 0.01, 0.1, 0.5, 0.9, 0.999, 1 - 1e-7])
    assert gamma_quantile(a, p) == pytest.approx(special.gammaincinv(a, p), rel=1e-9)


def test_incomplete_gamma_in_closed_form() -> None:
    """Q(1, x) = e^-x, Q(2, x) = (1 + x) e^-x, and Q(1/2, x) = erfc(sqrt x)."""
    x = np.array([0.0, 0.1, 0.9, 1.6, 5.0, 40.0])
    assert upper_gamma(1, x) == pytest.approx(np.exp(-x), rel=1e-12)
    assert upper_gamma(2, x) == pytest.approx((1 + x) * np.exp(-x), rel=1e-12)
    assert upper_gamma(0.5, x) == pytest.approx([math.erfc(math.sqrt(v)) for v in x], rel=1e-12)
    assert gamma_quantile(1, np.array([0.5])) == pytest.approx([math.log(2)], rel=1e-14)


FITS = [
    ("lognormal", {"p90": 1.733}),
    ("lognormal", {"cv": 0.96}),
    ("lognormal", {"p90": 1.9, "cap": 3.5}),
    ("lognormal", {"cv": 0.5, "cap": 4.0}),
    ("gamma", {"p90": 2.6}),
    ("gamma", {"cv": 1.31}),
    ("gamma", {"p90": 2.5, "cap": 4.0}),
    ("gamma", {"cv": 0.9, "cap": 3.7}),
]


@pytest.mark.parametrize(("family", "asked"), FITS)
def test_a_fitted_shape_is_what_was_asked(family: Family, asked: dict[str, float]) -> None:
    """By a literal integral of its quantiles: mean one, the percentile or deviation, the cap."""
    shape = fitted(family, **asked)
    assert shape is not None
    ratios = shape.at((np.arange(5_000) + 0.5) / 5_000)
    assert ratios.mean() == pytest.approx(1, abs=2e-3)
    if "p90" in asked:
        assert np.quantile(ratios, 0.9) == pytest.approx(asked["p90"], rel=1e-3)
        assert shape.p90() == pytest.approx(asked["p90"], rel=1e-9)
    else:
        assert ratios.std() == pytest.approx(asked["cv"], rel=0.03)
    if "cap" in asked:
        assert ratios.max() <= asked["cap"] * (1 + 1e-9)
        assert shape.ends[1] == pytest.approx(asked["cap"], rel=1e-9)
    for level in (0.3, 1.0, 2.2):
        over = ratios > level
        assert shape.beyond(0, np.array([level])) == pytest.approx([over.mean()], abs=3e-4)
        held = (ratios * over).mean()
        assert shape.beyond(1, np.array([level])) == pytest.approx([held], abs=2e-3)


@settings(max_examples=20, deadline=None)
@example("gamma", 2.0, 5.0, 1)
@example("gamma", 2.0, 9.6, 300)
@given(
    st.sampled_from(["lognormal", "gamma"]),
    st.floats(0.1, 2.0),
    st.one_of(st.none(), st.floats(3.0, 50.0)),
    st.integers(1, 300),
)
def test_no_shape_moves_a_mean(family: Family, cv: float, cap: float | None, count: int) -> None:
    """Strata average to one, and what lies beyond nothing is everything."""
    try:
        shape = fitted(family, cv=cv, cap=cap)
    except ValueError:
        assert cap is not None, "only a cap makes a deviation impossible"
        return
    assert shape is not None
    ratios, weights = shape.strata(count)
    assert weights @ ratios == pytest.approx(1, abs=1e-9)
    assert (np.diff(ratios) > 0).all()
    assert shape.beyond(1, np.zeros(1)) == pytest.approx([1], abs=1e-9)


@pytest.mark.parametrize(
    ("family", "asked"),
    [
        ("gamma", {"p90": 3.2}),
        ("lognormal", {"p90": 2.4}),
        ("gamma", {"cv": 0.5, "cap": 1.2}),
        ("lognormal", {"p90": 1.5, "cap": 0.9}),
    ],
)
def test_what_no_shape_can_be_is_said(family: Family, asked: dict[str, float]) -> None:
    """No gamma has a p90 of 3.2 times its mean, and nothing a largest size below its mean."""
    with pytest.raises(ValueError, match=r"no (gamma|lognormal)|above its mean"):
        fitted(family, **asked)


def test_no_spread_is_no_shape() -> None:
    """A p90 that is the mean, or no deviation: all requests are alike."""
    assert fitted("gamma", p90=1.0) is None
    assert fitted("gamma", cv=0.0) is None


def _azure() -> np.ndarray:
    if not AZURE.exists():
        pytest.skip(f"{AZURE.name} is not here: the real trace was not checked")
    with gzip.open(AZURE, "rt") as file:
        next(file)
        return np.array([line.split(",")[1:] for line in file], dtype=np.float64)


def test_a_fit_keeps_the_mean_where_maximum_likelihood_does_not() -> None:
    """Azure's code trace of 2023, input and output: +35 % and -17 % by maximum likelihood.

    Fitted to the mean, every shape costs what the file costs.
    """
    data = _azure()
    for column, bias in ((data[:, 0], 0.35), (data[:, 1][data[:, 1] > 0], -0.17)):
        logs = np.log(column)
        likely = math.exp(logs.mean() + logs.var() / 2)
        assert likely / column.mean() - 1 == pytest.approx(bias, abs=0.01)
        mean, cv = column.mean(), column.std() / column.mean()
        for shape in (
            fitted("lognormal", cv=cv),
            fitted("gamma", cv=cv),
            fitted("gamma", p90=max(1.0, np.quantile(column, 0.9) / mean)),
        ):
            size = Size((), (Term(mean),), Spread(shape))
            assert size.spread is not None
            ratios, weights = size.spread.strata(512)
            assert float(size.varying({})) * (weights @ ratios) == pytest.approx(mean, rel=0.01)


def test_a_capped_gamma_has_the_shares_of_the_trace_it_stands_for() -> None:
    """Azure's inputs end at a context limit: the shares beyond three sizes, within 6 points.

    A lognormal of the same mean and deviation that is not capped puts prompts beyond the limit.
    """
    inputs = _azure()[:, 0]
    mean, top = inputs.mean(), inputs.max()
    capped = fitted("gamma", cv=inputs.std() / mean, cap=top / mean)
    assert capped is not None
    for level in (3_000, 5_000, 6_500):
        share, _ = Threshold(level).crossed(0.0, mean, Spread(capped))
        assert float(np.squeeze(share)) == pytest.approx((inputs > level).mean(), abs=0.06)
    beyond, _ = Threshold(top).crossed(0.0, mean, Spread(capped))
    assert float(np.squeeze(beyond)) == 0
    free = fitted("lognormal", cv=inputs.std() / mean)
    assert float(np.squeeze(Threshold(top).crossed(0.0, mean, Spread(free))[0])) > 0.02


@pytest.mark.parametrize("shape", [Gamma(0.67), fitted("gamma", p90=2.4, cap=5.0)])
def test_tier_share_and_its_tokens_are_those_of_a_million_requests(shape: Gamma | Capped) -> None:
    """Drawn one by one, those over the cap thrown away: within 3 standard errors."""
    rng = np.random.default_rng(5)
    whole = shape.whole if isinstance(shape, Capped) else shape
    assert isinstance(whole, Gamma)
    drawn = rng.gamma(whole.k, 1 / whole.k, 2_000_000)
    if isinstance(shape, Capped):
        drawn = drawn[drawn < shape.cut] * (shape.cap / shape.cut)
    sizes = 150_000 * drawn[:1_000_000]
    share, held = Threshold(200_000).crossed(0.0, 150_000.0, Spread(shape))
    for exact, each in ((share, sizes > 200_000), (held, sizes * (sizes > 200_000) / 150_000)):
        assert abs(float(np.squeeze(exact)) - each.mean()) < 3 * each.std() / 1_000
