"""What is nearly always a mistake in a price: slipped digits, swapped rates, missing tiers.

A lint is not a rule of the format: a price that breaks one may be right. Its row then says so under
`accepted`, with the reason. Files are checked together, because one compares providers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from costplan.documents import join_path, place_of, read_document
from costplan.errors import Place, Problem, suggestion
from costplan.meters import Meter
from costplan.prices.book import PriceBook
from costplan.prices.kinds import LINTS
from costplan.prices.schema import ModelEntry, PriceFile, RowEntry
from costplan.schema import KeyPath

type Rates = Mapping[Meter, Decimal]
type Found = Iterator[tuple[str, KeyPath, str]]
"""A lint's code, where below the row, and what is wrong."""

_ROUNDING = Decimal("0.01")
"""How far from a half a published batch rate may be rounded."""
_APART = Decimal("1.5")


@dataclass(frozen=True, slots=True)
class Row:
    """A row and where it stands."""

    file: PriceFile
    model: str
    mode: str
    index: int
    entry: RowEntry

    @property
    def path(self) -> KeyPath:
        """The keys that lead to it."""
        return ("models", self.model, "prices", self.mode, str(self.index))

    @property
    def before(self) -> RowEntry | None:
        """The row before it with rates; None for the first."""
        rows = self.file.models[self.model].prices[self.mode][: self.index]
        return next((row for row in reversed(rows) if row.rates), None)

    @property
    def standard(self) -> RowEntry | None:
        """The standard row in force on its first day, as far as the order of the file tells."""
        model = self.file.models[self.model]
        rows = [row for row in model.prices.get("standard", ()) if row.rates]
        return next((row for row in reversed(rows) if row.from_ <= self.entry.from_), None)


def lint(files: Sequence[tuple[str, bytes, PriceFile]]) -> tuple[Problem, ...]:
    """Everything in some price files that is probably wrong and not accepted, with its place.

    An acceptance that nothing needs is told too.

    Args:
        files: the name of each as it should stand in messages, its content, and what was read.
    """
    apart = _far_apart([file for _, _, file in files])
    problems: list[Problem] = []
    for name, content, file in files:
        root, _ = read_document(content, name)
        for row in _rows(file):
            found = [*_in_row(row), *apart.get((file.provider, row.path), ())]
            accepted = row.entry.accepted
            told = [((*row.path, *at), says) for code, at, says in found if code not in accepted]
            needless = set(accepted) - {code for code, _, _ in found}
            # Whether it costs as much elsewhere, one file cannot tell.
            needless -= {"far-from-other-host"} if len(files) == 1 else set()
            told += [
                ((*row.path, "accepted", code), f"nothing here needs it: {LINTS[code]}")
                for code in sorted(needless)
            ]
            problems += (
                Problem(place_of(root, path) or Place(name), join_path(path), says)
                for path, says in told
            )
    return tuple(sorted(problems))


def strangers(
    name: str, content: bytes, file: PriceFile, book: PriceBook
) -> Iterator[tuple[Problem, bool]]:
    """Names of an own list that are nearly names of the book: meant, or misspelt?

    Args:
        name: of the file, for messages.
        content: what it holds.
        file: what was read of it.
        book: the shipped book.

    Returns:
        A problem for each, and whether it is certain: a mark-up of nothing is.
    """
    root, _ = read_document(content, name)
    providers = book.providers
    own = {f"{file.provider}/{model_id}" for model_id in file.models}

    def told(path: KeyPath, says: str) -> Problem:
        return Problem(place_of(root, path) or Place(name), join_path(path), says)

    known = file.provider in providers
    near = "" if known else suggestion(file.provider, providers, all_below=0)
    if near:
        says = f"no provider {file.provider!r} in the shipped book{near}"
        yield told(("provider",), f"{says} One of your own is priced by this list alone."), False
    for model_id, model in file.models.items():
        full, at = f"{file.provider}/{model_id}", ("models", model_id)
        if known and full not in book.names and full not in book.aliases:
            near = suggestion(full, book.names, all_below=0)
            if near:
                says = f"no model {full!r} in the shipped book{near}"
                yield told(at, f"{says} One of your own is priced by this list alone."), False
        if model.markup and model.markup.of not in {*book.names, *own}:
            hint = suggestion(model.markup.of, {*book.names, *own})
            path = (*at, "markup", "of")
            yield told(path, f"no model {model.markup.of!r}{hint}"), True


def _rows(file: PriceFile) -> Iterator[Row]:
    for model_id, model in file.models.items():
        for mode, rows in model.prices.items():
            for k, entry in enumerate(rows):
                if entry.rates:
                    yield Row(file, model_id, mode, k, entry)


def _in_row(row: Row) -> Found:
    for at, rates in _rate_tables(row.entry):
        yield from _within(rates, at)
    for k, tier in enumerate(row.entry.tiers):
        for meter, rate in tier.rates.items():
            if rate < row.entry.rates.get(meter, rate):
                at = ("tiers", str(k), "rates", meter.value)
                yield _told("tier-under-base", at, f"{rate} for long prompts")
    end = row.file.models[row.model].retirement
    if end is not None and row.entry.from_ >= end:
        yield _told("after-retirement", ("from",), f"{row.entry.from_}, and it retired on {end}")
    yield from _against_standard(row)
    yield from _against_the_row_before(row)
    yield from _against_output(row)


def _rate_tables(row: RowEntry) -> Iterator[tuple[KeyPath, Rates]]:
    yield ("rates",), row.rates
    for k, tier in enumerate(row.tiers):
        yield ("tiers", str(k), "rates"), tier.rates
    for k, window in enumerate(row.windows):
        yield ("windows", str(k), "rates"), window.rates


def _within(rates: Rates, at: KeyPath) -> Found:
    fresh, written = rates.get(Meter.INPUT), rates.get(Meter.OUTPUT)
    read, hour = rates.get(Meter.CACHE_READ), rates.get(Meter.CACHE_WRITE_1H)
    if fresh is not None and read is not None and read > fresh:
        path = (*at, Meter.CACHE_READ.value)
        yield _told("cache-read-over-input", path, f"{read}, and {fresh} without")
    if fresh is not None and written is not None and written < fresh:
        path = (*at, Meter.OUTPUT.value)
        yield _told("output-under-input", path, f"{written}, and {fresh} to read")
    if fresh is not None and hour is not None and abs(hour - 2 * fresh) > fresh * _ROUNDING:
        path = (*at, Meter.CACHE_WRITE_1H.value)
        yield _told("write-1h-not-double", path, f"{hour}, and {fresh} to read")


def _against_standard(row: Row) -> Found:
    standard = row.standard
    if standard is None:
        return
    if row.mode in {"priority", "fast", "ultrafast"}:
        for meter, rate in row.entry.rates.items():
            if rate < standard.rates.get(meter, rate):
                at = ("rates", meter.value)
                whole = standard.rates[meter]
                yield _told("priority-under-standard", at, f"{rate}, and {whole} in standard mode")
    if row.mode != "batch":
        return
    for meter in (Meter.INPUT, Meter.OUTPUT):
        mine, half_of = row.entry.rates.get(meter), standard.rates.get(meter)
        if mine is not None and half_of and not _is_half(mine, half_of):
            at = ("rates", meter.value)
            yield _told("batch-not-half", at, f"{mine}, and {half_of} in standard mode")


def _against_output(row: Row) -> Found:
    thought, written = row.entry.rates.get(Meter.REASONING), row.entry.rates.get(Meter.OUTPUT)
    if thought is not None and written is not None and thought != written:
        at = ("rates", Meter.REASONING.value)
        yield _told("reasoning-apart", at, f"{thought}, and {written} for the answer")


def _is_half(mine: Decimal, whole: Decimal) -> bool:
    """Whether a rate is half of another, as rounded to the digits it was published with."""
    exponent = mine.as_tuple().exponent
    last_digit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return abs(mine - whole / 2) <= max(last_digit / 2, whole * _ROUNDING)


def _against_the_row_before(row: Row) -> Found:
    before = row.before
    for meter, rate in row.entry.rates.items():
        old = before.rates.get(meter) if before else None
        if old and rate and max(rate / old, old / rate) in {10, 100, 1000}:
            yield _told("ratio-of-ten", ("rates", meter.value), f"{rate} after {old}")


def _told(code: str, at: KeyPath, numbers: str) -> tuple[str, KeyPath, str]:
    return code, at, f"{LINTS[code]}: {numbers}; where that is right, accept {code!r} with a reason"


def _far_apart(
    files: Sequence[PriceFile],
) -> dict[tuple[str, KeyPath], list[tuple[str, KeyPath, str]]]:
    """The last standard rows of models that cost much more, or less, than elsewhere."""
    sold: dict[str, list[tuple[Row, Rates]]] = {}
    for file in files:
        for model_id, model in file.models.items():
            last = _last(model)
            if last is not None:
                row = Row(file, model_id, "standard", *last)
                sold.setdefault(_bare(model_id), []).append((row, row.entry.rates))
    found: dict[tuple[str, KeyPath], list[tuple[str, KeyPath, str]]] = {}
    for offers in sold.values():
        for meter in (Meter.INPUT, Meter.OUTPUT):
            prices = [rates[meter] for _, rates in offers if rates.get(meter)]
            middle = median(prices) if len(prices) > 1 else Decimal(0)
            for row, rates in offers:
                mine = rates.get(meter)
                if mine and middle and max(mine / middle, middle / mine) > _APART:
                    others = " ".join(f"{o.file.provider} {r.get(meter)}" for o, r in offers)
                    told = _told("far-from-other-host", ("rates", meter.value), others)
                    found.setdefault((row.file.provider, row.path), []).append(told)
    return found


def _last(model: ModelEntry) -> tuple[int, RowEntry] | None:
    """The last row of the standard mode with rates, while the model is still sold."""
    rows = model.prices.get("standard", ())
    if model.retirement is not None and model.retirement <= max(
        (row.from_ for row in rows), default=date.max
    ):
        return None
    found = [(k, row) for k, row in enumerate(rows) if row.rates]
    return found[-1] if found else None


def _bare(model_id: str) -> str:
    """The model's own name, without host and maker: `openai/gpt-oss-20b`, `openai.gpt-oss-20b`."""
    name = model_id.rpartition("/")[2].casefold()
    maker, dot, rest = name.partition(".")
    return rest if dot and maker.isalpha() else name
