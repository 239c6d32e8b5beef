"""Hours of processing a day, for plans that say how long a request takes."""

from __future__ import annotations

from collections.abc import Iterable

from costplan.engine.projection import Processing
from costplan.report.table import Table, columns


def processing_table(processing: Iterable[Processing]) -> Table:
    """The busiest month of each workload and model."""
    busiest: dict[tuple[str, str], Processing] = {}
    for each in processing:
        name = (each.workload, each.model)
        if name not in busiest or each.hours_per_day > busiest[name].hours_per_day:
            busiest[name] = each
    rows = tuple(
        (
            each.workload,
            each.model,
            quantity(each.requests_per_day),
            f"{quantity(each.seconds)} s",
            f"{each.parallel:,}",
            f"{quantity(each.hours_per_day)} h ({duration(each.hours_per_day * 3600)})",
            str(each.month),
        )
        for each in busiest.values()
    )
    head = columns(["Workload", "Model"], ["Requests", "Each", "At once", "A day takes", "Month"])
    return Table("Processing, on an active day of the busiest month", head, rows, keys=2)


def quantity(value: float) -> str:
    """A number with three telling digits, whole from 100 up: `12,000`, `3.4`, `0.0944`."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def duration(seconds: float) -> str:
    """A time as people say it: `1.5 s`, `340 s`, `12 min 5 s`, `2 h 3 min`."""
    if seconds < 600:
        return f"{quantity(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"
