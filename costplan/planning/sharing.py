"""Whose a charge is: what contracts change, shared out to workloads by draw."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np

from costplan.engine.billing import Bill, Charge
from costplan.engine.distributions import Floats
from costplan.planning.scopes import Use
from costplan.planning.spend import Spend


class Sharing:
    """The charges of a bill by workload; as draws, what is billed to them.

    A charge on spend is shared out as the spend it is on. A charge of a contract itself goes to
    the workloads it covers: by what they spend in the month, or in all months for what is agreed
    for the whole term; evenly where they spend nothing.
    """

    def __init__(
        self,
        spend: Spend,
        slices: Sequence[Sequence[Use]],
        bill: Bill,
        uses_of: Callable[[str], Collection[Use]],
    ) -> None:
        self.spend, self.slices, self.bill, self.uses_of = spend, slices, bill, uses_of
        self.listed = [spend.expected(uses) for uses in slices]
        """Expected list cost of each slice: shape (workloads, months)."""

    def of(self, workloads: Collection[str]) -> Floats:
        """What is billed to some workloads together: shape (draws, months)."""
        names = self.spend.workloads
        if set(names) <= set(workloads):
            return self.bill.billed
        rows = [k for k, name in enumerate(names) if name in workloads]
        found = np.zeros_like(self.bill.billed)
        for row in rows:
            found += self._billed(row)
        return found

    def _billed(self, row: int) -> Floats:
        """What is billed to one workload: shape (draws, months)."""
        listed = sum((each[row] for each in self.listed), np.zeros(len(self.spend.months)))
        found = self.spend.relative[row] * listed
        for charge in self.bill.charges:
            if charge.slice is None:
                found += charge.amount * self.weights(charge)[row]
            elif self.listed[charge.slice][row].any():
                share = self.spend.relative[row] * self.listed[charge.slice][row]
                found += self.part(charge, charge.amount) * share
        return np.asarray(found)

    def part(self, charge: Charge, amount: Floats) -> Floats:
        """An amount as a part of the list cost of the slice it is on: shape (draws, months)."""
        whole = self.spend.drawn(self.listed[charge.slice or 0])
        return np.asarray(np.divide(amount, whole, out=np.zeros_like(whole), where=whole > 0))

    def weights(self, charge: Charge) -> Floats:
        """How a contract's own charge is shared out: (workloads, months), each month sums to 1."""
        uses = self.uses_of((charge.on or charge).contract) or self.spend.uses
        listed = self.spend.expected(uses)
        term = listed.sum(axis=1, keepdims=True)
        if not term.any():
            named = {use.workload for use in uses} or set(self.spend.workloads)
            term = np.array([[float(name in named)] for name in self.spend.workloads])
        whole = np.broadcast_to(term / term.sum(), listed.shape)
        if charge.over_term:
            return np.asarray(whole)
        month = listed.sum(axis=0)
        return np.where(month > 0, listed / np.where(month > 0, month, 1.0), whole)

    def models(self, slice_: int) -> Iterator[tuple[str, str, Floats]]:
        """Provider, model and expected list cost (workloads, months) of each model of a slice."""
        uses = self.slices[slice_]
        for provider, model in sorted({(use.provider, use.model) for use in uses}):
            mine = [use for use in uses if (use.provider, use.model) == (provider, model)]
            yield provider, model, self.spend.expected(mine)
