"""Why a month costs more than the one before: causes by hand, and that they add up exactly."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import SCENARIOS, book, plan

from costplan.decisions.effects import Driver
from costplan.decisions.month_change import MonthChange, month_change
from costplan.decisions.parts import Part
from costplan.engine.projection import Projection
from costplan.errors import UnknownNameError
from costplan.planning import project
from costplan.report.money import MoneyFormat
from costplan.report.month_change import cause_text, causes_table, change_sentence
from costplan.scenario import load_scenario

D = Decimal
SHIPPED = sorted(path.name for path in SCENARIOS.glob("*.yaml"))
DOLLARS = MoneyFormat("USD", 2)


def one(demand: str, *, mix: str = "{openai/gpt-6-luna: 100%}", extra: str = "") -> Projection:
    """A workload whose conversations send 1,000 tokens at 0.1 per million: $0.0001 each."""
    return plan(
        f"""
        start: 2027-01
        months: 4
        uncertainty: none
        {extra}
        workloads:
          chat:
            demand: {demand}
            request: {{input: 1000, output: 0}}
            routing: {{mix: {mix}}}
        """,
        draws=1,
    )


def causes(change: MonthChange) -> dict[str, Decimal]:
    """The causes by driver, to six decimals."""
    return {str(cause.driver): round(cause.amount, 6) for cause in change.causes}


@pytest.mark.parametrize(
    ("demand", "before", "after", "expected"),
    [
        # 31 days after 28, 100,000 conversations on each: 3 x $10.
        ("{requests: 100k/day}", "2027-02", "2027-03", {"days": "30"}),
        # 23 weekdays after 20.
        ("{requests: 100k/day, days: weekdays}", "2027-02", "2027-03", {"days": "30"}),
        # A month's demand is the month's, however long it is.
        ("{requests: 100k/month}", "2027-02", "2027-03", {}),
        # January: 31 x $10. February: 3 days less at $10, then 28 x $1 of growth.
        (
            "{requests: 100k/day, growth: 10%/month}",
            "2027-01",
            "2027-02",
            {"days": "-30", "growth": "28"},
        ),
        # Nothing, then 28 - 9 days from the 10th on.
        ("{requests: 100k/day, launch: 2027-02-10}", "2027-01", "2027-02", {"launch": "190"}),
        # All of January; gone from 2027-02-01 on.
        ("{requests: 100k/day, retire: 2027-02-01}", "2027-01", "2027-02", {"launch": "-280",
                                                                           "days": "-30"}),
        # Ten of the 28 days of February are doubled; three days less than January.
        (
            "{requests: 100k/day, events: {sale: {days: 2027-02-01 to 2027-02-10, factor: 2}}}",
            "2027-01",
            "2027-02",
            {"days": "-30", "events": "100"},
        ),
    ],
)  # fmt: skip
def test_volume_by_hand(demand: str, before: str, after: str, expected: dict[str, str]) -> None:
    """One factor after another, each at what the ones before it have become."""
    change = month_change(one(demand), before, after)
    assert causes(change) == {name: D(amount) for name, amount in expected.items()}
    assert sum((cause.amount for cause in change.causes), D(0)) == change.delta


def test_a_season_is_told_apart_from_its_days() -> None:
    """A year's total stays as stated, so the factors are those of the months against each other."""
    season = "{months: [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}"
    change = month_change(
        one(f"{{requests: 1M/month, seasonality: {season}}}"), "2027-01", "2027-02"
    )
    (cause,) = change.causes
    assert cause.driver is Driver.SEASON
    assert cause.amount == change.delta == pytest.approx(change.cost[0])  # twice as much
    assert cause.change == pytest.approx(1.0)


def test_a_mix_that_changes_on_a_day() -> None:
    """1,000,000 conversations, all on luna at 0.1, then a quarter on sol at 2: + $475."""
    mix = (
        "[{from: 2027-01-01, mix: {openai/gpt-6-luna: 100%}}, "
        "{from: 2027-02-01, mix: {openai/gpt-6-luna: 75%, openai/gpt-6-sol: 25%}}]"
    )
    change = month_change(one("{requests: 1M/month}", mix=mix), "2027-01", "2027-02")
    assert causes(change) == {"mix": D(475)}
    (cause,) = change.causes
    said = cause_text(cause)
    assert "gpt-6-sol 0% to 25%" in said
    assert "gpt-6-luna 100% to 75%" in said


def test_a_price_that_doubles() -> None:
    """Gemini's input goes from 0.75 to 1.5 on 2027-01-01: a million conversations, + $750."""
    doubled = plan(
        """
        uncertainty: none
        workloads:
          calls:
            demand: {requests: 1M/month}
            request: {input: 1000, output: 0}
            routing: {mix: {google/gemini-3.8-flash: 100%}}
        """,
        draws=1,
    )
    change = month_change(doubled, "2026-12", "2027-01")
    assert causes(change) == {"price": D(750)}
    assert change.causes[0].model == "google/gemini-3.8-flash"
    assert change_sentence(change, DOLLARS) == (
        "2027-01 costs $750.00 (+100%) more than 2026-12: $1,500.00 after $750.00."
    )


def test_a_contract_is_a_cause_of_its_own() -> None:
    """A tenth off: of every $30 more that February's three days less do not cost, $3 were free."""
    change = month_change(
        one("{requests: 100k/day}", extra="contracts: {agreed: {discount: 10%}}"),
        "2027-01",
        "2027-02",
    )
    assert causes(change) == {"days": D(-30), "contract": D(3)}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_month_of_the_examples_is_attributed(name: str) -> None:
    """The causes of each month add up to its difference, and nothing is left without a reason."""
    made = project(load_scenario(SCENARIOS / name), book(), draws=16)
    totals = {total.label: round(total.expected, 6) for total in made.totals()}
    for before, after in pairwise(map(str, made.months)):
        change = month_change(made, before, after)
        assert sum((cause.amount for cause in change.causes), D(0)) == change.delta
        assert sum(change.by_workload().values(), D(0)) == change.delta
        assert round(change.cost[1], 6) == pytest.approx(totals[after])
        told = {cause.driver for cause in change.causes}
        assert not told & {Driver.UNATTRIBUTED, Driver.VOLUME}, (before, after)


def test_the_examples_tell_their_stories() -> None:
    """Support assistant: Gemini doubles. Six workloads: the review launches, texts move over."""
    support = project(load_scenario(SCENARIOS / "support-assistant.yaml"), book(), draws=1)
    largest = month_change(support, "2026-12", "2027-01").causes[0]
    assert (largest.driver, largest.model) == (Driver.PRICE, "google/gemini-3.8-flash")
    six = project(load_scenario(SCENARIOS / "six-workloads.yaml"), book(), draws=1)
    february = month_change(six, "2027-01", "2027-02").causes
    (launch,) = [cause for cause in february if cause.workload == "contract-review"]
    assert launch.driver is Driver.LAUNCH
    assert not launch.before
    march = month_change(six, "2027-02", "2027-03").causes
    (mix,) = [cause for cause in march if cause.driver is Driver.MIX]
    assert mix.workload == "campaign-texts"
    assert mix.amount < 0


@given(
    requests=st.integers(1, 10**6),
    growth=st.integers(-20, 40),
    days=st.sampled_from(["all", "weekdays", "weekends", "working(US)"]),
    launch=st.sampled_from(["2026-06-01", "2027-01-10", "2027-03-01"]),
    share=st.integers(0, 100),
)
@settings(max_examples=25, deadline=None)
def test_parts_add_up_whatever_the_plan(
    requests: int, growth: int, days: str, launch: str, share: int
) -> None:
    """Also for one workload, model or meter, and between any two months."""
    made = one(
        f"{{requests: {requests}/day, growth: {growth}%/month, days: {days}, launch: {launch}}}",
        mix=f"{{openai/gpt-6-luna: {share}%, anthropic/claude-haiku-5-5: rest}}",
    )
    models = {row.model for row in made.ledger.rows}
    for before, after in (("2027-01", "2027-02"), ("2027-04", "2027-01")):
        whole = month_change(made, before, after)
        assert sum((cause.amount for cause in whole.causes), D(0)) == whole.delta
        each = [month_change(made, before, after, Part(names=(("model", m),))) for m in models]
        for change in each:
            assert sum((cause.amount for cause in change.causes), D(0)) == change.delta
        summed = sum((change.delta for change in each), D(0))
        assert abs(summed - whole.delta) <= D("1E-8")


def test_quarters_are_compared_alike() -> None:
    """January to March, then April: 90 days and 30."""
    change = month_change(one("{requests: 100k/day}"), "2027-Q1", "2027-Q2")
    assert causes(change) == {"days": D(-600)}
    assert cause_text(change.causes[0]) == "30 days after 90"


def test_an_unknown_month_is_told() -> None:
    """With the nearest."""
    with pytest.raises(UnknownNameError, match="2027-04"):
        month_change(one("{requests: 1/day}"), "2027-02", "2027-40")


def test_the_table_adds_up_as_shown() -> None:
    """Cents, by the largest remainder, with the small causes in one row."""
    made = project(load_scenario(SCENARIOS / "six-workloads.yaml"), book(), draws=1)
    for before, after in pairwise(map(str, made.months)):
        change = month_change(made, before, after)
        table = causes_table(change, DOLLARS)
        effects = [row[-1] for row in table.rows if "<" not in row[-1] and ">" not in row[-1]]
        shown = sum((D(text.replace("$", "").replace(",", "")) for text in effects), D(0))
        total = D(table.totals[0][-1].replace("$", "").replace(",", ""))
        assert shown == total
        assert round(change.cost[1], 2) - round(change.cost[0], 2) == total
