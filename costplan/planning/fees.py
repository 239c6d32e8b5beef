"""Fees for calls beside the price of a model: searches, sessions, and other calls of tools."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from costplan.meters import Meter
from costplan.periods import DayRange
from costplan.planning.cells import Rates
from costplan.prices import Model, Price, PriceBook

type Fees = Mapping[str, Price]
"""By meter, the row of its fee."""


def fees_in_force(
    book: PriceBook, model: Model, price: Price, days: DayRange, meters: Collection[Meter]
) -> Iterator[tuple[DayRange, Fees]]:
    """The days of a price, split where a fee changes, with the fees of each part.

    A meter that the price itself has a rate for needs no fee.

    Args:
        book: the prices.
        model: whose calls they are.
        price: the model's price in force on these days.
        days: when it is.
        meters: what the requests use.
    """
    asked = [meter for meter in meters if meter not in price.rates]
    rows = book.fee_rows(model) if asked else ()
    changes = sorted({row.from_ for row in rows if days.start < row.from_ < days.end})
    starts = [days.start, *changes]
    for start, end in zip(starts, [*changes, days.end], strict=True):
        found = {meter: book.fee(model, meter, at=start) for meter in asked}
        yield DayRange(start, end), {str(meter): fee for meter, fee in found.items() if fee}


def with_fees(rates: Rates, fees: Fees, exchange: Mapping[str, Decimal]) -> Rates:
    """Rates with those of fees in every tier: a call costs the same in all of them.

    Args:
        rates: of the model, in the plan's currency.
        fees: by meter.
        exchange: what a fee is multiplied by to be in the plan's currency, by meter.
    """
    more = {meter: fee.rates[Meter(meter)] * exchange[meter] for meter, fee in fees.items()}
    return tuple({**tier, **more} for tier in rates) if more else rates
