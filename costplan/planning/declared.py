"""What declared tools add to a request on a model, with all that the model wraps around them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from costplan.scenario.declarations import Declaration, read_declarations
from costplan.tokens import TokenCount, tokenizer_of

_TEXT = "x."
"""Stands for the texts of the request, which the plan counts elsewhere.

OpenAI's tools follow the system prompt, and a stop or line end merges with the line ends between
them. In 902 of 1,001 recorded calls with both, the prompt ends with one.
"""


@lru_cache(maxsize=256)
def declared_tokens(tools: str, model: str, *, system: bool) -> TokenCount:
    """Tokens of a request with these tools less those of the same request without them.

    The difference holds what introduces the tools (Claude's preamble, OpenAI's namespace), which
    depends on whether there is a system prompt.

    Args:
        tools: the JSON of the declarations.
        model: `provider/model`; the request is written as its own API takes it.
        system: whether the request has a system prompt.
    """
    from costplan.tokens.requests import count_request

    declared = read_declarations("", tools)
    with_tools = count_request(_body(model, declared, system=system), model=model)
    without = count_request(_body(model, (), system=system), model=model)
    tokens = max(0, with_tools.tokens - without.tokens)
    part = with_tools.parts["tools"]
    below, above = part.tokens - part.low, part.high - part.tokens
    return TokenCount(tokens, max(0, tokens - below), tokens + above, part.method)


def _body(model: str, tools: Sequence[Declaration], *, system: bool) -> dict[str, Any]:
    family = tokenizer_of(model)
    if family.startswith("claude"):
        return _anthropic(tools, system=system)
    return _gemini(tools, system=system) if family == "gemini" else _chat(tools, system=system)


def _anthropic(tools: Sequence[Declaration], *, system: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"messages": [{"role": "user", "content": _TEXT}]}
    if system:
        body["system"] = _TEXT
    if tools:
        body["tools"] = [{**_named(tool), "input_schema": tool.schema} for tool in tools]
    return body


def _chat(tools: Sequence[Declaration], *, system: bool) -> dict[str, Any]:
    roles = ("system", "user") if system else ("user",)
    body: dict[str, Any] = {"messages": [{"role": role, "content": _TEXT} for role in roles]}
    if tools:
        functions = [{**_named(tool), "parameters": tool.schema} for tool in tools]
        body["tools"] = [{"type": "function", "function": function} for function in functions]
    return body


def _gemini(tools: Sequence[Declaration], *, system: bool) -> dict[str, Any]:
    said = {"parts": [{"text": _TEXT}]}
    body: dict[str, Any] = {"contents": [{"role": "user", **said}]}
    if system:
        body["systemInstruction"] = said
    if tools:
        functions = [{**_named(tool), "parameters": tool.schema} for tool in tools]
        body["tools"] = [{"functionDeclarations": functions}]
    return body


def _named(tool: Declaration) -> dict[str, Any]:
    """What all forms of a declaration have; what is not stated is left out."""
    named: dict[str, Any] = {"name": tool.name}
    if tool.description:
        named["description"] = tool.description
    return named | ({"strict": True} if tool.strict else {})
