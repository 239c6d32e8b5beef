"""What a document is, and which text of a JSON value is meant."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from costplan.documents import reached

USUAL = ("text", "content", "prompt", "input", "messages", "contents")
"""The fields that are read where none is named; the first that a record has."""
_INSIDE = ("text", "content", "parts", "input_text")
"""Where a message, or a block of one, keeps its text."""
_MEDIA = {
    "image", "image_url", "input_image", "audio", "input_audio", "video", "document", "file",
    "input_file",
}  # fmt: skip
"""Types of blocks that are no text: their data would count as some thousand letters."""
_MEDIA_KEYS = ("inlineData", "inline_data", "fileData", "file_data")


@dataclass(frozen=True, slots=True)
class Document:
    """One text of a corpus, one record of a log, or one request."""

    source: str
    """The path it is from, as it was given."""
    texts: tuple[str, ...] = ()
    """Its texts, whose tokens add up: one, or those of all messages."""
    request: Mapping[str, Any] | None = None
    """The body of a request, where whole requests are counted."""
    line: int = 0
    """Where in its source; 0 is nowhere in particular."""
    continues: bool = False
    """Whether the next one goes on with the same document, which is too large to hold."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the paths are to be read."""

    field: str | None = None
    """The field of a record that holds its text; dots reach into objects."""
    lines: bool = False
    """Whether each line of any file is a document: JSON where it is JSON, else a text."""
    requests: bool = False
    """Whether a record is the JSON body of a request."""


def texts_in(record: Any, field: str | None) -> tuple[str, ...]:
    """The texts of a record: of the field asked for, else of the first usual one.

    Raises:
        ValueError: it has no such field, or holds more than text; says what there is.
    """
    if field is not None:
        value = reached(record, field)
    elif isinstance(record, dict):
        found = next((name for name in USUAL if name in record), None)
        if found is None:
            hint = f"; name one of its fields with --field: {', '.join(record)}" if record else ""
            raise ValueError(f"expected one of the fields {', '.join(USUAL)}{hint}")
        value = record[found]
    else:
        value = record
    return (value,) if isinstance(value, str) else tuple(_texts(value))


def _texts(value: Any) -> Iterator[str]:
    """Every text of a value; what is neither text nor messages counts as the JSON it is."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        _refuse_media(value)
        inside = next((value[name] for name in _INSIDE if name in value), value)
        if inside is value:
            yield json.dumps(value, ensure_ascii=False)
        else:
            yield from _texts(inside)
    elif value is not None:
        yield json.dumps(value)


def _refuse_media(block: Mapping[str, Any]) -> None:
    """Images, sound and files are counted by what they show, which only requests are.

    Raises:
        ValueError: it is one.
    """
    kind = block.get("type")
    media = kind if kind in _MEDIA else next((key for key in _MEDIA_KEYS if key in block), None)
    if media is not None:
        raise ValueError(f"it holds {media!r}, which is no text; count it with --request")
