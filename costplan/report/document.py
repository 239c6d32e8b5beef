"""A projection as a document: the keys that other programs read, in the order they stand.

Money and rates are decimal strings in plain notation with at most 9 decimals; quantities are
numbers. The keys up to `warnings` are a contract; those after it are there for convenience.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from math import isfinite
from typing import Any

from costplan.engine.ledger import LineItem
from costplan.engine.projection import BookStamp, PeriodTotal, Projection, Volume
from costplan.engine.reuse import CacheSaving
from costplan.errors import PlanWarning
from costplan.report.breaches import breach_document
from costplan.report.capacity import capacity_document
from costplan.report.money import plain_text, plain_text_or_none
from costplan.report.tasks import task_list

type Document = dict[str, Any]


def plan_document(projection: Projection) -> Document:
    """What `costplan plan --format json` prints."""
    document = plan_identity(projection)
    document["totals"] = [{"month": t.label, **_total(t)} for t in projection.totals()]
    document["horizon"] = _total(projection.horizon)
    for dimension in ("model", "workload"):
        rows = projection.by(dimension)
        document[f"by_{dimension}"] = [
            {dimension: name, "expected": plain_text(cost)} for name, cost in rows
        ]
    document["line_items"] = line_items(projection)
    document["warnings"] = warning_list(projection.warnings)
    told: Document = {}
    if projection.billing:
        from costplan.report.billing import billing_document

        told = billing_document(projection.billing)
    used = _where_used(projection)
    return document | _extras(projection) | used | breach_document(projection) | told


def plan_identity(projection: Projection) -> Document:
    """Which plan it is, and what would give it again: horizon, seed, prices."""
    return {
        "scenario": projection.scenario,
        "variant": projection.variant,
        "months": [str(month) for month in projection.months],
        "currency": projection.currency,
        "seed": projection.seed,
        "draws": projection.draws,
        "price_book": _stamp(projection.price_book),
    }


def line_items(projection: Projection) -> list[Document]:
    """One mapping per line item, the same in JSON and CSV."""
    return [_item(item) for item in projection.line_items]


def warning_list(warnings: Sequence[PlanWarning]) -> list[Document]:
    """Warnings as mappings."""
    return [asdict(warning) for warning in warnings]


def json_text(document: Any) -> str:
    """A document as it is printed: indented, non-ASCII letters as they are."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def csv_text(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> str:
    """Rows as CSV (RFC 4180 but for plain line ends); None is an empty cell."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fields, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


LINE_ITEM_FIELDS = (
    "month",
    "workload",
    "owner",
    "provider",
    "model",
    "mode",
    "meter",
    "quantity",
    "unit",
    "rate",
    "per",
    "cost",
    "price_from",
    "known",
    "source",
)


def _item(item: LineItem) -> Document:
    return {
        "month": str(item.month),
        "workload": item.workload,
        "owner": item.owner,
        "provider": item.provider,
        "model": item.model,
        "mode": item.mode,
        "meter": str(item.meter),
        "quantity": number(item.quantity),
        "unit": item.unit,
        "rate": plain_text(item.rate),
        "per": item.per,
        "cost": plain_text(item.cost),
        "price_from": str(item.price_from) if item.price_from else None,
        "known": str(item.known) if item.known else None,
        "source": item.source,
    } | ({"tier": item.tier} if item.tier else {})


def _where_used(projection: Projection) -> Document:
    """What is there only for plans that say what it takes."""
    found: Document = {}
    if projection.caching:
        found["caching"] = [_saving(saving) for saving in projection.caching]
    if projection.capacity is not None:
        found["capacity"] = capacity_document(projection.capacity)
    return found


def _saving(saving: CacheSaving) -> Document:
    return {
        "workload": saving.workload,
        "model": saving.model,
        "read": number(saving.read),
        "written": number(saving.written),
        "hit_share": saving.share,
        "break_even": saving.break_even if isfinite(saving.break_even) else None,
        "paid": plain_text(saving.paid),
        "without": plain_text(saving.without),
        "saved": plain_text(saving.saved),
    }


def _total(total: PeriodTotal) -> Document:
    return {
        "expected": plain_text(total.expected),
        "p10": plain_text(total.p10),
        "p50": plain_text(total.p50),
        "p90": plain_text(total.p90),
        "budget": plain_text_or_none(total.budget),
        "p_over": total.p_over,
    }


def _stamp(stamp: BookStamp) -> Document:
    known_at = str(stamp.known_at) if stamp.known_at else None
    shipped = {"release": stamp.release, "known_at": known_at, "digest": stamp.digest}
    return shipped | ({"own": list(stamp.own)} if stamp.own else {})


def own_lists(names: Iterable[str]) -> str:
    """The end of a line about prices: which lists of the user's own lie over them."""
    listed = ", ".join(names)
    return f"; with own prices: {listed}" if listed else ""


def _extras(projection: Projection) -> Document:
    tasks: Document = {"tasks": task_list(projection)} if projection.tasks else {}
    return tasks | {
        "fiscal_year_start": projection.fiscal_year_start,
        "by_owner": [
            {"owner": name, "expected": plain_text(cost)} for name, cost in projection.by("owner")
        ],
        "volumes": [_volume(volume) for volume in projection.volumes],
        "routed": [asdict(r) | {"month": str(r.month)} for r in projection.routed],
        "processing": [
            asdict(p) | {"month": str(p.month), "hours_per_day": p.hours_per_day}
            for p in projection.processing
        ],
        "notes": list(projection.notes),
        "over": [breach.what for breach in projection.breaches()],
        "ranges": [
            {
                "name": known.name,
                "low": plain_text(known.low),
                "high": plain_text(known.high),
                "median": known.median,
                "mean": known.mean,
            }
            for known in projection.ranges
        ],
        "quarters": [{"quarter": t.label, **_total(t)} for t in projection.totals("quarter")],
        "years": [{"year": t.label, **_total(t)} for t in projection.totals("year")],
    }


def _volume(volume: Volume) -> Document:
    document = asdict(volume) | {"month": str(volume.month)}
    if not volume.refused:
        del document["refused"]
    return document


def number(quantity: float | Decimal) -> int | float:
    """A quantity as JSON has numbers: whole where it is whole, without a needless `.0`."""
    is_whole = isfinite(quantity) and int(quantity) == quantity
    return int(quantity) if is_whole else float(quantity)
