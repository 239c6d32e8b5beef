"""Demand from a log: reading it, its level and profile, and the plan it makes."""

from __future__ import annotations

import gzip
import math
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import book

from costplan.engine.arrivals import recorded
from costplan.engine.levels import level
from costplan.engine.projection import Projection
from costplan.errors import ScenarioError
from costplan.planning import compile_plan, project
from costplan.scenario import load_scenario, read_scenario
from costplan.scenario.log_files import read_log
from costplan.scenario.logs import Arrivals, Log

MONDAY = date(2026, 9, 7)

PLAN = """
name: Log
start: 2026-12
months: 2
uncertainty: {uncertainty}
workloads:
  chat:
    demand: {{log: {log}{more}}}
    request: {{input: 1k, output: 100}}
    routing: {{mix: {{openai/gpt-6-luna: 100%}}}}
"""


def planned(folder: Path, log: str, more: str = "", uncertainty: str = "typical") -> Projection:
    """The plan of one workload whose demand is a log in a folder."""
    text = PLAN.format(log=log, more=more, uncertainty=uncertainty)
    return project(read_scenario(text, "test.yaml", folder), book(), draws=4096)


def written(folder: Path, daily: list[int], first: date = MONDAY) -> str:
    """A log with a row for each day."""
    rows = [f"{first + timedelta(k)},{count}" for k, count in enumerate(daily)]
    (folder / "days.csv").write_text("day,requests\n" + "\n".join(rows) + "\n")
    return "days.csv"


HOURS = (0.0,) * 9 + (2.0,) + (0.0,) * 4 + (1.0,) + (0.0,) * 9
TWO_DAYS = Arrivals(date(2026, 10, 1), (2.0, 1.0), HOURS, 9, 14)
"""Two requests from 9 to 10 on the first day, one from 14 to 15 on the second."""
ONLY_DAYS = Arrivals(date(2026, 10, 1), (2.0, 1.0), ())


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "a.csv",
            "timestamp\n2026-10-01T09:30:00\n2026-10-01 09:59:59.1234567\n2026-10-02T14:00Z\n",
            TWO_DAYS,
        ),
        ("azure.csv", ("TIMESTAMP,ContextTokens\n2026-10-01 09:30:00,7\n2026-10-01 09:40,8\n"
         "2026-10-02 14:00,9\n"), TWO_DAYS),
        ("b.csv", "id;time;n\n1;2026-10-01T09:00;5\n\n2;2026-10-01T09:01;5\n3;2026-10-02T14:00;5\n",
         TWO_DAYS),
        # 1790845200 is 2026-10-01T09:00:00Z; 1790949600 is 29 hours later.
        ("c.csv", "ts\n1790845200\n1790845200.5\n1790949600\n", TWO_DAYS),
        ("d.jsonl", '{"ts": 1790845200000}\n\n{"ts": 1790845200001}\n{"ts": 1790949600000}\n',
         TWO_DAYS),
        ("e.jsonl", '"2026-10-01T09:00"\n"2026-10-01T09:10"\n"2026-10-02T14:00"\n', TWO_DAYS),
        ("f.csv", ("id,requests,time\nx,2,2026-10-01T09:00\ny,0,2026-10-01T23:00\n"
         "z,1,2026-10-02T14:00"), TWO_DAYS),
        ("g.csv", "\ufeffday,requests\n2026-10-01,2\n2026-10-02,1\n", ONLY_DAYS),
        ("h.ndjson", '{"date": "2026-10-01", "count": 2}\n{"date": "2026-10-02", "count": "1"}\n',
         ONLY_DAYS),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_logs_of_many_forms_say_the_same(
    name: str, text: str, expected: Arrivals, packed: bool, tmp_path: Path
) -> None:
    name = f"{name}.gz" if packed else name
    (tmp_path / name).write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert read_log(Log(file=name), tmp_path / name) == expected


def test_a_row_of_nothing_is_a_day_without_requests(tmp_path: Path) -> None:
    """Also between them, where a log of single requests has no row at all."""
    (tmp_path / "a.csv").write_text("day,requests\n2026-10-01,2\n2026-10-03,1\n2026-10-04,0\n")
    assert read_log(Log(file="a.csv"), tmp_path / "a.csv").daily == (2, 0, 1, 0)


def test_columns_can_be_named(tmp_path: Path) -> None:
    """A field of an object inside an object too, where the file is JSON."""
    (tmp_path / "a.csv").write_text("seen,many,count\n2026-10-01,2,9\n2026-10-02,1,9\n")
    log, nested = Log(file="a.csv", time="seen", count="many"), tmp_path / "b.jsonl"
    assert read_log(log, tmp_path / "a.csv") == ONLY_DAYS
    nested.write_text(
        '{"meta": {"at": "2026-10-01"}, "n": 2}\n{"meta": {"at": "2026-10-02"}, "n": 1}\n'
    )
    assert (
        read_log(Log(file="b.jsonl", time="meta.at", count="n"), tmp_path / "b.jsonl") == ONLY_DAYS
    )


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("TIMESTAMP '2026-10-01 09:00' + INTERVAL 1 MINUTE * i AS timestamp", True),
        ("TIMESTAMPTZ '2026-10-01 09:00+00' + INTERVAL 1 MINUTE * i AS created_at", True),
        ("1790845200 + 60 * i AS ts", True),
        ("DATE '2026-10-01' AS day", False),
    ],
)
def test_parquet_is_read_through_the_extra(column: str, expected: bool, tmp_path: Path) -> None:
    """Thirty requests within half an hour of the first of October at nine."""
    duckdb = pytest.importorskip("duckdb", reason="duckdb is absent: Parquet is not checked")
    path = tmp_path / "a.parquet"
    duckdb.sql(f"SELECT {column} FROM range(30) AS t(i)").write_parquet(str(path))  # noqa: S608
    found = read_log(Log(file="a.parquet"), path)
    assert (found.first, found.daily) == (date(2026, 10, 1), (30.0,))
    assert bool(found.hourly) == expected
    assert not found.hourly or found.hourly[9] == 30


def test_parquet_without_the_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(ScenarioError, match=r"pip install 'costplan\[logs\]'"):
        planned(tmp_path, "a.parquet")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "ts\n2026-10-01\nyesterday\n", r"a\.csv:3: expected a time .* 'yesterday'"),
        ("a.csv", "ts,count\n2026-10-01,2\n2026-10-02,-1\n",
         r"a\.csv:3: expected a number of requests, found '-1'"),
        ("a.csv", "ts,count\n2026-10-01,2\n2026-10-02\n",
         r"a\.csv:3: expected a number of requests, found ''"),
        ("a.csv", "who,what\n1,2\n", r"a\.csv:1: none of its columns \(who, what\) is known"),
        ("a.csv", "", r"a\.csv:1: none of its columns"),
        ("a.csv", "timestamp\n", r"a\.csv: it has no requests"),
        ("a.csv", "ts\n2026-10-01\n1985-01-01\n", r"a\.csv: it runs from 1985-01-01 to 2026-10"),
        ("a.csv", "ts\n12\n", r"a\.csv:2: expected a time"),
        ("a.csv", "ts\n\xff\n", r"'a\.csv' is not text in UTF-8"),
        ("a.jsonl", '{"ts": "2026-10-01"}\n{"tz": 1}\n', r"a\.jsonl:2: none of its columns \(tz"),
        ("a.jsonl", '{"ts": "2026-10-01"}\n{"ts": true}\n', r"a\.jsonl:2: expected a time"),
        ("a.jsonl", "{oh no\n", r"a\.jsonl:1: expected a time"),
        ("a.csv.gz", "timestamp\n", r"'a\.csv\.gz' is not a whole gzip file"),
        ("a.xlsx", "x", r"a\.xlsx: expected a file in \.csv, \.jsonl"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_log_is_told_at_its_line(
    name: str, text: str, message: str, tmp_path: Path
) -> None:
    """And at the place of the scenario that names it."""
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    place = r"test\.yaml:8:14: workloads\.chat\.demand\.log: "
    with pytest.raises(ScenarioError, match=place + message):
        planned(tmp_path, name)


@pytest.mark.parametrize(
    ("log", "more", "message"),
    [
        ("day.csv", "", r"demand\.log: cannot read 'day\.csv': no such file.*'days\.csv'"),
        ("days.csv", ", requests: 5/day", r"demand\.requests: a log says how many"),
        ("days.csv", ", users: 5", r"demand\.users: a log says how many"),
        ("{file: days.csv, time: dy}", "", r"days\.csv:1: there is no column 'dy'; there are day"),
        ("{file: days.csv, day: dy}", "", r"demand\.log\.day: unknown key"),
    ],
)
def test_what_is_wrong_about_a_log_in_the_scenario(
    log: str, more: str, message: str, tmp_path: Path
) -> None:
    written(tmp_path, [100] * 14)
    with pytest.raises(ScenarioError, match=message):
        planned(tmp_path, log, more)


def test_a_plan_from_a_log_is_the_plan_of_its_level(tmp_path: Path) -> None:
    """14 days of 100 or 300 are 200 a day: 31 x 200 x 1,000 tokens at 0.10 a million are 0.62.

    And 100 tokens of output at 0.50 a million: 31 x 200 x 100 are 620k, so 0.31 more.
    """
    found = planned(tmp_path, written(tmp_path, [100, 300] * 7))
    by_hand = plain = planned(tmp_path, "days.csv", uncertainty="none").totals()[0]
    assert found.totals()[0].expected == by_hand.expected
    assert found.volumes[0].conversations == pytest.approx(31 * 200)
    assert plain.p10 == plain.p90
    # Their variation is 0.5, so the range is that of a log deviation of 0.59.
    cost = found.samples.sum(axis=(1, 2)) / float(found.horizon.expected)
    stated = level([100, 300] * 7).total(1, (0.1, 0.5, 0.9)) / 200
    assert np.quantile(cost, (0.1, 0.5, 0.9)) == pytest.approx(stated, rel=0.03)
    assert np.log(cost).std() == pytest.approx(math.hypot(0.59, 0.18), rel=0.02)
    (note,) = (note for note in found.notes if "days.csv" in note)
    assert "200 requests on an active day, from 14 days that vary by 0.50" in note
    assert not found.warnings


def test_what_a_workload_says_of_itself_goes_before_its_log(tmp_path: Path) -> None:
    log = written(tmp_path, [100, 300] * 7)
    text = PLAN.format(log=log, more="", uncertainty="typical") + "    uncertainty: steady\n"
    found = project(read_scenario(text, "test.yaml", tmp_path), book(), draws=4096)
    cost = found.samples.sum(axis=(1, 2))
    assert np.log(cost).std() == pytest.approx(math.hypot(0.34, 0.18), rel=0.02)


@pytest.mark.parametrize(
    ("daily", "said"),
    [
        ([100] * 6, "requests on 6 days"),
        ([1000] + [1] * 13, "vary by 3.56"),
    ],
)
def test_what_no_forecast_rests_on_is_told(daily: list[int], said: str, tmp_path: Path) -> None:
    """Of one 1,000 and 13 of 1: sqrt(1,000,013 / 14 - 72.36^2) = 257.3, over 72.36 is 3.56."""
    found = planned(tmp_path, written(tmp_path, daily))
    (warning,) = found.warnings
    assert warning.code == "not-forecastable"
    assert warning.where == "workloads.chat.demand.log"
    assert said in warning.message
    assert "requests: LOW to HIGH" in warning.message


def test_closed_weekends_are_not_days_without_demand(tmp_path: Path) -> None:
    """Three weeks of 140 on weekdays: steady, 140 on those and 100 on an average day."""
    week = [140] * 5 + [0, 0]
    found = recorded(week * 3, (), weekday=0)
    assert (found.level.per_day, found.level.variation) == (140, 0)
    assert found.per_day == pytest.approx(100)
    assert found.profile.weekdays == (1, 1, 1, 1, 1, 0, 0)
    # The month has 31 days: 31 x 100 whether weekends are planned or not stated at all, and
    # December 2026 has 23 weekdays: 23 x 140.
    log = written(tmp_path, week * 3)
    assert planned(tmp_path, log).volumes[0].conversations == pytest.approx(3100)
    weekdays = planned(tmp_path, log, ", days: weekdays")
    assert weekdays.volumes[0].conversations == pytest.approx(23 * 140)


def test_half_a_week_more_does_not_move_a_level_with_closed_weekends() -> None:
    week = [140] * 5 + [0, 0]
    found = recorded(week * 2 + [140] * 5, (), weekday=0)
    assert found.per_day == pytest.approx(100)


def test_days_at_the_ends_that_are_not_whole_are_left_out() -> None:
    """Requests come evenly from 8 to 18; the log begins at 13 and ends at 10."""
    hourly = [0.0] * 8 + [10.0] * 10 + [0.0] * 6
    found = recorded([50, *[100] * 8, 20], hourly, weekday=2, first_hour=13, last_hour=10)
    assert (found.level.per_day, found.days, found.cut) == (100, 8, 2)
    whole = recorded([100] * 10, hourly, weekday=2, first_hour=8, last_hour=17)
    assert (whole.level.per_day, whole.days, whole.cut) == (100, 10, 0)


def test_the_profile_is_shares_of_hours_and_weights_of_weekdays() -> None:
    """Two weeks: Mondays 200, other days 100; the mean is 800 / 7."""
    hourly = [1.0] * 12 + [3.0] * 12
    found = recorded([200, *[100] * 6] * 2, hourly, weekday=0).profile
    assert sum(found.hours) == pytest.approx(1)
    assert (found.hours[0], found.hours[23]) == pytest.approx((1 / 48, 3 / 48))
    assert found.weekdays == pytest.approx((1.75, *[0.875] * 6))


@given(
    st.lists(st.integers(0, 1000), min_size=14, max_size=40).filter(any),
    st.integers(0, 6),
    st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_a_profile_is_never_broken(daily: list[int], weekday: int, mask: list[bool]) -> None:
    found = recorded(daily, (), weekday=weekday, active=mask[: len(daily)])
    assert len(found.profile.weekdays) == 7
    assert all(math.isfinite(weight) and weight >= 0 for weight in found.profile.weekdays)
    assert 0 <= found.per_day <= found.level.per_day
    assert found.days <= len(daily)


def test_the_level_of_a_log_is_a_plain_decimal(tmp_path: Path) -> None:
    """A third stays what it is to 15 digits; the same log gives the same bytes."""
    log = written(tmp_path, [1, 0, 0] * 7)
    one, two = planned(tmp_path, log), planned(tmp_path, log)
    assert one.line_items == two.line_items
    assert one.volumes[0].conversations == pytest.approx(31 / 3, rel=1e-14)
    assert one.horizon.expected > Decimal(0)


def test_the_hours_of_a_log_count_where_its_zone_is_stated(tmp_path: Path) -> None:
    """Three of four requests at 10, one at 20: 0.75 and 0.25 of a day; without a zone, no hours."""
    rows = [f"2026-10-{day:02d}T{hour}:30:00" for day in range(5, 26) for hour in (10, 10, 10, 20)]
    (tmp_path / "log.csv").write_text("time\n" + "\n".join(rows))
    text = """
        name: Log
        start: 2026-12
        workloads:
          chat:
            demand: {log: log.csv, zone: Europe/Berlin}
            request: {input: 10, output: 10}
            routing: {mix: {openai/gpt-6-luna: 100%}}
        """
    (tmp_path / "plan.yaml").write_text(dedent(text))
    stated = load_scenario(tmp_path / "plan.yaml")
    (tmp_path / "bare.yaml").write_text(dedent(text).replace(", zone: Europe/Berlin", ""))
    bare = load_scenario(tmp_path / "bare.yaml")
    (with_zone,), (without,) = (compile_plan(each, book()).streams for each in (stated, bare))
    assert without.demand.hours is None
    assert with_zone.demand.hours is not None
    shares = with_zone.demand.hours.shares
    assert (shares[10], shares[20], sum(shares)) == pytest.approx((0.75, 0.25, 1.0))
