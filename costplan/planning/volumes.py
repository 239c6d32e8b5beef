"""Volumes beside the money: conversations and calls, hours of processing, where seats pay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from costplan.engine.distributions import Distribution, Floats
from costplan.engine.expectation import expected_volume
from costplan.engine.model import Stream, Term
from costplan.engine.projection import Processing, Projection, Volume
from costplan.errors import suggestion
from costplan.planning.cells import PricedCell
from costplan.planning.compiling import Compiler, PricedStream
from costplan.planning.findings import Findings
from costplan.scenario.schema import Scenario, Workload
from costplan.schema import KeyPath


def volumes(
    scenario: Scenario,
    streams: Sequence[PricedStream],
    compiler: Compiler,
    variables: Mapping[str, Distribution],
) -> tuple[Volume, ...]:
    """Expected conversations and API calls of every workload in every month."""
    found: list[Volume] = []
    for priced in streams:
        name = priced.stream.name
        workload = scenario.workloads[name]
        count = expected_volume(priced.stream, priced.weight, variables)
        calls = expected_volume(
            priced.stream, priced.weight, variables, _calls(workload, name, compiler)
        )
        users = _users(workload, priced, compiler, variables)
        for k, month in enumerate(compiler.months):
            people = users[k] if users else None
            found.append(Volume(month, name, float(count[k]), float(calls[k]), people))
    return tuple(found)


def _users(
    workload: Workload,
    priced: PricedStream,
    compiler: Compiler,
    variables: Mapping[str, Distribution],
) -> tuple[float, ...] | None:
    """Users in each month: they grow as the demand they make does."""
    if workload.demand.users is None:
        return None
    at = ("workloads", priced.stream.name, "demand", "users")
    term = compiler.sizes.variables.term(workload.demand.users, at, "positive")
    people = replace(priced.stream, level=(term,))
    each = np.ones(len(compiler.months))
    return tuple(map(float, expected_volume(people, each, variables)))


def _calls(workload: Workload, name: str, compiler: Compiler) -> tuple[Term, ...]:
    """API calls in one conversation, as factors: turns, retries, escalations."""
    if workload.request is None:
        return (Term(0.0),)
    term = compiler.sizes.variables.term
    path: KeyPath = ("workloads", name)
    turns = term(workload.request.turns, (*path, "request", "turns"), "positive")
    retry = term(workload.failures.retry, (*path, "failures", "retry"), "share")
    escalate = term(workload.failures.escalate, (*path, "failures", "escalate"), "share")
    again = (Term(1 + part.base, part.slope, part.variable) for part in (retry, escalate))
    return (turns, *again)


def processing(
    scenario: Scenario,
    streams: Sequence[PricedStream],
    compiler: Compiler,
    variables: Mapping[str, Distribution],
) -> tuple[Processing, ...]:
    """Seconds and hours of every workload that states how long its requests take."""
    found: list[Processing] = []
    for priced in streams:
        workload = scenario.workloads[priced.stream.name]
        if workload.timing is not None and workload.request is not None:
            found += _workload_processing(workload, priced, compiler, variables)
    return tuple(found)


def _workload_processing(
    workload: Workload,
    priced: PricedStream,
    compiler: Compiler,
    variables: Mapping[str, Distribution],
) -> Iterator[Processing]:
    timing, request = workload.timing, workload.request
    if timing is None or request is None:
        return
    name = priced.stream.name
    at = ("workloads", name, "request", "turns")
    turns = compiler.sizes.variables.term(request.turns, at, "positive")
    for model in dict.fromkeys(cell.model for cell in priced.cells):
        cells = [cell for cell in priced.cells if cell.model == model]
        calls = _sum_of_calls(priced.stream, cells, turns, variables)
        active = priced.calendar.active_days(*(cell.days for cell in cells))
        seconds = float(timing.seconds[model if model in timing.seconds else ""])
        for k, month in enumerate(compiler.months):
            if active[k] and calls[k]:
                per_day = float(calls[k] / active[k])
                yield Processing(month, name, model, per_day, seconds, timing.parallel)


def _sum_of_calls(
    stream: Stream,
    cells: Sequence[PricedCell],
    turns: Term,
    variables: Mapping[str, Distribution],
) -> Floats:
    """Expected API calls of some cells by month, retries included."""
    parts = [
        expected_volume(stream, priced.cell.weight, variables, (*priced.cell.share, turns))
        for priced in cells
        if not (priced.cell.first_turn and priced.cell.first_turn.found)  # its twin counts both
    ]
    return np.sum(parts, axis=0)


def check_timing(name: str, workload: Workload, findings: Findings) -> None:
    """Seconds are stated for every model of the mix, and for no other."""
    if workload.timing is None or workload.routing is None or "" in workload.timing.seconds:
        return
    routed = {model for entry in workload.routing.mix for model in entry.mix}
    if workload.routing.escalate_to:
        routed.add(workload.routing.escalate_to)
    at: KeyPath = ("workloads", name, "timing", "seconds")
    for model in workload.timing.seconds:
        if model not in routed:
            hint = suggestion(model, routed)
            findings.problem((*at, model), f"{model!r} is not routed to{hint}")
    for model in sorted(routed - set(workload.timing.seconds)):
        findings.problem(at, f"no seconds for {model!r}, which is routed to")


def seat_notes(scenario: Scenario, projection: Projection) -> Iterator[str]:
    """Where a seat costs as much as paying per use: conversations per user and month."""
    seats = {
        name: workload.seat.amount
        for name, workload in scenario.workloads.items()
        if workload.seat is not None
    }
    cost = dict(projection.by("workload")) if seats else {}
    for name, price in seats.items():
        for other, workload in scenario.workloads.items():
            if workload.seat is not None or workload.demand.users is None:
                continue
            mine = [v for v in projection.volumes if v.workload == other]
            conversations = sum(v.conversations for v in mine)
            user_months = sum(v.users or 0.0 for v in mine if v.conversations)
            if not conversations or not user_months or not cost[other]:
                continue
            each = float(cost[other]) / conversations
            used = conversations / user_months
            cheaper = "pay per use" if used * each < float(price) else "the seat"
            yield (
                f"{name} at {price:g} {projection.currency} a month costs as much as {other} at "
                f"{float(price) / each:,.0f} conversations per user and month; {other} has "
                f"{used:,.0f}, so {cheaper} is cheaper"
            )
