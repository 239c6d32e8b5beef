"""What moves a plan: each unknown from its P10 to its P90, and its share of the variance.

An unknown is a range of the scenario, or the level of the volumes: of all together, and of each
workload. The cost expected with one of them at a value, everything else averaged, is the
conditional expectation E[Y | X = x], and it is exact: the plan is projected with that range at that
value. Its variance as a share of the whole variance is the first-order Sobol index,

    S = Var(E[Y | X]) / Var(Y)

(Sobol, Sensitivity estimates for nonlinear mathematical models, 1993). What the shares leave of
100 % comes from unknowns that move the cost together: interactions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

import numpy as np

from costplan.decisions.compare import settled
from costplan.engine.distributions import Z90, Floats
from costplan.engine.ledger import Dimension, as_decimal
from costplan.engine.projection import Projection, Range
from costplan.engine.simulation import Simulation
from costplan.planning import CompiledPlan

_NODES = 5
"""Points of the Gauss quadrature over one range: exact for costs of degree 4 in it."""
_ENDS = np.array([0.1, 0.9])

type Kind = Literal["range", "volume"]


@dataclass(frozen=True, slots=True)
class End:
    """The plan with one unknown at its P10 or P90, everything else averaged."""

    value: Decimal
    """Of the unknown; of a volume, what the expected one is multiplied by."""
    expected: Decimal
    """What the horizon is expected to cost then."""
    by: Mapping[str, Decimal] = field(default_factory=dict)
    """The same by model, workload, owner or meter, where it was asked for."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one unknown does to the total."""

    name: str
    kind: Kind
    low: End
    """At its P10."""
    high: End
    """At its P90."""
    share: float | None
    """Of the variance of the total, 0 to 1; None where nothing varies."""
    is_share: bool = False
    """Whether its values are written in percent."""

    @property
    def swing(self) -> Decimal:
        """How far apart the two ends are."""
        return abs(self.high.expected - self.low.expected)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Every unknown of a plan, the one with the largest swing first."""

    plan: Projection
    effects: tuple[Effect, ...]
    interactions: float | None
    """The share of the variance that no unknown makes alone."""
    deviation: float
    """The standard deviation of the total."""
    by: Dimension | None = None
    billed: Decimal | None = None
    """What is expected to be billed, where contracts or free allowances change it; the rest is at
    list prices."""


def sensitivity(
    compiled: CompiledPlan, *, draws: int = 4096, seed: int = 0, by: Dimension | None = None
) -> Sensitivity:
    """What each unknown of a plan does to the cost of its horizon, at list prices.

    A bill is not the sum of what its parts cost: a level of volume does not multiply it, and its
    variance cannot be shared out. So contracts are left aside, and what they come to is told.

    Args:
        compiled: the plan.
        draws: how many the joint effect of ranges is measured by.
        seed: of the draws.
        by: also what each unknown does to every model, workload, owner or meter.
    """
    plan = compiled.project(draws=draws, seed=seed)
    billed = None
    if plan.billing is not None:
        billed = plan.horizon.expected
        plan = compiled.project(draws=draws, seed=seed, listed=True)
    levels = VolumeLevels.of(compiled)
    ranges = [_range_effect(compiled, known, by) for known in plan.ranges]
    volumes = list(_volume_effects(levels, plan, by))
    alone = sum(variance for _, variance in ranges)
    together = _variance(plan, levels, alone)
    effects = [
        replace(effect, share=variance / together if together else None)
        for effect, variance in (*ranges, *volumes)
    ]
    effects.sort(key=lambda effect: (-effect.swing, effect.name))
    alone += sum(variance for _, variance in volumes)
    rest = max(0.0, 1 - alone / together) if together else None
    return Sensitivity(plan, tuple(effects), rest, math.sqrt(together), by, billed)


def _range_effect(
    compiled: CompiledPlan, known: Range, by: Dimension | None
) -> tuple[Effect, float]:
    """A range, and the variance that it makes alone."""
    distribution = compiled.unknowns[known.variable]
    ends = [_end(compiled, known, value, by) for value in map(float, distribution.quantile(_ENDS))]
    points, weights = distribution.nodes(_NODES)
    costs = np.array([float(_expected(compiled, known, float(x))) for x in points])
    variance = float(weights @ (costs - weights @ costs) ** 2)
    return Effect(known.name, "range", ends[0], ends[1], None, known.is_share), variance


def _end(compiled: CompiledPlan, known: Range, value: float, by: Dimension | None) -> End:
    """The plan with one range at a value."""
    at = as_decimal(value * known.part)
    if by is None:
        return End(at, settled(_expected(compiled, known, value)))
    plan = compiled.project(draws=1, pins={known.variable: value}, listed=True)
    return End(at, settled(plan.horizon.expected), dict(plan.by(by)))


def _expected(compiled: CompiledPlan, known: Range, value: float) -> Decimal:
    """What the horizon is expected to cost with one range at a value."""
    ledger = compiled.ledger({known.variable: value})
    return ledger.expected(list(compiled.compiler.scenario.workloads), range(len(ledger.months)))


@dataclass(frozen=True, slots=True)
class VolumeLevels:
    """How unsure volumes are: log deviations of levels that multiply cost and have mean one."""

    common: float
    own: Mapping[str, float]
    """By workload."""

    @classmethod
    def of(cls, compiled: CompiledPlan) -> VolumeLevels:
        """Those of a plan."""
        own = {priced.stream.name: priced.stream.shock for priced in compiled.streams}
        return cls(compiled.compiler.scenario.uncertainty.common, own)

    def each(self) -> Iterator[tuple[str, float, tuple[str, ...]]]:
        """What is unsure: its name, its log deviation, and the workloads it multiplies."""
        every = [("volume of all workloads", self.common, tuple(self.own))]
        every += [(f"volume of {name}", own, (name,)) for name, own in self.own.items()]
        return (known for known in every if known[1])


def level_ends(deviation: float) -> tuple[float, float]:
    """The P10 and P90 of a level of mean one."""
    low, high = (math.exp(z * deviation - deviation**2 / 2) for z in (-Z90, Z90))
    return low, high


def _volume_effects(
    levels: VolumeLevels, plan: Projection, by: Dimension | None
) -> Iterator[tuple[Effect, float]]:
    """The level of all volumes together and of each workload, with the variance each makes.

    A level multiplies cost, so its effect is exact without another projection.
    """
    cost = {name: float(amount) for name, amount in plan.by("workload")}
    for name, deviation, workloads in levels.each():
        low, high = (_scaled(plan, workloads, level, by) for level in level_ends(deviation))
        moved = sum(cost[each] for each in workloads)
        yield Effect(name, "volume", low, high, None), math.expm1(deviation**2) * moved**2


def _scaled(plan: Projection, workloads: Sequence[str], factor: float, by: Dimension | None) -> End:
    """The plan with the cost of some workloads times a factor."""
    level = as_decimal(factor)
    total = Decimal(0)
    parts: dict[str, Decimal] = {}
    for item in plan.line_items:
        cost = item.cost * level if item.workload in workloads else item.cost
        total += cost
        if by:
            name = getattr(item, by)
            parts[name] = parts.get(name, Decimal(0)) + cost
    return End(level, settled(total), parts)


def _variance(plan: Projection, levels: VolumeLevels, alone: float) -> float:
    """The variance of the total: of the ranges from draws, of the levels in closed form.

    With levels C of all and L of each workload w, independent and of mean one, and A what a
    workload costs given the ranges, the total is C (sum of L A), so that

        E[total^2] = (1 + Var C) (sum over v, w of E[A A'] + sum over w of Var L E[A^2])

    Args:
        plan: the plan with its draws.
        levels: how unsure its volumes are.
        alone: the variance that ranges make one by one, exact: together they make no less.
    """
    expected = dict(plan.by("workload"))
    mean = np.array([float(expected[name]) for name in plan.workloads])
    spread = np.atleast_2d(np.cov(_unshocked(plan), ddof=0))
    if spread.sum() < alone:
        shape = spread if spread.sum() > 0 else np.outer(mean, mean)  # a single draw has none
        spread = shape * (alone / shape.sum())
    moments = spread + np.outer(mean, mean)
    own = np.array([math.expm1(levels.own[name] ** 2) for name in plan.workloads])
    second = (1 + math.expm1(levels.common**2)) * (moments.sum() + own @ np.diag(moments))
    return max(float(second - mean.sum() ** 2), alone)


def _unshocked(plan: Projection) -> Floats:
    """What each workload costs in each draw of the ranges, at the expected volume.

    Returns:
        Shape (workloads, draws).
    """
    drawn = plan.simulated
    if not isinstance(drawn, Simulation):
        raise TypeError("a plan without a simulation of its own has no variance to share out")
    return np.array([drawn.of([name]).sum(axis=1) / drawn.shocks[name] for name in plan.workloads])
