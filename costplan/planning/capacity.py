"""Whether a plan stays within its providers' limits, and its requests are done in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from costplan.engine.capacity import (
    EVEN,
    Capacity,
    LimitUse,
    Load,
    TimeUse,
    burst_of,
    busiest_days,
    peak_minute,
    whole_day,
)
from costplan.engine.distributions import Distribution, Floats
from costplan.errors import UnknownModelError, suggestion
from costplan.periods import Month
from costplan.planning.bookkeeping import Counted
from costplan.planning.compiling import Compiler, PricedStream
from costplan.planning.findings import Findings
from costplan.planning.loads import DayLoads, day_loads
from costplan.prices import PriceBook
from costplan.scenario.schema import Limit, Scenario, Speed, Workload

_CACHED_FREE = frozenset({"anthropic"})
"""Providers that do not count input read from a cache (platform.claude.com/docs/en/api/rate-limits:
for most models); OpenAI, Azure and others count it."""


def capacity(
    counted: Sequence[Counted], compiler: Compiler, variables: Mapping[str, Distribution]
) -> Capacity | None:
    """What each month comes to against limits and time; None where the scenario states neither.

    Args:
        counted: the expected quantities of every cell.
        compiler: the scenario and its months.
        variables: what is not known.
    """
    scenario, months = compiler.scenario, compiler.months
    timed = {
        name
        for name, workload in scenario.workloads.items()
        if workload.timing and (workload.timing.speed or workload.timing.window)
    }
    if not scenario.limits and not timed:
        return None
    loads = [_Shaped.of(day, scenario) for day in day_loads(counted, variables)]
    times = (
        use
        for load in _by_model(loads)
        if load.day.workload in timed
        for use in _time_uses(load, scenario.workloads[load.day.workload], months)
    )
    minutes = {name for name, entries in scenario.limits.items() if any(map(_by_minute, entries))}
    assumed = {
        load.day.workload: load.hours == EVEN
        for load in loads
        if load.assumed and (load.day.workload in timed or load.day.names & minutes)
    }
    limited = _limit_uses(scenario.limits, loads, months)
    return Capacity(tuple(limited), tuple(times), assumed)


@dataclass(frozen=True, slots=True, eq=False)
class _Shaped:
    """Loads of days, and how they fall on the minutes of one."""

    day: DayLoads
    hours: tuple[float, ...]
    burst: float
    assumed: bool = False
    """Whether nobody said how busy the busiest minute is."""

    @classmethod
    def of(cls, day: DayLoads, scenario: Scenario) -> _Shaped:
        """Requests come at the hours of demand, or evenly within the window they are done in."""
        workload = scenario.workloads[day.workload]
        if workload.timing and workload.timing.window:
            return cls(day, workload.timing.window.shares, 1.0)
        hours = _hours(workload)
        peak = workload.demand.peak
        burst = burst_of(hours, float(peak) if peak is not None else None)
        return cls(day, hours, burst, assumed=peak is None and day.mode != "batch")

    def load(self, amount: Floats) -> Load:
        """One amount of it."""
        return Load(amount, self.hours, self.burst)


def _hours(workload: Workload) -> tuple[float, ...]:
    """The shares of the hours of a day, on its own clock."""
    return workload.demand.hours.shares if workload.demand.hours else EVEN


def _by_model(loads: Sequence[_Shaped]) -> Iterator[_Shaped]:
    """Each workload on each model, whatever the price; the batch API has its own time."""
    groups: dict[tuple[str, str], list[_Shaped]] = {}
    for load in loads:
        if load.day.mode == "batch":
            continue
        groups.setdefault((load.day.workload, load.day.model), []).append(load)
    for group in groups.values():
        calls, output = (
            sum((getattr(each.day, name) for each in group), np.zeros(1))
            for name in ("calls", "output")
        )
        yield replace(group[0], day=replace(group[0].day, calls=calls, output=output))


def _limit_uses(
    limits: Mapping[str, tuple[Limit, ...]],
    loads: Sequence[_Shaped],
    months: Sequence[Month],
) -> Iterator[LimitUse]:
    """Every stated limit in every month in which something is sent against it."""
    for name, entries in limits.items():
        mine = [load for load in loads if name in load.day.names]
        if not mine:
            continue
        ends = [*(entry.from_ for entry in entries[1:]), date.max]
        for key in dict.fromkeys(key for entry in entries for key in entry.stated):
            allowed, peak = np.full((2, mine[0].day.calls.size), np.nan)
            for entry, end in zip(entries, ends, strict=True):
                if key in entry.stated:
                    days = _days_between(entry.from_, end, months)
                    allowed[days] = float(entry.stated[key])
                    peak[days] = _peak(key, entry, mine)[days]
            yield from _by_month(name, key, allowed, peak, months)


def _by_minute(limit: Limit) -> bool:
    """Whether it depends on the busiest minute."""
    return any(key.endswith("per_minute") for key in limit.stated)


def _days_between(start: date, end: date, months: Sequence[Month]) -> slice:
    first = months[0].first
    return slice(max(0, (start - first).days), max(0, (end - first).days))


def _peak(key: str, limit: Limit, loads: Sequence[_Shaped]) -> Floats:
    """What is judged against a limit on each day; batches have a queue of their own."""
    batch = key == "batch_tokens_per_day"
    chosen = [load for load in loads if (load.day.mode == "batch") == batch]
    if not chosen:
        return np.zeros_like(loads[0].day.calls)
    parts = [load.load(_counted(key, limit, load.day)) for load in chosen]
    return peak_minute(parts) if key.endswith("per_minute") else whole_day(parts)


def _counted(key: str, limit: Limit, day: DayLoads) -> Floats:
    """What one load counts towards a limit."""
    if key.startswith("requests"):
        return day.calls
    free = (
        limit.cached_input == "free"
        if limit.cached_input is not None
        else day.provider in _CACHED_FREE
    )
    sent = day.fresh if free else day.fresh + day.read
    if key.startswith(("input", "batch")):
        return sent
    return day.output if key.startswith("output") else sent + day.output


def _by_month(
    name: str, key: str, allowed: Floats, peak: Floats, months: Sequence[Month]
) -> Iterator[LimitUse]:
    """The day of each month that comes nearest to the limit, or passes it most."""
    use = np.nan_to_num(peak / allowed)
    for month, day in zip(months, busiest_days(use, months), strict=True):
        if use[day]:
            yield LimitUse(month, name, key, float(allowed[day]), float(peak[day]))


def _time_uses(load: _Shaped, workload: Workload, months: Sequence[Month]) -> Iterator[TimeUse]:
    """The busiest day of every month with requests on one model."""
    timing = workload.timing
    if timing is None:
        return
    day = load.day
    if timing.speed:
        first, each = _speeds(timing.speed.get(day.model, ()), day, months)
        total = day.calls * first + day.output / each
    else:
        seconds = timing.seconds
        total = day.calls * float(seconds[day.model if day.model in seconds else ""])
    peak = 24 * max(load.hours) * load.burst if timing.window is None else 1.0
    window = None if timing.window is None else timing.window.hours
    for month, k in zip(months, busiest_days(total, months), strict=True):
        if total[k]:
            calls = float(day.calls[k])
            each_takes = float(total[k]) / calls
            yield TimeUse(
                month, day.workload, day.model, calls, each_takes, peak, timing.parallel, window
            )


def _speeds(
    speeds: Sequence[Speed], day: DayLoads, months: Sequence[Month]
) -> tuple[Floats, Floats]:
    """Seconds to the first token, and tokens per second, on each day."""
    first, each = np.zeros_like(day.calls), np.ones_like(day.calls)
    for speed in speeds:
        days = _days_between(speed.from_, date.max, months)
        first[days] = float(speed.first_token)
        each[days] = float(speed.tokens_per_second)
    return first, each


def check_speeds(streams: Sequence[PricedStream], compiler: Compiler) -> None:
    """A problem for each model that answers on days before its first speed."""
    for priced in streams:
        name, active = priced.stream.name, priced.calendar.active
        timing = compiler.scenario.workloads[name].timing
        for cell in priced.cells if timing and active else ():
            speeds = timing.speed.get(cell.model) if timing else None
            if speeds and active and speeds[0].from_ > max(cell.days.start, active.start):
                compiler.findings.problem(
                    ("workloads", name, "timing", "speed", cell.model),
                    f"requests begin before the first speed; say how fast {cell.model} is",
                )


def check_limits(scenario: Scenario, book: PriceBook, findings: Findings) -> None:
    """A problem for each limit of a provider or model that the book does not know."""
    for name in scenario.limits:
        if "/" in name:
            try:
                book.model(name)
            except UnknownModelError as error:
                findings.problem(("limits", name), str(error), error.exit_code)
        elif name not in book.providers:
            hint = suggestion(name, book.providers, all_below=99)
            findings.problem(("limits", name), f"there is no provider {name!r}{hint}")
