"""Models by what a person types of their names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from costplan.errors import suggestion
from costplan.prices.book import PriceBook
from costplan.prices.model import Model


def find_models(
    book: PriceBook, typed: str, *, first: Collection[str] = (), at: date | None = None
) -> tuple[Model, ...]:
    """The models whose name, or another name they have, holds every word that was typed.

    Those that hold the words one after another come before those that hold them anywhere, and
    before these the model of that id, its maker before those who host it.

    Args:
        book: the prices.
        typed: words with spaces between them, in any order and case; nothing finds every model.
        first: `provider/id` of models that come before the others.
        at: those that have retired by this day come last; None leaves them where they are.
    """
    words = typed.casefold().split()
    called = _also_called(book)
    found = [model for model in book.models if _is_meant(words, model, called.get(model.name, ()))]
    together = "-".join(words)

    def order(model: Model) -> tuple[bool, bool, bool, date]:
        gone = at is not None and model.retirement is not None and model.retirement <= at
        # Many hosts sell a model under one id; its maker sold it first.
        since = first_price(model) if model.id == together else date.max
        return model.name not in first, gone, together not in model.name, since

    return tuple(sorted(found, key=order))


def first_price(model: Model) -> date:
    """The first day it had a price; the end of time where it never had one."""
    rows = model.prices.values()
    return min((row.from_ for listed in rows for row in listed), default=date.max)


def nearest(book: PriceBook, typed: str) -> str:
    """The end of a sentence about a name that finds nothing: `; did you mean 'x'?`, or nothing."""
    words = typed.split()
    names = [model.name for model in book.models]
    guess = suggestion(" ".join(words), names, all_below=0)
    return guess or suggestion("-".join(words), [model.id for model in book.models], all_below=0)


def meant(book: PriceBook, names: Iterable[str]) -> frozenset[str]:
    """Every model, `provider/id`, that any of the names stands for on some day; others fall away.

    Args:
        book: the prices.
        names: `provider/id` or `provider/alias`, as a scenario writes them.
    """
    found: set[str] = set()
    for name in names:
        found.update(target for _, target in book.aliases.get(name, ()))
        if name in book.names:
            found.add(book.names[name].name)
    return frozenset(found)


def _also_called(book: PriceBook) -> Mapping[str, list[str]]:
    called: dict[str, list[str]] = {}
    for alias, targets in book.aliases.items():
        for _, target in targets:
            called.setdefault(target, []).append(alias)
    return called


def _is_meant(words: Collection[str], model: Model, called: Iterable[str]) -> bool:
    names = [model.name, *(f"{model.provider}/{alias}" for alias in model.aliases), *called]
    return any(all(word in name.casefold() for word in words) for name in names)
