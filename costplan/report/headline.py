"""What a plan comes to in three short texts: the total, the first month over budget, the delta."""

from __future__ import annotations

from costplan.engine.projection import PeriodTotal, Projection
from costplan.report.money import percent, signed_percent
from costplan.report.plan import OVER, plan_money

WITHIN = "● within budget"
_TELLING = 0.1
"""A chance to be over budget from which on a month is named."""


def total_text(projection: Projection) -> str:
    """`$11,479 (P10 $8,113 to P90 $15,320)`; the total alone where nothing is unknown."""
    money, end = plan_money(projection), projection.horizon
    low, high = money(end.p10), money(end.p90)
    total = money(end.expected)
    return total if low == high else f"{total} (P10 {low} to P90 {high})"


def breach_text(projection: Projection) -> str:
    """The first month expected over its budget, and the chance that it is; or the likeliest one.

    `▲ over from 2027-08 (48% chance)`; `● within budget (2027-11: 37% chance of over)`; or
    `no budget`.
    """
    if projection.limits.is_empty:
        return "no budget"
    first = projection.breach
    totals = projection.totals()
    if first is not None:
        total = totals[projection.months.index(first)]
        return f"{OVER} from {first}{_likely(total)}"
    if breaches := projection.breaches():
        return f"{OVER}: {breaches[0].what}"
    risky = max(totals, key=lambda total: total.p_over or 0.0)
    if not risky.p_over or risky.p_over < _TELLING:
        return WITHIN
    return f"{WITHIN} ({risky.label}: {percent(risky.p_over)} chance of over)"


def _likely(total: PeriodTotal) -> str:
    """How likely that month is over; nothing where it is the sum that is."""
    if total.over is None or total.over <= 0:
        return " in sum"
    return f" ({percent(total.p_over)} chance)"


def delta_text(projection: Projection, base: Projection) -> str:
    """What the plan costs more than another: `+$312 (+2.7%)`; in money alone where that is free.

    The amounts are those of the two totals as each is shown, so that the difference can be checked.
    """
    money = max((plan_money(projection), plan_money(base)), key=lambda each: each.places)
    ours, other = projection.horizon.expected, base.horizon.expected
    shown = money.rounded(ours) - money.rounded(other)
    share = signed_percent(float((ours - other) / other)) if other else ""
    return f"{money.delta(shown, exact=ours - other)}{f' ({share})' if share else ''}"
