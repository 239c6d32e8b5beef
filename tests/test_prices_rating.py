"""What a known usage costs: worked by hand, by published cases, and by properties."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.errors import MissingPriceError, UnknownNameError, UsageError
from costplan.meters import Meter, Usage, usage_of
from costplan.prices import default_book, rate

GOLDEN = Path(__file__).parent.parent.parent / "shared/data/prices/golden_costs.json"

MINI = "openai/gpt-4o-mini"
HAIKU = "anthropic/claude-haiku-5-5"

BY_HAND = [
    # 1,000 x (500 x 0.15 + 300 x 0.60) / 1M = 0.075 + 0.180
    (MINI, "2026-11-20", "standard", 1000, {"input": 500, "output": 300}, "0.255"),
    # the same at half
    (MINI, "2026-11-20", "batch", 1000, {"input": 500, "output": 300}, "0.1275"),
    # 0.5 x 0.25 + 0.3 x 1.25, and 0.5 x 0.80 + 0.3 x 4.00, and 0.5 x 1 + 0.3 x 5 at launch
    ("anthropic/claude-3-haiku", "2026-01-20", None, 1000, {"input": 500, "output": 300}, "0.5"),
    ("anthropic/claude-3-5-haiku", "2026-01-20", None, 1000, {"input": 500, "output": 300}, "1.6"),
    ("anthropic/claude-3-5-haiku", "2024-11-20", None, 1000, {"input": 500, "output": 300}, "2"),
    # 1 x 10 + 0.1 x 40, and a day later 1 x 2 + 0.1 x 8
    ("openai/o3", "2025-06-09", None, 1, {"input": 1_000_000, "output": 100_000}, "14"),
    ("openai/o3", "2025-06-10", None, 1, {"input": 1_000_000, "output": 100_000}, "2.8"),
    # the cliff: 0.1 x 0.1 + 0.001 x 0.5, and one token more: 0.100001 x 0.5 + 0.001 x 2.5
    (HAIKU, "2026-11-20", None, 1, {"input": 100_000, "output": 1000}, "0.0105"),
    (HAIKU, "2026-11-20", None, 1, {"input": 100_001, "output": 1000}, "0.0525005"),
    # cached tokens count for the tier: 0.1 x 0.05 + 0.000001 x 0.5
    (HAIKU, "2026-11-20", None, 1, {"cache_read": 100_000, "input": 1}, "0.0050005"),
    # 0.09 x 0.2 + 0.005 x 5 + 0.0002 x 4 + 0.0015 x 20
    (
        "anthropic/claude-opus-5-5",
        "2026-11-20",
        None,
        1,
        {"cache_read": 90_000, "cache_write_5m": 5000, "input": 200, "output": 1500},
        "0.0738",
    ),
    # 0.05 x 0.1 + 0.01 x 2.5 + 0.001 x 2 + 0.002 x 10
    (
        "openai/gpt-6.1-sol",
        "2026-11-20",
        None,
        1,
        {"cache_read": 50_000, "cache_write_30m": 10_000, "input": 1000, "output": 2000},
        "0.052",
    ),
    # reasoning without a rate of its own is output: 0.001 x 10 + 0.003 x 10
    ("openai/gpt-5", "2026-01-20", None, 1, {"output": 1000, "reasoning": 3000}, "0.04"),
    # and with one it is not: 0.001 x 0.6 + 0.003 x 3.5
    (
        "google/gemini-2.5-flash-preview-04-17",
        "2025-05-01",
        None,
        1,
        {"output": 1000, "reasoning": 3000},
        "0.0111",
    ),
    # one million tokens kept for two hours, at 4.50
    ("google/gemini-2.5-pro", "2026-01-20", None, 1, {"cache_storage": 2_000_000}, "9"),
]


def used(quantities: dict[str, int]) -> Usage:
    """The quantities of a table row, by meter."""
    return Usage({Meter(name): Decimal(quantity) for name, quantity in quantities.items()})


@pytest.mark.parametrize(("model", "at", "mode", "requests", "usage", "total"), BY_HAND)
def test_by_hand(
    *, model: str, at: str, mode: str | None, requests: int, usage: dict[str, int], total: str
) -> None:
    """The total is exact in decimal, not near."""
    assert rate(used(usage), model, at=at, mode=mode, requests=requests).total == Decimal(total)


def _golden() -> list[Any]:
    if not GOLDEN.exists():
        reason = "NOT CHECKED against the worked costs, which are not in this checkout"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason))]
    cases = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", _golden())
def test_worked_cost(case: dict[str, Any]) -> None:
    """Costs worked out by others from the same published prices come out to the last digit."""
    quantities = {}
    for component, part in case["parts"].items():
        # OpenAI's cache writes live 30 minutes; the reference names them as Anthropic's.
        renamed = case["provider"] == "openai" and component == "cache_write_5m"
        name = "cache_write_30m" if renamed else component.removesuffix("_per_1k")
        quantities[name] = part.get("tokens", part.get("count"))
    bill = rate(
        used(quantities),
        f"{case['provider']}/{case['model']}",
        at=case["date"],
        mode=case["mode"],
        requests=case["requests"],
    )
    assert bill.total == Decimal(case["total_usd"])


def test_a_line_item_explains_itself() -> None:
    """Quantity, rate, product, row, day and source stand in one sentence."""
    bill = rate(usage_of(input=500, output=300), MINI, at="2024-08-01", requests=1000)
    item = bill.line_items[0]
    assert item.meter is Meter.INPUT
    assert (int(item.quantity), item.unit, item.per) == (500_000, "tokens", 10**6)
    assert item.rate == Decimal("0.15")
    assert item.explanation.startswith(
        "500,000 tokens x 0.15 / 1,000,000 = 0.075; openai/gpt-4o-mini standard "
        "from 2024-07-18, known 2024-07-18 (announced); source AgentOps-AI/tokencost"
    )
    assert "observed 2025-09-05" in item.source


def test_a_bill_says_what_it_was_asked() -> None:
    """Model, day, day of knowledge, mode and region stand in the bill as they were understood."""
    book = default_book().pinned(known_at=date(2026, 11, 20))
    bill = rate(usage_of(input=1), "openai/gpt-5.6", at="2026-11-20", mode="fast", book=book)
    assert (bill.model, bill.resolved) == ("openai/gpt-5.6", "openai/gpt-5.6-sol")
    assert (bill.at, bill.mode) == (date(2026, 11, 20), "priority")
    assert (bill.known_at, bill.region, bill.currency) == (date(2026, 11, 20), "global", "USD")
    assert bill.line_items[0].tier is None


def test_the_tier_is_named() -> None:
    """A long prompt says which threshold it passed."""
    bill = rate(usage_of(input=300_000), "openai/gpt-5.4", at="2026-11-20")
    assert bill.line_items[0].tier == ">272000"
    assert "prompts >272000" in bill.line_items[0].explanation


BOUNDARIES = [
    ("anthropic/claude-sonnet-4-5", "2026-01-15", 200_000, "3", "6"),
    ("anthropic/claude-opus-4-6", "2026-02-15", 200_000, "5", "10"),
    (HAIKU, "2026-11-20", 100_000, "0.1", "0.5"),
    ("openai/gpt-5.4", "2026-11-20", 272_000, "2.5", "5"),
    ("openai/gpt-6-luna", "2026-11-20", 272_000, "0.1", "0.2"),
    ("google/gemini-3.1-pro-preview", "2026-11-10", 200_000, "2", "4"),
    ("google/gemini-1.5-flash", "2025-01-10", 128_000, "0.075", "0.15"),
]


@pytest.mark.parametrize(("model", "at", "size", "below", "over"), BOUNDARIES)
def test_one_token_over_the_threshold_reprices_the_whole_request(
    *, model: str, at: str, size: int, below: str, over: str
) -> None:
    """At the threshold the lower rate holds; one token more and all tokens pay the higher."""
    assert rate(usage_of(input=size), model, at=at).total * 10**6 == size * Decimal(below)
    more = size + 1
    assert rate(usage_of(input=more), model, at=at).total * 10**6 == more * Decimal(over)


REFUSED = [
    (usage_of(input=1, image_input=5), MINI, {}, MissingPriceError, "no standard rate for image"),
    (usage_of(cache_read=5), MINI, {"mode": "batch"}, MissingPriceError, "no batch rate for cache"),
    (usage_of(web_search=5), MINI, {"at": "2025-06-09"}, MissingPriceError, "rate for web_search"),
    (usage_of(input=1), "openai/o3", {"at": "2025-04-15"}, MissingPriceError, "is from 2025-04-16"),
    (usage_of(input=272_001), "openai/gpt-5.4", {"mode": "fast"}, MissingPriceError, "272,000;"),
    (usage_of(input=1), MINI, {"mode": "ultrafast"}, UnknownNameError, "unknown mode"),
    (usage_of(input=1, mode="batch"), MINI, {"mode": "standard"}, UsageError, "billed in mode"),
    (usage_of(input=1, region="us"), HAIKU, {"region": "global"}, UsageError, "from region"),
    (usage_of(input=1), MINI, {"requests": -1}, UsageError, "whole number"),
    (usage_of(input=1), MINI, {"requests": True}, UsageError, "whole number"),
    (usage_of(input=1), MINI, {"requests": math.nan}, UsageError, "whole number"),
    (usage_of(input=1), MINI, {"requests": math.inf}, UsageError, "whole number"),
    (usage_of(input=1), MINI, {"at": "yesterday"}, UsageError, "expected a day"),
    (usage_of(input=1), MINI, {"at": "2026-02-30"}, UsageError, "no day 2026-02-30"),
    (usage_of(input=1), MINI, {"at": "9999-12-31T23:59-12:00"}, UsageError, "1990 to 2199"),
]


@pytest.mark.parametrize(("usage", "model", "options", "error", "message"), REFUSED)
def test_refused(
    *, usage: Usage, model: str, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    """Nothing is rated at zero or at a neighbour's rate."""
    with pytest.raises(error, match=message):
        rate(usage, model, **{"at": "2026-11-20", **options})


def test_the_mode_and_region_of_the_usage_hold() -> None:
    """What the provider says it billed is used when nothing else is asked for."""
    usage = usage_of(input=10**6, mode="batch", region="us")
    bill = rate(usage, "anthropic/claude-opus-5-5", at="2026-11-20")
    assert (bill.mode, bill.region, bill.total) == ("batch", "us", Decimal("2.2"))


def test_fast_and_priority_of_openai_are_one_mode() -> None:
    """A usage that says priority does not conflict with a question about fast."""
    usage = usage_of(input=10**5, mode="priority")
    assert rate(usage, "openai/gpt-5.5", at="2026-11-20", mode="fast").total == Decimal("1.25")


WARNED = [
    ("google/gemini-2.5-flash-lite", "2025-08-01", {"input": 10}, None),
    ("anthropic/claude-sonnet-4-5", "2026-11-29", {"input": 10}, None),
    ("anthropic/claude-sonnet-4-5", "2026-11-30", {"input": 10}, "after-retirement"),
    (MINI, "2026-11-20", {"input": 128_000}, None),
    (MINI, "2026-11-20", {"input": 128_000, "cache_read": 1}, "over-context"),
    ("openai/gpt-5.6-sol", "2026-11-21", {"input": 10}, None),
    ("openai/gpt-5.6-sol", "2026-11-22", {"input": 10}, "promotion-may-end"),
    ("google/gemini-3.8-flash", "2026-12-31", {"input": 10}, None),
    ("google/gemini-3.8-flash", "2027-01-01", {"input": 10}, None),
    ("anthropic/claude-sonnet-5", "2026-12-31", {"input": 10}, None),
]


@pytest.mark.parametrize(("model", "at", "usage", "code"), WARNED)
def test_warnings(model: str, at: str, usage: dict[str, int], code: str | None) -> None:
    """A price outside a model's life, its context or a promotion is given, with a warning."""
    bill = rate(used(usage), model, at=at)
    assert [warning.code for warning in bill.warnings] == ([code] if code else [])
    assert all(warning.where == bill.resolved for warning in bill.warnings)


MOMENTS = [
    date(2025, 6, 10),
    datetime(2025, 6, 10, 1, tzinfo=UTC),
    datetime(2025, 6, 9, 23, tzinfo=timezone(timedelta(hours=-2))),
    "2025-06-10",
    "2025-06-10T00:00:00Z",
    "2025-06-09T23:00:00-02:00",
]


@pytest.mark.parametrize("at", MOMENTS)
def test_the_day_of_use_may_be_a_moment(at: date | datetime | str) -> None:
    """A moment with a zone counts on its day in UTC."""
    assert rate(usage_of(input=10**6), "openai/o3", at=at).total == 2


def test_an_empty_usage_costs_nothing_and_zero_needs_no_rate() -> None:
    """A provider that reports zero images on a text model is not refused."""
    bill = rate(usage_of(image_input=0), MINI, at="2026-11-20")
    assert bill.total == 0
    assert not bill.line_items


tokens = st.integers(0, 30_000)
meters = st.sampled_from(["input", "cache_read", "cache_write_5m", "cache_write_1h", "output"])
usages = st.dictionaries(meters, tokens)


@given(one=usages, two=usages)
def test_below_the_tiers_a_bill_of_a_sum_is_the_sum_of_bills(
    one: dict[str, int], two: dict[str, int]
) -> None:
    """Splitting a usage changes nothing while no prompt passes a threshold."""
    both = {name: one.get(name, 0) + two.get(name, 0) for name in one | two}
    parts = [
        rate(used(usage), "anthropic/claude-opus-5-5", at="2026-11-20") for usage in (one, two)
    ]
    whole = rate(used(both), "anthropic/claude-opus-5-5", at="2026-11-20")
    assert whole.total == parts[0].total + parts[1].total


@given(usage=st.dictionaries(meters, st.integers(0, 10**6)), requests=st.integers(0, 10**9))
def test_requests_multiply(usage: dict[str, int], requests: int) -> None:
    """Many requests cost as many times one, tiers included, and never less than nothing."""
    one = rate(used(usage), HAIKU, at="2026-11-20")
    many = rate(used(usage), HAIKU, at="2026-11-20", requests=requests)
    assert many.total == one.total * requests >= 0
    assert many.total == sum(item.cost for item in many.line_items)


def test_requests_may_be_a_float_that_is_whole() -> None:
    """As they come out of a table of numbers."""
    assert rate(usage_of(input=500), MINI, at="2026-11-20", requests=3.0).requests == 3  # type: ignore[arg-type]


@given(usage=st.dictionaries(meters, st.integers(0, 10**6)))
def test_the_order_of_the_meters_does_not_matter(usage: dict[str, int]) -> None:
    """Line items come in one order, whatever order the quantities came in."""
    turned = dict(reversed(usage.items()))
    assert rate(used(usage), HAIKU, at="2026-11-20") == rate(used(turned), HAIKU, at="2026-11-20")


@given(quantity=st.decimals("0.000001", "1e15", allow_nan=False, places=6))
def test_arithmetic_is_exact(quantity: Decimal) -> None:
    """No digit is rounded away, however large or small the quantity."""
    bill = rate(Usage({Meter.INPUT: quantity}), "openai/gpt-4.1-nano", at="2026-01-01")
    assert Fraction(bill.total) == Fraction(quantity) / 10 / 10**6
