"""The vocabularies of Gemini, Mistral, Llama, Qwen, DeepSeek, GLM and Kimi, from an extra.

They come with `splintr-rs` (the extra `tokenizers`); without it these families are scaled. Each has
a licence of its own, which docs/tokens.md repeats from the package.

splintr reads text that looks like a control token (`<|im_start|>`, and dozens of names of its own)
as one, unless `encode_ordinary` is asked for. Only its batches use more than one core, and those
have no such variant, so a text that spells a control token is counted alone. Which texts those are
is told by one pattern for each first character, which Python searches at the speed of memory. The
SentencePiece vocabularies do not tell all the names they know, so they are never asked in batches.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import pairwise
from math import ceil
from typing import Any

from costplan.tokens.counts import Method, TokenCount, worst
from costplan.tokens.families import bare_name, tokenizer_of


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One of splintr's vocabularies, and how sure it is that a model counts with it."""

    name: str
    """As `Tokenizer.from_pretrained` knows it."""
    method: Method = Method.EXACT
    spread: float = 0.0
    """A share of the tokens, each way."""
    least: int = 0
    """Tokens, each way."""
    lines_cut_safely: bool = True
    """Whether a cut before an unindented line leaves the count as it was (`encoder.pieces`): true
    of 2,035 real cuts and 20,000 adversarial ones of each, but not of SentencePiece, which puts a
    space before every text."""

    def counted(self, cut: TokenCount) -> TokenCount:
        """A number of its tokens, which may be in doubt for having been cut, with its own band."""
        tokens = cut.tokens
        off = max(self.least, ceil(tokens * self.spread)) if tokens else 0
        method = worst((self.method, Method(cut.method)))
        return TokenCount(tokens, max(0, cut.low - off), cut.high + off, method)


_OTHER_STEPS = Method.VENDOR_EQUIVALENT
# By `tokenizer_of`, then by what the model's own name says; the first that is found. A family or
# name that is not here has no vocabulary in the package (Llama 4, Qwen 3.5, DeepSeek before V3).
_VOCABULARIES: dict[str, tuple[tuple[str, Vocabulary | None], ...]] = {
    # Google's SDK counts Gemini with Gemma's vocabulary. Recorded outputs of Google's own hosts, on
    # the half the band was set on (500 of Gemini 2.5 and 3, 170 of Gemini to 2.0): 89 and 98 % are
    # exact, 98 % of both in the band; on the other half (53 and 105): 85 and 91 %, 94 and 91 %.
    "gemini": (("", Vocabulary("gemma4", _OTHER_STEPS, spread=0.02, least=1)),),
    "gemini-2.0": (("", Vocabulary("gemma2", _OTHER_STEPS)),),
    "mistral": (
        (
            "large-?[4-9]|medium-?(3[.-]5|26)|small-?([4-9]|26)",
            Vocabulary("mistral_v3", _OTHER_STEPS),
        ),
        ("", Vocabulary("mistral_v3")),
    ),
    "mistral-v1": (("", Vocabulary("mistral_v1", lines_cut_safely=False)),),
    "llama-2": (("", Vocabulary("llama2", lines_cut_safely=False)),),
    "llama-3": (("llama-?v?-?3|llama-guard-[23]|distill-llama|nemotron", Vocabulary("llama3")),),
    "qwen": (
        ("qwen-?(1[.p]5|2|3)|qwq", Vocabulary("qwen3")),
        ("", Vocabulary("qwen3", _OTHER_STEPS)),  # `qwen-plus` is whatever it is today
    ),
    "deepseek": (
        ("coder|v2|-llm|prover", None),
        ("v3|r1|chat|reasoner", Vocabulary("deepseek_v3")),
        # V4: 19 of 28 recorded outputs are exact and 9 have one more, as with V3.
        ("", Vocabulary("deepseek_v3", _OTHER_STEPS)),
    ),
    "glm": (
        ("glm-4", Vocabulary("glm4", _OTHER_STEPS)),
        ("", Vocabulary("glm4", _OTHER_STEPS, spread=0.05, least=2)),  # newer than the package
    ),
    # K3 has K2's ranks, says the package; 30 of 30 outputs of K2 are exact but for the end of turn.
    "kimi": (("", Vocabulary("kimi_k2", _OTHER_STEPS)),),
}


def vocabulary_of(model: str) -> Vocabulary | None:
    """The vocabulary a model counts with; None where the extra is absent, or does not hold it."""
    return _named(model) if installed() else None


@lru_cache(maxsize=1024)
def _named(model: str) -> Vocabulary | None:
    name = bare_name(model)
    candidates = _VOCABULARIES.get(tokenizer_of(model), ())
    found = (vocabulary for pattern, vocabulary in candidates if re.search(pattern, name))
    return next(found, None)


@cache
def installed() -> bool:
    """Whether the extra is there; nothing is loaded."""
    return find_spec("splintr") is not None


def count_bundled(texts: Sequence[str], name: str) -> list[int]:
    """Tokens of each text in one of splintr's vocabularies, on all cores where it can.

    Args:
        texts: without lone surrogates.
        name: of the vocabulary; the extra is installed.
    """
    tokenizer = _tokenizer(name)
    if len(texts) == 1 or tokenizer.family == "Spm":
        return [len(tokenizer.encode_ordinary(text)) for text in texts]
    plain = [not _spells_control_token(text, name) for text in texts]
    together = [text for text, is_plain in zip(texts, plain, strict=True) if is_plain]
    _, ends = tokenizer.encode_batch_flat(together)
    counted = (after - before for before, after in pairwise(array("Q", ends)))
    return [
        next(counted) if is_plain else len(tokenizer.encode_ordinary(text))
        for text, is_plain in zip(texts, plain, strict=True)
    ]


@cache
def _tokenizer(name: str) -> Any:
    """Built once: 0.01 to 0.06 s, and 0.2 s for Gemma 4."""
    from splintr import Tokenizer

    return Tokenizer.from_pretrained(name)


def _spells_control_token(text: str, name: str) -> bool:
    return any(pattern.search(text) for pattern in _control_tokens(name))


@cache
def _control_tokens(name: str) -> tuple[re.Pattern[str], ...]:
    by_first: dict[str, list[str]] = defaultdict(list)
    for token in _tokenizer(name).special_tokens():
        by_first[token[0]].append(re.escape(token[1:]))
    return tuple(
        re.compile(f"{re.escape(first)}(?:{'|'.join(rest)})") for first, rest in by_first.items()
    )
