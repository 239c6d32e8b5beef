"""A scenario and a price book in, a projection out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

import numpy as np

from costplan.engine.dice import Slope
from costplan.engine.distributions import Distribution, Point
from costplan.engine.ledger import as_decimal
from costplan.engine.projection import BookStamp, Limits, Projection, Range
from costplan.engine.remembered import Remembered
from costplan.engine.simulation import FEW, simulate, slope_of
from costplan.errors import PlanWarning, Problem, ScenarioError, UnknownNameError, UsageError
from costplan.memory import Memory
from costplan.periods import Month
from costplan.planning.allowances import may_be_free
from costplan.planning.bookkeeping import keep_books
from costplan.planning.capacity import capacity, check_limits, check_speeds
from costplan.planning.compiling import Compiler, PricedStream
from costplan.planning.findings import Findings
from costplan.planning.hints import check_turns, hint_assumptions, hint_growth, hint_workload
from costplan.planning.holidays import Holidays
from costplan.planning.levers import Levers
from costplan.planning.logs import demand_of_logs
from costplan.planning.naming import check_names
from costplan.planning.outlook import closed_months, outlook, price_changes
from costplan.planning.routed import routed
from costplan.planning.savings import cache_savings, loss_warnings
from costplan.planning.shortfalls import capacity_notes, capacity_warnings
from costplan.planning.sizes import Sizes, Variables
from costplan.planning.tasks import tasks
from costplan.planning.uncertainty import hint_volumes
from costplan.planning.volumes import check_timing, processing, seat_notes, volumes
from costplan.prices import PriceBook, default_book, with_own_files
from costplan.scenario.schema import Scenario
from costplan.tokens import CountStore


def project(
    scenario: Scenario,
    book: PriceBook | None = None,
    *,
    variant: str | None = None,
    months: int | None = None,
    start: Month | None = None,
    draws: int = 4096,
    seed: int = 0,
    counts: CountStore | None = None,
    memory: Memory | None = None,
    levers: Levers | None = None,
) -> Projection:
    """Project what a scenario will cost, month by month.

    Args:
        scenario: from `load_scenario`.
        book: the prices; the book that ships with costplan when None.
        variant: one of the scenario's variants.
        months: a horizon other than the scenario's, 1 to 120.
        start: a first month other than the scenario's.
        draws: how many draws the percentiles rest on; at least 1.
        seed: two projections with one seed are the same to the byte.
        counts: remembers token counts by content; a fresh one when None.
        memory: remembers holidays between runs; nothing is remembered when None.
        levers: what-ifs laid over the whole scenario.

    Raises:
        ScenarioError: models or prices are missing, a request does not fit its model, and so on;
            every problem with its place in the file.
        UnknownNameError: no variant of that name.
        UsageError: months, draws or seed are out of range.
    """
    scenario = adjusted(scenario, variant, months, start)
    plan = CompiledPlan(*_compile(scenario, book, counts, levers or Levers(), memory))
    return plan.project(draws=draws, seed=seed)


def compile_plan(
    scenario: Scenario,
    book: PriceBook | None = None,
    *,
    counts: CountStore | None = None,
    memory: Memory | None = None,
    levers: Levers | None = None,
) -> CompiledPlan:
    """Count, price and check a scenario once, to be projected as often as one likes.

    Args:
        scenario: from `load_scenario`, a variant laid over it where one is meant.
        book: the prices; the book that ships with costplan when None.
        counts: remembers token counts by content; a fresh one when None.
        memory: remembers holidays between runs; nothing is remembered when None.
        levers: what-ifs laid over the whole scenario.

    Raises:
        ScenarioError: as for `project`.
    """
    plan = CompiledPlan(*_compile(scenario, book, counts, levers or Levers(), memory))
    plan.slope()
    return plan


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """A scenario whose texts are counted and whose models are priced."""

    compiler: Compiler
    streams: tuple[PricedStream, ...]
    _remembered: Remembered = field(default_factory=Remembered, repr=False)

    @property
    def unknowns(self) -> Mapping[str, Distribution]:
        """What the scenario leaves open, by name: assumptions as `$name`, others by their path."""
        return self.compiler.sizes.variables.known

    def project(
        self,
        *,
        draws: int = 4096,
        seed: int = 0,
        pins: Mapping[str, float] | None = None,
        listed: bool = False,
    ) -> Projection:
        """Project it, some of its unknowns pinned to a value.

        Args:
            draws: how many draws the percentiles rest on; at least 1.
            seed: two projections with one seed are the same to the byte.
            pins: values of `unknowns`; what is not pinned stays open.
            listed: at list prices, contracts and free allowances left aside.

        Raises:
            UnknownNameError: a pin is none of the unknowns.
            UsageError: draws or seed are out of range.
        """
        _check_whole("draws", draws, 1, 1_000_000)
        _check_whole("seed", seed, 0, 2**63)
        compiler, scenario = self.compiler, self.compiler.scenario
        variables = self._pinned(pins or {})
        owners = {name: workload.owner for name, workload in scenario.workloads.items()}
        books = keep_books(self.streams, variables, owners, compiler.months, self._remembered)
        used, findings = compiler.book, compiler.findings
        ahead = outlook(self.streams, compiler.months, books.retired, scenario.currency)
        savings = tuple(cache_savings(books.cells))
        within = capacity(books.cells, compiler, variables)
        projection = Projection(
            scenario=scenario.name,
            variant=scenario.variant,
            months=compiler.months,
            currency=scenario.currency,
            seed=seed,
            draws=draws,
            price_book=BookStamp(
                used.release,
                used.known_at,
                used.digest,
                used.root,
                tuple(name for name, _ in used.own),
            ),
            workloads=tuple(scenario.workloads),
            ledger=books.ledger,
            simulated=simulate(
                [priced.stream for priced in self.streams],
                variables,
                months=scenario.months,
                draws=draws,
                seed=seed,
                slope=self.slope() if draws > FEW else None,
                remembered=self._remembered,
            ),
            limits=limits(scenario, compiler.months),
            counted=partial(volumes, scenario, self.streams, compiler, variables),
            sent=partial(routed, self.streams, compiler.months, variables),
            processing=processing(scenario, self.streams, compiler, variables),
            tasks=tuple(tasks(scenario, self.streams, compiler, variables)),
            caching=savings,
            capacity=within,
            notes=(
                *findings.notes,
                *capacity_notes(within, scenario),
                *price_changes(self.streams),
            ),
            warnings=(
                *findings.warnings,
                *loss_warnings(savings, scenario.currency),
                *capacity_warnings(within, scenario),
                *ahead,
            ),
            ranges=tuple(ranges(compiler.sizes.variables)),
            closed=self._remembered.get(
                "closed", compiler, (), partial(closed_months, self.streams, compiler.months)
            ),
            fiscal_year_start=scenario.fiscal_year_start,
        )
        told = replace(projection, notes=(*projection.notes, *seat_notes(scenario, projection)))
        if listed or not (scenario.contracts or may_be_free(self.streams, compiler.book)):
            return told
        from costplan.planning.billing import billed  # slow to load, and most plans need none

        return billed(told, self.streams, compiler.book, findings)

    def slope(self) -> Slope:
        """What the cost leans on, nothing pinned: a what-if is drawn with the same dice."""
        streams = [priced.stream for priced in self.streams]
        months = len(self.compiler.months)
        make = partial(slope_of, streams, self.unknowns, months=months)
        return self._remembered.get("slope", self.compiler, (), make)

    def _pinned(self, pins: Mapping[str, float]) -> Mapping[str, Distribution]:
        for name in pins:
            if name not in self.unknowns:
                raise UnknownNameError("unknown", name, self.unknowns)
        return {**self.unknowns, **{name: Point(value) for name, value in pins.items()}}


def check(
    scenario: Scenario,
    book: PriceBook | None = None,
    *,
    counts: CountStore | None = None,
    memory: Memory | None = None,
) -> tuple[PlanWarning, ...]:
    """Everything `project` would complain about, for the scenario and each of its variants.

    Raises:
        ScenarioError: what would keep it from being projected.
    """
    found: list[PlanWarning] = []
    problems: list[Problem] = []
    for variant in (None, *scenario.variants):
        try:
            compiler, _ = _compile(scenario.apply(variant), book, counts, Levers(), memory)
        except ScenarioError as error:
            problems += error.problems
        else:
            found += compiler.findings.warnings
    if problems:
        raise ScenarioError(problems)
    return tuple(dict.fromkeys(found))


def _check_whole(name: str, number: int, low: int, high: int) -> None:
    whole = isinstance(number, int)  # a caller without a type checker may give anything
    if not whole or not low <= number <= high:
        message = f"{name} is a whole number from {low:,} to {high:,}, found {number!r}"
        raise UsageError(message)


def adjusted(
    scenario: Scenario, variant: str | None, months: int | None, start: Month | None
) -> Scenario:
    """The scenario with a variant, a number of months and a first month other than its own.

    Raises:
        UnknownNameError: no variant of that name.
        UsageError: months are not from 1 to 120.
    """
    if variant is not None and variant != scenario.variant:
        scenario = scenario.apply(variant)
    if months is not None:
        _check_whole("months", months, 1, 120)
    return replace(scenario, months=months or scenario.months, start=start or scenario.start)


def _compile(
    scenario: Scenario,
    book: PriceBook | None,
    counts: CountStore | None,
    levers: Levers,
    memory: Memory | None,
) -> tuple[Compiler, tuple[PricedStream, ...]]:
    book = with_own_files(book or default_book(), scenario.price_files)
    if scenario.known_at is not None and book.known_at is None:
        book = book.pinned(known_at=scenario.known_at)
    findings = Findings(scenario)
    calendars = Holidays(memory or Memory())
    scenario = demand_of_logs(scenario, calendars, findings)
    sizes = Sizes(scenario, counts or CountStore(None), Variables(), findings)
    compiler = Compiler(scenario, book, sizes, levers, findings, calendars)
    check_names(scenario, book, findings)
    check_limits(scenario, book, findings)
    streams = compiler.compile()
    check_speeds(streams, compiler)
    for name, workload in scenario.workloads.items():
        check_timing(name, workload, findings)
        hint_workload(name, workload, findings)
    hint_assumptions(scenario, findings)
    hint_volumes(findings.scenario, findings)
    for priced in streams:
        hint_growth(priced.stream, sizes.variables, findings)
        check_turns(priced.stream, sizes.variables, findings)
    if scenario.contracts:
        from costplan.planning.scopes import check_contracts

        check_contracts(findings, book, streams, sizes.variables)
    if findings.problems:
        raise ScenarioError(findings.problems)
    return compiler, streams


def ranges(variables: Variables) -> Iterator[Range]:
    """What the plan leaves open, by name, with the mean that each contributes."""
    for name, known in sorted(variables.known.items()):
        quantity, of = variables.quantities[name], variables.parts[name]
        yield Range(
            name=name.partition(" %")[0],
            low=as_decimal(float(quantity.low) * of),
            high=as_decimal(float(quantity.high) * of),
            median=float(known.drawn(np.zeros(1))[0]) * of,
            mean=known.mean * of,
            is_share=quantity.unit == "%",
            variable=name,
            part=of,
        )


def limits(scenario: Scenario, months: Sequence[Month]) -> Limits:
    """The scenario's budgets laid over its months."""
    budget = scenario.budget
    monthly = budget.monthly.amount if budget.monthly else None
    per_month = tuple(
        budget.months[month].amount if month in budget.months else monthly for month in months
    )
    total = budget.total.amount if budget.total else None
    if total is None and all(amount is not None for amount in per_month):
        total = sum((amount for amount in per_month if amount is not None), Decimal(0))
    return Limits(per_month, total, {name: money.amount for name, money in budget.per.items()})
