"""A list of one's own over the shipped book: what holds from when, and what is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli
from hypothesis import given
from hypothesis import strategies as st

from costplan.errors import MissingPriceError, PriceFileError, ScenarioError, UsageError
from costplan.meters import Meter, Usage, usage_of
from costplan.planning import project
from costplan.prices import PriceBook, default_book, load_price_book, rate, with_own
from costplan.prices.changes import steps
from costplan.prices.fates import holding
from costplan.scenario import load_scenario

HEAD = """\
provider: {provider}
title: Ours
currency: USD
added: 2026.12.01
source: contract
sources:
  contract: {{title: Our contract of 2026-11, observed: 2026-11-20, licence: ours}}
models:
"""
SOL = "openai/gpt-6-sol"
NEGOTIATED = """\
  gpt-6-sol:
    prices:
      standard:
        - {from: 2027-01-01, known: 2026-11-20, rates: {input: 1.5, output: 8}}
"""
SELF_HOSTED = """\
  qwen-on-our-gpus:
    context: 32768
    prices:
      standard:
        - {from: 2026-12-01, rates: {input: 0.05, output: 0.05}}
"""
RESOLD = """\
  gpt-6-sol:
    markup: {of: openai/gpt-6-sol, factor: 1.055, from: 2026-12-01}
"""


def own(folder: Path, provider: str, models: str) -> PriceBook:
    """The shipped book with one file laid over it."""
    folder.mkdir(exist_ok=True)
    text = HEAD.format(provider=provider) + models
    (folder / f"{provider}.yaml").write_text(text, encoding="utf-8")
    return with_own(default_book(), folder)


def rate_of(book: PriceBook, name: str, day: str, mode: str = "standard") -> Decimal:
    return book.price(name, at=date.fromisoformat(day), mode=mode).rates[Meter.INPUT]


def test_negotiated_rates_hold_from_their_day(tmp_path: Path) -> None:
    """Before it, and in modes that were not negotiated, the list price holds."""
    book = own(tmp_path, "openai", NEGOTIATED)
    assert rate_of(book, SOL, "2026-12-31") == 2
    assert rate_of(book, SOL, "2027-01-01") == Decimal("1.5")
    assert rate_of(book, SOL, "2027-01-01", "batch") == 1
    assert rate_of(book, "openai/gpt-6-luna", "2027-01-01") == Decimal("0.1")


def test_the_facts_of_the_model_stay(tmp_path: Path) -> None:
    """Context, tokenizer and fees are those of the shipped model."""
    book = own(tmp_path, "openai", NEGOTIATED)
    model, before = book.model(SOL), default_book().model(SOL)
    assert (model.context, model.tokenizer) == (before.context, before.tokenizer)
    bill = rate(usage_of(input=10**6, web_search=1000), SOL, at="2027-02-01", book=book)
    assert bill.total == Decimal("11.5")


def test_own_rates_are_known_from_their_day(tmp_path: Path) -> None:
    """A plan as known before the contract has the list price."""
    book = own(tmp_path, "openai", NEGOTIATED)
    assert rate_of(book.pinned(known_at=date(2026, 11, 19)), SOL, "2027-02-01") == 2
    assert rate_of(book.pinned(known_at=date(2026, 11, 20)), SOL, "2027-02-01") == Decimal("1.5")


def test_releases_are_of_the_shipped_book(tmp_path: Path) -> None:
    """Own rows are there in each of them, and change the digest."""
    book = own(tmp_path, "openai", NEGOTIATED)
    assert book.releases == default_book().releases
    first = book.pinned(release=book.releases[0])
    assert rate_of(first, SOL, "2027-02-01") == Decimal("1.5")
    assert first.digest != default_book().pinned(release=book.releases[0]).digest


def test_a_model_of_ones_own(tmp_path: Path) -> None:
    """What nobody else sells is one more model."""
    book = own(tmp_path, "ours", SELF_HOSTED)
    assert rate_of(book, "ours/qwen-on-our-gpus", "2026-12-01") == Decimal("0.05")
    assert len(book.models) == len(default_book().models) + 1
    with pytest.raises(MissingPriceError, match="the first is from 2026-12-01"):
        rate_of(book, "ours/qwen-on-our-gpus", "2026-11-30")


# 2 x 1.055, and in long prompts 4 x 1.055; searches too: a reseller marks up whatever it passes on
def test_a_mark_up(tmp_path: Path) -> None:
    book = own(tmp_path, "router", RESOLD)
    assert rate_of(book, "router/gpt-6-sol", "2026-12-01") == Decimal("2.11")
    bill = rate(usage_of(input=300_000), "router/gpt-6-sol", at="2026-12-01", book=book)
    assert bill.total == Decimal("0.3") * Decimal("4.22")
    assert "1.055 x openai/gpt-6-sol: Our contract" in bill.line_items[0].source
    with pytest.raises(MissingPriceError, match="the first is from 2026-12-01"):
        rate_of(book, "router/gpt-6-sol", "2026-11-30")


@given(
    factor=st.decimals("0.01", "10", places=3),
    name=st.sampled_from([m.name for m in default_book().models if m.provider == "google"]),
    day=st.dates(date(2026, 12, 1), date(2027, 12, 31)),
)
def test_a_mark_up_follows_every_change(
    tmp_path_factory: pytest.TempPathFactory, factor: Decimal, name: str, day: date
) -> None:
    """On every day, the price of the other times the factor."""
    model = f"  m:\n    markup: {{of: {name}, factor: {factor}, from: 2026-12-01}}\n"
    book = own(tmp_path_factory.mktemp("own"), "router", model)
    try:
        theirs = book.price(name, at=day)
    except MissingPriceError:
        with pytest.raises(MissingPriceError):
            book.price("router/m", at=day)
    else:
        ours = book.price("router/m", at=day)
        assert ours.rates == {meter: rate * factor for meter, rate in theirs.rates.items()}


def test_a_mark_up_on_nothing(tmp_path: Path) -> None:
    with pytest.raises(PriceFileError, match="did you mean 'openai/gpt-6-sol'"):
        own(tmp_path, "router", RESOLD.replace("of: openai/gpt-6-sol", "of: openai/gpt-6-soll"))


def test_the_same_checks(tmp_path: Path) -> None:
    """What a shipped file may not say, an own one may not either."""
    with pytest.raises(PriceFileError, match=r"ours.yaml:13:.*did you mean 'output'"):
        own(tmp_path, "ours", SELF_HOSTED.replace("output", "outputs"))
    with pytest.raises(PriceFileError, match="the key 'prices' is missing"):
        own(tmp_path, "ours", "  m: {context: 5}\n")


def test_pricing_on_the_command_line(tmp_path: Path, cli: Cli) -> None:
    """`--pricing` lays a folder over the shipped files."""
    own(tmp_path, "ours", SELF_HOSTED)
    options = ("--input", "1000000", "--at", "2026-12-24", "--pricing", str(tmp_path))
    ran = cli("rate", "--model", "ours/qwen-on-our-gpus", *options, "--format", "json")
    assert json.loads(ran.out)["total"] == "0.05"
    ran = cli("rate", "--model", SOL, *options, "--format", "json")
    assert json.loads(ran.out)["total"] == "4"


SCENARIO = """\
name: Own prices
start: 2026-12
months: 2
uncertainty: none
prices: {prices}
workloads:
  chat:
    demand: {{requests: 1000/month}}
    request: {{input: 1000, output: 100}}
    routing: {{mix: {{openai/gpt-6-sol: 50%, ours/qwen-on-our-gpus: 50%}}}}
"""


@pytest.mark.parametrize("prices", ["prices", "prices/", "[prices/ours.yaml, prices/openai.yaml]"])
def test_a_scenario_names_its_own_prices(tmp_path: Path, prices: str) -> None:
    """500k in and 50k out on each: 1.5 and 1 + 0.5, then 0.75 + 0.4; and 0.025 + 0.0025."""
    own(tmp_path / "prices", "ours", SELF_HOSTED)
    own(tmp_path / "prices", "openai", NEGOTIATED)
    file = tmp_path / "plan.yaml"
    file.write_text(SCENARIO.format(prices=prices), encoding="utf-8")
    projection = project(load_scenario(file))
    totals = [total.expected for total in projection.totals()]
    assert totals == [Decimal("1.5275"), Decimal("1.1775")]


def test_a_broken_scenario_may_mean_models_of_its_own_list(tmp_path: Path, cli: Cli) -> None:
    """Only what is broken is told: the list is not read with a scenario that cannot be."""
    own(tmp_path / "prices", "ours", SELF_HOSTED)
    file = tmp_path / "plan.yaml"
    broken = SCENARIO.format(prices="prices").replace("1000/month", "1000/mnoth")
    file.write_text(broken, encoding="utf-8")
    ran = cli("check", str(file))
    assert (ran.code, len(ran.out.splitlines())) == (2, 1)
    assert "unknown period 'mnoth'" in ran.out


MISSPELT = [
    ("opnai", SELF_HOSTED, 0, "no provider 'opnai' in the shipped book; did you mean 'openai'?"),
    ("openai", NEGOTIATED.replace("6-sol", "6-soll"), 0, "did you mean 'openai/gpt-6-sol'?"),
    ("router", RESOLD.replace("openai/", "openia/"), 2, "no model 'openia/gpt-6-sol'"),
    ("ours", SELF_HOSTED, 0, ""),
]


@pytest.mark.parametrize(("provider", "models", "code", "says"), MISSPELT)
def test_a_name_that_is_nearly_one_of_the_book(
    *, tmp_path: Path, cli: Cli, provider: str, models: str, code: int, says: str
) -> None:
    """Told when an own list is checked, with its line: it may be meant, or be a slip."""
    file = tmp_path / "ours.yaml"
    file.write_text(HEAD.format(provider=provider) + models, encoding="utf-8")
    ran = cli("check", str(file))
    assert ran.code == code
    assert says in ran.out + ran.err if says else not ran.out


def test_own_prices_that_are_not_there(tmp_path: Path) -> None:
    """A missing file is a problem with its place in the scenario."""
    file = tmp_path / "plan.yaml"
    file.write_text(SCENARIO.format(prices="our-prices.yaml"), encoding="utf-8")
    with pytest.raises(
        ScenarioError, match=r"plan.yaml:5:1: prices: cannot read 'our-prices.yaml'"
    ):
        load_scenario(file)


def test_a_folder_by_itself_is_a_book(tmp_path: Path) -> None:
    """`load_price_book(folder)` reads just what is in it; mark-ups wait for what they mark up."""
    own(tmp_path, "router", RESOLD)
    book = load_price_book(tmp_path)
    assert [model.name for model in book.models] == ["router/gpt-6-sol"]


# 2 x 0.88 from the first of January; before it, and what is not OpenAI's, is as it was
DISCOUNT = """\
  gpt-6-sol:
    markup: {of: openai/gpt-6-sol, factor: 0.88, from: 2027-01-01, known: 2026-11-20}
"""


def test_a_flat_discount_on_a_model(tmp_path: Path) -> None:
    """A mark-up of a model by itself: list price before its day, and as known before it."""
    book = own(tmp_path, "openai", DISCOUNT)
    assert rate_of(book, SOL, "2026-12-31") == 2
    assert rate_of(book, SOL, "2027-01-01") == Decimal("1.76")
    assert rate_of(book, SOL, "2027-01-01", "batch") == Decimal("0.88")
    assert rate_of(book.pinned(known_at=date(2026, 11, 19)), SOL, "2027-01-01") == 2


def test_a_mark_up_carries_the_fees(tmp_path: Path) -> None:
    """Ten dollars per thousand searches become 10.55."""
    book = own(tmp_path, "router", RESOLD)
    bill = rate(usage_of(web_search=1000), "router/gpt-6-sol", at="2026-12-01", book=book)
    assert bill.total == Decimal("10.55")


def test_a_mark_up_of_a_mark_up(tmp_path: Path) -> None:
    """2 x 1.055 x 2."""
    again = "  again:\n    markup: {of: router/gpt-6-sol, factor: 2, from: 2026-12-02}\n"
    book = own(tmp_path, "router", RESOLD + again)
    assert rate_of(book, "router/again", "2026-12-24") == Decimal("4.22")
    with pytest.raises(MissingPriceError, match="the first is from 2026-12-02"):
        rate_of(book, "router/again", "2026-12-01")


def test_mark_ups_of_one_another(tmp_path: Path) -> None:
    models = "  a: {markup: {of: r/b, factor: 2}}\n  b: {markup: {of: r/a, factor: 2}}\n"
    with pytest.raises(PriceFileError, match="mark up one another"):
        own(tmp_path, "r", models)


def test_a_mark_up_follows_releases_cancellations_and_known_at(tmp_path: Path) -> None:
    """The rise of Sonnet 5 that was called off, at twice the price."""
    name = "anthropic/claude-sonnet-5"
    model = f"  m:\n    markup: {{of: {name}, factor: 2, from: 2026-07-01}}\n"
    book = own(tmp_path, "r", model)
    assert rate_of(book, "r/m", "2026-12-24") == 4
    before = book.pinned(known_at=date(2026, 8, 9))
    assert rate_of(before, "r/m", "2026-12-24") == 6
    first = book.pinned(release="2026.11.21")
    assert rate_of(first, "r/m", "2026-12-24") == 4
    with pytest.raises(MissingPriceError):
        rate_of(book.pinned(known_at=date(2026, 6, 30)), "r/m", "2026-12-24")


def test_a_reseller_sells_at_list_price(tmp_path: Path) -> None:
    """What was negotiated with the maker is not what a reseller's factor is on."""
    own(tmp_path, "openai", NEGOTIATED)
    book = own(tmp_path, "router", RESOLD)
    assert rate_of(book, SOL, "2027-02-01") == Decimal("1.5")
    assert rate_of(book, "router/gpt-6-sol", "2027-02-01") == Decimal("2.11")


OWN_FEE = """\
fees:
  web-search:
    - {from: 2027-01-01, models: [gpt-6-sol], rates: {web_search: 7}}
"""


def test_own_fees_hold_from_their_day_for_their_models(tmp_path: Path) -> None:
    """Other models, other fees and the days before keep the shipped ones."""
    text = HEAD.format(provider="openai").replace("models:\n", OWN_FEE + "models:\n") + NEGOTIATED
    (tmp_path / "openai.yaml").write_text(text, encoding="utf-8")
    book = with_own(default_book(), tmp_path)

    def fee(name: str, day: str, meter: str = "web_search") -> Decimal:
        usage = Usage({Meter(meter): Decimal(1000)})
        return rate(usage, name, at=day, book=book).total

    assert fee(SOL, "2026-12-31") == 10
    assert fee(SOL, "2027-01-01") == 7
    assert fee(SOL, "2027-01-01", "file_search") == Decimal("2.5")
    assert fee("openai/gpt-6-luna", "2027-01-01") == 10


def test_two_currencies_are_not_added(tmp_path: Path) -> None:
    """Tokens in euros and searches in dollars are two bills."""
    text = HEAD.format(provider="openai").replace("currency: USD", "currency: EUR") + NEGOTIATED
    (tmp_path / "openai.yaml").write_text(text, encoding="utf-8")
    book = with_own(default_book(), tmp_path)
    usage = usage_of(input=10, web_search=1)
    assert rate(usage_of(input=10**6), SOL, at="2027-02-01", book=book).currency == "EUR"
    with pytest.raises(UsageError, match="is priced in USD"):
        rate(usage, SOL, at="2027-02-01", book=book)


def test_a_name_means_one_model(tmp_path: Path) -> None:
    """An own alias that would hide a shipped model is refused."""
    prices = "{standard: [{from: 2027-01-01, rates: {input: 1}}]}"
    model = f"  mine: {{aliases: [gpt-6-sol], prices: {prices}}}\n"
    with pytest.raises(PriceFileError, match="openai/gpt-6-sol is taken"):
        own(tmp_path, "openai", model)


def test_laid_twice_is_laid_once(tmp_path: Path) -> None:
    """The command line and the scenario may name the same list."""
    book = own(tmp_path, "openai", NEGOTIATED)
    assert with_own(book, tmp_path) is book


@given(
    rows=st.lists(
        st.tuples(
            st.dates(date(2026, 1, 1), date(2026, 1, 6)),
            st.dates(date(2026, 1, 1), date(2026, 1, 6)),
            st.sampled_from(["price", "cancels", "own", "own cancels"]),
        ),
        max_size=8,
    )
)
def test_what_holds_is_what_history_says(rows: list[tuple[date, date, str]]) -> None:
    """Look-up and history share one set of rules, whatever the rows say."""
    template = next(iter(default_book().rows()))
    made = [
        replace(
            template,
            from_=start,
            known=known,
            cancels="cancels" in kind,
            overlay="own" in kind,
            added="" if "own" in kind else "2026.11.21",
        )
        for start, known, kind in rows
    ]
    held = {step.row.identity for step in steps(made, date(2026, 1, 3)) if step.holds}
    assert held == {row.identity for row in holding(made)}
