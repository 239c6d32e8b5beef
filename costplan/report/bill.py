"""A bill for known usage: its line items, each with the reason for its rate."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from costplan.prices import Bill, BillItem
from costplan.report.document import Document, number, warning_list
from costplan.report.money import MoneyFormat, money_for, plain_text
from costplan.report.rounding import apportioned
from costplan.report.table import Page, Table, columns


def bill_document(bill: Bill) -> Document:
    """What `costplan rate --format json` prints."""
    return {
        "model": bill.model,
        "at": str(bill.at),
        "known_at": str(bill.known_at) if bill.known_at else None,
        "mode": bill.mode,
        "requests": bill.requests,
        "total": plain_text(bill.total),
        "line_items": [_item(item) for item in bill.line_items],
        "warnings": warning_list(bill.warnings),
        "currency": bill.currency,
        "resolved": bill.resolved,
    }


BILL_FIELDS = (
    "meter", "quantity", "unit", "rate", "per", "cost", "tier", "price_from", "known", "source",
    "explanation",
)  # fmt: skip


def bill_page(bill: Bill) -> Page:
    """The bill as a table, with the explanation of each line below it."""
    money = money_for(bill.currency, [item.cost for item in bill.line_items])
    known = f", as known on {bill.known_at}" if bill.known_at else ""
    facts = f"{bill.requests:,} x {bill.mode} on {bill.at}{known}, in {bill.currency}"
    return Page(bill.model, (facts,), (_table(bill, money),), _notes(bill), tuple(bill.warnings))


def _notes(bill: Bill) -> tuple[str, ...]:
    """Each line's arithmetic and price row, then every source once."""
    said = [item.explanation.removesuffix(f"; source {item.source}") for item in bill.line_items]
    sources = dict.fromkeys(item.source for item in bill.line_items)
    return (*said, *(f"source: {source}" for source in sources))


def _table(bill: Bill, money: MoneyFormat) -> Table:
    shown = apportioned([item.cost for item in bill.line_items], bill.total, money)
    rows = tuple(_row(item, cost, money) for item, cost in zip(bill.line_items, shown, strict=True))
    head = columns(["Meter"], ["Quantity", "Unit", "Rate", "Per", "Price from", "Cost"])
    footer = ("Total", "", "", "", "", "", money(bill.total))
    return Table("", head, rows, (footer,))


def _row(item: BillItem, cost: Decimal, money: MoneyFormat) -> tuple[str, ...]:
    quantity = f"{item.quantity.normalize():,f}"
    dated = (f"{plain_text(item.rate)}", f"{item.per:,}", str(item.price_from))
    return (str(item.meter), quantity, item.unit, *dated, money(cost, exact=item.cost))


def _item(item: BillItem) -> Document:
    return {
        "meter": str(item.meter),
        "quantity": number(item.quantity),
        "unit": item.unit,
        "rate": plain_text(item.rate),
        "per": item.per,
        "cost": plain_text(item.cost),
        "tier": str(item.tier) if item.tier else None,
        "price_from": str(item.price_from),
        "known": str(item.known),
        "source": item.source,
        "explanation": item.explanation,
    }


def bill_records(bill: Bill) -> Sequence[Document]:
    """A row for each line item, for CSV."""
    return [_item(item) for item in bill.line_items]
