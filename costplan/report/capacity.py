"""Limits and time as tables: a column for each month, and the first month that breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from costplan.engine.capacity import Capacity, LimitUse, TimeUse
from costplan.periods import Month
from costplan.report.money import ABSENT, percent
from costplan.report.processing import duration, quantity
from costplan.report.table import Table, columns

OVER = "▲"
"""Beside every share that passes its limit; never by colour alone."""


def capacity_tables(capacity: Capacity, months: Sequence[Month]) -> Iterator[Table]:
    """What there is of limits and time."""
    if capacity.limits:
        yield _limits_table(capacity, months)
    if capacity.times:
        yield _times_table(capacity)


def _limits_table(capacity: Capacity, months: Sequence[Month]) -> Table:
    """Each limit: what is allowed, the first month over it, and the share used in each month."""
    rows = []
    for (name, key), first in capacity.first_over().items():
        mine = {u.month: u for u in capacity.limits if (u.name, u.limit) == (name, key)}
        shares = [_share(mine[month]) if month in mine else ABSENT for month in months]
        row = (name, _what(key), _month(first), _allowed(list(mine.values())))
        rows.append((*row, *shares))
    head = columns(["Limit of", "What"], ["First over", "Allowed", *map(str, months)])
    title = f"Limits: share used at the peak of each month's busiest day; {OVER} is over"
    return Table(title, head, tuple(rows), keys=2)


def _what(key: str) -> str:
    """`tokens_per_minute` as `tokens/min`."""
    return key.replace("_per_minute", "/min").replace("_per_", "/").replace("_", " ")


def _share(use: LimitUse) -> str:
    return f"{OVER} {use.share:.0%}" if use.over else percent(use.share)


def _allowed(uses: Sequence[LimitUse]) -> str:
    """What is allowed, each change of it: `500, then 800`."""
    return ", then ".join(f"{value:,.0f}" for value, _ in groupby(use.allowed for use in uses))


def _month(month: Month | None) -> str:
    return ABSENT if month is None else str(month)


def _times_table(capacity: Capacity) -> Table:
    """Each workload and model on its busiest day."""
    rows = []
    for workload, model in dict.fromkeys((use.workload, use.model) for use in capacity.times):
        mine = [u for u in capacity.times if (u.workload, u.model) == (workload, model)]
        busiest = max(mine, key=lambda use: use.in_flight)
        late = next((use.month for use in mine if use.unfinished or use.queued), None)
        rows.append((workload, model, *_busy(busiest), _month(late)))
    head = columns(
        ["Workload", "Model"],
        [
            "Month", "Requests", "Each", "In flight", "At the peak", "At once", "A day takes",
            "Of hours", "First over",
        ],
    )  # fmt: skip
    return Table("Time, on the busiest day", head, tuple(rows), keys=2)


def _busy(use: TimeUse) -> tuple[str, ...]:
    needed = ABSENT if use.hours is None else duration(use.hours * 3600)
    return (
        str(use.month),
        quantity(use.requests_per_day),
        f"{quantity(use.seconds)} s",
        quantity(use.in_flight),
        f"{quantity(use.in_flight_peak)} {OVER}" if use.queued else quantity(use.in_flight_peak),
        ABSENT if use.parallel is None else f"{use.parallel:,}",
        f"{needed} {OVER}" if use.unfinished else needed,
        f"{use.hours_available:g} h",
    )


def capacity_document(capacity: Capacity) -> dict[str, Any]:
    """The same for programs: every month of every limit and workload."""
    return {
        "limits": [
            asdict(use) | {"month": str(use.month), "share": use.share, "over": use.over}
            for use in capacity.limits
        ],
        "times": [
            asdict(use)
            | {
                "month": str(use.month),
                "in_flight": use.in_flight,
                "in_flight_peak": use.in_flight_peak,
                "hours": use.hours,
                "hours_available": use.hours_available,
                "unfinished": use.unfinished,
                "queued": use.queued,
            }
            for use in capacity.times
        ],
        "first_over": [
            {"name": name, "limit": key, "month": str(first) if first else None}
            for (name, key), first in capacity.first_over().items()
        ],
    }
