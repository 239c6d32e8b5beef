"""`costplan prices history` and `diff`: how prices changed, and between which days."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.cli.options import (
    add_book_options,
    add_output_options,
    add_pricing_option,
    day,
    read_with,
)
from costplan.cli.sources import book_seen_from, check_provider, price_book, today
from costplan.cli.streams import present
from costplan.errors import (
    ExitCode,
    UnknownModelError,
    UnknownNameError,
    UsageError,
)

if TYPE_CHECKING:
    from costplan.prices.differences import View

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_RELEASE = re.compile(r"\d{4}\.\d{2}\.\d{2}(\.[1-9])?")
SIDE = "DATE|RELEASE|DIR"
SIDES = """\
Each side is a day (2026-08-01: the prices as known at the end of it), a release of the price book
(2026.11.21), or a folder with price files."""


def add_to(inner: Any) -> None:
    """Add the verbs to those of `prices`."""
    _add_history(inner)
    _add_diff(inner)


def _add_history(inner: Any) -> None:
    parser = inner.add_parser(
        "history", help="every price of a model over time: when known, when charged, what became"
    )
    parser.set_defaults(run=run_history)
    parser.add_argument("model", metavar="PROVIDER/MODEL")
    parser.add_argument("--mode", metavar="M", help="only that mode, or fee for calls")
    parser.add_argument(
        "--meter", metavar="M", action="append", default=[], help="only that meter; may be repeated"
    )
    parser.add_argument(
        "--at",
        metavar="DATE",
        type=read_with(day),
        help="the day that parts past from scheduled (default: --known-at, else today)",
    )
    add_book_options(parser)
    add_output_options(parser)


def _add_diff(inner: Any) -> None:
    parser = inner.add_parser(
        "diff",
        help="what differs between two days, releases or folders of prices",
        description=f"Say what differs between two sides.\n\n{SIDES}",
    )
    parser.set_defaults(run=run_diff)
    parser.add_argument("before", metavar="A", help=SIDE)
    parser.add_argument("after", metavar="B", help=SIDE)
    parser.add_argument("--provider", metavar="P", help="only models of that provider")
    parser.add_argument("--model", metavar="PROVIDER/MODEL", help="only that model")
    parser.add_argument(
        "--at",
        metavar="DATE",
        type=read_with(day),
        help="compare what is in force on that day (default: each day its own; today for others)",
    )
    add_pricing_option(parser)
    add_output_options(parser)


def run_history(arguments: argparse.Namespace) -> int:
    """Print the history of a model."""
    from costplan.meters import Meter
    from costplan.prices.histories import history_of
    from costplan.report.price_history import (
        TIMELINE_FIELDS,
        history_document,
        history_page,
        history_records,
    )

    meters = [name.replace("-", "_") for name in arguments.meter]
    for name in meters:
        if name not in Meter:
            raise UnknownNameError("meter", name, map(str, Meter))
    history = history_of(
        price_book(arguments),
        arguments.model,
        arguments.at or arguments.known_at or today(),
        mode=arguments.mode,
        meters=meters,
    )
    present(
        arguments,
        document=lambda: history_document(history),
        records=lambda: history_records(history),
        fields=TIMELINE_FIELDS,
        page=lambda: history_page(history),
    )
    return ExitCode.FINE


def run_diff(arguments: argparse.Namespace) -> int:
    """Print what differs."""
    from costplan.prices.differences import differences, narrowed
    from costplan.report.price_changes import CHANGE_FIELDS, changes_document, changes_page

    sides = sides_of((arguments.before, arguments.after), arguments)
    if arguments.at:
        sides = [replace(side, at=arguments.at) for side in sides]
    _check_named(arguments, sides)
    chosen = [narrowed(s, provider=arguments.provider, model=arguments.model) for s in sides]
    changes = differences(*chosen)
    present(
        arguments,
        document=lambda: changes_document(changes),
        records=lambda: changes_document(changes),
        fields=CHANGE_FIELDS,
        page=lambda: changes_page(chosen[0], chosen[1], changes),
    )
    return ExitCode.FINE


def sides_of(texts: Sequence[str], arguments: argparse.Namespace) -> list[View]:
    """The two sides, each a day, a release or a folder.

    Raises:
        UsageError: one is none of these, or the days are in the wrong order.
        UnknownNameError: there is no such release.
        PriceFileError: the files of a folder cannot be used.
    """
    sides = [_side(text, arguments) for text in texts]
    if all(side.is_day for side in sides):
        if sides[0].at > sides[1].at:
            earlier, later = sides[1].label, sides[0].label
            raise UsageError(f"{later} is after {earlier}; write the earlier day first")
        return sides
    # What is in force is compared on one day, unless both sides are days themselves.
    return [replace(side, at=today(), is_day=False) for side in sides]


def _side(text: str, arguments: argparse.Namespace) -> View:
    from costplan.prices import load_price_book, with_own
    from costplan.prices.checksums import FILE as CHECKSUMS
    from costplan.prices.differences import View

    if _DAY.fullmatch(text):
        try:
            known_at = day(text)
        except ValueError as error:
            raise UsageError(str(error)) from None
        book = book_seen_from(arguments, known_at=known_at)
        return View(text, book, known_at, is_day=True)
    if _RELEASE.fullmatch(text):
        book = book_seen_from(arguments, release=text)
        return View(text, book, today())
    if not Path(text).is_dir():
        raise UsageError(
            f"{text!r} is no side to compare: expected a day such as 2026-08-01, a release of the "
            f"price book such as 2026.11.21, or a folder with price files"
        )
    whole = (Path(text) / CHECKSUMS).is_file()
    book = load_price_book(text) if whole else with_own(book_seen_from(arguments), text)
    return View(text, book, today())


def _check_named(arguments: argparse.Namespace, sides: Sequence[View]) -> None:
    """What the result is narrowed to is on one of the sides.

    Raises:
        UnknownNameError: there is no such provider.
        UnknownModelError: there is no such model.
    """
    check_provider(arguments.provider, *(side.book for side in sides))
    names = {name for side in sides for name in (*side.book.names, *side.book.aliases)}
    if arguments.model is not None and arguments.model not in names:
        raise UnknownModelError(arguments.model, names)
