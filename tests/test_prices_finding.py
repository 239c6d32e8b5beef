"""Models found by what is typed, and rates as the steps of a chart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from plans import book

from costplan.meters import Meter
from costplan.prices.finding import find_models, meant, nearest
from costplan.prices.histories import history_of
from costplan.prices.rate_steps import rate_steps
from costplan.report.price_card import card_page


def names(typed: str, first: frozenset[str] = frozenset(), at: date | None = None) -> list[str]:
    """The names of the models found."""
    return [model.name for model in find_models(book(), typed, first=first, at=at)]


def test_nothing_typed_finds_every_model() -> None:
    """In the order of the book."""
    assert names("") == [model.name for model in book().models]


@pytest.mark.parametrize("typed", ["sonnet anthropic", "ANTHROPIC/  sonnet", "sonnet anth"])
def test_every_word_must_be_there(typed: str) -> None:
    """In any order and case."""
    found = names(typed)
    assert "anthropic/claude-sonnet-5" in found
    assert all("anthropic" in name and "sonnet" in name for name in found)


def test_words_that_follow_one_another_come_first() -> None:
    """`gpt 6` means GPT-6, and only then whatever has a 6 somewhere."""
    found = names("gpt 6")
    together = ["gpt-6" in name for name in found]
    assert together == sorted(together, reverse=True)
    assert {True, False} == set(together)


def test_the_plans_models_come_before_all() -> None:
    """Whatever else is found."""
    found = names("gpt", first=frozenset({"openai/gpt-6-sol"}))
    assert found[0] == "openai/gpt-6-sol"
    assert found.count("openai/gpt-6-sol") == 1


def test_a_maker_comes_before_those_who_host_its_model() -> None:
    """Both sell it under the same id."""
    found = names("gpt-4o")
    assert found[0] == "openai/gpt-4o"
    assert {"azure/gpt-4o", "openai/gpt-4o"} <= set(found[:4])


def test_what_has_retired_comes_last() -> None:
    """It is found all the same."""
    found = names("xai grok", at=date(2026, 11, 22))
    gone = [book().names[name].retirement is not None for name in found]
    assert gone == sorted(gone)
    assert {True, False} == set(gone)


def test_another_name_finds_the_model() -> None:
    """An alias need not resemble the id."""
    alias, targets = next(
        (alias, targets)
        for alias, targets in book().aliases.items()
        if alias.partition("/")[2] not in targets[-1][1]
    )
    assert targets[-1][1] in names(alias)
    assert targets[-1][1] in meant(book(), [alias])


def test_a_name_that_finds_nothing_has_a_nearest() -> None:
    """Where there is one."""
    assert names("openai gpt6sol") == []
    assert "gpt-6-sol" in nearest(book(), "openai gpt6sol")
    assert nearest(book(), "zzzzzzzz") == ""


def test_a_rate_is_a_step_from_each_day() -> None:
    """Gemini 3.8 Flash doubles in 2027; what is only stated again is no step."""
    lines = history_of(book(), "google/gemini-3.8-flash", date(2026, 11, 22)).timelines
    found = {each.meter: each.steps for each in rate_steps(lines)}
    assert found[Meter.INPUT] == (
        (date(2026, 9, 2), Decimal("0.75")),
        (date(2027, 1, 1), Decimal("1.5")),
    )
    assert set(found) == {Meter.INPUT, Meter.OUTPUT}


def test_a_model_without_tokens_has_the_rates_it_has() -> None:
    """A fee for each image, a second of sound."""
    model = next(
        each
        for each in book().models
        if "standard" in each.prices
        and all(not {"input", "output"} & set(row.rates) for row in each.prices["standard"])
        and each.prices["standard"][-1].rates
    )
    lines = history_of(book(), model.name, date(2026, 11, 22)).timelines
    assert {each.meter for each in rate_steps(lines)} <= set(model.prices["standard"][-1].rates)
    assert rate_steps(lines)


def test_a_rise_called_off_is_no_step() -> None:
    """Claude Sonnet 5 stayed at 2."""
    lines = history_of(book(), "anthropic/claude-sonnet-5", date(2026, 11, 22)).timelines
    found = {each.meter: each.steps for each in rate_steps(lines)}
    assert found[Meter.INPUT] == ((date(2026, 6, 30), Decimal(2)),)


def test_a_rate_ends_when_its_model_retires() -> None:
    """The last step is down to nothing."""
    model = book().names["xai/grok-3"]
    lines = history_of(book(), model.name, date(2026, 11, 22)).timelines
    assert all(each.steps[-1] == (model.retirement, None) for each in rate_steps(lines))


def test_the_card_has_modes_side_by_side() -> None:
    """Long prompts beside their mode, fees for calls in each, both dates below."""
    page = card_page(history_of(book(), "openai/gpt-6-sol", date(2026, 11, 22)), date(2026, 11, 22))
    table = page.tables[0]
    heads = [column.name for column in table.columns]
    rows = {row[0]: dict(zip(heads, row, strict=True)) for row in table.rows}
    assert heads[:4] == ["Rate", "standard", "prompt >272000", "batch"]
    assert [row[1:4] for row in table.rows if row[0] == "input"] == [("2", "4", "1")]
    assert rows["web search"]["standard"] == "10"
    assert (rows["from"]["standard"], rows["known"]["standard"]) == ("2026-11-12", "2026-11-12")
    assert "a prompt is cached from 1,024 tokens" in page.facts


def test_a_card_of_a_day_without_a_price_has_only_the_history() -> None:
    """Before its release a model costs nothing that is known."""
    page = card_page(history_of(book(), "openai/gpt-6-sol", date(2026, 11, 22)), date(2020, 1, 1))
    assert not any("2020-01-01" in table.title for table in page.tables)
    assert page.tables
