"""What goes wrong and is paid for: retries, timeouts, refused calls, repairs, escalations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from costplan.quantity import Quantity
from costplan.scenario.kinds import MODEL, SHARE
from costplan.scenario.tokens import Tokens, sized
from costplan.schema import KeyPath, Number, Record, key

_ZERO = Quantity(Decimal(0), Decimal(0), unit="%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Calls that break off before their answer is whole, and are sent again."""

    rate: Quantity = key(SHARE, "Share of sends that break off.")
    partial: Quantity = key(
        SHARE, "Share of the output that is paid all the same; their input is paid whole."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Answers that do not fit their schema, and the call that asks for a better one."""

    rate: Quantity = key(SHARE, "Share of answers that are sent back.")
    instruction: Tokens | None = key(
        sized(Tokens), "What is said about the fault, beside the faulty answer.", default=None
    )
    model: str | None = key(
        MODEL, "The model that repairs; the one that answered when left out.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What goes wrong and is paid for."""

    retry: Quantity = key(
        SHARE, "Share of sends that fail, are paid, and are sent again.", default=_ZERO
    )
    attempts: int = key(
        Number(minimum=1, maximum=6, whole=True),
        "How often a call is sent at most: 2 is one retry.",
        default=2,
    )
    timeouts: Timeouts | None = key(
        Record(Timeouts), "Calls that break off and are partly paid.", default=None
    )
    refused: Quantity = key(
        SHARE,
        "Share of sends refused at a rate limit: not paid, but counted against it.",
        default=_ZERO,
    )
    repair: Repair | None = key(
        Record(Repair), "Answers that do not fit their schema.", default=None
    )
    escalate: Quantity = key(
        SHARE, "Share of conversations run again on a stronger model.", default=_ZERO
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """What fails is a part of what is sent; what is sent again needs a second attempt."""
        timed_out = self.timeouts.rate if self.timeouts else _ZERO
        if self.retry.high + timed_out.high > 1:
            message = f"retry {self.retry} and timeouts {timed_out} are over 100% together"
            yield ("timeouts", "rate"), message
        again = (("retry", self.retry), ("timeouts", timed_out), ("refused", self.refused))
        stated = [name for name, rate in again if rate.high]
        stated += ["repair"] if self.repair else []
        if self.attempts == 1 and stated:
            yield ("attempts",), f"{stated[0]} sends calls again, so there are 2 attempts or more"
