"""What updates of the prices did to a plan, and what is coming, as pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from costplan.decisions.ahead import Coming
from costplan.decisions.impact import Impact
from costplan.decisions.price_news import PriceNews, Update
from costplan.prices.changes import RateChange
from costplan.report.impact import impact_page
from costplan.report.money import ABSENT, MoneyFormat, money_for, plain_text
from costplan.report.price_history import rate_percent
from costplan.report.table import Page, Row, Table, columns

_MOST_RATES = 3
"""Rates of one line; of more, how many there are."""


def news_page(news: PriceNews, ahead: Sequence[Coming], currency: str) -> Page:
    """The updates one by one, then all of them together, and what is still to come."""
    tables = [coming_table(ahead, currency)] if ahead else []
    notes = list(dict.fromkeys(_sources(ahead)))
    if not ahead:
        notes.append("Nothing is announced for the models of this plan before it ends.")
    if news.before:
        notes.append(f"Not told: {news.before}")
    if not news.updates:
        fact = f"Nothing became known about the prices of this plan after {news.since}."
        return Page("What updates did to this plan", (fact,), tuple(tables), tuple(notes))
    money = money_for(currency, [update.impact.horizon.delta for update in news.updates])
    told = updates_table(news.updates, money)
    if news.overall is None:
        return Page("What updates did to this plan", (), (told, *tables), tuple(notes))
    page = impact_page(news.overall)
    # What the plan warns of besides stands beside the plan.
    warnings = tuple(each for each in page.warnings if each.code == "quantities-differ")
    return replace(
        page,
        tables=(told, *tables, *page.tables),
        notes=(*notes, *page.notes),
        warnings=warnings,
    )


def updates_table(updates: Sequence[Update], money: MoneyFormat) -> Table:
    """A line for each rate that an update moved, with what all of them did to the plan."""
    head = columns(["Update", "Model and rate"], ["Before", "After", "Change", "This plan"])
    rows = tuple(row for update in updates for row in _update(update, money))
    return Table("What each update did to this plan", head, rows, keys=2)


def _update(update: Update, money: MoneyFormat) -> Iterator[Row]:
    impact = update.impact
    delta = money.delta(impact.horizon.delta, exact=impact.horizon.delta)
    lines = list(_moves(impact))
    if not lines:
        yield (update.what, "no rate that the plan pays", "", "", "", delta)
    for k, line in enumerate(lines[:_MOST_RATES]):
        first = k == 0
        yield (update.what if first else "", *line, delta if first else "")
    if len(lines) > _MOST_RATES:
        yield ("", f"and {len(lines) - _MOST_RATES} more rates", "", "", "", "")


def _moves(impact: Impact) -> Iterator[tuple[str, str, str, str]]:
    for cause in impact.causes:
        for move in cause.moves:
            name = _rate_name(cause.model, cause.mode, move.change)
            yield (name, *_change(move.change))


def coming_table(ahead: Sequence[Coming], currency: str) -> Table:
    """What is announced, by day; for a price, what the plan pays more because of it."""
    money = money_for(currency, [amount for each in ahead for amount in (each.cost, each.planned)])
    head = columns(["Coming", "Model"], ["Before", "After", "Change", "This plan"])
    rows = tuple(row for each in ahead for row in _coming(each, money))
    return Table("What is coming before the plan ends", head, rows, keys=2)


def _coming(each: Coming, money: MoneyFormat) -> Iterator[Row]:
    day = str(each.day)
    if each.what == "retires":
        planned = f"{money(each.planned)} on it" if each.planned else ""
        yield (day, f"{each.model} retires", "", "", "", planned)
        return
    if not each.changes:
        said = "the price is promised to this day" if each.what == "promise ends" else each.what
        yield (day, f"{each.model}: {said}", "", "", "", "")
        return
    cost = ABSENT if each.cost is None else money.delta(each.cost, exact=each.cost)
    for k, change in enumerate(each.changes):
        name = _rate_name(each.model, each.mode, change)
        first = k == 0
        yield (day if first else "", name, *_change(change), cost if first else "")


def _sources(ahead: Sequence[Coming]) -> Iterator[str]:
    for row in [each.row for each in ahead if each.row is not None]:
        name = f"{row.provider}/{row.model} {row.mode} from {row.from_}"
        yield f"{name}, known {row.known}: {row.source}"


def _rate_name(model: str, mode: str, change: RateChange) -> str:
    words = (model, "" if mode == "standard" else mode, change.meter.replace("_", " "), change.tier)
    return " ".join(filter(None, words))


def _change(change: RateChange) -> tuple[str, str, str]:
    before, after = (
        ABSENT if rate is None else plain_text(rate) for rate in (change.before, change.after)
    )
    return before, after, rate_percent(change.share)
