"""On which meter each token of a call is billed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from costplan.engine.amounts import WRITTEN
from costplan.engine.distributions import Floats
from costplan.engine.model import Values
from costplan.engine.profile import Profile

type Use = dict[tuple[int, str], Floats | float]
"""Quantity of one conversation by tier (0 is the base) and meter."""


def meters(
    profile: Profile,
    values: Values,
    *,
    fresh: Floats | float,
    images: Floats | float = 0.0,
    read: Floats | float = 0.0,
    written: Floats | float = 0.0,
    grown: Floats | float = 0.0,
    output: Floats | float = 0.0,
    amounts: Mapping[str, Floats | float] = MappingProxyType({}),
) -> dict[str, Floats | float]:
    """Put what was sent and received on its meters; linear in every amount.

    Args:
        profile: says which meters writes are billed on, and what shares are stated.
        values: the variables.
        fresh: tokens that neither come from a cache nor go into one.
        images: those of images that have a price of their own.
        read: tokens that were found cached.
        written: tokens of the prefix that are written for all conversations.
        grown: tokens of the conversation that are written for its later calls.
        output: tokens that the model writes.
        amounts: what is used of other meters.
    """
    found: dict[str, Floats | float] = {"input": fresh}

    def add(meter: str, amount: Floats | float) -> None:
        if _is_any(amount):
            found[meter] = found[meter] + amount if meter in found else amount

    add("cache_read", read)
    add(profile.cache.write if profile.cache else "input", written)
    if profile.grown:
        add(profile.grown.write, grown)
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
        for meter in WRITTEN & found.keys():
            del found[meter]
    return {meter: amount for meter, amount in found.items() if _is_any(amount)}


def _is_any(amount: Floats | float) -> bool:
    """Whether there is anything of it in any draw."""
    return bool(amount) if isinstance(amount, float | int) else bool(np.any(amount))
