"""The expected cost of a plan, row by row: every quantity, its rate, and where the rate is from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

import numpy as np

from costplan.engine.distributions import Floats
from costplan.periods import Month

type Dimension = Literal["model", "workload", "owner", "meter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the line items of one price have in common: all months of one meter of a workload."""

    workload: str
    owner: str
    provider: str
    model: str
    """`provider/id`, or the name of a seat plan."""
    mode: str
    meter: str
    unit: str
    rate: Decimal
    """In the currency of the plan, for `per` units."""
    per: int
    price_from: date | None
    """The day the price took effect; None for a price that the scenario itself states."""
    known: date | None
    source: str
    tier: int = 0
    """0 for the rates of an ordinary prompt, 1 for the first long-context tier, and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem(Row):
    """An expected quantity of one meter, rated: `cost = quantity x rate / per`."""

    month: Month
    quantity: float
    cost: Decimal


RESIDUE = 1e-12
"""A sum this small against its parts is binary residue."""

_SHARED = tuple(field.name for field in fields(Row))


@dataclass(frozen=True)
class Ledger:
    """Expected quantities of every row in every month, and what they cost.

    Sums are float64 over the same rates as the line items, which are made only when asked for:
    the two agree to 15 digits.
    """

    months: tuple[Month, ...]
    rows: tuple[Row, ...]
    quantities: Floats
    """Shape (rows, months)."""

    @classmethod
    def of(cls, months: Sequence[Month], items: Iterable[LineItem]) -> Ledger:
        """The ledger that has these line items."""
        position = {month: k for k, month in enumerate(months)}
        amounts: dict[Row, Floats] = {}
        for item in items:
            row = Row(**{name: getattr(item, name) for name in _SHARED})
            amounts.setdefault(row, np.zeros(len(months)))[position[item.month]] += item.quantity
        quantities = np.array([*amounts.values()]).reshape(len(amounts), len(months))
        return cls(tuple(months), tuple(amounts), quantities)

    @cached_property
    def costs(self) -> Floats:
        """Money by row and month: shape (rows, months)."""
        rates = np.array([float(row.rate) / row.per for row in self.rows])
        return np.asarray(self.quantities * rates[:, None])

    @cached_property
    def items(self) -> tuple[LineItem, ...]:
        """Every line item, month by month."""
        return tuple(self._items())

    def _items(self) -> Iterator[LineItem]:
        shared = [{name: getattr(row, name) for name in _SHARED} for row in self.rows]
        for k, month in enumerate(self.months):
            for row, common, amount in zip(
                self.rows, shared, self.quantities[:, k].tolist(), strict=True
            ):
                quantity = as_decimal(amount)
                if quantity:
                    cost = quantity * row.rate / row.per
                    yield LineItem(month=month, quantity=float(quantity), cost=cost, **common)

    def by(self, dimension: Dimension) -> dict[str, Floats]:
        """Money by month for each model, workload, owner or meter that has any row."""
        members: dict[str, list[int]] = {}
        for k, row in enumerate(self.rows):
            members.setdefault(getattr(row, dimension), []).append(k)
        return {name: summed(self.costs[rows]) for name, rows in members.items()}

    @cached_property
    def by_workload(self) -> Mapping[str, tuple[Decimal, ...]]:
        """Money by month for each workload that has any row: what all totals are sums of."""
        return {
            name: tuple(as_decimal(cost) for cost in costs.tolist())
            for name, costs in self.by("workload").items()
        }

    def expected(self, workloads: Collection[str], months: Sequence[int]) -> Decimal:
        """What some workloads cost in some months."""
        found = (self.by_workload[name] for name in workloads if name in self.by_workload)
        return sum((costs[k] for costs in found for k in months), Decimal(0))


def summed(amounts: Floats) -> Floats:
    """The sum over the first axis; what cancels out but for binary residue is nothing."""
    total = np.asarray(amounts.sum(axis=0))
    if (amounts < 0).any():
        return np.where(abs(total) <= RESIDUE * abs(amounts).sum(axis=0), 0.0, total)
    return total


def as_decimal(value: float) -> Decimal:
    """A float as the decimal number it was meant to be: 15 digits clear binary residue."""
    return Decimal(f"{value:.15g}")
