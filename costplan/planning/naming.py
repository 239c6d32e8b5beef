"""Model names in a scenario that cannot be read otherwise."""

from __future__ import annotations

from costplan.documents import join_path, read_document
from costplan.errors import Problem, ScenarioError, UnknownModelError
from costplan.prices import PriceBook
from costplan.scenario.files import named_models


def with_unknown_models(
    error: ScenarioError, data: bytes, file: str, book: PriceBook
) -> ScenarioError:
    """The problems of a scenario that cannot be read, and the models in it that nobody sells.

    So that a reader who mends the first does not meet the second afterwards.
    """
    root, _ = read_document(data, file)
    problems = list(error.problems)
    for place, path, name in named_models(root) if root else ():
        try:
            book.model(name)
        except UnknownModelError as unknown:
            problems.append(Problem(place, join_path(path), str(unknown), unknown.exit_code))
    return ScenarioError(problems)
