"""What was known when: announced, called off, corrected, withdrawn, and pinned to a release."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.errors import (
    MissingPriceError,
    PriceFileError,
    UnknownModelError,
    UnknownNameError,
)
from costplan.meters import Meter
from costplan.periods import DayRange
from costplan.prices import PriceBook, default_book, load_price_book

HEAD = """\
provider: acme
title: Acme
currency: USD
added: 2026.01.01
source: page
sources:
  page: {title: The price page, url: https://acme.example, observed: 2026-01-01, licence: facts}
models:
  m1:
    release: 2025-01-01
    retirement: 2027-01-01
    context: 1000
    prices:
      standard:
        - {from: 2025-01-01, rates: {input: 1, output: 2}}
"""


def acme(folder: Path, *rows: str, also: str = "") -> PriceBook:
    """A book of one model that cost 1/2 from 2025-01-01, and then what `rows` say."""
    text = HEAD + "".join(f"        - {row}\n" for row in rows) + also
    (folder / "acme.yaml").write_text(text, encoding="utf-8")
    return load_price_book(folder)


def rate_on(book: PriceBook, day: date, mode: str = "standard") -> Decimal:
    return book.price("acme/m1", at=day, mode=mode).rates[Meter.INPUT]


SONNET_5 = [  # launched 2026-06-30 with a rise announced for 2026-09-01, called off 2026-08-10
    ("2026-08-31", "2026-08-09", "2"),
    ("2026-09-01", "2026-08-09", "3"),
    ("2027-06-01", "2026-06-30", "3"),
    ("2026-09-01", "2026-08-10", "2"),
    ("2027-06-01", "2026-08-10", "2"),
    ("2026-09-01", None, "2"),
]


@pytest.mark.parametrize(("day", "known_at", "expected"), SONNET_5)
def test_the_rise_of_sonnet_5_that_was_called_off(
    day: str, known_at: str | None, expected: str
) -> None:
    """A plan of 2026-08-09 sees the rise; one of the next day does not."""
    book = load_price_book(known_at=date.fromisoformat(known_at) if known_at else None)
    found = book.price("anthropic/claude-sonnet-5", at=date.fromisoformat(day))
    assert found.rates[Meter.INPUT] == Decimal(expected)


def test_sonnet_5_in_batch_follows_the_same_story() -> None:
    """The batch price as known then is half of the announced one, and back after the notice."""
    before = default_book().pinned(known_at=date(2026, 8, 9))
    name, day = "anthropic/claude-sonnet-5", date(2026, 9, 1)
    assert before.price(name, at=day, mode="batch").rates[Meter.OUTPUT] == Decimal("7.5")
    assert default_book().price(name, at=day, mode="batch").rates[Meter.OUTPUT] == Decimal(5)


def test_an_announced_price_waits_for_its_day_and_for_being_known() -> None:
    """Gemini 4 Argon doubles on 2026-12-01, which was announced at its launch on 2026-10-13."""
    name = "google/gemini-4-argon"
    found = default_book().price(name, at=date(2026, 12, 1))
    assert (found.known, found.known_by) == (date(2026, 10, 13), "announcement")
    known_at_launch = default_book().pinned(known_at=date(2026, 10, 13))
    assert known_at_launch.price(name, at=date(2026, 12, 1)).rates[Meter.OUTPUT] == 20
    with pytest.raises(MissingPriceError, match="the first became known on 2026-10-13"):
        default_book().pinned(known_at=date(2026, 10, 12)).price(name, at=date(2026, 12, 1))


def test_a_price_seen_late_was_not_known_before() -> None:
    """The Gemini 2.5 cache cut lies before 2025-11-07, the day it was first seen."""
    seen = default_book().price("google/gemini-2.5-pro", at=date(2025, 10, 20))
    assert seen.rates[Meter.CACHE_READ] == Decimal("0.125")
    assert (seen.known, seen.known_by) == (date(2025, 11, 7), "first-seen")
    then = default_book().pinned(known_at=date(2025, 10, 20))
    found = then.price("google/gemini-2.5-pro", at=date(2025, 10, 20))
    assert found.rates[Meter.CACHE_READ] == Decimal("0.3125")


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
models = st.sampled_from(sorted(model.name for model in default_book().models))


@given(model=models, at=days, known_at=days)
def test_what_becomes_known_later_changes_nothing_known_today(
    model: str, at: date, known_at: date
) -> None:
    """The row in force was known on the day of knowledge and effective on the day of use."""
    book = default_book().pinned(known_at=known_at)
    try:
        found = book.price(model, at=at)
    except MissingPriceError:
        return
    assert found.known <= known_at
    assert found.from_ <= at


@given(model=models, at=days)
def test_knowing_until_the_end_of_time_is_knowing_all(model: str, at: date) -> None:
    """A day of knowledge after the last row sees what no day of knowledge sees."""
    book = default_book()
    everything = book.pinned(known_at=date(2100, 1, 1))
    try:
        expected = book.price(model, at=at)
    except MissingPriceError:
        with pytest.raises(MissingPriceError):
            everything.price(model, at=at)
    else:
        assert everything.price(model, at=at) == expected


@given(start=days, length=st.integers(1, 40))
def test_a_row_effective_tomorrow_changes_nothing_today(
    tmp_path_factory: pytest.TempPathFactory, start: date, length: int
) -> None:
    """However the price changes later, and however much, today's stays."""
    today = max(start, date(2025, 1, 1))
    later = today + timedelta(length)
    row = f"{{from: {later}, known: 2025-01-01, rates: {{input: 99, output: 99}}}}"
    book = acme(tmp_path_factory.mktemp("prices"), row)
    assert rate_on(book, today) == 1
    assert rate_on(book, later) == 99
    assert rate_on(book, later - timedelta(1)) == 1


@given(known=days)
def test_a_row_known_tomorrow_changes_nothing_known_today(
    tmp_path_factory: pytest.TempPathFactory, known: date
) -> None:
    """A price that was charged from June is seen only by plans made after it was known."""
    known = max(known, date(2025, 6, 2))
    row = f"{{from: 2025-06-01, known: {known}, rates: {{input: 9, output: 9}}}}"
    book = acme(tmp_path_factory.mktemp("prices"), row)
    day = date(2027, 12, 31)
    assert rate_on(book.pinned(known_at=known - timedelta(1)), day) == 1
    assert rate_on(book.pinned(known_at=known), day) == 9


def test_a_correction_replaces_the_row_it_names_from_its_release_on(tmp_path: Path) -> None:
    """The old release says what it said; the new one says what is right, for all days."""
    book = acme(
        tmp_path,
        "{from: 2025-06-01, rates: {input: 7, output: 7}}",
        "{from: 2025-06-10, added: 2026.02.01, corrects: {from: 2025-06-01}, "
        "rates: {input: 3, output: 3}}",
    )
    before, after = date(2025, 6, 5), date(2025, 6, 15)
    assert [rate_on(book, day) for day in (before, after)] == [1, 3]
    old = book.pinned(release="2026.01.01")
    assert [rate_on(old, day) for day in (before, after)] == [7, 7]


def test_a_correction_may_keep_the_day_of_the_row(tmp_path: Path) -> None:
    """A wrong number is replaced by a row with the same days."""
    book = acme(
        tmp_path,
        "{from: 2025-06-01, rates: {input: 7, output: 7}}",
        "{from: 2025-06-01, added: 2026.02.01, corrects: {from: 2025-06-01}, "
        "rates: {input: 3, output: 3}}",
    )
    assert rate_on(book, date(2025, 6, 1)) == 3
    assert rate_on(book.pinned(release="2026.01.01"), date(2025, 6, 1)) == 7


def test_a_change_called_off_and_announced_again(tmp_path: Path) -> None:
    """A cancellation ends what was announced before it, not what is announced after."""
    book = acme(
        tmp_path,
        "{from: 2025-09-01, known: 2025-06-01, rates: {input: 5, output: 5}}",
        "{from: 2025-09-01, known: 2025-07-01, cancels: true}",
        "{from: 2025-09-01, known: 2025-08-01, rates: {input: 6, output: 6}}",
    )
    known = [date(2025, 6, 1), date(2025, 7, 1), date(2025, 8, 1)]
    seen = [rate_on(book.pinned(known_at=day), date(2025, 9, 1)) for day in known]
    assert seen == [5, 1, 6]


def test_a_withdrawn_mode_has_no_price_and_says_since_when() -> None:
    """Fast mode of Opus 4.8 ends on 2026-11-30."""
    name = "anthropic/claude-opus-4-8"
    assert default_book().price(name, at=date(2026, 11, 29), mode="fast").rates[Meter.INPUT] == 10
    with pytest.raises(MissingPriceError, match="the mode was withdrawn on 2026-11-30"):
        default_book().price(name, at=date(2026, 11, 30), mode="fast")


def test_an_unknown_release_says_which_there_are(tmp_path: Path) -> None:
    """A release nobody made is an error, not the nearest one."""
    with pytest.raises(UnknownNameError, match=r"expected one of '2026\.01\.01'|did you mean"):
        acme(tmp_path).pinned(release="2025.01.01")


def test_the_digest_holds_when_rows_are_added_and_not_when_they_change(tmp_path: Path) -> None:
    """A later release leaves the digest of an earlier one; an edited number does not."""
    first = acme(tmp_path).digest
    row = "{from: 2025-06-01, added: 2026.02.01, rates: {input: 3, output: 3}}"
    later = acme(tmp_path, row)
    assert later.pinned(release="2026.01.01").digest == first
    assert later.digest != first
    edited = HEAD.replace("input: 1,", "input: 1.01,")
    (tmp_path / "acme.yaml").write_text(edited, encoding="utf-8")
    assert load_price_book(tmp_path).digest != first
    reordered = HEAD.replace("{input: 1, output: 2}", "{output: 2.00, input: 1.0}")
    (tmp_path / "acme.yaml").write_text(reordered, encoding="utf-8")
    assert load_price_book(tmp_path).digest == first


def test_schedule_splits_where_the_price_changes() -> None:
    """The parts cover the days exactly, and each has one price."""
    days = DayRange(date(2026, 11, 15), date(2027, 1, 15))
    parts = default_book().schedule("google/gemini-4-carbon", days)
    assert [(part.start, part.end, int(price.rates[Meter.INPUT])) for part, price in parts] == [
        (date(2026, 11, 15), date(2026, 12, 1), 2),
        (date(2026, 12, 1), date(2027, 1, 15), 4),
    ]


@given(model=models, start=days, length=st.integers(1, 900))
def test_schedule_agrees_with_price_day_by_day(model: str, start: date, length: int) -> None:
    """Parts follow one another without a gap, and each price is that of its first and last day."""
    book, days = default_book(), DayRange(start, start + timedelta(length))
    try:
        parts = book.schedule(model, days)
    except MissingPriceError:
        with pytest.raises(MissingPriceError):
            book.price(model, at=start)
        return
    assert [part.start for part, _ in parts[1:]] == [part.end for part, _ in parts[:-1]]
    assert (parts[0][0].start, parts[-1][0].end) == (days.start, days.end)
    for part, price in parts:
        assert book.price(model, at=part.start) == price
        assert book.price(model, at=part.end - timedelta(1)) == price


def test_schedule_refuses_days_without_a_price() -> None:
    """A range that begins before the model says when the first price is."""
    with pytest.raises(MissingPriceError, match="the first is from 2026-11-10"):
        default_book().schedule(
            "google/gemini-4-carbon", DayRange(date(2026, 11, 9), date(2026, 12, 9))
        )


UNKNOWN = [
    ("anthropic/claude-3-5-haiko", "did you mean 'anthropic/claude-3-5-haiku'?"),
    ("gpt-4o", "did you mean 'openai/gpt-4o'?"),
    ("o3", "'openai/o3'"),
    ("claude-haiku-5-6", "did you mean 'anthropic/claude-haiku-5-5'?"),
    ("OpenAI/GPT-4o", "did you mean 'openai/gpt-4o'?"),
]


@pytest.mark.parametrize(("name", "hint"), UNKNOWN)
def test_an_unknown_model_names_the_nearest(name: str, hint: str) -> None:
    """A name without its provider, misspelled or of another case says what was meant."""
    with pytest.raises(UnknownModelError) as caught:
        default_book().model(name)
    assert hint in str(caught.value)


def test_an_unknown_mode_and_region_name_those_there_are() -> None:
    """Mode and region are never guessed."""
    with pytest.raises(UnknownNameError, match="did you mean 'batch'"):
        default_book().price("openai/o3", at=date(2026, 1, 1), mode="batchh")
    with pytest.raises(UnknownNameError, match="expected one of 'global', 'us'"):
        default_book().price("anthropic/claude-opus-5", at=date(2026, 11, 1), region="eu-west")


@pytest.mark.parametrize(
    ("alias", "model"),
    [
        ("anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4-5-20250929"),
        ("anthropic/claude-3-5-haiku-latest", "anthropic/claude-3-5-haiku-20241022"),
        ("openai/gpt-4o-2024-11-20", "openai/gpt-4o"),
        ("openai/gpt-5.6", "openai/gpt-5.6-sol"),
        ("google/gemini-pro-latest", "google/gemini-3.1-pro-preview"),
    ],
)
def test_an_alias_leads_to_its_model(alias: str, model: str) -> None:
    """Names of snapshots and families resolve to the model that carries the prices."""
    assert default_book().model(alias).name == model


def test_an_alias_that_moved_is_read_for_its_day() -> None:
    """gemini-pro-latest meant 2.5 Pro before it meant 3.1 Pro, and its schedule splits there."""
    book, alias = default_book(), "google/gemini-pro-latest"
    assert book.model(alias, at=date(2026, 10, 9)).name == "google/gemini-2.5-pro"
    with pytest.raises(MissingPriceError, match="named no model before 2026-02-15"):
        book.model(alias, at=date(2026, 2, 14))
    parts = book.schedule(alias, DayRange(date(2026, 10, 1), date(2026, 11, 1)))
    assert [(price.model, part.days) for part, price in parts] == [
        ("gemini-2.5-pro", 9),
        ("gemini-3.1-pro-preview", 22),
    ]


def test_a_region_multiplies_every_rate_after_tiers() -> None:
    """Anthropic in the US costs 1.1 times the list price, long prompts too."""
    day = date(2026, 11, 20)
    us = default_book().price("anthropic/claude-haiku-5-5", at=day, region="us")
    assert us.at_prompt(100_000)[Meter.INPUT] == Decimal("0.11")
    assert us.at_prompt(100_001)[Meter.OUTPUT] == Decimal("2.75")
    assert default_book().price("openai/o3", at=day, region="global").region == "global"


def test_a_folder_inside_a_zip_is_read_too(tmp_path: Path) -> None:
    """However costplan is installed, the price files are reached the same way."""
    with zipfile.ZipFile(tmp_path / "wheel.zip", "w") as archive:
        archive.writestr("pricing/acme.yaml", HEAD)
    book = load_price_book(zipfile.Path(tmp_path / "wheel.zip", "pricing/"))
    assert rate_on(book, date(2025, 1, 1)) == 1


def test_the_folder_may_be_missing_or_hold_nothing(tmp_path: Path) -> None:
    """Both are told as price file problems, with the folder's name."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(PriceFileError, match=str(folder)):
            load_price_book(str(folder))
