"""What a plan sends on each of its days: calls and tokens, by workload, model and mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from costplan.engine.demand import Calendar
from costplan.engine.distributions import Distribution, Floats
from costplan.meters import PROMPT, Meter
from costplan.periods import DayRange
from costplan.planning.bookkeeping import Counted
from costplan.planning.volumes import expected_calls

_READ = {Meter.CACHE_READ, Meter.AUDIO_CACHE_READ, Meter.IMAGE_CACHE_READ}


@dataclass(frozen=True, slots=True, eq=False)
class DayLoads:
    """Expected calls and tokens of one workload on one model in one mode: shape (days,) each."""

    workload: str
    model: str
    """As the scenario names it."""
    names: frozenset[str]
    """What a limit may call it: its provider, its name in the scenario, what that stands for."""
    provider: str
    mode: str
    calls: Floats
    read: Floats
    """Input tokens found in a cache."""
    fresh: Floats
    """Every other input token, those written to a cache too."""
    output: Floats
    """Tokens written, reasoning included."""


def day_loads(
    counted: Sequence[Counted], variables: Mapping[str, Distribution]
) -> Iterator[DayLoads]:
    """The loads of every workload that sends requests.

    What a month comes to is spread over its days as demand is. Cells of one price that differ by
    the hour or by what their cache finds are one load: only together do they follow the days.

    Args:
        counted: the expected quantities of every cell.
        variables: what is not known.
    """
    groups: dict[tuple[str, str, str, DayRange, str], list[Counted]] = {}
    for each in counted:
        cell = each.cell
        if cell.price is not None:
            means = f"{cell.price.provider}/{cell.price.model}"
            key = each.stream.stream.name, cell.model, cell.mode, cell.days, means
            groups.setdefault(key, []).append(each)
    for (workload, model, mode, days, means), cells in groups.items():
        stream, provider = cells[0].stream, cells[0].cell.provider
        priced = [each.cell for each in cells]
        calls = expected_calls(stream.stream, priced, variables)
        amounts = (calls, *_tokens(cells, calls.size))
        spread = [_over_days(amount, stream.calendar, days) for amount in amounts]
        names = frozenset((provider, model, means))
        yield DayLoads(workload, model, names, provider, mode, *spread)


def _tokens(cells: Sequence[Counted], months: int) -> tuple[Floats, Floats, Floats]:
    """Input read from a cache, other input, and output of each month."""
    read, fresh, output = (np.zeros(months) for _ in range(3))
    for each in cells:
        for (_, name), amount in each.quantities.items():
            meter = Meter(name)
            if meter.unit == "tokens":
                kind = read if meter in _READ else fresh if meter in PROMPT else output
                kind += amount
    return read, fresh, output


def _over_days(amount: Floats, calendar: Calendar, days: DayRange) -> Floats:
    """What falls on each day of the horizon, of an amount by month on some of its days."""
    start = calendar.range.start
    spread = np.zeros_like(calendar.weights)
    for total, month in zip(amount, calendar.months, strict=True):
        part = month.range & days
        first = (part.start - start).days
        weights = calendar.weights[first : first + part.days]
        if total and weights.sum():
            spread[first : first + part.days] = total * (weights / weights.sum())
    return spread
