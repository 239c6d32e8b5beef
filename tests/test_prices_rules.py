"""What decides a rate beside the day: hours of the week, fees, minimums, regions, other names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.errors import MissingPriceError, PriceFileError, UsageError
from costplan.meters import Meter, Usage, usage_of
from costplan.prices import PriceBook, default_book, load_price_book, rate
from costplan.prices.hours import Hours, Window

PRO = "deepseek/deepseek-v4-pro"
MILLION = usage_of(input=10**6, output=10**6)

# 1M in and 1M out of V4 Pro. Peak is 01-04 and 06-10 UTC, Monday to Friday: 1.32 + 3.96 = 5.28;
# else 0.66 + 1.98 = 2.64. Before 2026-08-17 in Beijing, which is 08-16 16:00 UTC, 0.435 + 0.87.
MOMENTS = [
    ("2026-11-20T00:59:59Z", "2.64"),
    ("2026-11-20T01:00:00Z", "5.28"),
    ("2026-11-20T03:59:59Z", "5.28"),
    ("2026-11-20T04:00:00Z", "2.64"),
    ("2026-11-20T09:59:59Z", "5.28"),
    ("2026-11-20T10:00:00Z", "2.64"),
    ("2026-11-20T10:00:00+08:00", "5.28"),
    # Saturday, which the market leader charges as a peak; and a working Saturday in China
    ("2026-11-21T02:00:00Z", "2.64"),
    ("2026-10-10T02:00:00Z", "2.64"),
    # a Thursday, but the National Day of China
    ("2026-10-01T02:00:00Z", "2.64"),
    # the price changes where its days begin
    ("2026-08-16T15:59:59Z", "1.305"),
    ("2026-08-16T16:00:00Z", "2.64"),
    ("2026-08-17T02:00:00Z", "5.28"),
]


@pytest.mark.parametrize(("at", "total"), MOMENTS)
def test_the_peak_of_deepseek(at: str, total: str) -> None:
    """Hours and days of the week are those of Beijing; holidays and weekends have no peak."""
    assert rate(MILLION, PRO, at=at).total == Decimal(total)


# The schedule of 2025: half the price from 16:30 to 00:30 UTC. 100M in at 0.27, and at 0.135.
OFF_PEAK = [
    ("2025-03-03T16:00Z", "27"),
    ("2025-03-03T17:00Z", "13.5"),
    ("2025-03-04T00:29Z", "13.5"),
    ("2025-03-04T00:30Z", "27"),
    ("2025-02-20T17:00Z", "27"),
]


@pytest.mark.parametrize(("at", "total"), OFF_PEAK)
def test_the_off_peak_of_2025(at: str, total: str) -> None:
    """Hours past midnight are two windows of one night."""
    bill = rate(usage_of(input=10**8), "deepseek/deepseek-chat", at=at)
    assert bill.total == Decimal(total)


def test_a_day_is_not_enough_where_the_hour_decides() -> None:
    """A weekday has both prices; a Saturday has one."""
    with pytest.raises(UsageError, match=r"depends on the hour.*mon-fri 09:00-12:00"):
        rate(MILLION, PRO, at="2026-11-20")
    assert rate(MILLION, PRO, at="2026-11-21").total == Decimal("2.64")


def test_the_window_is_told() -> None:
    """A bill says which hours decided its rates."""
    item = rate(MILLION, PRO, at="2026-11-20T02:00Z").line_items[0]
    assert item.rule.startswith("mon-fri 09:00-12:00 14:00-18:00 Asia/Shanghai")
    assert item.rule in item.explanation


@given(minute=st.integers(0, 7 * 24 * 60 - 1))
def test_the_peak_is_35_hours_of_a_week(minute: int) -> None:
    """Seven hours on five days, and the off-peak price at all others."""
    moment = datetime(2026, 9, 14, tzinfo=UTC) + timedelta(minutes=minute)
    inside = moment.weekday() < 5 and (1 <= moment.hour < 4 or 6 <= moment.hour < 10)
    assert rate(MILLION, PRO, at=moment).total == Decimal("5.28" if inside else "2.64")


HOURS = [
    ("09:00-12:00", 540, 720),
    ("00:00-24:00", 0, 1440),
    ("23:59-24:00", 1439, 1440),
]


@pytest.mark.parametrize(("text", "start", "end"), HOURS)
def test_hours(text: str, start: int, end: int) -> None:
    hours = Hours.parse(text)
    assert (hours.start, hours.end, str(hours)) == (start, end, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("9-12", "expected hours"),
        ("22:00-02:00", "two: 22:00-24:00 and 00:00-02:00"),
        ("09:00-09:00", "ends before it begins"),
        ("23:00-24:30", "ends at 24:00"),
    ],
)
def test_hours_that_are_none(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Hours.parse(text)


def test_a_share_of_the_day() -> None:
    window = Window((Hours(540, 720), Hours(840, 1080)), ("mon",), "UTC", "", {})
    assert window.share == Decimal(7) / 24
    assert window.name == "mon 09:00-12:00 14:00-18:00 UTC"
    assert not window.touches(date(2026, 11, 21))
    assert window.touches(date(2026, 11, 23))


# Fees: 3 x 10 / 1,000; the same in a batch; and nothing before its first day.
def test_fees_are_the_same_in_every_mode_and_region() -> None:
    usage = usage_of(web_search=3)
    name = "anthropic/claude-opus-5-5"
    for options in ({}, {"mode": "batch"}, {"region": "us"}):
        bill = rate(usage, name, at="2026-11-20", **options)  # type: ignore[arg-type]
        assert bill.total == Decimal("0.03")
        assert bill.line_items[0].price.name == "anthropic/web-search fee"
    with pytest.raises(MissingPriceError, match="web_search"):
        rate(usage, "anthropic/claude-3-haiku", at="2025-05-06")


def test_a_free_allowance_is_billed_and_told() -> None:
    """5,000 queries of a month are free; one bill cannot know whether they are used up."""
    bill = rate(usage_of(web_search=2), "google/gemini-3.5-flash", at="2026-11-20")
    assert bill.total == Decimal("0.028")
    (warning,) = bill.warnings
    assert (warning.code, "5000/month" in warning.message) == ("free-allowance", True)


# 3,600 s cost 0.111; the least that is billed is 10 s for each request.
MINIMUMS = [("0.1", 1, "10"), ("10", 1, "10"), ("11", 1, "11"), ("0.1", 7, "70"), ("0", 3, None)]


@pytest.mark.parametrize(("seconds", "requests", "billed"), MINIMUMS)
def test_ten_seconds_are_billed_for_each_request(
    seconds: str, requests: int, billed: str | None
) -> None:
    """As Groq does; what was not used at all is not billed."""
    usage = Usage({Meter.AUDIO_SECOND: Decimal(seconds)})
    bill = rate(usage, "groq/whisper-large-v3", at="2026-11-20", requests=requests)
    if billed is None:
        assert not bill.line_items
        return
    (item,) = bill.line_items
    assert item.quantity == Decimal(billed)
    assert round(item.cost * 3600, 20) == Decimal(billed) * Decimal("0.111")
    assert bool(item.rule) == (Decimal(seconds) < 10)


def test_a_region_is_for_tokens_alone() -> None:
    """1M at 4 x 1.1, and a search at its own price."""
    usage = usage_of(input=10**6, web_search=1, region="us")
    bill = rate(usage, "anthropic/claude-opus-5-5", at="2026-11-20")
    assert bill.total == Decimal("4.41")


def test_meters_billed_at_another_rate() -> None:
    """Gemini has one rate for text, image and video; audio of the Flash models has its own."""
    day = "2026-11-20"
    same = rate(usage_of(image_input=10**6), "google/gemini-2.5-flash", at=day)
    assert same.total == rate(usage_of(input=10**6), "google/gemini-2.5-flash", at=day).total
    assert rate(usage_of(audio_input=10**6), "google/gemini-2.5-flash", at=day).total == 1
    pro = rate(usage_of(audio_input=10**5), "google/gemini-2.5-pro", at=day)
    assert pro.total == Decimal("0.125")


# 200,000 tokens are long for xAI (>=), and short for all others (>).
def test_an_inclusive_threshold() -> None:
    day = "2026-11-20"
    assert rate(usage_of(input=199_999), "xai/grok-4.7", at=day).total == Decimal("0.399998")
    assert rate(usage_of(input=200_000), "xai/grok-4.7", at=day).total == Decimal("0.8")


HEAD = """\
provider: acme
title: Acme
currency: USD
added: 2026.01.01
zone: America/New_York
source: page
sources:
  page: {title: The price page, observed: 2026-01-01, licence: facts}
"""
MODEL = """\
models:
  m1:
    prices:
      standard:
        - {from: 2026-01-01, rates: {input: 1, output: 2}}
        - {from: 2026-06-01, rates: {input: 3, output: 4}}
"""


def acme(folder: Path, text: str) -> PriceBook:
    (folder / "acme.yaml").write_text(HEAD + text, encoding="utf-8")
    return load_price_book(folder)


def test_days_begin_where_the_provider_is(tmp_path: Path) -> None:
    """The first of June begins at 04:00 UTC in New York."""
    book, usage = acme(tmp_path, MODEL), usage_of(input=10**6)
    assert rate(usage, "acme/m1", at="2026-06-01T03:59Z", book=book).total == 1
    assert rate(usage, "acme/m1", at="2026-06-01T04:00Z", book=book).total == 3
    assert rate(usage, "acme/m1", at="2026-06-01", book=book).total == 3


FEES = """\
fees:
  search:
    - {from: 2026-01-01, models: [m1], rates: {web_search: 10}}
    - {from: 2026-03-01, known: 2026-02-01, models: [m1], rates: {web_search: 8}}
"""


@given(known=st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_a_fee_has_two_dates_as_any_price(
    tmp_path_factory: pytest.TempPathFactory, known: date
) -> None:
    """The cut of March is seen by plans from February on."""
    book = acme(tmp_path_factory.mktemp("prices"), FEES + MODEL).pinned(known_at=known)
    day = date(2026, 4, 1)
    fee = book.fee(book.model("acme/m1"), Meter.WEB_SEARCH, at=day)
    assert fee is not None
    assert fee.rates[Meter.WEB_SEARCH] == (8 if known >= date(2026, 2, 1) else 10)
    before = book.fee(book.model("acme/m1"), Meter.WEB_SEARCH, at=date(2026, 3, 1) - timedelta(1))
    assert before is not None
    assert before.rates[Meter.WEB_SEARCH] == 10


def test_fees_are_in_the_digest(tmp_path: Path) -> None:
    """A fee that was edited after its release is noticed like any row."""
    whole = acme(tmp_path, FEES + MODEL).digest
    assert acme(tmp_path, FEES.replace("8}", "7}") + MODEL).digest != whole
    assert acme(tmp_path, FEES.replace("[m1], rates: {web_search: 8", "[], rates: {web_search: 8")
                + MODEL).digest != whole  # fmt: skip


ONE_FEE = "fees:\n  s:\n    - {from: 2026-01-01, models: [m1], rates: {web_search: 1}}\n"
WRONG = [
    (
        ONE_FEE + "  t:\n    - {from: 2026-01-01, models: [m1], rates: {web_search: 1}}\n",
        "prices web_search of m1 already",
    ),
    ("zone: Asia/Shanghia\n", "stands twice"),
]


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_fees_that_make_no_sense(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PriceFileError, match=says):
        acme(tmp_path, text + MODEL)


BAD_ROWS = [
    ("windows: [{hours: ['01:00-04:00'], rates: {input: 2}}]", "the window has no output"),
    ("windows: [{hours: ['04:00-01:00'], rates: {input: 2, output: 4}}]", "ends before it begins"),
    ("windows: [{hours: ['01:00-04:00'], zone: Asia/Shanghia, rates: {input: 2}}]", "Shanghai'"),
    ("minimum: {audio_second: 10}", "no rate for audio_second"),
    ("free: {web_search: 5}", "5000/month"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "says"), BAD_ROWS)
def test_rows_that_make_no_sense(tmp_path: Path, key: str, says: str) -> None:
    row = f"        - {{from: 2026-07-01, rates: {{input: 1, output: 2}}, {key}}}\n"
    with pytest.raises(PriceFileError, match=says):
        acme(tmp_path, MODEL + row)


def test_every_window_and_minimum_of_the_book_is_reached() -> None:
    """The rules above are those of real prices."""
    rows = list(default_book().rows())
    assert {row.provider for row in rows if row.windows} == {"deepseek"}
    assert {row.provider for row in rows if row.minimum} == {"groq"}
    assert {row.provider for row in rows if row.free} == {"google", "vertex"}


def _sold() -> list[tuple[str, str, datetime]]:
    """Every model and mode with a moment at which it has a price."""
    book, found = default_book(), []
    for model in book.models:
        for mode in model.modes:
            rows = [row for row in book.history(model, mode) if row.rates]
            day = max((row.from_ for row in rows), default=None)
            if day is not None:
                noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
                found.append((model.name, mode, noon))
    return found


SOLD = _sold()
parts = st.lists(st.integers(0, 500), min_size=8, max_size=8)


def _usage(name: str, mode: str, at: datetime, amounts: list[int]) -> Usage:
    """Amounts of meters that the price has, far below every threshold."""
    price = default_book().price(name, at=at.date(), mode=mode)
    meters = sorted(set(price.rates) - set(price.minimum))
    return Usage({meter: Decimal(n) for meter, n in zip(meters, amounts, strict=False)})


def _total(sold: tuple[str, str, datetime], usage: Usage, requests: int = 1) -> Decimal:
    name, mode, at = sold
    return rate(usage, name, mode=mode, at=at, requests=requests).total


@given(sold=st.sampled_from(SOLD), one=parts, two=parts)
def test_below_every_threshold_costs_add_up(
    sold: tuple[str, str, datetime], one: list[int], two: list[int]
) -> None:
    """Of any model in any mode: the bill of a sum is the sum of the bills, and never negative."""
    first, second = _usage(*sold, one), _usage(*sold, two)
    both = Usage({meter: first[meter] + second[meter] for meter in first})
    apart = _total(sold, first) + _total(sold, second)
    # a price per hour, 3,600 seconds, has no end in decimals
    assert round(_total(sold, both), 20) == round(apart, 20) >= 0


@given(sold=st.sampled_from(SOLD), amounts=parts, factor=st.integers(0, 20))
def test_below_every_threshold_costs_scale(
    sold: tuple[str, str, datetime], amounts: list[int], factor: int
) -> None:
    """Ten times the tokens cost ten times as much, and so do ten requests."""
    usage = _usage(*sold, amounts)
    more = Usage({meter: quantity * factor for meter, quantity in usage.items()})
    expected = round(_total(sold, usage) * factor, 20)
    assert round(_total(sold, more), 20) == expected
    assert round(_total(sold, usage, factor), 20) == expected


@given(sold=st.sampled_from(SOLD), amounts=parts)
def test_the_order_of_keys_changes_nothing(
    sold: tuple[str, str, datetime], amounts: list[int]
) -> None:
    """Whoever made the usage, in whatever order."""
    usage = _usage(*sold, amounts)
    turned = Usage(dict(reversed(list(usage.items()))))
    assert _total(sold, turned) == _total(sold, usage)
