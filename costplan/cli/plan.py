"""`costplan plan FILE`: the spend of a scenario, month by month."""

from __future__ import annotations

import argparse
from functools import cache
from typing import TYPE_CHECKING, Any

from costplan.cli.options import (
    add_book_options,
    add_output_options,
    add_plan_options,
    confidence,
    read_with,
)
from costplan.cli.sources import compiled, count_store, given, price_book, projected, scenario_in
from costplan.cli.streams import (
    chosen_format,
    has_colour,
    note,
    present,
    refuse_overwriting,
    width,
)
from costplan.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from costplan.engine.projection import Projection
    from costplan.planning import CompiledPlan

_MOST_BREACHES = 12


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "plan",
        help="spend of a scenario by month, model and workload",
        description="Project what a scenario will cost, with its range, against its budget.",
    )
    parser.set_defaults(run=run)
    parser.add_argument("file", metavar="FILE", help="a scenario; - is standard input")
    parser.add_argument("--variant", metavar="NAME", help="plan that variant of the scenario")
    add_plan_options(parser)
    add_book_options(parser)
    group = parser.add_argument_group("report")
    group.add_argument(
        "--by", choices=("model", "workload", "owner", "meter"), help="the one breakdown to show"
    )
    group.add_argument("--period", choices=("month", "quarter", "year"), default="month")
    group.add_argument("--chart", action="store_true", help="draw the periods above the tables")
    group.add_argument(
        "--explain",
        metavar="NAME",
        nargs="*",
        help="say what a figure is made of and why it differs from the month before: of a month, "
        "model, workload, meter or owner, or several together; without a name, of the whole plan",
    )
    group.add_argument(
        "--check-budget", action="store_true", help="end with exit code 1 when over budget"
    )
    group.add_argument(
        "--confidence",
        metavar="SHARE",
        type=read_with(confidence),
        help="with --check-budget: judge the cost that this share of draws stays under (0.9: P90) "
        "instead of the expected cost",
    )
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan; 1 when its budget is checked and does not hold."""
    if arguments.chart and chosen_format(arguments) != "table":
        raise UsageError("--chart draws above tables; leave out --format, or ask for table")
    if arguments.confidence is not None and not arguments.check_budget:
        raise UsageError("--confidence says how sure --check-budget must be; give both")
    if arguments.explain is not None and (arguments.by or arguments.chart):
        raise UsageError("--explain tells of one figure; leave out --by and --chart")
    refuse_overwriting(arguments, arguments.file)
    book = cache(lambda: price_book(arguments))
    scenario = scenario_in(given(arguments.file), book).apply(arguments.variant, arguments.set)
    if arguments.explain is None:
        projection = projected(scenario, arguments, book(), count_store())
        _present(projection, arguments)
    else:
        plan = compiled(scenario, arguments, book(), count_store())
        projection = plan.project(draws=arguments.draws, seed=arguments.seed)
        _explain(plan, projection, arguments)
    return _checked(projection, arguments) if arguments.check_budget else ExitCode.FINE


def _present(projection: Projection, arguments: argparse.Namespace) -> None:
    from costplan.report.document import LINE_ITEM_FIELDS, line_items, plan_document
    from costplan.report.plan import plan_page

    present(
        arguments,
        document=lambda: plan_document(projection),
        records=lambda: line_items(projection),
        fields=LINE_ITEM_FIELDS,
        page=lambda: plan_page(
            projection,
            by=arguments.by,
            period=arguments.period,
            chart=_chart(projection, arguments) if arguments.chart else "",
        ),
        warnings=projection.warnings,
    )


def _explain(plan: CompiledPlan, projection: Projection, arguments: argparse.Namespace) -> None:
    from costplan.decisions.explanation import explain
    from costplan.decisions.parts import part_named
    from costplan.report.explain import (
        EXPLANATION_FIELDS,
        explanation_document,
        explanation_page,
        explanation_records,
    )

    explanation = explain(projection, part_named(projection, arguments.explain), plan)
    present(
        arguments,
        document=lambda: explanation_document(explanation),
        records=lambda: explanation_records(explanation),
        fields=EXPLANATION_FIELDS,
        page=lambda: explanation_page(explanation),
        warnings=explanation.warnings,
    )


def _chart(projection: Projection, arguments: argparse.Namespace) -> str:
    from costplan.cli.chart import chart

    return chart(projection, arguments.period, width=width(), colour=has_colour(arguments))


def _checked(projection: Projection, arguments: argparse.Namespace) -> ExitCode:
    from costplan.report.breaches import breach_line

    if projection.limits.is_empty:
        raise UsageError("--check-budget: the scenario has no budget")
    breaches = projection.breaches(arguments.confidence)
    for breach in breaches[:_MOST_BREACHES]:
        note(f"over budget: {breach_line(breach, projection.currency)}")
    if len(breaches) > _MOST_BREACHES:
        note(f"over budget: {len(breaches) - _MOST_BREACHES} more")
    return ExitCode.OVER_BUDGET if breaches else ExitCode.FINE
