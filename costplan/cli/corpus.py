"""What `costplan tokens` reads and counts, from its arguments to a count of each path and model."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from costplan.cli.progress import reading_bar
from costplan.cli.sources import book_seen_from, count_store, today
from costplan.cli.streams import STDIN, STDIN_NAME, note
from costplan.errors import ExitCode, Place, Problem, UsageError
from costplan.prices import PriceBook
from costplan.prices.input_cost import input_cost
from costplan.report.counts import PathCount
from costplan.tokens import TokenCount
from costplan.tokens.corpus import (
    Document,
    Reading,
    Source,
    Tally,
    Workers,
    count_corpus,
    count_requests,
    find_sources,
    read_documents,
)

_SMALL = 1_000_000
"""Characters of a batch whose counts are remembered between runs."""
_FEW = 1_000
"""Texts of it."""
_TOLD = 10
"""Records of one source that are told; of more, how many there are."""
_ALIKE = 3
"""Of these, those with which the same is wrong."""


class Heard:
    """What was wrong with records, told as it comes, a few of each source."""

    def __init__(self) -> None:
        self._of_source: Counter[str] = Counter()
        self._replaced: Counter[str] = Counter()
        self._alike: Counter[tuple[str, str]] = Counter()
        self._told: Counter[str] = Counter()

    def tell(self, problem: Problem) -> None:
        """Hear of one record."""
        name = STDIN_NAME if problem.place.file == STDIN else problem.place.file
        kind = self._of_source if problem.exit_code else self._replaced
        kind[name] += 1
        first = kind[name] == 1 and len(kind) <= _TOLD
        if self._worth_telling(name, problem) if problem.exit_code else first:
            place = Place(name, problem.place.line, problem.place.column)
            note(str(Problem(place, problem.path, problem.message)))

    def _worth_telling(self, name: str, problem: Problem) -> bool:
        self._alike[name, problem.message] += 1
        worth = self._told[name] < _TOLD and self._alike[name, problem.message] <= _ALIKE
        self._told[name] += worth
        return worth

    def failed(self, source: str) -> bool:
        """Whether any record of a source could not be read."""
        return self._of_source[STDIN_NAME if source == STDIN else source] > 0

    def finish(self) -> ExitCode:
        """Say how many there were."""
        for name, number in list(self._replaced.items())[:_TOLD]:
            if number > 1:
                note(f"{name}: so do those in {_number(number - 1, 'line')}")
        if len(self._replaced) > _TOLD:
            note(f"so do those in {_number(len(self._replaced) - _TOLD, 'file')}")
        for name, number in self._of_source.items():
            if number > 1:
                note(f"{name}: left out {number:,} records that cannot be read")
        return ExitCode.INVALID if self._of_source.total() else ExitCode.FINE


def _number(more: int, what: str) -> str:
    return f"1 more {what}" if more == 1 else f"{more:,} more {what}s"


def counted(arguments: argparse.Namespace, heard: Heard) -> list[PathCount]:
    """The tokens of every path on every model, and what they cost on the day asked for.

    Raises:
        UsageError: a path is no text, or a column is not there.
        UnknownModelError: the book does not hold a model.
        OSError: a path cannot be read.
    """
    reading = Reading(arguments.field, arguments.lines, arguments.request)
    paths = arguments.paths or [STDIN]
    sources, left_out = find_sources(paths, reading)  # a missing file is told before a wrong model
    book = book_seen_from(arguments)
    for name in arguments.model or ():
        book.model(name)  # a misspelt model is an error, not a guess
    for line in left_out:
        note(line)
    typed = sys.stdin.isatty() and any(source.name == STDIN for source in sources)
    if typed:
        note("reading what is typed; Ctrl-D in a new line ends it")
    sizes = [source.size for source in sources]
    size = sum(size or 0 for size in sizes) if None not in sizes else 0
    with reading_bar(size, quiet=arguments.quiet or typed) as advance:
        documents = _documents(sources, reading, heard, advance)
        tallies = {(t.source, t.model): t for t in _tallied(documents, arguments, book, heard)}
    for source in sources:  # one without documents has no tokens; one that failed has no row
        for name in () if heard.failed(source.name) else arguments.model or ():
            tallies.setdefault((source.name, name), Tally(source.name, name))
    day = arguments.at or today()
    return [
        PathCount(tally, input_cost(tally.sizes, _name_in_book(tally.model, book), book, day))
        for tally in tallies.values()
    ]


def _documents(
    sources: Sequence[Source], reading: Reading, heard: Heard, advance: Callable[[int], None]
) -> Iterator[Document]:
    for source in sources:
        yield from read_documents(
            source, reading, heard.tell, standard_input=sys.stdin.buffer, advance=advance
        )


def _tallied(
    documents: Iterator[Document], arguments: argparse.Namespace, book: PriceBook, heard: Heard
) -> list[Tally]:
    if arguments.request:
        with _request_counter(arguments, book) as count:
            return count_requests(documents, arguments.model or (), count, heard.tell)
    with _text_counter(arguments) as count_texts:
        return count_corpus(documents, arguments.model, count_texts)


@contextmanager
def _text_counter(
    arguments: argparse.Namespace,
) -> Iterator[Callable[[Sequence[str], str], list[TokenCount]]]:
    """What counts a batch of texts: a few are remembered between runs, many use all cores."""
    store = count_store()
    if arguments.online:
        from costplan.cli.online import online_counter

        with online_counter(arguments.model, text=store.count) as counter:
            yield lambda texts, model: [counter.count_text(text, model) for text in texts]
        return
    with Workers(os.cpu_count() or 1) as workers:

        def count(texts: Sequence[str], model: str) -> list[TokenCount]:
            few = len(texts) <= _FEW and sum(map(len, texts)) <= _SMALL
            return store.count_many(texts, model) if few else workers.count(texts, model)

        yield count


@contextmanager
def _request_counter(
    arguments: argparse.Namespace, book: PriceBook
) -> Iterator[Callable[[Mapping[str, Any], str], TokenCount]]:
    from costplan.cli.online import corrections_of, online_counter
    from costplan.tokens.requests import count_request

    @cache
    def corrections(model: str) -> Mapping[str, int]:
        known = book.names.get(_name_in_book(model, book))
        found = corrections_of(known.name) if known else {}
        if found:
            note(f"{model}: counted with the constants that costplan calibrate measured")
        return found

    def offline(body: Mapping[str, Any], model: str) -> TokenCount:
        return count_request(body, model=model or None, corrections=corrections(model))

    if not arguments.online:
        yield offline
        return
    if not arguments.model:
        raise UsageError("--online asks one provider: say which with --model PROVIDER/MODEL")
    with online_counter(arguments.model, request=offline) as counter:
        yield counter.count_request


def _name_in_book(model: str, book: PriceBook) -> str:
    """The name in the book of a model that a request names as its provider does."""
    if model in book.names:
        return model
    makers = ("openai", "anthropic", "google", "mistral", "deepseek", "xai", "cohere", "bedrock")
    bare = re.sub(r"^models/|-v\d+(:\d+)?$", "", model)  # of Gemini; of Bedrock
    found = (f"{maker}/{bare}" for maker in makers if f"{maker}/{bare}" in book.names)
    return next(found, model)
