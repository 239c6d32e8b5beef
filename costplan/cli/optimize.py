"""`costplan optimize`: the routing mix of least cost that keeps the rules."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from costplan.cli.options import (
    add_book_options,
    add_output_options,
    add_plan_options,
    positive,
    quantity,
    read_with,
    words,
)
from costplan.cli.sources import count_store, given, memory, price_book, scenario_in
from costplan.cli.streams import present, refuse_overwriting
from costplan.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from costplan.decisions.optimize import Optimum, Price
    from costplan.scenario import Scenario
    from costplan.scenario.optimizing import Bounds, Wishes


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "optimize",
        help="the routing mix of least cost under quality, latency, shares and residency",
        description="Find the routing mix of a workload that costs least and keeps the rules "
        "of `optimize:` in the scenario, and those given here.",
    )
    parser.set_defaults(run=run)
    parser.add_argument("scenario", metavar="FILE", help="a scenario, or - for standard input")
    parser.add_argument("--variant", metavar="NAME", help="a variant of the scenario")
    parser.add_argument("--workload", metavar="NAME", help="only that workload")
    rules = parser.add_argument_group("rules")
    rules.add_argument(
        "--among", metavar="M,M", type=read_with(words), help="choose from these models"
    )
    rules.add_argument(
        "--quality",
        metavar="SHARE",
        type=read_with(_share),
        help="tasks done well, at least",
    )
    rules.add_argument(
        "--seconds", metavar="N", type=read_with(quantity), help="at most, on average"
    )
    rules.add_argument(
        "--share",
        metavar="NAME=BOUNDS",
        action="append",
        default=[],
        type=read_with(_bounds),
        help="of a provider or model, such as 'anthropic=at most 60%%'; may be repeated",
    )
    rules.add_argument(
        "--budget", metavar="N", type=read_with(quantity), help="what it may cost over the plan"
    )
    rules.add_argument("--models", metavar="N", type=read_with(positive), help="at most N models")
    rules.add_argument("--residency", metavar="PLACE", help="models listed for that place")
    add_plan_options(parser)
    add_book_options(parser)
    add_output_options(parser)


def _share(text: str) -> Any:
    from costplan.scenario.optimizing import parse_share

    return parse_share(text)


def _bounds(text: str) -> tuple[str, Bounds]:
    from costplan.scenario.optimizing import parse_bounds

    name, equals, bounds = text.partition("=")
    if not equals or not name.strip():
        raise ValueError(f"expected NAME=BOUNDS, such as anthropic=at most 60%, found {text!r}")
    return name.strip(), parse_bounds(bounds)


def run(arguments: argparse.Namespace) -> int:
    """Print the cheapest mix of each workload that is meant."""
    from costplan.decisions.optimize import optimize

    refuse_overwriting(arguments, arguments.scenario)
    book = price_book(arguments)
    scenario = scenario_in(given(arguments.scenario), lambda: book)
    scenario = scenario.apply(arguments.variant, arguments.set)
    price = _price(arguments, book)
    found = [
        optimize(scenario, name, _wishes(scenario, name, arguments), price)
        for name in _workloads(scenario, arguments)
    ]
    _present(found, arguments)
    return ExitCode.FINE


def _price(arguments: argparse.Namespace, book: Any) -> Price:
    from costplan.planning import project

    counts, kept = count_store(), memory()
    return lambda scenario, volume: project(
        scenario,
        book,
        months=arguments.months,
        start=arguments.start,
        draws=arguments.draws,
        seed=arguments.seed,
        counts=counts,
        memory=kept,
        volume=volume,
    )


def _workloads(scenario: Scenario, arguments: argparse.Namespace) -> list[str]:
    """Those of `optimize:`, or the one that is named, or the only one."""
    if arguments.workload is not None:
        return [arguments.workload]
    if scenario.optimize:
        return list(scenario.optimize)
    routed = [name for name, workload in scenario.workloads.items() if workload.routing]
    if len(routed) != 1:
        raise UsageError(f"which workload? name one of {', '.join(routed)} with --workload")
    return routed


def _wishes(scenario: Scenario, name: str, arguments: argparse.Namespace) -> Wishes:
    """The rules of the scenario with those of the command line over them."""
    from costplan.scenario.optimizing import Wishes

    wishes = scenario.optimize.get(name, Wishes())
    given_here = {
        key: getattr(arguments, key)
        for key in ("among", "quality", "seconds", "models", "budget", "residency")
        if getattr(arguments, key) is not None
    }
    return replace(wishes, **given_here, shares={**wishes.shares, **dict(arguments.share)})


def _present(found: list[Optimum], arguments: argparse.Namespace) -> None:
    from costplan.report.optimize import (
        OPTIMUM_FIELDS,
        optimum_document,
        optimum_page,
        optimum_records,
    )

    present(
        arguments,
        document=lambda: [optimum_document(each) for each in found],
        records=lambda: [record for each in found for record in optimum_records(each)],
        fields=OPTIMUM_FIELDS,
        page=lambda: optimum_page(found),
    )
