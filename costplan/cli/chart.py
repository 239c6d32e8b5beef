"""The months above the tables of a plan: the drawing of the interface, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from costplan.engine.projection import Period, PeriodTotal, Projection
from costplan.tui.charts.marks import Line, Mark
from costplan.tui.charts.months import Grain, Months

HEIGHT = 16
_LEAST_WIDTH = 30
_PERIODS: tuple[Period, ...] = ("month", "quarter", "year")
_BLUE, _ORANGE, _VERMILION, _GREY = "86;180;233", "230;159;0", "213;94;0", "128;128;128"
"""From the palette of Okabe and Ito, which colour-blind readers can tell apart, on any ground."""
_PAINTS = {
    Mark.AXIS: f"38;2;{_GREY}",
    Mark.BUDGET: f"38;2;{_ORANGE}",
    **dict.fromkeys((Mark.SURE, Mark.LIKELY, Mark.BAND), f"38;2;{_BLUE}"),
    **dict.fromkeys((Mark.SURE_OVER, Mark.LIKELY_OVER, Mark.BAND_OVER), f"38;2;{_VERMILION}"),
    **dict.fromkeys((Mark.EXPECTED, Mark.EXPECTED_ON_BAND, Mark.EXPECTED_ON_BAND_OVER), "1"),
    Mark.EXPECTED_ON_LIKELY: f"1;38;2;0;0;0;48;2;{_BLUE}",
    Mark.EXPECTED_ON_LIKELY_OVER: f"1;38;2;0;0;0;48;2;{_VERMILION}",
}
"""Codes of the terminal for each mark; a mark without one is plain text."""


def chart(projection: Projection, period: Period, *, width: int, colour: bool) -> str:
    """A drawing of the periods, with a legend of one line.

    Args:
        projection: the plan.
        period: which columns to draw; longer ones are drawn where these do not fit.
        width: of the terminal, in columns; less than 30 is taken as 30.
        colour: whether escape codes for colour may be used.
    """
    longer = _PERIODS[_PERIODS.index(period) :]
    return drawn(
        [projection.totals(each) for each in longer],
        projection.currency,
        width=max(width, _LEAST_WIDTH),
        colour=colour,
    )


def drawn(
    totals: Sequence[Sequence[PeriodTotal]], currency: str, *, width: int, colour: bool
) -> str:
    """The first of these that fits, with a legend."""
    months = Months(currency, tuple(Grain(tuple(each)) for each in totals))
    lines = [*months.draw(width, HEIGHT), months.legend()]
    return "\n".join(_painted(line) if colour else _plain(line) for line in lines)


def _plain(line: Line) -> str:
    return "".join(text for _, text in line).rstrip()


def _painted(line: Line) -> str:
    return "".join(
        f"\x1b[{_PAINTS[mark]}m{text}\x1b[0m" if mark in _PAINTS else text for mark, text in line
    ).rstrip()
