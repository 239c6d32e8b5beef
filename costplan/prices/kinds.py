"""The kinds of value a price file is made of: releases, meters, modes, rates, sources."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from costplan.documents import Node, Scalar
from costplan.errors import suggestion
from costplan.meters import MODES, Meter
from costplan.periods import parse_zone
from costplan.prices.hours import Hours
from costplan.prices.price import Allowance
from costplan.schema import ByShape, KeyPath, ListOf, MapOf, Number, Parsed, Reader, Text, describe

BASES = ("announced", "release", "observed", "derived")
KNOWN_BY = ("announcement", "first-seen", "effective-day")
LINTS = {
    "cache-read-over-input": "reading from a cache costs more than reading without",
    "batch-not-half": "batch is not half of the standard price",
    "output-under-input": "writing costs less than reading",
    "ratio-of-ten": "a rate is 10, 100 or 1000 times the one before, or that part of it",
    "write-1h-not-double": "a cache write of an hour is not twice the input",
    "tier-under-base": "long prompts cost less than short ones",
    "priority-under-standard": "being served first costs less than being served",
    "reasoning-apart": "reasoning is not priced as the rest of the output",
    "after-retirement": "the row begins after the model has retired",
    "far-from-other-host": "another provider's price of the same model is over 1.5 times as high",
}
"""What is nearly always a mistake in a price: a row that is right names it under `accepted`."""
_RELEASE = re.compile(r"\d{4}\.\d{2}\.\d{2}(\.[1-9])?")
_ALLOWANCE = re.compile(r"(\d[\d_]*)\s*/\s*(day|month)")


def parse_release(text: str) -> str:
    """A release of the price book: the day it was made, `2026.11.21`.

    More on one day are `2026.11.21.1` and so on.

    Raises:
        ValueError: the text is not one.
    """
    if not _RELEASE.fullmatch(text):
        raise ValueError(f"expected a release such as 2026.11.21, found {text!r}")
    return text


def parse_allowance(text: str) -> Allowance:
    """A quantity that is free in each period, `5000/month` or `1500/day`.

    Raises:
        ValueError: the text is not one.
    """
    match = _ALLOWANCE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"expected a free quantity such as 5000/month, found {text!r}")
    return Allowance(Decimal(match[1].replace("_", "")), match[2])


def _one_source(text: str) -> tuple[str, ...]:
    return (text,)


class MeterName:
    """The name of a meter, read as a `Meter`."""

    names = tuple(meter.value for meter in Meter)

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """The meter; an unknown one is told with the nearest there is, not with all of them."""
        text = node.text if isinstance(node, Scalar) else ""
        if text in self.names:
            return Meter(text)
        message = f"unknown meter {describe(node)}{suggestion(text, self.names)}"
        return reader.problem(node.place, path, message)

    def json_schema(self) -> dict[str, Any]:
        """One of the meters."""
        return {"type": "string", "enum": list(self.names)}


RELEASE = Parsed(parse_release, {"type": "string", "pattern": rf"^{_RELEASE.pattern}$"})
MODE = Text(choices=MODES)
PRICE = Number(minimum=0)
COUNT = Number(minimum=1, whole=True)
RATES = MapOf(PRICE, name=MeterName(), minimum=1)
SOURCES = ByShape(scalar=Parsed(_one_source), sequence=ListOf(Text()))
HOURS = Parsed(Hours.parse, {"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"})
ZONE = Parsed(parse_zone)
FREE = MapOf(Parsed(parse_allowance), name=MeterName(), minimum=1)
