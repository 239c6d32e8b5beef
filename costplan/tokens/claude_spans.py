"""Claude's text cut into spans whose prices add up.

No piece of ctok's vocabularies reaches across the edge of a word. Digits, newlines, tabs,
ideographs, Hangul and all beyond the basic plane stand alone: no piece mixes them with anything
else, and no rule puts a mark on them. So a text is made of three kinds of span:

- **isolated** spans, which cost the same wherever they stand: `2026` is `202` and `6`;
- **words**: runs of letters, each between its own marks;
- **gaps**: the punctuation and spaces between. What a gap costs depends on what it lies between,
  a word, an isolated span or an edge of the text, and so it takes signs of that along. The signs
  are control characters, of which a normalised text has none.

An English ending behind an apostrophe (`'s`, `'ll`) stays with its gap, for the apostrophe may
take the place of its first mark. Which characters are letters is asked of ctok. So is what a span
looks like once it is marked, but most are so plain that `Marks` knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import chain
from typing import NamedTuple

_TO_ISOLATED, _FROM_ISOLATED, _START, _SPACED_START, _END = "\1\2\3\4\5"
"""What a gap lies between, if not two words. `_SPACED_START` opens a text that began with a space
before it was normalised."""
_UNMARKED = "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00010000-\U0010ffff"
"""Ideographs, Hangul syllables and the planes beyond the basic one."""
ISOLATED = r"0-9\n\t" + _UNMARKED
"""The characters of isolated spans."""
_OTHERS = (
    range(0x80, 0x3400),
    range(0x4DC0, 0x4E00),
    range(0xA000, 0xAC00),
    range(0xD7A4, 0xD800),
    range(0xF900, 0x10000),
)
"""Code points that may be letters beyond ASCII: all of the basic plane but those unmarked and, as
no normalised text holds any, surrogates and those of private use."""
_PART = 100_000
"""Characters cut at a time, so that the spans of a long text are never in memory together."""


class Spans(NamedTuple):
    """A part of a text, cut up."""

    isolated: list[str]
    words_and_gaps: list[str]


class Sample(NamedTuple):
    """The shortest text in which a gap stands as it stood."""

    text: str
    stand_ins: str
    """What of the text is not the gap: `x` for each word, `0` for each isolated span."""
    spaced: bool
    """Whether the text begins with a space of its own."""


def cut(text: str, *, spaced: bool) -> Iterator[Spans]:
    """The spans of a text, part by part.

    Args:
        text: normalised by ctok, without the newlines at its end.
        spaced: whether its first character was a space before that.
    """
    patterns = _ascii_patterns() if text.isascii() else _patterns()
    before = _SPACED_START if spaced else _START
    text += _END
    at = 0
    while at < len(text):
        edge = patterns.edge.search(text, at + _PART) if len(text) - at > _PART else None
        part = text[at : edge.end() if edge else None]
        at += len(part)
        isolated: list[str] = []
        if runs := patterns.isolated_run.findall(part):
            isolated = patterns.isolated.findall(" ".join(runs))
            part = patterns.isolated_run.sub(_TO_ISOLATED + _FROM_ISOLATED, part)
        yield Spans(isolated, patterns.words_and_gaps.findall(before + part))
        before = _FROM_ISOLATED if part[-1] == _FROM_ISOLATED else ""


def is_word(span: str) -> bool:
    """Whether a span is a word and no gap: it begins with a letter."""
    from ctok.constants import WORDY
    from ctok.normalize import classify

    return bool(classify(span[0]) == WORDY)


def sample(gap: str) -> Sample:
    """A gap among stand-ins for what it lay between."""
    before = "" if gap[0] in _START + _SPACED_START else "x"
    bound = gap[-1].isascii() and gap[-1].isalpha()  # the ending of an apostrophe
    after = "" if gap[-1] == _END or bound else "x"
    isolated = "0" * ((gap[0] == _FROM_ISOLATED) + (gap[-1] == _TO_ISOLATED))
    text = gap.strip(_START + _SPACED_START + _END)
    text = text.replace(_FROM_ISOLATED, "0").replace(_TO_ISOLATED, "0")
    return Sample(before + text + after, before + isolated + after, gap[0] == _SPACED_START)


_PLAIN = re.compile(r"x0?[ -/:-@\[-`{-~]*0?x")
"""A sample between two words, of ASCII only."""
_AFTER_SPACE = re.compile(r"(?<= )(?!'x)(?=[^ x0])")
_BEFORE_SPACE = re.compile(r"(?<=[^ x0]) (?! )")


class Marks(NamedTuple):
    """The characters that ctok marks words with, and when it does for capitals."""

    bow: str
    eow: str
    shift: str
    caps: str
    allcaps_min: int | None
    """Letters of the shortest word whose capitals get one mark together; None: no word's do."""
    newly_cased: frozenset[str]
    """Letters that ctok knows a capital or small form of and Python may not."""

    def of_word(self, word: str) -> str:
        """A word as `ctok.normalize.stream_norm` marks it; "" for capitals beyond ASCII."""
        if word == word.lower() and self.newly_cased.isdisjoint(word):
            return self.bow + word + self.eow
        if not word.isascii():
            return ""
        case = ""
        if self.allcaps_min and len(word) >= self.allcaps_min and word.isupper():
            case = self.caps
        elif word[0].isupper() and word[1:] == word[1:].lower():
            case = self.shift
        return case + self.bow + (word.lower() if case else word) + self.eow

    def of_sample(self, text: str) -> str:
        """A sample as `stream_norm` marks it; "" at an edge of its text, or beyond ASCII.

        Punctuation is marked where it borders on spaces: at its end only on a single one, and not
        before an apostrophe that opens a word. A single space between two marks is not written.
        """
        if not _PLAIN.fullmatch(text):
            return ""
        marked = _BEFORE_SPACE.sub(self.eow + " ", _AFTER_SPACE.sub(self.bow, text))
        marked = marked.replace("x", f"{self.bow}x{self.eow}")
        return marked.replace(f"{self.eow} {self.bow}", self.eow + self.bow)


class _Patterns:
    """The regular expressions that cut a text.

    Args:
        letters: of words, as ranges.
        isolated: the characters of isolated spans, as ranges.
        symbols: letters of ctok's that are symbols by Python's tables, or unknown to them. Behind
            these an apostrophe binds no ending.
    """

    def __init__(self, letters: str, isolated: str, symbols: str = "") -> None:
        from ctok.constants import CONTRACTION_SUFFIXES

        letter = f"[{letters}]"
        unbound = f"(?<=[{symbols}])'(?={letter})|" if symbols else ""
        ending = f"(?<=')(?:{'|'.join(sorted(CONTRACTION_SUFFIXES))})(?!{letter})"
        gap = rf"[\2-\4]?+[^{letters}\1-\5]++(?:[\1\5]|{ending})?+"
        self.words_and_gaps = re.compile(rf"{letter}++|{unbound}{gap}|[\3\4][\1\5]?|[\1\2\5]")
        self.isolated = re.compile(r"[0-9]{1,3}|\n+|\t+|[^ ]")
        # Not `[...]+`: what begins with a single character is searched for much faster.
        self.isolated_run = re.compile(f"[{isolated}][{isolated}]*")
        self._edge = letter, f"[{isolated}]", symbols and f"(?<![{symbols}])"

    @cached_property
    def edge(self) -> re.Pattern[str]:
        """The last character of a word or of a run of isolated spans; long texts need it."""
        letter, isolated, bound = self._edge
        return re.compile(f"{letter}{bound}(?!{letter})|{isolated}(?!{isolated})")


@cache
def _ascii_patterns() -> _Patterns:
    """For ASCII alone, so that English waits for no table."""
    return _Patterns("A-Za-z", r"0-9\n\t")


@cache
def _patterns() -> _Patterns:
    """For all of Unicode, by ctok's own word on each character."""
    from ctok.constants import WORDY
    from ctok.normalize import classify

    others = map(chr, chain.from_iterable(_OTHERS))
    letters = [character for character in others if classify(character) == WORDY]
    symbols = "".join(c for c in letters if unicodedata.category(c)[0] in "SC")
    return _Patterns("A-Za-z" + _ranges(letters), ISOLATED, symbols)


def _ranges(characters: list[str]) -> str:
    """Ascending characters as ranges of a regular expression."""
    ranges: list[list[str]] = []
    for character in characters:
        if ranges and ord(character) == ord(ranges[-1][1]) + 1:
            ranges[-1][1] = character
        else:
            ranges.append([character, character])
    return "".join(f"{first}-{last}" for first, last in ranges)
