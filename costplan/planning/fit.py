"""Whether requests can be sent at all: they fit the model, and every meter has a price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from costplan.engine.conversation import conversation, largest_prompt
from costplan.engine.distributions import Distribution
from costplan.engine.expectation import expected_quantities
from costplan.engine.model import Cell, Size, Stream, Term, Threshold, means
from costplan.engine.profile import Amount, Profile
from costplan.errors import ExitCode
from costplan.planning.findings import Findings
from costplan.planning.loops import at_mean_turns
from costplan.prices import Model, Price
from costplan.schema import KeyPath

_CALLS = "calls"
"""The name under which calls are counted here; no meter."""
_ALONE = Stream("", (), (), ())
_HIGH, _SURE = 0.95, 1 - 1e-9
_TOLD = 1e-4
"""A smaller share of requests that do not fit changes no figure."""


def is_priced(
    cell: Cell,
    price: Price,
    variables: dict[str, Distribution],
    at: KeyPath,
    findings: Findings,
    *,
    places: Mapping[str, KeyPath] = MappingProxyType({}),
) -> bool:
    """Whether there is a rate for everything a conversation uses; else a problem is noted.

    Args:
        cell: what is used, and the rates it has.
        price: the price in force.
        variables: what is not known.
        at: where the scenario names the model.
        findings: takes the problems.
        places: by meter, the key that asks for it.
    """
    middle = means(variables)
    use = conversation(cell.profile, cell.thresholds, middle)
    name = f"{price.provider}/{price.model}"
    longest = _high_end(at_mean_turns(cell.profile, 0.1), variables)
    if price.up_to is not None and longest > price.up_to:
        findings.problem(
            at,
            f"{name} has no {price.mode} price for prompts over {price.up_to:,} tokens; "
            f"the larger ones here have {longest:,.0f}",
            ExitCode.UNPRICED,
        )
        return False
    missing = sorted({meter for tier, meter in use if meter not in cell.rates[tier]})
    for meter in missing:
        findings.problem(
            places.get(meter, at),
            f"{name} has no price for {meter} in {price.mode} mode from "
            f"{price.from_}; a missing price is never taken as zero",
            ExitCode.UNPRICED,
        )
    return not missing


def served(
    cell: Cell, model: Model, variables: dict[str, Distribution], findings: Findings
) -> Cell:
    """The cell without the requests that are longer than the model's context.

    Where single requests differ, some of them may not fit: the provider refuses them with an
    error and bills nothing, so they are told and not paid. A range is no such spread: the plan
    does not know the size, and nothing of it is left out.
    """
    profile, limit = cell.profile, model.context
    if limit is None or not (profile.input.spread or profile.output.spread):
        return cell
    high = {name: _quantile(variables[name], _SURE) for name in profile.variables}
    if largest_prompt(profile, high) <= limit:
        return cell
    window = Threshold(limit, refused=True)
    calls = Amount(_CALLS, Size((Term(1.0),)), each_call=True)
    counting = replace(profile, amounts=(*profile.amounts, calls))
    counted = Cell(counting, np.ones(1), (), (window,), ({},))
    everyone = replace(counted, thresholds=())
    sent, fitting = (
        float(expected_quantities(_ALONE, each, variables)[0, _CALLS][0])
        for each in (everyone, counted)
    )
    refused = 1 - fitting / sent
    if refused < _TOLD:
        return cell
    findings.warn(
        "context-tight",
        f"{refused:.2%} of requests are longer than the context of {model.name} ({limit:,} "
        "tokens): the provider refuses them, and they are not part of the cost",
        model.name,
    )
    below = tuple(each for each in cell.thresholds if each.tokens < limit)
    return replace(cell, thresholds=(*below, window))


def check_fit(
    profile: Profile,
    model: Model,
    variables: dict[str, Distribution],
    at: KeyPath,
    findings: Findings,
    *,
    told: bool = False,
) -> None:
    """A mean request over the context is a problem; a large one over it is a warning.

    Args:
        profile: what a conversation sends and receives.
        model: what it is sent to.
        variables: what is not known.
        at: where the scenario names the model.
        findings: takes what is found.
        told: whether the share that does not fit was told already.
    """
    middle = means(variables)
    longer = at_mean_turns(profile, 0.1)  # nine of ten conversations are shorter
    profile = at_mean_turns(profile)
    written = float(profile.output.at(middle)) + float(profile.reasoning.at(middle))
    needed = largest_prompt(_without_spread(profile, 1.0), middle) + written
    limit = model.context
    if limit is not None and needed > limit:
        findings.problem(
            at,
            f"a request of {needed:,.0f} tokens does not fit {model.name}, "
            f"whose context is {limit:,} tokens",
        )
    elif limit is not None and not told and _high_end(longer, variables) + written > limit:
        message = f"the largest requests pass the context of {model.name} ({limit:,} tokens)"
        findings.warn("context-tight", message, model.name)
    if model.max_output is not None and written > model.max_output:
        findings.warn(
            "over-max-output",
            f"{written:,.0f} tokens of output are more than {model.name} writes in one answer "
            f"({model.max_output:,})",
            model.name,
        )


def _high_end(profile: Profile, variables: dict[str, Distribution]) -> float:
    """The last prompt at the 95th percentile of ranges and the 90th between requests, tokens."""
    high = {name: _quantile(variables[name], _HIGH) for name in profile.variables}
    ratio = profile.input.spread.p90() if profile.input.spread else 1.0
    return largest_prompt(_without_spread(profile, ratio), high)


@lru_cache(maxsize=4096)
def _quantile(distribution: Distribution, probability: float) -> float:
    return float(distribution.quantile(np.array([probability]))[0])


def _without_spread(profile: Profile, ratio: float) -> Profile:
    """The profile with what is spread of its input at `ratio` times its mean."""
    varied = tuple(term * ratio for term in profile.input.varied)
    return replace(
        profile,
        input=Size((*profile.input.terms, *varied), scale=profile.input.scale),
        output=replace(
            profile.output,
            terms=(*profile.output.terms, *profile.output.varied),
            varied=(),
            spread=None,
        ),
    )
