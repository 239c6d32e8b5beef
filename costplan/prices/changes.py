"""What became of each price: which row held for how long, and what it changed.

A row of the book says what was announced on a day. Whether it ever held is told by the rows that
came after it: they correct it, call it off, or take its place. A `Step` is a row with that fate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from costplan.meters import Meter
from costplan.prices.fates import Fate, fates
from costplan.prices.price import Price

IN_FORCE = "in force"
PAST = "past"
SCHEDULED = "scheduled"
WITHDRAWN = "withdrawn"
"""From its day on the mode is not offered."""


@dataclass(frozen=True, slots=True)
class RateChange:
    """One rate before and after; None where there is none."""

    meter: str
    """A meter, or `region us`, `minimum input`: whatever else a bill depends on."""
    tier: str
    """For which requests: `>200000`, hours of the week; empty for all others."""
    before: Decimal | None
    after: Decimal | None

    @property
    def share(self) -> float | None:
        """The change as a share of the rate before: 0.5 is half as much again."""
        if self.after is None or not self.before:
            return None
        return float(self.after / self.before - 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One row in the history of a price, and what became of it."""

    row: Price
    state: str
    until: date | None
    """The first day it no longer holds; None where it holds on, or never did."""
    settled: date | None
    """The day it was known to be cancelled, corrected or replaced."""
    before: Price | None
    """What held the day before it."""

    @property
    def holds(self) -> bool:
        """Whether it is, was or will be what a buyer pays."""
        return self.state in {IN_FORCE, PAST, SCHEDULED}

    @property
    def changes(self) -> tuple[RateChange, ...]:
        """What it changed; nothing where it is the first price."""
        if self.before is None or self.state == WITHDRAWN:
            return ()
        return rate_changes(self.before, self.row)


def rate_changes(before: Price | None, after: Price | None) -> tuple[RateChange, ...]:
    """Every rate that differs between two prices, in the order of the meters.

    Args:
        before: None where there was none: every rate of the other is new.
        after: None where there is none any more.
    """
    old, new = _rates(before), _rates(after)
    keys = sorted(old.keys() | new.keys(), key=lambda key: (_order(key[1]), _order(key[0]), key))
    return tuple(
        RateChange(meter, tier, old.get((meter, tier)), new.get((meter, tier)))
        for meter, tier in keys
        if old.get((meter, tier)) != new.get((meter, tier))
    )


def steps(rows: Iterable[Price], at: date, end: date | None = None) -> tuple[Step, ...]:
    """The rows of one model in one mode with their fates, by the day each was to take effect.

    Args:
        rows: those that are visible, cancelled and corrected ones included.
        at: the day that parts what is past from what is scheduled.
        end: the day the model retires.
    """
    found = fates(rows)
    held = [fate.row for fate in found if not fate.kind]
    return tuple(_step(fate, held=held, at=at, end=end) for fate in found)


def in_force(among: Iterable[Step], at: date) -> Price | None:
    """What a buyer pays on a day; None where the mode has no price then."""
    row = next((step.row for step in reversed(held(among)) if step.row.from_ <= at), None)
    return None if row is None or row.withdrawn else row


def held(among: Iterable[Step]) -> tuple[Step, ...]:
    """Those that are, were or will be in force, and the days from which nothing is offered."""
    return tuple(step for step in among if step.holds or step.state == WITHDRAWN)


def only(rows: Iterable[Price], meters: Collection[str]) -> Iterator[Price]:
    """The rows as if only these meters had rates; what has none of them is left out."""
    for row in rows:
        if row.cancels or row.withdrawn or row.rates.keys() & meters:
            yield replace(
                row,
                rates=_kept(row.rates, meters),
                tiers=tuple(replace(tier, rates=_kept(tier.rates, meters)) for tier in row.tiers),
                windows=tuple(replace(w, rates=_kept(w.rates, meters)) for w in row.windows),
            )


def _kept(rates: Mapping[Meter, Decimal], meters: Collection[str]) -> dict[Meter, Decimal]:
    return {meter: rate for meter, rate in rates.items() if meter in meters}


def _step(fate: Fate, *, held: Sequence[Price], at: date, end: date | None) -> Step:
    row = fate.row
    earlier = [other for other in held if other.from_ < row.from_ and not other.withdrawn]
    before = earlier[-1] if earlier else None
    if fate.kind or row.withdrawn:
        return Step(row, fate.kind or WITHDRAWN, None, fate.settled, before)
    later = [other.from_ for other in held if other.from_ > row.from_]
    ends = [*later[:1], *([end] if end and end > row.from_ else [])]
    until = min(ends, default=None)
    state = SCHEDULED if row.from_ > at else PAST if until and until <= at else IN_FORCE
    return Step(row, state, until, None, before)


def _rates(price: Price | None) -> dict[tuple[str, str], Decimal]:
    """Everything a bill depends on, by what it is and for which requests."""
    if price is None:
        return {}
    found = {(str(meter), ""): rate for meter, rate in price.rates.items()}
    for tier in price.tiers:
        found |= {(str(meter), str(tier)): rate for meter, rate in tier.rates.items()}
    for window in price.windows:
        found |= {(str(meter), window.name): rate for meter, rate in window.rates.items()}
    found |= {(f"region {name}", ""): factor for name, factor in price.regions.items()}
    found |= {(f"minimum {meter}", ""): least for meter, least in price.minimum.items()}
    for meter, free in price.free.items():
        found[f"free {meter} a {free.period}", ""] = free.quantity
    return found


def _order(text: str) -> tuple[int, int, str]:
    """Meters as they are declared, tiers by their size, everything else after them."""
    if text in _METERS:
        return 0, _METERS.index(text), ""
    size = text.lstrip(">=")
    return (1, int(size), "") if size.isdigit() else (2 if text else 0, 0, text)


_METERS = [str(meter) for meter in Meter]
