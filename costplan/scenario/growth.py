"""How demand grows: one rate, or one after another from dates on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from costplan.periods import parse_date
from costplan.quantity import Quantity
from costplan.scenario.kinds import GROWTH
from costplan.schema import ByShape, KeyPath, ListOf, Made, Parsed, Record, Text, key


def _first_of_month(text: str) -> date:
    """Read a day that is the first of its month.

    Raises:
        ValueError: it is another day.
    """
    day = parse_date(text)
    if day.day != 1:
        raise ValueError(f"growth steps on the 1st of a month: write {day:%Y-%m}-01")
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthFrom:
    """A rate of growth from a date."""

    from_: date = key(
        Parsed(_first_of_month, {"type": "string", "format": "date"}),
        "The first of the month it begins in; the first step is a month later.",
        name="from",
        default=date.min,
    )
    rate: Quantity = key(GROWTH, "By how much demand grows a month or year.")
    kind: str = key(
        Text(choices=("compound", "linear")),
        "Compound, or linear: each step adds the same amount.",
        default="compound",
    )


def _one_rate(rate: Quantity) -> tuple[GrowthFrom, ...]:
    return (GrowthFrom(rate=rate),)


def _one_phase(phase: GrowthFrom) -> tuple[GrowthFrom, ...]:
    return (phase,)


PHASES = ByShape(
    scalar=Made(GROWTH, _one_rate),
    mapping=Made(Record(GrowthFrom), _one_phase),
    sequence=ListOf(Record(GrowthFrom)),
)
"""A tuple of `GrowthFrom`."""


def check_phases(phases: tuple[GrowthFrom, ...]) -> Iterator[tuple[KeyPath, str]]:
    """Dates rise: each rate holds until the next begins."""
    dates = [phase.from_ for phase in phases]
    for k, (before, day) in enumerate(pairwise(dates), 1):
        if day == date.min:
            yield (str(k),), "say from when: the rates before it end there"
        elif day <= before:
            yield (str(k), "from"), "the dates of growth rise from one entry to the next"
