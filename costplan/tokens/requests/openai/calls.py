"""Calls of tools and their answers, as OpenAI writes earlier ones into the prompt.

The arguments are written anew as compact JSON. In Chat Completions the calls of one message are one
call of a tool named `multi_tool_use.parallel`, and their answers one JSON list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from costplan.tokens.requests.conversation import Text, ToolCall, ToolResult
from costplan.tokens.requests.fields import compact, parsed


def call_arguments(call: ToolCall) -> str:
    """The arguments of a call; free text, as a custom tool takes it, stays as it is."""
    value = _value(call.arguments)
    return value if isinstance(value, str) else compact(value)


def result_text(result: ToolResult) -> str:
    """The words of an answer."""
    return "".join(block.text for block in result.content if isinstance(block, Text))


def parallel_calls(calls: Iterable[ToolCall]) -> str:
    """Several calls of one message as the one call they become."""
    uses = [
        {"recipient_name": f"functions.{call.name}", "parameters": _value(call.arguments)}
        for call in calls
    ]
    return compact({"tool_uses": uses})


def parallel_results(results: Iterable[ToolResult]) -> str:
    """The answers to them, those that are JSON as the value they are.

    What is not ASCII is escaped, and a space stands after each comma and colon.
    """
    return json.dumps([_value(result_text(result)) for result in results])


def _value(arguments: Any) -> Any:
    if not isinstance(arguments, str):
        return {} if arguments is None else arguments
    return parsed(arguments)
