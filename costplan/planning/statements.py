"""Billed and effective cost apart, month by month, from a bill and its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from costplan.engine.billing import Bill
from costplan.engine.distributions import Floats
from costplan.engine.ledger import Ledger, as_decimal, summed
from costplan.engine.settling import Settlement
from costplan.engine.statements import CONTRACT, Account, Billing, Statement
from costplan.periods import Month
from costplan.planning.charges import cleared, mean_of

_AGREED = ("list", "free", "provisioned", "discount", "mark_up")
"""The kinds of rows that make up contracted cost."""


def statements(bill: Bill, ledger: Ledger, *, is_mean: bool) -> Billing:
    """What is told of a bill.

    Args:
        bill: in arrays of shape (draws, months).
        ledger: at list prices and of contracts; what is billed is its sum.
        is_mean: whether something in it is a mean over the draws.
    """
    kinds = np.array([row.meter if row.mode == CONTRACT else "list" for row in ledger.rows])
    size = abs(ledger.costs).sum(axis=0)

    def of(*names: str) -> list[Decimal]:
        return _decimals(summed(ledger.costs[np.isin(kinds, names)]))

    billed = ledger.by_workload.values()
    totals = [sum((row[k] for row in billed), Decimal(0)) for k in range(len(ledger.months))]
    worth = _decimals(cleared(mean_of(bill.effective - bill.billed), size))
    none, settled = [np.zeros_like(bill.list)], bill.settlements.values()
    short = mean_of(np.sum([*none, *(each.shortfall for each in settled)], axis=0))
    left = mean_of(np.sum([*none, *(each.left for each in settled)], axis=0))
    figures = zip(
        ledger.months, of("list"), of(*_AGREED), totals, worth, of("prepayment"),
        _decimals(cleared(short, size)), of("tax"), _decimals(cleared(left, size)), strict=True,
    )  # fmt: skip
    rows = tuple(
        Statement(month, listed, agreed, total + more, total, paid, lacking, tax, rest)
        for month, listed, agreed, total, more, paid, lacking, tax, rest in figures
    )
    accounts = (
        account
        for name, each in bill.settlements.items()
        for account in _accounts(name, each, ledger.months)
    )
    return Billing(rows, tuple(accounts), is_mean)


def _accounts(name: str, each: Settlement, months: Sequence[Month]) -> Iterator[Account]:
    arrays = (each.usage, each.paid, each.drawn, each.shortfall, each.left)
    means = [_decimals(cleared(mean_of(array))) for array in arrays]
    held = None if each.credits is None else cleared(mean_of(each.credits))
    for k, (month, *amounts) in enumerate(zip(months, *means, strict=True)):
        usage, paid, drawn, shortfall, left = amounts
        held_now = None if held is None else float(held[k])
        yield Account(name, month, usage, paid, drawn, shortfall, left, held_now)


def _decimals(values: Floats) -> list[Decimal]:
    return [as_decimal(value) for value in values.tolist()]
