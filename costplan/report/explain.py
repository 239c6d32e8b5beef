"""One figure of a plan, explained: what it is made of, at which prices, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from costplan.decisions.explanation import Explanation, Line
from costplan.decisions.parts import Part
from costplan.decisions.swings import Swing
from costplan.engine.statements import CONTRACT
from costplan.report.document import Document, number, plan_identity, warning_list
from costplan.report.money import (
    MoneyFormat,
    money_for,
    percent,
    plain_text,
    plain_text_or_none,
)
from costplan.report.month_change import (
    by_workload_table,
    causes_table,
    change_document,
    change_sentence,
    step_lines,
)
from costplan.report.plan import OVER
from costplan.report.processing import quantity
from costplan.report.ranges import written
from costplan.report.rounding import apportioned
from costplan.report.table import Column, Page, Row, Table, columns

LINES, PRICES = "Quantity x rate = cost", "Prices"
"""Titles of the tables whose rows lead further."""
_MOST_SWINGS = 6
_PERS = {1_000_000: "1M", 1_000: "1k", 1: "1"}
EXPLANATION_FIELDS = (
    *("months", "workload", "owner", "provider", "model", "mode", "meter", "tier"),
    *("quantity", "unit", "rate", "per", "cost", "price_from", "known", "source"),
)


def part_text(part: Part) -> str:
    """What is explained: `2027-06`, `support-chat in 2027-06`, `the whole plan`."""
    names = ", ".join(name or f"(no {dimension})" for dimension, name in part.names)
    if names and part.label:
        return f"{names} in {part.label}"
    return names or part.label or "the whole plan"


def explanation_page(explanation: Explanation) -> Page:
    """The figure, its budget and range; why it differs from the month before; what it is made of.

    The tables add up to the figure as shown.
    """
    money = explanation_money(explanation)
    tables: list[Table] = []
    if explanation.change is not None and explanation.change.delta:
        tables.append(causes_table(explanation.change, money, explanation.steps))
        if len(explanation.change.by_workload()) > 1:
            tables.append(by_workload_table(explanation.change, money))
    if explanation.lines:
        tables += [lines_table(explanation, money), prices_table(shown_lines(explanation)[0])]
    if explanation.swings:
        tables.append(_swings_table(explanation, money))
    title = f"{explanation.projection.scenario}: {part_text(explanation.part)}"
    return Page(
        title,
        tuple(_facts(explanation, money)),
        tuple(tables),
        tuple(_notes(explanation)),
        explanation.warnings,
    )


def explanation_money(explanation: Explanation) -> MoneyFormat:
    """How the amounts of an explanation are written: finer than a plan, for it is a part of one."""
    change = explanation.change
    amounts = [explanation.expected, *(line.cost for line in explanation.lines)]
    return money_for(explanation.projection.currency, [*amounts, *(change.cost if change else ())])


def _facts(explanation: Explanation, money: MoneyFormat) -> Iterator[str]:
    """What it comes to, in sentences, the one most people look for first."""
    expected = money(explanation.expected)
    if explanation.part.names and explanation.whole:
        share = percent(float(explanation.expected / explanation.whole))
        yield f"{expected} expected, {share} of {money(explanation.whole)}"
    else:
        yield f"{expected} expected"
    band = explanation.band
    if band is not None and not band.is_certain:
        yield (
            f"P10 {money(band.p10)}, P50 {money(band.p50)}, P90 {money(band.p90)}: eight of ten "
            "simulated plans cost between P10 and P90"
        )
    if explanation.against is not None:
        yield _against(explanation, money)
    if explanation.change is not None:
        yield change_sentence(explanation.change, money)


def _against(explanation: Explanation, money: MoneyFormat) -> str:
    against = explanation.against
    if against is None:
        return ""
    left = money.rounded(against.budget) - money.rounded(explanation.expected)
    said = f"{money(left)} left" if left >= 0 else f"{OVER} by {money(-left)}"
    chance = f"{percent(against.chance)} of simulated plans are over it"
    mean = f", by {money(against.overrun)} averaged over all of them" if against.chance else ""
    return f"budget {money(against.budget)}, {said}; {chance}{mean}"


def lines_table(explanation: Explanation, money: MoneyFormat) -> Table:
    """Quantity x rate = cost, a row for each rate under its model; it adds up as shown."""
    lines, rest = shown_lines(explanation)
    numbers = _prices(lines)
    costs = apportioned([*(line.cost for line in lines), rest], explanation.expected, money)
    rows: list[Row] = []
    model = ""
    for line, cost in zip(lines, costs, strict=False):
        if line.row.model != model and not explanation.part.is_rate:
            model = line.row.model
            rows.append((model, *[""] * 4))
        rows.append(
            (
                line_name(line, explanation.part),
                quantity(float(line.quantity)),
                _rate(line),
                money(cost, exact=line.cost),
                f"[{numbers[_price_key(line)]}]",
            )
        )
    if rest:
        rows.append(("Smaller ones", "", "", money(costs[-1], exact=rest), ""))
    what = "Month and workload" if explanation.part.is_rate else "Model and meter"
    numbers_of = ["Quantity", f"Rate, {money.currency}", "Cost"]
    head = (*columns([what], numbers_of), Column("Price"))
    footer = ("Total", "", "", money(explanation.expected), "")
    return Table(LINES, head, tuple(rows), (footer,))


def _rate(line: Line) -> str:
    """A rate and what it is for: `0.375 / 1M`, tokens where nothing is said, `10 / 1k calls`."""
    row = line.row
    per = _PERS.get(row.per, f"{row.per:,}")
    unit = "" if row.unit == "tokens" else f" {row.unit}"
    return f"{plain_text(row.rate)} / {per}{unit}"


def line_name(line: Line, part: Part) -> str:
    """What a line is called in the table: its meter, or its month and workload."""
    meter = line.row.meter.replace("_", " ")
    words = [str(line.months[0]), line.row.workload] if part.is_rate else [f"  {meter}"]
    words += [line.row.mode] if line.row.mode not in {"standard", CONTRACT} else []
    words += [f"tier {line.row.tier}"] if line.row.tier else []
    return " ".join(words)


def shown_lines(explanation: Explanation) -> tuple[list[Line], Decimal]:
    """The lines that show as more than nothing, model by model, and what the others come to."""
    money = explanation_money(explanation)
    lines = [line for line in explanation.lines if abs(line.cost) >= money.unit / 2]
    lines = lines or list(explanation.lines)
    rest = explanation.expected - sum((line.cost for line in lines), Decimal(0))
    if explanation.part.is_rate:
        return lines, rest
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.row.model] = sums.get(line.row.model, Decimal(0)) + line.cost
    return sorted(lines, key=lambda line: (-sums[line.row.model], line.row.model)), rest


def _price_key(line: Line) -> Row:
    row = line.row
    days = str(row.price_from or "stated"), str(row.known or "")
    return (row.model, row.mode, *days, row.source)


def _prices(lines: Sequence[Line]) -> dict[Row, int]:
    """The price rows in the order they are met, numbered from 1."""
    return {key: k for k, key in enumerate(dict.fromkeys(map(_price_key, lines)), 1)}


def prices_table(lines: Sequence[Line]) -> Table:
    """The rows of the price book behind the rates: in force from when, and known when."""
    rows = tuple((f"[{k}]", *key[:-1]) for key, k in _prices(lines).items())
    return Table(PRICES, columns(["Price", "Model", "Mode", "From", "Known"], []), rows)


def _sources(lines: Sequence[Line]) -> Iterator[str]:
    """Where the prices are from: `[1], [4] pydantic/genai-prices ...`."""
    found: dict[str, list[str]] = {}
    for key, k in _prices(lines).items():
        found.setdefault(key[-1], []).append(f"[{k}]")
    for source, numbers in found.items():
        yield f"{', '.join(numbers)} {source}"


def _swings_table(explanation: Explanation, money: MoneyFormat) -> Table:
    """The unknowns that move the figure most, each at its P10 and P90."""
    rows = tuple(
        (
            swing.name.removeprefix("workloads."),
            " to ".join(_value(swing, value) for value in swing.values),
            *(money(cost) for cost in swing.cost),
        )
        for swing in explanation.swings[:_MOST_SWINGS]
    )
    head = columns(["Not known exactly", "P10 to P90"], ["Cost at P10", "Cost at P90"])
    return Table("What makes the range", head, rows)


def _value(swing: Swing, value: Decimal) -> str:
    text = written(value, is_share=swing.is_share, digits=3)
    return f"×{text}" if swing.kind == "volume" else text


def _notes(explanation: Explanation) -> Iterator[str]:
    yield from _sources(shown_lines(explanation)[0])
    yield from step_lines(explanation.steps, explanation.projection.currency)
    if len(explanation.swings) > _MOST_SWINGS:
        yield f"What makes the range: {len(explanation.swings) - _MOST_SWINGS} more move it less."
    if explanation.swings:
        listed = ", at list prices" if explanation.projection.billing is not None else ""
        yield f"Each of them at its P10 or P90, everything else averaged{listed}."
    if explanation.change is not None and explanation.change.delta:
        yield (
            "Causes follow one another: days, season, launch, events, growth, mix, density, cache, "
            "price; each is measured with those before it done."
        )


def explanation_document(explanation: Explanation) -> Document:
    """What `costplan plan --explain --format json` prints."""
    band, against, change = explanation.band, explanation.against, explanation.change
    document = plan_identity(explanation.projection)
    document |= {
        "explained": {"period": explanation.part.label or None, **_names(explanation.part)},
        "expected": plain_text(explanation.expected),
        "share": float(explanation.expected / explanation.whole) if explanation.whole else None,
        "p10": plain_text_or_none(band.p10 if band else None),
        "p50": plain_text_or_none(band.p50 if band else None),
        "p90": plain_text_or_none(band.p90 if band else None),
        "budget": plain_text_or_none(against.budget if against else None),
        "p_over": against.chance if against else None,
        "change": change_document(change) if change else None,
        "line_items": explanation_records(explanation),
        "swings": [_swing(swing) for swing in explanation.swings],
        "warnings": warning_list(explanation.warnings),
    }
    return document


def _names(part: Part) -> Document:
    return {str(dimension): name for dimension, name in part.names}


def _swing(swing: Swing) -> Document:
    return {
        "name": swing.name,
        "kind": swing.kind,
        "values": [number(value) for value in swing.values],
        "expected": [plain_text(cost) for cost in swing.cost],
    }


def explanation_records(explanation: Explanation) -> list[Document]:
    """A row for each rate, for CSV: `cost = quantity x rate / per`."""
    return [_record(line) for line in explanation.lines]


def _record(line: Line) -> Document:
    row = line.row
    first, last = line.months[0], line.months[-1]
    return {
        "months": str(first) if first == last else f"{first} to {last}",
        "workload": row.workload or None,
        "owner": row.owner or None,
        "provider": row.provider,
        "model": row.model,
        "mode": row.mode,
        "meter": row.meter,
        "tier": row.tier,
        "quantity": number(line.quantity),
        "unit": row.unit,
        "rate": plain_text(row.rate),
        "per": row.per,
        "cost": plain_text(line.cost),
        "price_from": str(row.price_from) if row.price_from else None,
        "known": str(row.known) if row.known else None,
        "source": row.source,
    }
