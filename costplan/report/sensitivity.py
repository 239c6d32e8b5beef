"""What moves a plan, as a tornado and as a document."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from costplan.decisions.sensitivity import Effect, End, Sensitivity
from costplan.report.document import Document, plan_identity, warning_list
from costplan.report.money import MoneyFormat, money_for, percent, plain_text
from costplan.report.plan import plan_facts, plan_title
from costplan.report.ranges import written
from costplan.report.table import Column, Page, Table, columns

_BAR = 16
"""Columns of the widest bar."""


def sensitivity_page(result: Sensitivity) -> Page:
    """A row for each unknown, the one that moves the total most first."""
    money = sensitivity_money(result)
    tables = [tornado_table(result, money)] if result.effects else []
    if result.by and result.effects:
        tables.append(_by(result, money))
    return Page(
        f"What moves {plan_title(result.plan)}",
        (*plan_facts(result.plan), expected_line(result, money)),
        tuple(tables),
        tuple(_notes(result, money)),
        result.plan.warnings,
    )


def sensitivity_money(result: Sensitivity) -> MoneyFormat:
    """How every amount of a sensitivity is written."""
    ends = [end.expected for effect in result.effects for end in (effect.low, effect.high)]
    return money_for(result.plan.currency, [result.plan.horizon.expected, *ends])


def expected_line(result: Sensitivity, money: MoneyFormat) -> str:
    """What the plan is expected to cost; and what is billed, where that is another figure."""
    listed = f"Expected {money(result.plan.horizon.expected)}"
    if result.billed is None:
        return listed
    return (
        f"{listed} at list prices, as is everything below; with contracts and free allowances "
        f"{money(result.billed)} is billed"
    )


def tornado_table(result: Sensitivity, money: MoneyFormat, *, drawn: bool = True) -> Table:
    """A row for each unknown, and one for what they make together.

    Args:
        result: the unknowns.
        money: how amounts are written.
        drawn: with a column of bars.
    """
    names = ["P10 to P90", "At P10", "At P90", "Swing", "Variance"]
    rows = [
        (
            effect.name.removeprefix("workloads."),
            " to ".join(_value(effect, end) for end in (effect.low, effect.high)),
            money(effect.low.expected),
            money(effect.high.expected),
            money(effect.swing),
            percent(effect.share),
            bar,
        )
        for effect, bar in zip(result.effects, _bars(result), strict=True)
    ]
    if result.interactions is not None:
        rows.append(("together", "", "", "", "", percent(result.interactions), ""))
    head = (*columns(["Not known exactly"], names), Column("", joined=True))
    cells = len(head) if drawn else len(head) - 1
    return Table("", head[:cells], tuple(row[:cells] for row in rows))


def _value(effect: Effect, end: End) -> str:
    """A range as it is written; a volume as a factor of the expected one."""
    if effect.kind == "volume":
        return f"x{end.value:.2f}"
    return written(end.value, is_share=effect.is_share, digits=3)


def _bars(result: Sensitivity) -> list[str]:
    """From the lower to the higher total, with a mark where the expected one is."""
    ends = [float(end.expected) for each in result.effects for end in (each.low, each.high)]
    middle = float(result.plan.horizon.expected)
    low, high = min(*ends, middle), max(*ends, middle)
    unit = (high - low) / (_BAR - 1) or 1.0
    bars = []
    for effect in result.effects:
        pair = sorted((effect.low.expected, effect.high.expected))
        first, last = (round((float(end) - low) / unit) for end in pair)
        cells = ["█" if first <= k <= last and first < last else " " for k in range(_BAR)]
        cells[round((middle - low) / unit)] = "│"
        bars.append("".join(cells).rstrip())
    return bars


def _by(result: Sensitivity, money: MoneyFormat) -> Table:
    """How far each unknown moves every model, workload, owner or meter."""
    names = [name for name, _ in result.plan.by(result.by)] if result.by else []
    rows = []
    for effect in result.effects:
        none = Decimal(0)
        moves = [effect.high.by.get(n, none) - effect.low.by.get(n, none) for n in names]
        rows.append((effect.name.removeprefix("workloads."), *map(money.delta, moves)))
    shown = [name or "(none)" for name in names]
    title = f"From P10 to P90, by {result.by}"
    return Table(title, columns(["Not known exactly"], shown), tuple(rows))


def _notes(result: Sensitivity, money: MoneyFormat) -> list[str]:
    if not result.effects:
        return ["Nothing in this plan is uncertain: no range, and uncertainty: none."]
    first = result.effects[0]
    low, high, deviation = first.low.expected, first.high.expected, result.deviation
    most = (
        f"Most depends on {_named(first)}: from its P10 to its P90, the total goes from "
        f"{money(low)} to {money(high)}, everything else averaged."
    )
    read = (
        "Variance: the share of the total's variance that it makes alone (standard deviation "
        f"{money(Decimal(repr(deviation)))}); together: what they make only in combination."
    )
    said = [most, read]
    if any(effect.kind == "volume" for effect in result.effects):
        said.append("volume of ...: how far volumes may lie from the plan (uncertainty).")
    return said


def _named(effect: Effect) -> str:
    return f"the {effect.name}" if effect.kind == "volume" else effect.name


def sensitivity_document(result: Sensitivity) -> Document:
    """What `costplan sensitivity --format json` prints."""
    plan = result.plan
    return {
        **plan_identity(plan),
        "expected": plain_text(plan.horizon.expected),
        **({} if result.billed is None else {"billed": plain_text(result.billed)}),
        "standard_deviation": result.deviation,
        "effects": [_effect(effect, result) for effect in result.effects],
        "interactions": result.interactions,
        "warnings": warning_list(plan.warnings),
    }


def _effect(effect: Effect, result: Sensitivity) -> Document:
    return {
        "name": effect.name,
        "kind": effect.kind,
        "p10": _end(effect.low, result),
        "p90": _end(effect.high, result),
        "swing": plain_text(effect.swing),
        "share_of_variance": effect.share,
    }


def _end(end: End, result: Sensitivity) -> Document:
    document: Document = {"value": float(end.value), "expected": plain_text(end.expected)}
    if result.by:
        document[f"by_{result.by}"] = [
            {result.by: name, "expected": plain_text(cost)} for name, cost in end.by.items()
        ]
    return document


EFFECT_FIELDS = (
    "name", "kind", "value_p10", "value_p90", "expected_p10", "expected_p90", "swing",
    "share_of_variance",
)  # fmt: skip


def sensitivity_records(result: Sensitivity) -> Sequence[Document]:
    """A row for each unknown, and one for what they make together, for CSV."""
    rows: list[Document] = [
        {
            "name": effect.name,
            "kind": effect.kind,
            "value_p10": float(effect.low.value),
            "value_p90": float(effect.high.value),
            "expected_p10": plain_text(effect.low.expected),
            "expected_p90": plain_text(effect.high.expected),
            "swing": plain_text(effect.swing),
            "share_of_variance": effect.share,
        }
        for effect in result.effects
    ]
    return [*rows, {"name": "interactions", "share_of_variance": result.interactions}]
