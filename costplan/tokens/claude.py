"""Claude's tokens, offline, through the vocabularies that `ctok` reconstructed.

Anthropic publishes no tokenizer for Claude 3 and later. ctok (github.com/sanderland/ctok, MIT)
recovered both vocabularies from answers of the count_tokens endpoint and agrees with it on
2,514 of 2,514 recorded documents, 272 of them held out (github.com/sanderland/ctok, tests/fixtures;
docs/tokens.md).

ctok's rules and vocabulary are used as they are; what differs is how they are walked. A text is
cut into spans whose prices add up (`claude_spans`). What a span costs is found once, by ctok's
rules and the fewest pieces that spell what they make of it (`claude_tiling`), and remembered.
`benchmarks/claude_counting.py` measures how much faster that is than `ctok.token_count`, and
proves it equal on real texts and on random ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from costplan.tokens.claude_spans import ISOLATED, Marks, cut, is_word, sample
from costplan.tokens.claude_tiling import Tiling

_MEMORY = 200_000
"""Spans of each kind a vocabulary remembers the price of."""
_REMEMBERED = 128
"""Characters of the longest span that is remembered."""
_WALKED = 10_000
"""Characters of texts beyond ASCII that a vocabulary walks whole, as ctok does: only for more is
the table of all letters worth it."""
_PROBE = " Isn't THIS 'so'?\tA1b: (x == 2026), McX's  AB. The dogs'"
"""Counted in both ways before anything else is, so that other rules than ctok 1.3's are noticed."""


def count_content(text: str, version: tuple[int, int]) -> int:
    """Tokens of a text as Claude `version` reads it, without the frame of a message.

    Args:
        text: any string; lone surrogates count as U+FFFD does.
        version: of the model, from (3, 0) on.
    """
    if not text:
        return 0
    family = "v4.8" if version >= (4, 8) else "v4.7" if version >= (4, 7) else "v3"
    vocabulary = _vocabulary(family)
    return vocabulary.count(text) if vocabulary else _count_publicly(text, family)


@cache
def _vocabulary(family: str) -> _Vocabulary | None:
    """The vocabulary, or None where this ctok is built otherwise than 1.3 was."""
    try:
        vocabulary = _Vocabulary(family)
        return vocabulary if vocabulary.is_understood() else None
    except (ImportError, AttributeError, LookupError, TypeError):
        return None


_VERSIONS = {"v3": ("3.0", 7), "v4.7": ("4.7", 11), "v4.8": ("4.8", 6)}
"""By family: what `ctok.token_count` calls it, and its frame of one user message in tokens."""


def _count_publicly(text: str, family: str) -> int:
    """Ctok's own answer, by the one function it promises to keep."""
    import ctok

    version, frame = _VERSIONS[family]
    return int(ctok.token_count(text, version)) - frame


class _Prices(dict[str, int]):
    """Tokens of the spans met so far; others are priced when they are asked for."""

    def __init__(self, price: Callable[[str], int]) -> None:
        self._price = price

    def __missing__(self, span: str) -> int:
        price = self._price(span)
        if len(span) <= _REMEMBERED:
            if len(self) >= _MEMORY:
                self.clear()
            self[span] = price
        return price


_STRIPPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""Control characters of ASCII: ctok strips them, or reads a space (NUL)."""


class _Vocabulary:
    """One of ctok's families with the prices of the spans met so far.

    It stands in for ctok's own `TokenizerModel` and holds what ctok's functions read from one.
    """

    def __init__(self, family: str) -> None:
        from ctok.constants import BOW_G, CAPS_G, EOW_G, MARKER_GLYPHS, QUOTE_FOLD, SHIFT_G
        from ctok.engine import ByteFloor, char_cost
        from ctok.main import FAMILIES, _document
        from ctok.normalize import _NEW_CASED, nfc, stream_norm

        document = _document(FAMILIES[family].pieces)
        meta = {**document["meta"], **dict(FAMILIES[family].meta)}
        tokens = document["tokens"]
        groups = (kept for group, kept in tokens.items() if group != "bytes_fallback")
        pieces = _internal([piece for kept in groups for piece in kept])
        self.fold_quotes: bool = meta["fold_quotes"]
        self.allcaps_min: int | None = meta["allcaps_min"]
        self.frame_bow: bool = meta.get("frame_bow", True)
        self.unit_pieces = {p for p in pieces if len(p) == 1 and p not in MARKER_GLYPHS}
        self.bytes = ByteFloor(tokens["bytes_fallback"], self.unit_pieces)
        self.vocab = frozenset(pieces) | {c + EOW_G for c in tokens["contractions"]}
        self._char_cost_cache: dict[str, int] = {}

        self._nfc, self._stream_norm = nfc, stream_norm
        self._quotes = QUOTE_FOLD if self.fold_quotes else {}
        self._marks = Marks(BOW_G, EOW_G, SHIFT_G, CAPS_G, self.allcaps_min, _NEW_CASED)
        # Of a character that is no piece; a mark is one token even where it is none.
        alone = _Prices(lambda c: 1 if c in MARKER_GLYPHS else int(char_cost(self, c)))
        self._tiling = Tiling(self.vocab, alone)
        self._isolated = _Prices(self._tiling.cost)
        self._words_and_gaps = _Prices(self._price)
        self._walked = 0

    def is_understood(self) -> bool:
        """Whether prices of spans add up with these pieces, and do so on a text."""
        marks = self._marks
        word = f"[{marks.shift}{marks.caps}]*{marks.bow}?[^{marks.bow}{marks.eow}{ISOLATED}]*"
        piece = re.compile(rf"{word}{marks.eow}?|[0-9]{{1,3}}|\n+|\t+|[{ISOLATED}]")
        numbers = (f"{n:0{digits}}" for digits in (1, 2, 3) for n in range(10**digits))
        return (
            all(map(piece.fullmatch, self.vocab))
            and self.vocab.issuperset(numbers)
            and self._in_spans(_PROBE, spaced=True) == self._in_words(_PROBE, spaced=True)
        )

    def count(self, text: str) -> int:
        """The price of a text without the newlines at its end, and theirs."""
        norm = self._normalised(text)
        body = norm.rstrip("\n")
        if not norm.isascii():
            self._walked += len(norm)
        walk = self._in_spans if norm.isascii() or self._walked > _WALKED else self._in_words
        cost = walk(body, spaced=text[:1] == " ")
        # The frame's two newlines join those at the end, and one token of them all is the frame's
        # (`ctok.engine.frame_tail`).
        newlines = len(norm) - len(body)
        return cost + (self._isolated["\n" * (newlines + 2)] - 1 if newlines else 0)

    def _normalised(self, text: str) -> str:
        """What `ctok.normalize.nfc` makes of a text, without its slow way to fold quotes."""
        if text.isascii() and not _STRIPPED.search(text):
            return text
        norm: str = self._nfc(text, fold_quotes=False)
        for curly, straight in self._quotes.items():
            norm = norm.replace(chr(curly), straight)
        return norm

    def _in_spans(self, body: str, *, spaced: bool) -> int:
        """The sum of the prices of all spans."""
        isolated, other = self._isolated.__getitem__, self._words_and_gaps.__getitem__
        return sum(
            sum(map(isolated, spans.isolated)) + sum(map(other, spans.words_and_gaps))
            for spans in cut(body, spaced=spaced)
        )

    def _in_words(self, body: str, *, spaced: bool) -> int:
        """The tokens of the marked words that ctok's rules make of a text."""
        return self._tokens(self._stream_norm(body, self, raw_head_space=spaced))

    def _tokens(self, stream: str) -> int:
        """Of marked words, one by one: no piece reaches over the end of one."""
        end, cost = self._marks.eow, self._tiling.cost
        *words, rest = stream.split(end)
        return sum([cost(word + end) for word in words]) + (cost(rest) if rest else 0)

    def _price(self, span: str) -> int:
        """What a word costs, or a gap beyond the stand-ins of its sample."""
        if is_word(span):
            marked = self._marks.of_word(span)
            return self._tiling.cost(marked) if marked else self._in_words(span, spaced=False)
        text, stand_ins, spaced = sample(span)
        text, cost = self._tiling.shortened(text)
        marked = self._marks.of_sample(text)
        cost += self._tokens(marked) if marked else self._in_words(text, spaced=spaced)
        return cost - sum(self._words_and_gaps[c] if c == "x" else 1 for c in stand_ins)


def _internal(pieces: list[str]) -> list[str]:
    """Pieces from ctok's notation (`⟨bow⟩the⟨eow⟩`) into its inner one, a character per mark.

    All at once: one by one, `parse_marked` takes most of the time of a first count.
    """
    from ctok.constants import ATOM_TO_GLYPH, L
    from ctok.notation import parse_marked

    parse: Callable[[str], str] = parse_marked
    joined = "\0".join(pieces)  # no piece holds a NUL: ctok reads it as a space
    for atom, glyph in ATOM_TO_GLYPH.items():
        joined = joined.replace(atom, glyph)
    plain = joined.split("\0")
    return [
        parse(piece) if L in short else short for piece, short in zip(pieces, plain, strict=True)
    ]
