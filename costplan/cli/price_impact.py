"""`costplan prices impact`: what a change of prices does to a plan."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from costplan.cli.options import add_output_options, add_plan_options, add_pricing_option
from costplan.cli.price_changes import SIDE, SIDES, sides_of
from costplan.cli.sources import count_store, given, projected, scenario_in
from costplan.cli.streams import present, refuse_overwriting
from costplan.errors import ExitCode, PlanWarning, Problem, ScenarioError

if TYPE_CHECKING:
    from costplan.engine.projection import Projection
    from costplan.prices.differences import View
    from costplan.scenario import Scenario


def add_to(inner: Any) -> None:
    """Add the verb to those of `prices`."""
    parser = inner.add_parser(
        "impact",
        help="what a change of prices does to a plan: months, models and budgets that move",
        description=f"Plan a scenario with the prices of two sides.\n\n{SIDES}",
    )
    parser.set_defaults(run=run_impact)
    parser.add_argument("file", metavar="SCENARIO", help="a scenario; - is standard input")
    for name, words in (("from", "before the change"), ("to", "after it")):
        parser.add_argument(
            f"--{name}", dest=f"{name}_", metavar=SIDE, required=True, help=f"the prices {words}"
        )
    parser.add_argument("--variant", metavar="NAME", help="plan that variant of the scenario")
    add_plan_options(parser)
    add_pricing_option(parser)
    add_output_options(parser)


def run_impact(arguments: argparse.Namespace) -> int:
    """Print what a change of prices does to a plan."""
    from costplan.decisions.impact import impact
    from costplan.prices import with_own_files
    from costplan.report.impact import IMPACT_FIELDS, impact_document, impact_page, impact_records

    refuse_overwriting(arguments, arguments.file)
    sides = sides_of((arguments.from_, arguments.to_), arguments)
    scenario = scenario_in(given(arguments.file), lambda: sides[1].book)
    scenario = scenario.apply(arguments.variant, arguments.set)
    warnings = []
    if scenario.known_at is not None:
        message = f"the scenario's own known_at, {scenario.known_at}, gives way to --from and --to"
        warnings.append(PlanWarning("known-at-overridden", message, "known_at"))
        scenario = replace(scenario, known_at=None)
    sides = [replace(side, book=with_own_files(side.book, scenario.price_files)) for side in sides]
    before, after = _planned(scenario, sides, arguments)
    labels = (sides[0].label, sides[1].label)
    books = (sides[0].book, sides[1].book)
    found = impact(before, after, books, labels=labels, warnings=warnings)
    present(
        arguments,
        document=lambda: impact_document(found),
        records=lambda: impact_records(found),
        fields=IMPACT_FIELDS,
        page=lambda: impact_page(found),
        warnings=found.warnings,
    )
    return ExitCode.FINE


def _planned(
    scenario: Scenario, sides: Sequence[View], arguments: argparse.Namespace
) -> tuple[Projection, ...]:
    """Both projections; where only one can be made, the error says with which prices it cannot."""
    counts = count_store()
    plans: list[Projection] = []
    errors: dict[str, ScenarioError] = {}
    for option, side in zip(("--from", "--to"), sides, strict=True):
        try:
            plans.append(projected(scenario, arguments, side.book, counts))
        except ScenarioError as error:
            errors[f"{option} {side.label}"] = error
    if not errors:
        return tuple(plans)
    is_common = not plans and len({str(error) for error in errors.values()}) == 1
    problems: list[Problem] = []
    for name, wrong in errors.items():
        end = "" if is_common else f" (with the prices of {name})"
        problems += [replace(each, message=f"{each.message}{end}") for each in wrong.problems]
    raise ScenarioError(problems)
