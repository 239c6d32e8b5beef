"""The months drawn with plotext."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import CERTAIN, projection
from conftest import Golden

from costplan.report.chart import chart, money_ticks


def test_the_chart_without_colour(golden: Golden) -> None:
    """Range, expected cost and budget differ in shape; money and months at the axes."""
    totals = projection(budget="1100").totals()
    golden("chart-80.txt", chart(totals, "USD", width=80, colour=False) + "\n")


def test_colour_adds_codes_and_nothing_else() -> None:
    """The same drawing, painted."""
    totals = projection(budget="1100").totals()
    assert "\x1b[" in chart(totals, "USD", width=80, colour=True)
    assert "\x1b" not in chart(totals, "USD", width=80, colour=False)


@pytest.mark.parametrize("width", [10, 30, 80, 200])
def test_the_chart_keeps_to_its_width(width: int) -> None:
    """Many months thin out the labels; below 30 columns it is drawn at 30."""
    months = projection({("a", "x/y"): ["100"] * 36}, budget="90").totals()
    lines = chart(months, "USD", width=width, colour=False).splitlines()
    assert max(map(len, lines[:-1])) <= max(width, 30)


@pytest.mark.parametrize("cost", ["0", "0.000255", "12", "3400000"])
def test_any_size_of_spend_can_be_drawn(cost: str) -> None:
    """Nothing, next to nothing, and millions."""
    totals = projection({("a", "x/y"): [cost]}, factors=CERTAIN).totals()
    assert "●" in chart(totals, "USD", width=60, colour=False)


@pytest.mark.parametrize(
    ("top", "ticks"),
    [
        ("4200", ["0", "1000", "2000", "3000", "4000"]),
        ("1", ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ("0.0007", ["0", "0.0002", "0.0004", "0.0006"]),
        ("100", ["0", "20", "40", "60", "80", "100"]),
    ],
)
def test_ticks_are_round_amounts(top: str, ticks: list[str]) -> None:
    """From nothing up to the top, in steps of 1, 2 or 5."""
    assert list(money_ticks(Decimal(top))) == list(map(Decimal, ticks))
