"""Samples of real requests: one a line, a text or a number of tokens."""

from __future__ import annotations

import json
from typing import Any

from costplan.documents import reached

type Record = str | int
"""One request: its text, or its number of tokens."""
_USUAL = ("text", "tokens")
"""The fields that are read where none is named."""
_MOST = 10**12
"""Tokens of one record; more is a mistake."""


def read_sample(name: str, text: str, field: str | None) -> tuple[Record, ...]:
    """The records of a JSONL file; empty lines are skipped.

    Args:
        name: the file, for messages.
        text: its content.
        field: which field of a line's object is meant; `text` or `tokens` when None.

    Raises:
        ValueError: a line is no record, or there is none; says which line and what is wrong.
    """
    found: list[Record] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                found.append(_record(line, field))
            except ValueError as error:
                raise ValueError(f"{name}:{number}: {error}") from None
    if not found:
        raise ValueError(f"{name!r} has no records")
    return tuple(found)


def _record(line: str, field: str | None) -> Record:
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(f"{_expected(field)}; this line is not JSON") from None
    if field is not None:
        return _valid(reached(value, field), field)
    if isinstance(value, dict) and not value.keys() & set(_USUAL):
        hint = f"; name one of its fields with field: {', '.join(value)}" if value else ""
        raise ValueError(f"{_expected(None)}{hint}")
    if isinstance(value, dict):
        value = value.get("text", value.get("tokens"))
    return _valid(value, None)


def _valid(value: Any, field: str | None) -> Record:
    if isinstance(value, str):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 <= value <= _MOST and value == int(value):  # 812.0 is how tables export 812
        return int(value)
    shown = json.dumps(value, ensure_ascii=False)
    raise ValueError(
        f"{_expected(field)}, found {shown if len(shown) <= 40 else f'{shown[:37]}...'}"
    )


def _expected(field: str | None) -> str:
    if field is not None:
        return f"expected a text or a number of tokens in the field {field!r}"
    return "expected a text, a number of tokens, or an object with 'text' or 'tokens'"
