"""Drawings made by hand, and what is read off their lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from costplan.engine.projection import Period, PeriodTotal
from costplan.periods import Month, fiscal_label, month_range
from costplan.tui.charts.marks import Line, Mark
from costplan.tui.charts.months import Months
from costplan.tui.charts.waterfall import Item


def text_of(line: Line) -> str:
    """A line without its marks."""
    return "".join(text for _, text in line)


def texts_of(lines: Sequence[Line]) -> list[str]:
    """Lines without their marks."""
    return [text_of(line) for line in lines]


def page_of(lines: Sequence[Line]) -> str:
    """A drawing as it is kept in a golden file."""
    return "".join(f"{text_of(line).rstrip()}\n" for line in lines)


def marks_at(lines: Sequence[Line], x: int) -> list[Mark]:
    """The marks of one column of cells, from the top."""
    return [[mark for mark, text in line for _ in text][x] for line in lines]


def total(
    expected: str,
    *,
    label: str = "2026-12",
    p10: str = "",
    p90: str = "",
    budget: str | None = None,
) -> PeriodTotal:
    """One period; certain unless both ends are given."""
    limit = None if budget is None else Decimal(budget)
    low, high = Decimal(p10 or expected), Decimal(p90 or expected)
    return PeriodTotal(label, Decimal(expected), low, Decimal(expected), high, limit, None)


def periods(
    amounts: Sequence[str], *, start: str = "2026-12", budget: str | None = None, spread: str = "0"
) -> dict[Period, tuple[PeriodTotal, ...]]:
    """Months, quarters and years of these amounts; the range is as wide as `spread` of them."""
    months = month_range(Month.parse(start), len(amounts))
    found: dict[Period, tuple[PeriodTotal, ...]] = {}
    names: tuple[Period, ...] = ("month", "quarter", "year")
    for period in names:
        sums: dict[str, Decimal] = {}
        for month, amount in zip(months, amounts, strict=True):
            label = fiscal_label(month, period, 1)
            sums[label] = sums.get(label, Decimal(0)) + Decimal(amount)
        found[period] = tuple(
            total(
                f"{amount}",
                label=label,
                p10=f"{amount * (1 - Decimal(spread))}",
                p90=f"{amount * (1 + Decimal(spread))}",
                budget=budget,
            )
            for label, amount in sums.items()
        )
    return found


def months(
    amounts: Sequence[str],
    base: Sequence[str] = (),
    *,
    budget: str | None = None,
    spread: str = "0",
    changes: Collection[int] = (),
    selected: int | None = None,
) -> Months:
    """Columns of these amounts from 2026-12 on."""
    return Months.of(
        periods(amounts, budget=budget, spread=spread),
        periods(base) if base else None,
        currency="USD",
        changes=changes,
        selected=selected,
    )


def item(name: str, amount: str, text: str = "") -> Item:
    """A named amount; its text is the amount in dollars unless it is given."""
    size = Decimal(amount)
    return Item(name, size, text or f"{'-' if size < 0 else ''}${abs(size):,}")
