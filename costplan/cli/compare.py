"""`costplan compare`: plans side by side, made now or saved before."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.cli.options import add_book_options, add_output_options, add_plan_options, day
from costplan.cli.sources import (
    content_of,
    count_store,
    price_book,
    projected,
    scenario_file,
    scenario_in,
)
from costplan.cli.streams import chosen_format, deliver, note, refuse_overwriting, width
from costplan.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from costplan.decisions.compare import Comparison, Summary
    from costplan.prices import PriceBook
    from costplan.scenario import Scenario
    from costplan.tokens import CountStore


@dataclass(frozen=True, slots=True)
class Operand:
    """One plan to compare, as written on the command line."""

    file: str
    variant: str | None = None
    known_at: date | None = None

    @classmethod
    def parse(cls, text: str) -> Operand:
        """Read `FILE[#VARIANT][@KNOWN_AT]`.

        Raises:
            UsageError: what follows `@` is not a day.
        """
        if Path(text).exists():
            return cls(text)  # a file may have # or @ in its name
        rest, at, known = text.rpartition("@")
        file, _, variant = (rest if at else text).partition("#")
        if not file:
            raise UsageError(f"{text!r} names no file: write FILE, FILE#VARIANT or FILE@DATE")
        try:
            return cls(file, variant or None, day(known) if at else None)
        except ValueError as error:
            raise UsageError(f"in {text!r}, after @: {error}") from None

    def label(self, *, with_file: bool) -> str:
        """What it is called beside the others."""
        name = self.variant or ("" if with_file else "base")
        if with_file:
            file = re.sub(r"\.ya?ml$", "", Path(self.file).name)
            name = f"{file}#{name}" if name else file
        return f"{name}@{self.known_at}" if self.known_at else name


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
    from costplan.decisions.compare import compare

    operands = [Operand.parse(text) for text in arguments.operands]
    refuse_overwriting(arguments, *(operand.file for operand in operands))
    comparison = compare(_distinct(tuple(_summaries(operands, arguments))))
    deliver(_rendered(comparison, chosen_format(arguments)), arguments)
    return ExitCode.FINE


def _summaries(operands: Sequence[Operand], arguments: argparse.Namespace) -> Iterator[Summary]:
    from costplan.report.saved import is_saved_plan, read_saved_plan

    counts = count_store()
    book = cache(lambda: price_book(arguments))  # comparing saved plans needs none
    several_files = len({operand.file for operand in operands}) > 1
    for operand in operands:
        file = scenario_file(operand.file)
        content = content_of(file)
        if is_saved_plan(content):
            if operand.variant or operand.known_at:
                raise UsageError(f"{operand.file} is a saved plan: it has no # and no @")
            yield replace(read_saved_plan(content, operand.file), label=Path(operand.file).name)
            continue
        scenario = scenario_in(file, book)
        chosen = [operand]
        if len(operands) == 1 and operand.variant is None:
            chosen += [replace(operand, variant=name) for name in scenario.variants]
            if len(chosen) == 1:
                raise UsageError(f"{operand.file} has no variants; name a second plan")
        for each in chosen:
            label = each.label(with_file=several_files)
            yield _summary(scenario, each, book(), counts, label=label, arguments=arguments)


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


def _distinct(plans: Sequence[Summary]) -> Sequence[Summary]:
    """Plans with labels that differ: the second `base` is `base (2)`."""
    seen: dict[str, int] = {}
    made = []
    for plan in plans:
        seen[plan.label] = count = seen.get(plan.label, 0) + 1
        made.append(plan if count == 1 else replace(plan, label=f"{plan.label} ({count})"))
    return made


def _rendered(comparison: Comparison, form: str) -> str:
    from costplan.report.compare import (
        COMPARISON_FIELDS,
        comparison_document,
        comparison_page,
        comparison_records,
    )
    from costplan.report.document import csv_text, json_text
    from costplan.report.table import warning_line

    if form == "json":
        return json_text(comparison_document(comparison))
    if form == "csv":
        for warning in comparison.warnings:
            note(f"warning: {warning_line(warning)}")
        return csv_text(comparison_records(comparison), COMPARISON_FIELDS)
    page = comparison_page(comparison)
    return page.markdown() if form == "markdown" else page.text(width())
