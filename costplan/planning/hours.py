"""Prices that depend on the hour: a cell split into the hours that have rates of their own.

Which part of demand pays them follows from the hours of the workload (see `peaks`). One that states
none is spread evenly over the hours of a day, and its reader is told what rests on that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from costplan.engine.demand import Calendar
from costplan.engine.distributions import Floats
from costplan.periods import DayRange
from costplan.planning.cells import PricedCell, in_currency, per_unit
from costplan.planning.demand import Demanded
from costplan.planning.events import Part
from costplan.planning.findings import Findings
from costplan.planning.peaks import Peaks
from costplan.prices.hours import Window


def by_hours(
    whole: PricedCell, part: Part, demand: Demanded, peaks: Peaks, findings: Findings
) -> Iterator[PricedCell]:
    """A cell for the hours of each window of its price, and one for what is left.

    Args:
        whole: the cell of all hours; its rates are those outside windows.
        part: the days it is for.
        demand: all days of its workload, and the hours it is busy.
        peaks: tells the part of each day that falls into a window.
        findings: told which part of demand pays the rates of a window.
    """
    windows = whole.price.windows if whole.price else ()
    rest = whole.cell.weight
    for window in windows:
        shares = peaks.shares(window, demand.days.range, demand.hours, demand.zone)
        inside = _inside(part.days, shares, whole.days)
        if inside.any():
            rest = rest - inside
            yield _in_window(whole, window, inside)
            paying = _inside(demand.days, shares, whole.days).sum()
            of_all = float(paying / demand.days.by_month(whole.days).sum())
            _tell(whole, window, of_all, demand, findings)
    yield replace(whole, cell=replace(whole.cell, weight=rest)) if windows else whole


def _inside(days: Calendar, shares: Floats, segment: DayRange) -> Floats:
    """The volume of each month that falls into a window: shape (months,)."""
    return days.times(shares).by_month(segment)


def _tell(
    whole: PricedCell, window: Window, share: float, demand: Demanded, findings: Findings
) -> None:
    """Which part of demand pays other rates, and what that rests on."""
    if demand.hours is None:
        findings.warn(
            "even-hours",
            f"{whole.model} has other rates {window.name}; demand is spread evenly over the "
            f"hours of a day, so {share:.1%} of it pays them",
            whole.model,
        )
    else:
        findings.note(
            f"{demand.bare.name}: {share:.1%} of demand on {whole.model} falls into hours with "
            f"other rates, {window.name}"
        )


def _in_window(whole: PricedCell, window: Window, weight: Floats) -> PricedCell:
    # Only tokens have other rates in a window; calls keep theirs.
    rates = ({**whole.rates[0], **in_currency(window.rates, whole.exchange)},)
    return replace(
        whole,
        rates=rates,
        hours=window.name,
        source=f"{whole.source}; {window.name}",
        cell=replace(whole.cell, weight=weight, rates=per_unit(rates)),
    )
