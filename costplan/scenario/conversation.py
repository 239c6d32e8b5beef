"""How a conversation goes on: its turns, the time between them, and what is sent again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from costplan.documents import Node, Scalar
from costplan.quantity import Quantity, parse_quantity
from costplan.scenario.kinds import COUNT, PLAIN, TOKENS
from costplan.schema import ByShape, KeyPath, Kind, Made, Number, Parsed, Reader, Record, Text, key

_UNITS = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
"""Seconds of each unit of time."""


def parse_seconds(text: str) -> Quantity:
    """Read `40 s`, `2 min`, `1.5 hours` or `30 s to 2 min` as seconds.

    Raises:
        ValueError: the text is no such length of time.
    """
    ends = [_seconds(part, text) for part in re.split(r"\s+to\s+", text.strip(), maxsplit=1)]
    low, high = ends[0], ends[-1]
    if high < low:
        raise ValueError(f"a range runs from low to high; {text!r} falls")
    if len(ends) == 2 and low <= 0:
        raise ValueError(f"a range of time begins above 0; found {text!r}")
    return Quantity(low, high)


def _seconds(part: str, text: str) -> Decimal:
    found = re.fullmatch(r"([\d.,_]+)\s*([a-z]+)", part)
    unit = found[2] if found else ""
    factor = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
    if not found or factor is None:
        raise ValueError(f"expected a time such as 40 s, 2 min or 1 hour, found {text!r}")
    return parse_quantity(found[1]).low * factor


SECONDS = Parsed(parse_seconds, {"type": "string", "pattern": r"^[\d.,_]+ *[a-z]+( to .*)?$"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What a sample of real conversations may stand for."""

    sample: str | None = key(
        Text(),
        "A JSONL file, or a pattern such as logs/*.jsonl, with one number a line, or an object "
        "with the number in field.",
        default=None,
    )
    field: str | None = key(Text(), "The field of a sample's objects that is meant.", default=None)

    @property
    def records(self) -> tuple[str, str]:
        """Where `Scenario.samples` has the records of its sample."""
        return self.sample or "", self.field or ""

    def check_sources(self, stated: object, p90: object) -> Iterator[tuple[KeyPath, str]]:
        """Either a mean or a sample."""
        if (stated is None) == (self.sample is None):
            yield (), "expected one of mean, sample"
        if p90 is not None and stated is None:
            yield ("p90",), "mean and p90 go together"
        if self.field is not None and self.sample is None:
            yield ("field",), "field goes with sample: it is a field of the sample's objects"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSpread(Sampled):
    """How many turns or steps there are, where they differ."""

    mean: Decimal | None = key(PLAIN, "The mean; give p90 too.", default=None)
    p90: Decimal | None = key(PLAIN, "What 90% of them stay within.", default=None)

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """A mean with a p90, or a sample; at least one."""
        yield from self.check_sources(self.mean, self.p90)
        if self.mean is None:
            return
        if self.mean < 1:
            yield ("mean",), f"there is at least one, found a mean of {self.mean}"
        if self.p90 is None:
            yield (), "mean and p90 go together"
        elif self.p90 < self.mean:
            yield ("p90",), f"the p90 {self.p90} is below the mean {self.mean}"


TURNS = ByShape(scalar=COUNT, mapping=Record(TurnSpread))


def check_turns(name: str, turns: Quantity | TurnSpread) -> Iterator[tuple[KeyPath, str]]:
    """At least one of them."""
    if isinstance(turns, Quantity) and turns.low < 1:
        least = {"turns": "a conversation has at least one turn", "steps": "a turn makes one call"}
        yield (name,), f"{least[name]}, found {turns}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Sampled):
    """The time between the turns of a conversation."""

    mean: Quantity | None = key(SECONDS, "The mean, such as 40 s or 2 min.", default=None)
    p90: Quantity | None = key(SECONDS, "What 90% of gaps stay under.", default=None)

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """A mean, with or without a p90, or a sample."""
        yield from self.check_sources(self.mean, self.p90)
        if self.mean is None:
            return
        if not self.mean.low:
            yield ("mean",), "gaps are longer than nothing; leave gap out where they do not matter"
        elif self.p90 is not None:
            ratio = self.p90.low / (self.mean.low * self.mean.high).sqrt()
            if self.p90.is_range:
                yield ("p90",), "the p90 is one time, such as 3 min"
            elif not 1 <= ratio <= Decimal("2.27"):
                yield (
                    ("p90",),
                    (
                        "a lognormal has a p90 of 1 to 2.27 times its mean; "
                        "give {sample: FILE} with real gaps in seconds instead"
                    ),
                )


GAP = ByShape(scalar=Made(SECONDS, lambda mean: Gap(mean=mean)), mapping=Record(Gap))


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarise:
    """When the context is replaced by a summary of it."""

    above: Quantity = key(TOKENS, "Before a prompt would be longer than this.")
    to: Quantity = key(TOKENS, "Tokens of the summary, which a call of its own writes.")

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """A summary is shorter than what it stands for."""
        if self.to.high >= self.above.low:
            yield ("to",), f"the summary ({self.to}) is as long as the limit ({self.above})"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLimit:
    """How much of the earlier conversation is sent again."""

    window: Quantity | None = key(TOKENS, "The last so many tokens.", default=None)
    turns: int | None = key(
        Number(minimum=0, maximum=10_000, whole=True), "The last so many turns.", default=None
    )
    summarise: Summarise | None = key(
        Record(Summarise), "All of it, until it is replaced by a summary.", default=None
    )

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """One way of it."""
        given = [
            name for name in ("window", "turns", "summarise") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            yield (), f"expected one of window, turns, summarise; found {found}"


HISTORY = ByShape(
    scalar=Made(Text(choices=("whole",)), lambda _: None), mapping=Record(HistoryLimit)
)


@dataclass(frozen=True, slots=True)
class Prefixes:
    """How many different prefixes the conversations of a workload have."""

    number: Quantity | None = None
    per: str = ""
    """`user`: each user has one; `conversation`: each conversation."""


@dataclass(frozen=True, slots=True)
class _PrefixKind:
    """A number, `per user` or `per conversation`."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """`Prefixes`."""
        if isinstance(node, Scalar) and node.text in {"per user", "per conversation"}:
            return Prefixes(per=node.text.removeprefix("per "))
        number = _NUMBER_OF_PREFIXES.read(node, path, reader)
        return Prefixes(number=number) if isinstance(number, Quantity) else number

    @property
    def alternatives(self) -> tuple[Kind, ...]:
        """A quantity."""
        return (_NUMBER_OF_PREFIXES,)

    def json_schema(self) -> dict[str, Any]:
        """A quantity or one of two words."""
        words = {"enum": ["per user", "per conversation"]}
        return {"anyOf": [words, *_NUMBER_OF_PREFIXES.json_schema()["anyOf"]]}


_NUMBER_OF_PREFIXES = replace(
    COUNT,
    means="a number of prefixes such as 200, per user or per conversation",
    minimum=Decimal(1),
    words="words that are known are per user and per conversation",
)
PREFIXES: Kind = _PrefixKind()
