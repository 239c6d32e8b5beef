"""How unsure each workload's volume is, and what to say where one number stands for it."""

from __future__ import annotations

from collections.abc import Sequence

from costplan.planning.findings import Findings
from costplan.scenario.schema import Demand, Scenario
from costplan.scenario.uncertainty import NONE, Uncertainty

_REAL = "real ones have P10 and P90 a factor of 3 to 5 apart"
"""BurstGPT and ServeGen, see docs/modelling.md."""


def volume_uncertainty(scenario: Scenario, name: str) -> Uncertainty:
    """What a workload says of itself, or else the plan of all."""
    return scenario.workloads[name].uncertainty or scenario.uncertainty


def hint_volumes(scenario: Scenario, findings: Findings) -> None:
    """One line about all volumes that are a single number; who says how sure it is has thought."""
    names = [
        name
        for name, workload in scenario.workloads.items()
        if workload.uncertainty is None and _is_number(workload.demand)
    ]
    if not names:
        return
    taken = (
        "this plan takes it for certain (uncertainty: none); a range or a log says more"
        if scenario.uncertainty == NONE
        else "the plan's uncertainty stands for that, a range or a log says more"
    )
    findings.note(f"the volume of {_listed(names)} is a single number: {_REAL}; {taken}")


def _is_number(demand: Demand) -> bool:
    """Whether it is requests by time, neither a range nor counted in a log."""
    requests = demand.requests
    if demand.log is not None or requests is None or "once" in requests.per:
        return False
    return not (requests.is_range or (demand.users is not None and demand.users.is_range))


def _listed(names: Sequence[str]) -> str:
    """The first three, and how many more."""
    shown, more = names[:3], len(names) - 3
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
