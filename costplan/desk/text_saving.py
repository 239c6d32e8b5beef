"""Writing the text of the editor to its file, or beside it; an edit is never lost, nor a file."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.errors import CostplanError
from costplan.scenario import find_scenario

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

_MARK = b"\xef\xbb\xbf"


class ChangedOnDiskError(CostplanError):
    """The file is not what the editor began from; nothing was written."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A text that stands in a file now."""

    path: str
    text: str
    is_copy: bool = False
    """Whether it stands beside the file that is open."""

    def __str__(self) -> str:
        return f"wrote {self.path}"


@dataclass(frozen=True, slots=True)
class SavingText:
    """Write the text to its file, if nobody else wrote to it meanwhile."""

    text: str
    over: str
    """The text that should stand there now; a file that is gone is written anew."""

    def answer(self, desk: Desk) -> Saved:
        """The text, written whole or not at all.

        Raises:
            ChangedOnDiskError: another text stands there.
            CostplanError: it is an example that ships with costplan.
            OSError: it cannot be written; what stood there still does.
        """
        file = Path(desk.path)
        if not file.exists():
            with contextlib.suppress(CostplanError):
                find_scenario(desk.path)
                raise CostplanError(f"{desk.path} ships with costplan; save it as a new file")
        before = file.read_bytes() if file.exists() else b""
        mark = _MARK if before.startswith(_MARK) else b""
        if file.exists() and before != mark + self.over.encode():
            raise ChangedOnDiskError(f"{desk.path} was changed by somebody else; nothing written")
        _write(file, mark + self.text.encode())
        return Saved(desk.path, self.text)


@dataclass(frozen=True, slots=True)
class SavingCopy:
    """Write the text to a new file beside the one that is open."""

    text: str
    name: str = ""
    """A path; one that is free, after the name of the open file, when empty."""

    def answer(self, desk: Desk) -> Saved:
        """The text, in a file that was not there.

        Raises:
            CostplanError: a file of that name is there already.
            OSError: it cannot be written.
        """
        path = Path(self.name) if self.name else _free(Path(desk.path))
        try:
            with path.open("xb") as file:
                file.write(self.text.encode())
        except FileExistsError:
            raise CostplanError(f"{path} exists already; name another") from None
        return Saved(str(path), self.text, is_copy=True)


def _free(path: Path) -> Path:
    """`plan-2.yaml` beside `plan.yaml`, or the next that is not there."""
    number = 2
    while (free := path.with_name(f"{path.stem}-{number}{path.suffix or '.yaml'}")).exists():
        number += 1
    return free


def _write(path: Path, data: bytes) -> None:
    """Write beside the file, then move it there, so that it is never half written."""
    target = path.resolve()  # a link goes on pointing at the file
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(13, "the file is read-only", str(path))
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
