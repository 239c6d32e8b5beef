"""From a folder of price files to a price book; every problem of every file told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from costplan.documents import read_document
from costplan.errors import Place, PriceFileError, Problem
from costplan.prices.book import Model, PriceBook
from costplan.prices.price import Price, Tier, plain_amounts
from costplan.prices.schema import PRICE_FILE, ModelEntry, PriceFile, RowEntry, SourceEntry
from costplan.resources import shipped
from costplan.schema import INVALID, Reader


def load_price_book(
    root: Path | str | Traversable | None = None,
    *,
    known_at: date | None = None,
    release: str | None = None,
) -> PriceBook:
    """Read a folder of price files.

    Args:
        root: the folder with one YAML file per provider; None for the one shipped.
        known_at: leave out what was not public on that day.
        release: leave out what the book did not hold in that release; None for the latest.

    Raises:
        PriceFileError: files that cannot be used, with every problem and its place.
        UnknownNameError: there is no such release; names those there are.
    """
    if root is None:
        root = shipped("pricing")
    folder = Path(root) if isinstance(root, str) else root
    files, problems = _read_folder(folder)
    if problems:
        raise PriceFileError(problems)
    return _book(files, str(folder)).pinned(known_at=known_at, release=release)


@lru_cache(maxsize=1)
def default_book() -> PriceBook:
    """The shipped price book, read once: it does not change while costplan runs."""
    return load_price_book()


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


def _read_folder(folder: Traversable) -> tuple[list[PriceFile], list[Problem]]:
    if not folder.is_dir():
        return [], [Problem(Place(str(folder)), "", "there is no such folder of price files")]
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    found = [entry for entry in entries if entry.name.endswith((".yaml", ".yml"))]
    if not found:
        message = "no price files here: expected one YAML file per provider"
        return [], [Problem(Place(str(folder)), "", message)]
    files: list[PriceFile] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for entry in found:
        read, wrong = read_price_file(entry.read_bytes(), str(entry))
        problems += wrong
        if read is None:
            continue
        if (other := seen.setdefault(read.provider, entry.name)) != entry.name:
            message = f"{other} holds the prices of {read.provider} already"
            problems.append(Problem(Place(str(entry), 1, 1), "provider", message))
        files.append(read)
    return files, problems


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
