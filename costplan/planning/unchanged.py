"""Which workloads compile to what they were in the plan before, and so are taken over from it.

A what-if sets one key, and most workloads have nothing to do with it. What a workload compiles to
is decided by the workload itself; by prices, counts, days and the rest of the scenario, but for
what no workload looks at; and by the ranges it shares with others. All of it is compared, values as
they are and as they print: 2.0 is 2, and may yet be shown otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from costplan.engine.distributions import Distribution
from costplan.memory import Memory
from costplan.planning.findings import Findings
from costplan.planning.growth import place_of_rate
from costplan.planning.sizes import Stated, Variables
from costplan.prices import PriceBook, default_book
from costplan.scenario.schema import Budget, Scenario, Workload
from costplan.schema import KeyPath
from costplan.tokens import CountStore

if TYPE_CHECKING:
    from costplan.planning.compiling import PricedStream


@dataclass(frozen=True, slots=True)
class Grounds:
    """What all workloads of a plan rest on, besides themselves; equal ones compile alike."""

    book: PriceBook
    """Equal only to itself, like the counts."""
    counts: CountStore
    memory: Memory
    volume: float
    """What all demand is multiplied by."""
    scenario: Scenario
    written: str

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        book: PriceBook | None,
        counts: CountStore | None,
        memory: Memory | None,
        volume: float = 1.0,
    ) -> Grounds:
        """Those of a plan: the shipped prices, and no memory, where None is given."""
        rest = _without_what_no_workload_looks_at(scenario)
        return cls(
            book or default_book(),
            counts or CountStore(None),
            memory or Memory(),
            volume,
            rest,
            repr(rest),
        )


def _without_what_no_workload_looks_at(scenario: Scenario) -> Scenario:
    """Assumptions stand filled in where a workload names them; its file's name is in no finding."""
    return replace(
        scenario,
        name="",
        description="",
        fiscal_year_start=1,
        assumptions={},
        residency={},
        optimize={},
        workloads={},
        contracts={},
        budget=Budget(),
        changes={},
        variant=None,
        path="",
    )


@dataclass(frozen=True, slots=True, eq=False)
class CompiledWorkload:
    """A workload as it was compiled, what was found, and what it rests on of its own."""

    name: str
    workload: Workload
    written: str
    growth_at: KeyPath
    """Where its growth stands, which names a range of it; no value tells."""
    stated: Mapping[str, Stated]
    """Its ranges."""
    known: Mapping[str, Distribution]
    """What they meant: a workload before may have stated the same name otherwise."""
    priced: PricedStream
    findings: Findings
    hints: Findings

    def holds(self, workload: Workload, scenario: Scenario, variables: Variables) -> bool:
        """Whether it would compile to the same again, on equal grounds.

        Args:
            workload: as it is now.
            scenario: the file it is in.
            variables: the ranges of the workloads before it.
        """
        return (
            self.workload == workload
            and self.written == repr(workload)
            and self.growth_at == growth_place(scenario, self.name)
            and all(
                variables.meaning(name, stated) == self.known[name]
                for name, stated in self.stated.items()
            )
        )


def growth_place(scenario: Scenario, workload: str) -> KeyPath:
    """Where the growth of a workload stands."""
    return place_of_rate(scenario, ("workloads", workload, "demand", "growth"))
