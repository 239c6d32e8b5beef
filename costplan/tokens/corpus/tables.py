"""Rows of Parquet and of comma-separated files.

Of Parquet, one row group of the column is held at a time, which whoever wrote the file chose.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from costplan.errors import UsageError, suggestion
from costplan.tokens.corpus.documents import USUAL, Reading
from costplan.tokens.corpus.sources import Source

_AT_ONCE = 1_000
"""Rows that are fetched together."""


def rows_of(source: Source, reading: Reading) -> Iterator[Any]:
    """The value of one column in each row; empty cells are passed over.

    Raises:
        UsageError: there is no such column, or Parquet cannot be read without the extra.
    """
    parquet = source.name.casefold().endswith(".parquet")
    rows = _parquet(source, reading) if parquet else _separated(source, reading)
    return (value for value in rows if value is not None)


def _parquet(source: Source, reading: Reading) -> Iterator[Any]:
    try:
        import duckdb
    except ImportError:
        raise UsageError("reading Parquet takes an extra: pip install 'costplan[logs]'") from None
    with duckdb.connect(config={"threads": 1}) as connection:
        try:
            table = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [source.name])
            names = [column[0] for column in table.description or ()]
            column = _column(reading, names).replace('"', '""')
            found = connection.execute(f'SELECT "{column}" FROM read_parquet(?)', [source.name])  # noqa: S608 - quoted, and one of the table's own names
            while some := found.fetchmany(_AT_ONCE):
                yield from (value for (value,) in some)
        except duckdb.Error as error:
            raise UsageError(str(error).splitlines()[0]) from None


def _separated(source: Source, reading: Reading) -> Iterator[str]:
    csv.field_size_limit(sys.maxsize)
    tabs = ".tsv" in source.name.casefold()
    opened = gzip.open if source.packed else Path.open
    with opened(
        Path(source.name), "rt", encoding="utf-8-sig", errors="replace", newline=""
    ) as file:
        rows = csv.DictReader(file, delimiter="\t" if tabs else ",")
        column = _column(reading, list(rows.fieldnames or ()))
        yield from (row[column] for row in rows)


def _column(reading: Reading, names: list[str]) -> str:
    if reading.field is None:
        found = next((name for name in USUAL if name in names), None)
        if found is None:
            known = ", ".join(names)
            raise UsageError(f"name the column with --field; there are {known}")
        return found
    if reading.field not in names:
        hint = suggestion(reading.field, names)
        raise UsageError(f"there is no column {reading.field!r}{hint}")
    return reading.field
