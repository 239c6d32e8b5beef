"""Demand on real days: each expected number is counted by hand from the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from costplan.engine.demand import calendar, growth_steps
from costplan.periods import DayRange, Days, Month, month_range

YEAR = month_range(Month(2026, 12), 12)


@pytest.mark.parametrize(
    ("per", "days", "expected"),
    [
        # 2026-12 has 31 days, 23 of them weekdays; Christmas is a Friday, so 22 US working days.
        ("day", "all", 31),
        ("day", "weekdays", 23),
        ("day", "weekends", 8),
        ("day", "working(US)", 22),
        ("weekday", "all", 23),
        ("weekday", "working(US)", 22),
        ("hour", "all", 31 * 24),
        # A week's amount comes to 31/7 of it in December, on whatever days it falls.
        ("week", "all", 31 / 7),
        ("week", "weekdays", 31 / 7),
        ("month", "all", 1),
        ("month", "working(US)", 1),
        # October to December have 92 days, the year 365.
        ("quarter", "all", 31 / 92),
        ("year", "all", 31 / 365),
        ("once", "all", 1),
    ],
)
def test_one_per_period_in_december(per: str, days: str, expected: float) -> None:
    """A demand of 1 per period, in December 2026."""
    found = calendar(YEAR, per=per, days=Days.parse(days)).by_month(YEAR[0].range)
    assert found[0] == pytest.approx(expected, rel=1e-15)


def test_a_month_of_a_monthly_amount_is_exactly_one() -> None:
    """31 times 1/31 is 1, without residue."""
    found = calendar(YEAR, per="month", days=Days()).by_month(
        DayRange(YEAR[0].first, date(2027, 12, 1))
    )
    assert list(found) == [1.0] * 12


def test_launch_inside_a_month() -> None:
    """Launched on the 15th, January has 17 of its 31 days, and a monthly amount 17/31 of itself."""
    launched = calendar(YEAR, per="day", days=Days(), launch=date(2027, 1, 15))
    assert list(launched.by_month(launched.range)[:3]) == [0, 17, 28]
    monthly = calendar(YEAR, per="month", days=Days(), launch=date(2027, 1, 15))
    assert monthly.by_month(monthly.range)[1] == pytest.approx(17 / 31)


def test_ramp_rises_in_a_straight_line_from_nothing() -> None:
    """Over 10 days from the 1st: 0, 0.1 ... 0.9 sum to 4.5, then 21 full days."""
    ramped = calendar(
        YEAR, per="day", days=Days(), launch=date(2026, 12, 1), ramp_end=date(2026, 12, 11)
    )
    assert ramped.by_month(ramped.range)[0] == pytest.approx(4.5 + 21)


def test_once_falls_on_the_first_active_day_from_launch() -> None:
    """2026-12-05 is a Saturday; a one-off on weekdays runs on Monday the 7th."""
    found = calendar(YEAR, per="once", days=Days("weekdays"), launch=date(2026, 12, 5))
    assert found.active == DayRange(date(2026, 12, 7), date(2026, 12, 8))


def test_once_before_the_plan_is_not_in_it() -> None:
    """What happened before the first month is paid for already."""
    assert calendar(YEAR, per="once", days=Days(), launch=date(2026, 11, 30)).active is None


def test_growth_steps_on_the_first_of_each_month() -> None:
    """Month k grows by (1+g)^k, the first by nothing; a yearly growth by (1+g)^(k/12)."""
    assert list(growth_steps(3, "month")) == [0, 1, 2]
    assert list(growth_steps(13, "year"))[12] == 1


def test_growth_between_two_months() -> None:
    """Begun in month 1 and ended in month 3, it has 0, 0, 1, 2, 2 steps; before the plan, none."""
    assert list(growth_steps(5, "month", 1, 3)) == [0, 0, 1, 2, 2]
    assert list(growth_steps(3, "month", -4)) == [0, 1, 2]
    assert list(growth_steps(3, "month", -4, -1)) == [0, 0, 0]


def test_active_days_count_days_with_volume() -> None:
    """US working days of December, January and February 2026/27: 22, 19, 19."""
    found = calendar(YEAR, per="day", days=Days.parse("working(US)")).active_days()
    assert list(found[:3]) == [22, 19, 19]
