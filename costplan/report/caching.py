"""What prompt caching comes to against none, for each workload and model that uses it."""

from __future__ import annotations

from collections.abc import Sequence

from costplan.engine.reuse import CacheSaving
from costplan.report.money import ABSENT, MoneyFormat, percent
from costplan.report.table import Table, columns


def caching_table(savings: Sequence[CacheSaving], money: MoneyFormat) -> Table:
    """Tokens that are cached: how many are found, from when that pays, and what it saves.

    Args:
        savings: of a projection.
        money: how the plan's amounts are written.
    """
    names = ["Found", "Pays from", "Saves", "Share"]
    head = columns(["Workload", "Model"], names)
    return Table(
        "Caching, against none", head, tuple(_row(each, money) for each in savings), keys=2
    )


def _row(saving: CacheSaving, money: MoneyFormat) -> tuple[str, ...]:
    free = not saving.break_even  # what is not found is plain input, and not told apart
    found = ABSENT if free else f"{saving.share:.1%}"
    pays = ABSENT if free else f"{saving.break_even:.1%}" if saving.break_even < 1 else "never"
    return (
        saving.workload,
        saving.model,
        found,
        pays,
        money(saving.saved),
        percent(float(saving.saved / saving.without) if saving.without else None),
    )
