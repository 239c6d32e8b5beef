"""What widgets and the worker tell the screen."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from costplan.scenario import Scenario
from costplan.tui.bench import Lever
from costplan.tui.figures import Figures


@dataclass
class ScenarioLoaded(Message):
    """The file was read and can be used."""

    question: int
    """Number of the question this answers; an answer to an older one is dropped."""
    scenario: Scenario
    levers: tuple[Lever, ...]


@dataclass
class ProjectionReady(Message):
    """A question was answered."""

    question: int
    figures: Figures


@dataclass
class ProblemsFound(Message):
    """A question has no answer yet: what is wrong, a line each, with its place in the file."""

    question: int
    problems: tuple[str, ...]


@dataclass
class LeverMoved(Message):
    """A lever was nudged."""

    lever: str
    steps: int


@dataclass
class VariantChosen(Message):
    """A variant was picked; None is the scenario as written."""

    variant: str | None


@dataclass
class ScenarioChosen(Message):
    """Another scenario was picked."""

    name: str
