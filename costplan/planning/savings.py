"""Whether prompt caching pays: what it saves against none, or loses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from costplan.documents import join_path
from costplan.engine.expectation import Quantities
from costplan.engine.ledger import as_decimal
from costplan.engine.reuse import CacheSaving, break_even_hits
from costplan.errors import PlanWarning
from costplan.meters import CACHE_WRITES, Meter
from costplan.planning.bookkeeping import Counted
from costplan.planning.cells import Rates

_CACHED = frozenset({str(Meter.CACHE_READ), *map(str, CACHE_WRITES)})


def cache_savings(cells: Iterable[Counted]) -> Iterator[CacheSaving]:
    """What caching saves or loses against none, for each workload and model that uses it.

    The expected tokens that are read and written, at the literal prices in force on their days and
    in their tier, against the same tokens as plain input there.
    """
    sums: dict[tuple[str, str], _Sum] = {}
    for each in cells:
        profile = each.cell.cell.profile
        use = profile.cache.write if profile.cache else ""
        if write := profile.split.meter if profile.split else use:
            key = each.stream.stream.name, each.cell.model
            sums.setdefault(key, _Sum()).add(each.quantities, write, each.cell.rates)
    for (workload, model), found in sums.items():
        if found.read + found.written:
            yield found.saving(workload, model)


@dataclass(slots=True)
class _Sum:
    """What is read and written on one model, at one price after another."""

    read: float = 0.0
    written: float = 0.0
    paid: float = 0.0
    without: float = 0.0
    extra: float = 0.0
    """What writing all of it would cost more than plain input."""
    spread: float = 0.0
    """What writing all of it would cost more than reading all of it."""

    def add(self, quantities: Quantities, write: str, rates: Rates) -> None:
        """The cached tokens of one cell; `write` is the meter of its writes."""
        for (tier, meter), amounts in quantities.items():
            if meter not in _CACHED:
                continue
            prices, amount = rates[tier], float(amounts.sum())
            paid, plain, dear, cheap = (
                amount * float(prices[name]) / Meter.INPUT.per
                for name in (meter, "input", write, "cache_read")
            )
            self.paid += paid
            self.without += plain
            self.extra += dear - plain
            self.spread += dear - cheap
            if meter == "cache_read":
                self.read += amount
            else:
                self.written += amount

    def saving(self, workload: str, model: str) -> CacheSaving:
        """The sum as a result."""
        pays_from = break_even_hits(self.extra, self.extra - self.spread, 0.0)
        paid, without = as_decimal(self.paid), as_decimal(self.without)
        return CacheSaving(workload, model, self.read, self.written, paid, without, pays_from)


def loss_warnings(savings: Iterable[CacheSaving], currency: str) -> Iterator[PlanWarning]:
    """A warning for each workload and model on which caching costs more than none."""
    for saving in savings:
        if saving.loses:
            where = f"{join_path((saving.workload,))} on {saving.model}"
            yield PlanWarning("cache-loses", _loss(saving, currency), where)


def _loss(saving: CacheSaving, currency: str) -> str:
    """Why it does not pay, and from where it would."""
    pays = (
        f"it pays from {saving.break_even:.1%}"
        if saving.break_even < 1
        else "at these prices no share is enough"
    )
    return (
        f"caching costs {-saving.saved:,.2f} {currency} more than none: {saving.share:.1%} of the "
        f"tokens are found in the cache, and {pays}"
    )
