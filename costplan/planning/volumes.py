"""Volumes beside the money: conversations and calls, hours of processing, where seats pay."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.expectation import expected_volume
from costplan.engine.model import means
from costplan.engine.projection import Processing, Projection, Volume
from costplan.errors import suggestion
from costplan.planning.compiling import Compiler, PricedStream
from costplan.planning.findings import Findings
from costplan.scenario.schema import Scenario, Workload
from costplan.schema import Path


def volumes(
    scenario: Scenario, streams: Sequence[PricedStream], compiler: Compiler
) -> tuple[Volume, ...]:
    """Expected conversations and API calls of every workload in every month."""
    found = []
    variables = compiler.sizes.variables.known
    middle = means(variables)
    for priced in streams:
        workload = scenario.workloads[priced.stream.name]
        days = priced.calendar
        count = expected_volume(priced.stream, days.by_month(days.range), variables)
        calls = _calls(workload, priced.stream.name, compiler)
        users = None
        if workload.demand.users is not None:
            at = ("workloads", priced.stream.name, "demand", "users")
            users = float(
                compiler.sizes.variables.term(workload.demand.users, at, "positive").at(middle)
            )
        for month, conversations in zip(compiler.months, count, strict=True):
            found.append(
                Volume(
                    month,
                    priced.stream.name,
                    float(conversations),
                    float(conversations * calls),
                    users,
                )
            )
    return tuple(found)


def _calls(workload: Workload, name: str, compiler: Compiler) -> float:
    """API calls in one conversation, on average."""
    if workload.request is None:
        return 0.0
    term = compiler.sizes.variables.term
    path: Path = ("workloads", name)
    middle = means(compiler.sizes.variables.known)
    turns = term(workload.request.turns, (*path, "request", "turns"), "positive")
    retry = term(workload.failures.retry, (*path, "failures", "retry"), "share")
    escalate = term(workload.failures.escalate, (*path, "failures", "escalate"), "share")
    return math.prod(
        float(value) for value in (turns.at(middle), 1 + retry.at(middle), 1 + escalate.at(middle))
    )


def processing(
    scenario: Scenario, streams: Sequence[PricedStream], compiler: Compiler
) -> tuple[Processing, ...]:
    """Seconds and hours of every workload that states how long its requests take."""
    found: list[Processing] = []
    for priced in streams:
        workload = scenario.workloads[priced.stream.name]
        if workload.timing is not None and workload.request is not None:
            found += _workload_processing(workload, priced, compiler)
    return tuple(found)


def _workload_processing(
    workload: Workload, priced: PricedStream, compiler: Compiler
) -> Iterator[Processing]:
    timing, request = workload.timing, workload.request
    if timing is None or request is None:
        return
    variables = compiler.sizes.variables
    name = priced.stream.name
    at = ("workloads", name, "request", "turns")
    turns = float(variables.term(request.turns, at, "positive").at(means(variables.known)))
    active = priced.calendar.active_days()
    for model, calls in _calls_by_model(priced, compiler).items():
        seconds = timing.seconds.get(model, timing.seconds.get(""))
        if seconds is None:
            continue
        for k, month in enumerate(compiler.months):
            if active[k] and calls[k]:
                per_day = float(calls[k]) * turns / float(active[k])
                yield Processing(month, name, model, per_day, float(seconds), timing.parallel)


def _calls_by_model(priced: PricedStream, compiler: Compiler) -> dict[str, Floats]:
    """Expected conversations by model and month, retries included."""
    variables = compiler.sizes.variables.known
    middle = means(variables)
    found: dict[str, Floats] = {}
    for cell in priced.cells:
        share = math.prod(float(term.at(middle)) for term in cell.cell.share)
        count = expected_volume(priced.stream, cell.cell.weight, variables) * share
        found[cell.model] = found.get(cell.model, np.zeros_like(count)) + count
    return found


def check_timing(name: str, workload: Workload, findings: Findings) -> None:
    """Seconds are stated for every model of the mix, and for no other."""
    if workload.timing is None or workload.routing is None or "" in workload.timing.seconds:
        return
    routed = {model for entry in workload.routing.mix for model in entry.mix}
    at: Path = ("workloads", name, "timing", "seconds")
    for model in workload.timing.seconds:
        if model not in routed:
            hint = suggestion(model, routed)
            findings.problem((*at, model), f"{model!r} is not in the routing mix{hint}")
    for model in sorted(routed - set(workload.timing.seconds)):
        findings.problem(at, f"no seconds for {model!r}, which is in the routing mix")


def seat_notes(scenario: Scenario, projection: Projection) -> Iterator[str]:
    """Where a seat costs as much as paying per use: conversations per user and month."""
    seats = {
        name: workload.seat.amount
        for name, workload in scenario.workloads.items()
        if workload.seat is not None
    }
    cost = dict(projection.by("workload"))
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
