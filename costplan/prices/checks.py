"""What rows, models and names of a price file must hold together, beyond each value by itself.

Each check yields the path below the record it is given, and what is wrong there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from costplan.errors import suggestion
from costplan.meters import Meter
from costplan.schema import KeyPath

if TYPE_CHECKING:
    from costplan.prices.schema import PriceFile, RowEntry

type Problems = Iterator[tuple[KeyPath, str]]


def check_tiers(row: RowEntry) -> Problems:
    """Thresholds rise, and a tier prices exactly the tokens the row prices."""
    tokens = {meter for meter in row.rates if meter.unit == "tokens"}
    before = 0
    for k, tier in enumerate(row.tiers):
        if tier.threshold <= before:
            yield ("tiers", str(k)), "tiers go from the smallest threshold to the largest"
        before = tier.threshold
        for meter in sorted(tokens ^ set(tier.rates)):
            lacking, having = ("tier", "row") if meter in tokens else ("row", "tier")
            at = ("tiers", str(k), "rates")
            yield at, f"the {lacking} has no {meter.value}, but the {having} has"


def check_windows(row: RowEntry) -> Problems:
    """A window prices exactly the tokens the row prices, and a row has windows or tiers."""
    tokens = {meter for meter in row.rates if meter.unit == "tokens"}
    if row.windows and row.tiers:
        yield ("windows",), "a row has tiers or windows, not both"
    for k, window in enumerate(row.windows):
        for meter in sorted(tokens ^ set(window.rates)):
            lacking, having = ("window", "row") if meter in tokens else ("row", "window")
            at = ("windows", str(k), "rates")
            yield at, f"the {lacking} has no {meter.value}, but the {having} has"
    for name in ("minimum", "free"):
        for meter in getattr(row, name):
            if meter not in row.rates:
                yield (name, meter.value), f"the row has no rate for {meter.value}"


def check_rows(mode: str, rows: Iterable[RowEntry], standard: Iterable[RowEntry]) -> Problems:
    """The rows of a mode are complete, follow one another, and name rows that are there."""
    priced = {meter for row in standard for meter in row.rates}
    seen: list[RowEntry] = []
    for k, row in enumerate(rows):
        at = ("prices", mode, str(k))
        for meter in sorted(({Meter.INPUT, Meter.OUTPUT} & priced) - set(row.rates)):
            if row.rates:
                yield (*at, "rates"), f"no {meter.value} rate, but the standard mode has one"
        for key, message in _check_order(row, seen):
            yield (*at, *key), message
        seen.append(row)


def _check_order(row: RowEntry, seen: list[RowEntry]) -> Problems:
    others = {other.identity for other in seen if not other.cancels}
    start, known = row.identity
    corrected = row.corrects.identity if row.corrects else None
    if row.cancels:
        if not any(other[0] == start and other[1] <= known for other in others):
            yield ("from",), f"cancels no row: none before it in this list is from {start}"
    elif row.identity in others and row.identity != corrected:
        yield (), f"a row from {start} known {known} stands in this list already"
    if corrected and corrected not in others:
        named = f"from {corrected[0]} known {corrected[1]}"
        yield ("corrects",), f"corrects no row: none before it in this list is {named}"
    if seen and row.identity < seen[-1].identity and not row.corrects:
        yield ("from",), f"rows go from the oldest to the newest; {seen[-1].from_} is before this"


def check_fees(file: PriceFile) -> Problems:
    """The rows of a fee follow one another, are for models of the file, and price calls once."""
    priced: dict[tuple[str, Meter], str] = {}
    for name, rows in file.fees.items():
        seen: list[RowEntry] = []
        for k, row in enumerate(rows):
            at: KeyPath = ("fees", name, str(k))
            for key, message in _check_order(row, seen):
                yield (*at, *key), message
            seen.append(row)
            for n, model in enumerate(row.models):
                if model not in file.models:
                    hint = suggestion(model, file.models)
                    yield (*at, "models", str(n)), f"no model {model!r} in this file{hint}"
                for meter in row.rates:
                    other = priced.setdefault((model, meter), name)
                    if other != name:
                        yield at, f"the fee {other!r} prices {meter.value} of {model} already"


def check_sources(file: PriceFile) -> Problems:
    """Every row has a source, and every source that is named is in the table."""
    yield from _check_keys(("source",), file.source, file)
    for model_id, model in file.models.items():
        at: KeyPath = ("models", model_id)
        yield from _check_keys((*at, "source"), model.source, file)
        for mode, rows in model.prices.items():
            for k, row in enumerate(rows):
                here = (*at, "prices", mode, str(k))
                yield from _check_keys((*here, "source"), row.source, file)
                if not (row.source or model.source or file.source):
                    yield here, "the key 'source' is missing, here and above"

    for name, fees in file.fees.items():
        for k, fee in enumerate(fees):
            yield from _check_keys(("fees", name, str(k), "source"), fee.source, file)


def _check_keys(at: KeyPath, names: Iterable[str], file: PriceFile) -> Problems:
    for name in names:
        if name not in file.sources:
            yield at, f"no source {name!r} in this file{suggestion(name, file.sources)}"


def check_names(file: PriceFile) -> Problems:
    """A name means one model, and a name that changed its meaning leads to models of the file."""
    taken = dict.fromkeys(file.models, "a model's id")
    for model_id, model in file.models.items():
        for name in model.aliases:
            if name in taken:
                at = ("models", model_id, "aliases")
                yield at, f"the name {name!r} is taken: it is {taken[name]}"
            taken.setdefault(name, f"an alias of {model_id}")
    for name, targets in file.aliases.items():
        if name in taken:
            yield ("aliases", name), f"the name {name!r} is taken: it is {taken[name]}"
        for k, target in enumerate(targets):
            if target.model not in file.models:
                hint = suggestion(target.model, file.models)
                message = f"no model {target.model!r} in this file{hint}"
                yield ("aliases", name, str(k), "model"), message
