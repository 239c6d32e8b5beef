"""Writing the text of the editor to its file, or beside it; an edit is never lost, nor a file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.desk.bringing import bring_named
from costplan.errors import ChangedFileError, CostplanError
from costplan.scenario import read_scenario
from costplan.scenario.texts import Folder, Texts
from costplan.writing import Stamp, save, save_new

if TYPE_CHECKING:
    from costplan.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class Saved:
    """A text that stands in a file now."""

    path: str
    text: str
    stamp: Stamp
    said: str
    is_copy: bool = False
    """Whether it stands beside the file that is open."""

    def __str__(self) -> str:
        return self.said


@dataclass(frozen=True, slots=True)
class SavingText:
    """Write the text to its file, if nobody else wrote to it meanwhile."""

    text: str
    over: Stamp
    """What should stand there now; a file that is gone is written anew."""
    mark: str = ""
    """What the file begins with before the text: a byte order mark."""

    def answer(self, desk: Desk) -> Saved:
        """The text, written whole or not at all.

        Raises:
            ChangedFileError: something else stands there; nothing was written.
            SaveError: it cannot be written; says why.
        """
        path, data = Path(desk.path), f"{self.mark}{self.text}".encode()
        keep = partial(desk.keep, path)
        try:
            stamp, said = save(path, data, self.over, keep=keep), f"saved {path}"
        except ChangedFileError as error:
            if not error.gone:
                raise
            stamp, said = save(path, data, None, keep=keep), f"{path} was gone; written anew"
        return Saved(desk.path, self.text, stamp, said)


@dataclass(frozen=True, slots=True)
class SavingCopy:
    """Write the text to a new file: beside the one that is open, or where one works."""

    text: str
    name: str = ""
    """A path; where something is there already, it gets a number. Empty, it is called after the
    open file, and stands beside it if that is on disk."""

    def answer(self, desk: Desk) -> Saved:
        """The text, in a file that was not there.

        Raises:
            SaveError: it cannot be written; says why.
        """
        example, beside = _example(desk), Path(desk.path)
        wanted = Path(self.name or (beside.name if example else beside))
        path, stamp = save_new(wanted, self.text.encode(), keep=desk.keep)
        if example is not None:
            texts = Texts(example)
            with suppress(CostplanError):  # a text with mistakes in it names what it names
                read_scenario(self.text, str(path), example, texts)
            bring_named(texts, path.parent)
        return Saved(str(path), self.text, stamp, f"wrote {path}", is_copy=True)


def _example(desk: Desk) -> Folder | None:
    """The folder of the file that is open, where it is an example that ships with costplan."""
    with suppress(CostplanError, OSError):
        return desk.whereabouts()[1] if desk.find()[1] else None
    return None
