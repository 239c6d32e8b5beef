"""A cascade: what the models of a mix answer is judged, and a share goes on to the next model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from costplan.quantity import Quantity
from costplan.scenario.kinds import MODEL, SHARE
from costplan.scenario.requests import Request
from costplan.scenario.unit_prices import UNIT_PRICE, UnitPrice
from costplan.schema import KeyPath, Record, key


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The next model of a cascade, and how much of what was tried before goes on to it."""

    to: str = key(MODEL, "The model that tries next.")
    rate: Quantity | None = key(
        SHARE,
        "Share of the tries before that goes on; worked out from quality and judge when left out.",
        default=None,
    )
    success: Quantity | None = key(
        SHARE,
        "Its success on what reaches it; when left out, its score on all tasks, which is hopeful.",
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """What choosing a model costs, once per conversation: a price, calls of a model, or both."""

    cost: UnitPrice | None = key(
        UNIT_PRICE, "A price: 3.32 per 1M requests.", default=None, examples=["3.32 per 1M"]
    )
    model: str | None = key(MODEL, "A model that is asked, in standard mode.", default=None)
    request: Request | None = key(
        Record(Request, without=("agents",)), "What it is sent and answers.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """A model and its request come together; something is stated."""
        if (self.model is None) != (self.request is None):
            missing = "request" if self.request is None else "model"
            yield (), f"the key {missing!r} is missing: a model is asked with a request"
        if self.cost is None and self.model is None and self.is_empty:
            yield (), "expected a cost, or a model and its request; found nothing"

    @property
    def is_empty(self) -> bool:
        """Whether nothing else is stated; a judge says more."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge(Overhead):
    """Who decides whether a try is good enough, once per try that might go on."""

    caught: Quantity | None = key(
        SHARE, "Share of failed tries that are sent on: 100% is a perfect judge.", default=None
    )
    false_alarms: Quantity = key(
        SHARE,
        "Share of good tries that are sent on all the same; for rates that are worked out.",
        default=Quantity(Decimal(0), Decimal(0), unit="%"),
    )

    @property
    def is_empty(self) -> bool:
        """A judge that costs nothing is one whose quality is stated."""
        return self.caught is None
