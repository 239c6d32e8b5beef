"""How many tokens one tokenizer needs where another needs one.

A family without an offline vocabulary is counted as o200k times its factor; a number of tokens
counted on one model is carried to another by the quotient of their factors for English. Factors and
spreads were measured in November 2026 on 11,938 real texts in seven classes, with the vendors' own
vocabularies: documentation, source code, catalogues of translations, cuts of 20 to 4,000 characters
of all of them, and recorded chats. Of 13,072 other texts the bands hold, by family, 96 to 99 % in
English, 94 to 100 % of code and JSON, 92 to 97 % in other languages of Latin script and in Chinese,
Japanese and Korean, 85 to 95 % in Cyrillic and 95 to 99 % in further scripts.
`benchmarks/density.py` measures both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor, hypot, sqrt

from costplan.errors import UsageError
from costplan.tokens.content import Content
from costplan.tokens.counts import Method, TokenCount, certain, worst
from costplan.tokens.families import (
    CL100K,
    CLAUDE_2,
    CLAUDE_3,
    CLAUDE_4_7,
    O200K,
    identify,
    tokenizer_of,
)

SLACK = 0.3
"""Times the root of the tokens: how much more a short text strays than a long one."""
_AT_LEAST = 1
"""Tokens a scaled count may be off however short the text."""


@dataclass(frozen=True, slots=True)
class Factors:
    """Tokens of a family per o200k token, by class of text, and how far single texts stray."""

    by_content: dict[Content, float]
    """The middle of the texts' own ratios."""
    spread: dict[Content, float]
    """Of a long text's own ratio around the factor: 95 in 100 are within it as a quotient, 0.1
    being from 1 / 1.1 to 1.1 times."""
    method: Method = Method.SCALED
    measured: frozenset[Content] = frozenset(Content)
    """Classes whose factor was measured; of the others the method is `assumed`."""


@dataclass(frozen=True, slots=True)
class Density:
    """Tokens on one model per token on another, for English text, with the range it may lie in."""

    factor: float
    low: float
    high: float
    method: Method


def _factors(
    by_content: tuple[float, ...],
    spread: tuple[float, ...],
    method: Method = Method.SCALED,
    measured: frozenset[Content] = frozenset(Content),
) -> Factors:
    """Columns in the order of `Content`: en, latin, cyrillic, code, json, cjk, multi."""
    columns = dict(zip(Content, by_content, strict=True))
    return Factors(columns, dict(zip(Content, spread, strict=True)), method, measured)


_QWEN = _factors(
    (1.022, 1.114, 1.232, 1.000, 1.009, 0.930, 1.799),
    (0.19, 0.12, 0.22, 0.10, 0.16, 0.22, 1.79),
)
_ENGLISH = frozenset([Content.EN])
_OTHERS = (1.10, 1.12, 1.05, 1.12, 1.05, 1.40), (0.30, 0.40, 0.30, 0.30, 0.55, 1.20)
"""Between the families measured, and as far as most of them are from there."""

FACTORS = {
    O200K: _factors((1,) * 7, (0,) * 7),
    CL100K: _factors(
        (1.000, 1.125, 1.426, 0.995, 1.000, 1.361, 2.168),
        (0.07, 0.14, 0.28, 0.03, 0.03, 0.18, 1.01),
    ),
    CLAUDE_3: _factors(
        (1.148, 1.212, 1.218, 1.250, 1.276, 1.303, 1.703),
        (0.18, 0.22, 0.31, 0.13, 0.12, 0.32, 0.93),
    ),
    CLAUDE_4_7: _factors(
        (1.579, 1.525, 1.261, 1.593, 1.560, 1.349, 1.742),
        (0.31, 0.23, 0.31, 0.19, 0.19, 0.31, 0.96),
    ),
    CLAUDE_2: _factors(
        (1.065, 1.219, 1.526, 1.092, 1.062, 1.340, 2.570),
        (0.13, 0.19, 0.30, 0.15, 0.09, 0.27, 0.97),
    ),
    "gemini": _factors(
        (1.106, 1.026, 0.997, 1.194, 1.203, 0.889, 0.962),
        (0.19, 0.10, 0.17, 0.12, 0.12, 0.21, 0.92),
    ),
    "mistral": _factors(
        (1.054, 1.049, 1.038, 1.052, 1.036, 1.032, 1.137),
        (0.19, 0.09, 0.21, 0.09, 0.16, 0.24, 1.24),
    ),
    "mistral-v1": _factors(
        (1.217, 1.259, 1.247, 1.294, 1.266, 1.320, 2.111),
        (0.20, 0.19, 0.28, 0.13, 0.13, 0.33, 1.10),
    ),
    "llama-2": _factors(
        (1.235, 1.233, 1.200, 1.304, 1.276, 1.597, 2.234),
        (0.20, 0.17, 0.26, 0.13, 0.12, 0.52, 1.24),
    ),
    "llama-3": _factors(
        (1.000, 1.099, 1.111, 0.995, 1.000, 0.990, 1.505),
        (0.07, 0.13, 0.25, 0.03, 0.03, 0.07, 1.69),
    ),
    "llama-4": _factors(
        (1.000, 0.999, 0.940, 1.000, 1.000, 0.887, 1.071),
        (0.04, 0.10, 0.18, 0.03, 0.03, 0.14, 0.89),
    ),
    "deepseek": _factors(
        (1.036, 1.101, 1.128, 1.060, 1.031, 0.908, 1.209),
        (0.08, 0.13, 0.21, 0.08, 0.05, 0.27, 0.59),
    ),
    "glm": _factors(
        (1.007, 1.085, 1.070, 0.996, 1.000, 0.999, 2.094),
        (0.08, 0.11, 0.30, 0.04, 0.05, 0.30, 1.08),
    ),
    "kimi": _factors(
        (1.000, 1.127, 1.179, 0.998, 0.997, 1.008, 1.411),
        (0.08, 0.13, 0.16, 0.03, 0.05, 0.32, 0.64),
    ),
    "qwen": _QWEN,
    "qwen-3.5": replace(_QWEN, method=Method.ASSUMED),  # it splits words otherwise
    # Measured on recorded answers in English alone: 106, 76 and 29 of 40 tokens and more.
    "grok": _factors((0.975, *_OTHERS[0]), (0.07, *_OTHERS[1]), measured=_ENGLISH),
    "nova": _factors((0.990, *_OTHERS[0]), (0.08, *_OTHERS[1]), measured=_ENGLISH),
    "cohere": _factors((1.040, *_OTHERS[0]), (0.10, *_OTHERS[1]), measured=_ENGLISH),
}
"""By family. DeepSeek V4, GLM-5 and later are taken to keep their family's tokenizer."""

_UNMEASURED = _factors((1.10, *_OTHERS[0]), (0.45, *_OTHERS[1]), Method.ASSUMED, frozenset())


def factors_of(family: str) -> Factors:
    """The factors of a tokenizer; of one never measured, a wide middle marked `assumed`."""
    return FACTORS.get(family, _UNMEASURED)


def scale(o200k: TokenCount, family: str, content: Content, *, known: bool) -> TokenCount:
    """A count of o200k tokens expressed in another family's, with its band."""
    factors = factors_of(family)
    factor, spread = factors.by_content[content], factors.spread[content]
    measured = known and content in factors.measured
    method = factors.method if measured else Method.ASSUMED
    return _banded(o200k.tokens, factor, factor / (1 + spread), factor * (1 + spread), method)


def density(model: str, reference: str) -> Density:
    """Tokens on `model` per token on `reference`, for English documents.

    Two models of one tokenizer give exactly 1. The band joins both spreads.
    """
    here, there = identify(model), identify(reference)
    if tokenizer_of(model) == tokenizer_of(reference):
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
    if tokenizer_of(model) == tokenizer_of(counted_with):
        return certain(tokens, ratio.method)
    return _banded(tokens, ratio.factor, ratio.low, ratio.high, ratio.method)


def _banded(tokens: int, factor: float, low: float, high: float, method: Method) -> TokenCount:
    """A product with its band, rounded outwards; a short text strays by more of its length."""
    if tokens == 0:
        return certain(0, method)
    count = max(1, round(tokens * factor))
    slack = max(_AT_LEAST, SLACK * sqrt(count))
    least, most = floor(tokens * low - slack), ceil(tokens * high + slack)
    return TokenCount(count, max(0, least), most, method)
