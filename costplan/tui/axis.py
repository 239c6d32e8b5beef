"""The money axis: round amounts, the same number of lines apart, written in one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from costplan.engine.projection import PeriodTotal
from costplan.report.money import SYMBOLS

_STEPS = tuple(Decimal(step) for step in ("1", "2", "2.5", "5", "10", "20", "25", "50"))
_UNITS = ((10**9, "B"), (10**6, "M"), (10**3, "k"))


@dataclass(frozen=True, slots=True)
class MoneyAxis:
    """From 0 to `top`, over a number of lines."""

    top: Decimal
    ticks: tuple[Decimal, ...]
    names: tuple[str, ...]

    @classmethod
    def over(cls, highest: Decimal, lines: int, currency: str) -> MoneyAxis:
        """The tightest axis that holds `highest` and has a tick every two to four lines."""
        scale = Decimal(10) ** ((highest or Decimal(1)).adjusted() - 1)
        tops = [
            (step * scale * lines / apart, step * scale)
            for step in _STEPS
            for apart in (2, 3, 4)
            if step * scale * lines / apart >= highest
        ]
        top, step = min(tops) if tops else (highest, highest)
        # A tick at the very top would have no line to stand on.
        ticks = tuple(step * k for k in range(int(top / step) + 1) if step * k < top or not k)
        return cls(top, ticks, money_names(ticks, currency))


def highest(totals: Sequence[PeriodTotal]) -> Decimal:
    """The largest amount that is drawn."""
    return max(max(total.expected, total.p90, total.budget or Decimal(0)) for total in totals)


def money_names(amounts: Sequence[Decimal], currency: str) -> tuple[str, ...]:
    """Amounts as short as they can be told apart: `$0`, `$2.5k`, `$5.0k`; from 10,000 up in k."""
    largest = max(amounts)
    size, letter = next(((s, u) for s, u in _UNITS if largest >= max(s, 10_000)), (1, ""))
    scaled = [amount / size for amount in amounts]
    exponents = [int(part.normalize().as_tuple().exponent) for part in scaled if part]
    places = max(0, *(-exponent for exponent in exponents), 0)
    symbol = SYMBOLS.get(currency, "")
    return tuple(f"{symbol}{part:,.{places}f}{letter}" if part else f"{symbol}0" for part in scaled)
