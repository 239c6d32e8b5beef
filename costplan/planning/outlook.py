"""What lies ahead of a plan: retirements, scheduled price changes, promotions that may end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from costplan.engine.distributions import Floats
from costplan.errors import PlanWarning
from costplan.meters import Meter
from costplan.periods import Month
from costplan.planning.cells import PricedCell
from costplan.planning.compiling import PricedStream
from costplan.prices import Price

SOON = timedelta(days=92)
"""A model that retires within a quarter after the plan is worth a warning in it."""


def outlook(
    streams: Sequence[PricedStream],
    months: Sequence[Month],
    retired: Mapping[str, Floats],
    currency: str,
) -> Iterator[PlanWarning]:
    """Warnings about the models and prices that the plan rests on.

    Args:
        streams: the compiled workloads.
        months: the horizon.
        retired: expected cost by month on each model that no longer answers on those days.
        currency: of the plan.
    """
    cells = _used(streams)
    end = (months[-1] + 1).first
    yield from _retired(cells, retired, months, currency)
    yield from _retiring(cells, end)
    yield from _before_release(cells)
    yield from _promotions(cells)


def _retired(
    cells: Sequence[PricedCell], costs: Mapping[str, Floats], months: Sequence[Month], currency: str
) -> Iterator[PlanWarning]:
    """Money on models that no longer answer on those days."""
    retirements = {cell.model: cell.retirement for cell in cells if cell.retired}
    for model, day in sorted(retirements.items()):
        affected = [month for month, cost in zip(months, costs[model], strict=True) if cost]
        first, last = min(affected, default=None), max(affected, default=None)
        when = f"{first}" if first == last else f"{first} to {last}"
        yield PlanWarning(
            "after-retirement",
            f"{model} retired on {day}: {when} is priced at its last rate, "
            f"{costs[model].sum():,.2f} {currency} on a retired model",
            model,
        )


def closed_months(
    streams: Sequence[PricedStream], months: Sequence[Month]
) -> dict[str, frozenset[Month]]:
    """By model, the months with a day before its release, or on or after its retirement."""
    return {
        cell.model: frozenset(
            month
            for month in months
            if (cell.release and month.first < cell.release)
            or (cell.retirement and (month + 1).first > cell.retirement)
        )
        for cell in _used(streams)
    }


def _retiring(cells: Sequence[PricedCell], end: date) -> Iterator[PlanWarning]:
    """Models that will retire within the plan or soon after, none of whose days is affected."""
    affected = {cell.model for cell in cells if cell.retired}
    coming = {
        cell.model: cell.retirement
        for cell in cells
        if cell.model not in affected and cell.retirement and cell.retirement < end + SOON
    }
    for model, day in sorted(coming.items()):
        yield PlanWarning("retiring", f"{model} retires on {day}", model)


def _before_release(cells: Sequence[PricedCell]) -> Iterator[PlanWarning]:
    """Days on a model that is not on sale yet."""
    early = {
        cell.model: cell.release
        for cell in cells
        if cell.release and cell.days.start < cell.release
    }
    for model, day in sorted(early.items()):
        message = f"{model} is released on {day}, after days of this plan"
        yield PlanWarning("before-release", message, model)


def _promotions(cells: Sequence[PricedCell]) -> Iterator[PlanWarning]:
    """Prices that are promised only up to a day before they are used."""
    found: dict[str, Price] = {}
    for cell in cells:
        price = cell.price
        if price is not None and price.through and price.through < cell.days.end - timedelta(1):
            found[cell.model] = price
    for model, price in sorted(found.items()):
        yield PlanWarning(
            "promotion-may-end",
            f"the price of {model} from {price.from_} is promised only through {price.through}; "
            "what follows is not announced",
            model,
        )


def _used(streams: Sequence[PricedStream]) -> list[PricedCell]:
    return [cell for priced in streams for cell in priced.cells if cell.cell.weight.any()]


def price_changes(streams: Sequence[PricedStream]) -> Iterator[str]:
    """A sentence for each price change inside the plan."""
    used: dict[tuple[str, str], dict[date, Price]] = {}
    for cell in _used(streams):
        if cell.price is not None:
            used.setdefault((cell.model, cell.mode), {})[cell.price.from_] = cell.price
    for (model, mode), prices in sorted(used.items()):
        ordered = [prices[day] for day in sorted(prices)]
        for before, after in pairwise(ordered):
            changes = ", ".join(_changes(before, after))
            if changes:
                yield f"{model} ({mode}) changes on {after.from_}: {changes}"


def _changes(before: Price, after: Price) -> Iterator[str]:
    for meter in (Meter.INPUT, Meter.OUTPUT):
        old, new = before.rates.get(meter), after.rates.get(meter)
        if old != new and old is not None and new is not None:
            yield f"{meter} {old:f} to {new:f}"
    others = {
        meter
        for meter in {*before.rates, *after.rates} - {Meter.INPUT, Meter.OUTPUT}
        if before.rates.get(meter) != after.rates.get(meter)
    }
    if others:
        yield f"also {', '.join(sorted(others))}"
