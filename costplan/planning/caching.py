"""How often a prompt is found in a provider's cache when nobody has measured it."""

from __future__ import annotations

import numpy as np

from costplan.engine.distributions import Floats

LIFETIMES = {"5m": 300, "30m": 1_800, "1h": 3_600, "12h": 43_200}
"""Seconds a prompt is kept, by what a scenario asks for."""


def first_turn_hits(per_day: Floats, seconds: int) -> Floats:
    """The chance that a conversation starts within the lifetime of the one before it.

    1 - exp(-arrivals per second x lifetime): arrivals are taken as Poisson and spread over the
    whole day, which is cautious, as real traffic is denser in its busy hours.

    Args:
        per_day: conversations with the same prompt on an active day, by month.
        seconds: how long the provider keeps it.
    """
    return np.asarray(1 - np.exp(-per_day / 86_400 * seconds))
