"""The fewest pieces of a vocabulary that spell a word: what the word costs.

Short words are tried against the plain set of pieces, so that a first count does not wait for a
search tree over 48,000 of them. Long words are walked with such a tree, of which only the branches
that they need are grown. Long runs of one character are shortened first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

type _Node = dict[str, _Node]

_SHORT = 32
"""Characters up to which a word is tried against the plain set."""
_STRETCH = 50_000
"""Characters of a long word whose costs are in memory at a time."""
_LEAF = ""
_MARKS = frozenset("\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4")
"""What ctok's marks are, and is written otherwise where a text holds it: left as it is."""


class Tiling:
    """Prices words in the pieces of a vocabulary, of which each is one token.

    Args:
        pieces: the vocabulary.
        alone: tokens of each character that is no piece.
    """

    def __init__(self, pieces: frozenset[str], alone: Mapping[str, int]) -> None:
        self._pieces, self._alone = pieces, alone
        self._longest = max(map(len, pieces))
        self._tree: dict[str, _Node] = {}
        self._by_end: dict[str, list[str]] = {}

    def cost(self, word: str) -> int:
        """Tokens of a word."""
        if word in self._pieces:
            return 1
        if len(word) > _SHORT:
            return self._long(word)
        return self._of_two_or_three(word) or self._short(word)

    def _of_two_or_three(self, word: str) -> int:
        """2 or 3 if that many pieces spell the word and one does not, else 0: most words."""
        pieces, places = self._pieces, range(1, len(word))
        begins = [at for at in places if word[:at] in pieces]
        ends = {at for at in places if word[at:] in pieces}
        if not ends.isdisjoint(begins):
            return 2
        three = (word[begin:end] in pieces for begin in begins for end in ends if begin < end)
        return 3 if any(three) else 0

    def _short(self, word: str) -> int:
        """Shortest path: `best[i]` tokens spell the first `i` characters."""
        pieces, best = self._pieces, [0]
        for end, character in enumerate(word, 1):
            least = best[-1] + (1 if character in pieces else self._alone[character])
            for start in range(end - 1):
                if best[start] + 1 < least and word[start:end] in pieces:
                    least = best[start] + 1
            best.append(least)
        return best[-1]

    def _long(self, word: str) -> int:
        """The same over a tree of the pieces, read from their ends, stretch by stretch."""
        word, cost = self.shortened(word)
        best = [0]
        dropped = 0  # places before the first of `best`
        for end, character in enumerate(word[:-1]):
            node = self._tree.get(character) or self._branch(character)
            least = best[-1] + (1 if _LEAF in node else self._alone[character])
            for start in range(end - 1, -1, -1):
                following = node.get(word[start])
                if following is None:
                    break
                node = following
                if _LEAF in node and best[start - dropped] < least:
                    least = best[start - dropped] + 1
            best.append(least)
            if len(best) > _STRETCH:
                dropped += len(best) - self._longest
                base = best[-self._longest]
                best = [tokens - base for tokens in best[-self._longest :]]
                cost += base
        return cost + self._last(word, best)

    def _last(self, word: str, best: list[int]) -> int:
        """The last step, without the largest branch: of the pieces that end a word."""
        pieces, character = self._pieces, word[-1]
        least = best[-1] + (1 if character in pieces else self._alone[character])
        for length in range(2, min(self._longest, len(best)) + 1):
            if best[-length] + 1 < least and word[-length:] in pieces:
                least = best[-length] + 1
        return least

    def _branch(self, last: str) -> _Node:
        """The part of the tree that holds the pieces with one last character."""
        if not self._by_end:
            for piece in self._pieces:
                self._by_end.setdefault(piece[-1], []).append(piece)
        root: _Node = {}
        for piece in self._by_end.get(last, ()):
            node = root
            for character in reversed(piece[:-1]):
                node = node.setdefault(character, {})
            node[_LEAF] = {}
        self._tree[last] = root
        return root

    def shortened(self, text: str) -> tuple[str, int]:
        """A text without the middle of its long runs of one character, and what that middle costs.

        Let the longest piece of nothing but `a` have m of them. In a cheapest spelling of a run,
        fewer than m pieces are shorter: of any m lengths some add up to a multiple of m, which
        longer pieces spell with fewer tokens. So a run of m * m or more, not counting what the
        pieces over its two edges take, has a piece of m, and m characters less cost one token
        less. Where no piece is nothing but `a`, each one costs what it costs alone.
        """
        cost = 0
        edges = 2 * self._longest
        for character in set(text) - _MARKS if len(text) > edges else ():
            if character * edges in text:
                lengths = range(self._longest, 0, -1)
                longest = next((n for n in lengths if character * n in self._pieces), 0)
                step, each = (longest, 1) if longest else (1, self._alone[character])
                kept = step * step + edges
                parts = re.split(f"({re.escape(character)}{{{kept},}})", text)
                for at in range(1, len(parts), 2):
                    steps = (len(parts[at]) - kept) // step
                    parts[at] = character * (len(parts[at]) - steps * step)
                    cost += steps * each
                text = "".join(parts)
        return text, cost
