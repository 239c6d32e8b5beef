"""Usage that is not billed by the unit: free allowances, and what provisioned throughput serves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from costplan.engine.contracts import served, units_needed
from costplan.engine.distributions import Floats
from costplan.meters import Meter
from costplan.periods import Month
from costplan.planning.allowances import fee_meters
from costplan.planning.compiling import PricedStream
from costplan.planning.scopes import Use
from costplan.planning.spend import Spend
from costplan.prices import Price, PriceBook
from costplan.scenario.contracts import Contract
from costplan.scenario.terms import Provisioned

_SECONDS = 3600


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Uses that share what is free or provisioned."""

    contract: str
    kind: str
    """`free` or `provisioned`."""
    uses: frozenset[Use]
    part: Floats
    """Of their quantity, what is not billed by the unit: shape (draws, months)."""
    fee: Floats
    """A flat price instead: shape (months,)."""
    said: str = ""
    """What the reader must know of it."""
    source: str = ""
    """Where it is published; empty where the scenario states it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Works out what is free and what is provisioned; demand falls on the days of the calendars."""

    spend: Spend
    streams: Sequence[PricedStream]

    def free(self, name: str, contract: Contract, uses: Collection[Use], meter: Meter) -> Pool:
        """What a contract leaves free of one meter, shared by everything it covers."""
        quantity, period = contract.free[meter], contract.free[meter].per[0]
        amounts = [float(quantity.low)] * len(self.spend.months)
        return self._pool(name, frozenset(uses), amounts, period, self.active(contract))

    def published(self, book: PriceBook, taken: Collection[Use]) -> Iterator[Pool]:
        """What the price book says is free, pooled over the models of a fee.

        Args:
            book: its fees, each for the calls of several models, may have an allowance.
            taken: uses for which a contract states its own.
        """
        pools: dict[tuple[object, ...], tuple[Price, Meter, set[Use], list[float]]] = {}
        free, months = fee_meters(book), self.spend.months
        for use in self.spend.uses:
            if use in taken or use.meter not in free.get(use.provider, ()):
                continue
            for k, month in enumerate(months):
                meter = Meter(use.meter)
                row = book.fee(book.model(use.model), meter, at=month.first)
                if row and meter in row.free:
                    at = row.provider, row.model, meter, row.identity
                    pool = pools.setdefault(at, (row, meter, set(), [0.0] * len(months)))
                    pool[2].add(use)
                    pool[3][k] = float(row.free[meter].quantity)
        for row, meter, uses, amounts in pools.values():
            allowance, name = row.free[meter], f"{row.provider} {row.model}"
            active = np.array([float(amount > 0) for amount in amounts])
            made = self._pool(name, frozenset(uses), amounts, allowance.period, active)
            said = f"{name}: {allowance} of {meter} are free, and taken off"
            yield replace(made, said=said, source=row.source)

    def provisioned(
        self, name: str, contract: Contract, terms: Provisioned, uses: Collection[Use]
    ) -> Pool:
        """What a contract's units serve, and their price over the real hours of each month."""
        counts = {str(meter): float(count) for meter, count in terms.burndown.items()}
        wanted = self.spend.expected_quantity(uses, counts)
        loads = self._loads(wanted, _hours(terms))
        active, per_unit = self.active(contract), float(terms.tokens_per_second)
        busiest = max(
            load.max() * tokens / _SECONDS
            for load, tokens in zip(loads, wanted.sum(axis=0) * active, strict=True)
        )
        units = terms.units or units_needed(
            busiest, per_unit, increment=terms.increment, minimum=terms.minimum
        )
        capacity = [units * per_unit * _SECONDS] * len(self.spend.months)
        part = served(self.spend.drawn(wanted), capacity, loads) * active
        price = float(terms.price.low) * units
        hours = [24.0 * month.days for month in self.spend.months]
        fee = np.array(hours if terms.price.per[0] == "hour" else np.ones(len(hours))) * price
        said = (
            f"contract {name!r}: {units:,} units serve {units * per_unit:,.0f} input tokens a "
            f"second; the busiest hour of the expected plan asks for {busiest:,.0f}"
        )
        if not terms.hours:
            said += "; demand is spread evenly over the day (say how it falls with hours:)"
        return Pool(name, "provisioned", frozenset(uses), part, fee * active, said)

    def active(self, contract: Contract) -> Floats:
        """1 in the months of a contract, else 0: shape (months,)."""
        months = self.spend.months
        first, end = contract.term(months[0], len(months))
        each = np.arange(len(months))
        return ((each >= first) & (each < end)).astype(np.float64)

    def _pool(
        self,
        name: str,
        uses: frozenset[Use],
        amounts: Sequence[float],
        period: str,
        active: Floats,
    ) -> Pool:
        wanted = self.spend.expected_quantity(uses, {use.meter: 1.0 for use in uses})
        every = [np.ones(1)] * len(amounts)
        loads = self._loads(wanted, np.ones(1)) if period == "day" else every
        part = served(self.spend.drawn(wanted), amounts, loads) * active
        return Pool(name, "free", uses, part, np.zeros(len(amounts)))

    def _loads(self, wanted: Floats, hours: Floats) -> list[Floats]:
        """How the expected demand of each month falls on its days and their hours: sums to 1."""
        found = []
        for k, month in enumerate(self.spend.months):
            total = sum(
                (
                    quantity * _days(priced, month)
                    for quantity, priced in zip(wanted[:, k], self.streams, strict=True)
                ),
                np.zeros(month.days),
            )
            even = np.full(month.days, 1 / month.days)
            days = total / total.sum() if total.sum() > 0 else even
            found.append(np.outer(days, hours).ravel())
        return found


def _days(priced: PricedStream, month: Month) -> Floats:
    """How a workload's demand falls on the days of a month: sums to 1, or is nothing."""
    start = (month.first - priced.calendar.range.start).days
    weights = priced.calendar.weights[start : start + month.days]
    return np.asarray(weights / weights.sum() if weights.sum() > 0 else weights)


def _hours(terms: Provisioned) -> Floats:
    """The parts of a day's demand in its 24 hours."""
    weights = np.array([float(hour) for hour in terms.hours] or [1.0] * 24)
    return np.asarray(weights / weights.sum())
