"""Puts the rooms together: a scenario's prompts counted, its models priced, its months projected.

`project` is the whole of costplan in one call; `compile_plan` is its first half, for a plan that is
projected often. `check` is everything `project` could complain
about, without the simulation. `FileBench` is what the interface works on.
"""

from __future__ import annotations

from costplan.planning.compiled import CompiledPlan
from costplan.planning.naming import with_unknown_models
from costplan.planning.projecting import adjusted, check, compile_plan, project

__all__ = [
    "CompiledPlan",
    "adjusted",
    "check",
    "compile_plan",
    "project",
    "with_unknown_models",
]
