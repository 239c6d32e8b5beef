"""How sure the plan is: seeded draws over its ranges and the level of its volumes.

Cost is kept in factors: for each cell, money per unit of its weight by draw; for each month, the
weights. What a set of cells costs by draw and month is then one product of two small matrices for
each kind of growth, and is worked out only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from costplan.engine.conversation import Use
from costplan.engine.dice import COMMON, Dice
from costplan.engine.distributions import Distribution, Floats
from costplan.engine.model import Cell, Growth, Stream, Values, product
from costplan.engine.remembered import Conversations

type Select = Callable[[Stream, Cell], bool]
"""Which cells are meant."""


def simulate(
    streams: Sequence[Stream],
    variables: Mapping[str, Distribution],
    *,
    months: int,
    draws: int,
    seed: int,
    common_shock: float,
    conversations: Conversations | None = None,
) -> Simulation:
    """Throw the dice for every unknown of a plan.

    Args:
        streams: the workloads, each with the log deviation of its own level.
        variables: what we do not know about the plan.
        months: how many months.
        draws: how many draws.
        seed: two runs with one seed give the same bytes.
        common_shock: log deviation of the level of all volumes together; its mean is one.
        conversations: remembers what conversations use.
    """
    own = {stream.name: f"shock {stream.name}" for stream in streams}
    names = (COMMON, *own.values(), *(f"variable {name}" for name in variables))
    dice = Dice(seed, draws, names)
    values = {
        name: dice.values(f"variable {name}", distribution)
        for name, distribution in variables.items()
    }
    common = mean_one_shock(dice, COMMON, common_shock)
    shocks = {
        stream.name: common * mean_one_shock(dice, own[stream.name], stream.shock)
        for stream in streams
    }
    return Simulation(
        tuple(streams), values, shocks, months, draws, conversations or Conversations()
    )


def mean_one_shock(dice: Dice, name: str, deviation: float) -> Floats | float:
    """Lognormal factors with mean one and this log deviation: shape (draws,)."""
    if not deviation:
        return 1.0
    return np.asarray(np.exp(deviation * dice.normals(name) - deviation**2 / 2))


@dataclass(frozen=True)
class Simulation:
    """What every cell costs in every draw, in factors."""

    streams: tuple[Stream, ...]
    values: Values
    """The variables by draw: arrays of shape (draws,)."""
    shocks: Mapping[str, Floats | float]
    """What the volume of each workload is multiplied by, by draw; of mean one."""
    months: int
    draws: int
    conversations: Conversations

    def of(self, workloads: Collection[str]) -> Floats:
        """What some workloads cost together: shape (draws, months)."""
        return self.cost(lambda stream, _: stream.name in workloads)

    def cost(self, select: Select) -> Floats:
        """What some cells cost together: shape (draws, months)."""
        total = np.zeros((self.draws, self.months))
        for growth, parts in self._by_growth.values():
            chosen = [part for part in parts if select(part.stream, part.cell)]
            if not chosen:
                continue
            factors = self._factors(growth)
            cost = _product(chosen, self.draws, self.months)
            for part in chosen:
                if part.cell.first_turn is not None:
                    volume = part.volume[:, None] * factors
                    cost += part.unit[:, None] * part.cell.first_turn.share(volume) * part.weight
            total += cost if factors.size == 1 else cost * factors
        return total

    def _factors(self, growth: tuple[Growth, ...]) -> Floats:
        """What growth comes to: shape (draws or 1, months or 1)."""
        factors = np.ones((1, 1))
        for phase in growth:
            factors = factors * phase.factors(self.values)
        return factors

    @cached_property
    def _by_growth(self) -> dict[object, tuple[tuple[Growth, ...], list[_Part]]]:
        """The parts of all workloads that grow alike."""
        found: dict[object, tuple[tuple[Growth, ...], list[_Part]]] = {}
        for stream in self.streams:
            key = tuple(
                (phase.rate, phase.steps.tobytes(), phase.linear) for phase in stream.growth
            )
            found.setdefault(key, (stream.growth, []))[1].extend(self._parts(stream))
        return found

    def _parts(self, stream: Stream) -> Iterator[_Part]:
        level = product(stream.level, self.values)
        shocked = np.broadcast_to(np.asarray(level * self.shocks[stream.name]), self.draws)
        for cell in stream.cells:
            use = self.conversations.use(cell.profile, cell.thresholds, self.values)
            share = product(cell.share, self.values)
            unit = price(cell, use) * share
            volume = np.broadcast_to(np.asarray(level * share), self.draws)
            yield _Part(stream, cell, np.asarray(unit) * shocked, volume)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One cell in factors."""

    stream: Stream
    cell: Cell
    unit: Floats
    """Money for a weight of 1, before growth, by draw."""
    volume: Floats
    """Conversations for a weight of 1, before growth and shocks, by draw: shocks multiply cost,
    so they never move its mean, and leave what volume decides as it is."""

    @property
    def weight(self) -> Floats:
        return self.cell.weight


def _product(parts: Sequence[_Part], draws: int, months: int) -> Floats:
    """Units times weights, summed over all parts whose share does not hang on the volume."""
    plain = [part for part in parts if part.cell.first_turn is None]
    units = np.empty((len(plain), draws))
    for row, part in zip(units, plain, strict=True):
        row[:] = part.unit
    weights = np.array([part.weight for part in plain]).reshape(len(plain), months)
    return np.asarray(units.T @ weights)


def price(cell: Cell, use: Use) -> Floats | float:
    """Money for one conversation."""
    cost: Floats | float = 0.0
    for (tier, meter), amount in use.items():
        cost = cost + amount * cell.rates[tier][meter]
    return cost
