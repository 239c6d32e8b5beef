"""Exchange rates as a scenario states them: one, or some that change on dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.schema import DATE, ByShape, KeyPath, ListOf, Made, Number, Record, key

_RATE = Number(minimum=Decimal("0.000000001"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RateFrom:
    """An exchange rate from a day on."""

    from_: date = key(DATE, "The first day of this rate.", name="from")
    rate: Decimal = key(_RATE, "One unit in the plan's currency.")


def _one_rate(rate: Decimal) -> tuple[RateFrom, ...]:
    return (RateFrom(from_=date.min, rate=rate),)


EXCHANGE = ByShape(
    scalar=Made(Number(minimum=Decimal("0.000000001")), _one_rate),
    sequence=ListOf(Record(RateFrom)),
)
"""One rate, or a list of `{from, rate}` that changes on dates."""


def exchange_problems(
    exchange: Mapping[str, tuple[RateFrom, ...]],
) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong with the order of the rates of a currency."""
    for currency, rates in exchange.items():
        days = [rate.from_ for rate in rates]
        if not days or days != sorted(set(days)):
            yield ("exchange", currency), "expected rates whose dates rise from one to the next"
