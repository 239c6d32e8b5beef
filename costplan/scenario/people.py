"""What people do about answers: reviews of a share of them, rework of tasks that failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from costplan.quantity import Quantity
from costplan.scenario.kinds import SHARE
from costplan.scenario.unit_prices import UNIT_PRICE, UnitPrice
from costplan.schema import KeyPath, Record, key


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A share of answers is read by somebody."""

    share: Quantity = key(SHARE, "Share of conversations that are reviewed.")
    cost: UnitPrice = key(UNIT_PRICE, "What one review costs.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rework:
    """Failed tasks are done over by somebody, and are good then."""

    cost: UnitPrice = key(UNIT_PRICE, "What one task done over costs.")
    share: Quantity = key(
        SHARE,
        "Share of failed tasks that are done over.",
        default=Quantity(Decimal(1), Decimal(1), unit="%"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What people do about answers, at a price per item."""

    review: Review | None = key(Record(Review), "Answers that somebody reads.", default=None)
    rework: Rework | None = key(
        Record(Rework), "Failed tasks that somebody does over.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Something is stated."""
        if self.review is None and self.rework is None:
            yield (), "expected review or rework, found nothing"
