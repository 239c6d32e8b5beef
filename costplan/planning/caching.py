"""How often a prompt is found in a provider's cache when nobody has measured it."""

from __future__ import annotations

from costplan.engine.distributions import Floats

LIFETIMES = {"5m": 300, "30m": 1_800, "1h": 3_600, "12h": 43_200}
"""Seconds a prompt is kept, by what a scenario asks for."""


def lifetime_in_gaps(per_day: Floats, seconds: int) -> Floats:
    """How many arrivals fall into the lifetime of a cached prompt, on average.

    Arrivals are spread over the whole active day, which is cautious: real traffic is denser in its
    busy hours. With Poisson arrivals, one comes within the lifetime with 1 - exp(-this).

    Args:
        per_day: conversations with the same prompt on an active day, by month.
        seconds: how long the provider keeps it.
    """
    return per_day / 86_400 * seconds
