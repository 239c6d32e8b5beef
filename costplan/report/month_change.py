"""Why a month costs more or less than the one before: a sentence, a table, a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from costplan.decisions.effects import Driver
from costplan.decisions.month_change import Cause, MonthChange
from costplan.decisions.price_steps import PriceStep
from costplan.report.document import Document
from costplan.report.money import (
    MoneyFormat,
    percent,
    plain_text,
    plain_text_or_none,
    signed_percent,
)
from costplan.report.rounding import apportioned
from costplan.report.table import Column, Row, Table, columns

NAMES = {
    Driver.DAYS: "Days",
    Driver.SEASON: "Season",
    Driver.LAUNCH: "Launch",
    Driver.EVENTS: "Events",
    Driver.GROWTH: "Growth",
    Driver.MIX: "Mix",
    Driver.DENSITY: "Density",
    Driver.CACHE: "Cache",
    Driver.PRICE: "Price",
    Driver.CONTRACT: "Contracts",
    Driver.UNATTRIBUTED: "Not attributed",
}
"""What drivers are called in a table of causes."""
_KINDS = {"all": "days", "working": "working days"}
_MOST_MOVED = 2
_MOST = 12
"""Causes that are told one by one; the smaller ones stand together."""


def change_sentence(change: MonthChange, money: MoneyFormat) -> str:
    """`2027-06 costs $51.83 (+5.4%) more than 2027-05: $1,015.30 after $963.47.`."""
    before, after = (money.rounded(cost) for cost in change.cost)
    delta = after - before
    amounts = f"{money(after, exact=change.cost[1])} after {money(before, exact=change.cost[0])}"
    if not change.delta:
        return f"{change.after} costs as much as {change.before}: {money(after)}."
    how = "more" if change.delta > 0 else "less"
    share = f" ({signed_percent(change.share)})" if change.share is not None else ""
    size = money(abs(delta), exact=abs(change.delta))
    return f"{change.after} costs {size}{share} {how} than {change.before}: {amounts}."


def causes_table(change: MonthChange, money: MoneyFormat, steps: Sequence[PriceStep] = ()) -> Table:
    """A row for each cause, the largest first; they add up to the difference as shown.

    Args:
        change: the difference.
        money: how its amounts are written.
        steps: the price changes of the plan, to say which one it was.
    """
    shown = money.rounded(change.cost[1]) - money.rounded(change.cost[0])
    told = [cause for cause in change.causes if abs(cause.amount) >= money.unit / 2][:_MOST]
    exact = [cause.amount for cause in told]
    rest = change.delta - sum(exact, Decimal(0))
    parts = apportioned([*exact, rest], shown, money)
    rows: list[Row] = [
        (NAMES[cause.driver], cause.workload, cause_text(cause, steps), money.delta(part, exact=x))
        for cause, part, x in zip(told, parts, exact, strict=False)
    ]
    if parts[-1] or len(told) < len(change.causes):
        rows.append(("Smaller ones", "", "", money.delta(parts[-1], exact=rest)))
    total = ("Total", "", "", money.delta(shown, exact=change.delta))
    head = (
        Column("Cause"),
        Column("Workload"),
        Column("What changed"),
        Column("Effect", right=True),
    )
    title = f"Why {change.after} differs from {change.before}"
    return Table(title, head, tuple(rows), (total,), keys=2)


def by_workload_table(change: MonthChange, money: MoneyFormat) -> Table:
    """The difference by workload, the largest first; it adds up as shown."""
    sums = change.by_workload()
    names = sorted(sums, key=lambda name: (-abs(sums[name]), name))
    shown = money.rounded(change.cost[1]) - money.rounded(change.cost[0])
    parts = apportioned([sums[name] for name in names], shown, money)
    rows = tuple(
        (name, money.delta(part, exact=sums[name])) for name, part in zip(names, parts, strict=True)
    )
    total = (("Total", money.delta(shown, exact=change.delta)),)
    return Table("The difference by workload", columns(["Workload"], ["Effect"]), rows, total)


def cause_text(cause: Cause, steps: Sequence[PriceStep] = ()) -> str:
    """What happened, in a few words: `22 working days after 20`, `+4.4%`, `launches`."""
    if cause.driver is Driver.PRICE:
        return _price(cause, steps)
    told = _TOLD.get(cause.driver)
    return told(cause) if told else ""


def _days(cause: Cause) -> str:
    if cause.before is None or cause.after is None:
        return ""
    if not cause.day_kind:
        return f"{cause.after:.4g} periods after {cause.before:.4g}"
    kind = _KINDS.get(cause.day_kind, cause.day_kind)
    return f"{cause.after:.0f} {kind} after {cause.before:.0f}"


def _launch(cause: Cause) -> str:
    """In or out of service, or part of the way."""
    if not cause.after:
        return "retires"
    if not cause.before:
        return (
            "launches" if cause.after >= 1 else f"launches, {percent(cause.after)} of full demand"
        )
    return f"{percent(cause.before)} to {percent(cause.after)} of full demand"


def _price(cause: Cause, steps: Sequence[PriceStep]) -> str:
    days = sorted({step.day for step in steps if step.model == cause.model})
    since = f" from {', '.join(map(str, days))}" if days else ""
    return f"{_short(cause.model)}{since}"


def _growth(cause: Cause) -> str:
    return "" if cause.change is None else signed_percent(cause.change)


def _factor(cause: Cause) -> str:
    """Of a season or of events."""
    if cause.before is None or cause.after is None:
        return ""
    return f"×{cause.before:.2f} to ×{cause.after:.2f}"


def _cache(cause: Cause) -> str:
    if cause.before is None or cause.after is None:
        return ""
    before, after = f"{cause.before:.1%}", f"{cause.after:.1%}"
    return f"{before} to {after} of input from a cache" if before != after else ""


def _mix(cause: Cause) -> str:
    """The shares that moved furthest."""
    furthest = sorted(cause.moved, key=lambda each: -abs(each.after - each.before))
    told = [
        f"{_short(each.model)}{'' if each.mode == 'standard' else f' {each.mode}'} "
        f"{percent(each.before)} to {percent(each.after)}"
        for each in furthest[:_MOST_MOVED]
    ]
    return ", ".join(told) + ("..." if len(furthest) > _MOST_MOVED else "")


def _short(model: str) -> str:
    """A model without its provider, which a reader of the plan knows."""
    return model.rpartition("/")[2]


_TOLD: Mapping[Driver, Callable[[Cause], str]] = {
    Driver.DAYS: _days,
    Driver.SEASON: _factor,
    Driver.LAUNCH: _launch,
    Driver.EVENTS: _factor,
    Driver.GROWTH: _growth,
    Driver.CACHE: _cache,
    Driver.MIX: _mix,
}


def step_lines(steps: Sequence[PriceStep], currency: str) -> Iterator[str]:
    """A sentence for each price change: `... (batch) changes on 2027-01-01: input 0.375 to ...`."""
    for step in steps:
        rates = ", ".join(
            f"{rate.meter.replace('_', ' ')}{f' tier {rate.tier}' if rate.tier else ''} "
            f"{plain_text(rate.before)} to {plain_text(rate.after)}"
            for rate in step.rates
        )
        per = {rate.per for rate in step.rates}
        unit = f" {currency} per {per.pop():,}" if len(per) == 1 else f" {currency}"
        yield f"{step.model} ({step.mode}) changes on {step.day}: {rates}{unit}"


def change_document(change: MonthChange) -> Document:
    """The difference and its causes, for programs."""
    return {
        "before": change.before,
        "after": change.after,
        "expected": [plain_text(cost) for cost in change.cost],
        "delta": plain_text(change.delta),
        "change": change.share,
        "causes": [_cause(cause) for cause in change.causes],
        "by_workload": [
            {"workload": name, "delta": plain_text(amount)}
            for name, amount in change.by_workload().items()
        ],
    }


def _cause(cause: Cause) -> Document:
    return {
        "driver": str(cause.driver),
        "workload": cause.workload,
        "model": cause.model or None,
        "delta": plain_text_or_none(cause.amount),
        "before": cause.before,
        "after": cause.after,
        "mix": [
            {"model": m.model, "mode": m.mode, "before": m.before, "after": m.after}
            for m in cause.moved
        ],
    }
