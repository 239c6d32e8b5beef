"""A workload: its demand, where its requests go, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.meters import MODES
from costplan.quantity import Quantity
from costplan.scenario.demand import Demand
from costplan.scenario.failures import Failures
from costplan.scenario.kinds import MONEY, NAME, SHARE, Money
from costplan.scenario.people import People
from costplan.scenario.requests import Request
from costplan.scenario.routing import Routing
from costplan.scenario.timing import Timing
from costplan.scenario.uncertainty import UNCERTAINTY, Uncertainty
from costplan.scenario.unit_prices import UnitPrice
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
    task: str | None = key(
        NAME, "The row of quality that says how well each model does this work.", default=None
    )
    people: People | None = key(
        Record(People), "Review and rework at a price per item.", default=None
    )
    timing: Timing | None = key(
        Record(Timing), "How long requests take, for hours of processing a day.", default=None
    )
    uncertainty: Uncertainty | None = key(
        UNCERTAINTY,
        "How unsure this workload's volume is, where it is not as the plan's uncertainty says.",
        default=None,
    )
    seat: Money | None = key(
        MONEY, "A flat price per user and month, instead of request and routing.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Either requests routed to models, or seats."""
        if self.seat is not None:
            names = ("request", "routing", "task", "people")
            extra = [name for name in names if getattr(self, name) is not None]
            if extra:
                yield (extra[0],), "a workload of seats has no request and no routing"
            if self.demand.users is None:
                yield ("demand",), "seats need users: how many people have one"
            for name in ("seasonality", "events", "hours"):
                if getattr(self.demand, name):
                    yield ("demand", name), f"a seat costs the same whenever used: no {name}"
            return
        if self.demand.requests is None and self.demand.log is None:
            yield ("demand",), "the key 'requests' is missing"
        yield from self._check_cascade()

    def _check_cascade(self) -> Iterator[tuple[KeyPath, str]]:
        """One way to say what goes on; a judge and a rework that have something to do."""
        if self.routing is None:
            return
        cascade, escalated = self.routing.cascade, self.failures.escalate.high > 0
        if cascade and escalated:
            message = "routing.cascade already says what goes on; keep one of the two"
            yield ("failures", "escalate"), message
        if self.routing.judge and not (cascade or escalated):
            yield ("routing", "judge"), "a judge needs a cascade: where does what it refuses go?"
        if self.task is None:
            scored: list[KeyPath] = [
                ("cascade", str(k), "success") for k, step in enumerate(cascade) if step.success
            ]
            if self.routing.judge and self.routing.judge.caught:
                scored.append(("judge", "caught"))
            for at in scored:
                yield ("routing", *at), f"{at[-1]} goes with task, the workload's row of quality"
        if self.people and self.people.rework and self.task is None:
            message = "rework is of failed tasks: name a row of quality with the workload's task"
            yield ("people", "rework"), message

    def prices(self) -> Iterator[tuple[KeyPath, UnitPrice]]:
        """What it states a price per piece for, with the path below it."""
        routing, people = self.routing, self.people
        for name, overhead in (
            ("router", routing and routing.router),
            ("judge", routing and routing.judge),
        ):
            if overhead and overhead.cost:
                yield ("routing", name, "cost"), overhead.cost
        if people and people.review:
            yield ("people", "review", "cost"), people.review.cost
        if people and people.rework:
            yield ("people", "rework", "cost"), people.rework.cost

    def models(self) -> Iterator[tuple[KeyPath, str]]:
        """Every model it calls, with the path below it; one may come more than once."""
        if self.routing is None:
            return
        for k, entry in enumerate(self.routing.mix):
            listed = () if entry.from_ == date.min else (str(k), "mix")
            yield from ((("routing", "mix", *listed, model), model) for model in entry.mix)
        if self.routing.escalate_to:
            yield ("routing", "escalate_to"), self.routing.escalate_to
        for k, step in enumerate(self.routing.cascade):
            yield ("routing", "cascade", str(k), "to"), step.to
        for name in ("router", "judge"):
            overhead = getattr(self.routing, name)
            if overhead and overhead.model:
                yield ("routing", name, "model"), overhead.model
        if self.failures.repair and self.failures.repair.model:
            yield ("failures", "repair", "model"), self.failures.repair.model
        for k, agent in enumerate(self.request.agents if self.request else ()):
            if agent.model:
                yield ("request", "agents", str(k), "model"), agent.model

    def requests(self) -> Iterator[tuple[KeyPath, Request]]:
        """Its request, those of sub-agents, and what a router and a judge are sent, with paths."""
        for below, request in self.request.each() if self.request else ():
            yield ("request", *below), request
        for name in ("router", "judge") if self.routing else ():
            overhead = getattr(self.routing, name)
            if overhead and overhead.request:
                yield ("routing", name, "request"), overhead.request

    @staticmethod
    def also_required(present: set[str]) -> tuple[str, ...]:
        """Without seats there are requests, and models that answer them."""
        names = () if "seat" in present else ("request", "routing")
        return tuple(name for name in names if name not in present)
