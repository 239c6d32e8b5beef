"""Two or more plans side by side: what differs by month, model and workload, and in time.

A plan is compared through its `Summary`, so that a projection made now and one saved last spring
are the same to it. The first plan is the base; every delta is against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal

from costplan.decisions.attribution import Attribution, attribute
from costplan.decisions.effects import Basis, Use
from costplan.engine.ledger import LineItem, as_decimal
from costplan.engine.projection import PeriodTotal, Processing, Projection
from costplan.errors import PlanWarning, UsageError
from costplan.periods import Month

_NINE, _WIDE = Decimal("1E-9"), Context(prec=100)


@dataclass(frozen=True, slots=True)
class Summary:
    """What comparing needs of one plan."""

    label: str
    """What it is called here: a variant, or a file."""
    scenario: str
    variant: str | None
    currency: str
    release: str
    known_at: date | None
    months: tuple[PeriodTotal, ...]
    horizon: PeriodTotal
    by_model: Mapping[str, Decimal]
    by_workload: Mapping[str, Decimal]
    processing: tuple[Processing, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()
    over: tuple[str, ...] = ()
    """Everything expected to be over its budget: months, workloads in months, the whole plan."""
    basis: Basis = Basis()
    """What a difference to another plan is attributed by."""

    @property
    def has_budget(self) -> bool:
        """Whether there is a budget to be over."""
        totals = (*self.months, self.horizon)
        return bool(self.over) or any(total.budget is not None for total in totals)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure in every plan; None where a plan has no such month, model or workload."""

    name: str
    values: tuple[Decimal | None, ...]

    def delta(self, k: int) -> Decimal | None:
        """Plan `k` less the base; a model or workload that is absent costs nothing."""
        base, value = self.values[0], self.values[k]
        if base is None and value is None:
            return None
        return (value or Decimal(0)) - (base or Decimal(0))

    def change(self, k: int) -> float | None:
        """The delta as a share of the base; None where the base is nothing."""
        delta, base = self.delta(k), self.values[0]
        return float(delta / base) if delta is not None and base else None


@dataclass(frozen=True, slots=True)
class MonthRow(Row):
    """One month in every plan. A month a plan does not reach is not a month at no cost."""

    def delta(self, k: int) -> Decimal | None:
        """Plan `k` less the base; None unless both have the month."""
        base, value = self.values[0], self.values[k]
        return None if base is None or value is None else value - base


@dataclass(frozen=True, slots=True)
class TimeSaved:
    """Processing of one workload on an active day, base against another plan.

    *Less time* and *more throughput* are different figures for one change: 3.4 s to 2.1 s is 38 %
    less time and 62 % more throughput.
    """

    workload: str
    month: Month
    """The base's busiest month that both have."""
    plan: int
    """Which plan is compared with the base: its position, from 1."""
    requests: tuple[float, float]
    """A day, in the base and in the other plan."""
    seconds: tuple[float, float]
    """From the first request of the day to the last."""

    @property
    def saved(self) -> float:
        """Seconds saved per active day; negative when the other plan takes longer."""
        return self.seconds[0] - self.seconds[1]

    @property
    def less_time(self) -> float | None:
        """Share of the day's processing time saved per request; 0.38 is 38 % less."""
        base, other = self._paces
        return 1 - other / base if base else None

    @property
    def more_throughput(self) -> float | None:
        """How much more is done in the same time: 0.62 is 62 % more."""
        base, other = self._paces
        return base / other - 1 if other else None

    @property
    def _paces(self) -> tuple[float, float]:
        """Seconds of the day per request, parallel requests counted."""
        pairs = zip(self.seconds, self.requests, strict=True)
        base, other = (seconds / requests if requests else 0.0 for seconds, requests in pairs)
        return base, other


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans side by side, the base first."""

    plans: tuple[Summary, ...]
    horizon: Row
    months: tuple[MonthRow, ...]
    by_model: tuple[Row, ...]
    by_workload: tuple[Row, ...]
    time: tuple[TimeSaved, ...]
    warnings: tuple[PlanWarning, ...]
    drivers: tuple[Attribution, ...] = ()
    """Where the delta of each plan but the base comes from."""

    @property
    def currency(self) -> str:
        """The one currency of all plans."""
        return self.plans[0].currency


def summarize(projection: Projection, label: str = "") -> Summary:
    """What comparing needs of a projection; labelled by its variant unless told."""
    return Summary(
        label or projection.variant or "base",
        projection.scenario,
        projection.variant,
        projection.currency,
        projection.price_book.release,
        projection.price_book.known_at,
        tuple(map(_settled_total, projection.totals())),
        _settled_total(projection.horizon),
        {name: settled(cost) for name, cost in projection.by("model")},
        {name: settled(cost) for name, cost in projection.by("workload")},
        projection.processing,
        projection.warnings,
        tuple(breach.what for breach in projection.breaches()),
        _basis(projection),
    )


def _basis(projection: Projection) -> Basis:
    return Basis(
        frozenset(map(str, projection.months)),
        tuple(map(_use, projection.line_items)),
        {(f"{v.month}", v.workload): as_decimal(v.conversations) for v in projection.volumes},
        {
            (f"{r.month}", r.workload, r.model, r.mode): as_decimal(r.conversations)
            for r in projection.routed
        },
    )


def _use(item: LineItem) -> Use:
    return Use(
        f"{item.month}",
        item.workload,
        item.model,
        item.mode,
        item.meter,
        item.tier,
        as_decimal(item.quantity),
        settled(item.rate),
        item.per,
    )


def _settled_total(total: PeriodTotal) -> PeriodTotal:
    return replace(
        total,
        expected=settled(total.expected),
        p10=settled(total.p10),
        p50=settled(total.p50),
        p90=settled(total.p90),
    )


def settled(amount: Decimal) -> Decimal:
    """To the 9 decimals a saved plan keeps: a plan and its saved self must not differ."""
    return amount.quantize(_NINE, context=_WIDE)


def distinct(plans: Iterable[Summary]) -> tuple[Summary, ...]:
    """Plans with labels that differ: the second `base` is `base (2)`."""
    seen: dict[str, int] = {}
    made = []
    for plan in plans:
        seen[plan.label] = count = seen.get(plan.label, 0) + 1
        made.append(plan if count == 1 else replace(plan, label=f"{plan.label} ({count})"))
    return tuple(made)


def compare(plans: Sequence[Summary]) -> Comparison:
    """Compare plans with the first of them.

    Args:
        plans: two or more; months are matched by date, models and workloads by name.

    Raises:
        UsageError: fewer than two plans, or plans in different currencies.
    """
    if len(plans) < 2:
        raise UsageError("comparing takes two plans or more")
    currencies = {plan.currency for plan in plans}
    if len(currencies) > 1:
        raise UsageError(f"plans in {' and '.join(sorted(currencies))} cannot be compared")
    monthly = [{total.label: total.expected for total in plan.months} for plan in plans]
    return Comparison(
        tuple(plans),
        Row("Total", tuple(plan.horizon.expected for plan in plans)),
        tuple(
            MonthRow(name, tuple(months.get(name) for months in monthly))
            for name in sorted(set().union(*monthly))
        ),
        _rows(plans, lambda plan: plan.by_model),
        _rows(plans, lambda plan: plan.by_workload),
        tuple(_time_saved(plans)),
        tuple(_warnings(plans)),
        tuple(_attributed(plans[0], plan) for plan in plans[1:]),
    )


def _attributed(base: Summary, other: Summary) -> Attribution:
    names = dict.fromkeys((*base.by_workload, *other.by_workload))
    none = Decimal(0)
    by_workload = {
        name: other.by_workload.get(name, none) - base.by_workload.get(name, none) for name in names
    }
    delta = other.horizon.expected - base.horizon.expected
    if any(plan.horizon.expected and not plan.basis.uses for plan in (base, other)):
        return attribute(Basis(), Basis(), delta, by_workload)  # saved without line items
    return attribute(base.basis, other.basis, delta, by_workload)


def _rows(
    plans: Sequence[Summary], of: Callable[[Summary], Mapping[str, Decimal]]
) -> tuple[Row, ...]:
    """Rows by name, the dearest in the base first; then what only other plans have."""
    names = dict.fromkeys(name for plan in plans for name in of(plan))
    rows = [Row(name, tuple(of(plan).get(name) for plan in plans)) for name in names]
    return tuple(sorted(rows, key=lambda row: (-(row.values[0] or Decimal(-1)), row.name)))


def _time_saved(plans: Sequence[Summary]) -> Iterable[TimeSaved]:
    base = _days(plans[0].processing)
    for k, plan in enumerate(plans[1:], 1):
        other = _days(plan.processing)
        for workload in dict.fromkeys(workload for workload, _ in base):
            both = [key for key in base if key[0] == workload and key in other]
            if not both:
                continue
            busiest = max(both, key=lambda key: base[key][1])
            requests, seconds = zip(base[busiest], other[busiest], strict=True)
            yield TimeSaved(workload, busiest[1], k, requests, seconds)


def _days(processing: Iterable[Processing]) -> dict[tuple[str, Month], tuple[float, float]]:
    """Requests and seconds of a day, by workload and month, models one after another."""
    days: dict[tuple[str, Month], tuple[float, float]] = {}
    for each in processing:
        requests, seconds = days.get((each.workload, each.month), (0.0, 0.0))
        # Not by way of `hours_per_day`: 340 seconds must stay 340.
        day = each.requests_per_day * each.seconds / each.parallel
        days[each.workload, each.month] = (requests + each.requests_per_day, seconds + day)
    return days


def _warnings(plans: Sequence[Summary]) -> Iterable[PlanWarning]:
    base = [total.label for total in plans[0].months]
    for plan in plans[1:]:
        months = [total.label for total in plan.months]
        if months != base:
            message = (
                f"covers {_span(months)}, {plans[0].label} covers {_span(base)}; only months that "
                "both have can be compared, totals cannot"
            )
            yield PlanWarning("different-horizons", message, plan.label)
    seen: set[PlanWarning] = set()
    for plan in plans:
        for warning in plan.warnings:
            if warning not in seen:
                seen.add(warning)
                yield warning


def _span(months: Sequence[str]) -> str:
    return f"{months[0]} to {months[-1]}" if len(months) > 1 else months[0]
