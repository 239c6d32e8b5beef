"""Claude's tokens, offline, through the vocabularies that `ctok` reconstructed.

Anthropic publishes no tokenizer for Claude 3 and later. ctok (github.com/sanderland/ctok, MIT)
recovered both vocabularies from answers of the count_tokens endpoint and agrees with it on
2,514 of 2,514 recorded documents, 272 of them held out (github.com/sanderland/ctok, tests/fixtures;
docs/tokens.md).

ctok's rules and vocabulary are used as they are; what differs is how they are loaded and walked.
No piece of either vocabulary reaches across the mark that ends a word, so a text costs the sum of
its words. A short word is priced from the plain set of pieces, and so a first count, of three
prompts on a laptop, does not wait for a search tree over 48,000 of them: 0.2 s instead of 0.6 s.
Tests compare the result with `ctok.token_count` and the vocabulary with ctok's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

_LONG = 48
"""Characters: up to here a word is priced from the plain set, beyond it with ctok's tree."""
_MEMORY = 200_000
"""Words a vocabulary remembers the price of."""


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
    """The vocabulary, or None where this ctok keeps its parts elsewhere than 1.3 did."""
    try:
        vocabulary = _Vocabulary(family)
        vocabulary.count("a word")
    except (ImportError, AttributeError, KeyError, TypeError):
        return None
    return vocabulary


_VERSIONS = {"v3": ("3.0", 7), "v4.7": ("4.7", 11), "v4.8": ("4.8", 6)}
"""By family: what `ctok.token_count` calls it, and its frame of one user message in tokens."""


def _count_publicly(text: str, family: str) -> int:
    """Ctok's own answer, by the one function it promises to keep."""
    import ctok

    version, frame = _VERSIONS[family]
    return int(ctok.token_count(text, version)) - frame


class _Vocabulary:
    """One of ctok's families with the prices of the words met so far.

    It stands in for ctok's own `TokenizerModel` and holds what ctok's functions read from one.
    """

    def __init__(self, family: str) -> None:
        from ctok.constants import EOW_G, MARKER_GLYPHS
        from ctok.engine import ByteFloor
        from ctok.main import FAMILIES, _document

        document = _document(FAMILIES[family].pieces)
        meta = {**document["meta"], **dict(FAMILIES[family].meta)}
        tokens = document["tokens"]
        groups = (kept for group, kept in tokens.items() if group != "bytes_fallback")
        pieces = _internal([piece for kept in groups for piece in kept])
        self.fold_quotes: bool = meta["fold_quotes"]
        self.allcaps_min: int = meta["allcaps_min"]
        self.frame_bow: bool = meta.get("frame_bow", True)
        self.unit_pieces = {p for p in pieces if len(p) == 1 and p not in MARKER_GLYPHS}
        self.bytes = ByteFloor(tokens["bytes_fallback"], self.unit_pieces)
        self.vocab = frozenset(pieces) | {c + EOW_G for c in tokens["contractions"]}
        self._char_cost_cache: dict[str, int] = {}
        self._longest = max(map(len, self.vocab))
        self._prices: dict[str, int] = {}

    @property
    def trie(self) -> Any:
        """The search tree of ctok, built when a long run of text first needs it."""
        if not hasattr(self, "_trie"):
            from ctok.engine import ReverseTrie

            self._trie = ReverseTrie(self.vocab)
        return self._trie

    def count(self, text: str) -> int:
        """The cost of ctok's marked stream, word by word, and of the newlines at the end."""
        from ctok.constants import EOW_G
        from ctok.engine import frame_tail
        from ctok.normalize import nfc, raw_head_space, stream_norm

        norm = nfc(text, fold_quotes=self.fold_quotes)
        stream: str = stream_norm(norm, self, raw_head_space=raw_head_space(text))
        *words, rest = stream.split(EOW_G)
        cost = sum(self._price(word + EOW_G) * n for word, n in Counter(words).items())
        newlines = len(norm) - len(norm.rstrip("\n"))
        return cost + self._price(rest) + (len(frame_tail(newlines, self)) if newlines else 0)

    def _price(self, word: str) -> int:
        """The fewest pieces that spell a word."""
        price = self._prices.get(word)
        if price is None:
            price = self._tile_long(word) if len(word) > _LONG else self._tile(word)
            if len(self._prices) >= _MEMORY:
                self._prices.clear()
            self._prices[word] = price
        return price

    def _tile(self, word: str) -> int:
        """Shortest path over a short word: `best[i]` pieces spell its first `i` characters."""
        vocab, best = self.vocab, [0]
        for end in range(1, len(word) + 1):
            if word[:end] in vocab:
                best.append(1)
                continue
            least = best[end - 1] + self._unit(word[end - 1])
            for start in range(max(1, end - self._longest), end - 1):
                if best[start] + 1 < least and word[start:end] in vocab:
                    least = best[start] + 1
            best.append(least)
        return best[-1]

    def _tile_long(self, word: str) -> int:
        from ctok.engine import min_vocab_tile

        cost, _ = min_vocab_tile(word, self.trie, lambda at: self._unit(word[at]))
        return int(cost)

    def _unit(self, character: str) -> int:
        """What one character costs alone: one token if it is a piece, else its bytes' tokens."""
        from ctok.constants import MARKER_GLYPHS
        from ctok.engine import char_cost

        if character in self.vocab or character in MARKER_GLYPHS:
            return 1
        return int(char_cost(self, character))


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
