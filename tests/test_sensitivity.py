"""What moves a plan: closed forms by hand, exact conditional expectations, shares of one whole."""

from __future__ import annotations

import json
import math
from decimal import Decimal

import pytest
from conftest import Cli
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import SCENARIOS, book, plan, scenario

from costplan.decisions.sensitivity import Effect, Sensitivity, sensitivity
from costplan.engine.distributions import Z90, Z95
from costplan.errors import UnknownNameError
from costplan.planning import compile_plan, project
from costplan.scenario import load_scenario

COUNTED = (
    "{demand: {requests: REQUESTS}, request: {input: 0, output: OUTPUT}, "
    "routing: {mix: {openai/gpt-6-luna: 100%}}}"
)
"""A workload that costs requests x output x rate, and nothing else."""


def workload(requests: str = "1000/day", output: str = "300") -> str:
    """`COUNTED` with its volume and size."""
    return COUNTED.replace("REQUESTS", requests).replace("OUTPUT", output)


def measured(text: str, **options: object) -> Sensitivity:
    """What moves the plan of a scenario's text."""
    return sensitivity(compile_plan(scenario(text), book()), **options)  # type: ignore[arg-type]


def shares(found: Sensitivity) -> dict[str, float]:
    """Share of the variance by name."""
    return {effect.name: effect.share or 0.0 for effect in found.effects}


def sigma(low: float, high: float) -> float:
    """Log deviation of the range `low to high`, its 5th to 95th percentile."""
    return math.log(high / low) / (2 * Z95)


def test_one_linear_range_is_all_of_the_variance() -> None:
    """Requests 800 to 1500: cost is the plain plan's times value over 1,000.

    P10 of a lognormal is its median x exp(-1.2816 sigma), P90 its median x exp(1.2816 sigma).
    """
    found = measured(f"uncertainty: none\nworkloads: {{a: {workload('800 to 1500/day')}}}")
    (effect,) = found.effects
    each = plan(f"uncertainty: none\nworkloads: {{a: {workload()}}}").horizon.expected / 1000
    for end, z in ((effect.low, -Z90), (effect.high, Z90)):
        value = math.sqrt(800 * 1500) * math.exp(z * sigma(800, 1500))
        assert float(end.value) == pytest.approx(value)
        assert float(end.expected) == pytest.approx(value * float(each))
    assert effect.name == "workloads.a.demand.requests"
    assert shares(found) == {effect.name: pytest.approx(1, abs=0.01)}
    mean = float(found.plan.horizon.expected)
    assert found.deviation == pytest.approx(
        mean * math.sqrt(math.expm1(sigma(800, 1500) ** 2)), rel=0.01
    )


def test_a_product_of_two_ranges_by_hand() -> None:
    """Requests x output tokens, lognormal both: u = e^(s^2) - 1 of each.

    Variance over mean squared is (1 + u)(1 + v) - 1 = u + v + uv: u and v alone, uv together.
    """
    text = workload("500 to 2000/day", "200 to 700")
    found = measured(f"uncertainty: none\nworkloads: {{a: {text}}}", draws=16384)
    u, v = (math.expm1(sigma(*ends) ** 2) for ends in ((500, 2000), (200, 700)))
    whole = u + v + u * v
    assert shares(found) == {
        "workloads.a.demand.requests": pytest.approx(u / whole, abs=0.02),
        "workloads.a.request.output": pytest.approx(v / whole, abs=0.02),
    }
    assert found.interactions == pytest.approx(u * v / whole, abs=0.03)


def test_levels_of_volume_by_hand() -> None:
    """Two workloads at 1 and 3 parts of the cost, no range: exact, as no draw takes part.

    With C = 0.18 / 0.45 x 0.3 = 0.12 in common and L = 0.3 of each: c = e^(C^2) - 1 and
    l = e^(L^2) - 1; the variance is (1 + c)(16 + l (1 + 9)) - 16.
    """
    found = measured(f"uncertainty: 0.3\nworkloads: {{a: {workload()}, b: {workload('3000/day')}}}")
    c, own = math.expm1(0.12**2), math.expm1(0.3**2)
    whole = (1 + c) * (16 + own * 10) - 16
    assert shares(found) == {
        "volume of all workloads": pytest.approx(16 * c / whole),
        "volume of a": pytest.approx(own / whole),
        "volume of b": pytest.approx(9 * own / whole),
    }
    assert found.interactions == pytest.approx(10 * c * own / whole)
    largest = found.effects[0]
    factor = math.exp(Z90 * 0.3 - 0.3**2 / 2)
    assert largest.name == "volume of b"
    total = float(found.plan.horizon.expected)
    assert float(largest.high.expected) == pytest.approx(total * (1 + 3 * factor) / 4)


RANGES = """
uncertainty: none
months: 7
assumptions: {growth: 2% to 9%}
workloads:
  a:
    demand: {requests: 900/day, growth: $growth/month}
    request: {input: 400, output: 90, turns: 3 to 6}
    failures: {escalate: 5% to 12%}
    routing:
      mix: {openai/gpt-6-luna: 60% to 80%, openai/gpt-6-sol: 10%, google/gemini-3.8-flash: rest}
  b:
    demand: {requests: 50/day, growth: $growth/month}
    request: {input: 150k to 260k, output: 700}
    routing: {mix: {google/gemini-3.1-pro-preview: 100%}}
"""

WRITTEN = {
    "$growth": ("assumptions.growth", "{:.15%}"),
    "workloads.a.request.turns": ("workloads.a.request.turns", "{:.15f}"),
    "workloads.a.failures.escalate": ("workloads.a.failures.escalate", "{:.15%}"),
    "workloads.a.routing.mix.openai/gpt-6-luna": (
        "workloads.a.routing.mix.openai/gpt-6-luna", "{:.15%}",
    ),
    "workloads.b.request.input": ("workloads.b.request.input", "{:.15f}"),
}  # fmt: skip
"""Where each range stands, and how a single value is written there."""


def test_an_end_is_the_plan_with_that_value_in_the_file() -> None:
    """Growth, a share within a mix, turns, and a size that crosses a long-context price."""
    found = measured(RANGES, draws=64)
    assert {effect.name for effect in found.effects} == set(WRITTEN)
    for effect in found.effects:
        path, form = WRITTEN[effect.name]
        for end in (effect.low, effect.high):
            setting = (path, form.format(end.value))
            alone = project(scenario(RANGES).apply(settings=[setting]), book(), draws=1)
            assert float(end.expected) == pytest.approx(float(alone.horizon.expected), rel=1e-9)


@settings(max_examples=5)
@given(
    st.floats(1.05, 6),
    st.floats(1.05, 6),
    st.sampled_from(["none", "typical", "0.9"]),
    st.sampled_from([1, 512]),
)
def test_shares_add_up_to_one(first: float, second: float, uncertainty: str, draws: int) -> None:
    """Whatever the ranges and however few the draws: each share, and what they make together."""
    a = workload(f"100 to {100 * first:.2f}/day", f"50 to {50 * second:.2f}")
    found = measured(f"uncertainty: {uncertainty}\nworkloads: {{a: {a}}}", draws=draws)
    assert sum(shares(found).values()) + (found.interactions or 0) == pytest.approx(1)
    assert min(*shares(found).values(), found.interactions or 0) >= 0
    assert list(found.effects) == sorted(found.effects, key=lambda e: (-e.swing, e.name))


@pytest.mark.parametrize("name", ["support-assistant", "coding-agent", "nightly-batch"])
def test_the_variance_is_that_of_the_draws(name: str) -> None:
    """The closed form of the levels is how the simulation uses them; draws differ by chance."""
    found = sensitivity(compile_plan(load_scenario(SCENARIOS / f"{name}.yaml"), book()))
    drawn = float(found.plan.samples.sum(axis=(1, 2)).std())
    assert found.deviation == pytest.approx(drawn, rel=0.1, abs=1e-6)


def test_parts_are_those_of_the_total() -> None:
    """By workload, every end adds up to its total."""
    found = measured(RANGES.replace("none", "typical", 1), draws=64, by="workload")
    for effect in found.effects:
        for end in (effect.low, effect.high):
            assert float(sum(end.by.values())) == pytest.approx(float(end.expected))
    (of_a,) = (effect for effect in found.effects if effect.name == "volume of a")
    unmoved = pytest.approx(float(dict(found.plan.by("workload"))["b"]))
    assert [float(end.by["b"]) for end in (of_a.low, of_a.high)] == [unmoved, unmoved]


def test_the_ledger_alone_is_that_of_the_whole_plan() -> None:
    """What is asked many times over gives the same sums as the projection, pinned or not."""
    compiled = compile_plan(load_scenario(SCENARIOS / "six-workloads.yaml"), book())
    for pins in ({}, {"$conversations": 9_000.0}):
        whole = compiled.project(draws=1, pins=pins, listed=True)
        months = range(len(whole.months))
        assert compiled.ledger(pins).expected(whole.workloads, months) == whole.horizon.expected
    with pytest.raises(UnknownNameError):
        compiled.ledger({"$conversation": 1.0})


def test_nothing_uncertain_is_said(cli: Cli) -> None:
    """A plan of plain numbers has no tornado."""
    ran = cli("sensitivity", "fast-tier.yaml")
    assert ran.code == 0
    assert "Nothing in this plan is uncertain" in ran.out


def test_the_command_prints_a_tornado(cli: Cli) -> None:
    """The widest bar first; its unknown is named in a sentence."""
    ran = cli("sensitivity", "support-assistant.yaml", "--by", "workload", "--draws", "256")
    rows = [line for line in ran.out.splitlines() if "█" in line]
    widths = [row.count("█") for row in rows]
    assert widths == sorted(widths, reverse=True)
    assert rows[0].startswith("volume of call-summaries")
    assert "Most depends on the volume of call-summaries" in ran.out
    assert "By P10" not in ran.err


def test_the_document_and_the_rows(cli: Cli) -> None:
    """The same effects; money as strings, shares that add up."""
    options = ("sensitivity", "support-assistant.yaml", "--draws", "256", "--months", "3")
    document = json.loads(cli(*options, "--format", "json", "--by", "model").out)
    assert document["months"] == ["2026-12", "2027-01", "2027-02"]
    effects = document["effects"]
    whole = sum(effect["share_of_variance"] for effect in effects) + document["interactions"]
    assert whole == pytest.approx(1)
    for effect in effects:
        low, high = (Decimal(effect[end]["expected"]) for end in ("p10", "p90"))
        assert Decimal(effect["swing"]) == abs(high - low)
        parts = sum(Decimal(row["expected"]) for row in effect["p90"]["by_model"])
        assert float(parts) == pytest.approx(float(high))
    rows = cli(*options, "--format", "csv").out.splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [e["name"] for e in effects] + [
        "interactions"
    ]


def test_a_swing_has_no_sign() -> None:
    """A higher hit rate costs less: its total falls from P10 to P90."""
    made = load_scenario(SCENARIOS / "coding-agent.yaml")
    found = sensitivity(compile_plan(made, book()), draws=64)
    (cached,) = (effect for effect in found.effects if effect.name == "$cached")
    assert isinstance(cached, Effect)
    assert cached.low.expected - cached.high.expected == cached.swing > 0
