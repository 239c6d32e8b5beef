"""The installed data of genai-prices: dated prices, tiers, and variants for the other modes.

A price with hours of the day of its own is read outside those hours. A variant states only the
rates that differ from the standard ones; only those are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from importlib import import_module, metadata
from typing import Any

from costplan.meters import Meter
from costplan.prices.peers import Peer, PeerRate, cache_write, not_installed, without_repeats

NAME = "genai-prices"
PROVIDERS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "google",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "x-ai": "xai",
    "cohere": "cohere",
    "groq": "groq",
    "together": "together",
    "fireworks": "fireworks",
    "aws": "bedrock",
    "azure": "azure",
}
"""Their providers that this book knows, and what it calls them."""

_METERS = {
    "input_mtok": Meter.INPUT,
    "output_mtok": Meter.OUTPUT,
    "output_reasoning_mtok": Meter.REASONING,
    "cache_read_mtok": Meter.CACHE_READ,
    "cache_write_1h_mtok": Meter.CACHE_WRITE_1H,
    "cache_write_12h_mtok": Meter.CACHE_WRITE_12H,
    "input_audio_mtok": Meter.AUDIO_INPUT,
    "output_audio_mtok": Meter.AUDIO_OUTPUT,
    "cache_audio_read_mtok": Meter.AUDIO_CACHE_READ,
    "input_image_mtok": Meter.IMAGE_INPUT,
    "output_image_mtok": Meter.IMAGE_OUTPUT,
    "cache_image_read_mtok": Meter.IMAGE_CACHE_READ,
    "input_video_mtok": Meter.VIDEO_INPUT,
    "output_video_mtok": Meter.VIDEO_OUTPUT,
    "requests_kcount": Meter.REQUEST,
    "web_searches_kcount": Meter.WEB_SEARCH,
    "storage_searches_kcount": Meter.FILE_SEARCH,
    "input_document_kpages": Meter.PAGE,
    "input_mchars": Meter.CHARACTER,
    "audio_hours": Meter.AUDIO_SECOND,
    "input_audio_hours": Meter.AUDIO_SECOND,
}
"""Their keys; each counts in the thousands, millions or hours that `Meter.per` is of, too."""
_MODES = {
    ("processing", "batch"): "batch",
    ("service_tier", "flex"): "flex",
    ("service_tier", "priority"): "priority",
    ("service_tier", "fast"): "priority",
    ("speed", "fast"): "fast",
}
_GLOBAL = "global."
"""How Bedrock's models begin at their global price; the bare name is dearer, or the only one."""
_VERTEX = re.compile(r"claude|llama|mistral|-maas$")
"""Under their `google` stand models of others that only Vertex AI sells."""
_CHECKED = re.compile(r"[Vv]erified (?:\w+ ){0,3}on (\d{4}-\d{2}-\d{2})")


def installed() -> Peer:
    """Read the data of the installed package.

    Raises:
        UsageError: it is not installed.
    """
    try:
        data = import_module("genai_prices.data")  # it takes a third of a second
    except ImportError:
        raise not_installed(NAME) from None
    return read(data.providers, metadata.version(NAME))


def read(providers: Iterable[Any], version: str) -> Peer:
    """Their providers as a peer.

    Args:
        providers: objects as `genai_prices.types.Provider`.
        version: of the package they came from.
    """
    known = {PROVIDERS[each.id]: each for each in providers if each.id in PROVIDERS}
    rates: list[PeerRate] = []
    left_out: list[str] = []
    for name, provider in known.items():
        for model in provider.models:
            ours = _seller(name, model.id)
            found = list(_rates(ours, model))
            rates += found
            if not found:
                left_out.append(f"{ours}/{model.id}")

    def resolve(provider: str, name: str) -> str | None:
        listed_as = "google" if provider == "vertex" else provider
        listed = known.get(listed_as)
        if listed is None:
            return None
        # The book's plain names are those of global endpoints; `us.` and its like find nothing.
        model = listed.find_model(f"{_GLOBAL}{name}") if provider == "bedrock" else None
        if model is None or not model.id.startswith(_GLOBAL):
            model = listed.find_model(name)
        return model.id if model and _seller(listed_as, model.id) == provider else None

    return Peer(
        name=NAME,
        version=version,
        rates=without_repeats(rates),
        left_out=tuple(left_out),
        resolve=resolve,
    )


def _seller(provider: str, model: str) -> str:
    return "vertex" if provider == "google" and _VERTEX.search(model) else provider


def _rates(provider: str, model: Any) -> Iterator[PeerRate]:
    checked = _checked(model.price_comments or "")
    for prices, start in _dated(model.prices):
        for meter, above, rate in _stated(provider, model.id, prices):
            yield PeerRate(
                provider=provider,
                model=model.id,
                mode="standard",
                meter=meter,
                above=above,
                rate=rate,
                from_=start,
                checked=checked,
            )
    for variant in model.price_variants or ():
        mode = next((_MODES[pair] for pair in variant.when.items() if pair in _MODES), None)
        start = getattr(variant.constraint, "start_date", None)
        if mode is None or len(variant.when) != 1:
            continue
        for meter, above, rate in _stated(provider, model.id, variant.prices):
            # A variant begins on the day somebody looked, not on the day the price did.
            yield PeerRate(
                provider=provider,
                model=model.id,
                mode=mode,
                meter=meter,
                above=above,
                rate=rate,
                from_=start,
                checked=start,
            )


def _dated(prices: Any) -> Iterator[tuple[Any, date | None]]:
    """The prices and the first day of each, without those of some hours of the day."""
    if not isinstance(prices, list):
        yield prices, None
        return
    for each in prices:
        if each.constraint is None or hasattr(each.constraint, "start_date"):
            yield each.prices, getattr(each.constraint, "start_date", None)


def _stated(provider: str, model: str, prices: Any) -> Iterator[tuple[Meter, int | None, Decimal]]:
    """Meter, threshold and rate of each key; a rate without tiers is the same in every tier."""
    keys = _METERS | {"cache_write_mtok": cache_write(provider, model)}
    values: Mapping[str, Any] = {
        key: value for key, value in vars(prices).items() if key in keys and value is not None
    }
    thresholds = sorted({t.start for value in values.values() for t in _tiers(value)})
    for key, value in values.items():
        yield keys[key], None, getattr(value, "base", value)
        for threshold in thresholds if keys[key].unit == "tokens" else ():
            held = [tier.price for tier in _tiers(value) if tier.start <= threshold]
            yield keys[key], threshold, held[-1] if held else getattr(value, "base", value)


def _tiers(value: Any) -> list[Any]:
    return list(getattr(value, "tiers", ()))


def _checked(comments: str) -> date | None:
    """The latest day the comments say the standard rates were looked at."""
    about = [said for said in re.split(r"(?<=\.)\s", comments) if not _OTHER_MODES.match(said)]
    days = [date.fromisoformat(day) for said in about for day in _CHECKED.findall(said)]
    return max(days, default=None)


_OTHER_MODES = re.compile(r"(?:Batch|Flex|Fast|Priority)\b")
