"""The frontier of cost and quality, and prices over time."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest
from charts_made import page_of, text_of, texts_of
from conftest import Golden

from costplan.tui.charts.frontier import Frontier, Kind, Spot
from costplan.tui.charts.labels import LabelRow
from costplan.tui.charts.marks import Mark
from costplan.tui.charts.steps import LogAxis, Prices, Series


def spot(name: str, cost: int, quality: float, kind: Kind = "option") -> Spot:
    return Spot(name, Decimal(cost), quality, f"${cost:,}", f"{quality:.1%}", kind)


MIXES = Frontier(
    "USD",
    (
        spot("100% luna", 4000, 0.70, "frontier"),
        spot("60% luna, 40% haiku", 7000, 0.78, "best"),
        spot("100% haiku", 10000, 0.84, "frontier"),
        spot("as planned", 9000, 0.76, "today"),
        spot("100% flash", 9500, 0.72),
    ),
    line=(0, 1, 2),
)
HISTORY = Prices(
    "USD",
    (
        Series("input", ((date(2025, 3, 1), Decimal(4)), (date(2025, 10, 1), Decimal(2))), "$2.00"),
        Series("output", ((date(2025, 3, 1), Decimal(8)), (date(2026, 3, 1), Decimal(10)))),
    ),
    date(2025, 1, 1),
    date(2026, 12, 31),
    today=date(2026, 11, 22),
)


# Labels


def test_labels_that_would_touch_are_left_out() -> None:
    row = LabelRow(20)
    assert row.put(5, "2027")
    assert not row.put(8, "Apr")
    assert not row.put(9, "Apr")
    assert row.put(10, "Apr")
    assert not row.put(18, "Jul")
    assert not row.put(-1, "Jan")
    assert text_of(row.line()) == "     2027 Apr       "


def test_a_label_at_the_edge_is_moved_inside() -> None:
    row = LabelRow(20)
    assert row.put_near(19, "$1,000")
    assert text_of(row.line()) == " " * 14 + "$1,000"


# Frontier


def test_points_stand_by_cost_and_quality() -> None:
    """Dearer is further to the right, better is higher up."""
    lines = texts_of(MIXES.draw(60, 20))
    found = {
        glyph: next((line.index(glyph), -y) for y, line in enumerate(lines) if glyph in line[:28])
        for glyph in "★◆○"
    }
    (best, better), (today, good), (option, bad) = found["★"], found["◆"], found["○"]
    assert best < today < option
    assert better > good > bad


def test_each_mix_has_a_letter_that_the_list_explains() -> None:
    lines = texts_of(MIXES.draw(100, 20))
    listed = [line[-40:] for line in lines[:5]]
    for letter, mix, line in zip("abcde", MIXES.spots, listed, strict=True):
        assert f"{letter} {mix.name}" in line
        assert line.split()[-2:] == [mix.cost_text, mix.quality_text]
    drawn = "".join(line[:60] for line in lines)
    assert all(letter in drawn for letter in "abcde")


def test_letters_of_neighbours_do_not_hide_each_other() -> None:
    """Nine mixes of nearly the same cost and quality: every letter is there once."""
    near = tuple(spot(f"mix {k}", 1000 + k, 0.8) for k in range(8))
    drawing = Frontier("USD", (*near, spot("far", 90000, 0.2)))
    plot = "".join(re.split("[│┤]", line)[1] for line in texts_of(drawing.draw(40, 20))[:-2])
    assert [plot.count(letter) for letter in "abcdefghi"] == [1] * 9


def test_mixes_that_are_all_the_same_are_drawn() -> None:
    same = tuple(spot(name, 24964, 0.78) for name in ("frontier", "alone", "now", "best"))
    lines = texts_of(Frontier("USD", same, line=(0,)).draw(60, 20))
    plot = "".join(re.split("[│┤]", line)[1][:20] for line in lines[:-2])
    assert [plot.count(letter) for letter in "abcd"] == [1] * 4
    assert max(len(word) for word in lines[-1].split()) <= len("$25.25k")


def test_the_frontier_is_a_line_through_its_points() -> None:
    marks = {mark for line in MIXES.draw(60, 20) for mark, text in line if "⠁" <= text[0] <= "⣿"}
    assert marks == {Mark.FRONTIER}


def test_a_click_finds_a_mix_in_the_list_and_in_the_plot() -> None:
    lines = texts_of(MIXES.draw(100, 20))
    assert [MIXES.index_at(95, y, 100, 20) for y in (0, 4, 5)] == [0, 4, None]
    y = next(y for y, line in enumerate(lines) if "◆" in line[:60])
    x = lines[y].index("◆")
    assert MIXES.index_at(x, y, 100, 20) == 3
    assert MIXES.index_at(6, 1, 100, 20) is None


def test_the_list_gives_way_to_the_points() -> None:
    """In 40 columns there are letters only, in 20 lines 40 mixes are counted."""
    assert "as planned" not in page_of(MIXES.draw(40, 12))
    many = Frontier("USD", tuple(spot(f"mix {k}", 1000 * k, k / 50) for k in range(40)))
    assert "... and 21 more" in texts_of(many.draw(120, 20))[19]


def test_the_frontier_as_it_is_drawn(golden: Golden) -> None:
    golden("charts-frontier.txt", page_of([*MIXES.draw(76, 14), MIXES.legend()]))


# Prices


def test_a_price_holds_from_its_day_on() -> None:
    """Two years on 96 cells: four to a month; the second price of each is where it changes."""
    lines = HISTORY.draw(100, 20)
    text = texts_of(lines)
    margin = text[0].index("┤") + 1 if "┤" in text[0] else text[0].index("│") + 1
    cells = 100 - margin
    changed = margin + (date(2025, 10, 1) - HISTORY.start).days * cells // 729
    assert {line[changed] for line in text[:-3]} >= {"┓", "┗"}
    raised = margin + (date(2026, 3, 1) - HISTORY.start).days * cells // 729
    assert {line[raised] for line in text[:-3]} >= {"┌", "┘"}
    begin = margin + (date(2025, 3, 1) - HISTORY.start).days * cells // 729
    assert all(line[margin:begin].strip() == "" for line in text[:-3])


def test_series_differ_in_shape() -> None:
    text = page_of(HISTORY.draw(80, 16))
    assert "━━━" in text
    assert "───" in text
    assert text_of(HISTORY.legend()) == "━━ input $2.00  ── output  ┊ today  "


def test_months_and_years_at_the_axis() -> None:
    names, years = texts_of(HISTORY.draw(112, 16))[-2:]
    assert names.split()[:4] == ["Jan", "Feb", "Mar", "Apr"]
    assert years.split() == ["2025", "2026"]
    assert len(texts_of(HISTORY.draw(40, 16))[-2].split()) < 12


def test_prices_many_times_apart_are_drawn_by_ratio() -> None:
    """Cache reads for a fiftieth of the output are not at the bottom of a money axis."""
    cache = Series("cache read", ((date(2025, 3, 1), Decimal("0.20")),), "$0.20")
    drawing = Prices("USD", (*HISTORY.series, cache), HISTORY.start, HISTORY.end)
    assert "logarithmic" in text_of(drawing.legend())
    axis = LogAxis.over(Decimal("0.2"), Decimal(10), 20, "USD")
    # From 0.2 to 10 is 50 times; ten times of that are 20 * ln 10 / ln 50 = 11.8 lines.
    assert axis.cell(Decimal(2)) - axis.cell(Decimal("0.2")) == 11
    assert axis.ticks[0] == (0, "$0.20")
    assert [cell for cell, _ in axis.ticks] == sorted({cell for cell, _ in axis.ticks})


@pytest.mark.parametrize("series", [(), (Series("input", ()),)])
def test_nothing_to_draw_is_no_error(series: tuple[Series, ...]) -> None:
    drawing = Prices("USD", series, HISTORY.start, HISTORY.end)
    assert len(drawing.draw(60, 12)) <= 1


def test_a_click_finds_the_series_of_a_line() -> None:
    text = texts_of(HISTORY.draw(80, 16))
    for k, glyph in enumerate("━─"):
        y = next(y for y, line in enumerate(text[:-3]) if glyph * 3 in line)
        assert HISTORY.index_at(text[y].index(glyph * 3) + 1, y, 80, 16) == k
    assert HISTORY.index_at(2, 2, 80, 16) is None


def test_prices_as_they_are_drawn(golden: Golden) -> None:
    golden("charts-prices.txt", page_of([*HISTORY.draw(76, 14), HISTORY.legend()]))


def test_the_four_series_have_different_strokes() -> None:
    series = tuple(
        Series(f"s{k}", ((date(2025, 2, 1), Decimal(k + 1)), (date(2025, 9, 1), Decimal(k + 3))))
        for k in range(4)
    )
    drawing = Prices("USD", series, date(2025, 1, 1), date(2026, 1, 1))
    runs = [text[0] for mark, text in drawing.legend() if mark >= Mark.FIRST]
    assert all(one != other for one, other in combinations(runs, 2))
    assert len(runs) == 4
