"""What a scenario file may say: one frozen dataclass per concept, which is also its schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from costplan.documents import Mapping as MappingNode
from costplan.errors import Place, suggestion
from costplan.periods import Month
from costplan.quantity import Quantity
from costplan.scenario.contracts import CONTRACTS, Contract, contract_problems
from costplan.scenario.demand import Demand
from costplan.scenario.exchange import EXCHANGE, RateFrom, exchange_problems
from costplan.scenario.failures import Failures
from costplan.scenario.kinds import (
    MODEL,
    MONEY,
    NAME,
    SHARE,
    AnyQuantity,
    Money,
    RawMapping,
)
from costplan.scenario.limits import LIMITS, Limit, check_dates
from costplan.scenario.logs import Arrivals, Log
from costplan.scenario.optimizing import OPTIMIZE, RESIDENCY, Wishes
from costplan.scenario.requests import SIZED, Agent, Image, Request, RequestCache
from costplan.scenario.routing import MixFrom, Routing
from costplan.scenario.seasons import MONTHS
from costplan.scenario.timing import Speed, Timing
from costplan.scenario.tokens import LIFETIMES, Prompt, Sent, Tokens, Tools
from costplan.scenario.uncertainty import TYPICAL, UNCERTAINTY, Uncertainty
from costplan.scenario.unit_prices import UnitPrice
from costplan.scenario.workloads import Workload
from costplan.schema import (
    DATE,
    MONTH,
    ByShape,
    KeyPath,
    ListOf,
    Made,
    MapOf,
    Number,
    Parsed,
    Record,
    Text,
    json_schema,
    key,
)
from costplan.schema.sharing import shared

__all__ = [
    "LIFETIMES",
    "SCENARIO",
    "SIZED",
    "Agent",
    "Budget",
    "Demand",
    "Failures",
    "Image",
    "Limit",
    "MixFrom",
    "Prompt",
    "Request",
    "RequestCache",
    "Routing",
    "Scenario",
    "Sent",
    "Speed",
    "Timing",
    "Tokens",
    "Tools",
    "Workload",
    "scenario_schema",
]

_CURRENCY = Text(pattern=r"[A-Z]{3}", means="a currency code such as USD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent, in the currency of the plan."""

    monthly: Money | None = key(MONEY, "Each month.", default=None)
    months: Mapping[Month, Money] = key(
        MapOf(MONEY, MONTH), "Single months that differ.", default={}
    )
    total: Money | None = key(MONEY, "The whole horizon.", default=None)
    per: Mapping[str, Money] = key(MapOf(MONEY, NAME), "Each month, by workload.", default={})


def _fiscal_start(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 12:
        return int(text)
    found = [
        k for k, name in enumerate(MONTHS, 1) if name.startswith(text.lower()) and len(text) > 2
    ]
    if not found:
        raise ValueError(f"expected a month such as 4 or april, found {text!r}")
    return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One planning document: workloads, routing, growth, horizon, budget."""

    name: str = key(Text(), "What the plan is called.")
    description: str = key(Text(), "What it is for.", default="")
    start: Month = key(MONTH, "The first month.", examples=["2026-12"])
    months: int = key(Number(minimum=1, maximum=120, whole=True), "How many months.", default=12)
    currency: str = key(_CURRENCY, "The currency of the plan.", default="USD")
    exchange: Mapping[str, tuple[RateFrom, ...]] = key(
        MapOf(EXCHANGE, _CURRENCY),
        "What one unit of another currency is in the plan's: {USD: 0.92} for a plan in EUR; "
        "or a list of {from, rate} that changes on dates.",
        default={},
    )
    fiscal_year_start: int = key(
        Parsed(_fiscal_start, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        "The month the fiscal year starts with.",
        default=1,
    )
    uncertainty: Uncertainty = key(
        UNCERTAINTY,
        "How unsure volumes are: typical, steady, volatile, none, or a log deviation.",
        default=TYPICAL,
    )
    known_at: date | None = key(
        DATE, "Use the prices as they were known on this day.", default=None
    )
    prices: tuple[str, ...] = key(
        ByShape(scalar=Made(Text(), lambda name: (name,)), sequence=ListOf(Text())),
        "Price files of your own, laid over the shipped prices: a file, a folder, or a list.",
        default=(),
    )
    assumptions: Mapping[str, Quantity] = key(
        MapOf(AnyQuantity(), Text(pattern=r"[A-Za-z][\w-]*", means="a name of letters and digits")),
        "Named quantities, used as $name.",
        default={},
    )
    quality: Mapping[str, Mapping[str, Quantity]] = key(
        MapOf(MapOf(SHARE, MODEL, minimum=1), NAME),
        "Share of tasks done well, by task or benchmark and model.",
        default={},
    )
    residency: Mapping[str, tuple[str, ...]] = key(
        RESIDENCY, "By place, the providers and models that keep data there.", default={}
    )
    optimize: Mapping[str, Wishes] = key(
        OPTIMIZE, "By workload, what `costplan optimize` may choose and has to keep.", default={}
    )
    workloads: Mapping[str, Workload] = key(
        MapOf(Record(Workload), NAME, minimum=1), "What will be asked of the models."
    )
    limits: Mapping[str, tuple[Limit, ...]] = key(
        LIMITS,
        "What a provider or model lets through; a list of {from, ...} changes on dates.",
        default={},
    )
    contracts: Mapping[str, Contract] = key(
        CONTRACTS,
        "What is agreed with providers: discounts, commitments, credits, tax.",
        default={},
    )
    budget: Budget = key(Record(Budget), "What may be spent.", default=Budget())
    changes: Mapping[str, MappingNode] = key(
        MapOf(RawMapping(), Text(pattern=r"[^\s#@]+", means="a name without spaces, # or @")),
        "Partial scenarios laid over this one.",
        name="variants",
        default={},
    )

    # What is not in the file, but belongs to having read it.
    variant: str | None = None
    path: str = ""
    places: Mapping[KeyPath, Place] = field(default_factory=dict, repr=False, compare=False)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Content of every file that `file`, `template` or `declared` names."""
    samples: Mapping[tuple[str, str], tuple[str | int, ...]] = field(
        default_factory=dict, repr=False
    )
    """Texts or token counts of every sample, by `Tokens.records`."""
    arrivals: Mapping[Log, Arrivals] = field(default_factory=dict, repr=False)
    """What was counted in every log that `demand` names."""
    price_files: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Content of every file that `prices` names."""
    source: Any = field(default=None, repr=False, compare=False)
    """The document it was read from; see `costplan.scenario.files.Source`."""

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of its variants, in the order of the file."""
        return tuple(self.changes)

    def apply(
        self, variant: str | None = None, settings: Iterable[tuple[str, str]] = ()
    ) -> Scenario:
        """This scenario with a variant laid over it and single values set.

        Args:
            variant: one of `variants`, or None.
            settings: pairs of path and value, as `--set PATH=VALUE` gives them.

        Raises:
            UnknownNameError: no variant of that name.
            ScenarioError: the result is not a valid scenario.
        """
        applied: Scenario = self.source.apply(variant, tuple(settings))
        return applied

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Budgets name workloads; money is in the currency of the plan."""
        for name in self.budget.per:
            if name not in self.workloads:
                hint = suggestion(name, self.workloads)
                yield ("budget", "per", name), f"there is no workload {name!r}{hint}"
        for name in self.optimize:
            if name not in self.workloads:
                hint = suggestion(name, self.workloads)
                yield ("optimize", name), f"there is no workload {name!r}{hint}"
        yield from check_dates(self.limits)
        for at, money in self._money():
            if money.currency and money.currency != self.currency:
                yield at, f"the plan is in {self.currency}, this amount in {money.currency}"
        for name, workload in self.workloads.items():
            if workload.task is not None and workload.task not in self.quality:
                hint = suggestion(workload.task, self.quality)
                yield ("workloads", name, "task"), f"quality has no {workload.task!r}{hint}"
        if self.currency in self.exchange:
            yield ("exchange", self.currency), "the plan's own currency needs no exchange rate"
        yield from exchange_problems(self.exchange)
        yield from contract_problems(self.contracts, self.workloads, self.start)

    def _money(self) -> Iterator[tuple[KeyPath, Money | UnitPrice]]:
        for name in ("monthly", "total"):
            if money := getattr(self.budget, name):
                yield ("budget", name), money
        yield from (
            (("budget", "months", str(m)), money) for m, money in self.budget.months.items()
        )
        yield from ((("budget", "per", name), money) for name, money in self.budget.per.items())
        for name, workload in self.workloads.items():
            if workload.seat:
                yield ("workloads", name, "seat"), workload.seat
            yield from ((("workloads", name, *at), price) for at, price in workload.prices())
        for name, contract in self.contracts.items():
            yield from ((("contracts", name, *at), money) for at, money in contract.money())


SCENARIO = Record(Scenario)


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file; `scenarios/schema.json` holds it."""
    return shared(json_schema(SCENARIO, "costplan scenario"))
