"""Levers: what a reader turns to see what it does, without editing the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Levers:
    """What-ifs laid over a whole scenario; the defaults change nothing."""

    volume: float = 1.0
    """Every demand times this."""
    output: float = 1.0
    """Every output (and what of it is sent again) times this."""
    cheapest: float = 0.0
    """Share of each mix that moves from the other models to its cheapest one, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever as an interface shows it."""

    id: str
    """The field of `Levers`."""
    label: str
    value: float
    """Where it rests: a lever at this value changes nothing."""
    step: float
    minimum: float
    maximum: float
    format: str
    """A format for its value: `x{:.2f}` or `{:.0%}`."""


LEVERS = (
    Lever("volume", "Volume", 1.0, 0.05, 0.0, 3.0, "x{:.2f}"),
    Lever("output", "Output length", 1.0, 0.05, 0.0, 3.0, "x{:.2f}"),
    Lever("cheapest", "To cheapest model", 0.0, 0.05, 0.0, 1.0, "{:.0%}"),
)


def levers_of(values: Mapping[str, float]) -> Levers:
    """`Levers` from values by id; unknown ids are refused by the dataclass."""
    return Levers(**values)
