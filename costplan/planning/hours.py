"""Prices that depend on the hour: a cell split into the hours that have rates of their own.

A plan says how much falls on a day, not on which hours of it; demand is spread evenly over all 24.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np

from costplan.engine.demand import Calendar
from costplan.engine.distributions import Floats
from costplan.planning.cells import PricedCell, in_currency, per_unit
from costplan.planning.findings import Findings
from costplan.prices.hours import HolidayCalendar, Window


def by_hours(
    whole: PricedCell, days: Calendar, holidays: HolidayCalendar, findings: Findings
) -> Iterator[PricedCell]:
    """A cell for the hours of each window of its price, and one for what is left.

    Args:
        whole: the cell of all hours; its rates are those outside windows.
        days: the volume of each day.
        holidays: the public holidays of a country in a year.
        findings: warned of the even spread where it matters.
    """
    windows = whole.price.windows if whole.price else ()
    rest = whole.cell.weight
    for window in windows:
        inside = _volume(window, days, whole, holidays)
        if inside.any():
            rest = rest - inside
            yield _in_window(whole, window, inside)
            share = float(inside.sum() / whole.cell.weight.sum())
            findings.warn(
                "even-hours",
                f"{whole.model} has other rates {window.name}; demand is spread evenly over the "
                f"hours of a day, so {share:.1%} of it pays them",
                whole.model,
            )
    yield replace(whole, cell=replace(whole.cell, weight=rest)) if windows else whole


def _volume(window: Window, days: Calendar, whole: PricedCell, holidays: HolidayCalendar) -> Floats:
    """The volume of each month that falls into a window: shape (months,)."""
    first = days.range.start
    there = [window.on(first + timedelta(k), holidays) for k in range(days.range.days)]
    part = Calendar(days.months, days.weights * np.array(there) * float(window.share))
    return part.by_month(whole.days)


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
