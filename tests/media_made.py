"""Pictures, sound and PDFs of stated measures, in base64: what a request carries of them."""

from __future__ import annotations

import base64
import io
import struct
import wave

import pypdf


def png(width: int, height: int) -> str:
    """The beginning of a PNG of that size: all that tells its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return encoded(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(header)) + b"IHDR" + header)


def wav(seconds: int) -> str:
    """Silence."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(100)
        file.writeframes(bytes(100 * seconds))
    return encoded(sound.getvalue())


def pdf(pages: int) -> str:
    """Empty pages in letter format."""
    file, writer = io.BytesIO(), pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=612, height=792)
    writer.write(file)
    return encoded(file.getvalue())


def encoded(content: bytes) -> str:
    """Base64, as JSON carries bytes."""
    return base64.b64encode(content).decode()
