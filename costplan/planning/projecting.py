"""A scenario and a price book in, a projection out."""

from __future__ import annotations

from dataclasses import replace

from costplan.engine.projection import Projection
from costplan.engine.remembered import Remembered
from costplan.errors import PlanWarning, Problem, ScenarioError
from costplan.memory import Memory
from costplan.periods import Month
from costplan.planning.capacity import check_limits, check_speeds
from costplan.planning.compiled import CompiledPlan, check_whole
from costplan.planning.compiling import Compiler
from costplan.planning.findings import Findings
from costplan.planning.hints import check_turns, hint_assumptions, hint_growth
from costplan.planning.holidays import Holidays
from costplan.planning.naming import check_names
from costplan.planning.sizes import Sizes, Variables
from costplan.planning.uncertainty import hint_volumes
from costplan.planning.unchanged import Grounds
from costplan.planning.volumes import check_timing
from costplan.prices import PriceBook, with_own_files
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
    volume: float = 1.0,
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
        volume: what all demand is multiplied by, to plan a part of it.

    Raises:
        ScenarioError: models or prices are missing, a request does not fit its model, and so on;
            every problem with its place in the file.
        UnknownNameError: no variant of that name.
        UsageError: months, draws or seed are out of range.
    """
    scenario = adjusted(scenario, variant, months, start)
    plan = _compile(scenario, Grounds.of(scenario, book, counts, memory, volume))
    return plan.project(draws=draws, seed=seed)


def compile_plan(
    scenario: Scenario,
    book: PriceBook | None = None,
    *,
    counts: CountStore | None = None,
    memory: Memory | None = None,
    volume: float = 1.0,
    like: CompiledPlan | None = None,
) -> CompiledPlan:
    """Count, price and check a scenario once, to be projected as often as one likes.

    Args:
        scenario: from `load_scenario`, a variant laid over it where one is meant.
        book: the prices; the book that ships with costplan when None.
        counts: remembers token counts by content; a fresh one when None.
        memory: remembers holidays between runs; nothing is remembered when None.
        volume: what all demand is multiplied by, to plan a part of it.
        like: a plan compiled before. What the two have in common is taken over, where book, counts
            and memory are the same: the result is as without it, and quicker.

    Raises:
        ScenarioError: as for `project`.
    """
    plan = _compile(scenario, Grounds.of(scenario, book, counts, memory, volume), like)
    plan.slope()
    return plan


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
            applied = scenario.apply(variant)
            plan = _compile(applied, Grounds.of(applied, book, counts, memory))
        except ScenarioError as error:
            problems += error.problems
        else:
            found += plan.compiler.findings.warnings
    if problems:
        raise ScenarioError(problems)
    return tuple(dict.fromkeys(found))


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
        check_whole("months", months, 1, 120)
    return replace(scenario, months=months or scenario.months, start=start or scenario.start)


def _compile(
    scenario: Scenario, grounds: Grounds, like: CompiledPlan | None = None
) -> CompiledPlan:
    findings = Findings(scenario)
    compiler = _compiler(scenario, grounds, findings, like)
    scenario, book, variables = compiler.scenario, compiler.book, compiler.sizes.variables
    check_names(scenario, book, findings)
    check_limits(scenario, book, findings)
    before = like.workloads if like and like.grounds == grounds else ()
    workloads = compiler.compile({each.name: each for each in before})
    streams = tuple(each.priced for each in workloads)
    check_speeds(streams, compiler)
    for each in workloads:
        check_timing(each.name, each.workload, findings)
        findings.include(each.hints)
    hint_assumptions(scenario, findings)
    hint_volumes(findings.scenario, findings)
    for priced in streams:
        hint_growth(priced.stream, variables, findings)
        check_turns(priced.stream, variables, findings)
    if scenario.contracts:
        from costplan.planning.scopes import check_contracts

        check_contracts(findings, book, streams, variables)
    if findings.problems:
        raise ScenarioError(findings.problems)
    return CompiledPlan(compiler, grounds, workloads, streams)


def _compiler(
    scenario: Scenario, grounds: Grounds, findings: Findings, like: CompiledPlan | None
) -> Compiler:
    """What compiles a scenario: its prices, its days, and demand that logs state written out."""
    if like is not None and like.grounds == grounds:
        book = like.compiler.book
    else:
        book = with_own_files(grounds.book, scenario.price_files)
        if scenario.known_at is not None and book.known_at is None:
            book = book.pinned(known_at=scenario.known_at)
    if like is not None and like.grounds.memory == grounds.memory:
        holidays, remembered = like.compiler.holidays, like.compiler.remembered
    else:
        holidays, remembered = Holidays(grounds.memory), Remembered()
    if any(workload.demand.log for workload in scenario.workloads.values()):
        from costplan.planning.logs import demand_of_logs

        scenario = demand_of_logs(scenario, holidays, findings)
    sizes = Sizes(scenario, grounds.counts, Variables(), findings, remembered)
    return Compiler(scenario, book, sizes, grounds.volume, findings, holidays, remembered)
