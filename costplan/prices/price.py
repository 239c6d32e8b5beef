"""A price: one row of the book, complete for one model in one mode from one day."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from costplan.errors import MissingPriceError, UnknownNameError
from costplan.meters import Meter
from costplan.prices.hours import Window

_TOKENS = frozenset({"tokens", "token-hours"})
"""What regions have factors on; calls cost the same everywhere."""

PEERS = ("genai-prices", "litellm")
"""Other records of prices that the book is compared with."""

FEE = "fee"
"""The mode of a fee for calls: the same in every mode of its models."""

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


@dataclass(frozen=True, slots=True)
class Allowance:
    """A quantity that is not billed in each period: `5000/month`."""

    quantity: Decimal
    period: str
    """`day` or `month`."""

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f}/{self.period}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Why another record of prices says otherwise, as the price file explains it."""

    provider: str
    peer: str
    """`genai-prices` or `litellm`."""
    models: tuple[str, ...]
    """Ids of models, without their provider; all where empty."""
    modes: tuple[str, ...]
    meters: tuple[Meter, ...]
    theirs: Decimal | None
    """The rate of theirs that is explained; any where None."""
    reason: str


class Sold(Protocol):
    """What a price is of: a provider's model."""

    @property
    def provider(self) -> str:
        """Who sells it."""

    @property
    def id(self) -> str:
        """Its id there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A complete price list of one model in one mode from one day: a row of the book.

    A fee for calls, which many models share, is a row too: `model` is then the name of the fee,
    `mode` is `FEE`, and `models` says whose calls it is for.
    """

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
    """The release of the book that first carried it; empty for a row of the user's own list."""
    basis: str
    sources: tuple[str, ...]
    """Title, address and day of each source, for the reader of a result."""
    source_keys: tuple[str, ...]
    observed: date
    """The last day one of the sources was read."""
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
    windows: tuple[Window, ...] = ()
    """Hours of the week with other rates; the first that holds counts."""
    minimum: Mapping[Meter, Decimal] = field(default_factory=dict)
    """The least quantity of a meter that is billed for each request that uses it."""
    free: Mapping[Meter, Allowance] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    """For a fee: the ids of the models whose calls it is for."""
    corrects: tuple[date, date] | None = None
    """`from` and `known` of the wrong row this one stands in for."""
    cancels: bool = False
    """Whether it calls off the announced row with the same `from_`."""
    withdrawn: bool = False
    """Whether the mode is not offered from this day on."""
    disputed: str = ""
    """Who says otherwise, and what, where the sources of the row do not agree."""
    overlay: bool = False
    """Whether it is from the user's own list: from its first day it holds before all others."""
    note: str = ""

    @property
    def is_marked_up(self) -> bool:
        """Whether it is another row times the factor of the user's own list."""
        return self.overlay and bool(self.added)

    @property
    def source(self) -> str:
        """All its sources, in one line."""
        return "; ".join(self.sources)

    @property
    def name(self) -> str:
        """`provider/model mode`, as messages and explanations call it."""
        return f"{self.provider}/{self.model} {self.mode}"

    @property
    def identity(self) -> tuple[date, date]:
        """What names a row among those of its model and mode: effective day, day known."""
        return self.from_, self.known

    def tier_at(self, tokens: Decimal | float) -> Tier | None:
        """The tier a request with that prompt size falls into; None below all of them."""
        return next((tier for tier in reversed(self.tiers) if tier.holds(tokens)), None)

    def at_prompt(self, tokens: Decimal | float) -> Mapping[Meter, Decimal]:
        """The rates a request pays outside all windows: crossing a tier reprices the whole of it.

        Args:
            tokens: tokens of the whole prompt, cached or not.

        Raises:
            MissingPriceError: no rate is published for prompts of that size.
        """
        if self.up_to is not None and tokens > self.up_to:
            raise MissingPriceError(
                f"{self.name} from {self.from_} has no rate for a prompt of {tokens:,} tokens; its "
                f"rates are for prompts of up to {self.up_to:,}; use another mode for longer ones"
            )
        tier = self.tier_at(tokens)
        return {**self.rates, **tier.rates} if tier else self.rates

    def window_at(self, moment: datetime) -> Window | None:
        """The window a moment falls into; None outside all of them."""
        return next((window for window in self.windows if window.holds(moment)), None)

    def in_region(self, region: str | None) -> Price:
        """The same price in a region: every rate for tokens times its published factor.

        Fees for calls are the same everywhere.

        Raises:
            UnknownNameError: there is no such region for this price; names those there are.
        """
        if region is None or region == self.region:
            return self
        if region not in self.regions:
            kind = f"region of {self.provider}/{self.model}"
            raise UnknownNameError(kind, region, [GLOBAL, *self.regions])
        return dataclasses.replace(self.times(self.regions[region], _TOKENS), region=region)

    def times(self, factor: Decimal, units: frozenset[str] | None = None) -> Price:
        """The same price with every rate times a factor.

        Args:
            factor: what to multiply by.
            units: only rates for these units, `tokens`; all where None.
        """

        def scaled(rates: Mapping[Meter, Decimal]) -> dict[Meter, Decimal]:
            return {
                meter: rate * factor if units is None or meter.unit in units else rate
                for meter, rate in rates.items()
            }

        return dataclasses.replace(
            self,
            rates=scaled(self.rates),
            tiers=tuple(dataclasses.replace(t, rates=scaled(t.rates)) for t in self.tiers),
            windows=tuple(dataclasses.replace(w, rates=scaled(w.rates)) for w in self.windows),
        )

    def marked_up(self, factor: Decimal, sold_as: Sold, said: str = "") -> Price:
        """The same price as another sells it, times a factor.

        Args:
            factor: what every rate is multiplied by.
            sold_as: the model it becomes a price of.
            said: why, before the sources of the original.
        """
        name = f"{factor.normalize():f} x {self.provider}/{self.model}"
        fee = self.mode == FEE
        return dataclasses.replace(
            self.times(factor),
            provider=sold_as.provider,
            model=self.model if fee else sold_as.id,
            models=(sold_as.id,) if fee else (),
            overlay=True,
            basis="derived",
            sources=(f"{name}: {said}" if said else name, *self.sources),
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
            *(plain_amounts(self.regions), self._conditions, corrects, state),
        )
        return "|".join(map(str, (*parts, *sorted(self.models))))

    @property
    def _conditions(self) -> str:
        """Windows, minimums and allowances as text, however the file orders them."""
        parts = [f"{window.name} {plain_amounts(window.rates)}" for window in self.windows]
        parts += [f"minimum {plain_amounts(self.minimum)}"] if self.minimum else []
        free = " ".join(f"{meter}={self.free[meter]}" for meter in sorted(self.free))
        return "; ".join([*parts, *([f"free {free}"] if free else [])])


def plain_amounts(amounts: Mapping[Meter, Decimal] | Mapping[str, Decimal]) -> str:
    """`input=0.15 output=0.6`: sorted, and 0.60 the same as 0.6."""
    shown = {str(name): format(value.normalize(), "f") for name, value in amounts.items()}
    return " ".join(f"{name}={shown[name]}" for name in sorted(shown))
