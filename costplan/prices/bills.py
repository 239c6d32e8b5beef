"""A bill and its lines, each of which says where its number comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal

from costplan.errors import PlanWarning
from costplan.meters import Meter
from costplan.prices.price import Price

IN_FULL = Context(prec=60)
"""Products of real quantities and rates stay exact in 60 significant digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillItem:
    """One meter of a bill."""

    meter: Meter
    quantity: Decimal
    """Of all requests together, in `unit`, as billed: a minimum may have raised it."""
    rate: Decimal
    """The price of `per` units."""
    cost: Decimal
    """Unrounded, in the currency of the bill."""
    price: Price
    """The row of the book it rests on."""
    rule: str = ""
    """What decides the rate beside the row: a long-context tier, a window, a minimum."""
    tier: str | None = None
    """The long-context tier the requests fall into, such as `>200000`."""

    @property
    def unit(self) -> str:
        """What is counted."""
        return self.meter.unit

    @property
    def per(self) -> int:
        """How many units `rate` is for."""
        return self.meter.per

    @property
    def price_from(self) -> date:
        """The first day the rate is charged."""
        return self.price.from_

    @property
    def known(self) -> date:
        """The day the rate was public."""
        return self.price.known

    @property
    def source(self) -> str:
        """Where the rate was read."""
        return self.price.source

    @property
    def explanation(self) -> str:
        """The whole arithmetic in a sentence, with the row it rests on."""
        arithmetic = _arithmetic(self.meter, self.quantity, self.rate, self.cost)
        return f"{arithmetic}; {_row(self.price, self.rule)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a usage costs, line by line."""

    model: str
    """As it was asked for: an alias stays an alias."""
    resolved: str
    """`provider/id`, what the alias stood for on that day."""
    at: date
    """The day of use, where days of the provider begin."""
    moment: datetime | None
    """The moment of use, where one was given."""
    known_at: date | None
    """The day of knowledge; None for all the book holds."""
    mode: str
    region: str
    requests: int
    currency: str
    total: Decimal
    """The sum of the line items, unrounded."""
    line_items: tuple[BillItem, ...]
    warnings: tuple[PlanWarning, ...]


def plain(number: Decimal) -> str:
    """A decimal without exponent or trailing zeros: `0.075`, `1000`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _arithmetic(meter: Meter, quantity: Decimal, rate: Decimal, cost: Decimal) -> str:
    whole = quantity == quantity.to_integral_value()
    amount = f"{quantity:,.0f}" if whole else plain(quantity)
    per = f" / {meter.per:,}" if meter.per > 1 else ""
    return f"{amount} {meter.unit} x {plain(rate)}{per} = {plain(_short(cost))}"


def _short(cost: Decimal) -> Decimal:
    """A product that has no end, such as a third, to the digits that anyone reads."""
    return round(cost, 15) if cost.as_tuple().exponent < -30 else cost  # type: ignore[operator]


def _row(price: Price, rule: str) -> str:
    """Which row of the book a rate is from, since when, and how that is known."""
    name = f"{price.name} in {price.region}" if price.region in price.regions else price.name
    name += f", {rule}" if rule else ""
    since = f"from {price.from_}, known {price.known} ({price.basis})"
    return f"{name} {since}; source {price.source}"
