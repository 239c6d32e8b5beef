"""From a workload's events to the parts of its days: those alike but for what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from costplan.documents import join_path
from costplan.engine.demand import Calendar
from costplan.engine.distributions import Floats
from costplan.engine.model import Growth, Term
from costplan.planning.findings import Findings
from costplan.planning.sizes import Variables
from costplan.quantity import Quantity
from costplan.scenario.events import Event
from costplan.schema import KeyPath

type Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
"""For each day of the plan, whether it is meant."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The days of a workload that the same uncertain factors multiply."""

    days: Calendar
    factors: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class EventCompiler:
    """Compiles the events of one workload."""

    usual: Calendar
    """Its days without events."""
    level: tuple[Term, ...]
    growth: tuple[Growth, ...]
    variables: Variables
    findings: Findings
    path: KeyPath
    """Of the events in the scenario."""

    def parts(self, events: Mapping[str, Event]) -> Iterator[Part]:
        """Its days with their events; first those that no uncertain factor multiplies.

        Factors of the same day multiply. What is added is multiplied by none of them, so it is
        with the first part, whatever happens on its days besides.
        """
        if not events:
            yield Part(self.usual)
            return
        known, added = np.ones(self.usual.weights.size), np.zeros(self.usual.weights.size)
        unsure: list[tuple[Mask, Term]] = []
        for name, event in events.items():
            there = self._days(name, event)
            if not there.any():
                continue
            if event.add is not None:
                added += self._added(event.add, there, (*self.path, name, "add"))
            elif event.factor is not None:
                at = (*self.path, name, "factor")
                term = self.variables.term(event.factor, at, "positive")
                if term.variable:
                    unsure.append((there, term))
                else:
                    known[there] *= term.base
        days = self.usual.times(known)
        sure = ~np.logical_or.reduce([there for there, _ in unsure], initial=False)
        yield Part(days.times(sure * np.ones(known.size)).plus(added))
        yield from _uncertain(days, unsure)

    def _days(self, name: str, event: Event) -> Mask:
        """The days of an event that have demand to change."""
        there = self.usual.on(event.days)
        found = there & (self.usual.weights > 0)
        if there.any() and not found.any():
            self.findings.warn(
                "idle-event",
                f"{name} changes nothing: none of its days has demand (see days, closed, launch "
                "and retire)",
                join_path((*self.path, name)),
            )
        return found

    def _added(self, amount: Quantity, there: Mask, at: KeyPath) -> Floats:
        """What is added to each day, at a level of 1 and before growth: shape (days,)."""
        phases = [phase.rate for phase in self.growth]
        if any(term.variable for term in (*self.level, *phases)):
            self.findings.problem(
                at,
                "what is added to a demand or growth that is a range has no fixed proportion to "
                "it: write a factor, or give the event a workload of its own",
            )
            return np.zeros(there.size)
        stated = np.full(len(self.usual.months), np.prod([term.base for term in self.level]))
        for phase in self.growth:
            stated = stated * phase.factors({})[0]
        daily = self.usual.daily(stated)
        if not daily[there].all():
            self.findings.problem(
                at, "nothing is added to a demand of nothing: give the event a workload of its own"
            )
        return np.divide(
            float(amount.low), daily, out=np.zeros(there.size), where=there & (daily > 0)
        )


def _uncertain(days: Calendar, unsure: list[tuple[Mask, Term]]) -> Iterator[Part]:
    """A part for each set of uncertain factors that meet on some day."""
    if not unsure:
        return
    inside = np.array([there for there, _ in unsure])
    spots = np.flatnonzero(inside.any(axis=0))
    patterns, found = np.unique(inside[:, spots], axis=1, return_inverse=True)
    for k, pattern in enumerate(patterns.T):
        chosen = np.zeros(days.weights.size)
        chosen[spots[found.reshape(-1) == k]] = 1.0
        factors = tuple(term for (_, term), on in zip(unsure, pattern, strict=True) if on)
        yield Part(days.times(chosen), factors)
