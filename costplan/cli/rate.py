"""`costplan rate`: the price of a known usage, line by line."""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.cli.options import add_book_options, add_output_options, quantity, read_with, whole
from costplan.cli.sources import price_book, today
from costplan.cli.streams import STDIN, STDIN_NAME, note, present, read_stdin
from costplan.errors import ExitCode, UsageError
from costplan.meters import Meter, Usage

if TYPE_CHECKING:
    from costplan.prices import Bill, Model, PriceBook


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
    parser.add_argument(
        "--explain", action="store_true", help="tell the rule, row and source of each line"
    )
    group = parser.add_argument_group(
        "usage of one request", "One option for each meter, or what the provider returned."
    )
    group.add_argument(
        "--usage",
        metavar="FILE",
        help="the usage object of a response as JSON, or the whole response; - is standard input",
    )
    group.add_argument(
        "--provider", metavar="P", help="who returned it (default: the provider of the model)"
    )
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

    book = price_book(arguments)
    usage, moment = _usage(arguments, book)
    bill = rate(
        usage,
        arguments.model,
        at=arguments.at or moment or today(),
        mode=arguments.mode,
        region=arguments.region,
        book=book,
        requests=arguments.requests,
    )
    _present(bill, arguments)
    return ExitCode.FINE


def _usage(arguments: argparse.Namespace, book: PriceBook) -> tuple[Usage, datetime | None]:
    """The quantities of the options, or those of the file that a provider returned.

    Returns:
        The usage, and the moment of the call where the response tells it.
    """
    given = {meter: getattr(arguments, _destination(meter)) for meter in Meter}
    quantities = {meter: number for meter, number in given.items() if number is not None}
    if arguments.usage is None:
        if arguments.provider is not None:
            raise UsageError("--provider says who returned the file of --usage; give that too")
        if not quantities:
            raise UsageError(
                "there is nothing to rate: give a meter, such as --input 500 --output 300, or what "
                "the provider returned, with --usage FILE"
            )
        return Usage(quantities), None
    if quantities:
        raise UsageError("--usage FILE holds the quantities; leave out the options for meters")
    from costplan.prices import default_book
    from costplan.responses import usage_from_response

    provider = arguments.provider or arguments.model.partition("/")[0]
    if arguments.provider is None and provider not in default_book().providers:
        raise UsageError(
            f"{provider} is a list of your own: say who answered, as --provider openai"
        )
    response = _response(arguments.usage)
    usage = usage_from_response(provider, response)
    _check_model(response, provider, book.model(arguments.model), book)
    moment = None if arguments.at is not None else _answered(response)
    if moment is not None:
        note(f"priced at the moment of the response, {moment:%Y-%m-%dT%H:%MZ}; --at says another")
    return usage, moment


def _answered(response: Any) -> datetime | None:
    """The moment a response says it was made, as OpenAI does in seconds since 1970."""
    created = response.get("created", response.get("created_at"))
    if isinstance(created, bool) or not isinstance(created, int | float):
        return None
    with suppress(ValueError, OverflowError, OSError):  # no seconds: a moment that no clock shows
        return datetime.fromtimestamp(created, UTC)
    return None


def _check_model(response: Any, provider: str, asked: Model, book: PriceBook) -> None:
    """A response of another model is not rated as if it were of the one asked for.

    Raises:
        UsageError: it says so.
    """
    said = response.get("model")
    if not isinstance(said, str):
        return
    answered = book.names.get(f"{provider}/{said}")
    of_provider = asked.provider == provider  # a reseller's model has another name there
    if answered is not None and of_provider and answered is not asked:
        raise UsageError(
            f"the response is of {answered.name}, and --model asks for {asked.name}; rate it as "
            f"--model {answered.name}"
        )


def _response(name: str) -> Any:
    """The JSON in a file, or on standard input.

    Raises:
        UsageError: it is none; says where it stops being JSON.
        OSError: the file cannot be read.
    """
    content = read_stdin() if name == STDIN else Path(name).read_bytes()
    shown = STDIN_NAME if name == STDIN else name
    try:
        return json.loads(content)
    except UnicodeDecodeError:
        raise UsageError(f"{shown}: expected JSON in UTF-8") from None
    except json.JSONDecodeError as error:
        if not content.strip():
            raise UsageError(f"{shown}: is empty; expected the usage of a response") from None
        if error.msg == "Extra data":
            raise UsageError(f"{shown}: holds several; give one response at a time") from None
        raise UsageError(
            f"{shown}:{error.lineno}:{error.colno}: expected the usage of a response as JSON: "
            f"{error.msg}"
        ) from None
    except (RecursionError, ValueError) as error:
        raise UsageError(f"{shown}: no usage of a response: {error}") from None


def _destination(meter: Meter) -> str:
    return f"meter_{meter.value}"


def _present(bill: Bill, arguments: argparse.Namespace) -> None:
    from costplan.report.bill import BILL_FIELDS, bill_document, bill_page, bill_records

    present(
        arguments,
        document=lambda: bill_document(bill),
        records=lambda: bill_records(bill),
        fields=BILL_FIELDS,
        page=lambda: bill_page(bill, explained=arguments.explain),
        warnings=bill.warnings,
    )
