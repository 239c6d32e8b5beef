"""How often a prefix is still in a provider's cache: gaps between uses against its lifetime.

A cache keeps a prefix for a lifetime T. Where each use starts it anew (refresh), a use finds the
prefix if the one before came within T: with the chance F(T), F being the distribution of the gap
between two uses. Where T counts from the write, the uses found by one write are those within T of
it: their expected number is the renewal function M(T), and M / (1 + M) of all uses are found.
F may stay below 1: what is left of it is prefixes that are never used again.

In a steady state as many uses are followed by another within T as are preceded by one, so gaps may
be counted forwards, as logs have them. (Poisson arrivals with a refreshed lifetime are the
characteristic-time model of Che, Tung and Wang, Hierarchical Web caching systems, 2002, with a
time that the provider states; the renewal function is in Cox, Renewal Theory, 1962.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from costplan.engine.distributions import Z90, Floats
from costplan.engine.normal import normal_cdf

_STEPS = 1_024
"""Parts a lifetime is cut into to count the renewals within it."""


class Gaps(Protocol):
    """The time from one use of a prefix to the next, in seconds."""

    def within(self, seconds: Floats) -> Floats:
        """F: the chance that the next use comes within so many seconds, for each of them."""

    def area(self, seconds: Floats) -> Floats:
        """The integral of F from 0 to each number of seconds."""


@dataclass(frozen=True, slots=True)
class PoissonGaps:
    """Uses that know nothing of each other: exponential gaps."""

    rate: float
    """Uses of the prefix per second; 0 for one that is not used again."""

    def within(self, seconds: Floats) -> Floats:
        """1 - exp(-rate t)."""
        return -np.expm1(-self.rate * np.asarray(seconds, dtype=np.float64))

    def area(self, seconds: Floats) -> Floats:
        """By integration: t - (1 - exp(-rate t)) / rate."""
        t = np.asarray(seconds, dtype=np.float64)
        return t - self.within(t) / self.rate if self.rate else np.zeros_like(t)


@dataclass(frozen=True, slots=True)
class LognormalGaps:
    """Gaps of people between the turns of a conversation: most are short, a few are long."""

    median: Floats | float
    """Seconds; half of the gaps are shorter."""
    sigma: float
    """The standard deviation of the logarithm."""
    returns: float = 1.0
    """The share of uses that are followed by another at all."""

    @classmethod
    def from_percentiles(cls, median: float, p90: float, *, returns: float = 1.0) -> LognormalGaps:
        """From the seconds that half, and nine of ten, of the gaps stay under."""
        return cls(median, math.log(p90 / median) / Z90, returns)

    def within(self, seconds: Floats) -> Floats:
        """The share that returns, times Phi(ln(t / median) / sigma)."""
        return self.returns * normal_cdf(self._z(seconds))

    def area(self, seconds: Floats) -> Floats:
        """The share that returns, times E[max(t - gap, 0)]."""
        t, z = np.asarray(seconds, dtype=np.float64), self._z(seconds)
        mean = self.median * math.exp(self.sigma**2 / 2)
        return self.returns * (t * normal_cdf(z) - mean * normal_cdf(z - self.sigma))

    def _z(self, seconds: Floats) -> Floats:
        ratio = np.asarray(seconds, dtype=np.float64) / self.median
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(ratio) / self.sigma)


@dataclass(frozen=True, slots=True, eq=False)
class ObservedGaps:
    """Gaps as a log has them: a staircase. Beyond the longest one, nothing is claimed."""

    gaps: Floats
    """Seconds, rising."""
    chances: Floats
    """F at each of them."""

    @classmethod
    def from_uses(cls, gaps: ArrayLike, used_again: ArrayLike, weights: ArrayLike) -> ObservedGaps:
        """The product-limit estimate (Kaplan and Meier, 1958) of F.

        A log ends before everything that will be used again has been: its last uses are only known
        not to have been followed for as long as the log went on. Leaving them out would call gaps
        too short, counting them as never used again too few; the estimate does neither.

        Args:
            gaps: seconds from each use to the next, or to the end of the log.
            used_again: whether the next use came before the end.
            weights: how much each use counts, such as its tokens.
        """
        length, again = np.asarray(gaps, dtype=np.float64), np.asarray(used_again, dtype=bool)
        order = np.lexsort((~again, length))  # of equal length, those used again first
        length, again = length[order], again[order]
        weight = np.asarray(weights, dtype=np.float64)[order]
        left = np.cumsum(weight[::-1])[::-1]
        missed = np.cumprod(1 - np.where(again & (left > 0), weight / np.maximum(left, 1e-300), 0))
        return cls(length, 1 - missed)

    def within(self, seconds: Floats) -> Floats:
        """The estimate at each number of seconds."""
        steps = np.concatenate(([0.0], self.chances))
        return np.asarray(steps[np.searchsorted(self.gaps, seconds, side="right")])

    def area(self, seconds: Floats) -> Floats:
        """The area under the staircase."""
        t = np.asarray(seconds, dtype=np.float64)
        rises = np.diff(self.chances, prepend=0.0)
        k = np.searchsorted(self.gaps, t, side="right")
        height = np.concatenate(([0.0], np.cumsum(rises)))[k]
        moment = np.concatenate(([0.0], np.cumsum(rises * self.gaps)))[k]
        return np.asarray(height * t - moment)


def found_within(lifetime: float, gaps: Gaps, *, refreshed: bool = True) -> float:
    """The share of uses that find their prefix cached, in the long run.

    Args:
        lifetime: seconds a prefix is kept.
        gaps: between the uses of one prefix.
        refreshed: whether every use starts the lifetime anew; else it counts from the write.
    """
    if refreshed:
        return float(gaps.within(np.array(lifetime)))
    if isinstance(gaps, PoissonGaps):
        following = gaps.rate * lifetime
    else:
        following = _renewals(gaps.within, lifetime)
    return following / (1 + following)


def found_since(
    lifetime: float, gaps: Gaps, start: float, end: float, *, cold_at: float = 0.0
) -> float:
    """The share of the uses in a stretch of time that find their prefix, after a cold start.

    Nothing was used before `cold_at`: a use t seconds later finds its prefix if the one before
    came within T and within t. The mean of F(min(T, t)) over the stretch; refreshed on use.

    Args:
        lifetime: seconds a prefix is kept.
        gaps: between the uses of one prefix, in the long run.
        start: where the stretch begins, in seconds.
        end: where it ends, later than `start`.
        cold_at: when the cache was empty, not later than `start`.
    """
    edges = np.clip(np.array([start, end]) - cold_at, 0.0, lifetime)
    rising = float(np.diff(gaps.area(edges))[0])
    full = end - max(start, cold_at + lifetime)
    steady = found_within(lifetime, gaps) * full if full > 0 else 0.0
    return (rising + steady) / (end - start)


def found_among(
    lifetime: float, rates: Floats, *, size: Floats | float = 1.0, refreshed: bool = True
) -> float:
    """The share of uses that find their prefix, where some prefixes are used more than others.

    A popular prefix is nearly always found, a rare one nearly never; each counts as often as it is
    used. Splitting a stream of uses over n caches divides its rates by n.

    Args:
        lifetime: seconds a prefix is kept.
        rates: uses per second of each prefix, which come independently of each other.
        size: tokens of each prefix, where tokens are counted and not uses.
        refreshed: as in `found_within`.
    """
    expected = np.asarray(rates, dtype=np.float64) * lifetime
    found = -np.expm1(-expected) if refreshed else expected / (1 + expected)
    weight = rates * size
    return float((found * weight).sum() / weight.sum())


def zipf_rates(rate: float, prefixes: int, exponent: float) -> Floats:
    """How often each of some prefixes is used where the k-th most used has 1 / k^exponent.

    Args:
        rate: uses per second of all of them together.
        prefixes: how many there are.
        exponent: 0 where all are used alike; near 1 for what people ask for on the web (Breslau
            and others, Web caching and Zipf-like distributions, 1999: 0.64 to 0.83).
    """
    parts = np.arange(1, prefixes + 1, dtype=np.float64) ** -exponent
    return rate * parts / parts.sum()


def break_even_hits(write: float, read: float, fresh: float = 1.0) -> float:
    """The share that must be found for caching to cost as much as none: (w - i) / (w - r).

    h reads and 1 - h writes cost h r + (1 - h) w, against i for plain input. 0.217 for the
    multipliers 1.25 and 0.1, 0.526 for 2 and 0.1; free writes always pay.

    Args:
        write: what is paid for a token that is written.
        read: for one that is found.
        fresh: for one of plain input.

    Returns:
        A share; infinity where no share is enough.
    """
    if write <= fresh and read <= fresh:
        return 0.0
    return (write - fresh) / (write - read) if read < fresh else math.inf


def _renewals(within: Callable[[Floats], Floats], lifetime: float) -> float:
    """M(T): how many uses follow a write within the lifetime, M(t) = F(t) + int F(t - s) dM(s).

    Solved step by step, with F taken at the middle of each step (Xie, On the solution of
    renewal-type integral equations, 1989).
    """
    ends = within(np.linspace(0.0, lifetime, _STEPS + 1)[1:])
    middles = within(np.linspace(0.0, lifetime, 2 * _STEPS + 1)[1::2])
    renewed, last = np.zeros(_STEPS), 0.0
    for i in range(_STEPS):
        earlier = float(renewed[:i] @ middles[i:0:-1])
        total = (float(ends[i]) + earlier - float(middles[0]) * last) / (1 - float(middles[0]))
        renewed[i], last = total - last, total
    return last


@dataclass(frozen=True, slots=True)
class CacheSaving:
    """What caching comes to for one workload on one model over the whole plan, expected."""

    workload: str
    model: str
    read: float
    """Tokens found in the cache."""
    written: float
    """Tokens written to it at a price of their own; free writes are not told apart."""
    paid: Decimal
    """For those tokens, in the currency of the plan."""
    without: Decimal
    """What they would cost as plain input."""
    break_even: float
    """The share found at which both are alike, at the same prices."""

    @property
    def share(self) -> float:
        """The share of cached tokens that is found; 1 where writes cost nothing extra."""
        return self.read / (self.read + self.written)

    @property
    def saved(self) -> Decimal:
        """Against no caching; negative is a loss."""
        return self.without - self.paid

    @property
    def loses(self) -> bool:
        """Whether it costs more than none, binary residue aside."""
        return self.saved < -self.without * Decimal("1e-12")
