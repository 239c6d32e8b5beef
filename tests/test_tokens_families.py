"""Which tokenizer a model has, how dense it is, and what class a text is of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.errors import UsageError
from costplan.tokens import Method, convert_tokens, count_tokens, density, tokenizer_of
from costplan.tokens.content import Content, classify
from costplan.tokens.density import FACTORS

NAMES = {
    "o200k_base": """
        openai/gpt-4o openai/gpt-4o-mini-2024-07-18 gpt-4.1-nano o1 openai/o3-mini o4-mini
        openai/gpt-5 gpt-5.6-sol openai/gpt-6-astra gpt-6.1-terra groq/openai/gpt-oss-120b
        ft:gpt-4o-mini:acme::x bedrock/openai.gpt-5.5 chatgpt-4o-latest""",
    "cl100k_base": """
        gpt-4 openai/gpt-4-turbo gpt-4-0613 gpt-3.5-turbo-0125 text-embedding-3-small
        text-embedding-ada-002 ft:gpt-3.5-turbo-0613 azure/gpt-35-turbo davinci-002""",
    "p50k_base": "text-davinci-003 text-davinci-002 code-davinci-002",
    "r50k_base": "davinci ada text-curie-001 gpt2",
    "claude-2": "anthropic/claude-2.1 claude-instant-1.2 bedrock/anthropic.claude-v2 claude-1-3",
    "claude-3": """
        anthropic/claude-3-haiku-20240307 claude-3-5-sonnet-latest claude-opus-4-20250514
        claude-sonnet-4-5 anthropic/claude-opus-4-6 vertex/claude-haiku-4-5@20251001
        bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0 openrouter/anthropic/claude-4.5""",
    "claude-4.7": """
        anthropic/claude-opus-4-7 claude-opus-4.8 anthropic/claude-sonnet-5 claude-opus-5-5
        claude-haiku-5-5 claude-fable-5 claude-mythos-preview claude-10-opus""",
    "gemini": "google/gemini-3.8-flash gemini-2.5-pro together/google/gemma-3-27b-it",
    "gemini-2.0": "google/gemini-2.0-flash gemini-1.5-pro-002 gemini-pro gemma-2-9b-it",
    "mistral": "mistral/mistral-large-latest open-mistral-nemo pixtral-12b magistral-small",
    "mistral-v1": """
        mistral/open-mixtral-8x22b mistral-large-2407 mistral-large-2411 mistral-small-2402
        codestral-2405 bedrock/mistral.pixtral-large-2502 open-codestral-mamba""",
    "deepseek": "deepseek/deepseek-chat bedrock/deepseek.r1 deepseek-ai/deepseek-v3",
    "llama-3": "groq/llama-3.3-70b-versatile fireworks/deepseek-r1-distill-llama-70b",
    "llama-4": "bedrock/meta.llama4-scout-17b-instruct groq/meta-llama/llama-guard-4-12b",
    "llama-2": "together/codellama/codellama-70b-instruct-hf fireworks/llamaguard-7b",
    "qwen": "together/qwen/qwen3-235b-a22b deepseek-r1-distill-qwen-32b qwen3-next-80b-a3b",
    "qwen-3.5": "fireworks/qwen3p6-plus groq/qwen/qwen3.8-27b qwen4-max",
    "grok": "xai/grok-4.7 bedrock/xai.grok-4.6",
    "kimi": "moonshotai/kimi-k3",
    "glm": "together/zai-org/glm-5.3",
}

NEW = "claude-opus-5"


@pytest.mark.parametrize(("family", "models"), NAMES.items())
def test_names_tell_the_tokenizer(family: str, models: str) -> None:
    """The names of many hosts lead to the tokenizer the model has."""
    assert {tokenizer_of(model) for model in models.split()} == {family}


def test_unknown_models_are_never_alike() -> None:
    """Two models nothing is known of do not pass for having the same tokenizer."""
    assert tokenizer_of("acme/marvin") != tokenizer_of("acme/deep-thought")


def test_an_unknown_openai_model_is_assumed() -> None:
    """The provider alone gives o200k, marked as assumed, with a band around it."""
    count = count_tokens("Hello, world! " * 20, "openai/daybreak-blue-latest")
    assert tokenizer_of("openai/daybreak-blue-latest") == "o200k_base"
    assert count.method == Method.ASSUMED
    assert count.low < count.tokens < count.high


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("en", "The meeting is on Tuesday; please bring the (revised) figures."),
        ("latin", "Les élèves sont déjà rentrés à l’école après le déjeuner."),
        ("en", ""),
        ("code", "for (int i = 0; i < n; ++i) { sum += a[i]; }"),
        ("code", "def f(x):\n    if x > 1:\n        return [x]\n    return g(x)\n"),
        ("json", '{"name": "x", "sizes": [1, 2, 3], "ok": true}'),
        ("cjk", "こんにちは、世界。API を使う。"),
        ("cjk", "안녕하세요 세계"),
        ("cyrillic", "Привет, как дела?"),
        ("multi", "สวัสดีชาวโลก"),
    ],
)
def test_content_classes(content: str, text: str) -> None:
    """Short texts land in the class whose factors suit them, and long ones likewise."""
    assert classify(text) == content
    assert classify((text + "\n") * 3_000) == (content if text else Content.EN)


@pytest.mark.parametrize(
    ("model", "content", "text"),
    [
        ("google/gemini-3.8-flash", Content.EN, "Plain words about nothing in particular. "),
        ("mistral/mistral-large-latest", Content.CJK, "漢字かな交じり文。"),
        ("deepseek/deepseek-chat", Content.CODE, "if (a[i] == b[j]) { return x; }\n"),
    ],
)
def test_scaled_counts_are_factor_times_o200k(model: str, content: Content, text: str) -> None:
    """Without a vocabulary: the measured factor of the family and class, and its spread."""
    text *= 100
    o200k, count = count_tokens(text, "gpt-4o").tokens, count_tokens(text, model)
    factors = FACTORS[tokenizer_of(model)]
    assert count.tokens == round(o200k * factors.by_content[content])
    assert count.high / count.tokens == pytest.approx(1 + factors.spread[content], rel=0.01)
    assert count.method == Method.SCALED


@pytest.mark.parametrize("model", ["claude-sonnet-4-5", "claude-opus-5", "gpt-4"])
def test_real_counts_lie_in_the_band_of_the_conversion(model: str) -> None:
    """English counted on one tokenizer and converted lands around the real count."""
    text = "Our quarterly report shows that spending on support fell while quality rose. " * 50
    converted = convert_tokens(
        count_tokens(text, "gpt-4o").tokens, counted_with="openai/gpt-4o", model=model
    )
    assert converted.low <= count_tokens(text, model).tokens <= converted.high


def test_conversion_uses_the_english_factors() -> None:
    """A number of tokens knows no text: it is carried over by the quotient of those for English."""
    old, new = (FACTORS[tokenizer_of(m)].by_content[Content.EN] for m in ("claude-sonnet-4-5", NEW))
    for model, factor in (("claude-sonnet-4-5", old), (NEW, new)):
        converted = convert_tokens(10_000, counted_with="gpt-4o", model=model)
        assert converted.tokens == round(10_000 * factor)
    assert density(NEW, "claude-sonnet-4-5").factor == pytest.approx(new / old)


@given(
    tokens=st.integers(0, 10**9),
    pair=st.sampled_from(
        [("gpt-4o", "openai/gpt-6-luna"), ("claude-opus-4-8", "claude-haiku-5-5"), ("a/b", "b")]
    ),
)
def test_one_tokenizer_converts_to_itself(tokens: int, pair: tuple[str, str]) -> None:
    """Where two models share a tokenizer the number comes back as it was."""
    count = convert_tokens(tokens, counted_with=pair[0], model=pair[1])
    assert (count.tokens, count.low, count.high) == (tokens, tokens, tokens)


@given(
    tokens=st.integers(0, 10**7), model=st.sampled_from(["grok-4", "claude-2", "acme/x", "gpt-4"])
)
def test_conversion_bands_hold(tokens: int, model: str) -> None:
    """Any conversion keeps its number inside its band."""
    count = convert_tokens(tokens, counted_with="google/gemini-3.8-flash", model=model)
    assert 0 <= count.low <= count.tokens <= count.high


def test_unmeasured_families_are_assumed_and_wide() -> None:
    """A model nothing was measured of gets a band of more than a third each way."""
    ratio = density("acme/marvin-1", "openai/gpt-4o")
    assert ratio.method == Method.ASSUMED
    assert ratio.high / ratio.low > 2


def test_negative_tokens_are_refused() -> None:
    """A negative number of tokens is a usage error."""
    with pytest.raises(UsageError, match="0 or more"):
        convert_tokens(-1, counted_with="gpt-4o", model="gpt-4")
