"""How agreed spend is settled month by month: commitments with their shortfall, prepaid credits.

What is billed and what it is worth come apart here. `Settlement` holds the flows; for each month
and draw

    billed    = usage + shortfall - drawn + paid
    effective = usage + shortfall - drawn + consumed

and what was paid is consumed in the end or left: paid (and what was there before the plan) summed
up to a month is consumed summed up to it, plus `left`. Terms: FOCUS, BilledCost and EffectiveCost
(https://focus.finops.org/focus-specification/).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from costplan.engine.distributions import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Settlement:
    """What an agreement adds to the usage it covers: each of shape (..., months), in money."""

    usage: Floats
    shortfall: Floats
    """Agreed and not spent, charged."""
    drawn: Floats
    """What is not billed because it was paid before."""
    paid: Floats
    """Prepayments."""
    consumed: Floats
    """What was paid for what is drawn, and for what expires unused."""
    left: Floats
    """What was paid for what is still there at the end of the month."""
    credits: Floats | None = None
    """Credits left at the end of the month, where the agreement has credits."""

    @property
    def billed(self) -> Floats:
        """What is invoiced."""
        return np.asarray(self.usage + self.shortfall - self.drawn + self.paid)

    @property
    def effective(self) -> Floats:
        """What is used up, and what is lost unused, in the month it is."""
        return np.asarray(self.usage + self.shortfall - self.drawn + self.consumed)


@dataclass(frozen=True, slots=True)
class Commitment:
    """Spend agreed over a term, or for each month of it. Months count from the plan's first."""

    first: int
    """The first month of the term; below 0 it began before the plan."""
    end: int
    """The month after its last."""
    commit: float = 0.0
    minimum: float = 0.0
    """Of each month."""
    prepaid: bool = False
    fee: float = 1.0
    """The part of a shortfall that is charged."""
    spent: float = 0.0
    """Counted before the plan."""

    def settle(self, usage: Floats) -> Settlement:
        """Settle usage, after discounts: shape (..., months).

        What a month lacks to its minimum counts as spent; the last month is charged what the term
        lacks. A prepayment is drawn down by usage and by shortfalls, and what is left of it at the
        end is lost.
        """
        none = np.zeros_like(usage, dtype=np.float64)
        short, drawn, paid, left = none.copy(), none.copy(), none.copy(), none.copy()
        counted = none[..., 0] + self.spent
        balance = np.maximum(self.commit - counted, 0.0) if self.prepaid else none[..., 0]
        if self.prepaid and 0 <= self.first < usage.shape[-1]:
            paid[..., self.first] = self.commit
        for month in range(max(self.first, 0), min(self.end, usage.shape[-1])):
            lacks = np.maximum(self.minimum - usage[..., month], 0.0)
            counted = counted + usage[..., month] + lacks
            if month == self.end - 1:
                rest = np.maximum(self.commit - counted, 0.0)
                lacks, counted = lacks + rest, counted + rest
            short[..., month] = lacks * self.fee
            drawn[..., month] = np.minimum(balance, usage[..., month] + lacks)
            balance = balance - drawn[..., month]
            left[..., month] = balance
        return Settlement(usage, short, drawn, paid, drawn, left)


@dataclass(frozen=True, slots=True)
class Lot:
    """Credits bought together."""

    month: int
    """Counted from the plan's first; below 0 it was bought before."""
    credits: float
    """How many, or how many are left of them when the plan begins."""
    paid: float
    """What for."""
    end: int | None = None
    """The month they are no longer good for; None where they do not expire."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """Prepaid credits that usage takes."""

    rate: float
    """Credits that one unit of money of usage takes."""
    lots: tuple[Lot, ...] = ()
    top_up: Lot | None = None
    """What is bought when credits run out: its `month` is of no account, its `end` how long it
    lasts."""
    first: int = 0
    end: int = field(default=10**6)
    """Usage takes credits from `first` up to, but not including, this month."""

    def settle(self, usage: Floats) -> Settlement:
        """Settle usage, after discounts: shape (..., months).

        Credits that expire first are taken first. Usage beyond them is billed in money, or, with a
        top-up, is covered by as many of those as it takes. What expires is consumed in the last
        month it was good for.
        """
        none = np.zeros_like(usage, dtype=np.float64)
        drawn, paid, consumed = none.copy(), none.copy(), none.copy()
        left, balance = none.copy(), none.copy()
        held = [_Held(lot, none[..., 0] + lot.credits) for lot in self.lots]
        for month in range(usage.shape[-1]):
            bought = sum(each.lot.paid for each in held if each.lot.month == month)
            paid[..., month] = bought
            if self.first <= month < self.end:
                need = usage[..., month] * self.rate
                rest = need
                for each in sorted(held, key=_Held.expiry):
                    if each.lot.month <= month < each.expiry():
                        taken, rest = each.take(rest)
                        consumed[..., month] += taken * each.unit
                if self.top_up is not None:
                    new = self._topped_up(self.top_up, rest, month)
                    paid[..., month] += new.balance * new.unit
                    taken, rest = new.take(rest)
                    consumed[..., month] += taken * new.unit
                    held.append(new)
                drawn[..., month] = (need - rest) / self.rate
            for each in held:
                if each.lot.month <= month:
                    if each.lot.end == month + 1:
                        consumed[..., month] += each.balance * each.unit
                        each.balance = none[..., 0]
                    left[..., month] += each.balance * each.unit
                    balance[..., month] += each.balance
        return Settlement(usage, none, drawn, paid, consumed, left, balance)

    def _topped_up(self, each: Lot, rest: Floats, month: int) -> _Held:
        packs = np.ceil(rest / each.credits * (1 - 1e-12))
        end = None if each.end is None else month + each.end
        lot = Lot(month, each.credits, each.paid, end)
        return _Held(lot, packs * each.credits)


@dataclass(slots=True)
class _Held:
    """Credits of one lot that are still there, for each draw."""

    lot: Lot
    balance: Floats

    @property
    def unit(self) -> float:
        """What one of its credits cost."""
        return self.lot.paid / self.lot.credits

    def expiry(self) -> float:
        """The month they are no longer good for."""
        return np.inf if self.lot.end is None else self.lot.end

    def take(self, need: Floats) -> tuple[Floats, Floats]:
        """Take what there is of a need: what was taken, and what is still needed."""
        taken = np.minimum(self.balance, need)
        self.balance = self.balance - taken
        return taken, need - taken
