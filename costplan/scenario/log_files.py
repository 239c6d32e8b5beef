"""Reads logs of requests: CSV and JSON lines as they are or gzipped, and Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from costplan.documents import reached
from costplan.scenario.logs import Arrivals, Log, Tally, columns

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

type Rows = Iterator[tuple[int, object, object]]
"""The line, when, and how many."""


def read_log(log: Log, file: Path | Traversable) -> Arrivals:
    """Count the requests of a log by day and hour.

    Raises:
        ValueError: it cannot be read; says which line and why.
        OSError: there is no such file.
    """
    tally, name = Tally(), log.file.removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            for moment, count in _parquet(log, file):
                tally.add(moment, count)
        else:
            _count(log, file, tally)
        return tally.arrivals()
    except UnicodeDecodeError as error:
        raise ValueError(f"{log.file!r} is not text in UTF-8: {error.reason}") from None
    except csv.Error as error:
        raise ValueError(f"{log.file!r} is not a table: {error}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise ValueError(f"{log.file!r} is not a whole gzip file") from None
    except ValueError as error:
        begun = str(error).startswith(f"{log.file}:")
        raise ValueError(str(error) if begun else f"{log.file}: {error}") from None


def _count(log: Log, file: Path | Traversable, tally: Tally) -> None:
    readers = {".csv": _separated, ".jsonl": _json_lines, ".ndjson": _json_lines}
    name = log.file.removesuffix(".gz")
    read = next((reader for ending, reader in readers.items() if name.endswith(ending)), None)
    if read is None:
        raise ValueError("expected a file in .csv, .jsonl, .ndjson (or with .gz) or .parquet")
    with file.open("rb") as raw, _unpacked(raw, log.file) as text:
        for line, moment, count in read(log, text):
            try:
                tally.add(moment, count)
            except ValueError as error:
                raise ValueError(f"{log.file}:{line}: {error}") from None


def _unpacked(raw: IO[bytes], name: str) -> io.TextIOWrapper:
    plain = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if name.endswith(".gz") else raw
    return io.TextIOWrapper(plain, "utf-8-sig", newline="")


def _separated(log: Log, text: IO[str]) -> Rows:
    head = text.readline()
    delimiter = max(",;\t", key=head.count)
    names = next(csv.reader([head], delimiter=delimiter), [])
    try:
        time, count = columns(log, names)
    except ValueError as error:
        raise ValueError(f"{log.file}:1: {error}") from None
    rows = csv.reader(text, delimiter=delimiter)
    at, of = names.index(time), names.index(count) if count else -1
    for row in rows:
        if row:
            cells = row + [""] * (len(names) - len(row))
            yield rows.line_num + 1, cells[at], cells[of] if count else 1


def _json_lines(log: Log, text: IO[str]) -> Rows:
    for number, line in enumerate(text, 1):
        if line.strip():
            try:
                moment, count = _record(log, line)
            except ValueError as error:
                raise ValueError(f"{log.file}:{number}: {error}") from None
            yield number, moment, count


def _record(log: Log, line: str) -> tuple[object, object]:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, Mapping):
        return line.strip().strip('"'), 1  # a line may be the time itself
    if log.time is not None:
        return reached(record, log.time), reached(record, log.count) if log.count else 1
    time, count = columns(log, record)
    return record[time], record[count] if count else 1


def _parquet(log: Log, file: Path | Traversable) -> Iterator[tuple[object, object]]:
    try:
        import duckdb
    except ImportError:
        raise ValueError("reading Parquet takes an extra: pip install 'costplan[logs]'") from None
    if not file.is_file():
        raise FileNotFoundError(2, "no such file")
    with duckdb.connect(config={"threads": 1}) as connection:
        try:
            head = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file)])
            kinds = {name: kind for name, kind, *_ in head.fetchall()}
            time, count = columns(log, kinds)
            when = '"{}"'.format(time.replace('"', '""'))
            if kinds[time].startswith("TIMESTAMP"):
                when = f"floor(epoch({when}) / 3600) * 3600"
            elif kinds[time] == "DATE":
                when = f"CAST({when} AS VARCHAR)"
            many = 'sum("{}")'.format(count.replace('"', '""')) if count else "count(*)"
            query = f"SELECT {when}, {many} FROM read_parquet(?) GROUP BY 1"  # noqa: S608 - quoted, and columns of the table's own
            found = connection.execute(query, [str(file)])
            while rows := found.fetchmany(10_000):
                yield from rows
        except duckdb.Error as error:
            raise ValueError(str(error).splitlines()[0]) from None
