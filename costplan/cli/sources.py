"""From what the arguments name to scenarios, price books and remembered counts."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.cli.streams import STDIN, STDIN_NAME, note, read_stdin
from costplan.errors import UnknownNameError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from costplan.engine.projection import Projection
    from costplan.memory import Memory
    from costplan.planning import CompiledPlan
    from costplan.prices import PriceBook
    from costplan.scenario import Scenario
    from costplan.tokens import CountStore


def today() -> date:
    """The day it is, in UTC as prices change; nothing below the command line asks the clock."""
    return datetime.now(UTC).date()


def price_book(arguments: argparse.Namespace) -> PriceBook:
    """The book that `--pricing`, `--release` and `--known-at` name."""
    return book_seen_from(arguments, known_at=arguments.known_at, release=arguments.release)


def book_seen_from(
    arguments: argparse.Namespace, *, known_at: date | None = None, release: str | None = None
) -> PriceBook:
    """The shipped book with that of `--pricing` laid over it, seen from other dates."""
    from costplan.prices import default_book, with_own

    book = default_book().pinned(known_at=known_at, release=release)
    return with_own(book, arguments.pricing) if arguments.pricing else book


def check_provider(name: str | None, *books: PriceBook) -> None:
    """A provider that a list is narrowed to is one of a book.

    Raises:
        UnknownNameError: it is in none of them; names the nearest.
    """
    providers = set().union(*(book.providers for book in books))
    if name is not None and name not in providers:
        raise UnknownNameError("provider", name, providers)


@dataclass(frozen=True, slots=True)
class Given:
    """A file named on the command line, read once; or standard input."""

    name: str
    """As it stands in messages."""
    content: bytes
    folder: Path | Traversable
    """What the files it names are relative to."""


def given(name: str) -> Given:
    """What is meant by a name: a file, an example that ships (with a note), or standard input.

    Raises:
        UnknownNameError: there is no such file.
        OSError: it cannot be read.
    """
    if name == STDIN:
        return Given(STDIN_NAME, read_stdin(), Path())
    from costplan.resources import shipped
    from costplan.scenario import find_scenario

    found, said = find_scenario(name)
    if said:
        note(said)
    # A `Traversable` does not know its folder, but only the examples can be one.
    folder = found.parent if isinstance(found, Path) else shipped("scenarios")
    return Given(str(found), found.read_bytes(), folder)


def scenario_in(file: Given, book: Callable[[], PriceBook]) -> Scenario:
    """The scenario in a file.

    Where it cannot be read, the models in it that the book does not hold are told as well.
    """
    from costplan.errors import ScenarioError
    from costplan.scenario import read_scenario

    try:
        return read_scenario(file.content, file.name, file.folder)
    except ScenarioError as error:
        from costplan.planning import with_unknown_models

        raise with_unknown_models(error, file.content, file.name, book()) from None


def projected(
    scenario: Scenario, arguments: argparse.Namespace, book: PriceBook, counts: CountStore
) -> Projection:
    """The projection that the plan options ask for."""
    return projecting(arguments, book, counts)(scenario, draws=arguments.draws)


def projecting(
    arguments: argparse.Namespace, book: PriceBook, counts: CountStore
) -> Callable[..., Projection]:
    """`costplan.project` at the prices, horizon and seed that the plan options ask for."""
    from costplan.planning import project

    return partial(
        project,
        book=book,
        months=arguments.months,
        start=arguments.start,
        seed=arguments.seed,
        counts=counts,
        memory=memory(),
    )


def compiled(
    scenario: Scenario, arguments: argparse.Namespace, book: PriceBook, counts: CountStore
) -> CompiledPlan:
    """The scenario over the months that the plan options ask for, to be projected often."""
    from costplan.planning import adjusted, compile_plan

    asked = adjusted(scenario, None, arguments.months, arguments.start)
    return compile_plan(asked, book, counts=counts, memory=memory())


def count_store() -> CountStore:
    """Token counts remembered by content; only for this run where no folder is for caches."""
    from costplan.memory import cache_folder
    from costplan.tokens import CountStore

    folder = cache_folder()
    return CountStore(folder / "counts.txt" if folder else None)


def memory() -> Memory:
    """What is slow to work out, remembered between runs in the folder for caches."""
    from costplan.memory import Memory, cache_folder

    return Memory(cache_folder())
