"""What the interface remembers of its user: the theme, and that the tour was seen.

Kept in the user's own folder for such things. What cannot be read counts as not remembered, and
what cannot be written is remembered for this run only: neither is worth a word.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from costplan.memory import write_quietly

FILE = "interface.json"


@dataclass(slots=True)
class Preferences:
    """Read once, written at each change."""

    folder: Path | None = None
    """None remembers nothing."""
    chosen: Chosen = field(init=False)

    def __post_init__(self) -> None:
        self.chosen = _read(self.folder / FILE) if self.folder else Chosen()

    def choose(self, *, theme: str | None = None, tour_seen: bool | None = None) -> None:
        """Remember what is given."""
        given = {"theme": theme, "tour_seen": tour_seen}
        self.chosen = replace(
            self.chosen, **{name: value for name, value in given.items() if value is not None}
        )
        if self.folder:
            text = json.dumps(asdict(self.chosen), indent=2) + "\n"
            write_quietly(self.folder / FILE, text.encode())


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a user has chosen so far."""

    theme: str = ""
    """Empty where none was chosen."""
    tour_seen: bool = False


def _read(file: Path) -> Chosen:
    with suppress(OSError, ValueError, AttributeError):
        kept = json.loads(file.read_bytes())
        theme, seen = kept.get("theme"), kept.get("tour_seen")
        return Chosen(theme if isinstance(theme, str) else "", seen is True)
    return Chosen()
