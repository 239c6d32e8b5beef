"""A price per piece that the scenario itself states: a review, a judge's look, a router's call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from costplan.quantity import parse_plain
from costplan.scenario.kinds import parse_money
from costplan.schema import Parsed

_PIECES = "request|conversation|item|task|review"


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """So much money for so many pieces; without a currency it is in the plan's."""

    amount: Decimal
    currency: str = ""
    per: int = 1

    @property
    def each(self) -> Decimal:
        """The price of one piece."""
        return self.amount / self.per


def parse_unit_price(text: str) -> UnitPrice:
    """Read `1.50`, `$8`, `3.32 per 1M` or `3.32 per 1M requests`.

    Raises:
        ValueError: the text is not an amount of money per a whole number of pieces.
    """
    match = re.fullmatch(
        rf"\s*(.+?)(?:\s*(?:/|\bper\b)\s*(\d[\w,.]*)?\s*(?:{_PIECES})?s?)?\s*", text
    )
    try:
        money = parse_money(match[1] if match else text)
        per = parse_plain(match[2]) if match and match[2] else Decimal(1)
    except ValueError:
        message = f"expected a price such as 1.50 or 3.32 per 1M requests, found {text!r}"
        raise ValueError(message) from None
    if per != per.to_integral_value() or not per:
        raise ValueError(f"a price is per a whole number of pieces, found {text!r}")
    return UnitPrice(money.amount, money.currency, int(per))


UNIT_PRICE = Parsed(
    parse_unit_price, {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}
)
