"""A cell of the engine with the price it rests on: what its line items say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from costplan.engine.distributions import Floats
from costplan.engine.model import Cell, Term, Threshold
from costplan.engine.profile import Profile
from costplan.meters import Meter
from costplan.periods import DayRange
from costplan.prices import Price

type Rates = tuple[Mapping[str, Decimal], ...]
"""For each tier, base first: rates by meter in the plan's currency, per `Meter.per` units."""

FLAT = {
    "seat": "seat-months",
    "router": "requests",
    "judge": "tries",
    "review": "reviews",
    "rework": "tasks",
}
"""Meters of what the scenario itself gives a price for, and the unit of each."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PricedCell:
    """A cell of the engine, and what its line items say about it."""

    model: str
    """As the scenario names it: an alias stays an alias."""
    provider: str
    mode: str
    rates: Rates
    price: Price | None
    """None for a price that the scenario itself states."""
    source: str
    days: DayRange
    cell: Cell
    exchange: Decimal = Decimal(1)
    """What rates are multiplied by to be in the plan's currency."""
    fees: Mapping[str, Price] = MappingProxyType({})
    """By meter, the rows of the fees whose rates stand among `rates`."""
    hours: str = ""
    """The hours of the week it is for, where the price depends on them; empty for the others."""
    pieces: int = 1
    """How many units the rate of a flat meter is for."""
    release: date | None = None
    retirement: date | None = None

    @property
    def retired(self) -> bool:
        """Whether these days are on or after the model's retirement."""
        return self.retirement is not None and self.days.start >= self.retirement


def price_rates(price: Price, exchange: Decimal) -> Rates:
    """The rates of a price outside its windows, in the plan's currency."""
    return tuple(
        in_currency(rates, exchange)
        for rates in (price.rates, *(tier.rates for tier in price.tiers))
    )


def in_currency(rates: Mapping[Meter, Decimal], exchange: Decimal) -> dict[str, Decimal]:
    """Rates by the name of the meter, times an exchange rate."""
    return {str(meter): rate * exchange for meter, rate in rates.items()}


def bare_cell(weight: Floats, factors: tuple[Term, ...], price: Price, rates: Rates) -> Cell:
    """A cell before anyone knows what its conversations send and receive."""
    thresholds = tuple(Threshold(tier.above, tier.inclusive) for tier in price.tiers)
    return Cell(Profile(), weight, factors, thresholds, per_unit(rates))


def per_unit(rates: Rates) -> tuple[dict[str, float], ...]:
    """The same rates for a single unit of each meter, as the engine multiplies them."""
    return tuple(
        {meter: float(rate) / Meter(meter).per for meter, rate in tier.items()} for tier in rates
    )
