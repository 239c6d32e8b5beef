"""What will be asked of the models: the scenario file, its variants, and the templates."""

from __future__ import annotations

from costplan.scenario.files import (
    find_scenario,
    load_scenario,
    read_scenario,
    shipped_scenarios,
)
from costplan.scenario.schema import Scenario, Workload, scenario_schema
from costplan.scenario.starters import SCHEMA_FILE, Template, templates

__all__ = [
    "SCHEMA_FILE",
    "Scenario",
    "Template",
    "Workload",
    "find_scenario",
    "load_scenario",
    "read_scenario",
    "scenario_schema",
    "shipped_scenarios",
    "templates",
]
