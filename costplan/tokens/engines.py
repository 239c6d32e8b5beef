"""Faster engines for OpenAI's vocabularies, where an extra brings one.

tiktoken is the reference: what stands here counts the same, which tests show on real text and on
every code point in many surroundings. `splintr-rs` (the extra `tokenizers`) uses all cores and
loads in 0.05 s; of it no difference is known. `gigatoken` (the extra `fast`) is the fastest, but
takes half a second to load, so it waits until a process has counted much. It knows the letters of
Unicode 16 only: a text with a newer one is told apart and goes to the next engine.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from costplan.tokens.ranks import ENCODINGS, load_ranks
from costplan.tokens.vocabularies import count_bundled, installed

type Engine = Callable[[Sequence[str]], list[int]]
"""Tokens of each text, in order; the texts hold no lone surrogates and are not huge."""

SCHEMES = {"o200k_base": "o200k", "cl100k_base": "cl100k"}
"""The encodings that the faster engines hold, and how gigatoken calls their way to split."""
BULK_BESIDE_SPLINTR, BULK_ALONE = 150_000_000, 15_000_000
"""Characters after which gigatoken has earned the time it takes to load."""
_counted: Counter[str] = Counter()

# The letters, marks and digits of Unicode 17 that are not in Unicode 16: trying every code point in
# 19 surroundings, these are the 4,699 on which gigatoken 0.10 and tiktoken 0.14 differ.
NEWER_LETTERS = (
    (0x088F, 0x088F), (0x0C5C, 0x0C5C), (0x0CDC, 0x0CDC), (0x1ACF, 0x1ADD), (0x1AE0, 0x1AEB),
    (0xA7CE, 0xA7CF), (0xA7D2, 0xA7D2), (0xA7D4, 0xA7D4), (0xA7F1, 0xA7F1), (0x10940, 0x10959),
    (0x10EC5, 0x10EC7), (0x10EFA, 0x10EFB), (0x11B60, 0x11B67), (0x11DB0, 0x11DDB),
    (0x11DE0, 0x11DE9), (0x16EA0, 0x16EB8), (0x16EBB, 0x16ED3), (0x16FF2, 0x16FF6),
    (0x187F8, 0x187FF), (0x18D09, 0x18D1E), (0x18D80, 0x18DF2), (0x1E6C0, 0x1E6DE),
    (0x1E6E0, 0x1E6F5), (0x1E6FE, 0x1E6FF), (0x2B73A, 0x2B73F), (0x2CEA2, 0x2CEAD),
    (0x323B0, 0x33479),
)  # fmt: skip
"""First and last code point."""


def engine_for(name: str, characters: int) -> Engine | None:
    """The engine for texts of so many characters more; None leaves them to tiktoken.

    Args:
        name: of the encoding.
        characters: of the texts at hand; how many came before decides too.
    """
    if name not in SCHEMES:
        return None
    _counted[name] += characters
    next_best = with_splintr(name)
    bulk = BULK_BESIDE_SPLINTR if next_best else BULK_ALONE
    return (with_gigatoken(name) if _counted[name] > bulk else None) or next_best


def with_splintr(name: str) -> Engine | None:
    """The engine of splintr-rs, or None where the extra is not installed."""
    return partial(count_bundled, name=name) if installed() else None


def with_gigatoken(name: str) -> Engine | None:
    """The engine of gigatoken, or None where the extra is not installed."""
    tokenizer = _gigatoken(name)
    return partial(_count_with, tokenizer, name) if tokenizer else None


@cache
def _gigatoken(name: str) -> Any:
    """A tokenizer without control tokens: text that looks like one is text."""
    if find_spec("gigatoken") is None:
        return None
    try:
        from gigatoken import Tokenizer

        with TemporaryDirectory() as folder:
            file = Path(folder) / name
            file.write_bytes(tiktoken_file(name))
            return Tokenizer.from_tiktoken(file, SCHEMES[name], {})
    except (ImportError, OSError, ValueError):  # broken, or nowhere to write the file it reads
        return None


def tiktoken_file(name: str) -> bytes:
    """A vocabulary as OpenAI publishes it: a token and its rank in each line."""
    ranks = load_ranks(ENCODINGS[name])
    return b"".join(b"%s %d\n" % (b64encode(token), rank) for token, rank in ranks.items())


def _count_with(tokenizer: Any, name: str, texts: Sequence[str]) -> list[int]:
    encode = tokenizer.encode
    counts = [-1 if _holds_newer_letter(text) else len(encode(text)) for text in texts]
    return _with_tiktoken(texts, counts, name) if -1 in counts else counts


def _holds_newer_letter(text: str) -> bool:
    """Whether one of `NEWER_LETTERS` is in a text.

    The first two bytes of their UTF-8 are sought first: a class of characters is ten times slower
    to look for, and few texts hold so much as those.
    """
    if text.isascii():
        return False
    content = text.encode()
    pattern, below, above = _newer_letters()
    near = b"\xf0" in content and any(pair in content for pair in above)
    return (near or any(pair in content for pair in below)) and bool(pattern.search(text))


@cache
def _newer_letters() -> tuple[re.Pattern[str], tuple[bytes, ...], tuple[bytes, ...]]:
    """A pattern for them, and how their UTF-8 begins: those of three bytes, those of four."""
    pattern = re.compile("".join(("[", *(f"{chr(a)}-{chr(b)}" for a, b in NEWER_LETTERS), "]")))
    pairs = {chr(c).encode()[:2] for a, b in NEWER_LETTERS for c in range(a, b + 1)}
    above = tuple(sorted(pair for pair in pairs if pair[0] == 0xF0))
    return pattern, tuple(sorted(pairs - set(above))), above


def _with_tiktoken(texts: Sequence[str], counts: list[int], name: str) -> list[int]:
    """The same counts, with those that are missing (-1) from tiktoken."""
    from costplan.tokens.encoder import encoder

    encode = encoder(name).encode_ordinary
    return [
        len(encode(text)) if count < 0 else count for text, count in zip(texts, counts, strict=True)
    ]
