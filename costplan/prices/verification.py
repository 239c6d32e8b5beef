"""The book held against what others say: rate by rate, with the reason where they differ.

Nothing here is fetched or judged: a rate agrees when it is the same number, and a difference is
explained when the provider's file has a record that says why. Only rates that are in force on one
day are compared, so a peer without history can be compared with a book that has one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from costplan.meters import Meter
from costplan.prices.book import PriceBook
from costplan.prices.model import Model
from costplan.prices.peers import Peer, PeerRate, RateKey
from costplan.prices.peers.matching import Ours, Theirs, aligned, our_rates, their_ids
from costplan.prices.price import FEE, Difference, Price


class Status(StrEnum):
    """How a rate of the book and a rate of a peer stand to each other."""

    AGREE = "agree"
    DIFFER = "differ"
    ONLY_HERE = "only-here"
    ONLY_THERE = "only-there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rate compared; or a whole model that only one side has, which is one entry."""

    peer: str
    provider: str
    model: str
    """The id in the book; where only they have it, theirs."""
    status: Status
    mode: str = ""
    """Empty for a whole model, as are the three below."""
    tier: int | None = None
    """Prompt tokens above which the rates hold; None below all tiers."""
    meter: Meter | None = None
    ours: Decimal | None = None
    """In USD, per `Meter.per` units, as `theirs` is."""
    theirs: Decimal | None = None
    reason: str = ""
    """Why they differ, as the provider's file explains it; empty where nothing does."""
    note: str = ""
    """What the comparison itself has to say: the model is retired, hours were left out."""
    row: tuple[date, date] | None = None
    """`from` and `known` of the row of the book."""
    observed: date | None = None
    """The day our newest source of it was read."""
    checked: date | None = None
    """The day they say they looked."""

    @property
    def name(self) -> str:
        """`provider/model`."""
        return f"{self.provider}/{self.model}"

    @property
    def is_model(self) -> bool:
        """Whether it stands for all rates of a model that only one side has."""
        return self.meter is None

    @property
    def is_open(self) -> bool:
        """Whether it is a difference that nobody has explained."""
        return self.status is Status.DIFFER and not self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How a provider compares with a peer, in numbers of rates and of whole models."""

    peer: str
    provider: str
    agree: int
    explained: int
    """Differences with a reason."""
    unexplained: int
    only_here: int
    """Rates they lack, of models both have."""
    only_there: int
    models_only_here: int
    models_only_there: int
    oldest: date | None
    """When the oldest of our compared rows was last checked against its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Everything compared on one day, sorted by provider, peer and model."""

    at: date
    peers: tuple[tuple[str, str], ...]
    """Name and version of each."""
    entries: tuple[Entry, ...]

    def of_models(self, names: Collection[str]) -> Verification:
        """Only what was compared of some models, by `provider/id`."""
        chosen = (e for e in self.entries if e.name in names)
        return replace(self, entries=tuple(chosen))

    def counts(self) -> tuple[Count, ...]:
        """One for each provider and peer."""
        groups: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.entries:
            groups.setdefault((entry.provider, entry.peer), []).append(entry)
        return tuple(_count(entries) for entries in groups.values())

    def differences(self, *, explained: bool) -> tuple[Entry, ...]:
        """The rates that differ, those with a reason or those without."""
        return tuple(
            entry
            for entry in self.entries
            if entry.status is Status.DIFFER and bool(entry.reason) is explained
        )


def verify(
    book: PriceBook, peers: Iterable[Peer], *, at: date, provider: str | None = None
) -> Verification:
    """Compare the rates in force on a day with those of others.

    Args:
        book: the prices, as known and as released when they were loaded.
        peers: who to compare with.
        at: the day.
        provider: compare only its models; None compares all providers the book has.
    """
    chosen = [model for model in book.models if provider in {None, model.provider}]
    compared = list(peers)
    entries = [entry for peer in compared for entry in _compare(book, chosen, peer, at)]
    entries.sort(
        key=lambda e: (e.provider, e.peer, e.model, e.mode, e.tier or 0, e.meter or "", e.status)
    )
    return Verification(
        at=at,
        peers=tuple((peer.name, peer.version) for peer in compared),
        entries=tuple(entries),
    )


def _compare(book: PriceBook, models: Sequence[Model], peer: Peer, at: date) -> Iterator[Entry]:
    theirs = peer.in_force(at)
    met: set[tuple[str, str]] = set()
    for model in models:
        ours = our_rates(book, model, at)
        ids = their_ids(book, model, peer, at)
        met |= {(model.provider, name) for name in ids}
        known = [theirs[model.provider, name] for name in ids if (model.provider, name) in theirs]
        if known:
            for entry in _rates(model, ours, known, peer.name, at):
                yield _explained(entry, book.differences)
        elif ours:
            _, row = next(iter(ours.values()))
            whole = _entry(model, peer.name, Status.ONLY_HERE, row, at)
            yield _explained(whole, book.differences)
    providers = {model.provider for model in models}
    for provider, name in theirs:
        if provider in providers and (provider, name) not in met:
            entry = Entry(peer=peer.name, provider=provider, model=name, status=Status.ONLY_THERE)
            yield _explained(entry, book.differences)


def _rates(
    model: Model, ours: Ours, known: Sequence[Theirs], peer: str, at: date
) -> Iterator[Entry]:
    """The rates of a model both have; each number of theirs that is not ours is a difference."""
    ours, theirs = aligned(model, ours, known)
    for key, (mine, row) in ours.items():
        stated = theirs.get(key)
        if row.currency != "USD" or not stated:
            yield _entry(model, peer, Status.ONLY_HERE, row, at, key=key, ours=mine)
            continue
        other = [rate for number, rate in stated.items() if number != mine]
        status = Status.DIFFER if other else Status.AGREE
        for rate in other or [stated[mine]]:
            yield _entry(model, peer, status, row, at, key=key, ours=mine, theirs=rate)
    for key, stated in theirs.items():
        if key not in ours:
            rate = next(iter(stated.values()))
            yield _entry(model, peer, Status.ONLY_THERE, None, at, key=key, theirs=rate)


def _entry(
    model: Model,
    peer: str,
    status: Status,
    row: Price | None,
    at: date,
    *,
    key: RateKey | None = None,
    ours: Decimal | None = None,
    theirs: PeerRate | None = None,
) -> Entry:
    mode, tier, meter = key or ("", None, None)
    checked = theirs.checked if theirs else None
    return Entry(
        peer=peer,
        provider=model.provider,
        model=model.id,
        status=status,
        mode=mode,
        tier=tier,
        meter=meter,
        ours=ours,
        theirs=theirs.rate if theirs else None,
        note=_note(model, row, at),
        row=row.identity if row else None,
        observed=row.observed if row else None,
        # A price that waits for its day may be dated later than anyone has looked.
        checked=checked if checked and checked <= at else None,
    )


def _note(model: Model, row: Price | None, at: date) -> str:
    said = []
    if model.retirement and model.retirement <= at:
        said.append(f"retired on {model.retirement}")
    if row and row.windows:
        said.append("outside its hours with other rates")
    if row and row.currency != "USD":
        said.append(f"in {row.currency}, theirs are in USD")
    if row and row.mode == FEE and row.free:
        said.append("beyond what is free")
    return "; ".join(said)


def _explained(entry: Entry, differences: Iterable[Difference]) -> Entry:
    """The entry with the reason the provider's file gives for it, if it gives one."""
    if entry.status is Status.AGREE:
        return entry
    reason = next((known.reason for known in differences if _is_about(known, entry)), "")
    return replace(entry, reason=reason) if reason else entry


def _is_about(known: Difference, entry: Entry) -> bool:
    if (known.peer, known.provider) != (entry.peer, entry.provider):
        return False
    if known.models and entry.model not in known.models:
        return False
    if entry.meter is None:  # a whole model: only a record that names it and nothing less
        return bool(known.models) and not (known.modes or known.meters or known.theirs is not None)
    return (
        (not known.modes or entry.mode in known.modes)
        and (not known.meters or entry.meter in known.meters)
        and (known.theirs is None or known.theirs == entry.theirs)
    )


def _count(entries: Sequence[Entry]) -> Count:
    def number(status: Status, *, models: bool = False) -> int:
        return sum(e.status is status and e.is_model is models for e in entries)

    compared = [e for e in entries if e.observed and not e.is_model]
    unexplained = sum(e.is_open for e in entries)
    return Count(
        peer=entries[0].peer,
        provider=entries[0].provider,
        agree=number(Status.AGREE),
        explained=number(Status.DIFFER) - unexplained,
        unexplained=unexplained,
        only_here=number(Status.ONLY_HERE),
        only_there=number(Status.ONLY_THERE),
        models_only_here=number(Status.ONLY_HERE, models=True),
        models_only_there=number(Status.ONLY_THERE, models=True),
        oldest=min((e.observed for e in compared if e.observed), default=None),
    )
