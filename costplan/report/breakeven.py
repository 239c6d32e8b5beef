"""Where two plans cost the same, as a page and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from costplan.decisions.breakeven import BreakEven, Costs, Even
from costplan.report.document import Document, number, plan_identity, warning_list
from costplan.report.money import MoneyFormat, money_for, plain_text
from costplan.report.plan import plan_facts
from costplan.report.table import Page, Table, columns
from costplan.report.varied import name_text, now_text, range_note, value_text, varied_facts


def breakeven_page(result: BreakEven) -> Page:
    """The answer in words, then the figures it rests on."""
    money = _money(result)
    a, b = result.labels
    what = f"{result.period}, expected cost in {result.plans[0].currency}"
    prices = dict.fromkeys(plan_facts(plan)[1] for plan in result.plans)
    return Page(
        f"Break-even: {a} or {b}?",
        (what, *prices, *answers(result)),
        (_table(result, money),),
        tuple(_notes(result)),
        result.warnings,
    )


def _money(result: BreakEven) -> MoneyFormat:
    costs = (result.now, *(costs for _, costs in result.ends), *(e.costs for e in result.found))
    return money_for(result.plans[0].currency, [cost for pair in costs for cost in pair])


def answers(result: BreakEven) -> tuple[str, ...]:
    """What a reader needs to know, in sentences."""
    if result.is_equal:
        return (f"{' and '.join(result.labels)} cost the same throughout.",)
    if not result.found:
        return (_never(result),)
    return tuple(_at(even, result) for even in result.found)


def _at(even: Even, result: BreakEven) -> str:
    money, (a, b) = _money(result), result.labels
    where = f"{name_text(result.varied)} at {value_text(result.varied.form, even.value)}:"
    below, above = (None if k is None else result.labels[k] for k in even.cheaper)
    cheaper = f"below, {below} is cheaper" + (f"; above, {above}" if above else "")
    if even.is_step:
        costs = f"{a} {money(even.costs[0])}, {b} {money(even.costs[1])}"
        return f"{where} a cost jumps past the other there ({costs}); {cheaper}."
    return f"{where} {a} and {b} cost the same, {money(even.costs[0])}; {cheaper}."


def _never(result: BreakEven) -> str:
    money = _money(result)
    (low, first), (high, last) = result.ends
    form = result.varied.form
    gaps = [money.rounded(a) - money.rounded(b) for a, b in (first, last)]
    k = int(sum(gaps) > 0)
    apart = " to ".join(dict.fromkeys(money(abs(gap)) for gap in gaps))
    return (
        f"They never cost the same with {name_text(result.varied)} between {value_text(form, low)} "
        f"and {value_text(form, high)}: {result.labels[k]} is cheaper throughout, by {apart}."
    )


def _table(result: BreakEven, money: MoneyFormat) -> Table:
    form = result.varied.form
    (low, first), (high, last) = result.ends
    name = "Step" if any(even.is_step for even in result.found) else "Break-even"
    rows = [("Now", now_text(result.varied), result.now)]
    rows.append(("Lowest", value_text(form, low), first))
    rows += [(name, value_text(form, even.value), even.costs) for even in result.found]
    rows.append(("Highest", value_text(form, high), last))
    names = [name_text(result.varied), *result.labels, "Second less first"]
    head = columns([""], names) + columns(["Cheaper"], [])
    shown = (tuple(_cells(*row, result, money)) for row in rows)
    return Table(f"Expected cost, {result.period}", head, tuple(shown), keys=2)


def _cells(
    name: str, value: str, costs: Costs, result: BreakEven, money: MoneyFormat
) -> Iterator[str]:
    a, b = costs
    yield from (name, value, money(a), money(b))
    shown = money.rounded(b) - money.rounded(a)
    yield money.delta(shown)
    yield result.labels[int(a > b)] if shown else "the same"


def _notes(result: BreakEven) -> Iterator[str]:
    if result.limit:
        yield f"Not everything that was asked for can be planned: {result.limit}"
    if said := range_note(result.varied):
        yield said


def breakeven_document(result: BreakEven) -> Document:
    """What `costplan breakeven --format json` prints."""
    (low, first), (high, last) = result.ends
    return {
        "period": result.period,
        "currency": result.plans[0].currency,
        "plans": [
            {"label": label}
            | {k: v for k, v in plan_identity(plan).items() if k not in {"seed", "draws"}}
            for label, plan in zip(result.labels, result.plans, strict=True)
        ],
        "vary": varied_facts(result.varied),
        "now": {"expected": _pair(result.now)},
        "lowest": {"value": number(low), "expected": _pair(first)},
        "highest": {"value": number(high), "expected": _pair(last)},
        "crossings": [
            {
                "value": number(even.value),
                "expected": _pair(even.costs),
                "step": even.is_step,
                "cheaper_below": _label(even.cheaper[0], result),
                "cheaper_above": _label(even.cheaper[1], result),
            }
            for even in result.found
        ],
        "answers": list(answers(result)),
        "notes": list(_notes(result)),
        "warnings": warning_list(result.warnings),
    }


def _pair(costs: Costs) -> list[str]:
    return [plain_text(cost) for cost in costs]


def _label(k: int | None, result: BreakEven) -> str | None:
    return None if k is None else result.labels[k]


BREAKEVEN_FIELDS = ("row", "value", "expected_a", "expected_b", "difference", "cheaper")


def breakeven_records(result: BreakEven) -> list[Document]:
    """A row for now, both ends and every crossing, for CSV."""
    (low, first), (high, last) = result.ends
    rows: list[tuple[str, Decimal | None, Costs]] = [
        ("now", result.varied.now, result.now),
        ("lowest", low, first),
        *(("step" if e.is_step else "break-even", e.value, e.costs) for e in result.found),
        ("highest", high, last),
    ]
    return [
        {
            "row": name,
            "value": None if value is None else number(value),
            "expected_a": plain_text(a),
            "expected_b": plain_text(b),
            "difference": plain_text(b - a),
            "cheaper": "" if a == b else result.labels[int(a > b)],
        }
        for name, value, (a, b) in rows
    ]
