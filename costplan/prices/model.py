"""What a model is, beside what it costs: names, limits, life, and the rows of its prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from costplan.errors import UnknownNameError
from costplan.meters import Meter
from costplan.prices.price import Price

FACTS = ("release", "retirement", "context", "max_output", "tokenizer", "cache_minimum")
"""What a model is, beside its names and prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A model sold at another's prices times a factor: a reseller's, or a negotiated one."""

    of: str
    """`provider/id` of the model whose prices they are."""
    factor: Decimal
    from_: date
    known: date
    source: str
    worked_out: bool = False
    """Whether the rows of the model are there already."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """What a model is, and every row of prices it has."""

    provider: str
    id: str
    aliases: tuple[str, ...]
    release: date | None
    retirement: date | None
    """The day service ends."""
    context: int | None
    max_output: int | None
    tokenizer: str
    cache_minimum: int | None
    """Tokens under which nothing is cached."""
    currency: str
    prices: Mapping[str, tuple[Price, ...]]
    """By mode, as in the file: cancelled, corrected and withdrawn rows included."""
    mode_names: Mapping[str, str] = field(default_factory=dict)
    billed_as: Mapping[Meter, Meter] = field(default_factory=dict)
    """Meters that pay another's rate where a price has none of their own."""
    zone: str = "UTC"
    """The time zone in which the days of its prices begin."""
    markup: Markup | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """`provider/id`, as scenarios and results name it."""
        return f"{self.provider}/{self.id}"

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes it has, or had, a price in."""
        return tuple(self.prices)

    def mode(self, name: str) -> str:
        """The mode a name means: OpenAI's `fast` is `priority`.

        Raises:
            UnknownNameError: the model has no such mode; names those it has.
        """
        if name in self.prices:
            return name
        meant = self.mode_names.get(name, "")
        if meant in self.prices:
            return meant
        raise UnknownNameError(f"mode of {self.name}", name, self.modes)
