"""Which of what a plan uses may be free up to a quantity, as the price book publishes it."""

from __future__ import annotations

from collections.abc import Iterable

from costplan.planning.compiling import PricedStream
from costplan.prices import PriceBook


def fee_meters(book: PriceBook) -> dict[str, frozenset[str]]:
    """By provider, the meters of which its fees leave something free."""
    return {
        provider: frozenset(
            str(meter) for rows in named.values() for row in rows for meter in row.free
        )
        for provider, named in book.fees.items()
    }


def may_be_free(streams: Iterable[PricedStream], book: PriceBook) -> bool:
    """Whether anything used may have a published allowance; quick to tell for most plans."""
    free = {provider: meters for provider, meters in fee_meters(book).items() if meters}
    return any(
        not free[cell.provider].isdisjoint(cell.rates[0])
        for priced in streams
        for cell in priced.cells
        if cell.provider in free
    )
