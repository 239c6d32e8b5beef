"""The exact expectation of a plan: means where it is linear, integrals where it is not.

A quantity is a product of terms: level, growth, shares, sizes. A variable that stands in it once
and straight contributes its mean. One that stands in it twice is integrated by Gauss quadrature;
growth by its exact moments; a number of turns by the expected part of each turn. An input that may
cross a tier is integrated in closed form like a spread between requests; where other sizes move
prompts over a tier too, they follow a low-discrepancy sequence of 65,536 points, as quadrature is
made for smooth functions and a tier is a step. Nothing is drawn at random.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from costplan.engine.conversation import conversation, prompts, smallest_prompt
from costplan.engine.distributions import Distribution, Floats, Lognormal, Point
from costplan.engine.model import Cell, Size, Spread, Stream, Term, Values, means, product
from costplan.engine.profile import Profile
from costplan.engine.remembered import Remembered
from costplan.engine.sobol import sobol
from costplan.errors import UsageError

type Quantities = dict[tuple[int, str], Floats]
"""By tier and meter, the expected quantity in each month: shape (months,)."""

_NODES = 4096
"""Points of one product quadrature: 64 for one variable, 64 x 64 for two, 16 each for three."""
_FEW = 4
"""Variables up to which a product quadrature has points enough along each, 8 at least."""
_POINTS = 65_536
"""Points of the low-discrepancy sequence where steps remain; a power of two."""
_TAIL = 1e-9
"""How far out a variable is followed to see whether it could reach a tier."""
MOST_TURNS = 10_000
"""Turns followed of an uncertain number of them; what would reach further is refused before."""


def expected_quantities(
    stream: Stream,
    cell: Cell,
    variables: Mapping[str, Distribution],
    remembered: Remembered | None = None,
) -> Quantities:
    """Expected use of one cell in each month, by tier and meter.

    Args:
        stream: the workload.
        cell: one of its cells.
        variables: what is not known.
        remembered: what was worked out before.

    Raises:
        UsageError: too many ranges interact to be averaged.
    """
    remembered = remembered or Remembered()
    names, apart = remembered.get("names", cell, (), lambda: _names(stream, cell))
    amounts = remembered.get(
        "expected",
        cell,
        tuple(variables[name] for name in names),
        lambda: _expected(stream, cell, variables, remembered, apart=apart),
    )
    weight = cell.weight
    if apart:
        weight = weight * _growth(stream, means(variables), variables, integrated=set())[0]
    return {key: amount * weight for key, amount in amounts.items()}


def _names(stream: Stream, cell: Cell) -> tuple[tuple[str, ...], bool]:
    """The variables that decide a cell, and whether growth can be averaged apart from them."""
    uses = _uses(stream, cell, cell.profile)
    names = {*uses, cell.profile.turns.variable} - {""}
    apart = cell.first_turn is None and not _growing_twice(stream, dict.fromkeys(names, 1))
    return tuple(sorted(names if apart else names | stream.growing)), apart


def _expected(
    stream: Stream,
    cell: Cell,
    variables: Mapping[str, Distribution],
    remembered: Remembered,
    *,
    apart: bool,
) -> Quantities:
    """Expected use for a weight of 1: shape (1,) without growth, or (months,) with it."""
    profile = _averaged_turns(cell.profile, stream, cell, variables)
    crossing = _crossing(cell, profile, variables)
    if crossing:
        profile = _smoothed(profile, stream, cell, variables, crossing)
        crossing = _crossing(cell, profile, variables)
    bent = _nonlinear(stream, cell, profile) | crossing
    values, weights = (_sequence if crossing else _quadrature)(variables, bent)
    use = conversation(profile, cell.thresholds, values)

    def numbers() -> Floats:
        """Conversations at each node: shape (nodes, months), or (nodes, 1) without growth."""
        level = product(stream.level, values) * product(cell.share, values)
        count = np.reshape(np.asarray(level, dtype=np.float64), (-1, 1))
        if not apart:
            count = count * _growth(stream, values, variables, integrated=bent)
        return count

    if all(np.size(amount) == 1 for amount in use.values()):  # they do not depend on the nodes
        names = bent | stream.growing | _deciding((*stream.level, *cell.share))
        state = (cell.share, frozenset(bent), *(variables[name] for name in sorted(names)))
        count = _conversations(stream, cell, weights, numbers, state=state, remembered=remembered)
        return {key: count * float(np.reshape(amount, ())) for key, amount in use.items()}
    count = numbers()
    if cell.first_turn is not None:
        count = count * cell.first_turn.share(count)
    return {
        key: (weights[:, None] * count * np.reshape(amount, (-1, 1))).sum(axis=0)
        for key, amount in use.items()
    }


def _conversations(
    stream: Stream,
    cell: Cell,
    weights: Floats,
    numbers: Callable[[], Floats],
    *,
    state: tuple[object, ...],
    remembered: Remembered,
) -> Floats:
    """Expected conversations of a cell; of two alike, one finds its prompt and one does not.

    Args:
        stream: the workload.
        cell: the cell.
        weights: of the nodes.
        numbers: gives conversations at each of them.
        state: all that the numbers rest on, besides the stream.
        remembered: what was worked out before, for the other of the two.
    """
    first = cell.first_turn
    if first is None:
        return np.asarray((weights[:, None] * numbers()).sum(axis=0))

    def parted() -> tuple[Floats, Floats]:
        count = numbers()
        missed = first.missed(count)
        count = weights[:, None] * count
        return (count * (1 - missed)).sum(axis=0), (count * missed).sum(axis=0)

    state = (first.rate, first.hours, *state)
    found, missed = remembered.get("first turns", stream, state, parted)
    return found if first.found else missed


def _deciding(terms: Iterable[Term]) -> set[str]:
    """The variables that stand in some terms."""
    return {term.variable for term in terms if term.variable}


def expected_volume(
    stream: Stream,
    weight: Floats,
    variables: Mapping[str, Distribution],
    factors: Sequence[Term] = (),
) -> Floats:
    """Expected conversations in each month, times the product of `factors`.

    Args:
        stream: its level and growth.
        weight: conversations in each month at a level of 1 and no growth.
        variables: what is not known.
        factors: turns, shares and the like that each conversation is multiplied by.
    """
    terms = (*stream.level, *factors)
    counts = Counter(term.variable for term in terms if term.variable)
    bent = {name for name, count in counts.items() if count > 1}
    bent |= _growing_twice(stream, counts)
    values, weights = _quadrature(variables, bent)
    level = np.reshape(product(terms, values), (-1, 1))
    growth = _growth(stream, values, variables, integrated=bent)
    return np.asarray((weights[:, None] * level * growth).sum(axis=0) * weight)


def expected_share(
    stream: Stream,
    factors: Sequence[Term],
    variables: Mapping[str, Distribution],
    share: Callable[[Floats], Floats],
) -> Floats:
    """The expected part of conversations for which `share` of their number holds, by month.

    E[n share(n)] / E[n], where n is the number of conversations at a weight of 1: what depends on
    the volume is averaged over what is not known of it.

    Args:
        stream: its level and growth; growth is taken at its mean.
        factors: shares that lead to these conversations.
        variables: what is not known.
        share: gives the part for an array of numbers of shape (nodes, months).
    """
    terms = (*stream.level, *factors)
    values, weights = _quadrature(variables, _deciding(terms))
    growth = _growth(stream, means(variables), variables, integrated=set())
    numbers = np.reshape(np.asarray(product(terms, values), dtype=np.float64), (-1, 1)) * growth
    total = weights @ numbers
    held = weights @ (numbers * share(numbers))
    return np.asarray(np.divide(held, total, out=np.zeros_like(held), where=total > 0))


def _uses(stream: Stream, cell: Cell, profile: Profile) -> Counter[str]:
    """How often each variable stands in the quantities of a cell, turns and growth left out."""
    straight = (*stream.level, *cell.share, *profile.terms())
    return Counter(term.variable for term in straight if term.variable)


def _averaged_turns(
    profile: Profile, stream: Stream, cell: Cell, variables: Mapping[str, Distribution]
) -> Profile:
    """The profile with an uncertain number of turns N averaged turn by turn.

    A turn t takes place to the part E[min(max(N - t + 1, 0), 1)] = G(t - 1) - G(t), where G is the
    expected excess of N over a level: everything a conversation uses is a sum over its turns.
    """
    name = profile.turns.variable
    known = variables.get(name)
    elsewhere = name in _uses(stream, cell, profile) or name in stream.growing
    if not name or elsewhere or not isinstance(known, Lognormal):
        return profile
    last = min(MOST_TURNS, math.ceil(float(known.quantile(np.array([1 - 1e-12]))[0])) + 1)
    excess = known.excess(np.arange(1, last + 1, dtype=np.float64))
    parts = np.diff(np.concatenate(([known.mean], excess))) * -1
    return replace(profile, survival=tuple(float(part) for part in parts))


def _smoothed(
    profile: Profile,
    stream: Stream,
    cell: Cell,
    variables: Mapping[str, Distribution],
    crossing: set[str],
) -> Profile:
    """The profile with one uncertain size that may cross a tier turned into a spread.

    To an expectation it is the same whether single requests differ or the plan is unsure.
    """
    if profile.input.spread is not None or profile.input.scale:
        return profile
    if profile.is_bounded or profile.grown:
        return profile
    uses = _uses(stream, cell, profile)
    for term in profile.input.terms:
        known = variables.get(term.variable)
        once = uses[term.variable] == 1 and term.variable not in stream.growing
        if term.variable in crossing and once and not term.base and isinstance(known, Lognormal):
            rest = tuple(other for other in profile.input.terms if other is not term)
            spread = Spread(Lognormal(-(known.sigma**2) / 2, known.sigma))
            mean = Term(term.slope * known.mean)
            return replace(profile, input=Size(rest, (mean,), spread))
    return profile


def _nonlinear(stream: Stream, cell: Cell, profile: Profile) -> set[str]:
    """The variables whose mean is not enough for this cell, whatever its tiers."""
    uses = _uses(stream, cell, profile)
    bent = {name for name, count in uses.items() if count > 1} | profile.curved
    if profile.turns.variable and not profile.survival:
        bent.add(profile.turns.variable)
    for amount in profile.amounts:
        if amount.least:
            bent |= _deciding(amount.size.every)
    if cell.first_turn is not None:
        bent |= _deciding((*stream.level, *cell.share)) | stream.growing
    return bent | _growing_twice(stream, uses)


def _growing_twice(stream: Stream, uses: Mapping[str, int]) -> set[str]:
    """The variables of growth that stand in another phase too, or elsewhere in a cell."""
    phases = Counter(phase.rate.variable for phase in stream.growth)
    return {name for name in stream.growing if name in uses or phases[name] > 1}


def _crossing(cell: Cell, profile: Profile, variables: Mapping[str, Distribution]) -> set[str]:
    """The variables at which what is used jumps, or may.

    They move some call's prompt over a tier's threshold or a limit of the history, or decide
    whether it is long enough to be cached, or whether it is still cached.
    """
    return profile.jumping | _over_limits(cell, profile, variables)


def _over_limits(cell: Cell, profile: Profile, variables: Mapping[str, Distribution]) -> set[str]:
    """The variables that move some call's prompt over a limit, or may."""
    sizes = profile.in_prompts
    if not sizes or profile.flat:
        return set()
    low, high = means(variables), means(variables)
    low.update(_far(variables, sizes, _TAIL))
    high.update(_far(variables, sizes, 1 - _TAIL))
    least_cached = profile.grown.minimum if profile.grown else 0.0
    if profile.is_bounded or (least_cached and smallest_prompt(profile, low) < least_cached):
        return sizes
    if not cell.thresholds:
        return set()
    every = np.arange(1.0, _last_turn(profile, variables) + 1)
    least = np.asarray(prompts(profile, low, every, top=False))
    most = np.asarray(prompts(profile, high, every, top=True))
    crossed = any(((least <= t.tokens) & (most >= t.tokens)).any() for t in cell.thresholds)
    return sizes if crossed else set()


def _last_turn(profile: Profile, variables: Mapping[str, Distribution]) -> int:
    """The last turn that is worth a thought."""
    if profile.survival:
        return len(profile.survival)
    turns = profile.turns
    far = _far(variables, {turns.variable}, 1 - _TAIL) if turns.variable else {}
    return min(MOST_TURNS, math.ceil(float(np.max(turns.at(far)))))


def _far(
    variables: Mapping[str, Distribution], names: set[str], probability: float
) -> dict[str, float]:
    """Each variable far out in its tail."""
    return {name: _tail(variables[name], probability) for name in names}


@lru_cache(maxsize=4096)
def _tail(distribution: Distribution, probability: float) -> float:
    return float(distribution.quantile(np.array([probability]))[0])


def _open(variables: Mapping[str, Distribution], names: Iterable[str]) -> list[str]:
    """Those that are not pinned to one value, in order."""
    return sorted(name for name in names if not isinstance(variables[name], Point))


def _sequence(
    variables: Mapping[str, Distribution], bent: set[str]
) -> tuple[dict[str, Floats | float], Floats]:
    """Every variable at its mean, but those in `bent` along a low-discrepancy sequence.

    Sobol's, each point in the middle of its part of every axis, so that two variables far out in
    their tails meet as often as they should; each variable keeps its mean.
    """
    values = means(variables)
    for dimension, name in enumerate(_open(variables, bent)):
        spots = np.asarray(sobol(dimension, _POINTS), dtype=np.float64) * 2.0**-32 + 0.5 / _POINTS
        points = variables[name].quantile(spots)
        values[name] = points + (variables[name].mean - points.mean())
    return values, np.full(_POINTS, 1 / _POINTS)


def _quadrature(
    variables: Mapping[str, Distribution], bent: set[str]
) -> tuple[dict[str, Floats | float], Floats]:
    """Every variable at its mean, but those in `bent` on the nodes of a product quadrature."""
    values = means(variables)
    names = _open(variables, bent)
    if not names:
        return values, np.ones(1)
    if 2 ** len(names) > _NODES:
        raise UsageError(
            f"{len(names)} ranges decide together what a request costs, too many to average "
            f"exactly; give numbers for some of {', '.join(names)}"
        )
    if len(names) > _FEW:
        return _sequence(variables, bent)
    count = min(64, int(_NODES ** (1 / len(names)) + 1e-9))
    grids = [variables[name].nodes(count) for name in names]
    points = np.meshgrid(*(points for points, _ in grids), indexing="ij")
    weights = np.ones(1)
    for _, along in grids:
        weights = np.multiply.outer(weights, along).reshape(-1)
    values.update({name: grid.reshape(-1) for name, grid in zip(names, points, strict=True)})
    return values, weights


def _growth(
    stream: Stream,
    values: Values,
    variables: Mapping[str, Distribution],
    *,
    integrated: set[str],
) -> Floats:
    """What demand is multiplied by in each month: shape (nodes or 1, months).

    Phases whose variable is not integrated contribute their expected factor, compounded exactly.
    """
    factor = np.ones((1, 1))
    for phase in stream.growth:
        name = phase.rate.variable
        if not name or name in integrated or phase.linear:
            factor = factor * phase.factors(values)
        else:
            factor = factor * _compounded(variables[name], phase.steps.tobytes())
    return factor


@lru_cache(maxsize=1024)
def _compounded(growth: Distribution, steps: bytes) -> Floats:
    """The expected factor after each number of steps: shape (1, months)."""
    return np.array([[growth.compounded(float(k)) for k in np.frombuffer(steps)]])
