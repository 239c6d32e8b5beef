"""How many tasks end well, and what one that does costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product

import numpy as np

from costplan.engine.distributions import Distribution, Floats
from costplan.engine.expectation import expected_volume
from costplan.engine.projection import Task
from costplan.engine.shares import NONE, ONE, Sum
from costplan.periods import DayRange
from costplan.planning.compiling import Compiler, PricedStream
from costplan.planning.overheads import Overheads
from costplan.scenario.schema import Scenario


def tasks(
    scenario: Scenario,
    streams: Sequence[PricedStream],
    compiler: Compiler,
    variables: Mapping[str, Distribution],
) -> Iterator[Task]:
    """Requests and successes by workload and month, of the workloads that have scores."""
    for priced in streams:
        name = priced.stream.name
        workload = scenario.workloads[name]
        if workload.task is None or not priced.answers:
            continue
        people = Overheads(
            workload,
            ("workloads", name),
            compiler.sizes.variables,
            priced.answers,
            priced.demand.parts,
        )
        requests, solved, reworked = (np.zeros(len(compiler.months)) for _ in range(3))
        for each in priced.answers:
            requests += expected_sum(priced, each.days, variables, ONE)
            solved += expected_sum(priced, each.days, variables, each.success or NONE)
            reworked += expected_sum(priced, each.days, variables, people.reworked(each))
        for k, month in enumerate(compiler.months):
            yield Task(month, name, float(requests[k]), float(solved[k]), float(reworked[k]))


def expected_sum(
    priced: PricedStream, days: DayRange, variables: Mapping[str, Distribution], *sums: Sum
) -> Floats:
    """Expected conversations by month times sums of products of shares, turns and the like.

    Args:
        priced: the workload.
        days: conversations on these.
        variables: what is not known.
        sums: factors.
    """
    total = np.zeros(len(priced.calendar.months))
    for part in priced.demand.parts:
        weight = part.days.by_month(days)
        for parts in product(*sums):
            factors = (*part.factors, *chain.from_iterable(parts))
            total = total + expected_volume(priced.stream, weight, variables, factors)
    return total
