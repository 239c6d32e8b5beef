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


def pdf_of(words: str) -> str:
    """One page that says something in plain letters (ISO 32000-1, 7.5 and 9.4)."""
    drawn = f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources 6 0 R >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Font << /F1 5 0 R >> >>",
    )
    written, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(f"{len(written):010} 00000 n \n")
        written += f"{number} 0 obj\n{each}\nendobj\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return encoded((written + table + end).encode())


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
