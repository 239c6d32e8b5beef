"""What returns every year: stronger and weaker months, stronger and weaker days of the week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from costplan.schema import ByShape, KeyPath, ListOf, Made, MapOf, Number, Text, key

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_FACTOR = Number(minimum=0, maximum=1000)


def _factors(names: Sequence[str]) -> ByShape:
    """A factor for some of the names, the others having 1; or a list of all of them."""

    def in_order(stated: Mapping[str, Decimal]) -> tuple[Decimal, ...]:
        return tuple(stated.get(name, Decimal(1)) for name in names)

    return ByShape(
        mapping=Made(MapOf(_FACTOR, Text(choices=tuple(names)), minimum=1), in_order),
        sequence=ListOf(_FACTOR),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seasonality:
    """How demand differs between months and days of the week; a year's total stays as stated."""

    months: tuple[Decimal, ...] = key(
        _factors(MONTHS),
        "Factors by month, 1 where none is given; or a list of 12, from January.",
        default=(),
    )
    weekdays: tuple[Decimal, ...] = key(
        _factors(WEEKDAYS),
        "Factors by day of the week, mon to sun, 1 where none is given; or a list of 7.",
        default=(),
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """A list has them all, and something is left."""
        for name, factors, count in (("months", self.months, 12), ("weekdays", self.weekdays, 7)):
            if factors and len(factors) != count:
                yield (name,), f"expected {count} factors, found {len(factors)}"
            elif factors and not any(factors):
                yield (name,), "all factors are 0, which leaves no demand at all"
