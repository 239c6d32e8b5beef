"""Public holidays, remembered: the package that knows them takes a tenth of a second to load."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from costplan.memory import Memory
from costplan.periods import public_holidays


@dataclass(frozen=True, slots=True)
class Holidays:
    """The public holidays of any country and year."""

    memory: Memory
    asked: dict[tuple[str, int], frozenset[date]] = field(default_factory=dict, compare=False)
    """What was asked before: a plan asks for the same year for each of its workloads."""

    def __call__(self, country: str, year: int) -> frozenset[date]:
        """As `public_holidays`, which is asked once for each version of its package.

        Raises:
            ValueError: there is no calendar of that country.
        """
        if (country, year) not in self.asked:
            name = f"holidays-{country}-{year}"
            found = self.memory.recall(name, _package(), lambda: public_holidays(country, year))
            self.asked[country, year] = found
        return self.asked[country, year]


def _package() -> bytes:
    """What changes when the package is updated."""
    spec = find_spec("holidays")
    origin = spec.origin if spec else None
    return f"{origin} {Path(origin).stat().st_mtime_ns if origin else 0}".encode()
