"""Gemini's usage metadata: prompt and cache by modality; thoughts beside what was written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from costplan.errors import UsageError, suggestion
from costplan.meters import Meter, Usage
from costplan.responses import tools
from costplan.responses.modes import GOOGLE, mode_of
from costplan.responses.reading import NOTHING, Count, Fields, added, usage_from

_MODALITIES = ("MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT")
"""In the order of Google's enumeration: some clients give the number."""

_LIKE = {"MODALITY_UNSPECIFIED": "TEXT", "DOCUMENT": "IMAGE"}
"""The unspecified is text (documented). A PDF is read as images of its pages: in recorded calls a
prompt's DOCUMENT tokens are IMAGE tokens when they are read from the cache."""

_TRAFFIC = {0: "unspecified", 1: "on_demand", 2: "provisioned_throughput"}

_CACHE_DETAILS = ("cacheTokensDetails", "cachedTokensDetails", "cached_tokens")


def generated(usage: Fields, response: Fields) -> Usage:
    """The usage of generateContent, Live, embedding or an interaction, from AI Studio or Vertex.

    Cached video is `cache_read`: no price list has it apart. Tokens of tools' results are input.

    Raises:
        UsageError: a number is missing or impossible, modalities exceed their total, the total
            does not add up, cached media are not told apart, or an unknown field holds a number.
    """
    prompt = usage.required(*_names("promptTokenCount"), "total_input_tokens")
    cached = usage.count(*_names("cachedContentTokenCount"), "total_cached_tokens")
    tool = usage.count(*_names("toolUsePromptTokenCount"), "total_tool_use_tokens")
    usage.ignore("pydantic_ai_gateway")  # a gateway's estimate of the cost
    counts = _prompt(usage, prompt, cached, tool) | _written(usage, added(prompt, tool))
    counts[Meter.WEB_SEARCH] = tools.grounded(response)
    mode = _mode(usage, response)
    usage.finish()
    return usage_from(counts, mode=mode)


def _prompt(usage: Fields, prompt: Count, cached: Count, tool: Count) -> dict[Meter, Count]:
    # `promptTokenDetails` is what embedding calls it.
    sent = _split(usage, prompt, "promptTokensDetails", "promptTokenDetails", "input_tokens")
    hit = _split(usage, cached, *_CACHE_DETAILS)
    used = _split(usage, tool, "toolUsePromptTokensDetails", "tool_use_tokens")
    media = added(sent["AUDIO"], sent["IMAGE"], sent["VIDEO"])
    if cached and media and not any(name in usage for name in _spelled(*_CACHE_DETAILS)):
        raise UsageError(f"how many of {media} are in {cached} is not said")
    fresh = {name: sent[name].without(hit[name]) for name in ("TEXT", "AUDIO", "IMAGE", "VIDEO")}
    return {
        Meter.INPUT: added(fresh["TEXT"], used["TEXT"]),
        Meter.AUDIO_INPUT: added(fresh["AUDIO"], used["AUDIO"]),
        Meter.IMAGE_INPUT: added(fresh["IMAGE"], used["IMAGE"]),
        Meter.VIDEO_INPUT: added(fresh["VIDEO"], used["VIDEO"]),
        Meter.CACHE_READ: cached.without(hit["AUDIO"], hit["IMAGE"]),
        Meter.AUDIO_CACHE_READ: hit["AUDIO"],
        Meter.IMAGE_CACHE_READ: hit["IMAGE"],
    }


def _written(usage: Fields, read: Count) -> dict[Meter, Count]:
    answer = usage.count(
        *_names("candidatesTokenCount"), *_names("responseTokenCount"), "total_output_tokens"
    )
    thought = usage.count(*_names("thoughtsTokenCount"), "total_thought_tokens")
    total = usage.reported(*_names("totalTokenCount"), "total_tokens")
    # Thoughts come on top of the answer. Previews of Gemini 2.5 had them inside: their total says.
    inside = False
    if total is not None and total.value != added(read, answer, thought).value:
        if total.value != added(read, answer).value:
            raise UsageError(f"{total} is not the sum of {added(read, answer, thought)}")
        inside = True
    answer = answer.without(thought) if inside else answer
    split = _split(
        usage, answer, "candidatesTokensDetails", "responseTokensDetails", "output_tokens"
    )
    return {
        Meter.OUTPUT: split["TEXT"],
        Meter.REASONING: thought,
        Meter.AUDIO_OUTPUT: split["AUDIO"],
        Meter.IMAGE_OUTPUT: split["IMAGE"],
        Meter.VIDEO_OUTPUT: split["VIDEO"],
    }


def _split(usage: Fields, total: Count, *names: str) -> Mapping[str, Count]:
    """A total by modality. What the details leave out is text, as OpenRouter's bills confirm."""
    found: dict[str, Count] = defaultdict(lambda: NOTHING)
    for entry in usage.parts(*_spelled(*names)):
        modality = _modality(entry)
        found[modality] = added(found[modality], entry.count(*_names("tokenCount"), "tokens"))
    rest = total.without(*found.values())
    found["TEXT"] = added(found["TEXT"], rest)
    return found


def _modality(entry: Fields) -> str:
    said = entry.value("modality")
    number = said if type(said) is int and 0 <= said < len(_MODALITIES) else None
    name = _MODALITIES[number] if number is not None else str(getattr(said, "value", said)).upper()
    if name not in _MODALITIES:
        known = suggestion(name, _MODALITIES)
        raise UsageError(f"{entry.at('modality')} is {said!r}, an unknown modality{known}")
    return _LIKE.get(name, name)


def _mode(usage: Fields, response: Fields) -> str | None:
    traffic = usage.value(*_names("trafficType"))
    word = getattr(traffic, "value", traffic)
    word = _TRAFFIC.get(word) if isinstance(word, int) else word
    word = str(word or "").casefold().removeprefix("traffic_type_")
    by_traffic = mode_of(word, usage.at("trafficType"), GOOGLE)
    holder = usage if any(name in usage for name in _names("serviceTier")) else response
    tier = (holder.text(*_names("serviceTier")) or "").casefold().removeprefix("service_tier_")
    usage.ignore(*_names("serviceTier"))
    by_tier = mode_of(tier, holder.at("serviceTier"), GOOGLE)
    if by_traffic and by_tier and by_traffic != by_tier:
        message = f"{usage.at('trafficType')} says {by_traffic!r}, the service tier {by_tier!r}"
        raise UsageError(message)
    return by_traffic or by_tier


def _names(camel: str) -> tuple[str, str]:
    """Both spellings: of the API, and of Google's Python clients."""
    return camel, re.sub(r"(?=[A-Z])", "_", camel).lower()


def _spelled(*names: str) -> list[str]:
    """All spellings of a list by modality; Interactions has it as `input_tokens_by_modality`."""
    return [
        spelling
        for name in names
        for spelling in ([f"{name}_by_modality"] if "_" in name else _names(name))
    ]
