"""`costplan serve`: the interface in a browser, on this machine alone."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from typing import Any

from costplan.cli.interface import DEFAULT, only_scenario, option_words
from costplan.cli.options import add_book_options, add_plan_options, positive, read_with
from costplan.cli.sources import given, price_book
from costplan.cli.streams import STDIN
from costplan.errors import ExitCode, UsageError

PORT = 8000
_DESCRIPTION = """\
Offer the interface to a browser on this machine, at 127.0.0.1 and an address
that only you are told; each visitor has a process of its own. Nothing is loaded
from the internet, and nothing is sent there. Files are opened and written on
this machine, with your rights: keep the address to yourself."""


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "serve",
        help="open the interface in a browser (pip install 'costplan[serve]')",
        description=_DESCRIPTION,
    )
    parser.set_defaults(run=run)
    parser.add_argument("file", metavar="FILE", nargs="?", help="a scenario")
    parser.add_argument("--variant", metavar="NAME", help="show that variant first")
    parser.add_argument(
        "--port",
        metavar="N",
        type=read_with(positive),
        default=PORT,
        help=f"of the address ({PORT})",
    )
    add_plan_options(parser)
    add_book_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    arguments.file = arguments.file or only_scenario() or DEFAULT
    if arguments.file == STDIN:
        raise UsageError("the interface cannot be served from standard input; name a file")
    if arguments.port > 65_535:
        raise UsageError(f"expected a port from 1 to 65535, found {arguments.port}")
    given(arguments.file)  # what is wrong with the words is told here, not to each visitor
    price_book(arguments)
    try:
        from costplan.cli.web_server import serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0].startswith("costplan"):
            raise
        raise UsageError(
            "a browser needs one more package; run: pip install 'costplan[serve]'"
        ) from None
    serve(shell_command(arguments), arguments.port, title=f"costplan: {arguments.file}")
    return ExitCode.FINE


def shell_command(arguments: argparse.Namespace) -> str:
    """What runs for each visitor: `costplan open` with the same options."""
    return shlex.join(_opened(arguments))


def _opened(arguments: argparse.Namespace) -> Iterator[str]:
    yield from (sys.executable, "-m", "costplan", "open")
    for path, value in arguments.set:
        yield from ("--set", f"{path}={value}")
    for name in ("variant", "months", "start"):
        value = getattr(arguments, name)
        if value is not None:
            yield f"--{name}={value}"
    yield from option_words(arguments)
    yield from ("--", arguments.file)
