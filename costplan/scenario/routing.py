"""Which models answer: the routing mix of a workload, by date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.quantity import Quantity
from costplan.scenario.cascades import Judge, Overhead, Step
from costplan.scenario.kinds import MODEL, Share
from costplan.schema import DATE, ByShape, KeyPath, ListOf, Made, MapOf, Record, key


@dataclass(frozen=True, slots=True, kw_only=True)
class MixFrom:
    """A routing mix from a date."""

    from_: date = key(DATE, "The first day of this mix.", name="from")
    mix: Mapping[str, Quantity | None] = key(
        MapOf(Share(), MODEL, minimum=1), "Share of conversations by model."
    )


def _one_mix(mix: Mapping[str, Quantity | None]) -> tuple[MixFrom, ...]:
    return (MixFrom(from_=date.min, mix=mix),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Which models answer."""

    mix: tuple[MixFrom, ...] = key(
        ByShape(
            mapping=Made(MapOf(Share(), MODEL, minimum=1), _one_mix),
            sequence=ListOf(Record(MixFrom)),
        ),
        "Share of conversations by model; or a list of {from, mix} that changes on dates.",
    )
    escalate_to: str | None = key(
        MODEL, "The model that escalated conversations are run again on.", default=None
    )
    cascade: tuple[Step, ...] = key(
        ListOf(Record(Step)), "Who tries next what the mix did not do well enough.", default=()
    )
    judge: Judge | None = key(
        Record(Judge), "Who decides what goes on, once per try that might.", default=None
    )
    router: Overhead | None = key(
        Record(Overhead), "What choosing among the mix costs, once per conversation.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """Shares add up to 100 %; dates rise; one way to say what goes on."""
        if self.cascade and self.escalate_to:
            yield ("escalate_to",), "cascade already says who tries next; keep one of the two"
        if not self.mix:
            yield ("mix",), "expected at least one mix, found none"
        for k, entry in enumerate(self.mix):
            at: KeyPath = ("mix",) if entry.from_ == date.min else ("mix", str(k), "mix")
            if message := _check_shares(entry.mix):
                yield at, message
        dates = [entry.from_ for entry in self.mix]
        if dates != sorted(set(dates)):
            yield ("mix",), "the dates of a mix rise from one entry to the next"


def _check_shares(mix: Mapping[str, Quantity | None]) -> str:
    """What is wrong with the shares of a mix, if anything."""
    stated = [share for share in mix.values() if share is not None]
    rests = len(mix) - len(stated)
    ranges = sum(share.is_range for share in stated)
    total = sum((share.high for share in stated), Decimal(0))
    shown = f"{(total * 100).normalize():f}%"
    wrong = {
        "only one model can have the rest": rests > 1,
        "only one share of a mix can be a range; give the others numbers, and one the rest": (
            ranges > 1
        ),
        "a share is a range: give another model the rest, so that all add up to 100%": (
            bool(ranges) and not rests
        ),
        f"the shares add up to {shown}, which leaves nothing for the rest": (
            bool(rests) and (total > 1 or (bool(ranges) and total == 1))
        ),
        f"the shares add up to {shown}, expected 100% (or give one model the rest)": (
            not rests and total != 1
        ),
    }
    return next((message for message, applies in wrong.items() if applies), "")
