"""What one conversation sends and receives: the `request` of a workload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costplan.documents import Node
from costplan.meters import Meter
from costplan.quantity import Quantity
from costplan.scenario.by_model import ByModel, TokensByModel
from costplan.scenario.conversation import (
    GAP,
    HISTORY,
    PREFIXES,
    TURNS,
    Gap,
    HistoryLimit,
    Prefixes,
    Sampled,
    TurnSpread,
    check_turns,
)
from costplan.scenario.kinds import COUNT, MODEL, SHARE, SIZE, ImageSize
from costplan.scenario.media import MEASURE, METER, OWN_KEYS, MadeImage, Measure, Sound
from costplan.scenario.tokens import CACHE, LIFETIMES, Prompt, Sent, Tokens, Tools, sized
from costplan.schema import (
    ByShape,
    Flag,
    KeyPath,
    Kind,
    ListOf,
    Made,
    MapOf,
    Reader,
    Record,
    Text,
    key,
)

_ONE = Quantity(Decimal(1), Decimal(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """Images read with each turn."""

    size: ImageSize = key(SIZE, "Width and height in pixels.", examples=["1024x768"])
    count: Quantity = key(
        COUNT, "How many with each turn.", default=Quantity(Decimal(1), Decimal(1))
    )
    detail: str = key(
        Text(choices=("auto", "low", "medium", "high", "ultra_high", "original")),
        "The detail asked for: OpenAI's detail or Gemini's media_resolution.",
        default="auto",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCache:
    """A cache of the whole conversation, worked out, or its shares as usage logs report them."""

    read: Quantity | None = key(
        SHARE,
        "Share of all input-side tokens read from the cache, as logs report it.",
        default=None,
    )
    write: Quantity = key(
        SHARE, "Share written to it.", default=Quantity(Decimal(0), Decimal(0), unit="%")
    )
    hits: Quantity | None = key(
        SHARE,
        "Share of later turns that still find what earlier ones sent; without it, worked out from "
        "gap.",
        default=None,
    )
    lifetime: str = key(CACHE, "How long it is kept.", default="5m")

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Reads and writes are parts of the same whole, or worked out."""
        if self.read is not None:
            if self.read.high + self.write.high > 1:
                yield (), f"read {self.read} and write {self.write} are over 100% together"
            if self.hits is not None:
                yield ("hits",), "read already says how much is found; keep one of the two"
        elif self.write.high:
            yield ("write",), "write goes with read: shares of all that is sent"


SIZED = ("system", "tools", "input", "output", "reasoning", "tool_calls", "tool_results")
"""The keys of a request that hold a size in tokens."""


class _AgentRequest:
    """The request of a sub-agent: one that starts no agents of its own."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A `Request`."""
        return Record(Request, without=("agents",)).read(node, path, reader)

    @property
    def alternatives(self) -> tuple[Kind, ...]:
        """A request but for `agents`."""
        return (Record(Request, without=("agents",)),)

    def json_schema(self) -> dict[str, Any]:
        """The schema of a request but for `agents`."""
        return Record(Request, without=("agents",)).json_schema()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Sub-agents that each turn starts with its first step."""

    count: Quantity = key(COUNT, "How many in each turn.", default=Quantity(Decimal(1), Decimal(1)))
    request: Request = key(_AgentRequest(), "What one of them sends and receives.")
    result: Tokens | None = key(
        sized(Tokens),
        "What it gives back, read by the next step; its output where nothing is said.",
        default=None,
    )
    model: str | None = key(MODEL, "The model it runs on, where it is another.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one conversation sends and receives."""

    system: Prompt | None = key(sized(Prompt), "System prompt, sent with every turn.", default=None)
    tools: Tools | None = key(sized(Tools), "Tool schemas, sent with every turn.", default=None)
    input: Sent | None = key(sized(Sent), "New input of each turn.", default=None)
    output: Tokens | None = key(
        sized(Tokens), "Output of each turn, without reasoning; none where it has no price.",
        default=None,
    )  # fmt: skip
    reasoning: Tokens | TokensByModel | None = key(
        ByModel(),
        "Reasoning of each API call, for all models or by model: billed as output where it has "
        "no price of its own, not sent again.",
        default=None,
    )
    scale: Quantity | None = key(
        COUNT,
        "What input, output, reasoning and sound are multiplied by: $name for one that workloads "
        "share.",
        default=None,
        examples=["$verbosity"],
    )
    reasoning_kept: bool = key(
        Flag(), "Whether reasoning stays in the context and is sent again.", default=False
    )
    turns: Quantity | TurnSpread = key(
        TURNS,
        "Turns in one conversation; each re-sends the earlier ones. One API call each, or steps.",
        default=_ONE,
    )
    gap: Gap | None = key(
        GAP,
        "Time between turns; without it a turn always comes in time for the cache.",
        default=None,
    )
    history: HistoryLimit | None = key(
        HISTORY, "How much of the earlier turns is sent again.", default=None
    )
    steps: Quantity | TurnSpread = key(
        TURNS, "API calls in one turn: all but the last call tools.", default=_ONE
    )
    fan_out: Quantity = key(COUNT, "Tools that a step calls at once.", default=_ONE)
    tool_calls: Tokens | None = key(
        sized(Tokens), "Output that calls one tool; sent again.", default=None
    )
    tool_results: Tokens | None = key(
        sized(Tokens), "What one tool gives back, new with the next step.", default=None
    )
    agents: tuple[Agent, ...] = key(
        ListOf(Record(Agent)), "Sub-agents that each turn starts.", default=()
    )
    prefixes: Prefixes = key(
        PREFIXES,
        "How many different tools and system prompts the conversations have: a number, per user "
        "or per conversation. Each is cached apart.",
        default=Prefixes(),
    )
    images: tuple[Image, ...] = key(
        ListOf(Record(Image)), "Images read with each turn.", default=()
    )
    audio: tuple[Sound, ...] = key(ListOf(Record(Sound)), "Sound read with each turn.", default=())
    audio_output: tuple[Sound, ...] = key(
        ListOf(Record(Sound)), "Sound made with each turn.", default=()
    )
    image_output: tuple[MadeImage, ...] = key(
        ListOf(Record(MadeImage)), "Images made with each turn.", default=()
    )
    usage: Mapping[Meter, Measure] = key(
        MapOf(MEASURE, Made(METER, Meter)),
        "Quantities of each turn on other meters: searches, pages, seconds, characters.",
        default={},
    )
    cache: RequestCache | None = key(
        ByShape(
            scalar=Made(CACHE, lambda lifetime: RequestCache(lifetime=lifetime)),
            mapping=Record(RequestCache),
        ),
        "Keep all of it in the cache for this long, the growing conversation too; or cached "
        "shares as your logs report them.",
        default=None,
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """One way of saying what is cached; at least one turn."""
        prompts = [name for name in ("system", "tools") if (p := getattr(self, name)) and p.cache]
        if self.cache and self.cache.read is not None and prompts:
            yield ("cache",), f"{prompts[0]} already says what is cached; keep one of the two"
        if self.system and self.tools and len(prompts) == 2:
            same = (self.system.cache, self.system.hits) == (self.tools.cache, self.tools.hits)
            if not same:
                message = (
                    "tools and system are one prefix of the prompt; give both the same cache "
                    "and hits, or only system"
                )
                yield ("tools", "cache"), message
        yield from self._check_usage()
        yield from self._check_loop()

    @staticmethod
    def also_required(present: set[str]) -> tuple[str, ...]:
        """Something is sent: text, or what stands for it."""
        sent = {"input", "images", "audio", "usage"}
        return () if present & sent else ("input",)

    def _check_usage(self) -> Iterator[tuple[KeyPath, str]]:
        for meter in self.usage:
            if meter in OWN_KEYS:
                said = OWN_KEYS[meter]
                yield ("usage", meter), f"{meter} is said by the key {said!r} of the request"
            elif getattr(self, meter, None):
                yield ("usage", meter), f"the key {meter!r} of the request says it; keep one"

    def _check_loop(self) -> Iterator[tuple[KeyPath, str]]:
        yield from check_turns("turns", self.turns)
        yield from check_turns("steps", self.steps)
        if isinstance(self.steps, Quantity) and self.steps.low < 2:
            for name in ("tool_calls", "tool_results", "agents"):
                if getattr(self, name) and self.steps.high == 1:
                    yield (name,), "a later step reads what it gives back; write steps: 2 or more"
        kept = [p.cache or "" for p in (self.system, self.tools) if p]
        longest = max(kept, key=_longer, default="")
        if self.cache and longest in LIFETIMES and _longer(longest) < _longer(self.cache.lifetime):
            yield (
                ("cache",),
                (
                    f"the conversation is kept for {self.cache.lifetime}, the prompt before it for "
                    f"{longest}: what comes first is kept as long or longer"
                ),
            )

    def samples(self) -> Iterator[tuple[KeyPath, Sampled]]:
        """What is sampled of it that is no size, with its path."""
        for name in ("turns", "steps", "gap"):
            spread = getattr(self, name)
            if isinstance(spread, Sampled) and spread.sample is not None:
                yield (name,), spread

    def each(self) -> Iterator[tuple[KeyPath, Request]]:
        """Itself and the requests of its agents, with their paths below it."""
        yield (), self
        for k, agent in enumerate(self.agents):
            yield ("agents", str(k), "request"), agent.request


def _longer(lifetime: str) -> int:
    return LIFETIMES.index(lifetime) if lifetime in LIFETIMES else -1
