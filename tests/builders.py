"""Projections made by hand, for tests of what is done with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.ledger import Ledger, LineItem
from costplan.engine.projection import BookStamp, Limits, Projection
from costplan.periods import Month, month_range

type Spend = Mapping[tuple[str, str], Sequence[str]]
"""Cost by month, for each workload and model."""

CERTAIN = (1.0, 1.0, 1.0)
SPREAD = (0.5, 0.75, 1.0, 1.25, 1.5)
"""Factors of the draws: P10 is 0.6, P50 is 1 and P90 is 1.4 of the expected cost."""

CHAT = {
    ("chat", "openai/gpt-6-luna"): ["850.10", "900.20", "1000.30"],
    ("chat", "anthropic/claude-haiku-5-5"): ["150.05", "160.05", "170.05"],
    ("batch", "openai/gpt-6-luna"): ["12.345", "12.345", "12.345"],
}


@dataclass(frozen=True)
class Sampled:
    """Draws that a test states: shape (draws, workloads, months)."""

    workloads: tuple[str, ...]
    samples: Floats

    def of(self, workloads: Collection[str]) -> Floats:
        """Those of some workloads together."""
        chosen = [k for k, name in enumerate(self.workloads) if name in workloads]
        return np.asarray(self.samples[:, chosen, :].sum(axis=1))


def line_item(workload: str, model: str, month: Month, cost: str) -> LineItem:
    """Input tokens at 2 per million that come to a cost."""
    return LineItem(
        month=month,
        workload=workload,
        owner="customer-care" if workload == "chat" else "",
        provider=model.partition("/")[0],
        model=model,
        mode="standard",
        meter="input",
        quantity=float(Decimal(cost) * 500_000),
        unit="tokens",
        rate=Decimal(2),
        per=1_000_000,
        cost=Decimal(cost),
        price_from=date(2026, 9, 1),
        known=date(2026, 8, 20),
        source="a price list",
    )


def projection(
    spend: Spend | None = None,
    *,
    start: str = "2026-12",
    factors: Sequence[float] = SPREAD,
    budget: str | None = None,
    workload_budgets: Mapping[str, str] | None = None,
    **changes: Any,
) -> Projection:
    """A projection that spends what it is told to.

    Args:
        spend: cost by month for each workload and model; `CHAT` when None.
        start: its first month.
        factors: each draw costs this much of the expected cost.
        budget: each month; the horizon's is their sum.
        workload_budgets: each month, by workload.
        changes: other fields of the projection.
    """
    spend = CHAT if spend is None else spend
    months = month_range(Month.parse(start), len(next(iter(spend.values()))))
    workloads = tuple(dict.fromkeys(workload for workload, _ in spend))
    items = [
        line_item(workload, model, month, cost)
        for (workload, model), costs in spend.items()
        for month, cost in zip(months, costs, strict=True)
    ]
    expected = np.zeros((len(workloads), len(months)))
    for item in items:
        expected[workloads.index(item.workload), months.index(item.month)] += float(item.cost)
    monthly = None if budget is None else Decimal(budget)
    limits = Limits(
        (monthly,) * len(months),
        None if monthly is None else monthly * len(months),
        {name: Decimal(amount) for name, amount in (workload_budgets or {}).items()},
    )
    fields: dict[str, Any] = {
        "scenario": "Support assistant",
        "variant": None,
        "months": months,
        "currency": "USD",
        "seed": 7,
        "draws": len(factors),
        "price_book": BookStamp("2026.11.21", date(2026, 11, 20), "3f2a" * 16, "pricing"),
        "workloads": workloads,
        "ledger": Ledger.of(months, items),
        "simulated": Sampled(workloads, np.asarray(factors)[:, None, None] * expected),
        "limits": limits,
    }
    return Projection(**(fields | changes))
