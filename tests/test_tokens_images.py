"""Image tokens against published examples and recorded or measured requests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.errors import UnknownNameError, UsageError
from costplan.tokens import Method, image_tokens


# developers.openai.com/api/docs/guides/images-vision; recorded calls where `recorded` is said.
@pytest.mark.parametrize(
    ("model", "width", "height", "detail", "tokens"),
    [
        ("gpt-4o", 1024, 1024, "high", 765),
        ("gpt-4o", 2048, 4096, "high", 1105),
        ("gpt-4o", 4096, 8192, "low", 85),
        ("gpt-4o-mini", 1024, 1024, "auto", 25501),
        ("gpt-4o", 100, 100, "auto", 255),  # recorded: 269 with 14 of text and frame
        ("gpt-4o", 550, 368, "auto", 425),  # recorded: 439
        ("gpt-4o", 3008, 2000, "auto", 1105),  # recorded: 1,119
        ("gpt-5", 1024, 1024, "auto", 630),
        ("o1", 1024, 1024, "auto", 675),
        ("computer-use-preview", 1024, 1024, "auto", 581),
    ],
)
def test_openai_tiles(model: str, width: int, height: int, detail: str, tokens: int) -> None:
    """The tile rule reproduces OpenAI's examples and what was billed."""
    count = image_tokens(model, width, height, detail)
    assert (count.tokens, count.low, count.high, count.method) == (tokens, tokens, tokens, "exact")


@pytest.mark.parametrize(
    ("model", "width", "height", "detail", "tokens"),
    [
        ("gpt-5.4", 1024, 1024, "high", 1229),
        ("gpt-5.4", 2048, 2048, "high", 3000),
        ("gpt-4.1-nano", 128, 128, "auto", 41),  # recorded: 56 with 15 of text and frame
        ("gpt-5-nano", 128, 128, "auto", 24),  # recorded: 38 with 14
        ("gpt-5-mini", 100, 100, "auto", 21),  # recorded: 34 with 13
        # Measured on GPT-6 and gpt-5.5 (Hugging Face, JOHNISKING/image-token-cost).
        ("gpt-6-sol", 256, 256, "auto", 77),
        ("gpt-6-sol", 512, 512, "auto", 308),
        ("gpt-6-sol", 768, 768, "auto", 692),
        ("gpt-6-sol", 1024, 1024, "auto", 1229),
        ("gpt-6-sol", 1280, 720, "auto", 1104),
        ("gpt-6-sol", 1920, 1080, "auto", 2448),
        ("gpt-6-sol", 2560, 1440, "auto", 4320),
        ("gpt-6-sol", 2560, 1440, "high", 2931),
        ("gpt-6-sol", 3840, 2160, "auto", 9792),
        ("gpt-6-sol", 3840, 2160, "high", 2931),
        ("gpt-6-sol", 4032, 3024, "auto", 14364),
        ("gpt-6-sol", 4032, 3024, "high", 2942),
        ("gpt-5.5", 4032, 3024, "auto", 11868),
        ("gpt-6-sol", 4032, 3024, "low", 231),
    ],
)
def test_openai_patches(model: str, width: int, height: int, detail: str, tokens: int) -> None:
    """The patch rule reproduces the examples and the measured table, to the token."""
    count = image_tokens(model, width, height, detail)
    assert count.tokens == tokens
    assert (count.low, count.high) == (tokens - 1, tokens + 1)


# platform.claude.com/docs/en/build-with-claude/vision, and JOHNISKING/image-token-cost.
@pytest.mark.parametrize(
    ("width", "height", "standard", "high"),
    [
        (200, 200, 64, 64),
        (1000, 1000, 1296, 1296),
        (1092, 1092, 1521, 1521),
        (1920, 1080, 1560, 2691),
        (3840, 2160, 1560, 4784),
        (256, 256, 100, 100),
        (512, 512, 361, 361),
        (768, 768, 784, 784),
        (1024, 1024, 1369, 1369),
        (1280, 720, 1196, 1196),
        # Measured through a client that shrinks to 2,000 pixels and adds a note of 32 or 40
        # tokens: 2992 - 40 and 3928 - 40, 1592 - 32 and 1596 - 32.
        (2000, 1125, 1560, 2952),
        (2000, 1500, 1564, 3888),
        (1001, 1001, 1296, 1296),  # recorded on Claude 3 Opus: 1,311 with its text and frame
    ],
)
def test_claude_patches(width: int, height: int, standard: int, high: int) -> None:
    """Both tiers reproduce the page and the measured table; Claude 3 is on the first."""
    for model in ("claude-3-opus-20240229", "claude-sonnet-4-5", "anthropic/claude-opus-4-6"):
        assert image_tokens(model, width, height).tokens == standard
    for model in ("claude-opus-4-7", "claude-haiku-5-5", "anthropic/claude-opus-5"):
        assert image_tokens(model, width, height).tokens == high


def test_claude_rule_of_old_documents_is_near() -> None:
    """Width x height / 750, as documented until 2025 (54, 1334, 1590), is within a fifth."""
    for side, documented in ((200, 54), (1000, 1334), (1092, 1590)):
        billed = image_tokens("claude-3-5-sonnet-20240620", side, side).tokens
        assert billed == pytest.approx(documented, rel=0.2)


# Tokens of the modality IMAGE in recorded Gemini calls, and JOHNISKING/image-token-cost (whose
# rows include one token of text).
@pytest.mark.parametrize(
    ("model", "width", "height", "tokens"),
    [
        ("gemini-3-flash-preview", 128, 128, 1089),
        ("gemini-3-flash-preview", 400, 301, 1102),
        ("gemini-3-flash-preview", 544, 184, 1083),
        ("gemini-3-flash-preview", 597, 566, 1088),
        ("gemini-3-pro-preview", 3008, 2000, 1107),
        ("google/gemini-3.8-flash", 1920, 1080, 1100),
        ("google/gemini-3.8-flash", 4032, 3024, 1064),
        ("gemini-2.5-flash", 597, 566, 258),
        ("gemini-2.5-pro", 3008, 2000, 258),
        ("gemini-2.0-flash", 275, 183, 258),
        ("gemini-2.0-flash", 540, 360, 1806),
        ("gemini-2.0-flash", 597, 566, 1290),
        ("gemini-2.0-flash", 995, 996, 1290),
        ("gemini-2.0-flash", 3008, 2000, 3354),
        ("gemini-2.0-flash", 2048, 1362, 1806),
        ("gemini-2.0-flash-preview-image-generation", 1024, 1024, 258),
        ("gemini-1.5-flash", 256, 256, 258),
    ],
)
def test_gemini_by_generation(model: str, width: int, height: int, tokens: int) -> None:
    """Each generation gives what its recorded calls report."""
    assert image_tokens(model, width, height).tokens == tokens


@pytest.mark.parametrize(("width", "height"), [(960, 540), (1920, 1080)])
def test_gemini_2_band_reaches_the_documented_tiles(width: int, height: int) -> None:
    """The page says 1,548 tokens for these on 2.x; recorded calls differ, the band holds both."""
    for model in ("gemini-2.0-flash", "gemini-2.5-flash"):
        count = image_tokens(model, width, height)
        assert count.low <= 1548 <= count.high
        assert count.method == Method.VENDOR_EQUIVALENT


@pytest.mark.parametrize(
    ("detail", "budget"), [("low", 280), ("medium", 560), ("high", 1120), ("ultra_high", 2240)]
)
def test_gemini_resolution_is_a_budget(detail: str, budget: int) -> None:
    """`media_resolution` bounds the tokens, and most of the budget is used."""
    count = image_tokens("gemini-3.8-flash", 1600, 900, detail)
    assert 0.9 * budget < count.tokens <= budget


def test_unknown_families_are_assumed() -> None:
    """A model without a published rule gets a wide band and says so."""
    count = image_tokens("acme/marvin", 1024, 1024)
    assert count.method == Method.ASSUMED
    assert count.high > 5 * count.low


@pytest.mark.parametrize(
    "model",
    [
        "gpt-3.5-turbo",
        "openai/gpt-4-0613",
        "text-embedding-3-small",
        "openai/o3-mini",
        "openai/gpt-oss-120b",
        "anthropic/claude-2.1",
        "gemini-embedding-001",
    ],
)
def test_models_without_eyes(model: str) -> None:
    """A model that reads no images says so instead of giving a number."""
    with pytest.raises(UsageError, match="reads no images"):
        image_tokens(model, 100, 100)


@pytest.mark.parametrize(
    ("model", "detail", "hint"),
    [
        ("gpt-4o", "hihg", "'high'"),
        ("gpt-4o", "original", "'auto'"),
        ("gemini-3.8-flash", "lo", "'low'"),
    ],
)
def test_unknown_details(model: str, detail: str, hint: str) -> None:
    """A detail the model does not have is an error that names those it has."""
    with pytest.raises(UnknownNameError, match=hint):
        image_tokens(model, 100, 100, detail)


def test_sizes_that_make_no_sense() -> None:
    """No pixels, and more patches than the model takes, are usage errors."""
    with pytest.raises(UsageError, match="nothing on it"):
        image_tokens("gpt-4o", 0, 10)
    with pytest.raises(UsageError, match="refuses"):
        image_tokens("gpt-6-sol", 8000, 8000)
    assert image_tokens("gpt-6-sol", 8000, 8000, "high").tokens <= 3001


SIDES = st.integers(1, 5_000)


@given(
    model=st.sampled_from(
        [
            "gpt-4o",
            "gpt-5.4",
            "gpt-5-nano",
            "claude-opus-4-6",
            "claude-opus-5",
            "gemini-3.8-flash",
            "gemini-2.0-flash",
            "xai/grok-4.7",
        ]
    ),
    width=SIDES,
    height=SIDES,
)
def test_any_size_counts_alike_on_its_side(model: str, width: int, height: int) -> None:
    """At least one token, bounded, and turning the image changes nothing."""
    count = image_tokens(model, width, height)
    assert 0 <= count.low <= count.tokens <= count.high
    assert 1 <= count.tokens <= 100_000
    assert image_tokens(model, height, width) == count
