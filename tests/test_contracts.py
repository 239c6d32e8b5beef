"""Contracts of a scenario: what is billed, what it is worth, and whose it is."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from math import exp, fsum, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from conftest import Cli
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import book, plan, scenario

from costplan.engine.ledger import Ledger, LineItem
from costplan.engine.projection import Projection
from costplan.errors import ExitCode, ScenarioError
from costplan.periods import Month
from costplan.planning import check
from costplan.planning.coverage import Coverage
from costplan.planning.spend import Spend

SERVER = """
    request: {input: 2000, output: 1000}
    routing: {mix: {openai/gpt-4o: 100%}}"""
"""2,000 x 2.50 and 1,000 x 10.00 a million: 0.015 a request, so that 1,000 of them are the 15.00
of a server hour in FOCUS's examples."""

FOCUS = f"""
start: 2025-04
months: 12
uncertainty: none
workloads:
  april:
    demand: {{requests: 4000 once, launch: 2025-04-01}}{SERVER}
  may:
    demand: {{requests: 10000 once, launch: 2025-05-01}}{SERVER}
  june:
    demand: {{requests: 5000 once, launch: 2025-06-01}}{SERVER}
contracts:
  acme: {{discount: 20%, commit: 1200, months: 12"""

DAILY = """
start: 2026-12
months: 3
workloads:
  chat:
    owner: care
    demand: {requests: 1000/day}
    request: {input: 1000, output: 500}
    routing: {mix: {anthropic/claude-sonnet-5-5: 60%, openai/gpt-6-luna: 40%}}
  search:
    demand: {requests: 500/day, growth: 5%/month}
    request: {input: 3000, output: 100}
    routing: {mix: {openai/gpt-6-luna: 100%}}
"""


def billing(found: Projection, field: str) -> list[Decimal]:
    """One figure of every month, to 9 decimals as documents print it."""
    assert found.billing is not None
    return [round(getattr(row, field), 9) for row in found.billing.statements]


def contract_lines(found: Projection, kind: str) -> list[LineItem]:
    """The line items of contracts of one kind."""
    return [item for item in found.line_items if (item.mode, item.meter) == ("contract", kind)]


def check_adds_up(found: Projection) -> None:
    """Line items explain themselves and add up to everything that is shown."""
    for item in found.line_items:
        product = Decimal(repr(item.quantity)) * item.rate / item.per
        assert float(product) == pytest.approx(float(item.cost), rel=1e-12)
    for month, total in zip(found.months, found.totals(), strict=True):
        costs = [float(item.cost) for item in found.line_items if item.month == month]
        assert float(total.expected) == pytest.approx(
            fsum(costs), abs=1e-12 * fsum(map(abs, costs))
        )
    if found.billing is not None:
        billed = [row.billed for row in found.billing.statements]
        assert billed == [total.expected for total in found.totals()]
    means = found.samples.mean(axis=0).sum(axis=0)
    expected = [float(total.expected) for total in found.totals()]
    size = sum(abs(float(item.cost)) for item in found.line_items)
    assert means == pytest.approx(expected, abs=1e-9 * size)
    for name, row in found.monthly("workload").items():
        mine = found.samples.mean(axis=0)[found.workloads.index(name)]
        assert mine == pytest.approx([float(cost) for cost in row], abs=1e-9 * size)


A1 = [48, 120, 60, *[0] * 8, 972]
A2 = [60, 120, 60, *[60] * 8, 480]


@pytest.mark.parametrize(
    ("more", "billed", "effective"),
    [
        ("", A1, A1),
        (", minimum: 60", A2, A2),
        (", prepaid: true", [1200, *[0] * 11], A1),
        (", prepaid: true, minimum: 60", [1200, *[0] * 11], A2),
    ],
    ids=["A1", "A2", "B1", "B2"],
)
def test_focus_spend_agreements(more: str, billed: list[int], effective: list[int]) -> None:
    """FOCUS, SaaS spend agreements: 1,200 a year after 20 % off, 60, 150 and 75 at list prices."""
    found = plan(FOCUS + more + "}\n")
    assert billing(found, "list") == [60, 150, 75, *[0] * 9]
    assert billing(found, "contracted") == [48, 120, 60, *[0] * 9]
    assert billing(found, "billed") == billed
    assert billing(found, "effective") == effective
    assert float(found.horizon.expected) == pytest.approx(1200, rel=1e-14)
    check_adds_up(found)


@pytest.mark.parametrize(("kind", "billed"), [("graduated", "9.9"), ("volume", "5.4")])
def test_focus_tiers(kind: str, billed: str) -> None:
    """12 at a list price of 1.00: the first 10 less 10 %, the rest at 0.50 less 10 %."""
    steps = "steps: [{above: 0, off: 10%}, {above: 10, off: 55%}]"
    found = plan(
        "start: 2025-04\nmonths: 1\nuncertainty: none\nworkloads:\n  storage:\n"
        f"    demand: {{requests: 800 once, launch: 2025-04-01}}{SERVER}\n"
        f"contracts: {{acme: {{discount: {{kind: {kind}, {steps}}}}}}}\n"
    )
    assert billing(found, "list") == [12]
    assert found.horizon.expected == Decimal(billed)


def test_focus_virtual_currency() -> None:
    """100,000 tokens for 200,000: 245, 5 x 2 and 120 x 3 of them are worth 490, 20 and 720."""
    requests = {"q": 490, "z": 20, "workflow": 720}  # each 1,000 requests cost 15.00
    workloads = "".join(
        f"  {name}:\n"
        f"    demand: {{requests: {cost * 1000 / 15} once, launch: 2025-04-01}}{SERVER}\n"
        for name, cost in requests.items()
    )
    found = plan(
        "start: 2025-04\nmonths: 12\nuncertainty: none\nworkloads:\n" + workloads + "contracts:\n"
        "  omniquery: {credits: {rate: 0.5, purchases: "
        "[{month: 2025-04, credits: 100k, paid: 200k, lasts: 24}]}}\n"
    )
    effective = [float(cost) for cost in billing(found, "effective")]
    assert effective == pytest.approx([1230, *[0] * 11])
    assert [float(cost) for cost in billing(found, "billed")] == pytest.approx([200_000, *[0] * 11])
    assert found.billing is not None
    assert found.billing.accounts[0].credits == pytest.approx(100_000 - 245 - 10 - 360)
    check_adds_up(found)


def test_a_plain_discount_is_exact_under_ranges() -> None:
    """The expected bill is 80 % of the expected list cost to 14 digits, whatever the draws."""
    uncertain = DAILY.replace("1000/day", "800 to 1500 per day") + "uncertainty: typical\n"
    before = plan(uncertain, draws=64)
    found = plan(uncertain + "contracts: {a: {discount: 20%}}\n", draws=64)
    for was, now in zip(before.totals(), found.totals(), strict=True):
        assert float(now.expected) == pytest.approx(float(was.expected) * 0.8, rel=1e-14)
        assert float(now.p90) == pytest.approx(float(was.p90) * 0.8, rel=0.02)
    assert found.billing is not None
    assert not found.billing.is_mean
    check_adds_up(found)


def test_without_contracts_nothing_is_billed_apart() -> None:
    """The projection is what it was; one of 0 % changes nothing but that it is told."""
    before = plan(DAILY, draws=32)
    assert before.billing is None
    found = plan(DAILY + "contracts: {a: {discount: 0%, tax: 0%, minimum: 0}}\n", draws=32)
    assert found.line_items == before.line_items
    assert [t.expected for t in found.totals()] == [t.expected for t in before.totals()]


def test_discounts_tax_and_mark_up_by_hand() -> None:
    """Sonnet in December: 31 x 600 x (1,000 x 2 + 500 x 10) / 1M = 130.20.

    20 % off are 104.16, a reseller's 5 % makes 109.368, and 19 % tax on it 20.77992.
    """
    found = plan(
        DAILY
        + """
contracts:
  anthropic: {for: {provider: anthropic}, discount: 20%}
  reseller: {for: {model: anthropic/claude-sonnet-5-5}, mark_up: 5%}
  tax: {tax: 19%}
"""
    )
    mine = [
        (item.meter, item.cost)
        for item in found.line_items
        if str(item.month) == "2026-12" and item.provider == "anthropic" and item.mode == "contract"
    ]
    assert mine == [
        ("discount", Decimal("-26.04")), ("mark_up", Decimal("5.208")), ("tax", Decimal("20.77992"))
    ]  # fmt: skip
    assert {item.rate for item in contract_lines(found, "tax")} == {Decimal("0.19")}
    check_adds_up(found)


def test_a_contract_holds_in_its_months_for_what_it_is_for() -> None:
    """From January on, for one workload on one provider but not for a model."""
    text = (
        DAILY
        + """
contracts:
  a:
    for: {provider: [anthropic, openai], workload: chat, except: openai/gpt-6-luna}
    start: 2027-01
    months: 1
    discount: 50%
"""
    )
    lines = contract_lines(plan(text), "discount")
    assert {(str(i.month), i.workload, i.model, i.owner) for i in lines} == {
        ("2027-01", "chat", "anthropic/claude-sonnet-5-5", "care")
    }


def test_prepaid_usage_is_billed_to_the_last_digit() -> None:
    """What is drawn cancels what is used: months without a bill are exactly 0."""
    text = DAILY.replace("1000/day", "1003.7/day") + "uncertainty: none\n"
    found = plan(text + "contracts: {a: {commit: 1000, months: 3, prepaid: true, discount: 13%}}\n")
    assert billing(found, "billed") == [1000, 0, 0]
    assert all(total.p10 == total.p90 for total in found.totals())
    check_adds_up(found)


def test_the_expected_shortfall_is_that_of_its_distribution() -> None:
    """E[max(K - S, 0)] of a lognormal S, in closed form as for a put (Black, 1976).

    One workload and one month: S is the list cost times two mean-one shocks, of log deviations
    0.45 and 0.18. With draws it is within half a percent.
    """
    found = plan(
        """
        months: 1
        uncertainty: typical
        workloads:
          chat:
            demand: {requests: 1000/day}
            request: {input: 1000, output: 500}
            routing: {mix: {anthropic/claude-sonnet-5-5: 100%}}
        contracts: {a: {commit: 200, months: 1}}
        """,
        draws=16384,
    )
    mean, limit, sigma = 31 * 1000 * 0.007, 200.0, sqrt(0.45**2 + 0.18**2)
    d = (log(limit / mean) + sigma**2 / 2) / sigma
    cdf = NormalDist().cdf
    closed = limit * cdf(d) - mean * cdf(d - sigma)
    assert found.billing is not None
    assert found.billing.is_mean
    assert float(billing(found, "shortfall")[0]) == pytest.approx(closed, rel=5e-3)
    assert float(found.horizon.p10) == pytest.approx(200)
    assert mean * exp(-0.1) < float(found.horizon.p50) < mean
    check_adds_up(found)


def test_units_are_sized_for_the_busiest_hour() -> None:
    """Google's example: 10 queries a second of 1,500 in and 300 out that burn 5: 45 units.

    At 2.00 a unit and hour December's 744 real hours cost 66,960; nothing is left on demand.
    """
    found = plan(PROVISIONED.format(units=""))
    (note,) = (note for note in found.notes if "units serve" in note)
    assert "45 units serve 30,375 input tokens a second" in note
    assert "asks for 30,000" in note
    assert [item.cost for item in contract_lines(found, "provisioned") if item.cost > 0] == [66_960]
    assert float(found.horizon.expected) == pytest.approx(66_960)
    check_adds_up(found)


PROVISIONED = """
months: 1
uncertainty: none
workloads:
  search:
    demand: {{requests: 864000/day}}
    request: {{input: 1500, output: 300}}
    routing: {{mix: {{google/gemini-3.8-flash: 100%}}}}
contracts:
  vertex:
    for: {{provider: google}}
    provisioned:
      {units}
      price: 2/hour
      tokens_per_second: 675
      burndown: {{input: 1, output: 5}}
"""


def test_what_units_cannot_serve_spills_over() -> None:
    """30 units serve 20,250 of 30,000 a second: 32.5 % is paid on demand.

    December at list prices: 31 x 864,000 x (1,500 x 0.75 + 300 x 3.75) / 1M = 60,264.
    """
    found = plan(PROVISIONED.format(units="units: 30"))
    assert billing(found, "list") == [60_264]
    assert float(found.horizon.expected) == pytest.approx(60_264 * 0.325 + 30 * 2 * 744)
    check_adds_up(found)


def test_demand_by_hours_spills_over_at_the_peak() -> None:
    """Half the hours have 3 of 4 requests: 45,000 a second, of which 30 units serve 20,250.

    The other half asks for 15,000 and is served whole: (20,250 + 15,000) / 60,000 = 58.75 %.
    """
    hours = f"units: 30\n      hours: {[3] * 12 + [1] * 12}"
    found = plan(PROVISIONED.format(units=hours))
    assert float(found.horizon.expected) == pytest.approx(60_264 * 0.4125 + 30 * 2 * 744)


def test_weekdays_need_more_units_than_all_days() -> None:
    """What falls on 23 of December's 31 days asks for more in each of their hours."""
    weekdays = PROVISIONED.replace("864000/day", "864000/day, days: weekdays")
    found = plan(weekdays.replace("864000/day", "26784000/month").format(units=""))
    (note,) = (note for note in found.notes if "units serve" in note)
    assert f"asks for {30_000 * 31 / 23:,.0f}" in note


def test_an_allowance_is_shared_by_all_that_use_it() -> None:
    """Output of Luna: chat 31 x 400 x 500 = 6.2M, search 31 x 500 x 100 = 1.55M in December.

    2M free of 7.75M are 25.8 % of both, at 0.50 a million: 1.00 in all.
    """
    text = (
        DAILY
        + "uncertainty: none\ncontracts: {a: {for: {provider: openai}, free: {output: 2M/month}}}\n"
    )
    found = plan(text)
    lines = [item for item in contract_lines(found, "free") if str(item.month) == "2026-12"]
    assert {item.workload for item in lines} == {"chat", "search"}
    assert float(sum(item.cost for item in lines)) == pytest.approx(-1.0)
    costs = {item.workload: float(item.cost) for item in lines}
    assert costs["chat"] == pytest.approx(-6.2 / 7.75)
    check_adds_up(found)


def test_an_allowance_a_day_is_lost_on_days_without_use() -> None:
    """1,000 tokens of output a day free: 23 weekdays of December use theirs, 8 days none."""
    found = plan(
        """
        months: 1
        uncertainty: none
        workloads:
          chat:
            demand: {requests: 10/day, days: weekdays}
            request: {input: 100, output: 200}
            routing: {mix: {openai/gpt-6-luna: 100%}}
        contracts: {a: {free: {output: 1000/day}}}
        """
    )
    saved = sum(item.cost for item in contract_lines(found, "free"))
    assert float(saved) == pytest.approx(-23 * 1000 * 0.5 / 1e6)


def test_budgets_are_of_what_is_billed(cli: Cli, tmp_path: object) -> None:
    """1,000 a month holds at list prices, and not in the month of the prepayment."""
    file = f"{tmp_path}/s.yaml"
    text = f"name: T\n{DAILY}\nbudget: {{monthly: 1000}}\n"
    with open(file, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a text of this test
        stream.write(text)
    assert cli("plan", file, "--check-budget").code == 0
    with open(file, "a", encoding="utf-8") as stream:  # noqa: PTH123
        stream.write("contracts: {a: {commit: 1500, months: 3, prepaid: true}}\n")
    ran = cli("plan", file, "--check-budget", "--format", "json")
    assert ran.code == ExitCode.OVER_BUDGET
    told = json.loads(ran.out)
    assert told["over"] == ["2026-12"]
    assert [row["month"] for row in told["billing"]] == told["months"]
    assert told["billing"][0]["prepaid"] == "1500"
    assert told["accounts"][2]["contract"] == "a"
    page = cli("plan", file).out
    assert "Billed and effective cost" in page
    assert "Commitments and credits" in page


def test_exchange_rates_change_on_their_dates() -> None:
    """December has 31 days of 0.0035 USD x 1,000: 15 at 0.90 and 16 at 0.80."""
    text = """
        currency: EUR
        exchange: {USD: [{from: 2026-11-01, rate: 0.9}, {from: 2026-12-16, rate: 0.8}]}
        months: 1
        workloads:
          chat:
            demand: {requests: 1000/day}
            request: {input: 1000, output: 150}
            routing: {mix: {anthropic/claude-sonnet-5-5: 100%}}
        """
    found = plan(text)
    assert found.horizon.expected == Decimal("3.5") * (15 * Decimal("0.9") + 16 * Decimal("0.8"))
    assert {item.rate for item in found.line_items if item.meter == "input"} == {
        Decimal("1.8"), Decimal("1.6"),
    }  # fmt: skip
    with pytest.raises(ScenarioError, match="whose exchange rates begin on 2026-12-10"):
        plan(text.replace("2026-11-01", "2026-12-10"))


def test_two_of_a_kind_do_not_share_spend() -> None:
    """Two discounts on one model are refused; beside each other, or one after the other, not."""
    both = (
        DAILY
        + """
contracts:
  all: {discount: 10%}
  luna: {for: {model: openai/gpt-6-luna}, discount: 30%}
"""
    )
    with pytest.raises(ScenarioError) as error:
        plan(both)
    (problem,) = error.value.problems
    assert problem.path == "contracts.luna"
    assert "'luna' and 'all' both have a discount for openai/gpt-6-luna in chat" in problem.message
    apart = both.replace("all: {", "all: {for: {except: openai/gpt-6-luna}, ")
    assert plan(apart).billing is not None
    after = both.replace("10%", "10%, months: 2").replace("30%", "30%, start: 2027-02")
    assert plan(after).billing is not None
    other_kind = both.replace("discount: 30%", "minimum: 10")
    assert plan(other_kind).billing is not None


@pytest.mark.parametrize(
    ("contract", "path", "message"),
    [
        ("for: {provider: antropic}, tax: 1%", "for.provider", "did you mean 'anthropic'"),
        ("for: {model: openai/gpt-6-lune}, tax: 1%", "for.model", "mean 'openai/gpt-6-luna'"),
        ("for: {workload: chats}, tax: 1%", "for.workload", "did you mean 'chat'"),
        ("discounts: 10%", "discounts", "unknown key; did you mean 'discount'"),
        ("discount: 110%", "discount", "from 0% to 100%"),
        ("discount: 10% to 20%", "discount", "one number"),
        ("discount: {steps: [{above: 5, off: 1%}, {above: 1, off: 2%}]}", "discount.steps", "rise"),
        ("{}", "", "says nothing"),
        ("commit: 100", "commit", "over how many months"),
        ("prepaid: true, minimum: 3", "prepaid", "'commit' is missing"),
        ("commit: 100 EUR, months: 3", "commit", "the plan is in USD"),
        ("commit: 9, months: 9, start: 2026-10", "start", "spent"),
        ("commit: 9, months: 9, credits: {rate: 1}", "credits", "two contracts"),
        ("free: {outputs: 5/month}", "free.outputs", "did you mean 'output'"),
        (
            "provisioned: {price: 1/hour, tokens_per_second: 5, burndown: {input: 1}}",
            "provisioned.burndown", "no burndown of output",
        ),
        (
            "provisioned: {price: 1/hour, units: 7, increment: 5, tokens_per_second: 5}",
            "provisioned", "the key 'burndown' is missing",
        ),
        (
            "credits: {rate: 1, purchases: [{month: 2026-10, credits: 5, paid: 5}]}",
            "credits.purchases.0.month", "how many are left",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_place(contract: str, path: str, message: str) -> None:
    """With the nearest name where there is one."""
    text = contract if contract == "{}" else "{" + contract + "}"
    with pytest.raises(ScenarioError) as error:
        plan(DAILY + f"contracts:\n  a: {text}\n")
    (problem,) = error.value.problems
    assert problem.path == "contracts.a" + (f".{path}" if path else "")
    assert message in problem.message
    assert problem.place.line > 0


def test_a_plan_that_starts_later_asks_what_was_spent_by_then() -> None:
    """A start other than the scenario's must not make a commitment of 9 begin anew."""
    text = DAILY + "contracts: {a: {start: 2026-12, months: 9, commit: 9}}\n"
    assert plan(text).billing is not None
    with pytest.raises(ScenarioError, match=r"contracts\.a\.start: .* say what is spent"):
        plan(text, start=Month(2027, 1))


def test_a_contract_for_nothing_is_warned_of() -> None:
    """It may be meant for a variant; but it is never passed over in silence."""
    text = DAILY + "contracts: {a: {for: {provider: xai}, commit: 300, months: 3}}\n"
    assert "contract-covers-nothing" in {w.code for w in check(scenario(text), book())}
    found = plan(text)
    assert billing(found, "shortfall") == [0, 0, 300]
    check_adds_up(found)


def test_tax_is_on_what_contracts_charge_where_it_covers_all_of_it() -> None:
    """A prepayment of 300 with 10 % tax on everything: 330; with tax on a part of it: a warning."""
    text = DAILY + "uncertainty: none\ncontracts:\n  a: {commit: 300, months: 3, prepaid: true}\n"
    found = plan(text + "  b: {tax: 10%}\n")
    prepaid = [item for item in contract_lines(found, "tax") if item.provider == "contract"]
    assert billing(found, "prepaid") == [300, 0, 0]
    assert billing(found, "billed")[0] == 330
    assert {item.cost for item in prepaid if item.cost > 0} < {item.cost for item in prepaid}
    paid = sum(float(item.cost) for item in prepaid if item.cost > 0)
    assert paid == pytest.approx(30)  # the rest is for what is drawn
    check_adds_up(found)
    part = plan(text + "  b: {for: {workload: chat}, tax: 10%}\n")
    assert "contract-partly-covered" in {warning.code for warning in part.warnings}
    assert {item.provider for item in contract_lines(part, "tax")} == {"anthropic", "openai"}


def test_flat_prices_count_towards_a_commitment_that_covers_them() -> None:
    """45 units for 66,960 of a commitment of 70,000 leave a shortfall of 3,040."""
    text = PROVISIONED.format(units="units: 45") + "  year: {commit: 70000, months: 1}\n"
    found = plan(text)
    assert billing(found, "shortfall") == [3_040]
    assert float(found.horizon.expected) == pytest.approx(70_000)


def with_searches(found: Projection, searches: dict[str, float]) -> Projection:
    """The projection with web searches of some models, as line items at Google's fee."""
    first = found.line_items[0]
    more = tuple(
        replace(first, model=model, meter="web_search", quantity=number, unit="searches",
                rate=Decimal(14), per=1000, cost=Decimal(str(number)) * 14 / 1000)
        for model, number in searches.items()
    )  # fmt: skip
    return replace(found, ledger=Ledger.of(found.months, (*found.line_items, *more)))


def test_a_published_allowance_is_shared_by_the_models_of_its_fee() -> None:
    """Google leaves 5,000 searches a month free for all Gemini 3 and 4 models together.

    6,000 on one and 2,000 on another: 3,000 of 8,000 are billed, at 14.00 per 1,000: 42.00.
    """
    text = "uncertainty: none" + DAILY.replace("months: 3", "months: 1").replace(
        "anthropic/claude-sonnet-5-5", "google/gemini-3.8-flash"
    )
    models = {"google/gemini-3.8-flash": 6000.0, "google/gemini-3.6-flash": 2000.0}
    spend = Spend(with_searches(plan(text, draws=2), models))
    (pool,) = Coverage(spend, ()).published(book(), ())
    assert pool.contract == "google search-3"
    assert {use.model for use in pool.uses} == set(models)
    assert pool.said == "google search-3: 5000/month of web_search are free, and taken off"
    assert "genai-prices" in pool.source
    costs = spend.costs_by(pool.uses)
    assert (costs * (1 - pool.part)).mean() == pytest.approx(42, rel=1e-9)
    assert not list(Coverage(spend, ()).published(book(), pool.uses))


@settings(max_examples=25)
@given(
    st.tuples(st.integers(0, 100), st.integers(0, 3000), st.integers(0, 400), st.integers(0, 30)),
    st.booleans(),
    st.sampled_from(["none", "typical"]),
)
def test_every_bill_adds_up(
    amounts: tuple[int, int, int, int], prepaid: bool, uncertainty: str
) -> None:
    """Whatever is agreed: line items, totals, draws; over the whole term effective is billed."""
    off, commit, minimum, tax = amounts
    agreed = f"commit: {commit}, months: 3, minimum: {minimum}, prepaid: {str(prepaid).lower()}"
    found = plan(
        f"{DAILY}\nuncertainty: {uncertainty}\ncontracts:\n"
        f"  a: {{for: {{provider: anthropic}}, discount: {off}%, {agreed}}}\n"
        f"  b: {{tax: {tax}%}}\n",
        draws=16,
    )
    check_adds_up(found)
    billed, effective = (sum(billing(found, field)) for field in ("billed", "effective"))
    assert float(effective) == pytest.approx(float(billed), rel=1e-9)
    assert np.isfinite(found.samples).all()
