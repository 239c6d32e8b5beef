"""Reads OpenAI Responses: https://platform.openai.com/docs/api-reference/responses (2026-11-20)."""

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
from costplan.tokens.requests.readers import chat

_CALLS = {"function_call", "custom_tool_call"}
_RESULTS = {"function_call_output", "custom_tool_call_output"}
_PICTURES = {"computer_call_output": "output", "image_generation_call": "result"}
"""Items that are a picture, and where it stands: as an address, or in base64."""
_ADDING = {"additional_tools", "tool_search_output"}


def read(body: Mapping[str, Any], host: str) -> Request:
    """The request in a body; `instructions` are its first system message."""
    choice, chosen = chat.tool_choice(body.get("tool_choice"))
    return Request(
        Dialect.RESPONSES,
        (*_instructions(body), *_items(body.get("input"))),
        (*(_tool(tool) for tool in mappings(body.get("tools") or [])), *_added_tools(body)),
        choice,
        chosen,
        schema=_schema(mapping(mapping(body.get("text")).get("format"))),
        body=body,
        host=host,
    )


def _instructions(body: Mapping[str, Any]) -> Iterator[Message]:
    if instructions := words(body.get("instructions")):
        yield Message("system", (Text(instructions),))


def _added_tools(body: Mapping[str, Any]) -> Iterator[Tool]:
    """Tools that arrive among the input items."""
    for item in mappings(body.get("input")):
        if words(item.get("type")) in _ADDING:
            yield from (_tool(tool) for tool in mappings(item.get("tools") or []))


def _tool(item: Mapping[str, Any]) -> Tool:
    """A declaration is flat here; what stands under `function`, as in Chat, is not read."""
    return chat.tool({key: value for key, value in item.items() if key != "function"})


def _items(given: Any) -> Iterator[Message]:
    if isinstance(given, str):
        yield Message("user", (Text(given),))
        return
    for item in mappings(given or []):
        if words(item.get("type")) not in _ADDING:
            yield _item(item)


def _item(item: Mapping[str, Any]) -> Message:
    kind = words(item.get("type"))
    if "role" in item:
        parts = item.get("content")
        return Message(words(item["role"]), _content(parts), words(item.get("name")))
    call_id = words(item.get("call_id"))
    if kind in _CALLS:
        arguments = either(item, "arguments", "input")
        return Message("assistant", (ToolCall(words(item.get("name")), arguments, call_id),))
    if kind in _RESULTS:
        return Message("tool", (ToolResult(call_id, _content(item.get("output"))),))
    given = item.get(_PICTURES.get(kind, ""))
    if picture := mapping(given).get("image_url") or given:
        return Message("tool", (_picture(picture),))
    if kind == "reasoning":
        return Message("assistant", (_thought(item),))
    return Message("assistant", (media.unknown(kind, item),))


def _picture(given: Any) -> Block:
    if isinstance(given, str) and not given.startswith(("data:", "http")):
        return media.from_base64(given, "image")
    return media.from_url(given, "image")


def _thought(item: Mapping[str, Any]) -> Thinking:
    """The summary is what can be read; the rest is encrypted."""
    spoken = either(item, "content", "summary")
    text = "".join(words(part.get("text")) for part in mappings(spoken or []))
    return Thinking(text, words(item.get("encrypted_content")))


def _content(content: Any) -> tuple[Block, ...]:
    if isinstance(content, str):
        return (Text(content),)
    return tuple(_block(part) for part in mappings(content or []))


def _block(part: Mapping[str, Any]) -> Block:
    kind, cached = words(part.get("type")), "prompt_cache_breakpoint" in part
    if isinstance(part.get("text"), str):
        return Text(part["text"], cached)
    if kind == "refusal":
        return Text(words(part.get("refusal")), cached)
    if kind == "input_image":
        detail = words(part.get("detail")) or "auto"
        return media.from_url(part.get("image_url"), "image", detail=detail, cached=cached)
    if kind == "input_file":
        address = either(part, "file_data", "file_url") or ""
        return media.from_url(address, "application/pdf", cached=cached)
    if kind == "input_audio":
        audio = mapping(part.get("input_audio"))
        return media.from_base64(audio.get("data"), words(audio.get("format")) or "audio")
    return media.unknown(kind, part, cached=cached)


def _schema(wanted: Mapping[str, Any]) -> Schema | None:
    if wanted.get("type") != "json_schema":
        return None
    return Schema(
        mapping(wanted.get("schema")),
        words(wanted.get("name")),
        words(wanted.get("description")),
        wanted.get("strict") is True,
    )
