"""Rating in bulk: the same answers as one by one, over the whole shipped book."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costplan.errors import (
    CostplanError,
    MissingPriceError,
    UnknownModelError,
    UnknownNameError,
    UsageError,
)
from costplan.meters import MODES, PROMPT, Meter, Usage
from costplan.prices import Bill, Tier, default_book, rate
from costplan.prices.book import PriceBook
from costplan.prices.bulk import RateTable, compile_rates, rate_many

MINI = "openai/gpt-4o-mini"
HAIKU = "anthropic/claude-haiku-5-5"
DEEPSEEK = "deepseek/deepseek-v4-pro"
REGIONS = ("global", "us", "eu", "us-gov", "regional", "apac")
FIRST = date(2023, 1, 1)


@pytest.fixture(scope="module")
def table() -> RateTable:
    """Every name of the shipped book, in every mode and region."""
    return compile_rates(default_book(), regions=REGIONS)


@pytest.fixture(scope="module")
def few() -> RateTable:
    """Three models."""
    return compile_rates(default_book(), [MINI, HAIKU, DEEPSEEK, "openai/gpt-5.6"])


type Asked = tuple[str, str, str, date | datetime, int, dict[Meter, int]]


def one(asked: Asked, book: PriceBook | None = None) -> Bill:
    """The bill of one usage by itself."""
    model, mode, region, at, requests, quantities = asked
    usage = Usage({meter: Decimal(quantity) for meter, quantity in quantities.items()})
    return rate(usage, model, at=at, mode=mode, region=region, requests=requests, book=book)


def sizes(book: PriceBook, model: str, mode: str) -> list[int]:
    """Prompts around every threshold that a model ever had in a mode, and ordinary ones."""
    rows = book.model(model).prices.get(mode, ())
    marks = [tier.above for row in rows for tier in row.tiers]
    marks += [row.up_to for row in rows if row.up_to is not None]
    return [0, 1, 999, 40_000, *(mark + step for mark in marks for step in (-1, 0, 1))]


def any_usage(chance: random.Random, table: RateTable) -> Asked:
    """A usage as it may come, which may well have no price."""
    model = chance.choice(table.names)
    mode = chance.choice([*default_book().model(model).modes, "fast", "standard"])
    at: date | datetime = FIRST + timedelta(chance.randrange(5 * 366))
    if chance.random() < 0.7:
        at = datetime(at.year, at.month, at.day, tzinfo=UTC)
        at += timedelta(seconds=chance.randrange(86_400))
    prompt = chance.choice(sizes(default_book(), model, mode))
    cached = chance.randrange(prompt + 1) if chance.random() < 0.4 else 0
    quantities = {Meter.INPUT: prompt - cached, Meter.OUTPUT: chance.randrange(3_000)}
    quantities |= {Meter.CACHE_READ: cached}
    for meter in chance.sample(list(Meter), chance.choice([0, 0, 1, 2])):
        quantities[meter] = chance.randrange(50)
    region = chance.choice(REGIONS) if chance.random() < 0.3 else "global"
    return model, mode, region, at, chance.choice([1, 1, 1000]), quantities


def many(table: RateTable, asked: Iterable[Asked]) -> Any:
    """The same usages in bulk; all of days, or all of moments."""
    models, modes, regions, at, requests, quantities = zip(*asked, strict=True)
    meters = {meter for each in quantities for meter in each}
    amounts = {meter: np.array([each.get(meter, 0) for each in quantities]) for meter in meters}
    return rate_many(
        table,
        amounts,
        model=list(models),
        mode=list(modes),
        region=list(regions),
        at=list(at),
        requests=list(requests),
    )


@pytest.mark.parametrize("moments", [False, True])
def test_the_same_as_one_by_one_over_the_whole_book(table: RateTable, *, moments: bool) -> None:
    """Each cost is the float nearest to the exact total; totals by meter are exact."""
    chance = random.Random(8)  # noqa: S311 - cases, not secrets
    rated: list[tuple[Asked, Bill]] = []
    refused: list[tuple[Asked, CostplanError]] = []
    while len(rated) < 3_000:
        asked = any_usage(chance, table)
        if isinstance(asked[3], datetime) is moments:
            try:
                rated.append((asked, one(asked)))
            except CostplanError as why:
                refused.append((asked, why))
    bills = many(table, [asked for asked, _ in rated])
    assert bills.cost.tolist() == [float(bill.total) for _, bill in rated]
    by_meter: dict[Meter, Decimal] = {}
    with localcontext(Context(prec=60)):
        for _, bill in rated:
            for item in bill.line_items:
                by_meter[item.meter] = by_meter.get(item.meter, Decimal(0)) + item.cost
        assert bills.total == sum(bill.total for _, bill in rated)
    assert bills.by_meter == {meter: cost for meter, cost in by_meter.items() if cost}
    told = {(warning.code, warning.where) for _, bill in rated for warning in bill.warnings}
    assert {(warning.code, warning.where) for warning in bills.warnings} == told
    assert len(refused) > 300
    for asked, error in refused[:300]:
        with pytest.raises(CostplanError) as found:
            many(table, [asked])
        assert type(found.value) is type(error)
        assert str(found.value) == f"usage 0: {error}"


quantity = st.integers(0, 2**60)
meters = st.sampled_from([Meter.INPUT, Meter.CACHE_READ, Meter.OUTPUT, Meter.CACHE_WRITE_5M])
amounts = st.dictionaries(meters, quantity | st.integers(99_990, 100_010), min_size=1)


@settings(max_examples=60, deadline=None)
@given(usages=st.lists(st.tuples(amounts, st.integers(0, 10**6)), min_size=1, max_size=5))
def test_quantities_of_any_size_are_exact(
    few: RateTable, usages: list[tuple[dict[Meter, int], int]]
) -> None:
    """What float64 cannot hold is rated exactly all the same."""
    asked: list[Asked] = [
        (HAIKU, "standard", "global", date(2026, 11, 20), requests, amounts)
        for amounts, requests in usages
    ]
    bills = many(few, asked)
    alone = [one(each) for each in asked]
    assert bills.cost.tolist() == [float(bill.total) for bill in alone]
    with localcontext(Context(prec=60)):
        assert bills.total == sum(bill.total for bill in alone)


@given(splits=st.lists(st.integers(0, 20_000), min_size=2, max_size=40))
def test_a_bill_of_all_is_the_sum_of_bills_of_parts(few: RateTable, splits: list[int]) -> None:
    """Rating two halves apart changes nothing."""
    half = len(splits) // 2
    parts = [splits[:half], splits[half:], splits]
    totals = [rate_many(few, {"input": n}, model=HAIKU, at="2026-11-20").total for n in parts]
    assert totals[0] + totals[1] == totals[2]


def test_one_value_stands_for_all(few: RateTable) -> None:
    """Names, places, days, moments and text give the same."""
    places = np.array([0, 0])
    for model in (MINI, [MINI, MINI], np.array([MINI, MINI]), 0, [0, 0], places):
        for at in (
            "2026-11-20",
            "2026-11-20T12:00:00+02:00",
            date(2026, 11, 20),
            datetime(2026, 11, 20, tzinfo=UTC),
            np.datetime64("2026-11-20"),
            np.array(["2026-11-20", "2026-11-20"], "datetime64[ns]"),
            [date(2026, 11, 20), date(2026, 11, 20)],
        ):
            bills = rate_many(few, {"input": [500, 10**6], "output": 300}, model=model, at=at)
            assert bills.cost.tolist() == [0.000255, 0.15018]
    assert bills.currency == "USD"
    assert len(rate_many(few, {"input": 5}, model=MINI, at="2026-11-20")) == 1


def test_nothing_costs_nothing(few: RateTable) -> None:
    """No usages are a result, not an error; and a usage of nothing needs no rate."""
    none = rate_many(few, {"input": []}, model=[], at=[])
    assert len(none) == none.total == 0
    assert not none.by_meter
    assert not none.warnings
    assert rate_many(few, {"image_output": [0]}, model=MINI, at="2026-11-20").total == 0
    assert rate_many(few, {}, model=[MINI, MINI], at="2026-11-20").cost.tolist() == [0, 0]


def test_a_usage_in_bulk_explains_itself(few: RateTable) -> None:
    """Each usage has its bill, with rates and sources."""
    bills = rate_many(few, {"input": [5, 100_001]}, model=HAIKU, at="2026-11-20")
    assert bills.bill(-1).line_items[0].tier == ">100000"
    assert float(bills.bill(1).total) == bills.cost[1]
    with pytest.raises(IndexError):
        bills.bill(2)


def test_parts_of_tokens_are_near(few: RateTable) -> None:
    """Averages are rated too, to the last few digits."""
    amounts = np.random.default_rng(5).random(100) * 1000
    bills = rate_many(few, {"input": amounts}, model=MINI, at="2026-11-20")
    alone = [float(bills.bill(index).total) for index in range(100)]
    np.testing.assert_allclose(bills.cost, alone, rtol=1e-15)
    assert float(bills.total) == pytest.approx(sum(alone), rel=1e-14)


def test_an_alias_moves_on_its_day(table: RateTable) -> None:
    """The name means another model from a day on."""
    alias = "google/gemini-pro-latest"
    days = [date(2026, 10, 9), date(2026, 10, 10)]
    bills = rate_many(table, {"input": [1000, 1000]}, model=alias, at=days)
    assert [bills.bill(index).resolved for index in (0, 1)] == [
        "google/gemini-2.5-pro",
        "google/gemini-3.1-pro-preview",
    ]
    assert bills.cost.tolist() == [0.00125, 0.002]


def test_the_hour_matters_where_it_does(few: RateTable) -> None:
    """Every quarter of an hour of two weeks, at a price with a peak on Chinese working days."""
    start = datetime(2026, 9, 25, tzinfo=UTC)
    moments = [start + timedelta(minutes=15 * k + 7) for k in range(14 * 96)]
    bills = rate_many(few, {"input": 1000, "output": 10}, model=DEEPSEEK, at=moments)
    alone = [
        one((DEEPSEEK, "standard", "global", at, 1, {Meter.INPUT: 1000, Meter.OUTPUT: 10}))
        for at in moments
    ]
    assert bills.cost.tolist() == [float(bill.total) for bill in alone]
    assert len(set(bills.cost.tolist())) == 2


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"model": [MINI, "openai/gpt-4o-mino"]}, UnknownModelError, "usage 1: .*'openai/gpt-4o-m"),
        ({"model": "gpt-4o-mini"}, UnknownModelError, "did you mean 'openai/gpt-4o-mini'"),
        ({"model": "openai/gpt-4.1"}, UnknownModelError, "not in this table"),
        ({"model": [0, 9]}, UsageError, "usage 1: 9 is no place among the 4 models"),
        ({"mode": "bathc"}, UnknownNameError, "did you mean 'batch'"),
        ({"mode": ["standard", "ultrafast"]}, UnknownNameError, "usage 1: unknown mode of openai"),
        ({"region": "us"}, UnknownNameError, "expected one of 'global'"),
        ({"at": "2020-01-01"}, MissingPriceError, r"usage 0: .* \(and 1 more\)"),
        ({"at": np.array(["2026-11-20", "NaT"], "M8[D]")}, UsageError, "usage 1: expected a day"),
        ({"at": [date(2026, 11, 20), datetime(2026, 11, 20)]}, UsageError, "all the same"),  # noqa: DTZ001
        ({"at": np.array(["2026-11", "2026-12"], "M8[M]")}, UsageError, r"datetime64\[1M\]"),
        ({"requests": [1, -1]}, UsageError, "usage 1: requests is -1"),
        ({"requests": 1.5}, UsageError, "requests is 1.5"),
        ({"input": [-1, 5]}, UsageError, "usage 0: input is -1"),
        ({"input": [5, float("nan")]}, UsageError, "usage 1: input is NaN"),
        ({"input": [5, float("inf")]}, UsageError, "usage 1: input is Infinity"),
        ({"input": [5, None]}, UsageError, "input is object data"),
        ({"input": [[5, 5]]}, UsageError, "2 dimensions"),
        ({"input": [1, 2, 3], "model": [MINI] * 2}, UsageError, "2 of model, 3 of input"),
        ({"image_output": [0, 1]}, MissingPriceError, "usage 1: .* no standard rate for image"),
        ({"image_output": [0, 1e-300]}, MissingPriceError, "no standard rate for image"),
        ({"image_output": [0, 1], "requests": 0}, MissingPriceError, "no standard rate for image"),
        ({"inptu": [1, 2]}, UnknownNameError, "did you mean 'input'"),
        ({"model": DEEPSEEK}, UsageError, "depends on the hour"),
    ],
)
def test_refused(
    few: RateTable, *, options: dict[str, Any], error: type[CostplanError], message: str
) -> None:
    """Errors are those of rating one by one, and say which usage is the first."""
    arguments = ("model", "at", "mode", "region", "requests")
    asked = {"model": MINI, "at": "2026-11-20", "input": [1, 1], **options}
    how = {key: asked.pop(key) for key in arguments if key in asked}
    with pytest.raises(error, match=message):
        rate_many(few, asked, **how)


def test_a_table_keeps_what_was_known() -> None:
    """Compiled from a pinned book, it knows no more than the book does."""
    book = default_book().pinned(known_at=date(2024, 8, 1))
    table = compile_rates(book, [MINI], modes=["standard", "batch"])
    assert rate_many(table, {"input": 10**6}, model=MINI, at="2026-11-20").cost.tolist() == [0.15]
    assert table.modes == ("standard", "batch")
    with pytest.raises(UnknownModelError, match="gpt-4o-mini"):
        compile_rates(book, ["openai/gpt-4o-mino"])


def changed(name: str, **changes: Any) -> PriceBook:
    """The shipped book, with one model whose standard price in force is another."""
    book = default_book()
    model = book.model(name)
    price = dataclasses.replace(model.prices["standard"][-1], **changes)
    other = dataclasses.replace(model, prices={"standard": (price,)})
    return dataclasses.replace(book, names={**book.names, name: other})


def test_several_tiers_and_a_longest_prompt() -> None:
    """Each threshold by its own operator; a tier may state some rates only."""
    tiers = (
        Tier(above=100, inclusive=False, rates={Meter.INPUT: Decimal(2)}),
        Tier(above=200, inclusive=True, rates={Meter.OUTPUT: Decimal(9)}),
    )
    rates = {Meter.INPUT: Decimal(1), Meter.OUTPUT: Decimal(3)}
    book = changed(MINI, rates=rates, tiers=tiers, up_to=300, from_=FIRST)
    table = compile_rates(book, [MINI], modes=["standard"])
    prompts = [0, 99, 100, 101, 199, 200, 201, 300]
    bills = rate_many(table, {"input": prompts, "output": 10}, model=MINI, at="2026-11-20")
    asked = ({Meter.INPUT: prompt, Meter.OUTPUT: 10} for prompt in prompts)
    alone = [one((MINI, "standard", "global", date(2026, 11, 20), 1, n), book) for n in asked]
    assert bills.cost.tolist() == [float(bill.total) for bill in alone]
    assert len({bill.line_items[-1].tier for bill in alone}) == 3
    with pytest.raises(MissingPriceError, match=r"usage 1: .* of up to 300"):
        rate_many(table, {"input": [300, 301]}, model=MINI, at="2026-11-20")


def test_rates_too_fine_for_whole_numbers_are_rated_one_by_one() -> None:
    """A rate with twenty decimals is exact all the same."""
    book = changed(MINI, rates={Meter.INPUT: Decimal("0.12345678901234567891")}, from_=FIRST)
    table = compile_rates(book, [MINI], modes=["standard"])
    bills = rate_many(table, {"input": [7, 10**6]}, model=MINI, at="2026-11-20")
    with localcontext(Context(prec=60)):
        assert bills.total == Decimal("0.12345678901234567891") * 1_000_007 / 10**6
    assert bills.cost.tolist() == [float(bills.bill(index).total) for index in (0, 1)]


def test_currencies_are_not_added() -> None:
    """A table is of one currency."""
    with pytest.raises(UsageError, match="CNY, USD"):
        compile_rates(changed(MINI, currency="CNY"), [MINI, HAIKU])


def test_every_meter_and_mode_of_the_book_is_in_the_table(table: RateTable) -> None:
    """No rate of a price is lost on the way into the arrays."""
    assert table.modes == MODES
    assert set(table.rates) == set(Meter) >= PROMPT
    assert len(table.names) == len({*default_book().names, *default_book().aliases})
