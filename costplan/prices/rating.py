"""Put a price on known usage, in exact decimals; every line says where its number comes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, localcontext

from costplan.errors import MissingPriceError, PlanWarning, UsageError
from costplan.meters import Meter, Usage
from costplan.prices.bills import IN_FULL, Bill, BillItem, plain
from costplan.prices.book import PriceBook
from costplan.prices.hours import Window
from costplan.prices.model import Model
from costplan.prices.moments import day_in, moment_of
from costplan.prices.price import Price


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
        at: the day of use, or a moment: one without a time zone is in UTC. The day of a moment
            is that of the provider's zone, where its prices change.
        mode: `usage.mode` if None, and standard if that is None too.
        region: `usage.region` if None, and the list price if that is None too.
        requests: how many such requests there were.

    Raises:
        UnknownModelError: nothing has this name.
        UnknownNameError: the model has no such mode or region.
        MissingPriceError: no price is in force on that day, or it has no rate for a meter.
        UsageError: the usage says another mode or region, a number makes no sense, or the price
            depends on the hour and `at` is a day.
    """
    if not isinstance(usage, Usage):  # a caller without a type checker may give a dict
        raise UsageError("usage is a Usage: make one with usage_of(input=500, output=300)")
    requests = _whole(requests)
    use = moment_of(at)
    day = day_in(use, "UTC")
    found = book.model(model, at=day)
    if found.zone != "UTC":
        day = day_in(use, found.zone)
        found = book.model(model, at=day)
    asked = _mode(found, usage, mode)
    price = book.price(found, at=day, mode=asked, region=_region(usage, region))
    window = _window(price, use)
    prompt = usage.prompt
    with localcontext(IN_FULL):
        items = _items(usage, prompt, found, price, window, book=book, at=day, requests=requests)
        total = Decimal(0)
        for item in items:
            total += item.cost
    return Bill(
        model=model,
        resolved=found.name,
        at=day,
        moment=use if isinstance(use, datetime) else None,
        known_at=book.known_at,
        mode=price.mode,
        region=price.region,
        requests=requests,
        currency=price.currency,
        total=total,
        line_items=tuple(items),
        warnings=tuple(_warnings(prompt, items, found, price, day)),
    )


def _whole(requests: int) -> int:
    """A number of requests, from a caller without a type checker too."""
    with suppress(TypeError, ValueError, OverflowError):
        whole = int(requests)
        if whole == requests and whole >= 0 and not isinstance(requests, bool):
            return whole
    raise UsageError(f"requests is {requests!r}; expected a whole number, 0 or more")


def _window(price: Price, use: date | datetime) -> Window | None:
    """The hours of the week that decide the rates.

    Raises:
        UsageError: the price depends on the hour, and only a day is known.
    """
    if not price.windows:
        return None
    if isinstance(use, datetime):
        return price.window_at(use)
    for window in price.windows:
        if window.touches(use):
            raise UsageError(
                f"the price of {price.name} depends on the hour of that day: other rates hold "
                f"{window.name}; give the moment, such as {use}T02:00Z"
            )
    return None


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
    usage: Usage,
    prompt: Decimal,
    model: Model,
    price: Price,
    window: Window | None,
    *,
    book: PriceBook,
    at: date,
    requests: int,
) -> list[BillItem]:
    rates = price.at_prompt(prompt) if window is None else {**price.rates, **window.rates}
    tier = price.tier_at(prompt) if price.tiers else None
    passed = str(tier) if tier else None
    rule = f"prompts {passed}" if passed else window.name if window else ""
    items = []
    for meter, each in usage.in_order():
        if not each:
            continue
        row, why, passes = price, rule, passed
        reads_as = meter if meter in rates else model.billed_as.get(meter, meter)
        rate = rates.get(reads_as)
        if rate is None:
            fee = book.fee(model, meter, at=at)
            if fee is None:
                raise _no_rate(model, price, meter)
            if fee.currency != price.currency:
                raise UsageError(
                    f"{meter.value} of {model.name} is priced in {fee.currency} ({fee.name}), its "
                    f"tokens in {price.currency}; rate them apart"
                )
            row, why, passes, rate = fee, "", None, fee.rates[meter]
        least = row.minimum.get(reads_as) if row.minimum else None
        if least is not None and each < least:
            why = f"at least {plain(least)} {meter.unit} each"
            each = least  # noqa: PLW2901 - what is billed, from here on
        quantity = each * requests
        item = BillItem(
            meter=meter,
            quantity=quantity,
            rate=rate,
            cost=quantity * rate / meter.per,
            price=row,
            rule=why,
            tier=passes,
        )
        items.append(item)
    return items


def _no_rate(model: Model, price: Price, meter: Meter) -> MissingPriceError:
    has = ", ".join(known.value for known in Meter if known in price.rates)
    message = (
        f"{model.name} has no {price.mode} rate for {meter.value} "
        f"(its price from {price.from_} has {has}); count those {meter.unit} on another meter, "
        f"or add the rate to the price file"
    )
    return MissingPriceError(message)


def _warnings(
    prompt: Decimal, items: list[BillItem], model: Model, price: Price, day: date
) -> Iterator[PlanWarning]:
    where = model.name
    if model.release and day < model.release:
        message = f"{where} was released on {model.release}, after {day}"
        yield PlanWarning("before-release", message, where)
    if model.retirement and day >= model.retirement:
        message = f"{where} retires on {model.retirement}; on {day} it is priced at its last rate"
        yield PlanWarning("after-retirement", message, where)
    if model.context and prompt > model.context:
        message = (
            f"a prompt of {plain(prompt)} tokens is longer than the "
            f"{model.context:,} that {where} takes"
        )
        yield PlanWarning("over-context", message, where)
    if price.through and day > price.through:
        message = (
            f"the {price.mode} price of {where} is promotional and guaranteed only through "
            f"{price.through}; on {day} it may have ended"
        )
        yield PlanWarning("promotion-may-end", message, where)
    for item in items:
        # What is free up to a quantity, which one bill cannot know to be used up or not.
        if free := item.price.free.get(item.meter):
            message = (
                f"{item.unit} of {where} are free up to {free}; this bill takes that as used up "
                "already"
            )
            yield PlanWarning("free-allowance", message, where)
