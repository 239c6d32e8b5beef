"""What a conversation does beside question and answer: steps, limits of its history, its cache."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.gaps import Reuse
from costplan.engine.model import Size, Term, Values


@dataclass(frozen=True, slots=True)
class Loop:
    """The calls of one turn: every step but the last calls tools, the last one answers."""

    steps: Term = Term(1.0)
    """Calls in one turn; between two whole numbers, a mixture of turns of those two lengths."""
    survival: tuple[float, ...] = ()
    """Instead of `steps`, the part of turns in which each step takes place."""
    fan_out: Term = Term(1.0)
    """Tools called at once by a step."""
    calls: Size = Size()
    """Output that calls one tool."""
    results: Size = Size()
    """What one tool gives back, new input of the next step."""
    returned: tuple[tuple[Term, Size], ...] = ()
    """Sub-agents: how many the first step of each turn starts, and what each gives back."""

    def terms(self) -> Iterator[Term]:
        """Every term in it."""
        if not self.survival:
            yield self.steps
        yield self.fan_out
        for size in (self.calls, self.results):
            yield from size.every
        for count, size in self.returned:
            yield from (count, *size.every)

    def called(self, values: Values) -> Floats | float:
        """Output tokens of a step that calls tools."""
        return self.fan_out.at(values) * self.calls.at(values)

    def answered(self, values: Values) -> Floats | float:
        """Tokens that its tools give back."""
        return self.fan_out.at(values) * self.results.at(values)

    def given_back(self, values: Values) -> Floats | float:
        """Tokens that sub-agents give back to the second step of a turn."""
        return sum((count.at(values) * size.at(values) for count, size in self.returned), 0.0)

    def mean(self, values: Values) -> Floats | float:
        """Calls in one turn on average."""
        return math.fsum(self.survival) if self.survival else self.steps.at(values)

    def pairs(self, values: Values) -> Floats | float:
        """E[S (S - 1) / 2]: how often a step is sent again by later steps of its turn."""
        if self.survival:
            return math.fsum(part * before for before, part in enumerate(self.survival))
        steps = np.asarray(self.steps.at(values))
        whole = np.floor(steps)
        return np.asarray(whole * (whole - 1) / 2 + (steps - whole) * whole)

    def parts(self, values: Values) -> list[tuple[Floats | float, Floats | float]]:
        """For each step, the part of turns that make it, and the part for which it is the last."""
        made: list[Floats | float] = [*self.survival]
        if not made:
            steps = np.asarray(self.steps.at(values))
            made = [np.clip(steps - k, 0.0, 1.0) for k in range(math.ceil(steps.max()))]
        return [(part, part - after) for part, after in zip(made, [*made[1:], 0.0], strict=True)]


@dataclass(frozen=True, slots=True)
class History:
    """How much of what went before is sent again; one of its ways."""

    turns: int | None = None
    """That of the last so many turns."""
    window: Term | None = None
    """The last so many tokens."""
    above: Term | None = None
    """All of it, until a prompt would be longer than so many tokens: then it is summarised."""
    summary: Term = Term()
    """Tokens of the summary, which is written by a call of its own and sent instead."""

    def terms(self) -> Iterator[Term]:
        """Every term in it."""
        yield from (term for term in (self.window, self.above, self.summary) if term is not None)


@dataclass(frozen=True, slots=True)
class HistoryCache:
    """How the growing prefix is cached: each call reads what the one before it sent."""

    write: str
    """The meter of what is written: `input` where the provider writes for nothing."""
    later: Reuse = Reuse()
    """How often the first call of a later turn still finds it; later steps always do."""
    minimum: float = 0.0
    """Tokens under which a prompt is not cached."""

    def terms(self) -> Iterator[Term]:
        """Every term in it."""
        yield from self.later.terms()
