"""Counting texts with OpenAI's vocabularies, whatever the texts.

tiktoken can be brought down by a text: a run of a million spaces makes its regular expressions
overflow, which it reports as a `PanicException` (not an `Exception`) after writing a backtrace to
standard error. So no piece longer than `LONGEST` characters is ever given to an engine, and only
`encode_ordinary` is called: text that looks like a control token is text.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence, Sized
from functools import cache, lru_cache, partial
from itertools import batched, pairwise
from typing import TYPE_CHECKING, Protocol

from costplan.tokens.counts import Method, TokenCount
from costplan.tokens.engines import Engine, engine_for
from costplan.tokens.ranks import ENCODINGS, load_ranks

if TYPE_CHECKING:
    import tiktoken

LONGEST = 400_000
"""Characters in one piece; the longest whitespace run tiktoken 0.14 survives is 999,998."""
_AFTER_PANIC = 100_000
_PER_HARD_CUT = 4
"""Tokens a cut anywhere can add or hide: 60,000 random cuts lay between -2 and +4, most at 0."""
_WORTH_THREADS = 100_000
"""Characters of a batch below which a second thread costs more than it saves."""
_TOGETHER = 32
"""Pieces a thread takes at once."""


class Cuttable(Protocol):
    """What a text is cut for: an encoding of OpenAI or a vocabulary of another maker."""

    @property
    def lines_cut_safely(self) -> bool:
        """Whether a cut before an unindented line leaves the count as it was."""


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


def count_batch(texts: Sequence[str], name: str) -> list[TokenCount]:
    """Tokens of each text in the encoding `name`, in order, with the fastest engine there is.

    Exact unless a huge unbroken run had to be cut. Lone surrogates, which no request can carry,
    count as U+FFFD does.
    """
    engine = engine_for(name, sum(map(len, texts)))

    def count(pieces: Sequence[str]) -> list[Counted]:
        return _fast(engine, pieces) or count_with_tiktoken(pieces, name)

    return [in_doubt(*each) for each in count_cut(texts, count, ENCODINGS[name])]


type Counted = tuple[int, int]
"""Tokens, and in how many places there was a cut that may matter."""


@lru_cache(maxsize=50_000)  # a corpus has many documents of one size
def in_doubt(tokens: int, hard_cuts: int) -> TokenCount:
    """A count with the band of the cuts it took."""
    doubt = _PER_HARD_CUT * hard_cuts
    method = Method.VENDOR_EQUIVALENT if doubt else Method.EXACT
    return TokenCount(tokens, max(0, tokens - doubt), tokens + doubt, method)


def count_cut(
    texts: Sequence[str], count: Callable[[Sequence[str]], list[Counted]], cuttable: Cuttable
) -> list[Counted]:
    """Count texts of any length and content in pieces that no engine chokes on.

    Args:
        texts: any strings.
        count: counts pieces of at most `LONGEST` characters without lone surrogates.
        cuttable: what they are counted with.
    """
    sound = [text if text.isascii() else _sound(text) for text in texts]
    if all(len(text) <= LONGEST for text in sound):
        return count(sound)
    cut = [list(pieces(text, cuttable)) for text in sound]
    counted = iter(count([piece for each in cut for piece, _ in each]))
    totals = []
    for each in cut:
        tokens = hard_cuts = 0
        for (_, hard), (more, cuts) in zip(each, counted, strict=False):
            tokens += more
            hard_cuts += hard + cuts
        totals.append((tokens, hard_cuts))
    return totals


def _sound(text: str) -> str:
    """The text with half characters joined or, where alone, replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def pieces(text: str, cuttable: Cuttable) -> Iterator[tuple[str, bool]]:
    """The text in pieces of at most `LONGEST`, each with whether the cut after it may matter."""
    start = 0
    while len(text) - start > LONGEST:
        end = safe_cut(text, start, start + LONGEST) if cuttable.lines_cut_safely else None
        yield text[start : end or start + LONGEST], end is None
        start = end or start + LONGEST
    yield text[start:] if start else text, False


def safe_cut(text: str, start: int, end: int) -> int | None:
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


def _fast(engine: Engine | None, texts: Sequence[str]) -> list[Counted] | None:
    """What a faster engine says, or None where there is none or it broke."""
    if engine is None:
        return None
    try:
        return [(tokens, 0) for tokens in engine(texts)]
    except BaseException as problem:
        if not _is_panic(problem):
            raise
    return None


def count_with_tiktoken(texts: Sequence[str], name: str) -> list[Counted]:
    """By the reference, on all cores where that pays: tiktoken lets go of Python while it works."""
    known = encoder(name)  # before the threads: it is built once
    if len(texts) == 1 or sum(map(len, texts)) < _WORTH_THREADS:
        return [_count_piece(text, known.encode_ordinary) for text in texts]
    from concurrent.futures import ThreadPoolExecutor

    # An array is made without holding Python up, unlike a list; nothing is disallowed, so text
    # that looks like a control token is text here too.
    encode = partial(known.encode_to_numpy, disallowed_special=())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        together = pool.map(lambda some: [_count_piece(t, encode) for t in some], _shares(texts))
        return [each for some in together for each in some]


def _shares(texts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """A few texts at a time, so that the threads end together."""
    return batched(texts, max(1, min(_TOGETHER, len(texts) // 8)))


def _count_piece(piece: str, encode: Callable[[str], Sized]) -> Counted:
    """The tokens of one piece, and how many cuts were needed after all to count it."""
    try:
        return len(encode(piece)), 0
    except BaseException as problem:
        if not _is_panic(problem):
            raise
    bounds = [*range(0, len(piece), _AFTER_PANIC), len(piece)]
    return sum(len(encode(piece[a:b])) for a, b in pairwise(bounds)), len(bounds) - 2


def _is_panic(problem: BaseException) -> bool:
    """Whether Rust gave up: pyo3's `PanicException` is no `Exception`, and is not exported."""
    return type(problem).__name__ == "PanicException"
