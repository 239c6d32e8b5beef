"""A body of OpenAI's Chat Completions as the Responses API takes it, which alone counts.

The two differ in shape, not in what the model reads: messages become items, a tool is flat, the
schema of a structured answer is under `text` (developers.openai.com/api/docs/guides/
migrate-to-responses). What has no place in a response is an error that names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from costplan.errors import UsageError

type Json = Mapping[str, Any]

_KEPT = ("parallel_tool_calls",)


def responses_body(chat: Json) -> dict[str, Any]:
    """The same request for the Responses API, without what only concerns the answer.

    Raises:
        UsageError: something in it has no counterpart.
    """
    body = {key: chat[key] for key in _KEPT if key in chat}
    body["input"] = [item for message in chat["messages"] for item in _items(message)]
    text: dict[str, Any] = {}
    for key, value in chat.items():
        match key:
            case "messages" | "parallel_tool_calls":
                pass
            case "tools":
                body["tools"] = [_flat(tool, strict=False) for tool in value]
            case "tool_choice":
                body["tool_choice"] = value if isinstance(value, str) else _choice(value)
            case "reasoning_effort":
                body["reasoning"] = {"effort": value}
            case "verbosity":
                text["verbosity"] = value
            case "response_format":
                text["format"] = {"type": value["type"], **value.get("json_schema", {})}
            case "modalities" if list(value) == ["text"]:
                pass
            case _:
                raise _without_place(key)
    return {**body, "text": text} if text else body


def _items(message: Json) -> Iterator[dict[str, Any]]:
    """A message, and the calls in it as items of their own."""
    role, content = message["role"], message.get("content")
    for key in ("name", "function_call", "audio"):
        if message.get(key):
            raise _without_place(f"{key} of a message")
    if role == "tool":
        output = content if isinstance(content, str) else [_part(p, role) for p in content or ()]
        yield {
            "type": "function_call_output",
            "call_id": message["tool_call_id"],
            "output": output,
        }
        return
    if role not in {"system", "developer", "user", "assistant"}:
        raise _without_place(f"a message of {role!r}")
    if content:
        parts = content if isinstance(content, str) else [_part(part, role) for part in content]
        yield {"role": role, "content": parts}
    if message.get("refusal"):
        refusal = {"type": "refusal", "refusal": message["refusal"]}
        yield {"role": role, "content": [refusal]}
    for call in message.get("tool_calls") or ():
        called = _flat(call)
        yield {
            "type": "function_call",
            "call_id": call["id"],
            "name": called["name"],
            "arguments": called["arguments"],
        }


def _part(part: Json, role: str) -> dict[str, Any]:
    """One part of a message's content."""
    match part["type"]:
        case "text":
            kind = "output_text" if role == "assistant" else "input_text"
            return {"type": kind, "text": part["text"]}
        case "refusal":
            return dict(part)
        case "image_url":
            image = part["image_url"]
            detail = image.get("detail", "auto")
            return {"type": "input_image", "image_url": image["url"], "detail": detail}
        case "file":
            return {"type": "input_file", **part["file"]}
        case other:
            raise _without_place(f"a part of type {other!r}")


def _flat(tool: Json, **defaults: Any) -> dict[str, Any]:
    """A tool, call or choice, of which Chat puts everything below `function`."""
    if tool["type"] != "function":
        raise _without_place(f"a tool of type {tool['type']!r}")
    return {"type": "function", **defaults, **tool["function"]}


def _choice(choice: Json) -> dict[str, Any]:
    if choice["type"] == "allowed_tools":
        allowed = choice["allowed_tools"]
        return {
            "type": "allowed_tools",
            "mode": allowed["mode"],
            "tools": [_flat(tool) for tool in allowed["tools"]],
        }
    return _flat(choice)


def _without_place(what: str) -> UsageError:
    return UsageError(
        f"{what}: OpenAI counts requests to its Responses API, where this has no place; "
        "count it offline, or without it"
    )
