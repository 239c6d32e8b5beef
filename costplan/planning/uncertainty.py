"""How unsure each workload's volume is, and what to say about it."""

from __future__ import annotations

from costplan.scenario.schema import Scenario
from costplan.scenario.uncertainty import Uncertainty


def volume_uncertainty(scenario: Scenario, name: str) -> Uncertainty:
    """What a workload says of itself, or else the plan of all."""
    return scenario.workloads[name].uncertainty or scenario.uncertainty
