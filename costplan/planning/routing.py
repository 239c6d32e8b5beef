"""A routing mix as shares: the rest worked out, dates turned into day ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from costplan.engine.model import Term
from costplan.engine.shares import Product
from costplan.periods import DayRange
from costplan.planning.cascading import Answers, Cascade
from costplan.planning.findings import Findings
from costplan.planning.sizes import Variables
from costplan.quantity import Quantity
from costplan.scenario.schema import MixFrom, Workload
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True)
class Route:
    """A share of a workload's conversations that goes to one model on some days."""

    model: str
    factors: Product
    """Their product is the share."""
    days: DayRange
    at: KeyPath
    """Where the model is named in the scenario."""


@dataclass(frozen=True, slots=True)
class Router:
    """Reads the routing of one workload."""

    workload: Workload
    path: KeyPath
    variables: Variables
    findings: Findings

    def answers(self, active: DayRange) -> Iterator[Answers]:
        """Who tries what over the days with demand, for each mix in turn."""
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
                shares = self._shares(entry, at)
                mix = {model: (share, (*at, model)) for model, share in shares.items()}
                yield self.cascade.answers(days, mix)

    @property
    def cascade(self) -> Cascade:
        """Who tries next."""
        scenario = self.findings.scenario
        scores = scenario.quality[self.workload.task] if self.workload.task else None
        return Cascade(self.workload, self.path, self.variables, self.findings, scores)

    def _shares(self, entry: MixFrom, at: KeyPath) -> dict[str, Term]:
        fixed = math.fsum(
            float(share.low) for share in entry.mix.values() if share and not share.is_range
        )
        left = float(f"{1 - fixed:.12g}")
        stated = {
            model: self._stated(share, (*at, model), left)
            for model, share in entry.mix.items()
            if share is not None
        }
        moving = next((term for term in stated.values() if term.variable), Term())
        rest = Term(left, -moving.slope, moving.variable)
        return {model: stated.get(model, rest) for model in entry.mix}

    def _stated(self, share: Quantity, at: KeyPath, left: float) -> Term:
        """A share; one that is a range lies within what the fixed ones leave.

        It is a Beta of its part of that, so that no rest is less than nothing.
        """
        if not share.is_range or left == 1:
            return self.variables.term(share, at, "share")
        whole = Decimal(repr(left))
        part = replace(share, low=share.low / whole, high=share.high / whole)
        return self.variables.term(part, at, "share", of=left) * left


def routes(answers: Answers) -> Iterator[Route]:
    """The routes to every model that tries; later stages after the mix."""
    for stage in answers.stages:
        for each in stage:
            for factors in each.reach:
                yield Route(each.model, factors, answers.days, each.at)
