"""A price: one row of the book, complete for one model in one mode from one day."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from costplan.errors import MissingPriceError, UnknownNameError
from costplan.meters import Meter

GLOBAL = "global"
"""The region every model has: the list price, as it is when no region is named."""


@dataclass(frozen=True, slots=True)
class Tier:
    """The rates of a whole request whose prompt passes a size."""

    above: int
    """Tokens of the whole prompt, cached or not."""
    inclusive: bool
    """Whether a prompt of exactly `above` tokens is in the tier (`>=` instead of `>`)."""
    rates: Mapping[Meter, Decimal]

    def holds(self, prompt: Decimal | float) -> bool:
        """Whether a prompt of that many tokens is in the tier."""
        return prompt >= self.above if self.inclusive else prompt > self.above

    def __str__(self) -> str:
        return f"{'>=' if self.inclusive else '>'}{self.above}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A complete price list of one model in one mode from one day: a row of the book."""

    provider: str
    model: str
    """The model's id, without its provider."""
    mode: str
    from_: date
    """The first day it is charged."""
    known: date
    """The day it was public, as far as sources show."""
    known_by: str
    added: str
    """The release of the book that first carried it."""
    basis: str
    source: str
    """Title, address and day of each source, for the reader of a result."""
    source_keys: tuple[str, ...]
    currency: str
    rates: Mapping[Meter, Decimal]
    """Per `Meter.per` units, below all tiers."""
    tiers: tuple[Tier, ...] = ()
    up_to: int | None = None
    """The longest prompt the rates are for; None where they are for all."""
    through: date | None = None
    """The last day a promotion is guaranteed; None where it is none."""
    regions: Mapping[str, Decimal] = field(default_factory=dict)
    region: str = GLOBAL
    """The region these rates are of."""
    unrated: tuple[str, ...] = ()
    """Conditions the file states that costplan cannot rate yet: `windows`, `minimum`, `free`."""
    conditions: str = ""
    """Those conditions as canonical text, for the digest."""
    corrects: tuple[date, date] | None = None
    """`from` and `known` of the wrong row this one stands in for."""
    cancels: bool = False
    """Whether it calls off the announced row with the same `from_`."""
    withdrawn: bool = False
    """Whether the mode is not offered from this day on."""
    note: str = ""

    @property
    def identity(self) -> tuple[date, date]:
        """What names a row among those of its model and mode: effective day, day known."""
        return self.from_, self.known

    def tier_at(self, tokens: Decimal | float) -> Tier | None:
        """The tier a request with that prompt size falls into; None below all of them."""
        return next((tier for tier in reversed(self.tiers) if tier.holds(tokens)), None)

    def at_prompt(self, tokens: Decimal | float) -> Mapping[Meter, Decimal]:
        """The rates a request pays: crossing a tier reprices the whole of it.

        Args:
            tokens: tokens of the whole prompt, cached or not.

        Raises:
            MissingPriceError: no rate is published for prompts of that size, or the price
                depends on more than that size (hours of the week, minimum or free quantities),
                which costplan does not rate.
        """
        name = f"{self.provider}/{self.model} {self.mode} from {self.from_}"
        if self.up_to is not None and tokens > self.up_to:
            raise MissingPriceError(
                f"{name} has no rate for a prompt of {tokens:,} tokens; its rates are for prompts "
                f"of up to {self.up_to:,}; use another mode for longer ones"
            )
        if self.unrated:
            raise MissingPriceError(
                f"{name} depends on {', '.join(self.unrated)}, which costplan does not rate yet"
            )
        tier = self.tier_at(tokens)
        return {**self.rates, **tier.rates} if tier else self.rates

    def in_region(self, region: str | None) -> Price:
        """The same price in a region: every rate times its published factor.

        Raises:
            UnknownNameError: there is no such region for this price; names those there are.
        """
        if region is None or region == self.region:
            return self
        if region not in self.regions:
            kind = f"region of {self.provider}/{self.model}"
            raise UnknownNameError(kind, region, [GLOBAL, *self.regions])
        factor = self.regions[region]
        return dataclasses.replace(
            self,
            region=region,
            rates=_times(self.rates, factor),
            tiers=tuple(dataclasses.replace(t, rates=_times(t.rates, factor)) for t in self.tiers),
        )

    @property
    def canonical(self) -> str:
        """The row as one line of text, the same however the file writes it.

        It holds everything a lookup or a bill depends on, and the keys of the sources; not the
        note, whose wording may be improved. What a sum over rows would not notice, this does.
        """
        tiers = [f"{tier}:{plain_amounts(tier.rates)}" for tier in self.tiers]
        corrects = " ".join(map(str, self.corrects)) if self.corrects else ""
        state = "cancels" if self.cancels else "withdrawn" if self.withdrawn else ""
        parts = (
            *(f"{self.provider}/{self.model}", self.mode, *self.identity, self.known_by),
            *(self.added, self.basis, " ".join(self.source_keys), self.currency),
            *(plain_amounts(self.rates), " ".join(tiers), self.up_to or "", self.through or ""),
            *(plain_amounts(self.regions), self.conditions, corrects, state),
        )
        return "|".join(map(str, parts))


def _times(rates: Mapping[Meter, Decimal], factor: Decimal) -> dict[Meter, Decimal]:
    return {meter: rate * factor for meter, rate in rates.items()}


def plain_amounts(amounts: Mapping[Meter, Decimal] | Mapping[str, Decimal]) -> str:
    """`input=0.15 output=0.6`: sorted, and 0.60 the same as 0.6."""
    shown = {str(name): format(value.normalize(), "f") for name, value in amounts.items()}
    return " ".join(f"{name}={shown[name]}" for name in sorted(shown))
