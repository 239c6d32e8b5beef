"""Earlier versions of the files that were saved, kept in a folder of the user's own.

Each content is kept once for a file, in the order in which it was last saved or replaced; the
oldest go first. What costplan saved is here even after another program wrote over it.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from costplan.writing import write_whole

MOST = 50
"""Versions kept of a file."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What files held before, by their absolute path."""

    folder: Path | None = None
    """None keeps nothing."""

    def of(self, path: Path) -> tuple[bytes, ...]:
        """The versions of a file, the oldest first; none where they cannot be read."""
        found: list[bytes] = []
        for file in self._files(path):
            with suppress(OSError):
                found.append(file.read_bytes())
        return tuple(found)

    def place(self, path: Path) -> Path | None:
        """The folder that holds the versions of a file, for the user to know."""
        if self.folder is None:
            return None
        absolute = os.path.realpath(path)
        digest = hashlib.sha256(absolute.encode("utf-8", "surrogateescape")).hexdigest()
        return self.folder / f"{path.stem[:40]}-{digest[:12]}"

    def keep(self, path: Path, data: bytes) -> None:
        """Remember a content of a file, as its latest.

        Raises:
            OSError: it cannot be written.
        """
        place = self.place(path)
        if place is None:
            return
        files = self._files(path)
        for file in files:
            if file.stat().st_size == len(data) and file.read_bytes() == data:
                if file != files[-1]:
                    file.rename(self._next(place, files, path))
                return
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._next(place, files, path), data)
        for file in files[: max(0, len(files) + 1 - MOST)]:
            file.unlink(missing_ok=True)

    def before(self, path: Path, data: bytes) -> bytes | None:
        """The version before a content; the latest other one where the content is none of them."""
        known = self.of(path)
        at = known.index(data) if data in known else len(known)
        return known[at - 1] if at else None

    def _files(self, path: Path) -> list[Path]:
        place = self.place(path)
        if place is None or not place.is_dir():
            return []
        numbered = (file for file in place.iterdir() if file.stem.isdecimal())
        return sorted(numbered, key=lambda file: int(file.stem))

    def _next(self, place: Path, files: list[Path], path: Path) -> Path:
        number = int(files[-1].stem) + 1 if files else 1
        return place / f"{number:06}{path.suffix}"
