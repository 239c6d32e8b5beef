"""How sure the plan is: seeded draws over its ranges and the level of its volumes.

Cost is kept in factors: for each cell, money per unit of its weight by draw; for each month, the
weights. What a set of cells costs by draw and month is then one product of two small matrices for
each kind of growth, and is worked out only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from costplan.engine.conversation import Use, conversation
from costplan.engine.dice import COMMON, KEPT, Slope, throw
from costplan.engine.distributions import Distribution, Floats
from costplan.engine.model import Cell, FirstTurn, Growth, Stream, Values, product
from costplan.engine.remembered import Remembered

type Select = Callable[[Stream, Cell], bool]
"""Which cells are meant."""

_FLAT: Slope = {}
FEW = 512
"""Draws that show what the cost leans on."""


def simulate(
    streams: Sequence[Stream],
    variables: Mapping[str, Distribution],
    *,
    months: int,
    draws: int,
    seed: int,
    slope: Slope | None = None,
    remembered: Remembered | None = None,
) -> Simulation:
    """Throw the dice for every unknown of a plan.

    Args:
        streams: the workloads, each with the log deviations of its level.
        variables: what we do not know about the plan.
        months: how many months.
        draws: how many draws.
        seed: two runs with one seed give the same bytes.
        slope: what the cost leans on, from `slope_of`; makes percentiles more accurate.
        remembered: what was worked out before.
    """
    if remembered is None or draws > KEPT:
        remembered = Remembered()  # so many draws are not worth their memory
    slope = _FLAT if slope is None else slope
    names = _unknowns(streams, variables)
    normals = partial(throw, names, draws=draws, seed=seed, slope=slope)
    thrown = remembered.get("thrown", slope, (draws, seed, names), normals)
    values = {
        name: remembered.get(
            name, thrown, (known,), partial(known.drawn, thrown[f"variable {name}"])
        )
        for name, known in variables.items()
    }
    shocks = {
        stream.name: remembered.get(
            "shock",
            thrown,
            (stream.name, stream.common_shock, stream.shock),
            partial(_shock, stream, thrown),
        )
        for stream in streams
    }
    return Simulation(tuple(streams), values, shocks, months, draws, remembered)


def slope_of(
    streams: Sequence[Stream],
    variables: Mapping[str, Distribution],
    *,
    months: int,
    remembered: Remembered | None = None,
) -> Slope:
    """How the logarithm of the whole plan's cost leans on each unknown.

    The covariance with each standard normal number, over a few draws.
    """
    found = simulate(streams, variables, months=months, draws=FEW, seed=0, remembered=remembered)
    cost = found.cost(lambda *_: True).sum(axis=1)
    if not (cost > 0).all():
        return {}
    rise = np.log(cost) - np.log(cost).mean()
    thrown = throw(_unknowns(streams, variables), draws=FEW, seed=0, slope={})
    return {name: float(normals @ rise) / FEW for name, normals in thrown.items()}


def _unknowns(streams: Sequence[Stream], variables: Mapping[str, Distribution]) -> tuple[str, ...]:
    """Everything that dice are thrown for."""
    shocks = (f"{COMMON} {stream.name}" for stream in streams)
    return (COMMON, *shocks, *(f"variable {name}" for name in variables))


def _shock(stream: Stream, thrown: Mapping[str, Floats]) -> Floats | float:
    """What the volume of a workload is multiplied by, by draw."""
    common = mean_one_shock(thrown[COMMON], stream.common_shock)
    return common * mean_one_shock(thrown[f"{COMMON} {stream.name}"], stream.shock)


def mean_one_shock(normals: Floats, deviation: float) -> Floats | float:
    """Lognormal factors with mean one and this log deviation: shape (draws,)."""
    if not deviation:
        return 1.0
    return np.asarray(np.exp(deviation * normals - deviation**2 / 2))


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
    remembered: Remembered

    def of(self, workloads: Collection[str]) -> Floats:
        """What some workloads cost together: shape (draws, months)."""
        return self.cost(lambda stream, _: stream.name in workloads)

    def cost(self, select: Select) -> Floats:
        """What some cells cost together: shape (draws, months)."""
        total = np.zeros((self.draws, self.months))
        for streams in self._alike:
            chosen = [[cell for cell in stream.cells if select(stream, cell)] for stream in streams]
            if [len(cells) for cells in chosen] == [len(stream.cells) for stream in streams]:
                total += self._whole(streams)
            elif any(chosen):
                kept = {cell for cells in chosen for cell in cells}
                total += self._sum([p for s in streams for p in self._parts(s) if p.cell in kept])
        return total

    @cached_property
    def _alike(self) -> list[tuple[Stream, ...]]:
        """The workloads in groups that grow alike."""
        found: dict[object, tuple[Stream, ...]] = {}
        for stream in self.streams:
            key = tuple(phase.key for phase in stream.growth)
            found[key] = (*found.get(key, ()), stream)
        return list(found.values())

    def _whole(self, streams: tuple[Stream, ...]) -> Floats:
        """What workloads that grow alike cost: a what-if changes those of one group or two."""
        names = {term.variable for stream in streams for term in stream.level}.union(
            *(stream.growing for stream in streams),
            *(self._names(cell) for stream in streams for cell in stream.cells),
        )
        state = (
            self.draws,
            self.months,
            *streams,
            *(self.shocks[stream.name] for stream in streams),
            *(self.values[name] for name in sorted(names - {""})),
        )

        def whole() -> Floats:
            return self._sum([part for stream in streams for part in self._parts(stream)])

        return self.remembered.get("whole", streams[0], state, whole)

    def _sum(self, parts: Sequence[_Part]) -> Floats:
        """What parts of workloads that grow alike cost: shape (draws, months)."""
        cost = _product(parts, self.draws, self.months)
        if not parts:
            return cost
        factors = self._factors(parts[0].stream.growth)
        missed: dict[object, Floats] = {}
        for part in parts:
            if part.cell.first_turn is not None:
                share = _first_turns(part, part.cell.first_turn, factors, missed)
                if share.any():
                    cost += np.reshape(part.unit * part.shocked, (-1, 1)) * share
        return cost if factors.size == 1 else cost * factors

    def _factors(self, growth: tuple[Growth, ...]) -> Floats:
        """What growth comes to: shape (draws or 1, months or 1)."""
        factors = np.ones((1, 1))
        for phase in growth:
            factors = factors * phase.factors(self.values)
        return factors

    def _parts(self, stream: Stream) -> list[_Part]:
        if stream not in self._made:
            self._made[stream] = list(self._making(stream))
        return self._made[stream]

    @cached_property
    def _made(self) -> dict[Stream, list[_Part]]:
        return {}

    def _making(self, stream: Stream) -> Iterator[_Part]:
        level = product(stream.level, self.values)
        shocked = level * self.shocks[stream.name]
        for cell in stream.cells:
            state = tuple(self.values[name] for name in self._names(cell))
            share, unit = self.remembered.get("unit", cell, state, partial(self._unit, cell))
            yield _Part(stream, cell, level, shocked, share, unit)

    def _names(self, cell: Cell) -> tuple[str, ...]:
        return self.remembered.get("drawn", cell, (), partial(_names, cell))

    def _unit(self, cell: Cell) -> tuple[Floats | float, Floats | float]:
        """The share of conversations that come to a cell, and money for the share, by draw."""
        use = conversation(cell.profile, cell.thresholds, self.values)
        share = product(cell.share, self.values)
        return share, price(cell, use) * share


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One cell in factors: numbers, or arrays by draw."""

    stream: Stream
    cell: Cell
    level: Floats | float
    """Conversations of the workload for a weight of 1, before growth and shocks. Shocks multiply
    cost, so they never move its mean, and leave what volume decides as it is."""
    shocked: Floats | float
    """The same with shocks."""
    share: Floats | float
    unit: Floats | float
    """Money for the share of one conversation that comes here."""


def _names(cell: Cell) -> tuple[str, ...]:
    """The variables that decide the unit of a cell."""
    names = cell.profile.variables | {term.variable for term in cell.share}
    return tuple(sorted(names - {""}))


def _first_turns(
    part: _Part, first: FirstTurn, factors: Floats, known: dict[object, Floats]
) -> Floats:
    """The weight of a cell whose share hangs on the volume: shape (draws or 1, months).

    Args:
        part: the cell.
        first: which of its conversations are meant.
        factors: what growth comes to.
        known: what was missed, worked out before: of two cells alike, one finds its prompt.
    """
    key = part.stream.name, part.cell.share, id(first.rate)
    if key not in known:
        known[key] = first.missed(np.reshape(part.level * part.share, (-1, 1)) * factors)
    return (1 - known[key] if first.found else known[key]) * part.cell.weight


def _product(parts: Sequence[_Part], draws: int, months: int) -> Floats:
    """Units times weights, summed over all parts whose share does not hang on the volume."""
    plain = [part for part in parts if part.cell.first_turn is None]
    units = np.empty((len(plain), draws))
    for row, part in zip(units, plain, strict=True):
        np.multiply(part.unit, part.shocked, out=row)
    weights = np.array([part.cell.weight for part in plain]).reshape(len(plain), months)
    return np.asarray(units.T @ weights)


def price(cell: Cell, use: Use) -> Floats | float:
    """Money for one conversation."""
    cost: Floats | float = 0.0
    for (tier, meter), amount in use.items():
        cost = cost + amount * cell.rates[tier][meter]
    return cost
