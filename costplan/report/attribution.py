"""Where the differences between plans come from: as a table, a document and rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from costplan.decisions.attribution import Attribution
from costplan.decisions.compare import Comparison
from costplan.decisions.effects import BETWEEN_PLANS, Driver
from costplan.report.document import Document
from costplan.report.money import MoneyFormat, plain_text
from costplan.report.rounding import apportioned, apportioned_grid
from costplan.report.table import Table, columns

_USUAL = (Driver.VOLUME, Driver.MIX, Driver.DENSITY, Driver.CACHE, Driver.PRICE)
NAMES = {
    **{driver: driver.capitalize() for driver in _USUAL},
    Driver.OTHER_MONTHS: "Other months",
    Driver.UNATTRIBUTED: "Not attributed",
}
"""What drivers are called above a column."""


def drivers_table(comparison: Comparison, money: MoneyFormat) -> Table:
    """A row for each plan, after those of its workloads; rows and columns add up as shown."""
    shown = [driver for driver in BETWEEN_PLANS if driver in _USUAL or _occurs(driver, comparison)]
    rows = [
        row
        for k, drivers in enumerate(comparison.drivers, 1)
        for row in _rows(drivers, comparison, k, shown, money)
    ]
    head = columns(["Plan", "Workload"], [*(NAMES[driver] for driver in shown), "Delta"])
    return Table("Where the difference comes from", head, tuple(rows), keys=2)


@dataclass(frozen=True, slots=True)
class BridgeStep:
    """What one driver adds on the way from one plan to another."""

    name: str
    amount: Decimal
    """As shown: the steps add up to the difference of the totals as shown."""
    text: str


def bridge_steps(comparison: Comparison, k: int, money: MoneyFormat) -> tuple[BridgeStep, ...]:
    """The drivers that lead from the base to plan `k`; those that change nothing are left out."""
    found = comparison.drivers[k - 1]
    delta = _delta(comparison, k, money)
    exact = {driver: amount for driver, amount in found.parts.items() if amount}
    shown = apportioned(list(exact.values()), delta, money)
    return tuple(
        BridgeStep(NAMES[driver], amount, money.delta(amount, exact=truth))
        for (driver, truth), amount in zip(exact.items(), shown, strict=True)
    )


def _delta(comparison: Comparison, k: int, money: MoneyFormat) -> Decimal:
    """The difference of the totals as they are shown."""
    base, plan = (money.rounded(comparison.plans[i].horizon.expected) for i in (0, k))
    return plan - base


def _occurs(driver: Driver, comparison: Comparison) -> bool:
    return any(found.parts[driver] for found in comparison.drivers)


def _rows(
    found: Attribution,
    comparison: Comparison,
    k: int,
    shown: Sequence[Driver],
    money: MoneyFormat,
) -> Iterator[tuple[str, ...]]:
    """The workloads that differ, and the whole plan where they are several."""
    plan, delta = comparison.plans[k], _delta(comparison, k, money)
    exact = [found.parts[driver] for driver in shown]
    total = apportioned(exact, delta, money)
    moved = {name: each for name, each in found.by_workload.items() if each.delta}
    if len(moved) == 1 and len(found.by_workload) > 1:
        yield (plan.label, *moved, *_cells([*total, delta], [*exact, found.delta], money))
        return
    if len(moved) > 1:
        parts = [[each.parts[driver] for driver in shown] for each in moved.values()]
        ends = apportioned([each.delta for each in moved.values()], delta, money)
        grid = apportioned_grid(parts, ends, total, money)
        for (name, each), cells, end in zip(moved.items(), grid, ends, strict=True):
            amounts = _cells([*cells, end], [*(each.parts[d] for d in shown), each.delta], money)
            yield (plan.label, name, *amounts)
    yield (plan.label, "all", *_cells([*total, delta], [*exact, found.delta], money))


def _cells(amounts: Sequence[Decimal], exact: Sequence[Decimal], money: MoneyFormat) -> list[str]:
    pairs = zip(amounts, exact, strict=True)
    return [money.delta(amount, exact=truth) for amount, truth in pairs]


def drivers_notes(comparison: Comparison) -> Iterator[str]:
    """How the parts are to be read, and why something was not attributed."""
    if any(found.delta for found in comparison.drivers):
        yield (
            "Drivers change one after another: volume at the base's mix, sizes and prices, then "
            "mix, density (tokens per conversation), cache, and price at the other plan's use."
        )
    before = [plan.label for plan in comparison.plans if plan.basis.uses and not plan.basis.routed]
    if before and _occurs(Driver.UNATTRIBUTED, comparison):
        yield (
            f"Not attributed: {', '.join(before)} was saved without the conversations of each "
            "model, so mix and density cannot be told apart."
        )


def drivers_list(comparison: Comparison) -> list[Document]:
    """For each plan but the base its delta and the parts of it, also by workload."""
    return [
        {
            "plan": plan.label,
            **_parts(found),
            "by_workload": [
                {"workload": name, **_parts(each)} for name, each in found.by_workload.items()
            ],
        }
        for plan, found in zip(comparison.plans[1:], comparison.drivers, strict=True)
    ]


def _parts(found: Attribution) -> Document:
    parts = {str(driver): plain_text(amount) for driver, amount in found.parts.items()}
    return {"delta": plain_text(found.delta), **parts}


def drivers_records(comparison: Comparison) -> Iterator[Document]:
    """A row for each driver of the horizon and of each workload, for CSV."""
    for plan, found in zip(comparison.plans[1:], comparison.drivers, strict=True):
        every = {"driver": found, **{f"driver of {n}": w for n, w in found.by_workload.items()}}
        for section, each in every.items():
            for driver, amount in each.parts.items():
                yield {
                    "section": section,
                    "name": str(driver),
                    "plan": plan.label,
                    "expected": None,
                    "delta": plain_text(amount),
                    "change": None,
                }
