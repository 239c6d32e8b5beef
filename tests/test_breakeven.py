"""Where two plans cost the same: by hand, by the note of the plan, and put to the test."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from builders import projection
from conftest import Cli
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plans import SCENARIOS, book, scenario

from costplan.decisions.breakeven import BreakEven, Even, Operand, break_even
from costplan.decisions.varying import stated_at, varied
from costplan.engine.projection import Projection
from costplan.errors import CostplanError, UsageError
from costplan.meters import Meter
from costplan.periods import Month
from costplan.planning import project
from costplan.scenario import Scenario, load_scenario

PROJECT = partial(project, book=book())


def operand(label: str, made: Scenario, **options: Any) -> Operand:
    """A plan at the shipped prices."""
    return Operand(label, made, partial(PROJECT, **options))


def searched(text: str, path: str, *between: str, **options: Any) -> BreakEven:
    """The base of a scenario's text against its variant `other`."""
    made = scenario(text)
    a, b = operand("base", made), operand("other", made.apply("other"))
    return break_even(a, b, path, between=between, **options)


def only(found: BreakEven) -> Even:
    """The one value that was found."""
    (even,) = found.found
    return even


def cost(made: Scenario, *setting: str) -> Decimal:
    """What a scenario is expected to cost with one value set."""
    applied = made.apply(settings=[(setting[0], setting[1])]) if setting else made
    return PROJECT(applied, draws=1).horizon.expected


MODELS = """
uncertainty: none
workloads:
  chat:
    demand: {requests: 700/day}
    request: {input: 900, output: 250}
    routing: {mix: {openai/gpt-6-luna: 80%, openai/gpt-6-sol: 20%}}
variants:
  other: {workloads.chat.routing.mix: {google/gemini-3.8-flash: 100%}}
"""


def alone(model: str) -> Decimal:
    """The cost of `MODELS` all on one model."""
    return cost(scenario(MODELS), "workloads.chat.routing.mix", f"{{{model}: 100%}}")


def test_a_share_by_hand() -> None:
    """Cost is linear in shares: s = (other - luna) / (sol - luna)."""
    luna, sol, other = (
        alone(name) for name in ("openai/gpt-6-luna", "openai/gpt-6-sol", "google/gemini-3.8-flash")
    )
    even = only(searched(MODELS, "workloads.chat.routing.mix.openai/gpt-6-sol"))
    assert float(even.value) == pytest.approx(float((other - luna) / (sol - luna)))
    assert even.cheaper == (0, 1)
    assert not even.is_step


@pytest.mark.parametrize(
    ("mix", "now"),
    [
        ("{openai/gpt-6-luna: 80%, openai/gpt-6-sol: rest}", "0.2"),
        ("{openai/gpt-6-luna: rest, openai/gpt-6-sol: 30%}", "0.3"),
        ("{openai/gpt-6-luna: 70%, google/gemini-3.8-flash: 30%}", "0"),
        ("{openai/gpt-6-luna: rest, google/gemini-3.8-flash: 30%}", "0"),
    ],
)
def test_a_share_may_be_the_rest_or_none(mix: str, now: str) -> None:
    """What it is now is worked out; at any share the mix adds up, so the plan can be made."""
    made = scenario(MODELS).apply(settings=[("workloads.chat.routing.mix", mix)])
    one = varied(made, "workloads.chat.routing.mix.openai/gpt-6-sol")
    assert one.now == Decimal(now)
    for share in ("0", "0.35", "0.7"):
        shares = made.apply(settings=[one.setting(Decimal(share))]).workloads["chat"].routing
        assert shares is not None
        sol = shares.mix[0].mix["openai/gpt-6-sol"]
        assert sol is not None
        assert sol.low == Decimal(share)


def test_a_rate_by_hand() -> None:
    """What base costs over other without its output on luna, by the million tokens of it.

    700 requests a day on 90 days from 2026-12-01, 80 % of them on luna, 250 tokens each: 12.6M.
    """
    path = "price.openai/gpt-6-luna.output"
    found = searched(MODELS, path)
    now = found.varied.now
    assert now is not None
    base, other = found.now
    by_hand = now + (other - base) / (Decimal(700 * 90 * 250) * Decimal("0.8") / 1_000_000)
    assert float(only(found).value) == pytest.approx(float(by_hand))


SEATS = """
uncertainty: none
workloads:
  use:
    demand: {requests: 8 per user per month, users: 40}
    request: {turns: 4, input: 800, output: 300}
    routing: {mix: {anthropic/claude-sonnet-5-5: 100%}}
  seats: {demand: {users: 0}, seat: 20}
variants:
  other: {workloads.use.demand.users: 0, workloads.seats.demand.users: 40}
"""


def test_seats_against_tokens_by_hand() -> None:
    """20 a month over the cost of one conversation of 4 turns.

    Each turn sends the earlier ones again: 800 x 10 + 300 x 6 = 9,800 in, 4 x 300 = 1,200 out.
    """
    rates = book().price("anthropic/claude-sonnet-5-5", at=Month(2026, 12).first).rates
    each = (9_800 * rates[Meter.INPUT] + 1_200 * rates[Meter.OUTPUT]) / 1_000_000
    even = only(searched(SEATS, "workloads.use.demand.requests"))
    assert float(even.value) == pytest.approx(float(20 / each))
    assert [float(cost) for cost in even.costs] == pytest.approx([40 * 20 * 3] * 2)
    assert even.cheaper == (0, 1)


@pytest.mark.parametrize("name", ["break-even", "seats-or-tokens"])
def test_seats_against_tokens_agree_with_the_note_of_the_plan(name: str) -> None:
    """The note says at how many conversations per user and month the two cost the same."""
    made = load_scenario(SCENARIOS / f"{name}.yaml")
    use = {"break-even": "assistant", "seats-or-tokens": "light-use"}[name]
    settings = [("workloads.seats.demand.users", "90"), (f"workloads.{use}.demand.users", "0")]
    everyone = made.apply(settings=settings)
    settings = [("workloads.seats.demand.users", "0"), (f"workloads.{use}.demand.users", "90")]
    nobody = made.apply(settings=settings)
    found = break_even(
        operand("use", nobody),
        operand("seats", everyone),
        f"workloads.{use}.demand.requests",
        between=("1 per user per month", "900 per user per month"),
    )
    (note,) = (note for note in PROJECT(made, draws=1).notes if f"as {use} at" in note)
    assert f"at {only(found).value:,.0f} conversations per user and month" in note


@pytest.mark.parametrize(
    ("lifetime", "meter"), [("5m", "cache_write_5m"), ("1h", "cache_write_1h")]
)
def test_a_cache_pays_from_the_published_hit_share(lifetime: str, meter: str) -> None:
    """Writing costs w and reading r times the input rate: from (w - 1) / (w - r) hits it pays."""
    text = f"""
    uncertainty: none
    workloads:
      chat:
        demand: {{requests: 5k/day}}
        request: {{system: 9000, input: 200, output: 100}}
        routing: {{mix: {{anthropic/claude-haiku-5-5: 100%}}}}
    variants:
      other:
        workloads.chat.request.system: {{tokens: 9000, cache: {lifetime}, hits: 10%}}
    """
    rates = book().price("anthropic/claude-haiku-5-5", at=Month(2026, 12).first).rates
    base, write, read = (float(rates[Meter(name)]) for name in ("input", meter, "cache_read"))
    even = only(searched(text, "workloads.chat.request.system.hits"))
    assert float(even.value) == pytest.approx((write - base) / (write - read))
    assert even.cheaper == (0, 1)


LONG = """
uncertainty: none
workloads:
  files:
    demand: {requests: 100/day}
    request: {input: 150k, output: 0}
    routing: {mix: {google/gemini-3.1-pro-preview: 100%}}
  flat: {demand: {users: 0}, seat: FEE}
variants:
  other: {workloads.flat.demand.users: 1, workloads.files.demand.launch: 2027-02-28}
"""


def test_a_step_is_said_to_be_one() -> None:
    """Over 200k a prompt pays twice the rate: no size costs as much as 300k at the lower one.

    Base costs 100 a day x 89 days x 200k x rate just before the step and twice that behind it
    (on the last day both plans run); the other has a fee of 1.5 times the first.
    """
    rates = book().price("google/gemini-3.1-pro-preview", at=Month(2026, 12).first).rates
    before = 100 * 89 * 200_000 * rates[Meter.INPUT] / 1_000_000
    found = searched(
        LONG.replace("FEE", f"{before / 2}"), "workloads.files.request.input", "100k", "250k"
    )
    even = only(found)
    assert even.is_step
    assert float(even.value) == pytest.approx(200_000)
    assert abs(even.costs[0] - even.costs[1]) == pytest.approx(before / 2, rel=Decimal("1e-6"))
    assert even.cheaper == (0, 1)


def test_never_in_the_range() -> None:
    """The same tokens at lower rates: no volume makes it dearer."""
    found = searched(MODELS, "workloads.chat.demand.requests")
    assert found.found == ()
    assert not found.is_equal
    gaps = {a < b for _, (a, b) in found.ends}
    assert len(gaps) == 1


def test_the_same_throughout() -> None:
    """A variant that changes nothing that costs."""
    text = MODELS.replace(
        "{workloads.chat.routing.mix: {google/gemini-3.8-flash: 100%}}", "{name: Twin}"
    )
    found = searched(text, "workloads.chat.demand.requests")
    assert found.is_equal
    assert found.found == ()


def curve(made: Scenario, *, of: Any, draws: int = 1) -> Projection:
    """A plan that costs what a function says of the requests a day."""
    assert draws == 1
    requests = made.workloads["chat"].demand.requests
    assert requests is not None
    spend = f"{of(float(requests.low)):.12f}"
    return projection({("chat", "a/b"): [spend]}, start="2026-12", factors=(1.0,))


def test_several_crossings_are_all_told() -> None:
    """(x - 3)(x - 7) + 50 against 50: at 3 and at 7; between, the first is cheaper."""
    made = scenario(MODELS)
    a, b = (
        Operand(label, made, partial(curve, of=of))
        for label, of in (("a", lambda x: (x - 3) * (x - 7) + 50), ("b", lambda _: 50.0))
    )
    found = break_even(a, b, "workloads.chat.demand.requests", between=("1", "9"))
    assert [float(even.value) for even in found.found] == pytest.approx([3, 7])
    assert [even.cheaper for even in found.found] == [(1, 0), (0, 1)]


@settings(max_examples=4)
@given(
    st.sampled_from([
        ("workloads.chat.demand.requests", "{}/day"),
        ("workloads.chat.request.output", "{}"),
        ("workloads.chat.request.input", "{}"),
        ("workloads.chat.request.turns", "{}"),
    ]),
    st.integers(1, 4000),
)  # fmt: skip
def test_the_value_really_equates(varied: tuple[str, str], fee: int) -> None:
    """Put into both files, the two plans cost the same. The other is a flat price a month."""
    path, form = varied
    text = f"""
    uncertainty: none
    workloads:
      chat:
        demand: {{requests: 100/day}}
        request: {{input: 700, output: 90, turns: 2}}
        routing: {{mix: {{openai/gpt-6-luna: 60%, anthropic/claude-haiku-5-5: 40%}}}}
      flat: {{demand: {{users: 0}}, seat: {fee}}}
    variants:
      other: {{workloads.flat.demand.users: 1, workloads.chat.demand.launch: 2027-02-28}}
    """
    met = [even for even in searched(text, path).found if not even.is_step]
    assume(met)
    for even in met:
        written = form.format(even.value)
        base = cost(scenario(text), path, written)
        other = cost(scenario(text).apply("other"), path, written)
        assert float(base) == pytest.approx(float(other), rel=1e-9)
        assert float(even.costs[0]) == pytest.approx(float(base), rel=1e-12)


def test_one_month_alone() -> None:
    """Gemini's price doubles in January: what is even in December is not in the whole plan."""
    path = "workloads.chat.routing.mix.openai/gpt-6-sol"
    values = {
        month: float(only(searched(MODELS, path, month=month)).value)
        for month in (Month(2026, 12), Month(2027, 1), None)
    }
    assert values[Month(2026, 12)] < values[None] < values[Month(2027, 1)]


def test_what_cannot_be_planned_is_not_searched() -> None:
    """A prompt of over a million tokens fits no such model; it is followed to where it does."""
    text = LONG.replace("FEE", "0")
    found = searched(text, "workloads.files.request.input")
    (_, (high, _)) = found.ends
    assert 1_000_000 < float(high) <= 1_048_576
    assert "context" in found.limit


@pytest.mark.parametrize(
    ("path", "between", "message"),
    [
        ("workloads.chta.demand.requests", ("1/day", "9/day"), "did you mean 'chat'"),
        ("workloads.chat.demand.request", ("1/day", "9/day"), "request"),
        ("workloads.chat.demand.growth", (), "says nothing at workloads.chat.demand.growth"),
        ("workloads.chat.demand", (), "is not one value but several: 'requests'"),
        ("workloads.chat.demand.requests.low", (), "there is no one value at 'low'"),
        ("workloads.chat.demand.requests", ("9", "1"), "9 is not below 1"),
        ("workloads.chat.demand.requests", ("few", "many"), "expected a number such as 800"),
        ("workloads..x", (), "--vary workloads..x"),
        ("price.openai/gpt-6-lunar.output", (), "unknown model of the plan"),
        ("price.openai/gpt-6-luna.outputs", (), "did you mean 'output'"),
        ("price.openai/gpt-6-luna.batch.output", (), "unknown mode of the plan 'batch'"),
        ("price.output", (), "write price.PROVIDER/MODEL.METER"),
    ],
)
def test_what_cannot_be_varied_says_why(path: str, between: tuple[str, ...], message: str) -> None:
    """And names what could be."""
    with pytest.raises(CostplanError) as caught:
        searched(MODELS, path, *between)
    assert message in str(caught.value)


def test_an_assumption_is_varied_by_its_own_name() -> None:
    """Where a path holds `$name`, the path of the assumption is told."""
    text = "assumptions: {volume: 5k to 8k}\n" + MODELS.replace("700/day", "$volume/day")
    with pytest.raises(UsageError, match=r"vary assumptions\.volume"):
        searched(text, "workloads.chat.demand.requests")
    found = searched(text, "assumptions.volume")
    assert found.varied.now is None
    assert found.varied.written == "5k to 8k"


def test_currencies_are_not_compared() -> None:
    """Dollars and euro do not meet."""
    made = scenario(MODELS)
    euro = made.apply(settings=[("currency", "EUR"), ("exchange", "{USD: 0.9}")])
    with pytest.raises(UsageError, match="USD and EUR"):
        break_even(operand("a", made), operand("b", euro), "workloads.chat.demand.requests")


SHIPPED = "break-even.yaml"


def test_the_command_answers_in_a_sentence(cli: Cli) -> None:
    """And with a table of what it rests on."""
    path = "workloads.assistant.demand.requests"
    ran = cli("breakeven", f"{SHIPPED}#base", f"{SHIPPED}#seats", "--vary", path)
    assert ran.code == 0
    said = " ".join(ran.out.split())
    assert "base and seats cost the same" in said
    assert "below, base is cheaper; above, seats." in said
    assert [line.split()[0] for line in ran.out.splitlines() if "per user per day  " in line] == [
        "Now", "Lowest", "Break-even", "Highest",
    ]  # fmt: skip


def test_the_command_says_never(cli: Cli) -> None:
    """Plainly, and which is cheaper."""
    path = "assumptions.conversations"
    ran = cli("breakeven", "support-assistant.yaml#base", "support-assistant.yaml#all-haiku",
              "--vary", path, "--between", "1k", "2k")  # fmt: skip
    assert "They never cost the same with $conversations between 1,000 and 2,000" in ran.out
    assert "base is cheaper throughout" in " ".join(ran.out.split())


def test_the_document_and_the_rows(cli: Cli) -> None:
    """Values as numbers, money as strings."""
    command = ("breakeven", f"{SHIPPED}#base", f"{SHIPPED}#cached", "--vary",
               "workloads.review.request.system.hits", "--months", "2")  # fmt: skip
    document = json.loads(cli(*command, "--format", "json").out)
    (crossing,) = document["crossings"]
    assert crossing["cheaper_below"] == "base"
    assert crossing["cheaper_above"] == "cached"
    costs = [float(cost) for cost in crossing["expected"]]
    assert costs[0] == pytest.approx(costs[1])
    assert document["vary"]["between"] == [0, 1]
    assert [plan["label"] for plan in document["plans"]] == ["base", "cached"]
    rows = cli(*command, "--format", "csv").out.splitlines()
    assert [row.split(",")[0] for row in rows] == ["row", "now", "lowest", "break-even", "highest"]


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        ([SHIPPED], "has the variants seats, cached, all-terra; name two plans"),
        (["fast-tier.yaml#base"], "takes two plans"),
        ([SHIPPED, SHIPPED, SHIPPED], "takes two plans"),
        (["nightly-batch.yaml#base", "seats-or-tokens.yaml"], "unknown workload 'none'"),
    ],
)
def test_the_command_takes_two_plans(operands: list[str], message: str, cli: Cli) -> None:
    """No more, no fewer; and both must have what is varied, or one of them."""
    ran = cli("breakeven", *operands, "--vary", "workloads.none.batch", "--between", "0%", "9%")
    assert ran.code == 2
    assert message in ran.err


def test_one_variant_needs_no_name(cli: Cli, tmp_path: Any) -> None:
    """A file with one variant is the base against it."""
    file = tmp_path / "two.yaml"
    file.write_text(f"name: Two\nstart: 2026-12\nmonths: 2\n{MODELS}", encoding="utf-8")
    ran = cli("breakeven", str(file), "--vary", "workloads.chat.routing.mix.openai/gpt-6-sol")
    assert "base and other cost the same" in " ".join(ran.out.split())


def test_neither_plan_states_it_and_both_are_varied() -> None:
    """A batch share that no file mentions, in both of them: luna and sol halve, gemini too."""
    found = searched(MODELS, "workloads.chat.batch", "0%", "100%")
    (_, full), (_, half) = found.ends
    assert [float(b / a) for a, b in zip(full, half, strict=True)] == pytest.approx([0.5, 0.5])


STATED = """
assumptions: {people: 40 to 60, rate: 5%}
workloads:
  chat:
    demand: {requests: $people/day, growth: [{rate: $rate/month}]}
    request: {input: 100 to 200, output: {mean: 10, p90: 20}}
    failures: {escalate: $rate}
    routing: {mix: {openai/gpt-6-luna: 80%, openai/gpt-6-sol: rest}, escalate_to: openai/gpt-6-sol}
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("assumptions.people", "assumptions.people"),
        ("workloads.chat.demand.requests", "assumptions.people"),
        ("workloads.chat.failures.escalate", "assumptions.rate"),
        ("workloads.chat.request.input", "workloads.chat.request.input"),
        ("workloads.chat.request.output", None),
        ("workloads.chat.demand.growth.0.rate", None),
        ("workloads.chat.batch", None),
        ("workloads.mail.batch", None),
        ('workloads.chat.routing.mix."openai/gpt-6-luna"',) * 2,
    ],
)
def test_where_a_value_is_stated(path: str, found: str | None) -> None:
    """At its own path, or at that of the assumption it is; several values are not one."""
    assert stated_at(scenario(STATED), path) == found
