"""Reads Bedrock Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference (2026-11-20)."""

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
    Other,
    Request,
    Schema,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.fields import compact, either, mapping, mappings, parsed, words


def read(body: Mapping[str, Any], host: str) -> Request:
    """The request in a body."""
    tools = mapping(body.get("toolConfig"))
    choice = mapping(tools.get("toolChoice"))
    system = _content(body.get("system"))
    more = mapping(body.get("additionalModelRequestFields"))
    thinking = words(mapping(either(more, "thinking", "reasoning_config")).get("type"))
    return Request(
        Dialect.CONVERSE,
        (*([Message("system", system)] if system else []), *_messages(body)),
        tuple(_tools(tools)),
        next((name for name in ("any", "tool") if name in choice), "auto"),
        words(mapping(choice.get("tool")).get("name")),
        thinking=thinking in {"enabled", "adaptive"},
        schema=_schema(body),
        body=body,
        host=host,
    )


def _schema(body: Mapping[str, Any]) -> Schema | None:
    """The structure of the answer, which the API takes as the text of a JSON schema."""
    wanted = mapping(mapping(body.get("outputConfig")).get("textFormat"))
    inner = mapping(mapping(wanted.get("structure")).get("jsonSchema"))
    if not inner:
        return None
    given = inner.get("schema")
    schema = mapping(parsed(given) if isinstance(given, str) else given)
    return Schema(schema, words(inner.get("name")), words(inner.get("description")))


def blocks(content: Any) -> tuple[Block, ...]:
    """The blocks of a message; a cache point marks the block before it."""
    found: list[Block] = []
    for item in mappings(content or []):
        if "cachePoint" not in item:
            found.append(_block(item))
        elif found:
            found[-1] = replace(found[-1], cached=True)
    return tuple(found)


def _messages(body: Mapping[str, Any]) -> Iterator[Message]:
    for item in mappings(body.get("messages") or []):
        yield Message(words(item.get("role")) or "user", _content(item.get("content")))


def _content(given: Any) -> tuple[Block, ...]:
    """Blocks; a text alone is no Converse, but what else is there to read it as."""
    return (Text(given),) if isinstance(given, str) else blocks(given)


def _tools(config: Mapping[str, Any]) -> Iterator[Tool]:
    items = list(mappings(config.get("tools") or []))
    for item, after in zip(items, [*items[1:], {}], strict=False):
        cached = "cachePoint" in after
        if spec := mapping(item.get("toolSpec")):
            schema = mapping(mapping(spec.get("inputSchema")).get("json"))
            name, description = words(spec.get("name")), words(spec.get("description"))
            yield Tool(name, description, schema, spec.get("strict") is True, cached=cached)
        elif "cachePoint" not in item:
            yield Tool(next(iter(item), ""), kind=next(iter(item), ""), value=item, cached=cached)


def _block(item: Mapping[str, Any]) -> Block:
    if isinstance(item.get("text"), str):
        return Text(item["text"])
    if call := mapping(item.get("toolUse")):
        return ToolCall(words(call.get("name")), call.get("input"), words(call.get("toolUseId")))
    if answer := mapping(item.get("toolResult")):
        content = tuple(_answer(part) for part in mappings(answer.get("content") or []))
        error = answer.get("status") == "error"
        return ToolResult(words(answer.get("toolUseId")), content, error=error)
    if thought := mapping(item.get("reasoningContent")):
        spoken = mapping(thought.get("reasoningText"))
        sealed = either(spoken, "signature") or thought.get("redactedContent")
        return Thinking(words(spoken.get("text")), words(sealed))
    for kind in ("image", "video", "document"):
        if found := mapping(item.get(kind)):
            return _medium(kind, found)
    kind = next(iter(item), "")
    value = mapping(item.get("searchResult"))
    return Other("search_result", value) if value else media.unknown(kind, item)


def _answer(part: Mapping[str, Any]) -> Block:
    return Text(compact(part["json"])) if "json" in part else _block(part)


def _medium(kind: str, found: Mapping[str, Any]) -> Block:
    source = mapping(found.get("source"))
    if kind == "document":
        block = _document(words(found.get("format")), source)
        cites = mapping(found.get("citations")).get("enabled") is True
        title, context = words(found.get("name")), words(found.get("context"))
        return replace(block, title=title, context=context, citations=cites)
    return media.from_base64(source.get("bytes"), kind)


def _document(form: str, source: Mapping[str, Any]) -> Document:
    """A file; text is given whole, in blocks or as bytes, and of office files nothing is read."""
    if isinstance(text := source.get("text"), str):
        return Document(text, media_type="text/plain")
    if "content" in source:
        texts = [words(item.get("text")) for item in mappings(source["content"])]
        return Document("".join(texts), media_type="text/plain")
    kind = f"text/{form}" if form in {"txt", "csv", "html", "md"} else f"application/{form}"
    if form in {"doc", "docx", "xls", "xlsx"}:
        return Document(media_type=kind)
    block = media.from_base64(source.get("bytes"), kind)
    return block if isinstance(block, Document) else Document(media_type=kind)
