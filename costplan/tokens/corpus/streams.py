"""From a file to its documents, one after another."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from costplan.documents import reached
from costplan.errors import ExitCode, Place, Problem, UsageError
from costplan.tokens.corpus.decoding import Decoder, opened
from costplan.tokens.corpus.documents import Document, Reading, texts_in
from costplan.tokens.corpus.sources import STANDARD_INPUT, Holds, Source
from costplan.tokens.encoder import safe_cut

_parse = json.JSONDecoder().decode  # what `json.loads` comes to, for every line of a log
_BLOCK = 8_000_000
"""Bytes of one text that are held at a time."""


@dataclass(slots=True)
class Stream:
    """The documents of one source; what is wrong on the way is told and passed over."""

    source: Source
    reading: Reading
    tell: Callable[[Problem], None]
    """Hears of each record that cannot be read, and of bytes that are no UTF-8."""
    standard_input: IO[bytes] | None = None
    advance: Callable[[int], None] = field(default=lambda _: None)
    """Hears how many more bytes were read."""

    def __iter__(self) -> Iterator[Document]:
        try:
            yield from self._documents()
        except UsageError as error:
            self._problem(0, 0, str(error))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            self._problem(0, 0, f"cannot be unpacked any further: {error}")
        except OSError as error:
            self._problem(0, 0, f"cannot be read any further: {error.strerror or error}")

    def _documents(self) -> Iterator[Document]:
        if self.source.holds is Holds.TABLE:
            yield from self._rows()
            return
        with self._open() as file:
            if self.source.holds is Holds.LINES:
                yield from self._lines(file)
            elif self.source.holds is Holds.BODY:
                yield from self._bodies(file)
            else:
                yield from self._blocks(file)

    @contextmanager
    def _open(self) -> Iterator[IO[bytes]]:
        if self.source.name == STANDARD_INPUT and self.standard_input is not None:
            yield opened(self.standard_input)
            return
        with Path(self.source.name).open("rb") as file:
            yield opened(file)

    def _blocks(self, file: IO[bytes]) -> Iterator[Document]:
        """A text: whole, or in blocks that end where a cut matters least."""
        head, rest = file.read(_BLOCK), ""
        decoder = Decoder(head)
        while head:
            # What is shorter was the end, and a keyboard asked again would want it said again.
            ahead = file.read(_BLOCK) if len(head) == _BLOCK else b""
            rest += decoder.decode(head, final=not ahead)
            self.advance(len(head))
            if ahead:
                end = safe_cut(rest, 0, len(rest) - 1) or len(rest)
                yield Document(self.source.name, (rest[:end],), continues=True)
                rest = rest[end:]
            head = ahead
        if decoder.replaced:
            self._replaced(0)
        yield Document(self.source.name, (rest,))

    def _lines(self, file: IO[bytes]) -> Iterator[Document]:
        for number, line in enumerate(file, 1):
            self.advance(len(line))
            if line.strip():
                try:
                    yield self._record(line, number)
                except json.JSONDecodeError as error:
                    self._problem(number, error.colno, f"not JSON: {error.msg}")
                except ValueError as error:
                    self._problem(number, 1, str(error))

    def _record(self, line: bytes, number: int) -> Document:
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip()
        except UnicodeDecodeError:
            self._replaced(number)
            text = line.decode("utf-8", "replace").rstrip()
        try:
            record = _json(text)
        except json.JSONDecodeError:
            plain = self.reading.lines and self.reading.field is None and not self.reading.requests
            if not plain:
                raise
            return Document(self.source.name, (text,))
        return self._document(record, number)

    def _document(self, record: Any, line: int) -> Document:
        if not self.reading.requests:
            return Document(self.source.name, texts_in(record, self.reading.field))
        if self.reading.field is not None:
            record = reached(record, self.reading.field)
        if isinstance(record, dict):
            return Document(self.source.name, request=record, line=line)
        raise ValueError("expected the JSON object that is sent to a provider")

    def _bodies(self, file: IO[bytes]) -> Iterator[Document]:
        content = file.read()
        self.advance(len(content))
        decoder = Decoder(content)
        text = decoder.decode(content, final=True)
        if decoder.replaced:
            self._replaced(0)
        try:
            value = _json(text)
        except json.JSONDecodeError as error:
            self._problem(error.lineno, error.colno, f"not JSON: {error.msg}")
            return
        except ValueError as error:
            self._problem(0, 0, str(error))
            return
        for body in value if isinstance(value, list) else [value]:
            try:
                yield self._document(body, 0)
            except ValueError as error:
                self._problem(0, 0, str(error))

    def _rows(self) -> Iterator[Document]:
        from costplan.tokens.corpus.tables import rows_of

        for number, value in enumerate(rows_of(self.source, self.reading), 1):
            try:
                yield self._row(value, number)
            except ValueError as error:
                self._problem(number, 1, str(error))
        self.advance(self.source.size or 0)

    def _row(self, value: Any, number: int) -> Document:
        """A column of text is a text, whatever it looks like; others are as in JSON."""
        if isinstance(value, str) and not value.isascii():
            value = self._whole(value, number)
        if not self.reading.requests:
            return Document(self.source.name, texts_in([value], None))
        body = _cell(value) if isinstance(value, str) else value
        if isinstance(body, dict):
            return Document(self.source.name, request=body, line=number)
        raise ValueError("expected the JSON object that is sent to a provider")

    def _whole(self, text: str, line: int) -> str:
        """The text, with U+FFFD for each byte that was no UTF-8 (`tables` keeps them apart)."""
        try:
            text.encode()
        except UnicodeEncodeError:
            self._replaced(line)
            return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return text

    def _problem(self, line: int, column: int, message: str) -> None:
        self.tell(Problem(Place(self.source.name, line, column), "", message))

    def _replaced(self, line: int) -> None:
        place = Place(self.source.name, line, 1 if line else 0)
        self.tell(Problem(place, "", "bytes that are no UTF-8 count as U+FFFD", ExitCode.FINE))


def read_documents(
    source: Source,
    reading: Reading,
    tell: Callable[[Problem], None],
    *,
    standard_input: IO[bytes] | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[Document]:
    """The documents of a source, in order, as they are read."""
    return iter(Stream(source, reading, tell, standard_input, advance))


def _json(text: str) -> Any:
    """A JSON value.

    Raises:
        ValueError: it is none (`JSONDecodeError`), or cannot be held.
    """
    try:
        return _parse(text)
    except RecursionError:
        raise ValueError("this JSON is nested too deeply to be read") from None


def _cell(text: str) -> Any:
    """The JSON value in a cell of a table.

    Raises:
        ValueError: it is none.
    """
    try:
        return _json(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg}") from None
