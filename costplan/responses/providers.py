"""Who answers in which format, and where in a response the usage is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from costplan.errors import UnknownNameError, UsageError, listed
from costplan.meters import Meter, Usage
from costplan.responses import anthropic, bedrock, google, openai, others, telemetry
from costplan.responses.openai import Dialect
from costplan.responses.reading import Fields, plain


@dataclass(frozen=True, slots=True)
class _Format:
    """One shape of usage: known by a field it has, and read by a function."""

    marks: tuple[str, ...]
    read: Callable[[Fields, Fields], Usage]


_OPENAI_MARKS = (
    *("prompt_tokens", "completion_tokens", "total_tokens", "seconds"),
    *("input_tokens_details", "input_token_details"),
)
_MESSAGES = _Format(("input_tokens", "output_tokens"), anthropic.messages)
_GEMINI = _Format(
    (
        *("promptTokenCount", "prompt_token_count", "totalTokenCount", "total_token_count"),
        *("trafficType", "traffic_type", "total_input_tokens"),
    ),
    google.generated,
)


def _openai(*, alone: bool = True, **means: Any) -> _Format:
    """OpenAI's format in a dialect; `alone` where nothing else has `input_tokens`."""
    marks = (*_OPENAI_MARKS, "input_tokens", "output_tokens") if alone else _OPENAI_MARKS
    return _Format(marks, partial(openai.tokens, dialect=Dialect(**means)))


_WRITES_30M, _WRITES_5M = Meter.CACHE_WRITE_30M, Meter.CACHE_WRITE_5M

_FORMATS: Mapping[str, tuple[_Format, ...]] = {
    "openai": (_openai(lifetime=_WRITES_30M),),
    "azure": (_openai(alone=False, lifetime=_WRITES_30M), _MESSAGES),
    "anthropic": (_openai(alone=False, flat=True, lifetime=_WRITES_5M), _MESSAGES),
    "google": (_GEMINI, _openai(hidden_thinking=True)),
    "vertex": (_GEMINI, _openai(alone=False, hidden_thinking=True), _MESSAGES),
    "bedrock": (
        _openai(alone=False, lifetime=_WRITES_30M),
        _MESSAGES,
        _Format(("inputTextTokenCount",), bedrock.titan),
        _Format(("prompt_token_count",), bedrock.llama),
        _Format(("inputTokens", "outputTokens", "inputTokenCount"), bedrock.converse),
    ),
    "cohere": (_Format(("billed_units",), others.cohere), _openai()),
    "ollama": (_Format(("prompt_eval_count",), others.ollama), _openai()),
    "perplexity": (_Format(_OPENAI_MARKS, others.perplexity), _openai()),
    "xai": (_openai(reasoning="outside", images_as_text=True),),
    "openrouter": (_openai(alone=False, flat=True, lifetime=_WRITES_5M), _MESSAGES),
    "databricks": (_openai(alone=False, flat=True, lifetime=_WRITES_5M), _MESSAGES),
    "vercel-gateway": (_openai(alone=False, flat=True, lifetime=_WRITES_5M), _MESSAGES),
    **dict.fromkeys(
        ("deepseek", "mistral", "groq", "together", "fireworks", "cerebras", "zai"), (_openai(),)
    ),
    "openai-compatible": (_openai(flat=True),),
    "otel": (),  # attributes of a span, not a response: read apart
}

_ALIASES = {
    "azure-openai": "azure",
    "azure-ai": "azure",
    "chatgpt": "openai",
    "claude": "anthropic",
    "gemini": "google",
    "google-ai": "google",
    "google-ai-studio": "google",
    "google-genai": "google",
    "vertex-ai": "vertex",
    "google-vertex": "vertex",
    "aws": "bedrock",
    "aws-bedrock": "bedrock",
    "amazon-bedrock": "bedrock",
    "x-ai": "xai",
    "grok": "xai",
    "mistralai": "mistral",
    "mistral-ai": "mistral",
    "together-ai": "together",
    "togetherai": "together",
    "fireworks-ai": "fireworks",
    "z-ai": "zai",
    "zhipu": "zai",
    "vercel": "vercel-gateway",
    "vercel-ai-gateway": "vercel-gateway",
    "opentelemetry": "otel",
    "openinference": "otel",
    **dict.fromkeys(
        ("litellm", "vllm", "huggingface", "snowflake", "watsonx", "writer", "heroku", "gpustack"),
        "openai-compatible",
    ),
}

_INSIDE = ("usage", "usageMetadata", "usage_metadata", "meta", "amazon-bedrock-invocationMetrics")
"""Where a response has its usage; `meta` is Cohere's."""

_AROUND = ("response", "body", "result", "message", "metadata")
"""What a response is wrapped in: events of a stream, lines of a batch's results."""


def usage_from_response(provider: str, usage: Mapping[str, Any]) -> Usage:
    """What a call used, as its provider reported it, in disjoint meters.

    Args:
        provider: who answered, such as `openai` or `anthropic`, in any case; `otel` for a span.
        usage: the usage object, or the whole response around it: as JSON, as an event that ends
            a stream, as a line of a batch's results, or as an object of the provider's SDK. From
            a whole response the mode, and calls of tools that the usage leaves out, are read too.

    Returns:
        Tokens, calls, seconds by meter, those that are zero left out; `mode` and `region` where
        the provider returned them, else None. Reasoning is apart where it is reported, and
        `output` is without it.

    Raises:
        UnknownNameError: no such provider; names the nearest.
        UsageError: there is no usage, a number is missing or impossible, numbers contradict each
            other, their meaning is not clear, or an unknown field holds a number; names the field.
    """
    name = _provider(provider)
    try:
        return _read(name, plain(usage))
    except RecursionError:
        raise UsageError("the usage is nested too deeply to be one") from None


def _read(name: str, data: Any) -> Usage:
    if not isinstance(data, Mapping):
        message = f"a usage is an object, as in JSON; found {type(data).__name__}"
        raise UsageError(f"{message}: parse it first" if isinstance(data, str | bytes) else message)
    if not all(isinstance(key, str) for key in data):
        raise UsageError("a usage is an object, as in JSON: its keys are text")
    if name == "otel":
        return telemetry.span(Fields(telemetry.attributes_of(data), ""), Fields({}, ""))
    found, response = _locate(data, "")
    for form in _FORMATS[name]:
        if any(mark in found for mark in form.marks):
            read = form.read(found, response)
            return replace(read, mode="batch") if _in_batch(data) else read
    expected = sorted({mark for form in _FORMATS[name] for mark in form.marks[:1]})
    raise UsageError(f"{found.path} is no usage of {name}; expected {listed(expected)} in it")


def _provider(name: str) -> str:
    if not isinstance(name, str):
        raise UsageError(f"the provider is a name such as openai, found {name!r}")
    spelled = name.strip().casefold().replace("_", "-").replace(" ", "-").replace(".", "-")
    found = _ALIASES.get(spelled, spelled)
    if found not in _FORMATS:
        raise UnknownNameError("provider", name, [*_FORMATS, *_ALIASES])
    return found


def _in_batch(data: Mapping[str, Any]) -> bool:
    """A line of a batch's results: what is inside does not say that it was in a batch.

    OpenAI's has `custom_id` and a `body`, Anthropic's `custom_id` and a `result`, Google's `key`,
    Vertex's the `request` again beside its `response`.
    """
    inner = plain(data.get("response"))
    if isinstance(inner, Mapping):
        return ("custom_id" in data and "body" in inner) or "key" in data or "request" in data
    return "custom_id" in data and isinstance(plain(data.get("result")), Mapping)


def _locate(data: Mapping[str, Any], path: str) -> tuple[Fields, Fields]:
    """The usage, and the response it is in: an empty one where the usage was given by itself."""
    if data.get("type") == "message_start":
        message = "message_start says what was read, not yet what is written: give message_delta"
        raise UsageError(message)
    prefix = f"{path}." if path else ""
    for key in _INSIDE:
        inner = plain(data.get(key))
        if isinstance(inner, Mapping) and inner:
            return Fields(inner, f"{prefix}{key}"), Fields(data, path)
    headers = bedrock.from_headers(_headers(data))
    if headers:
        return Fields(headers, f"{prefix}headers"), Fields(data, path)
    for key in _AROUND:
        inner = plain(data.get(key))
        if isinstance(inner, Mapping) and (found := _try(inner, f"{prefix}{key}")):
            return found
    if any(key in data for key in ("usage", "usageMetadata", "choices", "candidates")):
        raise UsageError(f"{prefix}usage is missing: the response does not say what it used")
    return Fields(data, path or "usage"), Fields({}, "")


def _try(data: Mapping[str, Any], path: str) -> tuple[Fields, Fields] | None:
    """The usage inside a wrapper; None where it holds nothing of the kind."""
    inside = any(plain(data.get(key)) for key in (*_INSIDE, *_AROUND))
    return _locate(data, path) if inside or data.get("type") == "message_start" else None


def _headers(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a response of boto3, or given by themselves."""
    about = plain(data.get("ResponseMetadata"))
    found = about.get("HTTPHeaders") if isinstance(about, Mapping) else data
    return found if isinstance(found, Mapping) else {}
