"""What a conversation uses over all its calls, in closed form: nothing depends on single prompts.

With N turns of S steps each, P sent with every call, x new with each turn, g added to the context
by each step but the last, and T = x + (S - 1) g + the answer left behind by a whole turn:

    sum of prompts = N S P + S T N (N - 1) / 2 + N S x + N g S (S - 1) / 2

A call that finds what the call before it sent reads that much from the cache and writes the rest.
Nothing here is rounded: for numbers that are not whole each sum is its own mean over the mixture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from costplan.engine.amounts import Times, amounts_used
from costplan.engine.distributions import Floats
from costplan.engine.loop import Loop
from costplan.engine.metering import meters
from costplan.engine.model import Values
from costplan.engine.profile import Profile

type Amount = Floats | float

_ONE_CALL = Loop()


@dataclass(frozen=True, slots=True)
class TurnSums:
    """Sums over the turns of a conversation."""

    count: Amount
    first: Amount
    """The part of conversations that have a first turn: 1 but for an average over fewer."""
    earlier: Amount
    """Turns that are sent again, over all turns: N (N - 1) / 2 where all of them are."""
    intact: Amount
    """Turns after the first whose history begins where that of the turn before did."""
    intact_earlier: Amount
    """Turns that are sent again in those."""


@dataclass(frozen=True, slots=True)
class Growth:
    """By how much the context grows, in tokens."""

    new: Amount
    """With the first call of a turn."""
    step: Amount
    """With each later call of it."""
    last: Amount
    """With the answer, once the turn is over."""
    returned: Amount
    """With the second call of a turn, beside that: what sub-agents give back."""
    turn: Amount
    """With a whole turn."""


def turn_sums(profile: Profile, values: Values) -> TurnSums:
    """The sums for its turns, with the last `history.turns` of them sent again, or all."""
    most = profile.history.turns if profile.history else None
    count, first = _count(profile, values, None), _count(profile, values, 1)
    if most is None:
        earlier = _earlier(profile, values, None)
        return TurnSums(count, first, earlier, count - first, earlier)
    within = _count(profile, values, most + 1)
    held = _earlier(profile, values, most + 1)
    return TurnSums(count, first, held + most * (count - within), within - first, held)


def _count(profile: Profile, values: Values, up_to: int | None) -> Amount:
    """How many turns there are, the first `up_to` of them counted."""
    if profile.survival:
        return math.fsum(profile.survival[:up_to])
    turns = profile.turns.at(values)
    return turns if up_to is None else np.asarray(np.minimum(turns, float(up_to)))


def _earlier(profile: Profile, values: Values, up_to: int | None) -> Amount:
    """How many earlier turns each of these has, summed."""
    if profile.survival:
        return math.fsum(t * part for t, part in enumerate(profile.survival[:up_to]))
    turns = np.asarray(_count(profile, values, up_to))
    whole = np.floor(turns)
    return np.asarray(whole * (whole - 1) / 2 + (turns - whole) * whole)


def growth(profile: Profile, values: Values) -> Growth:
    """The growth of its context, at the mean of every spread between requests."""
    loop = profile.loop or _ONE_CALL
    kept = profile.kept.at(values)
    new = profile.input.at(values) + profile.images.at(values)
    step = loop.called(values) + loop.answered(values) + kept
    last = profile.output.at(values) + kept
    more = loop.mean(values) - 1
    returned = loop.given_back(values)
    turn = new + more * step + last + _second(loop, values) * returned
    return Growth(new, step, last, returned, turn)


def _second(loop: Loop, values: Values) -> Amount:
    """The part of turns that have a second step."""
    if loop.survival:
        return loop.survival[1] if len(loop.survival) > 1 else 0.0
    return np.clip(loop.steps.at(values) - 1, 0.0, 1.0)


def summed(profile: Profile, values: Values) -> dict[str, Amount]:
    """Expected use of one conversation by meter, all of it at one tier."""
    loop = profile.loop or _ONE_CALL
    turns, grows = turn_sums(profile, values), growth(profile, values)
    steps, pairs, second = loop.mean(values), loop.pairs(values), _second(loop, values)
    more = steps - 1
    calls = turns.count * steps
    prefix, shared = profile.prefix.at(values), profile.cached.at(values)
    history = turns.earlier * grows.turn
    sent = (
        calls * prefix
        + steps * history
        + calls * grows.new
        + turns.count * (grows.step * pairs + grows.returned * more)
    )
    found = _found(profile, values, turns) + more * turns.count
    if profile.cache is not None and profile.cache.hits is not None:
        found = calls * profile.cache.hits.at(values)
    images = profile.images.at(values) * (calls + steps * turns.earlier)
    output = turns.count * (
        profile.output.at(values)
        + more * loop.called(values)
        + steps * profile.reasoning.at(values)
    )
    reread: Amount = 0.0
    chance: Amount | None = None
    if profile.grown is not None:
        before = (  # what the call before sent, of all later steps of a turn
            more * turns.count * (prefix + grows.new)
            + more * history
            + turns.count * (grows.step * (pairs - more) + grows.returned * (more - second))
        )
        intact = turns.intact * (prefix - grows.last) + turns.intact_earlier * grows.turn
        chance = profile.grown.later.chance(values)
        reread = before + chance * intact
    grown = profile.grown is not None
    return meters(
        profile,
        values,
        fresh=0.0 if grown else sent - images,
        images=0.0 if grown else images,
        read=shared * found + reread,
        written=shared * (calls - found),
        grown=sent - reread if grown else 0.0,
        output=output,
        amounts=amounts_used(profile, values, _times(turns, steps, chance)),
    )


def _times(turns: TurnSums, steps: Amount, chance: Amount | None) -> Times:
    """How often what a turn reads and makes is sent; `chance` as of a later turn's first call."""
    more = steps - 1
    calls = turns.count * steps
    again = steps * turns.earlier
    count = turns.count
    times = Times(count, count, calls, calls, calls - count + again, again)
    if chance is None:
        return times
    later = more * turns.earlier
    return replace(
        times,
        read_found=more * turns.count + later + chance * turns.intact_earlier,
        made_found=later + chance * (turns.intact_earlier - turns.intact),
        kept=1.0,
    )


def _found(profile: Profile, values: Values, turns: TurnSums) -> Amount:
    """First calls of a turn that find the prefix that all conversations share."""
    cache = profile.cache
    if cache is None:
        return 0.0
    first = turns.first if cache.first_hit else 0.0
    own = cache.later.chance(values) if cache.later else 1.0
    return first + (turns.count - turns.first) * (1.0 if cache.first_hit else own)
