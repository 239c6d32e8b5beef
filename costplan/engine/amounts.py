"""What turns use of meters that are not text: images, sound, seconds, pages, calls of tools."""

from __future__ import annotations

from costplan.engine.distributions import Floats
from costplan.engine.model import Profile, Values

type Quantity = Floats | float


def amounts_used(
    profile: Profile, values: Values, turns: Quantity, again: Quantity
) -> dict[str, Quantity]:
    """Quantities by meter.

    Args:
        profile: what each turn uses.
        values: the variables.
        turns: how many turns, or 1 for one of them.
        again: how often something of an earlier turn is sent again.
    """
    found: dict[str, Quantity] = {}
    for amount in profile.amounts:
        each = amount.each(values)
        parts = [(amount.meter, each * turns, amount.in_prompt)]
        if amount.again:
            parts.append((amount.again, each * again, True))
        for meter, quantity, is_sent in parts:
            if profile.split and amount.cached and is_sent:
                read = quantity * profile.split.read.at(values)
                _add(found, amount.cached, read)
                _add(found, meter, quantity - read)
            else:
                _add(found, meter, quantity)
    return found


def amounts_sent(profile: Profile, values: Values, turn: Quantity) -> Quantity:
    """Tokens that they add to the prompt of a turn, at their mean."""
    total: Quantity = 0.0
    for amount in profile.amounts:
        if amount.in_prompt or amount.again:
            times = (1 if amount.in_prompt else 0) + (turn - 1 if amount.again else 0)
            total = total + amount.each(values) * times
    return total


def _add(found: dict[str, Quantity], meter: str, quantity: Quantity) -> None:
    found[meter] = found[meter] + quantity if meter in found else quantity
