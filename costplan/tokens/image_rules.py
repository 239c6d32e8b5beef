"""What each provider publishes, or was measured to do, about the tokens of an image.

Sources, read 2026-11-20 (worked examples reproduced in the tests):

- OpenAI: developers.openai.com/api/docs/guides/images-vision. The multipliers 1.62 and 2.46 that
  are widely copied for gpt-5-mini and gpt-5-nano are of an older table.
- Anthropic: platform.claude.com/docs/en/build-with-claude/vision. Documents until late 2025 said
  width x height / 750; recorded calls of Claude 3, 3.5, 4 and 4.5 show that the patches of 28
  pixels were billed all along (1001 x 1001 on Claude 3 Opus: 1,311 tokens with its text and
  frame, where the old formula gives 1,336 for the image alone). A request adds 3 tokens for each
  image (23 of 23 recorded). Only Claude 3.5 Haiku was billed in blocks of 2 x 2 patches (4 of
  4: one pixel was 4 tokens, 128 x 128 were 36).
- Gemini: ai.google.dev/gemini-api/docs/tokens and /media-resolution; what recorded calls report
  for the modality IMAGE goes before them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tiles:
    """OpenAI's older rule: a base and so much per tile of 512 pixels, after shrinking."""

    base: int
    tile: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What an image is shrunk to before OpenAI's patches are counted; None does not limit."""

    patches: int | None
    longest: int | None
    """Pixels of the long side."""


@dataclass(frozen=True, slots=True)
class Patches:
    """OpenAI's rule since 2025: patches of 32 pixels times a factor, with a budget per detail."""

    factor: float
    budgets: dict[str, Budget]
    """By detail; every detail the model accepts is a key."""
    documented: bool = True
    refused_above: int | None = None
    """Patches; larger images are refused."""
    more: int = 0
    """Tokens billed beyond the page's rule."""


@dataclass(frozen=True, slots=True)
class Square28:
    """Anthropic's rule: patches of 28 pixels after shrinking to both limits."""

    longest: int
    tokens: int
    block: int = 1
    """Patches a side that are billed together."""


_DETAILS = ("auto", "low", "high")
_ALL_DETAILS = ("auto", "low", "high", "original")
_HIGH = Budget(2_500, 2_048)
_THUMBNAIL = Budget(None, 512)
_LARGE = Budget(6_144, 2_048)
_ORIGINAL = Budget(10_000, 6_000)
_UNLIMITED = Budget(None, None)


def _details(auto: Budget, low: Budget, high: Budget, original: Budget) -> dict[str, Budget]:
    return dict(zip(_ALL_DETAILS, (auto, low, high, original), strict=True))


_GPT_6 = Patches(
    1.2,
    _details(_UNLIMITED, _THUMBNAIL, Budget(2_500, 65_535), _UNLIMITED),
    refused_above=30_000,
)
_GPT_5_6 = Patches(1.2, _details(_UNLIMITED, _THUMBNAIL, _HIGH, _UNLIMITED), refused_above=30_000)
_GPT_5_5 = Patches(1.2, _details(_ORIGINAL, _THUMBNAIL, _HIGH, _ORIGINAL))
# Low can cost more than high here: that is how it is documented.
_GPT_5_4 = Patches(1.2, _details(_HIGH, _LARGE, _HIGH, _ORIGINAL))
_ANY_DETAIL = dict.fromkeys(_DETAILS, _LARGE)


def _same_for_all(factor: float, *, documented: bool, more: int = 0) -> Patches:
    """Models whose details make no difference.

    The limits are published for gpt-5.2 and gpt-4.1-mini, and taken for the others of their time.
    """
    return Patches(factor, _ANY_DETAIL, documented, more=more)


OPENAI: tuple[tuple[str, Tiles | Patches], ...] = (
    (r"^gpt-4\.1-mini", _same_for_all(1.62, documented=True)),
    (r"^gpt-4\.1-nano", _same_for_all(2.46, documented=False, more=1)),  # in 5 of 5 recorded calls
    (r"^o4-mini", _same_for_all(1.72, documented=False)),
    (r"^gpt-5-mini", _same_for_all(1.2, documented=False, more=1)),  # in 1 recorded call
    (r"^gpt-5-nano", _same_for_all(1.5, documented=False)),
    (r"^gpt-4o-mini", Tiles(2_833, 5_667)),
    (r"^(chatgpt-4o|gpt-4o|gpt-4\.[15]|gpt-4-.*vision|gpt-4-turbo)", Tiles(85, 170)),
    (r"^gpt-5(\.1)?($|-)", Tiles(70, 140)),
    (r"^o[13]($|-)", Tiles(75, 150)),
    (r"^computer-use", Tiles(65, 129)),
    (r"^gpt-5\.[23]($|-)", _same_for_all(1.2, documented=True)),
    (r"^gpt-5\.4", _GPT_5_4),
    (r"^gpt-5\.5", _GPT_5_5),
    (r"^gpt-5\.6", _GPT_5_6),
    (r"^gpt-6", _GPT_6),
)
"""By bare name; the first that is found holds."""

OPENAI_TEXT_ONLY = (
    r"^gpt-?3|^gpt-4($|-0|-32k|-1106-preview)|embed|davinci|babbage|curie|^ada|instruct|^o1-mini|^o1-preview"
    r"|^o3-mini|^gpt-oss|whisper|tts|transcribe|^gpt-audio"
)
"""Models of OpenAI that read no images."""

CLAUDE_STANDARD = Square28(longest=1_568, tokens=1_568)
CLAUDE_HAIKU_3_5 = Square28(longest=1_568, tokens=1_568, block=2)
CLAUDE_HIGH = Square28(longest=2_576, tokens=4_784)
"""Opus 4.7 and later."""

GEMINI_TILE = 258
GEMINI_SMALL = 384
"""Pixels: up to here on both sides an image is one tile."""
GEMINI_3_BUDGETS = {"auto": 1_120, "low": 280, "medium": 560, "high": 1_120, "ultra_high": 2_240}
"""Tokens by media_resolution."""
