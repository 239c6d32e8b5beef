"""How long the charts of the interface take to draw, which happens at each key press.

    python benchmarks/charts.py [RUNS]

Each drawing is made anew RUNS times (default 200); the limit is for the median at 120x40.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from decimal import Decimal
from statistics import median

from costplan.engine.projection import Period, PeriodTotal
from costplan.periods import Month, fiscal_label, month_range
from costplan.tui.charts.frontier import Frontier, Spot
from costplan.tui.charts.marks import Drawing
from costplan.tui.charts.months import Months
from costplan.tui.charts.steps import Prices, Series
from costplan.tui.charts.tornado import Swing, Tornado
from costplan.tui.charts.waterfall import Item, Waterfall

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SIZES = ((80, 12), (120, 40), (200, 60))
LIMIT = 11.0
PERIODS: tuple[Period, ...] = ("month", "quarter", "year")


def totals(count: int, scale: float) -> dict[Period, tuple[PeriodTotal, ...]]:
    """Spend that grows by 6 % a month, with a range and a budget."""
    found: dict[Period, tuple[PeriodTotal, ...]] = {}
    for period in PERIODS:
        labels = [fiscal_label(m, period, 1) for m in month_range(Month(2026, 12), count)]
        found[period] = tuple(
            total(label, 9000 * scale * 1.06**k) for k, label in enumerate(dict.fromkeys(labels))
        )
    return found


def total(label: str, size: float) -> PeriodTotal:
    """One period with a range of 70 % to 140 %."""
    expected, p10, p50, p90 = (Decimal(f"{size * part:.2f}") for part in (1, 0.7, 0.98, 1.4))
    return PeriodTotal(label, expected, p10, p50, p90, Decimal(15000), 0.5)


def months(count: int) -> Months:
    """A what-if beside its base."""
    return Months.of(
        totals(count, 0.8), totals(count, 1.0), currency="USD", changes=[1, 6], selected=6
    )


def drawings() -> dict[str, Drawing]:
    """One of each kind, with as many items as a large plan has."""
    items = tuple(Item(f"workload {k}", Decimal(100 - 9 * k), f"${k}") for k in range(20))
    swings = tuple(Swing(i.name, i.amount - 500, i.amount + 500, "$1", "$2") for i in items)
    spots = tuple(
        Spot(f"mix {k}", Decimal(1000 * k), 0.5 + k / 50, f"${k}", "50%") for k in range(20)
    )
    prices = tuple(
        Series(f"{k}", tuple((date(2025, m, 1), Decimal(k * m)) for m in (2, 5, 9)))
        for k in range(1, 5)
    )
    return {
        "12 months": months(12),
        "36 months": months(36),
        "waterfall": Waterfall("USD", items[0], items, items[1]),
        "tornado": Tornado("USD", Decimal(0), "$0", swings),
        "frontier": Frontier("USD", spots, tuple(range(20))),
        "prices": Prices("USD", prices, date(2025, 1, 1), date(2027, 1, 1)),
    }


def taken(drawing: Drawing, width: int, height: int) -> list[float]:
    """Milliseconds of each run."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        drawing.draw(width, height)
        times.append((time.perf_counter() - start) * 1000)
    return times


def main() -> None:
    """Measure and print."""
    print(f"{'least and median ms':20}" + "".join(f"{w}x{h}".rjust(16) for w, h in SIZES))
    for name, drawing in drawings().items():
        drawing.draw(80, 12)
        cells = [(min(times), median(times)) for times in (taken(drawing, *s) for s in SIZES)]
        print(f"{name:20}" + "".join(f"{low:8.1f}{middle:8.1f}" for low, middle in cells))
    print(f"\nlimit of the median at 120x40: {LIMIT:.0f} ms")


if __name__ == "__main__":
    main()
