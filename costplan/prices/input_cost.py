"""What the documents of a corpus cost as input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.errors import CostplanError
from costplan.meters import Meter, Usage
from costplan.prices import PriceBook, rate


@dataclass(frozen=True, slots=True)
class InputCost:
    """The price of sending every document once, each as one request in standard mode."""

    amount: Decimal
    currency: str


def input_cost(sizes: Mapping[int, int], model: str, book: PriceBook, at: date) -> InputCost | None:
    """The cost of documents as uncached input, without the frames of their requests.

    Args:
        sizes: how many documents have how many tokens; each falls into its own long-context tier.
        model: `provider/model`.
        book: the prices.
        at: the day they are sent.

    Returns:
        The cost, or None where the book has no price of input for the model on that day.
    """
    filled = {size: n for size, n in sizes.items() if size}
    try:
        least, most = _rated(1, model, book, at), _rated(max(filled, default=1), model, book, at)
        if least.amount * max(filled, default=1) == most.amount:  # no tier is reached
            tokens = sum(size * n for size, n in filled.items())
            return InputCost(least.amount * tokens, least.currency)
        costs = (_rated(size, model, book, at).amount * n for size, n in filled.items())
        return InputCost(sum(costs, Decimal(0)), least.currency)
    except CostplanError:
        return None


def _rated(tokens: int, model: str, book: PriceBook, at: date) -> InputCost:
    bill = rate(Usage({Meter.INPUT: Decimal(tokens)}), model, at=at, book=book)
    return InputCost(bill.total, bill.currency)
