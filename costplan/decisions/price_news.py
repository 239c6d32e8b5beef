"""What each update of the prices did to a plan: the news of a day, or a release of the book."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from costplan.decisions.impact import Impact, impact
from costplan.engine.projection import Projection
from costplan.errors import CostplanError, FileError
from costplan.prices import PriceBook
from costplan.prices.finding import meant

type Planned = Callable[[PriceBook], Projection]
"""Plans one scenario with the book it is given."""

MOST_DAYS = 24
"""Days of news that are told one by one, the latest: each is a plan of its own."""


@dataclass(frozen=True, slots=True)
class Update:
    """The plan before and after one update."""

    what: str
    """`known 2026-08-10` or `release 2026.11.21.1`."""
    impact: Impact


@dataclass(frozen=True, slots=True)
class PriceNews:
    """What became known about the prices of a plan, and what each day of it did."""

    since: date
    """The day after which it is told; later than asked for where the plan had no price before."""
    until: date
    updates: tuple[Update, ...]
    """Newest first."""
    overall: Impact | None
    """From the first to the last of these days; None where nothing became known."""
    before: str = ""
    """Why earlier days are not told: which price was not known, or that they are too many."""


def price_news(book: PriceBook, plan: Planned, since: date, until: date) -> PriceNews:
    """What the updates of some days did to a plan, newest first.

    Args:
        book: the prices, of any day of knowledge.
        plan: plans the scenario, which must not state a day of knowledge itself.
        since: the last day of knowledge that is not told.
        until: the last that is.

    Raises:
        CostplanError: the plan cannot be made with what is known at `until`.
    """
    view = book.pinned(known_at=until)
    planned = plan(view)
    last = (view, planned)
    names = {row.model for row in planned.ledger.rows}
    days = [day for day in _days(book, names) if since < day <= until]
    told, before, first = days[-MOST_DAYS:], "", since
    if len(days) > len(told):
        first = told[0] - timedelta(days=1)
        more = len(days) - len(told)
        before = f"{more} day{'' if more == 1 else 's'} of news before {told[0]}"
    updates: list[Update] = []
    for day in reversed(told):
        eve = day - timedelta(days=1)
        earlier = book.pinned(known_at=eve)
        try:
            other = plan(earlier)
        except CostplanError as error:
            before = f"news before {day}, because then {_first_of(error)}"
            first = day
            break
        labels = (str(eve), str(day))
        updates.append(
            Update(f"known {day}", impact(other, planned, (earlier, view), labels=labels))
        )
        view, planned = earlier, other
    overall = None
    if updates:
        labels = (str(first), str(until))
        overall = impact(planned, last[1], (view, last[0]), labels=labels)
    updates += _releases(book, plan, names)
    return PriceNews(first, until, tuple(updates), overall, before)


def _first_of(error: CostplanError) -> str:
    """What is wrong, without its place in the file: with today's prices nothing is."""
    return error.problems[0].message if isinstance(error, FileError) else str(error)


def _days(book: PriceBook, names: set[str]) -> list[date]:
    """The days on which something became known about the prices of models."""
    days: set[date] = set()
    for name in meant(book, names):
        model = book.names[name]
        rows = (*(row for mode in model.prices.values() for row in mode), *book.fee_rows(model))
        days.update(row.known for row in rows)
    return sorted(days)


def _releases(book: PriceBook, plan: Planned, names: set[str]) -> Iterator[Update]:
    """The releases that added rows about the models of the plan, newest first."""
    added = {
        row.added
        for name in meant(book, names)
        for mode in book.names[name].prices.values()
        for row in mode
    }
    for before, release in reversed([*zip(book.releases, book.releases[1:], strict=False)]):
        if release not in added or release > book.release:
            continue
        books = (book.pinned(release=before), book.pinned(release=release))
        try:
            plans = tuple(map(plan, books))
        except CostplanError:
            return  # the book before did not hold the plan's models
        moved = impact(plans[0], plans[1], books, labels=(before, release))
        yield Update(f"release {release}", moved)
