"""What a unit costs on a day, as known on another day; and what a known usage costs."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from costplan.meters import Usage

if TYPE_CHECKING:
    from costplan.prices.bills import Bill, BillItem
    from costplan.prices.book import PriceBook
    from costplan.prices.files import default_book, load_price_book, with_own, with_own_files
    from costplan.prices.model import Model
    from costplan.prices.overlay import overlaid
    from costplan.prices.price import Price, Tier
    from costplan.prices.rating import bill
    from costplan.prices.reading import read_price_file

_HOMES = {
    "Bill": "bills",
    "BillItem": "bills",
    "Model": "model",
    "Price": "price",
    "PriceBook": "book",
    "Tier": "price",
    "bill": "rating",
    "default_book": "files",
    "load_price_book": "files",
    "overlaid": "overlay",
    "read_price_file": "reading",
    "with_own": "files",
    "with_own_files": "files",
}

__all__ = [
    "Bill",
    "BillItem",
    "Model",
    "Price",
    "PriceBook",
    "Tier",
    "bill",
    "default_book",
    "load_price_book",
    "overlaid",
    "rate",
    "read_price_file",
    "with_own",
    "with_own_files",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'costplan.prices' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"costplan.prices.{_HOMES[name]}"), name)


def rate(
    usage: Usage,
    model: str,
    *,
    at: date | datetime | str,
    mode: str | None = None,
    region: str | None = None,
    book: PriceBook | None = None,
    requests: int = 1,
) -> Bill:
    """Put a price on the usage of one request, times a number of requests.

    Args:
        usage: quantities of one request, by meter.
        model: `provider/id` or an alias.
        at: the day of use, as a date, a moment or ISO 8601 text.
        mode: `usage.mode` if None, and standard if that is None too.
        region: `usage.region` if None, and the list price if that is None too.
        book: the prices; the shipped ones if None.
        requests: how many such requests there were.

    Returns:
        The total and its line items, unrounded, in the currency of the price.

    Raises:
        UnknownModelError: nothing has this name.
        UnknownNameError: the model has no such mode or region.
        MissingPriceError: no price is in force on that day, or it has no rate for a meter.
        UsageError: the usage says another mode or region, or a number makes no sense.
    """
    from costplan.prices.files import default_book
    from costplan.prices.rating import bill

    prices = default_book() if book is None else book
    return bill(usage, model, prices, at=at, mode=mode, region=region, requests=requests)
