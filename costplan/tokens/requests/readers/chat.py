"""Reads OpenAI Chat Completions, and what hosts that speak it have added.

https://platform.openai.com/docs/api-reference/chat/create (read 2026-11-20). Additions: Mistral's
`document_url`, OpenRouter's `cache_control` and `file`, Cohere's and Mistral's `thinking` blocks,
Cohere's `documents`, DeepSeek's `reasoning_content`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from costplan.tokens.requests import media
from costplan.tokens.requests.conversation import (
    Block,
    Dialect,
    Document,
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

_FORCED = {"required": "any", "any": "any", "none": "none"}


def read(body: Mapping[str, Any], host: str) -> Request:
    """The request in a body."""
    choice, chosen = tool_choice(either(body, "tool_choice", "function_call"))
    reasoning = mapping(either(body, "thinking", "reasoning"))
    messages = [_message(message) for message in mappings(body.get("messages"))]
    if shown := body.get("documents"):
        messages.append(
            Message("user", tuple(map(_shown, shown if isinstance(shown, list) else [shown])))
        )
    return Request(
        Dialect.CHAT,
        tuple(messages),
        tuple(tool(each) for each in mappings(either(body, "tools", "functions") or [])),
        choice,
        chosen,
        thinking=_thinks(reasoning),
        schema=_schema(mapping(body.get("response_format"))),
        body=body,
        host=host,
    )


def _thinks(settings: Mapping[str, Any]) -> bool:
    """Whether thinking is switched on: by Anthropic's `type`, or by OpenRouter's settings."""
    off = settings.get("type") == "disabled" or settings.get("effort") == "none"
    return bool(settings) and not off and settings.get("enabled") is not False


def tool(item: Mapping[str, Any]) -> Tool:
    """A declaration, in the nested form of Chat or the flat one of Responses."""
    inner = mapping(item.get("function")) or item
    kind = words(item.get("type")) or "function"
    if kind not in {"function", "custom"} and "parameters" not in inner:
        return Tool(words(item.get("name")), kind=words(kind), value=item)
    return Tool(
        words(inner.get("name")),
        words(inner.get("description")),
        mapping(inner.get("parameters")),
        inner.get("strict") is True,
        words(kind),
        deferred=item.get("defer_loading") is True,
        value=item if kind == "custom" else None,
        cached="cache_control" in item,
    )


def tool_choice(value: Any) -> tuple[str, str]:
    """`auto`, `none`, `any` or `tool`, and the name of the tool."""
    if isinstance(value, Mapping):
        inner = mapping(value.get("function")) or mapping(value.get("allowed_tools")) or value
        if inner.get("name"):
            return "tool", words(inner["name"])
        return tool_choice(words(either(inner, "mode", "type")))
    return _FORCED.get(words(value), "auto"), ""


def blocks(content: Any) -> tuple[Block, ...]:
    """The content of a message, which is a text or a list of parts."""
    if isinstance(content, str):
        return (Text(content),)
    items = content if isinstance(content, list | tuple) else [] if content is None else [content]
    return tuple(Text(item) if isinstance(item, str) else _block(mapping(item)) for item in items)


def _message(item: Mapping[str, Any]) -> Message:
    role = words(item.get("role")) or "user"
    name = words(item.get("name"))
    if role in {"tool", "function"}:
        content = blocks(item.get("content"))
        cached = any(block.cached for block in content)
        answer = ToolResult(words(item.get("tool_call_id")), content, name, cached=cached)
        return Message("tool", (answer,), name)
    spoken = blocks(either(item, "content", "refusal"))
    content = (*_thoughts(item), *spoken, *_calls(item))
    return Message(role, content, name)


def _thoughts(item: Mapping[str, Any]) -> Iterator[Block]:
    thought = either(item, "reasoning_content", "reasoning", "thinking")
    if isinstance(thought, str) and thought:
        yield Thinking(thought)


def _calls(item: Mapping[str, Any]) -> Iterator[Block]:
    calls = list(mappings(item.get("tool_calls") or []))
    if item.get("function_call"):
        calls.append({"function": mapping(item["function_call"])})
    for call in calls:
        inner = mapping(call.get("function")) or mapping(call.get("custom"))
        arguments = either(inner, "arguments", "input")
        yield ToolCall(words(inner.get("name")), arguments, words(call.get("id")))


def _block(part: Mapping[str, Any]) -> Block:
    kind, cached = words(part.get("type")), "cache_control" in part
    if kind == "thinking":
        inner = part.get("thinking")
        text = (
            inner
            if isinstance(inner, str)
            else "".join(words(t.get("text")) for t in mappings(inner))
        )
        return Thinking(text)
    if isinstance(said := either(part, "text", "refusal"), str):
        return Text(said, cached)
    if "image_url" in part:
        return _picture(part["image_url"], cached=cached)
    if kind == "input_audio":
        audio = mapping(part.get("input_audio"))
        return media.from_base64(
            audio.get("data"), words(audio.get("format")) or "audio", cached=cached
        )
    if kind == "file" or "document" in part or kind.endswith("_url"):
        return _file(kind, part, cached=cached)
    return media.unknown(kind, part, cached=cached)


def _shown(item: Any, *, cached: bool = False) -> Document:
    """A document to answer from, as Cohere has it: a text, or a mapping with its `data`."""
    return Document(words(mapping(item).get("data", item)), cached=cached)


def _picture(value: Any, *, cached: bool) -> Block:
    """`{url, detail}`, or the address alone as Mistral has it."""
    inner = mapping(value)
    detail = words(inner.get("detail")) or "auto"
    return media.from_url(
        inner.get("url") if inner else value, "image", detail=detail, cached=cached
    )


def _file(kind: str, part: Mapping[str, Any], *, cached: bool) -> Block:
    if "document" in part:
        return _shown(part["document"], cached=cached)
    value = part.get(kind, part)
    inner = mapping(value)
    address = either(inner, "file_data", "url", "file_url") if inner else value
    guess = {"video_url": "video", "document_url": "application/pdf"}.get(kind, "")
    if address is None:
        return media.unseen("application/pdf", cached=cached)
    return media.from_url(address, guess or "application/pdf", cached=cached)


def _schema(wanted: Mapping[str, Any]) -> Schema | None:
    inner = mapping(wanted.get("json_schema"))
    if wanted.get("type") != "json_schema" or not inner:
        return None
    return Schema(
        mapping(inner.get("schema")),
        words(inner.get("name")),
        words(inner.get("description")),
        inner.get("strict") is True,
    )
