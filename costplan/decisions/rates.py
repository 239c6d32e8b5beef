"""One rate of the price book that is varied: what a plan would cost if it were another.

Cost is linear in a rate, so no price list is written: the rows that pay it are rated anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from costplan.decisions.varying import Form, number
from costplan.documents import split_path
from costplan.engine.ledger import Ledger, Row
from costplan.engine.projection import Projection
from costplan.errors import UnknownNameError, UsageError
from costplan.meters import MODES

_FAR = Decimal(100)
PREFIX = "price"


@dataclass(frozen=True, slots=True)
class VariedRate:
    """The rate of one meter of a model in a mode, the same on every day and every prompt."""

    path: str
    model: str
    mode: str
    meter: str
    form: Form
    low: Decimal
    high: Decimal
    now: Decimal | None = None
    """None where the plan pays several: the price changes, or long prompts pay another."""
    written: str = ""

    def over(self, plan: Projection, value: Decimal) -> Projection:
        """The plan with this rate; its draws stay as they were, so only expected cost is true."""
        rows = tuple(
            replace(row, rate=value, source=self.path) if self._pays(row) else row
            for row in plan.ledger.rows
        )
        return replace(plan, ledger=Ledger(plan.ledger.months, rows, plan.ledger.quantities))

    def _pays(self, row: Row) -> bool:
        return (row.model, row.mode, row.meter) == (self.model, self.mode, self.meter)


def is_rate(path: str) -> bool:
    """Whether a path names a rate of the price book and no key of a scenario."""
    return path.split(".", 1)[0] == PREFIX


def varied_rate(plans: Sequence[Projection], path: str, between: Sequence[str] = ()) -> VariedRate:
    """The rate that a path names: `price.MODEL.METER`, or `price.MODEL.MODE.METER`.

    Args:
        plans: at least one of them pays it.
        path: the mode is standard if not said.
        between: the lowest and highest rate; without them a hundredth to a hundred times of what
            is paid on average.

    Raises:
        UsageError: the path is no such one, the rates are no numbers, or a contract stands
            between a rate and what is paid.
        UnknownNameError: no plan pays such a model, mode or meter.
    """
    model, mode, meter = _named(path)
    if any(plan.billing is not None for plan in plans):
        raise UsageError(
            f"--vary {path}: contracts and free allowances decide what is paid, so a rate cannot "
            "be varied by itself; give the plan another price with prices: in a variant"
        )
    rows = [row for plan in plans for row in plan.ledger.rows]
    chosen = (("model", model), ("mode", mode), ("meter", meter))
    for field, name in chosen:
        known = {str(getattr(row, field)) for row in rows}
        if name not in known:
            raise UnknownNameError(f"{field} of the plan", name, known)
        rows = [row for row in rows if getattr(row, field) == name]
    rates = sorted({row.rate for row in rows})
    average = sum(rates, Decimal(0)) / len(rates)
    low, high = (
        (number(text, path) for text in between) if between else (average / _FAR, average * _FAR)
    )
    if not low < high:
        raise UsageError(f"{path}: the lower rate is not below the higher one; give --between")
    form = Form((f"{rows[0].per:,} {rows[0].unit}",), currency=plans[0].currency)
    now = rates[0] if len(rates) == 1 else None
    written = "" if now else f"{rates[0]} to {rates[-1]}"
    return VariedRate(path, model, mode, meter, form, low, high, now, written)


def _named(path: str) -> tuple[str, str, str]:
    """Model, mode and meter; the dots in a model's name may be quoted or not."""
    try:
        _, *middle, meter = split_path(path)
    except ValueError:
        middle, meter = [], ""
    mode = middle.pop() if len(middle) > 1 and middle[-1] in MODES else "standard"
    if not middle:
        raise UsageError(f"--vary {path}: write price.PROVIDER/MODEL.METER, such as output")
    return ".".join(middle), mode, meter
