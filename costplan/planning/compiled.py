"""A scenario that is counted, priced and checked, to be evaluated as often as one likes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from operator import itemgetter

import numpy as np

from costplan.engine.dice import Slope
from costplan.engine.distributions import Distribution, Point
from costplan.engine.ledger import Ledger, as_decimal
from costplan.engine.projection import BookStamp, Limits, Projection, Range
from costplan.engine.remembered import Remembered
from costplan.engine.simulation import FEW, simulate, slope_of
from costplan.errors import UnknownNameError, UsageError
from costplan.periods import Month
from costplan.planning.allowances import may_be_free
from costplan.planning.bookkeeping import keep_books
from costplan.planning.capacity import capacity
from costplan.planning.compiling import Compiler, PricedStream
from costplan.planning.outlook import closed_months, outlook, price_changes
from costplan.planning.routed import routed
from costplan.planning.savings import cache_savings, loss_warnings
from costplan.planning.shortfalls import capacity_notes, capacity_warnings
from costplan.planning.sizes import Variables
from costplan.planning.tasks import tasks
from costplan.planning.unchanged import CompiledWorkload, Grounds
from costplan.planning.volume_steps import volume_steps
from costplan.planning.volumes import processing, seat_notes, volumes
from costplan.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """A scenario whose texts are counted and whose models are priced."""

    compiler: Compiler
    grounds: Grounds
    workloads: tuple[CompiledWorkload, ...]
    streams: tuple[PricedStream, ...]

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
        check_whole("draws", draws, 1, 1_000_000)
        check_whole("seed", seed, 0, 2**63)
        compiler, scenario = self.compiler, self.compiler.scenario
        self._remembered.begin()
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
            stepped=partial(volume_steps, scenario, self.streams, compiler, variables),
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

    def ledger(self, pins: Mapping[str, float]) -> Ledger:
        """What is expected at list prices and nothing more: for what is asked many times over.

        Args:
            pins: values of `unknowns`; what is not pinned stays open.

        Raises:
            UnknownNameError: a pin is none of the unknowns.
        """
        scenario = self.compiler.scenario
        owners = {name: workload.owner for name, workload in scenario.workloads.items()}
        variables, months = self._pinned(pins), self.compiler.months
        return keep_books(self.streams, variables, owners, months, self._remembered).ledger

    def slope(self) -> Slope:
        """What the cost leans on, nothing pinned: a what-if is drawn with the same dice."""
        streams = [priced.stream for priced in self.streams]
        months, unknowns = len(self.compiler.months), self.unknowns
        make = partial(slope_of, streams, unknowns, months=months, remembered=self._remembered)
        state = (months, *streams, *sorted(unknowns.items(), key=itemgetter(0)))
        return self._remembered.get("slope", slope_of, state, make)

    @property
    def _remembered(self) -> Remembered:
        """What was worked out before, for this plan or for one like it."""
        return self.compiler.remembered

    def _pinned(self, pins: Mapping[str, float]) -> Mapping[str, Distribution]:
        for name in pins:
            if name not in self.unknowns:
                raise UnknownNameError("unknown", name, self.unknowns)
        return {**self.unknowns, **{name: Point(value) for name, value in pins.items()}}


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


def check_whole(name: str, number: int, low: int, high: int) -> None:
    """A whole number within bounds.

    Raises:
        UsageError: it is not; says what was expected.
    """
    whole = isinstance(number, int)  # a caller without a type checker may give anything
    if not whole or not low <= number <= high:
        message = f"{name} is a whole number from {low:,} to {high:,}, found {number!r}"
        raise UsageError(message)
