"""Counted tokens as tables: paths and models side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from costplan.report.counts import PathCount, density
from costplan.report.money import ABSENT, money_for
from costplan.report.table import Page, Table, columns
from costplan.tokens import Method, TokenCount
from costplan.tokens.corpus import Spread

MOST_ROWS = 40
"""Paths in a table; of more, the largest are shown."""
_LONGEST = 48
"""Letters of a path in a table: the last ones, which tell files of one folder apart."""


def count_page(counts: Sequence[PathCount], *, compared: bool = True) -> Page:
    """Paths side by side, then each model with its density, cost and spread.

    Args:
        counts: of each path on each model.
        compared: whether every model counted the same documents; requests may name their own.
    """
    by_model = _grouped(counts)
    paths = dict.fromkeys(each.tally.source for each in counts)
    if not counts:
        return Page("", notes=("nothing was counted",))
    tables, notes = [], []
    if len(paths) > 1:
        tables.append(_path_table(counts, list(by_model)))
        if len(paths) > MOST_ROWS:
            notes.append(
                f"the {MOST_ROWS} largest of {len(paths):,} paths; --format csv lists them all"
            )
    tables.append(_model_table(by_model, compared=compared))
    if any(each.tally.parts for each in counts):
        one = next(iter(by_model.values()))
        tables.append(_parts_of(one) if len(by_model) == 1 else _part_table(by_model))
    if _many(by_model):
        tables.append(_spread_table(by_model))
    notes += (
        f"{model}: no cost, because the price book has no price of its input on that day"
        for model, of in by_model.items()
        if any(each.cost is None for each in of)
    )
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
        (_short(path), f"{documents[path]:,}", *(_number(tokens.get((path, m))) for m in models))
        for path in shown
    )
    sums = (sum(tokens.get((path, m), 0) for path in documents) for m in models)
    total = ("Total", f"{sum(documents.values()):,}", *map(_number, sums))
    return Table("", columns(["Path"], ["Documents", *models]), rows, (total,))


def _short(path: str) -> str:
    return path if len(path) <= _LONGEST else f"…{path[1 - _LONGEST :]}"


def _model_table(by_model: Mapping[str, list[PathCount]], *, compared: bool) -> Table:
    """Each model's tokens, and how dense its tokenizer is; only the columns that say something."""
    counts = [each for of in by_model.values() for each in of]
    first = next(iter(by_model.values()))
    shown = {
        "Tokens": [_sum(of, "tokens") for of in by_model.values()],
        "Between": [_between(of) for of in by_model.values()],
        "Method": [_methods(of) for of in by_model.values()],
        "Per 1,000 chars": [_per_thousand(of) for of in by_model.values()],
        "Ratio": [_ratio(of, first) for of in by_model.values()],
        "Cost as input": [_cost(of) for of in by_model.values()],
    }
    if all(each.tally.low == each.tally.high for each in counts):
        del shown["Between"]
    if not any(each.tally.characters for each in counts):  # of requests
        del shown["Per 1,000 chars"]
    if len(by_model) == 1 or not compared:
        del shown["Ratio"]
    rows = zip(by_model, *shown.values(), strict=True)
    return Table("", columns(["Model"], shown), tuple(rows))


def _sum(counts: Sequence[PathCount], field: str) -> str:
    return f"{sum(getattr(each.tally, field) for each in counts):,}"


def _between(counts: Sequence[PathCount]) -> str:
    low, high = _sum(counts, "low"), _sum(counts, "high")
    return f"{low} and {high}" if low != high else ""


def _methods(counts: Sequence[PathCount]) -> str:
    return ", ".join(_in_order(method for each in counts for method in each.tally.methods))


def _per_thousand(counts: Sequence[PathCount]) -> str:
    tokens, characters = (
        sum(getattr(each.tally, field) for each in counts) for field in ("tokens", "characters")
    )
    dense = density(tokens, characters)
    return ABSENT if dense is None else f"{dense:,.1f}"


def _ratio(counts: Sequence[PathCount], first: Sequence[PathCount]) -> str:
    """Tokens for each one of the first model."""
    tokens, of_first = (sum(each.tally.tokens for each in of) for of in (counts, first))
    return f"{tokens / of_first:.3f}" if of_first else ABSENT


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


def _parts_of(counts: Sequence[PathCount]) -> Table:
    """Where the tokens of one model's requests are, how sure they are, and how each was counted."""
    names = dict.fromkeys(name for each in counts for name in each.tally.parts)
    rows = []
    for name in names:
        parts = [part for each in counts if (part := each.tally.parts.get(name))]
        tokens, low, high = (
            sum(getattr(part, field) for part in parts) for field in ("tokens", "low", "high")
        )
        between = f"{low:,} and {high:,}" if low != high else ""
        methods = ", ".join(_in_order(part.method for part in parts)) if high else ""
        rows.append((str(name).capitalize(), f"{tokens:,}", between, methods))
    rows.append(("Cacheable", f"{sum(each.tally.cacheable for each in counts):,}", "", ""))
    return Table("", columns(["Part"], ["Tokens", "Between", "Method"]), tuple(rows))


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
