"""The prices of a book as arrays, so that many usages find their rates at once.

A *lane* is a model's name in a mode and a region, an *epoch* a run of days on which no lane
changes. Where they meet stands a *state*: one price list for prompts of one size. The states for
longer prompts follow that for the shortest, so a prompt's state is the first plus the number of
thresholds it passes.

The rates of a state are whole numbers, all multiplied by its `scale`. Whole quantities times
whole rates are exact in float64 below 2^53, and rounding never brings a sum that reached 2^53
back below it: so a sum that is below it was exact at every step, and one division rounds once.
That is the float nearest to the decimal which `rate` gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from costplan.meters import Meter
from costplan.prices.book import PriceBook
from costplan.prices.hours import Window
from costplan.prices.model import Model
from costplan.prices.price import Price

type Floats = NDArray[np.float64]
type Places = NDArray[np.int32]

EXACT = 2.0**53
"""Sums below it are exact."""

NO_RATE = float(np.finfo(np.float64).max)
"""What a meter without a rate costs: nothing for none of it, and for any too much to be exact."""

REFUSED = 0
"""The state of a lane on a day without a price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A price list for prompts of one size, with everything a meter falls back on."""

    model: Model
    price: Price
    rates: Mapping[Meter, Decimal]
    """Per `Meter.per` units; fees and what is billed as another meter included."""
    least: Mapping[Meter, Decimal] = field(default_factory=dict)
    """The least quantity of a meter that is billed for each request that uses it."""
    free: frozenset[Meter] = frozenset()
    """Meters of which some quantity is free in each period."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateTable:
    """A price book compiled for some names, modes and regions; made by `compile_rates`."""

    book: PriceBook
    names: tuple[str, ...]
    """Models as usages name them; a usage may give the place in here instead."""
    modes: tuple[str, ...]
    regions: tuple[str, ...]
    currency: str
    """Of every price in it."""
    lanes: Places = field(repr=False)
    """Shape (names, modes, regions): the lane of each; 0 where there is no price ever."""
    owners: tuple[str, ...] = field(repr=False)
    """By lane: the name it is of."""
    timed: NDArray[np.bool_] = field(repr=False)
    """Shape (lanes,): whether the hour matters, for a window or a day that begins elsewhere."""
    first_day: int
    """Days since 1970 of the first epoch's last day."""
    epochs: Places = field(repr=False)
    """Shape (days,): the epoch of each day from `first_day`; the last one goes on."""
    cells: Places = field(repr=False)
    """Shape (lanes, epochs): the first state."""
    states: tuple[State | None, ...] = field(repr=False)
    """None for the refused one."""
    windows: Mapping[int, tuple[tuple[Window, int], ...]] = field(repr=False)
    """By first state: hours of the week, and the state that holds in them."""
    rates: Mapping[Meter, Floats] = field(repr=False)
    """By meter, shape (states,): whole numbers, or `NO_RATE`."""
    scales: Floats = field(repr=False)
    """Shape (states,): what a sum is divided by for its cost in `currency`."""
    edges: Floats = field(repr=False)
    """Shape (most thresholds, states): a longer prompt passes the threshold of a first state."""
    least: Mapping[Meter, Floats] = field(repr=False)
    """By meter that has any, shape (states,): the least quantity billed."""
