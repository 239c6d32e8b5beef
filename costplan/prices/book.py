"""The price book: which price is in force on a day, as known on another day.

Two dates decide every lookup. `known_at` leaves out what was not public yet; `release` leaves out
what this book did not say yet. Of the rows that are left, those named by a correction or called
off by a cancellation fall away, and the one with the latest effective day up to the day asked for
is in force. Nothing here reads a file or a clock.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from costplan.errors import MissingPriceError, UnknownModelError, UnknownNameError, UsageError
from costplan.meters import Meter
from costplan.periods import DayRange
from costplan.prices.fates import holding
from costplan.prices.model import Markup, Model
from costplan.prices.price import FEE, Difference, Price


@dataclass(frozen=True, kw_only=True, eq=False)
class PriceBook:
    """All prices, as known on a day and as released by a day."""

    release: str
    """The release whose rows are visible: all rows `added` up to it."""
    known_at: date | None
    """The day of knowledge; None sees everything the release holds."""
    root: str
    """The folder it was read from, for messages."""
    models: tuple[Model, ...] = field(repr=False)
    """Sorted by provider and id."""
    releases: tuple[str, ...] = field(repr=False)
    """Every release that added rows, oldest first."""
    aliases: Mapping[str, tuple[tuple[date, str], ...]] = field(default_factory=dict, repr=False)
    """`provider/alias` to what it meant from each day on, oldest first."""
    names: Mapping[str, Model] = field(default_factory=dict, repr=False)
    """`provider/id` and `provider/alias` to the model."""
    fees: Mapping[str, Mapping[str, tuple[Price, ...]]] = field(default_factory=dict, repr=False)
    """By provider and name of the fee: what calls cost, whatever the mode."""
    differences: tuple[Difference, ...] = field(default=(), repr=False)
    """Why other records of prices say otherwise."""
    own: tuple[tuple[str, str], ...] = ()
    """The user's own lists that were laid over it, by name and digest."""
    _known: dict[object, tuple[Price, ...]] = field(init=False, default_factory=dict, repr=False)
    """Timelines worked out already; another view of the same rows begins with none."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all rows this release holds; equals its line in `pricing/CHECKSUMS`.

        `known_at` does not enter: release, digest and `known_at` together name a view.
        """
        return digest_of(self.rows(), self.release)

    @property
    def providers(self) -> frozenset[str]:
        """Everyone whose models it has."""
        return frozenset(model.provider for model in self.models)

    def rows(self) -> Iterable[Price]:
        """Every row of every model and fee, cancelled and corrected ones included."""
        for model in self.models:
            for rows in model.prices.values():
                yield from rows
        for fees in self.fees.values():
            for rows in fees.values():
                yield from rows

    def model(self, name: str, *, at: date | None = None) -> Model:
        """The model a name means.

        Args:
            name: `provider/id` or `provider/alias`.
            at: the day for which a name that changed its meaning is read; the latest if None.

        Raises:
            UnknownModelError: nothing has this name; says the nearest that exists.
            MissingPriceError: on that day the name meant no model yet.
        """
        if found := self.names.get(name):
            return found
        if targets := self.aliases.get(name):
            meant = [target for start, target in targets if at is None or start <= at]
            if not meant:
                raise MissingPriceError(f"{name} named no model before {targets[0][0]}")
            return self.names[meant[-1]]
        raise UnknownModelError(name, self._near(name))

    def meanings(self, name: str, days: DayRange) -> tuple[tuple[DayRange, Model], ...]:
        """The models a name means over a range of days, split where an alias moves on.

        Raises:
            UnknownModelError: nothing has this name; says the nearest that exists.
            MissingPriceError: on the first of the days the name meant no model yet.
        """
        moves = [start for start, _ in self.aliases.get(name, ()) if days.start < start < days.end]
        starts = [days.start, *moves]
        ends = [*moves, days.end]
        return tuple(
            (DayRange(start, end), self.model(name, at=start))
            for start, end in zip(starts, ends, strict=True)
        )

    def _near(self, name: str) -> list[str]:
        known = [*self.names, *self.aliases]
        if "/" in name:
            return known
        # Many hosts sell a model; its maker sold it first.
        bare = {full.partition("/")[2]: full for full in sorted(known, key=self._age, reverse=True)}
        best = [name] if name in bare else difflib.get_close_matches(name, bare, n=1)
        return [bare[best[0]]] if best else known

    def _age(self, name: str) -> tuple[date, bool, str]:
        """Since when a name has a price, and whether it is a model's own name."""
        model = self.names.get(name)
        rows = model.prices.values() if model else ()
        first = min((row.from_ for listed in rows for row in listed), default=date.max)
        return first, model is None or model.name != name, name

    def history(self, model: str | Model, mode: str = "standard") -> tuple[Price, ...]:
        """The rows of a model visible to this book, as the file has them, oldest first.

        Raises:
            UnknownModelError: nothing has this name.
            UnknownNameError: the model has no such mode.
        """
        found = self._model(model, None)
        return tuple(row for row in found.prices[found.mode(mode)] if self.shows(row))

    def fee_history(self, provider: str, name: str) -> tuple[Price, ...]:
        """The rows of a fee visible to this book, as the file has them; none where it has none."""
        rows = self.fees.get(provider, {}).get(name, ())
        return tuple(row for row in rows if self.shows(row))

    def fee_rows(self, model: Model) -> tuple[Price, ...]:
        """Every row of the fees for calls of a model, seen from here or not."""
        named = self.fees.get(model.provider, {}).values()
        return tuple(row for rows in named for row in rows if model.id in row.models)

    def shows(self, row: Price) -> bool:
        """Whether a row is visible from the two dates of this view."""
        if self.known_at is not None and row.known > self.known_at:
            return False
        return row.added <= self.release

    def price(
        self, model: str | Model, *, at: date, mode: str = "standard", region: str | None = None
    ) -> Price:
        """The price in force on a day, as known then.

        Args:
            model: its name, or the model itself.
            at: the day of use.
            mode: standard, batch, flex, priority, fast or ultrafast.
            region: where it is served, for models with regional prices.

        Raises:
            UnknownModelError: nothing has this name.
            UnknownNameError: the model has no such mode or region; names those it has.
            MissingPriceError: no price is in force on that day; names the first day one is.
        """
        found = self._model(model, at)
        mode = found.mode(mode)
        rows = self._timeline(found, mode)
        row = next((row for row in reversed(rows) if row.from_ <= at), None)
        if row is None or row.withdrawn:
            raise self._missing(found, mode, at, rows)
        return row.in_region(region)

    def fee(self, model: Model, meter: Meter, *, at: date) -> Price | None:
        """The fee in force for calls of a model on a day, as known then; None where it has none.

        One of the user's own list comes before the shipped ones.
        """
        found: Price | None = None
        for name in self.fees.get(model.provider, {}):
            mine = self._known.get((model, FEE, name))
            if mine is None:
                rows = self.fee_history(model.provider, name)
                mine = holding(row for row in rows if model.id in row.models)
                self._known[model, FEE, name] = mine
            row = next((row for row in reversed(mine) if row.from_ <= at), None)
            if row is not None and meter in row.rates and (found is None or row.overlay):
                found = row
        markup = model.markup
        if found is None and markup is not None and markup.of in self.names:
            passed_on = self.fee(self.names[markup.of], meter, at=at)
            return passed_on.marked_up(markup.factor, model) if passed_on else None
        return found

    def fees_of(self, model: Model, *, at: date) -> dict[Meter, Price]:
        """Every fee for calls of a model on a day, as known then."""
        found = ((meter, self.fee(model, meter, at=at)) for meter in Meter)
        return {meter: fee for meter, fee in found if fee is not None}

    def schedule(
        self,
        model: str | Model,
        days: DayRange,
        *,
        mode: str = "standard",
        region: str | None = None,
    ) -> tuple[tuple[DayRange, Price], ...]:
        """The prices over a range of days, split where they change; the parts cover it exactly.

        Raises:
            MissingPriceError: on some of the days no price is in force.
            UnknownModelError: nothing has this name.
            UnknownNameError: the model has no such mode or region.
        """
        parts = []
        start = days.start
        while start < days.end:
            found = self._model(model, start)
            price = self.price(found, at=start, mode=mode, region=region)
            end = min([days.end, *self._changes(model, found, mode, start)])
            parts.append((DayRange(start, end), price))
            start = end
        return tuple(parts)

    def pinned(self, *, known_at: date | None = None, release: str | None = None) -> PriceBook:
        """The same rows seen from other dates; what is None stays as it is.

        Raises:
            UnknownNameError: there is no such release of the book.
            UsageError: `known_at` is no date.
        """
        if known_at is not None and not isinstance(known_at, date):
            raise UsageError(f"known_at is a date, found {known_at!r}")
        if release is not None and release not in self.releases:
            raise UnknownNameError("release of the price book", release, self.releases)
        seen = dataclasses.replace(
            self,
            known_at=self.known_at if known_at is None else known_at,
            release=self.release if release is None else release,
        )
        if seen.release == self.release:
            seen.__dict__["digest"] = self.digest  # of the same rows, and slow to work out
        return seen

    def _model(self, model: str | Model, at: date | None) -> Model:
        return self.model(model, at=at) if isinstance(model, str) else model

    def _timeline(self, model: Model, mode: str) -> tuple[Price, ...]:
        found = self._known.get((model, mode))
        if found is None:
            rows = self.history(model, mode)
            found = self._marked_up(model.markup, rows) if model.markup else holding(rows)
            self._known[model, mode] = found
        return found

    def _marked_up(self, markup: Markup, rows: tuple[Price, ...]) -> tuple[Price, ...]:
        """The rows that hold of a model with a mark-up: shipped, then marked up, then its own."""
        shipped = holding(row for row in rows if not row.overlay)
        marked = holding(row for row in rows if row.is_marked_up)
        if self.known_at is not None and self.known_at < markup.known:
            marked = ()
        begun = [row for row in marked if row.from_ <= markup.from_][-1:]
        marked = (
            *(dataclasses.replace(row, from_=markup.from_) for row in begun),
            *(row for row in marked if row.from_ > markup.from_),
        )
        stated = holding(row for row in rows if row.overlay and not row.is_marked_up)
        return _over(_over(shipped, marked), stated)

    def _changes(self, model: str | Model, found: Model, mode: str, after: date) -> list[date]:
        starts = [row.from_ for row in self._timeline(found, found.mode(mode))]
        if isinstance(model, str):
            starts += [start for start, _ in self.aliases.get(model, ())]
        return [start for start in starts if start > after]

    def _missing(
        self, model: Model, mode: str, at: date, rows: Sequence[Price]
    ) -> MissingPriceError:
        then = f", as known on {self.known_at}" if self.known_at else ""
        says = f"{model.name} has no {mode} price on {at}{then}"
        offered = [row for row in rows if not row.withdrawn]
        if not offered:
            known = [row.known for row in model.prices[mode] if row.added <= self.release]
            if not known:
                return MissingPriceError(f"{says}; release {self.release} holds none")
            return MissingPriceError(f"{says}; the first became known on {min(known)}")
        if at < offered[0].from_:
            return MissingPriceError(f"{says}; the first is from {offered[0].from_}")
        gone = max(row.from_ for row in rows if row.withdrawn and row.from_ <= at)
        return MissingPriceError(f"{says}; the mode was withdrawn on {gone}")


def _over(lower: tuple[Price, ...], upper: tuple[Price, ...]) -> tuple[Price, ...]:
    """Rows that hold from their first day on, before others."""
    first = upper[0].from_ if upper else date.max
    return (*(row for row in lower if row.from_ < first), *upper)


def digest_of(rows: Iterable[Price], release: str) -> str:
    """SHA-256 of the rows `added` up to a release, sorted as text: one line each.

    A later release adds rows with a later `added`, which leaves this as it is; any change to a
    row that was released, and any row that is gone, changes it.
    """
    lines = sorted(row.canonical for row in rows if row.added <= release)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
