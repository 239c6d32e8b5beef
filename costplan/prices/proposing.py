"""What a peer knows and the book does not, as an edit of a price file that a person reviews.

Nothing is taken over by itself: the result is the text of the file with rows added, to be shown
as a diff. Each row says at which peer it was observed and that this is where we first saw it.
Fees for calls, which models share, and hours of the day are left to the reviewer, and told.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from costplan.errors import MissingPriceError, UnknownModelError
from costplan.meters import Meter
from costplan.prices.book import PriceBook
from costplan.prices.model import Model
from costplan.prices.peers import Peer, PeerRate, RateKey, at_sizes
from costplan.prices.peers.editing import NewRow, with_rows
from costplan.prices.peers.matching import aligned, rates_of
from costplan.prices.price import Price

_CALLS = frozenset({Meter.WEB_SEARCH, Meter.FILE_SEARCH, Meter.CODE_SESSION})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A price file before and after rows of one model were added to it."""

    model: str
    """`provider/model`."""
    before: str
    after: str
    notes: tuple[str, ...] = ()
    """What the peer says and the rows do not."""

    def diff(self, file: str) -> str:
        """The change as `git apply` and `patch -p1` read it; empty where nothing is to be added.

        Args:
            file: the path of the price file, as it should stand in the diff.
        """
        return difference(self.before, self.after, file)


def difference(before: str, after: str, file: str) -> str:
    """Two texts of a file as a unified diff."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{file}" if before else "/dev/null",
        f"b/{file}",
    )
    return "".join(lines)


def propose(peer: Peer, book: PriceBook, name: str, text: str, *, day: date) -> Proposal:
    """Add what a peer says about a model to the text of its provider's price file.

    Args:
        peer: whose rates.
        book: the prices that are there already.
        name: `provider/model`; the model may be new, and so may the provider.
        text: the price file as it is; empty for a new provider.
        day: the day the peer's data was looked at.

    Raises:
        UnknownModelError: the peer has no such model; names the nearest it has.
        PriceFileError: the file with the rows cannot be used.
    """
    model = book.names.get(name)
    provider, _, wanted = name.partition("/")
    theirs = peer.find(provider, model.id if model else wanted)
    if theirs is None and model is not None:
        theirs = next(filter(None, (peer.find(provider, a) for a in model.aliases)), None)
    if theirs is None or not wanted:
        known = {f"{rate.provider}/{rate.model}" for rate in peer.rates}
        raise UnknownModelError(name, known)
    named = model.id if model else wanted
    mine = (rate for rate in peer.rates if (rate.provider, rate.model) == (provider, theirs))
    peer = replace(peer, rates=tuple(mine))
    rows = list(_rows(peer, book, model, (provider, theirs), day))
    notes = dict.fromkeys(_notes(peer, book, model, (provider, theirs), day))
    after = with_rows(text, (provider, named), rows, peer, day) if rows else text
    return Proposal(f"{provider}/{named}", text, after, tuple(notes))


def _rows(
    peer: Peer, book: PriceBook, model: Model | None, theirs: tuple[str, str], day: date
) -> Iterator[NewRow]:
    """The rows to add: for a new model its history too, for a known one from `day` on."""
    dated = {rate.from_ for rate in peer.rates if rate.from_ is not None}
    starts = {start for start in dated if model is None or start > day}
    last: dict[str, Mapping[RateKey, Decimal]] = {}
    for at in sorted(starts | {day}):
        keys = peer.in_force(at).get(theirs, {})
        for mode in dict.fromkeys(key[0] for key in keys):
            listed = {
                key: numbers
                for key, numbers in keys.items()
                if key[0] == mode and key[2] not in _CALLS
            }
            if not listed:
                continue
            old = _ours(book, model, mode, at)
            rates = _complete(model, old, listed)
            if rates is None or last.get(mode) == rates or _lacking(rates, keys):
                continue
            last[mode] = rates
            start = next(iter(next(iter(listed.values())).values())).from_ or day
            yield NewRow(
                mode=old.mode if old else mode,
                # One that changes a price cannot begin before the price it changes.
                from_=start if old is None or start > old.from_ else at,
                added=next_release(book.releases, day),
                rates={key[1:]: rate for key, rate in rates.items()},
                regions=old.regions if old else {},
            )


def next_release(releases: Sequence[str], day: date) -> str:
    """The name of a release made on a day, after those there are: `2026.11.21`, `2026.11.21.1`."""
    named = f"{day:%Y.%m.%d}"
    last = max(releases, default="")
    if named > last:
        return named
    base, _, count = last[:10], last[10:11], last[11:]
    return f"{base}.{int(count or 0) + 1}"


def _ours(book: PriceBook, model: Model | None, mode: str, at: date) -> Price | None:
    if model is None or model.mode_names.get(mode, mode) not in model.prices:
        return None
    try:
        return book.price(model, at=at, mode=mode)
    except MissingPriceError:
        return None


def _complete(
    model: Model | None, old: Price | None, listed: Mapping[RateKey, Mapping[Decimal, PeerRate]]
) -> Mapping[RateKey, Decimal] | None:
    """Their rates over ours, at every size either names; None where ours say all they say.

    A row is a whole price list, so what they do not state stays as it is.
    """
    ours: dict[RateKey, Decimal] = {}
    theirs = {key: next(iter(numbers)) for key, numbers in listed.items()}
    if model is not None and old is not None:
        mine, spelled = aligned(model, rates_of(old), [listed])
        ours = {key: rate for key, (rate, _) in mine.items()}
        theirs = {key: next(iter(numbers)) for key, numbers in spelled.items()}
        if old.windows or all(ours.get(key) == rate for key, rate in theirs.items()):
            return None
    merged = {**ours, **theirs}
    # A tier of what has no rate below it says nothing that a row can hold.
    merged = {key: rate for key, rate in merged.items() if (key[0], None, key[2]) in merged}
    return at_sizes(merged, {(mode, above) for mode, above, _ in merged if above is not None})


def _lacking(rates: Iterable[RateKey], stated: Iterable[RateKey]) -> set[Meter]:
    """What the rates of a mode lack that the standard mode has: without it no row is whole."""
    standard = {meter for mode, _, meter in stated if mode == "standard"}
    return ({Meter.INPUT, Meter.OUTPUT} & standard) - {meter for _, _, meter in rates}


def _notes(
    peer: Peer, book: PriceBook, model: Model | None, theirs: tuple[str, str], day: date
) -> Iterator[str]:
    stated = peer.in_force(day).get(theirs, {})
    for (mode, _, meter), numbers in stated.items():
        old = _ours(book, model, mode, day)
        lacking = _lacking([key for key in stated if key[0] == mode], stated)
        if meter in _CALLS:
            fee = book.fee(model, meter, at=day) if model else None
            if fee is None or fee.rates[meter] not in numbers:
                shown = " or ".join(f"{number.normalize():f}" for number in numbers)
                yield f"{meter} at {shown} per {meter.per:,} calls is a fee; add it under fees"
        elif old is not None and old.windows:
            yield f"{mode}: ours has hours of the day with other rates; compare it by hand"
        elif old is None and lacking:
            yield f"{mode} has no row: {peer.name} states no {' or '.join(sorted(lacking))} for it"
