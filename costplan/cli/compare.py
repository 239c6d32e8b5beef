"""`costplan compare`: plans side by side, made now or saved before."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.cli.options import add_book_options, add_output_options, add_plan_options
from costplan.cli.sources import count_store, given, price_book, projected, scenario_in
from costplan.cli.streams import present, refuse_overwriting
from costplan.decisions.operands import Operand
from costplan.errors import ExitCode, UsageError
from costplan.kind import Kind, kind_of

if TYPE_CHECKING:
    from costplan.decisions.compare import Comparison, Summary
    from costplan.prices import PriceBook
    from costplan.scenario import Scenario
    from costplan.tokens import CountStore


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "compare",
        help="plans side by side: files, variants, saved plans, dates",
        description="Compare plans with the first one. With one file: the base and its variants.",
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "operands",
        nargs="+",
        metavar="FILE[#VARIANT][@KNOWN_AT]",
        help="a scenario, a variant of it, prices as known on a day, or a plan saved as JSON",
    )
    add_plan_options(parser)
    add_book_options(parser)
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the comparison."""
    from costplan.decisions.compare import compare, distinct

    operands = [Operand.parse(text) for text in arguments.operands]
    refuse_overwriting(arguments, *(operand.file for operand in operands))
    comparison = compare(distinct(tuple(_summaries(operands, arguments))))
    _present(comparison, arguments)
    return ExitCode.FINE


def _summaries(operands: Sequence[Operand], arguments: argparse.Namespace) -> Iterator[Summary]:
    from costplan.scenario import Scenario

    counts = count_store()
    book = cache(lambda: price_book(arguments))  # comparing saved plans needs none
    read = cache(lambda file: _read(file, book))  # a file may stand in several operands
    several_files = len({operand.file for operand in operands}) > 1
    for operand in operands:
        scenario = read(operand.file)
        if not isinstance(scenario, Scenario):
            if operand.variant or operand.known_at:
                raise UsageError(f"{operand.file} is a saved plan: it has no # and no @")
            yield scenario
            continue
        chosen = [operand]
        if len(operands) == 1 and operand.variant is None and not operand.is_base:
            chosen += [replace(operand, variant=name) for name in scenario.variants]
            if len(chosen) == 1:
                raise UsageError(f"{operand.file} has no variants; name a second plan")
        for each in chosen:
            label = each.label(with_file=several_files)
            yield _summary(scenario, each, book(), counts, label=label, arguments=arguments)


def _read(name: str, book: Callable[[], PriceBook]) -> Scenario | Summary:
    """What a file holds: a scenario, or the summary of a saved plan."""
    from costplan.report.saved import read_saved_plan

    file = given(name)
    if kind_of(file.content) is Kind.SAVED_PLAN:
        return replace(read_saved_plan(file.content, file.name), label=Path(name).name)
    return scenario_in(file, book)


def _summary(
    scenario: Scenario,
    operand: Operand,
    book: PriceBook,
    counts: CountStore,
    *,
    label: str,
    arguments: argparse.Namespace,
) -> Summary:
    from costplan.decisions.compare import summarize

    applied = scenario.apply(operand.variant, arguments.set)
    seen = book.pinned(known_at=operand.known_at)
    return summarize(projected(applied, arguments, seen, counts), label)


def _present(comparison: Comparison, arguments: argparse.Namespace) -> None:
    from costplan.report.compare import (
        COMPARISON_FIELDS,
        comparison_document,
        comparison_page,
        comparison_records,
    )

    present(
        arguments,
        document=lambda: comparison_document(comparison),
        records=lambda: comparison_records(comparison),
        fields=COMPARISON_FIELDS,
        page=lambda: comparison_page(comparison),
        warnings=comparison.warnings,
    )
