"""What a scenario file may say: one frozen dataclass per concept, which is also its schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from costplan.documents import Mapping as MappingNode
from costplan.errors import Place, suggestion
from costplan.meters import MODES
from costplan.periods import Days, Month
from costplan.quantity import Quantity
from costplan.scenario.kinds import (
    COUNT,
    DEMAND,
    DURATION,
    GROWTH,
    MONEY,
    PLAIN,
    SHARE,
    SIZE,
    TOKENS,
    TYPICAL,
    UNCERTAINTY,
    AnyQuantity,
    Duration,
    ImageSize,
    Money,
    RawMapping,
    Share,
    Uncertainty,
)
from costplan.schema import (
    DATE,
    MONTH,
    ByShape,
    KeyPath,
    Kind,
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

LIFETIMES = ("5m", "30m", "1h", "12h")
_NAME = Text(pattern=r"[A-Za-z0-9][\w .-]*", means="a name of letters, digits, dashes and dots")
_MODEL = Text(pattern=r"\S+", means="a model, such as openai/gpt-6-luna")
_CURRENCY = Text(pattern=r"[A-Z]{3}", means="a currency code such as USD")
_CACHE = Text(choices=LIFETIMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A number of tokens: stated, spread between requests, or counted from real text."""

    tokens: Quantity | None = key(TOKENS, "Tokens, as counted on the model.", default=None)
    mean: Quantity | None = key(
        TOKENS, "The mean over requests, where they differ; give p90 too.", default=None
    )
    p90: Decimal | None = key(PLAIN, "What 90% of requests stay under.", default=None)
    text: str | None = key(Text(), "The text itself; counted for each model.", default=None)
    file: str | None = key(
        Text(), "A text file, relative to the scenario; counted for each model.", default=None
    )
    sample: str | None = key(
        Text(),
        "A JSONL file with one request a line: a text, a number of tokens, or {text} or {tokens}.",
        default=None,
    )
    counted_with: str | None = key(
        _MODEL, "The model whose tokenizer gave the number; others are converted.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """One source, and only what belongs to it."""
        sources = {
            "tokens": self.tokens,
            "mean": self.mean,
            "text": self.text,
            "file": self.file,
            "sample": self.sample,
        }
        given = [name for name, value in sources.items() if value is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            yield (), f"expected one of {', '.join(sources)}; found {found}"
            return
        if (self.p90 is None) != (self.mean is None):
            yield (), "mean and p90 go together"
        if self.mean is not None and self.p90 is not None:
            yield from _check_spread(self.mean, self.p90)
        if self.counted_with and given[0] not in {"tokens", "mean"}:
            yield ("counted_with",), f"a {given[0]} is counted on each model; remove counted_with"


def _check_spread(mean: Quantity, p90: Decimal) -> Iterator[tuple[KeyPath, str]]:
    middle = (mean.low * mean.high).sqrt()  # the median, for a range: near enough to its mean
    if p90 < middle:
        yield ("p90",), f"the p90 {p90} is below the mean {mean}"
    elif middle and p90 / middle > Decimal("2.27"):
        # exp(z sigma - sigma^2 / 2) at z = 1.2816 has its largest value, 2.273, at sigma = z.
        yield (
            ("p90",),
            (
                f"no lognormal has a p90 over 2.27 times its mean ({mean} and {p90}); "
                "give {sample: FILE} with real requests instead"
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Tokens):
    """Text sent with every turn: a system prompt or tool schemas."""

    cache: str | None = key(
        _CACHE, "Keep it in the provider's prompt cache for this long.", default=None
    )
    hits: Quantity | None = key(
        SHARE,
        "Share of calls that find it cached; without it, worked out from demand.",
        default=None,
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """As for tokens, and no spread; hits only with a cache."""
        yield from Tokens.check(self)
        if self.mean is not None or self.sample is not None:
            yield (), "what is sent with every turn has one size; give tokens, text or file"
        if self.hits is not None and self.cache is None:
            yield ("hits",), "hits needs cache: 5m, 30m, 1h or 12h"


def _sized(cls: type[Tokens]) -> Kind:
    """A quantity, or a mapping that says where the number comes from."""
    return ByShape(scalar=Made(TOKENS, lambda q: cls(tokens=q)), mapping=Record(cls))


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """Images read with each turn."""

    size: ImageSize = key(SIZE, "Width and height in pixels.", examples=["1024x768"])
    count: Quantity = key(
        COUNT, "How many with each turn.", default=Quantity(Decimal(1), Decimal(1))
    )
    detail: str = key(
        Text(choices=("auto", "low", "high", "original")), "The detail asked for.", default="auto"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheShares:
    """How much of all that is sent comes from the cache, as usage logs report it."""

    read: Quantity = key(SHARE, "Share of input-side tokens read from the cache.")
    write: Quantity = key(
        SHARE, "Share written to it.", default=Quantity(Decimal(0), Decimal(0), unit="%")
    )
    lifetime: str = key(_CACHE, "How long it is kept.", default="5m")

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Reads and writes are parts of the same whole."""
        if self.read.high + self.write.high > 1:
            yield (), f"read {self.read} and write {self.write} are over 100% together"


SIZED = ("system", "tools", "input", "output", "reasoning")
"""The keys of a request that hold a size in tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one conversation sends and receives."""

    system: Prompt | None = key(
        _sized(Prompt), "System prompt, sent with every turn.", default=None
    )
    tools: Prompt | None = key(_sized(Prompt), "Tool schemas, sent with every turn.", default=None)
    input: Tokens = key(_sized(Tokens), "New input of each turn.")
    output: Tokens = key(_sized(Tokens), "Output of each turn, without reasoning.")
    reasoning: Tokens | None = key(
        _sized(Tokens), "Reasoning of each turn: billed as output, not sent again.", default=None
    )
    turns: Quantity = key(
        COUNT,
        "API calls in one conversation; each re-sends the earlier ones.",
        default=Quantity(Decimal(1), Decimal(1)),
    )
    images: tuple[Image, ...] = key(
        ListOf(Record(Image)), "Images read with each turn.", default=()
    )
    cache: CacheShares | None = key(
        Record(CacheShares), "Cached shares as your logs report them.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """One way of saying what is cached; at least one turn."""
        prompts = [name for name in ("system", "tools") if (p := getattr(self, name)) and p.cache]
        if self.cache and prompts:
            yield ("cache",), f"{prompts[0]} already says what is cached; keep one of the two"
        if self.system and self.tools and len(prompts) == 2:
            same = (self.system.cache, self.system.hits) == (self.tools.cache, self.tools.hits)
            if not same:
                message = (
                    "tools and system are one prefix of the prompt; give both the same cache "
                    "and hits, or only system"
                )
                yield ("tools", "cache"), message
        if self.turns.low < 1:
            yield ("turns",), f"a conversation has at least one turn, found {self.turns}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How many conversations there will be."""

    requests: Quantity | None = key(
        DEMAND,
        "Conversations started: per active day, per user, or once.",
        default=None,
        examples=["12k/day", "3 per user per weekday", "250k once"],
    )
    users: Quantity | None = key(COUNT, "How many users, for demand per user.", default=None)
    growth: Quantity = key(
        GROWTH,
        "Compounds monthly from the start of the plan.",
        default=Quantity(Decimal(0), Decimal(0), ("month",), "%"),
        examples=["4% to 7%/month"],
    )
    days: Days = key(
        Parsed(Days.parse),
        "Active days: all, weekdays, weekends or working(US).",
        default=Days(),
        examples=["all", "weekdays", "working(US)"],
    )
    launch: date | None = key(DATE, "First day; before it there is no demand.", default=None)
    ramp: Duration | None = key(
        DURATION, "From nothing at launch to full demand, in a straight line.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Users where demand is per user; a ramp has a launch."""
        per = self.requests.per if self.requests else ()
        if {"user", "seat"} & set(per) and self.users is None:
            yield ("requests",), f"demand is per {per[0]}; say how many with users:"
        if self.users is not None and self.requests and not {"user", "seat"} & set(per):
            yield ("users",), "demand is not per user; write requests: N per user per day"
        if self.ramp and not self.launch:
            yield ("ramp",), "a ramp starts at launch: give a day"
        if self.ramp and "once" in per:
            yield ("ramp",), "what happens once has no ramp"


@dataclass(frozen=True, slots=True, kw_only=True)
class MixFrom:
    """A routing mix from a date."""

    from_: date = key(DATE, "The first day of this mix.", name="from")
    mix: Mapping[str, Quantity | None] = key(
        MapOf(Share(), _MODEL, minimum=1), "Share of conversations by model."
    )


def _one_mix(mix: Mapping[str, Quantity | None]) -> tuple[MixFrom, ...]:
    return (MixFrom(from_=date.min, mix=mix),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Which models answer."""

    mix: tuple[MixFrom, ...] = key(
        ByShape(
            mapping=Made(MapOf(Share(), _MODEL, minimum=1), _one_mix),
            sequence=ListOf(Record(MixFrom)),
        ),
        "Share of conversations by model; or a list of {from, mix} that changes on dates.",
    )
    escalate_to: str | None = key(
        _MODEL, "The model that escalated conversations are run again on.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Shares add up to 100 %; dates rise."""
        if not self.mix:
            yield ("mix",), "expected at least one mix, found none"
        for k, entry in enumerate(self.mix):
            at: KeyPath = ("mix",) if entry.from_ == date.min else ("mix", str(k), "mix")
            if message := _check_shares(entry.mix):
                yield at, message
        dates = [entry.from_ for entry in self.mix]
        if dates != sorted(set(dates)):
            yield ("mix",), "the dates of a mix rise from one entry to the next"


def _check_shares(mix: Mapping[str, Quantity | None]) -> str:
    """What is wrong with the shares of a mix, if anything."""
    stated = [share for share in mix.values() if share is not None]
    rests = len(mix) - len(stated)
    ranges = sum(share.is_range for share in stated)
    total = sum((share.high for share in stated), Decimal(0))
    shown = f"{(total * 100).normalize():f}%"
    wrong = {
        "only one model can have the rest": rests > 1,
        "only one share of a mix can be a range; give the others numbers, and one the rest": (
            ranges > 1
        ),
        "a share is a range: give another model the rest, so that all add up to 100%": (
            bool(ranges) and not rests
        ),
        f"the shares add up to {shown}, which leaves nothing for the rest": (
            bool(rests) and (total > 1 or (bool(ranges) and total == 1))
        ),
        f"the shares add up to {shown}, expected 100% (or give one model the rest)": (
            not rests and total != 1
        ),
    }
    return next((message for message, applies in wrong.items() if applies), "")


_ZERO = Quantity(Decimal(0), Decimal(0), unit="%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What goes wrong and is paid for."""

    retry: Quantity = key(
        SHARE, "Share of calls that are sent, and paid, once more.", default=_ZERO
    )
    escalate: Quantity = key(
        SHARE, "Share of conversations run again on a stronger model.", default=_ZERO
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long requests take, and how many run at once."""

    seconds: Mapping[str, Decimal] = key(
        ByShape(
            scalar=Made(Number(minimum=0), lambda n: {"": n}),
            mapping=MapOf(Number(minimum=0), _MODEL, minimum=1),
        ),
        "Seconds one request takes: a number, or one per model.",
    )
    parallel: int = key(
        Number(minimum=1, maximum=1_000_000, whole=True), "Requests running at once.", default=1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A stream of requests with one profile."""

    owner: str = key(_NAME, "Who pays: a team or cost centre.", default="")
    demand: Demand = key(Record(Demand), "How many conversations, and when.")
    request: Request | None = key(Record(Request), "What one sends and receives.", default=None)
    routing: Routing | None = key(Record(Routing), "Which models answer.", default=None)
    batch: Quantity = key(SHARE, "Share sent through the batch API.", default=_ZERO)
    mode: str = key(Text(choices=MODES), "Mode of what is not batch.", default="standard")
    region: str | None = key(_NAME, "Region, where the provider prices it apart.", default=None)
    failures: Failures = key(Record(Failures), "Retries and escalations.", default=Failures())
    timing: Timing | None = key(
        Record(Timing), "Seconds per request, for hours of processing a day.", default=None
    )
    seat: Money | None = key(
        MONEY, "A flat price per user and month, instead of request and routing.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Either requests routed to models, or seats."""
        if self.seat is not None:
            extra = [name for name in ("request", "routing") if getattr(self, name) is not None]
            if extra:
                yield (extra[0],), "a workload of seats has no request and no routing"
            if self.demand.users is None:
                yield ("demand",), "seats need users: how many people have one"
            return
        if self.demand.requests is None:
            yield ("demand",), "the key 'requests' is missing"

    @staticmethod
    def also_required(present: set[str]) -> tuple[str, ...]:
        """Without seats there are requests, and models that answer them."""
        names = () if "seat" in present else ("request", "routing")
        return tuple(name for name in names if name not in present)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent, in the currency of the plan."""

    monthly: Money | None = key(MONEY, "Each month.", default=None)
    months: Mapping[Month, Money] = key(
        MapOf(MONEY, MONTH), "Single months that differ.", default={}
    )
    total: Money | None = key(MONEY, "The whole horizon.", default=None)
    per: Mapping[str, Money] = key(MapOf(MONEY, _NAME), "Each month, by workload.", default={})


def _fiscal_start(text: str) -> int:
    names = "january february march april may june july august september october november december"
    months = names.split()
    if text.isdigit() and 1 <= int(text) <= 12:
        return int(text)
    found = [
        k for k, name in enumerate(months, 1) if name.startswith(text.lower()) and len(text) > 2
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
    exchange: Mapping[str, Decimal] = key(
        MapOf(Number(minimum=Decimal("0.000001")), _CURRENCY),
        "What one unit of another currency is in the plan's: {USD: 0.92} for a plan in EUR.",
        default={},
    )
    fiscal_year_start: int = key(
        Parsed(_fiscal_start, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        "The month the fiscal year starts with.",
        default=1,
    )
    uncertainty: Uncertainty = key(
        UNCERTAINTY, "How unsure volumes are: typical, none, or a log deviation.", default=TYPICAL
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
    workloads: Mapping[str, Workload] = key(
        MapOf(Record(Workload), _NAME, minimum=1), "What will be asked of the models."
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
    """Content of every file that `file:` names."""
    samples: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict, repr=False)
    """Texts or token counts of every file that `sample:` names."""
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
        for at, money in self._money():
            if money.currency and money.currency != self.currency:
                yield at, f"the plan is in {self.currency}, this amount in {money.currency}"
        if self.currency in self.exchange:
            yield ("exchange", self.currency), "the plan's own currency needs no exchange rate"

    def _money(self) -> Iterator[tuple[KeyPath, Money]]:
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


SCENARIO = Record(Scenario)


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file; `scenarios/schema.json` holds it."""
    return json_schema(SCENARIO, "costplan scenario")
