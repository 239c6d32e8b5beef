"""Limits and time: literal minutes, hand arithmetic on whole plans, and recorded services."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from conftest import Cli
from hypothesis import given
from hypothesis import strategies as st
from plans import SCENARIOS, plan

from costplan.decisions.optimize import _seconds
from costplan.engine.capacity import (
    ASSUMED_BURST,
    ASSUMED_PEAK,
    EVEN,
    Capacity,
    LimitUse,
    Load,
    TimeUse,
    burst_of,
    busiest_days,
    peak_minute,
    whole_day,
)
from costplan.engine.distributions import Floats
from costplan.engine.projection import Projection
from costplan.periods import Month, month_range
from costplan.scenario.timing import Clock

TRACES = Path(__file__).parent.parent.parent / "shared/data/traces"
recorded = pytest.mark.skipif(not TRACES.exists(), reason=f"{TRACES} is not there: real traces")

PROFILES = st.lists(st.integers(0, 9), min_size=24, max_size=24).filter(any)


def shares(weights: list[int]) -> tuple[float, ...]:
    """Weights as parts of one."""
    return tuple(weight / sum(weights) for weight in weights)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), PROFILES, st.floats(1, 5)), min_size=1, max_size=4)
)
def test_the_busiest_minute_is_that_of_the_hour_in_which_all_are_busiest(
    loads: list[tuple[int, list[int], float]],
) -> None:
    """Told hour by hour: every load's minute there, added up."""
    made = [Load(np.array([float(n)]), shares(weights), burst) for n, weights, burst in loads]
    literal = max(
        sum(n * shares(weights)[hour] / 60 * burst for n, weights, burst in loads)
        for hour in range(24)
    )
    assert peak_minute(made)[0] == pytest.approx(literal)
    assert whole_day(made)[0] == sum(n for n, _, _ in loads)


def test_peaks_at_different_hours_do_not_add_up() -> None:
    """1,440 requests each: one between 9 and 10, one between 20 and 21. 24 a minute, not 48."""
    hour = [tuple(float(k == at) for k in range(24)) for at in (9, 20)]
    loads = [Load(np.array([1440.0]), at, 1.0) for at in hour]
    assert peak_minute(loads)[0] == pytest.approx(24)
    assert peak_minute([loads[0], loads[0]])[0] == pytest.approx(48)


@given(PROFILES, st.floats(1, 100))
def test_a_stated_peak_is_the_peak(weights: list[int], peak: float) -> None:
    """Whatever the profile, the busiest minute has so many times the average one."""
    hours = shares(weights)
    load = Load(np.array([1440.0]), hours, burst_of(hours, peak))
    assert peak_minute([load])[0] == pytest.approx(peak)


def test_what_is_assumed_where_nobody_says() -> None:
    """3.3 over an even day; 2.25 within the hours of a known one."""
    half = (1 / 12,) * 12 + (0.0,) * 12
    assert burst_of(EVEN, None) == ASSUMED_PEAK == 3.3
    assert burst_of(half, None) == ASSUMED_BURST == 2.25
    assert burst_of(half, 3.0) == pytest.approx(1.5)


def test_busiest_days_of_months() -> None:
    """The first of equal ones; each in its own month."""
    months = month_range(Month(2026, 12), 3)
    values = np.zeros(90)
    values[[4, 40, 41, 89]] = [1, 5, 9, 2]
    assert busiest_days(values, months).tolist() == [4, 41, 89]


@pytest.mark.parametrize(
    ("text", "hours", "busy"),
    [
        ("20:00-06:00", 10, {20, 21, 22, 23, 0, 1, 2, 3, 4, 5}),
        ("08:30-10:00", 1.5, {8, 9}),
        ("00:00-24:00", 24, set(range(24))),
    ],
)
def test_window(text: str, hours: float, busy: set[int]) -> None:
    """Past midnight too; its minutes are shared evenly."""
    clock = Clock.parse(text)
    assert clock.hours == hours
    assert sum(clock.shares) == pytest.approx(1)
    assert {hour for hour, share in enumerate(clock.shares) if share} == busy
    assert max(clock.shares) == pytest.approx(1 / hours)
    assert str(clock) == text


def test_in_flight_is_that_of_a_simulated_day() -> None:
    """Little: 20,000 requests of 4 s on average, however they come and however long each is."""
    rng = np.random.default_rng(1)
    arrived = np.sort(rng.beta(2, 3, 20_000)) * 86_400
    took = rng.exponential(4, 20_000)
    instants = np.arange(0, 86_400, 7.0)
    there = np.searchsorted(arrived, instants) - np.searchsorted(np.sort(arrived + took), instants)
    use = TimeUse(Month(2026, 12), "w", "m", 20_000, took.mean(), 2.0, 2, None)
    assert use.in_flight == pytest.approx(there.mean(), rel=0.03)
    assert use.in_flight_peak == 2 * use.in_flight


CHAT = """
uncertainty: none
limits: {limits}
workloads:
  chat:
    demand: {{requests: 1440/day, {demand}}}
    request: {{system: 600, input: 200, output: 150, turns: 2{request}}}
    failures: {{retry: 10%}}
    routing: {{mix: {{openai/gpt-6-luna: 50%, anthropic/claude-haiku-5-5: 50%}}}}
    {more}
"""


def chat(limits: str, *, demand: str = "peak: 4", request: str = "", more: str = "") -> Projection:
    """One conversation a minute on average, of two calls, a tenth of them sent twice."""
    return plan(CHAT.format(limits=limits, demand=demand, request=request, more=more), draws=1)


@pytest.mark.parametrize(
    ("limits", "peak"),
    [
        # Half of a conversation a minute, 2 calls, x 1.1 sent again, x 4 at the peak.
        ("{openai: {requests_per_minute: 5}}", 0.5 * 2 * 1.1 * 4),
        ("{openai/gpt-6-luna: {requests_per_day: 5}}", 720 * 2 * 1.1),
        # 800 + (600 + 2 x 200 + 150) = 1,950 in, 300 out.
        ("{openai: {tokens_per_minute: 5}}", 0.5 * 2250 * 1.1 * 4),
        ("{openai: {input_tokens_per_minute: 5}}", 0.5 * 1950 * 1.1 * 4),
        ("{openai: {output_tokens_per_minute: 5}}", 0.5 * 300 * 1.1 * 4),
        ("{anthropic: {tokens_per_day: 5}}", 720 * 2250 * 1.1),
    ],
)
def test_uses_of_limits_by_hand(limits: str, peak: float) -> None:
    """Calls and tokens in the busiest minute or on the busiest day, retries included."""
    found = chat(limits).capacity
    assert found is not None
    assert [use.peak for use in found.limits] == pytest.approx([peak] * 3)
    assert [use.share for use in found.limits] == pytest.approx([peak / 5] * 3)


@pytest.mark.parametrize(
    ("limit", "counts"),
    [
        ("anthropic: {{input_tokens_per_minute: 5}}", 550),
        ("anthropic: {{input_tokens_per_minute: 5, cached_input: counted}}", 10_550),
        ("openai: {{input_tokens_per_minute: 5}}", 10_550),
        ("openai: {{input_tokens_per_minute: 5, cached_input: free}}", 550),
    ],
)
def test_whether_cached_input_counts(limit: str, counts: float) -> None:
    """It is free at Anthropic and counted elsewhere, unless the scenario says otherwise.

    One turn with 550 new tokens and 10,000 that are always found.
    """
    text = CHAT.replace("{limits}", f"{{{{{limit}}}}}").replace("turns: 2", "turns: 1")
    text = text.replace("system: 600", "system: {{tokens: 10k, cache: 5m, hits: 100%}}")
    text = text.replace("input: 200", "input: 550")
    found = plan(text.format(demand="peak: 1", request="", more=""), draws=1).capacity
    assert found is not None
    assert found.limits[0].peak == pytest.approx(0.5 * 1.1 * counts)


def test_first_month_over_a_limit_that_changes() -> None:
    """4.4 calls a minute at first, a tenth more each month; 5 are allowed, from mid-March 6.

    December 4.4, January 4.84, February 5.324 (over 5), March 5.8564 (over 5 until the 14th),
    April 6.442 (over 6). Up to the day of the raise March is judged by 5.
    """
    limits = "{openai: [{requests_per_minute: 5}, {from: 2027-03-15, requests_per_minute: 6}]}"
    growing = CHAT.replace("uncertainty: none", "uncertainty: none\nmonths: 6")
    text = growing.format(limits=limits, demand="peak: 4, growth: 10%/month", request="", more="")
    found = plan(text, draws=1)
    assert found.capacity is not None
    uses = found.capacity.limits
    assert [use.peak for use in uses] == pytest.approx([4.4 * 1.1**k for k in range(6)])
    assert [use.allowed for use in uses] == [5, 5, 5, 5, 6, 6]
    assert [use.over for use in uses] == [False, False, True, True, True, True]
    first = found.capacity.first_over()
    assert first == {("openai", "requests_per_minute"): Month(2027, 2)}
    (warning,) = (w for w in found.warnings if w.code == "over-limit")
    assert warning.where == "limits.openai.requests_per_minute"
    assert "passed first in 2027-02, and in 4 of 6 months" in warning.message


def test_a_day_of_the_launch_ramp_is_not_the_month_s_average() -> None:
    """Straight up over December from nothing: its last day has 30/31 of full demand."""
    found = chat(
        "{openai: {requests_per_day: 1000}}", demand="launch: 2026-12-01, ramp: 31 days, peak: 1"
    ).capacity
    assert found is not None
    full = 720 * 2 * 1.1
    assert [use.peak for use in found.limits] == pytest.approx([full * 30 / 31, full, full])


def test_batches_have_a_queue_of_their_own() -> None:
    """A quarter goes through the batch API: it uses the queue, and no minute."""
    limits = "{openai: {requests_per_minute: 5, batch_tokens_per_day: 100k}}"
    found = chat(limits, more="batch: 25%").capacity
    assert found is not None
    first = {use.limit: use.peak for use in found.limits if use.month == Month(2026, 12)}
    assert first == pytest.approx(
        {"requests_per_minute": 0.75 * 4.4, "batch_tokens_per_day": 0.25 * 720 * 1950 * 1.1}
    )


def test_nothing_is_said_where_nothing_is_asked() -> None:
    """No limits, no speeds: no figures, no warnings."""
    found = chat("{}")
    assert found.capacity is None
    assert not any(w.code in {"over-limit", "over-window"} for w in found.warnings)


def test_what_is_assumed_is_said() -> None:
    """Without a stated peak, 3.3 is taken, and told as assumed."""
    found = chat("{openai: {requests_per_minute: 5}}", demand="launch: 2026-12-01")
    assert found.capacity is not None
    assert found.capacity.limits[0].peak == pytest.approx(1.1 * 3.3)
    assert any("assumed to have 3.3 times" in note for note in found.notes)
    stated = chat("{openai: {requests_per_minute: 5}}")
    assert not any("assumed" in note for note in stated.notes)


def test_the_hours_of_demand_make_the_peak() -> None:
    """1,584 calls in nine hours are 2.93 a minute, x 2.25 in the busiest one of an hour."""
    found = chat("{openai: {requests_per_minute: 5}}", demand="hours: 9-18, zone: UTC").capacity
    assert found is not None
    assert found.limits[0].peak == pytest.approx(1584 / 540 * 2.25)


def test_time_by_hand() -> None:
    """1.2 s to the first token and 150 tokens at 100 a second: 2.7 s a call.

    On half of 1,440 conversations, 2 calls, x 1.1: 1,584 calls of 2.7 s are 4,276.8 s. From January
    on at 300 a second 1.7 s: 2,692.8 s. In flight: over the day 4276.8 / 86400.
    """
    speed = (
        "{openai/gpt-6-luna: [{first_token: 1.2, tokens_per_second: 100}, "
        "{from: 2027-01-01, first_token: 1.2, tokens_per_second: 300}], "
        "anthropic/claude-haiku-5-5: {first_token: 1, tokens_per_second: 150}}"
    )
    found = chat("{}", more=f"timing: {{speed: {speed}}}").capacity
    assert found is not None
    mine = [use for use in found.times if use.model == "openai/gpt-6-luna"]
    assert [use.seconds for use in mine] == pytest.approx([2.7, 1.7, 1.7])
    assert [use.requests_per_day for use in mine] == pytest.approx([1584] * 3)
    assert mine[0].in_flight == pytest.approx(4276.8 / 86_400)
    assert mine[0].in_flight_peak == pytest.approx(4 * 4276.8 / 86_400)
    assert mine[0].hours is None
    assert [use.seconds for use in found.times if use not in mine] == pytest.approx([2.0] * 3)


@pytest.mark.parametrize(("parallel", "late"), [(2, True), (3, False)])
def test_the_batch_that_is_not_done_by_morning(parallel: int, late: bool) -> None:
    """20,000 requests of 4 s, 2 at a time: 11.1 hours, and the night from 20:00 has 10."""
    found = plan(
        f"""
        uncertainty: none
        limits: {{openai: {{requests_per_minute: 40}}}}
        workloads:
          night:
            demand: {{requests: 20k/day}}
            request: {{input: 3000, output: 250}}
            routing: {{mix: {{openai/gpt-6-luna: 100%}}}}
            timing: {{seconds: 4, parallel: {parallel}, window: 20:00-06:00}}
        """,
        draws=1,
    )
    assert found.capacity is not None
    (use, *_) = found.capacity.times
    assert use.hours == pytest.approx(20_000 * 4 / parallel / 3600)
    assert use.unfinished == late
    assert found.processing[0].hours_per_day == pytest.approx(use.hours)
    warned = [w.message for w in found.warnings if w.code == "over-window"]
    assert bool(warned) == late
    assert all("3 at a time would do" in message for message in warned)
    # Evenly over 600 minutes of the night; not at the hours of anyone's demand.
    assert found.capacity.limits[0].peak == pytest.approx(20_000 / 600)


def test_what_the_batch_api_does_takes_none_of_our_time() -> None:
    """A quarter of 1,440 conversations is sent as batches: three quarters take 1 s a call."""
    timing = "timing: {seconds: 1, window: 00:00-24:00}"
    found = chat("{}", more=f"batch: 25%\n    {timing}").capacity
    assert found is not None
    assert found.times[0].requests_per_day == pytest.approx(0.75 * 720 * 2 * 1.1)
    assert found.limits == ()


def test_speeds_say_how_long_a_request_takes_where_the_cheapest_mix_asks() -> None:
    """1.2 s and 150 tokens at 100 a second on one half, 1 s and 150 at 150 on the other: 2.35 s."""
    speed = (
        "{openai/gpt-6-luna: {first_token: 1.2, tokens_per_second: 100}, "
        "anthropic/claude-haiku-5-5: {first_token: 1, tokens_per_second: 150}}"
    )
    assert _seconds(chat("{}", more=f"timing: {{speed: {speed}}}")) == pytest.approx(2.35)
    assert _seconds(chat("{}")) is None


def test_requests_that_wait_at_the_peak() -> None:
    """300,000 calls of 2 s are 6.94 in flight; 22.9 at a peak of 3.3, and 20 may run."""
    text = """
        uncertainty: none
        workloads:
          chat:
            demand: {requests: 300k/day}
            request: {input: 100, output: 100}
            routing: {mix: {openai/gpt-6-luna: 100%}}
            timing:
              speed: {openai/gpt-6-luna: {first_token: 1, tokens_per_second: 100}}
              parallel: 20
        """
    found = plan(text, draws=1)
    assert found.capacity is not None
    assert found.capacity.times[0].in_flight_peak == pytest.approx(300_000 * 2 / 86_400 * 3.3)
    (warning,) = (w for w in found.warnings if w.code == "over-limit")
    assert "22.9 in the busiest minute" in warning.message


def test_a_limit_that_is_just_met_is_not_over() -> None:
    """Three tenths is not more than 0.3, whatever binary says."""
    use = LimitUse(Month(2026, 12), "openai", "requests_per_minute", 0.3, 0.1 + 0.2)
    assert not use.over
    assert Capacity((use,)).first_over() == {("openai", "requests_per_minute"): None}


def minute_peak(moments: Floats) -> float:
    """The busiest minute over the average one, whole minutes only."""
    last = moments.max() // 60
    counts = np.histogram(moments, np.arange(last + 1) * 60)[0]
    return float(counts.max() / counts.mean())


@recorded
def test_the_assumed_burst_is_that_of_recorded_hours() -> None:
    """Between Mooncake's 1.21 and Azure's 4.18: their geometric mean."""
    with gzip.open(TRACES / "mooncake_conversation.jsonl.gz", "rt") as lines:
        chats = np.array([json.loads(line)["timestamp"] / 1000 for line in lines])
    with gzip.open(TRACES / "azure2023_code.csv.gz", "rt") as lines:
        rows = [row["TIMESTAMP"][:26] for row in csv.DictReader(lines)]
    stamps = np.array([datetime.fromisoformat(row).timestamp() for row in rows])
    bursts = [minute_peak(chats), minute_peak(stamps - stamps.min())]
    assert bursts == pytest.approx([1.21, 4.18], abs=0.006)
    assert pytest.approx((bursts[0] * bursts[1]) ** 0.5, abs=0.01) == ASSUMED_BURST


@recorded
def test_a_capped_service_is_seen_to_be_over_its_limit() -> None:
    """A coding assistant pinned at about a million tokens a minute in a sixth of its minutes.

    Planned from its average minute alone, with the peak that is assumed where nobody says.
    """
    with (TRACES / "cerebras_console_export_1min.csv").open() as lines:
        minutes = np.array([float(row["Total Tokens"]) for row in csv.DictReader(lines)])
    pinned = int((minutes >= 950_000).sum())
    assert (pinned, minutes.size) == (33, 204)
    use = LimitUse(
        Month.of(date(2026, 1, 1)),
        "cerebras",
        "tokens_per_minute",
        1_000_000,
        float(peak_minute([Load(np.array([minutes.mean() * 1440]), EVEN, ASSUMED_PEAK)])[0]),
    )
    assert use.over
    assert use.peak == pytest.approx(minutes.max(), rel=0.15)


def test_the_tables_name_the_first_month(cli: Cli) -> None:
    """As a reader sees it, and as a program does."""
    ran = cli(
        "plan", str(SCENARIOS / "limits-and-time.yaml"), "--draws", "16", "--format", "markdown"
    )
    assert ran.code == 0
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in ran.out.splitlines()]
    (limit,) = (row for row in rows if row[:2] == ["openai/gpt-6-luna", "tokens/min"])
    assert limit[2:4] == ["2027-02", "950,000, then 2,000,000"]
    assert [cell for cell in limit[4:] if "▲" in cell] == [limit[6]]
    (night,) = (row for row in rows if len(row) == 11 and row[0] == "nightly-documents")
    assert night[-1] == "2027-11"
    ran = cli("plan", str(SCENARIOS / "limits-and-time.yaml"), "--draws", "16", "--format", "json")
    found = json.loads(ran.out)["capacity"]
    over = {(row["name"], row["limit"]): row["month"] for row in found["first_over"]}
    assert over["openai/gpt-6-luna", "tokens_per_minute"] == "2027-02"
    assert over["anthropic", "input_tokens_per_minute"] is None
    assert {row["month"] for row in found["limits"]} == set(json.loads(ran.out)["months"])
    late = [row["month"] for row in found["times"] if row["unfinished"]]
    assert late == ["2027-11"]
