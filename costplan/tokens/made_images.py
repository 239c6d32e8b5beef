"""The output tokens of an image that a model makes, by its size and quality.

Sources, read 2026-11:

- GPT Image 1 and 1.5: the table of platform.openai.com/docs/guides/image-generation; at the list
  price of 2025 they are its 0.011, 0.042 and 0.167 dollars for a square image.
- GPT Image 2: OpenAI publishes a calculator and no rule. Of what others read off it
  (community.openai.com/t/1379464) the sizes below are known, at high quality.
- Gemini 2.5 Flash Image: 1,290 for any picture up to 1,024 pixels square. Gemini 3 Pro Image:
  1,120 for 1K and 2K, 2,000 for 4K (docs.cloud.google.com/vertex-ai, Gemini 3 Pro Image). Gemini
  3.1 Flash Image: the prices of 0.045, 0.067, 0.101 and 0.151 dollars at 60 a million tokens
  (ai.google.dev/gemini-api/docs/pricing). A size is taken for the next class by its area.
"""

from __future__ import annotations

import re

from costplan.errors import UsageError
from costplan.tokens.families import bare_name

_SQUARE, _TALL, _WIDE = (1_024, 1_024), (1_024, 1_536), (1_536, 1_024)
_GPT_IMAGE_1 = {
    "low": {_SQUARE: 272, _TALL: 408, _WIDE: 400},
    "medium": {_SQUARE: 1_056, _TALL: 1_584, _WIDE: 1_568},
    "high": {_SQUARE: 4_160, _TALL: 6_240, _WIDE: 6_208},
}
_GPT_IMAGE_2 = {
    "high": {_SQUARE: 7_024, _WIDE: 5_488, (1_792, 1_024): 5_063, (3_584, 2_048): 12_329}
}
_OPENAI = (
    (r"^(gpt-image-1(\.5)?|gpt-image-1\.5-.*|chatgpt-image-latest)$", _GPT_IMAGE_1),
    (r"^gpt-image-2(-\d.*)?$", _GPT_IMAGE_2),
)
_HALF_K, _1K, _2K, _4K = 600_000, 2_000_000, 8_000_000, 24_000_000
"""The largest area of each class, in pixels: between the areas that are asked for."""
_GEMINI = (
    (r"^gemini-2\.5-flash-image", {_1K: 1_290}),
    (r"^gemini-3-pro-image", {_2K: 1_120, _4K: 2_000}),
    (r"^gemini-3\.1-flash-image", {_HALF_K: 747, _1K: 1_120, _2K: 1_680, _4K: 2_520}),
)


def made_image_tokens(model: str, width: int, height: int, quality: str | None = None) -> int:
    """Output tokens of one image.

    Args:
        model: `provider/model` or the bare name.
        width: in pixels.
        height: in pixels.
        quality: low, medium or high, for models that have a choice.

    Raises:
        UsageError: no rule is known for the model, the size or the quality.
    """
    name = bare_name(model)
    shown = f"an image of {width}x{height}"
    for pattern, table in _OPENAI:
        if re.search(pattern, name):
            if quality is None:
                raise UsageError(f"{shown} on {model} needs a quality: {', '.join(table)}")
            if (width, height) in table.get(quality, {}):
                return table[quality][width, height]
            known = ", ".join(f"{w}x{h} {q}" for q, sizes in table.items() for w, h in sizes)
            raise _unknown(f"{shown} at quality {quality}", model, f" (known are {known})")
    for pattern, classes in _GEMINI:
        if re.search(pattern, name):
            if quality is not None:
                raise UsageError(f"{model} has no quality to choose; remove quality")
            for area, tokens in classes.items():
                if width * height <= area:
                    return tokens
            raise _unknown(shown, model, "")
    raise _unknown(shown, model, "")


def _unknown(what: str, model: str, known: str) -> UsageError:
    return UsageError(f"how many tokens {what} is on {model} is not known{known}; state tokens")
