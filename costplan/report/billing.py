"""What contracts make of a plan: billed and effective cost apart, period by period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from costplan.engine.projection import Period, Projection
from costplan.engine.statements import Account, Billing, Statement
from costplan.periods import fiscal_label
from costplan.report.money import ABSENT, MoneyFormat, plain_text
from costplan.report.rounding import apportioned
from costplan.report.table import Row, Table, columns

_ALWAYS = (("List", "list"), ("Contracted", "contracted"), ("Effective", "effective"),
           ("Billed", "billed"))  # fmt: skip
_WHERE_ANY = (("Prepaid", "prepaid"), ("Shortfall", "shortfall"), ("Tax", "tax"))


def billing_tables(projection: Projection, period: Period, money: MoneyFormat) -> Iterator[Table]:
    """A row for each period, and one for each contract with a commitment or credits."""
    if projection.billing is None:
        return
    yield _statements(projection, projection.billing, period, money)
    if projection.billing.accounts:
        yield _accounts(projection.billing, money)


def _statements(
    projection: Projection, billing: Billing, period: Period, money: MoneyFormat
) -> Table:
    rows = billing.statements
    shown = [*_ALWAYS, *((n, f) for n, f in _WHERE_ANY if any(getattr(r, f) for r in rows))]
    groups: dict[str, list[Statement]] = {}
    for row in rows:
        label = fiscal_label(row.month, period, projection.fiscal_year_start)
        groups.setdefault(label, []).append(row)
    parts, totals = [], []
    for _, field in shown:
        sums = [sum((getattr(r, field) for r in g), Decimal(0)) for g in groups.values()]
        whole = sum(sums, Decimal(0))
        cells = apportioned(sums, whole, money)
        parts.append([money(c, exact=x) for c, x in zip(cells, sums, strict=True)])
        totals.append(money(whole))
    names = [name for name, _ in shown]
    if any(row.left for row in rows):
        names.append("Left")
        parts.append([money(members[-1].left) for members in groups.values()])
        totals.append(money(rows[-1].left))
    lines = [(label, *cells) for label, *cells in zip(groups, *parts, strict=True)]
    head = columns([period.capitalize()], names)
    return Table("Billed and effective cost", head, tuple(lines), (("Total", *totals),))


def _accounts(billing: Billing, money: MoneyFormat) -> Table:
    rows: list[Row] = []
    names = list(dict.fromkeys(account.contract for account in billing.accounts))
    for name in names:
        mine = [account for account in billing.accounts if account.contract == name]
        usage, paid, drawn, shortfall = (
            sum((getattr(account, field) for account in mine), Decimal(0))
            for field in ("usage", "paid", "drawn", "shortfall")
        )
        last = mine[-1]
        credits_left = ABSENT if last.credits is None else f"{last.credits:,.0f}"
        amounts = map(money, (usage, paid, drawn, shortfall, last.left))
        rows.append((name, *amounts, credits_left))
    head = columns(
        ["Contract"], ["Usage", "Paid ahead", "Drawn", "Shortfall", "Left", "Credits left"]
    )
    return Table("Commitments and credits", head, tuple(rows))


def billing_document(billing: Billing) -> dict[str, Any]:
    """The keys `billing` and `accounts` of a plan as JSON."""
    return {
        "billing": [_as_texts(statement) for statement in billing.statements],
        "accounts": [_as_texts(account) for account in billing.accounts],
    }


def _as_texts(row: Statement | Account) -> dict[str, Any]:
    return {name: _as_text(value) for name, value in asdict(row).items() if name != "month"} | {
        "month": str(row.month)
    }


def _as_text(value: Decimal | float | str | None) -> float | str | None:
    return plain_text(value) if isinstance(value, Decimal) else value
