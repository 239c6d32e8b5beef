"""What the engine computes with: terms, sizes, profiles and cells. Numbers only, no names of files.

A workload is a set of cells. A cell is one model in one mode at one price, with the conversations
that fall on it each month; a profile is what one of them sends and receives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from costplan.engine.distributions import Distribution, Floats
from costplan.engine.hours import Arrivals
from costplan.engine.normal import quantiles
from costplan.engine.shapes import Shape

if TYPE_CHECKING:  # it is made of terms and sizes, so it comes after this module
    from costplan.engine.profile import Profile

type Values = Mapping[str, Floats | float]
"""The value of each variable: one number, or an array of draws or quadrature nodes."""

_ROUNDING = 1e-16
"""A chance below this changes no figure: not worth a line item."""
_CERTAIN = 37.0
"""With so many arrivals within a lifetime, the chance that there is none is below that."""


@dataclass(frozen=True, slots=True)
class Term:
    """A number, or one that a variable moves: `base + slope * variable`."""

    base: float = 0.0
    slope: float = 0.0
    variable: str = ""

    def at(self, values: Values) -> Floats | float:
        """Its value where the variables have these."""
        return self.base + self.slope * values[self.variable] if self.variable else self.base

    def __mul__(self, factor: float) -> Term:
        return Term(self.base * factor, self.slope * factor, self.variable)

    @property
    def complement(self) -> Term:
        """1 less this."""
        return Term(1 - self.base, -self.slope, self.variable)

    @property
    def is_zero(self) -> bool:
        """Whether it is nothing, whatever the variable."""
        return self.base == 0 and self.slope == 0


@dataclass(frozen=True, slots=True)
class Spread:
    """How a size differs between requests, as a ratio to its mean."""

    shape: Shape | None = None
    values: tuple[float, ...] = ()
    """Instead of a shape, observed sizes: resampled as they are."""

    def beyond(self, ratios: Floats, *, inclusive: bool) -> tuple[Floats, Floats]:
        """The share of requests beyond each ratio, and the part of the whole size they hold.

        P(R > r) and E[R; R > r], in closed form for a shape and exactly for observed values.
        """
        if self.shape is not None:
            return self.shape.beyond(0, ratios), self.shape.beyond(1, ratios)
        ordered, tails = _ranked(self.values)
        first = np.searchsorted(ordered, ratios, side="left" if inclusive else "right")
        return 1 - first / ordered.size, tails[first]

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and largest ratio worth a thought."""
        if self.shape is not None:
            return self.shape.ends
        ordered, _ = _ranked(self.values)
        return float(ordered[0]), float(ordered[-1])

    def strata(self, count: int) -> tuple[Floats, Floats]:
        """Ratios and weights of at most `count` equal parts, each at its own mean."""
        if self.shape is not None:
            return self.shape.strata(count)
        ordered, _ = _ranked(self.values)
        parts = np.array_split(ordered, min(count, ordered.size))
        weights = np.array([part.size for part in parts], dtype=np.float64) / ordered.size
        return np.array([part.mean() for part in parts]), weights

    def p90(self) -> float:
        """The ratio 90 % of requests stay under."""
        if self.shape is not None:
            return self.shape.p90()
        return float(quantiles(_ranked(self.values)[0], (0.9,))[0])


@lru_cache(maxsize=64)
def _ranked(values: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Observed sizes as ratios, in order, and what those from each on add to the mean."""
    ordered = np.sort(np.array(values, dtype=np.float64))
    ordered = ordered / ordered.mean()
    tails = np.concatenate((np.cumsum(ordered[::-1])[::-1], [0.0])) / ordered.size
    return ordered, tails


@dataclass(frozen=True, slots=True)
class Size:
    """Tokens: what is alike in all requests, and what is spread between them."""

    terms: tuple[Term, ...] = ()
    varied: tuple[Term, ...] = ()
    """The mean of the part that `spread` multiplies."""
    spread: Spread | None = None
    scale: tuple[Term, ...] = ()
    """What all of it is multiplied by: a scale that other sizes may share."""

    def at(self, values: Values) -> Floats | float:
        """The mean size where the variables have these values."""
        return self.fixed(values) + self.varying(values)

    def fixed(self, values: Values) -> Floats | float:
        """The part that is alike in all requests."""
        return self._scaled(self.terms, values)

    def varying(self, values: Values) -> Floats | float:
        """The mean of the part that is spread."""
        return self._scaled(self.varied, values)

    def _scaled(self, terms: tuple[Term, ...], values: Values) -> Floats | float:
        size: Floats | float = 0.0
        for term in terms:
            size = size + term.at(values)
        return size * product(self.scale, values) if self.scale else size

    @property
    def every(self) -> tuple[Term, ...]:
        """All its terms, and those they are multiplied by."""
        return (*self.terms, *self.varied, *self.scale)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a long-context tier begins, in tokens of one prompt."""

    tokens: float
    inclusive: bool = False
    refused: bool = False
    """Whether what is beyond is refused, and nobody pays for it: a model's context window."""

    def crossed(
        self, fixed: Floats | float, varying: Floats | float, spread: Spread | None
    ) -> tuple[Floats, Floats]:
        """The share of prompts that pay the tier, and the part of the varying size in them.

        Args:
            fixed: tokens of the prompt that are alike in all requests.
            varying: the mean of those that are spread.
            spread: how; None where all requests are alike.
        """
        if spread is None:
            prompt = np.asarray(fixed + varying)
            over = prompt >= self.tokens if self.inclusive else prompt > self.tokens
            share = over.astype(np.float64)
            return share, share
        room = np.asarray(self.tokens - fixed, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(np.asarray(varying) > 0, room / varying, np.inf)
        return spread.beyond(ratio, inclusive=self.inclusive)


@dataclass(frozen=True, slots=True, eq=False)
class FirstTurn:
    """The conversations of a cell whose first turn finds its prompt cached, or does not.

    With n conversations in a month, the one before came within the lifetime with the chance
    1 - exp(-n rate): arrivals are Poisson. More volume, more hits: so it is worked out for each
    draw, and averaged over what is not known; over the hours of the day too, where they differ.
    """

    rate: Floats
    """The cache's lifetime in units of the gap between arrivals, for n = 1: shape (months,)."""
    found: bool
    """Whether these are the ones that find it."""
    hours: Arrivals | None = None
    """How arrivals fall on the hours of a day; evenly where None."""

    def share(self, conversations: Floats) -> Floats:
        """The part of conversations, given at a weight of 1 and of shape (n, months)."""
        missed = self.missed(conversations)
        return 1 - missed if self.found else missed

    def missed(self, conversations: Floats) -> Floats:
        """The part of conversations whose first turn does not find its prompt: as `share`.

        Where it is nothing for all of them, of shape (1, 1).
        """
        if self.hours is not None:
            missed = self.hours.missed(conversations * self.rate)
        elif float(conversations.min()) * float(self.rate.min()) > _CERTAIN:
            return np.zeros((1, 1))
        else:
            missed = conversations * -self.rate
            np.exp(missed, out=missed)
        missed[missed < _ROUNDING] = 0.0
        return missed


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """Conversations of one workload on one model, in one mode, at one price."""

    profile: Profile
    weight: Floats
    """Conversations in each month at a level of 1 and no growth: shape (months,)."""
    share: tuple[Term, ...]
    """The product of these is the share of the workload's conversations that come here."""
    thresholds: tuple[Threshold, ...]
    rates: tuple[Mapping[str, float], ...]
    """For each tier, base first: money per single unit of each meter."""
    first_turn: FirstTurn | None = None
    """Only conversations whose first turn finds, or misses, its prompt; None for all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """One phase of growth: how much larger demand is in each month because of it."""

    rate: Term
    """By how much demand grows in one step."""
    steps: Floats
    """How many steps each month has seen: shape (months,)."""
    linear: bool = False
    """Whether each step adds the same amount, `1 + rate x steps`; else they compound."""

    @property
    def key(self) -> object:
        """Equal for phases that come to the same."""
        return self.rate, self.steps.tobytes(), self.linear

    def factors(self, values: Values) -> Floats:
        """What demand is multiplied by where the variables have these values.

        `(1 + rate)^steps`, or `1 + rate x steps` and never below nothing: shape (n or 1, months).
        """
        rate = np.reshape(np.asarray(self.rate.at(values), dtype=np.float64), (-1, 1))
        if self.linear:
            return np.maximum(1 + rate * self.steps, 0.0)
        return np.asarray((1 + rate) ** self.steps)


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """One workload: its level, its growth, and where its conversations go."""

    name: str
    level: tuple[Term, ...]
    """The product of these is the demand per period."""
    growth: tuple[Growth, ...]
    """Phases; demand is multiplied by what each of them comes to."""
    cells: tuple[Cell, ...]
    shock: float = 0.0
    """Log deviation of the level of its volume, which we do not know; the mean of it is one."""
    common_shock: float = 0.0
    """The same of what moves all volumes together: how much of it this one feels."""

    @property
    def growing(self) -> set[str]:
        """The variables that decide its growth."""
        return {phase.rate.variable for phase in self.growth if phase.rate.variable}


def product(terms: Sequence[Term], values: Values) -> Floats | float:
    """The product of terms where the variables have these values."""
    result: Floats | float = 1.0
    for term in terms:
        result = result * term.at(values)
    return result


class _Means(dict[str, "Floats | float"]):
    """Means by name, each worked out when it is first asked for: a cell needs few of them."""

    def __init__(self, variables: Mapping[str, Distribution]) -> None:
        super().__init__()
        self._variables = variables

    def __missing__(self, name: str) -> float:
        mean = self._variables[name].mean
        self[name] = mean
        return mean


def means(variables: Mapping[str, Distribution]) -> dict[str, Floats | float]:
    """The mean of every variable."""
    return _Means(variables)
