"""How a plan that is compared is named: `FILE[#VARIANT][@KNOWN_AT]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from costplan.errors import UsageError
from costplan.periods import parse_date

BASE = "base"
"""What the scenario without a variant is called, in tables and after `#`."""
CHANGED = "what-if"
"""What a plan with settings of its own is called, where nobody gave it a name."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One plan to compare."""

    file: str
    variant: str | None = None
    known_at: date | None = None
    is_base: bool = False
    """Whether `#base` was written: the scenario as it stands, and not its variants too."""
    settings: tuple[tuple[str, str], ...] = ()
    """Paths and values laid over it alone; no text says them."""

    @classmethod
    def parse(cls, text: str) -> Operand:
        """Read `FILE[#VARIANT][@KNOWN_AT]`.

        Raises:
            UsageError: what follows `@` is not a day.
        """
        if Path(text).exists():
            return cls(text)  # a file may have # or @ in its name
        rest, at, known = text.rpartition("@")
        file, _, variant = (rest if at else text).partition("#")
        if not file:
            raise UsageError(f"{text!r} names no file: write FILE, FILE#VARIANT or FILE@DATE")
        try:
            named = None if variant in {"", BASE} else variant
            return cls(file, named, parse_date(known) if at else None, is_base=variant == BASE)
        except ValueError as error:
            raise UsageError(f"in {text!r}, after @: {error}") from None

    @property
    def text(self) -> str:
        """As it is written, without its settings; the base is named where nothing else is."""
        known = f"@{self.known_at}" if self.known_at else ""
        return f"{self.file}#{self.variant or BASE}{known}"

    def label(self, *, with_file: bool) -> str:
        """What it is called beside the others."""
        name = self.variant or ("" if with_file else BASE)
        if self.settings:
            name = CHANGED if self.variant is None else f"{self.variant}, {CHANGED}"
        if with_file:
            file = re.sub(r"\.ya?ml$", "", Path(self.file).name)
            name = f"{file}#{name}" if name else file
        return f"{name}@{self.known_at}" if self.known_at else name
