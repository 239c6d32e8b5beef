"""`rate` and `prices` on the shipped price book, against published figures."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from conftest import Cli

HAIKU = ("rate", "--model", "anthropic/claude-3-5-haiku", "--requests", "1000")
USAGE = ("--input", "500", "--output", "300")
KEYS = ["model", "at", "known_at", "mode", "requests", "total", "line_items", "warnings"]


@pytest.mark.parametrize(("at", "total"), [("2024-11-20", "2"), ("2026-01-15", "1.6")])
def test_the_published_price_of_claude_haiku(cli: Cli, at: str, total: str) -> None:
    """1,000 requests of 500 and 300 tokens: $2 at launch, $1.60 since 2024-12-03."""
    bill = json.loads(cli(*HAIKU, *USAGE, "--at", at, "--format", "json").out)
    assert list(bill)[: len(KEYS)] == KEYS
    assert (bill["total"], bill["at"], bill["requests"]) == (total, at, 1000)


def test_a_misspelt_model_names_the_right_one(cli: Cli) -> None:
    """Exit code 3."""
    ran = cli("rate", "--model", "anthropic/claude-3-5-haiko", *USAGE, "--at", "2026-01-15")
    assert (ran.code, ran.out) == (3, "")
    assert "did you mean 'anthropic/claude-3-5-haiku'?" in ran.err


def test_a_day_before_any_price_names_the_first(cli: Cli) -> None:
    """Exit code 3: the model is known, the price is missing."""
    ran = cli(*HAIKU, *USAGE, "--at", "2020-01-01")
    assert ran.code == 3
    assert "the first is from 2024-11-04" in ran.err


@pytest.mark.parametrize(
    "extra", [("--mode", "bach"), ("--at", "yesterday"), ("--release", "1999.01.01")]
)
def test_what_does_not_exist_is_named(cli: Cli, extra: tuple[str, str]) -> None:
    """A mode, a day, a release: exit code 2."""
    ran = cli(*HAIKU, *USAGE, *(() if extra[0] == "--at" else ("--at", "2026-01-15")), *extra)
    assert ran.code == 2
    assert extra[1] in ran.err


def test_a_folder_of_prices_that_is_none(cli: Cli, tmp_path: object) -> None:
    """`--pricing` says what it expected."""
    ran = cli(*HAIKU, *USAGE, "--pricing", str(tmp_path))
    assert ran.code == 2
    assert "expected one YAML file per provider" in ran.err


def test_a_bill_explains_itself(cli: Cli) -> None:
    """Each line: quantity, rate, row and source."""
    out = cli(*HAIKU, *USAGE, "--at", "2026-01-15").out
    assert "500,000 tokens x 0.8 / 1,000,000 = 0.4" in out
    assert "from 2024-12-03" in out
    assert "source: " in out


def test_a_bill_as_csv_and_markdown(cli: Cli) -> None:
    """Line items as rows; a table for a document."""
    out = cli(*HAIKU, *USAGE, "--at", "2026-01-15", "--format", "csv").out
    assert [(row["meter"], row["cost"]) for row in csv.DictReader(io.StringIO(out))] == [
        ("input", "0.4"),
        ("output", "1.2"),
    ]
    assert "| **Total** |" in cli(*HAIKU, *USAGE, "--at", "2026-01-15", "--format", "markdown").out


def test_warnings_of_a_bill_are_part_of_it(cli: Cli) -> None:
    """After retirement it is priced at its last rate, with exit code 0."""
    ran = cli(*HAIKU, *USAGE, "--at", "2026-12-01", "--format", "json")
    assert ran.code == 0
    assert [each["code"] for each in json.loads(ran.out)["warnings"]] == ["after-retirement"]
    table = cli(*HAIKU, *USAGE, "--at", "2026-12-01", "--format", "csv")
    assert "after-retirement" in table.err
    assert "after-retirement" not in table.out


def test_today_is_the_day_when_none_is_given(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is read by the command line, in one place."""
    for verb in ("rate", "prices"):
        monkeypatch.setattr(f"costplan.cli.{verb}.today", lambda: date(2026, 5, 17))
    bill = json.loads(cli("rate", "--model", "openai/gpt-4o-mini", *USAGE, "--format", "json").out)
    listed = json.loads(cli("prices", "list", "--format", "json").out)
    assert bill["at"] == "2026-05-17"
    assert {each["at"] for each in listed} == {"2026-05-17"}


def test_the_list_of_prices(cli: Cli) -> None:
    """Every model, its rates as decimal strings; one provider where asked."""
    ran = cli("prices", "list", "--at", "2026-11-21", "--provider", "openai", "--format", "json")
    listed = json.loads(ran.out)
    keys = ["provider", "model", "aliases", "release", "retirement", "context", "rates"]
    assert all(list(each)[: len(keys)] == keys for each in listed)
    mini = next(each for each in listed if each["model"] == "openai/gpt-4o-mini")
    assert mini["rates"] | {"input": "0.15", "output": "0.6"} == mini["rates"]
    assert {each["provider"] for each in listed} == {"openai"}


def test_a_model_without_a_price_that_day_has_no_zero(cli: Cli) -> None:
    """Before it existed its rates are empty, not nothing."""
    listed = json.loads(cli("prices", "list", "--at", "2023-01-01", "--format", "json").out)
    assert any(each["rates"] == {} for each in listed)
    assert not any("0" in each["rates"].values() for each in listed)


def test_an_unknown_provider_is_named(cli: Cli) -> None:
    """Exit code 2, with the nearest."""
    ran = cli("prices", "list", "--provider", "opnai")
    assert (ran.code, "did you mean 'openai'?" in ran.err) == (2, True)


def test_the_history_of_a_model(cli: Cli) -> None:
    """Both prices of Claude 3.5 Haiku with their days."""
    out = cli("prices", "show", "anthropic/claude-3-5-haiku").out
    assert "2024-11-04" in out
    assert "2024-12-03" in out
    assert cli("prices", "show", "anthropic/claude-3-5-haiko").code == 3
    as_json = json.loads(cli("prices", "show", "openai/gpt-5.4", "--format", "json").out)
    assert as_json["prices"][0]["tiers"][0]["above"] == ">272000"


@pytest.mark.parametrize(
    ("form", "shown"),
    [("csv", "2.5"), ("markdown", "| 2.5 |"), ("table", " 2.5 "), ("json", '"input": "2.5"')],
)
@pytest.mark.parametrize("verb", [("list", "--at", "2026-05-17"), ("show", "openai/gpt-5.4")])
def test_prices_in_every_format(cli: Cli, verb: tuple[str, ...], form: str, shown: str) -> None:
    """The same rate stands in each."""
    ran = cli("prices", *verb, "--format", form)
    assert (ran.code, shown in ran.out, ran.err) == (0, True, "")


@pytest.mark.parametrize("option", ["--input", "--requests"])
def test_a_comma_is_never_passed_over(cli: Cli, option: str) -> None:
    """`1,5` was once rated as 15."""
    ran = cli(*HAIKU[:3], "--at", "2026-01-15", "--output", "1", option, "1,5")
    assert (ran.code, ran.out) == (2, "")
    assert "'1,5': a comma parts thousands" in ran.err
    bill = cli(*HAIKU[:3], "--at", "2026-01-15", "--format", "json", "--output", "1,000,000")
    assert json.loads(bill.out)["total"] == "4"


def test_what_was_not_known_yet_is_not_used(cli: Cli) -> None:
    """The doubling of Gemini Flash was announced on 2026-09-02."""
    show = ("prices", "show", "google/gemini-3.8-flash", "--format", "json")
    rows = json.loads(cli(*show).out)["prices"]
    assert {row["from"] for row in rows} >= {"2026-09-02", "2027-01-01"}
    assert json.loads(cli(*show, "--known-at", "2026-09-01").out)["prices"] == []
