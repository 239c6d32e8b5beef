"""How often a cached prefix is found, against literal replays and simulated arrivals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.engine.distributions import Floats
from costplan.engine.reuse import (
    Gaps,
    LognormalGaps,
    ObservedGaps,
    PoissonGaps,
    break_even_hits,
    found_among,
    found_since,
    found_within,
    zipf_rates,
)

USES = 100_000


def found(times: Floats, lifetime: float, *, refreshed: bool) -> Floats:
    """Whether each use in turn finds the prefix: a cache told use by use."""
    hits = np.zeros(times.size, dtype=bool)
    expires = -math.inf
    for k, moment in enumerate(times.tolist()):
        hits[k] = moment <= expires
        if refreshed or not hits[k]:
            expires = moment + lifetime
    return hits


def uses_of(gap: Callable[[np.random.Generator], Floats]) -> Floats:
    """Moments of uses with such gaps."""
    return np.cumsum(gap(np.random.default_rng(7)))


@pytest.mark.parametrize("refreshed", [True, False])
@pytest.mark.parametrize("lifetime", [20.0, 300.0, 3_600.0])
@pytest.mark.parametrize(
    ("gaps", "draw"),
    [
        (PoissonGaps(1 / 400), lambda rng: rng.exponential(400, USES)),
        (LognormalGaps(114, 1.2), lambda rng: 114 * np.exp(1.2 * rng.standard_normal(USES))),
    ],
)
def test_share_found_is_that_of_simulated_arrivals(
    gaps: Gaps, draw: Callable[[np.random.Generator], Floats], lifetime: float, refreshed: bool
) -> None:
    """Within four standard errors of 100,000 uses, sqrt(0.25 / 100,000) = 0.0016 at most."""
    share = found(uses_of(draw), lifetime, refreshed=refreshed).mean()
    expected = found_within(lifetime, gaps, refreshed=refreshed)
    assert share == pytest.approx(expected, abs=0.0065)


def test_poisson_by_hand() -> None:
    """One use in 300 s on average, kept for 300 s: 1 - 1/e; counted from the write, 1 in 2."""
    assert found_within(300, PoissonGaps(1 / 300)) == pytest.approx(1 - math.exp(-1))
    assert found_within(300, PoissonGaps(1 / 300), refreshed=False) == pytest.approx(0.5)


def test_uses_that_do_not_return_are_never_found() -> None:
    """A third of gaps end at 100 s, the rest never: a third found; M = 1/3 + 1/9 within 200 s.

    M / (1 + M) = (4/9) / (13/9) = 4/13.
    """
    gaps = ObservedGaps(np.array([100.0]), np.array([1 / 3]))
    assert found_within(250, gaps) == pytest.approx(1 / 3)
    assert found_within(250, gaps, refreshed=False) == pytest.approx(4 / 13, abs=1e-6)
    assert found_within(99, gaps) == 0.0


@given(
    st.floats(1, 5_000),
    st.floats(0.00001, 1),
    st.sampled_from(["poisson", "lognormal", "observed"]),
    st.floats(0, 5_000),
    st.floats(1, 5_000),
)
def test_after_a_cold_start_it_is_the_mean_of_the_chances(
    lifetime: float, rate: float, kind: str, start: float, length: float
) -> None:
    """The closed form is the mean of F(min(T, t)) over ten thousand moments."""
    gaps: Gaps = PoissonGaps(rate)
    if kind == "lognormal":
        gaps = LognormalGaps(1 / rate, 0.9, returns=0.6)
    if kind == "observed":
        gaps = ObservedGaps(np.array([50.0, 400.0, 900.0]), np.array([0.2, 0.5, 0.55]))
    moments = start + (np.arange(10_000) + 0.5) / 10_000 * length
    literal = gaps.within(np.minimum(moments, lifetime)).mean()
    assert found_since(lifetime, gaps, start, start + length) == pytest.approx(literal, abs=2e-4)


def test_warm_up_is_that_of_simulated_caches() -> None:
    """The first ten minutes of 4,000 cold caches, a use every 200 s, kept for 300 s."""
    rng = np.random.default_rng(3)
    hits = uses = 0
    for _ in range(4_000):
        times = np.cumsum(rng.exponential(200, 40))
        times = times[times < 600]
        hits += int(found(times, 300, refreshed=True).sum())
        uses += times.size
    assert hits / uses == pytest.approx(found_since(300, PoissonGaps(1 / 200), 0, 600), abs=0.015)


def test_a_log_that_ends_early_does_not_call_gaps_short() -> None:
    """By hand, and against a long log cut into pieces of 500 s with gaps of 400 s on average.

    Four uses: followed after 10 and 30, not followed for 20 and 40. At 10, 1 of 4 is; at 30, 1 of
    the 2 still followed: F(30) = 1 - 3/4 x 1/2 = 5/8, and not the half that counting would give.
    """
    made = ObservedGaps.from_uses([10, 20, 30, 40], [True, False, True, False], [1, 1, 1, 1])
    assert made.within(np.array([9, 10, 29, 30, 99])) == pytest.approx(
        [0, 1 / 4, 1 / 4, 5 / 8, 5 / 8]
    )
    times = uses_of(lambda rng: rng.exponential(400, USES))
    piece = np.floor(times / 500)
    again = np.append(piece[1:] == piece[:-1], False)
    left = (piece + 1) * 500 - times
    seen = ObservedGaps.from_uses(
        np.where(again, np.append(np.diff(times), 0), left), again, np.ones(USES)
    )
    assert found_within(300, seen) == pytest.approx(1 - math.exp(-300 / 400), abs=0.01)


@pytest.mark.parametrize("refreshed", [True, False])
def test_popular_prefixes_are_found_more_often(refreshed: bool) -> None:
    """Twenty prefixes of unequal popularity, replayed use by use."""
    rates = zipf_rates(0.1, 20, 0.9)
    assert rates.sum() == pytest.approx(0.1)
    assert rates[0] / rates[9] == pytest.approx(10**0.9)
    rng = np.random.default_rng(5)
    times = np.cumsum(rng.exponential(10, USES))
    which = rng.choice(20, USES, p=rates / 0.1)
    hits = sum(
        found(times[which == prefix], 300, refreshed=refreshed).sum() for prefix in range(20)
    )
    expected = found_among(300, rates, refreshed=refreshed)
    assert hits / USES == pytest.approx(expected, abs=0.006)
    alike = found_within(300, PoissonGaps(0.1 / 20), refreshed=refreshed)
    assert expected > alike  # popularity helps: the share is not that of the average prefix


@given(st.floats(0.0001, 0.1), st.integers(2, 6))
def test_splitting_uses_over_caches_thins_them(rate: float, caches: int) -> None:
    """What is found never rises when the same uses are spread over more caches."""
    rates = zipf_rates(rate, 50, 0.8)
    assert found_among(300, rates / caches) <= found_among(300, rates)


@pytest.mark.parametrize(
    ("write", "read", "fresh", "share"),
    [
        (1.25, 0.1, 1.0, 0.25 / 1.15),  # 21.7 %, Anthropic's five minutes
        (2.0, 0.1, 1.0, 1 / 1.9),  # 52.6 %, its hour
        (3.75, 0.30, 3.0, 0.75 / 3.45),  # the same in dollars per million
        (1.0, 0.1, 1.0, 0.0),  # free writes
        (0.0, 0.1, 1.0, 0.0),
        (1.25, 1.0, 1.0, math.inf),  # reads that save nothing
    ],
)
def test_break_even(write: float, read: float, fresh: float, share: float) -> None:
    """At that share, reads and writes cost what plain input does."""
    found_share = break_even_hits(write, read, fresh)
    assert found_share == pytest.approx(share)
    if 0 < found_share < 1:
        cost = found_share * read + (1 - found_share) * write
        assert cost == pytest.approx(fresh)


def test_break_even_in_percent() -> None:
    """As providers' multipliers are usually quoted."""
    assert f"{break_even_hits(1.25, 0.1):.1%}" == "21.7%"
    assert f"{break_even_hits(2, 0.1):.1%}" == "52.6%"
