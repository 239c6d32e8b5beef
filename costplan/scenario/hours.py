"""At which hours of its day a workload is busy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costplan.documents import Node
from costplan.periods import parse_zone
from costplan.schema import INVALID, ByShape, KeyPath, Kind, ListOf, Number, Parsed, Reader

_CLOCK = re.compile(r"(\d{1,2})(?::([0-5]\d))?\s*-\s*(\d{1,2})(?::([0-5]\d))?")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class HourProfile:
    """How the demand of a day falls on the hours of the clock."""

    shares: tuple[float, ...] = (1 / 24,) * 24
    """The part of a day's demand in each of the 24 hours from midnight; they add up to one."""
    active: float = 24.0
    """Hours of a day that have any demand; 8.5 for `08:30-17:00`."""

    @classmethod
    def parse(cls, text: str) -> HourProfile:
        """Read hours that are busy alike: `9-18`, `08:30-17:00`, or `22-6` past midnight.

        Raises:
            ValueError: the text is none, or they end where they begin.
        """
        match = _CLOCK.fullmatch(text.strip())
        if not match:
            raise ValueError(f"expected hours such as 9-18 or a list of 24 weights, found {text!r}")
        start, end = (int(match[k]) * 60 + int(match[k + 1] or 0) for k in (1, 3))
        if max(start, end) > _DAY:
            raise ValueError(f"a day ends at 24:00, found {text!r}")
        if start % _DAY == end % _DAY:
            raise ValueError(f"{text!r} ends where it begins; leave hours out where all are alike")
        parts = [(start, end)] if end > start else [(start, _DAY), (0, end)]
        minutes = [
            sum(max(0, min(hour + 60, b) - max(hour, a)) for a, b in parts)
            for hour in range(0, _DAY, 60)
        ]
        whole = sum(minutes)
        return cls(tuple(part / whole for part in minutes), whole / 60)

    @classmethod
    def of(cls, weights: tuple[Decimal, ...]) -> HourProfile:
        """From one weight for each hour, in any proportion."""
        whole = sum(weights)
        return cls(tuple(float(w / whole) for w in weights), float(sum(w > 0 for w in weights)))


class _Weights:
    """A list of 24 weights."""

    numbers = ListOf(Number(minimum=0))

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A `HourProfile`."""
        weights = self.numbers.read(node, path, reader)
        if weights is INVALID:
            return INVALID
        if len(weights) != 24:
            message = f"expected 24 weights, one for each hour, found {len(weights)}"
            return reader.problem(node.place, path, message)
        if not any(weights):
            message = "all weights are 0, which leaves no hour for demand"
            return reader.problem(node.place, path, message)
        return HourProfile.of(weights)

    @property
    def alternatives(self) -> tuple[Kind, ...]:
        """A list of numbers."""
        return (self.numbers,)

    def json_schema(self) -> dict[str, Any]:
        """An array of 24 numbers."""
        return self.numbers.json_schema() | {"minItems": 24, "maxItems": 24}


HOURS = ByShape(
    scalar=Parsed(HourProfile.parse, {"type": "string", "pattern": r"^\d[\d:]* *- *\d[\d:]*$"}),
    sequence=_Weights(),
)
"""A `HourProfile`."""
ZONE = Parsed(parse_zone)
