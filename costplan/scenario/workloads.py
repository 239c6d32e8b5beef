"""A workload: its demand, where its requests go, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from costplan.meters import MODES
from costplan.quantity import Quantity
from costplan.scenario.demand import Demand
from costplan.scenario.failures import Failures
from costplan.scenario.kinds import MONEY, NAME, SHARE, Money
from costplan.scenario.requests import Request
from costplan.scenario.routing import Routing
from costplan.scenario.timing import Timing
from costplan.schema import KeyPath, Record, Text, key

_ZERO = Quantity(Decimal(0), Decimal(0), unit="%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A stream of requests with one profile."""

    owner: str = key(NAME, "Who pays: a team or cost centre.", default="")
    demand: Demand = key(Record(Demand), "How many conversations, and when.")
    request: Request | None = key(Record(Request), "What one sends and receives.", default=None)
    routing: Routing | None = key(Record(Routing), "Which models answer.", default=None)
    batch: Quantity = key(SHARE, "Share sent through the batch API.", default=_ZERO)
    mode: str = key(Text(choices=MODES), "Mode of what is not batch.", default="standard")
    region: str | None = key(NAME, "Region, where the provider prices it apart.", default=None)
    failures: Failures = key(Record(Failures), "Retries and escalations.", default=Failures())
    timing: Timing | None = key(
        Record(Timing), "Seconds per request, for hours of processing a day.", default=None
    )
    seat: Money | None = key(
        MONEY, "A flat price per user and month, instead of request and routing.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Either requests routed to models, or seats."""
        if self.seat is not None:
            extra = [name for name in ("request", "routing") if getattr(self, name) is not None]
            if extra:
                yield (extra[0],), "a workload of seats has no request and no routing"
            if self.demand.users is None:
                yield ("demand",), "seats need users: how many people have one"
            return
        if self.demand.requests is None:
            yield ("demand",), "the key 'requests' is missing"

    @staticmethod
    def also_required(present: set[str]) -> tuple[str, ...]:
        """Without seats there are requests, and models that answer them."""
        names = () if "seat" in present else ("request", "routing")
        return tuple(name for name in names if name not in present)
