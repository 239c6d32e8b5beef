"""From the text of price files to a price book; every problem of every file told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from costplan.documents import read_document
from costplan.errors import Place, PriceFileError, Problem
from costplan.prices.book import Model, PriceBook
from costplan.prices.price import Price, Tier, plain_amounts
from costplan.prices.schema import PRICE_FILE, ModelEntry, PriceFile, RowEntry, SourceEntry
from costplan.schema import INVALID, Reader


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
    releases = {row.added for model in models for rows in model.prices.values() for row in rows}
    return PriceBook(
        release=max(releases),
        known_at=None,
        root=root,
        models=tuple(models),
        releases=tuple(sorted(releases)),
        aliases=aliases,
        names=names,
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
                    _price(row, entry, file, model=model_id, mode=mode, shown=shown) for row in rows
                )
                for mode, rows in entry.prices.items()
            },
            mode_names=file.mode_names,
            note=entry.note,
        )


def _shown(source: SourceEntry) -> str:
    where = f"{source.url}, " if source.url else ""
    return f"{source.title} ({where}observed {source.observed})"


def _price(
    row: RowEntry,
    entry: ModelEntry,
    file: PriceFile,
    *,
    model: str,
    mode: str,
    shown: Mapping[str, str],
) -> Price:
    """The row with every default filled in, from its model and its file."""
    keys = row.source or entry.source or file.source
    unrated = {"windows": row.windows, "minimum": row.minimum, "free": row.free}
    return Price(
        provider=file.provider,
        model=model,
        mode=mode,
        from_=row.from_,
        known=row.known or row.from_,
        known_by=row.known_by or ("announcement" if row.known else "effective-day"),
        added=row.added or file.added,
        basis=row.basis,
        source="; ".join(shown[name] for name in keys),
        source_keys=keys,
        currency=entry.currency or file.currency,
        rates=row.rates,
        tiers=tuple(
            Tier(tier.threshold, tier.at_least is not None, tier.rates) for tier in row.tiers
        ),
        up_to=row.up_to,
        through=row.through,
        regions=row.regions,
        unrated=tuple(name for name, condition in unrated.items() if condition),
        conditions=_canonical_conditions(row),
        corrects=row.corrects.identity if row.corrects else None,
        cancels=row.cancels,
        withdrawn=row.withdrawn,
        note=row.note,
    )


def _canonical_conditions(row: RowEntry) -> str:
    """Hours, minimums and allowances as text for the digest, however the file orders them."""
    parts = [
        f"{','.join(w.hours)} {','.join(w.days)} {w.zone} {w.holidays} {plain_amounts(w.rates)}"
        for w in row.windows
    ]
    parts += [f"minimum {plain_amounts(row.minimum)}"] if row.minimum else []
    parts += [f"free {plain_amounts(row.free)}"] if row.free else []
    return "; ".join(parts)
