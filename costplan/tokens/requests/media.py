"""What a request carries besides text: pictures, files, sound and film, in base64 or by address.

Only their measures matter here: pixels, pages, seconds. Where only an address is given nothing is
fetched, and the measure is None.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from costplan.tokens.requests.conversation import Block, Document, Image, Other, Recording

_FILE = re.compile(r"data:[\w.+/-]{1,80};base64,|iVBORw0KGgo|/9j/|R0lGOD|UklGR|JVBERi0", re.ASCII)
"""How a file in base64 begins: as an address, or as a PNG, JPEG, GIF, RIFF or PDF itself."""
_DAY = 86_400.0
"""Seconds; a header that claims more was written before the length was known."""


def from_url(
    url: Any, media_type: str = "", *, detail: str = "auto", cached: bool = False
) -> Block:
    """A medium given as an address or a `data:` URL; what says nothing else is a picture."""
    head, comma, data = url.partition(",") if isinstance(url, str) else ("", "", "")
    if comma and head.startswith("data:") and head.endswith(";base64"):
        kind = head.removeprefix("data:").partition(";")[0] or media_type
        return from_base64(data, kind, detail=detail, cached=cached)
    return unseen(media_type or _by_ending(str(url)), detail=detail, cached=cached)


def from_base64(data: Any, media_type: str, *, detail: str = "auto", cached: bool = False) -> Block:
    """A medium given whole; one whose measure cannot be read is as one not seen."""
    content = _decoded(data)
    kind = media_type.casefold()
    if content is None:
        return unseen(kind, detail=detail, cached=cached)
    if kind.endswith("pdf") or content.startswith(b"%PDF"):
        text, pages = _read_pdf(content)
        return Document(text, pages, media_type="application/pdf", cached=cached)
    if kind.startswith("text/") or kind in {"application/json", "text", "txt", "csv", "md", "html"}:
        return Document(content.decode("utf-8", "replace"), media_type=kind, cached=cached)
    if kind.startswith(("audio", "video")) or kind in _SOUNDS:
        is_film = kind.startswith("video")
        return Recording("video" if is_film else "audio", _seconds(content), cached)
    if kind.startswith("application"):
        return Document(media_type=kind, cached=cached)
    width, height = _pixels(content)
    return Image(width, height, detail, cached)


def unseen(media_type: str, *, detail: str = "auto", cached: bool = False) -> Block:
    """A medium of which only the type is known."""
    kind = media_type.casefold()
    if kind.startswith(("audio", "video")) or kind in _SOUNDS:
        return Recording("video" if kind.startswith("video") else "audio", None, cached)
    if kind.endswith("pdf") or kind.startswith(("text", "application")):
        return Document(media_type=kind, cached=cached)
    return Image(None, None, detail, cached)


def unknown(kind: str, value: Mapping[str, Any], *, cached: bool = False) -> Block:
    """A block of a kind that is not read: as its JSON, unless a file stands in it.

    A file's base64 is no text to a model. What it makes of the file is as little known as if it
    were not seen.
    """
    file = next(filter(_FILE.match, _texts(value)), None)
    if file is None:
        return Other(kind, dict(value), cached)
    named = file.removeprefix("data:").partition(";")[0] if file.startswith("data:") else ""
    return unseen(named or ("application/pdf" if file.startswith("JVBERi0") else ""), cached=cached)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)


_SOUNDS = {"wav", "mp3", "ogg", "flac", "m4a", "aac", "pcm16"}


def _by_ending(address: str) -> str:
    path = address.partition("?")[0].casefold()
    if path.endswith(".pdf"):
        return "application/pdf"
    if path.endswith((".mp4", ".mov", ".webm")) or "youtube.com" in path or "youtu.be" in path:
        return "video"
    if path.endswith((".txt", ".md", ".csv", ".html", ".json")):
        return "text/plain"
    return "audio" if path.rpartition(".")[2] in _SOUNDS else "image"


def _decoded(data: Any) -> bytes | None:
    """The bytes of a file: in either alphabet of base64, or as an SDK takes them."""
    if isinstance(data, bytes):
        return data
    if not isinstance(data, str):
        return None
    plain = "".join(data.split()).translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _pixels(content: bytes) -> tuple[int, int] | tuple[None, None]:
    import imagesize

    width, height = imagesize.get(io.BytesIO(content))
    return (width, height) if width > 0 and height > 0 else (None, None)


def _seconds(content: bytes) -> float | None:
    from tinytag import TinyTag, TinyTagException

    try:
        seconds = TinyTag.get(file_obj=io.BytesIO(content)).duration
    except TinyTagException:
        return None
    return seconds if seconds is not None and 0 < seconds < _DAY else None


def _read_pdf(content: bytes) -> tuple[str | None, int | None]:
    """The words of a PDF and its pages; no words where it holds only pictures of them."""
    import logging

    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every blemish of a file
    try:
        pages = PdfReader(io.BytesIO(content)).pages
        text = "\n".join(page.extract_text() for page in pages)
        return text if text.strip() else None, len(pages)
    except Exception:  # noqa: BLE001 - a broken file raises whatever its reader met
        return None, None
