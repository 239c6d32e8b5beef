"""Plans side by side, as a page and as a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from costplan.decisions.compare import Comparison, Row, Summary, TimeSaved
from costplan.report.attribution import (
    drivers_list,
    drivers_notes,
    drivers_records,
    drivers_table,
)
from costplan.report.document import Document, warning_list
from costplan.report.money import (
    ABSENT,
    MoneyFormat,
    money_for,
    percent,
    plain_text,
    plain_text_or_none,
    signed_percent,
)
from costplan.report.plan import OK, OVER
from costplan.report.processing import duration, quantity
from costplan.report.rounding import apportioned
from costplan.report.table import Column, Page, Table, columns


def comparison_page(comparison: Comparison) -> Page:
    """The plans, then what differs by month, model and workload, and in processing time."""
    money = comparison_money(comparison)
    tables = [_plans(comparison, money)]
    if any(found.delta for found in comparison.drivers):
        tables.append(drivers_table(comparison, money))
    sections = {
        "Month": comparison.months,
        "Model": comparison.by_model,
        "Workload": comparison.by_workload,
    }
    for name, rows in sections.items():
        if len(rows) > 1 or name == "Model":
            tables.append(_rows_table(name, rows, comparison, money))
    if comparison.time:
        tables.append(_time_table(comparison))
    base = comparison.plans[0].label
    facts = (f"{len(comparison.plans)} plans in {comparison.currency}, against {base}",)
    return Page("Comparison", facts, tuple(tables), _notes(comparison), comparison.warnings)


def comparison_money(comparison: Comparison) -> MoneyFormat:
    """How every amount of a comparison is written."""
    return money_for(comparison.currency, _amounts(comparison))


def comparison_document(comparison: Comparison) -> Document:
    """What `costplan compare --format json` prints; deltas are against the first plan."""
    return {
        "currency": comparison.currency,
        "plans": [_plan(plan) for plan in comparison.plans],
        "horizon": _row(comparison.horizon),
        "months": [{"month": row.name} | _row(row) for row in comparison.months],
        "by_model": [{"model": row.name} | _row(row) for row in comparison.by_model],
        "by_workload": [{"workload": row.name} | _row(row) for row in comparison.by_workload],
        "drivers": drivers_list(comparison),
        "processing": [_time(each, comparison) for each in comparison.time],
        "warnings": warning_list(comparison.warnings),
    }


COMPARISON_FIELDS = ("section", "name", "plan", "expected", "delta", "change")


def comparison_records(comparison: Comparison) -> list[Document]:
    """A row for each figure and plan, for CSV."""
    sections: list[tuple[str, Sequence[Row]]] = [
        ("horizon", [comparison.horizon]),
        ("month", comparison.months),
        ("model", comparison.by_model),
        ("workload", comparison.by_workload),
    ]
    figures = [
        {
            "section": section,
            "name": row.name,
            "plan": plan.label,
            "expected": plain_text_or_none(row.values[k]),
            "delta": plain_text_or_none(row.delta(k)),
            "change": row.change(k),
        }
        for section, rows in sections
        for row in rows
        for k, plan in enumerate(comparison.plans)
    ]
    return [*figures, *drivers_records(comparison)]


def _amounts(comparison: Comparison) -> Iterable[Decimal | None]:
    for row in (comparison.horizon, *comparison.by_model, *comparison.by_workload):
        yield from row.values


def _plans(comparison: Comparison, money: MoneyFormat) -> Table:
    names = ["Expected", "Delta", "Change", "P10", "P90", "Budget"]
    rows = []
    for k, plan in enumerate(comparison.plans):
        end = plan.horizon
        base = money.rounded(comparison.plans[0].horizon.expected)
        delta = _difference(comparison.horizon, k, base, money.rounded(end.expected), money)
        cells = [money(end.expected), *(delta if k else ["", ""]), money(end.p10), money(end.p90)]
        rows.append((plan.label, *cells, _budget(plan, money)))
    return Table("", columns(["Plan"], names), tuple(rows))


def _budget(plan: Summary, money: MoneyFormat) -> str:
    if not plan.has_budget:
        return ABSENT
    if not plan.over:
        return OK
    if plan.horizon.over and plan.horizon.over > 0:
        return f"{OVER} by {money(plan.horizon.over)}"
    months = {total.label for total in plan.months} & set(plan.over)
    if len(months) > 1:
        return f"{OVER} in {len(months)} months"
    return f"{OVER}: {min(months, default=plan.over[0])}"


def _rows_table(
    name: str, rows: Sequence[Row], comparison: Comparison, money: MoneyFormat
) -> Table:
    head = [Column(name)]
    for k, plan in enumerate(comparison.plans):
        head.append(Column(plan.label, right=True))
        head += [Column(each, right=True, joined=True) for each in ("delta", "%")] if k else []
    base = _shown(rows, 0, comparison, money, ())
    shown = [base, *(_shown(rows, k, comparison, money, base) for k in _others(comparison))]
    lines = [_line(row, [column[i] for column in shown], money) for i, row in enumerate(rows)]
    ends = [money.rounded(plan.horizon.expected) for plan in comparison.plans]
    return Table(
        f"By {name.lower()}", tuple(head), tuple(lines), (_line(comparison.horizon, ends, money),)
    )


def _others(comparison: Comparison) -> range:
    return range(1, len(comparison.plans))


def _line(row: Row, shown: Sequence[Decimal | None], money: MoneyFormat) -> tuple[str, ...]:
    cells = [row.name]
    for k, amount in enumerate(shown):
        cells.append(money(amount, exact=row.values[k]))
        cells += _difference(row, k, shown[0], amount, money) if k else []
    return tuple(cells)


def _difference(
    row: Row, k: int, base: Decimal | None, other: Decimal | None, money: MoneyFormat
) -> list[str]:
    """The delta of the amounts as shown, so that it can be checked, and the exact change."""
    delta = row.delta(k)
    shown = None if delta is None else (other or Decimal(0)) - (base or Decimal(0))
    return [money.delta(shown, exact=delta), signed_percent(row.change(k))]


def _shown(
    rows: Sequence[Row],
    k: int,
    comparison: Comparison,
    money: MoneyFormat,
    base: Sequence[Decimal | None],
) -> list[Decimal | None]:
    """One plan's column, rounded to add up to its total; what is absent stays absent.

    What is the same as in the base is shown the same: rounding must not look like a difference.
    """
    cells: list[Decimal | None] = [None] * len(rows)
    left = money.rounded(comparison.plans[k].horizon.expected)
    moved = []
    for i, row in enumerate(rows):
        if k and row.values[k] == row.values[0]:
            cells[i] = base[i]
            left -= base[i] or 0
        elif row.values[k] is not None:
            moved.append(i)
    parts = [rows[i].values[k] or Decimal(0) for i in moved]
    for i, amount in zip(moved, apportioned(parts, left, money), strict=True):
        cells[i] = amount
    return cells


def _time_table(comparison: Comparison) -> Table:
    names = ["Requests", "Takes", "Saves a day", "Less time", "More throughput"]
    rows = []
    for each in comparison.time:
        label = comparison.plans[each.plan].label
        takes = " -> ".join(duration(seconds) for seconds in each.seconds)
        saved = f"{'-' if each.saved < 0 else ''}{duration(abs(each.saved))}"
        requests = " -> ".join(dict.fromkeys(quantity(n) for n in each.requests))
        shares = (percent(each.less_time), percent(each.more_throughput))
        rows.append((each.workload, label, requests, takes, saved, *shares))
    head = columns(["Workload", "Plan"], names)
    return Table("Processing, on an active day", head, tuple(rows), keys=2)


def _notes(comparison: Comparison) -> tuple[str, ...]:
    notes = list(drivers_notes(comparison))
    books = {(plan.release, plan.known_at) for plan in comparison.plans}
    if len(books) > 1:
        said = [f"{plan.label}: {_book(plan)}" for plan in comparison.plans]
        notes.append(f"Prices differ between the plans ({'; '.join(said)}).")
    if comparison.time:
        notes.append(
            "Less time and more throughput are two readings of one change: 3.4 s to 2.1 s is 38% "
            "less time, or 62% more done in the same time."
        )
    return tuple(notes)


def _book(plan: Summary) -> str:
    return f"{plan.release}{f' known at {plan.known_at}' if plan.known_at else ''}"


def _plan(plan: Summary) -> Document:
    end = plan.horizon
    return {
        "label": plan.label,
        "scenario": plan.scenario,
        "variant": plan.variant,
        "months": [total.label for total in plan.months],
        "price_book": {
            "release": plan.release,
            "known_at": str(plan.known_at) if plan.known_at else None,
        },
        "expected": plain_text(end.expected),
        "p10": plain_text(end.p10),
        "p50": plain_text(end.p50),
        "p90": plain_text(end.p90),
        "budget": plain_text_or_none(end.budget),
        "p_over": end.p_over,
    }


def _row(row: Row) -> Document:
    others = range(len(row.values))
    return {
        "expected": [plain_text_or_none(value) for value in row.values],
        "delta": [plain_text_or_none(row.delta(k)) for k in others],
        "change": [row.change(k) for k in others],
    }


def _time(each: TimeSaved, comparison: Comparison) -> Document:
    return {
        "workload": each.workload,
        "plan": comparison.plans[each.plan].label,
        "month": str(each.month),
        "requests_per_day": list(each.requests),
        "seconds_per_day": list(each.seconds),
        "seconds_saved_per_day": each.saved,
        "less_time": each.less_time,
        "more_throughput": each.more_throughput,
    }
