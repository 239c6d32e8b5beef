"""Tools as a request declares them: a JSON file in the form of OpenAI or Anthropic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Declaration:
    """A function that a model may call."""

    name: str
    description: str
    schema: Mapping[str, Any]
    """JSON Schema of its arguments."""
    strict: bool = False


def read_declarations(name: str, text: str) -> tuple[Declaration, ...]:
    """The tools of a JSON file: a list of declarations, or a request that has one as `tools`.

    Read are `{type: function, function: {name, description, parameters}}` (OpenAI Chat), the same
    without the inner `function` (OpenAI Responses) and `{name, description, input_schema}`
    (Anthropic).

    Args:
        name: the file, for messages.
        text: its content.

    Raises:
        ValueError: it is something else; says which tool and what is wrong.
    """
    try:
        value: Any = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"{name}:{error.lineno}:{error.colno}: not JSON: {error.msg}"
        raise ValueError(message) from None
    except RecursionError:
        raise ValueError(f"{name}: nested beyond all sense") from None
    if isinstance(value, dict):
        value = value.get("tools", [value])
    if not isinstance(value, list) or not value:
        raise ValueError(f"{name}: expected a list of tools, or an object with 'tools'")
    return tuple(_declaration(item, f"{name}: tool {k}") for k, item in enumerate(value, 1))


def _declaration(item: Any, where: str) -> Declaration:
    inner = item.get("function", item) if isinstance(item, dict) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("name"), str) or not inner["name"]:
        raise ValueError(f"{where} has no name")
    schema = inner.get("parameters", inner.get("input_schema"))
    kind = item.get("type", "function")
    if schema is None and kind not in {"function", "custom"}:
        raise ValueError(
            f"{where}, {inner['name']!r}, is run by the provider ({kind}), which does "
            "not publish what it declares; leave it out, or state tools as a number of tokens"
        )
    if schema is not None and not isinstance(schema, dict):
        raise ValueError(f"{where}, {inner['name']!r}: its schema is not an object")
    description = inner.get("description")
    return Declaration(
        inner["name"],
        description if isinstance(description, str) else "",
        schema or {},
        strict=inner.get("strict") is True,
    )
