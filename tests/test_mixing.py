"""The cheapest mix under rules: published cases, brute force, and what holds of any program."""

from __future__ import annotations

import itertools
import math
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costplan.decisions.mixing import Candidate, Rules, best_mix, frontier
from costplan.errors import UsageError

pytest.importorskip("highspy", reason="the extra 'optimize' is not installed")


def candidate(model: str, cost: float, quality: float | None = None, **more: float) -> Candidate:
    """A model whose cost is proportional to its share."""
    provider = model.partition("/")[0]
    return Candidate(
        model=model,
        provider=provider,
        costs=(0.0, cost),
        quality=quality,
        seconds=more.get("seconds"),
    )


# Accuracy and dollars a query on HEADLINES, FrugalGPT's repetition of 2024
# (github.com/stanford-futuredata/FrugalGPT, summary of e8_full_2024).
HEADLINES = [
    candidate("google/gemini-1.5-flash-8b", 8.68e-6, 0.8422),
    candidate("google/gemini-1.5-flash", 1.729e-5, 0.848),
    candidate("openai/gpt-4o-mini", 3.313e-5, 0.8478),
    candidate("anthropic/claude-3.5-sonnet", 8.07e-4, 0.8422),
    candidate("openai/gpt-4-turbo", 3.3306e-3, 0.8558),
]


def test_headlines_at_85_percent() -> None:
    """0.848 + s (0.8558 - 0.848) = 0.85 gives s = 0.002 / 0.0078 = 25.641 %."""
    mix = best_mix(HEADLINES, Rules(quality=0.85))
    assert set(mix.shares) == {"openai/gpt-4-turbo", "google/gemini-1.5-flash"}
    assert mix.shares["openai/gpt-4-turbo"] == pytest.approx(20 / 78)
    assert mix.cost == pytest.approx(8.669e-4, abs=5e-8)
    assert mix.quality == pytest.approx(0.85)
    (saved,) = mix.binding.values()
    assert saved == pytest.approx(mix.cost - 8.68e-6)


def test_only_three_models_are_ever_worth_their_price_alone() -> None:
    """The models that no other beats in both are flash-8b, flash and gpt-4-turbo."""
    alone = {
        model
        for mix in frontier(HEADLINES, Rules())
        if len(mix.shares) == 1
        for model in mix.shares
    }
    assert alone == {"google/gemini-1.5-flash-8b", "google/gemini-1.5-flash", "openai/gpt-4-turbo"}


def test_the_frontier_rises_and_bends_upwards() -> None:
    """More quality costs more, and each further point no less than the one before."""
    points = [(mix.quality or 0.0, mix.cost) for mix in frontier(HEADLINES, Rules())]
    slopes = [(c2 - c1) / (q2 - q1) for (q1, c1), (q2, c2) in itertools.pairwise(points)]
    assert all(slope > 0 for slope in slopes)
    assert all(b >= a * (1 - 1e-6) for a, b in itertools.pairwise(slopes))


def test_a_mix_of_few_models() -> None:
    """Three providers at most half each need two models; one alone cannot."""
    three = [candidate("a/x", 1), candidate("b/y", 2), candidate("c/z", 3)]
    halves = {"a": 0.5, "b": 0.5, "c": 0.5}
    assert best_mix(three, Rules(at_most=halves, models=2)).cost == pytest.approx(1.5)
    with pytest.raises(UsageError, match=r"without .at most 1 models. the cheapest costs 1\.50"):
        best_mix(three, Rules(at_most=halves, models=1))


def test_seconds_are_an_average() -> None:
    """Half at 1 s and half at 5 s make 3 s."""
    two = [candidate("a/slow", 1, seconds=5), candidate("b/fast", 4, seconds=1)]
    mix = best_mix(two, Rules(seconds=3))
    assert mix.shares == pytest.approx({"a/slow": 0.5, "b/fast": 0.5})
    assert mix.binding == pytest.approx({"at most 3 seconds": 1.5})


def test_a_budget_that_is_too_small_says_what_it_would_take() -> None:
    """85 % on HEADLINES costs 8.669e-4 a query; 5e-4 does not buy it."""
    with pytest.raises(UsageError, match=r"without 'budget 0\.0005' the cheapest costs 0\.000867"):
        best_mix(HEADLINES, Rules(quality=0.85, budget=5e-4))


def test_rate_limits_cap_a_share() -> None:
    capped = Candidate(model="a/x", provider="a", costs=(0.0, 1.0), most=0.3)
    mix = best_mix([capped, candidate("b/y", 2)], Rules())
    assert mix.shares == pytest.approx({"a/x": 0.3, "b/y": 0.7})


def thinned(arrivals: float, hit: float, miss: float, pieces: int = 20) -> tuple[float, ...]:
    """The cost of shares of a stream whose prompt is found with 1 - exp(-arrivals x share)."""
    shares = (k / pieces for k in range(pieces + 1))
    return tuple(s * (hit + (miss - hit) * math.exp(-arrivals * s)) for s in shares)


@pytest.mark.parametrize("floor", [None, 0.82, 0.85, 0.88])
def test_splitting_thins_the_cache(floor: float | None) -> None:
    """With caches the best mix is that of every split tried one by one, in steps of 5 %."""
    pieces = 20
    curves = [thinned(4, 1, 3), thinned(3, 1.05, 3.2), thinned(1, 1.4, 2)]
    qualities = (0.80, 0.90, 0.84)
    models = [
        Candidate(model=f"{name}/m", provider=name, costs=curve, quality=quality)
        for name, curve, quality in zip("abc", curves, qualities, strict=True)
    ]
    tried = [
        sum(curve[k] for curve, k in zip(curves, (i, j, pieces - i - j), strict=True))
        for i in range(pieces + 1)
        for j in range(pieces + 1 - i)
        if floor is None
        or sum(q * k for q, k in zip(qualities, (i, j, pieces - i - j), strict=True))
        >= floor * pieces - 1e-9
    ]
    best = best_mix(models, Rules(quality=floor)).cost
    assert best <= min(tried) + 1e-9
    if floor is None:
        assert best == pytest.approx(min(tried))


shares = st.floats(0.05, 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(shares, shares, st.booleans()), min_size=2, max_size=5),
    st.floats(0, 1),
    st.floats(0.2, 1),
)
def test_another_rule_never_lowers_the_optimum(
    drawn: list[tuple[float, float, bool]], floor: float, most: float
) -> None:
    models = [
        Candidate(
            model=f"p{k % 2}/m{k}",
            provider=f"p{k % 2}",
            costs=thinned(2, cost, 2 * cost, 6) if bent else (0.0, cost),
            quality=quality,
        )
        for k, (cost, quality, bent) in enumerate(drawn)
    ]
    free = best_mix(models, Rules()).cost
    rules = [Rules(quality=floor), Rules(quality=floor, at_most={"p0": most})]
    for tighter in rules:
        try:
            cost = best_mix(models, tighter).cost
        except UsageError:
            cost = math.inf
        assert cost >= free - 1e-7
        free = cost


def test_without_the_solver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(UsageError, match=r"pip install 'costplan\[optimize\]'"):
        best_mix(HEADLINES, Rules())
