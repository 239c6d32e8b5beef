"""What one conversation on one model sends and receives, and how it is cached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from costplan.engine.distributions import Floats
from costplan.engine.gaps import Reuse
from costplan.engine.loop import History, HistoryCache, Loop
from costplan.engine.model import Size, Term, Threshold, Values


@dataclass(frozen=True, slots=True)
class CacheUse:
    """How a prompt cache is used."""

    write: str
    """The meter of what is written: `input` where the provider writes for nothing."""
    hits: Term | None = None
    """Share of calls that find the prefix; None where `first_hit` decides."""
    first_hit: bool = False
    """Whether the first turn finds it; later turns do."""
    later: Reuse | None = None
    """How often a later turn comes within its lifetime; None where it always does."""


@dataclass(frozen=True, slots=True)
class CacheSplit:
    """Shares of everything sent that are read from, and written to, a cache."""

    read: Term
    write: Term
    meter: str
    """The meter of what is written."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What each turn uses of a meter that is not text: seconds, searches, pictures made."""

    meter: str
    size: Size
    """Of one of them."""
    count: Term = Term(1.0)
    """How many with each turn."""
    in_prompt: bool = False
    """Whether its tokens are part of the prompt, which decides tiers."""
    again: str = ""
    """The meter on which every later turn sends it again; empty where none does."""
    cached: str = ""
    """The meter of what `Profile.split` reads of it from a cache; empty where nothing is."""
    least: float = 0.0
    """The least quantity that is billed of one of them."""
    each_call: bool = False
    """Whether every call of a turn uses it, not the turn once; none of it is sent again."""

    def each(self, values: Values) -> Floats | float:
        """The quantity billed with each turn; `least` is integrated over the spread."""
        if not self.least:
            return self.count.at(values) * self.size.at(values)
        fixed, varying = self.size.fixed(values), self.size.varying(values)
        share, held = Threshold(self.least).crossed(fixed, varying, self.size.spread)
        part = held if self.size.spread else share
        billed = fixed * share + varying * part + self.least * (1 - share)
        return self.count.at(values) * billed

    @property
    def every(self) -> tuple[Term, ...]:
        """All its terms."""
        return (*self.size.every, self.count)


@dataclass(frozen=True, slots=True)
class Profile:
    """One conversation on one model."""

    prefix: Size = Size()
    """Sent with every turn and not cached."""
    cached: Size = Size()
    """Sent with every turn from the cache, as `cache` says."""
    input: Size = Size()
    """New with each turn, and sent again with the later ones."""
    images: Size = Size()
    """Image tokens new with each turn, where they have a price of their own."""
    output: Size = Size()
    reasoning: Size = Size()
    """Billed as output, with each call."""
    kept: Size = Size()
    """Reasoning that stays in the context, and is sent again as output is; it is that of
    `reasoning`, or of an amount where it has a price of its own."""
    amounts: tuple[Amount, ...] = ()
    """What else each turn uses, by meter."""
    turns: Term = Term(1.0)
    survival: tuple[float, ...] = ()
    """Instead of `turns`, the expected part of each turn that takes place: an average over an
    uncertain number of turns."""
    loop: Loop | None = None
    """The calls that a turn makes; None for one."""
    history: History | None = None
    """How much of the earlier turns is sent again; None for all of it."""
    cache: CacheUse | None = None
    grown: HistoryCache | None = None
    """How the earlier turns are cached; None where they are not."""
    split: CacheSplit | None = None
    unanswered: bool = False
    """Whether nothing is paid of what it writes: a call that broke off."""
    flat: str = ""
    """A meter of which each conversation uses exactly 1: a seat."""

    @property
    def variables(self) -> set[str]:
        """The variables that one conversation depends on."""
        turns = () if self.survival else (self.turns,)
        return {term.variable for term in (*self.terms(), *turns) if term.variable}

    def terms(self) -> Iterator[Term]:
        """Every term in it but `turns`."""
        for size in (
            self.prefix, self.cached, self.input, self.images, self.output, self.reasoning
        ):  # fmt: skip
            yield from size.every
        for amount in self.amounts:
            yield from amount.every
        if self.cache and self.cache.hits:
            yield self.cache.hits
        if self.cache and self.cache.later:
            yield from self.cache.later.terms()
        for part in (self.loop, self.history, self.grown):
            if part is not None:
                yield from part.terms()
        if self.split:
            yield from (self.split.read, self.split.write)

    @property
    def calls(self) -> tuple[Term, ...]:
        """API calls on average, as factors; calls that write summaries are left out."""
        return (self.turns, self.loop.steps) if self.loop else (self.turns,)

    @property
    def curved(self) -> set[str]:
        """The variables, `turns` aside, that do not stand in it straight: a mean is not enough."""
        found: set[str] = set()
        if self.loop and not self.loop.survival:
            found.add(self.loop.steps.variable)
        for later in (self.cache and self.cache.later, self.grown and self.grown.later):
            if later and later.gaps:
                found.add(later.gaps.mean.variable)
        return found - {""}

    @property
    def jumping(self) -> set[str]:
        """The variables that decide at one point whether a cache is found: gaps that are alike."""
        laters = (self.cache and self.cache.later, self.grown and self.grown.later)
        gaps = [later.gaps for later in laters if later and later.gaps]
        return {gap.mean.variable for gap in gaps if not gap.sigma} - {""}

    @property
    def in_prompts(self) -> set[str]:
        """The variables that decide how long prompts are, `turns` aside."""
        sizes = (self.prefix, self.cached, self.input, self.images, self.output, self.kept)
        terms = [term for size in sizes for term in size.every]
        for amount in self.amounts:
            if amount.in_prompt or amount.again:
                terms += amount.every
        for part in (self.loop, self.history):
            if part is not None:
                terms += part.terms()
        return {term.variable for term in terms if term.variable}

    @property
    def is_bounded(self) -> bool:
        """Whether how much is sent again depends on how much there is: limits in tokens."""
        return self.history is not None and self.history.turns is None
