"""`prices impact`: what a change of prices does to a plan, against arithmetic by hand."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders import projection
from conftest import Cli
from plans import book, scenario

from costplan.decisions.impact import impact
from costplan.planning import project
from costplan.resources import shipped

# A month: 100,000 requests of 1,000 and 200 tokens are 100 M and 20 M tokens:
# $200 + $200 at 2/10, and $300 + $300 at 3/15.
SCENARIO = """\
name: Rise
start: 2026-08
months: 5
uncertainty: none
workloads:
  chat:
    demand: {requests: 100k/month}
    request: {input: 1000, output: 200}
    routing: {mix: {anthropic/claude-sonnet-5: 100%}}
budget: {monthly: 500}
variants:
  other: {workloads.chat.routing.mix: {openai/gpt-4o-mini: 100%}}
"""
CALLED_OFF = ("--from", "2026-08-09", "--to", "2026-08-10")


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The scenario on disk."""
    path = tmp_path / "rise.yaml"
    path.write_text(SCENARIO)
    return str(path)


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    """A folder with a copy of the shipped prices, to be changed."""
    made = tmp_path / "prices"
    made.mkdir()
    for entry in shipped("pricing").iterdir():
        if entry.name.endswith((".yaml", "CHECKSUMS")):
            (made / entry.name).write_bytes(entry.read_bytes())
    return made


def moved(cli: Cli, *arguments: str) -> dict[str, Any]:
    """What `prices impact` answers as JSON."""
    ran = cli("prices", "impact", *arguments, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def test_the_rise_that_was_called_off(cli: Cli, file: str) -> None:
    """September on falls from 3/15 to 2/10: a third less, $800 over four months."""
    answer = moved(cli, file, *CALLED_OFF)
    costs = [(m["month"], m["before"], m["after"], m["delta"]) for m in answer["months"]]
    assert costs == [("2026-08", "400", "400", "0")] + [
        (f"2026-{month:02d}", "600", "400", "-200") for month in range(9, 13)
    ]
    assert answer["months"][1]["percent"] == pytest.approx(-100 / 3, abs=1e-6)
    end = answer["horizon"]
    assert (end["before"], end["after"], end["delta"]) == ("2800", "2000", "-800")
    assert [(row["model"], row["delta"]) for row in answer["by_model"]] == [
        ("anthropic/claude-sonnet-5", "-800")
    ]
    assert [row["delta"] for row in answer["by_workload"]] == ["-800"]
    assert (answer["from"]["known_at"], answer["to"]["known_at"]) == ("2026-08-09", "2026-08-10")


def test_the_rates_that_cause_it(cli: Cli, file: str) -> None:
    """Input and output, from 2026-09-01; half of the delta each. Nothing that is not paid."""
    causes = moved(cli, file, *CALLED_OFF)["causes"]
    assert [(each["meter"], each["delta"]) for each in causes] == [
        ("input", "-400"),
        ("output", "-400"),
    ]
    told = [
        (move["meter"], move["before"], move["after"], move["from"], move["until"], move["known"])
        for each in causes
        for move in each["moves"]
    ]
    days = ("2026-09-01", "2027-01-01", "2026-08-10")
    assert told == [("input", "3", "2", *days), ("output", "15", "10", *days)]


def test_budgets_that_hold_again(cli: Cli, file: str) -> None:
    """Four months at $600 were over $500, and the whole plan; back, they break."""
    answer = moved(cli, file, *CALLED_OFF)
    lost = [each["what"] for each in answer["breaches"]["lost"]]
    assert lost == ["2026-09", "2026-10", "2026-11", "2026-12", "the whole plan"]
    assert answer["breaches"]["gained"] == []
    month = answer["months"][1]
    assert (month["budget"], month["p_over_before"], month["p_over_after"]) == ("500", 1.0, 0.0)
    assert (month["over_before"], month["over_after"]) == (True, False)


@pytest.mark.parametrize("width", [80, 120])
def test_the_page(cli: Cli, file: str, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """A sentence first, then tables that fit."""
    monkeypatch.setenv("COLUMNS", str(width))
    ran = cli("prices", "impact", file, *CALLED_OFF)
    assert (ran.code, ran.err) == (0, "")
    text = " ".join(ran.out.split())
    assert "-$800.00 (-28.6%) over 2026-08 to 2026-12: 4 of 5 months move" in text
    assert "over budget only with 2026-08-09: 2026-09: expected $600.00 is over" in text
    assert "-33.3%" in text
    assert max(map(len, ran.out.splitlines())) <= width


@pytest.mark.parametrize(
    ("form", "shown"),
    [("markdown", "| 2026-09 | $600.00 | $400.00 | -$200.00 | -33% |"), ("csv", "month,2026-09,")],
)
def test_impacts_in_every_format(cli: Cli, file: str, form: str, shown: str) -> None:
    """The same month stands in each."""
    ran = cli("prices", "impact", file, *CALLED_OFF, "--format", form)
    assert (ran.code, shown in ran.out, ran.err) == (0, True, "")


def test_figures_and_causes_as_csv(cli: Cli, file: str) -> None:
    """Sections name what a row is about; a cause has its rates."""
    out = cli("prices", "impact", file, *CALLED_OFF, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    sections = dict.fromkeys(row["section"] for row in rows)
    assert list(sections) == ["horizon", "month", "model", "workload", "cause"]
    assert (rows[-1]["rate_before"], rows[-1]["rate_after"]) == ("15", "10")
    assert (rows[-1]["before"], rows[-1]["after"]) == ("1400", "1000")


def test_nothing_moves(cli: Cli, file: str) -> None:
    """Between two days on which nothing was learned of the models of the plan."""
    run = (file, "--from", "2026-10-01", "--to", "2026-10-02")
    answer = moved(cli, *run)
    assert (answer["horizon"]["delta"], answer["causes"]) == ("0", [])
    assert "Nothing moves" in cli("prices", "impact", *run).out
    other = moved(cli, file, *CALLED_OFF, "--variant", "other")
    assert (other["variant"], other["horizon"]["delta"]) == ("other", "0")


def test_a_day_before_the_model_was_known(cli: Cli, file: str) -> None:
    """Exit code 3, and with which prices."""
    ran = cli("prices", "impact", file, "--from", "2026-06-01", "--to", "2026-08-10")
    assert (ran.code, ran.out) == (3, "")
    assert "the first became known on 2026-06-30 (with the prices of --from 2026-06-01)" in ran.err
    assert "--to" not in ran.err


def test_a_model_that_one_folder_does_not_hold(cli: Cli, file: str, prices: Path) -> None:
    """Exit code 3, and which folder; where neither has it, no side is blamed."""
    text = (prices / "anthropic.yaml").read_text(encoding="utf-8")
    # Its id, and where a fee names it; not the ids that begin alike.
    renamed = re.sub(r"\bclaude-sonnet-5(?=[:,\]\s])", "claude-sonnet-5x", text)
    (prices / "anthropic.yaml").write_text(renamed)
    ran = cli("prices", "impact", file, "--from", "2026-08-10", "--to", str(prices))
    assert (ran.code, ran.out) == (3, "")
    assert f"(with the prices of --to {prices})" in ran.err
    ran = cli("prices", "impact", file, "--from", str(prices), "--to", str(prices))
    assert (ran.code, "with the prices of" in ran.err) == (3, False)


def test_a_folder_with_another_rate(cli: Cli, file: str, prices: Path) -> None:
    """Two folders: output at 12 instead of 10 is $40 more a month."""
    text = (prices / "anthropic.yaml").read_text(encoding="utf-8")
    at = text.index("  claude-sonnet-5:")
    text = text[:at] + text[at:].replace("output: 10}", "output: 12}", 2)
    (prices / "anthropic.yaml").write_text(text)
    answer = moved(cli, file, "--from", "2026.11.21", "--to", str(prices), "--months", "2")
    assert [month["delta"] for month in answer["months"]] == ["40", "40"]
    (cause,) = answer["causes"]
    assert {(move["before"], move["after"]) for move in cause["moves"]} == {("10", "12")}


def test_the_scenarios_own_day_gives_way(cli: Cli, tmp_path: Path) -> None:
    """And it is said."""
    path = tmp_path / "pinned.yaml"
    path.write_text(f"known_at: 2026-08-09\n{SCENARIO}")
    answer = moved(cli, str(path), *CALLED_OFF)
    assert answer["horizon"]["delta"] == "-800"
    assert "known-at-overridden" in [each["code"] for each in answer["warnings"]]


def test_options_of_a_plan(cli: Cli, file: str) -> None:
    """`--set`, `--start` and `--months` say what is planned."""
    options = ("--set", "workloads.chat.demand.requests=200k/month", "--start", "2026-09")
    answer = moved(cli, file, *CALLED_OFF, *options, "--months", "1", "--draws", "16")
    assert [(m["before"], m["after"]) for m in answer["months"]] == [("1200", "800")]
    assert answer["draws"] == 16


def test_standard_input_is_a_scenario(cli: Cli) -> None:
    """`-` reads it; both sides are needed."""
    ran = cli("prices", "impact", "-", *CALLED_OFF, stdin=SCENARIO.encode())
    assert ran.code == 0
    assert cli("prices", "impact", "-", "--from", "2026-08-09").code == 2


def test_the_delta_is_all_price() -> None:
    """Quantities times the difference of the rates, to the ninth decimal, in each month."""
    text = SCENARIO.replace("100k/month", "70k to 130k/day").replace("1000,", "500 to 1500,")
    plan = scenario(text.replace("uncertainty: none", "uncertainty: typical"))
    books = (book().pinned(known_at=date(2026, 8, 9)), book().pinned(known_at=date(2026, 8, 10)))
    before, after = (project(plan, each, draws=64) for each in books)
    found = impact(before, after, books)
    by_hand = sum(
        (
            Decimal(item.quantity) * (_AFTER[item.meter] - item.rate) / item.per
            for item in before.line_items
        ),
        Decimal(0),
    )
    assert float(found.horizon.delta) == pytest.approx(float(by_hand), rel=1e-9)
    assert sum(cause.delta for cause in found.causes) == found.horizon.delta
    assert sum(month.delta for month in found.months) == pytest.approx(found.horizon.delta)
    assert not [each for each in found.warnings if each.code == "quantities-differ"]


def test_more_than_prices_is_told() -> None:
    """Where quantities differ too, a warning says that not all of it is price."""
    one = projection({("chat", "openai/gpt-6-luna"): ["10"]})
    two = projection({("chat", "openai/gpt-6-luna"): ["12"]})
    found = impact(one, two, (book(), book()))
    assert [each.code for each in found.warnings] == ["quantities-differ"]
    assert found.horizon.delta == 2


_AFTER = {"input": Decimal(2), "output": Decimal(10)}
