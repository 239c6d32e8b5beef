"""The price book as tables: what models cost on a day, and every row of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.errors import MissingPriceError
from costplan.meters import Meter
from costplan.prices import Model, Price, PriceBook
from costplan.report.document import Document, own_lists
from costplan.report.money import ABSENT, plain_text
from costplan.report.table import Page, Row, Table, columns

LISTED = (Meter.INPUT, Meter.CACHE_READ, Meter.OUTPUT)
"""The rates most people ask for."""
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
        rows = tuple(list_row(model, price) for model, price in self.prices)
        head = columns(["Model"], ["Input", "Cache read", "Output", "Context", "Retires"])
        note = f"{ABSENT} is no price on that day. Rates are per 1,000,000 tokens, standard mode."
        facts = book_facts(self.book)
        return Page(f"Prices on {self.at}", facts, (Table("", head, rows),), (note,))


def price_list(book: PriceBook, at: date, provider: str | None = None) -> PriceList:
    """Every model, or those of one provider, with its price on a day."""
    return prices_of(book, (m for m in book.models if provider in {None, m.provider}), at)


def prices_of(book: PriceBook, models: Iterable[Model], at: date) -> PriceList:
    """Some models with their prices on a day, in the order given."""
    return PriceList(book, at, tuple((model, _price(book, model, at)) for model in models))


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
        "rates": rate_texts(price.rates) if price else {},
        "currency": price.currency if price else model.currency,
        "at": str(at),
        "mode": price.mode if price else None,
        "price_from": str(price.from_) if price else None,
        "max_output": model.max_output,
        "tokenizer": model.tokenizer,
        "modes": list(model.modes),
    }


def list_row(model: Model, price: Price | None) -> Row:
    """A model with the rates most people ask for."""
    rates = [shown_rate(price, meter) for meter in LISTED]
    context = f"{model.context:,}" if model.context else ABSENT
    return (model.name, *rates, context, str(model.retirement or ABSENT))


def shown_rate(price: Price | None, meter: Meter) -> str:
    """The rate of a meter, with its currency where that is not the dollar."""
    if price is None or meter not in price.rates:
        return ABSENT
    code = "" if price.currency == "USD" else f" {price.currency}"
    return f"{plain_text(price.rates[meter])}{code}"


def book_facts(book: PriceBook) -> tuple[str, ...]:
    """Which prices these are."""
    known = f", as known on {book.known_at}" if book.known_at else ""
    return (f"price book {book.release}{known}{own_lists(name for name, _ in book.own)}",)


def model_document(book: PriceBook, model: Model) -> Document:
    """What `costplan prices show --format json` prints: the model and every row it has."""
    return _head(model) | {
        "max_output": model.max_output,
        "tokenizer": model.tokenizer,
        "cache_minimum": model.cache_minimum,
        "currency": model.currency,
        "prices": [price_row(row) for row in _history(book, model)],
        "note": model.note,
    }


def model_records(book: PriceBook, model: Model) -> list[Document]:
    """A row for each price and tier, for CSV."""
    rows = []
    for price in _history(book, model):
        shown = price_row(price)
        rows.append({**shown, **shown["rates"]})
        rows += [{**shown, "tier": tier["above"], **tier["rates"]} for tier in shown["tiers"]]
    return rows


def model_page(book: PriceBook, model: Model) -> Page:
    """A model and every row of its prices, a table for each mode."""
    lines = [model_line(model), *book_facts(book)]
    if model.aliases:
        lines.append(f"also called {', '.join(model.aliases)}")
    tables = tuple(_history_table(mode, book.history(model, mode)) for mode in model.modes)
    shown = _history(book, model)
    notes = [rates_note(model.currency), *_region_notes(shown), *source_notes(shown)]
    return Page(model.name, tuple(lines), tables, tuple(notes))


def _region_notes(rows: Iterable[Price]) -> list[str]:
    """What tokens cost in regions, each factor once."""
    factors = dict.fromkeys(pair for row in rows for pair in row.regions.items())
    return [f"in {name}: tokens x {plain_text(factor)}" for name, factor in factors]


def model_line(model: Model) -> str:
    """What a model is, in a line."""
    facts = [
        f"context {model.context:,} tokens" if model.context else "",
        f"output up to {model.max_output:,}" if model.max_output else "",
        f"tokenizer {model.tokenizer}",
        f"released {model.release}" if model.release else "",
        f"retires {model.retirement}" if model.retirement else "",
    ]
    return "; ".join(filter(None, facts))


def rates_note(currency: str) -> str:
    """What the rates of a table are in."""
    return f"rates in {currency} per 1,000,000 tokens unless the meter says otherwise"


def source_notes(rows: Iterable[Price]) -> list[str]:
    """Each source of some rows once, as a note below a table."""
    found = dict.fromkeys(source for row in rows for source in row.sources)
    return [f"source: {source}" for source in found]


def _history(book: PriceBook, model: Model) -> list[Price]:
    return [row for mode in model.modes for row in book.history(model, mode)]


def _history_table(mode: str, rows: Sequence[Price]) -> Table:
    meters = rated_meters(rows)
    lines: list[Row] = []
    for row in rows:
        state = _state(row)
        known = f"{row.known} {state}" if state else str(row.known)
        lines.append((str(row.from_), known, *(shown_rate(row, meter) for meter in meters)))
        for words, rates in special_rates(row):
            cells = (plain_text(rates[meter]) if meter in rates else ABSENT for meter in meters)
            lines.append(("", words, *cells))
    head = columns(["From", "Known"], meter_names(meters))
    return Table(mode, head, tuple(lines), keys=2)


def rated_meters(rows: Iterable[Price]) -> list[Meter]:
    """The meters that any of the rows has a rate for."""
    rated = {meter for row in rows for meter in row.rates}
    return [meter for meter in Meter if meter in rated]


def meter_names(meters: Iterable[Meter]) -> list[str]:
    """Meters as they head a column."""
    return [str(meter).replace("_", " ") for meter in meters]


def special_rates(row: Price) -> Iterator[tuple[str, Mapping[Meter, Decimal]]]:
    """The rates of long prompts and of hours of the week, each with when it holds."""
    for tier in row.tiers:
        yield f"prompt {tier}", {**row.rates, **tier.rates}
    for window in row.windows:
        yield window.name, {**row.rates, **window.rates}


def _state(row: Price) -> str:
    if row.cancels:
        return "cancelled"
    if row.withdrawn:
        return "withdrawn"
    return f"corrects {row.corrects[0]}" if row.corrects else ""


def price_row(row: Price) -> Document:
    """A row of the book, as documents hold it."""
    return {
        "mode": row.mode,
        "from": str(row.from_),
        "known": str(row.known),
        "known_by": row.known_by,
        "basis": row.basis,
        "added": row.added,
        "through": str(row.through) if row.through else None,
        "state": _state(row),
        "currency": row.currency,
        "rates": rate_texts(row.rates),
        "tiers": [{"above": str(tier), "rates": rate_texts(tier.rates)} for tier in row.tiers],
        "windows": [{"hours": each.name, "rates": rate_texts(each.rates)} for each in row.windows],
        "minimum": rate_texts(row.minimum),
        "free": {str(meter): str(free) for meter, free in row.free.items()},
        "regions": {name: plain_text(factor) for name, factor in row.regions.items()},
        "source": row.source,
        "note": row.note,
    }


def rate_texts(rates: Mapping[Meter, Decimal]) -> Document:
    """Rates as documents hold them."""
    return {str(meter): plain_text(rate) for meter, rate in rates.items()}
