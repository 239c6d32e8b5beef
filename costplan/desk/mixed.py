"""The cheapest mix of a workload as it is shown: tables, the frontier, what rules cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from costplan.decisions.mixing import Mix
from costplan.decisions.optimize import Optimum
from costplan.desk.rules import Rule
from costplan.desk.whatif import Setting
from costplan.documents import join_path
from costplan.engine.ledger import as_decimal
from costplan.report.money import MoneyFormat
from costplan.report.optimize import (
    alone_table,
    candidates,
    frontier_table,
    mix_in_yaml,
    mix_table,
    optimum_money,
    optimum_notes,
    optimum_page,
    saving_line,
    shares_in_yaml,
)
from costplan.report.table import Page, Table


@dataclass(frozen=True, slots=True)
class Point:
    """A mix by what it costs and how well it does."""

    name: str
    """A model, or the shares of several."""
    quality: float
    cost: Decimal
    texts: tuple[str, str]
    """Quality and cost as they are written."""
    setting: Setting | None = None
    """What lays this mix over the plan."""


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """The cheapest mix of a workload; without tables where no mix keeps the rules."""

    workload: str
    workloads: tuple[str, ...]
    """Those that have a mix to choose."""
    rules: tuple[Rule, ...]
    settings: tuple[Setting, ...] = ()
    """What the rules lay over the plan, and from which models it is chosen."""
    missing: tuple[str, ...] = ()
    """What the scenario does not say, and how to say it, a line each."""
    problem: str = ""
    """Why there is no mix."""
    page: Page | None = None
    """What `costplan optimize` prints."""
    saving: str = ""
    """What the mix costs beside the one there is, in a line."""
    mix: Table | None = None
    alone: Table | None = None
    """What each model costs alone."""
    alone_settings: tuple[Setting, ...] = ()
    """By row, what sends everything there."""
    frontier: Table | None = None
    """None without scores of quality."""
    frontier_settings: tuple[Setting, ...] = ()
    """By row, what lays that mix over the plan."""
    best: Setting | None = None
    """What lays the cheapest mix over the plan."""
    notes: tuple[str, ...] = ()
    curve: tuple[Point, ...] = ()
    """The frontier of the first phase, the cheapest first."""
    models: tuple[Point, ...] = ()
    """Each model alone, where its quality is known."""
    now: Point | None = None
    """The mix there is, in the same months."""
    chosen: Point | None = None
    """The cheapest mix that keeps the rules, in the same months."""
    currency: str = ""

    def holding(self, found: Optimum, residency: Decimal) -> Mixed:
        """The same with everything that is shown of an optimum."""
        money = optimum_money(found)
        path = join_path(("workloads", self.workload, "routing", "mix"))
        each = candidates(found)
        first = found.phases[0]
        whole = replace(first.mix, shares={}, binding={})  # only its cost and quality count
        return replace(
            self,
            rules=tuple(_with_cost(rule, found, residency, money) for rule in self.rules),
            page=optimum_page([found]),
            saving=saving_line(found, money),
            mix=mix_table(found, money),
            alone=alone_table(found, money),
            alone_settings=tuple((path, f"{{{c.model}: 100%}}") for c in each),
            frontier=frontier_table(found, money) if len(found.frontier) > 1 else None,
            frontier_settings=tuple((path, shares_in_yaml(mix)) for mix in found.frontier),
            best=(path, mix_in_yaml(found)),
            notes=tuple(optimum_notes(found, money)),
            curve=tuple(_point(mix, path, money) for mix in found.frontier),
            models=tuple(
                _spot(c.model, c.quality, as_decimal(c.costs[-1]), money)
                for c in each
                if c.quality is not None
            ),
            now=_now(found, money),
            chosen=None if whole.quality is None else _point(first.mix, path, money),
            currency=found.currency,
        )


def _point(mix: Mix, path: str, money: MoneyFormat) -> Point:
    shares = shares_in_yaml(mix)
    named = (f"{model.rpartition('/')[2]} {share:.0%}" for model, share in mix.shares.items())
    name = ", ".join(named)
    spot = _spot(name, mix.quality or 0.0, as_decimal(mix.cost), money)
    return replace(spot, setting=(path, shares))


def _spot(name: str, quality: float, cost: Decimal, money: MoneyFormat) -> Point:
    return Point(name, quality, cost, (f"{quality:.1%}", money(cost)))


def _now(found: Optimum, money: MoneyFormat) -> Point | None:
    """What the mix there is costs in the months of the first phase."""
    if found.quality_now is None:
        return None
    months = {str(month) for month in found.phases[0].months}
    cost = sum(
        (total.expected for total in found.now.totals() if total.label in months), Decimal(0)
    )
    return _spot("now", found.quality_now, cost, money)


def _with_cost(rule: Rule, found: Optimum, residency: Decimal, money: MoneyFormat) -> Rule:
    """The rule with what it costs over all phases."""
    if not rule.is_on:
        return rule
    names = rule.says.split(" and ")
    cost = sum(
        (
            as_decimal(saved)
            for phase in found.phases
            for name, saved in phase.mix.binding.items()
            if name in names
        ),
        residency if ".residency" in rule.path else Decimal(0),
    )
    return replace(rule, costs=money(cost)) if cost else rule
