"""Reads the files that a scenario names, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from costplan.errors import suggestion
from costplan.scenario.log_files import read_log
from costplan.scenario.logs import Arrivals, Log
from costplan.scenario.samples import Record, read_sample

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

type Folder = Path | Traversable
MAX_TEXT = 20_000_000
"""Bytes of one text or sample file: about five million tokens."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a file could not be used."""

    message: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The files named in one document and its variants."""

    folder: Folder
    read: dict[str, str | Unusable] = field(default_factory=dict)
    """By name: the text, or why there is none."""
    parsed: dict[tuple[str, str | None], tuple[Record, ...] | Unusable] = field(
        default_factory=dict
    )
    """By name and field: the records of a sample, or why there are none."""
    counted: dict[Log, Arrivals | Unusable] = field(default_factory=dict)
    """By log: what was counted in it, or why nothing was."""
    folders: dict[str, None] = field(default_factory=dict)
    """Those that were searched for the files of a pattern."""

    @property
    def seen(self) -> tuple[str, ...]:
        """Every file that was asked for, and every folder that was searched."""
        return (*self.read, *(log.file for log in self.counted), *self.folders)

    def text(self, name: str) -> str | Unusable:
        """The text of a file."""
        if name not in self.read:
            self.read[name] = self._content(name)
        return self.read[name]

    def sample(self, pattern: str, of: str | None) -> tuple[Record, ...] | Unusable:
        """The records of a file, or of all files that a pattern such as `logs/*.jsonl` matches.

        Args:
            pattern: the file or files.
            of: the field that is meant; see `read_sample`.
        """
        if (pattern, of) not in self.parsed:
            self.parsed[pattern, of] = self._records(pattern, of)
        return self.parsed[pattern, of]

    def log(self, log: Log) -> Arrivals | Unusable:
        """What was counted in a log of requests."""
        if log not in self.counted:
            try:
                self.counted[log] = read_log(log, self.folder.joinpath(log.file))
            except OSError as error:
                self.counted[log] = self._unreadable(log.file, error)
            except ValueError as error:
                self.counted[log] = Unusable(str(error))
        return self.counted[log]

    def price_files(self, name: str) -> list[str]:
        """The price files in the folder of that name, or the name itself."""
        self.folders[name] = None
        inside = [n for n in self._nearby(f"{name.rstrip('/')}/") if n.endswith((".yaml", ".yml"))]
        return sorted(inside) or [name]

    def _content(self, name: str) -> str | Unusable:
        try:
            data = self.folder.joinpath(name).read_bytes()
        except (OSError, ValueError) as error:  # a ValueError where the name holds a NUL
            return self._unreadable(name, error)
        if len(data) > MAX_TEXT:
            return Unusable(f"{name!r} is over {MAX_TEXT // 1_000_000} MB")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return Unusable(f"{name!r} is not text in UTF-8, at byte {error.start + 1:,}")

    def _unreadable(self, name: str, error: Exception) -> Unusable:
        beside = (other for other in self._nearby(name) if other != name)
        hint = suggestion(name, beside, all_below=0)
        if isinstance(error, IsADirectoryError | PermissionError) and self._nearby(f"{name}/"):
            return Unusable(f"{name!r} is a folder without such files")
        gone = isinstance(error, FileNotFoundError)
        why = "no such file" if gone else getattr(error, "strerror", None) or str(error)
        return Unusable(f"cannot read {name!r}: {why}{hint}")

    def _records(self, pattern: str, of: str | None) -> tuple[Record, ...] | Unusable:
        found: list[Record] = []
        for name in self._matching(pattern):
            records = understood(self.text(name), partial(read_sample, name, field=of))
            if isinstance(records, Unusable):
                return records
            found += records
        return tuple(found) if found else Unusable(self._no_match(pattern))

    def _matching(self, pattern: str) -> list[str]:
        """The files of a pattern; `*`, `?` and `[...]` may stand in folders too."""
        if not _has_signs(pattern) or self._is(pattern, "file"):
            return [pattern]  # a file may have brackets in its name
        *folders, last = pattern.split("/")
        under = [""]
        for step in folders:
            under = [f"{name}/" for prefix in under for name in self._named(prefix, step)]
        found = [name for prefix in under for name in self._named(prefix, last)]
        if _has_signs(last):
            return sorted(name for name in found if not self._is(name, "folder"))
        return sorted(name for name in found if self._is(name, "file"))

    def _named(self, prefix: str, step: str) -> list[str]:
        if not _has_signs(step):
            return [prefix + step]
        self.folders[prefix] = None
        beside = {name: name.rpartition("/")[2] for name in self._nearby(prefix)}
        return [name for name, last in beside.items() if last[0] != "." and fnmatchcase(last, step)]

    def _no_match(self, pattern: str) -> str:
        folders = pattern.split("/")[:-1]
        above = "/".join(takewhile(lambda step: not _has_signs(step), folders))
        if not above or self._is(above, "folder"):
            return f"no file matches {pattern!r}"
        hint = suggestion(above, self._nearby(above), all_below=0)
        return f"no file matches {pattern!r}: there is no folder {above!r}{hint}"

    def _is(self, name: str, what: Literal["file", "folder"]) -> bool:
        try:
            found = self.folder.joinpath(name)
            return found.is_file() if what == "file" else found.is_dir()
        except (OSError, ValueError):
            return False

    def _nearby(self, name: str) -> list[str]:
        parent, _, _ = name.rpartition("/")
        try:
            folder = self.folder.joinpath(parent) if parent else self.folder
            return [f"{parent}/{f.name}" if parent else f.name for f in folder.iterdir()]
        except (OSError, ValueError):
            return []


def _has_signs(name: str) -> bool:
    return any(sign in name for sign in "*?[")


def understood[T](text: str | Unusable, read: Callable[[str], T]) -> T | Unusable:
    """What a reader makes of a text; its `ValueError` is why the file is of no use."""
    if isinstance(text, Unusable):
        return text
    try:
        return read(text)
    except ValueError as error:
        return Unusable(str(error))
