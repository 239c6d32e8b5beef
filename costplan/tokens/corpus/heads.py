"""What the first bytes of a file tell: whether it is packed, and whether it is a text."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

LOOK_AT = 8_192
"""Bytes that are looked at."""
_GZIP = b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""Marks that UTF-16 begins with."""
_KNOWN = {
    b"%PDF-": "a PDF; save its text as a file, or count a request that holds it with --request",
    b"PK\x03\x04": "a zip archive, as documents of Word and Excel are; save it as text or CSV",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, unpacked where the file is packed with gzip."""

    content: bytes
    packed: bool

    @classmethod
    def of(cls, beginning: bytes) -> Head:
        """What the first `LOOK_AT` bytes of a file, or fewer, are the beginning of."""
        if not beginning.startswith(_GZIP):
            return cls(beginning, packed=False)
        try:
            unpacked = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(beginning, LOOK_AT)
        except zlib.error:
            return cls(beginning, packed=True)  # reading on tells what is wrong with it
        return cls(unpacked, packed=True)

    @property
    def no_text(self) -> str:
        """Why this is no text; empty where it may be one.

        A text holds no NUL byte, unless it is UTF-16, which says so in its first two.
        """
        for beginning, what in _KNOWN.items():
            if self.content.startswith(beginning):
                return f"no text: {what}"
        if b"\0" in self.content and not self.content.startswith(UTF_16):
            return "no text: it holds NUL bytes"
        return ""
