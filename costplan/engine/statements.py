"""What contracts make of a plan, month by month: the result that is told."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from costplan.periods import Month

CONTRACT = "contract"
"""The mode of line items that contracts add, and the provider of those of no model."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The expected bill of one month, in the currency of the plan."""

    month: Month
    list: Decimal
    """At list prices."""
    contracted: Decimal
    """At the prices agreed: after what is free, flat prices, discounts and mark-ups."""
    effective: Decimal
    """What is used up, prepayments in the months they pay for; tax included."""
    billed: Decimal
    """What is invoiced; tax included."""
    prepaid: Decimal
    """Of what is billed: prepayments."""
    shortfall: Decimal
    """Agreed and not spent, whether it is billed now or was prepaid."""
    tax: Decimal
    left: Decimal
    """Prepayments still there at the end of the month."""


@dataclass(frozen=True, slots=True)
class Account:
    """The expected state of one contract's commitment or credits in one month."""

    contract: str
    month: Month
    usage: Decimal
    """What it covers, after discounts."""
    paid: Decimal
    drawn: Decimal
    """What is not billed because it was paid before."""
    shortfall: Decimal
    left: Decimal
    """What was paid for what is still there at the end of the month."""
    credits: float | None = None
    """Credits left at the end of the month, where the contract has credits."""


@dataclass(frozen=True, slots=True)
class Billing:
    """Billed and effective cost apart."""

    statements: tuple[Statement, ...]
    """One for each month; what is billed adds up to the totals of the projection."""
    accounts: tuple[Account, ...] = ()
    is_mean: bool = False
    """Whether something in it is a mean over the draws: a shortfall, steps, a spill-over."""
