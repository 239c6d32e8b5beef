"""`costplan breakeven A B --vary PATH`: the value at which two plans cost the same."""

from __future__ import annotations

import argparse
from functools import cache
from typing import TYPE_CHECKING, Any

from costplan.cli.options import (
    add_book_options,
    add_output_options,
    add_plan_options,
    add_vary_options,
)
from costplan.cli.sources import count_store, given, price_book, projecting, scenario_in
from costplan.cli.streams import present, refuse_overwriting
from costplan.decisions.operands import Operand
from costplan.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from costplan.decisions import breakeven
    from costplan.scenario import Scenario


def add_to(commands: Any) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "breakeven",
        help="the volume, share, hit rate or price at which two plans cost the same",
        description="Vary one value of two plans and find where they cost the same. With one "
        "file that has one variant: the base and that variant.",
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "operands",
        nargs="+",
        metavar="FILE[#VARIANT][@KNOWN_AT]",
        help="two scenarios, or variants of one",
    )
    add_vary_options(parser)
    add_plan_options(parser)
    add_book_options(parser)
    add_output_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print where the two cost the same."""
    from costplan.decisions.breakeven import break_even
    from costplan.report.breakeven import (
        BREAKEVEN_FIELDS,
        breakeven_document,
        breakeven_page,
        breakeven_records,
    )

    operands = [Operand.parse(text) for text in arguments.operands]
    refuse_overwriting(arguments, *(operand.file for operand in operands))
    a, b = _plans(operands, arguments)
    result = break_even(
        a, b, arguments.vary, between=arguments.between or (), month=arguments.month
    )
    present(
        arguments,
        document=lambda: breakeven_document(result),
        records=lambda: breakeven_records(result),
        fields=BREAKEVEN_FIELDS,
        page=lambda: breakeven_page(result),
        warnings=result.warnings,
    )
    return ExitCode.FINE


def _plans(operands: list[Operand], arguments: argparse.Namespace) -> list[breakeven.Operand]:
    """The two plans that are meant.

    Raises:
        UsageError: they are more or fewer.
    """
    from costplan.decisions import breakeven

    counts = count_store()
    book = cache(lambda: price_book(arguments))
    read = cache(lambda file: scenario_in(given(file), book))
    if len(operands) == 1 and operands[0].variant is None and not operands[0].is_base:
        operands = _with_variant(operands[0], read(operands[0].file))
    if len(operands) != 2:
        raise UsageError("breakeven takes two plans, such as plan.yaml#a and plan.yaml#b")
    several = len({operand.file for operand in operands}) > 1
    made = []
    for operand in operands:
        scenario = read(operand.file).apply(operand.variant, arguments.set)
        project = projecting(arguments, book().pinned(known_at=operand.known_at), counts)
        made.append(breakeven.Operand(operand.label(with_file=several), scenario, project))
    return made


def _with_variant(operand: Operand, scenario: Scenario) -> list[Operand]:
    names = scenario.variants
    if len(names) != 1:
        found = f"has the variants {', '.join(names)}" if names else "has no variants"
        raise UsageError(f"{operand.file} {found}; name two plans, such as FILE#base FILE#VARIANT")
    return [operand, Operand(operand.file, names[0], operand.known_at)]
