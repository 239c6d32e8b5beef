"""Which routing mix of a workload costs least and keeps its rules, from each date that matters.

Each candidate is planned alone, with all conversations and with parts of them: what a part costs
includes that its cache is found less often. The months are cut where a price changes or a model
comes or goes; for each phase `best_mix` finds the shares. The result is planned once more as a
whole, so the figure that is told is a plan's and not the program's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from costplan.decisions.mixing import Candidate, Mix, NoMixError, Rules, best_mix, frontier
from costplan.engine.capacity import LimitUse
from costplan.engine.distributions import from_range
from costplan.engine.projection import Projection
from costplan.errors import CostplanError, UnknownNameError, UsageError
from costplan.periods import Month
from costplan.quantity import Quantity
from costplan.scenario.optimizing import Wishes
from costplan.scenario.schema import Budget, MixFrom, Routing, Scenario, Workload

type Price = Callable[[Scenario, float], Projection]
"""Projects a scenario with all its demand multiplied by a number."""
type Left = Mapping[tuple[Month, str, str], float]
"""By month, owner and key of a rate limit, how much of it the other workloads use at their peak."""

_PIECES = 20
"""Parts that a cost which is not proportional to its share is followed in."""
_STRAIGHT = 1e-9
_ENDLESS = 1e6
"""So many times a limit as no mix could take."""
_SHOWN = Decimal("0.001")
"""Shares are told, and planned, to a tenth of a percent."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A candidate planned alone."""

    model: str
    provider: str
    costs: tuple[tuple[float, ...], ...]
    """Money by month for rising shares of all conversations, none first."""
    keys: tuple[object, ...]
    """By month, the prices it pays: where this changes, a phase ends."""
    quality: float | None
    seconds: float | None
    most: tuple[float, ...]
    """By month, the largest share that can go to it: 0 where it is not on sale."""
    uses: tuple[LimitUse, ...]
    """What all conversations on it take of rate limits."""

    def is_idle(self, month: int) -> bool:
        """Whether there is nothing to pay in a month: nothing is asked."""
        return not self.costs[-1][month]

    def candidate(self, months: Sequence[int], loads: Mapping[str, float]) -> Candidate:
        """It as a candidate of some months, with what it takes of rate limits in them."""
        costs = tuple(sum(row[k] for k in months) for row in self.costs)
        return Candidate(
            model=self.model,
            provider=self.provider,
            costs=costs,
            quality=self.quality,
            seconds=self.seconds,
            most=min((self.most[k] for k in months if not self.is_idle(k)), default=1.0),
            loads=loads,
        )


@dataclass(frozen=True, slots=True)
class Phase:
    """Months in which nothing changes, and their mix."""

    months: tuple[Month, ...]
    mix: Mix
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Optimum:
    """The cheapest mix of a workload over the plan."""

    workload: str
    currency: str
    now: Projection
    """The workload as the scenario routes it."""
    best: Projection
    """The workload with the mix found, its shares to a tenth of a percent."""
    phases: tuple[Phase, ...]
    frontier: tuple[Mix, ...]
    """Of the first phase: the cheapest mix for rising quality; empty without scores."""
    left_out: Mapping[str, str]
    """Models that could not be chosen, and why."""
    quality_now: float | None

    @property
    def saving(self) -> Decimal:
        """What the mix found costs less than the one there is; negative where rules cost more."""
        return self.now.horizon.expected - self.best.horizon.expected


def optimize(
    scenario: Scenario, name: str, wishes: Wishes, price: Price, *, limited: bool = True
) -> Optimum:
    """Find the cheapest mix of one workload.

    Args:
        scenario: with the workload; its other workloads are left aside.
        name: the workload.
        wishes: what to choose from, and the rules.
        price: projects a scenario.
        limited: whether the rate limits of the scenario count.

    Raises:
        UnknownNameError: no workload or place of that name.
        UsageError: it has no mix, no mix keeps the rules, or the solver is not installed.
    """
    if name not in scenario.workloads:
        raise UnknownNameError("workload", name, scenario.workloads)
    workload = scenario.workloads[name]
    if workload.routing is None:
        raise UsageError(f"{name} is a workload of seats: it has no mix to choose")
    wishes = replace(wishes, among=tuple(_among(workload, wishes)))
    known = replace(wishes, among=tuple(dict.fromkeys((*wishes.among, *_timed(workload)))))
    alone = replace(scenario, workloads={name: workload}, optimize={name: known}, budget=Budget())
    now = price(alone, 1.0)
    left = _left(scenario, name, price)
    left_out: dict[str, str] = {}
    each = tuple(_alone(alone, name, wishes, price, left_out))
    rules = replace(rules_of(wishes), limited=limited)
    phases: list[Phase] = []
    mixes: list[tuple[date, Mapping[str, Decimal]]] = []
    for months in _phases(each, len(now.months)):
        those = tuple(now.months[k] for k in months)
        candidates = tuple(
            a.candidate(months, _loads(a, those, left))
            for a in each
            if all(a.most[k] for k in months if not a.is_idle(k))
        )
        try:
            mix = best_mix(candidates, rules)
        except NoMixError as error:
            when = f"{name}, {those[0]} to {those[-1]}, in {scenario.currency}"
            raise NoMixError(f"{when}: {error}") from None
        rounded = _rounded(mix)
        mixes.append((those[0].first if phases else date.min, rounded))
        shares = {model: float(share) for model, share in rounded.items()}
        phases.append(Phase(those, replace(mix, shares=shares), candidates))
    best = price(_routed(alone, name, mixes), 1.0)
    if wishes.budget is not None and best.horizon.expected > wishes.budget:
        raise NoMixError(
            f"{name}: the cheapest mix that keeps the rules costs {best.horizon.expected:,.2f} "
            f"{scenario.currency}, over {wishes.budget:,.2f}; loosen a rule or the budget"
        )
    first = phases[0]
    scored = all(candidate.quality is not None for candidate in first.candidates)
    return Optimum(
        name,
        scenario.currency,
        now,
        best,
        tuple(phases),
        tuple(frontier(first.candidates, rules)) if scored else (),
        left_out,
        mean_quality(scenario, workload),
    )


def _timed(workload: Workload) -> Sequence[str]:
    """The models whose seconds are stated: more of them than may be chosen is no mistake."""
    timing = workload.timing
    return [model for model in (*timing.seconds, *timing.speed) if model] if timing else []


def rules_of(wishes: Wishes) -> Rules:
    """The rules of a program; what is chosen from, and the budget of the plan, are none of them."""
    return Rules(
        quality=None if wishes.quality is None else float(wishes.quality),
        seconds=None if wishes.seconds is None else float(wishes.seconds),
        at_most={n: float(b.at_most) for n, b in wishes.shares.items() if b.at_most < 1},
        at_least={n: float(b.at_least) for n, b in wishes.shares.items() if b.at_least > 0},
        models=wishes.models,
    )


def _alone(
    scenario: Scenario, name: str, wishes: Wishes, price: Price, left_out: dict[str, str]
) -> Iterator[Alone]:
    """Every candidate that can be planned and has what the rules ask for."""
    workload = scenario.workloads[name]
    for model in wishes.among:
        if (reason := _excluded(scenario, workload, wishes, model)) is not None:
            left_out[model] = reason
            continue
        routed = _routed(scenario, name, [(date.min, {model: Decimal(1)})])
        try:
            whole = price(routed, 1.0)
        except CostplanError as error:
            left_out[model] = str(error).splitlines()[-1]
            continue
        seconds = _seconds(whole)
        if wishes.seconds is not None and seconds is None:
            left_out[model] = "timing does not say how long its requests take"
            continue
        yield Alone(
            model,
            model.partition("/")[0],
            _curve(routed, whole, price),
            _keys(whole),
            _score(scenario, workload, model),
            seconds,
            _most(whole, model),
            whole.capacity.limits if whole.capacity else (),
        )


def _among(workload: Workload, wishes: Wishes) -> Sequence[str]:
    """The models to choose from."""
    if wishes.among or workload.routing is None:
        return wishes.among
    return list(dict.fromkeys(model for entry in workload.routing.mix for model in entry.mix))


def _excluded(scenario: Scenario, workload: Workload, wishes: Wishes, model: str) -> str | None:
    """Why a model cannot be chosen, as far as the scenario says."""
    if wishes.residency is not None:
        if wishes.residency not in scenario.residency:
            raise UnknownNameError("place of residency", wishes.residency, scenario.residency)
        listed = scenario.residency[wishes.residency]
        if not {model, model.partition("/")[0]} & set(listed):
            return f"residency does not list it for {wishes.residency}"
    if wishes.quality is not None and _score(scenario, workload, model) is None:
        return f"quality has no score of it for {workload.task or 'the workload (name its task)'}"
    return None


def _score(scenario: Scenario, workload: Workload, model: str) -> float | None:
    """Share of tasks a model does well; the mean of a range."""
    quantity = scenario.quality.get(workload.task or "", {}).get(model)
    if quantity is None:
        return None
    low, high = float(quantity.low), float(quantity.high)
    return from_range(low, high, "share").mean if quantity.is_range else low


def mean_quality(scenario: Scenario, workload: Workload) -> float | None:
    """Share of tasks done well by the mix of the first day, where every share is a number."""
    entry = workload.routing.mix[0] if workload.routing else None
    if entry is None:
        return None
    scores = {model: _score(scenario, workload, model) for model in entry.mix}
    fixed = sum(float(share.low) for share in entry.mix.values() if share is not None)
    total = 0.0
    for model, share in entry.mix.items():
        score = scores[model]
        if score is None or (share is not None and share.is_range):
            return None
        total += score * (float(share.low) if share is not None else 1 - fixed)
    return total


def _routed(
    scenario: Scenario, name: str, mixes: Sequence[tuple[date, Mapping[str, Decimal]]]
) -> Scenario:
    """The scenario with other mixes from those days on."""
    workload = scenario.workloads[name]
    entries = tuple(
        MixFrom(
            from_=day, mix={model: Quantity(part, part, unit="%") for model, part in mix.items()}
        )
        for day, mix in mixes
    )
    routing = replace(workload.routing or Routing(mix=()), mix=entries)
    return replace(scenario, workloads={name: replace(workload, routing=routing)})


def _curve(scenario: Scenario, whole: Projection, price: Price) -> tuple[tuple[float, ...], ...]:
    """Money by month for rising shares: two rows where cost is proportional to its share."""
    top = _by_month(whole)
    half = _by_month(price(scenario, 0.5))
    nothing = (0.0,) * len(top)
    if all(abs(2 * h - t) <= _STRAIGHT * abs(t) for h, t in zip(half, top, strict=True)):
        return nothing, top
    parts = (k / _PIECES for k in range(1, _PIECES))
    return nothing, *(_by_month(price(scenario, part)) for part in parts), top


def _by_month(projection: Projection) -> tuple[float, ...]:
    return tuple(float(total.expected) for total in projection.totals())


def _keys(projection: Projection) -> tuple[object, ...]:
    """By month, the prices that are paid, in the currency of the plan."""
    ledger = projection.ledger
    return tuple(
        frozenset(
            (row.model, row.mode, row.price_from, row.meter, row.tier, row.rate)
            for row, amount in zip(ledger.rows, ledger.quantities[:, k], strict=True)
            if amount
        )
        for k in range(len(projection.months))
    )


def _seconds(projection: Projection) -> float | None:
    """Seconds of a request on average, where the scenario says how long they take."""
    by_speed = projection.capacity.times if projection.capacity else ()
    timed = projection.processing or by_speed
    calls = sum(each.requests_per_day for each in timed)
    taken = sum(each.requests_per_day * each.seconds for each in timed)
    return taken / calls if calls else None


def _most(projection: Projection, model: str) -> tuple[float, ...]:
    """By month, the largest share that can go to a model: none where it is not on sale."""
    closed = projection.closed.get(model, frozenset())
    return tuple(0.0 if month in closed else 1.0 for month in projection.months)


def _left(scenario: Scenario, name: str, price: Price) -> Left:
    """What the other workloads use of each rate limit."""
    others = {other: work for other, work in scenario.workloads.items() if other != name}
    if not scenario.limits or not others:
        return {}
    capacity = price(
        replace(scenario, workloads=others, optimize={}, budget=Budget()), 1.0
    ).capacity
    uses = capacity.limits if capacity else ()
    return {(use.month, use.name, use.limit): use.peak for use in uses}


def _loads(alone: Alone, months: Sequence[Month], left: Left) -> dict[str, float]:
    """By rate limit, what a candidate takes of what others leave, in the tightest month."""
    found: dict[str, float] = {}
    for use in alone.uses:
        if use.month in months:
            rest = use.allowed - left.get((use.month, use.name, use.limit), 0.0)
            load = min(use.peak / rest, _ENDLESS) if rest > 0 else _ENDLESS
            name = f"{use.name} {use.limit}"
            found[name] = max(found.get(name, 0.0), load)
    return found


def _phases(each: Sequence[Alone], months: int) -> Iterator[tuple[int, ...]]:
    """Runs of months in which every candidate pays the same prices and is there or not.

    Months in which nothing is asked, before a launch or in a pause, end no run: any mix is as good.
    """
    run: list[int] = []
    last: object = None
    for k in range(months):
        if not all(a.is_idle(k) for a in each):
            state = [(a.keys[k], a.most[k]) for a in each]
            if last is not None and state != last:
                yield tuple(run)
                run = []
            last = state
        run.append(k)
    yield tuple(run)


def _rounded(mix: Mix) -> dict[str, Decimal]:
    """Shares to a tenth of a percent that add up to one: the largest takes what is left."""
    shares = {m: Decimal(str(share)).quantize(_SHOWN) for m, share in mix.shares.items()}
    shares = {model: share for model, share in shares.items() if share}
    largest = max(shares, key=lambda model: shares[model])
    shares[largest] += 1 - sum(shares.values())
    return shares
