"""The shipped prices, restated from research done apart from the files: model, day, in and out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from costplan.errors import MissingPriceError
from costplan.meters import Meter
from costplan.prices import PriceBook, load_price_book

# Standard input/output per 1,000,000 tokens, from the first day of each period.
TIMELINE = """
openai/gpt-3.5-turbo: 2023-03-01 2/2, 2023-06-13 1.5/2, 2024-02-16 0.5/1.5
openai/gpt-4: 2023-03-14 30/60
openai/gpt-4-32k: 2023-03-14 60/120
openai/gpt-4-turbo: 2023-11-06 10/30
openai/gpt-4o-2024-05-13: 2024-05-13 5/15
openai/gpt-4o: 2024-05-13 5/15, 2024-10-02 2.5/10
openai/gpt-4o-2024-08-06: 2024-08-06 2.5/10, 2024-10-01 2.5/10
openai/gpt-4o-mini: 2024-07-18 0.15/0.6, 2024-10-01 0.15/0.6
openai/chatgpt-4o-latest: 2024-08-14 5/15
openai/o1-preview: 2024-09-12 15/60, 2024-10-01 15/60
openai/o1-mini: 2024-09-12 3/12, 2024-10-01 3/12, 2025-01-31 1.1/4.4
openai/o1: 2024-12-17 15/60
openai/o1-pro: 2025-03-19 150/600
openai/o3-mini: 2025-01-31 1.1/4.4
openai/gpt-4.5-preview: 2025-02-27 75/150
openai/o3: 2025-04-16 10/40, 2025-06-10 2/8
openai/o3-pro: 2025-06-10 20/80
openai/o4-mini: 2025-04-16 1.1/4.4
openai/gpt-4.1: 2025-04-14 2/8
openai/gpt-4.1-mini: 2025-04-14 0.4/1.6
openai/gpt-4.1-nano: 2025-04-14 0.1/0.4
openai/gpt-5: 2025-08-07 1.25/10
openai/gpt-5-chat-latest: 2025-08-07 1.25/10
openai/gpt-5-nano: 2025-08-07 0.05/0.4
openai/gpt-5-mini: 2025-08-07 0.25/2
openai/gpt-5-pro: 2025-10-06 15/120
openai/gpt-5-codex: 2025-09-23 1.25/10
openai/gpt-5.1: 2025-11-13 1.25/10
openai/gpt-5.1-codex: 2025-11-13 1.25/10
openai/gpt-5.1-codex-mini: 2025-11-13 0.25/2
openai/gpt-5.1-codex-max: 2025-11-13 1.25/10
openai/gpt-5.2: 2025-12-11 1.75/14
openai/gpt-5.2-pro: 2025-12-11 21/168
openai/gpt-5.2-codex: 2025-12-11 1.75/14
openai/gpt-5.3-codex: 2026-02-05 1.75/14
openai/gpt-5.4: 2026-03-05 2.5/15
openai/gpt-5.4-mini: 2026-03-17 0.75/4.5
openai/gpt-5.4-nano: 2026-03-17 0.2/1.25
openai/gpt-5.4-pro: 2026-03-05 30/180
openai/gpt-5.5: 2026-04-24 5/30
openai/gpt-5.5-pro: 2026-04-24 30/180
openai/gpt-5.6-sol: 2026-07-09 5/30, 2026-08-21 4/20
openai/gpt-5.6-terra: 2026-07-09 2.5/15, 2026-07-30 2/12
openai/gpt-5.6-luna: 2026-07-09 1/6, 2026-07-30 0.2/1.2
openai/gpt-6-astra: 2026-09-03 10/50
openai/gpt-6-sol: 2026-09-22 2/10
openai/gpt-6-luna: 2026-09-22 0.1/0.5
openai/gpt-6.1-sol: 2026-09-29 2/10
openai/gpt-6.1-terra: 2026-10-26 1/5
openai/gpt-4o-realtime-preview: 2024-10-01 5/20, 2024-12-17 5/20
openai/gpt-4o-audio-preview: 2024-10-17 2.5/10, 2024-12-17 2.5/10
openai/o3-deep-research: 2025-06-26 10/40
openai/o4-mini-deep-research: 2025-06-26 2/8
anthropic/claude-2: 2023-11-21 8/24
anthropic/claude-instant-1.2: 2023-11-21 0.8/2.4
anthropic/claude-3-opus-20240229: 2024-03-04 15/75, 2024-08-14 15/75
anthropic/claude-3-sonnet-20240229: 2024-03-04 3/15
anthropic/claude-3-haiku-20240307: 2024-03-13 0.25/1.25, 2024-08-14 0.25/1.25
anthropic/claude-3-5-sonnet-20240620: 2024-06-20 3/15, 2024-08-14 3/15
anthropic/claude-3-5-haiku-20241022: 2024-11-04 1/5, 2024-12-03 0.8/4
anthropic/claude-3-7-sonnet-20250219: 2025-02-24 3/15
anthropic/claude-opus-4-20250514: 2025-05-22 15/75
anthropic/claude-opus-4-1-20250805: 2025-08-05 15/75
anthropic/claude-sonnet-4-20250514: 2025-05-22 3/15, 2025-08-12 3/15, 2026-04-30 3/15
anthropic/claude-sonnet-4-5-20250929: 2025-09-29 3/15, 2026-04-30 3/15
anthropic/claude-haiku-4-5-20251001: 2025-10-15 1/5
anthropic/claude-opus-4-5-20251101: 2025-11-24 5/25
anthropic/claude-opus-4-6: 2026-02-05 5/25, 2026-03-13 5/25
anthropic/claude-sonnet-4-6: 2026-02-17 3/15, 2026-03-13 3/15
anthropic/claude-opus-4-7: 2026-04-16 5/25
anthropic/claude-opus-4-8: 2026-05-28 5/25
anthropic/claude-fable-5: 2026-06-09 10/50
anthropic/claude-mythos-5: 2026-06-09 10/50
anthropic/claude-sonnet-5: 2026-06-30 2/10
anthropic/claude-opus-5: 2026-07-24 5/25
anthropic/claude-fable-5-1: 2026-09-01 10/50
anthropic/claude-mythos-5-1: 2026-09-01 10/50
anthropic/claude-opus-5-5: 2026-09-22 4/20
anthropic/claude-sonnet-5-5: 2026-09-28 2/10, 2026-10-07 2/10
anthropic/claude-haiku-5-5: 2026-10-07 0.1/0.5
anthropic/claude-fable-5-2: 2026-11-09 8/40
anthropic/claude-mythos-5-2: 2026-11-09 8/40
google/gemini-1.5-pro: 2024-05-14 3.5/10.5, 2024-10-01 1.25/5
google/gemini-1.5-flash: 2024-05-14 0.35/1.05, 2024-08-12 0.075/0.3
google/gemini-1.5-flash-8b: 2024-10-03 0.0375/0.15
google/gemini-2.0-flash: 2025-02-05 0.1/0.4
google/gemini-2.0-flash-lite: 2025-02-05 0.075/0.3
google/gemini-2.5-flash-preview-04-17: 2025-04-17 0.15/0.6
google/gemini-2.5-flash: 2025-06-17 0.3/2.5, 2025-10-15 0.3/2.5
google/gemini-2.5-flash-lite: 2025-07-22 0.1/0.4, 2025-10-15 0.1/0.4
google/gemini-2.5-pro: 2025-04-04 1.25/10, 2025-10-15 1.25/10
google/gemini-3-pro-preview: 2025-11-18 2/12
google/gemini-3-flash-preview: 2025-12-17 0.5/3
google/gemini-3.1-pro-preview: 2026-02-19 2/12
google/gemini-3.1-flash-lite: 2026-03-03 0.25/1.5
google/gemini-3.5-flash: 2026-05-19 1.5/9
google/gemini-3.6-flash: 2026-07-21 1.5/7.5, 2026-08-13 0.75/3.75, 2027-01-01 1.5/7.5
google/gemini-3.7-flash: 2026-08-13 0.75/3.75, 2027-01-01 1.5/7.5
google/gemini-3.8-flash: 2026-09-02 0.75/3.75, 2027-01-01 1.5/7.5
google/gemini-4-argon: 2026-10-13 2/10, 2026-12-01 4/20
google/gemini-4-carbon: 2026-11-10 2/10, 2026-12-01 4/20
google/gemini-4-hydrogen: 2026-11-12 1.5/7.5
"""
TEXT_ONLY = """
openai/text-embedding-3-small: 2024-01-25 0.02
openai/text-embedding-3-large: 2024-01-25 0.13
openai/text-embedding-ada-002: 2022-12-15 0.10
google/gemini-embedding-001: 2025-05-20 0.15
"""


def _parsed(table: str) -> list[tuple[str, list[tuple[date, list[Decimal]]]]]:
    rows = []
    for line in table.strip().splitlines():
        name, _, steps = line.partition(": ")
        pairs = [step.split() for step in steps.split(", ")]
        timeline = [
            (date.fromisoformat(day), [Decimal(rate) for rate in rates.split("/")])
            for day, rates in pairs
        ]
        rows.append((name, timeline))
    return rows


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load_price_book()


@pytest.mark.parametrize(("name", "timeline"), _parsed(TIMELINE + TEXT_ONLY.lstrip()))
def test_standard_price_from_its_first_day_to_the_day_before_the_next(
    book: PriceBook, name: str, timeline: list[tuple[date, list[Decimal]]]
) -> None:
    """Each period holds its price on its first and its last day, and before all there is none."""
    ends = [day - timedelta(1) for day, _ in timeline[1:]] + [date(2029, 12, 31)]
    for (start, rates), end in zip(timeline, ends, strict=True):
        for day in (start, end):
            found = book.price(name, at=day).rates
            meters = [Meter.INPUT, Meter.OUTPUT][: len(rates)]
            assert [found[meter] for meter in meters] == rates, day
    with pytest.raises(MissingPriceError, match=f"the first is from {timeline[0][0]}"):
        book.price(name, at=timeline[0][0] - timedelta(1))


RATES = [  # what the two columns above do not show: caches, tiers, modes, regions
    ("openai/gpt-4o-mini", "2024-09-30", "standard", 0, {"cache_read": None}),
    ("openai/gpt-4o-mini", "2024-10-01", "standard", 0, {"cache_read": "0.075"}),
    ("openai/o3", "2025-06-09", "standard", 0, {"cache_read": "2.5"}),
    ("openai/o4-mini", "2026-01-01", "flex", 0, {"cache_read": "0.138"}),
    ("openai/gpt-5.4", "2026-04-01", "batch", 0, {"cache_read": "0.13", "input": "1.25"}),
    ("openai/gpt-5.4", "2026-04-01", "standard", 272_000, {"input": "2.5", "output": "15"}),
    ("openai/gpt-5.4", "2026-04-01", "standard", 272_001, {"input": "5", "output": "22.5"}),
    ("openai/gpt-5.5", "2026-10-01", "fast", 0, {"input": "12.5", "output": "75"}),
    ("openai/gpt-5.6-sol", "2026-08-20", "standard", 0, {"cache_write_30m": "6.25"}),
    ("openai/gpt-5.6-sol", "2026-11-11", "standard", 0, {"cache_write_12h": None}),
    ("openai/gpt-5.6-sol", "2026-11-12", "standard", 0, {"cache_write_12h": "10"}),
    ("openai/gpt-6-astra", "2026-11-20", "ultrafast", 0, {"input": "60", "output": "300"}),
    ("openai/gpt-6.1-terra", "2026-11-20", "standard", 0, {"cache_read": "0.05"}),
    ("openai/gpt-4o-audio-preview", "2024-12-16", "standard", 0, {"audio_input": "100"}),
    ("openai/gpt-4o-audio-preview", "2024-12-17", "standard", 0, {"audio_input": "40"}),
    ("anthropic/claude-3-haiku", "2025-01-01", "standard", 0, {"cache_write_5m": "0.3"}),
    ("anthropic/claude-sonnet-4-5", "2026-01-15", "standard", 200_000, {"input": "3"}),
    ("anthropic/claude-sonnet-4-5", "2026-01-15", "standard", 200_001, {"input": "6"}),
    ("anthropic/claude-sonnet-4-5", "2026-01-15", "batch", 200_001, {"input": "3"}),
    ("anthropic/claude-sonnet-4-5", "2026-05-15", "standard", 200_001, {"input": "3"}),
    ("anthropic/claude-haiku-5-5", "2026-11-20", "standard", 100_000, {"cache_read": "0.01"}),
    ("anthropic/claude-haiku-5-5", "2026-11-20", "standard", 100_001, {"cache_read": "0.05"}),
    ("anthropic/claude-sonnet-5-5", "2026-10-06", "standard", 0, {"cache_read": "0.2"}),
    ("anthropic/claude-sonnet-5-5", "2026-10-07", "standard", 0, {"cache_read": "0.1"}),
    ("anthropic/claude-opus-5-5", "2026-11-20", "fast", 0, {"cache_write_1h": "16"}),
    ("google/gemini-1.5-pro", "2024-06-01", "standard", 128_001, {"input": "7"}),
    ("google/gemini-2.5-pro", "2025-06-01", "standard", 200_001, {"cache_read": "0.625"}),
    ("google/gemini-2.5-flash-lite", "2025-10-14", "standard", 0, {"audio_input": "0.5"}),
    ("google/gemini-2.5-flash-lite", "2025-10-15", "standard", 0, {"audio_input": "0.3"}),
    ("google/gemini-2.5-flash-preview", "2025-05-01", "standard", 0, {"reasoning": "3.5"}),
    ("google/gemini-3.8-flash", "2027-01-01", "batch", 0, {"input": "0.75", "output": "3.75"}),
]


@pytest.mark.parametrize(("name", "day", "mode", "prompt", "rates"), RATES)
def test_rate_of_a_meter(
    *, book: PriceBook, name: str, day: str, mode: str, prompt: int, rates: dict[str, str | None]
) -> None:
    """A cache, a tier and a mode have the literals that were published, and no others."""
    found = book.price(name, at=date.fromisoformat(day), mode=mode).at_prompt(prompt)
    for meter, rate in rates.items():
        assert found.get(Meter(meter)) == (None if rate is None else Decimal(rate)), meter


RETIRED = {
    "anthropic/claude-3-5-haiku": date(2026, 2, 19),
    "anthropic/claude-sonnet-4-5": date(2026, 11, 30),
    "google/gemini-2.0-flash": date(2026, 6, 1),
    "openai/gpt-4.1-nano": date(2026, 10, 23),
    "openai/gpt-4o-mini": date(2027, 1, 14),
    "openai/o3": date(2026, 12, 11),
}


@pytest.mark.parametrize(("name", "day"), RETIRED.items())
def test_retirement(book: PriceBook, name: str, day: date) -> None:
    """The day service ends is known, also through an alias."""
    assert book.model(name).retirement == day
