"""Terms of contracts as arrays: buckets, discounts, capacity, commitments, credits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.engine.contracts import Steps, marginal, served, units_needed
from costplan.engine.distributions import Floats
from costplan.engine.settling import Commitment, Lot, Settlement, Wallet

AMOUNTS = st.floats(0, 1e6).map(lambda x: round(x, 2))
MONTHS = st.lists(AMOUNTS, min_size=1, max_size=14)


@pytest.mark.parametrize(
    ("amount", "sizes", "buckets"),
    [
        (10_000, [5_000], [5_000, 5_000]),
        (15_000, [1_000, 10_000], [1_000, 10_000, 4_000]),
        (50_000, [1_000, 10_000], [1_000, 10_000, 39_000]),
        (500_000, [1_000, 10_000, 100_000], [1_000, 10_000, 100_000, 389_000]),
        (150, [10], [10, 140]),
        (7, [10, 20], [7, 0, 0]),
    ],
)
def test_marginal_buckets(amount: float, sizes: list[float], buckets: list[float]) -> None:
    """Infracost's table (internal/usage/tier_requests_test.go): limits are the buckets' sizes."""
    assert marginal(np.array(amount), sizes).tolist() == buckets


def test_focus_tiers_of_12_gigabytes() -> None:
    """FOCUS: the first 10 GB at 1.00, the rest at 0.50, and 10 % off: 9.00 + 0.90 = 9.90.

    As a discount off 1.00: 10 % of what is below 10, 55 % (0.50, then 10 %) of what is above. All
    of it at the price of the step reached is 12 x 0.50 x 0.9 = 5.40.
    """
    spend = np.array([12.0])
    steps = Steps((0.0, 10.0), (0.10, 0.55))
    assert spend - steps.saved(spend) == pytest.approx([9.90], abs=1e-12)
    volume = replace(steps, kind="volume")
    assert spend - volume.saved(spend) == pytest.approx([5.40], abs=1e-12)


def test_steps_per_term_count_on() -> None:
    """10 % above 100 in all: of 60, 60 and 60 the second pays 20 and the third 60 above it."""
    steps = Steps((100.0,), (0.1,), per_term=True)
    assert steps.saved(np.array([60.0, 60.0, 60.0])) == pytest.approx([0, 2, 6])


def test_a_step_holds_above_its_amount() -> None:
    """At exactly 10 the first step still holds, as "above" says."""
    volume = Steps((0.0, 10.0), (0.1, 0.5), "volume")
    assert volume.saved(np.array([10.0, 10.01])) == pytest.approx([1.0, 5.005])


@given(AMOUNTS, st.lists(st.floats(0.01, 1e5), max_size=5))
def test_buckets_hold_the_amount(amount: float, sizes: list[float]) -> None:
    """They sum to it, none is negative, none but the last is over its size."""
    found = marginal(np.array(amount), sizes)
    assert found.sum() == pytest.approx(amount)
    assert (found >= 0).all()
    assert (found[:-1] <= np.array(sizes) * (1 + 1e-9)).all()


def test_gemini_flash_needs_45_units() -> None:
    """10 queries a second of 1,000 text and 500 audio tokens in, 300 out that burn 5 each.

    (1,000 + 500 + 300 x 5) x 10 / 675 = 44.4: 45 GSU, as Google's own example says
    (docs.cloud.google.com, measure-provisioned-throughput).
    """
    assert units_needed((1_000 + 500 + 300 * 5) * 10, 675) == 45
    assert units_needed(30_000, 675, increment=10) == 50
    assert units_needed(675, 675, minimum=5) == 5
    assert units_needed(675 * 45, 675) == 45


@given(
    st.lists(AMOUNTS, min_size=1, max_size=4),
    st.floats(0, 1e5),
    st.lists(st.floats(0.01, 10), min_size=1, max_size=30),
)
def test_served_is_the_literal_sum(
    demands: list[float], capacity: float, weights: list[float]
) -> None:
    """Slot by slot the smaller of what is asked and what there is, as a part of what is asked."""
    load = np.array(weights) / sum(weights)
    found = served(np.array(demands)[:, None], [capacity], [load])[:, 0]
    for demand, part in zip(demands, found, strict=True):
        literal = sum(min(demand * each, capacity) for each in load)
        assert part == pytest.approx(literal / demand if demand else 1.0, abs=1e-9)


FOCUS_USAGE = np.array([48.0, 120.0, 60.0] + [0.0] * 9)
"""4, 10 and 5 server hours at 12.00 (15.00 less 20 %), then none: April 2025 to March 2026."""
YEAR = Commitment(0, 12, commit=1200)
A1 = [48, 120, 60, *[0] * 8, 972]
A2 = [60, 120, 60, *[60] * 8, 480]


@pytest.mark.parametrize(
    ("terms", "billed", "effective"),
    [
        (YEAR, A1, A1),
        (replace(YEAR, minimum=60), A2, A2),
        (replace(YEAR, prepaid=True), [1200, *[0] * 11], A1),
        (replace(YEAR, prepaid=True, minimum=60), [1200, *[0] * 11], A2),
    ],
    ids=["A1", "A2", "B1", "B2"],
)
def test_focus_spend_agreements(
    terms: Commitment, billed: list[float], effective: list[float]
) -> None:
    """FOCUS, SaaS spend agreements: BilledCost and EffectiveCost of its four CSV files."""
    found = terms.settle(FOCUS_USAGE)
    assert found.billed.tolist() == billed
    assert found.effective.tolist() == effective


def test_a_term_that_began_before_the_plan_or_ends_after_it() -> None:
    """900 of 1,200 spent by then leave 300: 100 used, 200 short in its second and last month."""
    usage = np.array([60.0, 40.0, 10.0])
    begun = Commitment(-10, 2, commit=1200, spent=900)
    assert begun.settle(usage).shortfall.tolist() == [0, 200, 0]
    prepaid = replace(begun, prepaid=True).settle(usage)
    assert prepaid.billed.tolist() == [0, 0, 10]  # paid before the plan; the last month is outside
    assert prepaid.effective.tolist() == [60, 240, 10]
    assert replace(begun, end=5).settle(usage).shortfall.tolist() == [0, 0, 0]


def test_half_a_shortfall_is_charged() -> None:
    """Of the 972 that lack, 486."""
    assert replace(YEAR, fee=0.5).settle(FOCUS_USAGE).shortfall[-1] == 486


TOKENS = Lot(0, 100_000, 200_000, 12)
"""FOCUS virtual currency A1: 100,000 tokens at 2.00, good for 12 months."""


@pytest.mark.parametrize(("paid", "worth"), [(200_000, [490, 20, 720]), (100_000, [245, 10, 360])])
def test_focus_virtual_currency(paid: float, worth: list[float]) -> None:
    """A2 and B2: 245, 10 and 360 tokens are worth what was paid for them.

    245 executions of 1 token, 5 of 2, 120 of 3: at the list price of 2.00 they are 490, 20 and
    720; bought at 1.00, half.
    """
    wallet = Wallet(0.5, (replace(TOKENS, paid=paid),))
    found = wallet.settle(np.array([[490.0, 0], [20.0, 0], [720.0, 0]]))
    assert found.effective[:, 0].tolist() == worth
    assert found.billed[:, 0].tolist() == [paid] * 3
    assert found.credits is not None
    assert (100_000 - found.credits[:, 0]).tolist() == [245, 10, 360]


def test_focus_overage_and_more_tokens() -> None:
    """C: 1,500 tokens beyond those there are at 2.00 are 3,000; 25,000 more are 50,000."""
    wallet = Wallet(0.5, (TOKENS, Lot(1, 25_000, 50_000, 12)))
    found = wallet.settle(np.array([203_000.0, 1_000.0]))
    assert found.billed.tolist() == [200_000 + 3_000, 50_000]
    assert found.effective.tolist() == [203_000, 1_000]
    assert found.left.tolist() == [0, 49_000]


def test_two_million_credits_for_a_dollar() -> None:
    """100 bought for 100 are 200M credits; 30 of usage takes 60M of them."""
    found = Wallet(2e6, (Lot(0, 200e6, 100),)).settle(np.array([30.0, 0.0]))
    assert found.credits is not None
    assert found.credits.tolist() == [140e6, 140e6]
    assert found.billed.tolist() == [100, 0]
    assert found.effective.tolist() == [30, 0]
    assert found.left.tolist() == [70, 70]


def test_credits_that_expire_are_lost_in_their_last_month() -> None:
    """Of 100 good for two months 60 are used; 40 are lost, and effective, in the second."""
    found = Wallet(1, (Lot(0, 100, 100, 2),)).settle(np.array([50.0, 10.0, 5.0]))
    assert found.effective.tolist() == [50, 50, 5]
    assert found.billed.tolist() == [100, 0, 5]


def test_a_top_up_is_bought_in_whole_packs() -> None:
    """130 with 100 there: one pack of 50, of which 20 are left for the next month."""
    wallet = Wallet(1, (Lot(0, 100, 100),), Lot(0, 50, 45))
    found = wallet.settle(np.array([130.0, 90.0]))
    assert found.paid.tolist() == [145, 90]  # 90 - 20 = 70 takes two more
    assert found.drawn.tolist() == [130, 90]
    assert found.credits is not None
    assert found.credits.tolist() == [20, 30]


def _balance(found: Settlement, opening: float) -> Floats:
    return np.asarray(opening + np.cumsum(found.paid) - np.cumsum(found.consumed) - found.left)


@given(
    MONTHS,
    st.lists(
        st.tuples(
            st.integers(0, 10), st.floats(1, 1e5), st.floats(0, 1e5), st.integers(1, 12) | st.none()
        ),
        max_size=4,
    ),
    st.booleans(),
)
def test_what_is_paid_is_consumed_or_left(
    usage: list[float], bought: list[tuple[int, float, float, int | None]], topped: bool
) -> None:
    """So billed and effective differ by what is left, month after month."""
    lots = tuple(
        Lot(month, number, paid, None if lasts is None else month + lasts)
        for month, number, paid, lasts in bought
    )
    wallet = Wallet(2.0, lots, Lot(0, 500.0, 300.0, 3) if topped else None)
    found = wallet.settle(np.array(usage))
    scale = 1 + found.paid.sum()
    assert _balance(found, 0.0) == pytest.approx(np.zeros(len(usage)), abs=1e-9 * scale)
    difference = np.cumsum(found.billed - found.effective)
    assert difference == pytest.approx(found.left, abs=1e-9 * (scale + sum(usage)))
    assert (found.drawn <= np.array(usage) * (1 + 1e-9)).all()
    if topped:
        assert found.drawn == pytest.approx(np.array(usage))


@given(MONTHS, AMOUNTS, AMOUNTS, st.integers(1, 16), st.booleans())
def test_a_commitment_settles_as_the_literal_ledger_says(
    usage: list[float], commit: float, minimum: float, months: int, prepaid: bool
) -> None:
    """A ledger kept by hand: what counts, what is short, what is drawn."""
    found = Commitment(0, months, commit, minimum, prepaid).settle(np.array(usage))
    counted, balance = 0.0, commit if prepaid else 0.0
    for month, used in enumerate(usage):
        bill = commit if prepaid and month == 0 else 0.0
        short = 0.0
        if month < months:
            short = max(0.0, minimum - used)
            if month == months - 1:
                short = max(short, commit - counted - used)
            counted += used + short
            drawn = min(balance, used + short)
            balance -= drawn
            bill -= drawn
        bill += used + short
        assert found.billed[month] == pytest.approx(bill, abs=1e-6)
        assert found.effective[month] == pytest.approx(used + short, abs=1e-6)
    if months <= len(usage):
        assert found.billed.sum() == pytest.approx(found.effective.sum(), rel=1e-9, abs=1e-6)


@given(MONTHS, AMOUNTS, AMOUNTS, AMOUNTS, st.booleans())
def test_more_commitment_never_lowers_the_shortfall(
    usage: list[float], commit: float, more: float, minimum: float, prepaid: bool
) -> None:
    """Nor a higher minimum."""
    spend = np.array(usage)
    less, greater, stricter = (
        Commitment(0, len(usage), c, m, prepaid).settle(spend)
        for c, m in ((commit, minimum), (commit + more, minimum), (commit, minimum + more))
    )
    for other in (greater, stricter):
        assert other.shortfall.sum() >= less.shortfall.sum() * (1 - 1e-12) - 1e-6
        assert other.effective.sum() >= less.effective.sum() * (1 - 1e-12) - 1e-6


@given(st.lists(AMOUNTS, min_size=1, max_size=6))
def test_draws_settle_one_by_one(usage: list[float]) -> None:
    """The same code for the expected plan and its draws: axes before the months are free."""
    draws = np.array([usage, [2 * x for x in usage], [0.0] * len(usage)])
    for terms in (
        Commitment(0, len(usage), 500.0, 20.0, prepaid=True),
        Wallet(2.0, (Lot(0, 300, 100, 2),), Lot(0, 50, 30, 2)),
    ):
        together = terms.settle(draws)
        for k, draw in enumerate(draws):
            alone = terms.settle(draw)
            assert together.billed[k] == pytest.approx(alone.billed)
            assert together.effective[k] == pytest.approx(alone.effective)
