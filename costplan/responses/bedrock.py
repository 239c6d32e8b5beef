"""Bedrock's own formats: Converse, the headers and bodies of InvokeModel. Cache counts come on top.

Claude and OpenAI models invoked on Bedrock answer in their makers' formats, read elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from costplan.errors import UsageError
from costplan.meters import Meter, Usage
from costplan.responses.modes import BEDROCK, mode_of
from costplan.responses.reading import Count, Fields, added, usage_from

_HEADERS = {
    "x-amzn-bedrock-input-token-count": "inputTokens",
    "x-amzn-bedrock-output-token-count": "outputTokens",
    "x-amzn-bedrock-cache-read-input-token-count": "cacheReadInputTokens",
    "x-amzn-bedrock-cache-write-input-token-count": "cacheWriteInputTokens",
}


def converse(usage: Fields, response: Fields) -> Usage:
    """Converse and whatever has its names: Nova, stream metrics; embeddings have input only.

    Raises:
        UsageError: a number is missing or impossible, the total or the cache details do not add
            up, the mode has no price per token, or an unknown field holds a number.
    """
    fresh = usage.required("inputTokens", "inputTokenCount")
    written = usage.count("outputTokens", "outputTokenCount")
    read = usage.count("cacheReadInputTokens", "cacheReadInputTokenCount")
    writes = usage.count("cacheWriteInputTokens", "cacheWriteInputTokenCount")
    total = usage.reported("totalTokens")
    if total is not None and total.value != (whole := added(fresh, read, writes, written)).value:
        raise UsageError(f"{total} is not the sum of {whole}")
    counts = {
        Meter.INPUT: fresh,
        Meter.CACHE_READ: read,
        **_lifetimes(usage, writes),
        Meter.OUTPUT: written,
    }
    usage.ignore("invocationLatency", "firstByteLatency")
    mode = _mode(response)
    usage.finish()
    return usage_from(counts, mode=mode)


def titan(body: Fields, _response: Fields) -> Usage:
    """Amazon Titan, text and embeddings: the counts are in the body itself."""
    written = [result.count("tokenCount") for result in body.parts("results")]
    streamed = body.count("totalOutputTextTokenCount")
    counts = {
        Meter.INPUT: body.required("inputTextTokenCount"),
        Meter.OUTPUT: added(*written) if written else streamed,
    }
    body.ignore("embedding", "embeddingsByType", "index", "amazon-bedrock-invocationMetrics")
    body.finish()
    return usage_from(counts)


def llama(body: Fields, _response: Fields) -> Usage:
    """Llama: the counts are in the body itself."""
    counts = {
        Meter.INPUT: body.required("prompt_token_count"),
        Meter.OUTPUT: body.required("generation_token_count"),
    }
    body.ignore("amazon-bedrock-invocationMetrics")
    body.finish()
    return usage_from(counts)


def from_headers(headers: Mapping[str, Any]) -> dict[str, Any] | None:
    """The counts in the headers of InvokeModel, by Converse's names; None where there are none."""
    lower = {str(name).casefold(): value for name, value in headers.items()}
    found = {ours: lower[name] for name, ours in _HEADERS.items() if name in lower}
    return {name: _whole(value) for name, value in found.items()} or None


def _whole(text: Any) -> Any:
    """Headers are text; what is no number is left for the reader to complain about."""
    return int(text) if isinstance(text, str) and text.isdecimal() else text


def _lifetimes(usage: Fields, writes: Count) -> dict[Meter, Count]:
    meters = {"5m": Meter.CACHE_WRITE_5M, "1h": Meter.CACHE_WRITE_1H}
    found: dict[Meter, Count] = {}
    details = usage.parts("cacheDetails")
    for detail in details:
        lifetime = detail.text("ttl")
        if lifetime not in meters:
            raise UsageError(f"{detail.at('ttl')} is {lifetime!r}; expected '5m' or '1h'")
        meter = meters[lifetime]
        found[meter] = added(*filter(None, [found.get(meter)]), detail.count("inputTokens"))
    if not details:
        return {Meter.CACHE_WRITE_5M: writes}  # the default of every model that charges for them
    if (together := added(*found.values())).value != writes.value:
        message = f"{usage.at('cacheDetails')} adds up to {together.value}, but {writes} is its"
        raise UsageError(f"{message} total")
    return found


def _mode(response: Fields) -> str | None:
    latency = response.part("performanceConfig").text("latency")
    if latency not in {None, "standard"}:
        message = f"{response.at('performanceConfig.latency')} is {latency!r}, which no mode is for"
        raise UsageError(message)
    tier = response.value("serviceTier")
    word = tier.get("type") if isinstance(tier, Mapping) else tier
    return mode_of(word, response.at("serviceTier"), BEDROCK)
