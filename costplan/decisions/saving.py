"""What routing between a cheap and a dear model saves, against a baseline that is named.

"Twice as cheap" means little until one says than what. RouteLLM (https://arxiv.org/abs/2406.18665)
divides the share of dear calls a random router needs by the share its router needs; against sending
everything to the dear model the same router saves more, against the cheap model it costs more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from costplan.errors import UsageError


@dataclass(frozen=True, slots=True)
class Pair:
    """A cheap and a dear model, by what one request costs on each (in one unit of money)."""

    cheap: Decimal
    dear: Decimal
    overhead: Decimal = Decimal(0)
    """What choosing between them costs, per request."""

    def routed(self, share: Decimal) -> Decimal:
        """Cost of a request when this share of them goes to the dear model: linear in it."""
        return self.random(share) + self.overhead

    def random(self, share: Decimal) -> Decimal:
        """The same where a coin decides: it costs nothing."""
        return self.cheap + share * (self.dear - self.cheap)

    def cascaded(self, rate: Decimal) -> Decimal:
        """Cost of a request when the cheap model tries all and this share goes on."""
        return self.cheap + rate * self.dear + self.overhead


@dataclass(frozen=True, slots=True)
class Savings:
    """How many times cheaper a router is than each baseline; below 1 it is dearer."""

    all_dear: Decimal
    """Against every request on the dear model."""
    all_cheap: Decimal
    """Against every request on the cheap model."""
    random: Decimal
    """Against a random router of the same quality, in money."""
    random_calls: Decimal
    """The same in calls of the dear model: what RouteLLM publishes as its saving."""


def savings(pair: Pair, *, share: Decimal, random_share: Decimal) -> Savings:
    """How many times cheaper a router is, against each baseline.

    Args:
        pair: the two models.
        share: share of requests that the router sends to the dear model, 0 to 1.
        random_share: the share that a random router needs for the same quality.

    Raises:
        UsageError: a share is not above 0 and at most 1, or the router costs nothing.
    """
    for name, given in (("share", share), ("random_share", random_share)):
        if not 0 < given <= 1:
            raise UsageError(f"{name} is above 0 and at most 1, found {given}")
    cost = pair.routed(share)
    if cost <= 0:
        raise UsageError("a router that costs nothing saves no number of times")
    return Savings(
        pair.dear / cost,
        pair.cheap / cost,
        pair.random(random_share) / cost,
        random_share / share,
    )


def least_share(cheap: Sequence[float], dear: Sequence[float], recovered: float) -> float:
    """Share of requests that a router which knows all scores beforehand sends to the dear model.

    RouteLLM's call-performance threshold (CPT) of an oracle: the fewest dear calls that recover
    this part of the gap between the mean scores of the two models.

    Args:
        cheap: score of each request on the cheap model.
        dear: score of the same requests on the dear model.
        recovered: part of the gap, 0 to 1.

    Raises:
        UsageError: different numbers of scores, none, or no gap to recover.
    """
    if len(cheap) != len(dear) or not cheap:
        raise UsageError("both models need a score for each request, and there is at least one")
    gains = sorted((d - c for c, d in zip(cheap, dear, strict=True)), reverse=True)
    needed = recovered * sum(gains)
    if needed < 0 or sum(gains) <= 0:
        raise UsageError("the dear model is no better than the cheap one: no gap to recover")
    calls, gained = 0, 0.0
    while gained < needed - 1e-9:
        gained += gains[calls]
        calls += 1
    return calls / len(gains)
