"""Which API a body is written for, and the request in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from costplan.errors import UsageError
from costplan.tokens.requests.conversation import Dialect, Request
from costplan.tokens.requests.fields import check, mapping, mappings, words
from costplan.tokens.requests.mistakes import check_shape
from costplan.tokens.requests.readers import anthropic, chat, converse, gemini, prompt, responses

_READERS = {
    Dialect.CHAT: chat.read,
    Dialect.RESPONSES: responses.read,
    Dialect.ANTHROPIC: anthropic.read,
    Dialect.GEMINI: gemini.read,
    Dialect.CONVERSE: converse.read,
    Dialect.PROMPT: prompt.read,
}


def read_request(body: Any, provider: str | None = None) -> Request:
    """The request in a body, whichever API it is written for.

    Args:
        body: the JSON as a mapping.
        provider: who is to serve it; decides where the shape of the body leaves a choice.

    Raises:
        UsageError: it is no mapping, or of no known shape; says which keys are known. Or it is
            no JSON, nested deeper than anyone reads, or holds what cannot be meant (`mistakes`).
    """
    if not isinstance(body, Mapping):
        raise UsageError(f"expected a request as a mapping, found {type(body).__name__}")
    check(body)
    host = (provider or "").casefold()
    dialect = dialect_of(body, host)
    check_shape(body, dialect)
    return _READERS[dialect](body, host)


def dialect_of(body: Mapping[str, Any], host: str = "") -> Dialect:
    """The API whose shape a body has.

    Raises:
        UsageError: none that is known.
    """
    if body.keys() & {"contents", "generateContentRequest", "generate_content_request"}:
        return Dialect.GEMINI
    if "messages" in body:
        return _of_messages(body, host)
    if "input" in body and host != "cohere" and not _embeds(body):
        return Dialect.RESPONSES
    if isinstance(body.get("prompt"), Mapping):  # a prompt that OpenAI keeps, by its id
        return Dialect.RESPONSES
    if body.keys() & set(prompt.KEYS):
        return Dialect.PROMPT
    raise UsageError(
        "not a request that is known: expected messages (OpenAI Chat, Anthropic, Mistral, "
        "DeepSeek, Bedrock), input (OpenAI Responses), contents (Gemini) or prompt, found "
        + (", ".join(map(repr, list(body)[:8])) or "nothing")
    )


_CONVERSE_KEYS = {"inferenceConfig", "toolConfig", "additionalModelRequestFields", "modelId"}
_CONVERSE_BLOCKS = {
    "text", "image", "document", "video", "audio", "toolUse", "toolResult", "cachePoint",
    "guardContent", "reasoningContent", "searchResult", "citationsContent",
}  # fmt: skip
_CHAT_BLOCKS = {"image_url", "input_audio", "file"}
_ANTHROPIC_BLOCKS = {
    "tool_use", "tool_result", "image", "document", "redacted_thinking", "search_result",
    "server_tool_use", "web_search_tool_result", "mcp_tool_use", "mcp_tool_result",
}  # fmt: skip


def _of_messages(body: Mapping[str, Any], host: str) -> Dialect:
    if body.keys() & _CONVERSE_KEYS or _has_bare_blocks(body):
        return Dialect.CONVERSE
    kinds = {words(block.get("type")) for block in _blocks(body)}
    if _is_chat(body) or kinds & _CHAT_BLOCKS:
        return Dialect.CHAT
    if host == "anthropic" or "anthropic_version" in body or "system" in body:
        return Dialect.ANTHROPIC
    if any("input_schema" in tool for tool in mappings(body.get("tools") or [])):
        return Dialect.ANTHROPIC
    return Dialect.ANTHROPIC if kinds & _ANTHROPIC_BLOCKS else Dialect.CHAT


def _is_chat(body: Mapping[str, Any]) -> bool:
    """What only OpenAI's Chat has, at whichever host: Anthropic serves it too."""
    messages = list(mappings(body.get("messages") or []))
    return (
        any("tool_calls" in each or each.get("role") == "tool" for each in messages)
        or any("function" in tool for tool in mappings(body.get("tools") or []))
        or "response_format" in body
    )


def _has_bare_blocks(body: Mapping[str, Any]) -> bool:
    """Bedrock's blocks name their kind by their only key, without a `type`."""
    return any(len(block) == 1 and block.keys() <= _CONVERSE_BLOCKS for block in _blocks(body))


def _blocks(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    contents = [message.get("content") for message in mappings(body.get("messages") or [])]
    return [
        block for content in contents if isinstance(content, list) for block in mappings(content)
    ]


def _embeds(body: Mapping[str, Any]) -> bool:
    """An embedding takes texts and says so by its settings or its model."""
    named = str(body.get("model", ""))
    items = body["input"]
    texts = isinstance(items, list) and bool(items) and not any(mapping(item) for item in items)
    return "embed" in named or texts or bool(body.keys() & {"encoding_format", "dimensions"})
