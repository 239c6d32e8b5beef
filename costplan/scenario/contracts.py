"""Contracts with providers: discounts, commitments, prepaid credits, capacity, tax."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costplan.documents import Node, Scalar
from costplan.errors import suggestion
from costplan.meters import Meter
from costplan.periods import Month
from costplan.quantity import Quantity
from costplan.scenario.kinds import MONEY, NAME, Money
from costplan.scenario.terms import (
    FREE,
    METER,
    PART,
    Discount,
    Provisioned,
    Scope,
    Wallet,
    flat_discount,
)
from costplan.schema import (
    MONTH,
    ByShape,
    Flag,
    KeyPath,
    Kind,
    Made,
    MapOf,
    Number,
    Reader,
    Record,
    key,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What is agreed for a part of the spend over whole months."""

    scope: Scope = key(Record(Scope), "What it covers; everything when absent.", name="for",
                       default=Scope())  # fmt: skip
    start: Month | None = key(MONTH, "Its first month; that of the plan when absent.", default=None)
    months: int | None = key(
        Number(minimum=1, maximum=120, whole=True),
        "How many months; to the end of the plan when absent.",
        default=None,
    )
    free: Mapping[Meter, Quantity] = key(
        MapOf(FREE, METER), "What is not billed: {web_search: 5000/month}.", default={}
    )
    provisioned: Provisioned | None = key(
        Record(Provisioned), "Throughput bought ahead.", default=None
    )
    discount: Discount | None = key(
        ByShape(scalar=Made(PART, flat_discount), mapping=Record(Discount)),
        "Off the list price: 20%, or {kind, per, steps} by how much is spent.",
        default=None,
    )
    mark_up: Decimal | None = key(PART, "What a reseller adds.", default=None)
    commit: Money | None = key(MONEY, "Spend agreed over its months, after discounts.",
                               default=None)  # fmt: skip
    minimum: Money | None = key(MONEY, "Spend agreed for each month.", default=None)
    prepaid: bool = key(Flag(), "Whether the commitment is paid in the first month.",
                        default=False)  # fmt: skip
    shortfall_fee: Decimal = key(
        PART, "The part of a shortfall that is charged.", default=Decimal(1)
    )
    spent: Money | None = key(
        MONEY, "What was spent on the commitment before the plan begins.", default=None
    )
    wallet: Wallet | None = key(Record(Wallet), "Prepaid credits.", name="credits", default=None)
    tax: Decimal | None = key(PART, "Added to what is billed.", default=None)

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """A contract says something, and what it says goes together."""
        agreed = self.commit or self.minimum
        if self.wallet and agreed:
            yield ("credits",), "a contract has a commitment or credits; write two contracts"
        if self.prepaid and not self.commit:
            yield ("prepaid",), "the key 'commit' is missing: what is paid ahead"
        if self.commit and not self.months:
            yield ("commit",), "say over how many months: the key 'months' is missing"
        if self.prepaid and self.shortfall_fee != 1:
            yield ("shortfall_fee",), "what is prepaid is not given back"
        if self.shortfall_fee != 1 and not agreed:
            yield ("shortfall_fee",), "there is no commitment to fall short of"
        if self.spent and not self.commit:
            yield ("spent",), "there is no commitment to spend on"
        for meter, free in self.free.items():
            if free.is_range:
                yield ("free", meter), f"what a contract says is one number, found {free}"
        others = (self.wallet, self.discount, self.provisioned, self.mark_up, self.tax)
        if not agreed and not self.free and all(term is None for term in others):
            yield (), "the contract says nothing: no discount, commit, minimum, credits, ..."

    def money(self) -> Iterator[tuple[KeyPath, Money]]:
        """Every amount in it, with its path."""
        for name in ("commit", "minimum", "spent"):
            if (amount := getattr(self, name)) is not None:
                yield (name,), amount
        for k, step in enumerate(self.discount.steps if self.discount else ()):
            yield ("discount", "steps", str(k), "above"), step.above
        for k, bought in enumerate(self.wallet.purchases if self.wallet else ()):
            yield ("credits", "purchases", str(k), "paid"), bought.paid
        if self.wallet and self.wallet.top_up:
            yield ("credits", "top_up", "paid"), self.wallet.top_up.paid

    def term(self, start: Month, months: int) -> tuple[int, int]:
        """Its first month and the one after its last, counted from the first of the plan.

        Args:
            start: the first month of the plan.
            months: how many the plan has.
        """
        first = self.start - start if self.start else 0
        return first, first + self.months if self.months else max(months, first)


@dataclass(frozen=True, slots=True)
class OrNone:
    """A kind, or the word `none`: a variant takes away what it stands for."""

    kind: Kind

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """What the kind reads, or None."""
        if isinstance(node, Scalar) and node.text == "none":
            return None
        return self.kind.read(node, path, reader)

    @property
    def alternatives(self) -> tuple[Kind, ...]:
        """The kind."""
        return (self.kind,)

    def json_schema(self) -> dict[str, Any]:
        """The word or the kind."""
        return {"anyOf": [{"const": "none"}, self.kind.json_schema()]}


def _those_there(contracts: Mapping[str, Contract | None]) -> dict[str, Contract]:
    return {name: contract for name, contract in contracts.items() if contract is not None}


CONTRACTS = Made(MapOf(OrNone(Record(Contract)), NAME), _those_there)
"""Contracts by name."""


def contract_problems(
    contracts: Mapping[str, Contract],
    workloads: Iterable[str],
    start: Month,
) -> Iterator[tuple[KeyPath, str]]:
    """What is wrong between contracts and the rest of a scenario, with its path.

    Args:
        contracts: by name.
        workloads: the names there are.
        start: the first month of the plan.
    """
    for name, contract in contracts.items():
        at: KeyPath = ("contracts", name)
        for workload in contract.scope.workloads:
            if workload not in workloads:
                hint = suggestion(workload, workloads)
                yield (*at, "for", "workload"), f"there is no workload {workload!r}{hint}"
        if contract.start is not None and contract.start < start:
            yield from _begun_before(contract, at)
        elif contract.spent is not None:
            yield (*at, "spent"), "the contract begins within the plan: nothing is spent before it"
        for k, bought in enumerate(contract.wallet.purchases if contract.wallet else ()):
            if (bought.month < start) != (bought.left is not None):
                early = bought.month < start
                which = (
                    "before the plan begins: say how many are left"
                    if early
                    else ("within the plan: all of them are left")
                )
                path = (*at, "credits", "purchases", str(k))
                yield (*path, "month" if early else "left"), f"these credits are bought {which}"


def _begun_before(contract: Contract, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """What a contract must tell that began before the plan."""
    began = f"the contract begins in {contract.start}, before the plan"
    if contract.commit and contract.spent is None:
        yield (*at, "start"), f"{began}: say what is spent of the commitment by then (spent: ...)"
    if contract.discount and contract.discount.per == "term":
        yield (*at, "start"), f"{began}: a discount per term cannot know what was spent by then"
    if contract.provisioned and contract.provisioned.units is None:
        yield (*at, "start"), f"{began}: say how many units it has"
