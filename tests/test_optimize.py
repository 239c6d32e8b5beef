"""The cheapest mix of a workload of a scenario, held against plans of every other mix."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli
from plans import SCENARIOS, book, plan, scenario

from costplan.decisions.optimize import Optimum, optimize
from costplan.errors import UnknownNameError, UsageError
from costplan.periods import Month
from costplan.planning import project
from costplan.prices import with_own
from costplan.scenario import load_scenario
from costplan.scenario.optimizing import Bounds, Wishes, parse_bounds

pytest.importorskip("highspy", reason="the extra 'optimize' is not installed")

MODELS = ("openai/gpt-6-luna", "anthropic/claude-haiku-5-5", "anthropic/claude-sonnet-5-5")
TICKETS = """
uncertainty: none
quality:
  tickets:
    openai/gpt-6-luna: 84%
    anthropic/claude-haiku-5-5: 88%
    anthropic/claude-sonnet-5-5: 93%
workloads:
  tickets:
    task: tickets
    demand: {requests: 60k/month}
    request: {system: {tokens: 5k, cache: 5m}, input: 600, output: 250}
    routing: {mix: {openai/gpt-6-luna: 100%}}
"""


def found(wishes: Wishes, text: str = TICKETS) -> Optimum:
    """The cheapest mix of the workload `tickets`."""
    return optimize(
        scenario(text),
        "tickets",
        wishes,
        lambda each, volume: project(each, book(), draws=1, volume=volume),
    )


def cost_of(shares: tuple[int, ...]) -> Decimal:
    """What a plan with these percentages costs."""
    mix = ", ".join(
        f"{model}: {share}%" for model, share in zip(MODELS, shares, strict=True) if share
    )
    return plan(TICKETS.replace("openai/gpt-6-luna: 100%", mix), draws=1).horizon.expected


def test_no_other_mix_is_cheaper() -> None:
    """All mixes in steps of 10 % that keep the rules, each planned: caches thin in all of them."""
    rules = Wishes(
        among=MODELS, quality=Decimal("0.88"), shares={"anthropic": Bounds(at_most=Decimal("0.8"))}
    )
    tenths = (
        shares for shares in itertools.product(range(0, 101, 10), repeat=3) if sum(shares) == 100
    )
    allowed = {
        shares: cost_of(shares)
        for shares in tenths
        if shares[1] + shares[2] <= 80 and 84 * shares[0] + 88 * shares[1] + 93 * shares[2] >= 8800
    }
    best = found(rules)
    assert best.best.horizon.expected <= min(allowed.values())
    # The program followed the cost of a share in twenty straight pieces; the plan does not.
    told = sum(phase.mix.cost for phase in best.phases)
    assert told == pytest.approx(float(best.best.horizon.expected), rel=0.01)
    assert best.quality_now == pytest.approx(0.84)
    assert best.saving == best.now.horizon.expected - best.best.horizon.expected


def test_without_rules_it_is_the_cheapest_model() -> None:
    best = found(Wishes(among=MODELS))
    alone = min(cost_of(shares) for shares in ((100, 0, 0), (0, 100, 0), (0, 0, 100)))
    assert best.best.horizon.expected == alone
    assert all(not phase.mix.binding for phase in best.phases)


def test_a_model_is_not_chosen_after_it_retires() -> None:
    """Claude 3 Haiku is the cheaper of the two; from the month it retires in, the other answers."""
    old, new = "anthropic/claude-3-haiku", "anthropic/claude-haiku-4-5"
    start = Month(2026, 1)
    ((_, model),) = book().meanings(old, start.range)
    assert model.retirement is not None
    last = Month.of(model.retirement)
    text = f"""
    start: {last + -2}
    months: 4
    uncertainty: none
    workloads:
      tickets:
        demand: {{requests: 100/day}}
        request: {{input: 500, output: 100}}
        routing: {{mix: {{{new}: 100%}}}}
    """
    best = found(Wishes(among=(old, new)), text)
    chosen = {month: set(phase.mix.shares) for phase in best.phases for month in phase.months}
    assert chosen == {last + -2: {old}, last + -1: {old}, last: {new}, last + 1: {new}}


def test_the_mix_changes_with_the_exchange_rate(tmp_path: Path) -> None:
    """1.2 euros a million tokens are 0.60 dollars, then 3.60: first cheaper than 1, then dearer."""
    head = (
        "{title: Ours, added: 2026.12.01, source: ours, provider: PROVIDER, currency: CURRENCY,"
        " sources: {ours: {title: Ours, observed: 2026-11-20, licence: ours}}, models: {one:"
        " {prices: {standard: [{from: 2026-12-01, rates: {input: RATE, output: RATE}}]}}}}"
    )
    for provider, currency, rate in (("here", "USD", "1"), ("there", "EUR", "1.2")):
        words = (("PROVIDER", provider), ("CURRENCY", currency), ("RATE", rate))
        text = head
        for word, meant in words:
            text = text.replace(word, meant)
        (tmp_path / f"{provider}.yaml").write_text(text, encoding="utf-8")
    best = optimize(
        scenario("""
            uncertainty: none
            exchange: {EUR: [{from: 2026-12-01, rate: 0.5}, {from: 2027-02-01, rate: 3}]}
            workloads:
              tickets:
                demand: {requests: 1k/month}
                request: {input: 900, output: 100}
                routing: {mix: {here/one: 50%, there/one: 50%}}
            """),
        "tickets",
        Wishes(),
        lambda each, volume: project(each, with_own(book(), tmp_path), draws=1, volume=volume),
    )
    chosen = [(str(phase.months[0]), set(phase.mix.shares)) for phase in best.phases]
    assert chosen == [("2026-12", {"there/one"}), ("2027-02", {"here/one"})]


def test_what_cannot_be_chosen_is_told() -> None:
    best = found(Wishes(among=(*MODELS, "openai/gpt-6-sol"), quality=Decimal("0.8")))
    assert best.left_out == {"openai/gpt-6-sol": "quality has no score of it for tickets"}


def test_residency() -> None:
    text = TICKETS + "residency: {europe: [anthropic]}\n"
    best = found(Wishes(among=MODELS, residency="europe"), text)
    assert set(best.left_out) == {"openai/gpt-6-luna"}
    with pytest.raises(UnknownNameError, match="did you mean 'europe'"):
        found(Wishes(among=MODELS, residency="europa"), text)


def test_rules_that_cannot_be_kept() -> None:
    with pytest.raises(UsageError, match=r"no mix keeps .* without 'quality at least 94\.0%'"):
        found(Wishes(among=MODELS, quality=Decimal("0.94")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at most 60%", Bounds(at_most=Decimal("0.6"))),
        ("at least 0.2", Bounds(at_least=Decimal("0.2"))),
        ("10% to 40%", Bounds(Decimal("0.1"), Decimal("0.4"))),
    ],
)
def test_bounds(text: str, expected: Bounds) -> None:
    assert parse_bounds(text) == expected


@pytest.mark.parametrize("text", ["60%", "at most 160%", "at most 10% to 20%", "most 5%", ""])
def test_bounds_that_mean_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_bounds(text)


def test_the_command(cli: Cli, tmp_path: Path) -> None:
    """The example, as JSON and as the mix in YAML that gives the very same plan."""
    out = cli("optimize", "cheapest-mix.yaml", "--draws", "1", "--format", "json").out
    (document,) = json.loads(out)
    assert document["phases"][0]["quality"] == pytest.approx(0.88)
    text = cli("optimize", "cheapest-mix.yaml", "--draws", "1").out
    mix = " ".join(text.partition("In the scenario: ")[2].split()).removeprefix("mix: ")
    example = load_scenario(SCENARIOS / "cheapest-mix.yaml")
    kept = example.apply(settings=[("workloads.tickets.routing.mix", mix)])
    again = project(kept, book(), draws=1).horizon.expected
    assert again == pytest.approx(Decimal(document["best"]["expected"]), abs=Decimal("1e-8"))


def test_a_rule_on_the_command_line(cli: Cli) -> None:
    arguments = ("optimize", "cheapest-mix.yaml", "--draws", "1", "--format", "json")
    (one,) = json.loads(cli(*arguments, "--models", "1", "--share", "anthropic=at least 0%").out)
    assert len(one["phases"][0]["mix"]) == 1
    wrong = cli(*arguments, "--share", "anthropic")
    assert wrong.code == 2
    assert "expected NAME=BOUNDS" in wrong.err


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--share", "anthropi=at most 60%"], 2, "no provider 'anthropi'; did you mean"),
        (["--share", "openai/gpt-6-lun=at most 60%"], 3, "did you mean 'openai/gpt-6-luna'"),
        (["--among", "openai/gpt-6-lunar"], 3, "did you mean 'openai/gpt-6-luna'"),
        (["--set", "residency.europe=[antropic]"], 2, "did you mean 'anthropic'"),
        (["--quality", "99%"], 2, "tickets, 2026-12 to 2026-12, in USD: no mix keeps"),
    ],
)
def test_a_rule_about_nobody_is_no_rule(
    options: list[str], code: int, message: str, cli: Cli
) -> None:
    """A name that a rule misspells is told; it would bind nothing."""
    ran = cli("optimize", "cheapest-mix.yaml", "--draws", "16", *options)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err


def test_fewer_models_to_choose_from_need_no_other_timing(cli: Cli) -> None:
    """Seconds are stated for four models; two of them may be chosen."""
    models = "openai/gpt-6-luna,anthropic/claude-haiku-5-5"
    ran = cli(
        "optimize", "cheapest-mix.yaml", "--among", models, "--quality", "85%", "--format", "json"
    )
    assert ran.code == 0
    (found,) = json.loads(ran.out)
    assert {share["model"] for each in found["phases"] for share in each["mix"]} <= {
        *models.split(",")
    }


LIMITED = (
    TICKETS
    + """
limits: {anthropic: {requests_per_day: 800}}
"""
)


def test_a_rate_limit_is_a_share_at_most() -> None:
    """60,000 tickets a month are at most 60,000 / 28 = 2,142.9 a day, of which 800 is 37.33 %."""
    rules = Wishes(among=MODELS, quality=Decimal("0.86"))
    free, limited = found(rules), found(rules, LIMITED)
    (phase,) = [phase for phase in limited.phases if Month(2027, 2) in phase.months]
    anthropic = sum(share for model, share in phase.mix.shares.items() if "anthropic" in model)
    assert anthropic <= 800 / (60_000 / 28) + 1e-9
    assert limited.best.horizon.expected >= free.best.horizon.expected
    assert "rate limits" in phase.mix.binding


def test_other_workloads_take_their_part_of_a_rate_limit() -> None:
    """500 requests a day of another workload leave 300."""
    others = """
  other:
    demand: {requests: 500/day}
    request: {input: 10, output: 10}
    routing: {mix: {anthropic/claude-haiku-5-5: 100%}}
"""
    best = found(
        Wishes(among=MODELS, quality=Decimal("0.84")),
        LIMITED.replace("\nlimits", others + "\nlimits"),
    )
    (phase,) = [phase for phase in best.phases if Month(2027, 2) in phase.months]
    taken = max(c.loads.get("anthropic requests_per_day", 0) for c in phase.candidates)
    assert taken == pytest.approx(60_000 / 28 / 300)


def test_a_budget_that_no_mix_keeps() -> None:
    cheapest = found(Wishes(among=MODELS)).best.horizon.expected
    assert found(Wishes(among=MODELS, budget=cheapest)).best.horizon.expected == cheapest
    with pytest.raises(UsageError, match="loosen a rule or the budget"):
        found(Wishes(among=MODELS, budget=cheapest - 1))


def test_months_without_demand_have_no_mix_of_their_own() -> None:
    """Before a launch any mix is as good: one phase, and the costs told are those of its months."""
    text = TICKETS.replace("60k/month", "60k/month, launch: 2027-02-01")
    optimum = found(Wishes(among=MODELS), text)
    (phase,) = optimum.phases
    assert phase.months == (Month(2026, 12), Month(2027, 1), Month(2027, 2))
    assert all(candidate.costs[-1] > 0 for candidate in phase.candidates)
    assert float(optimum.best.horizon.expected) == pytest.approx(phase.mix.cost)
