"""What a range says: the distribution of a number we do not know, from its 5th and 95th percentile.

`a to b` is lognormal where it is positive and Beta for a share, as in Squiggle
(squiggle-language.com) and Guesstimate; growth that may be negative is lognormal in 1 + growth.
Each gives its exact mean and moments, its quantiles for simulation, and the nodes of a Gauss
quadrature that integrates polynomials of it exactly: the three ways in which the engine uses a
range.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from costplan.engine.normal import normal_cdf, normal_quantile
from costplan.errors import UsageError

type Floats = NDArray[np.float64]

Z90, Z95 = 1.2815515655446004, 1.6448536269514722
"""The 90th and 95th percentile of the standard normal distribution."""


class Distribution(Hashable, Protocol):
    """A number we do not know. Equal ones hash alike, so what is worked out can be remembered."""

    @property
    def mean(self) -> float:
        """Its expected value."""

    def moment(self, order: int) -> float:
        """E[x^order]."""

    def compounded(self, exponent: float) -> float:
        """E[(1 + x)^exponent]: what growth x comes to on average."""

    def quantile(self, probability: Floats) -> Floats:
        """The values it stays under with these probabilities (each inside 0 and 1)."""

    def drawn(self, normals: Floats) -> Floats:
        """Its values where standard normal numbers are these: the quantiles of their ranks."""

    def nodes(self, count: int) -> tuple[Floats, Floats]:
        """Points and weights (which sum to 1) of the Gauss quadrature with `count` points."""


@dataclass(frozen=True, slots=True)
class Point:
    """A number that we take as known: an unknown pinned to one value."""

    value: float

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    def moment(self, order: int) -> float:
        """Its power."""
        return float(self.value**order)

    def compounded(self, exponent: float) -> float:
        """(1 + value)^exponent."""
        return float((1 + self.value) ** exponent)

    def quantile(self, probability: Floats) -> Floats:
        """The value, everywhere."""
        return np.full(np.shape(probability), self.value)

    def drawn(self, normals: Floats) -> Floats:
        """The value, everywhere."""
        return np.full(np.shape(normals), self.value)

    def nodes(self, count: int) -> tuple[Floats, Floats]:
        """One point of weight 1, however many are asked for."""
        del count
        return np.array([self.value]), np.ones(1)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """exp(mu + sigma z)."""

    mu: float
    sigma: float

    @property
    def mean(self) -> float:
        """exp(mu + sigma^2 / 2)."""
        return self.moment(1)

    def moment(self, order: float) -> float:
        """exp(k mu + k^2 sigma^2 / 2), whole or not.

        Raises:
            UsageError: it is beyond all numbers.
        """
        try:
            return math.exp(order * self.mu + (order * self.sigma) ** 2 / 2)
        except OverflowError:
            raise UsageError(
                "this range, compounded so often, has an expected value beyond all numbers: a few "
                "extreme cases decide it; narrow the range or shorten the plan"
            ) from None

    def compounded(self, exponent: float) -> float:
        """By the binomial theorem, from the moments."""
        return _binomial(self, exponent)

    def quantile(self, probability: Floats) -> Floats:
        """exp(mu + sigma z_p)."""
        return self.drawn(normal_quantile(probability))

    def drawn(self, normals: Floats) -> Floats:
        """exp(mu + sigma z)."""
        return np.exp(self.mu + self.sigma * normals)

    def excess(self, levels: Floats) -> Floats:
        """E[max(x - level, 0)] for each positive level."""
        z = (np.log(levels) - self.mu) / self.sigma
        return self.mean * normal_cdf(self.sigma - z) - levels * normal_cdf(-z)

    def nodes(self, count: int) -> tuple[Floats, Floats]:
        """Gauss-Hermite, scaled so that the mean is exact to the last digit."""
        z, weights = _hermite(count)
        points = np.exp(self.mu + self.sigma * z)
        return points * (self.mean / float(weights @ points)), weights

    # As a shape, how single requests differ: only its ratio R to its mean counts.

    def beyond(self, order: int, ratios: Floats) -> Floats:
        """E[R^order; R > r] for each ratio r, of order 0, 1 or 2."""
        held = normal_cdf(order * self.sigma - self._normal(ratios))
        return held if order < 2 else self._moment(order) * held

    def within(self, order: int, ratios: Floats) -> Floats:
        """E[R^order; R <= r] for each ratio r, to full precision where it is small."""
        return self._moment(order) * normal_cdf(self._normal(ratios) - order * self.sigma)

    def _moment(self, order: int) -> float:
        return math.exp((order**2 - order) * self.sigma**2 / 2)

    def _normal(self, ratios: Floats) -> Floats:
        """The standard normal variable that each ratio is made of."""
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (np.log(ratios) + self.sigma**2 / 2) / self.sigma
        return np.where(ratios <= 0, -np.inf, z)

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and largest ratio worth a thought: eight deviations out."""
        sigma = self.sigma
        return math.exp(-8 * sigma - sigma**2 / 2), math.exp(8 * sigma - sigma**2 / 2)

    def strata(self, count: int) -> tuple[Floats, Floats]:
        """The mean ratios of `count` equally likely parts, and their weights."""
        return _lognormal_strata(self.sigma, count)

    def p90(self) -> float:
        """The ratio 90 % of requests stay under."""
        return math.exp(Z90 * self.sigma - self.sigma**2 / 2)

    def at(self, probability: Floats) -> Floats:
        """The ratios that requests stay under with these probabilities."""
        return np.exp(self.sigma * normal_quantile(probability) - self.sigma**2 / 2)


@dataclass(frozen=True, slots=True)
class Change:
    """A relative change that may be negative: 1 + x is lognormal, so it never passes -100 %."""

    factor: Lognormal
    """The distribution of 1 + x."""

    @property
    def mean(self) -> float:
        """E[1 + x] - 1."""
        return self.factor.mean - 1

    def moment(self, order: int) -> float:
        """By the binomial theorem from the moments of 1 + x."""
        return math.fsum(
            math.comb(order, k) * self.factor.moment(k) * (-1) ** (order - k)
            for k in range(order + 1)
        )

    def compounded(self, exponent: float) -> float:
        """exp(e mu + e^2 sigma^2 / 2), whole or not."""
        return self.factor.moment(exponent)

    def quantile(self, probability: Floats) -> Floats:
        """The quantile of 1 + x, less 1."""
        return self.factor.quantile(probability) - 1

    def drawn(self, normals: Floats) -> Floats:
        """Those of 1 + x, less 1."""
        return self.factor.drawn(normals) - 1

    def nodes(self, count: int) -> tuple[Floats, Floats]:
        """Those of 1 + x, less 1."""
        points, weights = self.factor.nodes(count)
        return points - 1, weights


@dataclass(frozen=True, slots=True)
class Beta:
    """A share: density x^(a-1) (1-x)^(b-1) on 0 to 1."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """The mean, a / (a + b)."""
        return self.a / (self.a + self.b)

    def moment(self, order: int) -> float:
        """Product of (a + k) / (a + b + k)."""
        return math.prod((self.a + k) / (self.a + self.b + k) for k in range(order))

    def compounded(self, exponent: float) -> float:
        """By the binomial theorem, from the moments."""
        return _binomial(self, exponent)

    def quantile(self, probability: Floats) -> Floats:
        """By interpolation in a table of the cumulative distribution."""
        x, cumulative = _beta_table(self.a, self.b)
        return np.interp(probability, cumulative, x)

    def drawn(self, normals: Floats) -> Floats:
        """The quantiles of their ranks."""
        return self.quantile(normal_cdf(normals))

    def nodes(self, count: int) -> tuple[Floats, Floats]:
        """Gauss-Jacobi on 0 to 1; 32 points are exact for any power a share stands in, up to 63."""
        return _jacobi(min(count, 32), self.a, self.b)


def from_range(
    low: float, high: float, kind: Literal["positive", "share", "growth"]
) -> Distribution:
    """The distribution whose 5th and 95th percentiles are `low` and `high`.

    Args:
        low: the 5th percentile; positive but for growth, which lies above -1.
        high: the 95th percentile, above `low`.
        kind: `share` gives a Beta, `positive` a lognormal; `growth` too where `low` is positive,
            and else a lognormal of 1 + growth.
    """
    if kind == "share":
        return _beta_through(low, high)
    if kind == "growth" and low <= 0:
        return Change(_lognormal_through(1 + low, 1 + high))
    return _lognormal_through(low, high)


def _lognormal_through(low: float, high: float) -> Lognormal:
    spread = math.log(high / low) / (2 * Z95)
    return Lognormal((math.log(low) + math.log(high)) / 2, spread)


def lognormal_spread(mean: float, p90: float) -> Lognormal:
    """The lognormal with this mean and 90th percentile; of the two that fit, the narrower.

    From p90 / mean = exp(z sigma - sigma^2 / 2) with z = 1.2816: a quadratic in sigma.
    """
    sigma = Z90 - math.sqrt(max(0.0, Z90 * Z90 - 2 * math.log(p90 / mean)))
    return Lognormal(math.log(mean) - sigma * sigma / 2, sigma)


def _binomial(distribution: Distribution, exponent: float) -> float:
    """E[(1 + x)^exponent] from the moments of x; by quadrature where the exponent is not whole."""
    if exponent == int(exponent):
        n = int(exponent)
        return math.fsum(math.comb(n, k) * distribution.moment(k) for k in range(n + 1))
    points, weights = distribution.nodes(64)
    return float(weights @ (1 + points) ** exponent)


@lru_cache(maxsize=16)
def _hermite(count: int) -> tuple[Floats, Floats]:
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    return points, weights / weights.sum()


@lru_cache(maxsize=64)
def _lognormal_strata(sigma: float, count: int) -> tuple[Floats, Floats]:
    """The mean of each of `count` equally likely parts of a lognormal with mean one."""
    edges = normal_quantile(np.arange(1, count) / count)
    edges = np.concatenate(([-np.inf], edges, [np.inf]))
    inside = np.diff(normal_cdf(edges - sigma))
    return inside * count, np.full(count, 1 / count)


@lru_cache(maxsize=256)
def _jacobi(count: int, a: float, b: float) -> tuple[Floats, Floats]:
    """Golub and Welsch (1969): nodes are eigenvalues of the recurrence's tridiagonal matrix."""
    alpha, beta = b - 1, a - 1
    k = np.arange(count, dtype=np.float64)
    total = 2 * k + alpha + beta
    with np.errstate(invalid="ignore", divide="ignore"):
        diagonal = (beta**2 - alpha**2) / (total * (total + 2))
        square = 4 * k * (k + alpha) * (k + beta) * (k + alpha + beta) / (total**2 * (total**2 - 1))
    diagonal[0] = (beta - alpha) / (alpha + beta + 2)
    if count > 1:
        first = (alpha + 1) * (beta + 1)
        square[1] = 4 * first / ((alpha + beta + 2) ** 2 * (alpha + beta + 3))
    side = np.sqrt(square[1:])
    matrix = np.diag(diagonal) + np.diag(side, 1) + np.diag(side, -1)
    points, vectors = np.linalg.eigh(matrix)
    return (points + 1) / 2, vectors[0] ** 2


@lru_cache(maxsize=64)
def _beta_table(a: float, b: float) -> tuple[Floats, Floats]:
    """The distribution function on a grid of log-odds, as wide as the distribution needs."""
    reach = min(60.0, 14 * math.sqrt(1 / a + 1 / b + 1 / a**2 + 1 / b**2))
    logit = np.linspace(-reach, reach, 8001) + math.log(a / b)
    x = 1 / (1 + np.exp(-logit))
    log_density = -a * np.log1p(np.exp(-logit)) - b * np.log1p(np.exp(logit))
    density = np.exp(log_density - log_density.max())
    steps = (density[1:] + density[:-1]) / 2
    cumulative = np.concatenate(([0.0], np.cumsum(steps)))
    return x, cumulative / cumulative[-1]


@lru_cache(maxsize=256)
def _beta_through(low: float, high: float) -> Beta:
    """The Beta whose 5th and 95th percentiles these are, by Newton's method on (log a, log b)."""
    middle = (low + high) / 2
    deviation = (high - low) / (2 * Z95)
    strength = max(middle * (1 - middle) / deviation**2 - 1, 0.2)
    guess = np.log([middle * strength, (1 - middle) * strength])
    target = np.log([low / (1 - low), high / (1 - high)])

    def miss(point: Floats) -> Floats:
        a, b = (float(v) for v in np.exp(point))
        found = Beta(a, b).quantile(np.array([0.05, 0.95]))
        return np.asarray(np.log(found / (1 - found)) - target)

    for _ in range(60):
        error = miss(guess)
        if np.abs(error).max() < 1e-10:
            break
        slope = np.column_stack([(miss(guess + step) - error) / 1e-5 for step in np.eye(2) * 1e-5])
        move = np.linalg.solve(slope, error)
        guess = guess - move / max(1.0, float(np.abs(move).max()))
    a, b = (float(v) for v in np.exp(guess))
    return Beta(a, b)
