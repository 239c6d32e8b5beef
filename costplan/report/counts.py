"""Counted tokens: one row for each text and model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from costplan.report.document import Document
from costplan.report.table import Page, Row, Table, columns
from costplan.tokens import TokenCount

COUNT_FIELDS = ("model", "path", "tokens", "low", "high", "method")


@dataclass(frozen=True, slots=True)
class PathCount:
    """The tokens of one file on one model."""

    model: str
    path: str
    count: TokenCount


def count_documents(counts: Sequence[PathCount]) -> list[Document]:
    """What `costplan tokens --format json` prints, and the rows of its CSV."""
    return [
        {
            "model": each.model,
            "path": each.path,
            "tokens": each.count.tokens,
            "low": each.count.low,
            "high": each.count.high,
            "method": str(each.count.method),
        }
        for each in counts
    ]


def count_page(counts: Sequence[PathCount]) -> Page:
    """A table of counts, with a total for each model that has several files."""
    rows = tuple(_row(each.model, each.path, [each]) for each in counts)
    models = dict.fromkeys(each.model for each in counts)
    of_model = {name: [each for each in counts if each.model == name] for name in models}
    totals = tuple(_row(name, "Total", of) for name, of in of_model.items() if len(of) > 1)
    head = columns(["Model", "Path"], ["Tokens", "Between", "Method"])
    return Page("", (), (Table("", head, rows, totals, keys=2),))


def _row(model: str, path: str, counts: Sequence[PathCount]) -> Row:
    tokens, low, high = (
        sum(getattr(each.count, name) for each in counts) for name in ("tokens", "low", "high")
    )
    between = f"{low:,} and {high:,}" if low != high else ""
    methods = ", ".join(dict.fromkeys(str(each.count.method) for each in counts))
    return (model, path, f"{tokens:,}", between, methods)
