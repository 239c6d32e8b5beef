"""From the bytes of a stream to its text."""

from __future__ import annotations

import codecs
import gzip
import io
from typing import IO, cast

from costplan.errors import UsageError
from costplan.tokens.corpus.heads import LOOK_AT, Head


def opened(stream: IO[bytes]) -> IO[bytes]:
    """A stream of bytes, unpacked where it is packed.

    Raises:
        UsageError: it is no text.
    """
    file = stream if isinstance(stream, io.BufferedReader) else io.BytesIO(stream.read())
    beginning = file.peek(LOOK_AT) if isinstance(file, io.BufferedReader) else file.getvalue()
    head = Head.of(beginning[:LOOK_AT])
    if head.no_text:
        raise UsageError(head.no_text)
    return cast("IO[bytes]", gzip.open(file)) if head.packed else file


class Decoder:
    """From bytes to text, block by block: UTF-16 where a mark says so, else UTF-8."""

    def __init__(self, head: bytes) -> None:
        marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._make = codecs.getincrementaldecoder("utf-16" if marked else "utf-8-sig")
        self._decoder = self._make()
        self.replaced = False
        """Whether there were bytes that had to be replaced."""

    def decode(self, block: bytes, *, final: bool) -> str:
        """The text of the next block; after the first bytes that are no UTF-8, with U+FFFD."""
        before = self._decoder.getstate()
        try:
            return self._decoder.decode(block, final)
        except UnicodeDecodeError:
            self.replaced = True
            self._decoder = self._make("replace")
            self._decoder.setstate(before)
            return self._decoder.decode(block, final)
