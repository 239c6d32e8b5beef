"""`costplan goal FILE --vary PATH`: how far a value may go before a budget breaks."""

from __future__ import annotations

import argparse
from functools import cache
from typing import TYPE_CHECKING, Any

from costplan.cli.options import (
    add_book_options,
    add_output_options,
    add_plan_options,
    add_vary_options,
    confidence,
    read_with,
)
from costplan.cli.sources import count_store, given, price_book, projecting, scenario_in
from costplan.cli.streams import present, refuse_overwriting
from costplan.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from costplan.scenario.kinds import Money


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "goal",
        help="how many requests fit the budget, which growth breaks it",
        description="Vary one value of a scenario and find how far it may go before the first "
        "budget breaks.",
    )
    parser.set_defaults(run=run)
    parser.add_argument("file", metavar="FILE", help="a scenario; - is standard input")
    parser.add_argument("--variant", metavar="NAME", help="take that variant of the scenario")
    group = add_vary_options(parser)
    group.add_argument(
        "--budget",
        metavar="AMOUNT",
        type=read_with(_money),
        help="of the month of --month, else of the whole plan (the budgets of the scenario)",
    )
    group.add_argument(
        "--confidence",
        metavar="SHARE",
        type=read_with(confidence),
        help="judge the cost that this share of draws stays under (0.9: P90) instead of the "
        "expected cost",
    )
    add_plan_options(parser)
    add_book_options(parser)
    add_output_options(parser)


def _money(text: str) -> Money:
    from costplan.scenario.kinds import parse_money

    return parse_money(text)


def run(arguments: argparse.Namespace) -> int:
    """Print what fits."""
    from costplan.decisions.goal import Aim, goal
    from costplan.report.goal import GOAL_FIELDS, goal_document, goal_page, goal_records

    refuse_overwriting(arguments, arguments.file)
    book = cache(lambda: price_book(arguments))
    scenario = scenario_in(given(arguments.file), book).apply(arguments.variant, arguments.set)
    budget = arguments.budget
    if budget and budget.currency and budget.currency != scenario.currency:
        raise UsageError(f"the plan is in {scenario.currency}, --budget in {budget.currency}")
    result = goal(
        scenario,
        projecting(arguments, book(), count_store()),
        arguments.vary,
        Aim(budget.amount if budget else None, arguments.month, arguments.confidence),
        between=arguments.between or (),
        draws=arguments.draws,
    )
    present(
        arguments,
        document=lambda: goal_document(result),
        records=lambda: goal_records(result),
        fields=GOAL_FIELDS,
        page=lambda: goal_page(result),
        warnings=result.now.warnings,
    )
    return ExitCode.FINE
