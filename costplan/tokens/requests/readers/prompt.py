"""Reads requests that are one text or several: completions, generation and embeddings.

Cohere's older chat is here too: one `message`, with what was said before in `chat_history`
(https://docs.cohere.com/v1/reference/chat, read 2026-11-20).
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
    Other,
    Request,
    Text,
)
from costplan.tokens.requests.fields import compact, either, mapping, mappings, words
from costplan.tokens.requests.readers import gemini

KEYS = (
    "prompt",
    "input",
    "inputText",
    "message",
    "texts",
    "text",
    "content",
    "requests",
    "singleEmbeddingParams",
)
_SIDES = {"CHATBOT": "assistant", "SYSTEM": "system"}


def read(body: Mapping[str, Any], host: str) -> Request:
    """The texts of a body, a message each."""
    if "message" in body:
        return Request(Dialect.CHAT, tuple(_cohere(body)), body=body, host=host)
    given = either(body, *KEYS)
    texts = given if isinstance(given, list) else [given]
    messages = [Message("user", _blocks(text)) for text in texts]
    if system := words(either(body, "system", "preamble")):
        messages.insert(0, Message("system", (Text(system),)))
    return Request(Dialect.PROMPT, tuple(messages), body=body, host=host)


def _cohere(body: Mapping[str, Any]) -> Iterator[Message]:
    if preamble := words(body.get("preamble")):
        yield Message("system", (Text(preamble),))
    for turn in mappings(body.get("chat_history") or []):
        role = _SIDES.get(words(turn.get("role")).upper(), "user")
        yield Message(role, (Text(words(turn.get("message"))),))
    shown = tuple(Document(compact(each)) for each in mappings(body.get("documents") or []))
    yield Message("user", (*shown, Text(words(body["message"]))))


def _blocks(given: Any) -> tuple[Block, ...]:
    """What is to be embedded may be wrapped, at Gemini in `content` and `parts`, as media may be.

    Nova has `{"text": {"value": ...}}`.
    """
    if parts := mapping(mapping(given).get("content", given)).get("parts"):
        return gemini.blocks(parts)
    text = mapping(given).get("text", given)
    text = mapping(text).get("value", text)
    block = media.unknown("", mapping(text))
    return (Text(words(text)) if isinstance(block, Other) else block,)
