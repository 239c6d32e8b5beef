"""What is over its budget, a sentence each."""

from __future__ import annotations

from costplan.engine.projection import Breach
from costplan.report.money import money_telling


def breach_line(breach: Breach, currency: str) -> str:
    """What is over and by which measure, such as `2027-03: expected $12.00 is over ...`.

    A cost and a budget that differ by little are written with enough places to show it.
    """
    money = money_telling(currency, breach.cost, breach.budget)
    said = f"{breach.how} {money(breach.cost)} is over the budget of {money(breach.budget)}"
    return f"{breach.what}: {said}"
