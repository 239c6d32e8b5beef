"""What a call used, from the provider's own words: shapes as documented, sums by hand."""

import contextlib
import gzip
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.errors import UnknownNameError, UsageError
from costplan.meters import MODES, Meter, usage_of
from costplan.responses import usage_from_response

_RECORDED = Path(__file__).parent.parent.parent / "shared/data/usage/recorded_calls.jsonl.gz"
_WRITTEN = ("output", "reasoning", "audio_output", "image_output", "video_output")


def _chat(**more: Any) -> dict[str, Any]:
    return {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150, **more}


def _gemini(**more: Any) -> dict[str, Any]:
    return {"promptTokenCount": 100, "candidatesTokenCount": 50, "totalTokenCount": 150, **more}


def _by(**modalities: int) -> list[dict[str, Any]]:
    return [{"modality": name, "tokenCount": count} for name, count in modalities.items()]


# provider, usage, the meters. Each comment is the arithmetic.
_CASES: list[tuple[str, dict[str, Any], dict[str, float]]] = [
    (  # OpenAI's caching guide: 2006 - 1920 = 86
        "openai",
        {
            "prompt_tokens": 2006,
            "completion_tokens": 300,
            "total_tokens": 2306,
            "prompt_tokens_details": {"cached_tokens": 1920},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        {"input": 86, "cache_read": 1920, "output": 300},
    ),
    (  # 2600 - 2000 - 400 = 200; writes of OpenAI live 30 minutes
        "openai",
        {
            "input_tokens": 2600,
            "input_tokens_details": {"cached_tokens": 2000, "cache_write_tokens": 400},
            "output_tokens": 10,
            "output_tokens_details": {"reasoning_tokens": 4},
            "total_tokens": 2610,
        },
        {"input": 200, "cache_read": 2000, "cache_write_30m": 400, "output": 6, "reasoning": 4},
    ),
    ("openai", {"prompt_tokens": 8, "total_tokens": 8}, {"input": 8}),  # embeddings
    (  # audio chat: 49 - 25 = 24 of text; 20 - 18 = 2
        "azure-openai",
        {
            "prompt_tokens": 49,
            "completion_tokens": 20,
            "total_tokens": 69,
            "prompt_tokens_details": {"audio_tokens": 25, "text_tokens": 24, "cached_tokens": 0},
            "completion_tokens_details": {"audio_tokens": 18, "text_tokens": 2},
        },
        {"input": 24, "audio_input": 25, "output": 2, "audio_output": 18},
    ),
    (  # Realtime: text 119 - 64 = 55, audio 100 - 40 = 60, image 34 - 24 = 10; 253 in all
        "openai",
        {
            "total_tokens": 353,
            "input_tokens": 253,
            "output_tokens": 100,
            "input_token_details": {
                "text_tokens": 119,
                "audio_tokens": 100,
                "image_tokens": 34,
                "cached_tokens": 128,
                "cached_tokens_details": {
                    "text_tokens": 64,
                    "audio_tokens": 40,
                    "image_tokens": 24,
                },
            },
            "output_token_details": {"text_tokens": 30, "audio_tokens": 70},
        },
        {
            "input": 55,
            "audio_input": 60,
            "image_input": 10,
            "cache_read": 64,
            "audio_cache_read": 40,
            "image_cache_read": 24,
            "output": 30,
            "audio_output": 70,
        },
    ),
    (  # images API: what it writes is an image
        "openai",
        {
            "total_tokens": 100,
            "input_tokens": 50,
            "output_tokens": 50,
            "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
        },
        {"input": 10, "image_input": 40, "image_output": 50},
    ),
    ("openai", {"type": "duration", "seconds": 27.5}, {"audio_second": 27.5}),
    (
        "openai",
        {
            "type": "tokens",
            "input_tokens": 14,
            "input_token_details": {"text_tokens": 0, "audio_tokens": 14},
            "output_tokens": 45,
            "total_tokens": 59,
        },
        {"audio_input": 14, "output": 45},
    ),
    (  # Anthropic: the input excludes both
        "anthropic",
        {
            "input_tokens": 50,
            "cache_read_input_tokens": 100000,
            "cache_creation_input_tokens": 248,
            "output_tokens": 503,
        },
        {"input": 50, "cache_read": 100000, "cache_write_5m": 248, "output": 503},
    ),
    (  # 456 + 100 = 556; fetching is free; 503 - 80 = 423
        "Claude",
        {
            "input_tokens": 2048,
            "cache_read_input_tokens": 1800,
            "cache_creation_input_tokens": 556,
            "cache_creation": {"ephemeral_5m_input_tokens": 456, "ephemeral_1h_input_tokens": 100},
            "output_tokens": 503,
            "output_tokens_details": {"thinking_tokens": 80},
            "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 3},
        },
        {
            "input": 2048,
            "cache_read": 1800,
            "cache_write_5m": 456,
            "cache_write_1h": 100,
            "output": 423,
            "reasoning": 80,
            "web_search": 2,
        },
    ),
    (  # compaction is billed and not in the top level: 23000 + 180000, 1000 + 3500
        "anthropic",
        {
            "input_tokens": 23000,
            "output_tokens": 1000,
            "iterations": [
                {"type": "compaction", "input_tokens": 180000, "output_tokens": 3500},
                {"type": "message", "input_tokens": 23000, "output_tokens": 1000},
            ],
        },
        {"input": 203000, "output": 4500},
    ),
    (  # Gemini: 251 - 200 text + 20 of tools, 109 - 50 audio; thoughts on top: 380 + 17 + 20 + 33
        "gemini",
        {
            "promptTokenCount": 380,
            "cachedContentTokenCount": 250,
            "candidatesTokenCount": 17,
            "thoughtsTokenCount": 33,
            "toolUsePromptTokenCount": 20,
            "totalTokenCount": 450,
            "promptTokensDetails": _by(TEXT=251, AUDIO=109, VIDEO=20),
            "cacheTokensDetails": _by(TEXT=200, AUDIO=50),
            "toolUsePromptTokensDetails": _by(TEXT=20),
        },
        {
            "input": 71,
            "cache_read": 200,
            "audio_input": 59,
            "audio_cache_read": 50,
            "video_input": 20,
            "output": 17,
            "reasoning": 33,
        },
    ),
    (  # a PDF is DOCUMENT when sent and IMAGE when cached: 516 - 505 = 11; 32 - 31 = 1
        "vertex-ai",
        {
            "prompt_token_count": 548,
            "cached_content_token_count": 536,
            "candidates_token_count": 572,
            "thoughts_token_count": 513,
            "total_token_count": 1633,
            "prompt_tokens_details": [
                {"modality": "DOCUMENT", "token_count": 516},
                {"modality": "TEXT", "token_count": 32},
            ],
            "cache_tokens_details": [
                {"modality": "IMAGE", "token_count": 505},
                {"modality": "TEXT", "token_count": 31},
            ],
            "candidates_tokens_details": [{"modality": 1, "token_count": 572}],
        },
        {
            "input": 1,
            "image_input": 11,
            "cache_read": 31,
            "image_cache_read": 505,
            "output": 572,
            "reasoning": 513,
        },
    ),
    (  # thoughts inside the candidates, as the total says: 39 + 195 = 234; 195 - 167 = 28
        "google",
        {
            "promptTokenCount": 39,
            "candidatesTokenCount": 195,
            "thoughtsTokenCount": 167,
            "totalTokenCount": 234,
        },
        {"input": 39, "output": 28, "reasoning": 167},
    ),
    (  # an image model: what the details leave out is text, 1319 - 1290 = 29
        "google",
        {
            "promptTokenCount": 5,
            "candidatesTokenCount": 1319,
            "totalTokenCount": 1324,
            "candidatesTokensDetails": _by(IMAGE=1290),
        },
        {"input": 5, "output": 29, "image_output": 1290},
    ),
    ("google", _chat(total_tokens=180), {"input": 100, "output": 50, "reasoning": 30}),
    (  # Bedrock: the total includes the cache, 3 + 2074 + 297 + 61 = 2435
        "aws",
        {
            "inputTokens": 3,
            "outputTokens": 61,
            "totalTokens": 2435,
            "cacheReadInputTokens": 2074,
            "cacheReadInputTokenCount": 2074,
            "cacheWriteInputTokens": 297,
            "cacheWriteInputTokenCount": 297,
            "cacheDetails": [
                {"ttl": "1h", "inputTokens": 97},
                {"ttl": "5m", "inputTokens": 200},
            ],
            "serverToolUsage": {},
        },
        {
            "input": 3,
            "cache_read": 2074,
            "cache_write_5m": 200,
            "cache_write_1h": 97,
            "output": 61,
        },
    ),
    ("bedrock", {"X-Amzn-Bedrock-Input-Token-Count": "12"}, {"input": 12}),
    (
        "bedrock",
        {"inputTextTokenCount": 5, "results": [{"tokenCount": 7, "outputText": ""}]},
        {"input": 5, "output": 7},
    ),
    ("bedrock", {"embedding": [0.5, -0.25], "inputTextTokenCount": 5}, {"input": 5}),
    (
        "bedrock",
        {"generation": "", "prompt_token_count": 9, "generation_token_count": 4},
        {"input": 9, "output": 4},
    ),
    ("bedrock", {"input_tokens": 9, "output_tokens": 4}, {"input": 9, "output": 4}),
    (
        "cohere",
        {
            "billed_units": {"input_tokens": 81.0, "output_tokens": 303.0},
            "tokens": {"input_tokens": 114, "output_tokens": 307, "reasoning_tokens": 244},
            "cached_tokens": 16,
        },
        {"input": 81, "output": 59, "reasoning": 244},
    ),
    ("cohere", {"meta": {"billed_units": {"search_units": 2}}}, {"request": 2}),
    (
        "deepseek",
        _chat(prompt_cache_hit_tokens=64, prompt_cache_miss_tokens=36),
        {"input": 36, "cache_read": 64, "output": 50},
    ),
    (  # xAI: reasoning on top, 456 + 45 + 255 = 756
        "x-ai",
        {
            "prompt_tokens": 456,
            "completion_tokens": 45,
            "total_tokens": 756,
            "prompt_tokens_details": {"text_tokens": 456, "cached_tokens": 406},
            "completion_tokens_details": {"reasoning_tokens": 255},
            "num_sources_used": 0,
            "cost_in_usd_ticks": 1,
        },
        {"input": 50, "cache_read": 406, "output": 45, "reasoning": 255},
    ),
    ("mistral", _chat(num_cached_tokens=48), {"input": 52, "cache_read": 48, "output": 50}),
    (  # Voxtral: audio by time; its tokens are in the total only
        "mistralai",
        {
            "prompt_audio_seconds": 203,
            "prompt_tokens": 4,
            "completion_tokens": 635,
            "total_tokens": 3264,
        },
        {"input": 4, "output": 635, "audio_second": 203},
    ),
    ("groq", _chat(queue_time=0.05, total_time=1.5), {"input": 100, "output": 50}),
    (
        "perplexity",
        _chat(search_context_size="low", cost={"request_cost": 0.005, "total_cost": 0.0052}),
        {"input": 100, "output": 50, "request": 1},
    ),
    (  # deep research: 33 + 20016 = 20049 of input
        "perplexity",
        {
            "prompt_tokens": 33,
            "completion_tokens": 7163,
            "total_tokens": 7196,
            "citation_tokens": 20016,
            "num_search_queries": 21,
            "reasoning_tokens": 193704,
        },
        {"input": 20049, "output": 7163, "reasoning": 193704, "web_search": 21},
    ),
    (
        "openrouter",
        _chat(
            cost=0.0132,
            is_byok=False,
            prompt_tokens_details={"cached_tokens": 10, "cache_write_tokens": 60},
            server_tool_use_details={"web_search_requests": 3},
        ),
        {"input": 30, "cache_read": 10, "cache_write_5m": 60, "output": 50, "web_search": 3},
    ),
    (
        "databricks",
        _chat(cache_read_input_tokens=70, cache_creation_input_tokens=20),
        {"input": 10, "cache_read": 70, "cache_write_5m": 20, "output": 50},
    ),
    (
        "ollama",
        {"model": "m", "prompt_eval_count": 26, "eval_count": 298, "total_duration": 10706818083},
        {"input": 26, "output": 298},
    ),
    (  # OpenTelemetry: 100 in (50 cached), 200 out (150 reasoning)
        "otel",
        {
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.cache_read.input_tokens": 50,
            "gen_ai.usage.output_tokens": 200,
            "gen_ai.usage.reasoning.output_tokens": 150,
        },
        {"input": 50, "cache_read": 50, "output": 50, "reasoning": 150},
    ),
    (
        "otel",
        {"gen_ai.usage.prompt_tokens": 97, "gen_ai.usage.completion_tokens": 52, "rows": 3},
        {"input": 97, "output": 52},
    ),
    (  # OTLP/JSON: 64-bit integers are text
        "otel",
        {
            "attributes": [
                {"key": "gen_ai.provider.name", "value": {"stringValue": "anthropic"}},
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "90"}},
                {
                    "key": "gen_ai.usage.cache_creation.input_tokens",
                    "value": {"intValue": "30"},
                },
                {"key": "gen_ai.usage.output_tokens", "value": {"intValue": 7}},
            ]
        },
        {"input": 60, "cache_write_5m": 30, "output": 7},
    ),
    (
        "openinference",
        {
            "llm.token_count.prompt": 97,
            "llm.token_count.completion": 52,
            "llm.token_count.total": 149,
            "llm.token_count.prompt_details.cache_read": 40,
        },
        {"input": 57, "cache_read": 40, "output": 52},
    ),
]


@pytest.mark.parametrize(("provider", "usage", "meters"), _CASES)
def test_a_usage_becomes_disjoint_meters(
    provider: str, usage: dict[str, Any], meters: dict[str, float]
) -> None:
    expected = {Meter(name): Decimal(str(count)) for name, count in meters.items()}
    assert dict(usage_from_response(provider, usage)) == expected


# provider, usage, what the message must name
_WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "openai",
        _chat(prompt_tokens_details={"cached_tokens": 190}),
        ["usage.prompt_tokens_details.cached_tokens (190) is more than usage.prompt_tokens (100)"],
    ),
    (
        "openai",
        _chat(prompt_tokens_details={"cached_tokens": 90, "cache_write_tokens": 90}),
        ["cached_tokens (90)", "cache_write_tokens (90)", "180 together"],
    ),
    ("openai", _chat(total_tokens=149), ["usage.total_tokens (149)"]),
    ("openai", _chat(completion_tokens=None), ["usage.completion_tokens is missing"]),
    ("openai", _chat(prompt_tokens=-1), ["usage.prompt_tokens is -1"]),
    ("openai", _chat(prompt_tokens=float("nan")), ["usage.prompt_tokens is nan"]),
    ("openai", _chat(prompt_tokens=float("inf")), ["usage.prompt_tokens is inf"]),
    ("openai", _chat(prompt_tokens=True), ["usage.prompt_tokens is True"]),
    ("openai", _chat(prompt_tokens="100"), ["usage.prompt_tokens is '100'"]),
    ("openai", _chat(prompt_tokens=99.5), ["usage.prompt_tokens is 99.5", "whole"]),
    (
        "openai",
        _chat(prompt_tokens_details={"cashed_tokens": 5}),
        ["usage.prompt_tokens_details.cashed_tokens is 5", "did you mean 'cached_tokens'?"],
    ),
    ("openai", _chat(extra={"list": [0, {"fee": 0.5}]}), ["usage.extra.list[1].fee is 0.5"]),
    ("openai", _chat(prompt_tokens_details=5), ["usage.prompt_tokens_details is 5"]),
    (
        "openai",
        _chat(prompt_tokens_details={"cached_tokens": 64, "audio_tokens": 20}),
        ["how many of usage.prompt_tokens_details.audio_tokens (20)", "is not said"],
    ),
    (
        "openai",
        _chat(prompt_tokens_details={"text_tokens": 90, "audio_tokens": 20}),
        ["usage.prompt_tokens_details does not add up"],
    ),
    ("openai", _chat(service_tier="scale"), ["usage.service_tier is 'scale'", "contract"]),
    ("openai", _chat(service_tier="auto"), ["usage.service_tier is 'auto'"]),
    ("openai", _chat(service_tier="prioritty"), ["did you mean 'priority'?"]),
    ("openai", {"usage": None, "choices": []}, ["usage is missing"]),
    (
        "deepseek",
        _chat(prompt_cache_hit_tokens=64, prompt_cache_miss_tokens=35),
        ["usage.prompt_cache_hit_tokens (64)", "usage.prompt_cache_miss_tokens (35)", "99"],
    ),
    (
        "deepseek",
        _chat(prompt_cache_hit_tokens=64, prompt_tokens_details={"cached_tokens": 60}),
        ["should be the same number"],
    ),
    ("groq", _chat(prompt_tokens_details={"cache_write_tokens": 5}), ["cache_write_tokens (5)"]),
    (
        "anthropic",
        {
            "input_tokens": 10,
            "output_tokens": 5,
            "cache_creation_input_tokens": 10949,
            "cache_creation": {"ephemeral_5m_input_tokens": 2247, "ephemeral_1h_input_tokens": 0},
        },
        ["usage.cache_creation adds up to 2247", "usage.cache_creation_input_tokens (10949)"],
    ),
    ("anthropic", {"input_tokens": 19}, ["usage.output_tokens is missing"]),
    (
        "anthropic",
        {"input_tokens": 1, "output_tokens": 1, "service_tier": "priority"},
        ["usage.service_tier is 'priority'", "contract"],
    ),
    (
        "anthropic",
        {
            "input_tokens": 3,
            "output_tokens": 2,
            "iterations": [
                {"type": "message", "input_tokens": 3, "output_tokens": 2},
                {"type": "advisor_message", "model": "m", "input_tokens": 9, "output_tokens": 1},
            ],
        },
        ["usage.iterations[1].type is 'advisor_message' on m"],
    ),
    (
        "anthropic",
        {
            "input_tokens": 3,
            "output_tokens": 2,
            "iterations": [{"type": "message", "input_tokens": 4, "output_tokens": 2}],
        },
        ["usage.iterations has 4 of input, but the total is 3"],
    ),
    (
        "anthropic",
        {"type": "message_start", "message": {"usage": {"input_tokens": 3, "output_tokens": 1}}},
        ["message_start", "message_delta"],
    ),
    ("google", _gemini(totalTokenCount=140), ["usage.totalTokenCount (140)"]),
    (
        "google",
        _gemini(promptTokensDetails=_by(TEXT=90, AUDIO=20)),
        ["usage.promptTokensDetails[0].tokenCount (90)", "usage.promptTokenCount (100)"],
    ),
    ("google", _gemini(promptTokensDetails=_by(SMELL=9)), ["promptTokensDetails[0].modality"]),
    (
        "google",
        _gemini(promptTokensDetails=_by(AUDIO=20), cachedContentTokenCount=50),
        ["usage.promptTokensDetails[0].tokenCount (20)", "usage.cachedContentTokenCount (50)"],
    ),
    ("google", _gemini(trafficType="PROVISIONED_THROUGHPUT"), ["usage.trafficType"]),
    ("google", {"totalTokens": 5}, ["no usage of google"]),
    (
        "bedrock",
        {"inputTokens": 3, "outputTokens": 1, "totalTokens": 4, "cacheReadInputTokens": 9},
        ["usage.totalTokens (4)"],
    ),
    (
        "bedrock",
        {"inputTokens": 3, "cacheReadInputTokens": 9, "cacheReadInputTokenCount": 8},
        ["usage.cacheReadInputTokens (9)", "usage.cacheReadInputTokenCount (8)"],
    ),
    ("cohere", {"billed_units": {"images": 1}}, ["usage.billed_units.images (1)"]),
    ("xai", _chat(num_server_side_tools_used=2), ["usage.num_server_side_tools_used (2)"]),
    (
        "openrouter",
        _chat(server_tool_use_details={"tool_calls_executed": 1}),
        ["usage.server_tool_use_details.tool_calls_executed (1)"],
    ),
    ("perplexity", _chat(citation_tokens=125), ["usage.citation_tokens (125)", "usage.cost"]),
    ("otel", {"gen_ai.operation.name": "execute_tool"}, ["gen_ai.usage.input_tokens is missing"]),
    (
        "otel",
        {"gen_ai.usage.input_tokens": 5, "gen_ai.usage.cache_read.input_tokens": 6},
        ["gen_ai.usage.cache_read.input_tokens (6) is more than gen_ai.usage.input_tokens (5)"],
    ),
    (
        "otel",
        {"gen_ai.usage.input_tokens": 5, "gen_ai.usage.cache_creation.input_tokens": 5},
        ["how long cache writes live"],
    ),
]


@pytest.mark.parametrize(("provider", "usage", "parts"), _WRONG)
def test_what_contradicts_itself_is_an_error_that_names_the_field(
    provider: str, usage: dict[str, Any], parts: list[str]
) -> None:
    with pytest.raises(UsageError) as error:
        usage_from_response(provider, usage)
    for part in parts:
        assert part in str(error.value)


@pytest.mark.parametrize("empty", [None, 0, "", [], {}, {"a": 0}, "word", True])
def test_an_unknown_field_without_a_number_is_fine(empty: object) -> None:
    assert usage_from_response("openai", _chat(new_field=empty))[Meter.INPUT] == 100


def test_an_unknown_provider_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'anthropic'"):
        usage_from_response("antropic", {})


@pytest.mark.parametrize("given", [b"{}", "{}", None, 7, [_chat()]])
def test_only_an_object_is_a_usage(given: Any) -> None:
    with pytest.raises(UsageError, match="a usage is an object"):
        usage_from_response("openai", given)


@pytest.mark.parametrize(
    ("provider", "response", "mode", "region"),
    [
        ("openai", {"usage": _chat(), "service_tier": "default"}, "standard", None),
        ("openai", {"usage": _chat(), "service_tier": "flex"}, "flex", None),
        ("openai", {"usage": _chat()}, None, None),
        (
            "openai",
            {"custom_id": "1", "response": {"body": {"usage": _chat(), "service_tier": "default"}}},
            "batch",
            None,
        ),
        (
            "anthropic",
            {
                "result": {
                    "type": "succeeded",
                    "message": {
                        "usage": {
                            "input_tokens": 1,
                            "output_tokens": 1,
                            "service_tier": "batch",
                            "inference_geo": "us",
                        }
                    },
                }
            },
            "batch",
            "us",
        ),
        (
            "anthropic",
            {
                "input_tokens": 1,
                "output_tokens": 1,
                "service_tier": "standard",
                "speed": "fast",
                "inference_geo": "global",
            },
            "fast",
            None,
        ),
        ("vertex", _gemini(trafficType="ON_DEMAND_FLEX"), "flex", None),
        ("vertex", _gemini(trafficType=1), "standard", None),
        ("google", {"usageMetadata": _gemini(serviceTier="priority")}, "priority", None),
        (
            "bedrock",
            {"usage": {"inputTokens": 1, "outputTokens": 1}, "serviceTier": {"type": "priority"}},
            "priority",
            None,
        ),
    ],
)
def test_mode_and_region_are_what_the_provider_returned(
    provider: str, response: dict[str, Any], mode: str | None, region: str | None
) -> None:
    used = usage_from_response(provider, response)
    assert (used.mode, used.region) == (mode, region)


def test_calls_of_tools_are_counted_in_a_whole_response() -> None:
    response = {
        "type": "response.completed",
        "response": {
            "service_tier": "priority",
            "usage": {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7},
            "output": [
                {"type": "web_search_call", "action": {"type": "search"}},
                {"type": "web_search_call", "action": {"type": "open_page"}},
                {"type": "file_search_call"},
                {"type": "code_interpreter_call", "container_id": "c1"},
                {"type": "code_interpreter_call", "container_id": "c1"},
                {"type": "message"},
            ],
        },
    }
    used = usage_from_response("openai", response)
    # one search (opening a page is none), one file search, one container used twice
    expected = usage_of(input=5, output=2, web_search=1, file_search=1, code_session=1)
    assert dict(used) == dict(expected)
    assert used.mode == "priority"


def test_an_image_made_by_a_tool_is_not_billed_silently() -> None:
    response = {"usage": _chat(), "output": [{"type": "image_generation_call"}]}
    with pytest.raises(UsageError, match=r"output\[0\] is an image"):
        usage_from_response("openai", response)


def test_cache_writes_of_twelve_hours_are_told_by_the_response() -> None:
    response = {
        "usage": _chat(prompt_tokens_details={"cache_write_tokens": 60}),
        "prompt_cache_options": {"ttl": "12h"},
    }
    assert usage_from_response("openai", response)[Meter.CACHE_WRITE_12H] == 60
    response["prompt_cache_options"] = {"ttl": "24h"}
    with pytest.raises(UsageError, match="lifetime of 24h"):
        usage_from_response("openai", response)


@pytest.mark.parametrize(("model", "searches"), [("gemini-3-flash", 3), ("gemini-2.5-pro", 1)])
def test_grounding_is_billed_by_query_since_gemini_3(model: str, searches: int) -> None:
    response = {
        "usageMetadata": _gemini(),
        "modelVersion": model,
        "candidates": [{"groundingMetadata": {"webSearchQueries": ["a", "b", "", "c"]}}],
    }
    assert usage_from_response("google", response)[Meter.WEB_SEARCH] == searches
    del response["modelVersion"]
    with pytest.raises(UsageError, match="3 search queries"):
        usage_from_response("google", response)


def test_an_sdk_object_reads_as_its_json() -> None:
    class Sdk:
        def __init__(self, data: dict[str, Any]) -> None:
            self.data = data

        def model_dump(self) -> dict[str, Any]:
            return self.data

    response: Any = Sdk({"usage": _chat(), "service_tier": None})
    assert usage_from_response("openai", response) == usage_from_response("openai", _chat())


def test_meters_times_rates_are_what_providers_billed() -> None:
    # grok-4.3, from a recorded call with an image: (351 - 256) x 1.25 + 256 x 0.20
    # + (91 + 289) x 2.50 = 118.75 + 51.2 + 950 = 1119.95 millionths = 11,199,500 ticks of 1e-10.
    used = usage_from_response(
        "xai",
        {
            "prompt_tokens": 351,
            "completion_tokens": 91,
            "total_tokens": 731,
            "prompt_tokens_details": {
                "text_tokens": 333,
                "image_tokens": 18,
                "cached_tokens": 256,
            },
            "completion_tokens_details": {"reasoning_tokens": 289},
            "num_sources_used": 0,
            "cost_in_usd_ticks": 11199500,
        },
    )
    written = used[Meter.OUTPUT] + used[Meter.REASONING]
    cost = (
        used[Meter.INPUT] * Decimal("1.25")
        + used[Meter.CACHE_READ] * Decimal("0.2")
        + written * Decimal("2.5")
    )
    assert cost * 10_000 == 11_199_500
    # Claude through OpenRouter: 3 x 3 + 3211 x 3.75 = 12050.25 millionths, without the output.
    routed = usage_from_response(
        "openrouter",
        {
            "prompt_tokens": 3214,
            "completion_tokens": 100,
            "total_tokens": 3314,
            "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 3211},
            "cost_details": {"upstream_inference_prompt_cost": 0.01205025},
        },
    )
    prompt = routed[Meter.INPUT] * 3 + routed[Meter.CACHE_WRITE_5M] * Decimal("3.75")
    assert prompt == Decimal("12050.25")


_COUNTS = st.integers(0, 10**7)


@given(_COUNTS, _COUNTS, _COUNTS, _COUNTS, _COUNTS)
def test_openai_tokens_are_conserved(
    fresh: int, cached: int, writes: int, answer: int, thought: int
) -> None:
    prompt, written = fresh + cached + writes, answer + thought
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": written,
        "total_tokens": prompt + written,
        "prompt_tokens_details": {"cached_tokens": cached, "cache_write_tokens": writes},
        "completion_tokens_details": {"reasoning_tokens": thought},
    }
    used = usage_from_response("openai", usage)
    assert sum(used.values()) == prompt + written
    assert used.prompt == prompt


@given(st.lists(st.tuples(_COUNTS, _COUNTS), min_size=4, max_size=4), _COUNTS, _COUNTS)
def test_gemini_tokens_are_conserved(
    modalities: list[tuple[int, int]], answer: int, thought: int
) -> None:
    names = ("TEXT", "AUDIO", "IMAGE", "VIDEO")
    fresh, cached = sum(a for a, _ in modalities), sum(b for _, b in modalities)
    usage = {
        "promptTokenCount": fresh + cached,
        "cachedContentTokenCount": cached,
        "candidatesTokenCount": answer,
        "thoughtsTokenCount": thought,
        "totalTokenCount": fresh + cached + answer + thought,
        "promptTokensDetails": _by(
            **{n: a + b for n, (a, b) in zip(names, modalities, strict=True)}
        ),
        "cacheTokensDetails": _by(**{n: b for n, (_, b) in zip(names, modalities, strict=True)}),
    }
    used = usage_from_response("google", usage)
    assert used.prompt == fresh + cached
    assert sum(used.values()) == fresh + cached + answer + thought


@given(
    st.dictionaries(st.sampled_from([*"abc", "prompt_tokens", "usage"]), st.integers() | st.none())
)
def test_anything_is_a_usage_or_a_usage_error(data: dict[str, Any]) -> None:
    with contextlib.suppress(UsageError):
        assert usage_from_response("openai", data).mode is None


def test_importing_it_is_cheap() -> None:
    code = (
        "import sys, costplan.responses; "
        "print({'numpy', 'yaml', 'pydantic', 'openai'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# Recorded calls that must not convert, and why. 40 of Azure's are Grok, whose cache is larger than
# its prompt; the others are named in the messages.
_REFUSED = {
    ("anthropic", "anthropic.messages"): 5,  # 3 stale breakdowns, 2 advisors on another model
    ("azure", "openai.chat"): 40,
    ("bedrock", "bedrock.invoke"): 1,  # output only
    ("google", "google.generate"): 1,  # a total only
    ("mistral", "openai.chat"): 3,  # more cached than sent
    ("openrouter", "openai.chat"): 5,  # 2 reasoning > output, 2 unnamed tools, 1 cached and written
    ("perplexity", "openai.chat"): 1,  # citations without a bill
    ("vertex", "google.generate"): 1,  # nothing but trafficType
    ("xai", "openai.chat"): 1,  # more cached than sent
}
_COUNTING = "count_tokens"
"""Endpoints that count and bill nothing: no usage, except where they look like an embedding."""
_ELSEWHERE = {"pydantic-gateway": "openai", "unknown": "openai-compatible"}


@pytest.mark.skipif(
    not _RECORDED.exists(),
    reason=f"RECORDED CALLS NOT CHECKED: {_RECORDED} is absent (11,864 real usages)",
)
def test_every_recorded_call_converts_or_is_refused_for_a_reason() -> None:
    refused: Counter[tuple[str, str]] = Counter()
    with gzip.open(_RECORDED, "rt", encoding="utf-8") as lines:
        for line in lines:
            call = json.loads(line)
            kind = call["provider"], call["endpoint"]
            try:
                used = usage_from_response(_ELSEWHERE.get(kind[0], kind[0]), call["usage"])
            except UsageError:
                refused[kind] += _COUNTING not in kind[1]
                continue
            assert used.mode in {None, *MODES}
            if kind[0] != "cohere":  # bills fewer tokens than it sends
                written = sum((used[Meter(name)] for name in _WRITTEN), Decimal(0))
                assert [used.prompt, written] == _totals(call), call["record_id"]
    assert {kind: count for kind, count in refused.items() if count} == _REFUSED


def _totals(call: Mapping[str, Any]) -> list[Decimal]:
    """What the record says was read and written, but where the provider's own total says else."""
    usage = call["usage"]
    read = call.get("input_total_tokens") or 0
    read += usage.get("toolUsePromptTokenCount", 0)
    written = call.get("output_total_tokens") or 0
    total = usage.get("total_tokens", usage.get("totalTokenCount"))
    by_total = {"google.generate", "openai.chat"}
    if total and call["endpoint"] in by_total:
        written = total - read
    return [Decimal(read), Decimal(written)]
