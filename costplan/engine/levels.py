"""What a record of past days says about a volume: its level, and how sure the next weeks are.

On real traffic single requests average out and the level itself is what moves: by how much can be
told from how much its days differ. Clients of one platform (ServeGen, 262 of them) came to these
factors of their last week with a probability of 80 %: 0.54 to 1.27 where the coefficient of
variation of the days was below 0.3, 0.55 to 2.5 up to 0.7, 0.41 to 8 up to 1.3, and anything
beyond. `SHOCKS` holds the log deviations; docs/modelling.md says how they were checked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from costplan.engine.distributions import Floats, Lognormal

type Doubt = Literal["", "few-days", "on-and-off"]

EDGES: Final = (0.3, 0.7, 1.3)
"""Coefficients of variation of daily volume that part steady from usual, volatile, and hopeless."""
SHOCKS: Final = (0.34, 0.59, 1.16)
"""Log deviation of the level to come, below each edge; the last one beyond all too."""
COMMON: Final = 0.18
"""Log deviation of what moves all workloads together: three groups of clients moved by 0.87, 1.21
and 1.23 as a whole from one week to the next, a root mean square logarithm of 0.18."""
FEWEST_DAYS: Final = 7
"""Active days that a forecast needs at least."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a record of days says."""

    per_day: float
    """Mean of a day, days without any among them."""
    variation: float
    """Standard deviation of the days over their mean."""
    active_days: int
    """Days with any."""
    shock: float
    """Log deviation of the level of the next weeks, apart from what is common to all."""

    @property
    def doubt(self) -> Doubt:
        """Why no forecast should rest on it: too few days, or days that differ too much."""
        if self.active_days < FEWEST_DAYS:
            return "few-days"
        return "on-and-off" if self.variation > EDGES[-1] else ""

    def total(self, days: float, probabilities: Sequence[float], common: float = COMMON) -> Floats:
        """What the volume of some days to come stays under: shape (probabilities,).

        The level times a lognormal of mean one, so that its median lies below the level.

        Args:
            days: how many.
            probabilities: such as 0.1 and 0.9.
            common: log deviation of what moves all workloads together.
        """
        spread = math.hypot(self.shock, common)
        factor = Lognormal(-spread * spread / 2, spread)
        return self.per_day * days * factor.quantile(np.asarray(probabilities, dtype=np.float64))


def level(daily: Sequence[float], shocks: Sequence[float] = SHOCKS) -> Level:
    """The level that a record of days shows.

    Args:
        daily: volume of each day on which some is possible, 0 where there was none.
        shocks: log deviations by variation, one for each of `EDGES`.
    """
    days = np.asarray(daily, dtype=np.float64)
    mean = float(days.mean()) if days.size else 0.0
    variation = float(days.std()) / mean if mean else 0.0
    place = min(int(np.searchsorted(EDGES, variation, side="right")), len(EDGES) - 1)
    return Level(mean, variation, int(np.count_nonzero(days)), shocks[place])


def mean_one_deviation(log_ratios: Sequence[float]) -> float:
    """The log deviation under which ratios with these logarithms are likeliest, their mean one.

    The logarithms x are normal with deviation s and mean -s^2 / 2. The derivative of the
    likelihood is zero where mean(x^2) = s^2 + s^4 / 4, so s^2 = 2 (sqrt(1 + mean(x^2)) - 1).
    """
    square = float(np.mean(np.square(log_ratios)))
    return math.sqrt(2 * (math.sqrt(1 + square) - 1))
