"""The hours of a day: what they decide, and that they decide nothing else."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import plan

from costplan.engine.hours import arrivals
from costplan.engine.projection import Projection
from costplan.periods import DayRange
from costplan.planning.peaks import Peaks
from costplan.prices.hours import Hours, Window, holidays_of
from costplan.scenario.hours import HourProfile

PEAK = "mon-fri 09:00-12:00 14:00-18:00"
WEIGHTS = st.lists(st.integers(0, 9), min_size=24, max_size=24).filter(any)


def on_deepseek(start: str, **demand: Any) -> Projection:
    """1,000 tokens in and nothing out, 2,400 a day, on a price with a peak in Beijing."""
    demand = {"requests": "2400/day"} | demand
    chat = {
        "demand": demand,
        "request": {"input": 1000, "output": 0},
        "routing": {"mix": {"deepseek/deepseek-v4-pro": "100%"}},
    }
    return plan(
        f"start: {start}\nmonths: 1\nuncertainty: none\nworkloads: {json.dumps({'chat': chat})}",
        draws=16,
    )


def peak_days(projection: Projection) -> float:
    """Days' worth of demand that pay the peak price."""
    return sum(item.quantity for item in projection.line_items if PEAK in item.source) / 2.4e6


@pytest.mark.parametrize(
    ("text", "hours", "active"),
    [
        ("9-18", {9: 1 / 9, 17: 1 / 9, 18: 0, 8: 0}, 9),
        ("09:00-18:00", {9: 1 / 9, 17: 1 / 9, 18: 0}, 9),
        ("08:30-17:00", {8: 0.5 / 8.5, 9: 1 / 8.5, 16: 1 / 8.5, 17: 0}, 8.5),
        ("22-6", {22: 1 / 8, 0: 1 / 8, 5: 1 / 8, 6: 0, 12: 0}, 8),
        ("18-24", {18: 1 / 6, 23: 1 / 6, 0: 0}, 6),
    ],
)
def test_hours_are_read(text: str, hours: dict[int, float], active: float) -> None:
    """Even inside, also where they begin within an hour or go on past midnight."""
    profile = HourProfile.parse(text)
    assert {hour: profile.shares[hour] for hour in hours} == pytest.approx(hours)
    assert math.fsum(profile.shares) == pytest.approx(1)
    assert profile.active == active


@pytest.mark.parametrize("text", ["9", "9-25", "9:60-12", "9-9", "0-24", "office", "-3-4"])
def test_what_is_no_hours_is_refused(text: str) -> None:
    """A day from midnight to midnight is said by leaving hours out."""
    with pytest.raises(ValueError, match=r"hours|ends"):
        HourProfile.parse(text)


def test_an_amount_per_hour_falls_on_active_hours() -> None:
    """100 an hour from 9 to 18 are 900 a day, as 100 a day on weekdays are 500 a week."""
    even, office = (
        sum(volume.conversations for volume in on_deepseek("2026-11", **demand).volumes)
        for demand in (
            {"requests": "100/hour"},
            {"requests": "100/hour", "hours": "9-18", "zone": "UTC"},
        )
    )
    assert (even, office) == (30 * 2400, 30 * 900)


# Prices by the hour.


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # From 9 to 18 in Berlin it is 16 to 1 in Beijing in winter, so two of nine hours (16 to
        # 18) are peak: on 21 weekdays of November 2026.
        ("2026-11", 21 * 2 / 9),
        # In summer it is 15 to 24, and three of nine. October 2026: 17 weekdays that are no
        # holiday in China, the last five of them after clocks change on the 25th.
        ("2026-10", 12 * 3 / 9 + 5 * 2 / 9),
    ],
)
def test_office_hours_in_berlin_and_a_peak_in_beijing(start: str, expected: float) -> None:
    """Where clocks change, it is worked out day by day."""
    found = on_deepseek(start, hours="9-18", zone="Europe/Berlin")
    assert peak_days(found) == pytest.approx(expected, rel=1e-12)


def test_the_share_in_the_peak_is_told_and_no_even_spread_warned_of() -> None:
    """21 x 2/9 of 30 days are 15.6 %."""
    found = on_deepseek("2026-11", hours="9-18", zone="Europe/Berlin")
    assert not found.warnings
    assert any("15.6% of demand on deepseek/deepseek-v4-pro" in note for note in found.notes)


def test_nights_are_cheap_and_days_dear() -> None:
    """All demand from 9 to 12 in Beijing pays the peak on each of 21 weekdays; at night none."""
    busy, night = (
        on_deepseek("2026-11", hours=hours, zone="Asia/Shanghai") for hours in ("9-12", "22-6")
    )
    assert peak_days(busy) == pytest.approx(21)
    assert peak_days(night) == 0
    # 2.4M tokens a day at 0.66, or 1.32 in the peak
    assert float(night.horizon.expected) == pytest.approx(30 * 2.4 * 0.66)
    assert float(busy.horizon.expected) == pytest.approx(9 * 2.4 * 0.66 + 21 * 2.4 * 1.32)


def test_a_zone_alone_moves_the_days() -> None:
    """Spread evenly over days in UTC, every hour of the Chinese peak still comes: 7 of 24 of it.

    The peak is 1:00 to 10:00 in UTC on the same date, so it is as many days.
    """
    found = on_deepseek("2026-11", zone="UTC")
    assert peak_days(found) == pytest.approx(21 * 7 / 24)
    assert [warning.code for warning in found.warnings] == ["even-hours"]


@pytest.mark.parametrize(
    ("zone", "price_zone", "days"),
    [
        ("Europe/Berlin", "Asia/Shanghai", DayRange(date(2026, 10, 20), date(2026, 10, 30))),
        ("America/New_York", "Asia/Kolkata", DayRange(date(2027, 3, 11), date(2027, 3, 18))),
        ("Australia/Lord_Howe", "America/New_York", DayRange(date(2027, 4, 1), date(2027, 4, 8))),
        ("Asia/Kathmandu", "Europe/London", DayRange(date(2027, 3, 25), date(2027, 4, 1))),
        ("Pacific/Kiritimati", "Pacific/Honolulu", DayRange(date(2026, 12, 28), date(2027, 1, 5))),
    ],
)
def test_peaks_against_every_five_minutes(zone: str, price_zone: str, days: DayRange) -> None:
    """On each day, each moment of the clock is asked whether it is inside the window."""
    window = Window(
        (Hours.parse("00:30-03:00"), Hours.parse("09:00-12:15"), Hours.parse("20:00-24:00")),
        ("mon", "tue", "wed", "thu", "fri"),
        price_zone,
        "US",
        {},
    )
    weights = [(hour * 7) % 5 for hour in range(24)]
    profile = HourProfile.of(tuple(map(Decimal, weights)))
    found = Peaks(holidays_of).shares(window, days, profile, zone)
    there, step = ZoneInfo(zone), timedelta(minutes=5)
    for k in range(days.days):
        day = days.start + timedelta(k)
        inside = 0.0
        for hour in range(24):
            # Each hour lasts sixty minutes from when the clock shows it (the first of two times).
            begin = datetime(day.year, day.month, day.day, hour, tzinfo=there).astimezone(UTC)
            held = sum(window.holds(begin + n * step) for n in range(12))
            inside += weights[hour] / sum(weights) * held / 12
        assert found[k] == pytest.approx(inside, abs=1e-12), day


# Money that does not depend on the hour.


@settings(max_examples=15)
@given(WEIGHTS, st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York"]))
def test_hours_leave_the_money_alone(weights: list[int], zone: str) -> None:
    """Where no price depends on the hour and no cache on arrivals: the same bytes."""
    text = """
        months: 3
        workloads:
          chat:
            demand: {{requests: 1k to 2k per day, growth: 3%/month, days: weekdays{hours}}}
            request: {{input: 500, output: 300}}
            routing: {{mix: {{openai/gpt-6-luna: 60%, anthropic/claude-haiku-5-5: 40%}}}}
    """
    with_it = plan(text.format(hours=f", hours: {weights}, zone: {zone}"), draws=16)
    without = plan(text.format(hours=""), draws=16)
    assert with_it.line_items == without.line_items
    assert with_it.samples.tobytes() == without.samples.tobytes()


# Arrivals and caches.


def integrated(shares: list[float], seconds: int, even: float) -> float:
    """The part of arrivals without another in the lifetime before, by adding up every 20 s."""
    per_slot = np.repeat(shares, 180) / 180
    back = seconds // 20
    cycle = np.concatenate((per_slot, per_slot, per_slot))
    passed = np.concatenate(([0.0], np.cumsum(cycle)))
    # A moment in the middle of its slot has half of that slot, and half of the one that leaves.
    k = np.arange(2 * 4320, 3 * 4320)
    within = (passed[k] + passed[k + 1]) / 2 - (passed[k - back] + passed[k - back + 1]) / 2
    expected = even * within * 86_400 / seconds
    return float(per_slot @ np.exp(-expected))


@settings(max_examples=40)
@given(WEIGHTS, st.sampled_from([300, 1800, 3600, 43_200]), st.floats(-4, 1))
def test_arrivals_against_a_sum_over_the_day(
    weights: list[int], seconds: int, exponent: float
) -> None:
    """Closed form against slots of 20 seconds, from rare conversations to crowded ones."""
    shares = [weight / sum(weights) for weight in weights]
    even = 10**exponent
    found = arrivals(tuple(shares), seconds).missed(np.array([even]))[0]
    assert found == pytest.approx(integrated(shares, seconds, even), abs=1e-3)


@pytest.mark.parametrize("seconds", [300, 1800, 3600, 43_200])
def test_even_hours_are_the_formula_without_hours(seconds: int) -> None:
    """24 equal weights: exp(-m)."""
    even = np.array([0.0, 1e-9, 0.01, 1.0, 30.0])
    found = arrivals(HourProfile().shares, seconds).missed(even)
    assert found == pytest.approx(np.exp(-even), rel=1e-9)


def test_one_busy_hour_by_hand() -> None:
    """All of a day's arrivals in one hour, 24 times the even rate; a lifetime of half an hour.

    m rises from 0 to 24 x even over the first half, and stays: with even = 1/24 it is 1, and
    half (1 - e^-1) + half e^-1 = 1/2 of arrivals have none before them in time.
    """
    shares = (0.0,) * 9 + (1.0,) + (0.0,) * 14
    found = arrivals(shares, 1800).missed(np.array([1 / 24]))[0]
    assert found == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("hours", ["9-18", "8:30-9", "22-6"])
def test_many_are_read_off_a_table(hours: str) -> None:
    """From none to millions, what is interpolated is what is added up."""
    even = np.concatenate(([0.0], np.logspace(-12, 8, 20_000)))
    of = arrivals(HourProfile.parse(hours).shares, 1800)
    assert of.missed(even) == pytest.approx(of.summed(even), abs=1e-6)
    common = (even > 1e-8) & (even < 1e4)
    assert of.missed(even)[common] == pytest.approx(of.summed(even)[common], abs=1e-9)


def test_no_number_of_arrivals_overflows() -> None:
    """Millions within a lifetime: every one finds its prompt."""
    found = arrivals(HourProfile.parse("9-18").shares, 300).missed(np.array([1e3, 1e6, 1e12]))
    assert np.all((found >= 0) & (found < 1e-2))
    assert found[2] == pytest.approx(0, abs=1e-12)


def test_office_hours_find_more_in_the_cache() -> None:
    """200 conversations a day in nine hours instead of 24: more of them follow each other."""
    text = """
        months: 1
        uncertainty: none
        workloads:
          chat:
            demand: {{requests: 200/day{hours}}}
            request: {{system: {{tokens: 5000, cache: 5m}}, input: 500, output: 300}}
            routing: {{mix: {{anthropic/claude-haiku-5-5: 100%}}}}
    """
    even, office = (
        plan(text.format(hours=hours), draws=64) for hours in ("", ", hours: 9-18, zone: UTC")
    )
    reads = []
    for found in (even, office):
        sums = {"cache_read": 0.0, "cache_write_5m": 0.0}
        for item in found.line_items:
            if item.meter in sums:
                sums[item.meter] += item.quantity
        reads.append(sums["cache_read"] / sum(sums.values()))
        mean = float(found.samples.sum(axis=(1, 2)).mean())
        assert mean == pytest.approx(float(found.horizon.expected), rel=1e-9)
    # Even: 200/day x 300 s = 0.694 of them within a lifetime, so 1 - exp(-0.694) = 0.5006 find it.
    assert reads[0] == pytest.approx(1 - math.exp(-200 * 300 / 86_400), rel=1e-9)
    # In office hours 24/9 of it, but for the first five minutes of each of the days:
    # m = 1.8519, missed = (1 - f) exp(-m) + f (1 - exp(-m)) / m with f = 300 s of 9 h.
    m, first = 200 * 300 / 32_400, 300 / 32_400
    missed = (1 - first) * math.exp(-m) + first * (1 - math.exp(-m)) / m
    assert reads[1] == pytest.approx(1 - missed, rel=1e-9)
