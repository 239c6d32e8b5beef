"""Prices of other currencies in that of the plan, split where an exchange rate changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from costplan.periods import DayRange
from costplan.planning.findings import Findings
from costplan.prices import Price
from costplan.scenario.exchange import RateFrom
from costplan.schema import KeyPath


def exchanged(
    segments: Iterable[tuple[DayRange, Price]], at: KeyPath, findings: Findings
) -> Iterator[tuple[DayRange, Price, Decimal]]:
    """Prices with what their rates are multiplied by to be in the plan's currency.

    Args:
        segments: prices with the days they are in force.
        at: where the model is named; a missing rate is a problem there.
        findings: collects it; its scenario has the rates.
    """
    scenario = findings.scenario
    for segment, price in segments:
        currency = price.currency
        if currency == scenario.currency:
            yield segment, price, Decimal(1)
            continue
        rates = scenario.exchange.get(currency, ())
        if not rates:
            said = f"the plan in {scenario.currency}; state exchange: {{{currency}: ...}}"
            findings.problem(at, f"{price.provider} is priced in {currency}, {said}")
        elif segment.start < rates[0].from_:
            said = f"whose exchange rates begin on {rates[0].from_}"
            hint = f"state one from {segment.start} or before"
            findings.problem(at, f"{price.provider} is priced in {currency}, {said}; {hint}")
        yield from ((part, price, rate) for part, rate in rates_over(rates, segment))


def rates_over(rates: Sequence[RateFrom], days: DayRange) -> list[tuple[DayRange, Decimal]]:
    """The parts of a range of days with the rate in force on each; none for days before all rates.

    Args:
        rates: in the order of their dates.
        days: what to split.
    """
    ends = [*(rate.from_ for rate in rates), date.max]
    found = [
        (days & DayRange(start, end), rate.rate)
        for rate, (start, end) in zip(rates, pairwise(ends), strict=True)
    ]
    return [(part, rate) for part, rate in found if part.days]
