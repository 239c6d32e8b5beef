"""The months drawn in the terminal: expected cost, the range around it, and the budget.

Only this module knows plotext (6.x). It has one figure per process, so a drawing starts by
clearing it; its own ticks read `1.9e3`, so ours are passed; `fig.line` paints a white background,
so the budget is a signal. Marks differ in shape, so the drawing says the same without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from costplan.engine.projection import PeriodTotal
from costplan.report.money import SYMBOLS

BAND, POINT, LINE = "░", "●", "─"
_BLUE, _ORANGE, _SKY = (0, 114, 178), (230, 159, 0), (86, 180, 233)
"""From the palette of Okabe and Ito, which colour-blind readers can tell apart."""
_GREY = (128, 128, 128)


def chart(
    totals: Sequence[PeriodTotal], currency: str, *, width: int, height: int = 16, colour: bool
) -> str:
    """A drawing of the periods, with a legend of one line.

    Args:
        totals: the periods, in order.
        currency: for the amounts at the axis.
        width: of the terminal, in columns; less than 30 is taken as 30.
        height: in lines, the axis included.
        colour: whether escape codes for colour may be used.
    """
    import plotext

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    plotext.add_theme("costplan", canvas=None, text=_GREY, sequence=[_SKY, _ORANGE, _BLUE])
    figure.theme("costplan")
    figure.plot_size(max(width, 30), height)
    _draw(figure, totals, max(width, 30))
    _rulers(figure, totals, currency, max(width, 30))
    figure.legend(False)
    text = str(figure.build().string(colorless=not colour))
    figure.clear()
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join([*lines, _legend(totals)]).strip("\n")


def _draw(figure: Any, totals: Sequence[PeriodTotal], width: int) -> None:
    """Three signals in the order of the theme's colours: range, budget, expected cost.

    A later mark hides an earlier one where they share a cell.
    """
    cells = max(1, width // len(totals))
    asides = [aside / (2 * cells) for aside in range(-cells, cells + 1)]
    step = _top(totals) / 120
    band = [
        (k + aside / 2, float(level * step))
        for k, total in enumerate(totals)
        for level in range(int(total.p10 / step), int(total.p90 / step) + 1)
        for aside in asides
    ]
    budget = [
        (k + aside, float(total.budget))
        for k, total in enumerate(totals)
        if total.budget is not None
        for aside in asides
    ]
    expected = [(k, float(total.expected)) for k, total in enumerate(totals)]
    for points, mark in ((band, BAND), (budget, LINE), (expected, POINT)):
        if points:
            figure.draw(figure.signal(*map(list, zip(*points, strict=True)), marker=mark))


def _rulers(figure: Any, totals: Sequence[PeriodTotal], currency: str, width: int) -> None:
    ticks = money_ticks(_top(totals))
    figure.ruler("y").lim(0, float(_top(totals)))
    figure.ruler("y").ticks([float(tick) for tick in ticks], [_short(t, currency) for t in ticks])
    labels = [total.label for total in totals]
    figure.ruler("x").lim(-0.5, len(labels) - 0.5)
    room = max(1, (width - 12) // (max(map(len, labels)) + 2))
    shown = range(0, len(labels), -(-len(labels) // room))
    figure.ruler("x").ticks(list(shown), [labels[k] for k in shown])


def _top(totals: Sequence[PeriodTotal]) -> Decimal:
    """Where the money axis ends: a little above all that is drawn."""
    drawn = [max(total.expected, total.p90, total.budget or Decimal(0)) for total in totals]
    return max(drawn) * Decimal("1.05") or Decimal(1)


def money_ticks(top: Decimal) -> tuple[Decimal, ...]:
    """Round amounts from 0 to at most `top`, three to six of them."""
    size = Decimal(10) ** (top.adjusted() - 1)
    step = next(size * k for k in (2, 5, 10, 20, 50) if size * k * 6 > top)
    return tuple(step * k for k in range(int(top / step) + 1))


def _short(amount: Decimal, currency: str) -> str:
    """An amount for an axis: `$0.05`, `$2,500`, `$25k`, `$1.5M`."""
    symbol = SYMBOLS.get(currency, "")
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**4, "k")):
        if amount >= size:
            part = amount / (1000 if letter == "k" else size)
            return f"{symbol}{part.normalize():f}{letter}"
    places = max(0, -int(amount.normalize().as_tuple().exponent)) if amount else 0
    return f"{symbol}{amount:,.{places}f}"


def _legend(totals: Sequence[PeriodTotal]) -> str:
    said = [f"{POINT} expected", f"{BAND} P10 to P90"]
    if any(total.budget is not None for total in totals):
        said.append(f"{LINE} budget")
    return "   ".join(said)
