"""The installed data of litellm: a JSON file of floats per token, with the meaning in its keys.

The package itself is never imported: that takes seconds, and may reach for the network. Its file
has no dates. Floats are read as the decimal text they are written in, so nothing is rounded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from costplan.errors import UsageError
from costplan.meters import Meter
from costplan.prices.peers import Peer, PeerRate, cache_write, not_installed, without_repeats

NAME = "litellm"
FILE = "model_prices_and_context_window_backup.json"

PREFIXES = {
    "openai": ("openai/", ""),
    "anthropic": ("anthropic/", ""),
    "google": ("gemini/", ""),
    "mistral": ("mistral/", "codestral/"),
    "deepseek": ("deepseek/", ""),
    "xai": ("xai/",),
    "cohere": ("cohere/", ""),
    "groq": ("groq/",),
    "together": ("together_ai/",),
    "fireworks": ("fireworks_ai/accounts/fireworks/models/", "fireworks_ai/"),
    "bedrock": ("global.", "bedrock/", ""),  # rates here are those of global endpoints
    "azure": ("azure/global-standard/", "azure/global/", "azure/"),
    "vertex": ("vertex_ai/", ""),
}
"""What their keys begin with, by our provider; where two keys mean one model, the first counts."""
_PROVIDERS = {
    "openai": "openai",
    "text-completion-openai": "openai",
    "anthropic": "anthropic",
    "gemini": "google",
    "mistral": "mistral",
    "codestral": "mistral",
    "deepseek": "deepseek",
    "xai": "xai",
    "cohere": "cohere",
    "cohere_chat": "cohere",
    "groq": "groq",
    "together_ai": "together",
    "fireworks_ai": "fireworks",
    "fireworks_ai-embedding-models": "fireworks",
    "bedrock": "bedrock",
    "bedrock_converse": "bedrock",
    "azure": "azure",
}
_BRANDED = frozenset({"together", "fireworks", "groq"})
"""Their models have a maker's name and a slash inside their ids."""

_KEY = re.compile(
    r"(?P<base>.+?)(?P<life>_above_1hr|_above_12hr)?"
    r"(?:_above_(?P<above>\d+)k_tokens)?(?:_(?P<mode>batches|flex|priority|ultrafast))?"
)
_METERS = {
    "input_cost_per_token": (Meter.INPUT, 1_000_000),
    "output_cost_per_token": (Meter.OUTPUT, 1_000_000),
    "output_cost_per_reasoning_token": (Meter.REASONING, 1_000_000),
    "cache_read_input_token_cost": (Meter.CACHE_READ, 1_000_000),
    "input_cost_per_audio_token": (Meter.AUDIO_INPUT, 1_000_000),
    "output_cost_per_audio_token": (Meter.AUDIO_OUTPUT, 1_000_000),
    "cache_read_input_audio_token_cost": (Meter.AUDIO_CACHE_READ, 1_000_000),
    "input_cost_per_image_token": (Meter.IMAGE_INPUT, 1_000_000),
    "output_cost_per_image_token": (Meter.IMAGE_OUTPUT, 1_000_000),
    "cache_read_input_image_token_cost": (Meter.IMAGE_CACHE_READ, 1_000_000),
    "input_cost_per_video_token": (Meter.VIDEO_INPUT, 1_000_000),
    "output_cost_per_video_token": (Meter.VIDEO_OUTPUT, 1_000_000),
    "input_cost_per_character": (Meter.CHARACTER, 1_000_000),
    "input_cost_per_query": (Meter.REQUEST, 1_000),
    "ocr_cost_per_page": (Meter.PAGE, 1_000),
    "code_interpreter_cost_per_session": (Meter.CODE_SESSION, 1),
}
_WRITES = {"_above_1hr": Meter.CACHE_WRITE_1H, "_above_12hr": Meter.CACHE_WRITE_12H}
_MODES = {None: "standard", "batches": "batch"}
_SECONDS = Decimal("1E-9")
"""To what a rate per hour made from one per second is rounded."""


def installed() -> Peer:
    """Read the data file of the installed package.

    Raises:
        UsageError: it is not installed, or has no such file.
    """
    spec = find_spec(NAME)
    if spec is None or spec.origin is None:
        raise not_installed(NAME)
    version = metadata.version(NAME)
    try:
        text = Path(spec.origin).with_name(FILE).read_text(encoding="utf-8")
    except OSError:
        raise UsageError(
            f"litellm {version} has no {FILE}, which is where its prices were"
        ) from None
    return read(json.loads(text, parse_float=Decimal), version)


def read(entries: Mapping[str, Any], version: str) -> Peer:
    """Their entries as a peer.

    Args:
        entries: the content of their file, its numbers as `Decimal` or `int`.
        version: of the package it came from.
    """
    chosen: dict[tuple[str, str], tuple[int, str]] = {}
    left_out: list[str] = []
    for key, entry in entries.items():
        provider = _provider(str(entry.get("litellm_provider")))
        if provider is None:
            continue
        rank, name = _named(provider, key)
        if name is None or not any(_rates(provider, name, entry)):
            left_out.append(f"{provider}/{key}")
            continue
        known = chosen.get((provider, name))
        if known is None or rank < known[0]:
            chosen[provider, name] = rank, key
    ids = {(provider, name.casefold()): name for provider, name in chosen}
    return Peer(
        name=NAME,
        version=version,
        rates=without_repeats(
            rate
            for (provider, name), (_, key) in chosen.items()
            for rate in _rates(provider, name, entries[key])
        ),
        left_out=tuple(left_out),
        resolve=lambda provider, name: ids.get((provider, name.casefold())),
    )


def _provider(theirs: str) -> str | None:
    return "vertex" if theirs.startswith("vertex_ai") else _PROVIDERS.get(theirs)


def _named(provider: str, key: str) -> tuple[int, str | None]:
    """The id of a model in a key, and how good a key it is; None for a copy by region or size."""
    for rank, prefix in enumerate(PREFIXES[provider]):
        if key.startswith(prefix):
            name = key.removeprefix(prefix)
            is_copy = "/" in name and provider not in _BRANDED
            return rank, None if is_copy else name
    return 0, None


def _rates(provider: str, model: str, entry: Mapping[str, Any]) -> Iterator[PeerRate]:
    """The rates of an entry, in the units of this book."""
    stated = list(_stated(provider, model, entry))
    plain = {(rate.mode, rate.above): rate.rate for rate in stated if rate.meter is Meter.OUTPUT}
    for rate in stated:
        # Reasoning at the price of output is no price of its own.
        if rate.meter is Meter.REASONING and rate.rate == plain.get((rate.mode, rate.above)):
            continue
        yield rate
    factor = (entry.get("provider_specific_entry") or {}).get("fast")
    for rate in stated:
        if factor and rate.mode == "standard" and rate.meter.unit == "tokens":
            yield replace(rate, mode="fast", rate=rate.rate * Decimal(factor))


def _stated(provider: str, model: str, entry: Mapping[str, Any]) -> Iterator[PeerRate]:
    said = PeerRate(
        provider=provider, model=model, mode="standard", meter=Meter.INPUT, rate=Decimal(0)
    )
    for key, value in entry.items():
        parts = _KEY.fullmatch(key)
        counted = _meter(provider, model, entry, parts) if parts else None
        if counted is None or parts is None or not isinstance(value, (Decimal, int)):
            continue
        meter, per = counted
        if not value and meter is Meter.OUTPUT and entry.get("mode") == "embedding":
            continue  # an embedding writes nothing; their 0 says no more
        above = int(parts["above"]) * 1_000 if parts["above"] else None
        if above and meter.unit != "tokens":
            continue  # long prompts reprice tokens
        mode = _MODES.get(parts["mode"], parts["mode"])
        rate = Decimal(value) * per
        if meter is Meter.AUDIO_SECOND:  # a price per minute is no finite number per second
            rate = rate.quantize(_SECONDS)
        yield replace(said, mode=mode, meter=meter, above=above, rate=rate)
    searches = set((entry.get("search_context_cost_per_query") or {}).values())
    if len(searches) == 1:  # three sizes with three prices are no rate per search
        rate = Decimal(searches.pop()) * 1_000
        yield replace(said, meter=Meter.WEB_SEARCH, rate=rate)


def _meter(
    provider: str, model: str, entry: Mapping[str, Any], parts: re.Match[str]
) -> tuple[Meter, int] | None:
    """The meter of a key, and how many of theirs make one of its units."""
    base = parts["base"]
    if base == "cache_creation_input_token_cost":
        return _WRITES.get(parts["life"], cache_write(provider, model)), 1_000_000
    if base == "input_cost_per_second" and entry.get("mode") == "audio_transcription":
        return Meter.AUDIO_SECOND, 3_600
    return None if parts["life"] else _METERS.get(base)
