"""Budgets against draws: how likely each is broken, by how much on average, and when first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.projection import Projection
from costplan.periods import Month

_RESIDUE = 1 + 1e-12
"""A cost that equals its budget but for binary residue is not over it."""


def chance_over(costs: Floats, budget: float) -> float:
    """The share of draws above a budget, 0 to 1; costs have shape (draws,)."""
    return float(np.mean(costs > budget * _RESIDUE))


def expected_overrun(costs: Floats, budget: float) -> float:
    """E[max(cost - budget, 0)], in the money of the costs: shape (draws,).

    What the money beyond the budget comes to on average, draws within it counting as nothing.
    """
    return float(np.maximum(costs - budget, 0.0).mean())


@dataclass(frozen=True, slots=True)
class FirstBreach:
    """When a budget is broken for the first time."""

    chances: tuple[float, ...]
    """That it is in each month, and in none before."""
    never: float
    """That no month of the plan breaks one."""

    def quantile(self, probability: float) -> int | None:
        """The first month by whose end a budget is broken with this probability.

        Its index; None where the plan ends before.
        """
        reached = np.flatnonzero(np.cumsum(self.chances) >= probability - 1e-12)
        return int(reached[0]) if reached.size else None


def first_breach(
    costs: Floats, budgets: Sequence[float | None], total: float | None
) -> FirstBreach:
    """The distribution of the first month that breaks a budget.

    A month breaks its own budget, or that of the whole plan with what came before it.

    Args:
        costs: by draw and month: shape (draws, months).
        budgets: of each month; None where there is none.
        total: of the whole plan.
    """
    own = np.array([np.inf if budget is None else budget for budget in budgets])
    broken = costs > own * _RESIDUE
    if total is not None:
        broken |= np.cumsum(costs, axis=1) > total * _RESIDUE
    first = np.where(broken.any(axis=1), broken.argmax(axis=1), len(budgets))
    counts = np.bincount(first, minlength=len(budgets) + 1) / len(costs)
    return FirstBreach(tuple(counts[:-1].tolist()), float(counts[-1]))


@dataclass(frozen=True, slots=True)
class Risk:
    """One budget against the draws."""

    what: str
    """A month, a workload in a month, or the whole plan."""
    budget: Decimal
    chance: float
    overrun: float
    """Expected, in the currency of the plan."""


@dataclass(frozen=True)
class BudgetRisk:
    """All budgets of a projection against its draws."""

    projection: Projection

    @cached_property
    def first(self) -> FirstBreach:
        """When a month or the whole plan breaks its budget first; workloads' own do not count."""
        limits = self.projection.limits
        months = [None if limit is None else float(limit) for limit in limits.months]
        total = None if limits.total is None else float(limits.total)
        return first_breach(self.projection.draws_by_month, months, total)

    def month(self, probability: float) -> Month | None:
        """The month by whose end a budget is broken with this probability."""
        found = self.first.quantile(probability)
        return None if found is None else self.projection.months[found]

    @cached_property
    def each(self) -> tuple[Risk, ...]:
        """Every budget: months, workloads by month, and the whole plan."""
        return tuple(self._each())

    def _each(self) -> Iterator[Risk]:
        plan, limits = self.projection, self.projection.limits
        for k, (month, limit) in enumerate(zip(plan.months, limits.months, strict=True)):
            if limit is not None:
                yield _risk(str(month), plan.draws_by_month[:, k], limit)
        for name, limit in limits.workloads.items():
            costs = plan.simulated.of([name])
            for k, month in enumerate(plan.months):
                yield _risk(f"{name} in {month}", costs[:, k], limit)
        if self.whole is not None:
            yield self.whole

    @cached_property
    def whole(self) -> Risk | None:
        """The budget of the whole plan; None where it has none."""
        plan, limit = self.projection, self.projection.limits.total
        if limit is None:
            return None
        return _risk("the whole plan", plan.draws_by_month.sum(axis=1), limit)


def _risk(what: str, costs: Floats, budget: Decimal) -> Risk:
    return Risk(
        what, budget, chance_over(costs, float(budget)), expected_overrun(costs, float(budget))
    )
