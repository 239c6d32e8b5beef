"""Worked examples that others published, and a bill: each comes out to the last digit given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from costplan.meters import Meter, Usage, usage_of
from costplan.prices import PriceBook, default_book, rate, with_own


@dataclass(frozen=True, slots=True)
class Example:
    """A usage that somebody priced in public."""

    source: str
    model: str
    at: str
    published: str
    requests: int
    usage: Mapping[str, Decimal | float] = field(default_factory=dict)


EXAMPLES = [
    # 86M in at 3 and 0.35M out at 15: the page rounds 300M characters / 3.5 to 86M tokens
    Example(
        "https://platform.claude.com/docs/en/about-claude/use-case-guides/legal-summarization",
        "anthropic/claude-sonnet-4-5",
        "2025-11-15",
        "263.25",
        1000,
        {"input": 86_000, "output": 350},
    ),
    # 28.6 billion in at 1; 3 % of a billion posts are flagged, with 50 tokens out at 5
    Example(
        "https://platform.claude.com/docs/en/about-claude/use-case-guides/content-moderation",
        "anthropic/claude-haiku-4-5",
        "2026-06-15",
        "36100",
        10_000_000,
        {"input": 2860, "output": Decimal(150)},
    ),
    # a bill of 972 requests in December 2025: 2,893,538 in at 21
    Example(
        "an audit of OpenAI usage and cost exports, 2025-12-25 to 2025-12-30",
        "openai/gpt-5.2-pro",
        "2025-12-28",
        "60.764298",
        1,
        {"input": 2_893_538},
    ),
    # and 9,615,673 out at 168
    Example(
        "an audit of OpenAI usage and cost exports, 2025-12-25 to 2025-12-30",
        "openai/gpt-5.2-pro",
        "2025-12-28",
        "1615.433064",
        1,
        {"output": 9_615_673},
    ),
    # 11K in at 0.008 and 4K out at 0.024 per 1K
    Example(
        "https://aws.amazon.com/bedrock/pricing/",
        "bedrock/anthropic.claude-v2:1",
        "2024-04-01",
        "0.184",
        1,
        {"input": 11_000, "output": 4000},
    ),
    # 125 documents of 8,000 tokens, each written to the cache once, then read with each of its ten
    # chunks of 800 tokens and an instruction of 50, for 100 tokens of context; published as 1.02
    Example(
        "https://www.anthropic.com/engineering/contextual-retrieval",
        "anthropic/claude-3-haiku",
        "2024-09-19",
        "1.021875",
        125,
        {"cache_write_5m": 8000, "cache_read": 80_000, "input": 8500, "output": 1000},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.model} {e.published}")
def test_published_example(example: Example) -> None:
    """The prices are those of the book on that day; only quantities are given."""
    usage = Usage({Meter(meter): Decimal(quantity) for meter, quantity in example.usage.items()})
    bill = rate(usage, example.model, at=example.at, requests=example.requests)
    assert bill.total == Decimal(example.published)


def test_the_bill_in_a_batch_would_have_been_half() -> None:
    """Which mode was billed matters as much as the quantities."""
    usage = usage_of(input=2_893_538, output=9_615_673)
    whole = rate(usage, "openai/gpt-5.2-pro", at="2025-12-28")
    assert rate(usage, "openai/gpt-5.2-pro", at="2026-11-20", mode="batch").total * 2 == whole.total


OWN = """\
provider: {provider}
title: What the book has no rate for
currency: USD
added: 2026.11.21
source: page
sources:
  page: {{title: The page of the example, observed: 2026-11-20, licence: facts quoted}}
"""
RUNTIME = """\
fees:
  runtime:
    - {from: 2026-07-24, models: [claude-opus-5], rates: {code_session: 0.08}}
models:
  claude-opus-5:
    prices: {}
    markup: {of: anthropic/claude-opus-5, factor: 1}
"""
TRAINING = """\
models:
  gpt-3.5-turbo-training:
    prices:
      standard:
        - {from: 2023-08-22, rates: {input: 8}}
"""


def own(folder: Path, provider: str, text: str) -> PriceBook:
    """The shipped book with a list that says what a session or training costs."""
    (folder / "own.yaml").write_text(OWN.format(provider=provider) + text, encoding="utf-8")
    return with_own(default_book(), folder)


def test_an_agent_that_runs_for_an_hour(tmp_path: Path) -> None:
    """50K in at 5, 15K out at 25, and an hour of runtime at 0.08: published as 0.705.

    Source: https://platform.claude.com/docs/en/about-claude/pricing, Claude Opus 5.
    """
    book = own(tmp_path, "agents", RUNTIME)
    usage = usage_of(input=50_000, output=15_000, code_session=1)
    bill = rate(usage, "agents/claude-opus-5", at="2026-08-01", book=book)
    assert bill.total == Decimal("0.705")


def test_training(tmp_path: Path) -> None:
    """100,000 tokens in three epochs at 0.008 per 1,000: published as 2.40.

    Source: https://platform.openai.com/docs/guides/fine-tuning, 2023-08.
    """
    book = own(tmp_path, "training", TRAINING)
    usage = usage_of(input=100_000)
    name = "training/gpt-3.5-turbo-training"
    assert rate(usage, name, at="2023-09-01", book=book, requests=3).total == Decimal("2.4")
