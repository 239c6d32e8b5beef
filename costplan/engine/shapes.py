"""How single requests differ from their mean: shapes of a ratio R whose mean is one.

A size is its mean times R, so no choice of a shape moves a mean. The parameters are matched to the
mean and a percentile, or to the mean and the coefficient of variation; maximum likelihood would
match the mean of logarithms and leave the mean where it falls (35 % too high for the inputs of the
Azure code trace of 2023, 17 % too low for its outputs).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np

from costplan.engine.distributions import Floats, Lognormal
from costplan.engine.incomplete_gamma import gamma_quantile, lower_gamma, upper_gamma

type Family = Literal["lognormal", "gamma"]

_WIDEST, _NARROWEST = 4.0, 0.02
"""The coefficients of variation that are tried, before a cap: wider and narrower fit nothing."""
_FAR = 6e-16
"""The chance of what lies beyond eight standard deviations of a normal distribution."""
_LEAST = np.array([1e-3])
"""No cut leaves less than this part of a shape."""


class Shape(Protocol):
    """A distribution of ratios to the mean: gamma, one that is capped, or `Lognormal`."""

    def beyond(self, order: int, ratios: Floats) -> Floats:
        """E[R^order; R > r] for each ratio r, of order 0, 1 or 2."""

    def within(self, order: int, ratios: Floats) -> Floats:
        """E[R^order; R <= r] for each ratio r, to full precision where it is small."""

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and largest ratio worth a thought."""

    def strata(self, count: int) -> tuple[Floats, Floats]:
        """The means of `count` equally likely parts, and their weights."""

    def p90(self) -> float:
        """The ratio 90 % of requests stay under."""

    def at(self, probability: Floats) -> Floats:
        """The ratios that requests stay under with these probabilities."""


@dataclass(frozen=True, slots=True)
class Gamma:
    """Ratios of a gamma size: density proportional to r^(k-1) e^(-k r)."""

    k: float
    """The shape; the coefficient of variation is 1 / sqrt(k)."""

    def beyond(self, order: int, ratios: Floats) -> Floats:
        """Gamma(k + n) / (Gamma(k) k^n) times Q(k + n, k r)."""
        return self._moment(order) * upper_gamma(self.k + order, self.k * np.asarray(ratios))

    def within(self, order: int, ratios: Floats) -> Floats:
        """Gamma(k + n) / (Gamma(k) k^n) times P(k + n, k r)."""
        return self._moment(order) * lower_gamma(self.k + order, self.k * np.asarray(ratios))

    def _moment(self, order: int) -> float:
        return math.prod(self.k + n for n in range(order)) / self.k**order

    @property
    def ends(self) -> tuple[float, float]:
        """As far out as eight deviations of a normal distribution."""
        return _gamma_ends(self.k)

    def strata(self, count: int) -> tuple[Floats, Floats]:
        """From the partial expectation between quantiles."""
        return _strata(self, count)

    def p90(self) -> float:
        """The quantile at 90 %."""
        return float(self.at(np.array([0.9]))[0])

    def at(self, probability: Floats) -> Floats:
        """The quantile of a gamma variable over its mean, k."""
        return gamma_quantile(self.k, probability) / self.k


@dataclass(frozen=True, slots=True)
class Capped:
    """Ratios of sizes of which none is over a cap: the part of a shape below a cut.

    The chance of being below is P = E[X^0; X <= cut] of the whole shape X, and the mean there
    E[X; X <= cut] / P: ratios are to that mean. Below the cut of a wide gamma both may be tiny, so
    neither is what is left of 1.
    """

    whole: Lognormal | Gamma
    cut: float
    """As a ratio to the mean of the whole."""

    @property
    def _below(self) -> tuple[float, float]:
        """The chance of being below the cut, and the mean there."""
        spot = np.array([self.cut])
        chance = float(self.whole.within(0, spot)[0])
        return chance, float(self.whole.within(1, spot)[0]) / chance

    @property
    def cap(self) -> float:
        """The cap as a ratio to the mean."""
        return self.cut / self._below[1]

    def beyond(self, order: int, ratios: Floats) -> Floats:
        """What the whole has between the ratio and the cut, of what it has below the cut."""
        return np.maximum(self.within(order, np.array([self.cap])) - self.within(order, ratios), 0)

    def within(self, order: int, ratios: Floats) -> Floats:
        """What the whole has up to the ratio, of what it has below the cut."""
        chance, mean = self._below
        inside = np.minimum(np.asarray(ratios, dtype=np.float64) * mean, self.cut)
        return self.whole.within(order, inside) / (chance * mean**order)

    @property
    def ends(self) -> tuple[float, float]:
        """The whole's smallest, and the cap."""
        return min(self.whole.ends[0] / self._below[1], self.cap), self.cap

    def strata(self, count: int) -> tuple[Floats, Floats]:
        """From the partial expectation between quantiles."""
        return _strata(self, count)

    def p90(self) -> float:
        """The quantile at 90 %."""
        return float(self.at(np.array([0.9]))[0])

    def at(self, probability: Floats) -> Floats:
        """The whole's quantile at the same share of what is below the cut."""
        chance, mean = self._below
        return self.whole.at(np.asarray(probability) * chance) / mean


@lru_cache(maxsize=64)
def _gamma_ends(k: float) -> tuple[float, float]:
    low, high = gamma_quantile(k, np.array([_FAR, 1 - _FAR])) / k
    return float(low), float(high)


@lru_cache(maxsize=64)
def _strata(shape: Gamma | Capped, count: int) -> tuple[Floats, Floats]:
    edges = shape.at(np.arange(1, count) / count) if count > 1 else np.empty(0)
    held = np.concatenate(([0.0], shape.within(1, edges) if count > 1 else edges, [1.0]))
    return np.diff(held) * count, np.full(count, 1 / count)


@lru_cache(maxsize=256)
def fitted(
    family: Family, *, p90: float | None = None, cv: float | None = None, cap: float | None = None
) -> Shape | None:
    """The shape with this percentile or coefficient of variation; None where all are alike.

    Where two shapes of a family have the same percentile, the narrower is taken.

    Args:
        family: `lognormal` or `gamma`.
        p90: the 90th percentile as a ratio to the mean.
        cv: instead of it, the standard deviation as a ratio to the mean.
        cap: the largest size as a ratio to the mean; nothing is over it.

    Raises:
        ValueError: no shape of the family is so; says what the furthest one has.
    """
    target = p90 if p90 is not None else cv
    if target is None or (cap is not None and cap <= 1):
        raise ValueError("a spread has a p90 or a cv, and a largest size above its mean")
    if (cv == 0) or p90 == 1:
        return None
    measure = _deviation if p90 is None else _p90
    if cap is None and p90 is None:
        return _of_width(family, target)
    return _searched(family, cap, measure, target)


def _of_width(family: Family, cv: float) -> Lognormal | Gamma:
    """The shape with a coefficient of variation."""
    if family == "gamma":
        return Gamma(1 / cv**2)
    sigma = math.sqrt(math.log1p(cv**2))
    return Lognormal(-(sigma**2) / 2, sigma)


def _made(family: Family, width: float, cap: float | None) -> Shape | None:
    """The shape of a width, capped so that its cap is that many times its mean.

    None where there is none: what is left of a wide gamma below any cut has a mean near zero.
    """
    whole = _of_width(family, width)
    if cap is None or cap > whole.ends[1]:
        return whole
    least = float(whole.at(_LEAST)[0])
    if least >= cap or Capped(whole, least).cap >= cap:
        return None
    return Capped(whole, _root(lambda cut: Capped(whole, cut).cap - cap, least, cap))


def _p90(shape: Shape) -> float:
    return shape.p90()


def _deviation(shape: Shape) -> float:
    square = float(shape.beyond(2, np.zeros(1))[0])
    return math.sqrt(max(0.0, square - 1))


def _searched(
    family: Family, cap: float | None, measure: Callable[[Shape], float], target: float
) -> Shape:
    """The narrowest shape that measures the target: steps outwards, then between two of them."""
    furthest, last = 0.0, _NARROWEST / 10

    def miss(width: float) -> float:
        shape = _made(family, width, cap)
        return measure(shape) - target if shape else math.inf

    for width in map(float, np.geomspace(_NARROWEST, _WIDEST, 16)):
        shape = _made(family, width, cap)
        if shape is None:
            break
        found = measure(shape)
        if found >= target:
            made = _made(family, _root(miss, last, width), cap)
            if made is not None:
                return made
        last, furthest = width, max(furthest, found)
    raise ValueError(f"no {family} is so wide: the most is {furthest:.3g} times the mean")


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that is negative at `low` and not at `high` is zero.

    False position with the Illinois rule (Dowell and Jarratt, BIT 11, 1971), on logarithms.
    """
    a, b = math.log(low), math.log(high)
    fa, fb = function(low), function(high)
    side = 0
    for _ in range(100):
        if fa == fb or abs(b - a) < 1e-15:
            break
        x = (a * fb - b * fa) / (fb - fa)
        fx = function(math.exp(x))
        if abs(fx) < 1e-14 * high:
            return math.exp(x)
        if (fx > 0) == (fb > 0):
            b, fb = x, fx
            fa = fa / 2 if side > 0 else fa
            side = 1
        else:
            a, fa = x, fx
            fb = fb / 2 if side < 0 else fb
            side = -1
    return math.exp(b if abs(fb) < abs(fa) else a)
