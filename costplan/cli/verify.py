"""`costplan prices verify` and `prices import`: the book against what others say."""

from __future__ import annotations

import argparse
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.cli.options import (
    add_book_options,
    add_output_options,
    add_plan_options,
    day,
    read_with,
)
from costplan.cli.sources import (
    check_provider,
    count_store,
    given,
    price_book,
    projected,
    scenario_in,
    today,
)
from costplan.cli.streams import chosen_format, deliver, note, present
from costplan.errors import ExitCode, UsageError
from costplan.prices.price import PEERS

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from costplan.decisions.trust import Trust
    from costplan.prices import PriceBook
    from costplan.prices.peers import Peer


def add_to(inner: Any) -> None:
    """Add both verbs to those of `prices`."""
    verify = inner.add_parser(
        "verify",
        help="compare the book with the installed data of genai-prices and litellm",
        description="Compare the book, rate by rate, with the installed data of genai-prices and "
        "litellm (pip install 'costplan[prices]'): what agrees, what differs and why, what only "
        "one side has. With a scenario: how much of its cost rests on rows that are disputed, "
        "estimated or stale.",
    )
    verify.set_defaults(run=run_verify)
    verify.add_argument(
        "file", metavar="SCENARIO", nargs="?", help="say how far its plan can be trusted"
    )
    verify.add_argument("--variant", metavar="NAME", help="of the scenario")
    verify.add_argument(
        "--against",
        choices=PEERS,
        action="append",
        help="compare with this one only; may be repeated (default: all that are installed)",
    )
    verify.add_argument("--provider", metavar="P", help="only models of that provider")
    verify.add_argument(
        "--at", metavar="DATE", type=read_with(day), help="the day of use (default: today)"
    )
    add_plan_options(verify)
    add_book_options(verify)
    add_output_options(verify)
    _add_import(inner)


def _add_import(inner: Any) -> None:
    parser = inner.add_parser(
        "import",
        help="propose rows for models, from the installed data of others",
        description="Print what another record of prices has and the book has not, as a change of "
        "the price files to be reviewed (git apply reads it). Nothing is changed.",
    )
    parser.set_defaults(run=run_import)
    parser.add_argument("models", metavar="PROVIDER/MODEL", nargs="+", help="new or known models")
    parser.add_argument(
        "--from", dest="peer", choices=PEERS, required=True, help="where to read the prices"
    )
    parser.add_argument(
        "--at", metavar="DATE", type=read_with(day), help="the day it was looked at (today)"
    )
    add_book_options(parser)
    group = parser.add_argument_group("output")
    group.add_argument(
        "-o",
        dest="destination",
        metavar="FILE",
        help="write the change to FILE, whole or not at all, instead",
    )


def run_verify(arguments: argparse.Namespace) -> int:
    """Print how the book compares; 0 whatever was found."""
    from costplan.prices.verification import verify
    from costplan.report.verification import ENTRY_FIELDS, VerificationReport

    if arguments.variant is not None and arguments.file is None:
        raise UsageError("--variant names a variant of a scenario; give the scenario too")
    book = price_book(arguments)
    check_provider(arguments.provider, book)
    shown = book.providers if arguments.provider is None else {arguments.provider}
    at = arguments.at or today()
    peers = _installed(arguments.against, needed=arguments.file is None)
    verification = verify(book, peers, at=at, provider=arguments.provider)
    trust, currency = None, "USD"
    if arguments.file is not None:
        trust, currency, models = _trusted(arguments, book, peers, at)
        verification = verification.of_models(models)
        if chosen_format(arguments) == "csv":
            note("what the plan rests on is not in CSV: see the table, --format json or markdown")
    report = VerificationReport(
        verification=verification,
        left_out={
            peer.name: sum(name.partition("/")[0] in shown for name in peer.left_out)
            for peer in peers
        },
        trust=trust,
        currency=currency,
        names=arguments.provider is not None,
    )
    present(
        arguments,
        document=report.document,
        records=report.records,
        fields=ENTRY_FIELDS,
        page=report.page,
    )
    return ExitCode.FINE


def _installed(named: list[str] | None, *, needed: bool) -> list[Peer]:
    """The peers that were named, or all there are; one that is missing is said.

    Of a plan it can be said without any what is estimated, stale, or disputed by its own row.
    """
    from costplan.prices.peers import installed_peer

    if named:
        return [installed_peer(name) for name in dict.fromkeys(named)]
    found: list[Peer] = []
    for name in PEERS:
        try:
            found.append(installed_peer(name))
        except UsageError as error:
            note(f"note: {error}")
    if not found and needed:
        raise UsageError("there is nothing to compare with; run: pip install 'costplan[prices]'")
    return found


def _trusted(
    arguments: argparse.Namespace, book: PriceBook, peers: list[Peer], at: date
) -> tuple[Trust, str, set[str]]:
    """How far the plan of the scenario can be trusted, its currency, and the models it pays."""
    from costplan.decisions.trust import price_days, trust
    from costplan.prices import with_own_files
    from costplan.prices.verification import verify

    scenario = scenario_in(given(arguments.file), cache(lambda: book))
    chosen = scenario.apply(arguments.variant, arguments.set)
    book = with_own_files(book, chosen.price_files)
    projection = projected(chosen, arguments, book, count_store())
    # A plan pays prices that are not in force yet; each is compared on the day it begins.
    later = [peer.announced(at) for peer in peers]
    compared = [
        verify(book, later if other > at else peers, at=other)
        for other in price_days(projection, at)
    ]
    paid = {item.model for item in projection.line_items}
    models = {book.names[name].name for name in paid if name in book.names}
    return trust(projection, book, compared, at=at), projection.currency, models


def run_import(arguments: argparse.Namespace) -> int:
    """Print the change that would add what a peer has."""
    from costplan.prices.peers import installed_peer
    from costplan.prices.proposing import difference, propose

    peer = installed_peer(arguments.peer)
    book = price_book(arguments)
    at: date = arguments.at or today()
    folder = _price_folder(arguments)
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for name in dict.fromkeys(arguments.models):
        provider = name.partition("/")[0]
        if provider not in after:
            after[provider] = before[provider] = _price_text(folder, provider, book)
        proposal = propose(peer, book, name, after[provider], day=at)
        after[provider] = proposal.after
        for said in proposal.notes:
            note(f"{name}: {said}")
        if proposal.after == proposal.before:
            note(f"{name}: the book has all that {peer.name} {peer.version} says of it")
    diffs = (
        difference(before[provider], text, f"{folder.name}/{provider}.yaml")
        for provider, text in after.items()
    )
    deliver("".join(diffs), arguments)
    return ExitCode.FINE


def _price_folder(arguments: argparse.Namespace) -> Path | Traversable:
    from costplan.resources import shipped

    return shipped("pricing") if arguments.pricing is None else Path(arguments.pricing)


def _price_text(folder: Path | Traversable, provider: str, book: PriceBook) -> str:
    """The price file of a provider; empty for one that the book does not have."""
    file = next((f for f in folder.iterdir() if f.name == f"{provider}.yaml"), None)
    if file is not None:
        return file.read_text(encoding="utf-8")
    if provider in book.providers:
        raise UsageError(f"the prices of {provider} are not in a file named {provider}.yaml")
    return ""
