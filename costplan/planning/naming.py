"""Every model a scenario names is one the book holds, whatever its weight or date."""

from __future__ import annotations

from collections.abc import Iterator

from costplan.documents import Mapping, join_path, read_document
from costplan.errors import Problem, ScenarioError, UnknownModelError, suggestion
from costplan.planning.findings import Findings
from costplan.prices import PriceBook
from costplan.scenario.by_model import TokensByModel
from costplan.scenario.files import named_models
from costplan.scenario.schema import SIZED, Scenario
from costplan.schema import KeyPath


def check_names(scenario: Scenario, book: PriceBook, findings: Findings) -> None:
    """A problem for each model that is named anywhere and is not in the book."""
    for path, name in _named(scenario):
        try:
            book.model(name)
        except UnknownModelError as error:
            findings.problem(path, str(error), error.exit_code)
    for path, name in _offered(scenario):
        if name not in book.providers:
            hint = suggestion(name, book.providers, all_below=99)
            findings.problem(path, f"there is no provider {name!r}{hint}")


def _offered(scenario: Scenario) -> Iterator[tuple[KeyPath, str]]:
    """The providers that rules of `optimize` and `residency` are about."""
    for name, wishes in scenario.optimize.items():
        yield from ((("optimize", name, "shares", n), n) for n in wishes.shares if "/" not in n)
    for place, names in scenario.residency.items():
        yield from ((("residency", place), name) for name in names if "/" not in name)


def _named(scenario: Scenario) -> Iterator[tuple[KeyPath, str]]:
    for name, workload in scenario.workloads.items():
        at: KeyPath = ("workloads", name)
        yield from (((*at, *below), model) for below, model in workload.models())
        for request_at, request in workload.requests():
            for key in SIZED:
                size = getattr(request, key)
                for below, tokens in size.each() if size else ():
                    if isinstance(size, TokensByModel):
                        yield (*at, "request", key, *below), below[0]
                    if tokens.counted_with:
                        path = (*at, *request_at, key, *below, "counted_with")
                        yield path, tokens.counted_with
    for name, wishes in scenario.optimize.items():
        yield from ((("optimize", name, "among"), model) for model in wishes.among)
        yield from ((("optimize", name, "shares", n), n) for n in wishes.shares if "/" in n)
    for place, names in scenario.residency.items():
        yield from ((("residency", place), model) for model in names if "/" in model)
    for task, scores in scenario.quality.items():
        yield from ((("quality", task, model), model) for model in scores)


def with_unknown_models(
    error: ScenarioError, data: bytes, file: str, book: PriceBook
) -> ScenarioError:
    """The problems of a scenario that cannot be read, and the models in it that nobody sells.

    So that a reader who mends the first does not meet the second afterwards. A scenario with a
    price list of its own may mean models of that list, which is read only with the scenario.
    """
    root, _ = read_document(data, file)
    if not isinstance(root, Mapping) or "prices" in root.items:
        return error
    problems = list(error.problems)
    for place, path, name in named_models(root):
        try:
            book.model(name)
        except UnknownModelError as unknown:
            problems.append(Problem(place, join_path(path), str(unknown), unknown.exit_code))
    return ScenarioError(problems)
