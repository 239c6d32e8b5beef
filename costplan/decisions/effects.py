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

Between two months of one plan, conversations are a product themselves: days of the calendar x
season x launch x events x growth. Each of these then is a driver in the place of *volume*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from costplan.meters import CACHE_WRITES, Meter

SAME = Decimal("1E-9")
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
    DAYS = "days"
    """Volume: more or fewer days on which there is demand."""
    SEASON = "season"
    """Volume: a stronger or weaker month."""
    LAUNCH = "launch"
    """Volume: a launch, a ramp or a retirement."""
    EVENTS = "events"
    """Volume: days on which demand is another."""
    GROWTH = "growth"
    """Volume: more or fewer conversations on a day that is otherwise alike."""
    CONTRACT = "contract"
    """What contracts and free allowances make of list prices."""


BETWEEN_PLANS = (
    Driver.VOLUME,
    Driver.MIX,
    Driver.DENSITY,
    Driver.CACHE,
    Driver.PRICE,
    Driver.OTHER_MONTHS,
    Driver.UNATTRIBUTED,
)
"""What a difference between two plans is attributed to."""


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
    volume: Mapping[tuple[str, str], Factors] = field(default_factory=dict)
    """By month and workload, what its conversations are a product of; empty where that is not told
    apart."""


type Factors = tuple[tuple[Driver, Decimal | None], ...]
"""What multiplies to a volume or a cost; None where the factor before is nothing already."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one driver does to one meter of a workload on a model, unrounded."""

    workload: str
    model: str
    mode: str
    meter: str
    driver: Driver
    amount: Decimal


def effects(base: Basis, other: Basis) -> Iterator[Effect]:
    """Every effect, not yet added up or rounded; they come to the difference in cost."""
    plans = (base, other)
    uses = [_by_place(plan) for plan in plans]
    known = all(plan.routed or not plan.uses for plan in plans)
    for place in dict.fromkeys((*uses[0], *uses[1])):
        month, workload = place
        sides = [
            _Side(plan, place, mine.get(place, ())) for plan, mine in zip(plans, uses, strict=True)
        ]
        if month not in base.months & other.months:
            yield Effect(workload, "", "", "", Driver.OTHER_MONTHS, sides[1].cost - sides[0].cost)
            continue
        yield from _in_month(workload, sides[0], sides[1], routed=known)


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
        whole = ((Driver.VOLUME, self.conversations or _NONE),)
        self.volume: Factors = plan.volume.get(place, whole)
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
        yield from self.volume
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


def _in_month(workload: str, base: _Side, other: _Side, *, routed: bool) -> Iterator[Effect]:
    """The effects on one workload in a month that both plans have."""
    if base.conversations is None or other.conversations is None:
        yield Effect(workload, "", "", "", Driver.UNATTRIBUTED, other.cost - base.cost)
        return
    for leaf in dict.fromkeys((*base.costs, *other.costs)):
        group = leaf[:2]
        counted = all(side.routed.get(group, _NONE) is not None for side in (base, other))
        if routed and not counted:  # not for conversations: a fee
            amount = other.costs.get(leaf, _NONE) - base.costs.get(leaf, _NONE)
            yield Effect(workload, *group, leaf[3], Driver.UNATTRIBUTED, amount)
            continue
        pairs = zip(
            base.factors(leaf, routed=routed), other.factors(leaf, routed=routed), strict=True
        )
        factors = [(driver, before, after) for (driver, before), (_, after) in pairs]
        for driver, amount in _telescoped(factors):
            yield Effect(workload, *group, leaf[3], driver, amount)


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
        if abs(after - before) > SAME * max(abs(before), abs(after)):
            rest = _product(befores[k + 1 :])
            yield driver, _product(afters[:k]) * (after - before) * rest


def _product(factors: Iterable[Decimal]) -> Decimal:
    result = Decimal(1)
    for factor in factors:
        result *= factor
    return result
