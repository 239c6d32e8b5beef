"""What the worker does: take a question about the plan, and give the messages that answer it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.message import Message

from costplan.errors import CostplanError, FileError
from costplan.scenario import Scenario
from costplan.tui.bench import Bench
from costplan.tui.figures import Figures
from costplan.tui.messages import ProblemsFound, ProjectionReady, ScenarioLoaded


@dataclass(frozen=True, slots=True)
class Question:
    """What does this scenario cost, with this variant and these levers?"""

    number: int
    bench: Bench
    scenario: Scenario | None
    """None asks to read the file first."""
    variant: str | None
    settings: Mapping[str, float]


def answers(question: Question) -> Iterator[Message]:
    """Answer it in one or two messages, never with an error of the user's making."""
    try:
        scenario = question.scenario
        if scenario is None:
            scenario = question.bench.load()
            yield ScenarioLoaded(question.number, scenario, question.bench.levers(scenario))
        projection = question.bench.project(
            scenario, variant=question.variant, levers=question.settings
        )
        yield ProjectionReady(question.number, Figures.of(projection))
    except FileError as error:
        yield ProblemsFound(question.number, tuple(map(str, error.problems)))
    except CostplanError as error:
        yield ProblemsFound(question.number, tuple(str(error).splitlines()))
    except OSError as error:
        said = f"{error.filename or question.bench.title}: {error.strerror or error}"
        yield ProblemsFound(question.number, (said,))
