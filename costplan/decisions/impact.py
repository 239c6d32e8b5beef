"""What a change of prices does to a plan: the same scenario, projected with two price books."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from costplan.decisions.compare import Comparison, compare, settled, summarize
from costplan.engine.ledger import LineItem
from costplan.engine.projection import Breach, PeriodTotal, Projection
from costplan.engine.statements import CONTRACT
from costplan.errors import MissingPriceError, PlanWarning, UnknownNameError
from costplan.periods import DayRange
from costplan.prices import Price, PriceBook
from costplan.prices.changes import RateChange, rate_changes
from costplan.prices.fates import holding

type Key = tuple[str, str, str]
"""Model as the scenario names it, mode, meter."""


@dataclass(frozen=True, slots=True)
class RateMove:
    """A rate that differs between the books on some days of the plan."""

    change: RateChange
    days: DayRange
    row: Price
    """What holds on those days in the second book."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What a meter of a model costs in both plans, and the rates that make it differ."""

    model: str
    mode: str
    meter: str
    before: Decimal
    after: Decimal
    moves: tuple[RateMove, ...]
    """By day; empty where no rate differs: the model is routed to in one of the plans only."""

    @property
    def delta(self) -> Decimal:
        """Cost with the second book less cost with the first."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class MonthImpact:
    """One month, or the whole plan, with both books."""

    before: PeriodTotal
    after: PeriodTotal
    breached: tuple[bool, bool]
    """Whether the expected cost is over the budget, before and after."""

    @property
    def delta(self) -> Decimal:
        """Cost with the second book less cost with the first."""
        return settled(self.after.expected) - settled(self.before.expected)

    @property
    def share(self) -> float | None:
        """The delta as a share of the cost before; None where that is nothing."""
        return float(self.delta / self.before.expected) if self.before.expected else None


@dataclass(frozen=True, slots=True)
class Impact:
    """What moves, and why."""

    labels: tuple[str, str]
    """What the books are called: days, releases, folders."""
    plans: tuple[Projection, Projection]
    comparison: Comparison
    """By month, model and workload; the first book is the base."""
    horizon: MonthImpact
    months: tuple[MonthImpact, ...]
    gained: tuple[Breach, ...]
    """What is over its budget with the second book only."""
    lost: tuple[Breach, ...]
    """What was over its budget with the first book only."""
    causes: tuple[Cause, ...]
    """Meters that move, the largest first."""
    warnings: tuple[PlanWarning, ...]


def impact(
    before: Projection,
    after: Projection,
    books: tuple[PriceBook, PriceBook],
    *,
    labels: tuple[str, str] = ("before", "after"),
    warnings: Iterable[PlanWarning] = (),
) -> Impact:
    """What moves between two projections of one scenario that differ in their prices only.

    Args:
        before: with the first book.
        after: with the second book, the same months, draws and seed.
        books: what they were projected with: they say which rates differ, and from when.
        labels: what the books are called.
        warnings: what the reader must know besides what the plans warn of.

    Raises:
        UsageError: the plans are in different currencies.
    """
    plans = (before, after)
    # How long requests take has nothing to do with their price.
    summaries = [
        replace(summarize(plan, label), processing=())
        for plan, label in zip(plans, labels, strict=True)
    ]
    comparison = compare(summaries)
    over = [{breach.what: breach for breach in plan.breaches()} for plan in plans]
    return Impact(
        labels,
        plans,
        comparison,
        _month(before.horizon, after.horizon),
        tuple(map(_month, before.totals(), after.totals())),
        tuple(breach for what, breach in over[1].items() if what not in over[0]),
        tuple(breach for what, breach in over[0].items() if what not in over[1]),
        tuple(_causes(plans, books)),
        (*warnings, *_unequal(plans), *comparison.warnings),
    )


def _month(before: PeriodTotal, after: PeriodTotal) -> MonthImpact:
    return MonthImpact(before, after, ((before.over or 0) > 0, (after.over or 0) > 0))


def _causes(
    plans: tuple[Projection, Projection], books: tuple[PriceBook, PriceBook]
) -> Iterable[Cause]:
    """The meters whose cost differs, each with the rates that differ on days of the plan."""
    items = [_by_key(plan.line_items) for plan in plans]
    days = DayRange(plans[0].months[0].first, (plans[0].months[-1] + 1).first)
    moves: dict[tuple[str, str], list[RateMove]] = {}
    found = []
    for key in items[0].keys() | items[1].keys():
        mine = [side.get(key, []) for side in items]
        # A month split at another day leaves a residue in the last digit that is no difference.
        costs = [settled(sum((item.cost for item in side), Decimal(0))) for side in mine]
        if costs[0] == costs[1]:
            continue
        model, mode, meter = key
        if (model, mode) not in moves:
            moves[model, mode] = list(_moves(model, mode, days, books))
        felt = tuple(_felt(moves[model, mode], meter, mine))
        found.append(Cause(model, mode, meter, costs[0], costs[1], felt))
    return sorted(found, key=lambda cause: (-abs(cause.delta), cause.model, cause.meter))


def _by_key(items: Iterable[LineItem]) -> dict[Key, list[LineItem]]:
    found: dict[Key, list[LineItem]] = {}
    for item in items:
        found.setdefault((item.model, item.mode, item.meter), []).append(item)
    return found


def _moves(
    model: str, mode: str, days: DayRange, books: tuple[PriceBook, PriceBook]
) -> Iterator[RateMove]:
    """Every rate of a model that differs between the books, with the days on which it does."""
    edges = sorted({day for book in books for day in _edges(book, model, mode, days)})
    open_: dict[RateChange, RateMove] = {}
    for start, end in pairwise((*edges, days.end)):
        differing = dict(_differing(model, mode, start, books))
        for change in [change for change in open_ if change not in differing]:
            yield open_.pop(change)
        for change, row in differing.items():
            since = open_[change].days.start if change in open_ else start
            open_[change] = RateMove(change, DayRange(since, end), row)
    yield from open_.values()


def _differing(
    model: str, mode: str, day: date, books: tuple[PriceBook, PriceBook]
) -> Iterator[tuple[RateChange, Price]]:
    """The rates that differ on a day, with what holds in the second book."""
    before, after = (_rows(book, model, mode, day) for book in books)
    for name in before.keys() & after.keys():
        row = after[name] if name else _news(*books, model, day, after[name])
        yield from ((each, row) for each in rate_changes(before[name], after[name]))


def _rows(book: PriceBook, model: str, mode: str, day: date) -> dict[str, Price]:
    """The price in force on a day, and the fees for calls."""
    try:
        found = book.model(model, at=day)
        return {
            "": book.price(found, at=day, mode=mode),
            **{str(meter): fee for meter, fee in book.fees_of(found, at=day).items()},
        }
    except (MissingPriceError, UnknownNameError):
        return {}  # the plan does not need it on that day, or it would not have been made


def _news(before: PriceBook, book: PriceBook, model: str, day: date, price: Price) -> Price:
    """The row that first had these rates and was news to the book before.

    What was only stated again is older news.
    """
    rows = holding(book.history(book.model(model, at=day), price.mode))
    found = price
    for row in reversed([row for row in rows if row.from_ <= price.from_]):
        if row.withdrawn or rate_changes(row, price):
            break
        if not before.shows(row):
            found = row
    return found


def _edges(book: PriceBook, model: str, mode: str, days: DayRange) -> Iterator[date]:
    """The first of the days, and each on which the price of a name may change."""
    yield days.start
    moves = book.aliases.get(model, ())
    yield from (start for start, _ in moves if start in days)
    for name in [target for _, target in moves] or [model]:
        found = book.names.get(name)
        if found is not None:
            rows = (*found.prices.get(mode, ()), *book.fee_rows(found))
            yield from (row.from_ for row in rows if row.from_ in days)


def _felt(
    moves: Sequence[RateMove], meter: str, items: Sequence[Sequence[LineItem]]
) -> list[RateMove]:
    """Of the rates that differ, those of a meter that the plan pays.

    Long prompts have rates of their own, and a plan without any does not feel them. Where none is
    found (a regional price, another currency), every rate of the meter is told.
    """
    mine = [move for move in moves if move.change.meter == meter]
    paid = [{None, *(item.rate for item in side)} for side in items]
    felt = [m for m in mine if m.change.before in paid[0] and m.change.after in paid[1]]
    return sorted(felt or mine, key=lambda move: (move.days.start, move.change.tier))


def _unequal(plans: tuple[Projection, Projection]) -> Iterator[PlanWarning]:
    """A warning where more than the prices differs: then the delta is not all price."""
    quantities = [
        {
            key: sum(item.quantity for item in items)
            for key, items in _by_key(plan.line_items).items()
            if key[1] != CONTRACT  # amounts of money, which follow the rates
        }
        for plan in plans
    ]
    names = {
        key[0]
        for key in quantities[0].keys() | quantities[1].keys()
        if not _near(*(side.get(key, 0.0) for side in quantities))
    }
    for name in sorted(names):
        message = (
            "the two price books lead to other quantities (what its name means, its modes, or how "
            "much of a prompt can be cached), so not all of the difference is its rates"
        )
        yield PlanWarning("quantities-differ", message, name)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(one, other)
