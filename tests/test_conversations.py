"""Conversations and agents as a scenario tells them: what a plan makes of turns, steps and gaps."""

from __future__ import annotations

from collections import defaultdict
from math import erf, exp, log, sqrt
from pathlib import Path
from textwrap import indent

import numpy as np
import pytest
from literal_chat import Chat
from plans import SCENARIOS, book, plan, scenario

from costplan.engine.projection import Projection
from costplan.errors import ScenarioError
from costplan.planning import project
from costplan.scenario import load_scenario

SONNET = "anthropic/claude-sonnet-5-5"


def one(request: str, *, model: str = SONNET, **options: object) -> Projection:
    """The plan of a single conversation, with this request."""
    text = f"""\
months: 1
uncertainty: none
workloads:
  chat:
    demand: {{requests: 1 once}}
    request:
{indent(request.strip(), "      ")}
    routing: {{mix: {{{model}: 100%}}}}
"""
    return plan(text, **{"draws": 64, **options})


def used(found: Projection, workload: str | None = None) -> dict[str, float]:
    """Quantities by meter, of all workloads or one."""
    sums: dict[str, float] = defaultdict(float)
    for item in found.line_items:
        if workload in {None, item.workload}:
            sums[item.meter] += item.quantity
    return dict(sums)


def test_ten_turns_without_a_cache_grow_quadratically() -> None:
    """100 in and 50 out ten times: 100 x 55 + 50 x 45 = 7,750 in; twenty turns are four times."""
    ten = used(one("input: 100\noutput: 50\nturns: 10"))
    assert ten == pytest.approx({"input": 7_750, "output": 500})
    literal = Chat(new=100, out=50, turns=10).usage()
    assert ten["input"] == literal[0, "input"]
    twenty = used(one("input: 100\noutput: 50\nturns: 20"))["input"]
    assert twenty == 100 * 210 + 50 * 190
    assert 3.9 < twenty / ten["input"] < 4.1


LITERAL = [
    (
        ("system: 2000\ninput: 40\noutput: 30\nturns: 4\nsteps: 3\nfan_out: 2\ntool_calls: 5\n"
        "tool_results: 25\nreasoning: 12\nreasoning_kept: true\ncache: 5m\n"
        "prefixes: per conversation"),
        Chat(
            shared=2000, new=40, out=30, turns=4, steps=3, fan_out=2, call=5, result=25,
            reasoning=12, kept=True, cache_prefix=True, cache_history=True,
        ),
    ),
    (
        ("system: {tokens: 2000, cache: 1h, hits: 0%}\ninput: 40\noutput: 30\nturns: 5\n"
        "history: {turns: 2}"),
        Chat(shared=0, prefix=2000, new=40, out=30, turns=5, last_turns=2),
    ),
    (
        "system: 100\ninput: 40\noutput: 30\nturns: 9\nhistory: {window: 120}",
        Chat(prefix=100, new=40, out=30, turns=9, window=120),
    ),
    (
        ("system: 100\ninput: 40\noutput: 30\nturns: 9\n"
        "history: {summarise: {above: 400, to: 20}}"),
        Chat(prefix=100, new=40, out=30, turns=9, above=400, summary=20),
    ),
    # 500 tokens of system prompt are too few for Sonnet 5.5 to cache; later prompts are long enough
    (
        "system: 500\ninput: 300\noutput: 200\nturns: 5\ncache: 5m",
        Chat(prefix=500, new=300, out=200, turns=5, cache_history=True, minimum=1024),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "chat"), LITERAL)
def test_a_plan_counts_as_the_literal_conversation(request_: str, chat: Chat) -> None:
    """Each key of a request means what the conversation told token by token means."""
    assert book().model(SONNET).cache_minimum in {512, 1024}
    if chat.minimum:
        chat.minimum = book().model(SONNET).cache_minimum or 0
    expected: dict[str, float] = defaultdict(float)
    for (_, meter), amount in chat.usage().items():
        expected[meter] += amount
    found = used(one(request_))
    if "hits: 0%" in request_:  # what is never found is written each time
        assert found.pop("cache_write_1h") == 2000 * 5
        expected["input"] -= 2000 * 5
    written = found.pop("cache_write_5m", 0.0)
    assert written == pytest.approx(
        expected.pop("cache_write_5m", 0.0) + expected.pop("cache_write_1h", 0.0)
    )
    assert found == pytest.approx(expected)


def test_turns_that_differ_between_conversations() -> None:
    """The mean of N(N+1)/2 counts, not that of the mean: (1 + 1 + 10) / 3 = 4, at 2 turns 3."""
    folder = SCENARIOS
    assert folder.exists()
    found = used(one("input: 100\noutput: 0\nturns: {mean: 6, p90: 12}"))["input"] / 100
    # ln 12 = mu + 1.2816 s and E[max(1, x)] = 6: the literal mean over a fine grid of chances.
    from costplan.engine.turns import spread_turns

    parts = spread_turns(6, 12)
    assert sum(parts) == pytest.approx(6, abs=1e-8)
    assert parts[0] == 1
    assert found == pytest.approx(sum(t * part for t, part in enumerate(parts, 1)), rel=1e-9)
    assert found > 6 * 7 / 2 * 1.5


def test_observed_turns(tmp_path: Path) -> None:
    """Conversations of 1, 1 and 4 turns: 2 on average, and inputs sent 4 times on average."""
    (tmp_path / "turns.jsonl").write_text('{"turns": 1}\n{"turns": 1}\n{"turns": 4}\n')
    (tmp_path / "plan.yaml").write_text(f"""\
name: Observed
start: 2026-12
months: 1
uncertainty: none
workloads:
  chat:
    demand: {{requests: 3 once}}
    request: {{input: 100, output: 10, turns: {{sample: turns.jsonl, field: turns}}}}
    routing: {{mix: {{{SONNET}: 100%}}}}
""")
    found = project(load_scenario(tmp_path / "plan.yaml"), book(), draws=8)
    # 3 x (4 x 100 + 2 x 10): outputs are sent again 0, 0 and 6 times.
    assert used(found) == pytest.approx({"input": 1260, "output": 60})
    assert sum(volume.calls for volume in found.volumes) == pytest.approx(6)


def test_a_spread_of_turns_keeps_its_p90_and_its_mean() -> None:
    """Nine of ten conversations have at most 12 turns, drawn from the same shape one by one."""
    from costplan.engine.turns import spread_turns

    parts = np.array(spread_turns(6, 12))
    # P(more than 12 turns) lies between the parts of turns 13 and 12, being rounded at random.
    assert parts[12] < 0.1 < parts[11]
    draws = np.random.default_rng(1).lognormal(*_shape(6, 12), 1_000_000)
    many = np.maximum(draws, 1)
    assert many.mean() == pytest.approx(6, rel=0.005)
    assert np.quantile(many, 0.9) == pytest.approx(12, rel=0.005)


def _shape(mean: float, p90: float) -> tuple[float, float]:
    """Mu and sigma by plain search."""
    best = min(
        np.linspace(0.3, 1.28, 1961),
        key=lambda s: abs(_mean(log(p90) - 1.2815515655 * s, float(s)) - mean),
    )
    return log(p90) - 1.2815515655 * float(best), float(best)


def _mean(mu: float, s: float) -> float:
    """E[max(1, x)] of a lognormal, from Phi(-mu/s) + exp(mu + s^2/2) Phi(mu/s + s)."""
    return _phi(-mu / s) + exp(mu + s * s / 2) * _phi(mu / s + s)


def _phi(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2


def test_gaps_decide_how_often_the_cache_is_found() -> None:
    """Gaps of 4 minutes on average, 90 % under 8: sigma 0.776, so 75.5 % come within 5 minutes.

    sigma = z - sqrt(z^2 - 2 ln 2) = 0.7754; P = Phi((ln(300/240) + sigma^2/2) / sigma).
    Of two turns after 3,000 tokens of prompt, the second reads what the first sent (3,100).
    """
    z = 1.2815515655446004
    sigma = z - sqrt(z * z - 2 * log(2))
    chance = _phi((log(300 / 240) + sigma**2 / 2) / sigma)
    found = used(
        one(
            "system: 3000\ninput: 100\noutput: 50\nturns: 2\ncache: 5m\n"
            "gap: {mean: 4 min, p90: 8 min}\nprefixes: per conversation"
        )
    )
    assert found["cache_read"] == pytest.approx(chance * 3100, rel=1e-9)
    assert found["cache_write_5m"] == pytest.approx(3100 + 3250 - chance * 3100, rel=1e-9)
    hour = used(one(
        "system: 3000\ninput: 100\noutput: 50\nturns: 2\ncache: 1h\ngap: 4 min\n"
        "prefixes: per conversation"
    ))  # fmt: skip
    assert hour["cache_read"] == 3100


def test_stated_hits_of_later_turns() -> None:
    """80 % of later turns find what was sent: 0.8 x 3,100 read."""
    found = used(one(
        "system: 3000\ninput: 100\noutput: 50\nturns: 2\nprefixes: per conversation\n"
        "cache: {lifetime: 5m, hits: 80%}"
    ))  # fmt: skip
    assert found["cache_read"] == pytest.approx(0.8 * 3100)


def test_a_prompt_kept_longer_than_the_conversation() -> None:
    """After 20 minutes the conversation (5m) is written again, the prompt (1h) is read."""
    found = used(one(
        "system: {tokens: 3000, cache: 1h}\ninput: 100\noutput: 50\nturns: 2\ngap: 20 min\n"
        "cache: 5m\nprefixes: per conversation"
    ))  # fmt: skip
    assert found == pytest.approx(
        {"cache_write_1h": 3000, "cache_read": 3000, "cache_write_5m": 100 + 250, "output": 100}
    )


def test_many_prefixes_thin_the_cache() -> None:
    """720 conversations a day come every 2 minutes; of 200 prompts each comes every 400 minutes.

    The chance that one came in the hour before is 1 - exp(-30) and 1 - exp(-60 x 720 / 1440 / 200).
    """
    text = """
    months: 1
    uncertainty: none
    workloads:
      chat:
        demand: {{requests: 720/day}}
        request: {{system: {{tokens: 3000, cache: 1h}}, prefixes: {}, input: 10, output: 10}}
        routing: {{mix: {{anthropic/claude-sonnet-5-5: 100%}}}}
    """
    for prefixes, rate in ((1, 30.0), (200, 30.0 / 200)):
        found = used(plan(text.format(prefixes), draws=8))
        share = found.get("cache_read", 0.0) / (3000 * 720 * 31)
        assert share == pytest.approx(1 - exp(-rate), rel=1e-9)
    each = text.format("per user").replace("720/day", "3 per user per day, users: 240")
    share = used(plan(each, draws=8))["cache_read"] / (3000 * 720 * 31)
    assert share == pytest.approx(1 - exp(-30.0 / 240), rel=1e-9)


AGENTS = """
months: 1
uncertainty: none
workloads:
  boss:
    demand: {requests: 10 once}
    request:
      input: 500
      output: 200
      turns: 2
      steps: 2
      tool_results: 0
      agents:
        - {count: 3, result: 70, request: {input: 300, output: 90, steps: 4, tool_results: 40}}
    routing: {mix: {anthropic/claude-sonnet-5-5: 100%}}
  helpers:
    demand: {requests: 60 once}
    request: {input: 300, output: 90, steps: 4, tool_results: 40}
    routing: {mix: {anthropic/claude-sonnet-5-5: 100%}}
"""


def test_sub_agents_cost_what_their_conversations_cost() -> None:
    """Ten conversations of two turns with three helpers each: 60 of theirs, and 210 given back.

    The boss sends 500, 710, then 910 + 500 and 910 + 710 tokens: the helpers' 210 come with the
    second step of a turn.
    """
    found = plan(AGENTS, draws=8)
    boss, helpers = used(found, "boss"), used(found, "helpers")
    own = 10 * (500 + 710 + 1410 + 1620)
    assert boss["input"] == pytest.approx(own + helpers["input"])
    assert boss["output"] == pytest.approx(10 * 2 * 200 + helpers["output"])
    calls = {volume.workload: volume.calls for volume in found.volumes}
    assert calls == pytest.approx({"boss": 10 * 4 + 60 * 4, "helpers": 60 * 4})


RANGES = [
    "input: 300\noutput: 200\nsteps: 4 to 9\ntool_results: 300 to 900\ncache: 5m",
    "input: 300\noutput: 200\nturns: 3 to 7\ngap: 2 min to 9 min\nsystem: 4k\ncache: 5m",
    "input: 200 to 500\noutput: 200\nturns: 12\nhistory: {window: 2k to 4k}",
    "input: 300\noutput: 100 to 300\nturns: 3 to 8\nsystem: 700\ncache: 5m",
    (
        "system: 1k\ninput: 200 to 500\noutput: 200\nturns: 12\n"
        "history: {summarise: {above: 4k, to: 300}}"
    ),
    (
        "input: {mean: 300, p90: 600}\noutput: {mean: 200, p90: 400}\nturns: 4 to 8\n"
        "history: {window: 1500}\nfan_out: 2\nsteps: 3\ntool_results: 90"
    ),
    (
        "input: 300\noutput: 200\nturns: 2\nsteps: 3\ntool_results: 100 to 300\n"
        "agents: [{count: 2 to 4, request: {input: 300, output: 50 to 90, steps: 2 to 5}}]"
    ),
]


@pytest.mark.parametrize("request_", RANGES)
def test_draws_come_to_the_expected_value(request_: str) -> None:
    """The mean of 4,096 draws along a Sobol sequence lies within 0.5 % of it."""
    found = one(request_, draws=4096)
    drawn = float(found.samples.sum(axis=(1, 2)).mean())
    assert drawn == pytest.approx(float(found.horizon.expected), rel=5e-3)


def test_the_agent_loop_lands_where_recorded_sessions_do() -> None:
    """At the prices of 2025: 93.9 to 97.2 % read, output 5 to 6 %, and so on; nothing is stated.

    Recorded coding sessions: 380 to 780 tokens in for one out; writes 25 to 42 % and reads 51 to
    70 % of the bill; without a cache 5.5 to 7.2 times the bill.
    """
    file = load_scenario(SCENARIOS / "agent-loop.yaml")
    found = project(file, book(), variant="as-recorded", draws=8)
    tokens = used(found)
    cost: dict[str, float] = defaultdict(float)
    for item in found.line_items:
        cost[item.meter] += float(item.cost)
    sent = sum(amount for meter, amount in tokens.items() if meter != "output")
    bill = sum(cost.values())
    assert 0.939 < tokens["cache_read"] / sent < 0.972
    assert 380 < sent / tokens["output"] < 780
    assert 0.05 < cost["output"] / bill < 0.06
    assert 0.25 < cost["cache_write_5m"] / bill < 0.42
    assert 0.51 < cost["cache_read"] / bill < 0.70
    dear = project(file, book(), variant="as-recorded-no-cache", draws=8)
    assert 5.5 < float(dear.horizon.expected) / bill < 7.2


MISTAKES = [
    ("input: 1\noutput: 1\ntool_results: 9", "tool_results: a later step reads what"),
    ("input: 1\noutput: 1\nagents: [{request: {input: 1, output: 1}}]", "agents: a later step"),
    ("input: 1\noutput: 1\nsteps: 0", "steps: a turn makes one call, found 0"),
    ("input: 1\noutput: 1\ngap: 40", "gap: expected a time such as 40 s, 2 min or 1 hour"),
    ("input: 1\noutput: 1\ngap: {mean: 40 s, p90: 4 min}", "p90 of 1 to 2.27 times its mean"),
    ("input: 1\noutput: 1\nhistory: {window: 9, turns: 2}", "found window and turns"),
    ("input: 1\noutput: 1\nhistory: all", "expected whole, found 'all'"),
    ("input: 1\noutput: 1\ncache: {write: 5%}", "write goes with read"),
    ("input: 1\noutput: 1\nprefixes: per tenant", "per user and per conversation"),
    ("input: 1\noutput: 1\nturns: {mean: 4, p90: 9.5}", "give {sample: FILE}"),
    (
        "input: 1\noutput: 1\nsystem: {tokens: 9, cache: 5m}\ncache: 1h",
        "what comes first is kept as long or longer",
    ),
    (
        "input: 90\noutput: 1\nsystem: 900\nhistory: {summarise: {above: 1k, to: 50}}",
        "right after a summary a prompt has 1,040 tokens already",
    ),
    (
        "input: 1\noutput: 1\nsteps: 2\nagents: [{request: {input: 1, output: 1, agents: []}}]",
        "agents.0.request.agents: unknown key",
    ),
    (
        "input: 1\noutput: 1\nsystem: {tokens: 4k, cache: 5m}\nprefixes: per user",
        "prefixes per user need demand.users",
    ),
]


@pytest.mark.parametrize(("request_", "message"), MISTAKES)
def test_a_mistake_is_told_with_its_remedy(request_: str, message: str) -> None:
    """Nothing that cannot be meant is taken for something else."""
    with pytest.raises(ScenarioError, match=r"test\.yaml:") as caught:
        one(request_)
    assert message in str(caught.value)


def test_agents_that_name_no_model_of_the_book() -> None:
    """The model of a sub-agent is checked like any other."""
    with pytest.raises(ScenarioError, match=r"agents\.0\.model"):
        one(
            "input: 1\noutput: 1\nsteps: 2\n"
            "agents: [{model: anthropic/claude-haiku-9, request: {input: 1, output: 1}}]"
        )


def test_an_automatic_cache_is_that_of_the_provider() -> None:
    """Five minutes on Anthropic; where writes are free, none are billed."""
    text = "system: 4k\ninput: 100\noutput: 50\nturns: 3\ncache: automatic"
    assert "cache_write_5m" in used(one(text))
    free = used(one(text, model="google/gemini-3.8-flash"))
    assert set(free) == {"input", "cache_read", "output"}


def test_scenario_reads_its_words() -> None:
    """`whole` is the history of those who say nothing."""
    text = """
    workloads:
      chat:
        demand: {requests: 1/day}
        request: {input: 1, output: 1, history: whole}
        routing: {mix: {openai/gpt-6-luna: 100%}}
    """
    request = scenario(text).workloads["chat"].request
    assert request is not None
    assert request.history is None
