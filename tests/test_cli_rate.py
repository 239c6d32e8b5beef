"""`rate` and `prices` on the shipped price book, against published figures."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

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


# 86 x 2 + 1,920 x 0.2 + 300 x 10 per million, of OpenAI's own example of a cached prompt: 2,006
# tokens in, of which 1,920 were cached, and 300 out.
RETURNED = {
    "model": "gpt-6-sol",
    "service_tier": "default",
    "usage": {
        "prompt_tokens": 2006,
        "completion_tokens": 300,
        "total_tokens": 2306,
        "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    },
}
SOL = ("rate", "--model", "openai/gpt-6-sol", "--at", "2026-11-20")


@pytest.mark.parametrize("whole", [True, False])
def test_what_a_provider_returned(cli: Cli, tmp_path: Path, *, whole: bool) -> None:
    """The whole response, or its usage alone."""
    file = tmp_path / "response.json"
    file.write_text(json.dumps(RETURNED if whole else RETURNED["usage"]), encoding="utf-8")
    ran = cli(*SOL, "--usage", str(file), "--provider", "openai", "--format", "json")
    bill = json.loads(ran.out)
    assert bill["total"] == "0.003556"
    assert {item["meter"]: item["quantity"] for item in bill["line_items"]} == {
        "input": 86,
        "cache_read": 1920,
        "output": 300,
    }


def test_the_mode_is_the_one_that_was_billed(cli: Cli) -> None:
    """A request for flex that was served as standard costs the standard price, and flex half."""
    flex = json.dumps({**RETURNED, "service_tier": "flex"}).encode()
    bill = json.loads(cli(*SOL, "--usage", "-", "--format", "json", stdin=flex).out)
    assert (bill["mode"], bill["total"]) == ("flex", "0.001778")
    ran = cli(*SOL, "--usage", "-", "--mode", "standard", stdin=flex)
    assert ran.code == 2
    assert "billed in mode 'flex'" in ran.err


def test_a_response_is_rated_as_what_answered(cli: Cli) -> None:
    """Another model than the one asked for is refused, and the right one is named."""
    luna = json.dumps({**RETURNED, "model": "gpt-6-luna"}).encode()
    ran = cli(*SOL, "--usage", "-", stdin=luna)
    assert (ran.code, ran.out) == (2, "")
    assert "--model openai/gpt-6-luna" in ran.err


@pytest.mark.parametrize(
    ("created", "at"),
    # 1,790,726,400 s = 20,726 days after 1970-01-01.
    [(1_790_726_400, "2026-09-30T00:00:00+00:00"), (1e300, None), (-1e300, None), (True, None)],
)
def test_the_day_of_a_response_is_its_own(cli: Cli, created: float, at: str | None) -> None:
    """Where it tells one that a clock can show; else the day is today."""
    returned = json.dumps({**RETURNED, "created": created}).encode()
    ran = cli(
        "rate", "--model", "openai/gpt-6-sol", "--usage", "-", "--format", "json", stdin=returned
    )
    assert ran.code == 0
    assert json.loads(ran.out)["at"] == at if at else "moment of the response" not in ran.err


CACHED = {"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 9}}
BAD_USAGE = [
    (b'{"prompt_tokens": 5', ":1:20: expected the usage of a response as JSON"),
    (b'{"prompt_tokens": 5, "completion_tokens": -1}', "usage.completion_tokens"),
    (
        json.dumps({"completion_tokens": 1, **CACHED}).encode(),
        "usage.prompt_tokens_details.cached_tokens",
    ),
    (b'{"prompt_tokens": 5, "completion_tokens": 1, "audio_minutes": 3}', "usage.audio_minutes"),
    (b'{"\xff": 1}', "expected JSON in UTF-8"),
]


@pytest.mark.parametrize(("returned", "says"), BAD_USAGE)
def test_a_usage_that_cannot_be_right(cli: Cli, returned: bytes, says: str) -> None:
    """Exit code 2, and the field is named."""
    ran = cli(*SOL, "--usage", "-", stdin=returned)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_options_that_do_not_go_together(cli: Cli) -> None:
    """A file holds the quantities, or the options do."""
    assert "leave out the options" in cli(*SOL, "--usage", "-", "--input", "5").err
    assert "give that too" in cli(*SOL, "--provider", "openai", "--input", "5").err
    ran = cli(*SOL, "--usage", "-", "--provider", "opnai", stdin=b"{}")
    assert (ran.code, "did you mean 'openai'?" in ran.err) == (2, True)


def test_explain_tells_rule_row_and_source(cli: Cli) -> None:
    """Each line: arithmetic; and what it shares with others once."""
    run = ("rate", "--model", "anthropic/claude-haiku-5-5", "--at", "2026-11-20", "--region", "us")
    out = cli(*run, "--input", "120000", "--output", "10", "--explain").out
    assert "input: 120,000 tokens x 0.55 / 1,000,000 = 0.066" in out
    assert "rule: prompts >100000; in us, tokens x 1.1" in out
    assert out.count("row: anthropic/claude-haiku-5-5 standard from 2026-10-07 (announced)") == 1
    assert "known: 2026-10-07" in out
    assert "source: pydantic/genai-prices 0.2.3" in out


def test_the_peak_needs_a_moment(cli: Cli) -> None:
    """A weekday of DeepSeek has two prices; the JSON says which moment was rated."""
    run = ("rate", "--model", "deepseek/deepseek-v4-pro", "--input", "1000000", "--format", "json")
    ran = cli(*run, "--at", "2026-11-20")
    assert (ran.code, "give the moment" in ran.err) == (2, True)
    bill = json.loads(cli(*run, "--at", "2026-11-20T02:00Z").out)
    assert (bill["total"], bill["at"]) == ("1.32", "2026-11-20T02:00:00+00:00")
