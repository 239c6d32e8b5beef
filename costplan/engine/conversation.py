"""What one conversation uses: its turns, the context they send again, caches and tiers.

Turn t sends the prefix, the t-1 earlier turns (their input and output) and its own input. Over N
turns the input is sent N(N+1)/2 times and the output N(N-1)/2 times. A number of turns between two
whole numbers is a mixture of conversations of those two lengths.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from costplan.engine.amounts import amounts_sent, amounts_used
from costplan.engine.distributions import Floats
from costplan.engine.model import Profile, Size, Spread, Threshold, Values

type Use = dict[tuple[int, str], Floats | float]
"""Quantity of one conversation by tier (0 is the base) and meter."""

_WRITTEN = frozenset({"output", "reasoning", "audio_output", "image_output", "video_output"})
"""The meters of what a model writes: nothing of it where a call breaks off."""
_STRATA = 32
"""Parts the spread of outputs is cut into where it decides tiers together with that of inputs."""
_BLOCK = 8_192
"""Draws that are worked on at once where tiers are decided turn by turn."""


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
    if not thresholds or largest_prompt(profile, values) < thresholds[0].tokens:
        return {(0, meter): amount for meter, amount in _untiered(profile, values).items()}
    return _in_blocks(profile, thresholds, values)


def largest_prompt(profile: Profile, values: Values) -> float:
    """The largest prompt a request can have: the last turn at the top of every spread, tokens."""
    last = np.ceil(_last_turn(profile, values))
    return float(np.max(prompts(profile, values, last, top=True)))


def prompts(profile: Profile, values: Values, turn: Floats | float, *, top: bool) -> Floats | float:
    """The prompt of a turn at the top or the bottom of every spread, tokens."""
    new = _end(profile.input, values, top=top) + profile.images.at(values)
    answered = _end(profile.output, values, top=top)
    prefix = profile.prefix.at(values) + profile.cached.at(values)
    if profile.amounts:
        prefix = prefix + amounts_sent(profile, values, turn)
    return prefix + turn * new + (turn - 1) * answered


def _end(size: Size, values: Values, *, top: bool) -> Floats | float:
    ratio = size.spread.ends[top] if size.spread else 1.0
    return size.fixed(values) + size.varying(values) * ratio


def _last_turn(profile: Profile, values: Values) -> Floats | float:
    return len(profile.survival) if profile.survival else profile.turns.at(values)


def _untiered(profile: Profile, values: Values) -> dict[str, Floats | float]:
    turns, sent = _turns_and_sent(profile, values)
    again = sent - turns
    output = profile.output.at(values)
    fresh = profile.prefix.at(values) * turns + profile.input.at(values) * sent + output * again
    cached = profile.cached.at(values)
    found = _hits(profile, values, turns)
    return _meters(
        profile,
        values,
        fresh=fresh,
        images=profile.images.at(values) * sent,
        read=cached * found,
        written=cached * (turns - found),
        output=(output + profile.reasoning.at(values)) * turns,
        amounts=amounts_used(profile, values, turns, again),
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
    if profile.cache is None:
        return 0.0
    if profile.cache.hits is not None:
        return turns * profile.cache.hits.at(values)
    first = profile.survival[0] if profile.survival else np.minimum(turns, 1.0)
    return turns if profile.cache.first_hit else turns - first


def _meters(
    profile: Profile,
    values: Values,
    *,
    fresh: Floats | float,
    images: Floats | float = 0.0,
    read: Floats | float = 0.0,
    written: Floats | float = 0.0,
    output: Floats | float = 0.0,
    amounts: Mapping[str, Floats | float] = MappingProxyType({}),
) -> dict[str, Floats | float]:
    """Put what was sent on its meters; linear in every amount."""
    found: dict[str, Floats | float] = {"input": fresh}

    def add(meter: str, amount: Floats | float) -> None:
        found[meter] = found.get(meter, 0.0) + amount

    add("cache_read", read)
    add(profile.cache.write if profile.cache else "input", written)
    add("image_input", images)
    if profile.split:
        everything = fresh + images
        reads = everything * profile.split.read.at(values)
        writes = everything * profile.split.write.at(values)
        found["input"] = everything - reads - writes
        found["image_input"] = 0.0
        add("cache_read", reads)
        add(profile.split.meter, writes)
    add("output", output)
    for meter, amount in amounts.items():
        add(meter, amount)
    if profile.unanswered:
        for meter in _WRITTEN & found.keys():
            del found[meter]
    return {meter: amount for meter, amount in found.items() if np.any(amount)}


def _in_blocks(profile: Profile, thresholds: Sequence[Threshold], values: Values) -> Use:
    """Turn by turn, some thousands of draws at a time: memory does not grow with their number."""
    size = max((np.size(v) for v in values.values()), default=1)
    if size <= _BLOCK:
        return _by_turn(profile, thresholds, values)
    parts = []
    for start in range(0, size, _BLOCK):
        block = {
            name: v[start : start + _BLOCK] if isinstance(v, np.ndarray) and v.size > 1 else v
            for name, v in values.items()
        }
        parts.append((min(_BLOCK, size - start), _by_turn(profile, thresholds, block)))
    keys = dict.fromkeys(key for _, part in parts for key in part)
    return {
        key: np.concatenate([np.broadcast_to(part.get(key, 0.0), n) for n, part in parts])
        for key in keys
    }


def _by_turn(profile: Profile, thresholds: Sequence[Threshold], values: Values) -> Use:
    """Turn by turn: a tier is decided by each single prompt.

    The spread of inputs is integrated in closed form, that of outputs in strata.
    """
    shape = np.broadcast(*(np.asarray(v) for v in values.values()), 0.0).shape
    column = {name: np.asarray(v)[..., None] for name, v in values.items()}
    outputs, weights = _output_strata(profile)
    answered = profile.output.fixed(column) + profile.output.varying(column) * outputs
    prefix, cached = profile.prefix.at(column), profile.cached.at(column)
    new, spread_new = profile.input.fixed(column), profile.input.varying(column)
    images, reasoning = profile.images.at(column), profile.reasoning.at(column)
    found: Use = {}
    for turn, part in _parts_of_turns(profile, column):
        fresh = prefix + turn * new + (turn - 1) * answered
        hit = _hit_on(profile, column, turn)
        alike = _meters(
            profile,
            column,
            fresh=fresh,
            images=turn * images,
            read=cached * hit,
            written=cached * (1 - hit),
            output=answered + reasoning,
            amounts=amounts_used(profile, column, 1.0, turn - 1.0),
        )
        spread = _meters(profile, column, fresh=turn * spread_new)
        fixed = fresh + cached + turn * images + amounts_sent(profile, column, turn)
        for tier, (share, held) in enumerate(
            _tiers(thresholds, fixed, turn * spread_new, profile.input.spread)
        ):
            if tier and thresholds[tier - 1].refused:
                break
            here = part * weights * share
            there = part * weights * held
            for meter in {**alike, **spread}:
                amount = here * alike.get(meter, 0.0) + there * spread.get(meter, 0.0)
                if np.any(amount):
                    summed = np.asarray(amount).sum(axis=-1).reshape(shape)
                    found[tier, meter] = found.get((tier, meter), 0.0) + summed
    return found


def _tiers(
    thresholds: Sequence[Threshold],
    fixed: Floats | float,
    varying: Floats | float,
    spread: Spread | None,
) -> list[tuple[Floats, Floats]]:
    """For each tier, base first: the share of prompts in it, and the part of the varying size."""
    one = np.ones(1)
    above = [(one, one), *(t.crossed(fixed, varying, spread) for t in thresholds)]
    above.append((one * 0, one * 0))
    return [
        (share - next_share, held - next_held)
        for (share, held), (next_share, next_held) in pairwise(above)
    ]


def _parts_of_turns(profile: Profile, values: Values) -> Iterator[tuple[int, Floats | float]]:
    """Each turn with the part of it that takes place."""
    if profile.survival:
        yield from enumerate(profile.survival, 1)
        return
    turns = np.asarray(profile.turns.at(values))
    for turn in range(1, int(np.ceil(turns.max())) + 1):
        yield turn, np.clip(turns - (turn - 1), 0.0, 1.0)


def _hit_on(profile: Profile, values: Values, turn: int) -> Floats | float:
    if profile.cache is None:
        return 0.0
    if profile.cache.hits is not None:
        return profile.cache.hits.at(values)
    return 1.0 if turn > 1 or profile.cache.first_hit else 0.0


def _output_strata(profile: Profile) -> tuple[Floats, Floats]:
    spread = profile.output.spread
    alone = profile.input.spread is None
    if spread is None:
        return np.ones(1), np.ones(1)
    return spread.strata(8 * _STRATA if alone else _STRATA)
