"""What a figure of a plan is made of: its line items, prices, range, budget, and the month before.

Everything here is found in a projection; nothing is projected anew but for what makes the range.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from costplan.decisions.month_change import MonthChange, month_change
from costplan.decisions.parts import Part
from costplan.decisions.price_steps import PriceStep, price_steps
from costplan.decisions.spans import label_before, span
from costplan.decisions.swings import Swing, swings
from costplan.documents import split_path
from costplan.engine.breaches import chance_over, expected_overrun
from costplan.engine.distributions import Floats
from costplan.engine.ledger import Row, as_decimal
from costplan.engine.normal import quantiles
from costplan.engine.projection import Projection
from costplan.errors import PlanWarning
from costplan.periods import Month
from costplan.planning import CompiledPlan

_BANDS = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Line:
    """Line items of one rate added up: `cost = quantity x rate / per`."""

    row: Row
    """What they have in common; no workload and no owner where they are of several."""
    months: tuple[Month, ...]
    """In which there are any."""
    quantity: Decimal

    @property
    def cost(self) -> Decimal:
        """What they come to."""
        return self.quantity * self.row.rate / self.row.per


@dataclass(frozen=True, slots=True)
class Band:
    """What the draws of a figure say."""

    p10: Decimal
    p50: Decimal
    p90: Decimal

    @property
    def is_certain(self) -> bool:
        """Whether nothing about it is unknown."""
        return self.p10 == self.p90


@dataclass(frozen=True, slots=True)
class AgainstBudget:
    """A figure against its budget."""

    budget: Decimal
    chance: float
    """The share of draws above it, 0 to 1."""
    overrun: Decimal
    """Expected, draws within the budget counting as nothing."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One figure of a plan, and what stands behind it."""

    projection: Projection
    part: Part
    months: tuple[Month, ...]
    expected: Decimal
    whole: Decimal
    """What everything in these months is expected to cost."""
    lines: tuple[Line, ...]
    """Largest first; they add up to `expected`."""
    band: Band | None
    """None for a part of workloads: draws are kept by workload."""
    against: AgainstBudget | None
    """None where there is no budget."""
    change: MonthChange | None
    """Against the month before; None for a first month and for the whole plan."""
    swings: tuple[Swing, ...]
    """What makes the range; empty where that was not asked for."""
    steps: tuple[PriceStep, ...]
    """The price changes of its models that fall into its months."""
    warnings: tuple[PlanWarning, ...]
    """Those about something in it."""


def explain(
    projection: Projection, part: Part, compiled: CompiledPlan | None = None
) -> Explanation:
    """Say what a part of a plan costs, and why.

    Args:
        projection: the plan.
        part: what is meant.
        compiled: the same plan, to find what makes the range of the part.

    Raises:
        UnknownNameError: the plan has no such month.
    """
    members = span(projection, part.label)
    before = label_before(projection, part.label) if part.label else None
    lines = tuple(_lines(projection, part, members))
    drawn = _drawn(projection, part, members)
    models = {line.row.model for line in lines}
    months = tuple(projection.months[k] for k in members)
    return Explanation(
        projection=projection,
        part=part,
        months=months,
        expected=sum((line.cost for line in lines), Decimal(0)),
        whole=projection.ledger.expected(projection.workloads, members),
        lines=lines,
        band=None if drawn is None else Band(*map(as_decimal, quantiles(drawn, _BANDS).tolist())),
        against=_against(projection, part, members, drawn),
        change=month_change(projection, before, part.label, part) if before else None,
        swings=swings(compiled, part) if compiled else (),
        steps=tuple(s for s in price_steps(projection) if s.model in models and s.month in months),
        warnings=tuple(_warnings(projection, part, lines)),
    )


def _lines(projection: Projection, part: Part, members: Sequence[int]) -> Iterator[Line]:
    """Added up over workloads and months, or one for each where a model and meter are named."""
    found: dict[tuple[object, ...], list[tuple[Row, int, Decimal]]] = {}
    for row, amounts in zip(projection.ledger.rows, projection.ledger.quantities, strict=True):
        if not part.holds(row):
            continue
        for k in members:
            if amount := as_decimal(float(amounts[k])):
                key: tuple[object, ...] = (replace(row, workload="", owner=""),)
                key = (*key, k, row.workload) if part.is_rate else key
                found.setdefault(key, []).append((row, k, amount))
    lines = [_line(projection, items) for items in found.values()]
    if part.is_rate:
        yield from sorted(lines, key=lambda line: (line.months, -line.cost))
    else:
        yield from sorted(lines, key=lambda line: -abs(line.cost))


def _line(projection: Projection, items: Sequence[tuple[Row, int, Decimal]]) -> Line:
    rows = [row for row, _, _ in items]
    shared = rows[0]
    if len({row.workload for row in rows}) > 1:
        shared = replace(shared, workload="")
    if len({row.owner for row in rows}) > 1:
        shared = replace(shared, owner="")
    months = sorted({projection.months[k] for _, k, _ in items})
    return Line(shared, tuple(months), sum((amount for *_, amount in items), Decimal(0)))


def _drawn(projection: Projection, part: Part, members: Sequence[int]) -> Floats | None:
    """The cost in each draw: shape (draws,); None for a part of workloads."""
    if part.name("model") is not None or part.name("meter") is not None:
        return None
    owner, workload = part.name("owner"), part.name("workload")
    names = [
        name
        for name in projection.workloads
        if workload in {None, name} and (owner is None or name in _owned(projection, owner))
    ]
    return np.asarray(projection.simulated.of(names)[:, list(members)].sum(axis=1))


def _owned(projection: Projection, owner: str) -> set[str]:
    return {row.workload for row in projection.ledger.rows if row.owner == owner}


def _against(
    projection: Projection, part: Part, members: Sequence[int], drawn: Floats | None
) -> AgainstBudget | None:
    budget = _budget(projection, part, members)
    if budget is None or drawn is None:
        return None
    limit = float(budget)
    return AgainstBudget(
        budget, chance_over(drawn, limit), as_decimal(expected_overrun(drawn, limit))
    )


def _budget(projection: Projection, part: Part, members: Sequence[int]) -> Decimal | None:
    """The budget of whole months, or of one workload in one month."""
    limits = projection.limits
    workload = part.name("workload")
    if part.names == (("workload", workload),) and workload is not None:
        return limits.workloads.get(workload) if len(members) == 1 else None
    if part.names:
        return None
    if not part.label:
        return limits.total
    each = [limits.months[k] for k in members]
    stated = [budget for budget in each if budget is not None]
    return sum(stated, Decimal(0)) if len(stated) == len(each) else None


def _warnings(projection: Projection, part: Part, lines: Sequence[Line]) -> Iterator[PlanWarning]:
    """Those about one of its models or workloads; all of them where nothing is left out."""
    models = {line.row.model for line in lines}
    ledger = projection.ledger
    workloads = {row.workload for row in ledger.rows if part.holds(row)}
    every = {row.model for row in ledger.rows}, set(projection.workloads)
    for warning in projection.warnings:
        about = [_mentioned(warning, names) for names in every]
        pairs = zip(about, (models, workloads), strict=True)
        if all(mine & here for mine, here in pairs if mine):
            yield warning


def _mentioned(warning: PlanWarning, names: set[str]) -> set[str]:
    """The models or workloads that a warning is about."""
    try:
        steps = split_path(warning.where)
    except ValueError:
        steps = ()
    return names & {warning.where, *steps, *warning.where.split()}
