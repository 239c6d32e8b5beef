"""What a plan spends at list prices, split as contracts need it: expected, and by draw."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.projection import Projection
from costplan.planning.scopes import Use


class Spend:
    """List cost and quantities by use.

    Draws are scaled so that their mean is the expected cost, by workload and month: so the mean of
    anything linear in them is exact, and every identity between figures holds for the means too.
    Within a workload and month every use moves as the whole does.
    """

    def __init__(self, projection: Projection) -> None:
        self.months = projection.months
        self.workloads = projection.workloads
        self._shape = len(self.workloads), len(self.months)
        self._row = {name: k for k, name in enumerate(self.workloads)}
        ledger = projection.ledger
        self._costs: dict[Use, Floats] = {}
        self._quantities: dict[Use, Floats] = {}
        for row, cost, quantity in zip(ledger.rows, ledger.costs, ledger.quantities, strict=True):
            use = Use(row.workload, row.provider, row.model, row.mode, row.meter)
            self._costs[use] = self._costs.get(use, 0.0) + cost
            self._quantities[use] = self._quantities.get(use, 0.0) + quantity
        self.relative = np.stack(
            [_relative(projection.simulated.of([name])) for name in self.workloads]
        )
        """Each draw's cost over the expected: shape (workloads, draws, months); mean one."""

    @property
    def uses(self) -> tuple[Use, ...]:
        """Everything that is spent on, in a fixed order."""
        return tuple(sorted(self._costs))

    def expected(self, uses: Iterable[Use]) -> Floats:
        """Expected list cost of some uses: shape (workloads, months)."""
        found = np.zeros(self._shape)
        for use in uses:
            found[self._row[use.workload]] += self._costs[use]
        return found

    def expected_quantity(self, uses: Iterable[Use], counts: Mapping[str, float]) -> Floats:
        """Expected quantity of some uses, each meter times its count: (workloads, months)."""
        found = np.zeros(self._shape)
        for use in uses:
            found[self._row[use.workload]] += self._quantities[use] * counts.get(use.meter, 0.0)
        return found

    def costs_by(self, uses: Iterable[Use]) -> Floats:
        """List cost of some uses: shape (draws, months)."""
        return self.drawn(self.expected(uses))

    def drawn(self, expected: Floats) -> Floats:
        """The draws of what has this expected value: (workloads, months) to (draws, months)."""
        found = np.zeros(self.relative.shape[1:])
        for row in np.flatnonzero(expected.any(axis=1)):
            found += self.relative[row] * expected[row]
        return found


def _relative(costs: Floats) -> Floats:
    """Draws over their mean by month: shape (draws, months)."""
    mean = even_mean(costs)
    there = np.broadcast_to(mean > 0, costs.shape)
    return np.divide(costs, mean, out=np.ones_like(costs), where=there)


def even_mean(amounts: Floats) -> Floats:
    """The mean over draws: (draws, months) to (months,).

    Summed pairwise, so that its error does not grow with the number of draws.
    """
    return np.asarray(np.ascontiguousarray(amounts.T).mean(axis=-1))


def parted(uses: Sequence[Use], covers: Sequence[Collection[Use]]) -> list[list[Use]]:
    """Uses in slices that each of some covers holds whole or not at all.

    Args:
        uses: all of them.
        covers: what each term of a contract covers.

    Returns:
        At least one slice, though it may be empty.
    """
    slices: dict[tuple[bool, ...], list[Use]] = {}
    for use in uses:
        slices.setdefault(tuple(use in cover for cover in covers), []).append(use)
    return list(slices.values()) or [[]]
