"""From the text of price files to a price book; every problem of every file told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from costplan.documents import read_document
from costplan.errors import Place, PriceFileError, Problem
from costplan.meters import Meter
from costplan.prices.book import PriceBook
from costplan.prices.hours import Window
from costplan.prices.model import Markup, Model
from costplan.prices.price import FEE, Difference, Price, Tier
from costplan.prices.schema import PRICE_FILE, ModelEntry, PriceFile, RowEntry, SourceEntry
from costplan.schema import INVALID, Reader

_REASONING = {Meter.REASONING: Meter.OUTPUT}
"""Reasoning that is not priced apart is output by another name, everywhere."""


def read_price_files(files: Sequence[tuple[str, bytes]], root: str) -> PriceBook:
    """The price book of some files.

    Args:
        files: the name of each as it should stand in messages, and its content.
        root: what to call the folder they came from.

    Raises:
        PriceFileError: files that cannot be used, with every problem and its place.
    """
    read, problems = _read_all(files)
    if problems:
        raise PriceFileError(problems)
    return _book(read, root)


def read_price_file(data: bytes | str, file: str) -> tuple[PriceFile | None, tuple[Problem, ...]]:
    """Read the text of one price file.

    Args:
        data: its content.
        file: its name as it should stand in messages.

    Returns:
        The file, or None where it cannot be used, and every problem found.
    """
    node, problems = read_document(data, file)
    if node is None:
        return None, problems
    reader = Reader([*problems])
    read = PRICE_FILE.read(node, (), reader)
    usable = read is not INVALID and not reader.problems
    return (read if usable else None), tuple(reader.problems)


def _read_all(files: Sequence[tuple[str, bytes]]) -> tuple[list[PriceFile], list[Problem]]:
    found: list[PriceFile] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for name, content in files:
        read, wrong = read_price_file(content, name)
        problems += wrong
        if read is None:
            continue
        if (other := seen.setdefault(read.provider, name)) != name:
            message = f"{other.rpartition('/')[2]} holds the prices of {read.provider} already"
            problems.append(Problem(Place(name, 1, 1), "provider", message))
        found.append(read)
    return found, problems


def _book(files: list[PriceFile], root: str) -> PriceBook:
    models = [model for file in files for model in _models(file)]
    models.sort(key=lambda model: (model.provider, model.id))
    names = {model.name: model for model in models}
    for model in models:
        names |= {f"{model.provider}/{alias}": model for alias in model.aliases}
    aliases = {
        f"{file.provider}/{alias}": tuple(
            sorted((target.from_, f"{file.provider}/{target.model}") for target in targets)
        )
        for file in files
        for alias, targets in file.aliases.items()
    }
    fees = {file.provider: _fees(file) for file in files if file.fees}
    priced = [rows for model in models for rows in model.prices.values()]
    charged = [rows for named in fees.values() for rows in named.values()]
    releases = {row.added for rows in (*priced, *charged) for row in rows}
    return PriceBook(
        release=max(releases, default=max(file.added for file in files)),
        known_at=None,
        root=root,
        models=tuple(models),
        releases=tuple(sorted(releases)),
        aliases=aliases,
        names=names,
        fees=fees,
        differences=tuple(found for file in files for found in _differences(file)),
    )


def _models(file: PriceFile) -> Iterator[Model]:
    shown = {name: _shown(source) for name, source in file.sources.items()}
    for model_id, entry in file.models.items():
        yield Model(
            provider=file.provider,
            id=model_id,
            aliases=entry.aliases,
            release=entry.release,
            retirement=entry.retirement,
            context=entry.context,
            max_output=entry.max_output,
            tokenizer=entry.tokenizer,
            cache_minimum=entry.cache_minimum,
            currency=entry.currency or file.currency,
            prices={
                mode: tuple(
                    _price(
                        row,
                        file,
                        shown,
                        model=model_id,
                        mode=mode,
                        source=entry.source,
                        currency=entry.currency,
                    )
                    for row in rows
                )
                for mode, rows in entry.prices.items()
            },
            mode_names=file.mode_names,
            billed_as={**_REASONING, **file.billed_as, **entry.billed_as},
            zone=file.zone,
            markup=_markup(entry, file, shown) if entry.markup else None,
            note=entry.note,
        )


def _markup(entry: ModelEntry, file: PriceFile, shown: Mapping[str, str]) -> Markup | None:
    if entry.markup is None:
        return None
    keys = entry.source or file.source
    return Markup(
        of=entry.markup.of,
        factor=entry.markup.factor,
        from_=entry.markup.from_,
        known=entry.markup.known or entry.markup.from_,
        source="; ".join(shown[name] for name in keys),
    )


def _shown(source: SourceEntry) -> str:
    where = f"{source.url}, " if source.url else ""
    return f"{source.title} ({where}observed {source.observed})"


def _fees(file: PriceFile) -> dict[str, tuple[Price, ...]]:
    shown = {name: _shown(source) for name, source in file.sources.items()}
    return {
        name: tuple(
            _price(row, file, shown, model=name, mode=FEE, source=(), models=row.models)
            for row in rows
        )
        for name, rows in file.fees.items()
    }


def _differences(file: PriceFile) -> Iterator[Difference]:
    for entry in file.differences:
        yield Difference(
            provider=file.provider,
            peer=entry.peer,
            models=entry.models,
            modes=entry.modes,
            meters=entry.meters,
            theirs=entry.theirs,
            reason=entry.reason,
        )


def _price(
    row: RowEntry,
    file: PriceFile,
    shown: Mapping[str, str],
    *,
    model: str,
    mode: str,
    source: tuple[str, ...],
    currency: str = "",
    models: tuple[str, ...] = (),
) -> Price:
    """The row with every default filled in, from its model and its file."""
    keys = row.source or source or file.source
    return Price(
        provider=file.provider,
        model=model,
        mode=mode,
        from_=row.from_,
        known=row.known or row.from_,
        known_by=row.known_by
        or file.known_by
        or ("announcement" if row.known else "effective-day"),
        added=row.added or file.added,
        basis=row.basis or file.basis,
        sources=tuple(shown[name] for name in keys),
        source_keys=keys,
        observed=max(file.sources[name].observed for name in keys),
        currency=currency or file.currency,
        rates=row.rates,
        tiers=tuple(
            Tier(tier.threshold, tier.at_least is not None, tier.rates) for tier in row.tiers
        ),
        up_to=row.up_to,
        through=row.through,
        regions=row.regions,
        windows=tuple(
            Window(w.hours, w.days, w.zone or file.zone, w.holidays, w.rates) for w in row.windows
        ),
        minimum=row.minimum,
        free=row.free,
        models=models,
        corrects=row.corrects.identity if row.corrects else None,
        cancels=row.cancels,
        withdrawn=row.withdrawn,
        disputed=row.disputed,
        note=row.note,
    )
