"""Drawings of one line for each item: the waterfall and the tornado."""

from __future__ import annotations

from decimal import Decimal

import pytest
from charts_made import item, page_of, text_of, texts_of
from conftest import Golden

from costplan.tui.charts.rows import Rows, rest_line, short_names
from costplan.tui.charts.tornado import Swing, Tornado
from costplan.tui.charts.waterfall import Waterfall

STEPS = (
    item("Volume", "300", "+$300"),
    item("Mix", "-500", "-$500"),
    item("Cache", "-100", "-$100"),
)
BRIDGE = Waterfall("USD", item("as written", "1000"), STEPS, item("all-haiku", "700"))


def swing(name: str, low: int, high: int) -> Swing:
    return Swing(name, Decimal(low), Decimal(high), f"${low:,}", f"${high:,}")


DRIVERS = Tornado(
    "USD",
    Decimal(1000),
    "$1,000",
    (
        swing("growth", 900, 1100),
        swing("$conversations", 600, 1500),
        swing("cache hits", 1200, 850),
        swing("retry", 1000, 1000),
    ),
)


# What is shown of the items


def test_where_names_have_no_room_the_provider_gives_way_first_then_the_end() -> None:
    names = ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5"]
    assert short_names(names, 40) == ["openai/gpt-6-luna         ", "anthropic/claude-haiku-5-5"]
    assert short_names(names, 18) == ["gpt-6-luna      ", "claude-haiku-5-5"]
    assert short_names(names, 12) == ["gpt-6-luna  ", "claude-haik…"]


def test_the_last_line_counts_what_is_left_out() -> None:
    assert texts_of(rest_line(2, 60))[0].strip() == "... and 2 more"
    assert rest_line(0, 60) == []


@pytest.mark.parametrize(
    ("selected", "shown"), [(None, [0, 1, 2]), (2, [0, 1, 2]), (3, [1, 2, 3]), (9, [7, 8, 9])]
)
def test_what_is_selected_is_among_what_is_shown(selected: int | None, shown: list[int]) -> None:
    swings = tuple(swing(f"driver {k}", 1000 - 9 * (20 - k), 1100) for k in range(10))
    tornado = Tornado("USD", Decimal(1000), "$1,000", swings, selected)
    assert [tornado.index_at(0, y, 60, 6) for y in range(3)] == shown


# Rows


@pytest.mark.parametrize(
    ("items", "height", "shown", "pitch"),
    [(4, 4, 4, 1), (4, 8, 4, 2), (4, 40, 4, 3), (5, 4, 3, 1), (1, 1, 1, 1), (2, 1, 0, 1)],
)
def test_items_are_as_far_apart_as_there_is_room(
    items: int, height: int, shown: int, pitch: int
) -> None:
    rows = Rows.fit(items, height)
    assert (rows.shown, rows.pitch) == (shown, pitch)
    assert rows.lines <= height


# Waterfall


def test_what_saves_less_than_is_shown_still_saves() -> None:
    steps = (item("Mix", "-300"), item("Cache", "0", ">-$1"), item("Price", "0", "<$1"))
    lines = texts_of(Waterfall("USD", item("a", "1000"), steps, item("b", "700")).draw(80, 7))
    assert [line[0] for line in lines[:5]] == [" ", "▼", "▼", "▲", " "]


def test_each_step_begins_where_the_one_before_ended() -> None:
    """From 0 on 65 cells; names and amounts are beside the bars."""
    lines = texts_of(BRIDGE.draw(80, 7))
    bars = [line[13 : 80 - 7] for line in lines[:5]]
    begin = [len(bar) - len(bar.lstrip()) for bar in bars]
    end = [len(bar.rstrip()) for bar in bars]
    assert begin[0] == begin[4] == 0
    assert begin[1] == end[0]
    assert end[2] == end[1]
    assert end[3] == begin[2]
    assert begin[3] == end[4]


def test_more_and_less_differ_without_colour() -> None:
    lines = texts_of(BRIDGE.draw(80, 7))
    assert [line[0] for line in lines[:5]] == [" ", "▲", "▼", "▼", " "]
    assert "▓" in lines[1]
    assert "░" in lines[2]
    assert [line.split()[-1] for line in lines[:5]] == [
        "$1,000", "+$300", "-$500", "-$100", "$700",
    ]  # fmt: skip


def test_small_steps_between_large_plans_are_seen() -> None:
    """The axis then begins above nothing, and the bars of the plans are cut to say so."""
    steps = (item("Volume", "300", "+$300"), item("Price", "-200", "-$200"))
    drawing = Waterfall("USD", item("base", "100000"), steps, item("other", "100100"))
    lines = texts_of(drawing.draw(80, 6))
    assert lines[1].count("▓") > 20
    assert "≈" in lines[0]
    assert "≈" in lines[3]
    assert "$0" not in lines[-1].split()


def test_a_plan_below_nothing_crosses_the_line_of_nothing() -> None:
    drawing = Waterfall("USD", item("a", "100"), (item("Cache", "-300"),), item("b", "-200"))
    lines = texts_of(drawing.draw(70, 5))
    zero = lines[-1].index("$0")
    assert "│" in lines[0][zero - 1 : zero + 2] or "│" in lines[2][zero - 1 : zero + 2]
    assert lines[2].count("█") == pytest.approx(2 * lines[0].count("█"), abs=1)


def test_where_there_are_too_many_steps_the_smallest_are_one() -> None:
    steps = tuple(item(f"step {k}", str(k + 1)) for k in range(10))
    drawing = Waterfall("USD", item("a", "0"), steps, item("b", "55"))
    lines = texts_of(drawing.draw(70, 9))
    assert [line.split("│")[0].strip("▲ ") for line in lines[1:6]] == [
        "step 6", "step 7", "step 8", "step 9", "... and 6 more",
    ]  # fmt: skip
    assert [drawing.index_at(5, y, 70, 9) for y in range(8)] == [
        None, 6, 7, 8, 9, None, None, None,
    ]  # fmt: skip


def test_the_waterfall_as_it_is_drawn(golden: Golden) -> None:
    drawing = Waterfall(BRIDGE.currency, BRIDGE.start, BRIDGE.steps, BRIDGE.end, selected=1)
    golden("charts-waterfall.txt", page_of([*drawing.draw(60, 14), drawing.legend()]))


# Tornado


def test_the_widest_swing_is_on_top() -> None:
    lines = texts_of(DRIVERS.draw(90, 6))
    names = [line.split()[0] for line in lines[:4]]
    assert names == ["$conversations", "cache", "growth", "retry"]
    assert [DRIVERS.index_at(0, y, 90, 6) for y in range(5)] == [1, 2, 0, 3, None]


def test_totals_stand_at_both_ends_the_smaller_at_the_left() -> None:
    lines = texts_of(DRIVERS.draw(90, 6))
    assert [line.split()[-1] for line in lines[:4]] == ["$1,500", "$1,200", "$1,100", "$1,000"]
    assert "$850" in lines[1]
    assert lines[1].index("$850") < lines[1].index("│")


def test_a_driver_that_lowers_the_total_has_its_ends_the_other_way_round() -> None:
    lines = texts_of(DRIVERS.draw(90, 6))
    assert lines[0].index("▒") < lines[0].index("│") < lines[0].index("█")
    assert lines[1].index("█") < lines[1].index("│") < lines[1].index("▒")


def test_every_bar_meets_the_expected_total() -> None:
    """One line through all, and the total below it."""
    lines = texts_of(DRIVERS.draw(90, 12))
    middles = {line.index("│") for line in lines[:7]}
    assert len(middles) == 1
    at = lines[-1].index("$1,000")
    assert at <= middles.pop() <= at + len("$1,000")


def test_a_swing_twice_as_wide_has_a_bar_twice_as_wide() -> None:
    swings = (swing("a", 800, 1200), swing("b", 900, 1100))
    lines = texts_of(Tornado("USD", Decimal(1000), "$1,000", swings).draw(100, 4))
    widths = [sum(line.count(glyph) for glyph in "▒█") for line in lines[:2]]
    assert widths[0] == pytest.approx(2 * widths[1], abs=2)


def test_drivers_without_room_are_counted() -> None:
    swings = tuple(swing(f"driver {k}", 1000 - k, 1000 + k) for k in range(40))
    lines = texts_of(Tornado("USD", Decimal(1000), "$1,000", swings).draw(60, 12))
    assert len(lines) == 12
    assert lines[0].startswith("driver 39")
    assert lines[9].strip() == "... and 31 more"


def test_the_tornado_as_it_is_drawn(golden: Golden) -> None:
    golden("charts-tornado.txt", page_of([*DRIVERS.draw(60, 13), DRIVERS.legend()]))


def test_legends_name_both_directions() -> None:
    assert text_of(BRIDGE.legend()) == "▲ ▓ adds  ▼ ░ saves  "
    assert text_of(DRIVERS.legend()).startswith("▒ driver at P10  █ driver at P90")
