"""Counted tokens as data: for each path and model, with density, spread and cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from costplan.prices.input_cost import InputCost
from costplan.report.document import Document
from costplan.report.money import plain_text
from costplan.tokens import Method
from costplan.tokens.corpus import Spread, Tally
from costplan.tokens.counts import worst

COUNT_FIELDS = (
    "model", "path", "tokens", "low", "high", "method", "documents", "characters", "density",
    "cost", "currency", "mean", "p50", "p90", "p99", "max",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PathCount:
    """The tokens of one path on one model, and what they cost."""

    tally: Tally
    cost: InputCost | None = None

    @property
    def method(self) -> str:
        """The weakest of those that counted a document."""
        return worst(tuple(map(Method, self.tally.methods)) or (Method.EXACT,))


def count_documents(counts: Sequence[PathCount]) -> list[Document]:
    """What `costplan tokens --format json` prints."""
    return [
        {
            **_record(each),
            "distribution": _distribution(each.tally.sizes),
            **(_request(each.tally) if each.tally.parts else {}),
        }
        for each in counts
    ]


def count_records(counts: Sequence[PathCount]) -> list[Document]:
    """The rows of its CSV."""
    return [_record(each) | (_distribution(each.tally.sizes) or {}) for each in counts]


def _record(each: PathCount) -> Document:
    tally = each.tally
    dense = density(tally.tokens, tally.characters)
    return {
        "model": tally.model,
        "path": tally.source,
        "tokens": tally.tokens,
        "low": tally.low,
        "high": tally.high,
        "method": str(each.method),
        "documents": tally.documents,
        "characters": tally.characters,
        "density": None if dense is None else round(dense, 2),
        "cost": plain_text(each.cost.amount) if each.cost else None,
        "currency": each.cost.currency if each.cost else None,
    }


def density(tokens: int, characters: int) -> float | None:
    """Tokens per thousand characters."""
    return tokens / characters * 1000 if characters else None


def _distribution(sizes: Counter[int]) -> Document | None:
    spread = Spread.of(sizes)
    if spread is None:
        return None
    return {
        "mean": round(spread.mean, 2),
        "p50": spread.p50,
        "p90": spread.p90,
        "p99": spread.p99,
        "max": spread.largest,
    }


def _request(tally: Tally) -> Document:
    parts = {
        str(name): {
            "tokens": part.tokens,
            "low": part.low,
            "high": part.high,
            "method": str(part.method),
        }
        for name, part in tally.parts.items()
    }
    return {"parts": parts, "cacheable": tally.cacheable}
