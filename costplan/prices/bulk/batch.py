"""Many usages as arrays, and the state of the table that each of them is rated in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costplan.errors import UsageError
from costplan.meters import PROMPT, Meter, Usage
from costplan.prices.bills import Bill
from costplan.prices.bulk.clock import Moments, local_days, states_by_hour
from costplan.prices.bulk.table import EXACT, REFUSED, Floats, RateTable
from costplan.prices.rating import bill

type Numbers = NDArray[Any]
type Wholes = NDArray[np.int64]
type Truths = NDArray[np.bool_]

_LEAST = 1e-200
"""A smaller quantity might not be seen to have no rate."""

_PER_DAY = {
    "D": 1,
    "h": 24,
    "m": 24 * 60,
    "s": 24 * 3600,
    "ms": 24 * 3600 * 10**3,
    "us": 24 * 3600 * 10**6,
    "ns": 24 * 3600 * 10**9,
}

_UNRATED = 1e100
"""What has a quantity without a rate costs at least this much."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Usages to rate with a table; each array is of shape () or (n,)."""

    table: RateTable
    model: Numbers
    """Places in `table.names`; `mode` and `region` likewise."""
    mode: Numbers
    region: Numbers
    at: Moments
    """Days, or moments in UTC."""
    requests: Numbers
    quantities: dict[Meter, Numbers]
    """Of one request each."""

    @property
    def size(self) -> int:
        """How many usages there are; one where everything is one value.

        Raises:
            UsageError: the arrays differ in length, or have several dimensions.
        """
        named: dict[str, Numbers] = {
            "model": self.model,
            "mode": self.mode,
            "region": self.region,
            "at": self.at,
            "requests": self.requests,
        }
        named |= {str(meter): quantity for meter, quantity in self.quantities.items()}
        for name, array in named.items():
            if array.ndim > 1:
                raise UsageError(f"{name} has {array.ndim} dimensions; expected one")
        sizes = {len(array): name for name, array in named.items() if array.ndim}
        if len(sizes) > 1:
            listed = ", ".join(f"{size:,} of {name}" for size, name in sizes.items())
            raise UsageError(f"the arrays differ in length: {listed}")
        return next(iter(sizes), 1)

    def rate(self, part: slice, cost: Floats) -> tuple[Truths, int]:
        """Rate some usages.

        Args:
            part: which of them, from a start to an end.
            cost: shape (of the part,), written to.

        Returns:
            Which costs are certain to be right, and how many usages have no price.
        """
        _, states = self.placed(part)
        due = np.zeros(len(cost))
        fine = states != REFUSED
        for meter in self.quantities:
            billed = self.billed(meter, part, states)
            fine &= (billed == 0) | (billed >= _LEAST)
            due += billed * self.table.rates[meter].take(states, mode="clip")
        unrated = ~(fine & (due < _UNRATED))
        fine &= due < EXACT
        due *= cut(self.requests, part)
        fine &= due < EXACT
        np.divide(due, self.table.scales.take(states, mode="clip"), out=cost)
        return fine, int(np.count_nonzero(unrated))

    def placed(self, part: slice) -> tuple[Wholes, NDArray[np.intp]]:
        """Of some usages, the day where their provider is, since 1970, and the state."""
        table = self.table
        size = (part.stop - part.start,)
        lanes = np.broadcast_to(self._lanes(part), size)
        at = np.broadcast_to(cut(self.at, part), size)
        days = _day_numbers(at)
        states = self._in_force(lanes, days)
        if table.timed.any():
            timed = np.flatnonzero(table.timed.take(lanes))
            if timed.size:
                found = self._by_the_clock(lanes[timed], at[timed])
                days[timed], states[timed] = found
        if len(table.edges):
            prompt = self.prompt(part)
            for passed in [prompt > edge.take(states, mode="clip") for edge in table.edges]:
                states += passed
        return days, states

    def prompt(self, part: slice) -> Floats:
        """Tokens of the whole prompts of some usages; shape () where all are the same."""
        sizes = (
            cut(n, part).astype(np.float64, copy=False)
            for m, n in self.quantities.items()
            if m in PROMPT
        )
        return sum(sizes, np.zeros(()))

    def billed(self, meter: Meter, part: slice, states: NDArray[np.intp]) -> Floats:
        """Quantities of a meter as they are billed: a minimum may raise them."""
        quantity = cut(self.quantities[meter], part).astype(np.float64, copy=False)
        least = self.table.least.get(meter)
        if least is None:
            return quantity
        raised = np.maximum(quantity, least.take(states, mode="clip"))
        return np.where(quantity > 0, raised, quantity)

    def bill(self, index: int) -> Bill:
        """One usage rated alone."""
        table = self.table
        usage = Usage({m: exactly(_at(each, index)) for m, each in self.quantities.items()})
        moment = _at(self.at, index)
        if np.datetime_data(moment.dtype)[0] == "ns":
            moment = moment.astype("datetime64[us]")  # the finest there is in Python
        return bill(
            usage,
            table.names[_at(self.model, index)],
            table.book,
            at=moment.item(),
            mode=table.modes[_at(self.mode, index)],
            region=table.regions[_at(self.region, index)],
            requests=int(_at(self.requests, index)),
        )

    def _lanes(self, part: slice) -> NDArray[np.int32]:
        """The lanes of some usages; shape () where all are in the same."""
        _, modes, regions = self.table.lanes.shape
        name, mode, region = (cut(each, part) for each in (self.model, self.mode, self.region))
        place = (name * np.intp(modes) + mode) * np.intp(regions) + region
        lanes: NDArray[np.int32] = self.table.lanes.take(place, mode="clip")
        return lanes

    def _in_force(self, lanes: NDArray[np.int32], days: Wholes) -> NDArray[np.intp]:
        """The first states of lanes on some days."""
        epochs = self.table.epochs.take(days - self.table.first_day, mode="clip")
        cells = self.table.cells
        found = cells.take(lanes * np.intp(cells.shape[1]) + epochs, mode="clip")
        return found.astype(np.intp)

    def _by_the_clock(
        self, lanes: NDArray[np.int32], at: Moments
    ) -> tuple[Wholes, NDArray[np.intp]]:
        """Days and first states where they depend on the hour."""
        days = _day_numbers(at)
        if np.datetime_data(at.dtype)[0] != "D":
            for lane in np.unique(lanes).tolist():
                mine = np.flatnonzero(lanes == lane)
                there = local_days(self.table.book, self.table.owners[lane], at[mine])
                days[mine] = there.astype(np.int64)
        return days, states_by_hour(self._in_force(lanes, days), self.table.windows, at)


def cut(array: NDArray[Any], part: slice) -> NDArray[Any]:
    """Some of the values, or the one that is for all."""
    return array[part] if array.ndim else array


def exactly(number: np.number[Any]) -> Decimal:
    """A number as it is written: 0.1 is a tenth."""
    return Decimal(str(number.item()))


def _at(array: NDArray[Any], index: int) -> Any:
    return array[index] if array.ndim else array[()]


def _day_numbers(at: Moments) -> Wholes:
    """Days since 1970; much quicker than a cast of dates."""
    unit = np.datetime_data(at.dtype)[0]
    return at.astype(np.int64) // _PER_DAY[unit]
