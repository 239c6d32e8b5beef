"""Second thoughts about a scenario that is valid but may not say what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from costplan.documents import Mapping, Node, Scalar, join_path
from costplan.engine.expectation import MOST_TURNS
from costplan.engine.model import Growth, Stream
from costplan.errors import UsageError
from costplan.planning.findings import Findings
from costplan.planning.sizes import Variables
from costplan.scenario.by_model import TokensByModel
from costplan.scenario.declarations import read_declarations
from costplan.scenario.placeholders import placeholders
from costplan.scenario.schema import SIZED, Request, Scenario, Tokens, Workload
from costplan.schema import KeyPath
from costplan.tokens import tokenizer_of

_WIDE = Decimal(3)
"""High over low: few planners are this unsure of a mean, but single requests differ by more."""


def hint_workload(name: str, workload: Workload, findings: Findings) -> None:
    """Note what a reader of the scenario should think about twice."""
    if workload.request is None or workload.routing is None:
        return
    _ranges(name, workload.request, findings)
    _texts(name, workload.request, findings)
    _tokenizers(name, workload, findings)


def hint_assumptions(scenario: Scenario, findings: Findings) -> None:
    """An assumption that nothing refers to changes nothing, which its writer may not expect.

    One that only a variant uses is used; one that a variant no longer uses was meant so.
    """
    if scenario.variant is not None or scenario.source is None:
        return
    used = set(_references(scenario.source.root))
    for name in scenario.assumptions:
        if name not in used:
            findings.warn(
                "unused-assumption",
                f"nothing in the scenario uses ${name}: changing it changes nothing",
                f"assumptions.{name}",
            )


def _references(node: Node) -> Iterator[str]:
    """The assumptions that a document names."""
    if isinstance(node, Scalar):
        yield from re.findall(r"\$([A-Za-z][\w-]*)", node.text)
    else:
        for child in node.items.values() if isinstance(node, Mapping) else node.items:
            yield from _references(child)


def check_turns(stream: Stream, variables: Variables, findings: Findings) -> None:
    """A range of turns so wide that conversations of thousands of turns decide its mean."""
    names = {cell.profile.turns.variable for cell in stream.cells} - {""}
    for name in names:
        far = float(variables.known[name].quantile(np.array([1 - 1e-7]))[0])
        if far > MOST_TURNS:
            findings.problem(
                ("workloads", stream.name, "request", "turns"),
                f"this range of turns is so wide that conversations of over {MOST_TURNS:,} turns "
                "decide what it costs on average; narrow it",
            )


def hint_growth(stream: Stream, variables: Variables, findings: Findings) -> None:
    """Where the expectation of growth lies beyond its 95th percentile, a few draws make it."""
    for phase in stream.growth:
        if phase.rate.variable and not phase.linear:
            _hint_phase(phase, stream.name, variables, findings)


def _hint_phase(phase: Growth, workload: str, variables: Variables, findings: Findings) -> None:
    known, steps = variables.known[phase.rate.variable], float(phase.steps[-1])
    try:
        average = known.compounded(steps)
    except UsageError as error:
        findings.problem(("workloads", workload, "demand", "growth"), str(error))
        return
    high = float((1 + known.quantile(np.array([0.95]))[0]) ** steps)
    if average > high:
        findings.warn(
            "wide-growth",
            f"over {steps:g} months this range of growth has a mean factor of {average:,.3g}, "
            f"beyond its 95th percentile of {high:,.3g}: a few extreme cases decide the expected "
            "value; narrow the range or shorten the plan",
            join_path(("workloads", workload, "demand", "growth")),
        )


def _sizes(request: Request) -> Iterator[tuple[KeyPath, Tokens]]:
    """Every size of a request, those of a template's variables too, with its path."""
    for at, each in request.each():
        for name in SIZED:
            size: Tokens | TokensByModel | None = getattr(each, name)
            for below, tokens in size.each() if size is not None else ():
                yield (*at, name, *below), tokens


def _ranges(name: str, request: Request, findings: Findings) -> None:
    """A range is about the plan; a spread between requests is written otherwise."""
    for at, tokens in _sizes(request):
        quantity = tokens.tokens
        if (
            quantity
            and quantity.is_range
            and quantity.low
            and quantity.high / quantity.low >= _WIDE
        ):
            findings.warn(
                "range-or-spread",
                f"{quantity} says the mean of all requests is unknown by that much; if single "
                "requests differ by that much, write {mean: ..., p90: ...}",
                join_path(("workloads", name, "request", *at)),
            )


def _texts(name: str, request: Request, findings: Findings) -> None:
    """A text that looks like something which is counted otherwise."""
    for at, tokens in _sizes(request):
        text = findings.scenario.texts[tokens.file] if tokens.file else tokens.text or ""
        where = join_path(("workloads", name, "request", *at))
        if variables := placeholders(text).times:
            findings.warn(
                "variables-as-text",
                f"{{{{{next(iter(variables))}}}}} is counted as it stands; write template and with "
                "to say what is sent in its place",
                where,
            )
        if at[-1] == "tools" and _declares(text):
            findings.warn(
                "tools-as-text",
                "these declarations are counted as plain text; write declared: FILE to count what "
                "each model is sent for them",
                where,
            )


def _declares(text: str) -> bool:
    try:
        return bool(read_declarations("", text))
    except ValueError:
        return False


def _tokenizers(name: str, workload: Workload, findings: Findings) -> None:
    """The same number of tokens is not the same text on models with different tokenizers."""
    if workload.request is None or workload.routing is None:
        return
    stated = [
        join_path(at)
        for at, tokens in _sizes(workload.request)
        if _is_stated(tokens, findings.scenario)
        and not tokens.counted_with
        and "reasoning" not in at[:-1]  # stated by model
    ]
    answering = {"mix", "escalate_to", "cascade", "repair"}
    models = {model for at, model in workload.models() if at[1] in answering}
    families = {tokenizer_of(model) for model in models}
    if stated and len(families) > 1:
        findings.warn(
            "tokenizers-differ",
            f"{', '.join(stated)}: the same number of tokens is taken on {len(families)} different "
            f"tokenizers ({', '.join(sorted(families))}); write counted_with: MODEL to convert it",
            join_path(("workloads", name, "request")),
        )


def _is_stated(tokens: Tokens, scenario: Scenario) -> bool:
    """Whether it is a number that somebody counted, not a text that is counted here."""
    if tokens.sample is not None:
        return any(
            isinstance(record, int) and record for record in scenario.samples[tokens.records]
        )
    quantity = tokens.tokens or tokens.mean
    return quantity is not None and quantity.high > 0
