"""Counts one request to Claude into a tally: texts as the model reads them, and constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from costplan.tokens.counting import count_tokens
from costplan.tokens.counts import Method, Part
from costplan.tokens.families import Identity
from costplan.tokens.requests.tally import Entry, Tally

_UNMARKED = "文"
"""What follows this letter begins without the mark of a new word."""


@dataclass(slots=True)
class Counting:
    """The tally of one request, with the model it is for."""

    model: str
    who: Identity
    corrections: Mapping[str, int]
    """Tokens to add to constants, by name."""
    host: str = ""
    """Who serves the model."""
    tally: Tally = field(default_factory=Tally)

    @property
    def version(self) -> tuple[int, int]:
        """Of the model; a name without one is of the newest."""
        return self.who.version or (5, 0)

    @property
    def method(self) -> Method:
        """Of texts, and of constants that recorded calls confirm."""
        return Method.RECONSTRUCTED if self.who.known else Method.ASSUMED

    def text(self, text: str, *, follows: bool = False) -> int:
        """Tokens of a text; one that `follows` others does not begin a turn or a word."""
        if not text:
            return 0
        # Before 4.8 a turn is opened by `Human:` and a space, which marks the next word.
        if follows and self.version < (4, 8):
            return self.text(_UNMARKED + text) - self.text(_UNMARKED)
        return count_tokens(text, self.model).tokens

    def add(
        self, part: Part, tokens: int, *, method: Method | None = None, doubt: float = 0
    ) -> None:
        """Add tokens that may be off by `doubt` either way; by default as sure as the texts."""
        self.tally.constant(part, tokens, method or self.method, doubt)

    def between(self, part: Part, low: int, tokens: int, high: int, method: Method) -> None:
        """Add tokens that lie between two numbers."""
        self.tally.entries.append(Entry(part, tokens, tokens - low, high - tokens, method))

    def correct(self, part: Part, name: str, times: int = 1) -> None:
        """Add what `costplan calibrate` measured a constant to be off by, for each of its uses."""
        self.tally.constant(part, self.corrections.get(name, 0) * times, self.method)


@dataclass(slots=True)
class Passage:
    """Texts that the model reads as one, counted at its end and where a cached prefix ends."""

    counting: Counting
    part: Part
    opens: bool = True
    """Whether it opens a turn; if not it follows what stands before."""
    texts: list[str] = field(default_factory=list)
    _marked: tuple[int, int] | None = None
    """How many of the texts a cached prefix holds, and the tokens of all that stands beside."""

    def write(self, text: str, *, cached: bool = False) -> None:
        """Go on writing, and mark where a cached prefix ends."""
        self.texts.append(text)
        if cached:
            self.mark()

    def mark(self) -> None:
        """A cached prefix ends here: only the last one counts, so it is counted at the end."""
        self._marked = len(self.texts), self.counting.tally.tokens

    def close(self) -> None:
        """Add the texts, and what of them is a cached prefix."""
        if self._marked:
            texts, beside = self._marked
            self.counting.tally.cacheable = beside + self._tokens(texts)
        self.counting.add(self.part, self._tokens(len(self.texts)))

    def _tokens(self, texts: int) -> int:
        return self.counting.text("".join(self.texts[:texts]), follows=not self.opens)
