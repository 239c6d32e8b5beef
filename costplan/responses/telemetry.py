"""Telemetry spans: OpenTelemetry's GenAI attributes, their old names, and OpenInference's.

Both count every token of the prompt as input, cached or not: cache counts are subsets. (The
conventions say so since open-telemetry/semantic-conventions#3163; a span from before that has a
subset larger than its total, or a prompt that is too small, which no reader can tell.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from costplan.errors import UsageError
from costplan.meters import Meter, Usage
from costplan.responses.modes import OPENAI, mode_of
from costplan.responses.reading import Count, Fields, agreed, plain, usage_from

_OURS = ("gen_ai.usage.", "llm.token_count.", "llm.usage.")
_READ = ("input_tokens", "prompt_tokens")
_WRITTEN = ("output_tokens", "completion_tokens")
_LIFETIMES = {"openai": Meter.CACHE_WRITE_30M, "azure": Meter.CACHE_WRITE_30M} | dict.fromkeys(
    ("anthropic", "aws", "bedrock", "vertex", "gcp"), Meter.CACHE_WRITE_5M
)
"""By how the provider's name begins: `azure.ai.openai`, `aws.bedrock`, `gcp.vertex_ai`."""


def span(attributes: Fields, _response: Fields) -> Usage:
    """The usage in the attributes of a span.

    Raises:
        UsageError: it has none, a number is impossible, a subset exceeds its total, the lifetime
            of cache writes is not known, or an unknown usage attribute holds a number.
    """
    prompt = _one(attributes, "llm.token_count.prompt", *_all(*_READ))
    written = _one(attributes, "llm.token_count.completion", *_all(*_WRITTEN), needed=False)
    cached = _one(
        attributes,
        "llm.token_count.prompt_details.cache_read",
        *_all("cache_read.input_tokens", "cache_read_input_tokens"),
        needed=False,
    )
    writes = _one(
        attributes,
        "llm.token_count.prompt_details.cache_write",
        *_all("cache_creation.input_tokens", "cache_creation_input_tokens"),
        needed=False,
    )
    thought = _one(
        attributes,
        "llm.token_count.completion_details.reasoning",
        *_all("reasoning.output_tokens", "reasoning_tokens"),
        needed=False,
    )
    heard = attributes.count("llm.token_count.prompt_details.audio")
    spoken = attributes.count("llm.token_count.completion_details.audio")
    if heard and (stored := cached or writes):
        raise UsageError(f"how many of {heard} are in {stored} is not said")
    attributes.ignore("llm.token_count.total", *_all("total_tokens", "cost"))
    counts = {
        Meter.INPUT: prompt.without(cached, writes, heard),
        Meter.CACHE_READ: cached,
        Meter.AUDIO_INPUT: heard,
        Meter.OUTPUT: written.without(thought, spoken),
        Meter.REASONING: thought,
        Meter.AUDIO_OUTPUT: spoken,
    }
    if writes:
        counts[_lifetime(attributes, writes)] = writes
    tiers = ("openai.response.service_tier", "gen_ai.openai.response.service_tier")
    mode = mode_of(attributes.text(*tiers), tiers[0], OPENAI)
    attributes.finish()
    return usage_from(counts, mode=mode)


def attributes_of(span_or_attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that tell a usage, of a span as OTLP/JSON, or as a mapping.

    Only attributes of usage are checked for what we do not know: a span holds much else.
    """
    found = plain(span_or_attributes.get("attributes", span_or_attributes))
    if isinstance(found, Sequence) and not isinstance(found, str | bytes):
        found = {str(p["key"]): _otlp(p.get("value")) for p in found if _is_pair(p)}
    if not isinstance(found, Mapping):
        raise UsageError(f"the attributes of a span are an object, found {found!r}")
    wanted = (*_OURS, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")
    tiers = ("openai.response.service_tier", "gen_ai.openai.response.service_tier")
    return {name: value for name, value in found.items() if name.startswith((*wanted, *tiers))}


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, Mapping) and "key" in pair


def _otlp(value: Any) -> Any:
    """`{"intValue": "52"}`: OTLP writes 64-bit integers as text."""
    if not isinstance(value, Mapping):
        return value
    number = value.get("intValue")
    if isinstance(number, str) and number.isdecimal():
        return int(number)
    return next(iter(value.values()), None)


def _all(*names: str) -> list[str]:
    return [f"{prefix}{name}" for name in names for prefix in ("gen_ai.usage.", "llm.usage.")]


def _one(attributes: Fields, *names: str, needed: bool = True) -> Count:
    """One quantity under all its names; those that are there must agree."""
    if needed and not any(name in attributes for name in names):
        new = "gen_ai.usage.input_tokens"
        raise UsageError(f"{new} is missing: this is not the span of a call to a model")
    return agreed(attributes.reported(*names))


def _lifetime(attributes: Fields, writes: Count) -> Meter:
    keys = ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")
    said = [name for key in keys if (name := attributes.text(key))]
    for name in said:
        for start, meter in _LIFETIMES.items():
            if name.casefold().startswith(start):
                return meter
    of = f" of {said[0]!r}" if said else ""
    raise UsageError(f"{writes}: how long cache writes{of} live is not known")
