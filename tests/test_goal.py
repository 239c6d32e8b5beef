"""How far a value may go before a budget breaks: by hand, and put to the test."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from conftest import Cli
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plans import book, scenario

from costplan.decisions.goal import Aim, Fit, Goal, goal
from costplan.engine.projection import Projection
from costplan.errors import CostplanError, UsageError
from costplan.meters import Meter
from costplan.periods import Month
from costplan.planning import project

D = Decimal
PROJECT = partial(project, book=book())

CHAT = """
uncertainty: none
months: 12
workloads:
  chat:
    demand: {requests: 30k/month, growth: 2%/month}
    request: {input: 800, output: 250}
    routing: {mix: {openai/gpt-6-luna: 100%}}
  notes:
    demand: {requests: 9k/month}
    request: {input: 500, output: 100}
    routing: {mix: {openai/gpt-6-luna: 100%}}
"""
BUDGET = "budget: {monthly: 100, per: {notes: 70}}\n"


def searched(text: str, path: str, *between: str, draws: int = 16, **aim: Any) -> Goal:
    """What fits in a scenario's text."""
    return goal(scenario(text), PROJECT, path, Aim(**aim), between=between, draws=draws)


def only(found: Goal) -> Fit:
    """The one value that was found."""
    (fit,) = found.found
    return fit


def planned(text: str, path: str, written: str, draws: int = 1) -> Projection:
    """The plan with a value set in its file."""
    return PROJECT(scenario(text).apply(settings=[(path, written)]), draws=draws)


def each(inputs: int, outputs: int) -> float:
    """What one conversation costs on luna."""
    rates = book().price("openai/gpt-6-luna", at=Month(2026, 12).first).rates
    money = inputs * rates[Meter.INPUT] + outputs * rates[Meter.OUTPUT]
    return float(money / 1_000_000)


def test_how_many_requests_fit_by_hand() -> None:
    """A single month: what notes leave of 90, over the cost of one."""
    found = searched(CHAT, "workloads.chat.demand.requests", month=Month(2026, 12), budget=D(90))
    fit = only(found)
    assert float(fit.value) == pytest.approx((90 - 9000 * each(500, 100)) / each(800, 250))
    assert fit.fits_below
    assert (fit.tightest.what, fit.tightest.budget) == ("2026-12", D(90))


def test_which_growth_breaks_june_by_hand() -> None:
    """30,000 x (1 + g)^6 x each + notes = 200 in the seventh month."""
    fit = only(searched(CHAT, "workloads.chat.demand.growth", month=Month(2027, 6), budget=D(200)))
    left = (200 - 9000 * each(500, 100)) / (30_000 * each(800, 250))
    assert float(fit.value) == pytest.approx(left ** (1 / 6) - 1)
    may = fit.plan.totals()[5]
    assert may.expected < 200


def test_the_whole_plan_has_a_budget_too() -> None:
    """Without a month it is judged whole: cost is linear in the number of tokens."""
    fit = only(searched(CHAT, "workloads.notes.request.output", budget=D(500)))
    zero, some = (
        float(planned(CHAT, "workloads.notes.request.output", n).horizon.expected)
        for n in ("0", "100")
    )
    assert float(fit.value) == pytest.approx((500 - zero) / (some - zero) * 100)
    assert fit.tightest.what == "the whole plan"


def test_the_first_budget_to_be_reached_is_named() -> None:
    """The last month is the dearest of chat; notes has a budget of its own, reached first."""
    text = BUDGET + CHAT
    chat = only(searched(text, "workloads.chat.demand.requests"))
    assert chat.tightest.what == "2027-11"
    notes = only(searched(text, "workloads.notes.demand.requests"))
    assert notes.tightest.what.startswith(("notes in ", "2027-11"))
    assert notes.plan.breaches() == ()
    text = text.replace("monthly: 100, ", "")
    assert only(searched(text, "workloads.notes.demand.requests")).tightest.what.startswith("notes")


def test_a_value_that_helps_fits_from_there_on() -> None:
    """The more is read from the cache, the less it costs: from some share on."""
    text = CHAT.replace("output: 250}", "output: 250, cache: {read: 10%}}")
    full, none = (
        planned(text, "workloads.chat.request.cache.read", share).horizon.expected
        for share in ("0%", "100%")
    )
    budget = (full + none) / 2
    fit = only(searched(text, "workloads.chat.request.cache.read", budget=budget))
    assert not fit.fits_below
    assert float(fit.value) == pytest.approx(0.5)  # linear in the share
    assert fit.plan.horizon.expected <= budget


@settings(max_examples=5)
@given(
    st.sampled_from([
        ("workloads.chat.demand.requests", "{}/month"),
        ("workloads.chat.demand.growth", "{:%}/month"),
        ("workloads.notes.request.input", "{}"),
        ("workloads.notes.request.output", "{}"),
    ]),
    st.integers(40, 5000),
)  # fmt: skip
def test_the_value_really_meets_the_budget(varied: tuple[str, str], budget: int) -> None:
    """Written into the file it fits, and spends the budget; a little more breaks it."""
    path, form = varied
    text = f"budget: {{total: {budget}}}\n{CHAT}"
    found = searched(text, path)
    assume(found.found)
    fit = only(found)
    assert not planned(text, path, form.format(fit.value)).breaches()
    assert float(fit.tightest.cost) == pytest.approx(budget, rel=1e-9)
    more = fit.value * D("1.000001")
    assert planned(text, path, form.format(more)).breaches()


def test_confidence_judges_the_draws() -> None:
    """Of the plan that fits, nine draws of ten stay under the budget."""
    text = CHAT.replace("uncertainty: none", "uncertainty: typical")
    path, budget = "workloads.chat.demand.requests", D(700)
    sure = only(searched(text, path, budget=budget, confidence=0.9, draws=512))
    mean = only(searched(text, path, budget=budget, draws=512))
    assert sure.value < mean.value
    assert float(sure.plan.horizon.p90) == pytest.approx(700)
    assert float(mean.plan.horizon.expected) == pytest.approx(700)


def test_a_rate_by_hand() -> None:
    """One month: what input leaves of 100, over the million tokens of output: 30k x 250 + 900k."""
    path, month = "price.openai/gpt-6-luna.output", Month(2026, 12)
    fit = only(searched(CHAT, path, month=month, budget=D(100)))
    inputs = each(800, 0) * 30_000 + each(500, 0) * 9_000
    assert float(fit.value) == pytest.approx((100 - inputs) / (7.5 + 0.9))


@pytest.mark.parametrize(("budget", "fits"), [(10**9, True), (1, False)])
def test_everything_or_nothing_fits(budget: int, fits: bool) -> None:
    """No value in the range is where it breaks."""
    found = searched(CHAT, "workloads.chat.demand.requests", budget=D(budget))
    assert found.found == ()
    assert all((judged.over <= 0) == fits for _, judged in found.ends)


@pytest.mark.parametrize(
    ("aim", "message"),
    [
        ({}, "no budget for this; give --budget"),
        ({"month": Month(2030, 1), "budget": D(1)}, "2030-01 is not in the plan: 2026-12 to"),
    ],
)
def test_a_goal_needs_a_budget(aim: dict[str, Any], message: str) -> None:
    """And a month that is in the plan."""
    with pytest.raises(CostplanError) as caught:
        searched(CHAT, "workloads.chat.demand.requests", **aim)
    assert message in str(caught.value)


def test_a_rate_has_no_draws() -> None:
    """P90 of a plan at another rate is not known without drawing it again."""
    with pytest.raises(CostplanError, match="leave out --confidence"):
        searched(CHAT, "price.openai/gpt-6-luna.output", budget=D(1), confidence=0.9)


def test_a_wrong_path_is_told() -> None:
    """With the nearest name."""
    with pytest.raises(CostplanError, match="did you mean 'requests'"):
        searched(CHAT, "workloads.chat.demand.request", "1/day", "2/day", budget=D(1))


def test_the_command_answers_in_a_sentence(cli: Cli) -> None:
    """How far, against now, and which budget breaks first; then the plan at that value."""
    ran = cli("goal", "break-even.yaml", "--vary", "workloads.triage.demand.requests")
    said = " ".join(ran.out.split())
    assert ran.code == 0
    assert "triage.demand.requests: up to 150,8" in said
    assert "what breaks first is the budget of 2027-03, $9,000." in said
    assert "Now (20,000 per day) 2027-03 costs" in said
    assert "The plan at 150,8" in said
    assert "▲ over" not in said


def test_other_budgets_that_break_are_told(cli: Cli) -> None:
    """Only June was judged; the months after it are over all the same."""
    path = "workloads.review.demand.growth"
    ran = cli("goal", "break-even.yaml", "--vary", path, "--month", "2027-06")
    said = " ".join(ran.out.split())
    assert "over budget elsewhere: 2027-07, 2027-08, 2027-09, 2027-10 and 2 more" in said


@pytest.mark.parametrize(("budget", "said"), [("1", "Nothing with"), ("9M", "Everything with")])
def test_the_command_says_when_all_or_nothing_fits(budget: str, said: str, cli: Cli) -> None:
    """Plainly."""
    path = "workloads.triage.demand.requests"
    ran = cli("goal", "break-even.yaml", "--vary", path, "--budget", budget)
    assert f"{said} triage.demand.requests between 200 per day" in " ".join(ran.out.split())


def test_the_document_and_the_rows(cli: Cli) -> None:
    """The value as a number, money as strings, the months of the plan that fits."""
    command = ("goal", "break-even.yaml", "--vary", "workloads.triage.demand.requests",
               "--budget", "15000", "--months", "2")  # fmt: skip
    document = json.loads(cli(*command, "--format", "json").out)
    (fit,) = document["fits"]
    assert fit["side"] == "up to"
    assert float(fit["tightest"]["cost"]) == pytest.approx(15000)
    assert sum(float(row["expected"]) for row in fit["months"]) == pytest.approx(15000)
    assert document["now"]["tightest"]["budget"] == "15000"
    rows = cli(*command, "--format", "csv").out.splitlines()
    assert [row.split(",")[0] for row in rows] == ["row", "now", "lowest", "fits", "highest"]
    rate = json.loads(
        cli("goal", "break-even.yaml", "--vary", "price.openai/gpt-6-luna.input",
            "--budget", "99k", "--format", "json").out
    )  # fmt: skip
    assert rate["fits"][0]["p90"] is None


def test_a_budget_is_in_the_currency_of_the_plan(cli: Cli) -> None:
    """Euro are not dollars."""
    path = "workloads.triage.demand.requests"
    ran = cli("goal", "break-even.yaml", "--vary", path, "--budget", "90 EUR")
    assert ran.code == 2
    assert "the plan is in USD, --budget in EUR" in ran.err


@pytest.mark.parametrize(
    ("path", "between", "message"),
    [
        ("assumptions.grow", (), "unknown assumption 'grow'; did you mean 'growth'"),
        ("assumptions.grow", ("1%", "2%"), "unknown assumption 'grow'; did you mean 'growth'"),
        ("workloads.chats.batch", ("1%", "2%"), "unknown workload 'chats'; did you mean 'chat'"),
        ("workloads.chat.demand.request", (), "did you mean 'workloads.chat.demand.requests'"),
        ("demand.requests", (), "a path begins with a key of the file"),
        ("workloads.chat.batch", (), "to vary what it does not say, give --between LOW HIGH"),
    ],
)
def test_a_path_that_is_not_there_names_the_nearest(
    path: str, between: tuple[str, ...], message: str
) -> None:
    """Whoever mistypes a path learns what is there, and does not vary something new."""
    text = """
    assumptions: {growth: 1% to 2%}
    workloads:
      chat:
        demand: {requests: 1k/day, growth: $growth/month}
        request: {input: 100, output: 10}
        routing: {mix: {openai/gpt-6-luna: 100%}}
    """
    with pytest.raises(UsageError, match=re.escape(message)):
        goal(scenario(text), PROJECT, path, Aim(D(9)), between=between)
