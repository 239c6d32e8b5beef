"""The columns of the chart, its axis and labels, and the bars of the spend panel."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders_tui import projection

from costplan.desk.figures import Figures
from costplan.engine.projection import PeriodTotal
from costplan.tui.axis import MoneyAxis, money_names
from costplan.tui.labels import period_labels
from costplan.tui.plot import GLYPHS, Line, Mark, draw_periods, new_figure, parse_runs
from costplan.tui.spend import _lines


def text_of(line: Line) -> str:
    return "".join(text for _, text in line)


def total(expected: str, *, p10: str = "", p90: str = "", budget: str | None = None) -> PeriodTotal:
    limit = Decimal(budget) if budget else None
    low, high = Decimal(p10 or expected), Decimal(p90 or expected)
    return PeriodTotal("2026-12", Decimal(expected), low, Decimal(expected), high, limit, None)


def test_the_private_figure_of_plotext_is_where_we_expect_it() -> None:
    """Two figures are apart from each other: what plotext's public one does not offer."""
    one, two = new_figure(20, 6), new_figure(30, 8)
    one.draw(one.signal([1, 2], [1, 2]))
    assert len(parse_runs(two.build().string())) == 8
    assert len(parse_runs(one.build().string())) == 6


def test_a_column_fades_from_sure_to_likely() -> None:
    """Solid to P10, shaded to the expected cost, light to P90."""
    months = [total("5000", p10="2000", p90="9000")]
    _, lines = draw_periods(months, "USD", 30, 11)
    marks = [mark for line in lines for mark, _ in line if mark in {*GLYPHS, *range(104, 108)}]
    order = [mark for k, mark in enumerate(marks) if k == 0 or marks[k - 1] != mark]
    assert order == [Mark.BAND, order[1], Mark.LIKELY, Mark.SURE]
    assert order[1] in {Mark.EXPECTED_ON_BAND, Mark.EXPECTED_ON_LIKELY}


def test_what_is_over_budget_is_drawn_in_marks_of_its_own() -> None:
    months = [total("5000", budget="6000"), total("7000", budget="6000")]
    _, lines = draw_periods(months, "USD", 40, 12)
    marks = {mark for line in lines for mark, _ in line}
    assert {Mark.SURE, Mark.SURE_OVER, Mark.BUDGET} <= marks


@pytest.mark.parametrize("amount", ["0", "0.000012", "0.3", "7", "999", "12345", "98765432"])
@pytest.mark.parametrize("lines", [1, 2, 5, 9, 40])
def test_the_axis_holds_every_amount(amount: str, lines: int) -> None:
    """The highest amount is inside, ticks are distinct and below the top."""
    axis = MoneyAxis.over(Decimal(amount), lines, "USD")
    assert axis.top >= Decimal(amount)
    assert axis.top > 0
    assert len(set(axis.names)) == len(axis.names) == len(axis.ticks)
    assert axis.names[0] == "$0"


def test_amounts_at_the_axis_share_one_unit() -> None:
    amounts = [Decimal(k) for k in (0, 2500, 5000, 10000)]
    assert money_names(amounts, "USD") == ("$0", "$2.5k", "$5.0k", "$10.0k")
    assert money_names([Decimal(0), Decimal("0.05")], "EUR") == ("€0", "€0.05")
    assert money_names([Decimal(0), Decimal(2_000_000)], "SEK") == ("0", "2M")


def test_a_plan_that_costs_nothing_is_drawn() -> None:
    layout, lines = draw_periods([total("0")], "USD", 30, 8)
    assert layout.slot
    assert "$0" in "".join(map(text_of, lines))


def test_columns_that_do_not_fit_are_not_drawn() -> None:
    """The caller then shows quarters or years."""
    layout, lines = draw_periods([total("5")] * 60, "USD", 40, 10)
    assert (layout.slot, lines) == (0, [])


def test_months_and_years_below_wide_columns() -> None:
    upper, lower = period_labels(["2026-12", "2027-01", "2027-02"], {2}, 7)
    assert text_of(upper) == "  Dec    Jan    ▲Feb "
    assert text_of(lower) == " 2026   2027         "


def test_months_thin_out_below_narrow_columns() -> None:
    """Names from each January on by threes; a year without room for it is left out."""
    labels = ["2026-12", *(f"2027-{k:02d}" for k in range(1, 8))]
    upper, lower = period_labels(labels, {7}, 2)
    assert text_of(upper) == "  Ja    Ap    ▲ "
    assert text_of(lower) == "  2027          "


def test_quarters_have_labels_too() -> None:
    upper, lower = period_labels(["FY2027-Q3", "FY2027-Q4", "FY2028-Q1"], (), 9)
    assert text_of(upper).split() == ["Q3", "Q4", "Q1"]
    assert text_of(lower).split() == ["FY2027", "FY2028"]


def test_spend_is_the_cells_of_the_report_with_bars() -> None:
    """Where room is short the provider gives way first, then the end of the name."""
    spend = Figures.of(projection()).spend["model"]
    wide = [line.plain for line in _lines(spend, 80)]
    assert wide[0].startswith("openai/gpt-6-luna ")
    assert wide[0].endswith(" $84,786  47%")
    narrow = [line.plain for line in _lines(spend, 40)]
    assert narrow[1].startswith("claude-haiku-5-5 ")
    assert {len(line) for line in narrow} == {39}
    assert narrow[0].count("█") > narrow[1].count("█") > narrow[2].count("█") > 0


def test_the_verdict_names_a_workload_over_its_own_budget() -> None:
    from dataclasses import replace

    plan = projection(budget=None)
    limits = replace(plan.limits, workloads={"mail-triage": Decimal(3000)})
    figures = Figures.of(replace(plan, limits=limits))
    assert figures.verdict == "▲ over: mail-triage in 2027-06"
    assert figures.is_over
