"""The book against other records of prices: reading them, comparing, trusting, proposing rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from builders import line_item, projection
from hypothesis import given
from hypothesis import strategies as st

from costplan.cli import verify as command
from costplan.cli.parser import Parser
from costplan.decisions.trust import price_days, trust
from costplan.engine.ledger import Ledger, LineItem
from costplan.errors import CostplanError, UnknownModelError, UnknownNameError, UsageError
from costplan.meters import Meter
from costplan.periods import Month, month_range
from costplan.prices import PriceBook, default_book, load_price_book
from costplan.prices.peers import Peer, PeerRate, genai, installed_peer, litellm
from costplan.prices.peers.matching import our_rates
from costplan.prices.price import PEERS
from costplan.prices.proposing import propose
from costplan.prices.verification import Status, Verification, verify

TODAY = date(2026, 11, 21)
HEAD = """\
provider: acme
title: Acme
currency: USD
added: 2026.01.01
source: page
mode_names: {fast: priority}
sources:
  page: {title: The price page, observed: 2026-11-01, licence: facts}
  old: {title: An old copy of it, observed: 2026-01-01, licence: facts}
"""
MODELS = """\
models:
  m1:
    release: 2025-01-01
    aliases: [m1-latest]
    prices:
      standard:
        - {from: 2025-01-01, rates: {input: 1, cache_read: 0.1, output: 2},
           tiers: [{at_least: 200000, rates: {input: 2, cache_read: 0.2, output: 3}}]}
      batch:
        - {from: 2025-01-01, basis: derived, rates: {input: 0.5, output: 1}}
      priority:
        - {from: 2025-06-01, source: old, up_to: 200000, rates: {input: 2, output: 4}}

  m2:
    release: 2025-01-01
    retirement: 2026-01-01
    prices:
      standard:
        - {from: 2025-01-01, rates: {input: 7, output: 8}}
        - {from: 2027-01-01, known: 2026-06-01, rates: {input: 9, output: 10}}
"""


def acme(folder: Path, *, models: str = MODELS, also: str = "") -> PriceBook:
    """A book of two models, with what `also` says."""
    (folder / "acme.yaml").write_text(HEAD + also + models, encoding="utf-8")
    return load_price_book(folder)


def stated(rate: str, meter: Meter = Meter.INPUT, model: str = "m1", **more: Any) -> PeerRate:
    """A rate as a peer would state it."""
    fields = {"provider": "acme", "model": model, "mode": "standard", **more}
    return PeerRate(meter=meter, rate=Decimal(rate), **fields)


def peer(*rates: PeerRate, name: str = "litellm", **more: Any) -> Peer:
    """A peer that states just that."""
    return Peer(name=name, version="1.0", rates=rates, **more)


def statuses(verification: Verification, model: str = "m1") -> dict[str, str]:
    """`mode/above/meter` to the status of each rate of a model."""
    return {
        f"{e.mode}/{e.tier or 0}/{e.meter or ''}": str(e.status)
        for e in verification.entries
        if e.model == model
    }


# --- comparing ---------------------------------------------------------------------------------

CASES: list[tuple[str, list[PeerRate], dict[str, str]]] = [
    ("the same number", [stated("1")], {"standard/0/input": "agree"}),
    ("the same, written longer", [stated("1.000")], {"standard/0/input": "agree"}),
    ("another number", [stated("1.1")], {"standard/0/input": "differ"}),
    ("the lack of a meter", [stated("1")], {"standard/0/output": "only-here"}),
    (
        "a meter the book lacks",
        [stated("5", Meter.AUDIO_INPUT)],
        {"standard/0/audio_input": "only-there", "standard/0/input": "only-here"},
    ),
    (
        "a mode under its other name",
        [stated("2", mode="fast")],
        {"priority/0/input": "agree", "priority/0/output": "only-here"},
    ),
    (
        "a mode under two names, not alike",
        [stated("2", mode="fast"), stated("3", mode="priority")],
        {"priority/0/input": "differ"},
    ),
    (
        "a tier whose threshold is read as > instead of >=",
        [stated("1"), stated("2", above=200_000)],
        {"standard/0/input": "agree", "standard/199999/input": "agree"},
    ),
    (
        "no tier, which says that long prompts cost the same",
        [stated("1")],
        {"standard/199999/input": "differ", "standard/199999/output": "only-here"},
    ),
    (
        "a tier of its own",
        [stated("0.5", mode="batch"), stated("0.7", mode="batch", above=100_000)],
        {"batch/0/input": "agree", "batch/100000/input": "differ"},
    ),
    (
        "a tier where our row holds for short prompts only",
        [stated("2", mode="priority"), stated("4", mode="priority", above=200_000)],
        {"priority/0/input": "agree", "priority/200000/input": "only-there"},
    ),
    (
        "a newer list, which has no tier any more",
        [
            stated("1", from_=date(2026, 3, 1)),
            stated("3", from_=date(2025, 1, 1)),
            stated("9", from_=date(2025, 1, 1), above=50_000),
        ],
        {"standard/0/input": "agree", "standard/199999/input": "differ"},
    ),
    (
        "a price to come",
        [stated("1"), stated("2", from_=date(2026, 12, 1))],
        {"standard/0/input": "agree"},
    ),
]


@pytest.mark.parametrize(("what", "rates", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_peer_states(
    tmp_path: Path, what: str, rates: list[PeerRate], expected: dict[str, str]
) -> None:
    found = statuses(verify(acme(tmp_path), [peer(*rates)], at=TODAY))
    assert expected.items() <= found.items()
    assert "standard/50000/input" not in found


def test_a_model_that_one_side_lacks_is_one_entry(tmp_path: Path) -> None:
    """However many rates it has; and the retired one says that it is."""
    rates = [stated("1", model="m9"), stated("2", Meter.OUTPUT, model="m9")]
    found = verify(acme(tmp_path), [peer(*rates)], at=TODAY)
    by_model = {entry.model: entry for entry in found.entries}
    assert len(found.entries) == len(by_model) == 3
    assert [(e.status, e.is_model) for e in by_model.values()] == [
        (Status.ONLY_HERE, True),
        (Status.ONLY_HERE, True),
        (Status.ONLY_THERE, True),
    ]
    assert by_model["m2"].note == "retired on 2026-01-01"
    (count,) = found.counts()
    assert (count.models_only_here, count.models_only_there, count.only_here) == (2, 1, 0)


def test_a_model_counts_once_under_all_its_names(tmp_path: Path) -> None:
    """Two entries of theirs for two names of ours are one model; a difference in either is told."""
    rates = [stated("1"), stated("1", model="m1-latest"), stated("4", Meter.OUTPUT, "m1-latest")]
    found = verify(acme(tmp_path), [peer(*rates)], at=TODAY)
    assert not [entry for entry in found.entries if entry.model == "m1-latest"]
    assert statuses(found)["standard/0/input"] == "agree"
    assert statuses(found)["standard/0/output"] == "differ"


def test_providers_the_book_lacks_are_not_compared(tmp_path: Path) -> None:
    other = stated("1", provider="other")
    assert not verify(acme(tmp_path), [peer(other)], at=TODAY, provider="other").entries
    found = verify(acme(tmp_path), [peer(other)], at=TODAY)
    assert {entry.provider for entry in found.entries} == {"acme"}


def test_a_day_before_the_first_price_has_nothing_to_compare(tmp_path: Path) -> None:
    """Where neither side has a price, there is no entry; and no error."""
    dated = stated("1", from_=date(2025, 1, 1))
    assert not verify(acme(tmp_path), [peer(dated)], at=date(2024, 1, 1)).entries


def test_another_currency_is_not_compared(tmp_path: Path) -> None:
    models = MODELS.replace(
        "    release: 2025-01-01\n    aliases", "    currency: CNY\n    aliases"
    )
    found = verify(acme(tmp_path, models=models), [peer(stated("1"))], at=TODAY)
    (entry,) = [
        e
        for e in found.entries
        if e.meter is Meter.INPUT and (e.mode, e.tier) == ("standard", None)
    ]
    assert (entry.status, entry.note) == (Status.ONLY_HERE, "in CNY, theirs are in USD")


def test_a_check_is_as_old_as_the_newest_source(tmp_path: Path) -> None:
    """Ours is the day of the source; theirs is what they say, unless it is still to come."""
    rates = [
        stated("1", checked=date(2026, 10, 12)),
        stated("2", mode="priority", checked=date(2027, 1, 1)),
    ]
    found = verify(acme(tmp_path), [peer(*rates)], at=TODAY)
    days = {(e.mode, e.tier): (e.observed, e.checked) for e in found.entries if e.theirs}
    assert days["standard", None] == (date(2026, 11, 1), date(2026, 10, 12))
    assert days["priority", None] == (date(2026, 1, 1), None)
    (count,) = [count for count in found.counts() if count.peer == "litellm"]
    assert count.oldest == date(2026, 1, 1)


REASONS = [
    ("{with: litellm, reason: because}", True),
    ("{with: genai-prices, reason: because}", False),
    ("{with: litellm, models: [m1], reason: because}", True),
    ("{with: litellm, models: [m2], reason: because}", False),
    ("{with: litellm, modes: [batch], reason: because}", False),
    ("{with: litellm, meters: [input], modes: [standard], reason: because}", True),
    ("{with: litellm, meters: [output], reason: because}", False),
    ("{with: litellm, theirs: 1.50, reason: because}", True),
    ("{with: litellm, theirs: 1.51, reason: because}", False),
]


@pytest.mark.parametrize(("record", "holds"), REASONS)
def test_a_reason_explains_what_it_is_about(tmp_path: Path, record: str, holds: bool) -> None:
    book = acme(tmp_path, also=f"differences:\n  - {record}\n")
    found = verify(book, [peer(stated("1.5"), stated("1.5", above=200_000))], at=TODAY)
    entry = next(
        e for e in found.entries if (e.mode, e.tier, e.meter) == ("standard", None, "input")
    )
    assert (entry.reason == "because", entry.is_open) == (holds, not holds)
    (count,) = found.counts()
    assert count.explained + count.unexplained == 2
    assert len(found.differences(explained=True)) == count.explained


def own_rates(book: PriceBook, at: date) -> Iterator[PeerRate]:
    """The book itself as a peer states it."""
    for model in book.models:
        for (mode, above, meter), (rate, row) in our_rates(book, model, at).items():
            if row.currency == "USD":
                yield PeerRate(
                    provider=model.provider,
                    model=model.id,
                    mode=mode,
                    meter=meter,
                    rate=rate,
                    above=above,
                )


def test_the_shipped_book_agrees_with_itself() -> None:
    """Every rate of every model, mode, tier and fee; only hours and other currencies are apart."""
    book = default_book()
    mine = Peer(name="litellm", version="1", rates=tuple(own_rates(book, TODAY)))
    found = verify(book, [mine], at=TODAY)
    wrong = [e for e in found.entries if e.status is not Status.AGREE and "in " not in e.note]
    assert not wrong
    assert len(found.entries) >= len(mine.rates)


@cache
def anthropic_rates() -> tuple[PeerRate, ...]:
    """The shipped rates of one provider."""
    own = own_rates(default_book(), TODAY)
    return tuple(rate for rate in own if rate.provider == "anthropic")


@given(share=st.floats(0, 1, exclude_max=True))
def test_one_changed_number_is_one_difference(share: float) -> None:
    """Whichever it is; all others still agree."""
    book, rates = default_book(), anthropic_rates()
    changed = rates[int(share * len(rates))]
    others = (rate for rate in rates if rate is not changed)
    mine = peer(*others, replace(changed, rate=changed.rate + 1))
    found = verify(book, [mine], at=TODAY, provider="anthropic")
    differing = [e for e in found.entries if e.status is not Status.AGREE]
    assert [(e.model, e.mode, e.tier, e.meter) for e in differing] == [
        (changed.model, changed.mode, changed.above, changed.meter)
    ]


# --- reading genai-prices ----------------------------------------------------------------------


class FakeProvider(SimpleNamespace):
    """A provider whose models answer to their ids."""

    def find_model(self, name: str) -> Any:
        """The model of that id."""
        return next((model for model in self.models if model.id == name), None)


def fake_model(name: str, prices: Any, *variants: Any, comments: str = "") -> Any:
    return SimpleNamespace(
        id=name, prices=prices, price_variants=list(variants), price_comments=comments
    )


def price_list(**rates: Any) -> Any:
    return SimpleNamespace(**rates)


def tiered(base: str, start: int, price: str) -> Any:
    tier = SimpleNamespace(start=start, price=Decimal(price))
    return SimpleNamespace(base=Decimal(base), tiers=[tier])


def conditional(prices: Any, **constraint: Any) -> Any:
    return SimpleNamespace(
        prices=prices, constraint=SimpleNamespace(**constraint) if constraint else None
    )


def variant(prices: Any, start: date | None = None, **when: str) -> Any:
    constraint = SimpleNamespace(start_date=start) if start else None
    return SimpleNamespace(when=when, prices=prices, constraint=constraint)


def read_genai(provider: str, *models: Any) -> Peer:
    return genai.read([FakeProvider(id=provider, models=list(models))], "0.0")


def told(found: Peer) -> set[tuple[str, str, int | None, Decimal]]:
    return {(rate.mode, rate.meter.value, rate.above, rate.rate) for rate in found.rates}


def test_genai_a_flat_rate_holds_in_every_tier() -> None:
    prices = price_list(
        input_mtok=tiered("1", 200_000, "2"), cache_read_mtok=Decimal("0.1"), output_mtok=None
    )
    assert told(read_genai("openai", fake_model("m", prices))) == {
        ("standard", "input", None, Decimal(1)),
        ("standard", "input", 200_000, Decimal(2)),
        ("standard", "cache_read", None, Decimal("0.1")),
        ("standard", "cache_read", 200_000, Decimal("0.1")),
    }


@pytest.mark.parametrize(
    ("provider", "model", "ours", "meter"),
    [
        ("openai", "gpt-9", "openai", "cache_write_30m"),
        ("anthropic", "claude-9", "anthropic", "cache_write_5m"),
        ("aws", "global.openai.gpt-9", "bedrock", "cache_write_30m"),
        ("aws", "global.anthropic.claude-9", "bedrock", "cache_write_5m"),
        ("google", "claude-9", "vertex", "cache_write_5m"),
        ("x-ai", "grok-9", "xai", "cache_write_5m"),
    ],
)
def test_genai_names_of_providers_and_cache_writes(
    provider: str, model: str, ours: str, meter: str
) -> None:
    found = read_genai(provider, fake_model(model, price_list(cache_write_mtok=Decimal(1))))
    (rate,) = found.rates
    assert (rate.provider, rate.meter.value) == (ours, meter)
    assert found.find(ours, model) == model
    assert found.find("nobody", model) is None


def test_genai_dates_are_kept_and_hours_are_left_out() -> None:
    """The price at a peak hour is not the price of the model."""
    prices = [
        conditional(price_list(input_mtok=Decimal(1))),
        conditional(price_list(input_mtok=Decimal(2)), start_date=date(2026, 9, 10)),
        conditional(price_list(input_mtok=Decimal(4)), start_time=time(1), end_time=time(4)),
    ]
    found = read_genai("deepseek", fake_model("m", prices))
    start = date(2026, 9, 10)
    assert [(str(r.rate), r.from_) for r in found.rates] == [("1", None), ("2", start)]
    in_force = found.in_force(TODAY)["deepseek", "m"]
    assert [*in_force["standard", None, Meter.INPUT]] == [2]
    assert found.announced(TODAY).rates == ()


def test_genai_variants_are_modes() -> None:
    seen = date(2026, 10, 14)
    found = read_genai(
        "openai",
        fake_model(
            "m",
            price_list(input_mtok=Decimal(2), web_searches_kcount=Decimal(10)),
            variant(price_list(), service_tier="default"),
            variant(price_list(input_mtok=Decimal(1)), seen, processing="batch"),
            variant(price_list(input_mtok=Decimal(1)), seen, service_tier="flex"),
            variant(price_list(input_mtok=Decimal(4)), seen, service_tier="priority"),
            variant(price_list(input_mtok=Decimal(4)), seen, service_tier="fast"),
            variant(price_list(input_mtok=Decimal(6)), speed="fast"),
            variant(price_list(input_mtok=Decimal(9)), speed="fast", processing="batch"),
        ),
    )
    assert told(found) == {
        ("standard", "input", None, Decimal(2)),
        ("standard", "web_search", None, Decimal(10)),
        ("batch", "input", None, Decimal(1)),
        ("flex", "input", None, Decimal(1)),
        ("priority", "input", None, Decimal(4)),
        ("fast", "input", None, Decimal(6)),
    }
    assert {rate.checked for rate in found.rates if rate.mode == "batch"} == {seen}
    assert len(found.rates) == 6


def test_genai_says_when_it_looked_and_what_it_cannot_say() -> None:
    comments = "Batch rates verified on 2026-10-14. Verified against OpenAI on 2026-09-02. More."
    priced = fake_model("m", price_list(input_mtok=Decimal(1)), comments=comments)
    found = read_genai("openai", priced, fake_model("free", price_list(moderations=Decimal(0))))
    assert [rate.checked for rate in found.rates] == [date(2026, 9, 2)]
    assert found.left_out == ("openai/free",)


def test_bedrock_is_compared_at_its_global_endpoints() -> None:
    """The bare name means the global price where there is one, not that of a region."""
    ids = {"regional.claude-9": "1.1", "global.claude-9": "1", "old-1": "5"}
    models = [fake_model(name, price_list(input_mtok=Decimal(n))) for name, n in ids.items()]
    found = read_genai("aws", *models)
    asked = ("claude-9", "regional.claude-9", "old-1", "other")
    assert [found.find("bedrock", name) for name in asked] == [
        "global.claude-9",
        "regional.claude-9",
        "old-1",
        None,
    ]
    entry = {"litellm_provider": "bedrock_converse"}
    keys = {
        "claude-9": entry | {"input_cost_per_token": Decimal("1.1e-6")},
        "global.claude-9": entry | {"input_cost_per_token": Decimal("1e-6")},
    }
    assert told(litellm.read(keys, "0.0")) == {("standard", "input", None, Decimal(1))}


# --- reading litellm ---------------------------------------------------------------------------


def read_litellm(text: str) -> Peer:
    return litellm.read(json.loads(text, parse_float=Decimal), "0.0")


def entry_of(provider: str, **costs: Any) -> Peer:
    return litellm.read({"m": {"litellm_provider": provider, **costs}}, "0.0")


KEYS: list[tuple[str, str, str, tuple[str, str, int | None, str]]] = [
    ("openai", "input_cost_per_token", "2.5e-06", ("standard", "input", None, "2.5")),
    ("openai", "output_cost_per_token_batches", "0.000005", ("batch", "output", None, "5")),
    (
        "openai",
        "cache_creation_input_token_cost_above_272k_tokens_priority",
        "0.00002",
        ("priority", "cache_write_30m", 272_000, "20"),
    ),
    (
        "anthropic",
        "cache_creation_input_token_cost",
        "1.25e-7",
        ("standard", "cache_write_5m", None, "0.125"),
    ),
    (
        "anthropic",
        "cache_creation_input_token_cost_above_1hr_above_100k_tokens",
        "0.000001",
        ("standard", "cache_write_1h", 100_000, "1"),
    ),
    (
        "anthropic",
        "cache_read_input_token_cost_batches",
        "5E-9",
        ("batch", "cache_read", None, "0.005"),
    ),
    ("openai", "input_cost_per_token_ultrafast", "0.00006", ("ultrafast", "input", None, "60")),
    (
        "openai",
        "input_cost_per_token_above_272k_tokens_flex",
        "1e-6",
        ("flex", "input", 272_000, "1"),
    ),
    (
        "openai",
        "cache_read_input_image_token_cost",
        "2e-6",
        ("standard", "image_cache_read", None, "2"),
    ),
    ("openai", "input_cost_per_character", "0.000015", ("standard", "character", None, "15")),
    ("mistral", "ocr_cost_per_page", "0.004", ("standard", "page", None, "4")),
    (
        "openai",
        "code_interpreter_cost_per_session",
        "0.03",
        ("standard", "code_session", None, "0.03"),
    ),
]


@pytest.mark.parametrize(("provider", "key", "cost", "expected"), KEYS, ids=[k[1] for k in KEYS])
def test_litellm_keys(
    provider: str, key: str, cost: str, expected: tuple[str, str, int | None, str]
) -> None:
    """Rates come out exactly: no float is on the way."""
    name = "mistral/m" if provider == "mistral" else "m"
    found = read_litellm(
        json.dumps({name: {"litellm_provider": provider}})[:-2] + f', "{key}": {cost}}}}}'
    )
    mode, meter, above, rate = expected
    assert told(found) == {(mode, meter, above, Decimal(rate))}


@pytest.mark.parametrize(
    ("provider", "key", "ours"),
    [
        ("openai", "gpt-9", "openai/gpt-9"),
        ("gemini", "gemini/gemini-9", "google/gemini-9"),
        ("xai", "xai/grok-9", "xai/grok-9"),
        ("together_ai", "together_ai/zai/glm-9", "together/zai/glm-9"),
        ("fireworks_ai", "fireworks_ai/accounts/fireworks/models/glm-9", "fireworks/glm-9"),
        ("bedrock_converse", "anthropic.claude-9", "bedrock/anthropic.claude-9"),
        ("azure", "azure/gpt-9", "azure/gpt-9"),
        ("azure", "azure/global-standard/gpt-9", "azure/gpt-9"),
        ("vertex_ai-anthropic_models", "vertex_ai/claude-9", "vertex/claude-9"),
        ("bedrock_converse", "eu.anthropic.claude-9", "bedrock/eu.anthropic.claude-9"),
        ("bedrock", "bedrock/us-east-1/claude-9", None),
        ("azure", "azure/eu/gpt-9", None),
        ("openai", "low/1024-x-1024/gpt-image-9", None),
    ],
)
def test_litellm_names(provider: str, key: str, ours: str | None) -> None:
    """Copies by region or by size of image are left out, and said to be."""
    entry = {"litellm_provider": provider, "input_cost_per_token": Decimal("1e-6")}
    found = litellm.read({key: entry}, "0.0")
    assert [f"{rate.provider}/{rate.model}" for rate in found.rates] == ([ours] if ours else [])
    assert len(found.left_out) == (0 if ours else 1)
    if ours:
        name, _, model = ours.partition("/")
        assert found.find(name, model.upper()) == model


def test_litellm_what_is_no_statement_is_not_read() -> None:
    token = Decimal("1e-6")
    three = {
        "search_context_size_low": Decimal("0.03"),
        "search_context_size_high": Decimal("0.05"),
    }
    embedding = entry_of(
        "openai", mode="embedding", input_cost_per_token=token, output_cost_per_token=0
    )
    assert {rate.meter for rate in embedding.rates} == {Meter.INPUT}
    thinking = entry_of(
        "openai", output_cost_per_token=token, output_cost_per_reasoning_token=token
    )
    assert {rate.meter for rate in thinking.rates} == {Meter.OUTPUT}
    apart = entry_of(
        "openai", output_cost_per_token=token, output_cost_per_reasoning_token=2 * token
    )
    assert {rate.meter for rate in apart.rates} == {Meter.OUTPUT, Meter.REASONING}
    assert not entry_of("openai", search_context_cost_per_query=three).rates
    assert not entry_of("ollama", input_cost_per_token=token).rates
    assert not entry_of("ollama", input_cost_per_token=token).left_out


def test_litellm_searches_seconds_and_fast_mode() -> None:
    searches = {
        "search_context_size_low": Decimal("0.01"),
        "search_context_size_high": Decimal("0.01"),
    }
    found = entry_of(
        "anthropic",
        input_cost_per_token=Decimal("0.000005"),
        search_context_cost_per_query=searches,
        provider_specific_entry={"us": Decimal("1.1"), "fast": 2},
    )
    assert told(found) == {
        ("standard", "input", None, Decimal(5)),
        ("fast", "input", None, Decimal(10)),
        ("standard", "web_search", None, Decimal(10)),
    }
    second = Decimal("0.000283333333333")  # 0.017 per minute
    spoken = entry_of("openai", mode="audio_transcription", input_cost_per_second=second)
    assert [rate.rate for rate in spoken.rates] == [Decimal("1.02")]


# --- the installed packages --------------------------------------------------------------------


@pytest.mark.parametrize("name", PEERS)
def test_what_is_not_installed_says_how_to_install_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "genai_prices.data", None)
    monkeypatch.setattr(litellm, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'costplan\[prices\]'"):
        installed_peer(name)


def test_an_unknown_peer_names_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'litellm'"):
        installed_peer("litelm")


def installed(name: str) -> Peer:
    """The installed data of a peer; the test is skipped, saying so, where there is none."""
    if find_spec(name.replace("-", "_")) is None:
        pytest.skip(f"{name} is not installed: pip install 'costplan[prices]'")
    return installed_peer(name)


@pytest.mark.parametrize("name", PEERS)
def test_installed_rates_are_found_and_most_agree(name: str) -> None:
    """Nearly all rates that both have are the same number, for each of the first providers."""
    found = verify(default_book(), [installed(name)], at=TODAY)
    for count in found.counts():
        if count.provider in {"openai", "anthropic", "google"}:
            assert count.agree > 100
            assert count.unexplained <= count.agree // 20, count


def test_installing_litellm_does_not_import_it() -> None:
    """Its import takes seconds and may reach for the network."""
    modules = set(__import__("sys").modules)
    installed("litellm")
    assert "litellm" not in set(__import__("sys").modules) - modules


# --- proposing rows ----------------------------------------------------------------------------

NEW = [
    stated("3", model="m1-5", from_=date(2026, 10, 1)),
    stated("6", model="m1-5", from_=date(2026, 10, 1), above=100_000),
    stated("9", Meter.OUTPUT, model="m1-5", from_=date(2026, 10, 1)),
    stated("4", model="m1-5", from_=date(2026, 12, 1)),
    stated("10", Meter.OUTPUT, model="m1-5", from_=date(2026, 12, 1)),
    stated("1.5", model="m1-5", mode="batch"),
    stated("4.5", Meter.OUTPUT, model="m1-5", mode="batch"),
    stated("10", Meter.WEB_SEARCH, model="m1-5", from_=date(2026, 10, 1)),
]


def proposed(folder: Path, name: str, *rates: PeerRate) -> tuple[str, tuple[str, ...]]:
    """The diff that adds what a peer says, after it was applied and compared again."""
    book, file = acme(folder), folder / "acme.yaml"
    other = peer(*rates)
    found = propose(other, book, name, file.read_text(encoding="utf-8"), day=TODAY)
    file.write_text(found.after, encoding="utf-8")
    again = verify(load_price_book(folder), [other], at=TODAY)
    assert not again.differences(explained=False)
    return found.diff("pricing/acme.yaml"), found.notes


def test_a_new_model_is_added_in_its_place_with_its_history(tmp_path: Path) -> None:
    """Between its neighbours; each row says where and when it was first seen."""
    diff, notes = proposed(tmp_path, "acme/m1-5", *NEW)
    added = [line[1:] for line in diff.splitlines() if line.startswith("+") and line[1:2] != "+"]
    assert not [line for line in diff.splitlines() if line.startswith("-") and line[1:2] != "-"]
    assert added == [
        "  litellm-1.0:",
        "    title: litellm 1.0, the installed data",
        "    url: https://github.com/BerriAI/litellm",
        "    observed: 2026-11-21",
        "    licence: MIT",
        "  m1-5:",
        "    # add what it is: release, context, max_output, tokenizer",
        "    prices:",
        "      standard:",
        "        - {from: 2026-10-01, known: 2026-11-21, known_by: first-seen, basis: observed,",
        "           added: 2026.11.21, source: litellm-1.0,",
        "           rates: {input: 3, output: 9},",
        "           tiers: [{above: 100000, rates: {input: 6, output: 9}}]}",
        "        - {from: 2026-12-01, known: 2026-11-21, known_by: first-seen, basis: announced,",
        "           added: 2026.11.21, source: litellm-1.0,",
        "           rates: {input: 4, output: 10}}",
        "      batch:",
        "        - {from: 2026-11-21, known: 2026-11-21, known_by: first-seen, basis: observed,",
        "           added: 2026.11.21, source: litellm-1.0,",
        "           rates: {input: 1.5, output: 4.5}}",
        "",
    ]
    assert notes == ("web_search at 10 per 1,000 calls is a fee; add it under fees",)
    names = [model.id for model in load_price_book(tmp_path).models]
    assert names == ["m1", "m1-5", "m2"]


def test_a_changed_price_is_a_whole_row_after_the_old_one(tmp_path: Path) -> None:
    """What the peer does not state stays as it was; the tier stays too."""
    rates = [stated("1.5"), stated("2", above=200_000), stated("0.5", mode="batch")]
    diff, _ = proposed(tmp_path, "acme/m1", *rates)
    assert "rates: {input: 1.5, cache_read: 0.1, output: 2}," in diff
    assert "tiers: [{above: 199999, rates: {input: 2, cache_read: 0.2, output: 3}}]}" in diff
    assert diff.count("+        - {") == 1
    book = load_price_book(tmp_path)
    assert book.price("acme/m1", at=date(2026, 11, 20)).rates[Meter.INPUT] == 1
    assert book.price("acme/m1", at=TODAY).rates[Meter.INPUT] == Decimal("1.5")


def test_a_changed_price_goes_before_one_that_is_announced(tmp_path: Path) -> None:
    """Rows stay in the order of their days; the announced one keeps its day."""
    diff, _ = proposed(tmp_path, "acme/m2", stated("6", model="m2"))
    assert "rates: {input: 6, output: 8}}" in diff
    book = load_price_book(tmp_path)
    found = [row.rates[Meter.INPUT] for row in book.history("acme/m2")]
    assert found == [7, 6, 9]


def test_a_new_mode_of_a_known_model(tmp_path: Path) -> None:
    rates = [stated("0.5", mode="flex"), stated("1", Meter.OUTPUT, mode="flex")]
    diff, _ = proposed(
        tmp_path, "acme/m1-latest", *rates, stated("0.5", model="m1-latest", mode="flex")
    )
    assert "+      flex:" in diff
    assert load_price_book(tmp_path).model("acme/m1").modes == (
        "standard",
        "batch",
        "priority",
        "flex",
    )


def test_what_the_book_has_is_not_proposed(tmp_path: Path) -> None:
    diff, notes = proposed(tmp_path, "acme/m1", stated("0.5", mode="batch"))
    assert (diff, notes) == ("", ())


def test_a_provider_the_book_lacks_gets_a_file(tmp_path: Path) -> None:
    rates = [stated("1", provider="zeta"), stated("2", Meter.OUTPUT, provider="zeta")]
    found = propose(peer(*rates), acme(tmp_path), "zeta/m1", "", day=TODAY)
    assert found.diff("pricing/zeta.yaml").startswith("--- /dev/null\n+++ b/pricing/zeta.yaml\n")
    (tmp_path / "zeta.yaml").write_text(found.after, encoding="utf-8")
    assert load_price_book(tmp_path).price("zeta/m1", at=TODAY).rates[Meter.OUTPUT] == 2


def test_a_model_nobody_knows_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match="did you mean 'acme/m1-5'"):
        propose(peer(*NEW), acme(tmp_path), "acme/m1-6", "", day=TODAY)


@pytest.mark.parametrize("name", PEERS)
def test_installed_models_can_be_proposed_for_an_empty_book(name: str, tmp_path: Path) -> None:
    """The rows of every model of the first providers pass the schema, one by one."""
    other, book = installed(name), acme(tmp_path)
    wanted = {
        (r.provider, r.model): r
        for r in other.rates
        if r.provider in {"openai", "anthropic", "google"}
    }
    refused = []
    for provider, model in wanted:
        if other.find(provider, model) != model:
            continue  # another entry of theirs answers to its name
        try:
            propose(other, book, f"{provider}/{model}", "", day=TODAY)
        except CostplanError as error:
            refused.append(str(error))
    assert not refused


# --- trusting a plan ---------------------------------------------------------------------------


def item(model: str, cost: str, mode: str = "standard", **changes: Any) -> LineItem:
    """A line item on the row of that model that is in force."""
    made = line_item("chat", model, Month(2026, 12), cost)
    fields = {"mode": mode, "price_from": date(2025, 1, 1), "known": date(2025, 1, 1), "source": ""}
    quantity = float(Decimal(cost) * made.per / changes.get("rate", made.rate))
    return replace(made, **{**fields, "quantity": quantity, **changes})


def trusted(book: PriceBook, items: Sequence[LineItem], *peers: Peer) -> Any:
    plan = projection(ledger=Ledger.of(month_range(Month(2026, 12), 3), items))
    compared = [
        verify(book, peers if day == TODAY else [p.announced(TODAY) for p in peers], at=day)
        for day in price_days(plan, TODAY)
        if peers
    ]
    return trust(plan, book, compared, at=TODAY)


def test_dollars_by_what_they_rest_on(tmp_path: Path) -> None:
    """Shares may overlap; what is doubtful is counted once, and the rest is trusted."""
    old = {"price_from": date(2025, 6, 1), "known": date(2025, 6, 1)}
    items = [
        item("acme/m1", "60"),
        item("acme/m1", "20", "batch"),
        item("acme/m1", "15", "priority", **old),
        item("a seat", "5", price_from=None, known=None),
    ]
    rates = [
        stated("1"),
        stated("2", above=200_000),
        stated("0.6", mode="batch"),
        stated("3", mode="fast"),
    ]
    found = trusted(acme(tmp_path), items, peer(*rates))
    assert found.total == 100
    assert (found.disputed, found.estimated, found.stale) == (35, 20, 15)
    assert (found.doubtful, found.trusted) == (35, 65)
    assert (found.confirmed, found.explained, found.stated) == (60, 0, 5)
    assert found.share(found.doubtful) == 0.35
    kinds = {(line.model, line.mode): line.kinds for line in found.lines}
    assert kinds == {
        ("acme/m1", "standard"): (),
        ("acme/m1", "batch"): ("disputed", "estimated"),
        ("acme/m1", "priority"): ("disputed", "stale"),
        ("a seat", "standard"): ("stated",),
    }


def test_an_explained_difference_is_no_doubt(tmp_path: Path) -> None:
    book = acme(tmp_path, also="differences:\n  - {with: litellm, reason: they are late}\n")
    found = trusted(book, [item("acme/m1", "10")], peer(stated("3")))
    assert (found.doubtful, found.explained, found.confirmed) == (0, 10, 0)


def test_a_row_that_says_it_is_disputed_is(tmp_path: Path) -> None:
    """Without any peer too; what peers say is then not known, and that is told."""
    models = MODELS.replace(
        "rates: {input: 7, output: 8}", "rates: {input: 7, output: 8}, disputed: some say 6"
    )
    found = trusted(acme(tmp_path, models=models), [item("acme/m2", "10")])
    assert (found.disputed, found.compared) == (10, False)


def test_only_the_tier_that_differs_is_disputed(tmp_path: Path) -> None:
    """A line item says its rate, and so which tier it is of."""
    items = [item("acme/m1", "10", rate=Decimal(1)), item("acme/m1", "30", rate=Decimal(2))]
    found = trusted(acme(tmp_path), items, peer(stated("1"), stated("5", above=200_000)))
    assert (found.disputed, found.confirmed) == (30, 10)


FUTURE: dict[str, Any] = {
    "price_from": date(2027, 1, 1),
    "known": date(2026, 6, 1),
    "rate": Decimal(9),
}


@pytest.mark.parametrize(
    ("rates", "disputed", "confirmed"),
    [
        ([stated("7", model="m2")], 0, 0),  # it says nothing about next year
        ([stated("7", model="m2"), stated("9", model="m2", from_=date(2027, 1, 1))], 0, 18),
        ([stated("7", model="m2"), stated("8", model="m2", from_=date(2027, 1, 1))], 18, 0),
    ],
)
def test_a_price_to_come_is_compared_with_what_is_dated(
    tmp_path: Path, rates: list[PeerRate], disputed: int, confirmed: int
) -> None:
    found = trusted(acme(tmp_path), [item("acme/m2", "18", **FUTURE)], peer(*rates))
    assert (found.disputed, found.confirmed) == (disputed, confirmed)


def test_a_plan_that_costs_nothing_has_no_shares(tmp_path: Path) -> None:
    found = trusted(acme(tmp_path), [])
    assert (found.total, found.share(found.total)) == (0, None)


# --- the command line --------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of acme, and a litellm that knows it; genai-prices is not installed."""
    acme(
        tmp_path,
        also="differences:\n  - {with: litellm, meters: [output], reason: they are late}\n",
    )

    def one(name: str) -> Peer:
        if name != "litellm":
            raise UsageError(f"{name} is not installed")
        return peer(stated("1.5"), stated("4", Meter.OUTPUT), *NEW)

    monkeypatch.setattr("costplan.prices.peers.installed_peer", one)
    return tmp_path


def run(*words: str) -> int:
    parser = Parser(prog="costplan")
    command.add_to(parser.add_subparsers(parser_class=Parser))
    arguments = parser.parse_args(list(words))
    return int(arguments.run(arguments))


def test_verify_prints_counts_and_differences(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0 whatever it found; who is not installed is said beside it."""
    assert run("verify", "--pricing", str(folder), "--at", "2026-11-21") == 0
    out, err = capsys.readouterr()
    assert "Prices on 2026-11-21 against litellm 1.0" in out
    assert "Differences without a reason" in out
    assert "acme, litellm: 2 rates differ (m1): they are late" in out
    assert "genai-prices is not installed" in err


def test_verify_as_json_has_every_rate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = ("--pricing", str(folder), "--provider", "acme")
    run("verify", *own, "--at", "2026-11-21", "--format", "json")
    document = json.loads(capsys.readouterr().out)
    (count,) = document["counts"]
    assert (count["differ_explained"], count["differ_unexplained"]) == (2, 2)
    differing = [rate for rate in document["rates"] if rate["status"] == "differ"]
    assert {(rate["meter"], rate["ours"], rate["theirs"]) for rate in differing} == {
        ("input", "1", "1.5"),
        ("input", "2", "1.5"),
        ("output", "2", "4"),
        ("output", "3", "4"),
    }
    assert "trust" not in document


@pytest.mark.parametrize("form", ["csv", "markdown"])
def test_verify_in_other_formats(
    folder: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("verify", "--pricing", str(folder), "--provider", "acme", "--format", form)
    out = capsys.readouterr().out
    assert out.startswith("provider,model,with,status" if form == "csv" else "# Prices on ")


SCENARIO = """\
name: Small
start: 2026-12
months: 2
uncertainty: none
workloads:
  chat:
    demand: {requests: 1000/month}
    request: {input: 1000, output: 100}
    routing: {mix: {acme/m1: 100%}}
"""


def test_verify_with_a_scenario_says_what_it_rests_on(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Input differs without a reason, output with one."""
    # As if it were the shipped book: of a list of one's own nobody else can say anything.
    monkeypatch.setattr("costplan.cli.verify.price_book", lambda _: load_price_book(folder))
    file = folder / "small.yml.txt"
    file.write_text(SCENARIO, encoding="utf-8")
    words = ("verify", str(file), "--pricing", str(folder), "--at", "2026-11-21")
    assert run(*words, "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)["trust"]
    assert (found["total"], found["disputed"]["cost"], found["explained"]["cost"]) == (
        "2.4",
        "2",
        "0.4",
    )
    run(*words)
    assert "What the plan rests on" in capsys.readouterr().out


WRONG = [
    (("verify", "--provider", "acmee"), "did you mean 'acme'"),
    (("verify", "--variant", "x"), "give the scenario too"),
    (("verify", "--against", "genai-prices"), "genai-prices is not installed"),
    (("import", "--from", "litellm", "acme/m1-4"), "did you mean 'acme/m1-5'"),
]


@pytest.mark.parametrize(("words", "message"), WRONG)
def test_wrong_names_are_errors(folder: Path, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(CostplanError, match=message):
        run(*words, "--pricing", str(folder))


def test_import_prints_a_diff_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two models of one provider are one change of one file."""
    before = (folder / "acme.yaml").read_bytes()
    words = ("import", "acme/m1-5", "acme/m1", "--from", "litellm", "--at", "2026-11-21")
    assert run(*words, "--pricing", str(folder)) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"--- a/{folder.name}/acme.yaml\n")
    assert out.count("--- ") == 1
    assert out.count("+  litellm-1.0:") == 1
    assert "is a fee" in err
    assert (folder / "acme.yaml").read_bytes() == before


def test_import_can_write_the_diff(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "change.diff"
    words = ("import", "acme/m1-5", "--from", "litellm", "--pricing", str(folder))
    assert run(*words, "-o", str(target)) == 0
    assert "+  m1-5:" in target.read_text(encoding="utf-8")
