"""A projection as a page: the months against the budget, then where the money goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from costplan.engine.ledger import Dimension
from costplan.engine.projection import Period, PeriodTotal, Projection
from costplan.periods import fiscal_label
from costplan.report.breaches import first_breach_line
from costplan.report.caching import caching_table
from costplan.report.capacity import capacity_tables
from costplan.report.document import own_lists
from costplan.report.money import ABSENT, MoneyFormat, money_for, percent
from costplan.report.processing import processing_table
from costplan.report.ranges import ranges_table
from costplan.report.rounding import apportioned, apportioned_grid
from costplan.report.table import Column, Page, Table, columns
from costplan.report.tasks import tasks_table

OVER, OK = "▲ over", "ok"
"""Said in words beside every budget; never by colour alone."""


def plan_page(
    projection: Projection,
    *,
    by: Dimension | None = None,
    period: Period = "month",
    chart: str = "",
) -> Page:
    """The whole plan.

    Args:
        projection: the result.
        by: the only breakdown to show; None shows models, and workloads where there are several.
        period: what one row of time is.
        chart: a drawing to put above the tables.
    """
    plan = PlanTables(projection, period)
    money = plan.money
    several = len(projection.workloads) > 1
    usual: tuple[Dimension, ...] = ("model", "workload") if several else ("model",)
    chosen = (by,) if by else usual
    tables = [plan.totals(), *(plan.breakdown(dimension) for dimension in chosen)]
    if projection.billing:
        from costplan.report.billing import billing_tables

        tables += billing_tables(projection, period, money)
    if projection.tasks:
        tables.append(tasks_table(projection))
    if projection.caching:
        tables.append(caching_table(projection.caching, money))
    if projection.ranges:
        tables.append(ranges_table(projection.ranges))
    if projection.limits.workloads:
        tables.append(_workload_budgets(projection, money))
    if projection.processing:
        tables.append(processing_table(projection.processing))
    if projection.capacity is not None:
        tables += capacity_tables(projection.capacity, projection.months)
    return Page(
        plan_title(projection),
        plan_facts(projection),
        tuple(tables),
        plan.notes(),
        projection.warnings,
        chart,
    )


def plan_title(projection: Projection) -> str:
    """The scenario and its variant."""
    variant = f", variant {projection.variant}" if projection.variant else ""
    return f"{projection.scenario}{variant}"


def plan_facts(projection: Projection) -> tuple[str, ...]:
    """Its horizon and prices, in two lines."""
    first, last, count = projection.months[0], projection.months[-1], len(projection.months)
    horizon = f"{first} to {last}, {count} months" if count > 1 else f"{first}, 1 month"
    stamp = projection.price_book
    known = f"known at {stamp.known_at}" if stamp.known_at else "all that is known"
    return (
        f"{horizon}, in {projection.currency}; {projection.draws:,} draws, seed {projection.seed}",
        f"prices {stamp.release} ({stamp.digest[:12]}), {known}{own_lists(stamp.own)}",
    )


def plan_money(projection: Projection) -> MoneyFormat:
    """How all amounts of a plan's tables by month are written."""
    return PlanTables(projection).money


def plan_notes(projection: Projection) -> tuple[str, ...]:
    """How the figures of a plan are to be read, and what there is to say of it."""
    return (*PlanTables(projection).notes(), *projection.notes)


def totals_table(projection: Projection, period: Period = "month") -> Table:
    """Expected cost, its range and the budget, a row for each period."""
    return PlanTables(projection, period).totals()


def breakdown_table(projection: Projection, by: Dimension, period: Period = "month") -> Table:
    """Expected cost by model, workload, owner or meter, for each period."""
    return PlanTables(projection, period).breakdown(by)


class PlanTables:
    """The periods of a plan with their displayed amounts, which every breakdown adds up to.

    Each table is made when it is asked for.
    """

    def __init__(self, projection: Projection, period: Period = "month") -> None:
        self.projection, self.period = projection, period
        self.periods = projection.totals(period)
        self.horizon = projection.horizon
        parts = [total.expected for total in self.periods]
        self.money = money = money_for(projection.currency, (*parts, *self._slices()))
        self.shown = apportioned(parts, self.horizon.expected, money)
        self.has_budget = any(t.budget is not None for t in (*self.periods, self.horizon))
        ends = [(t.expected, t.p10, t.p90) for t in (*self.periods, self.horizon)]
        self.is_certain = all(len({money.rounded(x) for x in end}) == 1 for end in ends)

    def _slices(self) -> Iterator[Decimal]:
        """The other amounts whose size decides how all are written."""
        yield self.horizon.expected
        for dimension in ("model", "workload"):
            yield from (cost for _, cost in self.projection.by(dimension))

    def totals(self) -> Table:
        """Expected cost, its range and the budget, a row for each period."""
        names = ["Expected"]
        names += [] if self.is_certain else ["P10", "P50", "P90"]
        names += ["Budget", "Chance over"] if self.has_budget else []
        rows = [
            self._row(total.label, total, shown)
            for total, shown in zip(self.periods, self.shown, strict=True)
        ]
        footer = self._row("Total", self.horizon, self.money.rounded(self.horizon.expected))
        head = columns([self.period.capitalize()], names)
        return Table("", head, tuple(rows), (footer,))

    def _row(self, label: str, total: PeriodTotal, shown: Decimal) -> tuple[str, ...]:
        cells = [label, self.money(shown, exact=total.expected)]
        if not self.is_certain:
            cells += [self.money(amount) for amount in (total.p10, total.p50, total.p90)]
        if self.has_budget:
            cells += [self.money(total.budget), _against_budget(total)]
        return tuple(cells)

    def breakdown(self, dimension: Dimension) -> Table:
        """Expected cost by model, workload, owner or meter, for each period."""
        exact = self._by_period(dimension)
        whole = self.horizon.expected
        sums = [sum(row, Decimal(0)) for row in exact.values()]
        shown = apportioned(sums, whole, self.money)
        grid = apportioned_grid(list(exact.values()), shown, self.shown, self.money)
        head = columns([dimension.capitalize()], ["Expected", "Share"])
        several = len(self.periods) > 1
        if several:
            head += tuple(Column(total.label, right=True) for total in self.periods)
        rows = []
        for (name, row), cells, cost, real in zip(exact.items(), grid, shown, sums, strict=True):
            line = [name or f"(no {dimension})", self.money(cost, exact=real)]
            line.append(percent(float(real / whole) if whole else None))
            if several:
                line += [self.money(c, exact=x) for c, x in zip(cells, row, strict=True)]
            rows.append(tuple(line))
        footer = ["Total", self.money(whole), percent(1.0 if whole else None)]
        footer += [self.money(amount) for amount in self.shown] if several else []
        return Table(f"By {dimension}", head, tuple(rows), (tuple(footer),))

    def _by_period(self, dimension: Dimension) -> Mapping[str, Sequence[Decimal]]:
        position = {total.label: k for k, total in enumerate(self.periods)}
        start = self.projection.fiscal_year_start
        where = [
            position[fiscal_label(month, self.period, start)] for month in self.projection.months
        ]
        rows: dict[str, list[Decimal]] = {}
        for name, costs in self.projection.monthly(dimension).items():
            rows[name] = [Decimal(0)] * len(self.periods)
            for k, cost in zip(where, costs, strict=True):
                rows[name][k] += cost
        return rows

    def notes(self) -> tuple[str, ...]:
        """How the figures are to be read, then what the plan has to say."""
        return (*self._reading(), *self.projection.notes)

    def _reading(self) -> list[str]:
        said = []
        if self.is_certain:
            said.append(
                "Nothing in this plan is uncertain: P10, P50 and P90 equal the expected cost."
            )
        else:
            said.append(
                "P10 to P90: eight of ten simulated plans cost between the two. The range of a sum "
                "is narrower than the sum of the ranges."
            )
        if self.has_budget:
            if any(total.over and total.over > 0 for total in (*self.periods, self.horizon)):
                said.append(f"{OVER}: the expected cost is above the budget.")
            if not self.is_certain:
                said.append(first_breach_line(self.projection, self.money))
        if partial := self._partial():
            said.append(f"Not all of its months are in the plan: {partial}.")
        return said

    def _partial(self) -> str:
        """The quarters or years that the plan holds a part of: `2026-Q4 (1 of 3)`."""
        if self.period == "month":
            return ""
        start = self.projection.fiscal_year_start
        held = Counter(fiscal_label(m, self.period, start) for m in self.projection.months)
        whole = 3 if self.period == "quarter" else 12
        parts = (f"{label} ({n} of {whole})" for label, n in held.items() if n < whole)
        return ", ".join(parts)


def _against_budget(total: PeriodTotal) -> str:
    if total.over is None:
        return ABSENT
    return f"{percent(total.p_over)} {OVER if total.over > 0 else OK}"


def _workload_budgets(projection: Projection, money: MoneyFormat) -> Table:
    """Workloads with a budget of their own, against the month they cost most."""
    monthly = projection.monthly("workload")
    rows = []
    for name, budget in projection.limits.workloads.items():
        costs = monthly[name]
        highest = max(range(len(costs)), key=lambda k: costs[k])
        over = sum(cost > budget for cost in costs)
        said = f"{over} of {len(costs)} {OVER}" if over else OK
        rows.append(
            (name, money(budget), money(costs[highest]), str(projection.months[highest]), said)
        )
    head = columns(["Workload"], ["Budget a month", "Highest month", "When", "Months over"])
    return Table("Budgets by workload", head, tuple(rows))
