"""What Gemini's tokenizer is given at once, and what it never sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from costplan.tokens.requests.fields import mapping
from costplan.tokens.requests.references import without_references

CONTROL = "\0"
"""Stands for a control token while a text is put together."""


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
    return without_references(mapping(schema), {"type": "object"})


def listed(value: Any) -> list[Any]:
    """A list, or an empty one where a body has something else."""
    return value if isinstance(value, list) else []
