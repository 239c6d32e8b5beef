"""From list cost to what is billed: the terms of contracts applied one after another.

Spend comes in slices: parts that every contract covers whole or not at all. The order is that of a
bill: what is free and what provisioned throughput serves is taken out, discounts come off, a
mark-up is put on, commitments and credits are settled, and tax is charged on what is billed.
Arrays have months last; axes before them (draws, or none) are free.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from costplan.engine.contracts import Steps
from costplan.engine.distributions import Floats
from costplan.engine.settling import Commitment, Settlement, Wallet


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """Usage that is not billed by the unit: free, or served by what is provisioned."""

    contract: str
    kind: str
    """`free` or `provisioned`."""
    slices: tuple[int, ...]
    part: Floats
    """Of the usage, 0 to 1: shape (..., months)."""
    fee: Floats
    """A flat price instead: shape (months,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Discounted:
    """Spend with a discount."""

    contract: str
    slices: tuple[int, ...]
    months: Floats
    """1 in the months it holds, else 0: shape (months,)."""
    steps: Steps


@dataclass(frozen=True, slots=True, eq=False)
class Added:
    """A mark-up on contracted cost, or a tax on what is billed."""

    contract: str
    slices: tuple[int, ...]
    months: Floats
    part: float
    flows: tuple[str, ...] = ()
    """For a tax: contracts whose own charges it is on as well."""


@dataclass(frozen=True, slots=True, eq=False)
class Agreed:
    """A commitment or credits."""

    contract: str
    slices: tuple[int, ...]
    terms: Commitment | Wallet
    flows: tuple[str, ...] = ()
    """Contracts whose flat prices count as usage."""


@dataclass(frozen=True, slots=True, eq=False)
class Charge:
    """One thing a contract changes: `amount` = `base` x `rate` where it is a part of something."""

    contract: str
    kind: str
    """`free`, `provisioned`, `discount`, `mark_up`, `shortfall`, `prepayment`, `drawn`, `tax`."""
    slice: int | None
    """The slice it changes; None for a charge of the contract itself."""
    amount: Floats
    """Negative where it saves: shape (..., months)."""
    base: Floats | None = None
    rate: float = 0.0
    over_term: bool = False
    """Whether it is for the whole term, and not for the usage of its month."""
    on: Charge | None = None
    """For a tax on a contract's own charge: that charge."""


@dataclass(frozen=True, slots=True, eq=False)
class Bill:
    """What contracts make of list cost, in arrays of shape (..., months)."""

    charges: tuple[Charge, ...]
    list: Floats
    """At list prices."""
    contracted: Floats
    """At the prices agreed: after what is free, flat prices, discounts and mark-ups."""
    effective: Floats
    """Prepayments spread over what they pay for, tax included."""
    billed: Floats
    """What is invoiced, tax included."""
    settlements: dict[str, Settlement]
    """Of each contract with a commitment or credits."""


def bill(
    costs: Sequence[Floats],
    *,
    covered: Iterable[Covered] = (),
    discounts: Iterable[Discounted] = (),
    mark_ups: Iterable[Added] = (),
    agreements: Iterable[Agreed] = (),
    taxes: Iterable[Added] = (),
) -> Bill:
    """Apply the terms of contracts to list cost.

    Args:
        costs: list cost of each slice: shape (..., months).
        covered: what is free or provisioned.
        discounts: what comes off.
        mark_ups: what resellers add.
        agreements: commitments and credits.
        taxes: what is added to the bill.
    """
    work = _Work(costs)
    for each in covered:
        work.cover(each)
    for discount in discounts:
        work.discount(discount)
    for mark_up in mark_ups:
        work.mark_up(mark_up)
    contracted = work.total()
    for agreed in agreements:
        work.settle(agreed)
    for tax in taxes:
        if tax.part:
            work.tax(tax)
    return work.bill(contracted)


class _Work:
    """Net cost by slice, the contracts' own charges, and the record of all changes."""

    def __init__(self, costs: Sequence[Floats]) -> None:
        self.list = np.sum(costs, axis=0)
        self.net = [np.asarray(cost, dtype=np.float64) for cost in costs]
        self.none = np.zeros_like(self.list)
        self.fees: dict[str, Floats] = {}
        self.settlements: dict[str, Settlement] = {}
        self.charges: list[Charge] = []
        self.taxed = (self.none, self.none)

    def total(self) -> Floats:
        """Net cost of everything, flat prices included."""
        return np.asarray(sum(self.net, self.none) + sum(self.fees.values(), self.none))

    def of(self, slices: Iterable[int], flows: Iterable[str] = ()) -> Floats:
        """Net cost of some slices, and flat prices of some contracts."""
        parts = [self.net[k] for k in slices] + [self.fees[c] for c in flows if c in self.fees]
        return np.asarray(sum(parts, self.none))

    def change(self, contract: str, kind: str, slice_: int, amount: Floats) -> None:
        """Add an amount to the net cost of a slice."""
        self.charges.append(Charge(contract, kind, slice_, amount))
        self.net[slice_] = self.net[slice_] + amount

    def change_by(self, contract: str, kind: str, slice_: int, months: Floats, rate: float) -> None:
        """Add a part of itself to the net cost of a slice, in some months."""
        if not rate:
            return
        base = self.net[slice_] * months
        self.charges.append(Charge(contract, kind, slice_, base * rate, base, rate))
        self.net[slice_] = self.net[slice_] + base * rate

    def charge(self, contract: str, kind: str, amount: Floats, *, over_term: bool = False) -> None:
        """Record a charge of a contract itself."""
        if np.any(amount):
            whole = self.none + amount
            self.charges.append(Charge(contract, kind, None, whole, over_term=over_term))

    def cover(self, each: Covered) -> None:
        """Take out what is not billed by the unit; put in the flat price."""
        for k in each.slices:
            self.change(each.contract, each.kind, k, -self.net[k] * each.part)
        if np.any(each.fee):
            self.fees[each.contract] = self.fees.get(each.contract, self.none) + each.fee
            self.charge(each.contract, each.kind, each.fee)

    def discount(self, each: Discounted) -> None:
        """Take off a discount; one by spend is shared out by cost."""
        flat = each.steps.off[0] if each.steps.above == (0.0,) else None
        if flat is not None:
            for k in each.slices:
                self.change_by(each.contract, "discount", k, each.months, -flat)
            return
        spend = self.of(each.slices) * each.months
        saved = each.steps.saved(spend)
        part = np.divide(saved, spend, out=np.zeros_like(spend), where=spend > 0)
        for k in each.slices:
            self.change(each.contract, "discount", k, -self.net[k] * part)

    def mark_up(self, each: Added) -> None:
        """Put a part on top."""
        for k in each.slices:
            self.change_by(each.contract, "mark_up", k, each.months, each.part)

    def settle(self, each: Agreed) -> None:
        """Settle a commitment or credits on the usage and flat prices they cover."""
        found = each.terms.settle(self.of(each.slices, each.flows))
        self.settlements[each.contract] = found
        by_usage = np.minimum(found.drawn, found.usage)
        self.charge(each.contract, "prepayment", found.paid, over_term=True)
        self.charge(each.contract, "shortfall", found.shortfall, over_term=True)
        self.charge(each.contract, "drawn", -by_usage)
        self.charge(each.contract, "drawn", by_usage - found.drawn, over_term=True)

    def tax(self, each: Added) -> None:
        """Charge tax on what is billed; of what is effective the same part is tax."""
        rate = each.months * each.part
        billed, effective = self.taxed
        for k in each.slices:
            amount = self.net[k] * rate
            self.charges.append(
                Charge(each.contract, "tax", k, amount, self.net[k] * each.months, each.part)
            )
            billed, effective = billed + amount, effective + amount
        for charge in [c for c in self.charges if c.slice is None and c.contract in each.flows]:
            self.charges.append(
                replace(
                    charge,
                    contract=each.contract,
                    kind="tax",
                    amount=charge.amount * rate,
                    base=charge.amount * each.months,
                    rate=each.part,
                    on=charge,
                )
            )
            billed = billed + charge.amount * rate
            effective = effective + charge.amount * rate
        for contract in set(each.flows) & set(self.settlements):
            found = self.settlements[contract]
            effective = effective + (found.effective - found.billed) * rate
        self.taxed = billed, effective

    def bill(self, contracted: Floats) -> Bill:
        """The result."""
        billed, effective = (contracted + tax for tax in self.taxed)
        for found in self.settlements.values():
            billed = billed + found.billed - found.usage
            effective = effective + found.effective - found.usage
        return Bill(tuple(self.charges), self.list, contracted, effective, billed, self.settlements)
