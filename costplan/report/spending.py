"""Where the money goes: what each workload spends on each model, the largest first."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from costplan.engine.ledger import as_decimal
from costplan.engine.projection import Projection
from costplan.report.money import percent
from costplan.report.plan import plan_money
from costplan.report.rounding import apportioned
from costplan.report.table import Column, Row, Table

BAR = 12
"""Cells of the longest bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def spending_table(projection: Projection) -> Table:
    """A row for each workload and model over the whole plan, with a bar; it adds up as shown."""
    spent = _spent(projection)
    whole, money = projection.horizon.expected, plan_money(projection)
    shown = apportioned(list(spent.values()), whole, money)
    largest = max((abs(cost) for cost in spent.values()), default=Decimal(0))
    rows: list[Row] = [
        (
            model,
            workload,
            money(cost, exact=exact),
            percent(float(exact / whole) if whole else None),
            bar(float(exact / largest)) if largest else "",
        )
        for ((workload, model), exact), cost in zip(spent.items(), shown, strict=True)
    ]
    total = ("Total", "", money(whole), percent(1.0 if whole else None), "")
    head = (
        *(Column("Model"), Column("Workload")),
        *(Column("Expected", right=True), Column("Share", right=True), Column("")),
    )
    return Table("Where the money goes", head, tuple(rows), (total,), keys=2)


def bar(part: float, cells: int = BAR) -> str:
    """A bar as long as its part of so many cells; nothing for what is saved."""
    full, rest = divmod(round(max(part, 0.0) * cells * 8), 8)
    return "█" * full + _EIGHTHS[rest].strip()


def _spent(projection: Projection) -> Mapping[tuple[str, str], Decimal]:
    """By workload and model, the largest first."""
    sums: dict[tuple[str, str], float] = {}
    costs = projection.ledger.costs.sum(axis=1).tolist()
    for row, cost in zip(projection.ledger.rows, costs, strict=True):
        key = row.workload, row.model
        sums[key] = sums.get(key, 0.0) + cost
    found = {key: as_decimal(cost) for key, cost in sums.items()}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
