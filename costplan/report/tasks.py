"""What a request costs, and what one that ends well does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costplan.engine.projection import Projection, Task
from costplan.report.money import money_for, percent, plain_text_or_none
from costplan.report.processing import quantity
from costplan.report.table import Table, columns


@dataclass(frozen=True, slots=True)
class TaskCost:
    """Requests, successes and money of one workload over some months.

    The cost per success is the expected cost over the expected number of successes, not the
    expectation of their ratio: it is what the money of the plan buys.
    """

    workload: str
    requests: float
    successes: float
    reworked: float
    cost: Decimal

    @property
    def cost_per_request(self) -> Decimal | None:
        """None where nothing is requested."""
        return _ratio(self.cost, self.requests)

    @property
    def cost_per_success(self) -> Decimal | None:
        """None where nothing succeeds."""
        return _ratio(self.cost, self.successes)


def _ratio(cost: Decimal, count: float) -> Decimal | None:
    return cost / Decimal(repr(count)) if count else None


def task_costs(projection: Projection) -> tuple[TaskCost, ...]:
    """Every workload that names a row of quality, over the horizon."""
    cost = dict(projection.by("workload"))
    names = dict.fromkeys(task.workload for task in projection.tasks)
    return tuple(
        _summed(name, [t for t in projection.tasks if t.workload == name], cost[name])
        for name in names
    )


def _summed(name: str, tasks: Sequence[Task], cost: Decimal) -> TaskCost:
    return TaskCost(
        name,
        sum(task.requests for task in tasks),
        sum(task.successes for task in tasks),
        sum(task.reworked for task in tasks),
        cost,
    )


def _share(part: float, whole: float) -> float | None:
    """Cleared of binary residue: all of them is 100 %, not over 99 %."""
    return round(part / whole, 12) if whole else None


def tasks_table(projection: Projection) -> Table:
    """A row for each workload: what a request costs, and what a success."""
    costs = task_costs(projection)
    each = [c for cost in costs for c in (cost.cost_per_request, cost.cost_per_success) if c]
    money = money_for(projection.currency, each)
    by_hand = any(cost.reworked for cost in costs)
    rows = []
    for cost in costs:
        row = [cost.workload, quantity(cost.requests)]
        row.append(percent(_share(cost.successes, cost.requests)))
        if by_hand:
            row.append(percent(_share(cost.reworked, cost.requests)))
        row += [money(cost.cost_per_request), money(cost.cost_per_success)]
        rows.append(tuple(row))
    names = ["Requests", "End well", *(["By people"] if by_hand else [])]
    head = columns(["Workload"], [*names, "Cost per request", "Cost per success"])
    return Table("Cost per successful task", head, tuple(rows))


def task_list(projection: Projection) -> list[dict[str, Any]]:
    """The same as mappings, and by month."""
    monthly = projection.monthly("workload")
    found = []
    for cost in task_costs(projection):
        mine = [task for task in projection.tasks if task.workload == cost.workload]
        money = zip(mine, monthly[cost.workload], strict=True)
        months = [
            {"month": str(task.month), **_figures(_summed(task.workload, [task], amount))}
            for task, amount in money
        ]
        found.append({"workload": cost.workload, **_figures(cost), "months": months})
    return found


def _figures(cost: TaskCost) -> dict[str, Any]:
    return {
        "requests": cost.requests,
        "successes": cost.successes,
        "reworked": cost.reworked,
        "cost_per_request": plain_text_or_none(cost.cost_per_request),
        "cost_per_success": plain_text_or_none(cost.cost_per_success),
    }
