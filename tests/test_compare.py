"""Plans side by side, with numbers worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from builders import projection
from conftest import Cli, Golden

from costplan.decisions.compare import MonthRow, Row, compare, summarize
from costplan.engine.projection import Processing, Projection, Routed, Volume
from costplan.errors import PlanWarning, SavedPlanError, UsageError
from costplan.periods import Month
from costplan.report.compare import (
    COMPARISON_FIELDS,
    comparison_document,
    comparison_page,
    comparison_records,
)
from costplan.report.document import csv_text, json_text, plan_document
from costplan.report.saved import read_saved_plan

INFINITY = float("inf")
ROUTED = {("chat", "a/big"): ["100", "120"], ("chat", "a/small"): ["20", "20"]}
ALL_SMALL = {("chat", "a/small"): ["30", "36"], ("extra", "a/small"): ["1", "1"]}


def photos(seconds: float, **changes: Any) -> Projection:
    """100 photos a day, one after another."""
    rows = tuple(
        Processing(Month(2026, 12) + k, "photos", "x/vision", 100, seconds, 1) for k in range(2)
    )
    spend = {("photos", "x/vision"): ["10", "10"]}
    return projection(spend, processing=rows, **changes)


def test_deltas_are_against_the_first_plan() -> None:
    """260 against 68: 192 less, which is 74 %."""
    comparison = compare([summarize(projection(ROUTED)), summarize(projection(ALL_SMALL), "small")])
    assert comparison.horizon.values == (Decimal(260), Decimal(68))
    assert comparison.horizon.delta(1) == Decimal(-192)
    assert comparison.horizon.change(1) == pytest.approx(-192 / 260)
    assert [row.delta(1) for row in comparison.months] == [Decimal(-89), Decimal(-103)]


def test_what_only_one_plan_has_costs_nothing_in_the_other() -> None:
    """Models and workloads are matched by name; the change of what was not there is unknown."""
    comparison = compare([summarize(projection(ROUTED)), summarize(projection(ALL_SMALL))])
    models = {row.name: (row.delta(1), row.change(1)) for row in comparison.by_model}
    assert models == {
        "a/big": (Decimal(-220), -1.0),
        "a/small": (Decimal(28), pytest.approx(0.7)),
    }
    extra = comparison.by_workload[1]
    assert (extra.name, extra.delta(1), extra.change(1)) == ("extra", Decimal(2), None)


def test_the_parts_of_a_delta_add_up_to_it() -> None:
    """By month, by model and by workload."""
    comparison = compare([summarize(projection(ROUTED)), summarize(projection(ALL_SMALL))])
    for rows in (comparison.months, comparison.by_model, comparison.by_workload):
        assert sum(row.delta(1) or 0 for row in rows) == comparison.horizon.delta(1)


def test_a_month_that_a_plan_does_not_reach_is_not_compared() -> None:
    """It did not cost nothing; and the totals say that they cannot be compared."""
    late = projection({("chat", "a/big"): ["100", "120"]}, start="2027-01")
    comparison = compare([summarize(projection(ROUTED)), summarize(late, "late")])
    assert [(row.name, row.delta(1)) for row in comparison.months] == [
        ("2026-12", None),
        ("2027-01", Decimal(-40)),
        ("2027-02", None),
    ]
    assert [warning.code for warning in comparison.warnings] == ["different-horizons"]


def test_absent_on_both_sides_has_no_delta() -> None:
    """Of three plans, only the third has it."""
    row = Row("x", (None, None, Decimal(1)))
    assert (row.delta(1), row.delta(2)) == (None, Decimal(1))
    assert MonthRow("2026-12", (None, Decimal(1))).delta(1) is None


def test_faster_is_told_as_time_and_as_throughput() -> None:
    """3.4 to 2.1 s on 100 photos: 130 seconds a day, 38 % less time, 62 % more throughput."""
    (saved,) = compare([summarize(photos(3.4)), summarize(photos(2.1))]).time
    assert saved.seconds == (340.0, 210.0)
    assert saved.saved == 130.0
    assert saved.less_time == pytest.approx(1.3 / 3.4)
    assert saved.more_throughput == pytest.approx(1.3 / 2.1)


def test_slower_saves_less_than_nothing() -> None:
    """The sign turns round."""
    (saved,) = compare([summarize(photos(2.1)), summarize(photos(3.4))]).time
    assert saved.saved == -130.0
    assert saved.less_time == pytest.approx(-1.3 / 2.1)


def test_more_requests_do_not_make_a_model_slower() -> None:
    """Twice the photos at the same pace: more seconds a day, no less and no more throughput."""
    base = photos(2.0)
    twice = tuple(replace(row, requests_per_day=200) for row in base.processing)
    (saved,) = compare([summarize(base), summarize(replace(base, processing=twice))]).time
    assert (saved.saved, saved.less_time, saved.more_throughput) == (-200.0, 0.0, 0.0)


def test_parallel_requests_shorten_the_day() -> None:
    """Ten at a time: 34 seconds instead of 340, ten times the throughput."""
    base = photos(3.4)
    wide = tuple(replace(row, parallel=10) for row in base.processing)
    (saved,) = compare([summarize(base), summarize(replace(base, processing=wide))]).time
    assert saved.seconds == (340.0, 34.0)
    assert saved.more_throughput == pytest.approx(9)


def test_processing_is_compared_only_where_both_say_it() -> None:
    """Another plan without times is not infinitely fast."""
    assert compare([summarize(photos(3.4)), summarize(projection(ROUTED))]).time == ()


def test_one_plan_is_not_a_comparison() -> None:
    """Two or more."""
    with pytest.raises(UsageError, match="two plans or more"):
        compare([summarize(projection())])


def test_currencies_are_not_mixed() -> None:
    """Dollars and euro have no delta."""
    with pytest.raises(UsageError, match="EUR and USD"):
        compare([summarize(projection()), summarize(projection(currency="EUR"))])


def test_a_warning_of_several_plans_is_told_once() -> None:
    """The same warning in base and variant is one line."""
    warning = PlanWarning("code", "message")
    plans = [summarize(projection(warnings=(warning,))) for _ in range(2)]
    assert compare(plans).warnings == (warning,)


def three_plans() -> list[Projection]:
    """A base, a cheaper variant, and the base at other prices."""
    stamp = replace(projection().price_book, release="2026.06.01")
    plans = [
        photos(3.4, budget="8"),
        photos(2.1, variant="fast"),
        projection({("photos", "x/other"): ["7.5", "7.5"]}, variant="other", price_book=stamp),
    ]
    return [counted(plan) for plan in plans]


def counted(plan: Projection) -> Projection:
    """With 3,000 photos a month, all of them on the one model."""
    (model,) = {item.model for item in plan.line_items}
    months = plan.months
    volumes = tuple(Volume(month, "photos", 3000, 3000) for month in months)
    routed = tuple(Routed(month, "photos", model, "standard", 3000) for month in months)
    return replace(plan, counted=lambda: volumes, sent=lambda: routed)


@pytest.mark.parametrize("width", [80, 120])
def test_the_comparison_as_text(golden: Golden, width: int) -> None:
    """Plans, then months, models and processing; prices that differ are said."""
    page = comparison_page(compare([summarize(plan) for plan in three_plans()]))
    golden(f"compare-{width}.txt", page.text(width))


def test_hardly_any_change_in_time_is_not_shown_as_none() -> None:
    """Nor as minus nothing."""
    page = comparison_page(compare([summarize(photos(2.0)), summarize(photos(2.001), "other")]))
    assert ">-1%" in page.text(120)


def test_what_is_the_same_is_shown_the_same() -> None:
    """Rounding columns to add up must not make a difference where there is none."""
    base = {("a", "x/m"): ["10.004"], ("b", "x/m"): ["10.004"], ("c", "x/m"): ["10.004"]}
    other = base | {("c", "x/m"): ["10.008"]}
    comparison = compare([summarize(projection(base)), summarize(projection(other), "other")])
    lines = comparison_page(comparison).text(80).split("By workload")[1].splitlines()[3:6]
    assert [line.split()[3] for line in lines] == ["$0.00", "$0.00", "+$0.01"]


def test_the_comparison_as_json_and_csv(golden: Golden) -> None:
    """The same figures, exact."""
    comparison = compare([summarize(plan) for plan in three_plans()])
    golden("compare.json", json_text(comparison_document(comparison)))
    golden("compare.csv", csv_text(comparison_records(comparison), COMPARISON_FIELDS))


def test_a_saved_plan_reads_back_as_the_plan() -> None:
    """A comparison of a projection with itself, saved, has no delta anywhere."""
    plan = photos(3.4, budget="8", warnings=(PlanWarning("code", "message", "where"),))
    content = json_text(plan_document(plan)).encode()
    saved = read_saved_plan(content, "saved.json")
    assert saved == replace(summarize(plan), label="saved.json", processing=saved.processing)
    assert saved.processing == plan.processing


def test_a_plan_and_its_saved_self_do_not_differ() -> None:
    """Not even in the tenth decimal, which is not saved."""
    plan = projection({("a", "x/y"): ["0.12345678949", "1.00000000001"]})
    saved = read_saved_plan(json_text(plan_document(plan)).encode(), "saved.json")
    comparison = compare([saved, summarize(plan)])
    rows = (comparison.horizon, *comparison.months, *comparison.by_model)
    assert [row.delta(1) for row in rows] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("currency",), None, "currency: expected a text, found null"),
        (("months",), None, ""),
        (("totals",), [], "totals: expected at least one month, found []"),
        (("totals",), {}, "totals: expected a list, found {}"),
        (("totals", 0, "expected"), 12.5, "totals.0.expected: expected a decimal in a string"),
        (("totals", 0, "expected"), "NaN", "totals.0.expected: expected a decimal in a string"),
        (("totals", 1, "month"), "December", "totals.1.month: expected a month such as 2026-12"),
        (("horizon",), 3, "horizon: expected an object, found 3"),
        (("horizon", "p_over"), "x", "horizon.p_over: expected a number, 0 or more"),
        (("price_book", "known_at"), "never", "price_book.known_at: expected a day"),
        (("horizon", "p_over"), 1.5, "horizon.p_over: expected a share from 0 to 1, found 1.5"),
        (("processing", 0, "parallel"), 0, "processing.0.parallel: expected a whole number, 1 or"),
        (
            ("processing", 0, "parallel"),
            1.5,
            "processing.0.parallel: expected a whole number, 1 or",
        ),
        (
            ("processing", 0, "parallel"),
            INFINITY,
            "processing.0.parallel: expected a number from 0",
        ),
        (("processing", 0, "seconds"), 10**400, "processing.0.seconds: expected a number from 0"),
        (
            ("processing", 0, "seconds"),
            float("nan"),
            "processing.0.seconds: expected a number from",
        ),
        (("totals", 0, "expected"), "1e300", "totals.0.expected: expected an amount below 1e+18"),
        (("totals", 0, "p10"), "-1" + "0" * 400, "totals.0.p10: expected an amount below 1e+18"),
        (("horizon", "budget"), "1e18", "horizon.budget: expected an amount below 1e+18"),
        (("by_model", 0, "expected"), "1e99999", "by_model.0.expected: expected an amount below"),
    ],
)
def test_a_wrong_saved_plan_says_where(
    path: tuple[str | int, ...], value: object, message: str
) -> None:
    """The key is named with what stands there; keys that are not used may be anything."""
    document = plan_document(photos(3.4))
    at = document
    for step in path[:-1]:
        at = at[step]  # type: ignore[index] # a list's position is a step too
    at[path[-1]] = value  # type: ignore[index]
    content = json.dumps(document).encode()
    if not message:
        assert read_saved_plan(content, "saved.json").scenario == "Support assistant"
        return
    with pytest.raises(SavedPlanError) as caught:
        read_saved_plan(content, "saved.json")
    assert str(caught.value).startswith(f"saved.json: {message}")


def test_a_saved_amount_has_nine_decimals() -> None:
    """What is finer was not saved by costplan, and must not differ from what was."""
    document = plan_document(photos(3.4))
    document["horizon"]["expected"] = "20.0000000001"
    document["horizon"]["p10"] = "1e-400"
    saved = read_saved_plan(json.dumps(document).encode(), "saved.json")
    assert (saved.horizon.expected, saved.horizon.p10) == (Decimal(20), Decimal(0))


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"totals": []}', b"\xff{", b"{" * 100_000])
def test_what_is_not_a_saved_plan_is_refused(content: bytes) -> None:
    """A sentence, never a traceback."""
    with pytest.raises(SavedPlanError, match=r"saved\.json: "):
        read_saved_plan(content, "saved.json")


def test_a_plan_over_in_some_months_is_not_within_budget(cli: Cli) -> None:
    """The whole may be within its budget while months are over; the comparison says so."""
    ran = cli("compare", "support-assistant.yaml")
    (row,) = (line for line in ran.out.splitlines() if line.startswith("base  "))
    assert "▲ over" in row


def test_base_can_be_named(cli: Cli) -> None:
    """What the table calls `base` can be asked for by that name."""
    ran = cli("compare", "product-images.yaml#slower", "product-images.yaml#base")
    assert ran.code == 0
    assert "130 s" in ran.out
