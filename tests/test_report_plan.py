"""The plan as pages and documents, against files read by eye."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from builders import CERTAIN, projection
from conftest import Golden
from plans import plan

from costplan.engine.projection import Breach, Processing, Projection, Volume
from costplan.errors import PlanWarning
from costplan.periods import Month
from costplan.report.breaches import breach_line
from costplan.report.document import (
    LINE_ITEM_FIELDS,
    csv_text,
    json_text,
    line_items,
    number,
    plan_document,
)
from costplan.report.plan import plan_page

DECEMBER = Month(2026, 12)


def full_plan() -> Projection:
    """A plan with something in every section."""
    return projection(
        budget="1100",
        workload_budgets={"chat": "1050", "batch": "20"},
        variant="all-luna",
        processing=(Processing(DECEMBER, "chat", "openai/gpt-6-luna", 100, 3.4, 1),),
        counted=lambda: (Volume(DECEMBER, "chat", 1000, 4000.5),),
        notes=("Seats and tokens cross at 40 people.",),
        warnings=(
            PlanWarning("after-retirement", "priced at its last rate", "workloads.chat.routing"),
        ),
    )


@pytest.mark.parametrize("width", [80, 120])
def test_the_plan_as_text(golden: Golden, width: int) -> None:
    """Months against the budget, models, workloads, processing, notes and warnings."""
    text = plan_page(full_plan()).text(width)
    golden(f"plan-{width}.txt", text)


def test_the_plan_as_markdown(golden: Golden) -> None:
    """The same tables for a document."""
    golden("plan.md", plan_page(full_plan()).markdown())


def test_the_plan_as_json(golden: Golden) -> None:
    """The document other programs read."""
    golden("plan.json", json_text(plan_document(full_plan())))


def test_the_plan_as_csv(golden: Golden) -> None:
    """Its line items."""
    golden("plan.csv", csv_text(line_items(full_plan()), LINE_ITEM_FIELDS))


def test_a_year_of_quarters_by_owner(golden: Golden) -> None:
    """Fiscal quarters are named by the year they end in; no owner is said, not left blank."""
    months = {
        name: costs * 4 for name, costs in {("chat", "a/b"): ["10"], ("x", "a/c"): ["1"]}.items()
    }
    plan = projection(
        {key: costs * 3 for key, costs in months.items()}, fiscal_year_start=4, budget="12"
    )
    golden("plan-quarters.txt", plan_page(plan, by="owner", period="quarter").text(80))


KEYS = {
    "": [
        "scenario", "variant", "months", "currency", "seed", "draws", "price_book", "totals",
        "horizon", "by_model", "by_workload", "line_items", "warnings",
    ],
    "price_book": ["release", "known_at", "digest"],
    "totals": ["month", "expected", "p10", "p50", "p90", "budget", "p_over"],
    "horizon": ["expected", "p10", "p50", "p90", "budget", "p_over"],
    "by_model": ["model", "expected"],
    "by_workload": ["workload", "expected"],
    "line_items": [
        "month", "workload", "owner", "provider", "model", "mode", "meter", "quantity", "unit",
        "rate", "per", "cost", "price_from", "known", "source",
    ],
    "warnings": ["code", "message", "where"],
}  # fmt: skip


@pytest.mark.parametrize("section", KEYS)
def test_the_document_keeps_its_contract(section: str) -> None:
    """These keys, in this order; what is extra comes after them."""
    document = json.loads(json_text(plan_document(full_plan())))
    found = document[section] if section else document
    found = found[0] if isinstance(found, list) else found
    assert list(found)[: len(KEYS[section])] == KEYS[section]


def test_a_line_item_multiplies_out() -> None:
    """`cost = quantity x rate / per`, from the strings as printed."""
    for item in plan_document(projection())["line_items"]:
        cost = Decimal(str(item["quantity"])) * Decimal(item["rate"]) / item["per"]
        assert cost == Decimal(item["cost"])


def test_a_plan_of_a_quarter_of_a_dollar_is_not_rounded_away() -> None:
    """$0.255 stays $0.255, beside $0.50 and $1.60."""
    spend = {("mini", "a/mini"): ["0.255"], ("old", "b/old"): ["0.50"], ("new", "b/new"): ["1.60"]}
    text = plan_page(projection(spend, factors=CERTAIN)).text(80)
    assert all(shown in text for shown in ("$0.255", "$0.500", "$1.600", "$2.355"))


def test_a_certain_plan_says_so_instead_of_repeating_itself() -> None:
    """No columns of percentiles that all equal the expected cost."""
    text = plan_page(projection(factors=CERTAIN)).text(80)
    assert "P90" not in text.splitlines()[4]
    assert "Nothing in this plan is uncertain" in text


def test_a_budget_is_judged_in_words() -> None:
    """Over and under are said, with the chance beside."""
    text = plan_page(projection(budget="1100")).text(80)
    assert "20% ok" not in text
    assert "60% ▲ over" in text
    assert "40% ok" in text


@pytest.mark.parametrize(
    ("cost", "budget", "said"),
    [
        ("0.26", "0.255", "expected $0.260 is over the budget of $0.255"),
        ("1200", "0", "expected $1,200.00 is over the budget of $0.00"),
        ("1100.004", "1100", "expected $1,100.004 is over the budget of $1,100.000"),
    ],
)
def test_a_breach_shows_by_how_much(cost: str, budget: str, said: str) -> None:
    """A cost over its budget never reads like the budget."""
    breach = Breach("chat in 2026-12", "expected", Decimal(cost), Decimal(budget))
    assert breach_line(breach, "USD") == f"chat in 2026-12: {said}"


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (3.0, "3"),
        (Decimal("3.00"), "3"),
        (2.5, "2.5"),
        (Decimal("1e35"), "1" + "0" * 35),
        (Decimal("100000000000000000.5"), "1e+17"),
    ],
)
def test_quantities_are_numbers(quantity: float | Decimal, text: str) -> None:
    """Whole where they are whole, whatever they are made of."""
    assert json.dumps(number(quantity)) == text


def test_a_model_with_hardly_any_cost_is_not_shown_as_free() -> None:
    """Less than a cent beside thousands says less than a cent."""
    spend = {("a", "x/big"): ["5000"], ("b", "x/tiny"): ["0.0004"]}
    assert "<$0.01" in plan_page(projection(spend)).text(80)


def test_a_plan_without_months_of_budget_has_no_such_columns() -> None:
    """Nothing is compared with a budget nobody set."""
    assert "Budget" not in plan_page(projection()).text(80)


def test_a_plan_in_another_currency_says_which() -> None:
    """Euro are not shown as dollars."""
    text = plan_page(replace(projection(), currency="EUR")).text(80)
    assert "€1,012.50" in text
    assert "$" not in text


def test_partial_quarters_and_years_are_told() -> None:
    """A fiscal year of which the plan holds four months is not a cheap year."""
    page = plan_page(plan("fiscal_year_start: april\nmonths: 8\n" + CALLS), period="year")
    assert any("FY2027 (4 of 12), FY2028 (4 of 12)" in note for note in page.notes)
    whole = plan_page(plan("start: 2027-01\n" + CALLS), period="quarter")
    assert not any("Not all of its months" in note for note in whole.notes)


def test_ranges_are_shown_with_their_medians_and_means() -> None:
    """The median is the root of both ends' product; the mean lies above it by exp(sigma^2 / 2).

    For `5 to 10`, sigma is ln 2 / 3.2897 = 0.21070; for `1000 to 4000`, ln 4 / 3.2897 = 0.42141.
    """
    text = CALLS.replace("1000/day", "5 to 10/day, growth: 4% to 7%/month")
    tables = {table.title: table for table in plan_page(plan(text)).tables}
    assert tables["Ranges"].rows == (
        ("calls.demand.growth", "4%", "5.2915%", "5.3686%", "7%"),
        ("calls.demand.requests", "5", "7.0711", "7.2298", "10"),
    )
    wide = plan_page(plan(CALLS.replace("1000/day", "1000 to 4000/day")))
    (row,) = next(table for table in wide.tables if table.title == "Ranges").rows
    assert row[1:] == ("1,000", "2,000", "2,185.7", "4,000")


CALLS = """
uncertainty: none
workloads:
  calls:
    demand: {requests: 1000/day}
    request: {input: 1000, output: 0}
    routing: {mix: {openai/gpt-6-luna: 100%}}
"""
