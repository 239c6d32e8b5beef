"""Which spend a contract covers, and whether contracts can stand beside each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from costplan.engine.conversation import conversation
from costplan.engine.model import means
from costplan.errors import CostplanError, UnknownModelError, suggestion
from costplan.planning.compiling import PricedStream
from costplan.planning.findings import Findings
from costplan.planning.sizes import Variables
from costplan.prices import PriceBook
from costplan.scenario.contracts import Contract, contract_problems
from costplan.scenario.terms import Scope

_AGREED = "commitment or credits"


class Use(NamedTuple):
    """What one kind of line item is for: the smallest thing a contract can cover."""

    workload: str
    provider: str
    model: str
    mode: str
    meter: str


class Scopes:
    """Tells what the contracts of a scenario cover; models go by any of their names."""

    def __init__(self, contracts: Mapping[str, Contract], book: PriceBook) -> None:
        self.contracts = contracts
        self.book = book
        self._ids: dict[str, str] = {}

    def covered(self, name: str, kind: str, uses: Iterable[Use]) -> frozenset[Use]:
        """Those of the uses that a contract covers with one kind of its terms.

        Args:
            name: the contract.
            kind: a key of `kinds_of`.
            uses: what there is.
        """
        contract = self.contracts[name]
        term = kinds_of(contract)[kind]
        return frozenset(
            use for use in uses if self._is_in(contract.scope, use) and _takes(term, kind, use)
        )

    def _is_in(self, scope: Scope, use: Use) -> bool:
        named = (not scope.models or self._id(use.model) in map(self._id, scope.models)) and (
            self._id(use.model) not in map(self._id, scope.but)
        )
        return (
            named
            and (not scope.providers or use.provider in scope.providers)
            and (not scope.workloads or use.workload in scope.workloads)
        )

    def _id(self, model: str) -> str:
        """The model an alias stands for; seats stand for themselves."""
        if model not in self._ids:
            try:
                self._ids[model] = self.book.model(model).name
            except CostplanError:
                self._ids[model] = model
        return self._ids[model]


def kinds_of(contract: Contract) -> dict[str, object]:
    """The kinds of terms a contract has: two of one kind cannot cover the same spend."""
    found: dict[str, object] = {f"free {meter}": meter for meter in contract.free}
    terms = {
        "provisioned": contract.provisioned,
        "discount": contract.discount,
        "mark_up": contract.mark_up,
        _AGREED: contract.commit or contract.minimum or contract.wallet,
        "tax": contract.tax,
    }
    return found | {kind: term for kind, term in terms.items() if term is not None}


def _takes(term: object, kind: str, use: Use) -> bool:
    """Whether a term is for this kind of use at all."""
    if kind.startswith("free "):
        return use.meter == term
    if kind == "provisioned":  # batch and the like have queues of their own
        return use.mode == "standard" and use.meter != "seat"
    return True


def uses_of(streams: Iterable[PricedStream], variables: Variables) -> frozenset[Use]:
    """Everything the compiled workloads may use."""
    middle = means(variables.known)
    return frozenset(
        Use(priced.stream.name, cell.provider, cell.model, cell.mode, meter)
        for priced in streams
        for cell in priced.cells
        for _, meter in conversation(cell.cell.profile, cell.cell.thresholds, middle)
    )


def check_contracts(
    findings: Findings,
    book: PriceBook,
    streams: Sequence[PricedStream],
    variables: Variables,
) -> None:
    """Every name in a contract is known, nothing is agreed twice, every meter has its burndown."""
    contracts = findings.scenario.contracts
    if not contracts or findings.problems:
        return
    scenario = findings.scenario
    for at, message in contract_problems(  # again, for a plan that is made to start elsewhere
        contracts, scenario.workloads, scenario.start
    ):
        findings.problem(at, message)
    for name, contract in contracts.items():
        _check_names(name, contract, book, findings)
    uses = uses_of(streams, variables)
    scopes = Scopes(contracts, book)
    for one, other in combinations(contracts, 2):
        for kind, shared in _agreed_twice(scopes, one, other, uses, findings):
            use = min(shared)
            findings.problem(
                ("contracts", other),
                f"{other!r} and {one!r} both have a {kind} for {use.model} in {use.workload}; "
                "narrow one of them with for: (provider, model, workload, except)",
            )
    for name, contract in contracts.items():
        _check_burndown(name, contract, scopes, uses, findings)
        if not any(scopes.covered(name, kind, uses) for kind in kinds_of(contract)):
            message = f"contract {name!r} covers nothing that this plan spends"
            findings.warn("contract-covers-nothing", message, f"contracts.{name}")
        for other, kind in _partly_under(scopes, name, uses):
            message = (
                f"the {kind} of {other!r} covers only part of what {name!r} covers, and so does "
                f"not count what {name!r} itself charges"
            )
            findings.warn("contract-partly-covered", message, f"contracts.{name}")


def _check_names(name: str, contract: Contract, book: PriceBook, findings: Findings) -> None:
    at = ("contracts", name, "for")
    providers = {*book.providers, "seats"}
    for provider in contract.scope.providers:
        if provider not in providers:
            hint = suggestion(provider, providers)
            findings.problem((*at, "provider"), f"unknown provider {provider!r}{hint}")
    for key, models in (("model", contract.scope.models), ("except", contract.scope.but)):
        for model in models:
            try:
                book.model(model)
            except UnknownModelError as error:
                findings.problem((*at, key), str(error), error.exit_code)


def _agreed_twice(
    scopes: Scopes, one: str, other: str, uses: Collection[Use], findings: Findings
) -> Iterator[tuple[str, frozenset[Use]]]:
    """The kinds of terms that two contracts both have for the same spend in some month."""
    scenario = findings.scenario
    first, second = (
        scopes.contracts[name].term(scenario.start, scenario.months) for name in (one, other)
    )
    if max(first[0], second[0]) >= min(first[1], second[1]):
        return
    kinds = kinds_of(scopes.contracts[one]).keys() & kinds_of(scopes.contracts[other]).keys()
    for kind in sorted(kinds):
        shared = scopes.covered(one, kind, uses) & scopes.covered(other, kind, uses)
        if shared:
            yield kind, shared


def _partly_under(scopes: Scopes, name: str, uses: Collection[Use]) -> Iterator[tuple[str, str]]:
    """Contracts with a term that covers a part of what this one covers and charges for itself."""
    own = [k for k in ("provisioned", _AGREED) if k in kinds_of(scopes.contracts[name])]
    mine = frozenset().union(*(scopes.covered(name, kind, uses) for kind in own))
    for other, contract in scopes.contracts.items():
        for kind in (_AGREED, "tax"):
            if other != name and kind in kinds_of(contract) and (own != [_AGREED] or kind == "tax"):
                shared = mine & scopes.covered(other, kind, uses)
                if shared and shared != mine:
                    yield other, kind


def _check_burndown(
    name: str, contract: Contract, scopes: Scopes, uses: Collection[Use], findings: Findings
) -> None:
    """A meter without a burndown is never taken as nothing."""
    if contract.provisioned is None:
        return
    used = {use.meter for use in scopes.covered(name, "provisioned", uses)}
    for meter in sorted(used - set(map(str, contract.provisioned.burndown))):
        findings.problem(
            ("contracts", name, "provisioned", "burndown"),
            f"no burndown of {meter}, which what it covers uses; state one, 0 if it takes nothing",
        )
