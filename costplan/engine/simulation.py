"""How sure the plan is: seeded draws over its ranges and the level of its volumes.

Each variable and each shock has a stream of its own, made from the seed and its name, so that a
change to one part of a scenario does not move the draws of another. Draws are Latin hypercube
samples: each variable is drawn once from each of `draws` equally likely parts.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from costplan.engine.conversation import Use, conversation
from costplan.engine.distributions import Distribution, Floats, normal_quantile
from costplan.engine.model import Cell, Stream, Values, product


def simulate(
    streams: Sequence[Stream],
    variables: Mapping[str, Distribution],
    *,
    months: int,
    draws: int,
    seed: int,
    workload_shock: float,
    common_shock: float,
) -> Floats:
    """Cost by draw, workload and month: shape (draws, workloads, months).

    Args:
        streams: the workloads.
        variables: what we do not know about the plan.
        months: how many months.
        draws: how many draws.
        seed: two runs with one seed give the same bytes.
        workload_shock: log deviation of each workload's own volume; its mean is one.
        common_shock: the same for the volume of all of them together.
    """
    values = {
        name: distribution.quantile(uniforms(seed, f"variable {name}", draws))
        for name, distribution in variables.items()
    }
    common = mean_one_shock(seed, "shock", draws, common_shock)
    cost = np.empty((draws, len(streams), months))
    for k, stream in enumerate(streams):
        own = mean_one_shock(seed, f"shock {stream.name}", draws, workload_shock)
        cost[:, k, :] = _stream_cost(stream, values, draws, months) * (common * own)[:, None]
    return cost


def uniforms(seed: int, name: str, draws: int) -> Floats:
    """A Latin hypercube sample of the unit interval, its ends excluded."""
    rng = np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))
    sample = (rng.permutation(draws) + rng.random(draws)) / draws
    return np.clip(sample, 1e-12, 1 - 1e-12)


def mean_one_shock(seed: int, name: str, draws: int, deviation: float) -> Floats:
    """Lognormal factors with mean one and this log deviation."""
    if not deviation:
        return np.ones(draws)
    z = normal_quantile(uniforms(seed, name, draws))
    return np.asarray(np.exp(deviation * z - deviation**2 / 2))


def _stream_cost(stream: Stream, values: Values, draws: int, months: int) -> Floats:
    """Cost by draw and month, before shocks: they multiply cost, so they never move its mean."""
    level = np.reshape(product(stream.level, values), (-1, 1))
    for phase in stream.growth:
        level = level * phase.factors(values)
    volume = np.broadcast_to(level, (draws, months))
    uses: dict[tuple[int, tuple[object, ...]], Use] = {}
    per_volume = np.zeros_like(volume)
    for cell in stream.cells:
        key = (id(cell.profile), cell.thresholds)
        if key not in uses:
            uses[key] = conversation(cell.profile, cell.thresholds, values)
        share = np.reshape(product(cell.share, values), (-1, 1))
        unit = np.reshape(_price(cell, uses[key]), (-1, 1)) * share * cell.weight
        if cell.first_turn is not None:
            unit = unit * cell.first_turn.share(volume * share)
        per_volume += unit
    return np.asarray(per_volume * volume)


def _price(cell: Cell, use: Use) -> Floats | float:
    """Money for one conversation."""
    cost: Floats | float = 0.0
    for (tier, meter), amount in use.items():
        cost = cost + amount * cell.rates[tier][meter]
    return cost
