"""Decisions about plans that a contract bills: what is judged is the bill, or said to be list."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from plans import book, plan, scenario

from costplan.decisions.goal import Aim, goal
from costplan.decisions.sensitivity import sensitivity
from costplan.errors import UsageError
from costplan.planning import project
from costplan.planning.projecting import compile_plan
from costplan.report.sensitivity import sensitivity_document, sensitivity_page

BASE = """
months: 2
workloads:
  chat:
    demand: {requests: 10k to 20k per month}
    request: {input: 1000, output: 200}
    routing: {mix: {anthropic/claude-haiku-4-5: 100%}}
"""
COMMITTED = BASE + "contracts: {a: {commit: 60, months: 2}}\n"


def test_a_tornado_of_billed_money_is_at_list_prices_and_says_what_is_billed() -> None:
    """A shortfall moves the bill and not the tornado, which is that of the plan without it."""
    billed = sensitivity(compile_plan(scenario(COMMITTED)), draws=256)
    listed = sensitivity(compile_plan(scenario(BASE)), draws=256)
    assert billed.effects == listed.effects
    assert listed.billed is None
    assert billed.billed == plan(COMMITTED, draws=256).horizon.expected
    assert billed.billed > billed.plan.horizon.expected == listed.plan.horizon.expected
    assert "at list prices" in sensitivity_page(billed).text()
    assert Decimal(sensitivity_document(billed)["billed"]) == round(billed.billed, 9)
    assert "billed" not in sensitivity_document(listed)


def test_a_goal_judges_the_bill_that_the_plan_has() -> None:
    """What a shortfall is expected to be rests on the draws: the same ones at every value."""
    aim = Aim(budget=Decimal(90))
    found = goal(
        scenario(COMMITTED), partial(project, book=book()), "workloads.chat.request.output", aim
    )
    (fit,) = found.found
    assert fit.tightest.cost == pytest.approx(fit.plan.horizon.expected)
    assert fit.plan.horizon.expected == pytest.approx(Decimal(90))
    assert found.now_judged.cost == plan(COMMITTED).horizon.expected


def test_a_rate_is_not_varied_under_a_contract() -> None:
    """What is paid is not quantity times rate."""
    path = "price.anthropic/claude-haiku-4-5.output"
    with pytest.raises(UsageError, match="contracts and free allowances decide"):
        goal(scenario(COMMITTED), partial(project, book=book()), path, Aim(budget=Decimal(90)))
