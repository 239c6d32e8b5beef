"""The kinds of value a price file is made of: releases, meters, modes, rates, sources."""

from __future__ import annotations

import re
from typing import Any

from costplan.documents import Node, Scalar
from costplan.errors import suggestion
from costplan.meters import MODES, Meter
from costplan.schema import ByShape, KeyPath, ListOf, MapOf, Number, Parsed, Reader, Text, describe

BASES = ("announced", "release", "observed", "derived")
KNOWN_BY = ("announcement", "first-seen", "effective-day")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RELEASE = re.compile(r"\d{4}\.\d{2}\.\d{2}")


def parse_release(text: str) -> str:
    """A release of the price book: the day it was made, `2026.11.21`.

    Raises:
        ValueError: the text is not one.
    """
    if not _RELEASE.fullmatch(text):
        raise ValueError(f"expected a release such as 2026.11.21, found {text!r}")
    return text


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
HOURS = Text(pattern=r"\d\d:\d\d-\d\d:\d\d", means="hours such as 01:00-04:00")
