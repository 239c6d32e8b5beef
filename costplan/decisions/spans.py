"""The months, quarters and years of a plan by the name that reports give them."""

from __future__ import annotations

from collections.abc import Mapping

from costplan.engine.projection import Period, Projection
from costplan.errors import UnknownNameError
from costplan.periods import fiscal_label

PERIODS: tuple[Period, ...] = ("month", "quarter", "year")


def spans(projection: Projection) -> Mapping[str, tuple[int, ...]]:
    """The positions of the months in each of them, in order: months, then quarters, then years."""
    found: dict[str, list[int]] = {}
    for period in PERIODS:
        for k, month in enumerate(projection.months):
            label = fiscal_label(month, period, projection.fiscal_year_start)
            found.setdefault(label, []).append(k)
    return {label: tuple(members) for label, members in found.items()}


def span(projection: Projection, label: str) -> tuple[int, ...]:
    """The positions of the months in one of them; every month where the label is empty.

    Raises:
        UnknownNameError: the plan has no month, quarter or year of that name.
    """
    known = spans(projection)
    if not label:
        return tuple(range(len(projection.months)))
    if label not in known:
        raise UnknownNameError("month of the plan", label, known)
    return known[label]


def label_before(projection: Projection, label: str) -> str | None:
    """The month before a month, the quarter before a quarter; None where the plan begins with it.

    Raises:
        UnknownNameError: as for `span`.
    """
    first = span(projection, label)[0]
    for period in PERIODS:
        labels = list(
            dict.fromkeys(
                fiscal_label(month, period, projection.fiscal_year_start)
                for month in projection.months
            )
        )
        if label in labels:
            at = labels.index(label)
            return labels[at - 1] if at else None
    return str(projection.months[first - 1]) if first else None
