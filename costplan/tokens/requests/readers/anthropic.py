"""Reads Anthropic Messages: https://platform.claude.com/docs/en/api/messages (2026-11-20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
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

_CALLS = {"tool_use", "server_tool_use", "mcp_tool_use"}
_GUESSES = {"image": "image", "document": "application/pdf"}
"""Blocks that hold a file, and what the file is where its source does not say."""


def read(body: Mapping[str, Any], host: str) -> Request:
    """The request in a body; the system prompt is its first message."""
    choice = mapping(body.get("tool_choice"))
    thinking = words(mapping(body.get("thinking")).get("type"))
    system = tuple(block for block in blocks(body.get("system")) if not _is_metadata(block))
    return Request(
        Dialect.ANTHROPIC,
        (*([Message("system", system)] if system else []), *_messages(body)),
        tuple(_tool(tool) for tool in mappings(body.get("tools") or [])),
        words(choice.get("type")) or "auto",
        words(choice.get("name")),
        thinking=thinking in {"enabled", "adaptive"},
        schema=_schema(body),
        body=body,
        host=host,
    )


def blocks(content: Any) -> tuple[Block, ...]:
    """The content of a message or of a tool's answer: a text or a list of blocks."""
    if isinstance(content, str):
        return (Text(content),) if content else ()
    return tuple(_block(item) for item in mappings(content or []))


def _is_metadata(block: Block) -> bool:
    """Whether a block is what Anthropic's own clients send for their bills, not for the model."""
    return isinstance(block, Text) and block.text.startswith("x-anthropic-billing-header:")


def _messages(body: Mapping[str, Any]) -> Iterator[Message]:
    for item in mappings(body.get("messages") or []):
        yield Message(words(item.get("role")) or "user", blocks(item.get("content")))


def _tool(item: Mapping[str, Any]) -> Tool:
    kind = words(item.get("type")) or "custom"
    schema = mapping(item.get("input_schema"))
    built_in = kind != "custom" and not schema
    return Tool(
        words(item.get("name")),
        words(item.get("description")),
        schema,
        item.get("strict") is True,
        kind if built_in else "function",
        deferred=item.get("defer_loading") is True,
        value=item if built_in else None,
        cached="cache_control" in item,
    )


def _block(item: Mapping[str, Any]) -> Block:
    kind = words(item.get("type")) or ("text" if "text" in item else "")
    cached = "cache_control" in item
    if kind == "text":
        return Text(words(item.get("text")), cached)
    if kind in _CALLS:
        call_id = words(item.get("id"))
        return ToolCall(words(item.get("name")), item.get("input"), call_id, cached)
    if kind.endswith("tool_result") and not isinstance(item.get("content"), Mapping):
        call_id, error = words(item.get("tool_use_id")), item.get("is_error") is True
        return ToolResult(call_id, blocks(item.get("content")), error=error, cached=cached)
    if kind in _GUESSES:
        return _file(item, _GUESSES[kind], cached=cached)
    if kind in {"thinking", "redacted_thinking"}:
        signature = words(either(item, "signature", "data"))
        return Thinking(words(item.get("thinking")), signature, cached)
    return media.unknown(kind, item, cached=cached)


def _source(source: Mapping[str, Any], guess: str, *, cached: bool) -> Block:
    kind = words(source.get("media_type")) or guess
    if source.get("type") == "text":
        return Document(words(source.get("data")), media_type=kind, cached=cached)
    if source.get("type") == "base64":
        return media.from_base64(source.get("data"), kind, cached=cached)
    if source.get("type") == "content":
        text = "".join(b.text for b in blocks(source.get("content")) if isinstance(b, Text))
        return Document(text, media_type="text/plain", cached=cached)
    return media.from_url(either(source, "url", "file_id") or "", guess, cached=cached)


def _file(item: Mapping[str, Any], guess: str, *, cached: bool) -> Block:
    found = _source(mapping(item.get("source")), guess, cached=cached)
    if not isinstance(found, Document):
        return found
    return replace(
        found,
        title=words(item.get("title")),
        context=words(item.get("context")),
        citations=mapping(item.get("citations")).get("enabled") is True,
    )


def _schema(body: Mapping[str, Any]) -> Schema | None:
    """`output_config.format` since 2026, `output_format` in the beta before."""
    wanted = mapping(
        either(mapping(body.get("output_config")), "format") or body.get("output_format")
    )
    if wanted.get("type") != "json_schema":
        return None
    return Schema(mapping(wanted.get("schema")), strict=True)
