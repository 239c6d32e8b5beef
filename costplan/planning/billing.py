"""Puts the contracts of a scenario on a projection: from list cost to what is billed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from costplan.engine.billing import Added, Agreed, Bill, Covered, Discounted, bill
from costplan.engine.contracts import Steps
from costplan.engine.projection import Projection
from costplan.engine.settling import Commitment, Lot, Wallet
from costplan.periods import Month
from costplan.planning.charges import Charges
from costplan.planning.compiling import PricedStream
from costplan.planning.coverage import Coverage, Pool
from costplan.planning.findings import Findings
from costplan.planning.scopes import Scopes, Use, kinds_of
from costplan.planning.sharing import Sharing
from costplan.planning.spend import Spend, parted
from costplan.planning.statements import statements
from costplan.prices import PriceBook
from costplan.scenario.contracts import Contract
from costplan.scenario.terms import Discount, Scope
from costplan.scenario.terms import Wallet as WalletTerms


def billed(
    projection: Projection, streams: Sequence[PricedStream], book: PriceBook, findings: Findings
) -> Projection:
    """The projection with its contracts: totals and draws are what is billed.

    Line items at list prices stay as they are; what contracts change stands beside them as line
    items of their own, so that all of them add up to the bill. Where no contract and no free
    allowance covers anything, the projection is returned as it is.

    Args:
        projection: at list prices.
        streams: its compiled workloads, which know on what days demand falls.
        book: where free allowances are published.
        findings: has the scenario.
    """
    contracts = findings.scenario.contracts
    spend = Spend(projection)
    terms = _Terms(spend, Coverage(spend, streams), Scopes(contracts, book), book)
    if not contracts and not terms.pools:
        return projection
    sharing = Sharing(spend, terms.slices, terms.bill(), terms.uses_of)
    sources = {pool.contract: pool.source for pool in terms.pools if pool.source}
    ledger = Charges(projection.ledger, sharing, projection.currency, sources).ledger()
    return replace(
        projection,
        ledger=ledger,
        simulated=sharing,
        billing=statements(sharing.bill, ledger, is_mean=terms.is_mean),
        notes=(*projection.notes, *terms.notes()),
    )


class _Terms:
    """The terms of all contracts, compiled for the engine."""

    def __init__(self, spend: Spend, coverage: Coverage, scopes: Scopes, book: PriceBook) -> None:
        self.spend, self.coverage, self.scopes = spend, coverage, scopes
        self.contracts = scopes.contracts
        self.covers = {
            (name, kind): scopes.covered(name, kind, spend.uses)
            for name, contract in self.contracts.items()
            for kind in kinds_of(contract)
        }
        self.pools = tuple(self._pools(book))
        covers = [*self.covers.values(), *(pool.uses for pool in self.pools)]
        self.slices = parted(spend.uses, covers)

    @cached_property
    def is_mean(self) -> bool:
        """Whether something is worked out draw by draw: all but plain parts of what is spent."""
        plain = all(
            not (c.commit or c.minimum or c.wallet or c.provisioned or c.free)
            and (c.discount is None or _is_flat(c.discount))
            for c in self.contracts.values()
        )
        return not plain or bool(self.pools)

    def uses_of(self, name: str) -> frozenset[Use]:
        """Everything a contract covers with any of its terms."""
        mine = [cover for (contract, _), cover in self.covers.items() if contract == name]
        mine += [pool.uses for pool in self.pools if pool.contract == name]
        return frozenset().union(*mine)

    def _charged(self, name: str) -> frozenset[Use]:
        """What a contract covers with the terms that it charges for itself."""
        kinds = ("provisioned", "commitment or credits")
        return frozenset().union(*(self.covers.get((name, kind), ()) for kind in kinds))

    def bill(self) -> Bill:
        """All of them applied to the draws."""
        names = list(self.contracts)
        return bill(
            [self.spend.costs_by(uses) for uses in self.slices],
            covered=[
                Covered(p.contract, p.kind, self._in(p.uses), p.part, p.fee) for p in self.pools
            ],
            discounts=[
                Discounted(n, self._slices(n, "discount"), self._active(n), _steps(discount))
                for n in names
                if (discount := self.contracts[n].discount)
            ],
            mark_ups=[self._added(n, "mark_up") for n in names if (n, "mark_up") in self.covers],
            agreements=list(self._agreements()),
            taxes=[self._added(n, "tax") for n in names if (n, "tax") in self.covers],
        )

    def notes(self) -> Iterator[str]:
        """What the reader of the bill must know."""
        yield (
            "Totals, budgets and the chance to be over them are of what is billed. Billed cost is "
            "what is invoiced in a month; effective cost puts a prepayment in the months it pays "
            "for."
        )
        if self.is_mean:
            yield (
                "What contracts make of spend by steps (shortfalls, allowances, spill-over, "
                f"credits) is the mean over the {self.spend.relative.shape[1]:,} draws; everything "
                "else is exact."
            )
        yield from (pool.said for pool in self.pools if pool.said)
        for name, contract in self.contracts.items():
            yield from self._open(name, contract)

    def _open(self, name: str, contract: Contract) -> Iterator[str]:
        """A commitment whose term does not end within the plan, or not begin."""
        months = self.spend.months
        first, end = contract.term(months[0], len(months))
        if contract.commit and end > len(months) > first:
            yield (
                f"The term of {name!r} ends in {months[0] + (end - 1)}, after the plan: a "
                "shortfall of its commitment is not in it."
            )

    def _pools(self, book: PriceBook) -> Iterator[Pool]:
        stated: set[Use] = set()
        for name, contract in self.contracts.items():
            for meter in contract.free:
                uses = self.covers[name, f"free {meter}"]
                stated |= uses
                yield self.coverage.free(name, contract, uses, meter)
        yield from self.coverage.published(book, stated)
        for name, contract in self.contracts.items():
            if terms := contract.provisioned:
                uses = self.covers[name, "provisioned"]
                yield self.coverage.provisioned(name, contract, terms, uses)

    def _in(self, uses: frozenset[Use]) -> tuple[int, ...]:
        return tuple(k for k, part in enumerate(self.slices) if part and part[0] in uses)

    def _slices(self, name: str, kind: str) -> tuple[int, ...]:
        return self._in(self.covers[name, kind])

    def _active(self, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return self.coverage.active(self.contracts[name])

    def _added(self, name: str, kind: str) -> Added:
        part = float(getattr(self.contracts[name], kind))
        flows = self._under(name, kind) if kind == "tax" else ()
        return Added(name, self._slices(name, kind), self._active(name), part, flows)

    def _agreements(self) -> Iterator[Agreed]:
        kind = "commitment or credits"
        for name, contract in self.contracts.items():
            if (name, kind) in self.covers:
                terms = _agreed(contract, self.spend.months)
                yield Agreed(name, self._slices(name, kind), terms, self._under(name, kind))

    def _under(self, name: str, kind: str) -> tuple[str, ...]:
        """The contracts whose own charges fall under a term: it covers all that they cover."""
        whole = self.covers[name, kind]
        everything = self.contracts[name].scope == Scope()
        found = [name, *(other for other in self.contracts if other != name)]
        return tuple(
            other
            for other in found
            if other == name
            or (self._charged(other) <= whole and (self._charged(other) or everything))
        )


def _is_flat(discount: Discount) -> bool:
    return len(discount.steps) == 1 and not discount.steps[0].above.amount


def _steps(discount: Discount) -> Steps:
    return Steps(
        tuple(float(step.above.amount) for step in discount.steps),
        tuple(float(step.off) for step in discount.steps),
        "volume" if discount.kind == "volume" else "graduated",
        discount.per == "term",
    )


def _agreed(contract: Contract, months: Sequence[Month]) -> Commitment | Wallet:
    first, end = contract.term(months[0], len(months))
    if contract.wallet is not None:
        return _wallet(contract.wallet, months[0], first, end)
    amounts = (contract.commit, contract.minimum, contract.spent)
    commit, minimum, spent = (float(money.amount) if money else 0.0 for money in amounts)
    return Commitment(
        first, end, commit, minimum, contract.prepaid, float(contract.shortfall_fee), spent
    )


def _wallet(wallet: WalletTerms, start: Month, first: int, end: int) -> Wallet:
    lots = []
    for bought in wallet.purchases:
        month = bought.month - start
        expires = None if bought.lasts is None else month + bought.lasts
        left = bought.credits if bought.left is None else bought.left
        if left and (expires is None or expires > 0):
            paid = bought.paid.amount * left / bought.credits
            lots.append(Lot(month, float(left), float(paid), expires))
    more = wallet.top_up
    top_up = Lot(0, float(more.credits), float(more.paid.amount), more.lasts) if more else None
    return Wallet(float(wallet.rate), tuple(lots), top_up, first, end)
