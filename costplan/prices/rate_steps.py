"""A rate over time as a chart draws it: flat from the day of each price to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.meters import Meter
from costplan.prices.changes import WITHDRAWN, held
from costplan.prices.histories import Timeline

_DRAWN = (Meter.INPUT, Meter.OUTPUT)
"""The rates most people ask for, near enough to one another for one axis."""


@dataclass(frozen=True, slots=True)
class RateSteps:
    """One rate of one mode of a model: what it was, is, and is announced to be."""

    model: str
    mode: str
    meter: Meter
    currency: str
    steps: tuple[tuple[date, Decimal | None], ...]
    """The rate from each day on, oldest first; None where there is none from then on."""


def rate_steps(timelines: Sequence[Timeline], mode: str = "standard") -> tuple[RateSteps, ...]:
    """Input and output of a mode for ordinary prompts; of a model without them its first rates.

    Args:
        timelines: the history of a model; each model of an alias has its own.
        mode: which mode.
    """
    rated = {
        meter
        for line in timelines
        if line.mode == mode
        for step in line.steps
        for meter in step.row.rates
    }
    meters = [meter for meter in _DRAWN if meter in rated]
    meters = meters or [meter for meter in Meter if meter in rated][:2]
    found = (
        RateSteps(line.model, mode, meter, line.steps[0].row.currency, _steps(line, meter))
        for line in timelines
        if line.mode == mode
        for meter in meters
    )
    return tuple(each for each in found if any(rate is not None for _, rate in each.steps))


def _steps(line: Timeline, meter: Meter) -> tuple[tuple[date, Decimal | None], ...]:
    found: list[tuple[date, Decimal | None]] = []
    shown = held(line.steps)
    for step in shown:
        rate = None if step.state == WITHDRAWN else step.row.rates.get(meter)
        if not found or found[-1][1] != rate:  # what is only stated again is no step
            found.append((step.row.from_, rate))
    if shown and shown[-1].until is not None:  # the model retires
        found.append((shown[-1].until, None))
    return tuple(found)
