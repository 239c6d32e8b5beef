"""What holds for every drawing, of any amounts, at any size."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from charts_made import periods, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from costplan.report.table import cell_width
from costplan.tui.charts.frontier import Frontier, Spot
from costplan.tui.charts.marks import Drawing, Line, Mark, cut
from costplan.tui.charts.months import Months
from costplan.tui.charts.steps import Prices, Series
from costplan.tui.charts.tornado import Swing, Tornado
from costplan.tui.charts.waterfall import Item, Waterfall

AMOUNTS = st.one_of(
    st.sampled_from([Decimal(0), Decimal("1e-6"), Decimal("1e9"), Decimal("-1e9")]),
    st.decimals("-1e12", "1e12", places=2),
    st.decimals("-0.01", "0.01", places=9),
    st.sampled_from([Decimal("1e-300"), Decimal("1e300"), Decimal("-1e300")]),
)
NAMES = st.sampled_from(
    ["gpt", "anthropic/claude-haiku-5-5", "日本語のモデル", "e\u0301tude", "a\x1b[31mb", ""]
)
ITEMS = st.builds(Item, NAMES, AMOUNTS, st.sampled_from(["$1", "-$1,234,567.00", ""]))
FEW = st.sampled_from([1, 2, 7, 40])
DAYS = st.integers(0, 1500).map(lambda days: date(2024, 1, 1) + timedelta(days))


def listed(one: st.SearchStrategy[Item]) -> st.SearchStrategy[tuple[Item, ...]]:
    return FEW.flatmap(lambda size: st.lists(one, min_size=size, max_size=size).map(tuple))


@st.composite
def month_drawings(draw: st.DrawFn) -> Months:
    count = draw(st.sampled_from([1, 2, 12, 36, 120]))
    sizes = st.lists(AMOUNTS.map(str), min_size=count, max_size=count)
    base = draw(st.one_of(st.none(), sizes))
    plan = periods(draw(sizes), budget=draw(st.one_of(st.none(), AMOUNTS.map(str))), spread="0.4")
    chosen = draw(st.one_of(st.none(), st.integers(0, count - 1)))
    return Months.of(
        plan, periods(base) if base else None, currency="USD", changes=[0], selected=chosen
    )


WATERFALLS = st.builds(Waterfall, st.just("USD"), ITEMS, listed(ITEMS), ITEMS)
SWINGS = st.builds(Swing, NAMES, AMOUNTS, AMOUNTS, st.just("$1,234"), st.just("$5,678.00"))
TORNADOS = st.builds(
    Tornado, st.just("SEK"), AMOUNTS, st.just("SEK 5"), FEW.flatmap(
        lambda size: st.lists(SWINGS, min_size=size, max_size=size).map(tuple)
    ),
)  # fmt: skip
SPOTS = st.builds(
    Spot, NAMES, AMOUNTS, st.floats(0, 1), st.just("$1"), st.just("9.9%"),
    st.sampled_from(["option", "frontier", "today", "best"]),
)  # fmt: skip
FRONTIERS = st.builds(
    Frontier,
    st.just("EUR"),
    FEW.flatmap(lambda size: st.lists(SPOTS, min_size=size, max_size=size).map(tuple)),
    line=st.sampled_from([(), (0,)]),
)
SERIES = st.builds(
    Series,
    NAMES,
    st.dictionaries(DAYS, AMOUNTS.map(abs), max_size=6).map(
        lambda found: tuple(sorted(found.items()))
    ),
)
PRICES = st.builds(
    Prices, st.just("USD"), st.lists(SERIES, max_size=6).map(tuple), DAYS, DAYS, DAYS
)
DRAWINGS = {
    "months": month_drawings(),
    "waterfall": WATERFALLS,
    "tornado": TORNADOS,
    "frontier": FRONTIERS,
    "prices": PRICES,
}


def cells(line: Line) -> int:
    """How many cells a line takes."""
    return sum(cell_width(text) for _, text in line)


@pytest.mark.parametrize("kind", DRAWINGS)
def test_a_drawing_keeps_to_its_size(kind: str) -> None:
    """It never raises, and every cell of it can be asked for what it shows."""

    @settings(max_examples=25)
    @given(DRAWINGS[kind], st.integers(0, 170), st.integers(0, 45), st.data())
    def check(drawing: Drawing, width: int, height: int, data: st.DataObject) -> None:
        lines = drawing.draw(width, height)
        assert len(lines) <= height
        assert all(cells(line) <= width for line in lines)
        assert all("\x1b" not in text for line in lines for _, text in line)
        x, y = data.draw(st.integers(-1, width)), data.draw(st.integers(-1, height))
        assert drawing.index_at(x, y, width, height) in {None, *range(121)}
        assert cells(cut(drawing.legend(), width)) <= max(0, width)

    run: Callable[[], None] = check
    run()


def test_a_legend_leaves_out_what_has_no_room() -> None:
    legend = ((Mark.SURE, "█"), (Mark.AXIS, " to P10  "), (Mark.BASE, "═"), (Mark.AXIS, " base  "))
    assert text_of(cut(legend, 16)) == "█ to P10  ═ base"
    assert text_of(cut(legend, 15)) == "█ to P10"
    assert cut(legend, 7) == ()
