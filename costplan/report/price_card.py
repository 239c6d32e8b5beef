"""One model as the interface shows it: its rates on a day, then everything that moved them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

from costplan.errors import MissingPriceError
from costplan.meters import Meter
from costplan.prices import Model, Price, PriceBook
from costplan.prices.histories import History
from costplan.report.money import ABSENT, plain_text
from costplan.report.price_history import history_page
from costplan.report.prices import PriceList, list_row, meter_names, rated_meters, special_rates
from costplan.report.table import Page, Row, Table, columns

IN_PLAN = "●"
"""Marks a model that the plan uses."""


def price_table(prices: PriceList, marked: frozenset[str]) -> Table:
    """The models of a list in their order, those of the plan marked.

    Args:
        prices: the list.
        marked: `provider/id` of the models of the plan.
    """
    rows = tuple(
        (IN_PLAN if model.name in marked else "", *list_row(model, price))
        for model, price in prices.prices
    )
    head = columns(["", "Model"], ["Input", "Cache read", "Output", "Context", "Retires"])
    return Table("", head, rows, keys=2)


def card_page(history: History, at: date) -> Page:
    """What a model costs on a day, in every mode, above its history.

    Args:
        history: of the model, as the book shows it from where it is pinned.
        at: the day of use.
    """
    page = history_page(history)
    models = [model for model in history.models if model.prices]
    tables = [table for model in models for table in _rates(history.book, model, at)]
    facts = [line for model in models for line in _facts(model)]
    return replace(page, facts=(*page.facts, *facts), tables=(*tables, *page.tables))


def _facts(model: Model) -> Iterator[str]:
    if model.aliases:
        yield f"also called {', '.join(model.aliases)}"
    if model.cache_minimum:
        yield f"a prompt is cached from {model.cache_minimum:,} tokens"
    if model.note:
        yield model.note


def _rates(book: PriceBook, model: Model, at: date) -> Iterator[Table]:
    """Meters down, modes across; long prompts and hours of the week beside their mode."""
    prices = list(_in_force(book, model, at))
    if not prices:
        return
    meters = rated_meters(prices)
    fees = book.fees_of(model, at=at)
    names = ["Rate"]
    cells: list[list[str]] = [[*meter_names(meters), *meter_names(fees), "from", "known"]]
    for price in prices:
        called = [plain_text(fee.rates[meter]) for meter, fee in fees.items()]
        names.append(price.mode)
        cells.append([*_shown(price.rates, meters), *called, str(price.from_), str(price.known)])
        for words, rates in special_rates(price):
            names.append(words)
            cells.append([*_shown(rates, meters), *called, "", ""])
    rows: tuple[Row, ...] = tuple(zip(*cells, strict=True))
    yield Table(f"{model.name} on {at}", columns(names[:1], names[1:]), rows)


def _in_force(book: PriceBook, model: Model, at: date) -> Iterator[Price]:
    for mode in model.modes:
        # A mode may not be sold yet, or no more: the history below says so.
        with suppress(MissingPriceError):
            yield book.price(model, at=at, mode=mode)


def _shown(rates: Mapping[Meter, Decimal], meters: Iterable[Meter]) -> list[str]:
    return [plain_text(rates[meter]) if meter in rates else ABSENT for meter in meters]
