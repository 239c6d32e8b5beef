"""Keeping a what-if: as a variant, in the scenario itself, or as a new file; and the way back.

The file is read anew each time, and only the lines that are meant change in it. Whatever a file
held before is among the user's versions of it. An example that ships with costplan is never
written: a copy is made in the current folder, with the files it names.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.desk.bringing import bring_named
from costplan.desk.taking import default_name
from costplan.desk.whatif import WhatIf
from costplan.errors import CostplanError, SaveError
from costplan.scenario import Scenario, read_scenario
from costplan.scenario.editing import as_new_file, with_settings, with_variant
from costplan.scenario.texts import Folder, Texts
from costplan.writing import Stamp, read_stamped, save, save_new

if TYPE_CHECKING:
    from costplan.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written, and where the reader stands then."""

    said: str
    path: str
    """The file that holds it; another than before where a new one was made."""
    what_if: WhatIf | None = None
    """None is where the reader stood."""

    def __str__(self) -> str:
        return self.said


@dataclass(frozen=True, slots=True)
class KeepingVariant:
    """Write the what-if as a variant of the scenario."""

    what_if: WhatIf
    name: str
    replace: bool = False
    """Whether a variant of that name gives way."""

    def answer(self, desk: Desk) -> Kept:
        """The variant alone is the what-if now.

        Raises:
            CostplanError: it cannot be written; says why. Nothing has changed.
            OSError: the file cannot be read.
        """
        place = _place(desk)
        text = with_variant(
            place.text,
            self.name,
            (*desk.settings, *self.what_if.settings),
            base=self.what_if.variant,
            replace_it=self.replace,
        )
        path = place.write(desk, text)
        return Kept(f"kept as variant {self.name} of {path}", path, WhatIf(self.name))


@dataclass(frozen=True, slots=True)
class KeepingInScenario:
    """Write the what-if into the scenario itself, or the variant it is laid over."""

    what_if: WhatIf

    def answer(self, desk: Desk) -> Kept:
        """The file says what the what-if said.

        Raises:
            CostplanError: it cannot be written; says why. Nothing has changed.
            OSError: the file cannot be read.
        """
        place = _place(desk)
        settings = (*desk.settings, *self.what_if.settings)
        path = place.write(desk, with_settings(place.text, settings, self.what_if.variant))
        return Kept(f"written into {path}", path, WhatIf(self.what_if.variant))


@dataclass(frozen=True, slots=True)
class KeepingFile:
    """Write the scenario with the what-if to a new file."""

    what_if: WhatIf
    path: str
    """Relative to the current folder; a file that is there already is left alone."""

    def answer(self, desk: Desk) -> Kept:
        """The new file, which finds the files it names from where it stands.

        Raises:
            CostplanError: it cannot be written; says why.
            OSError: the file cannot be read.
        """
        place = _place(desk)
        wanted = Path(self.path).expanduser()
        wanted = wanted if wanted.suffix else wanted.with_suffix(".yaml")
        moved = place.moved_to(wanted.parent)
        settings = (*desk.settings, *self.what_if.settings)
        text = as_new_file(place.text, settings, self.what_if.variant, moved=moved)
        path = place.write_new(desk, text, wanted)
        return Kept(f"wrote {path}", path, WhatIf())


@dataclass(frozen=True, slots=True)
class BringingBack:
    """Put back what the file held before the last save; again, what it held before that."""

    def answer(self, desk: Desk) -> Kept:
        """The version before the one on disk.

        Raises:
            CostplanError: no earlier one is kept, or it cannot be written.
            OSError: the file cannot be read.
        """
        path = Path(desk.path)
        try:
            now, stamp = read_stamped(path)
        except FileNotFoundError:
            now, stamp = b"", None
        before = desk.versions.before(path, now)
        if before is None:
            raise SaveError(f"no earlier version of {path} is kept")
        known = desk.versions.of(path)

        def keep(data: bytes) -> None:
            if data not in known:  # those that are known keep their order
                desk.keep(path, data)

        save(path, before, stamp, keep=keep)
        left = known.index(before)
        more = f"; {left} more before it" if left else "; it is the first that is kept"
        return Kept(f"brought back the version before of {path}{more}", desk.path)


def default_variant(scenario: Scenario) -> str:
    """A name no variant has: `what-if`, `what-if-2` and so on."""
    names = (f"what-if-{n}" if n > 1 else "what-if" for n in count(1))
    return next(name for name in names if name not in scenario.variants)


def default_file(path: str, what_if: WhatIf) -> str:
    """What a new file is called unless the user says otherwise: beside the one that is open."""
    file = Path(path)
    ending = file.suffix.removeprefix(".") or "yaml"
    return str(file.with_name(default_name(path, what_if, ending)))


@dataclass(frozen=True, slots=True)
class _Place:
    """A scenario file as it is on disk now."""

    path: Path
    text: str
    stamp: Stamp | None
    """None for an example that ships, which is never written."""
    folder: Folder

    def write(self, desk: Desk, text: str) -> str:
        """Save the text in its place, or as a copy of an example in the current folder."""
        if self.stamp is None:
            return self.write_new(desk, text, Path(self.path.name))
        _check(text, str(self.path), self.folder)
        data = text.encode()
        save(self.path, data, self.stamp, keep=partial(desk.keep, self.path))
        return str(self.path)

    def write_new(self, desk: Desk, text: str, wanted: Path) -> str:
        """Save the text as a file that is not there yet."""
        if self.stamp is None:
            self._copy_named(text, wanted.parent)
        _check(text, str(wanted), wanted.parent)
        return str(save_new(wanted, text.encode(), keep=desk.keep)[0])

    def moved_to(self, folder: Path) -> Callable[[str], str]:
        """How a file that the scenario names is called from another folder."""
        if self.stamp is None or os.path.realpath(folder) == os.path.realpath(str(self.folder)):
            return lambda name: name

        def moved(name: str) -> str:
            if Path(name).is_absolute():
                return name
            return Path(os.path.relpath(Path(str(self.folder)) / name, folder)).as_posix()

        return moved

    def _copy_named(self, text: str, folder: Path) -> None:
        """Put the files an example names where a copy of it finds them."""
        texts = Texts(self.folder)
        read_scenario(text, self.path.name, self.folder, texts)
        bring_named(texts, folder, must_agree=True)


def _place(desk: Desk) -> _Place:
    found, is_shipped = desk.find()
    name, folder = desk.whereabouts()
    if is_shipped or not isinstance(found, Path):
        return _Place(Path(name), found.read_bytes().decode(), None, folder)
    data, stamp = read_stamped(found)
    try:
        return _Place(found, data.decode(), stamp, folder)
    except UnicodeDecodeError as error:
        raise CostplanError(f"{found}: not text in UTF-8, at byte {error.start + 1:,}") from None


def _check(text: str, name: str, folder: Folder) -> None:
    """Nothing is written that could not be read again."""
    read_scenario(text, name, folder)
