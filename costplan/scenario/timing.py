"""How long requests take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from costplan.scenario.kinds import MODEL
from costplan.schema import ByShape, Made, MapOf, Number, key


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long requests take, and how many run at once."""

    seconds: Mapping[str, Decimal] = key(
        ByShape(
            scalar=Made(Number(minimum=0), lambda n: {"": n}),
            mapping=MapOf(Number(minimum=0), MODEL, minimum=1),
        ),
        "Seconds one request takes: a number, or one per model.",
    )
    parallel: int = key(
        Number(minimum=1, maximum=1_000_000, whole=True), "Requests running at once.", default=1
    )
