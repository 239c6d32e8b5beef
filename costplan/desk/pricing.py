"""Questions of the view Prices: the book as a list, one model, what updates did to the plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from costplan.desk.command import command_line, told, words_line
from costplan.desk.whatif import WhatIf
from costplan.errors import CostplanError
from costplan.prices import PriceBook, default_book, with_own_files
from costplan.prices.finding import find_models, meant, nearest
from costplan.prices.histories import history_of
from costplan.prices.rate_steps import RateSteps, rate_steps
from costplan.report.money import plain_text
from costplan.report.price_card import IN_PLAN, card_page, price_table
from costplan.report.prices import book_facts, prices_of
from costplan.report.table import Page, Table

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

HALF_A_YEAR = timedelta(days=182)
_AFTER = timedelta(days=60)
"""Days a chart of prices shows after today and after the last change."""
MOST_MODELS = 300
"""Rows of the list: a table on the screen is built whole before its first row is seen."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The models found, those of the plan first."""

    table: Table
    models: tuple[str, ...]
    """`provider/id` of each row."""
    said: str
    """How many there are, of which book, on which day."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which models are there, and what do they cost today?"""

    what_if: WhatIf
    typed: str = ""
    """Words of their names; nothing finds all."""
    known_at: date | None = None
    """The day of knowledge to look from; None is that of the plan."""

    def answer(self, desk: Desk) -> Listed:
        """The list."""
        book = book_of(desk, self.what_if, self.known_at)
        return listed(book, self.typed, day_of(desk), models_used(desk, self.what_if))


@dataclass(frozen=True, slots=True)
class RateLine:
    """One rate of a model over time, for a chart."""

    name: str
    """The meter: `input`, `cache read`, `output`."""
    changes: tuple[tuple[date, Decimal], ...]
    """The rate from each day on."""
    text: str
    """The rate in force today, and those that are announced: `0.75, then 1.5`."""


@dataclass(frozen=True, slots=True)
class ModelPriced:
    """All that is known of one model's prices."""

    model: str
    page: Page
    mode: str
    """The mode whose rates are drawn: standard, or the first it has."""
    currency: str
    lines: tuple[RateLine, ...]
    """None where no price is known."""
    start: date
    """Where the chart begins: with the first price."""
    end: date
    """Where it ends: when the model retires, or some time after today and the last change."""
    at: date
    """Today."""


@dataclass(frozen=True, slots=True)
class ModelPricing:
    """What does this model cost, and what did it cost before?"""

    what_if: WhatIf
    model: str
    known_at: date | None = None

    def answer(self, desk: Desk) -> ModelPriced:
        """Its page.

        Raises:
            UnknownModelError: the book does not hold it.
        """
        return model_priced(book_of(desk, self.what_if, self.known_at), self.model, day_of(desk))


@dataclass(frozen=True, slots=True)
class Updated:
    """What updates of the prices did to the plan."""

    page: Page
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class PriceUpdates:
    """What did updates of the prices do to the plan, and what is coming?"""

    what_if: WhatIf
    since: date | None = None
    """The last day of knowledge that is not told; None is half a year ago."""

    def answer(self, desk: Desk) -> Updated:
        """Each update with what it moved, all of them together, and what is announced.

        Raises:
            CostplanError: the plan cannot be made with what is known today.
        """
        from costplan.decisions.ahead import coming
        from costplan.decisions.price_news import price_news
        from costplan.planning import project
        from costplan.report.price_news import news_page

        scenario = replace(desk.standing(self.what_if), known_at=None)
        planned = partial(
            project,
            scenario,
            draws=desk.draws,
            seed=desk.seed,
            counts=desk.counts,
            memory=desk.memory,
        )
        today = day_of(desk)
        book = replace(book_of(desk, self.what_if), known_at=None)
        since = self.since or today - HALF_A_YEAR
        news = price_news(book, planned, since, today)
        plan = desk.project(self.what_if)
        return Updated(news_page(news, coming(plan, book, today), plan.currency), since, today)


def list_command(desk: Desk, model: str, known_at: date | None) -> str:
    """The command line that prints the list of models, or the history of one.

    Args:
        desk: what was said of prices when it was opened is said again.
        model: empty for the list.
        known_at: the day of knowledge that was set.
    """
    seen = told(desk, "--pricing", "--release", *(() if known_at else ("--known-at",)))
    words = ("history", model) if model else ("list",)
    day = (f"--known-at={known_at}",) if known_at else ()
    return words_line("prices", *words, *seen, *day)


def updates_command(desk: Desk, what_if: WhatIf, since: date, until: date) -> str:
    """The command line that prints what all the updates between two days did to the plan."""
    plain = replace(desk, options=told(desk, "--pricing", "--draws", "--seed"))
    days = (f"--from={since}", f"--to={until}")
    return command_line(plain, what_if, verb="prices impact", more=days)


def book_of(desk: Desk, what_if: WhatIf, known_at: date | None = None) -> PriceBook:
    """The prices that a plan rests on: the book, the scenario's own lists, the day it names.

    Args:
        desk: has the book.
        what_if: may name another day of knowledge.
        known_at: a day to look from instead.
    """
    scenario = desk.standing(what_if)
    book = with_own_files(desk.book or default_book(), scenario.price_files)
    return book.pinned(known_at=known_at or book.known_at or scenario.known_at)


def day_of(desk: Desk) -> date:
    """The day whose prices are today's; where nobody said which it is, the plan's first."""
    return desk.day or desk.scenario.start.first


def models_used(desk: Desk, what_if: WhatIf) -> tuple[str, ...]:
    """The models of a plan as it names them, the dearest first; none where it cannot be made."""
    try:
        projection = desk.project(what_if)
    except CostplanError:
        return ()  # prices can be looked up all the same
    return tuple(name for name, _ in projection.by("model"))


def listed(
    book: PriceBook, typed: str, at: date, used: Collection[str], most: int = MOST_MODELS
) -> Listed:
    """The models that a search finds.

    Args:
        book: pinned to the day of knowledge to look from.
        typed: words of names.
        at: the day whose rates are shown.
        used: the models of the plan, as it names them.
        most: rows at most.
    """
    marked = meant(book, used)
    found = find_models(book, typed, first=marked, at=at)
    shown = found[:most]
    table = price_table(prices_of(book, shown, at), marked)
    said = _said(book, typed, at, len(found), most)
    return Listed(table, tuple(model.name for model in shown), said)


def _said(book: PriceBook, typed: str, at: date, number: int, most: int) -> str:
    if not number:
        return f"no model is called {typed!r}{nearest(book, typed)}"
    models = f"{most} of {number:,} models" if number > most else _number(number)
    facts = ", ".join(book_facts(book))
    return f"{models}, {IN_PLAN} in this plan\nrates per 1M tokens on {at}, {facts}"


def _number(models: int) -> str:
    return "1 model" if models == 1 else f"{models:,} models"


def model_priced(book: PriceBook, name: str, at: date) -> ModelPriced:
    """One model.

    Raises:
        UnknownModelError: the book does not hold it.
    """
    history = history_of(book, name, at)
    modes = [line.mode for line in history.timelines]
    mode = "standard" if "standard" in modes or not modes else modes[0]
    steps = rate_steps(history.timelines, mode)
    days = [day for each in steps for day, _ in each.steps] or [at]
    ends = [day for each in steps for day, rate in each.steps if rate is None]
    return ModelPriced(
        name,
        card_page(history, at),
        mode,
        steps[0].currency if steps else "",
        tuple(_line(each, at) for each in steps),
        start=min(days),
        end=max(ends, default=max(*days, at) + _AFTER),
        at=at,
    )


def _line(steps: RateSteps, at: date) -> RateLine:
    changes = tuple((day, rate) for day, rate in steps.steps if rate is not None)
    begun = [rate for day, rate in changes if day <= at]
    now = begun[-1] if begun else changes[-1][1]
    ahead = [rate for day, rate in changes if day > at and rate != now]
    text = ", then ".join(map(plain_text, (now, *ahead)))
    return RateLine(str(steps.meter).replace("_", " "), changes, text)
