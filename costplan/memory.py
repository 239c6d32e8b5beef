"""Remembers on disk what is slow to work out, by the content it was worked out from.

A memory holds nothing that cannot be made again: where its folder cannot be read or written, or a
file in it makes no sense, the value is made again and nobody is told.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from costplan.version import __version__
from costplan.writing import write_whole


@dataclass(frozen=True, slots=True)
class Memory:
    """Values by the content they were made from, in a folder of the user's own."""

    folder: Path | None = None
    """None remembers nothing."""

    def recall[T](self, name: str, content: bytes, make: Callable[[], T]) -> T:
        """What `make` gave for the same content before, or gives now.

        Args:
            name: what kind of value; one is kept for each name.
            content: everything the value depends on, besides the version of costplan.
            make: works the value out; what it raises is raised, and not remembered.
        """
        if self.folder is None:
            return make()
        about = f"{__version__} {sys.version} {name}\n".encode()
        digest = hashlib.sha256(about + content).digest()
        file = self.folder / f"{name}.pickle"
        with suppress(Exception):  # whatever a damaged file raises, the value can be made again
            data = file.read_bytes()
            if data.startswith(digest):
                # Only this user writes to the folder, and the digest is of this content.
                value: T = pickle.loads(data[len(digest) :])  # noqa: S301
                return value
        made = make()
        with suppress(pickle.PicklingError):
            write_quietly(file, digest + pickle.dumps(made, protocol=5))
        return made


def cache_folder() -> Path | None:
    """Where counts may be kept, by the custom of the system; it need not exist, or be writable."""
    return _folder("XDG_CACHE_HOME", ".cache", "Cache")


def state_folder() -> Path | None:
    """Where what a user chose and saved may be kept, by the custom of the system."""
    return _folder("XDG_STATE_HOME", ".local/state", "State")


def write_quietly(file: Path, data: bytes) -> None:
    """Write all of it or nothing, as another process may read at any time; nothing is no error."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, data, durable=False)


def _folder(variable: str, below_home: str, on_windows: str) -> Path | None:
    if named := os.environ.get(variable):
        return Path(named) / "costplan"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) / "costplan" / on_windows if local else None
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises where there is none
    return Path(home) / below_home / "costplan" if home != "~" else None
