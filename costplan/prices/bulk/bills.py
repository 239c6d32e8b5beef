"""Rate many usages, and add up what they cost.

Where the cost of a usage is not certain to be exact, or it has no price, it is rated alone by the
function behind `rate`, which gives it or raises: so errors are the same, and say which usage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from costplan.errors import CostplanError, PlanWarning
from costplan.meters import Meter
from costplan.prices.bills import IN_FULL, Bill
from costplan.prices.bulk.batch import Batch, Truths, cut, exactly
from costplan.prices.bulk.reading import (
    Days,
    Names,
    located,
    read_days,
    read_models,
    read_names,
    read_quantities,
    read_requests,
)
from costplan.prices.bulk.table import EXACT, Floats, RateTable, State
from costplan.prices.price import GLOBAL

_PART = 1 << 15
"""Usages rated in one go: their arrays stay in the processor's cache."""


def rate_many(
    table: RateTable,
    quantities: Mapping[Any, ArrayLike],
    *,
    model: Names,
    at: Days,
    mode: Names = "standard",
    region: Names = GLOBAL,
    requests: ArrayLike = 1,
) -> Bills:
    """Rate many usages at once.

    Each argument may be one value for all usages, or of shape (n,) with one for each.

    Args:
        table: the prices, from `compile_rates`.
        quantities: by meter, of one request; what is absent is zero.
        model: names of models, or their places in `table.names`.
        at: days or moments: `datetime64`, dates or ISO 8601 text. A moment without a zone is in
            UTC; the day of a moment is that of the provider's zone.
        mode: names of modes, or their places in `table.modes`.
        region: names of regions, or their places in `table.regions`.
        requests: how many such requests each usage stands for.

    Returns:
        The cost of each. For whole quantities it is the float nearest to the total of `rate`;
        for others it may be off by a few units in the last place.

    Raises:
        UnknownModelError: nothing has such a name.
        UnknownNameError: a model has no such mode or region, or a key is not a meter.
        MissingPriceError: no price is in force on that day, or it has no rate for a meter.
        UsageError: a number makes no sense, arrays differ in length, or a price depends on the
            hour and `at` is a day. Each error says the first usage it is about, and how many
            more are refused.
    """
    batch = Batch(
        table,
        read_models(model, table),
        read_names(mode, table.modes, "mode"),
        read_names(region, table.regions, "region"),
        read_days(at),
        read_requests(requests),
        read_quantities(quantities),
    )
    cost = np.empty(batch.size)
    uncertain: list[int] = []
    unrated = 0
    with np.errstate(over="ignore", invalid="ignore"):
        for part in _parts(len(cost)):
            fine, without = batch.rate(part, cost[part])
            if not fine.all():
                uncertain += (np.flatnonzero(~fine) + part.start).tolist()
                unrated += without
    for index in uncertain:
        try:
            cost[index] = float(batch.bill(index).total)
        except CostplanError as error:
            raise located(error, index, others=unrated - 1) from None
    return Bills(cost, batch)


@dataclass(frozen=True, slots=True, eq=False)
class Bills:
    """What many usages cost. Sums and warnings are worked out when they are asked for."""

    cost: Floats
    """Shape (n,), in `currency`."""
    _batch: Batch = field(repr=False)

    def __len__(self) -> int:
        return len(self.cost)

    @property
    def currency(self) -> str:
        """Of every cost."""
        return self._batch.table.currency

    @property
    def by_meter(self) -> dict[Meter, Decimal]:
        """The cost of each meter over all usages; exact where quantities are whole."""
        with localcontext(IN_FULL):
            found = {meter: _cost_of(self._batch, meter) for meter in self._batch.quantities}
        return {meter: found[meter] for meter in Meter if found.get(meter)}

    @property
    def total(self) -> Decimal:
        """The cost of all usages; exact where quantities are whole."""
        with localcontext(IN_FULL):
            return sum(self.by_meter.values(), Decimal(0))

    @property
    def warnings(self) -> tuple[PlanWarning, ...]:
        """One for each code and model: that of its first usage, and how many there are."""
        return tuple(_warnings(self._batch, len(self)))

    def bill(self, index: int) -> Bill:
        """The bill of one usage, with its line items and where their rates are from."""
        return self._batch.bill(range(len(self))[index])


def _parts(size: int) -> Iterator[slice]:
    for start in range(0, size, _PART):
        yield slice(start, min(start + _PART, size))


def _cost_of(batch: Batch, meter: Meter) -> Decimal:
    """What a meter costs over all usages: quantities are added before they meet a rate."""
    states = batch.table.states
    sums = np.zeros(len(states))
    size = batch.size
    for part in _parts(size):
        _, placed = batch.placed(part)
        amounts = batch.billed(meter, part, placed) * cut(batch.requests, part)
        weights = np.broadcast_to(amounts, placed.shape)
        sums += np.bincount(placed, weights, len(states))
    cost = Decimal(0)
    for place in np.flatnonzero(sums).tolist():
        state = states[place]
        assert state is not None  # noqa: S101 - a usage that is refused has no bill
        quantity = exactly(sums[place]) if sums[place] < EXACT else _added(batch, meter, place)
        cost += quantity * state.rates[meter] / meter.per
    return cost


def _added(batch: Batch, meter: Meter, place: int) -> Decimal:
    """The quantity billed in a state, where it is too much for float64 to hold exactly."""
    total = Decimal(0)
    everything = slice(0, batch.size)
    for index in np.flatnonzero(batch.placed(everything)[1] == place).tolist():
        total += sum(i.quantity for i in batch.bill(index).line_items if i.meter is meter)
    return total


def _warnings(batch: Batch, size: int) -> Iterator[PlanWarning]:
    """Find whom each warning of `rate` is about, and let the first of them word it."""
    days, states = batch.placed(slice(0, size))
    names = [state.model.name if state else "" for state in batch.table.states]
    models = sorted(set(names))
    model = np.array([models.index(name) for name in names])
    for code, truths in _warned(batch, days, states).items():
        about = np.flatnonzero(truths)
        found = np.unique(model[states[about]], return_index=True, return_counts=True)
        for which, first, count in zip(*(part.tolist() for part in found), strict=True):
            index = int(about[first])
            wording = [w.message for w in batch.bill(index).warnings if w.code == code]
            for message in wording[:1]:
                about_all = f"{message} ({count:,} of {size:,} usages; the first is {index})"
                yield PlanWarning(code, about_all, models[which])


def _warned(batch: Batch, days: NDArray[np.int64], states: NDArray[np.intp]) -> dict[str, Truths]:
    """Which usages each warning is about."""

    def of(value: Callable[[State], float | None], absent: float) -> Floats:
        found = [absent if s is None else value(s) for s in batch.table.states]
        return np.array([absent if v is None else v for v in found], np.float64)[states]

    free = np.zeros(len(states), np.bool_)
    everything = slice(0, len(states))
    for meter in batch.quantities:
        where = np.array([s is not None and meter in s.free for s in batch.table.states])
        if where.any():
            free |= where[states] & (batch.billed(meter, everything, states) > 0)
    prompt = batch.prompt(everything)
    return {
        "before-release": days < of(lambda s: _number(s.model.release), -np.inf),
        "after-retirement": days >= of(lambda s: _number(s.model.retirement), np.inf),
        "over-context": prompt > of(lambda s: s.model.context or None, np.inf),
        "promotion-may-end": days > of(lambda s: _number(s.price.through), np.inf),
        "free-allowance": free,
    }


def _number(day: date | None) -> int | None:
    return (day - date(1970, 1, 1)).days if day else None
