"""What is counted and billed: the meters, and a vector of disjoint quantities over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from costplan.errors import UnknownNameError, UsageError


class Meter(StrEnum):
    """A billable quantity. Meters are disjoint: a token is counted on exactly one of them."""

    INPUT = "input"
    """Text tokens read at the full price: neither read from a cache nor written to one."""
    CACHE_READ = "cache_read"
    CACHE_WRITE_5M = "cache_write_5m"
    CACHE_WRITE_30M = "cache_write_30m"
    CACHE_WRITE_1H = "cache_write_1h"
    CACHE_WRITE_12H = "cache_write_12h"
    CACHE_STORAGE = "cache_storage"
    """Token-hours for which an explicit cache is kept."""
    OUTPUT = "output"
    """Tokens written, reasoning included unless it is priced apart."""
    REASONING = "reasoning"
    AUDIO_INPUT = "audio_input"
    AUDIO_OUTPUT = "audio_output"
    AUDIO_CACHE_READ = "audio_cache_read"
    IMAGE_INPUT = "image_input"
    IMAGE_OUTPUT = "image_output"
    IMAGE_CACHE_READ = "image_cache_read"
    VIDEO_INPUT = "video_input"
    VIDEO_OUTPUT = "video_output"
    REQUEST = "request"
    WEB_SEARCH = "web_search"
    FILE_SEARCH = "file_search"
    CODE_SESSION = "code_session"
    PAGE = "page"
    CHARACTER = "character"
    AUDIO_SECOND = "audio_second"

    @property
    def unit(self) -> str:
        """What one of it is, for a line item: `tokens`, `token-hours`, `requests`, ..."""
        return _UNITS.get(self, "tokens")

    @property
    def per(self) -> int:
        """How many units a rate is for, as providers publish it: 1,000,000 tokens, 1,000 calls."""
        return _PER.get(self, 1_000_000)


_UNITS = {
    Meter.CACHE_STORAGE: "token-hours",
    Meter.REQUEST: "requests",
    Meter.WEB_SEARCH: "searches",
    Meter.FILE_SEARCH: "searches",
    Meter.CODE_SESSION: "sessions",
    Meter.PAGE: "pages",
    Meter.CHARACTER: "characters",
    Meter.AUDIO_SECOND: "seconds",
}
_PER = {
    Meter.REQUEST: 1_000,
    Meter.WEB_SEARCH: 1_000,
    Meter.FILE_SEARCH: 1_000,
    Meter.CODE_SESSION: 1,
    Meter.PAGE: 1_000,
    Meter.AUDIO_SECOND: 3_600,
}

CACHE_WRITES = (
    Meter.CACHE_WRITE_5M,
    Meter.CACHE_WRITE_30M,
    Meter.CACHE_WRITE_1H,
    Meter.CACHE_WRITE_12H,
)
"""The cache writes, shortest lifetime first."""

MODES = ("standard", "batch", "flex", "priority", "fast", "ultrafast")
"""How a provider can be asked to process a request; each has prices of its own."""

PROMPT = frozenset(
    {
        Meter.INPUT,
        Meter.CACHE_READ,
        *CACHE_WRITES,
        Meter.AUDIO_INPUT,
        Meter.AUDIO_CACHE_READ,
        Meter.IMAGE_INPUT,
        Meter.IMAGE_CACHE_READ,
        Meter.VIDEO_INPUT,
    }
)
"""The meters whose sum is the size of a prompt: it decides long-context tiers."""


_PLACE = {meter: k for k, meter in enumerate(Meter)}
_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Usage(Mapping[Meter, Decimal]):
    """Quantities of one request by meter; what is absent is zero.

    Build it with `usage_of(input=500, output=300)`.

    Raises:
        UsageError: a quantity is negative, infinite or not a number.
    """

    quantities: Mapping[Meter, Decimal]
    mode: str | None = None
    """The mode the provider says it billed, where known."""
    region: str | None = None

    def __post_init__(self) -> None:
        for meter, quantity in self.quantities.items():
            if not quantity.is_finite() or quantity < 0:
                raise UsageError(f"{meter} is {quantity}; a quantity is a number, 0 or more")

    def __getitem__(self, meter: Meter) -> Decimal:
        return self.quantities.get(meter, _NONE)

    def __iter__(self) -> Iterator[Meter]:
        return iter(self.quantities)

    def __len__(self) -> int:
        return len(self.quantities)

    def in_order(self) -> Iterator[tuple[Meter, Decimal]]:
        """The quantities in the order of the meters, whatever order they came in."""
        quantities = self.quantities
        for meter in sorted(quantities, key=_PLACE.__getitem__):
            yield meter, quantities[meter]

    @property
    def prompt(self) -> Decimal:
        """Tokens of the whole prompt, cached or not: what long-context tiers are judged by."""
        prompt = _NONE
        for meter, quantity in self.quantities.items():  # for every bill: a loop is half a sum()
            if meter in PROMPT:
                prompt += quantity
        return prompt


def usage_of(
    *, mode: str | None = None, region: str | None = None, **quantities: Decimal | float
) -> Usage:
    """A `Usage` from keywords named as the meters are.

    Raises:
        UnknownNameError: a keyword is not a meter; names the nearest.
        UsageError: a quantity is negative, infinite or not a number.
    """
    read: dict[Meter, Decimal] = {}
    for name, quantity in quantities.items():
        if name not in Meter:
            raise UnknownNameError("meter", name, map(str, Meter))
        try:
            read[Meter(name)] = Decimal(str(quantity))
        except InvalidOperation:
            message = f"{name} is {quantity!r}; a quantity is a number, 0 or more"
            raise UsageError(message) from None
    return Usage(read, mode=mode, region=region)
