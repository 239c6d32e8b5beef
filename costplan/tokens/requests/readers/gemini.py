"""Reads Gemini generateContent: https://ai.google.dev/api/generate-content (2026-11-20).

Both spellings of its keys are in use: `inlineData` in JSON, `inline_data` in Google's own examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from costplan.tokens.requests import media
from costplan.tokens.requests.conversation import (
    Block,
    Dialect,
    Message,
    Request,
    Schema,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.fields import either, mapping, mappings, words

_ROLES = {"model": "assistant", "function": "tool"}
_SIGNATURES = ("thoughtSignature", "thought_signature")
_MODES = {"ANY": "any", "NONE": "none"}


def read(body: Mapping[str, Any], host: str) -> Request:
    """The request in a body; countTokens wraps one in `generateContentRequest`."""
    inner = mapping(either(body, "generateContentRequest", "generate_content_request")) or body
    settings = mapping(either(inner, "generationConfig", "generation_config"))
    calling = mapping(
        either(
            mapping(either(inner, "toolConfig", "tool_config")),
            "functionCallingConfig",
            "function_calling_config",
        )
    )
    allowed = either(calling, "allowedFunctionNames", "allowed_function_names") or []
    return Request(
        Dialect.GEMINI,
        (*_system(inner), *_contents(inner, _detail(settings))),
        tuple(_tools(inner)),
        _MODES.get(words(calling.get("mode")).upper(), "auto"),
        words(allowed[0]) if isinstance(allowed, list) and len(allowed) == 1 else "",
        schema=_schema(settings),
        body=inner,
        host=host,
    )


def _system(body: Mapping[str, Any]) -> Iterator[Message]:
    given = either(body, "systemInstruction", "system_instruction")
    if isinstance(given, str):
        yield Message("system", (Text(given),))
    elif given:
        yield Message("system", blocks(mapping(given).get("parts")))


def _contents(body: Mapping[str, Any], detail: str) -> Iterator[Message]:
    given = body.get("contents")
    if isinstance(given, str):
        yield Message("user", (Text(given),))
        return
    for item in mappings(given or []):
        role = words(item.get("role")) or "user"
        yield Message(_ROLES.get(role, role), blocks(item.get("parts"), detail))


def blocks(parts: Any, detail: str = "auto") -> tuple[Block, ...]:
    """The parts of a content; `detail` is the `media_resolution` of those that state none."""
    return tuple(_blocks(parts, detail))


def _blocks(parts: Any, detail: str) -> Iterator[Block]:
    for part in mappings(parts or []):
        signature = words(either(part, *_SIGNATURES))
        if signature and either(part, "functionCall", "function_call"):
            yield Thinking("", signature)  # what was thought before the call, sealed
        yield _block(part, detail)


def _block(part: Mapping[str, Any], detail: str) -> Block:
    signature = words(either(part, *_SIGNATURES))
    if part.get("thought") is True:
        return Thinking(words(part.get("text")), signature)
    if call := mapping(either(part, "functionCall", "function_call")):
        return ToolCall(words(call.get("name")), call.get("args"), words(call.get("id")))
    if answer := mapping(either(part, "functionResponse", "function_response")):
        value, name = answer.get("response"), words(answer.get("name"))
        attached = blocks(answer.get("parts"), detail)
        return ToolResult(words(answer.get("id")), attached, name, value=value)
    if isinstance(part.get("text"), str):
        return Text(part["text"])
    return _medium(part, _own(part, detail))


def _medium(part: Mapping[str, Any], detail: str) -> Block:
    """A file, given whole or by its address; else what is not known."""
    if data := mapping(either(part, "inlineData", "inline_data")):
        kind = words(either(data, "mimeType", "mime_type"))
        return media.from_base64(data.get("data"), kind, detail=detail)
    if file := mapping(either(part, "fileData", "file_data")):
        kind = words(either(file, "mimeType", "mime_type"))
        return media.from_url(either(file, "fileUri", "file_uri"), kind, detail=detail)
    rest = {key: value for key, value in part.items() if key not in _SIGNATURES}
    return media.unknown(next(iter(rest), ""), rest)


def _tools(body: Mapping[str, Any]) -> Iterator[Tool]:
    for group in mappings(body.get("tools") or []):
        declared = either(group, "functionDeclarations", "function_declarations")
        for item in mappings(declared or []):
            schema = either(item, "parameters", "parametersJsonSchema", "parameters_json_schema")
            yield Tool(
                words(item.get("name")), words(item.get("description")), mapping(schema), value=item
            )
        for kind in group.keys() - {"functionDeclarations", "function_declarations"}:
            yield Tool(kind, kind=kind, value=group[kind])


def _detail(settings: Mapping[str, Any]) -> str:
    """`MEDIA_RESOLUTION_LOW` is `low`."""
    given = words(either(settings, "mediaResolution", "media_resolution"))
    return (
        given.removeprefix("MEDIA_RESOLUTION_").casefold().replace("unspecified", "auto") or "auto"
    )


def _own(part: Mapping[str, Any], detail: str) -> str:
    """A part of Gemini 3 may state a resolution of its own."""
    given = mapping(either(part, "mediaResolution", "media_resolution"))
    return _detail({"mediaResolution": given.get("level")}) if given else detail


def _schema(settings: Mapping[str, Any]) -> Schema | None:
    wanted = either(
        settings, "responseSchema", "response_schema", "responseJsonSchema", "response_json_schema"
    )
    return Schema(mapping(wanted)) if wanted else None
