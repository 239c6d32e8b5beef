"""What updates of the prices did to a plan, and what is coming, against arithmetic by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from plans import book, scenario

from costplan.decisions import price_news as news_module
from costplan.decisions.ahead import Coming, coming
from costplan.decisions.price_news import PriceNews, price_news
from costplan.errors import CostplanError
from costplan.planning import project
from costplan.prices import PriceBook
from costplan.report.price_news import coming_table, news_page

# A month: 100,000 requests of 1,000 and 200 tokens are 100 M and 20 M tokens.
CHAT = """\
start: {start}
months: {months}
uncertainty: none
workloads:
  chat:
    demand: {{requests: 100k/month}}
    request: {{input: 1000, output: 200}}
    routing: {{mix: {{{model}: 100%}}}}
budget: {{monthly: 500}}
"""


def news(model: str, since: str, until: str, start: str = "2026-08", months: int = 5) -> PriceNews:
    """The news about one model's prices for a plan of 120 M tokens a month."""
    plan = partial(project, scenario(CHAT.format(model=model, start=start, months=months)))
    return price_news(book(), plan, date.fromisoformat(since), date.fromisoformat(until))


def ahead(model: str, today: str, start: str, months: int) -> tuple[Coming, ...]:
    """What is coming to such a plan."""
    plan = project(scenario(CHAT.format(model=model, start=start, months=months)), book())
    return coming(plan, book(), date.fromisoformat(today))


def test_a_rise_that_was_called_off_is_one_update() -> None:
    """From September on 3/15 had been known: $600 a month; back at 2/10 it is $400."""
    found = news("anthropic/claude-sonnet-5", "2026-08-01", "2026-08-31")
    assert [(each.what, each.impact.horizon.delta) for each in found.updates] == [
        ("known 2026-08-10", Decimal(-800))
    ]
    assert found.overall is not None
    assert found.overall.horizon.delta == Decimal(-800)
    assert (found.since, found.before) == (date(2026, 8, 1), "")


def test_the_sum_of_all_updates_is_the_whole() -> None:
    """Each starts where the one before it ends."""
    found = news("xai/grok-4", "2025-07-09", "2026-11-22", "2026-12", 3)
    assert found.overall is not None
    whole = sum(each.impact.horizon.delta for each in found.updates if "known" in each.what)
    assert found.overall.horizon.delta == whole


def test_days_before_the_first_price_are_not_told() -> None:
    """It says which price was not known."""
    found = news("anthropic/claude-sonnet-5", "2026-01-01", "2026-08-31")
    assert found.since == date(2026, 6, 30)
    assert found.before.startswith("news before 2026-06-30, because then anthropic/claude-sonnet-5")


def test_a_quiet_time_has_no_updates() -> None:
    """Nothing became known between two days."""
    found = news("anthropic/claude-sonnet-5", "2026-08-11", "2026-08-31")
    assert (found.updates, found.overall) == ((), None)
    said = news_page(found, (), "USD").text(80)
    assert "Nothing became known about the prices of this plan" in said
    assert "Nothing is announced for the models of this plan before it ends." in said


def test_of_many_days_the_latest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how many there were before."""
    monkeypatch.setattr(news_module, "MOST_DAYS", 1)
    found = news("anthropic/claude-sonnet-5", "2026-06-01", "2026-08-31")
    assert [each.what for each in found.updates] == ["known 2026-08-10"]
    assert (found.since, found.before) == (date(2026, 8, 9), "1 day of news before 2026-08-10")


def test_a_release_of_the_book_is_an_update() -> None:
    """A row that a later release carries: without it 2/10, with it twice that."""
    model = book().names["anthropic/claude-sonnet-5"]
    rows = model.prices["standard"]
    dearer = replace(rows[0], from_=date(2026, 7, 1), known=date(2026, 7, 1), added="2099.01.01")
    dearer = replace(dearer, rates={meter: rate * 2 for meter, rate in dearer.rates.items()})
    changed = replace(model, prices={"standard": (*rows, dearer)})
    shipped = book()
    later = replace(
        shipped,
        models=tuple(changed if each is model else each for each in shipped.models),
        names={**shipped.names, model.name: changed},
        releases=(*shipped.releases, "2099.01.01"),
        release="2099.01.01",
    )
    text = CHAT.format(model=model.name, start="2026-07", months=1)

    def plan(prices: PriceBook) -> object:
        return project(scenario(text), prices)

    found = price_news(later, plan, date(2026, 7, 1), date(2026, 7, 31))  # type: ignore[arg-type]
    assert [(each.what, each.impact.horizon.delta) for each in found.updates] == [
        ("release 2099.01.01", Decimal(400))
    ]


def test_a_plan_that_cannot_be_made_is_an_error() -> None:
    """Not an empty page."""
    with pytest.raises(CostplanError, match="has no standard price"):
        news("anthropic/claude-sonnet-5", "2026-01-01", "2026-05-01")


def test_an_announced_rise_costs_what_the_plan_pays_more() -> None:
    """Gemini 3.8 Flash doubles in 2027: $75 + $75 a month become $150 + $150, for two months."""
    found = ahead("google/gemini-3.8-flash", "2026-11-22", "2026-12", 3)
    assert [(each.what, each.day, each.cost) for each in found] == [
        ("price", date(2027, 1, 1), Decimal(300))
    ]
    assert [(c.meter, c.before, c.after) for c in found[0].changes] == [
        ("input", Decimal("0.75"), Decimal("1.5")),
        ("output", Decimal("3.75"), Decimal("7.5")),
    ]
    rows = coming_table(found, "USD").rows
    assert rows[0] == (
        *("2027-01-01", "google/gemini-3.8-flash input", "0.75", "1.5", "+100%", "+$300.00"),
    )
    assert rows[1][5] == ""


def test_a_rise_before_the_plan_begins_is_coming_too() -> None:
    """Against today's price: all three months pay it."""
    found = ahead("google/gemini-3.8-flash", "2026-11-22", "2027-02", 3)
    assert [(each.day, each.cost) for each in found] == [(date(2027, 1, 1), Decimal(450))]


def test_what_took_effect_is_not_coming() -> None:
    """A day later the rise is the price."""
    assert ahead("google/gemini-3.8-flash", "2027-01-01", "2027-02", 3) == ()
    assert ahead("google/gemini-3.8-flash", "2028-01-01", "2027-02", 3) == ()


def test_a_retirement_says_what_is_planned_on_it() -> None:
    """Of the month it falls in and those after."""
    model = next(
        each
        for each in book().models
        if each.retirement
        and date(2026, 12, 2) < each.retirement < date(2027, 6, 1)
        and {"input", "output"} <= set(book().price(each, at=date(2026, 12, 1)).rates)
    )
    found = ahead(model.name, "2026-11-22", "2026-12", 8)
    retires = next(each for each in found if each.what == "retires")
    assert retires.day == model.retirement
    assert retires.planned > 0
    assert "retires" in coming_table(found, "USD").rows[-1][1]
