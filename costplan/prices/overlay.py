"""A list of one's own over the shipped book: other models, negotiated rates, a mark-up.

Own rows hold from their first day on, for the models and modes they name; before that day, and for
everything else, the shipped rows hold. A mark-up takes each row of another model times a factor.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from costplan.errors import Place, PriceFileError, Problem, suggestion
from costplan.prices.book import PriceBook
from costplan.prices.model import FACTS, Markup, Model
from costplan.prices.price import Price

type Fees = Mapping[str, Mapping[str, tuple[Price, ...]]]
"""By provider and name of the fee."""


def overlaid(base: PriceBook, own: PriceBook) -> PriceBook:
    """A book with another laid over it, seen from the dates of the first.

    Releases are of the shipped book: own rows are there in each of them.

    Raises:
        PriceFileError: a name of the own list means something else in the book, or a mark-up is on
            a model that neither holds.
    """
    mark = own.root, f"{own.digest} {[m.markup for m in own.models if m.markup]}"
    if mark in base.own:
        return base
    _check_names(base, own)
    models = {model.name: model for model in base.models}
    for model in own.models:
        mine = _own_rows(model)
        before = models.get(model.name)
        models[model.name] = _merged(before, mine) if before else mine
    names = {**base.names, **own.names}
    # What the names stand for may have been replaced.
    names = {name: models[model.name] for name, model in names.items()}
    return with_markups(
        dataclasses.replace(
            base,
            models=tuple(sorted(models.values(), key=lambda model: (model.provider, model.id))),
            aliases={**base.aliases, **own.aliases},
            names=names,
            fees=_fees(base.fees, own.fees),
            differences=(*base.differences, *own.differences),
            own=(*base.own, mark),
        )
    )


def with_markups(book: PriceBook, *, missing_ok: bool = False) -> PriceBook:
    """The book with the rows of every mark-up worked out, each once.

    Args:
        book: the book, with models that mark up others.
        missing_ok: leave a model without rows where the one it marks up is not in the book.

    Raises:
        PriceFileError: a mark-up is on a model that the book does not hold, or two mark up one
            another.
    """
    waiting = {m.name: m for m in book.models if m.markup and not m.markup.worked_out}
    if not waiting:
        return book
    made: dict[str, Model] = {}

    def resolved(model: Model, asked: tuple[str, ...]) -> Model | None:
        """The model with its rows; None where what it marks up is not there."""
        if model.name not in waiting:
            return model
        if model.name not in made and model.markup is not None:
            of = book.names.get(model.markup.of)
            if of is not None and of.name in asked:
                raise _wrong(book, f"{model.name} and {of.name} mark up one another")
            itself = of is not None and of.name == model.name
            original = of if itself or of is None else resolved(of, (*asked, model.name))
            if original is None and missing_ok:
                return None
            if original is None:
                hint = suggestion(model.markup.of, book.names)
                raise _wrong(book, f"{model.name} marks up {model.markup.of!r}, no model{hint}")
            made[model.name] = _resold(model, original, model.markup)
        return made[model.name]

    for model in waiting.values():
        resolved(model, ())
    return dataclasses.replace(
        book,
        models=tuple(made.get(model.name, model) for model in book.models),
        names={name: made.get(model.name, model) for name, model in book.names.items()},
    )


def _wrong(book: PriceBook, message: str) -> PriceFileError:
    return PriceFileError([Problem(Place(book.root), "", message)])


def _check_names(base: PriceBook, own: PriceBook) -> None:
    """An own name may be new, or mean what it means in the book; nothing else."""
    for name in (*own.names, *own.aliases):
        there, mine = base.names.get(name), own.names.get(name)
        moved = name in base.aliases or (name in own.aliases and there is not None)
        if moved or (there is not None and mine is not None and there.name != mine.name):
            means = there.name if there else base.aliases[name][-1][1]
            raise _wrong(own, f"the name {name} is taken: in the shipped book it is {means}")


def _as_own(row: Price) -> Price:
    """A row that holds before shipped ones, in every release of the book."""
    return dataclasses.replace(row, overlay=True, added="")


def _own_rows(model: Model) -> Model:
    prices = {mode: tuple(map(_as_own, rows)) for mode, rows in model.prices.items()}
    return dataclasses.replace(model, prices=prices)


def _merged(base: Model, own: Model) -> Model:
    """The facts of a model where the own list does not say, and the rows of both."""
    modes = dict.fromkeys([*base.prices, *own.prices])
    return dataclasses.replace(
        own,
        **_facts(own, base),
        note=own.note or base.note,
        aliases=tuple(dict.fromkeys([*base.aliases, *own.aliases])),
        mode_names={**base.mode_names, **own.mode_names},
        billed_as={**base.billed_as, **own.billed_as},
        zone=base.zone,
        prices={mode: (*base.prices.get(mode, ()), *own.prices.get(mode, ())) for mode in modes},
    )


def _facts(own: Model, other: Model) -> dict[str, Any]:
    """What a model is, as its own list says, else as the other's does."""
    return {name: getattr(own, name) or getattr(other, name) for name in FACTS}


def _fees(base: Fees, own: Fees) -> Fees:
    """The fees of both, own rows beside the shipped ones of the same name."""
    found = {provider: dict(named) for provider, named in base.items()}
    for provider, named in own.items():
        into = found.setdefault(provider, {})
        for name, rows in named.items():
            into[name] = (*into.get(name, ()), *map(_as_own, rows))
    return found


def _listed(rows: tuple[Price, ...]) -> tuple[Price, ...]:
    """The list prices among some rows: what the user has negotiated is not passed on."""
    return tuple(row for row in rows if not row.overlay) or rows


def _resold(model: Model, original: Model, markup: Markup) -> Model:
    """A model at another's prices times a factor; its own rows come before them."""
    prices = {
        mode: tuple(row.marked_up(markup.factor, model, markup.source) for row in _listed(rows))
        for mode, rows in original.prices.items()
    }
    for mode, rows in model.prices.items():
        prices[mode] = (*rows, *prices.get(mode, ()))
    return dataclasses.replace(
        model,
        **_facts(model, original),
        currency=original.currency,
        billed_as={**original.billed_as, **model.billed_as},
        mode_names={**original.mode_names, **model.mode_names},
        zone=original.zone,
        markup=dataclasses.replace(markup, worked_out=True),
        prices=prices,
    )
