"""Budgets against draws: chance, expected overrun, and the first month that breaks one."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import accumulate

import numpy as np
import pytest
from conftest import Cli
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plans import SCENARIOS, plan

from costplan.engine.breaches import BudgetRisk, chance_over, expected_overrun, first_breach
from costplan.engine.distributions import Lognormal
from costplan.report.breaches import breach_document

COSTS = np.array([[8, 8, 8], [8, 12, 8], [12, 8, 12], [8, 8, 20]], dtype=np.float64)
"""Four draws of three months."""


@pytest.mark.parametrize(
    ("budget", "chance", "overrun"),
    [(8, 0.5, 2.0), (12, 0.25, 1.0), (16, 0, 0), (0, 1, 9.5), (7.5, 1, 2.0)],
)
def test_chance_and_overrun_by_hand(budget: float, chance: float, overrun: float) -> None:
    """Costs 8, 8, 12, 16 or so: over 8 by 0, 0, 0 and 8 on average 2, and so on."""
    costs = {
        8: np.array([8.0, 8.0, 9.0, 15.0]),
        12: np.array([8.0, 8.0, 12.0, 16.0]),
        16: np.array([8.0, 8.0, 12.0, 16.0]),
        0: np.array([8.0, 8.0, 12.0, 10.0]),
        7.5: np.array([8.0, 9.0, 10.0, 11.0]),
    }[budget]
    assert (chance_over(costs, budget), expected_overrun(costs, budget)) == (chance, overrun)


def test_the_overrun_of_a_lognormal_is_its_closed_form() -> None:
    """E[max(x - k, 0)] as Black and Scholes have it, from 100,000 evenly spread draws."""
    known = Lognormal(5.0, 0.5)
    costs = known.quantile((np.arange(100_000) + 0.5) / 100_000)
    for level in (100.0, 150.0, 300.0):
        closed = float(known.excess(np.array([level]))[0])
        assert expected_overrun(costs, level) == pytest.approx(closed, rel=1e-3)


@pytest.mark.parametrize(
    ("budgets", "total", "chances", "never"),
    [
        # 10 a month: draw 1 never, draw 2 in month 2, draw 3 in month 1, draw 4 in month 3.
        ([10, 10, 10], None, (0.25, 0.25, 0.25), 0.25),
        # 27 in all: sums 8 16 24, 8 20 28, 12 20 32, 8 16 36.
        ([None, None, None], 27, (0, 0, 0.75), 0.25),
        # Both: draw 2 breaks its second month before the total.
        ([None, 10, None], 27, (0, 0.25, 0.5), 0.25),
        ([None, None, None], 16, (0, 0.5, 0.5), 0),
        ([None, None, None], None, (0, 0, 0), 1),
        ([0, 0, 0], None, (1, 0, 0), 0),
    ],
)
def test_the_first_breach_by_hand(
    budgets: list[float | None], total: float | None, chances: tuple[float, ...], never: float
) -> None:
    found = first_breach(COSTS, budgets, total)
    assert (found.chances, found.never) == (chances, never)


@pytest.mark.parametrize(("probability", "month"), [(0.1, 0), (0.25, 0), (0.26, 1), (0.75, 2)])
def test_quantiles_of_the_first_breach(probability: float, month: int) -> None:
    found = first_breach(COSTS, [10, 10, 10], None)
    assert found.quantile(probability) == month
    assert found.quantile(0.76) is None


@given(
    arrays(np.float64, st.tuples(st.integers(1, 20), st.integers(1, 6)), elements=st.floats(0, 9)),
    st.lists(st.one_of(st.none(), st.floats(0, 9)), min_size=6, max_size=6),
    st.one_of(st.none(), st.floats(0, 30)),
)
def test_the_first_breach_is_that_of_a_loop(
    costs: np.ndarray, budgets: list[float | None], total: float | None
) -> None:
    """Draw by draw and month by month; and the chances with `never` add up to one."""
    months = costs.shape[1]
    counts = [0] * (months + 1)
    for row in costs.tolist():
        spent = list(accumulate(row))
        first = months
        for k in reversed(range(months)):
            limit = budgets[k]
            own = limit is not None and row[k] > limit * (1 + 1e-12)
            if own or (total is not None and spent[k] > total * (1 + 1e-12)):
                first = k
        counts[first] += 1
    found = first_breach(costs, budgets[:months], total)
    assert [*found.chances, found.never] == [count / len(costs) for count in counts]
    assert sum(found.chances) + found.never == pytest.approx(1)


def test_a_plan_tells_the_risk_of_each_budget() -> None:
    """One workload, so its own risk is that of the month; the chance is that of the totals."""
    found = plan(
        """
        uncertainty: typical
        workloads:
          chat:
            demand: {requests: 1000/day}
            request: {input: 10k, output: 1k}
            routing: {mix: {openai/gpt-6-luna: 100%}}
        budget: {monthly: 50, per: {chat: 50}}
        """,
        draws=512,
    )
    risk = BudgetRisk(found)
    by_name = {one.what: one for one in risk.each}
    assert list(by_name) == [
        "2026-12", "2027-01", "2027-02",
        "chat in 2026-12", "chat in 2027-01", "chat in 2027-02", "the whole plan",
    ]  # fmt: skip
    assert by_name["2027-01"].chance == found.totals()[1].p_over
    assert by_name["chat in 2027-01"].overrun == by_name["2027-01"].overrun
    assert by_name["the whole plan"].chance == found.horizon.p_over
    assert by_name["the whole plan"].budget == 150
    # The level persists, so a plan that breaks a month of 31 days breaks the first.
    assert risk.first.chances[0] == by_name["2026-12"].chance
    assert risk.first.chances[1:] == (0, 0)


def test_a_plan_without_a_budget_has_no_breaches() -> None:
    found = plan(
        """
        workloads:
          chat:
            demand: {requests: 1000/day}
            request: {input: 10k, output: 1k}
            routing: {mix: {openai/gpt-6-luna: 100%}}
        """,
        draws=16,
    )
    assert breach_document(found) == {}


def test_the_page_and_the_document_say_the_same(cli: Cli) -> None:
    file = str(SCENARIOS / "volume-from-a-log.yaml")
    document = json.loads(cli("plan", file, "--format", "json").out)["breaches"]
    page = " ".join(cli("plan", file).out.split())
    first = document["first"]
    assert sum(first["chance"].values()) + first["never"] == pytest.approx(1)
    assert f"broken in {1 - first['never']:.0%} of simulated plans" in page
    assert f"plans: in 10% by {first['p10']}" in page
    whole = document["budgets"][-1]
    assert whole["what"] == "the whole plan"
    assert f"averaged over all of them, is ${Decimal(whole['expected_overrun']):,.2f}." in page
