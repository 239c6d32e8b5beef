"""From compiled cells to the ledger of a plan: expected quantities, cells of one price merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from costplan.engine.distributions import Distribution, Floats
from costplan.engine.expectation import Quantities, expected_quantities
from costplan.engine.ledger import Ledger, Row
from costplan.engine.remembered import Remembered
from costplan.meters import Meter
from costplan.periods import Month
from costplan.planning.cells import FLAT, PricedCell
from costplan.planning.compiling import PricedStream


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What is expected of one cell."""

    stream: PricedStream
    cell: PricedCell
    quantities: Quantities


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger of a plan, and what of it falls on retired models."""

    ledger: Ledger
    cells: tuple[Counted, ...]
    """What the ledger is the sum of, in the order of the file."""
    retired: Mapping[str, Floats]
    """Expected cost by month on each model after its retirement: shape (months,)."""


def keep_books(
    streams: Sequence[PricedStream],
    variables: Mapping[str, Distribution],
    owners: Mapping[str, str],
    months: Sequence[Month],
    remembered: Remembered,
) -> Books:
    """Expected quantities of every cell.

    Args:
        streams: the compiled workloads.
        variables: what we do not know about the plan.
        owners: who pays, by workload.
        months: the horizon.
        remembered: what was worked out before.

    Raises:
        UsageError: too many ranges interact to be averaged.
    """
    rows: list[Row] = []
    amounts: list[Floats] = []
    retired: dict[str, Floats] = {}
    cells: list[Counted] = []
    for priced in streams:
        name, owner = priced.stream.name, owners[priced.stream.name]
        counted = _counted(priced, variables, remembered)
        cells += counted
        for cell, quantities in _merged(counted):
            for key, amount in sorted(quantities.items()):
                row = remembered.get("row", cell, key, partial(_row, name, owner, cell, *key))
                rows.append(row)
                amounts.append(amount)
                if cell.retired:
                    cost = amount * (float(row.rate) / row.per)
                    retired[cell.model] = retired.get(cell.model, np.zeros(len(months))) + cost
    table = np.array(amounts).reshape(len(rows), len(months))
    return Books(Ledger(tuple(months), tuple(rows), table), tuple(cells), retired)


def _counted(
    priced: PricedStream, variables: Mapping[str, Distribution], remembered: Remembered
) -> list[Counted]:
    """The expected quantities of every cell of a workload."""
    stream = priced.stream
    return [
        Counted(priced, cell, expected_quantities(stream, cell.cell, variables, remembered))
        for cell in priced.cells
    ]


def _merged(counted: Sequence[Counted]) -> Iterator[tuple[PricedCell, Quantities]]:
    """Expected quantities by price: cells that differ in days or in hits alone are one."""
    found: dict[tuple[object, ...], tuple[PricedCell, Quantities]] = {}
    for each in counted:
        cell, quantities = each.cell, each.quantities
        price = cell.price
        row = (price.model, price.from_, price.known) if price else None
        key = (cell.model, cell.mode, row, cell.hours, cell.retired, cell.exchange)
        if key not in found:
            found[key] = (cell, dict(quantities))
        else:
            _add(found[key][1], quantities)
    yield from found.values()


def _add(total: Quantities, more: Quantities) -> None:
    for key, amounts in more.items():
        total[key] = total[key] + amounts if key in total else amounts


def _row(workload: str, owner: str, cell: PricedCell, tier: int, meter: str) -> Row:
    """What the line items of one tier and meter of a price have in common."""
    flat = FLAT.get(meter)
    price = cell.fees.get(meter, cell.price)
    return Row(
        workload=workload,
        owner=owner,
        provider=cell.provider,
        model=cell.model,
        mode=cell.mode,
        meter=meter,
        unit=flat or Meter(meter).unit,
        rate=cell.rates[tier][meter],
        per=cell.pieces if flat else Meter(meter).per,
        price_from=price.from_ if price else None,
        known=price.known if price else None,
        source=price.source if price and meter in cell.fees else cell.source,
        tier=tier,
    )
