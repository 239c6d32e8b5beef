"""What is paid beside the models that answer: routers, judges, and people.

Each is a cell of its own, so that it has line items of its own: a price of the scenario by the
piece, or the calls of a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from costplan.documents import join_path
from costplan.engine.model import Cell
from costplan.engine.profile import Profile
from costplan.engine.shares import ONE, Sum, share, times
from costplan.planning.cascading import Answers
from costplan.planning.cells import PricedCell
from costplan.planning.events import Part
from costplan.planning.failing import Send
from costplan.planning.routing import Route
from costplan.planning.sizes import Variables
from costplan.scenario.cascades import Overhead
from costplan.scenario.requests import Request
from costplan.scenario.schema import Workload
from costplan.scenario.unit_prices import UnitPrice
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True)
class Asked:
    """A model that is asked beside the ones that answer, and how often."""

    request: Request
    at: KeyPath
    """Where its request stands."""
    sends: tuple[Send, ...]


@dataclass(frozen=True, slots=True)
class Overheads:
    """What one workload pays beside its models."""

    workload: Workload
    path: KeyPath
    variables: Variables
    answers: Sequence[Answers]
    parts: Sequence[Part]
    """Its days."""

    def asked(self) -> Iterator[Asked]:
        """Routers and judges that are models."""
        for name, overhead in self._choosing():
            if overhead.model is None or overhead.request is None:
                continue
            at = (*self.path, "routing", name)
            sends = tuple(
                Send(Route(overhead.model, factors, each.days, (*at, "model")), beside=True)
                for each in self.answers
                for factors in (each.judged if name == "judge" else ONE)
            )
            yield Asked(overhead.request, at, sends)

    def cells(self) -> Iterator[PricedCell]:
        """Everything with a price by the piece."""
        for name, overhead in self._choosing():
            if overhead.cost is not None:
                for each in self.answers:
                    often = each.judged if name == "judge" else ONE
                    yield from self._pieces("routing", name, overhead.cost, often, each)
        people = self.workload.people
        if people is None:
            return
        at = (*self.path, "people")
        for each in self.answers:
            if people.review is not None:
                term = self.variables.term(people.review.share, (*at, "review", "share"), "share")
                cost = people.review.cost
                yield from self._pieces("people", "review", cost, share(term), each)
            if people.rework is not None:
                often = self.reworked(each)
                yield from self._pieces("people", "rework", people.rework.cost, often, each)

    def reworked(self, answers: Answers) -> Sum:
        """Share of conversations that somebody does over."""
        rework = self.workload.people.rework if self.workload.people else None
        if rework is None:
            return ()
        at = (*self.path, "people", "rework", "share")
        return times(answers.failed, share(self.variables.term(rework.share, at, "share")))

    def _choosing(self) -> Iterator[tuple[str, Overhead]]:
        routing = self.workload.routing
        if routing and routing.router:
            yield "router", routing.router
        if routing and routing.judge:
            yield "judge", routing.judge

    def _pieces(
        self, provider: str, name: str, price: UnitPrice, often: Sum, answers: Answers
    ) -> Iterator[PricedCell]:
        """A cell for each product of a share of conversations that costs so much a piece."""
        for part, factors in product(self.parts, often):
            weight, share_of = part.days.by_month(answers.days), (*factors, *part.factors)
            yield PricedCell(
                model=f"{provider}/{name}",
                provider=provider,
                mode="standard",
                rates=({name: price.amount},),
                price=None,
                source=f"stated in the scenario: {join_path((*self.path, provider, name, 'cost'))}",
                days=answers.days,
                cell=Cell(Profile(flat=name), weight, share_of, (), ({name: float(price.each)},)),
                pieces=price.per,
            )
