"""Counting with OpenAI's vocabularies, whatever the text.

tiktoken can be brought down by a text: a run of a million spaces makes its regular expressions
overflow, which it reports as a `PanicException` (not an `Exception`) after writing a backtrace to
standard error. So no piece longer than `LONGEST` characters is ever given to it, and only
`encode_ordinary` is called: text that looks like a control token is text.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from costplan.tokens.counts import Method, TokenCount
from costplan.tokens.ranks import ENCODINGS, Encoding, load_ranks

if TYPE_CHECKING:
    import tiktoken

LONGEST = 400_000
"""Characters in one piece; the longest whitespace run tiktoken 0.14 survives is 999,998."""
_AFTER_PANIC = 100_000
_PER_HARD_CUT = 4
"""Tokens a cut anywhere can add or hide: 60,000 random cuts lay between -2 and +4, most at 0."""


@cache
def encoder(name: str) -> tiktoken.Encoding:
    """The encoder of tiktoken over our copy of the vocabulary; built once, 0.1 to 0.3 s."""
    import tiktoken

    encoding = ENCODINGS[name]
    return tiktoken.Encoding(
        name,
        pat_str=encoding.pattern,
        mergeable_ranks=load_ranks(encoding),
        special_tokens=encoding.specials,
    )


def count_ordinary(text: str, name: str) -> TokenCount:
    """Tokens of a text in the encoding `name`; exact unless a huge unbroken run had to be cut.

    Lone surrogates, which no request can carry, count as U+FFFD does.
    """
    tokens = hard_cuts = 0
    for piece, hard in pieces(text, ENCODINGS[name]):
        count, panics = _count_piece(piece, name)
        tokens += count
        hard_cuts += hard + panics
    doubt = _PER_HARD_CUT * hard_cuts
    method = Method.VENDOR_EQUIVALENT if doubt else Method.EXACT
    return TokenCount(tokens, max(0, tokens - doubt), tokens + doubt, method)


def pieces(text: str, encoding: Encoding) -> Iterator[tuple[str, bool]]:
    """The text in pieces of at most `LONGEST`, each with whether the cut after it may matter."""
    start = 0
    while len(text) - start > LONGEST:
        end = _safe_cut(text, start, start + LONGEST) if encoding.lines_cut_safely else None
        yield text[start : end or start + LONGEST], end is None
        start = end or start + LONGEST
    yield text[start:], False


def _safe_cut(text: str, start: int, end: int) -> int | None:
    """The last place to cut that changes no count.

    That is before a line that begins with neither whitespace nor a slash. Tried on 953 documents
    and 60,000 adversarial strings (docs/tokens.md); not true of p50k and r50k.
    """
    newline = text.rfind("\n", start, end)
    while newline > start:
        after = text[newline + 1]
        if not after.isspace() and after != "/":
            return newline + 1
        newline = text.rfind("\n", start, newline)
    return None


def _count_piece(piece: str, name: str) -> tuple[int, int]:
    """The tokens of one piece, and how many cuts were needed after all to count it."""
    encode = encoder(name).encode_ordinary
    try:
        return len(encode(piece)), 0
    except BaseException as problem:
        # pyo3 raises its PanicException outside the Exception tree and does not export it.
        if type(problem).__name__ != "PanicException":
            raise
    bounds = [*range(0, len(piece), _AFTER_PANIC), len(piece)]
    return sum(len(encode(piece[a:b])) for a, b in pairwise(bounds)), len(bounds) - 2
