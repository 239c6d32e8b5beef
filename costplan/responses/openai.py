"""OpenAI's usage objects, and those of the many who copy them: details are subsets of totals.

Chat Completions, Responses, embeddings, images, transcription and Realtime differ in names only.
Where copies differ in meaning, a `Dialect` says how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from costplan.errors import UsageError
from costplan.meters import Meter, Usage
from costplan.responses import tools
from costplan.responses.anthropic import cache_writes
from costplan.responses.modes import OPENAI, mode_of
from costplan.responses.reading import NOTHING, Count, Fields, added, agreed, usage_from

_PROMPT_DETAILS = (
    "prompt_tokens_details",
    "input_tokens_details",
    "input_token_details",
    "prompt_token_details",
)
_WRITTEN_DETAILS = (
    "completion_tokens_details",
    "output_tokens_details",
    "output_token_details",
    "completion_token_details",
)
_HARMLESS = (
    # Money as the provider or a gateway reckons it; we rate for ourselves.
    *("cost", "cost_details", "is_byok", "cost_in_usd_ticks", "market_cost", "gateway_cost"),
    *("estimated_cost", "pydantic_ai_gateway"),
    # Times and speeds: Groq, Azure, Cerebras, self-hosted servers.
    *("queue_time", "prompt_time", "completion_time", "total_time", "latency_checkpoint"),
    *("tokens_per_second", "prompt_tokens_per_second", "time_per_output_token_ms"),
    *("time_to_first_token_ms", "draft_tokens", "draft_tokens_acceptance"),
    # Requests in a batch of embeddings (Mistral); the last step of several, already in the totals
    # (xAI); words (Perplexity, transcription).
    *("request_count", "context_details", "search_context_size", "type", "object"),
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a copy of OpenAI's usage object means by the same names."""

    reasoning: Literal["inside", "outside", "apart"] = "inside"
    """Whether `completion_tokens` includes reasoning; `apart`: not even `total_tokens` does. Where
    there is a total, it decides between the first two."""
    hidden_thinking: bool = False
    """What `total_tokens` has beyond both others is reasoning (Gemini's OpenAI endpoint)."""
    flat: bool = False
    """Cache counts may stand beside the totals, with other names, as subsets of them."""
    lifetime: Meter | None = None
    """The meter of cache writes whose lifetime the response does not tell."""
    images_as_text: bool = False
    """Image tokens cost what text tokens cost, and the cached count runs over both (xAI)."""


def tokens(usage: Fields, response: Fields, dialect: Dialect) -> Usage:
    """The usage of a response in OpenAI's format.

    Raises:
        UsageError: a number is missing or impossible, a subset exceeds its total, totals do not
            add up, subsets overlap by an unknown amount, or an unknown field holds a number.
    """
    counts, mode = token_counts(usage, response, dialect)
    usage.finish()
    return usage_from(counts, mode=mode)


def token_counts(
    usage: Fields, response: Fields, dialect: Dialect
) -> tuple[dict[Meter, Count], str | None]:
    """The same, for those who have more fields to read before they finish."""
    usage.ignore(*_HARMLESS)
    holder = usage if "service_tier" in usage else response
    mode = mode_of(holder.text("service_tier"), holder.at("service_tier"), OPENAI)
    usage.ignore("service_tier")
    if usage.text("type") == "duration":  # transcription, billed by time
        return {Meter.AUDIO_SECOND: usage.required("seconds", whole=False)}, mode
    seconds = usage.count("prompt_audio_seconds", whole=False)
    prompt = usage.required("prompt_tokens", "input_tokens")
    read = _prompt(usage, response, prompt, dialect)
    written = _written(usage, prompt, dialect, timed=bool(seconds))
    calls = tools.xai(usage)
    called = tools.called(response)
    # One call may be reported both in the usage and among the items: it is one.
    calls = {meter: max(count, called[meter], key=_value) for meter, count in calls.items()}
    calls[Meter.WEB_SEARCH] = max(calls[Meter.WEB_SEARCH], tools.routed(usage), key=_value)
    if response.text("type") == "speech.audio.done":
        written = {Meter.AUDIO_OUTPUT: written[Meter.OUTPUT]}
    return {**read, **written, **calls, Meter.AUDIO_SECOND: seconds}, mode


def _prompt(usage: Fields, response: Fields, prompt: Count, dialect: Dialect) -> dict[Meter, Count]:
    details = usage.part(*_PROMPT_DETAILS)
    flat_reads, flat_writes = ["cached_tokens", "num_cached_tokens"], []
    if dialect.flat:
        flat_reads.append("cache_read_input_tokens")
        flat_writes.append("cache_creation_input_tokens")
    hits = usage.reported("prompt_cache_hit_tokens")
    cached = agreed(details.reported("cached_tokens"), usage.reported(*flat_reads), hits)
    misses = usage.reported("prompt_cache_miss_tokens")
    if misses is not None and (both := added(cached, misses)).value != prompt.value:
        raise UsageError(f"{cached} and {misses} are {both.value} together, but {prompt} is both")
    writes = agreed(
        details.reported("cache_write_tokens"),
        usage.reported(*flat_writes) if flat_writes else None,
    )
    audio = agreed(details.reported("audio_tokens"), usage.reported("audio_prompt_tokens"))
    image, video = details.count("image_tokens"), details.count("video_tokens")
    text = details.count("text_tokens")
    if text and added(text, audio, image, video).value != prompt.value:
        raise UsageError(f"{details.path} does not add up to {prompt}")
    if dialect.images_as_text or "num_sources_used" in usage:  # also on Azure, which hosts Grok
        image = NOTHING
    hit = _cached(details, cached, prompt, (audio, image, video))
    cached_media = (hit[Meter.AUDIO_CACHE_READ], hit[Meter.IMAGE_CACHE_READ])
    if writes and added(audio, image, video):
        media = added(audio, image, video)
        raise UsageError(f"how many of {media} are in {writes} is not said")
    apart = {
        Meter.AUDIO_INPUT: audio.without(cached_media[0]),
        Meter.IMAGE_INPUT: image.without(cached_media[1]),
        Meter.VIDEO_INPUT: NOTHING if cached.value == prompt.value else video,
    }
    return {
        Meter.INPUT: prompt.without(cached, writes, *apart.values()),
        **hit,
        **apart,
        **_lifetimes(usage, response, writes, dialect),
    }


def _cached(
    details: Fields, cached: Count, prompt: Count, media: tuple[Count, Count, Count]
) -> dict[Meter, Count]:
    """What was read from the cache, by modality; told by Realtime and the image models only."""
    split = details.part("cached_tokens_details")
    parts = [split.count(name) for name in ("audio_tokens", "image_tokens", "text_tokens")]
    heard, seen = parts[0], parts[1]
    if len(split):
        if (whole := added(*parts)).value != cached.value:
            raise UsageError(f"{split.path} adds up to {whole.value}, but {cached} is its total")
    elif cached and any(media):
        if cached.value != prompt.value:
            raise UsageError(f"how many of {added(*media)} are in {cached} is not said")
        heard, seen, _ = media  # all was cached, so they were (and video, which has no meter)
    return {
        Meter.CACHE_READ: cached.without(heard, seen),
        Meter.AUDIO_CACHE_READ: heard,
        Meter.IMAGE_CACHE_READ: seen,
    }


def _lifetimes(
    usage: Fields, response: Fields, writes: Count, dialect: Dialect
) -> dict[Meter, Count]:
    breakdown = usage.part("cache_creation") if dialect.flat else Fields({}, usage.path)
    if not writes:
        return {}
    if len(breakdown):
        return dict(cache_writes(writes, breakdown))
    options = response.part("prompt_cache_options")
    told = options.text("ttl") or response.text("prompt_cache_retention")
    model = response.text("model") or ""
    lifetimes = {"30m": Meter.CACHE_WRITE_30M, "12h": Meter.CACHE_WRITE_12H}
    usual = Meter.CACHE_WRITE_30M if model.startswith("openai/") else dialect.lifetime
    if told is not None and told not in {"in_memory", "in-memory"}:
        usual = lifetimes.get(told)
    if usual is None:
        of = f" of {told}" if told else ""
        raise UsageError(f"{writes}: there is no meter for writes with a lifetime{of} not known")
    return {usual: writes}


def _written(usage: Fields, prompt: Count, dialect: Dialect, *, timed: bool) -> dict[Meter, Count]:
    details = usage.part(*_WRITTEN_DETAILS)
    # Predictions are inside the completion, rejected ones too: billed as written.
    details.ignore("accepted_prediction_tokens", "rejected_prediction_tokens")
    audio, image = details.count("audio_tokens"), details.count("image_tokens")
    text = details.count("text_tokens")
    reasoning = agreed(
        details.reported("reasoning_tokens", "thinking_tokens"), usage.reported("reasoning_tokens")
    )
    total = usage.reported("total_tokens")
    written = usage.reported("completion_tokens", "output_tokens")
    if written is None:  # embeddings have none, and say so by their total
        if total is None or total.value != prompt.value:
            usage.required("completion_tokens", "output_tokens")
        written = NOTHING
    if text and text.value + added(audio, image).value not in {
        written.value,
        written.value - reasoning.value,
    }:
        raise UsageError(f"{details.path} does not add up to {written}")
    # Without a total: in the Responses format reasoning is inside, xAI's too.
    responses = dialect.reasoning == "outside" and "output_tokens" in usage
    inside = dialect.reasoning == "inside" or responses
    if total is not None and not timed:  # tokens of audio billed by time are in no total but this
        inside, reasoning = _judge(total, prompt, written, reasoning, dialect)
    if _makes_images(usage):
        return {Meter.OUTPUT: NOTHING, Meter.IMAGE_OUTPUT: written}
    parts = (audio, image, reasoning) if inside else (audio, image)
    return {
        Meter.OUTPUT: written.without(*parts),
        Meter.REASONING: reasoning,
        Meter.AUDIO_OUTPUT: audio,
        Meter.IMAGE_OUTPUT: image,
    }


def _judge(
    total: Count, prompt: Count, written: Count, reasoning: Count, dialect: Dialect
) -> tuple[bool, Count]:
    """Whether reasoning is inside what was written, and how much it is, by the total.

    In 10,000 recorded calls every total is the sum of prompt and completion, but for xAI's models
    (reasoning comes on top) and Gemini's OpenAI endpoint (thinking is in the total only).
    """
    beyond = total.value - prompt.value - written.value
    if beyond == 0:
        return dialect.reasoning != "apart", reasoning
    if beyond == reasoning.value and dialect.reasoning != "apart":
        return False, reasoning
    if dialect.hidden_thinking and beyond > 0 and not reasoning:
        return False, Count(total.value - prompt.value - written.value, total.path)
    message = f"{total} is neither {prompt} plus {written} nor that plus reasoning"
    raise UsageError(message)


def _makes_images(usage: Fields) -> bool:
    """The Images API: what it writes is an image, and older models do not say so in details."""
    read, wrote = usage.value("input_tokens_details"), usage.value(*_WRITTEN_DETAILS)
    asks = isinstance(read, Mapping) and {"image_tokens", "text_tokens"} <= read.keys()
    return asks and "cached_tokens" not in read and not wrote


def _value(count: Count) -> Decimal:
    return count.value
