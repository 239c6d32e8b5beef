"""Cascades: cheap tries are always paid, judges and routers are, and so are people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import SCENARIOS, book, plan

from costplan.engine.distributions import from_range
from costplan.engine.projection import Projection
from costplan.errors import ScenarioError
from costplan.planning import project
from costplan.report.document import plan_document
from costplan.report.plan import plan_page
from costplan.report.tasks import task_costs
from costplan.scenario import load_scenario

LUNA, TERRA, SOL = "openai/gpt-6-luna", "openai/gpt-6.1-terra", "openai/gpt-6-sol"
# A million of 1,000 in and 200 out: Luna (0.10/0.50) 200, Terra (1/5) 2,000, Sol (2/10) 4,000.
PRICE = {LUNA: 200, TERRA: 2_000, SOL: 4_000}
BASE = """
months: 1
uncertainty: none
{top}
workloads:
  work:
    demand: {{requests: 1M once}}
    request: {{input: 1000, output: 200}}
    routing: {{mix: {mix}, {routing}}}
    {more}
"""


def cascade(routing: str, *, mix: str = f"{{{LUNA}: 100%}}", more: str = "", top: str = "") -> str:
    """The text of a plan with a cascade."""
    return BASE.format(routing=routing, mix=mix, more=more, top=top)


def steps(*rates: str) -> str:
    """Luna, then Terra, then Sol, at these rates."""
    models = (TERRA, SOL)
    listed = ", ".join(f"{{to: {m}, rate: {r}}}" for m, r in zip(models, rates, strict=False))
    return f"cascade: [{listed}]"


def planned(text: str, **options: Any) -> Projection:
    """The plan, with few draws."""
    return plan(text, **{"draws": 64, **options})


def cost(text: str) -> float:
    """Expected cost."""
    return float(planned(text).horizon.expected)


@settings(max_examples=30)
@given(p=st.integers(0, 1000), q=st.integers(0, 1000))
def test_calls_are_n_times_one_plus_p_plus_pq(p: int, q: int) -> None:
    """And the cost is the sum of the prices of the stages times the chance to reach them."""
    found = planned(cascade(steps(f"{p / 10}%", f"{q / 10}%")))
    reach = {LUNA: 1.0, TERRA: p / 1000, SOL: p / 1000 * q / 1000}
    assert found.volumes[0].calls == pytest.approx(1e6 * sum(reach.values()), rel=1e-12)
    assert found.volumes[0].conversations == 1e6
    paid = {model: float(cost) for model, cost in found.by("model")}
    for model, share in reach.items():
        assert paid.get(model, 0.0) == pytest.approx(share * PRICE[model], rel=1e-12)


@settings(max_examples=20)
@given(p=st.integers(0, 50), more=st.integers(0, 50))
def test_cost_is_linear_in_a_rate_and_more_escalation_never_lowers_it(p: int, more: int) -> None:
    """Half-way between two rates is half-way between their costs."""
    low, middle, high = (cost(cascade(steps(f"{rate}%"))) for rate in (p, p + more / 2, p + more))
    assert middle == pytest.approx((low + high) / 2, rel=1e-12)
    assert low <= high * (1 + 1e-12)
    assert low >= PRICE[LUNA]  # the cheap tries are paid whatever goes on


def test_cost_is_linear_in_the_shares_of_the_mix_under_a_cascade() -> None:
    """Each model of the mix sends the same share on."""
    shares = (20, 50, 80)
    costs = [
        cost(
            cascade(f"cascade: [{{to: {SOL}, rate: 10%}}]", mix=f"{{{LUNA}: {s}%, {TERRA}: rest}}")
        )
        for s in shares
    ]
    assert costs[1] == pytest.approx((costs[0] + costs[2]) / 2)
    assert costs[0] == pytest.approx(0.2 * 200 + 0.8 * 2_000 + 0.1 * 4_000)


def test_one_step_is_what_escalate_says() -> None:
    """`failures.escalate` with `escalate_to` is a cascade of one step."""
    old = planned(cascade(f"escalate_to: {SOL}", more="failures: {escalate: 12%}"))
    new = planned(cascade(f"cascade: [{{to: {SOL}, rate: 12%}}]"))
    assert old.line_items == new.line_items
    assert old.volumes == new.volumes


def test_rates_that_are_ranges_are_averaged_exactly() -> None:
    """P and q differ, so E[pq] = E[p] E[q]; one assumption used twice gives E[p^2]."""
    apart = planned(cascade(steps("20% to 40%", "10% to 60%")), draws=4096)
    p, q = from_range(0.2, 0.4, "share"), from_range(0.1, 0.6, "share")
    exact = 200 + p.mean * 2_000 + p.mean * q.mean * 4_000
    assert float(apart.horizon.expected) == pytest.approx(exact, rel=1e-12)
    assert float(apart.samples.sum(axis=(1, 2)).mean()) == pytest.approx(exact, rel=5e-3)
    text = cascade(steps("$on", "$on"), top="assumptions: {on: 20% to 60%}")
    on = from_range(0.2, 0.6, "share")
    same = 200 + on.mean * 2_000 + on.moment(2) * 4_000
    assert cost(text) == pytest.approx(same, rel=1e-10)
    assert planned(text).volumes[0].calls == pytest.approx(1e6 * (1 + on.mean + on.moment(2)))


def test_retries_and_repairs_happen_on_every_stage() -> None:
    """10 % of calls again on Luna and on Terra: 1.1 x (200 + 0.3 x 2,000)."""
    text = cascade(steps("30%"), more="failures: {retry: 10%}")
    assert cost(text) == pytest.approx(1.1 * 800)
    assert planned(text).volumes[0].calls == pytest.approx(1.1 * 1.3e6)


def test_a_judge_looks_at_every_try_that_might_go_on() -> None:
    """Luna's million and Terra's 300,000; Sol's tries are the last word.

    A look of 1,300 in and 10 out on Luna is 135 a million; the price beside it, 3 a million.
    """
    judge = f"judge: {{cost: 3 per 1M, model: {LUNA}, request: {{input: 1300, output: 10}}}}"
    found = planned(cascade(f"{steps('30%', '50%')}, {judge}"))
    bare = cost(cascade(steps("30%", "50%")))
    assert float(found.horizon.expected) - bare == pytest.approx(1.3 * (135 + 3), rel=1e-12)
    items = {(i.provider, i.model, i.meter): i for i in found.line_items}
    look = items["routing", "routing/judge", "judge"]
    assert (look.quantity, look.unit) == (1_300_000, "tries")
    assert (look.rate, look.per) == (Decimal(3), 1_000_000)
    assert look.cost == Decimal("3.9")
    assert look.source == "stated in the scenario: workloads.work.routing.judge.cost"
    assert found.volumes[0].calls == pytest.approx(1e6 * (1 + 0.3 + 0.15 + 1.3), rel=1e-12)


def test_a_judge_is_asked_in_standard_mode() -> None:
    """What is judged may run by batch; its judge answers at once."""
    judge = f"judge: {{model: {LUNA}, request: {{input: 1000, output: 0}}}}"
    found = planned(cascade(f"{steps('30%')}, {judge}", more="batch: 100%"))
    modes = {(i.mode, i.model, i.meter): i.quantity for i in found.line_items}
    assert modes["standard", LUNA, "input"] == 1e9
    assert modes["batch", LUNA, "input"] == 1e9


def test_router_is_paid_once_per_conversation() -> None:
    """A machine by the piece and an embedding of 95 tokens at $0.02 a million: 1.9 a million."""
    router = (
        "router: {cost: 1.42 per 1M requests, model: openai/text-embedding-3-small, "
        "request: {input: 95, output: 0}}"
    )
    found = planned(cascade(f"{steps('30%')}, {router}"))
    assert float(found.horizon.expected) == pytest.approx(800 + 1.42 + 1.9, rel=1e-12)


# --- success -----------------------------------------------------------------------------------

FAST = """
quality:
  mmlu: {{openai/gpt-6-luna: {luna}, openai/gpt-6.1-terra: {terra}, openai/gpt-6-sol: {sol}}}
"""


def scored(routing: str, *, more: str = "", **scores: str) -> str:
    """A cascade whose models have scores: 70, 80 and 90 %."""
    top = FAST.format(**{"luna": "70%", "terra": "80%", "sol": "90%", **scores})
    return cascade(routing, more=f"task: mmlu\n    {more}", top=top)


def success(text: str) -> float:
    """Share of requests that end well."""
    (task,) = planned(text).tasks
    return task.successes / task.requests


def test_success_of_a_mix_is_that_of_its_models() -> None:
    """60 % at 70 % and 40 % at 90 % are 78 %; 0.00172 a request, 0.00172 / 0.78 a success."""
    text = cascade(
        "",
        mix=f"{{{LUNA}: 60%, {SOL}: 40%}}",
        more="task: t",
        top=f"quality: {{t: {{{LUNA}: 70%, {SOL}: 90%}}}}",
    )
    (each,) = task_costs(planned(text))
    assert each.requests == 1e6
    assert each.successes == pytest.approx(780_000)
    assert each.cost_per_request == Decimal("0.00172")
    assert float(each.cost_per_success or 0) == pytest.approx(0.00172 / 0.78)


@pytest.mark.parametrize(
    ("routing", "expected"),
    [
        # The 30 % that fail all go on, and 80 % of them succeed.
        (f"cascade: [{{to: {TERRA}}}], judge: {{caught: 100%}}", 0.7 + 0.3 * 0.8),
        # 56 % of them, where somebody has measured it.
        (f"cascade: [{{to: {TERRA}, success: 56%}}], judge: {{caught: 100%}}", 0.7 + 0.3 * 0.56),
        # 90 % of failures are caught, and 5 % of what was right is asked again.
        (
            f"cascade: [{{to: {TERRA}}}], judge: {{caught: 90%, false_alarms: 5%}}",
            0.7 * 0.95 + (0.3 * 0.9 + 0.7 * 0.05) * 0.8,
        ),
        # A stated rate: 40 % go on, 30 % that failed and 10 % that were right.
        (f"cascade: [{{to: {TERRA}, rate: 40%}}], judge: {{caught: 100%}}", 0.6 + 0.4 * 0.8),
        # Three stages: of 6 % that fail twice, 90 % succeed.
        (
            f"cascade: [{{to: {TERRA}}}, {{to: {SOL}}}], judge: {{caught: 100%}}",
            0.7 + 0.3 * (0.8 + 0.2 * 0.9),
        ),
    ],
)
def test_success_of_a_cascade(routing: str, expected: float) -> None:
    """Failures that are caught are answered again."""
    assert success(scored(routing)) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=25)
@given(
    luna=st.integers(1, 99), terra=st.integers(0, 100), caught=st.integers(0, 100),
    alarms=st.integers(0, 100),
)  # fmt: skip
def test_success_is_that_of_a_literal_table_of_outcomes(
    luna: int, terra: int, caught: int, alarms: int
) -> None:
    """Each outcome of two tries and a judge, with its chance."""
    s1, s2, c, a = luna / 100, terra / 100, caught / 100, alarms / 100
    ends_well = 0.0
    for right, chance in ((True, s1), (False, 1 - s1)):
        goes_on = a if right else c
        ends_well += chance * ((1 - goes_on) * right + goes_on * s2)
    text = scored(
        f"cascade: [{{to: {TERRA}}}], judge: {{caught: {caught}%, false_alarms: {alarms}%}}",
        luna=f"{luna}%",
        terra=f"{terra}%",
    )
    assert success(text) == pytest.approx(ends_well, rel=1e-9, abs=1e-12)


@settings(max_examples=20)
@given(luna=st.integers(0, 100), terra=st.integers(0, 100))
def test_with_a_perfect_judge_a_cascade_is_never_worse_than_its_cheap_model(
    luna: int, terra: int
) -> None:
    """What was right is kept; what was wrong has a second chance."""
    text = scored(
        f"cascade: [{{to: {TERRA}}}], judge: {{caught: 100%}}", luna=f"{luna}%", terra=f"{terra}%"
    )
    assert success(text) >= luna / 100 - 1e-12


def test_the_rate_that_is_worked_out_is_paid() -> None:
    """30 % of Luna's and 20 % of Terra's tries go on to Sol: 100 + 1,000 + 0.25 x 4,000."""
    text = scored(f"cascade: [{{to: {SOL}}}], judge: {{caught: 100%}}")
    text = text.replace(f"{{{LUNA}: 100%}}", f"{{{LUNA}: 50%, {TERRA}: 50%}}")
    found = planned(text)
    assert float(found.horizon.expected) == pytest.approx(2_100, rel=1e-12)
    assert found.volumes[0].calls == pytest.approx(1.25e6, rel=1e-12)
    assert success(text) == pytest.approx(0.75 + 0.25 * 0.9)


def test_mixes_by_date_have_a_success_each() -> None:
    """Sixteen days on Luna, fifteen on Sol; what goes on is counted for each part."""
    text = scored(f"cascade: [{{to: {TERRA}}}], judge: {{caught: 100%}}")
    dated = (
        f"[{{from: 2026-12-01, mix: {{{LUNA}: 100%}}}}, {{from: 2026-12-17, mix: {{{SOL}: 100%}}}}]"
    )
    text = text.replace(f"{{{LUNA}: 100%}}", dated).replace("1M once", "1000/day")
    found = planned(text)
    assert found.volumes[0].calls == pytest.approx(16_000 * 1.3 + 15_000 * 1.1)
    assert found.tasks[0].solved == pytest.approx(16_000 * 0.94 + 15_000 * 0.98)
    assert found.tasks[0].requests == 31_000


def test_scores_that_are_ranges_are_averaged_exactly() -> None:
    """S + (1 - s) x 0.8 with s a range: linear, so its mean counts; the rate moves with it."""
    text = scored(f"cascade: [{{to: {TERRA}}}], judge: {{caught: 100%}}", luna="60% to 80%")
    mean = from_range(0.6, 0.8, "share").mean
    assert success(text) == pytest.approx(mean + (1 - mean) * 0.8, rel=1e-12)
    assert cost(text) == pytest.approx(200 + (1 - mean) * 2_000, rel=1e-12)


# --- people ------------------------------------------------------------------------------------


def test_people_are_money_of_the_plan() -> None:
    """5 % reviewed at 1.50 are 75,000; of 300,000 failures 40 % are done over at 8: 960,000."""
    people = "people: {review: {share: 5%, cost: 1.50}, rework: {share: 40%, cost: 8}}"
    found = planned(scored("", more=people))
    assert dict(found.by("model")) == {
        LUNA: 200, "people/review": 75_000, "people/rework": 960_000,
    }  # fmt: skip
    (each,) = task_costs(found)
    assert each.successes == pytest.approx(700_000 + 120_000)
    assert float(each.cost_per_success or 0) == pytest.approx(1_035_200 / 820_000)
    review = next(item for item in found.line_items if item.meter == "review")
    assert (review.provider, review.quantity, review.unit, review.rate) == (
        "people", 50_000, "reviews", Decimal("1.50"),
    )  # fmt: skip
    assert found.volumes[0].calls == 1e6


def test_every_failed_task_done_over_ends_well() -> None:
    """Then a success costs what a request does."""
    found = planned(scored("", more="people: {rework: {cost: 8}}"))
    (each,) = task_costs(found)
    assert each.cost_per_success == each.cost_per_request == Decimal("2.4002")


def test_reviews_need_no_scores() -> None:
    """A share of conversations is read, whatever comes of them."""
    found = planned(cascade("", more="people: {review: {share: 1%, cost: 2}}"))
    assert found.horizon.expected == 20_200
    assert found.tasks == ()


def test_cascade_with_people_is_simulated_as_it_is_expected() -> None:
    """The mean of the draws lies at the exact expectation."""
    text = scored(
        f"cascade: [{{to: {TERRA}}}], judge: {{caught: 80% to 95%, cost: 0.001}}",
        luna="60% to 80%",
        more="people: {rework: {cost: 0.01}}",
    )
    found = planned(text, draws=4096)
    drawn = found.samples.sum(axis=(1, 2))
    error = 3 * drawn.std() / 64
    assert abs(float(drawn.mean()) - float(found.horizon.expected)) < error


# --- what cannot be meant ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (cascade(f"cascade: [{{to: {SOL}}}]"), "state the rate, or the workload's task"),
        (scored(f"cascade: [{{to: {SOL}}}]"), "state the rate, or routing.judge.caught"),
        (scored(steps("30%")), "say how many failed tries are among those that go on"),
        (
            scored(f"{steps('10%')}, judge: {{caught: 90%}}"),
            r"sends on 27.0% of conversations that failed, more than the 10.0% that go on",
        ),
        (cascade("judge: {cost: 1}"), "a judge needs a cascade"),
        (cascade(f"{steps('1%')}, judge: {{caught: 90%}}"), "caught goes with task"),
        (cascade(f"cascade: [{{to: {SOL}, rate: 1%, success: 9%}}]"), "success goes with task"),
        (cascade(f"{steps('1%')}, escalate_to: {SOL}"), "cascade already says who tries next"),
        (cascade(steps("1%"), more="failures: {escalate: 2%}"), "already says what goes on"),
        (cascade("router: {}"), "expected a cost, or a model and its request"),
        (cascade(f"router: {{model: {SOL}}}"), "the key 'request' is missing"),
        (cascade("router: {cost: 1 per 0.5}"), "a price is per a whole number of pieces"),
        (cascade("router: {cost: cheap}"), "expected a price such as 1.50 or 3.32 per 1M requests"),
        (cascade("router: {cost: 2 EUR}"), "the plan is in USD, this amount in EUR"),
        (cascade("", more="task: mlu", top=FAST.format(luna="1%", terra="1%", sol="1%")),
         "quality has no 'mlu'; did you mean 'mmlu'"),
        (
            cascade("", more="task: t", top=f"quality: {{t: {{{SOL}: 1%}}}}"),
            "quality.t has no score of openai/gpt-6-luna",
        ),
        (cascade("", top="quality: {t: {openai/gpt-6-lun: 1%}}"), "did you mean"),
        (cascade("", more="people: {rework: {cost: 8}}"), "rework is of failed tasks"),
        (cascade("", more="people: {}"), "expected review or rework"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(text: str, message: str) -> None:
    """Nothing is left out or made up in silence."""
    with pytest.raises(ScenarioError, match=message):
        planned(text)


def test_a_score_of_all_tasks_is_warned_of() -> None:
    """The next model gets the hard ones."""
    routing = f"cascade: [{{to: {TERRA}}}], judge: {{caught: 100%}}"
    assert "score-of-all-tasks" in {w.code for w in planned(scored(routing)).warnings}
    measured = routing.replace(f"{{to: {TERRA}}}", f"{{to: {TERRA}, success: 56%}}")
    assert "score-of-all-tasks" not in {w.code for w in planned(scored(measured)).warnings}


def test_a_variant_may_take_what_a_judge_is_sent_from_elsewhere() -> None:
    """A text instead of a number leaves nothing of the number."""
    judge = f"judge: {{model: {LUNA}, request: {{input: {{tokens: 900}}, output: 1}}}}"
    repair = "failures: {repair: {rate: 1%, instruction: {tokens: 50}}}"
    text = cascade(f"{steps('10%')}, {judge}", more=repair) + (
        "variants:\n"
        "  texts:\n"
        "    workloads.work.routing.judge.request.input: {text: Is this answer right?}\n"
        "    workloads.work.failures.repair.instruction: {text: This is not JSON.}\n"
    )
    assert planned(text, variant="texts").horizon.expected < planned(text).horizon.expected


# --- what ships --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "each", "scores"),
    [(None, "0.000255", (82, 87, 91, 40)), ("haiku", "0.0016", (83, 88, 90, 41))],
)
def test_cost_per_success_has_the_published_scores(
    variant: str | None, each: str, scores: tuple[int, ...]
) -> None:
    """MMLU, HumanEval, GSM8K and GPQA of the fast tier; the price of a request over the score."""
    found = project(load_scenario(SCENARIOS / "cost-per-success.yaml"), book(), variant=variant)
    for task, score in zip(task_costs(found), scores, strict=True):
        assert task.cost_per_request == Decimal(each)
        assert float(task.cost_per_success or 0) == pytest.approx(float(each) / score * 100)


def test_answer_cascade_by_hand() -> None:
    """December: 279,000 questions, of which Luna does 78 % well.

    The judge sends on 0.9 x 22 % + 0.06 x 78 % = 24.48 %; 74 % of them end well, and 78 % x 0.94
    were kept: 91.4352 %. People do 10 % of the rest over.
    """
    found = project(load_scenario(SCENARIOS / "answer-cascade.yaml"), book(), draws=16)
    december = found.tasks[0]
    assert december.solved == pytest.approx(279_000 * 0.914352)
    assert december.reworked == pytest.approx(279_000 * 0.085648 * 0.1)
    sends = (1 + 0.01 + 0.005) * 1.03
    calls = 279_000 * (sends * 1.2448 + 1)
    assert found.volumes[0].calls == pytest.approx(calls)
    assert found.volumes[0].refused == pytest.approx(279_000 * sends * 1.2448 * 0.02)


def test_the_cascade_is_cheaper_than_either_model_alone() -> None:
    """All on the small model is the cheapest for tokens, and the dearest for successes."""
    read = load_scenario(SCENARIOS / "answer-cascade.yaml")
    costs, tokens = {}, {}
    for variant in (None, "all-small", "all-large"):
        found = project(read, book(), variant=variant, draws=16)
        (task,) = task_costs(found)
        costs[variant] = task.cost_per_success
        tokens[variant] = sum(c for m, c in found.by("model") if not m.startswith("people/"))
    assert (costs[None] or 0) < (costs["all-large"] or 0) < (costs["all-small"] or 0)
    assert tokens["all-small"] < tokens[None] < tokens["all-large"]


# --- how it is told ----------------------------------------------------------------------------


def test_the_page_shows_the_cost_per_success() -> None:
    """Beside the cost per request, with who made it good where people did."""
    text = scored("", more="people: {rework: {cost: 0.01}}")
    (table,) = (t for t in plan_page(planned(text)).tables if t.title == "Cost per successful task")
    # 0.0002 a request and 0.3 x 0.01.
    assert table.rows == (("work", "1,000,000", "100%", "30%", "$0.0032", "$0.0032"),)
    bare = next(t for t in plan_page(planned(scored(""))).tables if t.title == table.title)
    assert bare.rows == (("work", "1,000,000", "70%", "$0.000200", "$0.000286"),)


def test_the_document_has_tasks_where_there_are_scores() -> None:
    """By workload, and by month; nothing of the kind in a plan without scores."""
    document = plan_document(planned(scored("")))
    (task,) = document["tasks"]
    figures = {
        "requests": 1e6, "successes": pytest.approx(7e5), "reworked": 0,
        "cost_per_request": "0.0002", "cost_per_success": "0.000285714",
    }  # fmt: skip
    assert task == {"workload": "work", **figures, "months": [{"month": "2026-12", **figures}]}
    assert "tasks" not in plan_document(planned(cascade(steps("10%"))))
    assert "refused" not in document["volumes"][0]
