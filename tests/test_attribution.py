"""Where the difference between two plans comes from: parts by hand, and that they add up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from builders import projection
from conftest import Cli
from hypothesis import given
from hypothesis import strategies as st
from plans import book, scenario

from costplan.decisions.attribution import Attribution, attribute
from costplan.decisions.compare import Comparison, Summary, compare, summarize
from costplan.decisions.effects import BETWEEN_PLANS, Basis, Driver, Use
from costplan.planning import project
from costplan.report.attribution import bridge_steps
from costplan.report.compare import comparison_document, comparison_money, comparison_page
from costplan.report.document import json_text, plan_document
from costplan.report.saved import read_saved_plan

D = Decimal

CHAT = """
uncertainty: none
workloads:
  chat:
    demand: {requests: 1000/day}
    request: {input: 800, output: 200, cache: {read: 50%, write: 10%, lifetime: 5m}}
    routing: {mix: {anthropic/claude-haiku-5-5: 60%, anthropic/claude-sonnet-5-5: 40%}}
  notes:
    demand: {requests: 500/day}
    request: {input: 400, output: 100}
    routing: {mix: {openai/gpt-6-luna: 100%}}
"""


def summary(*settings: tuple[str, str], known_at: date | None = None) -> Summary:
    """The plan of `CHAT` with some values set, at prices known on a day."""
    seen = book().pinned(known_at=known_at)
    return summarize(project(scenario(CHAT).apply(settings=settings), seen, draws=1))


def drivers(base: Summary, other: Summary) -> Attribution:
    """Where the one difference of two plans comes from."""
    (found,) = compare([base, other]).drivers
    return found


def moved(found: Attribution) -> set[str]:
    """The drivers that are not nothing."""
    return {str(driver) for driver, amount in found.parts.items() if amount}


def use(quantity: str, rate: str, **changes: object) -> Use:
    """Tokens of one model in one month, at a rate for a single one."""
    made = Use("2026-12", "chat", "a/big", "standard", "input", 0, D(quantity), D(rate), 1)
    return replace(made, **changes)  # type: ignore[arg-type]


def basis(conversations: str, routed: dict[str, str], *uses: Use) -> Basis:
    """One month of one workload, conversations by model."""
    return Basis(
        frozenset({"2026-12"}),
        uses,
        {("2026-12", "chat"): D(conversations)},
        {("2026-12", "chat", model, "standard"): D(n) for model, n in routed.items()},
    )


def parts(base: Basis, other: Basis) -> dict[str, Decimal]:
    """The parts that are not nothing; their sum is checked against the cost of both."""
    delta = sum((u.cost for u in other.uses), D(0)) - sum((u.cost for u in base.uses), D(0))
    found = attribute(base, other, delta, {"chat": delta})
    assert sum(found.parts.values()) == delta == sum(found.by_workload["chat"].parts.values())
    return {str(driver): amount for driver, amount in found.parts.items() if amount}


def test_each_driver_by_hand() -> None:
    """All five at once, one meter after another.

    Base: 100 conversations, all on big, 10 tokens each, all of them input at 2: 2,000.
    Other: 200, half of them on big, 12 tokens each, a quarter read from the cache; input at 3,
    cache reads at 1; the other half on small, 12 tokens each at 1.

    volume   (200 - 100) x 1 x 10 x 2                                = +2,000
    mix      200 x (0.5 - 1) x 10 x 2                                = -2,000
             small: 200 x (0.5 - 0) x 12 x 1                         = +1,200
    density  200 x 0.5 x (12 - 10) x 2                               =   +400
    cache    100 x 12 x (0.75 - 1) x 2 + 100 x 12 x (0.25 - 0) x 1   =   -300
    price    100 x 12 x 0.75 x (3 - 2)                               =   +900
    """
    base = basis("100", {"a/big": "100"}, use("1000", "2"))
    other = basis(
        "200",
        {"a/big": "100", "a/small": "100"},
        use("900", "3"),
        use("300", "1", meter="cache_read"),
        use("1200", "1", model="a/small"),
    )
    assert parts(base, other) == {
        "volume": D(2000), "mix": D(-800), "density": D(400), "cache": D(-300), "price": D(900),
    }  # fmt: skip


def test_a_long_context_price_is_density() -> None:
    """The same tokens and rates, but half of them in prompts over the threshold: no price moved."""
    base = basis("10", {"a/big": "10"}, use("1000", "2"))
    other = basis("10", {"a/big": "10"}, use("500", "2"), use("500", "4", tier=1))
    assert parts(base, other) == {"density": D(1000)}


def test_what_a_cache_is_kept_for_is_cache() -> None:
    """Storage is paid by the token-hour, and only for the cache."""
    base = basis("10", {"a/big": "10"}, use("1000", "2"))
    other = basis("10", {"a/big": "10"}, *base.uses, use("8", "1", meter="cache_storage"))
    assert parts(base, other) == {"cache": D(8)}


def test_a_workload_that_only_one_has_is_volume() -> None:
    """And one that goes away is volume too."""
    base = basis("10", {"a/big": "10"}, use("1000", "2"))
    nothing = Basis(frozenset({"2026-12"}))
    assert parts(nothing, base) == {"volume": D(2000)}
    assert parts(base, nothing) == {"volume": D(-2000)}


def test_another_mode_is_mix() -> None:
    """Half of it by batch, at half the price."""
    base = basis("10", {"a/big": "10"}, use("1000", "2"))
    halves = {
        ("2026-12", "chat", "a/big", mode): D(5) for mode in ("standard", "batch")
    }  # fmt: skip
    uses = (use("500", "2"), use("500", "1", mode="batch"))
    other = replace(base, uses=uses, routed=halves)
    assert parts(base, other) == {"mix": D(-500)}


def test_a_fee_is_not_attributed() -> None:
    """No conversation causes it, so neither volume nor price can be said to."""
    base = basis("10", {"a/big": "10"}, use("1000", "2"))
    fee = use("1", "70", model="contract/shortfall", meter="fee")
    assert parts(base, replace(base, uses=(*base.uses, fee))) == {"unattributed": D(70)}


def test_months_of_one_plan_are_kept_apart() -> None:
    """A month that is not in the other plan is no volume of zero."""
    base = basis("10", {"a/big": "10"}, use("1000", "2"))
    later = use("7", "1", month="2027-01")
    longer = replace(base, months=frozenset({"2026-12", "2027-01"}), uses=(*base.uses, later))
    assert parts(base, longer) == {"other_months": D(7)}


def test_without_the_conversations_of_each_model_mix_and_density_are_not_told_apart() -> None:
    """Volume, cache and price are: 2,000 more by volume, 900 by price, as in the whole example."""
    base = basis("100", {}, use("1000", "2"))
    other = basis("200", {}, use("2400", "3"))
    assert parts(base, other) == {
        "volume": D(2000),  # (200 - 100) x 10 x 2
        "unattributed": D(800),  # 200 x (12 - 10) x 2
        "price": D(2400),  # 200 x 12 x (3 - 2)
    }


def test_a_plan_without_volumes_is_not_attributed() -> None:
    """Nothing is guessed."""
    found = drivers(summarize(projection()), summarize(projection({("chat", "a/b"): ["1"] * 3})))
    assert moved(found) == {"unattributed"}


amounts = st.decimals(0, 1000, places=3)
sides = st.lists(
    st.tuples(
        st.sampled_from(["a/big", "a/small"]),
        st.sampled_from(["input", "cache_read", "output", "cache_storage"]),
        st.integers(0, 1),
        amounts,
        amounts,
    ),
    max_size=5,
)


@given(sides, sides, amounts, amounts, st.booleans())
def test_parts_add_up_and_turn_round(
    mine: list[tuple[str, str, int, Decimal, Decimal]],
    theirs: list[tuple[str, str, int, Decimal, Decimal]],
    few: Decimal,
    many: Decimal,
    known: bool,
) -> None:
    """Whatever the plans: to the last digit; nothing against itself; the other way negated."""
    made = [
        basis(
            str(n),
            {"a/big": "3", "a/small": str(n)} if known else {},
            *(use(str(q), str(r), model=m, meter=t, tier=k) for m, t, k, q, r in side),
        )
        for side, n in ((mine, few), (theirs, many))
    ]
    there, back = parts(made[0], made[1]), parts(made[1], made[0])
    assert sum(there.values()) == -sum(back.values())
    assert parts(made[0], made[0]) == {}


@pytest.mark.parametrize(
    ("settings", "driver"),
    [
        ([("workloads.chat.demand.requests", "1370/day")], "volume"),
        ([("workloads.notes.demand.growth", "3%/month")], "volume"),
        ([("workloads.chat.demand.launch", "2026-12-17")], "volume"),
        ([("workloads.notes.routing.mix", "{openai/gpt-6-sol: 100%}")], "mix"),
        ([("workloads.notes.batch", "30%")], "mix"),
        ([("workloads.notes.failures.retry", "7%")], "mix"),
        ([("workloads.chat.request.output", "333")], "density"),
        ([("workloads.chat.request.input", "1111")], "density"),
        ([("workloads.notes.request.turns", "3")], "density"),
        ([("workloads.chat.request.cache.read", "70%")], "cache"),
        ([("workloads.notes.request.cache", "{read: 40%}")], "cache"),
    ],
)
def test_one_change_has_one_driver(settings: list[tuple[str, str]], driver: str) -> None:
    """All of the difference, and nothing elsewhere; the other way round it is negated."""
    found = drivers(summary(), summary(*settings))
    assert found.parts[Driver(driver)] == found.delta != 0
    back = drivers(summary(*settings), summary())
    assert back.parts[Driver(driver)] == -found.delta


@pytest.mark.parametrize(
    ("model", "start", "before"),
    [
        ("openai/gpt-5.6-sol", "2026-08", date(2026, 8, 1)),
        ("deepseek/deepseek-v4-flash", "2026-08", date(2026, 8, 1)),
        ("anthropic/claude-3-5-haiku", "2024-12", date(2024, 11, 10)),
    ],
)
def test_other_prices_are_all_price(model: str, start: str, before: date) -> None:
    """Rates that changed inside a month, seen from the day before they were known and after."""
    text = f"""
    start: {start}
    workloads:
      calls:
        demand: {{requests: 900/day, days: weekdays, growth: 2% to 5%/month}}
        request: {{input: {{mean: 6000, p90: 11k}}, output: 300}}
        routing: {{mix: {{{model}: 100%}}}}
    """
    plans = (
        summarize(project(scenario(text), book().pinned(known_at=day), draws=1))
        for day in (before, None)
    )
    found = drivers(*plans)
    assert found.parts[Driver.PRICE] == found.delta != 0


def test_a_plan_and_its_saved_self_have_no_driver() -> None:
    """What is saved is enough to attribute by; nothing differs."""
    plan = project(scenario(CHAT), book(), draws=1)
    saved = read_saved_plan(json_text(plan_document(plan)).encode(), "saved.json")
    assert moved(drivers(saved, summarize(plan))) == set()
    changed = summary(("workloads.chat.request.output", "333"))
    assert drivers(saved, changed) == drivers(summarize(plan), changed)


def saved_before(*gone: str) -> Comparison:
    """A plan saved by an earlier version, against one of today with longer answers."""
    document = plan_document(project(scenario(CHAT), book(), draws=1))
    for name in gone:
        del document[name]
    base = read_saved_plan(json.dumps(document).encode(), "approved.json")
    return compare([base, summary(("workloads.chat.request.output", "333"))])


def test_a_plan_saved_before_says_what_cannot_be_attributed() -> None:
    """Without the conversations of each model; and which plan it is that lacks them."""
    comparison = saved_before("routed")
    assert moved(comparison.drivers[0]) == {"unattributed"}
    text = comparison_page(comparison).text(200)
    assert "Not attributed" in text
    assert "Not attributed: approved.json was saved without the conversations" in text


def test_a_plan_saved_without_line_items_is_compared_all_the_same() -> None:
    """Its difference is not attributed."""
    comparison = saved_before("routed", "line_items", "volumes")
    assert moved(comparison.drivers[0]) == {"unattributed"}


@pytest.mark.parametrize("requests", ["1000/day", "1333/day", "0.7/day"])
def test_the_steps_of_a_bridge_lead_from_one_total_to_the_other(requests: str) -> None:
    """As shown, whatever is rounded; a driver that changes nothing is no step."""
    settings = (
        ("workloads.chat.demand.requests", requests),
        ("workloads.chat.request.output", "333"),
        ("workloads.notes.routing.mix", "{openai/gpt-6-sol: 100%}"),
    )
    comparison = compare([summary(), summary(*settings)])
    money = comparison_money(comparison)
    steps = bridge_steps(comparison, 1, money)
    first, last = (money.rounded(plan.horizon.expected) for plan in comparison.plans)
    assert first + sum(step.amount for step in steps) == last
    names = {step.name for step in steps}
    assert {"Density", "Mix"} <= names
    assert ("Volume" in names) == (requests != "1000/day")
    (row,) = (row for row in comparison_page(comparison).tables[1].rows if row[1] == "all")
    assert [step.text for step in steps] == [cell for cell in row[2:-1] if cell != "$0.00"]


def test_the_document_holds_the_parts() -> None:
    """As strings that add up."""
    document = comparison_document(
        compare([summary(), summary(("workloads.chat.request.output", "333"))])
    )
    (found,) = document["drivers"]
    names = [str(driver) for driver in BETWEEN_PLANS]
    assert sum(D(found[name]) for name in names) == D(found["delta"]) > 0
    assert [each["workload"] for each in found["by_workload"]] == ["chat", "notes"]
    assert D(found["by_workload"][1]["density"]) == 0


def test_the_shipped_example_has_a_variant_for_each_driver(cli: Cli) -> None:
    """Each change alone is one driver, all together are four, and rows add up as shown."""
    ran = cli("compare", "what-changed.yaml", "--format", "json")
    found = {row["plan"]: row for row in json.loads(ran.out)["drivers"]}
    names = [str(driver) for driver in BETWEEN_PLANS]
    moved = {plan: [name for name in names if D(row[name])] for plan, row in found.items()}
    assert moved == {
        "more-customers": ["volume"],
        "more-on-sol": ["mix"],
        "longer-answers": ["density"],
        "cached-prompts": ["cache"],
        "today": ["volume", "mix", "density", "cache"],
    }
