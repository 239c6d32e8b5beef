"""What differs between two views of the price book, as a page and as a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from costplan.prices.changes import RateChange
from costplan.prices.differences import KINDS, Change, View
from costplan.report.document import Document
from costplan.report.money import ABSENT, plain_text
from costplan.report.price_history import change_document, rate_percent
from costplan.report.prices import LISTED, meter_names, shown_rate, source_notes
from costplan.report.table import Column, Page, Row, Table, columns

CHANGE_FIELDS = (
    *("kind", "provider", "model", "mode", "meter", "tier", "before", "after", "percent"),
    *("from", "known", "source", "note"),
)
_MOST_MODELS = 50
"""As many as fit on a few screens."""
_MOST_TOLD = 12
"""Notes and sources under a page; a list of everything is what documents are for."""


def changes_document(changes: Sequence[Change]) -> list[Document]:
    """What `costplan prices diff --format json` prints: each rate that differs, and all else."""
    return [row for change in changes for row in _rows(change)]


def changes_page(before: View, after: View, changes: Sequence[Change]) -> Page:
    """A table for each kind of change."""
    title = f"Prices from {before.label} to {after.label}"
    facts = [_side(before), _side(after)]
    if not changes:
        return Page(title, (*facts, "nothing changed"))
    tables = []
    for kind in KINDS:
        mine = [change for change in changes if change.kind == kind]
        whole = [change for change in mine if _is_whole(change)]
        moved = [change for change in mine if not _is_whole(change)]
        tables += [_table(kind, moved)] if moved else []
        tables += [_listed(kind, whole)] if whole else []
    return Page(title, (*facts, _summary(changes)), tuple(tables), tuple(_notes(changes)))


def _summary(changes: Sequence[Change]) -> str:
    """How many models each table is about, and how to see fewer."""
    models = {kind: {each.model for each in changes if each.kind == kind} for kind in KINDS}
    counts = (f"{KINDS[kind].lower()} {len(mine)}" for kind, mine in models.items() if mine)
    many = len(set().union(*models.values())) > _MOST_MODELS
    return f"models: {', '.join(counts)}{'; --provider P shows fewer' if many else ''}"


def _is_whole(change: Change) -> bool:
    """Whether it is a price where there was none, or none where there was one."""
    sides = ([rate.before for rate in change.rates], [rate.after for rate in change.rates])
    one_sided = any(all(amount is None for amount in side) for side in sides)
    rated = {rate.meter for rate in change.rates if not rate.tier}
    stated = {*change.row.rates} if change.row else set()
    return bool(stated) and one_sided and rated >= stated


def _side(view: View) -> str:
    known = f", as known on {view.book.known_at}" if view.book.known_at else ""
    day = "" if view.label == str(view.at) else f"; in force on {view.at}"
    return f"{view.label}: price book {view.book.release}{known}{day}"


def _rows(change: Change) -> Iterator[Document]:
    row = change.row
    for rate in change.rates or (None,):
        moved = change_document(rate) if rate else dict.fromkeys(_MOVED)
        yield {
            "kind": change.kind,
            "provider": change.provider,
            "model": change.model,
            "mode": change.mode or None,
            **moved,
            "from": str(change.from_) if change.from_ else None,
            "known": str(row.known) if row else None,
            "source": row.source if row else None,
            "note": change.note,
        }


_MOVED = ("meter", "tier", "before", "after", "percent")


def _table(kind: str, changes: Sequence[Change]) -> Table:
    """A row for each change with its days, and below it one for each rate."""
    if not any(change.row for change in changes):
        facts = tuple((each.model, str(each.from_ or ""), each.note) for each in changes)
        return Table(KINDS[kind], columns(["Model", "From", "What"], []), facts)
    head = (*columns(["Model"], ["Before", "After", "Change"]), Column("From"), Column("Known"))
    rows: list[Row] = []
    for change in changes:
        known = str(change.row.known) if change.row else ""
        rows.append((f"{change.model} {change.mode}", "", "", "", str(change.from_ or ""), known))
        rows += [(f"  {name}", *cells, "", "") for name, *cells in _rates(change.rates)]
    return Table(KINDS[kind], head, tuple(rows))


def _rates(rates: Sequence[RateChange]) -> list[Row]:
    """The rates that moved; long prompts stand with the others where they moved alike."""
    base = {rate.meter: rate.share for rate in rates if not rate.tier}
    alike: dict[str, list[str]] = {}
    for rate in rates:
        if rate.tier and rate.meter in base and base[rate.meter] == rate.share is not None:
            alike.setdefault(rate.meter, []).append(rate.tier)
    rows: list[Row] = []
    for rate in rates:
        if rate.tier not in alike.get(rate.meter, []):
            name = f"{rate.meter.replace('_', ' ')} {rate.tier}".strip()
            name += f", alike {', '.join(alike[rate.meter])}" if rate.meter in alike else ""
            amounts = [ABSENT if x is None else plain_text(x) for x in (rate.before, rate.after)]
            rows.append((name, *amounts, rate_percent(rate.share)))
    return rows


def _listed(kind: str, changes: Sequence[Change]) -> Table:
    """A row for each model, with the rates most people ask for of its first mode."""
    models: dict[str, list[Change]] = {}
    for change in changes:
        models.setdefault(change.model, []).append(change)
    rows = []
    for name, mine in models.items():
        shown = next((each for each in mine if each.mode == "standard"), mine[0])
        rates = [shown_rate(shown.row, meter) for meter in LISTED]
        modes = [shown.mode, *(each.mode for each in mine if each is not shown)]
        rows.append((name, str(shown.from_ or ""), *rates, " ".join(modes)))
    head = columns(["Model", "From"], [name.capitalize() for name in meter_names(LISTED)])
    return Table(KINDS[kind], (*head, Column("Modes, the first shown")), tuple(rows))


def _notes(changes: Sequence[Change]) -> list[str]:
    currencies = sorted({change.row.currency for change in changes if change.row})
    notes = [f"Rates in {' and '.join(currencies)} per 1,000,000 tokens or per unit."]
    told = {
        f"{change.model}: {change.row.note}": None
        for change in changes
        if change.row and change.row.note
    }
    sources = source_notes(change.row for change in changes if change.row)
    notes = notes if currencies else []
    for what, lines in (("notes", [*told]), ("sources", sources)):
        notes += lines[:_MOST_TOLD]
        if len(lines) > _MOST_TOLD:
            notes.append(f"{len(lines) - _MOST_TOLD} more {what}: --format json has them all.")
    return notes
