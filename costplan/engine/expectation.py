"""The exact expectation of a plan: means where it is linear, quadrature where it is not.

A quantity is a product of terms: level, growth, shares, sizes. A variable that stands in it once
and straight contributes its mean. One that stands in it twice, or in the number of turns, or
decides a tier, is integrated by Gauss quadrature; growth by its exact moments. Nothing is sampled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from costplan.engine.conversation import conversation, largest_prompt
from costplan.engine.distributions import Distribution, Floats, power_mean
from costplan.engine.model import Cell, Stream, Values, means, product

type Quantities = dict[tuple[int, str], Floats]
"""By tier and meter, the expected quantity in each month: shape (months,)."""

_NODES = 4096
"""Points of one product quadrature: 64 for one variable, 64 x 64 for two, 16 each for three."""
_TAIL = 1e-9
"""How far out a variable is followed to see whether it could reach a tier."""


def expected_quantities(
    stream: Stream, cell: Cell, variables: Mapping[str, Distribution]
) -> Quantities:
    """Expected use of one cell in each month, by tier and meter."""
    bent = nonlinear(stream, cell, variables)
    values, weights = _quadrature(variables, bent)
    level = product(stream.level, values) * product(cell.share, values)
    growth = _growth(stream, values, variables, integrated=stream.growth.variable in bent)
    use = conversation(cell.profile, cell.thresholds, values)
    return {
        key: (weights[:, None] * np.reshape(level * amount, (-1, 1)) * growth).sum(axis=0)
        * cell.weight
        for key, amount in use.items()
    }


def expected_volume(
    stream: Stream, weight: Floats, variables: Mapping[str, Distribution]
) -> Floats:
    """Expected conversations in each month where `weight` is their number at level 1."""
    counts = Counter(term.variable for term in stream.level if term.variable)
    bent = {name for name, count in counts.items() if count > 1}
    if stream.growth.variable in counts:
        bent.add(stream.growth.variable)
    values, weights = _quadrature(variables, bent)
    level = np.reshape(product(stream.level, values), (-1, 1))
    growth = _growth(stream, values, variables, integrated=stream.growth.variable in bent)
    return np.asarray((weights[:, None] * level * growth).sum(axis=0) * weight)


def nonlinear(stream: Stream, cell: Cell, variables: Mapping[str, Distribution]) -> set[str]:
    """The variables whose mean is not enough for this cell."""
    straight = [*stream.level, *cell.share, *cell.profile.terms()]
    counts = Counter(term.variable for term in straight if term.variable)
    bent = {name for name, count in counts.items() if count > 1}
    if cell.profile.turns.variable:
        bent.add(cell.profile.turns.variable)
    if stream.growth.variable in counts or stream.growth.variable in bent:
        bent.add(stream.growth.variable)
    sizes = {term.variable for term in cell.profile.terms() if term.variable}
    if cell.thresholds and sizes - bent and _may_cross(cell, variables, sizes):
        bent |= sizes
    return bent


def _may_cross(cell: Cell, variables: Mapping[str, Distribution], sizes: set[str]) -> bool:
    """Whether a variable can move a prompt over a tier's threshold, or back."""
    middle: Values = means(variables)
    ends = []
    for probability in (_TAIL, 1 - _TAIL):
        far = {name: float(variables[name].quantile(np.array([probability]))[0]) for name in sizes}
        ends.append(largest_prompt(cell.profile, {**middle, **far}))
    return any(min(ends) <= tier.tokens <= max(ends) for tier in cell.thresholds)


def _quadrature(
    variables: Mapping[str, Distribution], bent: set[str]
) -> tuple[dict[str, Floats | float], Floats]:
    """Every variable at its mean, but those in `bent` on the nodes of a product quadrature."""
    values: dict[str, Floats | float] = dict(means(variables))
    if not bent:
        return values, np.ones(1)
    names = sorted(bent)
    count = max(4, min(64, round(_NODES ** (1 / len(names)))))
    grids = [variables[name].nodes(count) for name in names]
    points = np.meshgrid(*(points for points, _ in grids), indexing="ij")
    weights = np.ones(1)
    for _, along in grids:
        weights = np.multiply.outer(weights, along).reshape(-1)
    values.update({name: grid.reshape(-1) for name, grid in zip(names, points, strict=True)})
    return values, weights


def _growth(
    stream: Stream,
    values: Values,
    variables: Mapping[str, Distribution],
    *,
    integrated: bool,
) -> Floats:
    """(1 + growth) to the power of each month: shape (nodes or 1, months)."""
    term = stream.growth
    if not term.variable or integrated:
        base = np.reshape(1 + np.asarray(term.at(values)), (-1, 1))
        return np.asarray(base**stream.exponents)
    distribution = variables[term.variable]
    return np.array([[power_mean(distribution, float(e)) for e in stream.exponents]])
