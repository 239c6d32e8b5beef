"""Whether caching pays: hand arithmetic on literal prices, and against the same plan without it."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import plan

from costplan.engine.projection import Projection
from costplan.report.caching import caching_table
from costplan.report.money import MoneyFormat

HAIKU = "anthropic/claude-haiku-4-5"  # 1.00 in, 0.10 read, 1.25 and 2.00 to write, per million
ONCE = """
uncertainty: none
months: 1
workloads:
  desk:
    demand: {{requests: {requests}}}
    request: {{system: {{tokens: 10000{cache}}}, input: 100, output: 10, turns: {turns}}}
    routing: {{mix: {{{model}: 100%}}}}
"""


def desk(
    cache: str, requests: str = "1000 once", turns: float = 1, model: str = HAIKU
) -> Projection:
    """A plan with one cached prompt of 10,000 tokens."""
    return plan(ONCE.format(cache=cache, requests=requests, turns=turns, model=model), draws=1)


@pytest.mark.parametrize(
    ("lifetime", "hits", "paid", "pays_from"),
    [
        # 10 million tokens are 10.00 as plain input.
        ("5m", 0.10, 1 * 0.10 + 9 * 1.25, 0.25 / 1.15),
        ("5m", 0.94, 9.4 * 0.10 + 0.6 * 1.25, 0.25 / 1.15),
        ("1h", 0.50, 5 * 0.10 + 5 * 2.00, 1 / 1.9),
        ("1h", 0.60, 6 * 0.10 + 4 * 2.00, 1 / 1.9),
    ],
)
def test_saving_by_hand(lifetime: str, hits: float, paid: float, pays_from: float) -> None:
    """What is read and written at the literal prices, against plain input."""
    found = desk(f", cache: {lifetime}, hits: {hits:.0%}")
    (saving,) = found.caching
    assert float(saving.paid) == pytest.approx(paid)
    assert float(saving.without) == pytest.approx(10)
    assert saving.share == pytest.approx(hits)
    assert saving.break_even == pytest.approx(pays_from)
    warned = [w for w in found.warnings if w.code == "cache-loses"]
    assert bool(warned) == (hits < pays_from)
    for warning in warned:
        assert f"costs {paid - 10:.2f} USD more than none" in warning.message
        assert f"pays from {pays_from:.1%}" in warning.message
    shown = MoneyFormat("USD", 2)(Decimal(str(round(10 - paid, 2))))
    (row,) = caching_table(found.caching, MoneyFormat("USD", 2)).rows
    assert row[2:5] == (f"{hits:.1%}", f"{pays_from:.1%}", shown)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["5m", "1h", "1h, hits: 40%"]),
    st.integers(1, 400),
    st.sampled_from([1, 2, 2.5, 6]),
    st.sampled_from([HAIKU, "anthropic/claude-sonnet-5-5", "anthropic/claude-sonnet-4-5"]),
)
def test_saving_is_the_difference_to_the_plan_without_a_cache(
    cache: str, per_day: int, turns: float, model: str
) -> None:
    """Worked out from demand or stated, over turns and price changes: the money is the plan's."""
    requests = f"{per_day}/day"
    cached = desk(f", cache: {cache}", requests, turns, model)
    plain = desk("", requests, turns, model)
    (saving,) = cached.caching
    difference = float(plain.horizon.expected - cached.horizon.expected)
    assert float(saving.saved) == pytest.approx(difference, rel=1e-9, abs=1e-9)
    assert any(w.code == "cache-loses" for w in cached.warnings) == (
        saving.share < saving.break_even
    )


def test_worked_out_share_decides() -> None:
    """24 conversations a day, an hour: 1 - 1/e = 63.2 % are found, over 52.6 %. 12: 39.3 %."""
    often, seldom = desk(", cache: 1h", "24/day"), desk(", cache: 1h", "12/day")
    assert often.caching[0].share == pytest.approx(1 - math.exp(-1))
    assert seldom.caching[0].share == pytest.approx(1 - math.exp(-0.5))
    assert not [w for w in often.warnings if w.code == "cache-loses"]
    assert [w.where for w in seldom.warnings if w.code == "cache-loses"] == [f"desk on {HAIKU}"]


def test_free_writes_always_pay() -> None:
    """Gemini bills no writes: nothing is lost, whatever the share."""
    found = desk(", cache: 5m, hits: 1%", model="google/gemini-3.8-flash")
    (saving,) = found.caching
    assert saving.break_even == 0
    assert saving.saved > 0
    (row,) = caching_table(found.caching, MoneyFormat("USD", 2)).rows
    assert row[2:4] == ("-", "-")


def test_without_a_cache_nothing_is_said() -> None:
    """No figures, no notes."""
    found = desk("")
    assert found.caching == ()
    assert not any("cach" in note for note in found.notes)
