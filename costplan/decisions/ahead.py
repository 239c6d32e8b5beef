"""What is coming to the models of a plan before it ends, and what it does to the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from costplan.decisions.compare import settled
from costplan.engine.ledger import LineItem
from costplan.engine.projection import Projection
from costplan.errors import CostplanError
from costplan.periods import DayRange, Month
from costplan.prices import Price, PriceBook
from costplan.prices.changes import RateChange, rate_changes


@dataclass(frozen=True, slots=True)
class Coming:
    """Something announced for a day from now to the end of a plan."""

    day: date
    model: str
    """As the scenario names it."""
    mode: str
    """Empty where it is about the model in every mode."""
    what: str
    """`price`, `retires`, `promise ends` or `means PROVIDER/MODEL`."""
    changes: tuple[RateChange, ...] = ()
    """For a price, the rates that the plan pays and that change."""
    row: Price | None = None
    """The price that comes."""
    cost: Decimal | None = None
    """What the plan pays more while that price holds than at the one before; None where that
    cannot be told, or nothing is paid."""
    planned: Decimal = Decimal(0)
    """On a model that retires: money planned in that month and after."""


def coming(projection: Projection, book: PriceBook, today: date) -> tuple[Coming, ...]:
    """What is announced for the models of a plan, by day.

    A price that comes changes the plan by cost x (1 - rate before / rate after), summed over the
    line items it rates, which are those that carry its day.

    Args:
        projection: the plan.
        book: what it was projected with.
        today: what took effect by then is no news.
    """
    end = (projection.months[-1] + 1).first
    if today >= end:
        return ()
    days = DayRange(today, end)
    used = dict.fromkeys((row.model, row.mode) for row in projection.ledger.rows)
    names = [name for name in dict.fromkeys(name for name, _ in used) if _is_in(book, name)]
    found = [each for name in names for each in _lives(projection, book, name, days)]
    for name, mode in used:
        if name in names:
            found += _prices(projection, book, name, mode, days)
    return tuple(sorted(found, key=lambda each: (each.day, each.model, each.mode, each.what)))


def _is_in(book: PriceBook, name: str) -> bool:
    return name in book.names or name in book.aliases


def _lives(projection: Projection, book: PriceBook, name: str, days: DayRange) -> Iterator[Coming]:
    """What a name comes to mean, and when a model that it means retires."""
    parts = book.meanings(name, days)
    for _, (within, model) in pairwise(parts):
        yield Coming(within.start, name, "", f"means {model.name}")
    for within, model in parts:
        if model.retirement and model.retirement in within:
            planned = _spent(projection, name, Month.of(model.retirement))
            yield Coming(model.retirement, name, "", "retires", planned=planned)


def _prices(
    projection: Projection, book: PriceBook, name: str, mode: str, days: DayRange
) -> Iterator[Coming]:
    try:
        schedule = book.schedule(name, days, mode=mode)
    except CostplanError:
        return  # not sold on some of these days; the plan does not need it then
    for (_, before), (within, after) in pairwise(schedule):
        changes = rate_changes(before, after)
        paid = [item for item in projection.line_items if _is_at(item, name, mode, after)]
        felt = tuple(each for each in changes if any(_pays(item, each, after) for item in paid))
        if felt:
            cost = _more(paid, felt, after)
            yield Coming(within.start, name, mode, "price", felt, after, cost)
    last, price = schedule[-1]
    if price.through and price.through in days and price.through >= last.start:
        yield Coming(price.through, name, mode, "promise ends", row=price)


def _is_at(item: LineItem, name: str, mode: str, price: Price) -> bool:
    return (item.model, item.mode, item.price_from) == (name, mode, price.from_)


def _pays(item: LineItem, change: RateChange, price: Price) -> bool:
    """Whether an item is rated by a rate: of its meter, and of its size of prompts."""
    tier = str(price.tiers[item.tier - 1]) if item.tier else ""
    return (item.meter, tier) == (change.meter, change.tier)


def _more(items: list[LineItem], changes: tuple[RateChange, ...], price: Price) -> Decimal | None:
    # In windows an hour decides the rate: a line item holds the mean of them all.
    if price.windows or any(not each.before or not each.after for each in changes):
        return None
    more = Decimal(0)
    for item in items:
        for each in changes:
            if each.before and each.after and _pays(item, each, price):
                more += item.cost * (1 - each.before / each.after)
    return settled(more)


def _spent(projection: Projection, name: str, first: Month) -> Decimal:
    items = projection.line_items
    return sum(
        (item.cost for item in items if item.model == name and item.month >= first), Decimal(0)
    )
