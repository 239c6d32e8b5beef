"""What goes wrong and is paid for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from costplan.quantity import Quantity
from costplan.scenario.kinds import SHARE
from costplan.schema import key

_ZERO = Quantity(Decimal(0), Decimal(0), unit="%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What goes wrong and is paid for."""

    retry: Quantity = key(
        SHARE, "Share of calls that are sent, and paid, once more.", default=_ZERO
    )
    escalate: Quantity = key(
        SHARE, "Share of conversations run again on a stronger model.", default=_ZERO
    )
