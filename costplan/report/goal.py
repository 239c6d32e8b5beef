"""What fits a budget, as a page and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from costplan.decisions.goal import Fit, Goal, Judged
from costplan.decisions.rates import VariedRate
from costplan.engine.projection import Projection
from costplan.report.document import Document, number, plan_identity, warning_list
from costplan.report.money import (
    ABSENT,
    MoneyFormat,
    money_for,
    plain_text,
    signed_percent,
)
from costplan.report.plan import PlanTables, plan_facts, plan_title
from costplan.report.table import Page, Table, columns
from costplan.report.varied import name_text, now_text, range_note, value_text, varied_facts

_MOST = 4
"""Budgets that are named one by one."""


def goal_page(result: Goal) -> Page:
    """The answer in words, what it rests on, and the plan at the value that fits."""
    money = _money(result)
    tables = [_table(result, money)]
    if result.found and not _is_rate(result):
        months = PlanTables(result.found[0].plan).totals()
        at = fitting_text(result.found[0], result)
        tables.append(Table(f"The plan at {at}", months.columns, months.rows, months.totals))
    return Page(
        f"What fits: {plan_title(result.now)}",
        (*plan_facts(result.now), *answers(result)),
        tuple(tables),
        tuple(_notes(result)),
        result.now.warnings,
    )


def _is_rate(result: Goal) -> bool:
    """Whether a rate was varied, whose plans have no draws of their own."""
    return isinstance(result.varied, VariedRate)


def _money(result: Goal) -> MoneyFormat:
    judged = [result.now_judged, *(each for _, each in result.ends)]
    judged += [fit.tightest for fit in result.found]
    amounts = [amount for each in judged for amount in (each.cost, each.budget)]
    return money_for(result.now.currency, [*amounts, result.now.horizon.expected])


def fitting_text(fit: Fit, result: Goal) -> str:
    """The value, rounded to the side that fits."""
    rounding = ROUND_FLOOR if fit.fits_below else ROUND_CEILING
    return value_text(result.varied.form, fit.value, rounding)


def answers(result: Goal) -> tuple[str, ...]:
    """What a reader needs to know, in sentences."""
    now = result.now_judged
    money = _money(result)
    state = "over" if now.over > 0 else "within"
    said = [f"Now ({now_text(result.varied)}) {_used(now, money)}: {state} budget."]
    if not result.found:
        return (_one_way(result, money), *said)
    return (*(_at(fit, result, money) for fit in result.found), *said)


def _at(fit: Fit, result: Goal, money: MoneyFormat) -> str:
    where = f"{name_text(result.varied)}: {'up to' if fit.fits_below else 'from'}"
    onward = "" if fit.fits_below else " on"
    more = "more breaks it" if fit.fits_below else "less breaks it"
    now = result.varied.now
    change = f" ({signed_percent(float(fit.value / now) - 1)} against now)" if now else ""
    return (
        f"{where} {fitting_text(fit, result)}{onward} fits{change}; {more}, and what breaks first "
        f"is the budget of {fit.tightest.what}, {money(fit.tightest.budget)}."
    )


def _one_way(result: Goal, money: MoneyFormat) -> str:
    (low, first), (high, last) = result.ends
    form = result.varied.form
    ends = " and ".join(value_text(form, end) for end in (low, high))
    span = f"with {name_text(result.varied)} between {ends}"
    tightest = max(first, last, key=lambda each: each.over)
    if tightest.over > 0:
        least = min(first, last, key=lambda each: each.over)
        return f"Nothing {span} fits: {_used(least, money)} even at best."
    return f"Everything {span} fits: at most, {_used(tightest, money)}."


def _used(judged: Judged, money: MoneyFormat) -> str:
    return f"{judged.what} costs {money(judged.cost)} of {money(judged.budget)}"


@dataclass(frozen=True, slots=True)
class _Row:
    """One value, and what is tightest at it."""

    name: str
    value: Decimal | None
    text: str
    judged: Judged
    plan: Projection | None = None


def _rows(result: Goal) -> Iterator[_Row]:
    """Now, both ends of what was searched, and what fits."""
    form = result.varied.form
    (low, first), (high, last) = result.ends
    text = now_text(result.varied)
    yield _Row("now", result.varied.now, text, result.now_judged, result.now)
    yield _Row("lowest", low, value_text(form, low), first)
    for fit in result.found:
        text = fitting_text(fit, result)
        yield _Row("fits", fit.value, text, fit.tightest, fit.plan)
    yield _Row("highest", high, value_text(form, high), last)


def _table(result: Goal, money: MoneyFormat) -> Table:
    names = ["Cost", "Budget", "Used", "Whole plan"]
    head = (*columns([""], [name_text(result.varied)]), *columns(["Tightest"], names))
    how = result.aim.confidence
    judged = "expected cost" if how is None else f"P{how * 100:g}"
    shown = (tuple(_cells(row, money)) for row in _rows(result))
    return Table(f"Judged by {judged}", head, tuple(shown), keys=2)


def _cells(row: _Row, money: MoneyFormat) -> Iterator[str]:
    judged, plan = row.judged, row.plan
    used = f"{judged.cost / judged.budget:,.0%}" if judged.budget else ABSENT
    yield from (row.name.capitalize(), row.text, judged.what)
    yield from (money(judged.cost), money(judged.budget), used)
    yield money(plan.horizon.expected) if plan else ""


def _notes(result: Goal) -> Iterator[str]:
    yield (
        "Tightest: of the budgets that are judged, the one that is used up the most; the others "
        "have more room left."
    )
    if result.found and (others := _others(result.found[0])):
        yield f"At {fitting_text(result.found[0], result)}, over budget elsewhere: {others}."
    if result.limit:
        yield f"Not everything that was asked for can be planned: {result.limit}"
    if said := range_note(result.varied):
        yield said


def _others(fit: Fit) -> str:
    """What the plan that fits is over in all the same, as it was not what was judged."""
    over = [breach.what for breach in fit.plan.breaches() if breach.what != fit.tightest.what]
    listed = ", ".join(over[:_MOST])
    return f"{listed} and {len(over) - _MOST} more" if len(over) > _MOST else listed


def goal_document(result: Goal) -> Document:
    """What `costplan goal --format json` prints."""
    (low, first), (high, last) = result.ends
    return {
        **plan_identity(result.now),
        "vary": varied_facts(result.varied),
        "month": str(result.aim.month) if result.aim.month else None,
        "confidence": result.aim.confidence,
        "now": {"tightest": _judged(result.now_judged), **_plan(result.now)},
        "lowest": {"value": number(low), "tightest": _judged(first)},
        "highest": {"value": number(high), "tightest": _judged(last)},
        "fits": [
            {
                "value": number(fit.value),
                "side": "up to" if fit.fits_below else "from",
                "tightest": _judged(fit.tightest),
                **_plan(fit.plan, drawn=not _is_rate(result)),
            }
            for fit in result.found
        ],
        "answers": list(answers(result)),
        "notes": list(_notes(result)),
        "warnings": warning_list(result.now.warnings),
    }


def _judged(judged: Judged) -> Document:
    return {
        "what": judged.what,
        "cost": plain_text(judged.cost),
        "budget": plain_text(judged.budget),
    }


def _plan(plan: Projection, *, drawn: bool = True) -> Document:
    end = plan.horizon
    percentiles = {name: plain_text(getattr(end, name)) for name in ("p10", "p50", "p90")}
    return {
        "expected": plain_text(end.expected),
        **(percentiles if drawn else dict.fromkeys(percentiles)),
        "months": [
            {"month": total.label, "expected": plain_text(total.expected)}
            for total in plan.totals()
        ],
    }


GOAL_FIELDS = ("row", "value", "tightest", "cost", "budget", "expected")


def goal_records(result: Goal) -> list[Document]:
    """A row for now, both ends and every value that fits, for CSV."""
    return [
        {
            "row": row.name,
            "value": None if row.value is None else number(row.value),
            "tightest": row.judged.what,
            "cost": plain_text(row.judged.cost),
            "budget": plain_text(row.judged.budget),
            "expected": plain_text(row.plan.horizon.expected) if row.plan else None,
        }
        for row in _rows(result)
    ]
