"""How far a plan's dollars can be trusted: on which kinds of price rows they rest.

A line item rests on one row of the book, found again by model, mode and the two days of the row.
Four questions are asked of it, and a line item may answer yes to several, so the first three
shares overlap:

- **disputed**: the row itself says that its sources do not agree, or a peer states another rate
  for this meter and the price file has no reason why;
- **estimated**: its numbers or its first day were not announced: they were observed or derived;
- **stale**: its newest source was read more than 90 days before.

`doubtful` is what at least one of them holds for, once; `trusted` is the rest. A difference that
is explained is not a doubt: it is counted as `explained` beside them, so that it is seen. So is
`stated`, prices the scenario or the user's own list states: nobody but them can confirm those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from costplan.engine.ledger import LineItem
from costplan.engine.projection import Projection
from costplan.errors import UnknownNameError
from costplan.prices import Price, PriceBook
from costplan.prices.verification import Entry, Status, Verification

STALE_AFTER = timedelta(days=90)
_NOT_ANNOUNCED = frozenset({"observed", "derived"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliance:
    """The dollars that rest on one model in one mode, and what is doubtful about its row."""

    model: str
    """`provider/id`."""
    mode: str
    price_from: date | None
    cost: Decimal
    kinds: tuple[str, ...]
    """Of `disputed`, `estimated`, `stale`, `explained` and `stated`; empty where all is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Dollars of a plan by what they rest on, in its currency; the first three overlap."""

    at: date
    total: Decimal
    disputed: Decimal
    estimated: Decimal
    stale: Decimal
    doubtful: Decimal
    """Disputed, estimated or stale; each dollar once."""
    explained: Decimal
    """A peer states another rate, for a reason that the price file gives."""
    confirmed: Decimal
    """A peer states the same rate, and none states another."""
    stated: Decimal
    """Priced by the scenario itself or by the user's own list."""
    compared: bool
    """Whether peers were asked; without, `disputed` holds only what rows say of themselves."""
    lines: tuple[Reliance, ...]
    """Largest first; one row may stand in several, for its meters may differ in kind."""

    @property
    def trusted(self) -> Decimal:
        """What is neither disputed nor estimated nor stale."""
        return self.total - self.doubtful

    def share(self, dollars: Decimal) -> float | None:
        """A part of the whole; None where the plan costs nothing."""
        return float(dollars / self.total) if self.total else None


def price_days(projection: Projection, at: date) -> tuple[date, ...]:
    """The days to verify for a plan: `at`, and each day from which it pays another price."""
    later = {item.price_from for item in projection.line_items if item.price_from is not None}
    return tuple(sorted({at, *(day for day in later if day > at)}))


def trust(
    projection: Projection,
    book: PriceBook,
    verifications: Sequence[Verification] = (),
    *,
    at: date,
) -> Trust:
    """Say on which kinds of rows the expected cost of a plan rests.

    Args:
        projection: the plan.
        book: the prices it was made with.
        verifications: comparisons of that book with peers, on the days of `price_days`.
        at: the day from which the age of a source is counted.
    """
    judge = _Judge(book, verifications, at)
    sums: dict[tuple[str, str, date | None, tuple[str, ...]], Decimal] = {}
    for item in projection.line_items:
        key = item.model, item.mode, item.price_from, judge.kinds(item)
        sums[key] = sums.get(key, Decimal(0)) + item.cost

    def holding(*kinds: str) -> Decimal:
        return sum((cost for key, cost in sums.items() if set(kinds) & set(key[3])), Decimal(0))

    lines = [
        Reliance(
            model=model,
            mode=mode,
            price_from=start,
            cost=cost,
            kinds=tuple(kind for kind in kinds if kind != "confirmed"),
        )
        for (model, mode, start, kinds), cost in sums.items()
    ]
    lines.sort(key=lambda line: (-line.cost, line.model, line.mode, line.price_from or date.min))
    return Trust(
        at=at,
        total=sum(sums.values(), Decimal(0)),
        disputed=holding("disputed"),
        estimated=holding("estimated"),
        stale=holding("stale"),
        doubtful=holding("disputed", "estimated", "stale"),
        explained=holding("explained"),
        confirmed=holding("confirmed"),
        stated=holding("stated"),
        compared=bool(verifications),
        lines=tuple(lines),
    )


class _Judge:
    """Tells the kinds of line items."""

    def __init__(self, book: PriceBook, verifications: Iterable[Verification], at: date) -> None:
        self._book, self._at = book, at
        self._entries: dict[tuple[str, str, str, tuple[date, date]], list[Entry]] = {}
        for verification in verifications:
            for entry in verification.entries:
                if entry.row and entry.meter:
                    key = entry.name, entry.mode, entry.meter.value, entry.row
                    self._entries.setdefault(key, []).append(entry)

    def kinds(self, item: LineItem) -> tuple[str, ...]:
        """What holds for a line item, in the order of the module's text."""
        row = self._row(item)
        if row is None or row.overlay:
            return ("stated",)
        entries = self._compared(item, row)
        open_ones = any(entry.is_open for entry in entries)
        differs = any(entry.status is Status.DIFFER for entry in entries)
        agrees = any(entry.status is Status.AGREE for entry in entries)
        found = {
            "disputed": bool(row.disputed) or open_ones,
            "estimated": row.basis in _NOT_ANNOUNCED,
            "stale": self._at - row.observed > STALE_AFTER,
            "explained": differs and not open_ones,
            "confirmed": agrees and not differs,
        }
        return tuple(kind for kind, holds in found.items() if holds)

    def _row(self, item: LineItem) -> Price | None:
        """The row of the book a line item was priced with; None where it was none of the book's."""
        if item.price_from is None or item.known is None:
            return None
        identity = item.price_from, item.known
        model = self._book.names.get(item.model)
        if model is None:
            return None
        try:
            rows = model.prices[model.mode(item.mode)]
        except UnknownNameError:
            rows = ()
        charged = self._book.fee_rows(model)
        alike = [row for row in (*rows, *charged) if row.identity == identity]
        # Hours of the week stand after the sources; a plan that was saved may have none.
        told = [row for row in alike if item.source.startswith(row.source) or not item.source]
        # A correction keeps the days of the row it corrects, and stands after it.
        return next(reversed(told), None)

    def _compared(self, item: LineItem, row: Price) -> list[Entry]:
        """What peers say of the rate; of the tier it is of, where that can be told."""
        name = f"{row.provider}/{row.model}" if not row.models else item.model
        mode = "standard" if row.models else row.mode
        found = self._entries.get((name, mode, item.meter, row.identity), [])
        # In a region, in peak hours or in another currency no tier has the number of the item.
        return [entry for entry in found if entry.ours == item.rate] or found
