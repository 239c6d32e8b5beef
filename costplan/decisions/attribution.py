"""The difference between two plans as parts that add up to it, one for each driver.

What each driver is, and how an effect is told from another: see `effects`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext

from costplan.decisions.effects import BETWEEN_PLANS, SAME, Basis, Driver, effects

_NINE = Decimal("1E-9")
WIDE = Context(prec=60)
"""Digits enough for products of factors that are quotients."""
_NONE = Decimal(0)

type Parts = Mapping[Driver, Decimal]


@dataclass(frozen=True, slots=True)
class Attribution:
    """A delta and its parts, which add up to it exactly."""

    delta: Decimal
    parts: Parts
    by_workload: Mapping[str, Attribution] = field(default_factory=dict)


def attribute(
    base: Basis, other: Basis, delta: Decimal, by_workload: Mapping[str, Decimal]
) -> Attribution:
    """Attribute the difference between two plans to its drivers.

    Args:
        base: what it is measured from.
        other: the plan that differs.
        delta: the cost of the other plan less that of the base, to 9 decimals.
        by_workload: the same for each workload.

    Returns:
        Parts to 9 decimals whose sum is `delta`, and those of each workload with its own.
    """
    found: dict[str, dict[Driver, Decimal]] = {name: {} for name in by_workload}
    with localcontext(WIDE):
        for effect in effects(base, other):
            parts, driver = found.setdefault(effect.workload, {}), effect.driver
            parts[driver] = parts.get(driver, _NONE) + effect.amount
        every = {
            driver: sum((p.get(driver, _NONE) for p in found.values()), _NONE)
            for driver in BETWEEN_PLANS
        }
        scale = sum((use.cost for plan in (base, other) for use in plan.uses), _NONE)
        each = {
            name: Attribution(by_workload[name], _whole(parts, by_workload[name], scale))
            for name, parts in found.items()
            if name in by_workload
        }
        return Attribution(delta, _whole(every, delta, scale), each)


def _whole(parts: Parts, delta: Decimal, scale: Decimal) -> Parts:
    """The parts to 9 decimals; what rounding leaves of the delta goes to the largest."""
    made = {driver: parts.get(driver, _NONE).quantize(_NINE) for driver in BETWEEN_PLANS}
    rest = delta - sum(made.values(), _NONE)
    # Nothing to divide by: a plan without line items has a difference and no reason for it.
    largest = max(made, key=lambda driver: abs(made[driver]))
    small = abs(rest) <= len(made) * _NINE + SAME * scale
    made[largest if made[largest] and small else Driver.UNATTRIBUTED] += rest
    return made
