"""The price book as tables: what models cost on a day, and the history of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from costplan.errors import MissingPriceError
from costplan.meters import Meter
from costplan.prices import Model, Price, PriceBook
from costplan.report.document import Document
from costplan.report.money import ABSENT, plain_text
from costplan.report.table import Page, Row, Table, columns

_LISTED = (Meter.INPUT, Meter.CACHE_READ, Meter.OUTPUT)
LIST_FIELDS = ("provider", "model", "aliases", "release", "retirement", "context", *map(str, Meter))
HISTORY_FIELDS = ("mode", "from", "known", "state", "tier", *map(str, Meter), "source")


@dataclass(frozen=True, slots=True)
class PriceList:
    """What every model of a book costs on a day; None where it has no price then."""

    book: PriceBook
    at: date
    prices: tuple[tuple[Model, Price | None], ...]

    def document(self) -> list[Document]:
        """What `costplan prices list --format json` prints."""
        return [_listed(model, price, self.at) for model, price in self.prices]

    def records(self) -> list[Document]:
        """A row for each model and a column for each meter, for CSV."""
        return [
            {**row, **row["rates"], "aliases": " ".join(row["aliases"])} for row in self.document()
        ]

    def page(self) -> Page:
        """The models with the rates most people ask for."""
        rows = tuple(_list_row(model, price) for model, price in self.prices)
        head = columns(["Model"], ["Input", "Cache read", "Output", "Context", "Retires"])
        note = f"{ABSENT} is no price on that day. Rates are per 1,000,000 tokens, standard mode."
        return Page(f"Prices on {self.at}", _facts(self.book), (Table("", head, rows),), (note,))


def price_list(book: PriceBook, at: date, provider: str | None = None) -> PriceList:
    """Every model, or those of one provider, with its price on a day."""
    chosen = [model for model in book.models if provider in {None, model.provider}]
    return PriceList(book, at, tuple((model, _price(book, model, at)) for model in chosen))


def _price(book: PriceBook, model: Model, at: date) -> Price | None:
    # A list shows all models: one without a price that day has an empty row, not an error.
    mode = "standard" if "standard" in model.prices else next(iter(model.prices))
    try:
        return book.price(model, at=at, mode=mode)
    except MissingPriceError:
        return None


def _head(model: Model) -> Document:
    """What a model is, as both documents about it begin."""
    return {
        "provider": model.provider,
        "model": model.name,
        "aliases": list(model.aliases),
        "release": str(model.release) if model.release else None,
        "retirement": str(model.retirement) if model.retirement else None,
        "context": model.context,
    }


def _listed(model: Model, price: Price | None, at: date) -> Document:
    return _head(model) | {
        "rates": {str(meter): plain_text(rate) for meter, rate in price.rates.items()}
        if price
        else {},
        "currency": model.currency,
        "at": str(at),
        "mode": price.mode if price else None,
        "price_from": str(price.from_) if price else None,
        "max_output": model.max_output,
        "tokenizer": model.tokenizer,
        "modes": list(model.modes),
    }


def _list_row(model: Model, price: Price | None) -> Row:
    rates = [_rate(price, meter) for meter in _LISTED]
    context = f"{model.context:,}" if model.context else ABSENT
    return (model.name, *rates, context, str(model.retirement or ABSENT))


def _rate(price: Price | None, meter: Meter) -> str:
    if price is None or meter not in price.rates:
        return ABSENT
    code = "" if price.currency == "USD" else f" {price.currency}"
    return f"{plain_text(price.rates[meter])}{code}"


def _facts(book: PriceBook) -> tuple[str, ...]:
    known = f", as known on {book.known_at}" if book.known_at else ""
    return (f"price book {book.release}{known}",)


def model_document(book: PriceBook, model: Model) -> Document:
    """What `costplan prices show --format json` prints: the model and every row it has."""
    return _head(model) | {
        "max_output": model.max_output,
        "tokenizer": model.tokenizer,
        "cache_minimum": model.cache_minimum,
        "currency": model.currency,
        "prices": [_price_row(row) for row in _history(book, model)],
        "note": model.note,
    }


def model_records(book: PriceBook, model: Model) -> list[Document]:
    """A row for each price and tier, for CSV."""
    rows = []
    for price in _history(book, model):
        shown = _price_row(price)
        rows.append({**shown, **shown["rates"]})
        rows += [{**shown, "tier": tier["above"], **tier["rates"]} for tier in shown["tiers"]]
    return rows


def model_page(book: PriceBook, model: Model) -> Page:
    """A model and the history of its prices, a table for each mode."""
    facts = [
        f"context {model.context:,} tokens" if model.context else "",
        f"output up to {model.max_output:,}" if model.max_output else "",
        f"tokenizer {model.tokenizer}",
        f"released {model.release}" if model.release else "",
        f"retires {model.retirement}" if model.retirement else "",
    ]
    lines = ["; ".join(filter(None, facts)), *_facts(book)]
    if model.aliases:
        lines.append(f"also called {', '.join(model.aliases)}")
    tables = tuple(_history_table(mode, book.history(model, mode)) for mode in model.modes)
    sources = dict.fromkeys(row.source for row in _history(book, model))
    notes = [f"rates in {model.currency} per 1,000,000 tokens unless the meter says otherwise"]
    notes += [f"source: {source}" for source in sources]
    return Page(model.name, tuple(lines), tables, tuple(notes))


def _history(book: PriceBook, model: Model) -> list[Price]:
    return [row for mode in model.modes for row in book.history(model, mode)]


def _history_table(mode: str, rows: Sequence[Price]) -> Table:
    meters = [meter for meter in Meter if any(meter in row.rates for row in rows)]
    lines: list[Row] = []
    for row in rows:
        state = _state(row)
        known = f"{row.known} {state}" if state else str(row.known)
        lines.append((str(row.from_), known, *(_rate(row, meter) for meter in meters)))
        for tier in row.tiers:
            rates = {**row.rates, **tier.rates}
            cells = (plain_text(rates[meter]) if meter in rates else ABSENT for meter in meters)
            lines.append(("", f"prompt {tier}", *cells))
    head = columns(["From", "Known"], [str(meter).replace("_", " ") for meter in meters])
    return Table(mode, head, tuple(lines), keys=2)


def _state(row: Price) -> str:
    if row.cancels:
        return "cancelled"
    if row.withdrawn:
        return "withdrawn"
    return f"corrects {row.corrects[0]}" if row.corrects else ""


def _price_row(row: Price) -> Document:
    return {
        "mode": row.mode,
        "from": str(row.from_),
        "known": str(row.known),
        "known_by": row.known_by,
        "basis": row.basis,
        "added": row.added,
        "through": str(row.through) if row.through else None,
        "state": _state(row),
        "rates": {str(meter): plain_text(rate) for meter, rate in row.rates.items()},
        "tiers": [
            {
                "above": str(tier),
                "rates": {str(m): plain_text(rate) for m, rate in tier.rates.items()},
            }
            for tier in row.tiers
        ],
        "regions": {name: plain_text(factor) for name, factor in row.regions.items()},
        "source": row.source,
        "note": row.note,
    }
