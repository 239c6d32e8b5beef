"""`costplan prices`: what the price book says."""

from __future__ import annotations

import argparse
from typing import Any

from costplan.cli import price_changes, price_impact, verify
from costplan.cli.options import add_book_options, add_output_options, day, read_with
from costplan.cli.sources import check_provider, price_book, today
from costplan.cli.streams import present
from costplan.errors import ExitCode


def add_to(commands: Any) -> None:
    """Add the verb and its own verbs."""
    parser = commands.add_parser(
        "prices", help="the price book: every model, its history, and what changed"
    )
    inner = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=type(parser)
    )
    listing = inner.add_parser("list", help="every model with its rates on a day")
    listing.set_defaults(run=run_list)
    listing.add_argument(
        "--at", metavar="DATE", type=read_with(day), help="the day of use (default: today)"
    )
    listing.add_argument("--provider", metavar="P", help="only models of that provider")
    show = inner.add_parser("show", help="one model and every row of its prices")
    show.set_defaults(run=run_show)
    show.add_argument("model", metavar="PROVIDER/MODEL")
    for each in (listing, show):
        add_book_options(each)
        add_output_options(each)
    price_changes.add_to(inner)
    price_impact.add_to(inner)
    verify.add_to(inner)


def run_list(arguments: argparse.Namespace) -> int:
    """Print every model with its rates."""
    from costplan.report.prices import LIST_FIELDS, price_list

    book = price_book(arguments)
    check_provider(arguments.provider, book)
    listed = price_list(book, arguments.at or today(), arguments.provider)
    present(
        arguments,
        document=listed.document,
        records=listed.records,
        fields=LIST_FIELDS,
        page=listed.page,
    )
    return ExitCode.FINE


def run_show(arguments: argparse.Namespace) -> int:
    """Print one model and every row of its prices."""
    from costplan.report.prices import (
        HISTORY_FIELDS,
        model_document,
        model_page,
        model_records,
    )

    book = price_book(arguments)
    model = book.model(arguments.model)
    present(
        arguments,
        document=lambda: model_document(book, model),
        records=lambda: model_records(book, model),
        fields=HISTORY_FIELDS,
        page=lambda: model_page(book, model),
    )
    return ExitCode.FINE
