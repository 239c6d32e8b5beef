"""What one conversation sends and receives: the `request` of a workload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from costplan.meters import Meter
from costplan.quantity import Quantity
from costplan.scenario.by_model import ByModel, TokensByModel
from costplan.scenario.kinds import COUNT, SHARE, SIZE, ImageSize
from costplan.scenario.media import MEASURE, METER, OWN_KEYS, MadeImage, Measure, Sound
from costplan.scenario.tokens import CACHE, Prompt, Sent, Tokens, Tools, sized
from costplan.schema import KeyPath, ListOf, Made, MapOf, Record, Text, key


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
class CacheShares:
    """How much of all that is sent comes from the cache, as usage logs report it."""

    read: Quantity = key(SHARE, "Share of input-side tokens read from the cache.")
    write: Quantity = key(
        SHARE, "Share written to it.", default=Quantity(Decimal(0), Decimal(0), unit="%")
    )
    lifetime: str = key(CACHE, "How long it is kept.", default="5m")

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Reads and writes are parts of the same whole."""
        if self.read.high + self.write.high > 1:
            yield (), f"read {self.read} and write {self.write} are over 100% together"


SIZED = ("system", "tools", "input", "output", "reasoning")
"""The keys of a request that hold a size in tokens."""


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
        "Reasoning of each turn, for all models or by model: billed as output where it has no "
        "price of its own, not sent again.",
        default=None,
    )
    scale: Quantity | None = key(
        COUNT,
        "What input, output, reasoning and sound are multiplied by: $name for one that workloads "
        "share.",
        default=None,
        examples=["$verbosity"],
    )
    turns: Quantity = key(
        COUNT,
        "API calls in one conversation; each re-sends the earlier ones.",
        default=Quantity(Decimal(1), Decimal(1)),
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
        for meter in self.usage:
            if meter in OWN_KEYS:
                said = OWN_KEYS[meter]
                yield ("usage", meter), f"{meter} is said by the key {said!r} of the request"
            elif getattr(self, meter, None):
                yield ("usage", meter), f"the key {meter!r} of the request says it; keep one"
        if self.turns.low < 1:
            yield ("turns",), f"a conversation has at least one turn, found {self.turns}"

    @staticmethod
    def also_required(present: set[str]) -> tuple[str, ...]:
        """Something is sent: text, or what stands for it."""
        sent = {"input", "images", "audio", "usage"}
        return () if present & sent else ("input",)
