"""What a plan leaves open: each range with the mean that it contributes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from costplan.engine.projection import Range
from costplan.report.table import Table, columns


def ranges_table(ranges: Sequence[Range]) -> Table:
    """A row for each range: its 5th percentile, median, mean and 95th percentile."""
    rows = tuple(
        (
            known.name.removeprefix("workloads."),
            *(written(x, is_share=known.is_share) for x in _figures(known)),
        )
        for known in ranges
    )
    head = columns(["Not known exactly"], ["Low (P5)", "Median", "Mean", "High (P95)"])
    return Table("Ranges", head, rows)


def _figures(known: Range) -> tuple[Decimal, ...]:
    return known.low, Decimal(repr(known.median)), Decimal(repr(known.mean)), known.high


def written(figure: Decimal, *, is_share: bool, digits: int = 5) -> str:
    """So many digits at most, as the range itself is written: `4.25%`, `9,876`, `7.0711`."""
    value = figure * 100 if is_share else figure
    places = max(0, digits - 1 - value.adjusted()) if value else 0
    text = f"{round(value, places):,f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{short}%" if is_share else short
