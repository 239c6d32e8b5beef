"""Volumes beside the money: conversations and calls, hours of processing, where seats pay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from costplan.engine.distributions import Distribution, Floats
from costplan.engine.expectation import expected_volume
from costplan.engine.model import Stream
from costplan.engine.projection import Processing, Projection, Volume
from costplan.errors import suggestion
from costplan.planning.agents import calls_in
from costplan.planning.cells import PricedCell
from costplan.planning.compiling import Compiler, PricedStream
from costplan.planning.failing import Failing
from costplan.planning.findings import Findings
from costplan.planning.overheads import Overheads
from costplan.planning.tasks import expected_sum
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
        count = expected_sum(priced, priced.calendar.range, variables)
        calls, refused = _calls(workload, priced, compiler, variables)
        users = _users(workload, priced, compiler, variables)
        for k, month in enumerate(compiler.months):
            people = users[k] if users else None
            volume = Volume(month, name, float(count[k]), float(calls[k]), people)
            found.append(replace(volume, refused=float(refused[k])) if refused[k] else volume)
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


def _calls(
    workload: Workload,
    priced: PricedStream,
    compiler: Compiler,
    variables: Mapping[str, Distribution],
) -> tuple[Floats, Floats]:
    """Paid API calls by month, and those refused at a rate limit.

    Turns, times what is sent for each, times the tries of a cascade; then routers and judges. Only
    where mixes differ in what goes on are they counted apart.
    """
    calls, refused = np.zeros((2, len(compiler.months)))
    if workload.request is None or not priced.answers:
        return calls, refused
    path: KeyPath = ("workloads", priced.stream.name)
    sizes = compiler.sizes
    whole = tuple(calls_in(workload.request, (*path, "request"), sizes))
    failing = Failing(workload, path, sizes)
    alike = len({each.tries for each in priced.answers}) == 1
    for each in priced.answers[:1] if alike else priced.answers:
        days = priced.calendar.range if alike else each.days
        sent = whole, failing.calls, each.tries
        calls = calls + expected_sum(priced, days, variables, *sent)
        refused = refused + expected_sum(priced, days, variables, *sent, failing.refused)
    parts = priced.demand.parts
    for asked in Overheads(workload, path, sizes.variables, priced.answers, parts).asked():
        made = tuple(calls_in(asked.request, (*asked.at, "request"), sizes))
        for send in asked.sends:
            factors = (send.route.factors,)
            calls = calls + expected_sum(priced, send.route.days, variables, made, factors)
    return calls, refused


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
        if workload.timing is not None and workload.timing.seconds:
            found += _workload_processing(workload, priced, compiler, variables)
    return tuple(found)


def _workload_processing(
    workload: Workload,
    priced: PricedStream,
    compiler: Compiler,
    variables: Mapping[str, Distribution],
) -> Iterator[Processing]:
    timing = workload.timing
    if timing is None:
        return
    name = priced.stream.name
    called = [cell for cell in priced.cells if cell.price is not None]
    for model in dict.fromkeys(cell.model for cell in called):
        cells = [cell for cell in called if cell.model == model]
        calls = expected_calls(priced.stream, cells, variables)
        active = priced.calendar.active_days(*(cell.days for cell in cells))
        seconds = float(timing.seconds[model if model in timing.seconds else ""])
        for k, month in enumerate(compiler.months):
            if active[k] and calls[k]:
                per_day = float(calls[k] / active[k])
                yield Processing(month, name, model, per_day, seconds, timing.parallel or 1)


def expected_calls(
    stream: Stream, cells: Sequence[PricedCell], variables: Mapping[str, Distribution]
) -> Floats:
    """Expected API calls of some cells of one workload by month, retries included."""
    parts = [
        expected_volume(
            stream, priced.cell.weight, variables, (*priced.cell.share, *priced.cell.profile.calls)
        )
        for priced in cells
        if not (priced.cell.first_turn and priced.cell.first_turn.found)  # its twin counts both
    ]
    return np.sum(parts, axis=0)


def check_timing(name: str, workload: Workload, findings: Findings) -> None:
    """Seconds or speeds are stated for every model of the mix, and for no other."""
    if workload.timing is None or workload.routing is None or "" in workload.timing.seconds:
        return
    key = "speed" if workload.timing.speed else "seconds"
    stated = set(getattr(workload.timing, key))
    routed = {model for _, model in workload.models()}
    at: KeyPath = ("workloads", name, "timing", key)
    wishes = findings.scenario.optimize.get(name)
    known = routed.union(wishes.among if wishes else ())
    for model in sorted(stated):
        if model not in known:
            hint = suggestion(model, known)
            findings.problem((*at, model), f"{model!r} is not routed to{hint}")
    for model in sorted(routed - stated):
        findings.problem(at, f"no {key} for {model!r}, which is routed to")


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
