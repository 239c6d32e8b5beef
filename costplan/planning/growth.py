"""From the rates of growth that a scenario states to the engine's phases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from costplan.engine.demand import growth_steps
from costplan.engine.distributions import Floats
from costplan.engine.model import Growth
from costplan.periods import Month
from costplan.planning.findings import Findings
from costplan.planning.sizes import Variables
from costplan.scenario.growth import GrowthFrom
from costplan.scenario.schema import Scenario
from costplan.schema import KeyPath

_TAIL = 1e-6
"""How unlikely an end of a range is that linear growth may bring below nothing."""


@dataclass(frozen=True, slots=True)
class GrowthCompiler:
    """Compiles the growth of one workload."""

    months: Sequence[Month]
    variables: Variables
    findings: Findings
    path: KeyPath
    """Of the growth in the scenario."""

    def compile(self, phases: Sequence[GrowthFrom], retire: date | None) -> Iterator[Growth]:
        """The phases that fall into the plan.

        A phase begins at the level that those before it reached, and steps for the first time a
        month later. One that began before the plan counts from the plan's start, whose level is
        the one that is stated.

        Args:
            phases: by date.
            retire: from when on there is no demand, whatever it has grown to.
        """
        begins = [self._index(phase.from_) for phase in phases]
        for k, phase in enumerate(phases):
            begin, end = begins[k], begins[k + 1] if k + 1 < len(phases) else None
            outside = begin >= len(self.months) or (end is not None and end <= 0)
            if outside or not (phase.rate.low or phase.rate.high):
                continue
            at = place_of_rate(self.findings.scenario, self.path, k, len(phases))
            per = (phase.rate.per or ("month",))[0]
            growth = Growth(
                self.variables.term(phase.rate, at, "growth"),
                growth_steps(len(self.months), per, begin, end),
                linear=phase.kind == "linear",
            )
            if growth.linear:
                self._check_linear(growth, at, retire)
            yield growth

    def _index(self, day: date) -> int:
        """The month of the plan a day is in; 0 where a phase holds from the start."""
        return 0 if day == date.min else Month.of(day) - self.months[0]

    def _check_linear(self, growth: Growth, at: KeyPath, retire: date | None) -> None:
        """Demand that shrinks by the same amount each month is used up some day."""
        name = growth.rate.variable
        known = self.variables.known[name] if name else None
        lowest = float(known.quantile(np.array([_TAIL]))[0]) if known else growth.rate.base
        left: Floats = 1 + lowest * growth.steps
        for month, factor in zip(self.months, left, strict=True):
            if factor < -1e-9 and not (retire and month.first >= retire):
                possibly = "may bring" if known else "brings"
                self.findings.problem(
                    at,
                    f"linear growth of {lowest * 100:.3g}% a step {possibly} demand below nothing "
                    f"in {month}: let it compound, or give the workload a day to retire",
                )
                return


def place_of_rate(scenario: Scenario, path: KeyPath, index: int = 0, count: int = 1) -> KeyPath:
    """Where a rate of growth stands: alone, in a mapping, or in a list.

    Args:
        scenario: the file it is in.
        path: of the growth.
        index: which of the phases.
        count: how many there are.
    """
    one, several = (*path, "rate"), (*path, str(index), "rate")
    if count == 1 and several not in scenario.places:
        return one if one in scenario.places else path
    return several
