"""What providers let through: requests and tokens per minute and day, by provider or model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costplan.scenario.kinds import MODEL, PLAIN
from costplan.schema import (
    DATE,
    ByShape,
    KeyPath,
    ListOf,
    Made,
    MapOf,
    Record,
    Text,
    key,
)

LIMITED = (
    "requests_per_minute",
    "tokens_per_minute",
    "input_tokens_per_minute",
    "output_tokens_per_minute",
    "requests_per_day",
    "tokens_per_day",
    "batch_tokens_per_day",
)
"""The keys that state a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a provider lets through from a day on; what is not stated is not limited."""

    from_: date = key(DATE, "The first day of these limits.", default=date.min, name="from")
    requests_per_minute: Decimal | None = key(PLAIN, "API calls a minute.", default=None)
    tokens_per_minute: Decimal | None = key(PLAIN, "Input and output a minute.", default=None)
    input_tokens_per_minute: Decimal | None = key(PLAIN, "Input tokens a minute.", default=None)
    output_tokens_per_minute: Decimal | None = key(PLAIN, "Output tokens a minute.", default=None)
    requests_per_day: Decimal | None = key(PLAIN, "API calls a day.", default=None)
    tokens_per_day: Decimal | None = key(PLAIN, "Input and output a day.", default=None)
    batch_tokens_per_day: Decimal | None = key(
        PLAIN, "Input tokens in the batch queue, as a batch may take a day.", default=None
    )
    cached_input: str | None = key(
        Text(choices=("counted", "free")),
        "Whether input read from a cache counts; free at Anthropic, else counted.",
        default=None,
    )

    @property
    def stated(self) -> Mapping[str, Decimal]:
        """The limits it states, by key."""
        values = ((name, getattr(self, name)) for name in LIMITED)
        return {name: value for name, value in values if value is not None}

    def check(self) -> Iterator[tuple[KeyPath, str]]:
        """It limits something, and lets something through."""
        if not self.stated:
            yield (), f"expected at least one of {', '.join(LIMITED)}, found none"
        for name, value in self.stated.items():
            if value == 0:
                yield (name,), "a limit of 0 lets nothing through; leave it out for no limit"


LIMITS = MapOf(
    ByShape(
        mapping=Made(Record(Limit), lambda limit: (limit,)),
        sequence=ListOf(Record(Limit)),
    ),
    MODEL,
)
"""By provider (`openai`) or model (`openai/gpt-6-luna`): a mapping, or a list with dates."""


def check_dates(limits: Mapping[str, tuple[Limit, ...]]) -> Iterator[tuple[KeyPath, str]]:
    """The dates of a list rise, and each entry but a lone one has its own."""
    for name, entries in limits.items():
        dates = [entry.from_ for entry in entries]
        if not entries:
            yield ("limits", name), "expected at least one entry, found none"
        elif len(entries) > 1 and date.min in dates[1:]:
            yield ("limits", name), "each entry after the first says from which day: from: DATE"
        elif dates != sorted(set(dates)):
            yield ("limits", name), "the dates of limits rise from one entry to the next"
