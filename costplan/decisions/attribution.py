"""Where the difference between two plans comes from: volume, mix, density, cache or price.

What one meter of one model costs in a month is a product:

    conversations x share x tokens per conversation x part of them on this meter
                  x part of those at this tier x rate

Going from the base to the other plan, the factors are changed one after another in this order, and
each change is put to the driver it belongs to: conversations to *volume*; the share of them that a
model gets in a mode to *mix*; tokens per conversation, and the part of them that pays a
long-context price, to *density*; how the tokens of a prompt divide over input, cache reads and
cache writes to *cache*; the rate to *price*. This is the price-volume-mix analysis of management
accounting: volume at the base's rates, price at the other plan's quantities. As the factors are
changed one after another, the parts add up to the whole difference and leave no rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from enum import StrEnum

from costplan.meters import CACHE_WRITES, Meter

_NINE, _WIDE = Decimal("1E-9"), Context(prec=60)
_SAME = Decimal("1E-9")
"""Factors that differ by less than this part of themselves are the same: floats were added up."""
_NONE = Decimal(0)


class Driver(StrEnum):
    """What a difference is attributed to."""

    VOLUME = "volume"
    """More or fewer conversations."""
    MIX = "mix"
    """They go to other models or modes, or are sent more often: retries, escalations."""
    DENSITY = "density"
    """More or fewer tokens in each."""
    CACHE = "cache"
    """The same prompt, but more or less of it read from or written to a cache."""
    PRICE = "price"
    """Other rates."""
    OTHER_MONTHS = "other_months"
    """Months that only one of the plans has."""
    UNATTRIBUTED = "unattributed"
    """What the plans do not say enough about."""


@dataclass(frozen=True, slots=True)
class Use:
    """A quantity of one meter at one rate, by what it is attributed along."""

    month: str
    workload: str
    model: str
    mode: str
    meter: str
    tier: int
    quantity: Decimal
    rate: Decimal
    per: int
    """How many units the rate is for."""

    @property
    def cost(self) -> Decimal:
        """What it comes to."""
        return self.quantity * self.rate / self.per


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan says about itself, as far as a difference can be attributed."""

    months: frozenset[str] = frozenset()
    uses: tuple[Use, ...] = ()
    conversations: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    """By month and workload."""
    routed: Mapping[tuple[str, str, str, str], Decimal] = field(default_factory=dict)
    """By month, workload, model and mode; empty in plans saved before it was kept."""


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
    with localcontext(_WIDE):
        for workload, driver, amount in _amounts(base, other):
            parts = found.setdefault(workload, {})
            parts[driver] = parts.get(driver, _NONE) + amount
        every = {
            driver: sum((p.get(driver, _NONE) for p in found.values()), _NONE) for driver in Driver
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
    made = {driver: parts.get(driver, _NONE).quantize(_NINE) for driver in Driver}
    rest = delta - sum(made.values(), _NONE)
    # Nothing to divide by: a plan without line items has a difference and no reason for it.
    largest = max(Driver, key=lambda driver: abs(made[driver]))
    small = abs(rest) <= len(Driver) * _NINE + _SAME * scale
    made[largest if made[largest] and small else Driver.UNATTRIBUTED] += rest
    return made


def _amounts(base: Basis, other: Basis) -> Iterator[tuple[str, Driver, Decimal]]:
    """Workload, driver and amount, not yet added up or rounded."""
    plans = (base, other)
    uses = [_by_place(plan) for plan in plans]
    known = all(plan.routed or not plan.uses for plan in plans)
    for place in dict.fromkeys((*uses[0], *uses[1])):
        month, workload = place
        sides = [
            _Side(plan, place, mine.get(place, ())) for plan, mine in zip(plans, uses, strict=True)
        ]
        if month not in base.months & other.months:
            yield workload, Driver.OTHER_MONTHS, sides[1].cost - sides[0].cost
            continue
        for driver, amount in _in_month(sides[0], sides[1], routed=known):
            yield workload, driver, amount


def _by_place(basis: Basis) -> dict[tuple[str, str], list[Use]]:
    """What each workload uses in each month."""
    found: dict[tuple[str, str], list[Use]] = {}
    for use in basis.uses:
        found.setdefault((use.month, use.workload), []).append(use)
    return found


type _Leaf = tuple[str, str, str, str, int]
"""Model, mode, kind of tokens, meter, tier: what a rate is for."""


class _Side:
    """What one plan uses for one workload in one month, added up at every level of a leaf."""

    def __init__(self, plan: Basis, place: tuple[str, str], uses: Sequence[Use]) -> None:
        self.conversations = plan.conversations.get(place, None if uses else _NONE)
        self.cost = sum((use.cost for use in uses), _NONE)
        self.costs: dict[_Leaf, Decimal] = {}
        self.quantities: dict[tuple[object, ...], Decimal] = {}
        for use in uses:
            kind = _KINDS.get(use.meter, use.meter)
            leaf = (use.model, use.mode, kind, use.meter, use.tier)
            self.costs[leaf] = self.costs.get(leaf, _NONE) + use.cost
            for end in (3, 4, 5):
                level = leaf[:end]
                self.quantities[level] = self.quantities.get(level, _NONE) + use.quantity
        groups = {leaf[:2] for leaf in self.costs}
        self.routed = {group: plan.routed.get((*place, *group)) for group in groups}

    def factors(self, leaf: _Leaf, *, routed: bool) -> Iterator[tuple[Driver, Decimal | None]]:
        """The factors of what a leaf costs; None where the one before is nothing already."""
        volume = self.conversations or _NONE
        kind, meter, tier = (self.quantities.get(leaf[:end], _NONE) for end in (3, 4, 5))
        yield Driver.VOLUME, volume
        if routed:
            here = self.routed.get(leaf[:2]) or _NONE
            yield Driver.MIX, _ratio(here, volume)
            yield _DENSITY.get(leaf[2], Driver.DENSITY), _ratio(kind, here)
        else:
            yield Driver.UNATTRIBUTED, _ratio(kind, volume)
        yield Driver.CACHE, _ratio(meter, kind)
        yield Driver.DENSITY, _ratio(tier, meter)
        yield Driver.PRICE, _ratio(self.costs.get(leaf, _NONE), tier)


_KINDS: Mapping[str, str] = {
    **dict.fromkeys((Meter.CACHE_READ, *CACHE_WRITES), Meter.INPUT),
    Meter.AUDIO_CACHE_READ: Meter.AUDIO_INPUT,
    Meter.IMAGE_CACHE_READ: Meter.IMAGE_INPUT,
}
"""The kind of tokens that a meter of caches is a part of; others are a kind of their own."""
_DENSITY = {str(Meter.CACHE_STORAGE): Driver.CACHE}
"""What an amount in each conversation belongs to, where that is not density."""


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None


def _in_month(base: _Side, other: _Side, *, routed: bool) -> Iterator[tuple[Driver, Decimal]]:
    """The drivers of one workload in a month that both plans have."""
    if base.conversations is None or other.conversations is None:
        yield Driver.UNATTRIBUTED, other.cost - base.cost
        return
    for leaf in dict.fromkeys((*base.costs, *other.costs)):
        group = leaf[:2]
        counted = all(side.routed.get(group, _NONE) is not None for side in (base, other))
        if routed and not counted:  # not for conversations: a fee
            yield Driver.UNATTRIBUTED, other.costs.get(leaf, _NONE) - base.costs.get(leaf, _NONE)
            continue
        pairs = zip(
            base.factors(leaf, routed=routed), other.factors(leaf, routed=routed), strict=True
        )
        yield from _telescoped([(driver, before, after) for (driver, before), (_, after) in pairs])


def _telescoped(
    factors: Sequence[tuple[Driver, Decimal | None, Decimal | None]],
) -> Iterator[tuple[Driver, Decimal]]:
    """What each factor changes of a product when they change in turn.

    Where one side has no such factor, for it has none of what comes before, that of the other side
    stands for it: what is not there would cost what it costs there.
    """
    drivers = [driver for driver, _, _ in factors]
    befores = [(after if before is None else before) or _NONE for _, before, after in factors]
    afters = [(before if after is None else after) or _NONE for _, before, after in factors]
    for k, driver in enumerate(drivers):
        before, after = befores[k], afters[k]
        if abs(after - before) > _SAME * max(abs(before), abs(after)):
            rest = _product(befores[k + 1 :])
            yield driver, _product(afters[:k]) * (after - before) * rest


def _product(factors: Iterable[Decimal]) -> Decimal:
    result = Decimal(1)
    for factor in factors:
        result *= factor
    return result
