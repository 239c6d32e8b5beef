"""How often a volume lies in its range: `python benchmarks/volume_coverage.py TRACES_FOLDER`.

Clients of a model platform over 14 days (servegen_client_daily.csv.gz). The second week is planned
from the first by `costplan.engine.levels`: the shocks that ship, and shocks fitted on the clients
of m-mid alone, both told for m-mid and for m-small, which took no part in the fit. Wanted on
m-small: 70 to 90 % of the totals inside P10 to P90, neither tail above 20 %, and a median P90 / P10
of at most 5 where the days of the first week vary by less than 0.7.
"""

from __future__ import annotations

import csv
import gzip
import math
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from costplan.engine.levels import COMMON, EDGES, SHOCKS, Level, level, mean_one_deviation

FILE = "servegen_client_daily.csv.gz"
WEEK = 7


@dataclass(frozen=True, slots=True)
class Client:
    """What one client's first week says, and what its second came to."""

    level: Level
    actual: float

    @property
    def log_ratio(self) -> float:
        """Logarithm of the second week over the first."""
        return math.log(self.actual / (self.level.per_day * WEEK))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often the total lay in its range."""

    clients: int
    left_out: int
    """Clients not forecastable."""
    inside: float
    below: float
    above: float
    width: float
    """Median P90 / P10 of clients whose days vary by less than 0.7."""

    @property
    def holds(self) -> bool:
        """Whether it is what is wanted."""
        tails = max(self.below, self.above)
        return 0.7 <= self.inside <= 0.9 and tails <= 0.2 and self.width <= 5


def clients(folder: Path, group: str, shocks: Sequence[float] = SHOCKS) -> list[Client]:
    """Every client of a group of models."""
    days: dict[str, dict[int, float]] = defaultdict(dict)
    with gzip.open(folder / FILE, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["model"] == group:
                days[row["client"]][int(row["day"])] = float(row["req"])
    weeks = [[each.get(day, 0.0) for day in range(2 * WEEK)] for each in days.values()]
    return [Client(level(each[:WEEK], shocks), sum(each[WEEK:])) for each in weeks]


def fitted(folder: Path, group: str) -> list[float]:
    """Shocks of each bin of variation, from one group alone and apart from the common one."""
    known = [client for client in clients(folder, group) if not client.level.doubt]
    found = []
    for low, high in zip((0.0, *EDGES), EDGES, strict=False):
        ratios = [each.log_ratio for each in known if low <= each.level.variation < high]
        found.append(math.sqrt(max(0.0, mean_one_deviation(ratios) ** 2 - COMMON**2)))
    return found


def coverage(known: Sequence[Client]) -> Coverage:
    """How the ranges of the second week fared."""
    sure = [client for client in known if not client.level.doubt]
    ranges = [client.level.total(WEEK, (0.1, 0.9)) for client in sure]
    below = sum(each.actual < low for each, (low, _) in zip(sure, ranges, strict=True))
    above = sum(each.actual > high for each, (_, high) in zip(sure, ranges, strict=True))
    widths = [
        high / low
        for each, (low, high) in zip(sure, ranges, strict=True)
        if each.level.variation < EDGES[1]
    ]
    n = len(sure)
    inside = (n - below - above) / n
    return Coverage(n, len(known) - n, inside, below / n, above / n, float(median(widths)))


def main() -> None:
    """Measure and print."""
    folder = Path(sys.argv[1])
    for name, shocks in (("as shipped", SHOCKS), ("of m-mid", fitted(folder, "m-mid"))):
        print(f"shocks {name}: {', '.join(f'{shock:.2f}' for shock in shocks)}, common {COMMON}")
        for group in ("m-mid", "m-small"):
            found = coverage(clients(folder, group, shocks))
            print(
                f"  {group:8} {found.clients:3} clients ({found.left_out} not forecastable)  "
                f"inside {found.inside:.1%}  below {found.below:.1%}  above {found.above:.1%}  "
                f"P90/P10 {found.width:.2f}  {'holds' if found.holds else 'does NOT hold'}"
            )


if __name__ == "__main__":
    main()
