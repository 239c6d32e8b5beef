"""Why a month costs more or less than another: prices, days, growth, launches, mix, contracts.

Both are months (or quarters, or years) of one projection. The effects are those between two plans
(see `effects`), with volume told apart into what it is a product of, so they come to the difference
and leave no rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from costplan.decisions.attribution import WIDE
from costplan.decisions.compare import settled
from costplan.decisions.effects import SAME, Basis, Driver, Effect, Factors, Use, effects
from costplan.decisions.parts import WHOLE, Part
from costplan.decisions.spans import span
from costplan.engine.ledger import as_decimal
from costplan.engine.projection import Projection, VolumeSteps
from costplan.engine.statements import CONTRACT
from costplan.meters import CACHE_WRITES, Meter

_NONE = Decimal(0)
_HERE = "here"
"""The month that both sides are attributed in: a basis knows months by their name."""
_CACHED = frozenset({str(Meter.CACHE_READ), str(Meter.INPUT), *map(str, CACHE_WRITES)})


@dataclass(frozen=True, slots=True)
class Moved:
    """A share of the conversations of a workload that is another in the later month."""

    model: str
    mode: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for the difference."""

    driver: Driver
    workload: str
    model: str
    """Of a price; empty for what concerns the workload as a whole."""
    amount: Decimal
    before: float | None = None
    """What the driver stood at: active days; the factor of a season, a launch or events;
    conversations where all of these are 1; the share of input that is read from a cache."""
    after: float | None = None
    day_kind: str = ""
    """Of days: which ones, as a `VolumeSteps` has it."""
    moved: tuple[Moved, ...] = ()
    """Of a mix: the shares that differ."""

    @property
    def change(self) -> float | None:
        """How much more it stands at, as a share of before; None where that was nothing."""
        if self.before is None or self.after is None or not self.before:
            return None
        return self.after / self.before - 1


@dataclass(frozen=True, slots=True)
class MonthChange:
    """One month against another, and why they differ."""

    before: str
    after: str
    cost: tuple[Decimal, Decimal]
    """Expected, before and after, to 9 decimals."""
    causes: tuple[Cause, ...]
    """The one with the largest effect first; they add up to `delta` exactly."""

    @property
    def delta(self) -> Decimal:
        """How much more the later one costs."""
        return self.cost[1] - self.cost[0]

    @property
    def share(self) -> float | None:
        """The same as a share of the earlier one's cost; None where that is nothing."""
        return float(self.delta / self.cost[0]) if self.cost[0] else None

    def by_workload(self) -> Mapping[str, Decimal]:
        """What the causes of each workload come to."""
        found: dict[str, Decimal] = {}
        for cause in self.causes:
            found[cause.workload] = found.get(cause.workload, _NONE) + cause.amount
        return found


def month_change(
    projection: Projection, before: str, after: str, part: Part = WHOLE
) -> MonthChange:
    """Attribute the difference in expected cost between two months of one plan.

    Args:
        projection: the plan.
        before: a month, quarter or year of it, as reports name them.
        after: the one that differs.
        part: the workloads, models or meters that are meant; all of them unless told.

    Raises:
        UnknownNameError: the plan has no such month.
    """
    sides = _Side(projection, span(projection, before)), _Side(projection, span(projection, after))
    rows = [row for row in projection.ledger.rows if part.holds(row)]
    places = {(row.workload, row.model, row.meter) for row in rows}
    cost = sides[0].cost(part), sides[1].cost(part)
    with localcontext(WIDE):
        every = effects(sides[0].basis, sides[1].basis)
        mine = (e for e in every if (e.workload, e.model, e.meter) in places)
        found = _added(mine)
        causes = [_told(cause, *sides) for cause in _whole(found, *cost)]
    causes.sort(key=lambda cause: (-abs(cause.amount), cause.workload, cause.driver))
    return MonthChange(before, after, cost, tuple(causes))


class _Side:
    """One of the months, added up."""

    def __init__(self, projection: Projection, members: Sequence[int]) -> None:
        chosen = list(members)
        months = {projection.months[k] for k in chosen}
        self.quantities = projection.ledger.quantities[:, chosen].sum(axis=1)
        self.rows = projection.ledger.rows
        self.steps: dict[str, VolumeSteps] = {}
        for each in projection.volume_steps:
            if each.month in months:
                mine = self.steps.get(each.workload)
                self.steps[each.workload] = _together(mine, each) if mine else each
        self.routed: dict[tuple[str, str, str], float] = {}
        for sent in projection.routed:
            if sent.month in months:
                key = sent.workload, sent.model, sent.mode
                self.routed[key] = self.routed.get(key, 0.0) + sent.conversations

    def cost(self, part: Part) -> Decimal:
        """What a part of the plan costs in it, to 9 decimals."""
        with localcontext(WIDE):
            parts = (
                as_decimal(amount) * row.rate / row.per
                for row, amount in zip(self.rows, self.quantities.tolist(), strict=True)
                if part.holds(row)
            )
            return settled(sum(parts, _NONE))

    @property
    def basis(self) -> Basis:
        """What it is attributed by."""
        uses = (
            Use(_HERE, row.workload, row.model, row.mode, row.meter, row.tier,
                as_decimal(amount), row.rate, row.per)
            for row, amount in zip(self.rows, self.quantities.tolist(), strict=True)
            if amount
        )  # fmt: skip
        return Basis(
            frozenset({_HERE}),
            tuple(uses),
            {(_HERE, name): as_decimal(s.conversations) for name, s in self.steps.items()},
            {(_HERE, *key): as_decimal(count) for key, count in self.routed.items()},
            {(_HERE, name): _factors(s) for name, s in self.steps.items()},
        )

    def factors(self, workload: str) -> dict[Driver, float | None]:
        """What the volume of a workload is a product of."""
        found = _factors(self.steps[workload])
        return {d: None if value is None else float(value) for d, value in found}

    def read(self, workload: str) -> float | None:
        """The share of its input that is read from a cache."""
        mine = {
            k: float(amount)
            for k, amount in enumerate(self.quantities)
            if self.rows[k].workload == workload and self.rows[k].meter in _CACHED
        }
        found = sum(x for k, x in mine.items() if self.rows[k].meter == Meter.CACHE_READ)
        return found / sum(mine.values()) if sum(mine.values()) else None

    def shares(self, workload: str) -> dict[tuple[str, str], float]:
        """Of its conversations, by model and mode."""
        whole = self.steps[workload].conversations
        return {
            (model, mode): count / whole
            for (name, model, mode), count in self.routed.items()
            if name == workload and whole
        }


def _together(one: VolumeSteps, other: VolumeSteps) -> VolumeSteps:
    return replace(
        one,
        active_days=one.active_days + other.active_days,
        days=one.days + other.days,
        seasons=one.seasons + other.seasons,
        launch=one.launch + other.launch,
        events=one.events + other.events,
        conversations=one.conversations + other.conversations,
    )


def _factors(steps: VolumeSteps) -> Factors:
    volumes = (1.0, steps.days, steps.seasons, steps.launch, steps.events, steps.conversations)
    exact = [as_decimal(volume) for volume in volumes]
    drivers = (Driver.DAYS, Driver.SEASON, Driver.LAUNCH, Driver.EVENTS, Driver.GROWTH)
    return tuple(
        (driver, exact[k + 1] / exact[k] if exact[k] else None) for k, driver in enumerate(drivers)
    )


def _added(found: Iterator[Effect]) -> list[Cause]:
    """The effects of each driver on each workload; of prices, of each model."""
    sums: dict[tuple[Driver, str, str], Decimal] = {}
    for effect in found:
        driver = Driver.CONTRACT if effect.mode == CONTRACT else effect.driver
        key = driver, effect.workload, effect.model if driver is Driver.PRICE else ""
        sums[key] = sums.get(key, _NONE) + effect.amount
    return [Cause(*key, settled(amount)) for key, amount in sums.items()]


def _whole(causes: Sequence[Cause], before: Decimal, after: Decimal) -> Iterator[Cause]:
    """The causes that are not nothing; what rounding leaves goes to the largest."""
    rest = after - before - sum((cause.amount for cause in causes), _NONE)
    small = abs(rest) <= SAME * (abs(before) + abs(after)) + (len(causes) + 2) * SAME
    largest = max(causes, key=lambda cause: abs(cause.amount)) if causes and small else None
    for cause in causes:
        amount = cause.amount + rest if cause is largest else cause.amount
        if amount:
            yield replace(cause, amount=amount)
    if rest and largest is None:
        yield Cause(Driver.UNATTRIBUTED, "", "", rest)


_OF_VOLUME = frozenset({Driver.DAYS, Driver.SEASON, Driver.LAUNCH, Driver.EVENTS, Driver.GROWTH})


def _told(cause: Cause, before: _Side, after: _Side) -> Cause:
    """The cause with what its driver stood at."""
    name, driver, sides = cause.workload, cause.driver, (before, after)
    if driver is Driver.DAYS and before.steps[name].day_kind:
        days = [float(side.steps[name].active_days) for side in sides]
        return replace(cause, before=days[0], after=days[1], day_kind=before.steps[name].day_kind)
    if driver in _OF_VOLUME:
        stood = [side.factors(name)[driver] for side in sides]
        return replace(cause, before=stood[0], after=stood[1])
    if driver is Driver.CACHE:
        return replace(cause, before=before.read(name), after=after.read(name))
    if driver is Driver.MIX:
        return replace(cause, moved=tuple(_moved(before.shares(name), after.shares(name))))
    return cause


def _moved(
    before: Mapping[tuple[str, str], float], after: Mapping[tuple[str, str], float]
) -> Iterator[Moved]:
    for key in dict.fromkeys((*before, *after)):
        shares = before.get(key, 0.0), after.get(key, 0.0)
        if abs(shares[1] - shares[0]) > float(SAME):
            yield Moved(*key, *shares)
