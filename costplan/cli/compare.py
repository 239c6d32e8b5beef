"""`costplan compare`: plans side by side, made now or saved before."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.cli.kind import Kind, kind_of
from costplan.cli.options import add_book_options, add_output_options, add_plan_options, day
from costplan.cli.sources import count_store, given, price_book, projected, scenario_in
from costplan.cli.streams import present, refuse_overwriting
from costplan.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from costplan.decisions.compare import Comparison, Summary
    from costplan.prices import PriceBook
    from costplan.scenario import Scenario
    from costplan.tokens import CountStore


BASE = "base"
"""What the scenario without a variant is called, in tables and after `#`."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One plan to compare, as written on the command line."""

    file: str
    variant: str | None = None
    known_at: date | None = None
    is_base: bool = False
    """Whether `#base` was written: the scenario as it stands, and not its variants too."""

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
            named = None if variant in {"", BASE} else variant
            return cls(file, named, day(known) if at else None, is_base=variant == BASE)
        except ValueError as error:
            raise UsageError(f"in {text!r}, after @: {error}") from None

    def label(self, *, with_file: bool) -> str:
        """What it is called beside the others."""
        name = self.variant or ("" if with_file else BASE)
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


def _distinct(plans: Sequence[Summary]) -> Sequence[Summary]:
    """Plans with labels that differ: the second `base` is `base (2)`."""
    seen: dict[str, int] = {}
    made = []
    for plan in plans:
        seen[plan.label] = count = seen.get(plan.label, 0) + 1
        made.append(plan if count == 1 else replace(plan, label=f"{plan.label} ({count})"))
    return made


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
