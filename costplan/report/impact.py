"""What a change of prices does to a plan, as a page and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from costplan.decisions.compare import Row
from costplan.decisions.impact import Cause, Impact, MonthImpact, RateMove
from costplan.engine.projection import Breach, Projection
from costplan.periods import Month
from costplan.report.breaches import breach_line
from costplan.report.compare import comparison_page
from costplan.report.document import Document, warning_list
from costplan.report.money import (
    ABSENT,
    MoneyFormat,
    money_for,
    percent,
    plain_text,
    plain_text_or_none,
)
from costplan.report.price_history import change_document, rate_percent
from costplan.report.table import Column, Page, Table, columns

IMPACT_FIELDS = (
    *("section", "name", "before", "after", "delta", "percent", "budget"),
    *("p_over_before", "p_over_after", "mode", "meter", "tier", "rate_before", "rate_after"),
    *("from", "until", "known", "source"),
)

_MOST_BREACHES = 6


def impact_document(impact: Impact) -> Document:
    """What `costplan prices impact --format json` prints."""
    plan = impact.plans[1]
    comparison = impact.comparison
    return {
        "scenario": plan.scenario,
        "variant": plan.variant,
        "currency": plan.currency,
        "seed": plan.seed,
        "draws": plan.draws,
        "from": _book(impact.labels[0], impact.plans[0]),
        "to": _book(impact.labels[1], impact.plans[1]),
        "horizon": _total(impact.horizon),
        "months": [{"month": m.after.label} | _total(m) for m in impact.months],
        "by_model": [{"model": row.name} | _row(row) for row in comparison.by_model],
        "by_workload": [{"workload": row.name} | _row(row) for row in comparison.by_workload],
        "breaches": {
            "gained": [_breach(each) for each in impact.gained],
            "lost": [_breach(each) for each in impact.lost],
        },
        "causes": [_cause(each) for each in impact.causes],
        "warnings": warning_list(impact.warnings),
    }


def impact_records(impact: Impact) -> list[Document]:
    """A row for each figure, and for each rate that moves it, for CSV."""
    records = [{"section": "horizon", "name": "Total", **_total(impact.horizon)}]
    records += [{"section": "month", "name": m.after.label, **_total(m)} for m in impact.months]
    sections = {"model": impact.comparison.by_model, "workload": impact.comparison.by_workload}
    for section, rows in sections.items():
        records += [{"section": section, "name": row.name, **_row(row)} for row in rows]
    for cause in impact.causes:
        told = _cause(cause)
        for move in told["moves"] or [{}]:
            rates = {"rate_before": move.get("before"), "rate_after": move.get("after")}
            both = {"section": "cause", "name": cause.model, **move, **told, **rates}
            records.append(both | {"percent": move.get("percent")})
    return records


def impact_page(impact: Impact) -> Page:
    """What moves by month, model and workload; the budgets; the rates that make it move."""
    plan = impact.plans[1]
    variant = f" ({plan.variant})" if plan.variant else ""
    title = f"{plan.scenario}{variant}: prices of {impact.labels[0]} and of {impact.labels[1]}"
    comparison = comparison_page(impact.comparison)
    facts = (_sentence(impact), *_breach_lines(impact))
    if not impact.causes:
        return Page(title, facts, comparison.tables[:1], (), impact.warnings)
    money = money_for(
        plan.currency, [t.expected for m in impact.months for t in (m.before, m.after)]
    )
    tables = (*comparison.tables, *_budgets(impact, money), _causes_table(impact, money))
    notes = (*comparison.notes, *_sources(impact))
    return Page(title, facts, tables, notes, impact.warnings)


def _sentence(impact: Impact) -> str:
    horizon, currency = impact.horizon, impact.plans[1].currency
    if not impact.causes:
        return f"Nothing moves: no rate that the plan pays differs, {horizon.after.label}."
    money = money_for(currency, (horizon.before.expected, horizon.after.expected))
    months = [month for month in impact.months if month.delta]
    named = ", ".join(month.after.label for month in months[:1])
    named += f" to {months[-1].after.label}" if len(months) > 1 else ""
    share = f" ({rate_percent(horizon.share)})" if horizon.share is not None else ""
    move = money.delta(horizon.delta, exact=horizon.delta)
    count = f"{len(months)} of {len(impact.months)} months"
    return f"{move}{share} over {horizon.after.label}: {count} move, {named}."


def _breach_lines(impact: Impact) -> Iterator[str]:
    currency = impact.plans[1].currency
    for label, breaches in zip(impact.labels, (impact.lost, impact.gained), strict=True):
        for breach in breaches[:_MOST_BREACHES]:
            yield f"over budget only with {label}: {breach_line(breach, currency)}"
        if len(breaches) > _MOST_BREACHES:
            yield f"over budget only with {label}: {len(breaches) - _MOST_BREACHES} more"


def _budgets(impact: Impact, money: MoneyFormat) -> Iterator[Table]:
    """Each month with a budget: how likely it is passed, before and after."""
    if all(month.after.budget is None for month in impact.months):
        return
    rows = [_budget_row(month, money) for month in impact.months]
    total = _budget_row(impact.horizon, money)
    head = columns(["Month"], ["Budget", *(f"Over, {label}" for label in impact.labels)])
    totals = ((("Total"), *total[1:]),)
    yield Table("Budget, and the chance to pass it", (*head, Column("")), tuple(rows), totals)


def _budget_row(month: MonthImpact, money: MoneyFormat) -> tuple[str, ...]:
    chances = [percent(total.p_over) for total in (month.before, month.after)]
    before, after = month.breached
    said = "" if before == after else ("▲ now over" if after else "no longer over")
    return (month.after.label, money(month.after.budget), *chances, said)


def _causes_table(impact: Impact, money: MoneyFormat) -> Table:
    names = ["Rate", "Before", "After", "Change", "Delta"]
    head = (Column("Model"), Column(names[0]), *columns([], names[1:]), Column("On days"))
    rows: list[tuple[str, ...]] = []
    end = impact.plans[1].months[-1] + 1
    for cause in impact.causes:
        name = f"{cause.model} {cause.mode}"
        delta = money.delta(cause.delta, exact=cause.delta)
        meter = cause.meter.replace("_", " ")
        for k, move in enumerate(cause.moves or (None,)):
            if move is None:
                rows.append((name, meter, ABSENT, ABSENT, "", delta, "not used in both"))
                continue
            change = move.change
            amounts = [
                ABSENT if x is None else plain_text(x) for x in (change.before, change.after)
            ]
            rate = f"{meter} {change.tier}".strip()
            cells = (*amounts, rate_percent(change.share), "" if k else delta, _days(move, end))
            rows.append(("" if k else name, rate, *cells))
    return Table("Rates that cause it", head, tuple(rows), keys=2)


def _days(move: RateMove, end: Month) -> str:
    until = f" until {move.days.end}" if move.days.end < end.first else " on"
    return f"{move.days.start}{until}"


def _sources(impact: Impact) -> Iterator[str]:
    rows = [move.row for cause in impact.causes for move in cause.moves]
    yield from dict.fromkeys(
        f"{row.provider}/{row.model} from {row.from_}, known {row.known}: {row.source}"
        for row in rows
    )


def _book(label: str, plan: Projection) -> Document:
    stamp = plan.price_book
    known_at = str(stamp.known_at) if stamp.known_at else None
    return {
        "label": label,
        "release": stamp.release,
        "known_at": known_at,
        "digest": stamp.digest,
    }


def _total(month: MonthImpact) -> Document:
    before, after = month.before, month.after
    return {
        **_amounts(before.expected, after.expected),
        "budget": plain_text_or_none(after.budget),
        "p_over_before": before.p_over,
        "p_over_after": after.p_over,
        "over_before": month.breached[0],
        "over_after": month.breached[1],
    }


def _row(row: Row) -> Document:
    before, after = row.values
    return _amounts(before or Decimal(0), after or Decimal(0))


def _amounts(before: Decimal, after: Decimal) -> Document:
    share = float((after - before) / before) if before else None
    return {
        "before": plain_text(before),
        "after": plain_text(after),
        "delta": plain_text(after - before),
        "percent": None if share is None else round(share * 100, 6),
    }


def _breach(breach: Breach) -> Document:
    return {
        "what": breach.what,
        "expected": plain_text(breach.cost),
        "budget": plain_text(breach.budget),
    }


def _cause(cause: Cause) -> Document:
    return {
        "model": cause.model,
        "mode": cause.mode,
        "meter": cause.meter,
        **_amounts(cause.before, cause.after),
        "moves": _move_list(cause.moves),
    }


def _move_list(moves: Sequence[RateMove]) -> list[Document]:
    return [
        change_document(move.change)
        | {
            "from": str(move.days.start),
            "until": str(move.days.end),
            "known": str(move.row.known),
            "source": move.row.source,
        }
        for move in moves
    ]
