"""What breaks first: the months that pass a limit, or in which requests are not done in time."""

from __future__ import annotations

import math
from collections.abc import Iterator

from costplan.documents import join_path
from costplan.engine.capacity import ASSUMED_BURST, ASSUMED_PEAK, Capacity, TimeUse
from costplan.errors import PlanWarning
from costplan.scenario.schema import Scenario


def capacity_notes(found: Capacity | None, scenario: Scenario) -> Iterator[str]:
    """What was assumed, and limits that nothing is sent against."""
    if found is None:
        return
    for workload, even in found.assumed.items():
        times, of = (ASSUMED_PEAK, "minute") if even else (ASSUMED_BURST, "minute of its hour")
        yield (
            f"{workload}: the busiest minute is assumed to have {times:g} times the requests of "
            f"the average {of}; demand.peak states what was measured"
        )
    used = {use.name for use in found.limits}
    for name in scenario.limits:
        if name not in used:
            yield f"limits of {name}: nothing in this plan is sent against them"


def capacity_warnings(found: Capacity | None, scenario: Scenario) -> Iterator[PlanWarning]:
    """The first month that passes each limit, or in which requests wait or are not done."""
    if found is not None:
        yield from _over_limits(found)
        yield from _late(found, scenario)


def _over_limits(found: Capacity) -> Iterator[PlanWarning]:
    """Each limit that is passed: from when on, and by how much at worst."""
    for (name, key), first in found.first_over().items():
        if first is None:
            continue
        mine = [use for use in found.limits if (use.name, use.limit) == (name, key)]
        over = [use for use in mine if use.over]
        worst = max(over, key=lambda use: use.share)
        when = "on the busiest day" if key.endswith("day") else "in the busiest minute"
        yield PlanWarning(
            "over-limit",
            f"{key.replace('_', ' ')} of {name} are passed first in {first}, and in {len(over)} "
            f"of {len(mine)} months; at worst {worst.peak:,.0f} {when} of {worst.month}, "
            f"{worst.share:.0%} of the {worst.allowed:,.0f} allowed",
            join_path(("limits", name, key)),
        )


def _late(found: Capacity, scenario: Scenario) -> Iterator[PlanWarning]:
    """Each workload and model whose requests are not done in time, or wait at the peak."""
    for name, model in dict.fromkeys((use.workload, use.model) for use in found.times):
        mine = [use for use in found.times if (use.workload, use.model) == (name, model)]
        timing = scenario.workloads[name].timing
        window = str(timing.window) if timing and timing.window else "a day"
        where = f"{join_path(('workloads', name, 'timing'))} on {model}"
        if late := [use for use in mine if use.unfinished]:
            said = f"first in {late[0].month}, and in {len(late)} of {len(mine)} months"
            yield PlanWarning("over-window", _unfinished(late, said, window), where)
        elif queued := [use for use in mine if use.queued]:
            said = f"first in {queued[0].month}, and in {len(queued)} of {len(mine)} months"
            yield PlanWarning("over-limit", _queued(queued, said), where)


def _unfinished(late: list[TimeUse], said: str, window: str) -> str:
    worst = max(late, key=lambda use: use.in_flight)
    return (
        f"the requests of the busiest day are not done in the {worst.hours_available:g} hours of "
        f"{window}, {said}: {worst.parallel} at a time need {worst.hours:,.1f} hours in "
        f"{worst.month}; {math.ceil(worst.in_flight - 1e-9):,} at a time would do"
    )


def _queued(queued: list[TimeUse], said: str) -> str:
    worst = max(queued, key=lambda use: use.in_flight_peak)
    return (
        f"more requests come than may run at a time, {said}: {worst.in_flight_peak:,.1f} in the "
        f"busiest minute of {worst.month}, against {worst.parallel}; some wait"
    )
