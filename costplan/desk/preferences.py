"""What the interface remembers of its user: the theme, and that the tour was seen.

Kept in the user's own folder for such things. What cannot be read counts as not remembered, and
what cannot be written is remembered for this run only: neither is worth a word.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from costplan.memory import write_quietly

FILE = "interface.json"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a user has chosen so far."""

    theme: str = ""
    """Empty where none was chosen."""
    tour_seen: bool = False


@dataclass(slots=True)
class Preferences:
    """Read once, written at each change."""

    folder: Path | None = None
    """None remembers nothing beyond this run."""
    chosen: Chosen = Chosen()

    @classmethod
    def kept(cls, folder: Path | None) -> Preferences:
        """Those that an earlier run left in a folder."""
        return cls(folder, _read(folder / FILE) if folder else Chosen())

    def choose(self, *, theme: str | None = None, tour_seen: bool | None = None) -> None:
        """Remember what is given."""
        before = self.chosen
        self.chosen = Chosen(
            before.theme if theme is None else theme,
            before.tour_seen if tour_seen is None else tour_seen,
        )
        if self.folder:
            text = json.dumps(asdict(self.chosen), indent=2) + "\n"
            write_quietly(self.folder / FILE, text.encode())


def _read(file: Path) -> Chosen:
    with suppress(OSError, ValueError, AttributeError):
        kept = json.loads(file.read_bytes())
        theme, seen = kept.get("theme"), kept.get("tour_seen")
        return Chosen(theme if isinstance(theme, str) else "", seen is True)
    return Chosen()
