"""Rows of Parquet and of comma-separated files.

Of Parquet, one row group of the column is held at a time, which whoever wrote the file chose.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, cast

from costplan.documents import reached
from costplan.errors import UsageError, suggestion
from costplan.tokens.corpus.decoding import opened
from costplan.tokens.corpus.documents import USUAL, Reading
from costplan.tokens.corpus.heads import UTF_16
from costplan.tokens.corpus.sources import Source

_AT_ONCE = 1_000
"""Rows that are fetched together."""


def rows_of(source: Source, reading: Reading) -> Iterator[Any]:
    """The value of one column in each row; empty cells are passed over.

    Bytes that are no UTF-8 come as `surrogateescape` has them.

    Raises:
        UsageError: there is no such column, or Parquet cannot be read without the extra.
    """
    parquet = source.name.casefold().endswith(".parquet")
    rows = _parquet(source, reading) if parquet else _separated(source, reading)
    return (value for value in rows if value is not None)


def _parts(values: Iterator[Any], field: str) -> Iterator[Any]:
    """One field of each value of a column of structs.

    Raises:
        UsageError: they have no such field.
    """
    try:
        yield from (reached(value, field) for value in values if value is not None)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _parquet(source: Source, reading: Reading) -> Iterator[Any]:
    try:
        import duckdb
    except ImportError:
        raise UsageError("reading Parquet takes an extra: pip install 'costplan[logs]'") from None
    with duckdb.connect(config={"threads": 1}) as connection:
        try:
            table = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [source.name])
            names = [column[0] for column in table.description or ()]
            column, inside = _struct(reading, names)
            quoted = column.replace('"', '""')
            found = connection.execute(f'SELECT "{quoted}" FROM read_parquet(?)', [source.name])  # noqa: S608 - quoted, and one of the table's own names
            while some := found.fetchmany(_AT_ONCE):
                values = (value for (value,) in some)
                yield from _parts(values, inside) if inside else values
        except duckdb.Error as error:
            raise UsageError(str(error).splitlines()[0]) from None


def _separated(source: Source, reading: Reading) -> Iterator[str | None]:
    csv.field_size_limit(sys.maxsize)
    with Path(source.name).open("rb") as content:
        stream = io.BufferedReader(cast("io.RawIOBase", opened(content)))
        marked = stream.peek(2).startswith(UTF_16)  # "Unicode text" of spreadsheets
        encoding = "utf-16" if marked else "utf-8-sig"
        file = io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline="")
        head = file.readline()
        rows = csv.DictReader(chain([head], file), delimiter=_delimiter(head))
        column = _column(reading, list(rows.fieldnames or ()))
        yield from (row[column] or None for row in rows)


def _delimiter(head: str) -> str:
    """What stands between the columns: spreadsheets of many countries write semicolons."""
    return max(",;\t", key=head.count)


def _struct(reading: Reading, names: list[str]) -> tuple[str, str]:
    """The column that is meant, and the field inside where the name reaches into one."""
    column, _, inside = (reading.field or "").partition(".")
    if inside and column in names and reading.field not in names:
        return column, inside
    return _column(reading, names), ""


def _column(reading: Reading, names: list[str]) -> str:
    if reading.field is None:
        found = next((name for name in USUAL if name in names), None)
        if found is None:
            known = f"; there are {', '.join(names)}" if names else ""
            raise UsageError(f"name the column with --field{known}")
        return found
    if reading.field not in names:
        hint = suggestion(reading.field, names)
        raise UsageError(f"there is no column {reading.field!r}{hint}")
    return reading.field
