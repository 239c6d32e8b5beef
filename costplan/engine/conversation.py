"""What one conversation uses: its turns, the context they send again, caches and tiers.

Turn t sends the prefix, the t-1 earlier turns (their input and output) and its own input. Over N
turns the input is sent N(N+1)/2 times and the output N(N-1)/2 times. A number of turns between two
whole numbers is a mixture of conversations of those two lengths.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from costplan.engine.amounts import Times, amounts_sent, amounts_used, in_prompts
from costplan.engine.calls import Call, Said, Tokens, by_turn
from costplan.engine.distributions import Floats
from costplan.engine.limited import one_by_one
from costplan.engine.metering import Use, meters
from costplan.engine.model import Size, Spread, Threshold, Values
from costplan.engine.profile import Profile
from costplan.engine.sums import growth, summed

__all__ = ["Use", "conversation", "largest_prompt", "prompts", "smallest_prompt"]

_STRATA = 32
"""Parts the spread of outputs is cut into where it decides tiers together with that of inputs."""
_BOUNDED = (32, 16), (8, 4)
"""Parts of the spread of inputs and of outputs where a limit of the history depends on them: of a
conversation that is certain, and of one that depends on variables."""
_BLOCK = 8_192
"""Draws that are worked on at once where calls are looked at one by one."""


def conversation(profile: Profile, thresholds: Sequence[Threshold], values: Values) -> Use:
    """Expected use of one conversation, the spread between requests integrated.

    Args:
        profile: what it sends and receives.
        thresholds: long-context tiers, lowest first.
        values: the variables: numbers, or arrays of one shape (n,).

    Returns:
        Quantities by tier and meter, each a number or an array of shape (n,).
    """
    if profile.flat:
        return {(0, profile.flat): 1.0}
    values = {name: values[name] for name in profile.variables}
    if profile.is_bounded or _is_partly_cached(profile, values):
        return _in_blocks(profile, thresholds, values)
    if thresholds and largest_prompt(profile, values) >= thresholds[0].tokens:
        return _in_blocks(profile, thresholds, values)
    plain = profile.loop is None and profile.history is None and profile.grown is None
    plain = plain and not profile.kept.every
    used = _plain(profile, values) if plain else summed(profile, values)
    return {(0, meter): amount for meter, amount in used.items()}


def _is_partly_cached(profile: Profile, values: Values) -> bool:
    """Whether prompts may be too short to be cached."""
    least = profile.grown.minimum if profile.grown else 0.0
    return bool(least) and smallest_prompt(profile, values) < least


def smallest_prompt(profile: Profile, values: Values) -> float:
    """The first prompt of a mean request, at the lowest of the values, tokens."""
    first = profile.prefix.at(values) + profile.cached.at(values) + profile.input.at(values)
    return float(np.min(first + profile.images.at(values) + amounts_sent(profile, values, 1.0)))


def largest_prompt(profile: Profile, values: Values) -> float:
    """The largest prompt a request can have: the last turn at the top of every spread, tokens."""
    last = np.ceil(_last_turn(profile, values))
    return float(np.max(prompts(profile, values, last, top=True)))


def prompts(profile: Profile, values: Values, turn: Floats | float, *, top: bool) -> Floats | float:
    """A prompt of a turn, tokens.

    Args:
        profile: the conversation.
        values: the variables.
        turn: the turn, from 1.
        top: the last call of the turn at the top of every spread; else the first at the bottom.
    """
    new = _end(profile.input, values, top=top) + profile.images.at(values)
    answered = _end(profile.output, values, top=top)
    prefix = profile.prefix.at(values) + profile.cached.at(values)
    if profile.loop is None and profile.history is None and not profile.kept.every:
        if profile.amounts:
            prefix = prefix + amounts_sent(profile, values, turn)
        return prefix + turn * new + (turn - 1) * answered
    adds = in_prompts(profile, values)
    new = new + adds.read
    grows = growth(profile, values)
    within = grows.turn - grows.new - grows.last  # what the later calls of a turn add
    whole = new + within + answered + adds.made + grows.last - profile.output.at(values)
    return (
        prefix
        + adds.once
        + _limited(
            profile, values, turn=turn, whole=whole, new=new, within=within, prefix=prefix, top=top
        )
    )


def _limited(
    profile: Profile,
    values: Values,
    *,
    turn: Floats | float,
    whole: Floats | float,
    new: Floats | float,
    within: Floats | float,
    prefix: Floats | float,
    top: bool,
) -> Floats | float:
    """What a prompt holds after the prefix where a limit of the history may cut it."""
    history, loop = profile.history, profile.loop
    most = history.turns if history else None
    earlier = whole * (turn - 1 if most is None else np.minimum(turn - 1, float(most)))
    body = earlier + new + (within if top else 0.0)
    if history is None or most is not None:
        return body
    added = new + (loop.given_back(values) if loop else 0.0)
    if history.window is not None:
        return np.minimum(body, history.window.at(values) + added)
    summary = history.summary.at(values)
    if not top or history.above is None:
        return np.minimum(earlier, summary) + new
    longest = np.maximum(history.above.at(values) - prefix, summary + added)
    return np.minimum(body, longest + whole)  # the call that summarises sends what was too long


def _end(size: Size, values: Values, *, top: bool) -> Floats | float:
    ratio = size.spread.ends[top] if size.spread else 1.0
    return size.fixed(values) + size.varying(values) * ratio


def _last_turn(profile: Profile, values: Values) -> Floats | float:
    return len(profile.survival) if profile.survival else profile.turns.at(values)


def _plain(profile: Profile, values: Values) -> dict[str, Floats | float]:
    """One call in each turn, everything sent again, only the prefix cached: most conversations."""
    turns, sent = _turns_and_sent(profile, values)
    again = sent - turns
    output = profile.output.at(values)
    fresh = profile.prefix.at(values) * turns + profile.input.at(values) * sent + output * again
    cached = profile.cached.at(values)
    found = _hits(profile, values, turns)
    return meters(
        profile,
        values,
        fresh=fresh,
        images=profile.images.at(values) * sent,
        read=cached * found,
        written=cached * (turns - found),
        output=(output + profile.reasoning.at(values)) * turns,
        amounts=amounts_used(profile, values, Times(turns, turns, turns, turns, again, again)),
    )


def _turns_and_sent(profile: Profile, values: Values) -> tuple[Floats | float, Floats | float]:
    """How many turns there are, and how often an input is sent over all of them."""
    if profile.survival:
        return math.fsum(profile.survival), math.fsum(
            turn * part for turn, part in enumerate(profile.survival, 1)
        )
    turns = profile.turns.at(values)
    whole = np.floor(turns)
    return turns, whole * (whole + 1) / 2 + (turns - whole) * (whole + 1)


def _hits(profile: Profile, values: Values, turns: Floats | float) -> Floats | float:
    """Turns that find the prefix in the cache."""
    cache = profile.cache
    if cache is None:
        return 0.0
    if cache.hits is not None:
        return turns * cache.hits.at(values)
    if cache.first_hit:
        return turns
    first = profile.survival[0] if profile.survival else np.minimum(turns, 1.0)
    return (turns - first) * cache.later.chance(values) if cache.later else turns - first


def _in_blocks(profile: Profile, thresholds: Sequence[Threshold], values: Values) -> Use:
    """Call by call, some thousands of draws at a time: memory does not grow with their number."""
    size = max((np.size(v) for v in values.values()), default=1)
    block = _block(profile, values)
    if not values:
        return dict(_certain(profile, tuple(thresholds)))
    if size <= block:
        return _by_call(profile, thresholds, values)
    parts = []
    for start in range(0, size, block):
        some = {
            name: v[start : start + block] if isinstance(v, np.ndarray) and v.size > 1 else v
            for name, v in values.items()
        }
        parts.append((min(block, size - start), _by_call(profile, thresholds, some)))
    keys = dict.fromkeys(key for _, part in parts for key in part)
    return {
        key: np.concatenate([np.broadcast_to(part.get(key, 0.0), n) for n, part in parts])
        for key in keys
    }


def _block(profile: Profile, values: Values) -> int:
    """Draws that are worked on at once: fewer where a turn has many steps."""
    if profile.is_bounded or profile.loop is None:
        return _BLOCK
    steps = len(profile.loop.survival) or float(np.max(profile.loop.steps.at(values)))
    return max(64, _BLOCK // math.ceil(steps))


@lru_cache(maxsize=256)
def _certain(profile: Profile, thresholds: tuple[Threshold, ...]) -> Use:
    """A conversation that depends on no variable is gone through once."""
    return _by_call(profile, thresholds, {})


def _by_call(profile: Profile, thresholds: Sequence[Threshold], values: Values) -> Use:
    """Call by call: a tier is decided by each single prompt.

    The spread of inputs is integrated in closed form, that of outputs in strata; both in strata
    where a limit of the history depends on them.
    """
    shape = np.broadcast(*(np.asarray(v) for v in values.values()), 0.0).shape
    column = {name: np.asarray(v)[..., None, None] for name, v in values.items()}
    inputs, outputs, weights = _strata(profile)
    answers = profile.output.fixed(column) + profile.output.varying(column) * outputs
    said = Said(profile, column, answers, inputs)
    spread = profile.input.spread if inputs is None else None
    found: Use = {}
    for call in (one_by_one if profile.is_bounded else by_turn)(profile, column, said):
        for key, amount in _billed(profile, column, call, thresholds, spread):
            found[key] = found.get(key, 0.0) + np.asarray(amount * weights).sum(axis=(-2, -1))
    return {key: np.broadcast_to(amount, shape) for key, amount in found.items()}


def _billed(
    profile: Profile,
    values: Values,
    call: Call,
    thresholds: Sequence[Threshold],
    spread: Spread | None,
) -> list[tuple[tuple[int, str], Floats | float]]:
    """What a call is billed for, by tier and meter."""
    alike = meters(
        profile,
        values,
        fresh=call.fresh.fixed,
        images=call.images,
        read=call.read.fixed,
        written=call.written,
        grown=call.grown.fixed,
        output=call.output,
        amounts=call.amounts,
    )
    varying = meters(
        profile,
        values,
        fresh=call.fresh.varying,
        read=call.read.varying,
        grown=call.grown.varying,
    )
    found: list[tuple[tuple[int, str], Floats | float]] = []
    for tier, (share, held) in enumerate(_tiers(thresholds, call.prompt, spread)):
        if tier and thresholds[tier - 1].refused:
            break
        here, there = call.part * share, call.part * held
        for meter in {**alike, **varying}:
            amount = here * alike.get(meter, 0.0) + there * varying.get(meter, 0.0)
            if np.any(amount):
                found.append(((tier, meter), amount))
    return found


def _tiers(
    thresholds: Sequence[Threshold], prompt: Tokens, spread: Spread | None
) -> list[tuple[Floats, Floats]]:
    """For each tier, base first: the share of prompts in it, and the part of the varying size."""
    one = np.ones(1)
    above = [(one, one)]
    above += (t.crossed(prompt.fixed, prompt.varying, spread) for t in thresholds)
    above.append((one * 0, one * 0))
    return [
        (share - next_share, held - next_held)
        for (share, held), (next_share, next_held) in pairwise(above)
    ]


def _strata(profile: Profile) -> tuple[Floats | None, Floats, Floats]:
    """Ratios of the input (None where it is left open) and of the output, with their weights.

    Each of shape (strata, 1): the last axis is that of steps.
    """
    inputs, outputs = profile.input.spread, profile.output.spread
    one = np.ones(1)
    ratios: Floats | None = None
    answers, weights = one, one
    if profile.is_bounded and inputs is not None:
        sent, written = _BOUNDED[bool(profile.variables)]
        ratios, weights = inputs.strata(sent * (written if outputs is None else 1))
        if outputs is not None:
            answers, likely = outputs.strata(written)
            ratios, answers = np.repeat(ratios, answers.size), np.tile(answers, ratios.size)
            weights = np.outer(weights, likely).ravel()
    elif outputs is not None:
        answers, weights = outputs.strata(8 * _STRATA if inputs is None else _STRATA)
    return None if ratios is None else ratios[:, None], answers[:, None], weights[:, None]
