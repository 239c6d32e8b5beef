"""`costplan rate`: the price of a known usage, line by line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from costplan.cli.options import add_book_options, add_output_options, quantity, read_with, whole
from costplan.cli.sources import price_book, today
from costplan.cli.streams import present
from costplan.errors import ExitCode, UsageError
from costplan.meters import Meter, Usage

if TYPE_CHECKING:
    from costplan.prices import Bill


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "rate",
        help="what a known usage costs on a day",
        description="Put a price on the usage of one request, times a number of requests.",
    )
    parser.set_defaults(run=run)
    parser.add_argument("--model", metavar="PROVIDER/MODEL", required=True)
    parser.add_argument(
        "--at", metavar="DATE|TIMESTAMP", help="the day of use, in UTC (default: today)"
    )
    parser.add_argument(
        "--requests", metavar="N", type=read_with(whole), default=1, help="how many such requests"
    )
    parser.add_argument("--mode", help="standard, batch, flex, priority ... (standard)")
    parser.add_argument("--region", help="where it is served, for models with regional prices")
    group = parser.add_argument_group("usage of one request")
    for meter in Meter:
        group.add_argument(
            f"--{meter.value.replace('_', '-')}",
            dest=_destination(meter),
            metavar="N",
            type=read_with(quantity),
            help=meter.unit,
        )
    add_book_options(parser)
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the bill."""
    from costplan.prices import rate

    given = {meter: getattr(arguments, _destination(meter)) for meter in Meter}
    usage = Usage({meter: number for meter, number in given.items() if number is not None})
    if not usage:
        raise UsageError("there is nothing to rate: give a meter, such as --input 500 --output 300")
    bill = rate(
        usage,
        arguments.model,
        at=arguments.at or today(),
        mode=arguments.mode,
        region=arguments.region,
        book=price_book(arguments),
        requests=arguments.requests,
    )
    _present(bill, arguments)
    return ExitCode.FINE


def _destination(meter: Meter) -> str:
    return f"meter_{meter.value}"


def _present(bill: Bill, arguments: argparse.Namespace) -> None:
    from costplan.report.bill import BILL_FIELDS, bill_document, bill_page, bill_records

    present(
        arguments,
        document=lambda: bill_document(bill),
        records=lambda: bill_records(bill),
        fields=BILL_FIELDS,
        page=lambda: bill_page(bill),
        warnings=bill.warnings,
    )
