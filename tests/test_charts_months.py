"""The months as columns: what stands in which cell, by arithmetic."""

from __future__ import annotations

import pytest
from charts_made import marks_at, months, page_of, periods, text_of, texts_of
from conftest import Golden

from costplan.tui.charts.canvas import Canvas, new_figure, parse_runs
from costplan.tui.charts.columns import GLYPHS, Layout
from costplan.tui.charts.marks import Mark
from costplan.tui.charts.months import Months
from costplan.tui.charts.periods import period_labels

HEIGHT = 13
"""Ten lines for columns up to 900, so that each line is 100, and three below."""
COLUMN = 6
"""A cell of the first column: 5 of the margin `$900`, and one more."""
YEAR = ["100", "200", "300", "400", "500", "600", "700", "800", "900", "800", "700", "600"]


def test_the_private_figure_of_plotext_is_where_we_expect_it() -> None:
    """Two figures are apart from each other: what plotext's public one does not offer."""
    one, two = new_figure(20, 6), new_figure(30, 8)
    one.draw(one.signal([1, 2], [1, 2], marker="x"))
    assert parse_runs(one.build().string()) != parse_runs(two.build().string())
    assert len(parse_runs(two.build().string())) == 8


def test_what_is_drawn_on_a_canvas_comes_back_as_runs() -> None:
    """Later marks lie above earlier ones; what is outside is left out."""
    canvas = Canvas(4, 3)
    canvas.box(range(-5, 2), range(1, 9), Mark.SURE, "█")
    canvas.cell(1, 1, Mark.LABEL, "a")
    assert canvas.lines() == [
        ((Mark.BLANK, "    "),),
        ((Mark.SURE, "█"), (Mark.LABEL, "a"), (Mark.BLANK, "  ")),
        ((Mark.SURE, "██"), (Mark.BLANK, "  ")),
    ]


def test_a_line_through_points_passes_through_their_cells() -> None:
    canvas = Canvas(8, 4)
    canvas.join([(0.5, 3.5), (7.5, 0.5)], Mark.FRONTIER)
    lines = texts_of(canvas.lines())
    assert lines[3][0] != " "
    assert lines[0][7] != " "
    assert all(line.strip() for line in lines)


def test_a_column_fades_from_sure_to_likely() -> None:
    """Solid to P10, shaded to what is expected, light to P90; 100 to a line."""
    # 600 with a half to either side: P10 is 300, P90 is 900.
    drawing = months(["600"], spread="0.5")
    marks = marks_at(drawing.draw(30, HEIGHT)[:10], COLUMN)
    assert marks == [
        *[Mark.BAND] * 3,
        Mark.EXPECTED_ON_BAND,
        *[Mark.LIKELY] * 3,
        *[Mark.SURE] * 3,
    ]


@pytest.mark.parametrize(
    ("expected", "glyph", "mark"),
    [
        ("600", "▁", Mark.EXPECTED),
        ("650", "━", Mark.EXPECTED_ON_LIKELY),
        ("690", "▔", Mark.EXPECTED_ON_LIKELY),
    ],
)
def test_the_expected_cost_is_told_to_a_third_of_a_line(
    expected: str, glyph: str, mark: Mark
) -> None:
    line = months([expected, "900"]).draw(40, HEIGHT)[3]
    assert (mark, text_of(line)[COLUMN]) == (marks_at([line], COLUMN)[0], glyph)


def test_higher_columns_for_higher_amounts() -> None:
    lines = texts_of(months(YEAR).draw(90, HEIGHT)[:10])
    layout = Layout.fit(12, 5, 90)
    heights = [sum(line[5 + layout.column(k).start] != " " for line in lines) for k in range(12)]
    # A column of 100 ends in the second line: the first is full, the mark stands on it.
    assert heights == [2, 3, 4, 5, 6, 7, 8, 9, 10, 9, 8, 7]


def test_what_is_over_budget_is_drawn_in_marks_of_its_own() -> None:
    """And told by a sign beside the name."""
    lines = months(["500", "700"], budget="600").draw(40, HEIGHT)
    marks = {mark for line in lines for mark, _ in line}
    assert {Mark.SURE, Mark.SURE_OVER, Mark.BUDGET} <= marks
    assert text_of(lines[-2]).split() == ["Dec", "▲Jan"]


@pytest.mark.parametrize(
    ("amount", "mark"), [("300", Mark.BASE), ("800", Mark.BASE_ON_COLUMN)], ids=["below", "above"]
)
def test_the_base_is_seen_behind_a_plan_below_or_above_it(amount: str, mark: Mark) -> None:
    """It crosses the column where they differ, in the line of its own 500."""
    lines = months([amount, "900"], ["500", "500"]).draw(40, HEIGHT)
    assert marks_at(lines, COLUMN)[4] is mark
    assert text_of(lines[4])[COLUMN] == GLYPHS[Mark.BASE]


def test_a_base_level_with_the_plan_is_seen_beside_the_column() -> None:
    lines = months(["500", "900"], ["500", "900"]).draw(40, HEIGHT)
    assert marks_at(lines, 5)[4] is Mark.BASE
    assert marks_at(lines, COLUMN + 1)[4] is Mark.EXPECTED


def test_savings_hang_from_the_line_of_nothing() -> None:
    lines = months(["-400", "400"]).draw(40, HEIGHT)
    names = [text_of(line)[:6].strip("┤│ ") for line in lines]
    zero = names.index("$0")
    layout = Layout.fit(2, len("-$400┤"), 40)
    first, second = (6 + layout.column(k).start for k in (0, 1))
    marks = marks_at(lines, first), marks_at(lines, second)
    assert marks[0][zero + 1] is Mark.SURE
    assert marks[0][zero - 1] is Mark.BLANK
    assert marks[1][zero] is Mark.SURE
    assert marks[1][zero + 1] is Mark.BLANK


def test_prices_that_change_are_marked_on_the_axis() -> None:
    lines = months(YEAR, changes=[1, 6]).draw(90, HEIGHT)
    assert text_of(lines[10]).count("◆") == 2
    at = text_of(lines[10]).index("◆")
    assert text_of(lines[11])[at - 2 : at + 3].strip() == "Jan"


def test_the_month_of_the_cursor_has_a_heavy_axis() -> None:
    lines = months(YEAR, selected=2).draw(90, HEIGHT)
    assert text_of(lines[10]).count("━") == Layout.fit(12, 5, 90).slot
    assert [text for mark, text in lines[11] if mark is Mark.SELECTED] == ["Feb"]


def test_a_click_finds_the_month_of_a_column() -> None:
    drawing = months(YEAR)
    layout = Layout.fit(12, 5, 90)
    for k in range(12):
        for cell in layout.share(k):
            assert drawing.index_at(5 + cell, 3, 90, HEIGHT) == k
    outside = [(4, 3), (5 + 12 * layout.slot, 3), (20, -1), (20, HEIGHT), (-1, 0)]
    assert [drawing.index_at(x, y, 90, HEIGHT) for x, y in outside] == [None] * 5


def test_quarters_stand_in_for_months_that_do_not_fit() -> None:
    """From 2026-12: one month of 2026-Q4, then three each; a click finds the first of them."""
    drawing = months(["10"] * 36, changes=[5], selected=4)
    names = text_of(drawing.draw(60, 12)[-2]).split()
    assert names[:3] == ["Q4", "Q1", "Q2"]
    lines = drawing.draw(60, 12)
    cursor, change = text_of(lines[-3]).index("━"), text_of(lines[-3]).index("◆")
    assert drawing.index_at(cursor, 2, 60, 12) == 4
    assert drawing.index_at(change, 2, 60, 12) == 4


def test_years_stand_in_for_quarters_that_do_not_fit() -> None:
    drawing = months(["10"] * 120)
    assert text_of(drawing.draw(60, 12)[-2]).split()[:2] == ["2026", "2027"]
    assert drawing.index_at(59, 2, 200, 12) is not None


@pytest.mark.parametrize(("width", "height"), [(120, 37), (80, 13), (30, 8)])
@pytest.mark.parametrize("count", [1, 12, 36, 120])
def test_there_is_a_drawing_at_every_usual_size(width: int, height: int, count: int) -> None:
    lines = texts_of(months(["10"] * count).draw(width, height))
    assert len(lines) == height
    assert "$0┤" in "".join(lines)


def test_a_plan_that_costs_nothing_is_drawn() -> None:
    assert "$0┤" in "".join(texts_of(months(["0"]).draw(30, 8)))


def test_no_drawing_where_there_is_no_room() -> None:
    drawing = months(["10"] * 12)
    assert texts_of(drawing.draw(5, 8)) == ["too …"]
    assert texts_of(drawing.draw(30, 4)) == ["too small to draw             "]
    assert drawing.draw(0, 8) == drawing.draw(30, 0) == []
    assert drawing.index_at(1, 1, 5, 8) is None


def test_drawings_of_the_same_plan_are_equal() -> None:
    """So that a widget need not draw again."""
    assert months(YEAR, selected=1) == months(YEAR, selected=1)
    assert months(YEAR, selected=1) != months(YEAR, selected=2)


def test_the_legend_explains_what_occurs() -> None:
    plain = text_of(months(YEAR).legend())
    assert "budget" not in plain
    assert "base" not in plain
    full = months(YEAR, YEAR, budget="500", changes=[1])
    assert text_of(full.legend()).split("  ")[3:-1] == [
        "╌ budget", "═ base", "▲ over", "◆ price change",
    ]  # fmt: skip


def test_fiscal_quarters_are_counted_from_their_month() -> None:
    """A year from April: December is in its third quarter, so 2026-12 has one more month there."""
    totals = periods(["10"] * 4)
    drawing = Months.of(totals, currency="USD", fiscal_year_start=11)
    # Nov to Jan, then Feb to Apr: two months each of these four.
    assert drawing.grains[1].sizes == (2, 2)


def test_months_and_years_below_wide_columns() -> None:
    upper, lower = period_labels(["2026-12", "2027-01", "2027-02"], 7, over=[2], selected=1)
    assert text_of(upper) == "  Dec    Jan   ▲Feb  "
    assert text_of(lower) == " 2026   2027         "
    assert (Mark.SELECTED, "Jan") in upper


def test_names_keep_clear_of_each_other_in_narrow_columns() -> None:
    """Years first, then each third month where there is room; signs in a line of their own."""
    labels = ["2026-12", *(f"2027-{k:02d}" for k in range(1, 13))]
    upper, lower = period_labels(labels, 2, over=[7])
    assert text_of(upper) == " " * 15 + "▲" + " " * 10
    assert text_of(lower) == "  2027  Apr   Jul   Oct   "


def test_quarters_have_years_below_them() -> None:
    upper, lower = period_labels(["FY2027-Q3", "FY2027-Q4", "FY2028-Q1"], 9)
    assert text_of(upper).split() == ["Q3", "Q4", "Q1"]
    assert text_of(lower).split() == ["FY2027", "FY2028"]


def test_a_year_of_months_as_it_is_drawn(golden: Golden) -> None:
    base = [str(int(amount) + 150) for amount in YEAR]
    drawing = months(YEAR, base, budget="700", spread="0.3", changes=[1], selected=3)
    golden("charts-months.txt", page_of([*drawing.draw(76, 18), drawing.legend()]))
