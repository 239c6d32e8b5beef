"""The texts a chat template of an open model puts in order: tools, messages, thoughts and calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costplan.tokens.requests.conversation import (
    Message,
    Other,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.fields import compact, parsed, words
from costplan.tokens.requests.others.templates import Layout, Template, Thoughts

_THOUGHT = re.compile(r"\A\s*<think>(.*?)</think>\s*", re.DOTALL)


def declaration(tool: Tool, layout: Layout) -> str:
    """A tool as the JSON it was declared with, on one line."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.schema}
    return _json({"type": "function", "function": function}, layout)


def texts_of(messages: Sequence[Message], template: Template) -> Iterator[tuple[Message, str]]:
    """Every text that a template writes, with its message."""
    thoughts = template.thoughts
    asked = [number for number, message in enumerate(messages) if _asks(message)]
    last = asked[-1] if asked else -1
    for number, message in enumerate(messages):
        keeps = thoughts is Thoughts.ALL or (thoughts is Thoughts.RECENT and number > last)
        for text in _texts(message, keeps=keeps, layout=template.layout):
            yield message, text


def _asks(message: Message) -> bool:
    return message.role == "user" and any(isinstance(block, Text) for block in message.blocks)


def _texts(message: Message, *, keeps: bool, layout: Layout) -> Iterator[str]:
    text = message.text
    if message.role == "assistant" and (thought := _THOUGHT.match(text)):
        text = text[thought.end() :]
        yield thought[1].strip() if keeps else ""
    yield text
    for block in message.blocks:
        if isinstance(block, Thinking) and keeps:
            yield block.text
        elif isinstance(block, ToolCall):
            yield block.name
            yield _arguments(block.arguments, layout)
        elif isinstance(block, ToolResult):
            yield "".join(part.text for part in block.content if isinstance(part, Text))
            yield words(block.value)
            yield from (_spoken(part.value) for part in block.content if isinstance(part, Other))
        elif isinstance(block, Other):
            yield _spoken(block.value)


def argument_count(call: ToolCall) -> int:
    """Arguments at the top of a call."""
    given = parsed(call.arguments) if isinstance(call.arguments, str) else call.arguments
    return len(given) if isinstance(given, Mapping) else 1


def _arguments(given: Any, layout: Layout) -> str:
    """The arguments of a call as JSON, whether the body has them as such or as a text."""
    value = parsed(given) if isinstance(given, str) else given
    return value if isinstance(value, str) else _json(value, layout)


def _json(value: Any, layout: Layout) -> str:
    if layout is Layout.SPACED:
        return json.dumps(value, ensure_ascii=False, default=str)
    return compact(value)


def _spoken(value: Any) -> str:
    """What can be read of an unknown block: its texts, where it has any, else its JSON."""
    if isinstance(value, Mapping) and len(value) == 1:
        return _spoken(next(iter(value.values())))
    if isinstance(value, Mapping) and isinstance(value.get("text"), str):
        return str(value["text"])
    return words(value)
