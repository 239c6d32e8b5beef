"""Plans on prices that depend on the hour: what falls into a peak, and what it costs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from plans import plan

from costplan.engine.projection import Projection

PEAK = "mon-fri 09:00-12:00 14:00-18:00"


def on_deepseek(requests: str = "2400/day", **demand: str) -> Projection:
    """1,000 tokens in and 100 out for each request, in November 2026 unless `start` says else."""
    start = demand.pop("start", "2026-11")
    months = demand.pop("months", "1")
    also = "".join(f", {key}: {value}" for key, value in demand.items())
    return plan(f"""
        start: {start}
        months: {months}
        uncertainty: none
        workloads:
          chat:
            demand: {{requests: {requests}{also}}}
            request: {{input: 1000, output: 100}}
            routing: {{mix: {{deepseek/deepseek-v4-pro: 100%}}}}
    """)


def split(projection: Projection) -> dict[tuple[str, bool], tuple[float, Decimal]]:
    """Quantity and cost by meter, inside and outside the peak."""
    found: dict[tuple[str, bool], tuple[float, Decimal]] = {}
    for item in projection.line_items:
        key = item.meter, PEAK in item.source
        quantity, cost = found.get(key, (0.0, Decimal(0)))
        found[key] = quantity + item.quantity, cost + item.cost
    return found


def test_seven_of_24_hours_of_a_weekday_are_peak() -> None:
    """November 2026 has 21 weekdays and no Chinese holiday.

    In: 72M tokens, of which 21 x 2.4M x 7/24 = 14.7M at 1.32 = 19.404, and 57.3M at 0.66 = 37.818.
    Out: 7.2M tokens, of which 1.47M at 3.96 = 5.8212, and 5.73M at 1.98 = 11.3454.
    """
    projection = on_deepseek()
    found = split(projection)
    assert found["input", True][0] == pytest.approx(14.7e6)
    assert found["input", True][1] == pytest.approx(Decimal("19.404"))
    assert found["input", False][0] == pytest.approx(57.3e6)
    assert found["input", False][1] == pytest.approx(Decimal("37.818"))
    assert found["output", True][1] == pytest.approx(Decimal("5.8212"))
    assert found["output", False][1] == pytest.approx(Decimal("11.3454"))
    assert projection.horizon.expected == pytest.approx(Decimal("74.3886"), rel=Decimal("1e-12"))


def test_the_even_spread_is_told() -> None:
    """A reader learns what was taken for granted, and how much depends on it: 14.7 of 72."""
    (warning,) = (w for w in on_deepseek().warnings if w.code == "even-hours")
    assert "20.4% of it pays them" in warning.message


def test_holidays_of_the_zone_have_no_peak() -> None:
    """October 2026 has 22 weekdays, of which 1, 2, 5, 6 and 7 October are holidays in China."""
    found = split(on_deepseek(start="2026-10"))
    assert found["input", True][0] == pytest.approx(17 * 2.4e6 * 7 / 24)


def test_weekends_have_no_peak() -> None:
    """A workload of weekends pays the off-peak price, and needs no warning."""
    projection = on_deepseek(days="weekends")
    assert {inside for _, inside in split(projection)} == {False}
    assert not [w for w in projection.warnings if w.code == "even-hours"]


def test_working_days_elsewhere_are_weekdays_there() -> None:
    """All demand is on weekdays: 7 of 24 hours of all of it, but on Thanksgiving there is none."""
    found = split(on_deepseek(days="working(US)"))
    # 21 weekdays less Veterans Day and Thanksgiving
    assert found["input", True][0] == pytest.approx(19 * 2.4e6 * 7 / 24)
    assert found["input", False][0] == pytest.approx(19 * 2.4e6 * 17 / 24)


def test_a_plan_across_the_day_the_peak_began() -> None:
    """August 2026: 16 days at 0.435, then 15 with 11 weekdays of the new schedule."""
    found = split(on_deepseek(start="2026-08"))
    assert found["input", True][0] == pytest.approx(11 * 2.4e6 * 7 / 24)
    before = 16 * 2.4 * 0.435
    after = (15 * 2.4 - 11 * 2.4 * 7 / 24) * 0.66
    assert found["input", False][1] == pytest.approx(Decimal(before + after))


def test_draws_agree_with_the_expectation() -> None:
    """A month of draws without uncertainty is its expected value."""
    projection = on_deepseek("1k to 4k/day")
    mean = projection.samples.sum(axis=(1, 2)).mean()
    assert mean == pytest.approx(float(projection.horizon.expected), rel=1e-3)
