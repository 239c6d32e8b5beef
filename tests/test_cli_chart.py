"""The months above the tables of a plan."""

from __future__ import annotations

import re

import pytest
from builders import CERTAIN, projection
from conftest import Golden

from costplan.cli.chart import chart


def test_the_chart_without_colour(golden: Golden) -> None:
    """Range, expected cost and budget differ in shape; money and months at the axes."""
    plan = projection(budget="1100")
    golden("chart-80.txt", chart(plan, "month", width=80, colour=False) + "\n")


def test_colour_adds_codes_and_nothing_else() -> None:
    """The same drawing, painted."""
    plan = projection(budget="1100")
    painted = chart(plan, "month", width=80, colour=True)
    lines = re.sub(r"\x1b\[[\d;]*m", "", painted).splitlines()
    assert painted.count("\x1b[") > 10
    assert "\n".join(map(str.rstrip, lines)) == chart(plan, "month", width=80, colour=False)


@pytest.mark.parametrize("width", [10, 30, 80, 200])
def test_the_chart_keeps_to_its_width(width: int) -> None:
    """Many months thin out; below 30 columns it is drawn at 30."""
    plan = projection({("a", "x/y"): ["100"] * 36}, budget="90")
    lines = chart(plan, "month", width=width, colour=False).splitlines()
    assert max(map(len, lines[:-1])) <= max(width, 30)


@pytest.mark.parametrize("cost", ["0", "0.000255", "12", "3400000"])
def test_any_size_of_spend_can_be_drawn(cost: str) -> None:
    """Nothing, next to nothing, and millions."""
    plan = projection({("a", "x/y"): [cost]}, factors=CERTAIN)
    assert "$0┤" in chart(plan, "month", width=60, colour=False)
