"""Amounts as people read them, and rounding that adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.report.money import (
    MoneyFormat,
    money_for,
    money_telling,
    percent,
    plain_text,
    signed_percent,
)
from costplan.report.rounding import apportioned, apportioned_grid

CENTS = MoneyFormat("USD", 2)
AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=5)


@pytest.mark.parametrize(
    ("amounts", "places"),
    [
        (["12345.67", "0.4"], 0),
        (["1234.5678", "0.4"], 2),
        (["2.355", "0.255", "0.5", "1.6"], 3),
        (["0.255"], 3),
        (["2", "0.5"], 2),
        (["0.00012345"], 6),
        (["0.0000001"], 6),
        ([], 2),
        (["0"], 2),
    ],
)
def test_decimals_follow_the_size_of_the_amounts(amounts: list[str], places: int) -> None:
    """Whole units when large, three telling digits when small, never more than six."""
    assert money_for("USD", map(Decimal, amounts)).places == places


@pytest.mark.parametrize(
    ("cost", "budget", "places"),
    [
        ("0.26", "0.255", 3),
        ("1200", "1100", 2),
        ("1100.004", "1100", 3),
        ("25000", "20000", 0),
        ("20000.4", "20000", 2),
        ("0.000000001", "0", 9),
        ("1.0000000000001", "1", 9),
    ],
)
def test_two_amounts_that_differ_read_differently(cost: str, budget: str, places: int) -> None:
    """As many places as it takes, and no more; nine at most."""
    assert money_telling("USD", Decimal(cost), Decimal(budget)).places == places


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234.5", "$1,234.50"),
        ("-3", "-$3.00"),
        ("0", "$0.00"),
        ("0.004", "<$0.01"),
        ("-0.004", ">-$0.01"),
    ],
)
def test_an_amount_is_never_silently_zero(amount: str, text: str) -> None:
    """What rounds to nothing but is something says so."""
    assert CENTS(Decimal(amount)) == text


def test_an_apportioned_zero_that_is_something_says_so() -> None:
    """The exact amount decides, not what was left of it after rounding."""
    assert CENTS(Decimal(0), exact=Decimal("0.006")) == "<$0.01"


@pytest.mark.parametrize(
    ("currency", "text"), [("EUR", "€1.00"), ("JPY", "¥1.00"), ("SEK", "SEK 1.00")]
)
def test_a_currency_has_its_symbol_or_its_code(currency: str, text: str) -> None:
    """No currency is shown as dollars by default."""
    assert MoneyFormat(currency, 2)(Decimal(1)) == text


def test_a_delta_has_its_sign() -> None:
    """Plus is written; nothing has none; what is absent stays absent."""
    shown = [CENTS.delta(x) for x in (Decimal(2), Decimal(-2), Decimal(0), None)]
    assert shown == ["+$2.00", "-$2.00", "$0.00", "-"]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (0.001, "<1%"),
        (-0.001, ">-1%"),
        (0.5, "50%"),
        (0.999, ">99%"),
        (1.0, "100%"),
        (None, "-"),
    ],
)
def test_a_chance_is_never_rounded_to_never_or_always(share: float | None, text: str) -> None:
    """0% and 100% are kept for what did not happen and what always did."""
    assert percent(share) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.123, "+12%"), (-0.004, "-0.4%"), (0.0001, "0%"), (12.5, "+1,250%"), (None, "-")],
)
def test_a_change_has_its_sign(share: float | None, text: str) -> None:
    """Small changes keep a decimal."""
    assert signed_percent(share) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0.255", "0.255"),
        ("2.000", "2"),
        ("0.5E-3", "0.0005"),
        ("1E+3", "1000"),
        ("0.1234567891", "0.123456789"),
        ("-0.0000000001", "0"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
    ],
)
def test_documents_hold_plain_decimals(amount: str, text: str) -> None:
    """Nine decimals at most, no exponent, no trailing zeros."""
    assert plain_text(Decimal(amount)) == text


@given(st.lists(AMOUNTS, min_size=1, max_size=9))
def test_rounded_parts_add_up_to_the_rounded_total(parts: list[Decimal]) -> None:
    """And no part moves by a whole unit."""
    total = sum(parts, Decimal(0))
    shown = apportioned(parts, total, CENTS)
    assert sum(shown) == CENTS.rounded(total)
    assert all(abs(a - b) < CENTS.unit for a, b in zip(shown, parts, strict=True))


def test_the_largest_remainders_are_rounded_up() -> None:
    """A third each of a dollar: one of them gets the cent."""
    third = Decimal(1) / 3
    shown = apportioned([third, third, third], Decimal(1), CENTS)
    assert list(map(str, shown)) == ["0.34", "0.33", "0.33"]


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(AMOUNTS, min_size=n, max_size=n), min_size=1, max_size=5)
    )
)
def test_a_grid_adds_up_down_its_columns(rows: list[list[Decimal]]) -> None:
    """Months always add up; cells stay within a unit of the truth."""
    row_sums = [sum(row, Decimal(0)) for row in rows]
    column_sums = [sum(column, Decimal(0)) for column in zip(*rows, strict=True)]
    total = sum(row_sums, Decimal(0))
    columns = apportioned(column_sums, total, CENTS)
    grid = apportioned_grid(rows, apportioned(row_sums, total, CENTS), columns, CENTS)
    assert [sum(column) for column in zip(*grid, strict=True)] == list(columns)
    pairs = [(a, b) for x, y in zip(grid, rows, strict=True) for a, b in zip(x, y, strict=True)]
    assert all(abs(a - b) < CENTS.unit for a, b in pairs)


def test_a_grid_adds_up_along_its_rows_too() -> None:
    """Thirds in both directions need a swap to satisfy both."""
    third = Decimal(1) / 3
    rows = [[third, third, third]] * 3
    ones = [Decimal(1)] * 3
    grid = apportioned_grid(rows, ones, ones, CENTS)
    assert [sum(row) for row in grid] == ones
    assert [sum(column) for column in zip(*grid, strict=True)] == ones
