"""From what a scenario says about demand to days, level and growth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import numpy as np

from costplan.documents import join_path
from costplan.engine.demand import Calendar, calendar
from costplan.engine.model import Stream, Term, means, product
from costplan.engine.remembered import Remembered
from costplan.engine.seasons import Seasons
from costplan.periods import Days, Month
from costplan.planning.events import EventCompiler, Part
from costplan.planning.findings import Findings
from costplan.planning.growth import GrowthCompiler
from costplan.planning.sizes import Variables
from costplan.scenario.hours import HourProfile
from costplan.scenario.schema import Demand, Workload
from costplan.scenario.seasons import WEEKDAYS, Seasonality
from costplan.scenario.uncertainty import Uncertainty
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True, eq=False)
class Demanded:
    """The demand of one workload."""

    days: Calendar
    """All of its days, with uncertain factors at their mean."""
    parts: tuple[Part, ...]
    """The same days, those with uncertain factors apart."""
    bare: Stream
    """Its level and growth, before it has cells."""
    hours: HourProfile | None
    zone: str | None


@dataclass(frozen=True, slots=True)
class DemandCompiler:
    """Compiles the demand of each workload of a scenario; equal calendars are made once."""

    months: tuple[Month, ...]
    variables: Variables
    findings: Findings
    holidays: Callable[[str, int], frozenset[date]]
    volume: float
    """The lever: every demand times this."""
    unsure: Callable[[str], Uncertainty]
    """How unsure the volume of a workload is."""
    remembered: Remembered = field(default_factory=Remembered)

    def compile(self, name: str, workload: Workload) -> Demanded:
        """The demand of one workload; days without any are told."""
        demand, path = workload.demand, ("workloads", name, "demand")
        per = period_of(workload)
        usual = self._usual(demand, per, path)
        level = tuple(self._level(workload, path))
        grows = GrowthCompiler(self.months, self.variables, self.findings, (*path, "growth"))
        growth = tuple(grows.compile(demand.growth, demand.retire)) if per != "once" else ()
        at = (*path, "events")
        events = EventCompiler(usual, level, growth, self.variables, self.findings, at)
        parts = tuple(events.parts(demand.events))
        whole = parts[0].days
        for part in parts[1:]:
            factor = product(part.factors, means(self.variables.known))
            whole = whole.plus(part.days.weights * factor)
        if whole.active is None:
            self.findings.warn(
                "no-demand",
                f"no day of {self.months[0]} to {self.months[-1]} has demand "
                "(see demand.launch and days)",
                join_path(path[:-1]),
            )
        volume = (Term(self.volume),) if self.volume != 1 else ()
        unsure = self.unsure(name)
        bare = Stream(name, volume + level, growth, (), unsure.workload, unsure.common)
        return Demanded(whole, parts, bare, demand.hours, demand.zone)

    def _usual(self, demand: Demand, per: str, path: KeyPath) -> Calendar:
        """Its days as they are without events."""
        try:
            usual = self._spread(demand, per, demand.days)
        except ValueError as error:
            self.findings.problem((*path, "days"), str(error))
            return self._spread(demand, per, Days("weekdays"))
        if demand.seasonality is not None:
            even = self._spread(replace(demand, seasonality=None), per, demand.days)
            self._tell_seasons(usual, even, demand.seasonality, path)
        return usual

    def _tell_seasons(
        self, usual: Calendar, even: Calendar, stated: Seasonality, path: KeyPath
    ) -> None:
        """What the factors came to once the year's total is kept."""
        if usual.active is None:
            return
        told = []
        if stated.months:
            names = list(map(str, self.months))
            told.append("its months " + _extremes(usual.whole, even.whole, names))
        if stated.weekdays:
            weekday = (self.months[0].first.weekday() + np.arange(even.weights.size)) % 7
            found, plain = (np.bincount(weekday, days.weights, 7) for days in (usual, even))
            plain *= found.sum() / plain.sum()
            told.append(
                "its days of the week " + _extremes(found.tolist(), plain.tolist(), WEEKDAYS)
            )
        self.findings.note(
            f"{path[1]}: a year keeps the demand stated for it: with its seasonality, "
            f"{' and '.join(told)} of an even one"
        )

    def _spread(self, demand: Demand, per: str, days: Days) -> Calendar:
        hours = demand.hours.active if demand.hours else 24.0
        key = (self.months[0], len(self.months), per, days, demand.launch, demand.ramp,
               demand.retire, demand.closed, demand.seasonality, hours)  # fmt: skip
        stated = replace(demand, days=days)
        make = partial(spread_over_days, stated, per, self.months, self.holidays)
        return self.remembered.get("calendar", self.holidays, key, make)

    def _level(self, workload: Workload, path: KeyPath) -> Iterator[Term]:
        """Its demand per period, as factors."""
        demand = workload.demand
        if demand.requests is not None and workload.seat is None:
            yield self.variables.term(demand.requests, (*path, "requests"), "positive")
        if demand.users is not None:
            yield self.variables.term(demand.users, (*path, "users"), "positive")


def spread_over_days(
    demand: Demand,
    per: str,
    months: Sequence[Month],
    holidays: Callable[[str, int], frozenset[date]],
) -> Calendar:
    """A demand of 1 per period on its days, events left aside.

    Raises:
        ValueError: there is no holiday calendar of its country.
    """
    return calendar(
        months,
        per=per,
        days=demand.days,
        launch=demand.launch,
        ramp_end=demand.ramp.after(demand.launch) if demand.ramp and demand.launch else None,
        retire=demand.retire,
        closed=demand.closed,
        seasons=_seasons(demand),
        active_hours=demand.hours.active if demand.hours else 24.0,
        holidays=holidays,
    )


def period_of(workload: Workload) -> str:
    """The period its demand is stated for; seats are per month."""
    requests = workload.demand.requests
    if workload.seat is not None or requests is None:
        return "month"
    return next(word for word in requests.per if word not in {"user", "seat"})


def _extremes(found: Sequence[float], even: Sequence[float], names: Sequence[str]) -> str:
    """The least and the most of what was found against an even spread."""
    there = [(a / b, name) for a, b, name in zip(found, even, names, strict=True) if b]
    (least, low), (most, high) = min(there), max(there)
    return f"have from {least:.2f} ({low}) to {most:.2f} ({high})"


def _seasons(demand: Demand) -> Seasons | None:
    """Its seasonality as plain numbers; None where it has none."""
    if demand.seasonality is None:
        return None
    months, weekdays = demand.seasonality.months, demand.seasonality.weekdays
    return Seasons(
        tuple(map(float, months)) or Seasons().months,
        tuple(map(float, weekdays)) or Seasons().weekdays,
    )
