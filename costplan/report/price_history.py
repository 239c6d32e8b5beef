"""The history of a model's prices: when each took effect, when it was known, what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from costplan.meters import Meter
from costplan.prices.changes import RateChange, Step
from costplan.prices.histories import History, Timeline
from costplan.report.document import Document
from costplan.report.money import plain_text, plain_text_or_none
from costplan.report.prices import (
    book_facts,
    meter_names,
    model_line,
    price_row,
    rated_meters,
    rates_note,
    shown_rate,
    source_notes,
    special_rates,
)
from costplan.report.table import Column, Page, Row, Table, columns

TIMELINE_FIELDS = (
    *("model", "mode", "from", "until", "known", "known_by", "added", "basis", "state", "settled"),
    *("through", "tier", *map(str, Meter), "changes", "source", "note"),
)


def history_document(history: History) -> list[Document]:
    """What `costplan prices history --format json` prints: a price after another."""
    return [_price(line, step) for line in history.timelines for step in line.steps]


def history_records(history: History) -> list[Document]:
    """A row for each price, and one for each of its tiers and windows, for CSV."""
    records = []
    for row in history_document(history):
        said = "; ".join(_said(change) for change in row["changes"])
        records.append({**row, **row["rates"], "changes": said})
        for special in (*row["tiers"], *row["windows"]):
            tier = special.get("above") or special.get("hours")
            records.append({**row, **special["rates"], "tier": tier, "changes": ""})
    return records


def history_page(history: History) -> Page:
    """A table for each mode, with what each price changed, and what else happened to the model."""
    facts = [model_line(model) for model in history.models if len(history.models) == 1]
    facts += [f"{history.name} is {model.name}" for model in history.models if _other(history)]
    facts += [f"{fact}; as seen on {history.at}" for fact in book_facts(history.book)]
    named = len({line.model for line in history.timelines}) > 1
    tables = [_table(line, named=named) for line in history.timelines]
    if history.events:
        rows = tuple((str(event.day), event.what) for event in history.events)
        tables.insert(0, Table("", columns(["Day", "What happened"], []), rows))
    if not history.timelines:
        facts.append("no price is known")
    return Page(history.name, tuple(facts), tuple(tables), tuple(_notes(history)))


def rate_percent(share: float | None) -> str:
    """A change of a rate, to a tenth of a percent: `+50%`, `-33.3%`."""
    if share is None:
        return ""
    return f"{share * 100:+.1f}".removesuffix(".0") + "%"


def change_document(change: RateChange) -> Document:
    """A rate before and after, as documents hold it."""
    return {
        "meter": change.meter,
        "tier": change.tier or None,
        "before": plain_text_or_none(change.before),
        "after": plain_text_or_none(change.after),
        "percent": None if change.share is None else round(change.share * 100, 6),
    }


def _other(history: History) -> bool:
    """Whether the name is another one of a single model."""
    return [model.name for model in history.models] != [history.name] and len(history.models) == 1


def _price(line: Timeline, step: Step) -> Document:
    row = price_row(step.row)
    return {
        "model": line.model,
        "mode": line.mode,
        "from": row["from"],
        "until": str(step.until) if step.until else None,
        "known": row["known"],
        "known_by": row["known_by"],
        "added": row["added"],
        "basis": row["basis"],
        "state": step.state,
        "rates": row["rates"],
        "tiers": row["tiers"],
        "changes": [change_document(change) for change in step.changes],
        "source": row["source"],
        "note": row["note"],
        "settled": str(step.settled) if step.settled else None,
        "through": row["through"],
        "windows": row["windows"],
        "minimum": row["minimum"],
        "free": row["free"],
        "regions": row["regions"],
    }


def _said(change: Document) -> str:
    what = f"{change['meter']} {change['tier'] or ''}".strip()
    return f"{what} {change['before'] or 'none'} -> {change['after'] or 'none'}"


def _table(line: Timeline, *, named: bool) -> Table:
    rows = [step.row for step in line.steps]
    meters = rated_meters(rows)
    promised = any(row.through for row in rows)
    head = [Column("From"), Column("State"), Column("Until"), Column("Known")]
    head += columns([], meter_names(meters))
    head += [Column("Promised to")] if promised else []
    head += [Column("How known")]
    lines = [cells for step in line.steps for cells in _lines(step, meters, promised=promised)]
    title = f"{line.model} {line.mode}" if named else line.mode
    return Table(title, tuple(head), tuple(lines), keys=2)


def _lines(step: Step, meters: Sequence[Meter], *, promised: bool) -> Iterator[Row]:
    row = step.row
    state = f"{step.state} {step.settled}" if step.settled else step.state
    dates = [str(step.until or ""), str(row.known)]
    end = [str(row.through or "")] if promised else []
    moved = {(each.meter, each.tier): rate_percent(each.share) for each in step.changes}
    cells = (_cell(shown_rate(row, each), moved.get((each, ""), "")) for each in meters)
    yield (str(row.from_), state, *dates, *cells, *end, f"{row.known_by}, {row.basis}")
    blank = [""] * len(end)
    for words, rates in special_rates(row):
        tier = words.removeprefix("prompt ")
        cells = (
            _cell(plain_text(rates[each]) if each in rates else "", moved.get((each, tier), ""))
            for each in meters
        )
        yield ("", words, "", "", *cells, *blank, "")


def _cell(rate: str, percent: str) -> str:
    return f"{rate} ({percent})" if percent else rate


def _notes(history: History) -> Iterator[str]:
    currencies = {step.row.currency for line in history.timelines for step in line.steps}
    for currency in sorted(currencies):
        yield rates_note(currency)
    told: dict[str, None] = {}
    for line in history.timelines:
        for step in line.steps:
            row = step.row
            if row.note:
                told[f"{row.from_}, known {row.known}: {row.note}"] = None
    yield from told
    yield from source_notes(step.row for line in history.timelines for step in line.steps)
