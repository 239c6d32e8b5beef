"""What others say models cost: their installed data, read into one form that can be compared.

A peer is a package with a list of prices of its own. Each is read where it is installed, without
the network, and its rates are converted exactly to the units of the book. Only what a peer states
is a rate: what its code falls back on where it states nothing is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from costplan.errors import UnknownNameError, UsageError
from costplan.meters import Meter
from costplan.prices.price import PEERS

type RateKey = tuple[str, int | None, Meter]
"""What a rate is for: mode, prompt tokens above which it holds, meter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRate:
    """One rate as a peer states it."""

    provider: str
    """As this book calls it."""
    model: str
    """As the peer calls it."""
    mode: str
    meter: Meter
    above: int | None = None
    """Prompt tokens above which it holds for the whole request; None below all tiers."""
    rate: Decimal
    """In USD, per `Meter.per` units."""
    from_: date | None = None
    """The first day it holds; None where the peer does not date it."""
    checked: date | None = None
    """The day the peer says it looked; None where it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """All rates of a peer, and the names its models answer to."""

    name: str
    version: str
    rates: tuple[PeerRate, ...]
    left_out: tuple[str, ...] = ()
    """`provider/model` of theirs without a rate in a unit of this book, or with prices by region
    or by size of image only."""
    resolve: Callable[[str, str], str | None] | None = None
    """Their id for a provider and a name of this book; None asks for a model of that name."""

    def find(self, provider: str, name: str) -> str | None:
        """Their id of the model that a name of this book means; None where they have none."""
        if self.resolve is not None:
            return self.resolve(provider, name)
        known = {rate.model for rate in self.rates if rate.provider == provider}
        return name if name in known else None

    def announced(self, after: date) -> Peer:
        """The same peer with only what it dates later than a day.

        Who does not date a price says nothing about days to come.
        """
        dated = (rate for rate in self.rates if rate.from_ is not None and rate.from_ > after)
        return replace(self, rates=tuple(dated))

    def in_force(self, at: date) -> dict[tuple[str, str], dict[RateKey, dict[Decimal, PeerRate]]]:
        """Their rates that hold on a day, by provider and model, and then by what they are for.

        A newer list of a mode replaces the whole of an older one: a tier it does not have is gone.
        More than one number remains where a peer states a mode under two names and not alike.
        """
        lists: dict[tuple[str, str, str], list[PeerRate]] = {}
        for rate in self.rates:
            if rate.from_ is None or rate.from_ <= at:
                lists.setdefault((rate.provider, rate.model, rate.mode), []).append(rate)
        found: dict[tuple[str, str], dict[RateKey, dict[Decimal, PeerRate]]] = {}
        for (provider, model, mode), listed in lists.items():
            newest = max(rate.from_ or date.min for rate in listed)
            keys = found.setdefault((provider, model), {})
            for rate in listed:
                if (rate.from_ or date.min) == newest:
                    keys.setdefault((mode, rate.above, rate.meter), {})[rate.rate] = rate
        return found


def at_sizes[R](rates: Mapping[RateKey, R], sizes: Iterable[tuple[str, int]]) -> dict[RateKey, R]:
    """The rates with those for long prompts spelled out at every size of a mode that is given.

    Whoever states no tier says that long prompts cost what short ones do.
    """
    spelled = dict(rates)
    for mode, above in sizes:
        for meter in {key[2] for key in rates if key[0] == mode and key[2].unit == "tokens"}:
            held = [a for m, a, of in rates if (m, of) == (mode, meter) and (a or 0) <= above]
            if held:
                last = max(held, key=lambda size: size or 0)
                spelled[mode, above, meter] = rates[mode, last, meter]
    return spelled


def installed_peer(name: str) -> Peer:
    """The installed data of a peer.

    Raises:
        UnknownNameError: there is no such peer; names those there are.
        UsageError: it is not installed, or its data is not as this version of costplan reads it.
    """
    if name not in PEERS:
        raise UnknownNameError("record of prices", name, PEERS)
    if name == "genai-prices":
        from costplan.prices.peers.genai import installed
    else:
        from costplan.prices.peers.litellm import installed
    try:
        return installed()
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UsageError(
            f"the installed data of {name} is not as costplan reads it ({error}); "
            "another version may be: pip install -U 'costplan[prices]'"
        ) from error


def not_installed(name: str) -> UsageError:
    """The error that says how to install what `prices verify` reads."""
    return UsageError(f"{name} is not installed; run: pip install 'costplan[prices]'")


def cache_write(provider: str, model: str) -> Meter:
    """The meter of a peer's plain cache write: OpenAI's live 30 minutes, all others' 5."""
    is_openai = provider in {"openai", "azure"} or "openai." in model
    return Meter.CACHE_WRITE_30M if is_openai else Meter.CACHE_WRITE_5M


def without_repeats(rates: Iterable[PeerRate]) -> tuple[PeerRate, ...]:
    """The rates in their order, each once: peers state a mode under two names."""
    return tuple(dict.fromkeys(rates))
