"""Whether requests can be sent at all: they fit the model, and every meter has a price."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from costplan.engine.conversation import conversation, largest_prompt
from costplan.engine.distributions import Distribution
from costplan.engine.model import Cell, Profile, Size, means
from costplan.errors import ExitCode
from costplan.planning.findings import Findings
from costplan.prices import Model, Price
from costplan.schema import KeyPath


def is_priced(
    cell: Cell,
    price: Price,
    variables: dict[str, Distribution],
    at: KeyPath,
    findings: Findings,
) -> bool:
    """Whether there is a rate for everything a conversation uses; else a problem is noted."""
    middle = means(variables)
    use = conversation(cell.profile, cell.thresholds, middle)
    name = f"{price.provider}/{price.model}"
    longest = _high_end(cell.profile, variables)
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
            at,
            f"{name} has no price for {meter} in {price.mode} mode from "
            f"{price.from_}; a missing price is never taken as zero",
            ExitCode.UNPRICED,
        )
    return not missing


def check_fit(
    profile: Profile,
    model: Model,
    variables: dict[str, Distribution],
    at: KeyPath,
    findings: Findings,
) -> None:
    """A mean request over the context is a problem; a large one over it is a warning."""
    middle = means(variables)
    written = float(profile.output.at(middle)) + float(profile.reasoning.at(middle))
    needed = largest_prompt(_without_spread(profile, 1.0), middle) + written
    limit = model.context
    if limit is not None and needed > limit:
        findings.problem(
            at,
            f"a request of {needed:,.0f} tokens does not fit {model.name}, "
            f"whose context is {limit:,} tokens",
        )
    elif limit is not None and _high_end(profile, variables) + written > limit:
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
    ninety_five = np.array([0.95])
    high = {name: float(variables[name].quantile(ninety_five)[0]) for name in profile.variables}
    ratio = profile.input.spread.p90() if profile.input.spread else 1.0
    return largest_prompt(_without_spread(profile, ratio), high)


def _without_spread(profile: Profile, ratio: float) -> Profile:
    """The profile with what is spread of its input at `ratio` times its mean."""
    varied = tuple(term * ratio for term in profile.input.varied)
    return replace(
        profile,
        input=Size((*profile.input.terms, *varied)),
        output=Size(profile.output.every),
    )
