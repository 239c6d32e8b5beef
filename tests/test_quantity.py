"""The grammar of quantities: what is read, and what is refused with advice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.quantity import parse_quantity


@pytest.mark.parametrize(
    ("text", "low", "high", "per", "unit"),
    [
        ("800", "800", "800", (), ""),
        ("12k/day", "12000", "12000", ("day",), ""),
        ("3 per user per weekday", "3", "3", ("user", "weekday"), ""),
        ("4%/month", "0.04", "0.04", ("month",), "%"),
        ("800 to 1500", "800", "1500", (), ""),
        ("8k to 15k per day", "8000", "15000", ("day",), ""),
        ("4 to 7%/month", "0.04", "0.07", ("month",), "%"),
        ("-2% to 5%/month", "-0.02", "0.05", ("month",), "%"),
        ("2.5M", "2500000", "2500000", (), ""),
        ("1.2B once", "1200000000", "1200000000", ("once",), ""),
        ("12,000", "12000", "12000", (), ""),
        ("1_200", "1200", "1200", (), ""),
        ("1e6", "1000000", "1000000", (), ""),
        (".5", "0.5", "0.5", (), ""),
        ("100 requests/day", "100", "100", ("day",), "request"),
        ("900 tokens", "900", "900", (), "token"),
        ("15 percent", "15", "15", (), "%"),
        ("50 per month", "50", "50", ("month",), ""),
        ("6/week", "6", "6", ("week",), ""),
    ],
)
def test_reads(text: str, low: str, high: str, per: tuple[str, ...], unit: str) -> None:
    """Numbers keep every digit that was written."""
    found = parse_quantity(text)
    assert (found.low, found.high) == (Decimal(low), Decimal(high))
    assert (found.per, found.unit) == (per, unit)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "expected a number"),
        ("no", "expected a number"),
        ("twelve", "expected a number"),
        ("12:30", "time of day"),
        ("1,5k", "a comma parts thousands"),
        ("12 m", "milli, million, minute or month"),
        ("900 to 350", "runs from low to high"),
        ("8 to 15k", "write the k at both ends"),
        ("4% to 7", "write % at both ends"),
        ("100/dya", "did you mean 'day'"),
        ("5 tokns", "did you mean 'tokens'"),
        ("12 months", "unknown unit 'months'"),
        ("1e99", "too large"),
        ("1e99999999999999999999", "too large"),
        ("100//day", "cannot read"),
        ("nan", "expected a number"),
        ("inf", "expected a number"),
    ],
)
def test_refuses_with_advice(text: str, advice: str) -> None:
    """What could be misread is refused, and the message says what to write."""
    with pytest.raises(ValueError, match=advice):
        parse_quantity(text)


def test_reference_takes_the_range_of_its_assumption() -> None:
    """`$conversations/day` is the assumption's range, per day."""
    found = parse_quantity("$conversations/day").resolved(parse_quantity("8k to 15k"))
    assert [found.low, found.high] == [8000, 15000]
    assert found.per == ("day",)


def test_reference_and_assumption_may_not_both_be_per_something_else() -> None:
    """An assumption per week cannot be used per day."""
    with pytest.raises(ValueError, match="already per week"):
        parse_quantity("$x/day").resolved(parse_quantity("5/week"))


@given(st.decimals(0, 10**9, places=3), st.sampled_from(["", "k", "M", "B"]))
def test_suffixes_multiply_exactly(number: Decimal, suffix: str) -> None:
    """A suffix is a power of ten, in decimal."""
    scale = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}[suffix]
    assert parse_quantity(f"{number}{suffix}").low == number * scale


@given(st.text(max_size=30))
def test_never_fails_otherwise(text: str) -> None:
    """Any text is either a quantity or a ValueError with a sentence."""
    try:
        parse_quantity(text)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - the message is what is tested
