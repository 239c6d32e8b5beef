"""Which prices change within a plan, and by how much: found in its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np

from costplan.engine.ledger import Row
from costplan.engine.projection import Projection
from costplan.periods import Month


@dataclass(frozen=True, slots=True)
class RateStep:
    """A rate that is another from a day on."""

    meter: str
    tier: int
    unit: str
    per: int
    before: Decimal
    after: Decimal
    """In the currency of the plan, as they were charged around the change."""


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A model of the plan that costs something else from a day on, in one mode."""

    day: date
    model: str
    mode: str
    rates: tuple[RateStep, ...]
    source: str

    @property
    def month(self) -> Month:
        """The month it begins in; on its first day, the whole month pays the new price."""
        return Month.of(self.day)


def price_steps(projection: Projection) -> tuple[PriceStep, ...]:
    """The price changes that a plan lives through, by day.

    A model that is routed to only before or only after a change is not among them, nor is one whose
    rates move with an exchange rate alone.
    """
    found: dict[tuple[date, str, str], dict[RateStep, None]] = {}
    sources: dict[tuple[date, str, str], str] = {}
    for day, before, after in _pairs(projection):
        key = day, after.model, after.mode
        step = RateStep(after.meter, after.tier, after.unit, after.per, before.rate, after.rate)
        found.setdefault(key, {})[step] = None
        sources[key] = after.source
    return tuple(
        PriceStep(*key, tuple(steps), sources[key]) for key, steps in sorted(found.items())
    )


def _pairs(projection: Projection) -> Iterator[tuple[date, Row, Row]]:
    """The day of a change, and rows before and after it whose rates differ."""
    lines: dict[tuple[str, ...], dict[date, list[tuple[Row, int, int]]]] = {}
    ledger = projection.ledger
    for row, amounts in zip(ledger.rows, ledger.quantities, strict=True):
        there = np.flatnonzero(amounts)
        if row.price_from is None or not there.size:
            continue
        key = row.workload, row.model, row.mode, row.meter, str(row.tier)
        days = lines.setdefault(key, {})
        days.setdefault(row.price_from, []).append((row, int(there[0]), int(there[-1])))
    for days in lines.values():
        for old, new in pairwise(sorted(days)):
            # With exchange rates, several rows have one price: those next to the change count.
            end, begin = max(e for *_, e in days[old]), min(b for _, b, _ in days[new])
            befores = sorted((r for r, _, e in days[old] if e == end), key=lambda row: row.rate)
            afters = sorted((r for r, b, _ in days[new] if b == begin), key=lambda row: row.rate)
            for before, after in zip(befores, afters, strict=False):
                if before.rate != after.rate:
                    yield new, before, after
