"""How often a later turn still finds what an earlier one left in a provider's cache.

A cached prefix is kept for its lifetime after its last use: every read starts the lifetime anew, as
[Anthropic](https://platform.claude.com/docs/en/build-with-claude/prompt-caching) and
[OpenAI](https://platform.openai.com/docs/guides/prompt-caching) do. So a turn finds it if the gap
since the turn before is no longer than that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.model import Term, Values
from costplan.engine.reuse import LognormalGaps


@dataclass(frozen=True, slots=True)
class Gaps:
    """How long the turns of a conversation lie apart, in seconds."""

    mean: Term
    sigma: float = 0.0
    """The log deviation of single gaps around the mean; 0 where all are alike."""
    values: tuple[float, ...] = ()
    """Instead of a mean, observed gaps."""

    def within(self, seconds: float, values: Values) -> Floats | float:
        """The share of gaps of at most so many seconds."""
        if self.values:
            return float(np.mean(np.array(self.values) <= seconds))
        mean = np.asarray(self.mean.at(values), dtype=np.float64)
        if not self.sigma:
            return np.asarray(mean <= seconds, dtype=np.float64)
        median = mean * math.exp(-(self.sigma**2) / 2)
        return LognormalGaps(median, self.sigma).within(np.array(seconds))


@dataclass(frozen=True, slots=True)
class Reuse:
    """The chance that a later turn finds what is cached: stated, or worked out from the gaps."""

    hits: Term | None = None
    gaps: Gaps | None = None
    seconds: float = 0.0
    """How long it is kept."""

    def chance(self, values: Values) -> Floats | float:
        """It, where the variables have these values."""
        if self.hits is not None:
            return self.hits.at(values)
        return self.gaps.within(self.seconds, values) if self.gaps else 1.0

    def terms(self) -> Iterator[Term]:
        """Every term in it."""
        if self.hits is not None:
            yield self.hits
        elif self.gaps is not None:
            yield self.gaps.mean
