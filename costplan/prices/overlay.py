"""A list of one's own over the shipped book: other models, negotiated rates, a mark-up.

Own rows hold from their first day on, for the models and modes they name; before that day, and for
everything else, the shipped rows hold. A mark-up takes each row of another model times a factor.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from costplan.errors import UnknownModelError
from costplan.prices.book import Markup, Model, PriceBook
from costplan.prices.price import Price


def overlaid(base: PriceBook, own: PriceBook) -> PriceBook:
    """A book with another laid over it, seen from the dates of the first.

    Releases are of the shipped book: own rows are there in each of them.

    Raises:
        UnknownModelError: a mark-up is on a model that neither book holds.
    """
    models = {model.name: model for model in base.models}
    for model in own.models:
        mine = _own_rows(model)
        before = models.get(model.name)
        models[model.name] = _merged(before, mine) if before else mine
    names = {**base.names, **own.names}
    # What the names stand for may have been replaced.
    names = {name: models[model.name] for name, model in names.items()}
    fees = {**base.fees}
    for provider, named in own.fees.items():
        charged = {name: tuple(map(_as_own, rows)) for name, rows in named.items()}
        fees[provider] = {**_without(fees.get(provider, {}), charged), **charged}
    return with_markups(
        dataclasses.replace(
            base,
            models=tuple(sorted(models.values(), key=lambda model: (model.provider, model.id))),
            aliases={**base.aliases, **own.aliases},
            names=names,
            fees=fees,
            differences=(*base.differences, *own.differences),
        )
    )


def with_markups(book: PriceBook, *, missing_ok: bool = False) -> PriceBook:
    """The book with the rows of every mark-up worked out.

    Args:
        book: the book, with models that mark up others.
        missing_ok: leave a model without rows where the one it marks up is not in the book.

    Raises:
        UnknownModelError: a mark-up is on a model that the book does not hold.
    """
    if not any(model.markup for model in book.models):
        return book
    made: dict[str, Model] = {}
    for model in book.models:
        markup = model.markup
        if markup is None or (missing_ok and markup.of not in book.names):
            continue
        if markup.of not in book.names:
            raise UnknownModelError(markup.of, book.names)
        made[model.name] = _resold(model, book.names[markup.of], markup)
    return dataclasses.replace(
        book,
        models=tuple(made.get(model.name, model) for model in book.models),
        names={name: made.get(model.name, model) for name, model in book.names.items()},
    )


def _as_own(row: Price) -> Price:
    return dataclasses.replace(row, overlay=True)


def _own_rows(model: Model) -> Model:
    prices = {mode: tuple(map(_as_own, rows)) for mode, rows in model.prices.items()}
    return dataclasses.replace(model, prices=prices)


def _merged(base: Model, own: Model) -> Model:
    """The facts of a model where the own list does not say, and the rows of both."""
    said = {
        name: getattr(own, name) or getattr(base, name)
        for name in (
            *("release", "retirement", "context", "max_output", "tokenizer", "cache_minimum"),
            *("mode_names", "note"),
        )
    }
    modes = dict.fromkeys([*base.prices, *own.prices])
    return dataclasses.replace(
        own,
        **said,
        aliases=tuple(dict.fromkeys([*base.aliases, *own.aliases])),
        billed_as={**base.billed_as, **own.billed_as},
        zone=base.zone,
        prices={mode: (*base.prices.get(mode, ()), *own.prices.get(mode, ())) for mode in modes},
    )


def _without(
    fees: Mapping[str, tuple[Price, ...]], own: Mapping[str, tuple[Price, ...]]
) -> dict[str, tuple[Price, ...]]:
    """Shipped fees less the models whose calls the own list prices."""
    charged = [row for rows in own.values() for row in rows]
    priced = {(model, meter) for row in charged for model in row.models for meter in row.rates}

    def kept(row: Price) -> Price:
        models = tuple(
            model
            for model in row.models
            if not any((model, meter) in priced for meter in row.rates)
        )
        return row if models == row.models else dataclasses.replace(row, models=models)

    return {name: tuple(map(kept, rows)) for name, rows in fees.items()}


def _resold(model: Model, original: Model, markup: Markup) -> Model:
    """A model at another's prices times a factor; its own rows are added to them."""
    prices = {
        mode: tuple(_marked_up(rows, model, markup)) for mode, rows in original.prices.items()
    }
    for mode, rows in model.prices.items():
        prices[mode] = (*prices.get(mode, ()), *rows)
    said = {
        name: getattr(model, name) or getattr(original, name)
        for name in ("release", "retirement", "context", "max_output", "tokenizer", "cache_minimum")
    }
    return dataclasses.replace(
        model,
        **said,
        currency=original.currency,
        billed_as={**original.billed_as, **model.billed_as},
        mode_names={**original.mode_names, **model.mode_names},
        zone=original.zone,
        prices=prices,
    )


def _marked_up(rows: Iterable[Price], model: Model, markup: Markup) -> Iterator[Price]:
    """Each row times the factor, from the first day of the mark-up on."""
    for row in rows:
        # What was charged on that day goes on being charged from it.
        start = max(row.from_, markup.from_)
        yield dataclasses.replace(
            row.times(markup.factor),
            provider=model.provider,
            model=model.id,
            from_=start,
            known=max(row.known, markup.known),
            basis="derived",
            sources=(
                f"{markup.factor.normalize():f} x {row.provider}/{row.model}: {markup.source}",
                *row.sources,
            ),
            corrects=_shifted(row.corrects, markup) if row.corrects else None,
            overlay=True,
        )


def _shifted(identity: tuple[date, date], markup: Markup) -> tuple[date, date]:
    start, known = identity
    return max(start, markup.from_), max(known, markup.known)
