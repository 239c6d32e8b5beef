"""What contracts change as rows of the ledger, beside those at list prices and adding up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from costplan.documents import join_path
from costplan.engine.billing import Charge
from costplan.engine.distributions import Floats
from costplan.engine.ledger import RESIDUE, Ledger, Row, as_decimal
from costplan.engine.statements import CONTRACT
from costplan.planning.sharing import Sharing
from costplan.planning.spend import even_mean


@dataclass(frozen=True, slots=True)
class Charges:
    """The rows of a bill's charges.

    `cost = quantity x rate`: the rate is the part that a discount, mark-up or tax takes of the
    quantity, an amount of money; for all else it is 1, or -1 for what is saved.
    """

    listed: Ledger
    sharing: Sharing
    currency: str
    sources: Mapping[str, str]
    """Where the terms of a contract are published, for those the scenario does not state."""

    def ledger(self) -> Ledger:
        """The rows at list prices, and those of the contracts."""
        rows, amounts = list(self.listed.rows), [self.listed.quantities]
        for charge in self.sharing.bill.charges:
            for row, quantities in self._rows(charge):
                if quantities.any():
                    rows.append(row)
                    amounts.append(quantities[None, :])
        return Ledger(self.listed.months, tuple(rows), np.concatenate(amounts))

    def _rows(self, charge: Charge) -> Iterator[tuple[Row, Floats]]:
        """Of one charge: a row for each workload, and for each model of what it is on."""
        told = charge.amount if charge.base is None else charge.base
        rate, sign = (charge.rate, 1.0) if charge.base is not None else _sign(charge.amount)
        sharing, workloads = self.sharing, self.sharing.spend.workloads
        if charge.slice is None:
            model = f"{CONTRACT}/{charge.contract}"
            shares = mean_of(told) * sharing.weights(charge)
            for name, quantities in zip(workloads, shares, strict=True):
                yield self._row(charge, name, (CONTRACT, model), rate), cleared(quantities) * sign
            return
        part = sharing.part(charge, told)
        models = list(sharing.models(charge.slice))
        for k, name in enumerate(workloads):
            if sharing.listed[charge.slice][k].any():
                means = mean_of(part * sharing.spend.relative[k])
                for provider, model, listed in models:
                    quantities = cleared(means * listed[k]) * sign
                    yield self._row(charge, name, (provider, model), rate), quantities

    def _row(self, charge: Charge, workload: str, of: tuple[str, str], rate: float) -> Row:
        """What the line items of a charge on a workload have in common.

        Args:
            charge: what they are of.
            workload: who has them.
            of: provider and model.
            rate: what a unit of money costs.
        """
        owner = next((row.owner for row in self.listed.rows if row.workload == workload), "")
        stated = f"{join_path(('contracts', charge.contract))}: {charge.kind.replace('_', ' ')}"
        return Row(
            workload=workload,
            owner=owner,
            provider=of[0],
            model=of[1],
            mode=CONTRACT,
            meter=charge.kind,
            unit=self.currency,
            rate=as_decimal(rate),
            per=1,
            price_from=None,
            known=None,
            source=self.sources.get(charge.contract, stated),
        )


def _sign(amount: Floats) -> tuple[float, float]:
    """A rate of 1 or -1, and what makes the quantity at that rate positive."""
    return (-1.0, -1.0) if amount.sum() < 0 else (1.0, 1.0)


def mean_of(amounts: Floats) -> Floats:
    """The mean over the draws, the first axis; exact where all draws agree."""
    alike = (amounts == amounts[:1]).all(axis=0)
    return np.where(alike, amounts[0], even_mean(amounts))


def cleared(values: Floats, beside: Floats | float = 1.0) -> Floats:
    """Values without binary residue: what is that small beside amounts of some size is nothing."""
    small = abs(values) <= RESIDUE * np.maximum(abs(np.asarray(beside)), 1.0)
    return np.where(small, 0.0, values)
