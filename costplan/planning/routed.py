"""Where the conversations go: how many each model gets in each mode, month by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from costplan.engine.distributions import Distribution, Floats
from costplan.engine.expectation import expected_volume
from costplan.engine.model import Term
from costplan.engine.projection import Routed
from costplan.periods import Month
from costplan.planning.compiling import PricedStream

type _Shares = dict[tuple[Term, ...], Floats]
"""The conversations that go somewhere at a level of 1, by the terms of their share."""


def routed(
    streams: Sequence[PricedStream],
    months: Sequence[Month],
    variables: Mapping[str, Distribution],
) -> tuple[Routed, ...]:
    """Expected conversations by workload, model, mode and month; none where there are none."""
    return tuple(_routed(streams, months, variables))


def _routed(
    streams: Sequence[PricedStream],
    months: Sequence[Month],
    variables: Mapping[str, Distribution],
) -> Iterator[Routed]:
    for priced in streams:
        for (model, mode), shares in _weights(priced).items():
            parts = [
                expected_volume(priced.stream, weight, variables, share)
                for share, weight in shares.items()
            ]
            total = np.sum(parts, axis=0)
            for month, conversations in zip(months, total, strict=True):
                if conversations:
                    yield Routed(month, priced.stream.name, model, mode, float(conversations))


def _weights(priced: PricedStream) -> dict[tuple[str, str], _Shares]:
    """By model and mode; the days of one share are added up first, as it averages alike on all."""
    found: dict[tuple[str, str], _Shares] = {}
    for each in priced.cells:
        cell = each.cell
        if cell.first_turn is not None and cell.first_turn.found:
            continue  # its twin, which misses the cache, counts the conversations of both
        shares = found.setdefault((each.model, each.mode), {})
        weight = shares.get(cell.share)
        shares[cell.share] = cell.weight if weight is None else weight + cell.weight
    return found
