"""What routing studies published, reproduced: RouteLLM's savings, overheads, oracles, cascades.

Numbers of RouteLLM (https://arxiv.org/abs/2406.18665) and, where the file is there, the outcome of
each of its prompts (lm-sys/RouteLLM, Apache-2.0).
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import book, plan

from costplan.decisions.saving import Pair, least_share, savings
from costplan.errors import UsageError
from costplan.meters import Meter, Usage
from costplan.prices import rate

OUTCOMES = Path(__file__).parent.parent / "../shared/data/traces/routellm_per_prompt.csv.gz"
DEAR, CHEAP = Decimal("24.7"), Decimal("0.24")
"""Blended prices a million tokens of GPT-4 Turbo and Mixtral 8x7B, as RouteLLM takes them."""

type Scores = tuple[list[float], list[float]]


@cache
def outcomes() -> Mapping[str, Scores]:
    """By benchmark, the score of each prompt on the weak and on the strong model."""
    if not OUTCOMES.exists():
        pytest.skip(f"{OUTCOMES.name} is absent: RouteLLM's outcomes are NOT checked")
    found: dict[str, Scores] = {}
    with gzip.open(OUTCOMES, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            weak, strong = found.setdefault(row["benchmark"], ([], []))
            weak.append(float(row["weak_score_mixtral8x7b"]))
            strong.append(float(row["strong_score_gpt4_1106"]))
    return found


def test_blended_price_of_95_and_264_tokens() -> None:
    """(95 x 10 + 264 x 30) / 359 = 24.7 a million, at the price GPT-4 Turbo had."""
    usage = Usage({Meter.INPUT: Decimal(95), Meter.OUTPUT: Decimal(264)})
    bill = rate(usage, "openai/gpt-4-turbo", at="2024-06-26", book=book())
    assert round(bill.total / 359 * 1_000_000, 1) == DEAR


@pytest.mark.parametrize(
    ("random_share", "share", "published", "against_dear", "against_random"),
    [
        # MMLU, at 50 and 80 % of the gap recovered.
        ("0.5007", "0.3540", "1.41", "2.78", "1.403"),
        ("0.7993", "0.7031", "1.14", "1.42", "1.135"),
    ],
)
def test_routellm_saving(
    random_share: str, share: str, published: str, against_dear: str, against_random: str
) -> None:
    """The published saving is calls of a random router over calls of theirs, not money.

    Money against all-GPT-4: 24.7 / (0.24 + 0.354 x 24.46) = 2.776, and 1.416.
    """
    found = savings(Pair(CHEAP, DEAR), share=Decimal(share), random_share=Decimal(random_share))
    assert round(found.random_calls, 2) == Decimal(published)
    assert round(found.all_dear, 2) == Decimal(against_dear)
    assert round(found.random, 3) == Decimal(against_random)
    assert found.all_cheap < 1


@given(
    share=st.decimals("0.01", 1, places=3),
    random_share=st.decimals("0.01", 1, places=3),
    overhead=st.decimals(0, 5, places=3),
)
def test_savings_are_of_one_cost(share: Decimal, random_share: Decimal, overhead: Decimal) -> None:
    """Each baseline's cost over its saving is what the router costs; overhead lowers them all."""
    pair = Pair(CHEAP, DEAR, overhead)
    found = savings(pair, share=share, random_share=random_share)
    cost = CHEAP + share * (DEAR - CHEAP) + overhead
    for baseline, saving in (
        (DEAR, found.all_dear), (CHEAP, found.all_cheap),
        (CHEAP + random_share * (DEAR - CHEAP), found.random),
    ):  # fmt: skip
        assert float(baseline / saving) == pytest.approx(float(cost))


@pytest.mark.parametrize("share", ["0", "1.1", "-0.2"])
def test_shares_that_are_none_are_refused(share: str) -> None:
    """No call on the dear model leaves nothing to divide by."""
    with pytest.raises(UsageError, match="above 0 and at most 1"):
        savings(Pair(CHEAP, DEAR), share=Decimal(share), random_share=Decimal("0.5"))


@pytest.mark.parametrize(
    ("machine", "embeds", "published"),
    [
        # The price of an hour of its machine, for the requests it serves in one.
        ("0.39 per 10440", True, "39.26"),  # similarity ranking: 2.9 a second
        ("0.80 per 558576", True, "3.32"),  # matrix factorisation: 155.16 a second
        ("0.80 per 250632", False, "3.19"),  # BERT: 69.62 a second
        ("0.80 per 152856", False, "5.23"),  # Llama 3 8B: 42.46 a second
    ],
)
def test_router_overhead_per_million(machine: str, embeds: bool, published: str) -> None:
    """An hour's price over requests an hour, and an embedding of 95 tokens at 0.02 a million.

    All agree to the cent that the paper rounds its inputs to.
    """
    embedding = ", model: openai/text-embedding-3-small, request: {input: 95, output: 0}"
    found = plan(
        f"""
        months: 1
        uncertainty: none
        workloads:
          chat:
            demand: {{requests: 1M once}}
            request: {{input: 95, output: 264}}
            routing:
              mix: {{openai/gpt-6-luna: 100%}}
              router: {{cost: {machine}{embedding if embeds else ""}}}
        """,
        draws=4,
    )
    models = dict(found.by("model"))
    overhead = sum(c for model, c in models.items() if model != "openai/gpt-6-luna")
    assert abs(overhead - Decimal(published)) < Decimal("0.015")


@pytest.mark.parametrize(
    ("benchmark", "published"),
    [("mmlu", "6.3 10.0 12.5"), ("gsm8k", "10.9 17.5 21.8"), ("mt_bench", "6.3 11.9 21.3")],
)
def test_oracle_router(benchmark: str, published: str) -> None:
    """The fewest calls of the strong model that recover 50, 80 and 100 % of the gap."""
    weak, strong = outcomes()[benchmark]
    found = [100 * least_share(weak, strong, part) for part in (0.5, 0.8, 1.0)]
    expected = [float(figure) for figure in published.split()]
    assert found == pytest.approx(expected, abs=0.0501)  # a tie of .x5 rounds up in print


@pytest.mark.parametrize(
    ("benchmark", "escalates", "cost", "accuracy"),
    [("mmlu", 31.9, 0.329, 85.9), ("gsm8k", 36.2, 0.371, 92.9)],
)
def test_cascade_with_a_perfect_judge(
    benchmark: str, escalates: float, cost: float, accuracy: float
) -> None:
    """Mixtral first, and GPT-4 for what it gets wrong: better than GPT-4 at a third of its cost.

    Its success on those is measured; that on all prompts would promise 94 % for MMLU.
    """
    weak, strong = outcomes()[benchmark]
    hard = [score for other, score in zip(weak, strong, strict=True) if not other]
    cascade = _cascade(mean(weak), mean(strong), f", success: {mean(hard)!r}")
    found = plan(cascade, draws=4)
    (task,) = found.tasks
    paid = {model: float(each) for model, each in found.by("model")}
    assert 100 * (found.volumes[0].calls / 1000 - 1) == pytest.approx(escalates, abs=0.05)
    assert 100 * task.successes / task.requests == pytest.approx(accuracy, abs=0.05)
    assert task.successes / task.requests > mean(strong)
    all_strong = 1000 * (95 * 10 + 264 * 30) / 1e6
    assert sum(paid.values()) / all_strong == pytest.approx(cost, abs=0.0006)
    hopeful = plan(_cascade(mean(weak), mean(strong), ""), draws=4)
    assert hopeful.tasks[0].successes > task.successes
    assert "score-of-all-tasks" in {warning.code for warning in hopeful.warnings}


def _cascade(weak: float, strong: float, success: str) -> str:
    """1,000 requests of 95 and 264 tokens, on models at 0.24 and at 10 and 30 a million."""
    return f"""
    start: 2024-07
    months: 1
    uncertainty: none
    quality:
      benchmark: {{groq/mixtral-8x7b-32768: {weak!r}, openai/gpt-4-turbo: {strong!r}}}
    workloads:
      prompts:
        demand: {{requests: 1000 once}}
        request: {{input: 95, output: 264}}
        task: benchmark
        routing:
          mix: {{groq/mixtral-8x7b-32768: 100%}}
          cascade: [{{to: openai/gpt-4-turbo{success}}}]
          judge: {{caught: 100%}}
    """


def mean(scores: Sequence[float]) -> float:
    """Their average, to the digits a scenario takes."""
    return round(sum(scores) / len(scores), 9)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40),
    st.sampled_from([0.5, 0.8, 1.0]),
)
def test_an_oracle_needs_what_a_search_through_all_counts_finds(
    scores: list[tuple[int, int]], part: float
) -> None:
    """The first number of calls, best gains first, that recovers the part of the gap."""
    cheap, dear = [float(a) for a, _ in scores], [float(b) for _, b in scores]
    gap = sum(dear) - sum(cheap)
    if gap <= 0:
        with pytest.raises(UsageError, match="no gap"):
            least_share(cheap, dear, part)
        return
    gains = sorted((b - a for a, b in zip(cheap, dear, strict=True)), reverse=True)
    first = next(n for n in range(len(gains) + 1) if sum(gains[:n]) >= part * gap - 1e-9)
    assert least_share(cheap, dear, part) == first / len(gains)
