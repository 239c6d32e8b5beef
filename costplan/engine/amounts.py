"""What turns use of meters that are not text: images, sound, seconds, pages, calls of tools.

What a turn reads goes with its first call, and is sent again with every later one; what it makes is
made by its last call, and sent again from the next turn on. Where the conversation is cached, what
is sent again is found there as its text is: it then pays the price of a cached read if it has one,
else what it pays anew. Writing it costs nothing more, unless it is billed as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from costplan.engine.distributions import Floats
from costplan.engine.model import Values
from costplan.engine.profile import Amount, Profile

type Quantity = Floats | float

WRITTEN = frozenset({"output", "reasoning", "audio_output", "image_output", "video_output"})
"""The meters of what a model writes: nothing of it where a call breaks off."""


@dataclass(frozen=True, slots=True)
class Times:
    """How often a call, or a whole conversation, sends what one turn reads and makes."""

    turns: Quantity
    """Anew: turns that begin with it."""
    ends: Quantity
    """Turns that end with it, and make what they make."""
    calls: Quantity
    """API calls."""
    answers: Quantity
    """Those of them that answer or call tools, and write no summary."""
    read: Quantity
    """Again, of what a turn reads."""
    made: Quantity
    """Again, of what a turn makes."""
    read_found: Quantity = 0.0
    """How often of `read` it is found cached with the conversation."""
    made_found: Quantity = 0.0
    """How often of `made`."""
    kept: Quantity = 0.0
    """The share of what is not found that is written to that cache."""


def amounts_used(profile: Profile, values: Values, times: Times) -> dict[str, Quantity]:
    """Quantities by meter.

    Args:
        profile: what each turn uses.
        values: the variables.
        times: how often.
    """
    found: dict[str, Quantity] = {}
    for amount in profile.amounts:
        for meter, quantity in _billed(amount, profile, values, times):
            found[meter] = found[meter] + quantity if meter in found else quantity
    return found


def _billed(
    amount: Amount, profile: Profile, values: Values, times: Times
) -> Iterator[tuple[str, Quantity]]:
    each = amount.each(values)
    if amount.each_call:
        yield amount.meter, each * (times.answers if amount.meter in WRITTEN else times.calls)
        return
    new = times.ends if amount.meter in WRITTEN else times.turns
    parts = [(amount.meter, each * new, amount.in_prompt)]
    if amount.again:
        again = times.read if amount.in_prompt else times.made
        found = times.read_found if amount.in_prompt else times.made_found
        parts.append((amount.again, each * (again - found), True))
        if profile.grown:
            as_text = "cache_read" if amount.again == "input" else amount.again
            yield amount.cached or as_text, each * found
    for meter, quantity, is_sent in parts:
        if profile.split and amount.cached and is_sent:
            read = quantity * profile.split.read.at(values)
            yield amount.cached, read
            yield meter, quantity - read
        elif profile.grown and meter == "input":
            yield profile.grown.write, quantity * times.kept
            yield meter, quantity * (1 - times.kept)
        else:
            yield meter, quantity


@dataclass(frozen=True, slots=True)
class InPrompts:
    """Tokens that they add to prompts, at their mean."""

    once: Quantity = 0.0
    """To the first call of their turn alone."""
    read: Quantity = 0.0
    """To that call and to all later ones."""
    made: Quantity = 0.0
    """To the calls of later turns."""


def in_prompts(profile: Profile, values: Values) -> InPrompts:
    """What one turn adds."""
    once: Quantity = 0.0
    read: Quantity = 0.0
    made: Quantity = 0.0
    for amount in profile.amounts:
        if amount.in_prompt and not amount.again:
            once = once + amount.each(values)
        elif amount.in_prompt:
            read = read + amount.each(values)
        elif amount.again:
            made = made + amount.each(values)
    return InPrompts(once, read, made)


def amounts_sent(profile: Profile, values: Values, turn: Quantity) -> Quantity:
    """Tokens that they add to the prompt of a turn, at their mean."""
    adds = in_prompts(profile, values)
    return adds.once + adds.read * turn + adds.made * (turn - 1)
