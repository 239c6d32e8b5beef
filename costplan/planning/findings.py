"""What compiling a scenario turns up: problems at their place, warnings with their code, notes."""

from __future__ import annotations

from dataclasses import dataclass, field

from costplan.documents import join_path
from costplan.errors import ExitCode, Place, PlanWarning, Problem
from costplan.scenario.schema import Scenario
from costplan.schema import KeyPath


@dataclass(slots=True)
class Findings:
    """Collects what is found; each thing once, in the order it was found."""

    scenario: Scenario
    problems: list[Problem] = field(default_factory=list)
    warnings: list[PlanWarning] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def place(self, path: KeyPath) -> Place:
        """Where a path stands in the file, or the nearest key above it that does."""
        while path and path not in self.scenario.places:
            path = path[:-1]
        return self.scenario.places.get(path, Place(self.scenario.path))

    def problem(self, path: KeyPath, message: str, exit_code: ExitCode = ExitCode.INVALID) -> None:
        """Something that keeps the scenario from being projected."""
        problem = Problem(self.place(path), join_path(path), message, exit_code)
        if problem not in self.problems:
            self.problems.append(problem)

    def warn(self, code: str, message: str, where: str) -> None:
        """Something the reader of the plan must know."""
        warning = PlanWarning(code, message, where)
        if warning not in self.warnings:
            self.warnings.append(warning)

    def note(self, sentence: str) -> None:
        """Something worth saying that is not a warning."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def include(self, others: Findings) -> None:
        """What was found elsewhere, after what is here."""
        self.problems += (each for each in others.problems if each not in self.problems)
        self.warnings += (each for each in others.warnings if each not in self.warnings)
        self.notes += (each for each in others.notes if each not in self.notes)
