"""Calibrated constants, kept in a JSON file of the user's.

`{MODEL: {CONSTANT: {tokens, measured, was, costplan}}}`: what was measured, on which day, what the
rules of which version of costplan say. A later version may have better rules, which an old
difference would spoil; constants of other versions are not used. To measure again costs nothing:
the answers are remembered.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from costplan.tokens.calibration import Constant
from costplan.tokens.online.damage import put_aside
from costplan.version import __version__

type Saved = dict[str, dict[str, dict[str, Any]]]


class Calibrations:
    """The constants in a file; with None, there are none and none are kept."""

    def __init__(self, path: Path | None, *, warn: Callable[[str], None] = lambda _: None) -> None:
        """Nothing is read yet.

        Args:
            path: of the file, which need not exist.
            warn: is told about a file that makes no sense.
        """
        self._path, self._warn = path, warn
        self._known: Saved | None = None

    def corrections(self, model: str) -> dict[str, int]:
        """Tokens to add to the offline count for each constant of a model that was calibrated.

        The file is read at the first question.
        """
        if self._known is None:
            try:
                self._known = self._read()
            except OSError as error:
                self._warn(f"no calibration is used: {self._path}: {error.strerror}")
                self._known = {}
        return {
            name: each["tokens"] - each["was"]
            for name, each in self._known.get(model, {}).items()
            if each["costplan"] == __version__ and each["tokens"] != each["was"]
        }

    def save(self, model: str, constants: Iterable[Constant], day: date) -> Path | None:
        """Keep the constants of a model; those it had that were not measured now stay.

        Returns:
            The file they are in now; None where none are kept.

        Raises:
            OSError: the file cannot be read or written; what it held before is still there.
        """
        if self._path is None:
            return None
        saved = self._read()
        for each in constants:
            saved.setdefault(model, {})[each.name] = {
                "tokens": each.measured,
                "measured": day.isoformat(),
                "was": each.offline,
                "costplan": __version__,
            }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        try:
            draft.write_text(json.dumps(saved, indent=2) + "\n", encoding="utf-8")
            draft.replace(self._path)
        finally:
            draft.unlink(missing_ok=True)
        self._known = saved
        return self._path

    def _read(self) -> Saved:
        """What the file holds; one that makes no sense is put aside."""
        if self._path is None or not self._path.exists():
            return {}
        try:
            saved = json.loads(self._path.read_text("utf-8"))
            _check(saved)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._warn(f"{self._path} is damaged {put_aside(self._path)}; calibrate again")
            return {}
        read: Saved = saved
        return read


def _check(saved: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    """Raise one of the errors of a wrong shape, if it has one."""
    for constants in saved.values():
        for each in constants.values():
            if not (isinstance(each["tokens"], int) and isinstance(each["was"], int)):
                raise TypeError
            date.fromisoformat(each["measured"])
            str(each["costplan"])
