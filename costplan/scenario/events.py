"""What happens on given days: a campaign, an outage, a conference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from costplan.periods import DayRange
from costplan.quantity import Quantity
from costplan.scenario.kinds import Amount
from costplan.schema import ByShape, KeyPath, ListOf, Made, Parsed, key


def _one(days: DayRange) -> tuple[DayRange, ...]:
    return (days,)


_DAYS = Parsed(DayRange.parse)
DAYS = ByShape(scalar=Made(_DAYS, _one), sequence=ListOf(_DAYS))
"""A day, `A to B` with both of them, or a list of such; gives a tuple of `DayRange`."""

_FACTOR = Amount("a factor, such as 3 or 2 to 4")
_ADDED = Amount("conversations a day, such as 5k/day", periods=("day",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Days on which demand is another than usual."""

    days: tuple[DayRange, ...] = key(
        DAYS,
        "A day, several as `2026-11-23 to 2026-11-30` (the last is one of them), or a list.",
        examples=["2026-11-27", "2026-11-23 to 2026-11-30"],
    )
    factor: Quantity | None = key(
        _FACTOR, "Demand on these days is multiplied by it.", default=None, examples=["3", "2 to 4"]
    )
    add: Quantity | None = key(
        _ADDED,
        "Conversations that come on top on each of these days; they do not grow.",
        default=None,
        examples=["5k/day"],
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """One of the two."""
        if not self.days:
            yield ("days",), "expected at least one day, found none"
        if (self.factor is None) == (self.add is None):
            yield (), "an event has either a factor or add: how many more a day"
        if self.add is not None and "user" in self.add.per:
            yield ("add",), "what an event adds is stated for all users together"
        if self.add is not None and self.add.is_range:
            yield ("add",), "what an event adds is a number; what is not known is written as factor"
