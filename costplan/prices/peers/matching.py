"""The rates of one model on both sides, under the same names of modes and the same sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from costplan.errors import MissingPriceError
from costplan.prices.book import PriceBook
from costplan.prices.model import Model
from costplan.prices.peers import Peer, PeerRate, RateKey, at_sizes
from costplan.prices.price import Price

type Ours = Mapping[RateKey, tuple[Decimal, Price]]
"""Each rate, and the row it stands in."""
type Theirs = Mapping[RateKey, Mapping[Decimal, PeerRate]]
"""Each number they state; nearly always one."""

_CLOSE = 1
"""Thresholds this close are one tier: whether it is `>` or `>=` is not a difference of rates."""


def our_rates(book: PriceBook, model: Model, at: date) -> dict[RateKey, tuple[Decimal, Price]]:
    """The rates of a model that are in force on a day, in every mode, and the fees for its calls.

    A fee is the same in every mode; it stands under `standard`.
    """
    found: dict[RateKey, tuple[Decimal, Price]] = {}
    for mode in model.modes:
        try:
            row = book.price(model, at=at, mode=mode)
        except MissingPriceError:  # not charged yet, or not any more
            continue
        found |= rates_of(row)
    for meter, fee in book.fees_of(model, at=at).items() if found else ():
        found["standard", None, meter] = fee.rates[meter], fee
    return found


def rates_of(row: Price) -> dict[RateKey, tuple[Decimal, Price]]:
    """The rates of one row, those of its tiers too."""
    found: dict[RateKey, tuple[Decimal, Price]] = {
        (row.mode, None, meter): (rate, row) for meter, rate in row.rates.items()
    }
    for tier in row.tiers:
        above = tier.above - tier.inclusive
        found |= {(row.mode, above, meter): (rate, row) for meter, rate in tier.rates.items()}
    return found


def their_ids(book: PriceBook, model: Model, peer: Peer, at: date) -> list[str]:
    """What a peer calls a model: by its id first, then by each name that means it on the day."""
    moved = [name for name in book.aliases if name.partition("/")[0] == model.provider]
    names = [model.id, *model.aliases]
    names += [name.partition("/")[2] for name in moved if _means(book, name, model, at)]
    found = (peer.find(model.provider, name) for name in names)
    return list(dict.fromkeys(name for name in found if name is not None))


def _means(book: PriceBook, name: str, model: Model, at: date) -> bool:
    try:
        return book.model(name, at=at).name == model.name
    except MissingPriceError:
        return False


def aligned(
    model: Model, ours: Ours, known: Sequence[Theirs]
) -> tuple[dict[RateKey, tuple[Decimal, Price]], dict[RateKey, Mapping[Decimal, PeerRate]]]:
    """Both sides with the modes as the model names them, spelled out at every size either names.

    Args:
        model: whose rates they are.
        ours: from `our_rates`.
        known: what a peer states, under each of its ids of the model.
    """
    theirs = _merged(model, ours, known)
    sizes = {(mode, above) for mode, above, _ in (*ours, *theirs) if above is not None}
    spelled = {
        key: (rate, row)
        for key, (rate, row) in at_sizes(ours, sizes).items()
        # A row says nothing about prompts longer than it allows.
        if key[1] is None or row.up_to is None or key[1] < row.up_to
    }
    return spelled, at_sizes(theirs, sizes)


def _merged(
    model: Model, ours: Ours, known: Sequence[Theirs]
) -> dict[RateKey, Mapping[Decimal, PeerRate]]:
    thresholds = {(mode, above) for mode, above, _ in ours if above is not None}
    merged: dict[RateKey, Mapping[Decimal, PeerRate]] = {}
    for rates in known:
        for (mode, above, meter), stated in rates.items():
            named = mode if mode in model.prices else model.mode_names.get(mode, mode)
            sizes = [size for of, size in thresholds if of == named] if above is not None else []
            near = [size for size in sizes if abs(size - (above or 0)) <= _CLOSE]
            key = named, near[0] if near else above, meter
            merged[key] = {**stated, **merged.get(key, {})}
    return merged
