"""Levers: every number, range, share and date of a scenario that moves its plan.

They are found by walking the document beside its schema, so a key that is new to the schema is a
lever without a word here. A value that names an assumption is none: its assumption is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from costplan.desk.allowed import Allowed
from costplan.desk.lever_names import (
    ASSUMPTIONS,
    BUDGET,
    CONTRACTS,
    QUALITY,
    WHOLE,
    label_of,
    order_of,
)
from costplan.desk.mixes import Mix
from costplan.desk.moving import moving_of
from costplan.desk.spelling import Spelling
from costplan.desk.walking import Leaf, leaves_of
from costplan.desk.whatif import Setting
from costplan.documents import Scalar, join_path
from costplan.scenario import Scenario
from costplan.scenario.kinds import COUNT, GROWTH, SHARE
from costplan.scenario.schema import Workload
from costplan.scenario.uncertainty import UNCERTAINTY
from costplan.schema import DATE, KeyPath, Kind, Number

_FACTORS = {"scale", "factor"}
"""Keys whose whole numbers are not numbers of things."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One value of a scenario, and how it is moved."""

    path: str
    """As `--set` takes it."""
    group: str
    label: str
    """One to four words."""
    text: str
    """As it stands, in the grammar of the files; empty where nothing is said."""
    allowed: Allowed = field(repr=False, compare=False)
    within: str = ""
    """Of a size that says more than a number: the key that holds the number."""
    mix: Mix | None = field(default=None, repr=False)
    """Of a share: the mix it is in."""
    model: str = ""
    """Of a share: whose."""
    stops: tuple[str, ...] = field(default=(), repr=False)
    """The values it goes through, where only some make a difference."""

    @property
    def is_rest(self) -> bool:
        """Whether it is the share that the others leave."""
        return self.mix is not None and self.mix.share(self.model).is_rest

    @property
    def moves(self) -> bool:
        """Whether keys move it; some values are only typed."""
        return moving_of(self.text, self.allowed, self.stops) is not None

    def nudged(self, text: str, steps: int) -> str:
        """A value moved by steps, never past what the schema allows.

        Steps are those of the lever where it stands: so many up and as many down is where it was.

        Args:
            text: the value that is moved.
            steps: how many; below 0 is down.
        """
        moving = moving_of(self.text, self.allowed, self.stops)
        if moving is None or not moving.fits(text):
            moving = moving_of(text, self.allowed, self.stops)
        if moving is None or not steps:
            return text
        one = 1 if steps > 0 else -1
        for count in range(abs(steps), 0, -1):
            moved = moving.moved(text, one * count)
            if moved is not None and not (moved and self.allowed.problem(moved)):
                break
        else:
            count, moved = 0, text
        if count < abs(steps):
            end = moving.end(text, is_up=steps > 0)
            if end is not None and not (end and self.allowed.problem(end)):
                return end
        return moved


def settings_for(lever: Lever, text: str, before: Lever | None = None) -> tuple[Setting, ...]:
    """What to lay over a scenario for a lever to stand at a value.

    Args:
        lever: where it stands now.
        text: the value.
        before: the lever as the scenario has it, whose proportions the shares of a mix keep.

    Returns:
        Pairs of path and text, as `--set` takes them; one, and for a share the whole mix.

    Raises:
        UsageError: the other shares of a mix cannot make room; says why.
    """
    if lever.mix is not None:
        was = before.mix if before else None
        return ((lever.mix.path, lever.mix.with_share(lever.model, text, was)),)
    if text.startswith("{"):
        return ((lever.path, text),)
    if lever.within:
        return ((lever.path, f"{{{lever.within}: {text}}}"),)
    counted = lever.allowed.beside.get("counted_with")
    if isinstance(counted, Scalar):  # a number in the place of a spread is in the same tokens
        return ((lever.path, f"{{tokens: {text}, counted_with: {counted.text}}}"),)
    return ((lever.path, text or "null"),)


def checked(text: str, lever: Lever) -> str:
    """What is wrong with a typed value, with the nearest valid thing; nothing where it is fine."""
    if not text:
        return "" if lever.stops or not lever.text else "expected a value, found nothing"
    return lever.allowed.problem(text)


def completed(text: str, lever: Lever) -> str:
    """A typed value with what it is per, where only the number was typed: `14k` is `14k/day`."""
    text = text.strip()
    typed, rest = Spelling.read(text), Spelling.read(lever.text)
    if typed is None or rest is None or typed.tail.strip() or not lever.allowed.problem(text):
        return text
    whole = text + rest.tail
    return text if lever.allowed.problem(whole) else whole


def levers_of(scenario: Scenario, price_days: Sequence[str] = ()) -> tuple[Lever, ...]:
    """The levers of a scenario, in groups, the most telling first.

    Args:
        scenario: as it stands; a variant may be laid over it.
        price_days: the days on which prices became known that may concern it, as `2026-10-01`.
    """
    leaves = leaves_of(scenario)
    levers = _Making(scenario, leaves, tuple(price_days))
    return (
        *levers.assumptions(),
        *(lever for name in scenario.workloads for lever in levers.workload(name)),
        *levers.whole(),
        *levers.group(BUDGET, ("budget",)),
        *levers.group(CONTRACTS, ("contracts",)),
        *levers.quality(),
    )


@dataclass(frozen=True, slots=True)
class _Making:
    scenario: Scenario
    leaves: tuple[Leaf, ...]
    price_days: tuple[str, ...]

    def assumptions(self) -> Iterator[Lever]:
        for leaf in self._at(("assumptions",)):
            name = leaf.path[1]
            uses = tuple((use.kind, use.text) for use in self.leaves if use.refers_to == name)
            yield self._made(leaf, ASSUMPTIONS, name, uses)

    def workload(self, name: str) -> Iterator[Lever]:
        at = ("workloads", name)
        stated = [leaf for leaf in self._at(at) if not leaf.refers_to]
        said = {leaf.path for leaf in self._at(at)}
        absent = (leaf for leaf in _absent(at, self.scenario.workloads[name]))
        found = [*stated, *(leaf for leaf in absent if not _is_said(leaf.path, said))]
        found.sort(key=lambda leaf: order_of(leaf.path[2:]))
        yield from (self._made(leaf, name, _label(leaf, 2)) for leaf in found)

    def whole(self) -> Iterator[Lever]:
        known = Leaf(("known_at",), DATE, str(self.scenario.known_at or ""))
        yield replace(self._made(known, WHOLE, label_of(known.path)), stops=self.price_days)
        yield from self.group(WHOLE, ("start",), 0)
        months = Leaf(("months",), Number(minimum=1, maximum=120, whole=True), "12")
        yield from self.group(WHOLE, ("months",), 0, months)
        typical = Leaf(("uncertainty",), UNCERTAINTY, "typical")
        yield from self.group(WHOLE, ("uncertainty",), 0, typical)
        yield from self.group(WHOLE, ("exchange",), 0)

    def quality(self) -> Iterator[Lever]:
        """Scores, where a workload's cascade or rework is worked out from them."""
        used = {w.task for w in self.scenario.workloads.values() if w.task and _is_judged(w)}
        for task in sorted(used):
            yield from self.group(f"{QUALITY}: {task}", ("quality", task), 2)

    def group(
        self, group: str, at: KeyPath, below: int = 1, otherwise: Leaf | None = None
    ) -> Iterator[Lever]:
        found = [leaf for leaf in self._at(at) if not leaf.refers_to]
        for leaf in found or ([otherwise] if otherwise else []):
            yield self._made(leaf, group, _label(leaf, below))

    def _at(self, at: KeyPath) -> Iterator[Leaf]:
        return (leaf for leaf in self.leaves if leaf.path[: len(at)] == at)

    def _made(
        self, leaf: Leaf, group: str, label: str, uses: tuple[tuple[Kind, str], ...] = ()
    ) -> Lever:
        name = leaf.path[-1] if group == ASSUMPTIONS else ""
        is_count = leaf.path[-1] not in _FACTORS
        allowed = Allowed(leaf.kind, self.scenario.assumptions, name, uses, is_count, leaf.beside)
        return Lever(
            path=join_path(leaf.path),
            group=group,
            label=label,
            text=leaf.text,
            allowed=allowed,
            within=leaf.within,
            mix=leaf.mix,
            model=leaf.path[-1] if leaf.mix else "",
        )


def _label(leaf: Leaf, below: int) -> str:
    """What a lever is called; in a list, with what its entry is for."""
    if leaf.mix is not None:
        return _short(leaf.path[-1], [share.model for share in leaf.mix.shares])
    name = label_of(leaf.path[below:])
    return f"{name} {leaf.entry}" if leaf.entry and leaf.entry != leaf.text else name


def _short(model: str, others: Sequence[str]) -> str:
    """A model without its provider, where that is enough to tell it from the others."""
    name = model.partition("/")[2] or model
    return name if [other.partition("/")[2] for other in others].count(name) < 2 else model


def _absent(at: KeyPath, workload: Workload) -> Iterator[Leaf]:
    """What a workload may leave unsaid and a reader wants to try all the same."""
    if workload.seat is not None or workload.request is None:
        return
    per = workload.demand.requests.per if workload.demand.requests else ()
    if "once" not in per:
        yield Leaf((*at, "demand", "growth"), GROWTH, "0%/month")
    if workload.routing and workload.routing.escalate_to:
        yield Leaf((*at, "failures", "escalate"), SHARE, "0%")
    yield Leaf((*at, "failures", "retry"), SHARE, "0%")
    yield Leaf((*at, "batch"), SHARE, "0%")
    sizes = (workload.request.input, workload.request.output)
    if any(size is not None and size.tokens is None and size.mean is None for size in sizes):
        yield Leaf((*at, "request", "scale"), COUNT, "1")  # no number of tokens to move


def _is_said(path: KeyPath, said: set[KeyPath]) -> bool:
    return any(other[: len(path)] == path for other in said)


def _is_judged(workload: Workload) -> bool:
    routing, people = workload.routing, workload.people
    return bool((routing and (routing.cascade or routing.judge)) or (people and people.rework))
