"""`costplan sensitivity FILE`: what moves the total most, and its share of the uncertainty."""

from __future__ import annotations

import argparse
from functools import cache
from typing import Any

from costplan.cli.options import add_book_options, add_output_options, add_plan_options
from costplan.cli.sources import compiled, count_store, given, price_book, scenario_in
from costplan.cli.streams import present, refuse_overwriting
from costplan.errors import ExitCode


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "sensitivity",
        help="what moves the total most: every range from P10 to P90",
        description="Project a scenario with each of its unknowns at P10 and at P90, everything "
        "else averaged, and tell each one's share of the variance of the total.",
    )
    parser.set_defaults(run=run)
    parser.add_argument("file", metavar="FILE", help="a scenario; - is standard input")
    parser.add_argument("--variant", metavar="NAME", help="take that variant of the scenario")
    add_plan_options(parser)
    add_book_options(parser)
    group = parser.add_argument_group("report")
    group.add_argument(
        "--by",
        choices=("model", "workload", "owner", "meter"),
        help="also how far each unknown moves every one of these",
    )
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the tornado."""
    from costplan.decisions.sensitivity import sensitivity
    from costplan.report.sensitivity import (
        EFFECT_FIELDS,
        sensitivity_document,
        sensitivity_page,
        sensitivity_records,
    )

    refuse_overwriting(arguments, arguments.file)
    book = cache(lambda: price_book(arguments))
    scenario = scenario_in(given(arguments.file), book).apply(arguments.variant, arguments.set)
    plan = compiled(scenario, arguments, book(), count_store())
    result = sensitivity(plan, draws=arguments.draws, seed=arguments.seed, by=arguments.by)
    present(
        arguments,
        document=lambda: sensitivity_document(result),
        records=lambda: sensitivity_records(result),
        fields=EFFECT_FIELDS,
        page=lambda: sensitivity_page(result),
        warnings=result.plan.warnings,
    )
    return ExitCode.FINE
