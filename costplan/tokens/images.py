"""The tokens of an image as input, from its size."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor, isqrt, sqrt

from costplan.errors import UnknownNameError, UsageError
from costplan.tokens.counts import Method, TokenCount, certain
from costplan.tokens.families import CLAUDE_2, Identity, bare_name, identify
from costplan.tokens.image_rules import (
    CLAUDE_HAIKU_3_5,
    CLAUDE_HIGH,
    CLAUDE_STANDARD,
    GEMINI_3_BUDGETS,
    GEMINI_SMALL,
    GEMINI_TILE,
    OPENAI,
    OPENAI_TEXT_ONLY,
    Budget,
    Square28,
    Tiles,
)
from costplan.tokens.ranks import ENCODINGS

_DETAILS = ("auto", "low", "medium", "high", "ultra_high", "original")


def image_tokens(model: str, width: int, height: int, detail: str = "auto") -> TokenCount:
    """Tokens of one image, under the rule of the model's provider (`image_rules` has the sources).

    Claude 3 and later are counted in patches of 28 pixels, Claude 3 and 3.5 included: documents
    of their time said width x height / 750, but recorded calls were billed by patches.

    Args:
        model: `provider/model` or the bare name.
        width: in pixels.
        height: in pixels.
        detail: OpenAI's `detail` (auto, low, high, original) or Gemini's `media_resolution` (auto,
            low, medium, high, ultra_high); models of other providers have no such choice.

    Returns:
        `exact` where a published or measured rule is complete; `vendor-equivalent` where rounding
        or a setting the documents do not pin down may move it, as the band shows; `assumed` for
        models without a known rule.

    Raises:
        UsageError: the model reads no images, refuses one of this size, or the size is no size.
        UnknownNameError: no such detail on this model.
    """
    if width < 1 or height < 1:
        raise UsageError(f"an image of {width} x {height} pixels has nothing on it")
    name, who = bare_name(model), identify(model)
    if who.family in ENCODINGS:
        return _openai(name, width, height, detail)
    if who.family == "gemini":
        return _gemini(name, who, width, height, detail)
    _check_detail(detail, _DETAILS)
    if who.family == CLAUDE_2:
        raise UsageError(f"{model} reads no images")
    if who.family.startswith("claude"):
        return certain(_square28(width, height, _claude_tier(name, who)), Method.EXACT)
    return _unknown(width, height)


def _check_detail(detail: str, known: tuple[str, ...]) -> None:
    if detail not in known:
        raise UnknownNameError("detail", detail, known)


def _openai(name: str, width: int, height: int, detail: str) -> TokenCount:
    if re.search(OPENAI_TEXT_ONLY, name):
        raise UsageError(f"{name} reads no images")
    rule = next((rule for pattern, rule in OPENAI if re.search(pattern, name)), None)
    if rule is None:
        _check_detail(detail, _DETAILS)
        return _unknown(width, height)
    if isinstance(rule, Tiles):
        _check_detail(detail, ("auto", "low", "high"))
        return certain(_tiles(width, height, rule, detail), Method.EXACT)
    _check_detail(detail, tuple(rule.budgets))
    patches = _patches(width, height, rule.budgets[detail])
    if rule.refused_above and patches > rule.refused_above:
        raise UsageError(
            f"{name} refuses an image of {width} x {height} pixels at detail {detail!r}: "
            f"{patches:,} patches, and {rule.refused_above:,} are allowed"
        )
    # Fractions, not floats: 1.2 x 1,280 must be 1,536 and not just above.
    tokens = ceil(patches * Fraction(str(rule.factor))) + rule.more
    # "The tokens billed may differ by 1", says the page.
    method = Method.VENDOR_EQUIVALENT if rule.documented else Method.ASSUMED
    return TokenCount(tokens, tokens - 1, tokens + 1, method)


def _tiles(width: int, height: int, rule: Tiles, detail: str) -> int:
    """Fit into 2048 x 2048, the short side down to 768, never enlarged; then tiles of 512."""
    if detail == "low":
        return rule.base
    scale = min(Fraction(1), Fraction(2_048, max(width, height)))
    scale *= min(Fraction(1), Fraction(768) / (min(width, height) * scale))
    # Whole pixels, as an image has: 2048 x 1362 is 1154 x 768, and three tiles wide.
    across, down = (ceil(max(1, floor(side * scale)) / 512) for side in (width, height))
    return rule.base + rule.tile * across * down


def _patches(width: int, height: int, budget: Budget) -> int:
    """Patches of 32 pixels after shrinking to the budget, as OpenAI's page computes it."""
    if budget.longest and max(width, height) > budget.longest:
        scale = budget.longest / max(width, height)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
    patches = ceil(width / 32) * ceil(height / 32)
    if budget.patches is None or patches <= budget.patches:
        return patches
    scale = sqrt(1_024 * budget.patches / (width * height))
    across, down = width * scale / 32, height * scale / 32
    # A strip thinner than one patch has no whole patch to round down to.
    scale *= min(max(1, floor(side)) / side for side in (across, down) if side >= 1)
    width, height = (max(1, floor(side * scale)) for side in (width, height))
    return ceil(width / 32) * ceil(height / 32)


def _claude_tier(name: str, who: Identity) -> Square28:
    if (who.version or (5, 0)) >= (4, 7):
        return CLAUDE_HIGH
    return CLAUDE_HAIKU_3_5 if re.search(r"3[-.]5-haiku", name) else CLAUDE_STANDARD


def _square28(width: int, height: int, tier: Square28) -> int:
    """Patches of the largest size, same shape, within both limits.

    By bisection of the long side, as Anthropic's page describes it.
    """
    long, short = max(width, height), min(width, height)

    def patches(side: int) -> tuple[int, int]:
        sides = (side, max(1, round(Fraction(short * side, long))))
        across, down = (tier.block * ceil(pixels / (28 * tier.block)) for pixels in sides)
        return across, down

    def fits(side: int) -> bool:
        across, down = patches(side)
        return across * 28 <= tier.longest and across * down <= tier.tokens

    least, most = 1, long
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(middle) else (least, middle - 1)
    across, down = patches(least)
    return across * down


def _gemini(name: str, who: Identity, width: int, height: int, detail: str) -> TokenCount:
    """By generation: one tile (1.x, 2.5), tiles (2.0), a budget of patches (3 and later).

    Recorded: 2.5 Flash and Pro report 258 for every size up to 3008 x 2000, though the page
    describes tiles for 2.x; 2.0 Flash reports the tiles and one more for the whole (9 of 11, the
    others one tile, as 2.0's makers of images do: 2 of 2); 3 reports the largest grid of the
    image's shape within the budget (6 of 6 sizes).
    """
    if re.search(r"embedding|^gemini-(1\.0-)?pro$|text|learnlm", name):
        raise UsageError(f"{name} reads no images")
    _check_detail(detail, tuple(GEMINI_3_BUDGETS))
    generation = who.version
    if generation is None or generation >= (3, 0):
        known = generation is not None and "gemma" not in name
        return _gemini_3(width, height, detail, known=known)
    if max(width, height) <= GEMINI_SMALL or generation < (2, 0):
        return certain(GEMINI_TILE, Method.EXACT)
    tiles = GEMINI_TILE * _gemini_tiles(width, height)
    if generation >= (2, 5) or "image" in name:
        return TokenCount(GEMINI_TILE, GEMINI_TILE, tiles, Method.VENDOR_EQUIVALENT)
    whole = tiles + GEMINI_TILE
    return TokenCount(whole, GEMINI_TILE, whole, Method.VENDOR_EQUIVALENT)


def _gemini_tiles(width: int, height: int) -> int:
    """Tiles of two thirds of the short side, between 256 and 768 pixels."""
    side = min(768, max(256, floor(min(width, height) / 1.5)))
    return ceil(width / side) * ceil(height / side)


def _gemini_3(width: int, height: int, detail: str, *, known: bool) -> TokenCount:
    """The largest whole grid of the image's shape with no more patches than the budget."""
    budget = GEMINI_3_BUDGETS[detail]
    across = min(budget, max(1, isqrt(budget * width // height)))
    down = min(budget // across, max(1, isqrt(budget * height // width)))
    if not known:
        return TokenCount(across * down, min(GEMINI_TILE, across * down), 2_240, Method.ASSUMED)
    # The page states the budget; the grid was measured at the default alone.
    measured = budget == GEMINI_3_BUDGETS["auto"]
    method = Method.EXACT if measured else Method.VENDOR_EQUIVALENT
    return TokenCount(across * down, across * down, across * down if measured else budget, method)


def _unknown(width: int, height: int) -> TokenCount:
    """Patches of 28 pixels up to 1,568, as most models that publish a rule; a third to thrice."""
    tokens = _square28(width, height, CLAUDE_STANDARD)
    return TokenCount(tokens, tokens // 3, max(3 * tokens, GEMINI_TILE), Method.ASSUMED)
