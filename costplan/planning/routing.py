"""A routing mix as shares: the rest worked out, the lever applied, dates turned into day ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.documents import join_path
from costplan.engine.model import Term
from costplan.errors import CostplanError
from costplan.meters import Meter
from costplan.periods import DayRange
from costplan.planning.findings import Findings
from costplan.planning.sizes import Variables
from costplan.prices import PriceBook
from costplan.scenario.schema import MixFrom, Workload
from costplan.schema import Path


@dataclass(frozen=True, slots=True)
class Route:
    """A share of a workload's conversations that goes to one model on some days."""

    model: str
    share: Term
    days: DayRange
    at: Path
    """Where the model is named in the scenario."""


@dataclass(frozen=True, slots=True)
class Router:
    """Reads the routing of one workload."""

    workload: Workload
    path: Path
    book: PriceBook
    variables: Variables
    findings: Findings
    cheapest: float
    """The lever: how much of each mix moves to its cheapest model."""

    def routes(self, active: DayRange) -> Iterator[Route]:
        """Every route over the days with demand; escalations after the mix they come from."""
        routing = self.workload.routing
        if routing is None:
            return
        if routing.mix[0].from_ > active.start:
            self.findings.problem(
                (*self.path, "routing", "mix"),
                f"demand begins on {active.start}, the first mix on {routing.mix[0].from_}; "
                "say which models answer before that",
            )
            return
        for k, entry in enumerate(routing.mix):
            end = routing.mix[k + 1].from_ if k + 1 < len(routing.mix) else active.end
            days = active & DayRange(max(entry.from_, active.start), end)
            listed = () if entry.from_ == date.min else (str(k), "mix")
            at = (*self.path, "routing", "mix", *listed)
            if days.days:
                for model, share in self._shares(entry, at, days.start).items():
                    if not share.is_zero:
                        yield Route(model, share, days, (*at, model))
                yield from self._escalated(entry, at, days)

    def _shares(self, entry: MixFrom, at: Path, day: date) -> dict[str, Term]:
        stated = {
            model: self.variables.term(share, (*at, model), "share")
            for model, share in entry.mix.items()
            if share is not None
        }
        moving = next((term for term in stated.values() if term.variable), Term())
        left = 1 - math.fsum(term.base for term in stated.values())
        rest = Term(float(f"{left:.12g}"), -moving.slope, moving.variable)
        shares = {model: stated.get(model, rest) for model in entry.mix}
        return self._shifted(shares, day) if self.cheapest else shares

    def _shifted(self, shares: Mapping[str, Term], day: date) -> dict[str, Term]:
        """Part of every other share moved to the model with the lowest input plus output rate."""
        cost = {}
        for model in shares:
            try:
                rates = self.book.price(model, at=day).rates
            except CostplanError:
                return dict(shares)  # the missing price is told where the model is compiled
            cost[model] = rates.get(Meter.INPUT, Decimal(0)) + rates.get(Meter.OUTPUT, Decimal(0))
        cheapest = min(cost, key=lambda model: cost[model])
        shifted = {model: term * (1 - self.cheapest) for model, term in shares.items()}
        own = shifted[cheapest]
        shifted[cheapest] = Term(own.base + self.cheapest, own.slope, own.variable)
        return shifted

    def _escalated(self, entry: MixFrom, mix_at: Path, days: DayRange) -> Iterator[Route]:
        at = (*self.path, "failures", "escalate")
        share = self.variables.term(self.workload.failures.escalate, at, "share")
        if share.is_zero or self.workload.routing is None:
            return
        target = self.workload.routing.escalate_to
        if target is not None:
            yield Route(target, share, days, (*self.path, "routing", "escalate_to"))
            return
        target = list(entry.mix)[-1]
        self.findings.warn(
            "escalation-target",
            f"escalated conversations are run again on {target}, the last model of the mix; "
            "write routing.escalate_to to choose",
            join_path(at),
        )
        yield Route(target, share, days, (*mix_at, target))
