"""What one conversation uses, checked against a literal turn-by-turn loop."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.engine.conversation import conversation
from costplan.engine.model import Size, Spread, Term, Threshold
from costplan.engine.profile import CacheSplit, CacheUse, Profile


def fixed(tokens: float) -> Size:
    """A size that is known."""
    return Size((Term(tokens),))


@dataclass
class Loop:
    """A conversation told turn by turn, as a provider would bill it."""

    system: int
    new: int
    out: int
    turns: int
    cached: bool
    first_hit: bool

    def usage(self, threshold: float) -> dict[tuple[int, str], float]:
        """Sum over the turns; the whole request pays the tier its own prompt is in."""
        used: dict[tuple[int, str], float] = defaultdict(float)
        history = 0
        for turn in range(self.turns):
            prompt = self.system + history + self.new
            tier = int(prompt > threshold)
            if not self.cached:
                used[tier, "input"] += prompt
            else:
                hit = turn > 0 or self.first_hit
                used[tier, "cache_read" if hit else "cache_write_5m"] += self.system
                used[tier, "input"] += prompt - self.system
            used[tier, "output"] += self.out
            history += self.new + self.out
        return {key: amount for key, amount in used.items() if amount}


@given(
    st.integers(0, 5000),
    st.integers(1, 3000),
    st.integers(1, 2000),
    st.integers(1, 12),
    st.booleans(),
    st.booleans(),
    st.sampled_from([float("inf"), 500.0, 4_000.0, 12_000.0]),
)
def test_closed_form_equals_the_loop(  # noqa: PLR0917
    system: int, new: int, out: int, turns: int, cached: bool, first_hit: bool, threshold: float
) -> None:
    """Growing context, caching and tiers come out as the loop counts them."""
    use = CacheUse("cache_write_5m", None, first_hit) if cached else None
    profile = Profile(
        prefix=Size() if cached else fixed(system),
        cached=fixed(system) if cached else Size(),
        input=fixed(new),
        output=fixed(out),
        turns=Term(turns),
        cache=use,
    )
    found = conversation(profile, (Threshold(threshold),), {})
    expected = Loop(system, new, out, turns, cached, first_hit).usage(threshold)
    assert {key: float(amount) for key, amount in found.items()} == pytest.approx(expected)


def test_four_turns_by_hand() -> None:
    """Turns of 100 in and 50 out after a prompt of 1,000: 4,000 + 100 x 10 + 50 x 6 = 5,300 in."""
    profile = Profile(prefix=fixed(1000), input=fixed(100), output=fixed(50), turns=Term(4))
    assert conversation(profile, (), {}) == {(0, "input"): 5300, (0, "output"): 200}


def test_turns_between_two_whole_numbers_are_a_mixture() -> None:
    """2.5 turns are half conversations of 2 turns and half of 3: inputs sent 3 and 6 times."""
    profile = Profile(input=fixed(100), output=fixed(0), turns=Term(2.5))
    assert conversation(profile, (), {}) == {(0, "input"): (300 + 600) / 2}


def test_stated_hits() -> None:
    """With 90 % hits, 4 turns read 3.6 prompts and write 0.4."""
    profile = Profile(
        cached=fixed(1000), turns=Term(4), cache=CacheUse("cache_write_1h", Term(0.9))
    )
    found = conversation(profile, (), {})
    assert found[0, "cache_read"] == pytest.approx(3600)
    assert found[0, "cache_write_1h"] == pytest.approx(400)


def test_stated_shares_of_all_input() -> None:
    """Of 1,000 tokens sent, 94 % read and 4 % written leave 2 % as input."""
    profile = Profile(
        input=fixed(1000),
        output=fixed(10),
        split=CacheSplit(Term(0.94), Term(0.04), "cache_write_5m"),
    )
    found = {meter: float(amount) for (_, meter), amount in conversation(profile, (), {}).items()}
    assert found == pytest.approx(
        {"input": 20, "cache_read": 940, "cache_write_5m": 40, "output": 10}
    )


def test_reasoning_is_output_and_is_not_sent_again() -> None:
    """Two turns of 10 in, 5 out and 100 of reasoning: 10 + (10 + 5 + 10) in, 210 out."""
    profile = Profile(input=fixed(10), output=fixed(5), reasoning=fixed(100), turns=Term(2))
    assert conversation(profile, (), {}) == {(0, "input"): 35, (0, "output"): 210}


@pytest.mark.parametrize(("tokens", "inclusive", "tier"), [
    (200_000, False, 0), (200_001, False, 1), (200_000, True, 1), (199_999, True, 0),
])  # fmt: skip
def test_threshold_is_strict_unless_inclusive(tokens: int, inclusive: bool, tier: int) -> None:
    """At 200,000: `>` stays at the base, `>=` pays the tier."""
    profile = Profile(input=fixed(tokens), output=fixed(1))
    found = conversation(profile, (Threshold(200_000, inclusive),), {})
    assert set(found) == {(tier, "input"), (tier, "output")}


def test_spread_puts_its_share_of_requests_into_the_tier() -> None:
    """A mean of 150k with a p90 of 260k: sigma 0.5452, so 21.2 % of requests are over 200k.

    By hand: z = 1.28155; sigma = z - sqrt(z^2 - 2 ln(260/150)) = 0.5452; mu = ln 150000 -
    sigma^2/2 = 11.770; P(x > 200000) = 1 - Phi((ln 200000 - mu) / sigma) = 1 - Phi(0.8003)
    = 0.2118.
    """
    from math import erf, log, sqrt

    from costplan.engine.distributions import lognormal_spread

    shape = lognormal_spread(150_000, 260_000)
    beyond = 0.5 * (1 - erf((log(200_000) - shape.mu) / shape.sigma / sqrt(2)))
    assert beyond == pytest.approx(0.2118, abs=5e-5)
    profile = Profile(input=Size((), (Term(150_000),), Spread(shape)), output=fixed(1000))
    found = conversation(profile, (Threshold(200_000),), {})
    assert float(found[1, "output"]) / 1000 == pytest.approx(beyond, rel=1e-12)
    assert float(found[0, "input"] + found[1, "input"]) == pytest.approx(150_000, rel=1e-12)


def test_observed_sizes_are_resampled_as_they_are() -> None:
    """Of four records, one is over the threshold: a quarter of requests, half of the tokens."""
    spread = Spread(values=(100.0, 100.0, 100.0, 300.0))
    profile = Profile(input=Size((), (Term(150.0),), spread), output=fixed(8))
    found = conversation(profile, (Threshold(200),), {})
    assert float(found[1, "input"]) == pytest.approx(75)
    assert float(found[0, "input"]) == pytest.approx(75)
    assert float(found[1, "output"]) == pytest.approx(2)


def test_arrays_of_draws_give_what_single_values_give() -> None:
    """An array of two draws is two conversations."""
    profile = Profile(
        prefix=fixed(500),
        input=Size((Term(0, 1, "x"),)),
        output=fixed(300),
        turns=Term(3),
        cache=None,
    )
    tiers = (Threshold(2_000),)
    both = conversation(profile, tiers, {"x": np.array([100.0, 900.0])})
    for k, x in enumerate((100.0, 900.0)):
        alone = conversation(profile, tiers, {"x": x})
        for key, amount in both.items():
            assert np.broadcast_to(amount, 2)[k] == pytest.approx(float(alone.get(key, 0.0)))


def test_a_hit_share_that_is_not_known_leaves_the_tiers_alone() -> None:
    """Prompts of 3,000 tokens pay the tier above 2,000 in every draw."""
    hits = Term(0, 1, "hits")
    profile = Profile(
        cached=fixed(2_500),
        input=fixed(500),
        output=fixed(300),
        turns=Term(1),
        cache=CacheUse("cache_write_5m", hits, first_hit=False),
    )
    found = conversation(profile, (Threshold(2_000),), {"hits": np.array([0.2, 0.6])})
    assert {key: np.asarray(amount).tolist() for key, amount in found.items()} == {
        (1, "input"): [500, 500],
        (1, "cache_read"): [500, 1_500],
        (1, "cache_write_5m"): [2_000, 1_000],
        (1, "output"): [300, 300],
    }
