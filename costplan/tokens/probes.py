"""The few small requests that show a model's constants, for each provider that counts.

Texts are short and plain, so that their own tokens are not in doubt, and always the same, so that
an answer remembered once serves for good.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from costplan.tokens.calibration import Probe
from costplan.tokens.families import identify

SIDE = 224
"""Pixels of the probe's image: one tile, or 8 x 8 or 7 x 7 patches, and no model resizes it."""

_ASK, _ANSWER, _MORE = "What is the weather?", "It is sunny.", "And in the evening?"
_SYSTEM, _RESULT = "Answer in one sentence.", "sunny"
_TOOLS = ("weather_a", "weather_b")
_DESCRIPTION = "Get the weather of a city."
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How an API writes what the probes are made of."""

    messages: str
    """The key of the messages."""
    system: str
    """The key of the system prompt."""
    system_messages: int
    """How many messages the system prompt is counted as."""
    tools: tuple[Json, Json]
    auto: str | Json
    forced: str | Json
    called: tuple[Json, Json]
    """A call of the first tool, and its result."""
    called_messages: int
    """How many messages those two are counted as."""
    thinking: Json
    """Keys of a request."""
    seen: tuple[Json, Json]
    """An image, and a text."""


def probes(provider: str, model: str) -> tuple[Probe, ...]:
    """The probes of a provider's model.

    Args:
        provider: `anthropic` or `openai`.
        model: its name, which decides how thinking is switched on.
    """
    api = _messages_api(model) if provider == "anthropic" else _responses_api()
    user = {"role": "user", "content": _ASK}
    more = ({"role": "assistant", "content": _ANSWER}, {"role": "user", "content": _MORE})
    base = {"request": 1, "message": 1}
    tooled = {**base, "tools_auto": 1, "tool": 1}
    first = {"tools": [api.tools[0]], "tool_choice": api.auto}

    def probe(
        name: str, keys: Json, holds: Mapping[str, int], *texts: str, after: Any = ()
    ) -> Probe:
        return Probe(name, {api.messages: [user, *after], **keys}, holds, (_ASK, *texts))

    return (
        probe("one", {}, base),
        probe("turns", {}, {**base, "message": 3}, _ANSWER, _MORE, after=more),
        probe(
            "system",
            {api.system: _SYSTEM},
            {**base, "message": 1 + api.system_messages, "system": 1},
            _SYSTEM,
        ),
        probe("one tool", first, tooled),
        probe("forced", {**first, "tool_choice": api.forced}, {**base, "tools_any": 1, "tool": 1}),
        probe("two tools", {**first, "tools": [*api.tools]}, {**tooled, "tool": 2}),
        probe(
            "call",
            first,
            {**tooled, "message": 1 + api.called_messages, "call": 1},
            _RESULT,
            after=api.called,
        ),
        probe("thinking", api.thinking, {**base, "thinking": 1}),
        probe("image", {api.messages: [{**user, "content": [*api.seen]}]}, {**base, "image": 1}),
    )


def _messages_api(model: str) -> _Dialect:
    """Of Anthropic: the system prompt is no message; a call and its result are one, a turn."""
    a, b = ({"name": name, "description": _DESCRIPTION, "input_schema": _SCHEMA} for name in _TOOLS)
    call = {"type": "tool_use", "id": "toolu_1", "name": _TOOLS[0], "input": {"city": "Rome"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": _RESULT}
    image = {"type": "base64", "media_type": "image/png", "data": _encoded_png()}
    # Opus 4.7 and later refuse a budget.
    is_adaptive = (identify(model).version or (5, 0)) >= (4, 7)
    budget = {"type": "enabled", "budget_tokens": 1024}
    return _Dialect(
        messages="messages",
        system="system",
        system_messages=0,
        tools=(a, b),
        auto={"type": "auto"},
        forced={"type": "any"},
        called=({"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}),
        called_messages=1,
        thinking={"thinking": {"type": "adaptive"} if is_adaptive else budget},
        seen=({"type": "image", "source": image}, {"type": "text", "text": _ASK}),
    )


def _responses_api() -> _Dialect:
    """Of OpenAI: instructions are a message; a call and its result are none."""
    tool = {"type": "function", "description": _DESCRIPTION, "parameters": _SCHEMA, "strict": False}
    a, b = ({**tool, "name": name} for name in _TOOLS)
    call = {"type": "function_call", "call_id": "call_1", "name": _TOOLS[0]}
    url = f"data:image/png;base64,{_encoded_png()}"
    return _Dialect(
        messages="input",
        system="instructions",
        system_messages=1,
        tools=(a, b),
        auto="auto",
        forced="required",
        called=(
            {**call, "arguments": '{"city":"Rome"}'},
            {"type": "function_call_output", "call_id": "call_1", "output": _RESULT},
        ),
        called_messages=0,
        thinking={"reasoning": {"effort": "medium"}},
        seen=(
            {"type": "input_image", "image_url": url, "detail": "high"},
            {"type": "input_text", "text": _ASK},
        ),
    )


def _encoded_png() -> str:
    """A grey square of `SIDE` pixels, in base64 (www.w3.org/TR/png, sections 5 and 11)."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    lines = (b"\0" + b"\x80" * SIDE) * SIDE
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()
