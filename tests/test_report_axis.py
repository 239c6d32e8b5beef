"""Axes of money: what is written at them, and in which cell an amount falls."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.report.axis import MoneyAxis, money_names

AMOUNTS = st.one_of(
    st.decimals("-1e12", "1e12", places=2),
    st.decimals("-1", "1", places=9),
    st.sampled_from([Decimal("1e-300"), Decimal("1e300"), Decimal("-1e300"), Decimal(0)]),
)


@pytest.mark.parametrize("amount", ["0", "0.000012", "0.3", "7", "999", "12345", "98765432"])
@pytest.mark.parametrize("lines", [2, 5, 9, 40])
def test_the_axis_begins_at_nothing_and_names_round_amounts(amount: str, lines: int) -> None:
    axis = MoneyAxis.over(Decimal(0), Decimal(amount), lines, "USD")
    names = [name for _, name in axis.ticks]
    assert axis.ticks[0] == (0, "$0")
    assert len(set(names)) == len(names)
    assert axis.unit * lines > Decimal(amount)


@given(AMOUNTS, AMOUNTS, st.integers(2, 60))
def test_an_axis_holds_what_it_is_made_for(one: Decimal, other: Decimal, cells: int) -> None:
    """Cells and places follow the order of the amounts, and 0 is where it is said to be."""
    low, high = sorted((one, other))
    for axis in (
        MoneyAxis.over(low, high, cells, "USD"),
        MoneyAxis.between(low, high, cells, "USD"),
    ):
        assert 0 <= axis.cell(low) <= axis.cell(high) < cells
        assert 0 <= axis.place(low) <= axis.place(high) <= cells
        assert all(0 <= cell < cells for cell, _ in axis.ticks)
        if not axis.origin:
            assert axis.cell(Decimal(0)) == axis.zero


@pytest.mark.parametrize(
    ("low", "high", "cells", "unit", "zero"),
    [
        # 10 lines hold 0 to 900 as 100 each; 950 still, in the last of them.
        ("0", "900", 10, "100", 0),
        ("0", "950", 10, "100", 0),
        # 1000 needs an eleventh line of 100: the next tighter step is 250 in two lines.
        ("0", "1000", 10, "125", 0),
        # As much below nothing as above it: half of the lines each.
        ("-450", "450", 10, "100", 5),
        # Only savings: the top line is the first above 0.
        ("-800", "0", 9, "100", 8),
    ],
)
def test_the_tightest_round_lines_are_taken(
    low: str, high: str, cells: int, unit: str, zero: int
) -> None:
    axis = MoneyAxis.over(Decimal(low), Decimal(high), cells, "USD")
    assert (axis.unit, axis.zero) == (Decimal(unit), zero)


def test_an_amount_on_an_edge_is_in_the_cell_above_it() -> None:
    axis = MoneyAxis.over(Decimal(0), Decimal(900), 10, "USD")
    cells = [axis.cell(Decimal(amount)) for amount in ("0", "99.99", "100", "100.01", "9999", "-5")]
    assert cells == [0, 0, 1, 1, 9, 0]
    assert axis.part(Decimal(150)) == pytest.approx(0.5)


def test_an_axis_far_from_nothing_begins_at_a_round_amount() -> None:
    """180,000 to 200,000 over 20 cells: 1,250 each, from the last round amount below."""
    axis = MoneyAxis.between(Decimal(180_500), Decimal(199_000), 20, "USD")
    assert axis.origin == 180_000
    assert axis.ticks[0] == (0, "$180k")
    assert axis.unit * 20 >= 19_000


def test_an_axis_of_amounts_that_are_all_the_same_has_some_width() -> None:
    """A thousandth of them at least, so that their names stay readable."""
    axis = MoneyAxis.between(Decimal(24_964), Decimal(24_964), 20, "USD")
    assert axis.unit * 20 >= Decimal("24.964")
    assert 0 < axis.cell(Decimal(24_964)) < 19


def test_an_axis_between_savings_and_costs_holds_nothing_too() -> None:
    axis = MoneyAxis.between(Decimal(-40), Decimal(90), 20, "USD")
    assert axis.origin == 0
    assert "$0" in dict(axis.ticks).values()


@pytest.mark.parametrize(
    ("amounts", "currency", "names"),
    [
        (["0", "2500", "5000", "10000"], "USD", ["$0", "$2.5k", "$5.0k", "$10.0k"]),
        (["0", "0.05"], "EUR", ["€0", "€0.05"]),
        (["0", "0.5", "1.0"], "USD", ["$0", "$0.50", "$1.00"]),
        (["87.5", "90"], "", ["87.5", "90.0"]),
        (["0", "2000000"], "SEK", ["0", "2M"]),
        (["-5000", "0", "5000"], "USD", ["-$5,000", "$0", "$5,000"]),
        (["0", "2500000000000"], "GBP", ["£0", "£2.5T"]),
        (["0", "0.000002"], "USD", ["$0", "$0.000002"]),
    ],
)
def test_amounts_share_one_unit(amounts: list[str], currency: str, names: list[str]) -> None:
    assert list(money_names([Decimal(amount) for amount in amounts], currency)) == names
