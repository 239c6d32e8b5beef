"""Put a price on known usage, in exact decimals; every line says where its number comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext

from costplan.errors import MissingPriceError, PlanWarning, UsageError
from costplan.meters import Meter, Usage
from costplan.periods import parse_date
from costplan.prices.book import Model, PriceBook
from costplan.prices.price import Price, Tier

DIGITS = 60
"""Significant digits of the arithmetic: products of real quantities and rates stay exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillItem:
    """One meter of a bill."""

    meter: Meter
    quantity: Decimal
    """Of all requests together, in `unit`."""
    unit: str
    rate: Decimal
    """The price of `per` units."""
    per: int
    cost: Decimal
    """Unrounded, in the currency of the bill."""
    tier: str | None
    """The long-context tier the requests fall into, such as `>200000`."""
    price_from: date
    known: date
    source: str
    explanation: str
    """The whole arithmetic in a sentence, with the row it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a usage costs, line by line."""

    model: str
    """As it was asked for: an alias stays an alias."""
    resolved: str
    """`provider/id`, what the alias stood for on that day."""
    at: date
    """The day of use."""
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


def bill(
    usage: Usage,
    model: str,
    book: PriceBook,
    *,
    at: date | datetime | str,
    mode: str | None = None,
    region: str | None = None,
    requests: int = 1,
) -> Bill:
    """Rate the usage of one request, times a number of requests.

    Args:
        usage: quantities of one request; its `mode` and `region` hold where the provider said so.
        model: `provider/id` or an alias.
        book: the prices.
        at: the day of use; of a moment with a time zone, the day in UTC.
        mode: `usage.mode` if None, and standard if that is None too.
        region: `usage.region` if None, and the list price if that is None too.
        requests: how many such requests there were.

    Raises:
        UnknownModelError: nothing has this name.
        UnknownNameError: the model has no such mode or region.
        MissingPriceError: no price is in force on that day, or it has no rate for a meter.
        UsageError: the usage says another mode or region, or a number makes no sense.
    """
    if not isinstance(usage, Usage):  # a caller without a type checker may give a dict
        raise UsageError("usage is a Usage: make one with usage_of(input=500, output=300)")
    if isinstance(requests, bool) or requests < 0 or requests != int(requests):
        raise UsageError(f"requests is {requests}; expected a whole number, 0 or more")
    day = day_of(at)
    found = book.model(model, at=day)
    asked = _mode(found, usage, mode)
    price = book.price(found, at=day, mode=asked, region=_region(usage, region))
    with localcontext(prec=DIGITS):
        items = tuple(_items(usage, found, price, day, int(requests)))
        total = sum((item.cost for item in items), Decimal(0))
    return Bill(
        model=model,
        resolved=found.name,
        at=day,
        known_at=book.known_at,
        mode=price.mode,
        region=price.region,
        requests=int(requests),
        currency=price.currency,
        total=total,
        line_items=items,
        warnings=tuple(_warnings(usage, found, price, day)),
    )


def day_of(at: date | datetime | str) -> date:
    """The day of a date, a moment, or either as ISO 8601 text; moments with a zone in UTC.

    Raises:
        UsageError: the text is neither.
    """
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at.strip()) if "T" in at else parse_date(at)
        except ValueError as error:
            raise UsageError(str(error)) from None
    if not isinstance(at, date):
        raise UsageError(f"expected a day such as 2026-12-31, found {at!r}")
    if isinstance(at, datetime):
        return (at.astimezone(UTC) if at.tzinfo else at).date()
    return at


def plain(number: Decimal) -> str:
    """A decimal without exponent or trailing zeros: `0.075`, `1000`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _mode(model: Model, usage: Usage, mode: str | None) -> str:
    """The one mode that is meant, by its name in the book."""
    asked = model.mode(mode or usage.mode or "standard")
    if mode and usage.mode and model.mode(usage.mode) != asked:
        raise UsageError(f"the usage was billed in mode {usage.mode!r}, but {mode!r} is asked for")
    return asked


def _region(usage: Usage, region: str | None) -> str | None:
    if region and usage.region and region != usage.region:
        message = f"the usage is from region {usage.region!r}, but {region!r} is asked for"
        raise UsageError(message)
    return region or usage.region


def _items(
    usage: Usage, model: Model, price: Price, day: date, requests: int
) -> Iterator[BillItem]:
    rates = price.at_prompt(usage.prompt)
    tier = price.tier_at(usage.prompt)
    for meter in Meter:
        if not (each := usage.get(meter, Decimal(0))):
            continue
        # Reasoning that is not priced apart is output by another name.
        reads_as = Meter.OUTPUT if meter is Meter.REASONING and meter not in rates else meter
        if reads_as not in rates:
            raise _no_rate(model, price, meter, day)
        quantity, rate = each * requests, rates[reads_as]
        cost = quantity * rate / meter.per
        yield BillItem(
            meter=meter,
            quantity=quantity,
            unit=meter.unit,
            rate=rate,
            per=meter.per,
            cost=cost,
            tier=str(tier) if tier else None,
            price_from=price.from_,
            known=price.known,
            source=price.source,
            explanation=f"{_arithmetic(meter, quantity, rate, cost)}; {_row(price, tier)}",
        )


def _no_rate(model: Model, price: Price, meter: Meter, day: date) -> MissingPriceError:
    has = ", ".join(known.value for known in Meter if known in price.rates)
    message = (
        f"{model.name} has no {price.mode} rate for {meter.value} on {day} "
        f"(its price from {price.from_} has {has}); count those {meter.unit} on another meter, "
        f"or add the rate to the price file"
    )
    return MissingPriceError(message)


def _arithmetic(meter: Meter, quantity: Decimal, rate: Decimal, cost: Decimal) -> str:
    whole = quantity == quantity.to_integral_value()
    amount = f"{quantity:,.0f}" if whole else plain(quantity)
    per = f" / {meter.per:,}" if meter.per > 1 else ""
    return f"{amount} {meter.unit} x {plain(rate)}{per} = {plain(cost)}"


def _row(price: Price, tier: Tier | None) -> str:
    """Which row of the book a rate is from, since when, and how that is known."""
    name = f"{price.provider}/{price.model} {price.mode}"
    name += f" in {price.region}" if price.region in price.regions else ""
    name += f", prompts {tier}" if tier else ""
    since = f"from {price.from_}, known {price.known} ({price.basis})"
    return f"{name} {since}; source {price.source}"


def _warnings(usage: Usage, model: Model, price: Price, day: date) -> Iterator[PlanWarning]:
    where = model.name
    if model.release and day < model.release:
        message = f"{where} was released on {model.release}, after {day}"
        yield PlanWarning("before-release", message, where)
    if model.retirement and day >= model.retirement:
        message = f"{where} retires on {model.retirement}; on {day} it is priced at its last rate"
        yield PlanWarning("after-retirement", message, where)
    if model.context and usage.prompt > model.context:
        message = (
            f"a prompt of {plain(usage.prompt)} tokens is longer than the "
            f"{model.context:,} that {where} takes"
        )
        yield PlanWarning("over-context", message, where)
    if price.through and day > price.through:
        message = (
            f"the {price.mode} price of {where} is promotional and guaranteed only through "
            f"{price.through}; on {day} it may have ended"
        )
        yield PlanWarning("promotion-may-end", message, where)
