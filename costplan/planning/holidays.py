"""Public holidays, remembered: the package that knows them takes a tenth of a second to load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from costplan.memory import Memory
from costplan.periods import public_holidays


@dataclass(frozen=True, slots=True)
class Holidays:
    """The public holidays of any country and year."""

    memory: Memory

    def __call__(self, country: str, year: int) -> frozenset[date]:
        """As `public_holidays`, which is asked once for each version of its package.

        Raises:
            ValueError: there is no calendar of that country.
        """
        name = f"holidays-{country}-{year}"
        return self.memory.recall(name, _package(), lambda: public_holidays(country, year))


def _package() -> bytes:
    """What changes when the package is updated."""
    spec = find_spec("holidays")
    origin = spec.origin if spec else None
    return f"{origin} {Path(origin).stat().st_mtime_ns if origin else 0}".encode()
