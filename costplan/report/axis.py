"""The money axis of a drawing in cells: round amounts, equally far apart, written in one unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from costplan.report.money import SYMBOLS

_STEPS = tuple(
    Decimal(step).scaleb(power) for power in range(-3, 3) for step in ("1", "2", "2.5", "5")
)
_UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
_SMALLEST = Decimal("1E-9")
"""Nothing smaller is ever printed, so nothing smaller is drawn."""
_NARROWEST = 1000
"""An axis spans at least this part of its amounts; they may all be the same."""


@dataclass(frozen=True, slots=True)
class MoneyAxis:
    """Cells of the same worth, counted from the lowest, with 0 at the lower end of one of them."""

    unit: Decimal
    """What one cell is worth."""
    cells: int
    zero: int
    """The cell that begins at 0: the number of cells below."""
    ticks: tuple[tuple[int, str], ...]
    """At which cells an amount is written, and how: `$2.5k` at 4."""
    origin: Decimal = Decimal(0)
    """The amount that `zero` begins at, where the axis does not reach down to 0."""

    @classmethod
    def over(
        cls,
        lowest: Decimal,
        highest: Decimal,
        cells: int,
        currency: str,
        *,
        apart: Sequence[int] = (2, 3, 4),
    ) -> MoneyAxis:
        """The tightest axis that holds 0 and all between two amounts.

        Args:
            lowest: where nothing is below 0, the axis begins there.
            highest: the largest amount.
            cells: how many there are, at least 2.
            currency: for the symbol of the amounts.
            apart: how many cells there may be from one written amount to the next.
        """
        high, low = max(highest, Decimal(0)), max(-lowest, Decimal(0))
        unit, step, gap = _tightest(high, low, cells, apart)
        zero = min(cells - 1, math.ceil(low / unit))
        numbers = range(-(zero // gap), (cells - 1 - zero) // gap + 1)
        names = money_names([step * k for k in numbers], currency)
        ticks = tuple((zero + gap * k, name) for k, name in zip(numbers, names, strict=True))
        return cls(unit, cells, zero, ticks)

    @classmethod
    def between(
        cls,
        lowest: Decimal,
        highest: Decimal,
        cells: int,
        currency: str,
        *,
        apart: Sequence[int] = (2, 3, 4),
    ) -> MoneyAxis:
        """The tightest axis that holds two amounts, whether or not it reaches down to 0."""
        if lowest <= 0:
            return cls.over(lowest, highest, cells, currency, apart=apart)
        span = max(highest - lowest, highest / _NARROWEST)
        lowest, highest = (lowest + highest - span) / 2, (lowest + highest + span) / 2
        steps = (step.scaleb(span.adjusted()) for step in _STEPS)
        ways = ((step / gap, step, gap, lowest // step * step) for step in steps for gap in apart)
        fitting = (w for w in ways if _needed(highest - w[3], Decimal(0), w[0]) <= cells)
        unit, step, gap, origin = min(fitting, default=(span, span, 1, lowest))
        names = money_names([origin + step * k for k in range((cells - 1) // gap + 1)], currency)
        ticks = tuple((gap * k, name) for k, name in enumerate(names))
        return cls(unit, cells, 0, ticks, origin)

    def cell(self, amount: Decimal) -> int:
        """The cell an amount falls in, counted from the lowest; what is outside is at the edge."""
        return min(self.cells - 1, max(0, self.zero + math.floor(self._cells(amount))))

    def part(self, amount: Decimal) -> float:
        """How far up in its cell an amount is, from 0 to 1."""
        within = self._cells(amount)
        return min(1.0, max(0.0, within - math.floor(within)))

    def place(self, amount: Decimal) -> float:
        """Cells from the lower end of the axis to an amount."""
        return min(float(self.cells), max(0.0, self.zero + self._cells(amount)))

    def _cells(self, amount: Decimal) -> float:
        # An amount that is a multiple of a cell but for its last binary digit is on its edge.
        return float((amount - self.origin) / self.unit) + 1e-9


def _tightest(
    high: Decimal, low: Decimal, cells: int, apart: Sequence[int]
) -> tuple[Decimal, Decimal, int]:
    """What a cell is worth, what two written amounts differ by, and how many cells that is."""
    size = max(high, low)
    if size < _SMALLEST:
        high, low, size = Decimal(1), Decimal(0), Decimal(1)
    steps = (step.scaleb(size.adjusted()) for step in _STEPS)
    ways = ((step / gap, step, gap) for step in steps for gap in apart)
    fitting = (way for way in ways if _needed(high, low, way[0]) <= cells)
    return min(fitting, default=(size, size, 1))


def _needed(high: Decimal, low: Decimal, unit: Decimal) -> int:
    return math.floor(high / unit) + 1 + math.ceil(low / unit)


def money_names(amounts: Sequence[Decimal], currency: str) -> tuple[str, ...]:
    """Amounts as short as they can be told apart: `$0.50`, `$2.5k`; from 10,000 up in thousands."""
    largest = max(map(abs, amounts))
    size, letter = next(((s, u) for s, u in _UNITS if largest >= max(s, 10_000)), (1, ""))
    scaled = [amount / size for amount in amounts]
    exponents = [int(part.normalize().as_tuple().exponent) for part in scaled if part]
    places = max(0, *(-exponent for exponent in exponents), 0)
    if places == 1 and currency and not letter:
        places = 2
    symbol = SYMBOLS.get(currency, "")
    return tuple(
        f"{'-' if part < 0 else ''}{symbol}{abs(part):,.{places}f}{letter}"
        if part
        else f"{symbol}0"
        for part in scaled
    )
