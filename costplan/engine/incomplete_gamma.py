"""The regularised incomplete gamma function, and its inverse.

P(a, x) by its power series where x < a + 1, and Q = 1 - P by its continued fraction (Lentz's
algorithm) elsewhere: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.5.29 and 6.5.31;
NIST Digital Library, dlmf.nist.gov/8.11 and dlmf.nist.gov/8.9.
"""

from __future__ import annotations

import math

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.normal import normal_quantile

_ENOUGH = 1e-17
"""A term this small, relative to the sum, no longer changes it."""
_MOST = 5_000
"""Terms at most; about 8 sqrt(a) are needed."""


def upper_gamma(a: float, x: Floats) -> Floats:
    """Q(a, x): the chance that a gamma variable of shape `a` and scale 1 is over each x.

    Accurate to about 1e-13 for shapes from 0.01 to 10,000.

    Args:
        a: the shape, above 0.
        x: any numbers; Q is 1 at 0 and below.
    """
    return _both(a, x)[1]


def lower_gamma(a: float, x: Floats) -> Floats:
    """P(a, x) = 1 - Q(a, x), to full precision where it is small; 0 at 0 and below."""
    return _both(a, x)[0]


def _both(a: float, x: Floats) -> tuple[Floats, Floats]:
    """P and Q = 1 - P, each to full precision where it is the smaller one."""
    x = np.asarray(x, dtype=np.float64)
    flat = np.clip(np.atleast_1d(x), 0.0, 1e300)
    below, above = np.zeros_like(flat), np.ones_like(flat)
    near, far = (flat > 0) & (flat < a + 1), flat >= a + 1
    below[near] = _series(a, flat[near])
    above[near] = 1 - below[near]
    above[far] = _fraction(a, flat[far])
    below[far] = 1 - above[far]
    return below.reshape(x.shape), above.reshape(x.shape)


def gamma_quantile(a: float, probability: Floats) -> Floats:
    """The x with P(a, x) = probability, each inside 0 and 1.

    Newton's method on log x inside a bracket, from Wilson and Hilferty's approximation (1931).
    """
    p = np.asarray(probability, dtype=np.float64)
    guess = a * (1 - 1 / (9 * a) + normal_quantile(p) / (3 * math.sqrt(a))) ** 3
    # P(a, x) is at most x^a / Gamma(a + 1), so x is at least this: near enough where x is small.
    least = (np.log(p) + math.lgamma(a + 1)) / a
    y = np.where(guess > 0.1 * a, np.log(np.maximum(guess, 1e-300)), least)
    low, high = least - 1e-9, np.full_like(p, math.log(a + 40 * math.sqrt(a) + 800))
    for _ in range(200):
        x = np.exp(y)
        below, above = _both(a, x)
        error = np.where(p < 0.5, below - p, (1 - p) - above)
        low, high = np.where(error < 0, y, low), np.where(error >= 0, y, high)
        slope = np.exp(a * y - x - math.lgamma(a))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            moved = y - error / slope
        inside = (moved > low) & (moved < high)
        moved = np.where(inside, moved, (low + high) / 2)
        settled = np.abs(moved - y).max() < 1e-15 * max(1.0, float(np.abs(y).max()))
        y = moved
        if settled:
            break
    return np.exp(y)


def _series(a: float, x: Floats) -> Floats:
    """P(a, x) = x^a e^-x / Gamma(a + 1) x (1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + ...)."""
    term = np.ones_like(x)
    total = np.ones_like(x)
    for n in range(1, _MOST):
        term = term * x / (a + n)
        total += term
        if not term.size or float((term / total).max()) < _ENOUGH:
            break
    return np.exp(a * np.log(x) - x - math.lgamma(a + 1)) * total


def _fraction(a: float, x: Floats) -> Floats:
    """Q(a, x) = x^a e^-x / Gamma(a) x 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - ...))."""
    tiny = 1e-300
    b = x + 1 - a
    c = np.full_like(x, 1 / tiny)
    d = 1 / b
    h = d.copy()
    for n in range(1, _MOST):
        step = -n * (n - a)
        b = b + 2
        d = step * d + b
        d = 1 / np.where(np.abs(d) < tiny, tiny, d)
        c = b + step / c
        c = np.where(np.abs(c) < tiny, tiny, c)
        h *= d * c
        if not h.size or float(np.abs(d * c - 1).max()) < 1e-15:
            break
    return np.exp(a * np.log(x) - x - math.lgamma(a)) * h
