"""Demand as scenarios state it: each number by hand, or by a loop over the days of the calendar."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import plan, scenario

from costplan.engine.demand import calendar
from costplan.engine.distributions import from_range
from costplan.engine.projection import Projection
from costplan.errors import ScenarioError
from costplan.periods import DayRange, Days, Month, month_range
from costplan.quantity import parse_quantity
from costplan.scenario.uncertainty import NONE

LUNA = {"openai/gpt-6-luna": "100%"}
REQUEST: dict[str, Any] = {"input": 500, "output": 300}


def demanded(months: int = 12, start: str = "2026-12", **demand: Any) -> Projection:
    """The plan of one workload with this demand."""
    demand = {"requests": "100/day"} | demand
    workload = {"demand": demand, "request": REQUEST, "routing": {"mix": LUNA}}
    return plan(
        f"start: {start}\nmonths: {months}\nuncertainty: none\n"
        f"workloads: {json.dumps({'chat': workload})}",
        draws=16,
    )


def conversations(projection: Projection) -> list[float]:
    """By month."""
    return [volume.conversations for volume in projection.volumes]


# Proration. Figures of fava's own tests of budgets (fava/tests/test_core_budgets.py), and two that
# a calculator on the web gets wrong.


@pytest.mark.parametrize(
    ("amount", "day", "expected"),
    [
        ("100/month", date(2016, 5, 1), Fraction(100, 31)),
        ("100/month", date(2016, 2, 1), Fraction(100, 29)),
        ("21/week", date(2016, 5, 1), Fraction(3)),
        ("123456.7/quarter", date(2016, 2, 1), Fraction("123456.7") / 91),
        ("123456.7/quarter", date(2016, 8, 15), Fraction("123456.7") / 92),
        ("99999.87/year", date(2015, 6, 1), Fraction("99999.87") / 365),
        ("6/week", date(2026, 12, 1), Fraction(6, 7)),
        ("10/month", date(2027, 4, 7), Fraction(1, 3)),
        ("5/hour", date(2027, 4, 7), Fraction(120)),
    ],
)
def test_an_amount_comes_to_so_much_a_day(amount: str, day: date, expected: Fraction) -> None:
    """Where every day is active, a day has its part of the period it is in."""
    quantity = parse_quantity(amount)
    made = calendar((Month.of(day),), per=quantity.per[0], days=Days())
    found = float(quantity.low) * made.weights[day.day - 1]
    assert found == pytest.approx(float(expected), rel=1e-14)


@pytest.mark.parametrize(
    ("requests", "days", "expected"),
    [
        # December 2026 has 31 days, 23 weekdays and 22 US working days.
        ("3 per user per day", "all", Fraction(30 * 3 * 31)),
        ("3 per user per weekday", "all", Fraction(30 * 3 * 23)),
        ("3 per seat per day", "working(US)", Fraction(30 * 3 * 22)),
        ("6 per user per week", "weekdays", 30 * 6 * Fraction(31, 7)),
        ("10 per seat per month", "weekdays", Fraction(30 * 10)),
        ("1 per user per hour", "all", Fraction(30 * 24 * 31)),
        ("92 per user per quarter", "all", Fraction(30 * 31)),
    ],
)
def test_demand_per_user_or_seat(requests: str, days: str, expected: Fraction) -> None:
    """30 of them."""
    found = conversations(demanded(1, requests=requests, users=30, days=days))
    assert found[0] == pytest.approx(float(expected), rel=1e-12)


# Growth in phases.


def test_growth_changes_at_a_date() -> None:
    """4 % a month until June, then 1 %: the step of 1 June is the sixth at 4 %, 1 July's at 1 %."""
    growth = [{"rate": "4%/month"}, {"from": "2027-06-01", "rate": "1%/month"}]
    found = conversations(demanded(9, requests="1000/month", growth=growth))
    factors = [1.04**k for k in range(7)] + [1.04**6 * 1.01, 1.04**6 * 1.01**2]
    assert found == pytest.approx([1000 * factor for factor in factors])


def test_linear_growth_adds_the_same_amount() -> None:
    """10 % a month, linear: 1,000, 1,100, 1,200 and so on; 120 % a year is the same."""
    monthly, yearly = (
        conversations(demanded(4, requests="1000/month", growth={"rate": rate, "kind": "linear"}))
        for rate in ("10%/month", "120%/year")
    )
    assert monthly == pytest.approx([1000, 1100, 1200, 1300])
    assert yearly == pytest.approx(monthly)


def test_a_linear_phase_counts_from_the_level_before_it() -> None:
    """Doubled after one month, then 10 % of that a month."""
    growth = [
        {"rate": "100%/month"},
        {"from": "2027-01-01", "rate": "10%/month", "kind": "linear"},
    ]
    found = conversations(demanded(4, requests="1000/month", growth=growth))
    assert found == pytest.approx([1000, 2000, 2200, 2400])


def test_growth_from_before_the_plan_counts_from_its_start() -> None:
    """The stated level is that of the start; a phase that has ended by then did nothing to it."""
    growth = [
        {"from": "2025-01-01", "rate": "50%/month"},
        {"from": "2026-06-01", "rate": "10%/month"},
        {"from": "2028-01-01", "rate": "90%/month"},
    ]
    found = conversations(demanded(3, requests="1000/month", growth=growth))
    assert found == pytest.approx([1000, 1100, 1210])


def test_a_range_in_one_phase_is_compounded_before_it_is_averaged() -> None:
    """After two steps of 4 %, E[(1+g)^2] for what begins in February: 1 + 2 E[g] + E[g^2]."""
    growth = [{"rate": "4%/month"}, {"from": "2027-02-01", "rate": "1% to 3%/month"}]
    found = conversations(demanded(5, requests="1000/month", growth=growth))
    known = from_range(0.01, 0.03, "growth")
    grown = 1000 * 1.04**2
    assert found[3] == pytest.approx(grown * (1 + known.mean), rel=1e-12)
    assert found[4] == pytest.approx(grown * (1 + 2 * known.mean + known.moment(2)), rel=1e-12)


def test_one_unknown_in_two_phases_is_one_unknown() -> None:
    """$g before and after a date is E[(1+g)^2] after two steps, however they are cut."""
    text = """
        uncertainty: none
        assumptions: {{g: 2% to 9%}}
        workloads:
          chat:
            demand: {{requests: 1000/month, growth: {growth}}}
            request: {{input: 500, output: 300}}
            routing: {{mix: {{openai/gpt-6-luna: 100%}}}}
    """
    cut = "[{rate: $g/month}, {from: 2027-01-01, rate: $g/month}]"
    once, twice = (plan(text.format(growth=growth), draws=16) for growth in ("$g/month", cut))
    assert conversations(twice) == pytest.approx(conversations(once), rel=1e-12)


@pytest.mark.parametrize(
    ("rate", "retire", "refused"),
    [
        ("-10%/month", None, True),  # nothing is left after 10 steps, less than nothing after 11
        ("-9%/month", None, False),  # 1 - 11 x 0.09 = 0.01
        ("-10%/month", "2027-11-01", False),
        ("-3% to 2%/month", None, False),
        ("-12% to 2%/month", None, True),
    ],
)
def test_linear_growth_never_brings_demand_below_nothing(
    rate: str, retire: str | None, refused: bool
) -> None:
    """Where it would while the workload runs, the plan is refused at the rate."""
    demand: dict[str, Any] = {"growth": {"rate": rate, "kind": "linear"}}
    demand |= {"retire": retire} if retire else {}
    if refused:
        with pytest.raises(ScenarioError, match=r"demand\.growth\.rate: .*below nothing in 2027"):
            demanded(12, **demand)
    else:
        assert min(conversations(demanded(12, **demand))) >= 0


# Launch and retirement.


def test_a_workload_retires_on_its_day() -> None:
    """Half-open: retired on 11 February, it has ten days of it, and 10/28 of a monthly amount."""
    assert conversations(demanded(4, retire="2027-02-11")) == [3100, 3100, 1000, 0]
    monthly = conversations(demanded(3, requests="280/month", retire="2027-02-11"))
    assert monthly == pytest.approx([280, 280, 100])


def test_retired_before_the_plan_there_is_nothing() -> None:
    """And the reader is told."""
    found = demanded(3, retire="2026-11-01")
    assert found.horizon.expected == 0
    assert [warning.code for warning in found.warnings] == ["no-demand"]


def test_closed_days_are_not_active() -> None:
    """25 to 31 December fall out of a daily amount; a monthly one falls on the days before."""
    closed = ["2026-12-25 to 2026-12-31", "2027-01-01"]
    assert conversations(demanded(2, closed=closed)) == [2400, 3000]
    assert conversations(demanded(2, requests="62/month", closed=closed)) == [62, 62]


# Events.


def test_events_multiply_and_add() -> None:
    """December: 31 days of 100; the 10th to 12th double, the 12th half of that, the 20th 40 more.

    3,100 + 2 x 100 on the 10th and 11th; the 12th stays at 2 x 0.5 x 100; + 40.
    """
    events = {
        "sale": {"days": "2026-12-10 to 2026-12-12", "factor": 2},
        "strike": {"days": ["2026-12-12"], "factor": "0.5"},
        "fair": {"days": "2026-12-20", "add": "40/day"},
        "outage": {"days": "2027-01-31", "factor": 0},
    }
    assert conversations(demanded(2, events=events)) == pytest.approx([3340, 3000])


def test_what_an_event_adds_is_neither_grown_nor_multiplied() -> None:
    """Two steps of 10 % in February; 50 on the 3rd stay 50, beside the factor of the same day."""
    events = {
        "sale": {"days": "2027-02-03", "factor": 3},
        "fair": {"days": "2027-02-03", "add": "50/day"},
    }
    found = conversations(demanded(3, growth="10%/month", events=events))
    assert found[2] == pytest.approx(30 * 121 + 50)


def test_events_fall_on_days_with_demand() -> None:
    """5 December 2026 is a Saturday: on weekdays there is nothing to double or to add to."""
    for change in ({"factor": 2}, {"add": "50/day"}):
        events = {"sale": {"days": "2026-12-05 to 2026-12-06", **change}}
        found = demanded(1, days="weekdays", events=events)
        assert conversations(found) == [2300]
        (warning,) = found.warnings
        assert (warning.code, warning.where) == (
            "idle-event", "workloads.chat.demand.events.sale",
        )  # fmt: skip


def test_what_is_added_after_demand_is_used_up_is_refused() -> None:
    """Linear growth of -10 % leaves nothing in the eleventh month; before it, adding is fine."""
    growth = {"rate": "-10%/month", "kind": "linear"}
    events = {"fair": {"days": "2027-09-30", "add": "50/day"}}
    found = conversations(demanded(11, growth=growth, events=events))
    assert found[9:] == pytest.approx([100 * 30 * 0.1 + 50, 0])
    late = {"fair": {"days": "2027-10-01", "add": "50/day"}}
    with pytest.raises(ScenarioError, match="nothing is added to a demand of nothing"):
        demanded(11, growth=growth, events=late)


@pytest.mark.parametrize("change", [{"factor": "2 to 9"}, {"factor": 7}, {"add": "9k/day"}])
def test_an_event_outside_the_plan_changes_nothing(change: dict[str, Any]) -> None:
    """Not a line item, not a draw, not a warning."""
    events = {"sale": {"days": ["2026-11-30", "2027-03-01 to 2027-04-01"], **change}}
    with_it, without = demanded(3, events=events), demanded(3)
    assert with_it.line_items == without.line_items
    assert with_it.samples.tobytes() == without.samples.tobytes()
    assert (with_it.warnings, with_it.ranges) == (without.warnings, without.ranges)


def test_a_range_of_a_factor_counts_as_its_mean() -> None:
    """Two that overlap count as the product of their means on the day they share."""
    events = {
        "sale": {"days": "2026-12-10 to 2026-12-12", "factor": "2 to 4"},
        "press": {"days": "2026-12-12 to 2026-12-13", "factor": "1 to 3"},
        "fair": {"days": "2026-12-12", "add": "50/day"},
    }
    sale, press = (from_range(*ends, "positive").mean for ends in ((2, 4), (1, 3)))
    found = demanded(1, events=events)
    expected = 100 * (27 + 2 * sale + sale * press + press) + 50
    assert conversations(found)[0] == pytest.approx(expected, rel=1e-12)
    # A request is 500 x 0.1 + 300 x 0.5 = 200 to the million on Luna.
    assert float(found.horizon.expected) == pytest.approx(expected * 200 / 1e6, rel=1e-9)


def test_one_unknown_in_two_events_is_one_unknown() -> None:
    """Where both of them meet, E[f^2] counts and not E[f]^2."""
    events = {name: {"days": "2026-12-10", "factor": "$f"} for name in ("sale", "press")}
    workload = {
        "demand": {"requests": "100/day", "events": events},
        "request": REQUEST,
        "routing": {"mix": LUNA},
    }
    found = plan(
        "months: 1\nuncertainty: none\nassumptions: {f: 1 to 3}\n"
        f"workloads: {json.dumps({'chat': workload})}",
        draws=16,
    )
    square = from_range(1, 3, "positive").moment(2)
    assert conversations(found)[0] == pytest.approx(100 * (30 + square), rel=1e-12)


def test_what_is_paid_beside_models_follows_an_uncertain_event() -> None:
    """People review a tenth at 2.00 each: 100 x (30 + E[f]) conversations, and the same draws."""
    text = """
        months: 1
        uncertainty: none
        workloads:
          chat:
            demand: {requests: 100/day, events: {sale: {days: 2026-12-10, factor: 2 to 9}}}
            request: {input: 500, output: 300}
            routing: {mix: {openai/gpt-6-luna: 100%}}
            people: {review: {share: 10%, cost: 2}}
    """
    found = plan(text, draws=4096)
    expected = 100 * (30 + from_range(2, 9, "positive").mean)
    review = sum(item.cost for item in found.line_items if item.model == "people/review")
    assert float(review) == pytest.approx(expected * 0.1 * 2, rel=1e-9)
    (volume,) = found.volumes
    assert (volume.conversations, volume.calls) == pytest.approx((expected, expected), rel=1e-12)
    samples = found.samples.sum(axis=(1, 2))
    assert samples.mean() == pytest.approx(float(found.horizon.expected), rel=1e-3)
    # The money is proportional to 30 + f, so the draws reach as far as the range does.
    low, high = np.quantile(samples, [0.05, 0.95])
    assert high / low == pytest.approx((30 + 9) / (30 + 2), rel=1e-2)


def test_draws_agree_with_the_expectation() -> None:
    """Ranges in level, growth and factor: the mean of many draws comes near the exact value."""
    text = """
        uncertainty: none
        months: 4
        workloads:
          chat:
            demand:
              requests: 800 to 1500 per day
              growth: [{rate: 2% to 6%/month}, {from: 2027-02-01, rate: -2% to 2%/month, kind: linear}]
              events: {sale: {days: 2026-12-20 to 2027-01-10, factor: 2 to 4}}
            request: {input: 500, output: 300}
            routing: {mix: {openai/gpt-6-luna: 100%}}
    """  # noqa: E501
    found = plan(text, draws=16_384)
    mean = found.samples.mean(axis=0).sum(axis=0)
    expected = [float(total.expected) for total in found.totals()]
    assert mean == pytest.approx(expected, rel=2e-3)


# Seasonality.


@pytest.mark.parametrize("per", ["hour", "day", "weekday", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("days", ["all", "weekdays", "weekends", "working(US)"])
@pytest.mark.parametrize("year", [2027, 2028])
def test_a_year_keeps_its_total(per: str, days: str, year: int) -> None:
    """Whatever the period, the days and the factors; in a leap year too."""
    if (per, days) == ("weekday", "weekends"):
        days = "all"
    seasonality = {"months": {"december": 1.6, "january": 0.7}, "weekdays": [1, 1, 2, 1, 0.5, 3, 1]}
    even, seasonal = (
        sum(conversations(demanded(12, f"{year}-01", requests=f"100/{per}", days=days, **more)))
        for more in ({}, {"seasonality": seasonality})
    )
    assert seasonal == pytest.approx(even, rel=1e-12)


def test_months_stand_to_each_other_as_stated() -> None:
    """12,000 a year's worth: 1.6 for December and eleven of 1 are parts of 12.6."""
    found = conversations(
        demanded(12, "2027-01", requests="1000/month", seasonality={"months": {"december": 1.6}})
    )
    assert found == pytest.approx([12_000 / 12.6] * 11 + [12_000 / 12.6 * 1.6], rel=1e-12)


def test_weekdays_only_share_out_what_a_month_has() -> None:
    """A monthly amount stays; Saturdays and Sundays take a quarter of another day's part.

    February 2027 has four of each: 20 parts of 1 and 8 of 0.25 are 22; a launch on Saturday the
    27th leaves two quarters.
    """
    weekdays = {"sat": 0.25, "sun": 0.25}
    whole = demanded(3, requests="220/month", seasonality={"weekdays": weekdays})
    assert conversations(whole) == pytest.approx([220, 220, 220], rel=1e-12)
    late = demanded(
        3, requests="220/month", seasonality={"weekdays": weekdays}, launch="2027-02-27"
    )
    assert conversations(late)[2] == pytest.approx(220 * 0.5 / 22, rel=1e-12)


def test_what_seasons_come_to_is_told() -> None:
    """1.6 over the mean of a year, which is not 1: the reader sees what December really has."""
    found = demanded(2, requests="1000/month", seasonality={"months": {"december": 1.6}})
    (note,) = (note for note in found.notes if "seasonality" in note)
    # 12 / 12.6 = 0.95, and 1.6 of it are 1.52
    assert "its months have from 0.95 (2027-01) to 1.52 (2026-12) of an even one" in note
    # a week of 5 + 2 x 0.3 = 5.6 has 7 / 5.6 = 1.25 on a Monday and 0.375 on a Sunday
    weekend = demanded(3, seasonality={"weekdays": {"sat": 0.3, "sun": 0.3}})
    (note,) = (note for note in weekend.notes if "seasonality" in note)
    assert re.search(r"days of the week have from 0\.3[78] \(s\w\w\) to 1\.2\d \(\w+\)", note)


# Everything together, against a loop over days.


def literal(  # noqa: C901 (a loop that says what the rules are has them all)
    demand: dict[str, Any], start: Month, count: int, holidays: Callable[[date], bool]
) -> list[float]:
    """Conversations by month as the documentation has it, one day after another."""
    amount, per = demand["amount"], demand["per"]

    @cache
    def active(day: date) -> bool:
        if any(day in span for span in demand["closed"]):
            return False
        if per == "weekday" and day.weekday() >= 5:
            return False
        days: str = demand["days"]
        if days == "working(US)":
            return day.weekday() < 5 and not holidays(day)
        return days == "all" or (day.weekday() < 5) == (days == "weekdays")

    def each(month: Month) -> list[date]:
        return [month.first + timedelta(k) for k in range(month.days)]

    def part_of_period(month: Month) -> Fraction:
        if per == "month":
            return Fraction(1)
        if per == "week":
            return Fraction(month.days, 7)
        inside = [
            other
            for other in month_range(Month(month.year, 1), 12)
            if per == "year" or (other.number - 1) // 3 == (month.number - 1) // 3
        ]
        return Fraction(month.days, sum(other.days for other in inside))

    @cache
    def among(month: Month, weekdays: tuple[Fraction, ...]) -> Fraction:
        there = [weekdays[day.weekday()] for day in each(month) if active(day)]
        return part_of_period(month) / sum(there) if any(there) else Fraction(0)

    def on(day: date, months: list[Fraction], weekdays: list[Fraction]) -> Fraction:
        if not active(day):
            return Fraction(0)
        month = Month.of(day)
        strength = weekdays[day.weekday()] * months[month.number - 1]
        return strength if per in {"day", "weekday"} else strength * among(month, tuple(weekdays))

    def of_year(year: int, months: list[Fraction], weekdays: list[Fraction]) -> Fraction:
        days = [day for month in month_range(Month(year, 1), 12) for day in each(month)]
        return sum((on(day, months, weekdays) for day in days), Fraction(0))

    alike = [Fraction(1)] * 12
    scales = {}
    for year in {month.year for month in month_range(start, count)}:
        raw = of_year(year, demand["months"], demand["weekdays"])
        scales[year] = of_year(year, alike, alike[:7]) / raw if raw else Fraction(0)

    def grown(month: Month) -> Fraction:
        factor = Fraction(1)
        phases = demand["growth"]
        ends = [*(phase[0] for phase in phases[1:]), start + count][: len(phases)]
        for (begin, rate, kind), end in zip(phases, ends, strict=True):
            steps = min(month, end) - min(begin, end, month)
            factor *= (1 + rate) ** steps if kind == "compound" else 1 + rate * steps
        return factor

    found = []
    for month in month_range(start, count):
        volume = Fraction(0)
        for day in each(month):
            base = on(day, demand["months"], demand["weekdays"]) * scales[day.year]
            launch, ramp = demand["launch"], demand["ramp"]
            if launch and day < launch:
                base *= 0
            elif launch and ramp:
                base *= min(Fraction((day - launch).days, ramp), Fraction(1))
            if demand["retire"] and day >= demand["retire"]:
                base *= 0
            volume_of_day = amount * base * grown(month)
            for span, factor in demand["factors"]:
                volume_of_day *= factor if day in span else 1
            if base:
                volume_of_day += sum(more for span, more in demand["adds"] if day in span)
            volume += volume_of_day
        found.append(float(volume))
    return found


DAYS = st.dates(date(2026, 10, 1), date(2027, 12, 31))
SPANS = st.builds(lambda day, n: DayRange(day, day + timedelta(n)), DAYS, st.integers(1, 40))
FACTORS = st.integers(0, 8).map(lambda n: Fraction(n, 2))
PHASES = st.lists(
    st.tuples(
        st.integers(1, 12).map(lambda k: Month(2026, 11) + k),
        st.integers(-4, 12).map(lambda n: Fraction(n, 100)),
        st.sampled_from(["compound", "linear"]),
    ),
    max_size=3,
    unique_by=lambda phase: phase[0],
).map(sorted)


def _retires_after_launch(demand: dict[str, Any]) -> bool:
    launch, retire = demand["launch"], demand["retire"]
    return not (launch and retire and launch >= retire)


DEMANDS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "amount": st.integers(1, 1000).map(Fraction),
        "per": st.sampled_from(["day", "weekday", "week", "month", "quarter", "year"]),
        "days": st.sampled_from(["all", "weekdays", "weekends", "working(US)"]),
        "closed": st.lists(SPANS, max_size=2),
        "launch": st.none() | DAYS,
        "ramp": st.sampled_from([0, 10, 45]),
        "retire": st.none() | st.dates(date(2027, 5, 1), date(2028, 6, 1)),
        "months": st.lists(FACTORS, min_size=12, max_size=12).filter(any),
        "weekdays": st.lists(FACTORS, min_size=7, max_size=7).filter(any),
        "growth": PHASES,
        "factors": st.lists(st.tuples(SPANS, FACTORS), max_size=3),
        "adds": st.lists(st.tuples(SPANS, st.integers(0, 900)), max_size=2),
    }
).filter(_retires_after_launch)


def stated(demand: dict[str, Any]) -> dict[str, Any]:
    """The same demand as a scenario writes it."""

    def days(span: DayRange) -> str:
        return f"{span.start} to {span.end - timedelta(1)}"

    events = {
        f"f{k}": {"days": days(s), "factor": float(f)} for k, (s, f) in enumerate(demand["factors"])
    }
    events |= {
        f"a{k}": {"days": [days(s)], "add": f"{n}/day"} for k, (s, n) in enumerate(demand["adds"])
    }
    growth = [
        {"from": f"{begin}-01", "rate": f"{int(rate * 100)}%/month", "kind": kind}
        for begin, rate, kind in demand["growth"]
    ]
    written = {
        "requests": f"{demand['amount']}/{demand['per']}",
        "days": demand["days"],
        "closed": [days(span) for span in demand["closed"]],
        "seasonality": {name: list(map(float, demand[name])) for name in ("months", "weekdays")},
        "events": events,
        "growth": growth,
    }
    if demand["launch"]:
        written["launch"] = str(demand["launch"])
        written |= {"ramp": f"{demand['ramp']} days"} if demand["ramp"] else {}
    return written | ({"retire": str(demand["retire"])} if demand["retire"] else {})


@settings(max_examples=40)
@given(DEMANDS)
def test_everything_together_is_the_loop_over_days(demand: dict[str, Any]) -> None:
    """Launch, ramp, retirement, events, seasons, holidays and growth in phases, all at once."""
    import holidays

    american = holidays.country_holidays("US", years=range(2026, 2029))
    start, count = Month(2026, 11), 12
    if demand["launch"] is None:
        demand["ramp"] = 0
    found = conversations(demanded(count, str(start), **stated(demand)))
    expected = literal(demand, start, count, american.__contains__)
    assert found == pytest.approx(expected, rel=1e-11, abs=1e-9)


@settings(max_examples=8)
@given(DEMANDS)
def test_doubling_demand_doubles_the_cost(demand: dict[str, Any]) -> None:
    """Twice the requests and twice what events add are twice the money in each month."""
    doubled = demand | {
        "amount": 2 * demand["amount"],
        "adds": [(span, 2 * more) for span, more in demand["adds"]],
    }
    if demand["launch"] is None:
        doubled["ramp"] = demand["ramp"] = 0
    one, two = (demanded(12, "2026-11", **stated(each)) for each in (demand, doubled))
    costs = [[float(total.expected) for total in found.totals()] for found in (one, two)]
    assert costs[1] == pytest.approx([2 * cost for cost in costs[0]], rel=1e-9, abs=1e-9)


def test_equal_calendars_are_made_once() -> None:
    """A plan of 50 workloads alike lays out its days once."""
    from costplan.planning.demand import DemandCompiler
    from costplan.planning.findings import Findings
    from costplan.planning.sizes import Variables
    from costplan.prices.hours import holidays_of

    demand = {"requests": "100/day", "days": "working(US)"}
    workload = {"demand": demand, "request": REQUEST, "routing": {"mix": LUNA}}
    many = scenario(f"workloads: {json.dumps({f'chat{k}': workload for k in range(50)})}")
    compiler = DemandCompiler(
        month_range(many.start, 36), Variables(), Findings(many), holidays_of, 1.0, lambda _: NONE
    )
    days = [compiler.compile(name, each).days for name, each in many.workloads.items()]
    assert len({id(each) for each in days}) == 1
    assert np.all(days[0].weights >= 0)
