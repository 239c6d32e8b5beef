"""Counted tokens: side by side for each model, with density, spread and cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costplan.planning.input_cost import InputCost
from costplan.report.document import Document
from costplan.report.money import ABSENT, money_for, plain_text
from costplan.report.table import Page, Row, Table, columns
from costplan.tokens import Method, TokenCount
from costplan.tokens.corpus import Spread, Tally
from costplan.tokens.counts import worst

COUNT_FIELDS = (
    "model", "path", "tokens", "low", "high", "method", "documents", "characters", "density",
    "cost", "currency", "mean", "p50", "p90", "p99", "max",
)  # fmt: skip
MOST_ROWS = 40
"""Paths in a table; of more, the largest are shown."""


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
    density = _density(tally.tokens, tally.characters)
    return {
        "model": tally.model,
        "path": tally.source,
        "tokens": tally.tokens,
        "low": tally.low,
        "high": tally.high,
        "method": str(each.method),
        "documents": tally.documents,
        "characters": tally.characters,
        "density": None if density is None else round(density, 2),
        "cost": plain_text(each.cost.amount) if each.cost else None,
        "currency": each.cost.currency if each.cost else None,
    }


def _density(tokens: int, characters: int) -> float | None:
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


def count_page(counts: Sequence[PathCount]) -> Page:
    """Paths side by side, then each model with its density, cost and spread."""
    by_model = _grouped(counts)
    paths = dict.fromkeys(each.tally.source for each in counts)
    tables, notes = [], []
    if len(paths) > 1:
        tables.append(_path_table(counts, list(by_model)))
        if len(paths) > MOST_ROWS:
            notes.append(
                f"the {MOST_ROWS} largest of {len(paths):,} paths; --format csv lists them all"
            )
    tables.append(_model_table(by_model))
    if any(each.tally.parts for each in counts):
        tables.append(_part_table(by_model))
    if _many(by_model):
        tables.append(_spread_table(by_model))
    return Page("", (), tuple(tables), tuple(notes))


def _grouped(counts: Sequence[PathCount]) -> dict[str, list[PathCount]]:
    grouped: dict[str, list[PathCount]] = {}
    for each in counts:
        grouped.setdefault(each.tally.model, []).append(each)
    return grouped


def _many(by_model: Mapping[str, list[PathCount]]) -> bool:
    """Whether any model has several documents, of which there is a spread to tell."""
    return any(sum(each.tally.documents for each in of) > 1 for of in by_model.values())


def _path_table(counts: Sequence[PathCount], models: Sequence[str]) -> Table:
    tokens = {(each.tally.source, each.tally.model): each.tally.tokens for each in counts}
    documents = {each.tally.source: each.tally.documents for each in counts}
    shown = list(documents)
    if len(shown) > MOST_ROWS:
        weight = {path: max(tokens.get((path, m), 0) for m in models) for path in shown}
        shown = sorted(shown, key=lambda path: -weight[path])[:MOST_ROWS]
    rows = tuple(
        (path, f"{documents[path]:,}", *(_number(tokens.get((path, m))) for m in models))
        for path in shown
    )
    sums = (sum(tokens.get((path, m), 0) for path in documents) for m in models)
    total = ("Total", f"{sum(documents.values()):,}", *map(_number, sums))
    return Table("", columns(["Path"], ["Documents", *models]), rows, (total,))


def _model_table(by_model: Mapping[str, list[PathCount]]) -> Table:
    """Each model's tokens, and how dense its tokenizer is on these texts."""
    first = sum(each.tally.tokens for each in next(iter(by_model.values()), []))
    several = len(by_model) > 1
    head = ["Tokens", "Between", "Method", "Per 1,000 chars"]
    head += [f"x {next(iter(by_model))}"] if several else []
    rows = tuple(_model_row(name, of, first if several else None) for name, of in by_model.items())
    return Table("", columns(["Model"], [*head, "Cost as input"]), rows)


def _model_row(name: str, counts: Sequence[PathCount], first: int | None) -> Row:
    tokens, low, high, characters = (
        sum(getattr(each.tally, field) for each in counts)
        for field in ("tokens", "low", "high", "characters")
    )
    density = _density(tokens, characters)
    ratio = () if first is None else (f"{tokens / first:.3f}" if first else ABSENT,)
    return (
        name,
        f"{tokens:,}",
        f"{low:,} and {high:,}" if low != high else "",
        ", ".join(_in_order(method for each in counts for method in each.tally.methods)),
        ABSENT if density is None else f"{density:,.1f}",
        *ratio,
        _cost(counts),
    )


def _in_order(methods: Iterable[str]) -> list[str]:
    """Each method once, best first."""
    found = set(map(str, methods)) or {str(Method.EXACT)}
    return [str(method) for method in Method if str(method) in found]


def _cost(counts: Sequence[PathCount]) -> str:
    """What all paths cost together; absent where one of them has no price."""
    costs = [each.cost for each in counts if each.cost is not None]
    if not costs or len(costs) < len(counts):
        return ABSENT
    total = sum((cost.amount for cost in costs), Decimal(0))
    return money_for(costs[0].currency, [total])(total)


def _spread_table(by_model: Mapping[str, list[PathCount]]) -> Table:
    rows = []
    for name, counts in by_model.items():
        sizes: Counter[int] = sum((each.tally.sizes for each in counts), Counter())
        spread = Spread.of(sizes)
        if spread is not None:
            figures: tuple[Any, ...] = (spread.p50, spread.p90, spread.p99, spread.largest)
            mean = f"{spread.mean:,.1f}"
            rows.append((name, f"{sizes.total():,}", mean, *(f"{each:,}" for each in figures)))
    head = columns(["Tokens of a document"], ["Documents", "Mean", "P50", "P90", "P99", "Largest"])
    return Table("", head, tuple(rows))


def _part_table(by_model: Mapping[str, list[PathCount]]) -> Table:
    """Where the tokens of requests are."""
    names = dict.fromkeys(name for of in by_model.values() for c in of for name in c.tally.parts)
    rows = tuple(
        (
            model,
            *(_part(part for c in of if (part := c.tally.parts.get(name))) for name in names),
            f"{sum(c.tally.cacheable for c in of):,}",
        )
        for model, of in by_model.items()
    )
    head = [str(name).capitalize() for name in names]
    return Table("", columns(["Tokens of requests"], [*head, "Cacheable"]), rows)


def _part(parts: Iterable[TokenCount]) -> str:
    return f"{sum(part.tokens for part in parts):,}"


def _number(tokens: int | None) -> str:
    return ABSENT if tokens is None else f"{tokens:,}"
