"""Sub-agents: conversations that the turns of other conversations start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from costplan.engine.model import Term
from costplan.planning.loops import Looping
from costplan.planning.profiles import Profiler
from costplan.planning.routing import Route
from costplan.planning.sizes import Sizes
from costplan.scenario.schema import Request
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True)
class SubAgent:
    """Sub-agents of one kind: how many conversations of theirs one conversation has."""

    request: Request
    below: KeyPath
    """Where their request is, below that of the workload."""
    factors: tuple[Term, ...]
    """The product of these is their number."""
    model: str | None
    at: KeyPath
    """Where their model is named, if it is."""

    def routed(self, route: Route) -> Route:
        """Where they run when the conversation that starts them runs there."""
        started = replace(route, factors=(*route.factors, *self.factors))
        return replace(started, model=self.model, at=self.at) if self.model else started

    def profiler(self, of: Profiler) -> Profiler:
        """What builds their profiles, beside that of the conversations that start them."""
        return Profiler(self.request, of.path, of.sizes, of.findings, self.below)


def sub_agents(request: Request, path: KeyPath, sizes: Sizes) -> Iterator[SubAgent]:
    """Every kind of sub-agent that a request starts.

    Args:
        request: of the workload.
        path: of the workload in the scenario.
        sizes: makes terms of quantities.
    """
    looping = Looping(request, (*path, "request"), sizes)
    for k, agent in enumerate(request.agents):
        below = ("agents", str(k))
        yield SubAgent(
            agent.request,
            (*below, "request"),
            (looping.turns[0], looping.count(agent, k)),
            agent.model,
            (*path, "request", *below, "model"),
        )


def calls_in(request: Request, at: KeyPath, sizes: Sizes) -> Iterator[tuple[Term, ...]]:
    """API calls of one conversation, its sub-agents included: sums of products of these."""
    looping = Looping(request, at, sizes)
    yield looping.turns[0], looping.steps[0]
    for k, agent in enumerate(request.agents):
        own = Looping(agent.request, (*at, "agents", str(k), "request"), sizes)
        yield looping.turns[0], looping.count(agent, k), own.turns[0], own.steps[0]
