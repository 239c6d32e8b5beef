"""The routing mix of least cost that keeps some rules: a linear or mixed-integer program.

Cost is linear in the shares of a mix, but for caches: half the conversations on a model arrive half
as often, and find their prompt cached less often. Where a candidate's cost bends like that it is
followed piece by piece, each filled before the next, with one binary variable between two pieces
(the incremental method: Markowitz and Manne, On the solution of discrete programming problems,
1957). HiGHS (highs.dev) solves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import pairwise
from typing import Any

from costplan.errors import UsageError

_STRAIGHT = 1e-9
"""A curve that is off its chord by less than this, relative to its end, is a straight line."""
_NOTHING = 1e-7
"""A share or a saving below this is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that conversations could go to."""

    model: str
    provider: str
    costs: tuple[float, ...]
    """Money for 0 to all conversations on it, at evenly spaced shares; two numbers are a line."""
    quality: float | None = None
    """Share of tasks done well."""
    seconds: float | None = None
    """Seconds that a conversation takes."""
    most: float = 1.0
    """The largest share that can go to it."""
    loads: Mapping[str, float] = field(default_factory=dict)
    """By rate limit, the part of what is left of it that all conversations would take."""

    @property
    def is_straight(self) -> bool:
        """Whether its cost is proportional to its share."""
        last, end = len(self.costs) - 1, self.costs[-1]
        off = (abs(cost - end * k / last) for k, cost in enumerate(self.costs))
        return max(off) <= _STRAIGHT * abs(end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a mix has to keep; what is None or not named is free."""

    quality: float | None = None
    """The least share of tasks done well, over all conversations."""
    seconds: float | None = None
    """The most seconds a conversation takes on average."""
    at_most: Mapping[str, float] = field(default_factory=dict)
    """Largest share by provider or model."""
    at_least: Mapping[str, float] = field(default_factory=dict)
    """Smallest share by provider or model."""
    models: int | None = None
    """At most so many models."""
    budget: float | None = None
    """The most it may cost."""
    limited: bool = True
    """Whether rate limits count."""

    def each(self) -> dict[str, Rules]:
        """For each rule, in words, all the others."""
        found: dict[str, Rules] = {}
        if self.quality is not None:
            found[f"quality at least {self.quality:.1%}"] = replace(self, quality=None)
        if self.seconds is not None:
            found[f"at most {self.seconds:g} seconds"] = replace(self, seconds=None)
        for name, share in self.at_most.items():
            rest = {other: at for other, at in self.at_most.items() if other != name}
            found[f"{name} at most {share:.0%}"] = replace(self, at_most=rest)
        for name, share in self.at_least.items():
            rest = {other: at for other, at in self.at_least.items() if other != name}
            found[f"{name} at least {share:.0%}"] = replace(self, at_least=rest)
        if self.models is not None:
            found[f"at most {self.models} models"] = replace(self, models=None)
        if self.limited:
            found["rate limits"] = replace(self, limited=False)
        if self.budget is not None:
            found[f"budget {_amount(self.budget)}"] = replace(self, budget=None)
        return found


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares by model that keep the rules at the least cost."""

    shares: Mapping[str, float]
    """Only models that get something."""
    cost: float
    quality: float | None
    seconds: float | None
    binding: Mapping[str, float] = field(default_factory=dict)
    """By rule that binds: how much less it would cost without it."""


class NoMixError(UsageError):
    """No shares keep the rules."""


def best_mix(candidates: Sequence[Candidate], rules: Rules) -> Mix:
    """The cheapest mix that keeps the rules, and what each rule that binds costs.

    Args:
        candidates: at least one; with a rule about quality or seconds each has its own.
        rules: what the mix has to keep.

    Raises:
        UsageError: no mix keeps the rules; says without which there would be one. Or the solver
            is not installed.
    """
    found = _solve(candidates, rules)
    if found is None:
        raise NoMixError(_why_not(candidates, rules))
    binding = {}
    for name, others in rules.each().items():
        freed = _solve(candidates, others)
        if freed is not None and found.cost - freed.cost > _NOTHING * abs(found.cost):
            binding[name] = found.cost - freed.cost
    return replace(found, binding=binding)


def frontier(candidates: Sequence[Candidate], rules: Rules, *, steps: int = 10) -> list[Mix]:
    """The cheapest mix for rising floors of quality: no other has more quality for less.

    Args:
        candidates: each with its quality.
        rules: what every mix has to keep; its floor of quality is left aside.
        steps: floors between the quality of the cheapest mix and the best there is.
    """
    cheapest = _solve(candidates, replace(rules, quality=None))
    if cheapest is None or cheapest.quality is None:
        return []
    best = max(candidate.quality or 0.0 for candidate in candidates)
    low = cheapest.quality
    floors = {low + (best - low) * k / steps for k in range(1, steps + 1)}
    floors |= {c.quality for c in candidates if c.quality is not None and c.quality > low}
    found = [cheapest]
    for floor in sorted(floors):
        mix = _solve(candidates, replace(rules, quality=floor))
        if mix is not None and mix.quality is not None and mix.quality > _quality(found[-1]):
            found.append(mix)
    return found


def _quality(mix: Mix) -> float:
    return (mix.quality or 0.0) + _NOTHING


def _why_not(candidates: Sequence[Candidate], rules: Rules) -> str:
    """Without which rule there would be a mix."""
    if not candidates:
        return "no model is left to choose from"
    freed = {
        name: mix
        for name, others in rules.each().items()
        if (mix := _solve(candidates, others)) is not None
    }
    if not freed:
        return "no mix keeps the rules, nor would one without any single one of them"
    without = "; ".join(
        f"without '{name}' the cheapest costs {_amount(mix.cost)}" for name, mix in freed.items()
    )
    return f"no mix keeps all the rules together; {without}"


def _amount(cost: float) -> str:
    return f"{cost:,.2f}" if cost >= 1 else f"{cost:.3g}"


def _solve(candidates: Sequence[Candidate], rules: Rules) -> Mix | None:
    """The cheapest mix; None where no mix keeps the rules."""
    program = _Program(candidates)
    program.keep(rules)
    shares = program.solution()
    if shares is None:
        return None
    mean = {
        what: sum(getattr(c, what) * shares[c.model] for c in candidates)
        if all(getattr(c, what) is not None for c in candidates)
        else None
        for what in ("quality", "seconds")
    }
    used = {model: share for model, share in shares.items() if share > _NOTHING}
    return Mix(used, program.cost, mean["quality"], mean["seconds"])


def _highs() -> Any:
    try:
        return import_module("highspy")
    except ImportError:
        raise UsageError(
            "the cheapest mix is found by the solver HiGHS, which is not installed: "
            "pip install 'costplan[optimize]'"
        ) from None


class _Program:
    """The program of one phase."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._candidates = candidates
        self._solver = _highs().Highs()
        self._solver.silent()
        self._solver.setOptionValue("mip_rel_gap", 1e-9)
        self._shares: dict[str, Any] = {}
        self._costs: list[Any] = []
        for candidate in candidates:
            share = self._solver.addVariable(0, min(1.0, candidate.most))
            self._shares[candidate.model] = share
            if candidate.is_straight:
                self._costs.append(candidate.costs[-1] * share)
            else:
                self._costs.append(self._bent(candidate.costs, share))
        self._solver.addConstr(sum(self._shares.values()) == 1)

    @property
    def cost(self) -> float:
        """What the solution costs."""
        return float(self._solver.getObjectiveValue())

    def keep(self, rules: Rules) -> None:
        """Add the rules."""
        solver = self._solver
        if rules.quality is not None:
            solver.addConstr(self._mean(lambda c: c.quality) >= rules.quality)
        if rules.seconds is not None:
            solver.addConstr(self._mean(lambda c: c.seconds) <= rules.seconds)
        self._keep_shares(rules)
        if rules.models is not None:
            used = [solver.addBinary() for _ in self._shares]
            for share, flag in zip(self._shares.values(), used, strict=True):
                solver.addConstr(share <= flag)
            solver.addConstr(sum(used) <= rules.models)
        if rules.budget is not None:
            solver.addConstr(sum(self._costs) <= rules.budget)

    def _keep_shares(self, rules: Rules) -> None:
        """Bounds of providers and models, stated or left by rate limits."""
        for name, share in rules.at_most.items():
            if members := self._members(name):
                self._solver.addConstr(sum(members) <= share)
        for name, share in rules.at_least.items():
            if members := self._members(name):
                self._solver.addConstr(sum(members) >= share)
        if rules.limited:
            self._keep_limits()

    def _keep_limits(self) -> None:
        """No rate limit is taken more than whole."""
        for name in sorted({name for c in self._candidates for name in c.loads}):
            loads = (c.loads.get(name, 0.0) * self._shares[c.model] for c in self._candidates)
            self._solver.addConstr(sum(loads) <= 1)

    def solution(self) -> dict[str, float] | None:
        """Shares by model; None where there are none."""
        if not self._candidates:
            return None
        self._solver.minimize(sum(self._costs))
        if str(self._solver.modelStatusToString(self._solver.getModelStatus())) != "Optimal":
            return None
        return {model: float(self._solver.val(at)) for model, at in self._shares.items()}

    def _mean(self, of: Callable[[Candidate], float | None]) -> Any:
        return sum((of(c) or 0.0) * self._shares[c.model] for c in self._candidates)

    def _members(self, name: str) -> list[Any]:
        """The shares of a provider, or the one of a model."""
        return [self._shares[c.model] for c in self._candidates if name in (c.provider, c.model)]

    def _bent(self, costs: Sequence[float], share: Any) -> Any:
        """A cost that is straight only between two neighbouring shares."""
        solver, last = self._solver, len(costs) - 1
        filled = [solver.addVariable(0, 1) for _ in range(last)]
        for part, after in pairwise(filled):
            full = solver.addBinary()
            for smaller, larger in ((full, part), (after, full)):
                columns = [smaller.index, larger.index]
                solver.addRow(-solver.inf, 0.0, 2, columns, [1.0, -1.0])
        solver.addConstr(solver.qsum(filled) == last * share)
        slopes = (after - before for before, after in pairwise(costs))
        return solver.qsum(slope * part for slope, part in zip(slopes, filled, strict=True))
