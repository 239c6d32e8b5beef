"""One table per concept: a frozen dataclass whose fields say how they are read.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Budget:
        monthly: Decimal | None = key(Number(minimum=0), "What a month may cost.", default=None)

`read(Record(Budget), node)` checks a node against it, collecting every problem with its place and
the nearest valid key; `json_schema(Record(Budget))` is what editors complete from. There is no
second description of a file anywhere.
"""

from __future__ import annotations

from costplan.schema.compounds import ByShape, ListOf, Made, MapOf, Record, json_schema
from costplan.schema.reading import INVALID, KeyPath, Kind, Reader, describe, key
from costplan.schema.scalars import DATE, MONTH, Flag, Number, Parsed, Text

__all__ = [
    "DATE",
    "INVALID",
    "MONTH",
    "ByShape",
    "Flag",
    "KeyPath",
    "Kind",
    "ListOf",
    "Made",
    "MapOf",
    "Number",
    "Parsed",
    "Reader",
    "Record",
    "Text",
    "describe",
    "json_schema",
    "key",
]
