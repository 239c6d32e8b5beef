"""Recorded calls as they were sent: `records(folder)` gives each with its whole body.

Media stand in the recordings as `@blob:sha256:<hex>:<n>`. Their bytes are not kept, so a stand-in
of the same measures takes their place: a PNG header of that many pixels, a PDF of that many pages,
a silent WAV of that many seconds. Only the measures are counted.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import struct
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf

_PROXIES = "databricks gpustack heroku openrouter pydantic-gateway snowflake unknown vercel-gateway"
PROXIES = frozenset(_PROXIES.split(" "))
"""Hosts that report numbers of their own."""
_BLOB = re.compile(r"@blob:sha256:([0-9a-f]{64}):\d+")


def is_reported(repository: str) -> bool:
    """Whether a repository's records are kept for reporting; the others were fitted on."""
    return int(hashlib.sha256(repository.encode()).hexdigest(), 16) % 2 == 1


def is_apart(record: dict[str, Any]) -> bool:
    """Whether its text may have been changed since, or a host between reported its own number."""
    return bool(record.get("maybe_normalised_text")) or record["provider"] in PROXIES


def records(folder: Path, *, reported: bool | None = None) -> Iterator[dict[str, Any]]:
    """The recorded calls of one half, or of both."""
    blobs = json.loads((folder / "blobs.json").read_text("utf-8"))
    for record in _lines(folder / "recorded_calls.jsonl.gz"):
        if reported is None or is_reported(record["repo"]) == reported:
            yield {**record, "request": _with_media(record["request"], blobs)}


def outputs(folder: Path, *, reported: bool | None = None) -> Iterator[dict[str, Any]]:
    """The recorded answers of one half, or of both."""
    for record in _lines(folder / "output_pairs.jsonl.gz"):
        if reported is None or is_reported(record["repo"]) == reported:
            yield record


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _with_media(value: Any, blobs: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, dict):
        return {key: _with_media(inner, blobs) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_media(inner, blobs) for inner in value]
    if isinstance(value, str) and "@blob:" in value:
        return _BLOB.sub(lambda found: _stand_in(blobs.get(found[1], {})), value)
    return value


def _stand_in(blob: dict[str, Any]) -> str:
    kind = blob.get("type", "")
    if "width" in blob:
        content = _png(blob["width"], blob["height"])
    elif "pages" in blob:
        content = _pdf(blob["pages"])
    elif "seconds" in blob:
        content = _wav(blob["seconds"])
    elif kind.startswith("text"):
        content = b"text " * (blob.get("bytes", 0) // 5)
    else:
        return "AAAA"
    return base64.b64encode(content).decode()


def _png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(header)) + b"IHDR" + header


def _pdf(pages: int) -> bytes:
    file, writer = io.BytesIO(), pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=612, height=792)
    writer.write(file)
    return file.getvalue()


def _wav(seconds: float) -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(1_000)
        file.writeframes(bytes(round(seconds * 1_000)))
    return sound.getvalue()
