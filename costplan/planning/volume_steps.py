"""What makes up a volume month by month: calendar, seasons, launch, events, and then growth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from costplan.engine.demand import Calendar
from costplan.engine.distributions import Distribution
from costplan.engine.projection import VolumeSteps
from costplan.planning.compiling import Compiler, PricedStream
from costplan.planning.demand import period_of, spread_over_days
from costplan.planning.tasks import expected_sum
from costplan.scenario.schema import Demand, Scenario, Workload

_BY_DAY = frozenset({"day", "weekday", "hour"})
"""Periods whose demand is as much as there are active days."""


def volume_steps(
    scenario: Scenario,
    streams: Sequence[PricedStream],
    compiler: Compiler,
    variables: Mapping[str, Distribution],
) -> tuple[VolumeSteps, ...]:
    """The steps of every workload in every month."""
    return tuple(
        step
        for priced in streams
        for step in _steps(scenario.workloads[priced.stream.name], priced, compiler, variables)
    )


def _steps(
    workload: Workload,
    priced: PricedStream,
    compiler: Compiler,
    variables: Mapping[str, Distribution],
) -> Iterator[VolumeSteps]:
    demand, per = workload.demand, period_of(workload)
    always = replace(demand, launch=None, ramp=None, retire=None)
    seasonal = _calendar(always, per, compiler)
    even = _calendar(replace(always, seasonality=None), per, compiler)
    launched = _calendar(demand, per, compiler)
    days, seasons = even.whole, seasonal.whole
    if per == "once":  # it falls on one day, whichever: that it is there is its launch
        days = seasons = (1.0,) * len(compiler.months)
    count = expected_sum(priced, priced.calendar.range, variables)
    columns = zip(
        compiler.months, even.active_days(), days, seasons, launched.whole,
        priced.calendar.whole, np.asarray(count).tolist(), strict=True,
    )  # fmt: skip
    kind = _day_kind(demand, per)
    for month, active, *steps in columns:
        yield VolumeSteps(month, priced.stream.name, int(active), kind, *steps)


def _day_kind(demand: Demand, per: str) -> str:
    """Which days make up the demand; weekdays alone where it is stated per weekday."""
    if per not in _BY_DAY:
        return ""
    return "weekdays" if per == "weekday" and demand.days.kind == "all" else demand.days.kind


def _calendar(demand: Demand, per: str, compiler: Compiler) -> Calendar:
    return spread_over_days(demand, per, compiler.months, compiler.holidays)
