"""What past days say about a volume, and whether real weeks lie in the range it gives."""

from __future__ import annotations

import importlib
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.engine.levels import COMMON, EDGES, SHOCKS, level, mean_one_deviation
from costplan.scenario.uncertainty import STEADY, TYPICAL, VOLATILE

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
TRACES = Path(__file__).parent.parent / "../shared/data/traces"
"""The public traces that docs/modelling.md names; they are not part of the project."""


def spread_by(variation: float, days: int = 8) -> list[float]:
    """Days of 100 with this coefficient of variation: half of them above by it, half below."""
    return [100 * (1 + variation), 100 * (1 - variation)] * (days // 2)


@pytest.mark.parametrize(
    ("daily", "figures", "shock", "doubt"),
    [
        ([100] * 7, (100, 0.0, 7), 0.34, ""),
        (spread_by(0.25), (100, 0.25, 8), 0.34, ""),
        (spread_by(0.5), (100, 0.5, 8), 0.59, ""),
        (spread_by(0.75), (100, 0.75, 8), 1.16, ""),
        ([100] * 6, (100, 0.0, 6), 0.34, "few-days"),
        # 7 x 100 and 7 x 0: mean 50, deviation 50.
        ([100, 0] * 7, (50, 1.0, 7), 1.16, ""),
        # 1 day of 1,000 and 7 of 1: mean 125.875, deviation sqrt(125,000.875 - mean^2) = 330.4.
        ([1000] + [1] * 7, (125.875, 2.6248, 8), 1.16, "on-and-off"),
        ([0] * 9, (0, 0.0, 0), 0.34, "few-days"),
        ([], (0, 0.0, 0), 0.34, "few-days"),
    ],
)
def test_a_level_by_hand(
    daily: list[float], figures: tuple[float, float, int], shock: float, doubt: str
) -> None:
    """Mean, variation and active days; then what follows from them."""
    found = level(daily)
    assert (found.per_day, found.variation, found.active_days) == pytest.approx(figures, abs=1e-4)
    assert (found.shock, found.doubt) == (shock, doubt)


def test_the_words_of_a_scenario_are_these_shocks() -> None:
    assert (STEADY.workload, VOLATILE.workload) == (SHOCKS[0], SHOCKS[2])
    assert {STEADY.common, TYPICAL.common, VOLATILE.common} == {COMMON}


def test_the_range_of_a_total_by_hand() -> None:
    """30 days of 100, s = sqrt(0.34^2 + 0.18^2) = 0.38471: 3,000 exp(-s^2/2 -+ 1.28155 s)."""
    assert level([100] * 7).total(30, (0.1, 0.9)) == pytest.approx([1701.6, 4561.5], rel=1e-3)


@given(
    st.lists(st.floats(1, 1e6), min_size=1, max_size=30), st.floats(1, 365), st.floats(0.01, 0.99)
)
def test_a_total_grows_with_the_days_and_the_probability(
    daily: list[float], days: float, p: float
) -> None:
    found = level(daily)
    low, high = found.total(days, (p / 2, p))
    assert low < high
    assert found.total(2 * days, (p,))[0] == pytest.approx(2 * high)
    # The mean of the range is the level: shocks never move it.
    uniform = (np.arange(20_000) + 0.5) / 20_000
    assert found.total(days, uniform.tolist()).mean() == pytest.approx(
        found.per_day * days, rel=0.02
    )


def test_the_likeliest_deviation_by_hand_and_by_search() -> None:
    """All of |x| = 1: s^2 = 2 (sqrt 2 - 1), s = 0.9102; and no other is likelier for any list."""
    assert mean_one_deviation([1.0, -1.0]) == pytest.approx(0.91018, abs=1e-5)
    x = np.array([-0.3, 0.1, 0.8, -0.4, 0.0])
    s = np.linspace(0.05, 2, 20_000)[:, None]
    likelihood = (-(((x + s * s / 2) / s) ** 2) / 2 - np.log(s)).sum(axis=1)
    best = float(s[np.argmax(likelihood), 0])
    assert mean_one_deviation(x.tolist()) == pytest.approx(best, abs=2e-4)


@pytest.mark.skipif(not TRACES.exists(), reason="the public traces are absent: NOT checked")
@pytest.mark.parametrize("shocks", ["as shipped", "fitted on m-mid"])
def test_real_weeks_lie_in_their_ranges(shocks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Week 2 of clients of m-small, planned from their week 1; they took no part in the fit."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    benchmark = importlib.import_module("volume_coverage")
    sizes = SHOCKS if shocks == "as shipped" else benchmark.fitted(TRACES, "m-mid")
    known = benchmark.clients(TRACES, "m-small", sizes)
    found = benchmark.coverage(known)
    assert 0.70 <= found.inside <= 0.90
    assert found.below <= 0.20
    assert found.above <= 0.20
    assert found.width <= 5
    assert found.clients + found.left_out == len(known) == 43
    assert 0 < found.left_out < 43


@pytest.mark.skipif(not TRACES.exists(), reason="the public traces are absent: NOT checked")
def test_typical_is_what_all_forecastable_clients_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """The likeliest deviation of m-mid's clients together is that of `typical`, within 0.02."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    benchmark = importlib.import_module("volume_coverage")
    known = [each for each in benchmark.clients(TRACES, "m-mid") if not each.level.doubt]
    assert all(each.level.variation <= EDGES[-1] for each in known)
    deviation = mean_one_deviation([each.log_ratio for each in known])
    assert deviation == pytest.approx(math.hypot(TYPICAL.workload, TYPICAL.common), abs=0.02)
