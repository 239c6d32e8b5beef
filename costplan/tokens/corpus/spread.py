"""How the tokens of a corpus are spread over its documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

SAMPLE_OF = 10_000
"""Records a sample holds at most; of more documents it holds the means of as many equal shares."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Tokens of single documents; `p90` is what nine of ten do not exceed."""

    mean: float
    p50: int
    p90: int
    p99: int
    largest: int

    @classmethod
    def of(cls, sizes: Counter[int]) -> Spread | None:
        """From how many documents have how many tokens; None of no documents."""
        if not sizes:
            return None
        ordered = sorted(sizes)
        up_to = list(accumulate(sizes[size] for size in ordered))
        total = up_to[-1]

        def exceeded_by(share: int) -> int:
            """The least size that at most `share` in a hundred exceed: the nearest rank."""
            rank = -(-total * share // 100)
            return next(size for size, n in zip(ordered, up_to, strict=True) if n >= rank)

        mean = sum(size * n for size, n in sizes.items()) / total
        return cls(mean, exceeded_by(50), exceeded_by(90), exceeded_by(99), ordered[-1])


def sample_of(sizes: Counter[int]) -> list[int]:
    """Tokens of each document, ascending; of many documents, of equal shares of them.

    A share stands with the mean of its documents, rounded so that the rounding does not add up:
    the sample has the mean of the corpus, and a shorter tail.
    """
    documents = sizes.total()
    if documents <= SAMPLE_OF:
        return sorted(sizes.elements())
    return list(_means(sizes, documents))


def _means(sizes: Counter[int], documents: int) -> Iterator[int]:
    """Means of equal shares: differences of the rounded running sum over a share's length."""
    ordered = iter(sorted(sizes.items()))
    size, left = next(ordered)
    owed = 0.0
    for k in range(SAMPLE_OF):
        share = documents * (k + 1) // SAMPLE_OF - documents * k // SAMPLE_OF
        total, wanted = 0, share
        while wanted:
            if not left:
                size, left = next(ordered)
            taken = min(left, wanted)
            total, left, wanted = total + taken * size, left - taken, wanted - taken
        mean = total / share + owed
        owed = mean - round(mean)
        yield round(mean)
