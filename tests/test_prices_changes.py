"""`prices history` and `prices diff`: what became of each price, and what differs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli

from costplan.errors import MissingPriceError
from costplan.prices import PriceBook, load_price_book
from costplan.prices.changes import Step, held, in_force, rate_changes, steps
from costplan.prices.differences import KINDS, View, differences
from costplan.report.price_history import rate_percent

SONNET = "anthropic/claude-sonnet-5"
HEAD = """\
provider: acme
title: Acme
currency: USD
added: 2026.01.01
source: page
sources:
  page: {title: The price page, url: https://acme.example, observed: 2026-01-01, licence: facts}
aliases:
  latest: [{from: 2025-01-01, model: m1}, {from: 2026-06-01, model: m2}]
"""
MODELS = """\
models:
  m1:
    release: 2025-01-01
    retirement: 2027-01-01
    prices:
      standard:
        - {from: 2025-01-01, rates: {input: 1, output: 2}}
        - {from: 2026-03-01, rates: {input: 1.5, output: 2}, note: dearer to read}
  m2:
    prices:
      standard:
        - {from: 2026-06-01, rates: {input: 4, output: 8},
           tiers: [{above: 1000, rates: {input: 8, output: 16}}]}
"""

type Folder = Callable[..., Path]
type Answer = list[dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Make a folder of one price file; `rows` are added to the standard prices of m2."""

    def make(name: str = "prices", *rows: str, models: str = MODELS) -> Path:
        made = tmp_path / name
        made.mkdir(exist_ok=True)
        added = "".join(f"        - {row}\n" for row in rows)
        (made / "acme.yaml").write_text(HEAD + models + added, encoding="utf-8")
        return made

    return make


def fates(book: PriceBook, name: str = "acme/m2", at: str = "2026-07-01") -> list[tuple[str, str]]:
    """The day of each row and what became of it."""
    told = steps(book.history(name), date.fromisoformat(at))
    return [(str(step.row.from_), step.state) for step in told]


def asked(cli: Cli, *arguments: str) -> Answer:
    """What a command answers as JSON."""
    ran = cli("prices", *arguments, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    answer: Answer = json.loads(ran.out)
    return answer


# What became of a price


def test_a_step_says_what_became_of_it(folder: Folder) -> None:
    """Past, in force and scheduled, on the day that is asked for."""
    book = load_price_book(folder())
    assert fates(book, "acme/m1", "2026-01-01") == [
        ("2025-01-01", "in force"),
        ("2026-03-01", "scheduled"),
    ]
    assert fates(book, "acme/m1", "2026-03-01") == [
        ("2025-01-01", "past"),
        ("2026-03-01", "in force"),
    ]


def test_a_cancelled_rise_is_told_with_the_day_it_was_called_off(folder: Folder) -> None:
    """What it would have changed stays readable."""
    book = load_price_book(
        folder(
            "prices",
            "{from: 2026-09-01, known: 2026-06-30, rates: {input: 6, output: 8}}",
            "{from: 2026-09-01, known: 2026-08-10, cancels: true}",
        )
    )
    _, rise = steps(book.history("acme/m2"), date(2026, 12, 1))
    assert (rise.state, rise.settled, rise.until) == ("cancelled", date(2026, 8, 10), None)
    assert [(each.meter, each.tier, each.share) for each in rise.changes] == [
        ("input", "", 0.5),
        ("input", ">1000", None),
        ("output", ">1000", None),
    ]


def test_a_row_is_corrected_or_replaced(folder: Folder) -> None:
    """A correction names the row it stands in for; a later announcement is for the same day."""
    rates = "rates: {input: 5, output: 9}"
    wrong = folder("wrong", f"{{from: 2026-06-01, known: 2026-06-02, {rates}}}")
    assert fates(load_price_book(wrong)) == [("2026-06-01", "replaced"), ("2026-06-01", "in force")]
    mended = folder("mended", f"{{from: 2026-06-03, {rates}, corrects: {{from: 2026-06-01}}}}")
    found = load_price_book(mended)
    assert fates(found) == [("2026-06-01", "corrected"), ("2026-06-03", "in force")]


def test_the_users_own_price_holds_from_its_first_day(folder: Folder) -> None:
    """Rows of the book up to that day keep what they held; later ones are overlaid."""
    rows = load_price_book(folder()).history("acme/m1")
    own = replace(rows[0], from_=date(2026, 2, 1), known=date(2026, 2, 1), overlay=True)
    told = steps([*rows, own], date(2026, 7, 1))
    assert [(str(step.row.from_), step.state) for step in told] == [
        ("2025-01-01", "past"),
        ("2026-02-01", "in force"),
        ("2026-03-01", "overlaid"),
    ]


def test_a_withdrawn_mode_ends_what_held(folder: Folder) -> None:
    """From its day there is no price."""
    book = load_price_book(folder("prices", "{from: 2026-08-01, withdrawn: true}"))
    told = steps(book.history("acme/m2"), date(2026, 9, 1))
    assert [(step.state, step.until) for step in told] == [
        ("past", date(2026, 8, 1)),
        ("withdrawn", None),
    ]
    assert in_force(told, date(2026, 9, 1)) is None
    assert in_force(told, date(2026, 7, 31)) is not None


@pytest.mark.parametrize("known_at", [None, date(2026, 7, 15), date(2026, 8, 10)])
def test_the_fates_agree_with_the_look_up_of_prices(known_at: date | None) -> None:
    """For each row of the shipped book: what is told to be in force is what is charged."""
    book = load_price_book(known_at=known_at)
    for model in book.models:
        for mode in model.modes:
            told = steps(book.history(model, mode), date(2026, 11, 21))
            for day in {step.row.from_ + timedelta(k) for step in told for k in (-1, 0, 1)}:
                try:
                    charged = book.price(model, at=day, mode=mode)
                except MissingPriceError:
                    charged = None
                assert in_force(told, day) is charged, (model.name, mode, day)


def test_the_parts_of_a_history_meet(folder: Folder) -> None:
    """What holds ends on the day the next begins; the last at the model's retirement."""
    model = load_price_book(folder()).model("acme/m1")
    told: tuple[Step, ...] = held(
        steps(model.prices["standard"], date(2026, 1, 1), model.retirement)
    )
    assert [step.until for step in told] == [date(2026, 3, 1), date(2027, 1, 1)]


def test_everything_a_bill_depends_on_is_compared(folder: Folder) -> None:
    """Tiers, hours, regions, minimums and allowances are told as rates are."""
    book = load_price_book(
        folder(
            "prices",
            "{from: 2026-07-01, rates: {input: 4, output: 8}, regions: {us: 1.1},"
            " minimum: {input: 10}, free: {input: 5/day},"
            " windows: [{hours: ['01:00-04:00'], days: [mon], rates: {input: 2, output: 4}}]}",
        )
    )
    before, after = book.history("acme/m2")
    hours = "mon 01:00-04:00 UTC"
    assert {(each.meter, each.tier) for each in rate_changes(before, after)} == {
        *(("input", ">1000"), ("output", ">1000"), ("input", hours), ("output", hours)),
        *(("region us", ""), ("minimum input", ""), ("free input a day", "")),
    }
    assert rate_changes(before, before) == ()


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.5, "+50%"), (-1 / 3, "-33.3%"), (None, ""), (4.0, "+400%"), (-0.2, "-20%")],
)
def test_a_change_of_a_rate_keeps_a_tenth_of_a_percent(share: float | None, shown: str) -> None:
    """A third is no round number."""
    assert rate_percent(share) == shown


# history


def test_the_history_of_the_rise_that_was_called_off(cli: Cli) -> None:
    """Announced with the launch, for 2026-09-01; called off on 2026-08-10."""
    rows = asked(cli, "history", SONNET, "--mode", "standard", "--at", "2026-11-21")
    assert [(row["from"], row["until"], row["known"], row["state"]) for row in rows] == [
        ("2026-06-30", "2026-08-10", "2026-06-30", "past"),
        ("2026-08-10", None, "2026-08-10", "in force"),
        ("2026-09-01", None, "2026-06-30", "cancelled"),
    ]
    keys = ["model", "mode", "from", "until", "known", "known_by", "added", "basis", "state"]
    keys += ["rates", "tiers", "changes", "source", "note"]
    assert [list(row)[: len(keys)] for row in rows] == [keys] * 3
    rise = rows[2]
    assert (rise["settled"], rise["known_by"]) == ("2026-08-10", "announcement")
    assert {"meter": "input", "tier": None, "before": "2", "after": "3", "percent": 50.0} in rise[
        "changes"
    ]
    out = cli("prices", "history", SONNET, "--at", "2026-11-21").out
    assert "cancelled 2026-08-10" in out
    assert "3 (+50%)" in out
    assert "2026-06-30  anthropic/claude-sonnet-5 is released" in out


def test_before_it_was_called_off_the_rise_is_scheduled(cli: Cli) -> None:
    """On the day before the notice; the day of knowledge parts past from future."""
    rows = asked(cli, "history", SONNET, "--mode", "standard", "--known-at", "2026-08-09")
    assert [(row["from"], row["until"], row["state"]) for row in rows] == [
        ("2026-06-30", "2026-09-01", "in force"),
        ("2026-09-01", None, "scheduled"),
    ]


def test_a_name_that_moved_is_told_with_its_models(cli: Cli, folder: Folder) -> None:
    """Each model it meant, and the day it moved."""
    run = ("history", "acme/latest", "--pricing", str(folder()))
    assert [row["model"] for row in asked(cli, *run)] == ["acme/m1", "acme/m1", "acme/m2"]
    out = cli("prices", *run).out
    assert "2026-06-01  acme/latest means acme/m2" in out
    assert "2027-01-01  acme/m1 retires" in out
    assert "2026-03-01, known 2026-03-01: dearer to read" in out


@pytest.mark.parametrize("width", ["80", "120"])
def test_a_history_fits_its_width(cli: Cli, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    """Tables continue below instead of running out of the terminal."""
    monkeypatch.setenv("COLUMNS", width)
    out = cli("prices", "history", SONNET).out
    assert max(map(len, out.splitlines())) <= int(width)


def test_a_history_of_one_meter(cli: Cli) -> None:
    """Its rates and its changes only; a meter without a rate leaves nothing."""
    run = ("history", SONNET, "--mode", "standard", "--at", "2026-11-21")
    rows = asked(cli, *run, "--meter", "output")
    assert [row["rates"] for row in rows] == [{"output": "10"}, {"output": "10"}, {"output": "15"}]
    assert [change["meter"] for row in rows for change in row["changes"]] == ["output"]
    assert asked(cli, *run, "--meter", "page") == []
    assert "no price is known" in cli("prices", *run, "--meter", "page").out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("history", "anthropic/claude-sonet-5"), 3, "did you mean 'anthropic/claude-sonnet-5'?"),
        (("history", SONNET, "--mode", "bach"), 2, "did you mean 'batch'?"),
        (("history", SONNET, "--meter", "outpt"), 2, "did you mean 'output'?"),
        (("diff", "2026-09-01", "2026-08-01"), 2, "write the earlier day first"),
        (("diff", "2026-09-01", "no-such-folder"), 2, "a folder with price files"),
        (("diff", "2026-09-01", "2026-13-01"), 2, "there is no day 2026-13-01"),
        (("diff", "2026.11.21", "1999.01.01"), 2, "1999.01.01"),
        (("diff", "2026-08-01", "2026-09-01", "--model", "openai/gpt-4o-mimi"), 3, "gpt-4o-mini"),
        (("diff", "2026-08-01", "2026-09-01", "--provider", "opnai"), 2, "'openai'"),
    ],
)
def test_what_does_not_exist_is_named(
    cli: Cli, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """3 for a model, 2 for everything else."""
    ran = cli("prices", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("csv", "input 2 -> 3"),
        ("markdown", "| cancelled 2026-08-10 |"),
        ("json", '"percent": 50.0'),
    ],
)
def test_histories_in_every_format(cli: Cli, form: str, shown: str) -> None:
    """The same change stands in each."""
    ran = cli("prices", "history", SONNET, "--format", form)
    assert (ran.code, shown in ran.out, ran.err) == (0, True, "")


# diff


def test_the_day_the_rise_was_called_off(cli: Cli) -> None:
    """Nothing that is paid changes; what was announced for September goes."""
    rows = asked(cli, "diff", "2026-08-09", "2026-08-10", "--model", SONNET)
    keys = ["kind", "provider", "model", "mode", "meter", "tier", "before", "after", "percent"]
    assert list(rows[0]) == [*keys, "from", "known", "source", "note"]
    mine = {(row["kind"], row["mode"], row["meter"]): row for row in rows}
    assert {kind for kind, _, _ in mine} == {"restated", "cancelled"}
    called_off = mine["cancelled", "standard", "input"]
    said = (called_off["before"], called_off["after"], called_off["from"], called_off["known"])
    assert said == ("3", "2", "2026-09-01", "2026-08-10")
    assert called_off["percent"] == pytest.approx(-100 / 3, abs=1e-6)


def test_what_is_paid_on_one_day_as_known_on_two(cli: Cli) -> None:
    """September as known before the notice, and after."""
    run = ("diff", "2026-08-09", "2026-08-10", "--model", SONNET, "--at", "2026-09-15")
    rows = [row for row in asked(cli, *run) if row["kind"] == "in-force"]
    paid = {(row["mode"], row["meter"]): (row["before"], row["after"]) for row in rows}
    assert paid["standard", "output"] == ("15", "10")


def test_between_two_days_everything_is_told(cli: Cli, folder: Folder) -> None:
    """What took effect, what held in between, what is new, what moved, what retired."""
    prices = folder(
        "prices",
        "{from: 2026-07-01, rates: {input: 5, output: 8}}",
        "{from: 2026-08-01, rates: {input: 4, output: 8}}",
        "{from: 2027-02-01, known: 2026-08-01, rates: {input: 3, output: 8}}",
        "{from: 2027-06-01, known: 2026-08-01, withdrawn: true}",
    )
    run = ("diff", "--provider", "acme", "--pricing", str(prices))
    told = asked(cli, *run, "2026-02-01", "2027-01-15")
    kinds = dict.fromkeys((row["kind"], row["model"]) for row in told)
    assert list(kinds) == [
        ("in-force", "acme/m1"),
        ("passed", "acme/m2"),
        ("announced", "acme/m2"),
        ("new-model", "acme/m2"),
        ("withdrawn", "acme/m2"),
        ("retired", "acme/m1"),
        ("alias", "acme/latest"),
    ]
    (paid,) = (row for row in told if row["kind"] == "in-force")
    assert (paid["meter"], paid["before"], paid["after"], paid["percent"]) == (
        *("input", "1", "1.5"),
        50.0,
    )
    passed = [(row["before"], row["after"]) for row in told if row["kind"] == "passed"]
    assert ("4", "5") in passed
    page = cli("prices", *run, "2026-02-01", "2027-01-15").out
    assert all(KINDS[kind] in page for kind, _ in kinds)


def test_nothing_changed(cli: Cli, folder: Folder) -> None:
    """A sentence, an empty list, a head without rows."""
    own = ("--provider", "acme", "--pricing", str(folder()))
    run = ("prices", "diff", "2025-02-01", "2025-03-01", *own)
    assert "nothing changed" in cli(*run).out
    assert json.loads(cli(*run, "--format", "json").out) == []
    assert list(csv.DictReader(io.StringIO(cli(*run, "--format", "csv").out))) == []


def test_a_page_begins_with_how_many_models_it_is_about(cli: Cli) -> None:
    """And where they are too many to read, with how to see fewer."""
    days = ("prices", "diff", "2026-08-09", "2026-08-10")
    told = "models: restated at the same rates 1, called off 1\n"
    assert told in cli(*days, "--model", SONNET).out
    assert "shows fewer" in " ".join(cli("prices", "diff", "2026-08-01", "2026-11-20").out.split())


def test_two_folders_differ_by_their_rows(cli: Cli, folder: Folder) -> None:
    """Rows added, removed and changed; what is known of a model; models that come and go."""
    old = folder("old")
    changed = MODELS.replace("input: 1.5", "input: 1.25").replace("2027-01-01", "2027-06-01")
    new = folder("new", "{from: 2026-09-01, rates: {input: 5, output: 8}}", models=changed)
    told = asked(cli, "diff", str(old), str(new))
    rows = {(row["kind"], row["model"], row["meter"], row["tier"]) for row in told}
    assert ("changed", "acme/m1", "input", None) in rows
    assert ("added", "acme/m2", "input", None) in rows
    assert ("facts", "acme/m1", None, None) in rows
    (fact,) = (row["note"] for row in told if row["kind"] == "facts")
    assert fact == "retirement: 2027-01-01 -> 2027-06-01"
    back = asked(cli, "diff", str(new), str(old))
    assert {"removed", "changed", "facts"} == {row["kind"] for row in back}


def test_a_model_in_one_folder_only(cli: Cli, folder: Folder) -> None:
    """New on one side, gone on the other."""
    more = MODELS + "  m3:\n    prices:\n      standard:\n"
    more += "        - {from: 2026-01-01, rates: {input: 7, output: 9}}\n"
    old, new = str(folder("old")), str(folder("new", models=more))
    assert {row["kind"] for row in asked(cli, "diff", old, new)} == {"new-model"}
    gone = asked(cli, "diff", new, old)
    assert {(row["kind"], row["before"], row["after"]) for row in gone} == {
        ("removed-model", "7", None),
        ("removed-model", "9", None),
    }
    assert "acme/m3" in cli("prices", "diff", old, new, "--model", "acme/m3").out
    assert asked(cli, "diff", old, new, "--model", "acme/m1") == []


def test_a_list_that_corrects_a_row(cli: Cli, folder: Folder) -> None:
    """What the later copy of a list says is wrong in the earlier."""
    old = folder("old")
    new = folder(
        "new",
        "{from: 2026-06-03, added: 2026.02.01, rates: {input: 5, output: 8},"
        " corrects: {from: 2026-06-01}}",
    )
    told = asked(cli, "diff", str(old), str(new))
    base = [row for row in told if row["tier"] is None]
    assert [(row["kind"], row["meter"], row["before"], row["after"]) for row in base] == [
        ("corrected", "input", "4", "5")
    ]


def test_which_release_carried_a_row_is_no_difference(cli: Cli, folder: Folder) -> None:
    """The same prices in a folder of another release are the same prices."""
    old = folder("old")
    new = folder("new")
    text = (new / "acme.yaml").read_text(encoding="utf-8")
    (new / "acme.yaml").write_text(text.replace("added: 2026.01.01", "added: 2026.05.05"))
    assert asked(cli, "diff", str(old), str(new)) == []


def test_fees_differ_like_rows(cli: Cli, folder: Folder) -> None:
    """What a call costs is announced and changed like any rate."""
    fees = "fees:\n  search:\n    - {from: 2026-01-01, models: [m2], rates: {web_search: 10}}\n"
    old = str(folder("old", models=fees + MODELS))
    new = str(folder("new", models=fees.replace("10}", "8}") + MODELS))
    (told,) = asked(cli, "diff", old, new)
    assert (told["kind"], told["model"], told["mode"]) == ("changed", "acme/search", "fee")
    assert (told["meter"], told["before"], told["after"]) == ("web_search", "10", "8")
    assert asked(cli, "diff", old, new, "--model", "acme/m1") == []
    (row,) = asked(cli, "history", "acme/m2", "--mode", "fee", "--pricing", old)
    assert (row["model"], row["rates"]) == ("acme/search", {"web_search": "10"})


def test_a_view_of_a_book_with_itself_has_no_difference() -> None:
    """The shipped book, by its rows."""
    view = View("book", load_price_book(), date(2026, 11, 21))
    assert differences(view, view) == ()


def test_changes_add_up_over_days(folder: Folder) -> None:
    """From A to B and from B to C is what is paid from A to C."""
    book = load_price_book(folder("p", "{from: 2026-08-01, rates: {input: 5, output: 9}}"))
    days = [date(2026, 6, 15), date(2026, 7, 15), date(2026, 8, 15)]
    views = [View(str(day), book.pinned(known_at=day), day, is_day=True) for day in days]

    def paid(one: View, other: View) -> dict[str, Decimal]:
        return {
            rate.meter: (rate.after or Decimal(0)) - (rate.before or Decimal(0))
            for change in differences(one, other)
            for rate in change.rates
            if change.kind == "in-force" and not rate.tier
        }

    assert paid(views[0], views[2]) == paid(views[1], views[2]) == {"input": 1, "output": 1}
    assert paid(views[0], views[1]) == {}
