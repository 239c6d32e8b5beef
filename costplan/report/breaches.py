"""What is over its budget, a sentence each; and how likely, by how much and when."""

from __future__ import annotations

from typing import Any

from costplan.engine.breaches import BudgetRisk
from costplan.engine.ledger import as_decimal
from costplan.engine.projection import Breach, Projection
from costplan.report.money import MoneyFormat, money_telling, percent, plain_text


def breach_line(breach: Breach, currency: str) -> str:
    """What is over and by which measure, such as `2027-03: expected $12.00 is over ...`.

    A cost and a budget that differ by little are written with enough places to show it.
    """
    money = money_telling(currency, breach.cost, breach.budget)
    said = f"{breach.how} {money(breach.cost)} is over the budget of {money(breach.budget)}"
    return f"{breach.what}: {said}"


def breach_document(projection: Projection) -> dict[str, Any]:
    """The key `breaches` of a plan with budgets: each one's risk, and when the first is broken."""
    if projection.limits.is_empty:
        return {}
    risk = BudgetRisk(projection)
    each = [
        {
            "what": one.what,
            "budget": plain_text(one.budget),
            "chance": one.chance,
            "expected_overrun": plain_text(as_decimal(one.overrun)),
        }
        for one in risk.each
    ]
    months = {str(m): p for m, p in zip(projection.months, risk.first.chances, strict=True)}
    quantiles = {f"p{p}": _text(risk, p / 100) for p in (10, 50, 90)}
    first = {"chance": months, "never": risk.first.never, **quantiles}
    return {"breaches": {"budgets": each, "first": first}}


def _text(risk: BudgetRisk, probability: float) -> str | None:
    month = risk.month(probability)
    return None if month is None else str(month)


def first_breach_line(projection: Projection, money: MoneyFormat) -> str:
    """When the first budget is broken, and what the overrun of the whole plan comes to."""
    risk = BudgetRisk(projection)
    broken = 1 - risk.first.never
    if broken < 0.0005:
        return "No simulated plan breaks a monthly budget or that of the whole plan."
    when = [f"in {p}% by {month}" for p in (10, 50, 90) if (month := _text(risk, p / 100))]
    first = f": {', '.join(when)}" if when else ""
    said = f"A budget is broken in {percent(broken)} of simulated plans{first}."
    if risk.whole is None:
        return said
    overrun = money(as_decimal(risk.whole.overrun))
    return f"{said} The whole plan's overrun, averaged over all of them, is {overrun}."
