"""How many tokens one tokenizer needs where another needs one.

The factors and their spread were measured on 46 MB of public documents in five classes against the
vendors' own vocabularies, 2026-11-20; docs/tokens.md says which. A family without an offline
vocabulary is counted as o200k times its factor; a number of tokens counted on one model is carried
to another by the quotient of their factors for English documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, hypot

from costplan.errors import UsageError
from costplan.tokens.content import Content
from costplan.tokens.counts import Method, TokenCount, certain, worst
from costplan.tokens.families import CL100K, CLAUDE_2, CLAUDE_3, CLAUDE_4_7, O200K, identify

_AT_LEAST = 2
"""Tokens a scaled count may be off however short the text: one is several percent of 30."""


@dataclass(frozen=True, slots=True)
class Factors:
    """Tokens of a family per o200k token, by class of text, and how far single documents stray."""

    by_content: dict[Content, float]
    spread: dict[Content, float]
    """Of a document's own ratio around the factor: 95 in 100 lie within, 0.1 being 10 %."""
    method: Method = Method.SCALED


@dataclass(frozen=True, slots=True)
class Density:
    """Tokens on one model per token on another, for English text, with the range it may lie in."""

    factor: float
    low: float
    high: float
    method: Method


def _factors(
    by_content: tuple[float, ...], spread: tuple[float, ...], method: Method = Method.SCALED
) -> Factors:
    """Columns in the order of `Content`: en, code, json, cjk, multi."""
    columns = dict(zip(Content, spread, strict=True))
    return Factors(dict(zip(Content, by_content, strict=True)), columns, method)


FACTORS = {
    O200K: _factors((1, 1, 1, 1, 1), (0, 0, 0, 0, 0)),
    CL100K: _factors((1.038, 0.994, 1.046, 1.073, 1.261), (0.33, 0.02, 0.06, 0.14, 0.32)),
    CLAUDE_3: _factors((1.224, 1.253, 1.258, 1.244, 1.358), (0.28, 0.11, 0.11, 0.15, 0.14)),
    CLAUDE_4_7: _factors((1.570, 1.597, 1.413, 1.467, 1.682), (0.17, 0.21, 0.22, 0.13, 0.13)),
    "gemini": _factors((1.194, 1.203, 1.071, 1.110, 1.162), (0.16, 0.10, 0.21, 0.21, 0.09)),
    "mistral": _factors((1.151, 1.063, 1.150, 1.087, 1.092), (0.16, 0.06, 0.13, 0.10, 0.07)),
    # Only the mean error was measured of these four: three times it, the ratio of 95th
    # percentile to mean error in the rows above.
    "llama-3": _factors((1.008, 0.994, 1.045, 0.987, 1.152), (0.10, 0.03, 0.12, 0.06, 0.45)),
    "llama-4": _factors((0.989, 0.999, 0.991, 0.944, 0.986), (0.10, 0.03, 0.03, 0.15, 0.12)),
    "qwen": _factors((1.124, 1.013, 1.110, 1.013, 1.149), (0.24, 0.06, 0.15, 0.15, 0.30)),
    "deepseek": _factors((1.047, 1.062, 1.024, 0.986, 1.121), (0.10, 0.10, 0.10, 0.12, 0.15)),
    # No error was measured of these: the widest of the four above.
    "glm": _factors((1.045, 0.999, 1.060, 0.975, 1.178), (0.24, 0.10, 0.15, 0.15, 0.45)),
    "kimi": _factors((1.014, 0.998, 0.989, 0.973, 1.120), (0.24, 0.10, 0.15, 0.15, 0.45)),
    # By way of Claude 3, of whose counts both are known to fall short: prose 1.10 / 1.025 (recorded
    # answers), code 1.180 / 1.164 and Latin languages 1.34 / 0.96 (ctok's recorded documents);
    # JSON and CJK as prose.
    CLAUDE_2: _factors((1.073, 1.014, 1.073, 1.073, 1.40), (0.35, 0.15, 0.25, 0.40, 0.40)),
}
"""By family. DeepSeek V4, Qwen 3.5, GLM-5 and later are taken to keep their family's tokenizer."""

_UNMEASURED = _factors(
    # The middle and the extremes of the families above.
    (1.12, 1.05, 1.08, 1.05, 1.17),
    (0.45, 0.55, 0.45, 0.50, 0.55),
    Method.ASSUMED,
)


def factors_of(family: str) -> Factors:
    """The factors of a tokenizer; of one never measured, a wide middle marked `assumed`."""
    return FACTORS.get(family, _UNMEASURED)


def scale(o200k: TokenCount, family: str, content: Content, *, known: bool) -> TokenCount:
    """A count of o200k tokens expressed in another family's, with its band."""
    factors = factors_of(family)
    factor, spread = factors.by_content[content], factors.spread[content]
    method = factors.method if known else Method.ASSUMED
    return _banded(o200k.tokens, factor, factor * (1 - spread), factor * (1 + spread), method)


def density(model: str, reference: str) -> Density:
    """Tokens on `model` per token on `reference`, for English documents.

    Two models of one tokenizer give exactly 1. The band joins both spreads.
    """
    here, there = identify(model), identify(reference)
    if here.family == there.family:
        method = Method.EXACT if here.known and there.known else Method.ASSUMED
        return Density(1.0, 1.0, 1.0, method)
    top, bottom = factors_of(here.family), factors_of(there.family)
    factor = top.by_content[Content.EN] / bottom.by_content[Content.EN]
    spread = hypot(top.spread[Content.EN], bottom.spread[Content.EN])
    certain_names = here.known and there.known
    method = worst((top.method, bottom.method)) if certain_names else Method.ASSUMED
    return Density(factor, factor / (1 + spread), factor * (1 + spread), method)


def convert_tokens(tokens: int, *, counted_with: str, model: str) -> TokenCount:
    """A number of tokens counted on one model, as another model would count the same English text.

    Args:
        tokens: 0 or more, as counted on `counted_with`.
        counted_with: the model whose tokenizer gave the number.
        model: the model to express it in. The same tokenizer gives the number back.

    Raises:
        UsageError: `tokens` is negative.
    """
    if tokens < 0:
        raise UsageError(f"{tokens} tokens; a number of tokens is 0 or more")
    ratio = density(model, counted_with)
    if identify(model).family == identify(counted_with).family:
        return certain(tokens, ratio.method)
    return _banded(tokens, ratio.factor, ratio.low, ratio.high, ratio.method)


def _banded(tokens: int, factor: float, low: float, high: float, method: Method) -> TokenCount:
    """A product with its band, rounded outwards, and at least some tokens wide."""
    if tokens == 0:
        return certain(0, method)
    count = max(1, round(tokens * factor))
    least = min(floor(tokens * low), count - _AT_LEAST)
    most = max(ceil(tokens * high), count + _AT_LEAST)
    return TokenCount(count, max(0, least), most, method)
