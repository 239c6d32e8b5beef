"""What differs between two views of a price book: two days of knowledge, two releases, two folders.

Between two days, a buyer asks what took effect and what was announced, called off or retired.
Between two releases or folders, a reviewer asks which rows were added, removed or changed. Both
are lists of `Change`, each a row of prices with the rates it moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from costplan.prices.book import PriceBook
from costplan.prices.changes import (
    RateChange,
    Step,
    held,
    in_force,
    rate_changes,
    steps,
)
from costplan.prices.facts import alias_facts, model_facts, row_facts
from costplan.prices.fates import CANCELLED, CORRECTED
from costplan.prices.histories import visible_fees
from costplan.prices.price import FEE, Price

KINDS = {
    "in-force": "What a buyer pays",
    "restated": "Restated at the same rates",
    "passed": "Held only in between",
    "announced": "Announced for later",
    "cancelled": "Called off",
    "corrected": "Corrected in the book",
    "new-model": "New models",
    "new-mode": "New modes and fees",
    "withdrawn": "Modes no longer offered",
    "retired": "Retired",
    "alias": "Names that moved",
    "removed-model": "Models no longer in the book",
    "added": "Rows added",
    "removed": "Rows removed",
    "changed": "Rows changed",
    "facts": "What is known of models",
}
"""Kinds of change in the order they are told, with what heads them."""

type Rows = tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A book as one side of a comparison."""

    label: str
    """As it was asked for: a day, a release, a folder."""
    book: PriceBook
    at: date
    """The day on which it says what is in force, and what is still to come."""
    is_day: bool = False
    """Whether it is a day of knowledge."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of prices that differs, or one thing known of a model."""

    kind: str
    """A key of `KINDS`."""
    provider: str
    model: str
    """`provider/id`; of a fee `provider/name`."""
    mode: str
    rates: tuple[RateChange, ...] = ()
    row: Price | None = None
    """What it rests on; None for what is no price."""
    from_: date | None = None
    """The day it takes, or took, effect."""
    note: str = ""


def differences(before: View, after: View) -> tuple[Change, ...]:
    """Everything that differs, by kind, model and mode.

    Days are compared by what a buyer pays and was told; all else by the rows of the book. With
    the same day `at` on both sides of two days, what is in force is compared on that day.
    """
    between_days = before.is_day and after.is_day
    old, new = _streams(before.book), _streams(after.book)
    there = [{name for (name, _), rows in side.items() if rows} for side in (old, new)]
    found: list[Change] = []
    for key in sorted(old.keys() | new.keys()):
        name, mode = key
        is_new, is_gone = (mode != FEE and name not in names for names in there)
        rows = old.get(key, ()), new.get(key, ())
        pair = _Pair(key, before, after, *rows, is_new=is_new, is_gone=is_gone)
        found += pair.between_days() if between_days else pair.between_books()
    found += _between(before, after) if between_days else _facts(before.book, after.book)
    order = list(KINDS)
    return tuple(sorted(found, key=lambda change: order.index(change.kind)))


def narrowed(view: View, *, provider: str | None = None, model: str | None = None) -> View:
    """The same view of one provider, or of one model and the fees for its calls."""
    book = view.book
    meant = {m.name for m in book.models if model is None}
    if model is not None:
        meant = {name for _, name in book.aliases.get(model, ())}
        meant |= {book.names[model].name} if model in book.names else set()
    models = tuple(m for m in book.models if m.name in meant and provider in {None, m.provider})
    ids = {(m.provider, m.id) for m in models}
    fees = {
        seller: {
            name: rows
            for name, rows in named.items()
            if any((seller, each) in ids for row in rows for each in row.models)
        }
        for seller, named in book.fees.items()
        if provider in {None, seller}
    }
    kept = {m.name for m in models}
    aliases = {
        name: targets
        for name, targets in book.aliases.items()
        if any(target in kept for _, target in targets)
    }
    return replace(view, book=replace(book, models=models, fees=fees, aliases=aliases))


@dataclass(frozen=True, slots=True)
class _Pair:
    """The rows of one model in one mode, or of one fee, on both sides."""

    key: tuple[str, str]
    before: View
    after: View
    old: Rows
    new: Rows
    is_new: bool
    """Whether the model had no price at all before."""
    is_gone: bool

    def between_days(self) -> Iterator[Change]:
        """What took effect and what became known."""
        old, new = steps(self.old, self.before.at), steps(self.new, self.after.at)
        was, now = in_force(old, self.before.at), in_force(new, self.after.at)
        learned = _minus(self.new, self.old)
        shown = now
        if not self.old and self.new:
            shown = now or next((step.row for step in held(new)), None)
            if shown:
                kind = "new-model" if self.is_new else "new-mode"
                yield self._change(kind, shown, rate_changes(None, shown))
        elif now and (moved := rate_changes(was, now)):
            yield self._change("in-force", now, moved)
        elif now in learned:
            yield self._change("restated", now, ())
        for step in new:
            if step.row is not shown:
                yield from self._told(step, learned, now)
        yield from self._called_off(learned, new)

    def _told(self, step: Step, learned: Rows, now: Price | None) -> Iterator[Change]:
        """A row that is not what a buyer pays at the end."""
        row = step.row
        if row.withdrawn:
            if row in learned or self.before.at < row.from_ <= self.after.at:
                last = step.before if now is None else now
                yield self._change("withdrawn", row, rate_changes(last, None))
        elif row.from_ > self.after.at:
            if step.holds and row in learned:
                yield self._change("announced", row, rate_changes(step.before, row))
        elif step.holds and (row in learned or row.from_ > self.before.at) and step.changes:
            yield self._change("passed", row, step.changes)

    def between_books(self) -> Iterator[Change]:
        """Which rows differ."""
        added = {_name(row): row for row in _minus(self.new, self.old)}
        removed = {_name(row): row for row in _minus(self.old, self.new)}
        told = steps(self.new, self.after.at)
        for name in [name for name in added if name in removed]:
            now, was = added.pop(name), removed.pop(name)
            yield self._change("changed", now, rate_changes(was, now), row_facts(was, now))
        for k, step in enumerate(told):
            row = added.get(_name(step.row))
            if row is None or row.corrects:
                continue
            if row.withdrawn:
                yield self._change("withdrawn", row, rate_changes(step.before, None))
            else:
                kind = "new-model" if self.is_new and not k else "added"
                yield self._change(kind, row, rate_changes(step.before, row), step.state)
        yield from self._called_off(added.values(), told)
        for gone in removed.values():
            kind = "removed-model" if self.is_gone else "removed"
            yield self._change(kind, gone, rate_changes(gone, None))

    def _called_off(self, learned: Iterable[Price], told: tuple[Step, ...]) -> Iterator[Change]:
        """What the rows that correct or cancel others undo."""
        for row in learned:
            for step in told:
                mine = step.row.from_ == row.from_ and step.state == CANCELLED
                if row.cancels and mine:
                    instead = in_force(told, row.from_)
                    yield self._change("cancelled", row, rate_changes(step.row, instead))
                elif row.corrects == step.row.identity and step.state == CORRECTED:
                    yield self._change("corrected", row, rate_changes(step.row, row))

    def _change(
        self, kind: str, row: Price, rates: tuple[RateChange, ...], note: str = ""
    ) -> Change:
        name, mode = self.key
        said = "; ".join(filter(None, (note, row.note)))
        return Change(kind, row.provider, name, mode, rates, row, row.from_, said)


def _streams(book: PriceBook) -> dict[tuple[str, str], Rows]:
    """The visible rows of each model in each mode, and of each fee."""
    found = {(m.name, mode): book.history(m, mode) for m in book.models for mode in m.modes}
    return found | {(name, FEE): rows for name, rows in visible_fees(book).items()}


def _name(row: Price) -> tuple[object, ...]:
    """What names a row among those of its model and mode, on both sides."""
    return (*row.identity, row.cancels, row.corrects is not None)


def _minus(rows: Rows, others: Rows) -> Rows:
    """The rows that the others do not have, whichever release first carried them."""
    there = {replace(row, added="").canonical for row in others}
    return tuple(row for row in rows if replace(row, added="").canonical not in there)


def _between(before: View, after: View) -> Iterator[Change]:
    """Models that retired and names that moved after one day, up to and on another."""
    for model in after.book.models:
        end = model.retirement
        if end is not None and before.at < end <= after.at:
            yield Change("retired", model.provider, model.name, "", from_=end)
    for name, targets in sorted(after.book.aliases.items()):
        for k, (start, target) in enumerate(targets):
            if before.at < start <= after.at:
                note = f"{targets[k - 1][1] if k else 'none'} -> {target}"
                yield Change("alias", name.partition("/")[0], name, "", from_=start, note=note)


def _facts(before: PriceBook, after: PriceBook) -> Iterator[Change]:
    """What two books say of the models both have, and of names that move."""
    old = {model.name: model for model in before.models}
    for model in after.models:
        if model.name in old and (said := model_facts(old[model.name], model)):
            yield Change("facts", model.provider, model.name, "", note=said)
    for name in sorted(before.aliases.keys() | after.aliases.keys()):
        if said := alias_facts(before.aliases.get(name, ()), after.aliases.get(name, ())):
            yield Change("alias", name.partition("/")[0], name, "", note=said)
