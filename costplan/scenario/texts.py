"""The text and sample files that a scenario names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.errors import Place, suggestion
from costplan.scenario.schema import Scenario, Tokens
from costplan.schema import KeyPath, Reader

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

type Folder = Path | Traversable
MAX_TEXT = 20_000_000
"""Bytes of one text or sample file: about five million tokens."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Reads the files named in one document and its variants, each once."""

    folder: Folder
    read: dict[str, str | Unusable] = field(default_factory=dict)
    """By name: the text, or why there is none."""
    parsed: dict[str, tuple[str | int, ...] | Unusable] = field(default_factory=dict)
    """By name: the records of a sample, or why there are none."""

    def load(
        self, scenario: Scenario, reader: Reader
    ) -> tuple[dict[str, str], dict[str, tuple[str | int, ...]]]:
        """The texts and the samples of a scenario; what cannot be read is a problem."""
        texts: dict[str, str] = {}
        samples: dict[str, tuple[str | int, ...]] = {}
        for path, tokens in _tokens(scenario, ()):
            if tokens.file:
                text = self._text(tokens.file)
                if isinstance(text, Unusable):
                    _tell(text, (*path, "file"), reader)
                else:
                    texts[tokens.file] = text
            if tokens.sample:
                records = self._sample(tokens.sample)
                if isinstance(records, Unusable):
                    _tell(records, (*path, "sample"), reader)
                else:
                    samples[tokens.sample] = records
        return texts, samples

    def price_files(self, scenario: Scenario, reader: Reader) -> dict[str, str]:
        """The price files of a scenario by name; what cannot be read is a problem."""
        found: dict[str, str] = {}
        for name in scenario.prices:
            inside = [
                n for n in self._nearby(f"{name.rstrip('/')}/") if n.endswith((".yaml", ".yml"))
            ]
            for each in sorted(inside) or [name]:
                text = self._text(each)
                if isinstance(text, Unusable):
                    _tell(text, ("prices",), reader)
                else:
                    found[each] = text
        return found

    def _text(self, name: str) -> str | Unusable:
        if name not in self.read:
            self.read[name] = self._content(name)
        return self.read[name]

    def _content(self, name: str) -> str | Unusable:
        try:
            data = self.folder.joinpath(name).read_bytes()
        except (OSError, ValueError) as error:  # a ValueError where the name holds a NUL
            hint = suggestion(name, self._nearby(name), all_below=0)
            if isinstance(error, IsADirectoryError | PermissionError) and self._nearby(f"{name}/"):
                return Unusable(f"{name!r} is a folder without such files")
            gone = isinstance(error, FileNotFoundError)
            why = "no such file" if gone else getattr(error, "strerror", None) or str(error)
            return Unusable(f"cannot read {name!r}: {why}{hint}")
        if len(data) > MAX_TEXT:
            return Unusable(f"{name!r} is over {MAX_TEXT // 1_000_000} MB")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return Unusable(f"{name!r} is not text in UTF-8, at byte {error.start + 1:,}")

    def _sample(self, name: str) -> tuple[str | int, ...] | Unusable:
        if name not in self.parsed:
            self.parsed[name] = self._all_records(name)
        return self.parsed[name]

    def _all_records(self, pattern: str) -> tuple[str | int, ...] | Unusable:
        """The records of a file, or of all files that a pattern such as `logs/*.jsonl` matches."""
        wild = any(sign in pattern for sign in "*?[")
        names = [n for n in self._nearby(pattern) if fnmatch(n, pattern)] if wild else [pattern]
        found: list[str | int] = []
        for name in sorted(names):
            text = self._text(name)
            records = text if isinstance(text, Unusable) else _records(name, text)
            if isinstance(records, Unusable):
                return records
            found += records
        return tuple(found) if found else Unusable(f"no file matches {pattern!r}")

    def _nearby(self, name: str) -> list[str]:
        parent, _, _ = name.rpartition("/")
        try:
            folder = self.folder.joinpath(parent) if parent else self.folder
            return [f"{parent}/{f.name}" if parent else f.name for f in folder.iterdir()]
        except (OSError, ValueError):
            return []


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a file could not be used."""

    message: str


def _tell(problem: Unusable, path: KeyPath, reader: Reader) -> None:
    place = reader.places.get(path) or reader.places.get(path[:-1])
    reader.problem(place or Place(""), path, problem.message)


def _records(name: str, text: str) -> tuple[str | int, ...] | Unusable:
    found: list[str | int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        value = _record(line)
        if value is None:
            return Unusable(
                f"{name}:{number}: expected a text, a number of tokens, or an object with "
                "'text' or 'tokens'"
            )
        found.append(value)
    return tuple(found) if found else Unusable(f"{name!r} has no records")


def _record(line: str) -> str | int | None:
    """One line of a sample: its text, or its number of tokens; None if it is neither."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    if isinstance(value, dict):
        value = value.get("text", value.get("tokens"))
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value if isinstance(value, str) or value >= 0 else None
    return None


def _tokens(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Tokens]]:
    """Every `Tokens` in a scenario with its path."""
    if isinstance(value, Tokens):
        yield path, value
    elif isinstance(value, Scenario):
        for name, workload in value.workloads.items():
            yield from _tokens(workload.request, ("workloads", name, "request"))
    elif is_dataclass(value):
        for entry in fields(value):
            yield from _tokens(getattr(value, entry.name), (*path, entry.name))
