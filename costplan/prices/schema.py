"""What a price file may say: the table that reads it, checks it, and describes it to editors.

A row is a complete price list of one model in one mode from one day. Rows are only ever added:
a change is a row with a later `from`, a correction is a row that names what it `corrects`, and a
change that was called off is a row that `cancels`. `python -m costplan.prices.schema` prints the
JSON Schema that editors complete from.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from costplan.meters import Meter
from costplan.prices.checks import (
    Problems,
    check_fees,
    check_names,
    check_rows,
    check_sources,
    check_tiers,
    check_windows,
)
from costplan.prices.hours import WEEKDAYS, Hours
from costplan.prices.kinds import (
    BASES,
    COUNT,
    FREE,
    HOURS,
    KNOWN_BY,
    LINTS,
    MODE,
    PRICE,
    RATES,
    RELEASE,
    SOURCES,
    ZONE,
    MeterName,
)
from costplan.prices.price import PEERS, Allowance
from costplan.schema import DATE, Flag, ListOf, MapOf, Record, Text, json_schema, key


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """Where prices were read: shown to whoever asks why a number is what it is."""

    title: str = key(Text(), "What it is called, with the version that was read.")
    url: str = key(Text(), "Where it is.", default="")
    observed: date = key(DATE, "The day it was read, or the day of the copy that was read.")
    licence: str = key(Text(), "Under which terms its facts may be carried over.")
    note: str = key(
        Text(), "What to keep in mind about it, or the words that were read.", default=""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TierEntry:
    """The rates of a whole request whose prompt passes a size."""

    above: int | None = key(COUNT, "Prompt tokens over which it holds (>).", default=None)
    at_least: int | None = key(COUNT, "Prompt tokens from which it holds (>=).", default=None)
    rates: Mapping[Meter, Decimal] = key(RATES, "What every token of such a request costs.")

    def check(self) -> Problems:
        """Exactly one threshold."""
        if (self.above is None) == (self.at_least is None):
            yield (), "a tier has one threshold: above (>) or at_least (>=)"

    @property
    def threshold(self) -> int:
        """The number of tokens, whichever way it is meant."""
        return self.above or self.at_least or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowEntry:
    """Hours of the week with rates of their own."""

    hours: tuple[Hours, ...] = key(ListOf(HOURS), "Half-open hours of the day: 01:00-04:00.")
    days: tuple[str, ...] = key(
        ListOf(Text(choices=WEEKDAYS)), "Days of the week; all when absent.", default=WEEKDAYS
    )
    zone: str = key(ZONE, "The IANA time zone of the hours; the file's when absent.", default="")
    holidays: str = key(
        Text(pattern="[A-Z]{2}", means="a country such as CN"),
        "A country whose public holidays are excepted.",
        default="",
    )
    rates: Mapping[Meter, Decimal] = key(RATES, "What a unit costs inside the window.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowName:
    """Which earlier row of the same model and mode is meant."""

    from_: date = key(DATE, "Its `from`.", name="from")
    known: date | None = key(DATE, "Its `known`, where it differs from `from`.", default=None)

    @property
    def identity(self) -> tuple[date, date]:
        """The day it takes effect, and the day it was known."""
        return self.from_, self.known or self.from_


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEntry:
    """A complete price list of one model in one mode, from one day."""

    from_: date = key(DATE, "The first day it is charged.", name="from")
    known: date | None = key(
        DATE, "The day it was public, as far as sources show; `from` when absent.", default=None
    )
    known_by: str = key(
        Text(choices=KNOWN_BY),
        "How `known` was found; the file's when absent, else announcement where `known` is given "
        "and effective-day where it is not.",
        default="",
    )
    added: str = key(RELEASE, "The release of the book that first carried the row.", default="")
    basis: str = key(
        Text(choices=BASES),
        "How the numbers and `from` are known: announced by the provider, the model's release, "
        "observed (it held by then, and may have held before), or derived from a published rule. "
        "The file's when absent.",
        default="",
    )
    source: tuple[str, ...] = key(SOURCES, "Keys of the sources table.", default=())
    rates: Mapping[Meter, Decimal] = key(
        RATES,
        "Every meter the model has in this mode, per 1,000,000 tokens or per unit.",
        default={},
    )
    tiers: tuple[TierEntry, ...] = key(
        ListOf(Record(TierEntry)), "Long prompts, smallest threshold first.", default=()
    )
    up_to: int | None = key(
        COUNT, "The longest prompt the rates are for, where longer ones have none.", default=None
    )
    through: date | None = key(
        DATE, "A promotion's last guaranteed day; it may last longer.", default=None
    )
    regions: Mapping[str, Decimal] = key(
        MapOf(PRICE), "What all rates are multiplied by in a region, after tiers.", default={}
    )
    windows: tuple[WindowEntry, ...] = key(
        ListOf(Record(WindowEntry)), "Hours of the week with other rates.", default=()
    )
    minimum: Mapping[Meter, Decimal] = key(
        RATES, "The least quantity of a meter that is billed per request.", default={}
    )
    free: Mapping[Meter, Allowance] = key(
        FREE, "Quantities that are not billed: {web_search: 5000/month}.", default={}
    )
    corrects: RowName | None = key(
        Record(RowName), "The wrong row this one stands in for.", default=None
    )
    cancels: bool = key(
        Flag(), "Calls off the announced row with the same `from`; has no rates.", default=False
    )
    withdrawn: bool = key(
        Flag(), "From this day the model is not offered in this mode; has no rates.", default=False
    )
    disputed: str = key(
        Text(), "Who says otherwise, and what, where sources do not agree.", default=""
    )
    accepted: Mapping[str, str] = key(
        MapOf(Text(), name=Text(choices=tuple(LINTS))),
        "Lints that this row breaks, each with the reason why it is right all the same.",
        default={},
    )
    note: str = key(Text(), "What a reader of the price should know.", default="")

    def check(self) -> Problems:
        """What a row on its own must hold."""
        if self.cancels or self.withdrawn:
            if self.rates or self.tiers:
                word = "cancels" if self.cancels else "is withdrawn"
                yield ("rates",), f"a row that {word} has no rates"
        elif not self.rates:
            yield (), "the key 'rates' is missing"
        if self.through and self.through < self.from_:
            yield ("through",), f"guaranteed through {self.through}, but charged from {self.from_}"
        yield from check_tiers(self)
        yield from check_windows(self)

    @property
    def identity(self) -> tuple[date, date]:
        """The day it takes effect, and the day it was known."""
        return self.from_, self.known or self.from_


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeEntry(RowEntry):
    """What calls cost on some models, in every mode, from one day."""

    models: tuple[str, ...] = key(ListOf(Text()), "The ids of the models whose calls it is for.")

    def check(self) -> Problems:
        """As any row, but calls have no long prompts, hours or places."""
        yield from super(FeeEntry, self).check()
        for name in ("tiers", "windows", "regions", "up_to"):
            if getattr(self, name):
                yield (name,), "a fee for calls has none"
        for meter in self.rates:
            if meter.unit in {"tokens", "token-hours"}:
                yield ("rates", meter.value), f"{meter.value} is priced in the rows of a model"


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceEntry:
    """Why another record of prices says otherwise."""

    peer: str = key(Text(choices=PEERS), "Whose rates differ.", name="with")
    models: tuple[str, ...] = key(ListOf(Text()), "Ids of models; all when absent.", default=())
    modes: tuple[str, ...] = key(ListOf(MODE), "Modes; all when absent.", default=())
    meters: tuple[Meter, ...] = key(ListOf(MeterName()), "Meters; all when absent.", default=())
    theirs: Decimal | None = key(PRICE, "Their rate, where only that is explained.", default=None)
    reason: str = key(Text(), "Why ours is right, or why both are.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkupEntry:
    """A model sold at the prices of another times a factor, in all its modes."""

    of: str = key(Text(pattern="[^/ ]+/.+", means="PROVIDER/MODEL"), "Whose prices: openai/gpt-5.")
    factor: Decimal = key(PRICE, "What every rate is multiplied by: 1.055, or 0.88.")
    from_: date = key(DATE, "The first day it is charged.", name="from", default=date.min)
    known: date | None = key(DATE, "The day it was agreed; `from` when absent.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """A model: what it is, and all prices it ever had."""

    release: date | None = key(DATE, "The first day it could be called.", default=None)
    retirement: date | None = key(DATE, "The day service ends.", default=None)
    context: int | None = key(COUNT, "Tokens a prompt may have.", default=None)
    max_output: int | None = key(COUNT, "Tokens an answer may have.", default=None)
    tokenizer: str = key(Text(), "The family its tokens are counted with.", default="")
    cache_minimum: int | None = key(COUNT, "Tokens under which nothing is cached.", default=None)
    currency: str = key(
        Text(pattern="[A-Z]{3}", means="a currency such as USD"),
        "Where it is not the file's.",
        default="",
    )
    aliases: tuple[str, ...] = key(ListOf(Text()), "Other names that always mean it.", default=())
    billed_as: Mapping[Meter, Meter] = key(
        MapOf(MeterName(), name=MeterName()),
        "Meters billed at another's rate where they have none, beside the file's.",
        default={},
    )
    source: tuple[str, ...] = key(SOURCES, "For rows that do not say.", default=())
    note: str = key(Text(), "What a reader should know about the model.", default="")
    markup: MarkupEntry | None = key(
        Record(MarkupEntry), "Takes the prices of another model, times a factor.", default=None
    )
    prices: Mapping[str, tuple[RowEntry, ...]] = key(
        MapOf(ListOf(Record(RowEntry)), name=MODE), "Rows by mode, oldest first.", default={}
    )

    def check(self) -> Problems:
        """What the rows of a model must hold together."""
        if not self.prices and not self.markup:
            yield (), "the key 'prices' is missing"
        if self.release and self.retirement and self.retirement <= self.release:
            yield ("retirement",), f"retired on {self.retirement}, but released on {self.release}"
        for mode, rows in self.prices.items():
            yield from check_rows(mode, rows, self.prices.get("standard", ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasEntry:
    """What a name meant from a day on."""

    from_: date = key(DATE, "The first day it meant this.", name="from")
    model: str = key(Text(), "The model it meant.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFile:
    """The prices of one provider, with their whole history."""

    provider: str = key(
        Text(pattern="[a-z0-9][a-z0-9_-]*", means="a lower-case word"),
        "The part of a model's name before the slash.",
    )
    title: str = key(Text(), "The provider's name as it writes it.")
    currency: str = key(
        Text(pattern="[A-Z]{3}", means="a currency such as USD"), "What the rates are in."
    )
    added: str = key(RELEASE, "The release that first carried the rows that do not say.")
    basis: str = key(Text(choices=BASES), "For rows that do not say.", default="announced")
    known_by: str = key(Text(choices=KNOWN_BY), "For rows that do not say.", default="")
    source: tuple[str, ...] = key(SOURCES, "For models and rows that do not say.", default=())
    sources: Mapping[str, SourceEntry] = key(
        MapOf(Record(SourceEntry), minimum=1), "Where the prices were read."
    )
    zone: str = key(ZONE, "The time zone in which its days begin.", default="UTC")
    mode_names: Mapping[str, str] = key(
        MapOf(MODE), "Other names of modes: {fast: priority}.", default={}
    )
    billed_as: Mapping[Meter, Meter] = key(
        MapOf(MeterName(), name=MeterName()),
        "Meters billed at another's rate where they have none: {image_input: input}.",
        default={},
    )
    aliases: Mapping[str, tuple[AliasEntry, ...]] = key(
        MapOf(ListOf(Record(AliasEntry))),
        "Names that meant different models over time.",
        default={},
    )
    fees: Mapping[str, tuple[FeeEntry, ...]] = key(
        MapOf(ListOf(Record(FeeEntry))),
        "Prices of calls that models share, by a name of your own: rows, oldest first.",
        default={},
    )
    differences: tuple[DifferenceEntry, ...] = key(
        ListOf(Record(DifferenceEntry)),
        "Why other records of these prices say otherwise, for `prices verify`.",
        default=(),
    )
    models: Mapping[str, ModelEntry] = key(
        MapOf(Record(ModelEntry), minimum=1), "The models, sorted by id."
    )

    def check(self) -> Problems:
        """Sources exist, names are used once, aliases and fees lead somewhere."""
        yield from check_sources(self)
        yield from check_names(self)
        yield from check_fees(self)


PRICE_FILE = Record(PriceFile)


def price_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of a price file, as `pricing/schema.json` holds it."""
    return json_schema(PRICE_FILE, "A costplan price file")


def main() -> None:
    """Print the JSON Schema: `python -m costplan.prices.schema > pricing/schema.json`."""
    sys.stdout.write(json.dumps(price_schema(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
