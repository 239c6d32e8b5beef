"""What Gemini's tokenizer is given at once, and what it never sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from costplan.tokens.requests.fields import mapping

CONTROL = "\0"
"""Stands for a control token while a text is put together."""
_DEFINITIONS = ("$defs", "definitions")
_DEEPEST, _FARTHEST = 80, 8
"""Levels of a schema, and references followed one inside the other."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Texts, each tokenised by itself, and control tokens of one token each."""

    texts: tuple[str, ...]
    controls: int = 0
    doubt: float = 0
    """Tokens more or fewer that they may be."""


def pieces(written: str) -> Pieces:
    """A written text cut at its control tokens."""
    parts = written.split(CONTROL)
    return Pieces(tuple(part for part in parts if part), len(parts) - 1)


def unrolled(schema: Any) -> Mapping[str, Any]:
    """A schema with what each `$ref` refers to in its place; inside itself that is an object."""
    return mapping(_unrolled(schema, mapping(schema), (), 0))


def _unrolled(value: Any, root: Mapping[str, Any], followed: tuple[str, ...], depth: int) -> Any:
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return [_unrolled(inner, root, followed, depth + 1) for inner in value]
    if not isinstance(value, Mapping):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str):
        if reference in followed or len(followed) > _FARTHEST:
            return {"type": "object"}
        others = {key: inner for key, inner in value.items() if key != "$ref"}
        whole = {**_referred(reference, root), **others}
        return _unrolled(whole, root, (*followed, reference), depth + 1)
    return {
        key: _unrolled(inner, root, followed, depth + 1)
        for key, inner in value.items()
        if key not in _DEFINITIONS
    }


def _referred(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `#/$defs/Book` leads to; nothing where it leads nowhere."""
    found: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        found = mapping(found).get(step)
    return mapping(found)


def listed(value: Any) -> list[Any]:
    """A list, or an empty one where a body has something else."""
    return value if isinstance(value, list) else []
