"""Demand that a log states: its level, its shock, and what to say where no forecast rests on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from costplan.documents import join_path
from costplan.engine.arrivals import Recorded, recorded
from costplan.periods import DayRange
from costplan.planning.findings import Findings
from costplan.quantity import Quantity
from costplan.scenario.hours import HourProfile
from costplan.scenario.logs import Arrivals
from costplan.scenario.schema import Demand, Scenario, Workload
from costplan.scenario.uncertainty import NONE, Uncertainty

type Holidays = Callable[[str, int], frozenset[date]]


def demand_of_logs(scenario: Scenario, holidays: Holidays, findings: Findings) -> Scenario:
    """The scenario with the demand of each log written out, as if its reader had stated it."""
    workloads = {
        name: _written_out(name, workload, scenario, holidays, findings)
        for name, workload in scenario.workloads.items()
    }
    return replace(scenario, workloads=workloads)


def _written_out(
    name: str, workload: Workload, scenario: Scenario, holidays: Holidays, findings: Findings
) -> Workload:
    log = workload.demand.log
    if log is None:
        return workload
    found = record_of(scenario.arrivals[log], workload.demand, holidays)
    _tell(name, log.file, found, findings)
    each = Decimal(f"{found.per_day:.15g}")
    demand = replace(
        workload.demand,
        log=None,
        requests=Quantity(each, each, ("day",)),
        hours=workload.demand.hours or _hours(workload.demand, found),
    )
    unsure = workload.uncertainty
    if unsure is None and scenario.uncertainty != NONE:
        unsure = Uncertainty(found.level.shock, scenario.uncertainty.common)
    return replace(workload, demand=demand, uncertainty=unsure)


def _hours(demand: Demand, found: Recorded) -> HourProfile | None:
    """The hours of the log, where the scenario says in which zone its clock goes."""
    if demand.zone is None or not found.profile.hours:
        return None
    return HourProfile.of(tuple(Decimal(repr(share)) for share in found.profile.hours))


def record_of(arrivals: Arrivals, demand: Demand, holidays: Holidays) -> Recorded:
    """What a log says of the days on which there is demand."""
    span = DayRange(arrivals.first, arrivals.first + timedelta(len(arrivals.daily)))
    try:
        active = demand.days.active(span, holidays)
    except ValueError:  # no such calendar, which is told where the plan's own days need it
        active = None
    return recorded(
        arrivals.daily,
        arrivals.hourly,
        weekday=arrivals.first.weekday(),
        active=active,
        first_hour=arrivals.first_hour,
        last_hour=arrivals.last_hour,
    )


def _tell(name: str, file: str, found: Recorded, findings: Findings) -> None:
    known = found.level
    cut = f", {found.cut} at its ends left out as not whole" if found.cut else ""
    findings.note(
        f"{name}: {file} has {found.per_day:,.4g} requests on an active day, from {found.days} "
        f"days{cut} that vary by {known.variation:.2f} of their mean; a log deviation of "
        f"{known.shock:g} is what such volumes show from one week to the next"
    )
    where = join_path(("workloads", name, "demand", "log"))
    if known.doubt == "few-days":
        findings.warn(
            "not-forecastable",
            f"{file} has requests on {known.active_days} days, and no forecast should rest on "
            "fewer than 7: take a longer log, or write requests: LOW to HIGH",
            where,
        )
    elif known.doubt:
        findings.warn(
            "not-forecastable",
            f"the days of {file} vary by {known.variation:.2f} of their mean, and beyond 1.3 the "
            "next weeks of real volumes came to anything from nothing to 16 times as much: plan a "
            "variant for each case, or write requests: LOW to HIGH",
            where,
        )
