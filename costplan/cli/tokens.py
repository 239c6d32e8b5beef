"""`costplan tokens`: how many tokens a text is on each model."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.cli.options import add_output_options, add_pricing_option, read_with, words
from costplan.cli.sources import book_seen_from, count_store
from costplan.cli.streams import STDIN, STDIN_NAME, present, read_stdin, refuse_overwriting
from costplan.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from costplan.report.counts import PathCount


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "tokens",
        help="count the tokens of texts on models",
        description="Count the tokens of text files, offline. Without a path, standard input.",
    )
    parser.set_defaults(run=run)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a text; - is standard input")
    parser.add_argument(
        "--model",
        metavar="M[,M...]",
        required=True,
        type=read_with(words),
        help="provider/model, one or more with commas between them",
    )
    add_pricing_option(parser)
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the counts."""
    from costplan.report.counts import COUNT_FIELDS, count_documents, count_page

    paths = arguments.paths or [STDIN]
    refuse_overwriting(arguments, *paths)
    counts = list(_counts(paths, arguments))
    present(
        arguments,
        document=lambda: count_documents(counts),
        records=lambda: count_documents(counts),
        fields=COUNT_FIELDS,
        page=lambda: count_page(counts),
    )
    return ExitCode.FINE


def _counts(paths: list[str], arguments: argparse.Namespace) -> Iterator[PathCount]:
    from costplan.report.counts import PathCount

    texts = {path: _text(path) for path in paths}  # a missing file is told before a wrong model
    book = book_seen_from(arguments)
    for name in arguments.model:
        book.model(name)  # a misspelt model is an error, not a guess
    store = count_store()
    for path, text in texts.items():
        for model in arguments.model:
            yield PathCount(model, path, store.count(text, model))


def _text(path: str) -> str:
    content = read_stdin() if path == STDIN else Path(path).read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        name = STDIN_NAME if path == STDIN else path
        raise UsageError(f"{name}: not text in UTF-8, at byte {error.start}") from None
