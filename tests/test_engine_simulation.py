"""Draws against the exact expectation, against plain arithmetic, and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import SCENARIOS, book, scenario

from costplan.engine.dice import COMMON, places, throw
from costplan.engine.model import product
from costplan.engine.simulation import mean_one_shock
from costplan.errors import UnknownNameError
from costplan.planning import CompiledPlan, compile_plan
from costplan.scenario import load_scenario

EXAMPLES = sorted(path.name for path in SCENARIOS.glob("*.yaml"))
SCRAMBLINGS = 32

CHAT = """
    assumptions: {growth: 2% to 6%, length: 100 to 300}
    workloads:
      chat:
        demand: {requests: 1k to 3k/day, growth: $growth/month}
        request: {input: 400, output: $length}
        routing: {mix: {openai/gpt-6-luna: 70%, anthropic/claude-haiku-5-5: 30%}}
      mail:
        demand: {requests: 200/day}
        request: {input: 900, output: 120}
        routing: {mix: {openai/gpt-6-luna: 100%}}
"""


def compiled(text: str) -> CompiledPlan:
    return compile_plan(scenario(text), book())


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_mean_of_the_draws_is_the_expected_value(name: str) -> None:
    """Within three standard errors, these over independent scramblings: the draws are unbiased.

    What contracts bill by steps has no exact expectation: there, the mean of many more draws.
    """
    plan = compile_plan(load_scenario(SCENARIOS / name), book())
    means = np.array(
        [
            plan.project(draws=512, seed=seed).draws_by_month.sum(axis=1).mean()
            for seed in range(SCRAMBLINGS)
        ]
    )
    exact = plan.project(draws=1)
    if exact.billing is not None and exact.billing.is_mean:
        exact = plan.project(draws=2**15, seed=SCRAMBLINGS)
    expected = float(exact.horizon.expected)
    error = means.std(ddof=1) / np.sqrt(SCRAMBLINGS)
    assert abs(means.mean() - expected) <= 3 * error + 1e-12 * expected


def test_cells_add_up_to_workloads_and_workloads_to_the_whole() -> None:
    found = compiled(CHAT).project(draws=64)
    simulated = found.simulated
    both = simulated.of(["chat"]) + simulated.of(["mail"])
    np.testing.assert_allclose(both, simulated.of(["chat", "mail"]), rtol=1e-12)
    np.testing.assert_allclose(found.samples.sum(axis=1), found.draws_by_month, rtol=1e-12)
    luna = simulated.cost(lambda _, cell: cell.share[0].base == 0.7)  # type: ignore[attr-defined]
    haiku = simulated.cost(lambda _, cell: cell.share[0].base == 0.3)  # type: ignore[attr-defined]
    np.testing.assert_allclose(luna + haiku, simulated.of(["chat"]), rtol=1e-12)


def test_a_draw_is_plain_arithmetic() -> None:
    """Each draw of a month is demand x growth x shock x (input and output at their rates)."""
    plan = compiled(CHAT)
    found = plan.project(draws=32)
    simulated = found.simulated
    values, shock = simulated.values, simulated.shocks["chat"]  # type: ignore[attr-defined]
    cells = {cell.share[0].base: cell for cell in plan.streams[0].stream.cells}
    for k, month in enumerate(found.months):
        growth = (1 + values["$growth"]) ** k
        volume = values["workloads.chat.demand.requests"] * month.days * growth * shock
        cost = sum(
            share * (400 * cell.rates[0]["input"] + values["$length"] * cell.rates[0]["output"])
            for share, cell in cells.items()
            if cell.weight[k]
        )
        np.testing.assert_allclose(simulated.of(["chat"])[:, k], volume * cost, rtol=1e-12)


def test_a_what_if_moves_because_of_the_lever_and_not_the_dice() -> None:
    """What is pinned moves what hangs on it; the draws of all else stay to the bit."""
    plan = compiled(CHAT)
    before = plan.project(draws=256)
    after = plan.project(draws=256, pins={"$length": 150.0})
    assert before.simulated.of(["mail"]).tobytes() == after.simulated.of(["mail"]).tobytes()
    assert (before.simulated.of(["chat"]) != after.simulated.of(["chat"])).all()


def test_another_workload_hardly_moves_the_draws_of_the_rest() -> None:
    """The reflection follows what the plan leans on; a small workload changes little of it."""
    more = (
        CHAT
        + """
      extra:
        demand: {requests: 5 to 9/day}
        request: {input: 1, output: 1}
        routing: {mix: {openai/gpt-6-luna: 100%}}
    """
    )
    one, two = compiled(CHAT).project(draws=256), compiled(more).project(draws=256)
    for name in ("chat", "mail"):
        before, after = (found.simulated.of([name])[:, 0] for found in (one, two))
        assert np.corrcoef(before, after)[0, 1] > 0.999


def test_thrown_numbers_are_independent_and_standard_normal() -> None:
    """A reflection leaves them so, whatever the slope."""
    names = [COMMON, "a", "b", "c"]
    steep = {COMMON: 0.2, "a": 3.0, "b": -1.0, "c": 0.0}
    for slope in ({}, steep):
        thrown = throw(names, draws=65_536, seed=3, slope=slope)
        table = np.stack([thrown[name] for name in names])
        np.testing.assert_allclose(table.mean(axis=1), 0, atol=1e-4)
        np.testing.assert_allclose(np.cov(table), np.eye(4), atol=2e-3)
    first = throw(names, draws=65_536, seed=3, slope={})[COMMON]
    along = sum(part * thrown[name] for name, part in steep.items()) / np.hypot(0.2, np.hypot(3, 1))
    np.testing.assert_allclose(along, first, atol=1e-12)


def test_shocks_have_mean_one_and_persist() -> None:
    """A level holds for all months: their sum is as wide as each of them."""
    found = compiled(CHAT).project(draws=4096)
    mail = found.simulated.of(["mail"])
    ratio = mail / mail.mean(axis=0)
    np.testing.assert_allclose(ratio, ratio[:, :1] * np.ones(ratio.shape[1]), rtol=1e-12)
    shock = mean_one_shock(throw([COMMON], draws=4096, seed=0, slope={})[COMMON], 0.45)
    assert np.mean(shock) == pytest.approx(1, abs=2e-3)
    assert np.log(shock).std() == pytest.approx(0.45, abs=2e-3)


def test_an_unknown_keeps_its_place() -> None:
    """Of 40 names, taking any one away moves few of the others; the common level is the first."""
    names = [f"unknown {k}" for k in range(40)]
    whole = places([COMMON, *names])
    assert whole[COMMON] == 0
    assert len(set(whole.values())) == 41
    for gone in names:
        rest = places([COMMON, *(name for name in names if name != gone)])
        assert sum(rest[name] != whole[name] for name in rest) <= 3


def test_a_pinned_unknown_is_a_number() -> None:
    """Pinned to 200, a length of 100 to 300 gives the plan that states 200."""
    pinned = compiled(CHAT).project(draws=4096, pins={"$length": 200.0})
    stated = compiled(CHAT.replace("100 to 300", "200")).project(draws=4096)
    assert float(pinned.horizon.expected) == pytest.approx(
        float(stated.horizon.expected), rel=1e-14
    )
    assert float(pinned.horizon.p90) == pytest.approx(float(stated.horizon.p90), rel=0.01)


def test_a_pin_that_fits_nothing() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean '\$length'"):
        compiled(CHAT).project(pins={"$lenght": 200.0})


def test_what_is_remembered_changes_nothing() -> None:
    """A plan evaluated after other what-ifs is the one that a fresh compilation gives."""
    plan = compiled(CHAT)
    for growth in (0.0, 0.05, 0.1):
        plan.project(draws=64, pins={"$growth": growth})
    again, fresh = plan.project(draws=64), compiled(CHAT).project(draws=64)
    assert again.line_items == fresh.line_items
    assert again.draws_by_month.tobytes() == fresh.draws_by_month.tobytes()


@pytest.mark.parametrize(
    "mix",
    [
        "openai/gpt-6-luna: 30% to 60%, anthropic/claude-haiku-5-5: rest",
        "openai/gpt-6-luna: 10% to 30%, openai/gpt-6-sol: 45%, anthropic/claude-haiku-5-5: rest",
        "openai/gpt-6-luna: 0.1% to 44%, openai/gpt-6-sol: 55%, anthropic/claude-haiku-5-5: rest",
    ],
)
def test_shares_sum_to_one_in_every_draw(mix: str) -> None:
    """However a share is drawn, the rest takes what is left, and no share is negative."""
    text = CHAT.replace("openai/gpt-6-luna: 70%, anthropic/claude-haiku-5-5: 30%", mix)
    plan = compiled("    months: 1\n" + text)
    values = plan.project(draws=4096).simulated.values  # type: ignore[attr-defined]
    chat = plan.streams[0].stream
    shares = [np.broadcast_to(product(cell.share, values), 4096) for cell in chat.cells]
    np.testing.assert_allclose(sum(shares), 1, rtol=1e-12)
    assert min(share.min() for share in shares) >= 0


@settings(max_examples=25, deadline=None)
@given(st.floats(10, 5000), st.floats(1.05, 4))
def test_a_range_of_the_same_mean_on_a_linear_input_does_not_move_the_expected_cost(
    low: float, ratio: float
) -> None:
    """An output of `a to b` costs on average what its mean costs, shocks or none."""
    ranged = compiled(CHAT.replace("100 to 300", f"{low:.6f} to {low * ratio:.6f}"))
    mean = ranged.unknowns["$length"].mean
    for uncertainty in ("typical", "none"):
        text = f"    uncertainty: {uncertainty}\n" + CHAT.replace("100 to 300", f"{mean!r}")
        stated = compiled(text).project(draws=1).horizon.expected
        found = ranged.project(draws=1).horizon.expected
        assert float(found) == pytest.approx(float(stated), rel=1e-12)
