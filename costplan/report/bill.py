"""A bill for known usage: its line items, each with the reason for its rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from costplan.prices import Bill, BillItem
from costplan.report.document import Document, number, warning_list
from costplan.report.money import MoneyFormat, money_for, plain_text
from costplan.report.prices import source_notes
from costplan.report.rounding import apportioned
from costplan.report.table import Page, Table, columns


def bill_document(bill: Bill) -> Document:
    """What `costplan rate --format json` prints."""
    return {
        "model": bill.model,
        "at": bill.moment.isoformat() if bill.moment else str(bill.at),
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
    "explanation", "rule", "row", "basis", "known_by", "added", "disputed",
)  # fmt: skip


def bill_page(bill: Bill, *, explained: bool = False) -> Page:
    """The bill as a table, with the arithmetic of each line below it.

    Args:
        bill: what is shown.
        explained: whether to tell of each line which rule and row decide it, and how that is known.
    """
    money = money_for(bill.currency, [item.cost for item in bill.line_items])
    known = f", as known on {bill.known_at}" if bill.known_at else ""
    day = bill.moment.isoformat() if bill.moment else bill.at
    facts = f"{bill.requests:,} x {bill.mode} on {day}{known}, in {bill.currency}"
    notes = tuple(_reasons(bill)) if explained else _notes(bill)
    return Page(bill.model, (facts,), (_table(bill, money),), notes, tuple(bill.warnings))


def _notes(bill: Bill) -> tuple[str, ...]:
    """Each line's arithmetic and price row, then every source once."""
    said = [item.explanation.removesuffix(f"; source {item.source}") for item in bill.line_items]
    return (*said, *source_notes(item.price for item in bill.line_items))


def _reasons(bill: Bill) -> Iterator[str]:
    """Everything about the lines: arithmetic, then the rule, row and two dates they share."""
    if bill.resolved != bill.model:
        yield f"{bill.model} means {bill.resolved} on {bill.at}"
    shared: dict[tuple[object, ...], list[BillItem]] = {}
    for item in bill.line_items:
        key = (item.price.name, item.price.identity, item.rule)
        shared.setdefault(key, []).append(item)
    for items in shared.values():
        row, rule = items[0].price, items[0].rule
        yield from (f"{item.meter}: {item.explanation.partition('; ')[0]}" for item in items)
        factor = row.regions.get(row.region)
        place = f"in {row.region}, tokens x {plain_text(factor)}" if factor else ""
        rules = "; ".join(filter(None, (rule, place)))
        yield f"  rule: {rules or 'the rates of the row as they are'}"
        yield f"  row: {row.name} from {row.from_} ({row.basis}), in release {row.added}"
        yield f"  known: {row.known} ({row.known_by})"
        yield from (f"  source: {source}" for source in row.sources)
        for name, said in (("disputed", row.disputed), ("note", row.note)):
            if said:
                yield f"  {name}: {said}"


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
        "rule": item.rule,
        "row": item.price.name,
        "basis": item.price.basis,
        "known_by": item.price.known_by,
        "added": item.price.added,
        "disputed": item.price.disputed,
    }


def bill_records(bill: Bill) -> Sequence[Document]:
    """A row for each line item, for CSV."""
    return [_item(item) for item in bill.line_items]
