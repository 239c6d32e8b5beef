"""What is sent again: retries, timeouts, refusals and repairs, by hand and by literal loops."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import plan

from costplan.engine.distributions import from_range
from costplan.engine.projection import Projection
from costplan.errors import ScenarioError

# 1M requests of 1,000 in and 200 out on Luna (0.10/0.50) cost 100 + 100.
ONCE = """
months: 1
uncertainty: none
workloads:
  chat:
    demand: {{requests: 1M once}}
    request: {{input: {input}, output: 200, turns: {turns}{more}}}
    routing: {{mix: {{openai/gpt-6-luna: 100%}}}}
    failures: {failures}
"""


def once(failures: str, *, turns: str = "1", input: str = "1000", more: str = "") -> Projection:  # noqa: A002
    """The plan above with some failures."""
    return plan(ONCE.format(failures=failures, turns=turns, input=input, more=more), draws=256)


def sums(found: Projection, model: str = "") -> Mapping[str, float]:
    """Quantities by meter, of one model or of all."""
    total: dict[str, float] = {}
    for item in found.line_items:
        if not model or item.model == model:
            total[item.meter] = total.get(item.meter, 0.0) + item.quantity
    return total


@pytest.mark.parametrize(
    ("failures", "cost", "calls"),
    [
        ("{retry: 0%}", "200", 1_000_000),
        ("{retry: 10%}", "220", 1_100_000),
        # 1 + 0.1 + 0.01
        ("{retry: 10%, attempts: 3}", "222", 1_110_000),
        # Input 1.1 x 100; output 1 + 0.1 x 40 % of 100.
        ("{timeouts: {rate: 10%, partial: 40%}}", "214", 1_100_000),
        ("{timeouts: {rate: 10%, partial: 0%}}", "210", 1_100_000),
        # f = 0.3, G = 1.3: whole 1 + 0.2 G + 0.5 x 0.1 G = 1.325, input alone 0.5 x 0.1 G = 0.065.
        ("{retry: 20%, timeouts: {rate: 10%, partial: 50%}, attempts: 3}", "271.5", 1_390_000),
        # Refused calls are not paid.
        ("{refused: 5%}", "200", 1_000_000),
        # 40,000 repairs of 1,000 + 200 + 50 in and 200 out: 50M x 0.10 + 8M x 0.50.
        ("{repair: {rate: 4%, instruction: 50}}", "209", 1_040_000),
        # The same on Sol: 50M x 2 + 8M x 10.
        ("{repair: {rate: 4%, instruction: 50, model: openai/gpt-6-sol}}", "380", 1_040_000),
        # 4 % + 0.16 % of answers are repaired: 41,600 x (1,200 x 0.1 + 200 x 0.5)/1M.
        ("{repair: {rate: 4%}, attempts: 3}", "209.152", 1_041_600),
        # A repair is a call, and 10 % of calls are sent twice: 1.1 x 209.
        ("{retry: 10%, repair: {rate: 4%, instruction: 50}}", "229.9", 1_144_000),
    ],
)
def test_failures_by_hand(failures: str, cost: str, calls: int) -> None:
    """Every send is paid as its kind is, and every paid send counts as a call."""
    found = once(failures)
    assert found.horizon.expected == Decimal(cost)
    assert found.volumes[0].calls == pytest.approx(calls, rel=1e-12)


@pytest.mark.parametrize(
    ("failures", "refused"),
    [
        ("{refused: 5%}", 50_000),
        ("{refused: 5%, attempts: 3}", 52_500),
        ("{refused: 5%, retry: 10%}", 55_000),
    ],
)
def test_refused_calls_are_counted_beside_the_paid_ones(failures: str, refused: int) -> None:
    """They weigh on the rate limit: of each paid call, 5 % were refused first, and some again."""
    volume = once(failures).volumes[0]
    assert volume.refused == pytest.approx(refused, rel=1e-12)


def test_a_plan_without_refusals_says_nothing_of_them() -> None:
    """The figure is there only where the scenario asks for it."""
    assert once("{retry: 5%}").volumes[0].refused == 0


@pytest.mark.parametrize("turns", [1, 2, 5])
def test_a_conversation_with_failures_is_the_literal_loop(turns: int) -> None:
    """Turn by turn: what a send, one that breaks off, and a repair each put on the meters."""
    retry, timeout, partial, repair, instruction = 0.03, 0.05, 0.4, 0.04, 30
    system, new, answer = 400, 1000, 200
    sent = written = 0.0
    for turn in range(1, turns + 1):
        prompt = system + turn * new + (turn - 1) * answer
        # The call, then the repair: each once, 3 % once more, 5 % once more with part of an answer.
        for share, asked in ((1.0, prompt), (repair, prompt + answer + instruction)):
            sent += share * (1 + retry + timeout) * asked
            written += share * (1 + retry + timeout * partial) * answer
    found = once(
        f"{{retry: 3%, timeouts: {{rate: 5%, partial: 40%}}, "
        f"repair: {{rate: 4%, instruction: {instruction}}}}}",
        turns=str(turns),
        more=f", system: {system}",
    )
    assert sums(found) == pytest.approx({"input": 1e6 * sent, "output": 1e6 * written}, rel=1e-12)


def test_reasoning_is_paid_as_output_is() -> None:
    """Of a call that breaks off, the same part; of a repair, all of it, and none is sent again."""
    found = once(
        "{timeouts: {rate: 10%, partial: 50%}, repair: {rate: 4%}}", more=", reasoning: 300"
    )
    # A call writes 500: 1.05 times, then 0.04 x 1.05. It sends 1,000, its repair 1,200.
    assert sums(found) == pytest.approx(
        {"output": 1e6 * 500 * 1.05 * 1.04, "input": 1e6 * 1.1 * (1000 + 0.04 * 1200)}, rel=1e-12
    )


def test_ranges_of_rates_are_averaged_exactly() -> None:
    """E[1 + r + r^2] is not 1 + E[r] + E[r]^2."""
    found = once("{retry: 5% to 40%, attempts: 3}")
    rate = from_range(0.05, 0.40, "share")
    exact = 200 * (1 + rate.moment(1) + rate.moment(2))
    assert float(found.horizon.expected) == pytest.approx(exact, rel=1e-10)
    assert exact != pytest.approx(200 * (1 + rate.mean + rate.mean**2), rel=1e-3)
    assert float(found.samples.sum(axis=(1, 2)).mean()) == pytest.approx(exact, rel=1e-3)


def test_a_range_of_the_part_that_is_paid() -> None:
    """The mean of the partial output: 100 x (1 + 0.1 E[w])."""
    found = once("{timeouts: {rate: 10%, partial: 20% to 60%}}")
    part = from_range(0.2, 0.6, "share").mean
    assert float(found.horizon.expected) == pytest.approx(110 + 100 * (1 + 0.1 * part), rel=1e-12)


def test_spread_outputs_are_sent_back_at_their_mean() -> None:
    """Sizes that differ between requests: the repair sends the mean input and the mean output."""
    spread = once("{repair: {rate: 4%}}", input="{mean: 1000, p90: 1800}")
    assert float(spread.horizon.expected) == pytest.approx(208.8, rel=1e-12)


@settings(max_examples=25)
@given(
    retry=st.integers(0, 40),
    timeout=st.integers(0, 40),
    partial=st.integers(0, 100),
    attempts=st.integers(2, 5),
)
def test_sends_are_those_of_a_literal_chain(
    retry: int, timeout: int, partial: int, attempts: int
) -> None:
    """Send after send: the share that is still waiting, and what each send is paid."""
    r, t, w = retry / 100, timeout / 100, partial / 100
    waiting, inputs, outputs = 1.0, 0.0, 0.0
    for send in range(1, attempts + 1):
        last = send == attempts
        inputs += waiting
        outputs += waiting * (1 if last else (1 - t) + t * w)
        waiting *= r + t
    text = (
        f"{{retry: {retry}%, attempts: {attempts}, "
        f"timeouts: {{rate: {timeout}%, partial: {partial}%}}}}"
    )
    found = sums(once(text))
    assert found["input"] == pytest.approx(1e9 * inputs, rel=1e-12)
    assert found["output"] == pytest.approx(2e8 * outputs, rel=1e-12)


@pytest.mark.parametrize(
    "failures",
    [
        "{repair: {rate: 10%}}",
        "{retry: 10%}",
        "{timeouts: {rate: 10%, partial: 100%}}",
        "{timeouts: {rate: 10%, partial: 0%}}",
        "{retry: 5%, timeouts: {rate: 5%, partial: 50%}}",
    ],
)
def test_what_is_sent_again_finds_its_prompt_cached(failures: str) -> None:
    """It comes moments after the call: it reads the system prompt and never writes it."""
    text = ONCE.replace("1M once", "24 once").format(
        failures="{FAILURES}", turns=1, input=1000, more=", system: {tokens: 2000, cache: 1h}"
    )
    bare, repaired = (
        sums(plan(text.replace("{FAILURES}", failures), draws=16)) for failures in ("{}", failures)
    )
    assert repaired["cache_read"] - bare["cache_read"] == pytest.approx(2.4 * 2000, rel=1e-9)
    assert 0 < bare["cache_write_30m"] == repaired["cache_write_30m"]


def test_a_repair_elsewhere_is_sent_its_prompt_uncached() -> None:
    """Repairs come too seldom on a model of their own to keep a prompt cached there."""
    cached = ", system: {tokens: 2000, cache: 1h}"
    found = once("{repair: {rate: 10%, model: openai/gpt-6-sol}}", more=cached)
    assert sums(found, "openai/gpt-6-sol") == pytest.approx(
        {"input": 1e5 * (2000 + 1000 + 200), "output": 1e5 * 200}, rel=1e-12
    )


@pytest.mark.parametrize(
    ("failures", "message"),
    [
        ("{timeouts: {rate: 10%}}", "the key 'partial' is missing"),
        ("{retry: 10%, attempts: 1}", "retry sends calls again, so there are 2 attempts or more"),
        ("{retry: 60%, timeouts: {rate: 50%, partial: 0%}}", "are over 100% together"),
        ("{repair: {rate: 4%, model: openai/gpt-6-lunar}}", "did you mean 'openai/gpt-6-luna'"),
        ("{timeout: {rate: 4%}}", "unknown key; did you mean 'timeouts'"),
    ],
)
def test_what_cannot_be_meant_is_refused(failures: str, message: str) -> None:
    """Nothing is left out in silence."""
    with pytest.raises(ScenarioError, match=message):
        once(failures)
