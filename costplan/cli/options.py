"""Options that several verbs share, and how their values are read."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from costplan.errors import CostplanError

FORMATS = ("table", "json", "csv", "markdown")
LARGEST = Decimal(10) ** 18
"""No quantity on an option is larger: more is a slip of the keyboard."""


def read_with[T](parse: Callable[[str], T]) -> Callable[[str], T]:
    """A reader whose complaint argparse repeats in full."""

    def read(text: str) -> T:
        try:
            return parse(text)
        except (ValueError, CostplanError) as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def whole(text: str, least: int = 0) -> int:
    """A whole number: `12000`, `12,000` or `12k`."""
    number = quantity(text)
    if number != int(number) or number < least:
        raise ValueError(f"expected a whole number, {least} or more, found {text!r}")
    return int(number)


def positive(text: str) -> int:
    """A whole number, 1 or more."""
    return whole(text, 1)


def quantity(text: str) -> Decimal:
    """A quantity of a meter, written as it would be in a scenario."""
    from costplan.quantity import parse_plain

    try:
        number = parse_plain(text)
    except ArithmeticError:
        raise ValueError(f"{text!r} is too large or too small to be meant") from None
    if number > LARGEST:
        raise ValueError(f"expected a number from 0 to {LARGEST:.0e}, found {text!r}")
    return number


def confidence(text: str) -> float:
    """A share between 0 and 1: `0.9`, or `90%`."""
    number = quantity(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 < number < 1:
        raise ValueError(f"expected a share between 0 and 1, such as 0.9, found {text!r}")
    return float(number)


def day(text: str) -> date:
    """A day."""
    from costplan.periods import parse_date

    return parse_date(text)


def month(text: str) -> Any:
    """A `Month`."""
    from costplan.periods import Month

    return Month.parse(text)


def setting(text: str) -> tuple[str, str]:
    """`PATH=VALUE`; a quoted segment of the path may hold an equals sign."""
    inside = False
    for k, letter in enumerate(text):
        inside ^= letter == '"'
        if letter == "=" and not inside and k:
            return text[:k], text[k + 1 :]
    raise ValueError(f"expected PATH=VALUE, such as workloads.chat.batch=30%, found {text!r}")


def words(text: str) -> tuple[str, ...]:
    """Names with commas between them."""
    found = tuple(word.strip() for word in text.split(",") if word.strip())
    if not found:
        raise ValueError("expected a name")
    return found


def add_book_options(parser: argparse.ArgumentParser) -> None:
    """Which prices: `--known-at`, `--release`, `--pricing`."""
    group = parser.add_argument_group("prices")
    group.add_argument(
        "--known-at",
        metavar="DATE",
        type=read_with(day),
        help="use the prices as they were known on that day",
    )
    group.add_argument("--release", metavar="R", help="use that release of the price book")
    add_pricing_option(group)


def add_pricing_option(group: argparse._ActionsContainer) -> None:
    """Where the price files are: `--pricing`."""
    group.add_argument(
        "--pricing",
        metavar="DIR",
        help="lay the price files of that folder over the shipped ones",
    )


def add_plan_options(parser: argparse.ArgumentParser) -> None:
    """What is planned: `--set`, `--months`, `--start`, `--seed`, `--draws`."""
    group = parser.add_argument_group("plan")
    group.add_argument(
        "--set",
        metavar="PATH=VALUE",
        action="append",
        default=[],
        type=read_with(setting),
        help="set one value of the scenario, such as workloads.chat.batch=30%%; may be repeated",
    )
    group.add_argument("--months", metavar="N", type=read_with(positive), help="plan N months")
    group.add_argument(
        "--start", metavar="YYYY-MM", type=read_with(month), help="the first month of the plan"
    )
    group.add_argument(
        "--seed", metavar="N", type=read_with(whole), default=0, help="seed of the draws (0)"
    )
    group.add_argument(
        "--draws", metavar="N", type=read_with(positive), default=4096, help="how many draws (4096)"
    )


def add_vary_options(parser: argparse.ArgumentParser) -> argparse._ActionsContainer:
    """What is varied: `--vary`, `--between`, and what is judged: `--month`."""
    group = parser.add_argument_group("what is varied")
    group.add_argument(
        "--vary",
        metavar="PATH",
        required=True,
        help="one value of the scenario, such as workloads.chat.demand.requests, "
        "assumptions.growth or a model's share in a mix; or a rate, price.PROVIDER/MODEL.output",
    )
    group.add_argument(
        "--between",
        nargs=2,
        metavar=("LOW", "HIGH"),
        help="how far, written as in the scenario (0%% to 100%%, or a hundredth to a hundredfold)",
    )
    group.add_argument(
        "--month", metavar="YYYY-MM", type=read_with(month), help="judge that month's cost only"
    )
    return group


def add_output_options(
    parser: argparse.ArgumentParser, formats: Sequence[str] = FORMATS, default: str = "table"
) -> None:
    """Where the result goes: `--format`, `-o`."""
    group = parser.add_argument_group("output")
    group.add_argument(
        "--format",
        choices=formats,
        help=f"how to print it ({default}; with -o, what the file's name ends in)",
    )
    group.add_argument(
        "-o",  # there is no --output: that is a meter
        dest="destination",
        metavar="FILE",
        help="write to FILE, whole or not at all, instead",
    )
