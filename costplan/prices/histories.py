"""The history of one model: its prices in every mode, the fees for its calls, and its events."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from costplan.errors import UnknownNameError
from costplan.prices.book import PriceBook
from costplan.prices.changes import Step, only, steps
from costplan.prices.model import Model
from costplan.prices.price import FEE, Price


@dataclass(frozen=True, slots=True)
class Timeline:
    """The prices of one model in one mode, or of one fee, by the day they take effect."""

    model: str
    """`provider/id`; of a fee `provider/name`."""
    mode: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A day on which something other than a price changed."""

    day: date
    what: str


@dataclass(frozen=True, slots=True)
class History:
    """Everything the book knows of the prices of a name over time."""

    name: str
    """As it was asked for."""
    book: PriceBook
    at: date
    """The day that parts what is past from what is scheduled."""
    models: tuple[Model, ...]
    """What the name meant, one after another; one model for most names."""
    timelines: tuple[Timeline, ...]
    events: tuple[Event, ...]


def history_of(
    book: PriceBook,
    name: str,
    at: date,
    *,
    mode: str | None = None,
    meters: Collection[str] = (),
) -> History:
    """The history of a model, or of every model an alias has meant.

    Args:
        book: its `known_at` and `release` say what is visible.
        name: `provider/id` or `provider/alias`.
        at: the day that parts what is past from what is scheduled.
        mode: only that one; `fee` for what calls cost.
        meters: only their rates; all when empty.

    Raises:
        UnknownModelError: nothing has this name; says the nearest that exists.
        UnknownNameError: no model of that name has the mode; names those it has.
    """
    targets = dict.fromkeys(target for _, target in book.aliases.get(name, ()))
    models = tuple(book.names[target] for target in targets) or (book.model(name),)
    found = [line for model in models for line in _timelines(book, model, at, meters)]
    if mode is not None:
        meant = {model.mode_names.get(mode, mode) for model in models} | {mode}
        known = {line.mode for line in found}
        found = [line for line in found if line.mode in meant]
        if not found:
            raise UnknownNameError(f"mode of {name}", mode, known)
    kept = tuple(line for line in found if line.steps)
    return History(name, book, at, models, kept, tuple(_events(book, name, models)))


def visible_fees(book: PriceBook) -> dict[str, tuple[Price, ...]]:
    """The rows of each fee, by `provider/name`, that the book shows from where it is pinned."""
    return {
        f"{provider}/{name}": book.fee_history(provider, name)
        for provider, named in book.fees.items()
        for name in named
    }


def _timelines(
    book: PriceBook, model: Model, at: date, meters: Collection[str]
) -> Iterator[Timeline]:
    for mode in model.modes:
        rows = book.history(model, mode)
        shown = only(rows, meters) if meters else rows
        yield Timeline(model.name, mode, steps(shown, at, model.retirement))
    if not any(book.history(model, mode) for mode in model.modes):
        return  # nothing of it was known then
    for name, rows in visible_fees(book).items():
        mine = [row for row in rows if row.provider == model.provider and model.id in row.models]
        if mine:
            yield Timeline(name, FEE, steps(only(mine, meters) if meters else mine, at))


def _events(book: PriceBook, name: str, models: tuple[Model, ...]) -> list[Event]:
    events = [Event(day, f"{name} means {target}") for day, target in book.aliases.get(name, ())]
    for model in models:
        if not any(book.history(model, mode) for mode in model.modes):
            continue
        events += [Event(model.release, f"{model.name} is released")] if model.release else []
        events += [Event(model.retirement, f"{model.name} retires")] if model.retirement else []
    return sorted(events, key=lambda event: event.day)
