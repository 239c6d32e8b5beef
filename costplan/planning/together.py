"""The size of a request that is made of several parts, some of them spread between requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.model import Size, Spread, Term, Values

_PARTS = 64
"""A spread of several is made of at most this many values of each: 64 x 64 combinations."""


def together(parts: Sequence[Size], middle: Values) -> Size:
    """The sum of sizes that differ between requests independently of each other.

    The mean is the exact sum of the means. How the sum is spread is exact for one spread part, and
    for two of observed sizes of up to 64 requests each; beyond that, each part counts with 64
    equally likely values, every one the mean of those it stands for. Where the mean of a spread
    part is a range, its weight among the parts is the one at the middle of the plan.

    Args:
        parts: sizes, in any order.
        middle: the mean of every variable.
    """
    spreads = [(float(part.varying(middle)), part.spread) for part in parts]
    return Size(
        tuple(term for part in parts for term in part.terms),
        tuple(term for part in parts for term in part.varied),
        _sum([(mean, spread) for mean, spread in spreads if spread is not None]),
        _common_scale(parts),
    )


def alike(*sizes: Size) -> Size:
    """The sum of sizes, each at its mean."""
    return Size(
        tuple(term for size in sizes for term in (*size.terms, *size.varied)),
        scale=_common_scale(sizes),
    )


def _common_scale(sizes: Sequence[Size]) -> tuple[Term, ...]:
    """What all of them are multiplied by; sizes of nothing are multiplied by anything."""
    scales = {size.scale for size in sizes if size.terms or size.varied}
    if len(scales) > 1:
        raise AssertionError
    return next(iter(scales), ())


def times(size: Size, factor: float) -> Size:
    """A size so many times as large, in every request."""
    if factor == 1:
        return size
    return replace(
        size,
        terms=tuple(term * factor for term in size.terms),
        varied=tuple(term * factor for term in size.varied),
    )


def observed(values: Sequence[float]) -> Size:
    """The size that these requests had: one number where all are alike."""
    mean = Term(sum(values) / len(values))
    if mean.is_zero or len(set(values)) == 1:
        return Size((mean,))
    return Size((), (mean,), Spread(values=tuple(values)))


def _sum(parts: Sequence[tuple[float, Spread]]) -> Spread | None:
    """The spread of a sum of independent sizes, each given by its mean and spread."""
    if len(parts) < 2:
        return parts[0][1] if parts else None
    sizes = _equally_likely(*parts[0])
    for mean, spread in parts[1:]:
        sizes = np.add.outer(_reduced(sizes), _equally_likely(mean, spread)).ravel()
    return Spread(values=tuple(sizes.tolist()))


def _equally_likely(mean: float, spread: Spread) -> Floats:
    """Sizes that stand for a spread one: as observed where they are few."""
    if spread.shape is not None:
        return spread.strata(_PARTS)[0] * mean
    sizes = np.array(spread.values)
    return _reduced(sizes * (mean / sizes.mean()))


def _reduced(sizes: Floats) -> Floats:
    """At most so many sizes with the same mean: those of equal parts of them in their order."""
    if sizes.size <= _PARTS:
        return sizes
    sums = np.concatenate(([0.0], np.cumsum(np.sort(sizes))))
    edges = np.linspace(0, sizes.size, _PARTS + 1)
    parts: Floats = np.diff(np.interp(edges, np.arange(sizes.size + 1), sums))
    return parts * (_PARTS / sizes.size)
