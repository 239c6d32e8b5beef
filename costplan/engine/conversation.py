"""What one conversation uses: its turns, the context they send again, caches and tiers.

Turn t sends the prefix, the t-1 earlier turns (their input and output) and its own input. Over N
turns the input is sent N(N+1)/2 times and the output N(N-1)/2 times. A number of turns between two
whole numbers is a mixture of conversations of those two lengths.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from costplan.engine.distributions import Floats
from costplan.engine.model import Profile, Size, Threshold, Values

type Usage = dict[tuple[int, str], Floats | float]
"""Quantity of one conversation by tier (0 is the base) and meter."""

_CELLS = 2_000_000
"""How many numbers one array may hold where spreads are integrated: about 16 MB."""


def conversation(profile: Profile, thresholds: Sequence[Threshold], values: Values) -> Usage:
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
    return _by_turn(profile, thresholds, values)


def largest_prompt(profile: Profile, values: Values) -> float:
    """The largest prompt a request can have: the last turn at the top of every spread, tokens."""
    turns = np.ceil(profile.turns.at(values))
    top = _top(profile.input, values) + np.asarray(profile.images.at(values))
    history = (turns - 1) * (top + _top(profile.output, values))
    prefix = profile.prefix.at(values) + profile.cached.at(values)
    return float(np.max(prefix + history + top))


def _top(size: Size, values: Values) -> Floats:
    ratio = size.spread.strata(256)[0].max() if size.spread else 1.0
    return np.asarray(size.at(values) * ratio)


def _untiered(profile: Profile, values: Values) -> dict[str, Floats | float]:
    turns = profile.turns.at(values)
    whole = np.floor(turns)
    sent = whole * (whole + 1) / 2 + (turns - whole) * (whole + 1)
    again = sent - turns
    output = profile.output.at(values)
    images = profile.images.at(values)
    fresh = profile.prefix.at(values) * turns + profile.input.at(values) * sent + output * again
    cached = profile.cached.at(values)
    found = _hits(profile, values, turns)
    return _meters(
        profile,
        values,
        fresh=fresh,
        images=images * sent,
        read=cached * found,
        written=cached * (turns - found),
        output=(output + profile.reasoning.at(values)) * turns,
    )


def _hits(profile: Profile, values: Values, turns: Floats | float) -> Floats | float:
    """Turns that find the prefix in the cache."""
    if profile.cache is None:
        return 0.0
    if profile.cache.hits is not None:
        return turns * profile.cache.hits.at(values)
    return turns if profile.cache.first_hit else turns - 1


def _meters(
    profile: Profile,
    values: Values,
    *,
    fresh: Floats | float,
    images: Floats | float,
    read: Floats | float,
    written: Floats | float,
    output: Floats | float,
) -> dict[str, Floats | float]:
    """Put what was sent on its meters."""
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
    return {meter: amount for meter, amount in found.items() if np.any(amount)}


def _by_turn(profile: Profile, thresholds: Sequence[Threshold], values: Values) -> Usage:
    """Turn by turn, over a grid of the spreads: a tier is decided by each single prompt."""
    shape = np.broadcast(*(np.asarray(v) for v in values.values()), 0.0).shape
    column = {name: np.asarray(v)[..., None, None] for name, v in values.items()}
    inputs, input_weights, outputs, output_weights = _grid(profile, max(1, int(np.prod(shape))))
    weights = input_weights[:, None] * output_weights[None, :]
    size_in = profile.input.at(column) * inputs[:, None]
    size_out = profile.output.at(column) * outputs[None, :]
    images = profile.images.at(column)
    reasoning = profile.reasoning.at(column)
    prefix, cached = profile.prefix.at(column), profile.cached.at(column)
    turns = np.asarray(profile.turns.at(column))
    found: Usage = {}
    for turn in range(1, int(np.ceil(turns.max())) + 1):
        part = np.clip(turns - (turn - 1), 0.0, 1.0)
        fresh = prefix + turn * size_in + (turn - 1) * size_out
        hit = _hit_on(profile, column, turn)
        tier = sum(t.crossed(fresh + cached + turn * images) for t in thresholds)
        used = _meters(
            profile,
            column,
            fresh=fresh,
            images=turn * images,
            read=cached * hit,
            written=cached * (1 - hit),
            output=size_out + reasoning,
        )
        for k in range(len(thresholds) + 1):
            here = part * weights * (tier == k)
            if np.any(here):
                for meter, amount in used.items():
                    summed = (here * amount).sum(axis=(-2, -1))
                    found[k, meter] = found.get((k, meter), 0.0) + summed.reshape(shape)
    return found


def _hit_on(profile: Profile, values: Values, turn: int) -> Floats | float:
    if profile.cache is None:
        return 0.0
    if profile.cache.hits is not None:
        return profile.cache.hits.at(values)
    return 1.0 if turn > 1 or profile.cache.first_hit else 0.0


def _grid(profile: Profile, n: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Strata of the spread of inputs and of outputs, as fine as memory allows."""
    spreads = [size.spread for size in (profile.input, profile.output)]
    axes = sum(spread is not None for spread in spreads)
    count = int(min(256, max(8, (_CELLS / n) ** (1 / max(1, axes)))))
    one = (np.ones(1), np.ones(1))
    inputs, outputs = (spread.strata(count) if spread else one for spread in spreads)
    return *inputs, *outputs
