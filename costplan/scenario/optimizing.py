"""What `costplan optimize` may choose for a workload, and the rules its mix has to keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from costplan.quantity import parse_quantity
from costplan.scenario.kinds import MODEL, NAME
from costplan.schema import KeyPath, ListOf, MapOf, Number, Parsed, Record, key


@dataclass(frozen=True, slots=True)
class Bounds:
    """How little and how much a share may be, 0 to 1."""

    at_least: Decimal = Decimal(0)
    at_most: Decimal = Decimal(1)


def parse_share(text: str) -> Decimal:
    """Read one share: `84%` or `0.84`.

    Raises:
        ValueError: the text is no single share between 0 and 1.
    """
    quantity = parse_quantity(text)
    if quantity.is_range or quantity.is_open or quantity.per or not 0 <= quantity.low <= 1:
        raise ValueError(f"expected one share, such as 84%, found {text!r}")
    return quantity.low


def parse_bounds(text: str) -> Bounds:
    """Read `at most 60%`, `at least 20%` or `10% to 40%`.

    Raises:
        ValueError: the text is none of these.
    """
    match = re.fullmatch(r"\s*at\s+(most|least)\s+(.+)", text)
    if match:
        share = parse_share(match[2])
        return Bounds(at_most=share) if match[1] == "most" else Bounds(at_least=share)
    quantity = parse_quantity(text)
    if not quantity.is_range or quantity.low < 0 or quantity.high > 1:
        raise ValueError(f"expected at most 60%, at least 20% or 10% to 40%, found {text!r}")
    return Bounds(quantity.low, quantity.high)


SHARE_BOUNDS = Parsed(parse_bounds, {"type": "string"})
ONE_SHARE = Parsed(parse_share, {"anyOf": [{"type": "number"}, {"type": "string"}]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the cheapest mix of one workload has to keep."""

    among: tuple[str, ...] = key(
        ListOf(MODEL), "The models to choose from; those of its mix when left out.", default=()
    )
    quality: Decimal | None = key(
        ONE_SHARE,
        "Share of tasks done well, at least: by the workload's task and the table quality.",
        default=None,
    )
    seconds: Decimal | None = key(
        Number(minimum=0), "Seconds a request takes, at most, on average.", default=None
    )
    shares: Mapping[str, Bounds] = key(
        MapOf(SHARE_BOUNDS, MODEL),
        "By provider or model: at most 60%, at least 20%, or 10% to 40%.",
        default={},
    )
    models: int | None = key(
        Number(minimum=1, maximum=100, whole=True), "At most so many models.", default=None
    )
    budget: Decimal | None = key(
        Number(minimum=0), "What it may cost over the whole plan, in its currency.", default=None
    )
    residency: str | None = key(
        NAME, "Only models that residency lists for this place.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """The least shares fit into one whole."""
        models = (bounds for name, bounds in self.shares.items() if "/" in name)
        least = sum((bounds.at_least for bounds in models), Decimal(0))
        if least > 1:
            yield ("shares",), f"the least shares of models come to {least * 100:f}%, over 100%"


OPTIMIZE = MapOf(Record(Wishes), NAME)
RESIDENCY = MapOf(ListOf(MODEL), NAME)
