"""Factors between tokenizers, the classes of text they depend on, and bands that hold."""

from __future__ import annotations

import importlib
import math
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.tokens import Method, convert_tokens, count_tokens, density
from costplan.tokens.content import Content, classify
from costplan.tokens.counts import TokenCount, certain
from costplan.tokens.density import FACTORS, SLACK, factors_of, scale

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
RECORDED = Path(__file__).parent.parent / "../shared/data/usage"
"""The public recordings that docs/tokens.md names; they are not part of the project."""

FAMILIES = [*FACTORS, "unknown:marvin"]


def scaled(tokens: int, family: str, content: Content = Content.EN) -> TokenCount:
    """So many o200k tokens in another family's."""
    return scale(certain(tokens, Method.EXACT), family, content, known=True)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("en", "The meeting is on Tuesday; please bring the (revised) figures."),
        (
            "en",
            "A naïve reading of the minutes would have us believe that nobody was there at all.",
        ),
        ("latin", "Les élèves sont déjà rentrés à l’école après le déjeuner."),
        ("latin", "Die Prüfung wurde für die nächste Woche verschoben."),
        ("latin", "Głosowanie odbędzie się w przyszłym tygodniu."),
        ("latin", "Kỳ họp tiếp theo sẽ diễn ra vào tuần tới."),
        ("cyrillic", "Привет, как дела?"),
        ("cyrillic", "Засідання відбудеться наступного тижня."),
        ("multi", "สวัสดีชาวโลก"),
        ("multi", "مرحبا بالعالم"),
        ("multi", "Γεια σου κόσμε"),
        ("cjk", "会议将于下周举行。"),
        ("code", "x × y ÷ z == f(a[i], b[j]); // ±"),
        ("json", '{"name": "Zoë", "sizes": [1, 2, 3], "ok": true}'),
    ],
)
def test_classes(content: str, text: str) -> None:
    """Languages are told by script and accents; English with a name or two stays English."""
    assert classify(text) == content


def test_every_class_has_a_factor() -> None:
    """No family lacks a column, and every band has two sides."""
    for family in FAMILIES:
        factors = factors_of(family)
        assert list(factors.by_content) == list(factors.spread) == list(Content)
        assert all(0.5 < factor < 3 for factor in factors.by_content.values())
        assert family == "o200k_base" or all(spread > 0 for spread in factors.spread.values())


def test_a_band_by_hand() -> None:
    """Gemini's English: 10,000 x 1.106, a spread of 19 % as a quotient, and its root's slack."""
    count = scaled(10_000, "gemini")
    assert count.tokens == 11_060
    slack = 0.3 * math.sqrt(11_060)
    assert count.low == math.floor(11_060 / 1.19 - slack)
    assert count.high == math.ceil(11_060 * 1.19 + slack)
    assert count.method == Method.SCALED


def test_short_texts_stray_more() -> None:
    """The band of a short text is a larger share of it, and one token at the least."""
    widths = [
        (count.high - count.low) / count.tokens
        for count in (scaled(tokens, "llama-3") for tokens in (4, 40, 400, 4_000))
    ]
    assert widths == sorted(widths, reverse=True)
    one = scaled(1, "llama-4")
    assert (one.low, one.high) == (0, 3)
    assert scaled(0, "gemini") == TokenCount(0, 0, 0, "scaled")


@given(
    tokens=st.integers(0, 10**7),
    family=st.sampled_from(FAMILIES),
    content=st.sampled_from(list(Content)),
)
def test_bands_are_in_order(tokens: int, family: str, content: Content) -> None:
    """0 <= low <= tokens <= high, and nothing is nothing."""
    count = scaled(tokens, family, content)
    assert 0 <= count.low <= count.tokens <= count.high
    assert (count.tokens == 0) == (tokens == 0)


@given(tokens=st.integers(1, 10**6), family=st.sampled_from(FAMILIES))
def test_longer_texts_have_more_tokens(tokens: int, family: str) -> None:
    """One token more never lowers the count or its band."""
    fewer, more = scaled(tokens, family), scaled(tokens + 1, family)
    assert fewer.tokens <= more.tokens
    assert fewer.high <= more.high


@pytest.mark.parametrize("model", ["xai/grok-4.7", "bedrock/us.amazon.nova-pro-v1:0"])
def test_what_was_measured_in_english_alone(model: str) -> None:
    """Recorded answers tell of English; of other languages the factor is assumed, and wider."""
    english = count_tokens("The meeting was moved to Tuesday, so bring the figures. " * 20, model)
    french = count_tokens("La réunion a été déplacée à mardi, apportez les chiffres. " * 20, model)
    assert (english.method, french.method) == (Method.SCALED, Method.ASSUMED)
    assert french.high / french.low > english.high / english.low
    assert density(model, "openai/gpt-4o").method == Method.SCALED


def test_conversions_use_the_english_factors() -> None:
    """1,000 tokens of gpt-4o are 1,148 on Claude 3 to 4.6 and 1,579 on Claude since 4.7."""
    for model, tokens in (("claude-sonnet-4-5", 1_148), ("claude-opus-5", 1_579)):
        assert convert_tokens(1_000, counted_with="gpt-4o", model=model).tokens == tokens
    assert density("claude-opus-5", "claude-sonnet-4-5").factor == pytest.approx(1.579 / 1.148)


@given(tokens=st.integers(1, 10**6))
def test_a_conversion_there_and_back(tokens: int) -> None:
    """The number comes back to within a token of each way's rounding."""
    there = convert_tokens(tokens, counted_with="gpt-4o", model="claude-opus-5")
    back = convert_tokens(there.tokens, counted_with="claude-opus-5", model="gpt-4o")
    assert abs(back.tokens - tokens) <= 1


def test_the_slack_is_small_beside_the_spread() -> None:
    """From a thousand tokens on, it is less than one percent."""
    assert SLACK / math.sqrt(1_000) < 0.01


@pytest.mark.skipif(
    not RECORDED.exists(), reason="NOTHING CHECKED: the recorded calls are not here"
)
@pytest.mark.parametrize(
    ("family", "model"),
    [
        ("gemini", "google/gemini-3-flash"),
        ("mistral", "mistral/mistral-small-2506"),
        ("llama-3", "groq/llama-3.3-70b"),
        ("qwen", "qwen/qwen3-32b"),
        ("deepseek", "deepseek/deepseek-v3"),
        ("kimi", "moonshotai/kimi-k2"),
    ],
)
def test_bands_hold_chats(
    family: str, model: str, monkeypatch: pytest.MonkeyPatch, extras: None
) -> None:
    """Of 600 recorded chats that no factor was fitted on, 88 % or more lie in the band."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    corpus = importlib.import_module("corpus")
    chats = [sample.text for sample in islice(corpus.samples((), RECORDED, reported=True), 600)]
    true = [count_tokens(text, model).tokens for text in chats]
    with importlib.import_module("counted_calls").vocabularies_installed(installed=False):
        counts = [count_tokens(text, model) for text in chats]
    assert {count.method for count in counts} == {Method.SCALED}, family
    inside = [count.low <= tokens <= count.high for count, tokens in zip(counts, true, strict=True)]
    assert sum(inside) / len(inside) >= 0.88
