"""What one request uses beside text, and how requests differ: whole plans against hand arithmetic.

Prices are those of the shipped book for 2026-12, read from it where a test needs one.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import erf, exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from plans import SCENARIOS, book, plan

from costplan.engine.distributions import Lognormal, from_range, lognormal_spread
from costplan.engine.projection import Projection
from costplan.engine.shapes import Capped, Gamma, Shape
from costplan.errors import ScenarioError
from costplan.meters import Meter
from costplan.planning import project
from costplan.planning.spreads import spread_of
from costplan.prices import Price
from costplan.scenario import load_scenario, read_scenario

DAY = date(2026, 12, 1)


def priced(model: str, mode: str = "standard") -> Price:
    """The price in force in the month these tests plan."""
    return book().price(model, at=DAY, mode=mode)


def asked(request: str, model: str, more: str = "") -> Projection:
    """The plan of 1,000 conversations in one month on one model."""
    return plan(
        f"""
        uncertainty: none
        months: 1
        {more}
        workloads:
          w:
            demand: {{requests: 1000 per month}}
            request: {request}
            routing: {{mix: {{{model}: 100%}}}}
        """,
        draws=16,
    )


def used(found: Projection) -> dict[str, float]:
    """Quantities by meter, for each of the 1,000 conversations."""
    sums: dict[str, float] = {}
    for item in found.line_items:
        sums[item.meter] = sums.get(item.meter, 0.0) + item.quantity / 1000
    return sums


USES: list[tuple[str, str, dict[str, float]]] = [
    ("{input: 500}", "openai/text-embedding-3-small", {"input": 500}),
    ("{usage: {page: 3}}", "mistral/mistral-ocr-latest", {"page": 3}),
    ("{usage: {page: {mean: 3, p90: 6}}}", "mistral/mistral-ocr-latest", {"page": 3}),
    ("{usage: {character: 1200}}", "openai/tts-1", {"character": 1200}),
    ("{audio: [{seconds: 90}]}", "groq/whisper-large-v3", {"audio_second": 90}),
    # Groq bills at least 10 seconds of each: half of the calls have one.
    ("{audio: [{seconds: 4, count: 0.5}]}", "groq/whisper-large-v3", {"audio_second": 5}),
    # 10 tokens a second heard, 20 a second said; what was said is heard again by later turns:
    # 5 turns are 15 x 60 + 10 x 180 = 2,700 heard and 5 x 180 = 900 said.
    (
        "{input: 100, output: 50, turns: 5, audio: [{seconds: 6}], audio_output: [{seconds: 9}]}",
        "openai/gpt-realtime-2.1",
        {"input": 15 * 100 + 10 * 50, "output": 250, "audio_input": 2700, "audio_output": 900},
    ),
    (
        "{input: 100, output: 0, audio: [{tokens: 60}], cache: {read: 80%}}",
        "openai/gpt-realtime-2.1",
        {
            "input": 20, "cache_read": 80, "audio_input": 12, "audio_cache_read": 48,
        },
    ),
    (
        "{input: 40, output: 20, image_output: [{size: 1024x1024, count: 2}]}",
        "google/gemini-3.1-flash-image",
        {"input": 40, "output": 20, "image_output": 2240},
    ),
    (
        "{input: 40, output: 0, image_output: [{tokens: 700 to 700.001}]}",
        "openai/gpt-image-2",
        {"input": 40, "image_output": 700.0005},
    ),
    (
        "{input: 100, output: 0, usage: {image_input: 500, image_output: 700}, cache: {read: 50%}}",
        "openai/gpt-image-2",
        {
            "input": 50, "cache_read": 50, "image_input": 250, "image_cache_read": 250,
            "image_output": 700,
        },
    ),
    (
        "{input: 40, output: 20, reasoning: {google/gemini-3.5-flash-lite: 900}}",
        "google/gemini-3.5-flash-lite",
        {"input": 40, "output": 20, "reasoning": 900},
    ),
    ("{input: 40, output: 20, reasoning: 900}", "openai/gpt-6-sol", {"input": 40, "output": 920}),
    (
        "{input: 40, output: 20, usage: {web_search: 0.3, file_search: 2, code_session: 0.1}}",
        "openai/gpt-6-sol",
        {"input": 40, "output": 20, "web_search": 0.3, "file_search": 2, "code_session": 0.1},
    ),
    (
        "{input: 0, output: 0, usage: {video_output: 5000}}",
        "google/gemini-omni-1.1-flash",
        {"video_output": 5000},
    ),
    (
        "{input: 10, usage: {video_input: 263, image_input: 258, audio_input: 32}}",
        "google/gemini-embedding-2",
        {"input": 10, "video_input": 263, "image_input": 258, "audio_input": 32},
    ),
    (
        "{input: 10, output: 5, usage: {cache_storage: 800}}",
        "google/gemini-2.5-pro",
        {"input": 10, "output": 5, "cache_storage": 800},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "model", "expected"), USES)
def test_what_a_request_uses_is_billed_on_its_meters(
    request_: str, model: str, expected: dict[str, float]
) -> None:
    """Quantities by hand; each costs what the book says on the day."""
    found = asked(request_, model)
    quantities = used(found)
    assert set(quantities) == set(expected)
    for meter, quantity in expected.items():
        assert quantities[meter] == pytest.approx(quantity, rel=1e-9)
    for item in found.line_items:
        assert item.rate == _rate(model, Meter(item.meter))


def _rate(model: str, meter: Meter) -> Decimal:
    rate = priced(model).rates.get(meter)
    if rate is None:
        fee = book().fee(book().model(model), meter, at=DAY)
        assert fee is not None
        return fee.rates[meter]
    return rate


def test_a_fee_names_its_own_row_and_its_free_part() -> None:
    """A search on Gemini: $14 for 1,000 from 2026-01-05; 5,000 a month are free, and taken off."""
    found = asked("{input: 1, output: 1, usage: {web_search: 1}}", "google/gemini-3.8-flash")
    (search,) = (item for item in found.line_items if item.meter == "web_search")
    assert search.rate == search.cost == 14
    assert search.price_from == date(2026, 1, 5)
    assert [item.cost for item in found.line_items if item.meter == "free"] == [-14]
    assert any("5000/month of web_search are free, and taken off" in n for n in found.notes)
    assert "free-allowance" not in {warning.code for warning in found.warnings}


REACHED = {
    **dict.fromkeys(
        ("cache_read", "cache_write_5m", "cache_write_30m", "cache_write_1h", "cache_write_12h"),
        "system: {tokens: ..., cache: ...}",
    ),
    "request": "by itself, where a price list has it",
}


def test_every_meter_of_the_book_can_be_planned() -> None:
    """Those of the tables above, those a cache makes, and nothing else has a price."""
    reached = {meter for _, _, uses in USES for meter in uses} | set(REACHED)
    prices = [row for row in book().rows() if row.models or row.rates]
    priced_meters = {
        str(meter)
        for row in prices
        for rates in (row.rates, *(tier.rates for tier in row.tiers))
        for meter in rates
    }
    assert priced_meters <= reached
    assert set(map(str, Meter)) == reached


REFUSED = [
    ("{input: 5}", "openai/gpt-6-luna", "request: the key 'output' is missing.*output: 0"),
    ("{input: 5, output: 9}", "openai/text-embedding-3-small", "has no price for output"),
    (
        "{input: 5, output: 9, usage: {web_search: 1}}",
        "deepseek/deepseek-chat",
        r"request\.usage\.web_search: .* has no price for web_search",
    ),
    (
        "{input: 5, output: 9, usage: {web_serch: 1}}", "openai/gpt-6-sol",
        "did you mean 'web_search'",
    ),
    ("{input: 5, output: 9, usage: {output: 1}}", "openai/gpt-6-sol", "said by the key 'output'"),
    (
        "{input: 5, output: 9, usage: {audio_output: 1}, audio_output: [{tokens: 5}]}",
        "openai/gpt-realtime-2.1", "keep one",
    ),
    (
        "{input: 5, output: 9, audio: [{seconds: 5}]}", "anthropic/claude-haiku-5-5",
        r"audio\.0: .* is not known; state tokens",
    ),
    ("{input: 5, output: 9, audio: [{tokens: 5}]}", "openai/gpt-6-sol", "audio: .*audio_input"),
    ("{audio_output: [{seconds: 5}]}", "openai/tts-1", "the key 'input' is missing"),
    ("{usage: {page: 1}, audio_output: [{seconds: 5}]}", "openai/tts-1", "priced by character"),
    (
        "{input: 5, output: 0, image_output: [{size: 1024x1024}]}", "openai/gpt-image-2",
        "needs a quality: high",
    ),
    (
        "{input: 5, output: 0, image_output: [{size: 999x1024, quality: high}]}",
        "openai/gpt-image-2", "is not known .*1024x1024 high",
    ),
    (
        "{input: 5, output: 0, image_output: [{size: 1024x1024, quality: low}]}",
        "google/gemini-3.1-flash-image", "no quality to choose",
    ),
    (
        "{input: 5, output: 5, reasoning: {openai/gpt-6-luna: 5}}", "openai/gpt-6-sol",
        "'openai/gpt-6-sol' is routed to and has none here",
    ),
    ("{input: 5, output: 5, reasoning: {openai/gpt-66: 5}}", "openai/gpt-6-sol", "gpt-66"),
    ("{input: {mean: 5, p90: 7, cv: 1}, output: 5}", "openai/gpt-6-sol", "say the same thing"),
    ("{input: {mean: 5, p90: 7, max: 6}, output: 5}", "openai/gpt-6-sol", "not below the max"),
    ("{input: {mean: 5, p90: 7, max: 5}, output: 5}", "openai/gpt-6-sol", "not above the mean"),
    ("{input: {tokens: 5, max: 6}, output: 5}", "openai/gpt-6-sol", "max goes with mean"),
    (
        "{input: {mean: 5, p90: 17, shape: gamma}, output: 5}", "openai/gpt-6-sol",
        r"request\.input: no gamma is so wide: the most is [23][.\d]* times the mean.*sample",
    ),
    ("{usage: {page: {p90: 3}}}", "mistral/mistral-ocr-latest", "'mean' is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "model", "message"), REFUSED)
def test_what_cannot_be_billed_is_an_error_at_its_place(
    request_: str, model: str, message: str
) -> None:
    """Never a silent nothing: what is wrong, and what to write."""
    with pytest.raises(ScenarioError, match=message):
        asked(request_, model)


def test_a_least_quantity_is_averaged_over_a_range_and_over_requests() -> None:
    """At least 10 seconds of each: E[max(X, 10)] by a literal sum, not max(E[X], 10)."""
    points = (np.arange(400_000) + 0.5) / 400_000
    known = from_range(4, 30, "positive").quantile(points)
    model = "groq/whisper-large-v3"
    found = used(asked("{audio: [{seconds: 4 to 30}]}", model))["audio_second"]
    assert found == pytest.approx(np.maximum(known, 10).mean(), rel=2e-3)
    spread = lognormal_spread(12, 24).quantile(points)
    stated = asked("{usage: {audio_second: {mean: 12, p90: 24}}}", model)
    literal = np.maximum(spread, 10).mean()
    assert used(stated)["audio_second"] == pytest.approx(literal, rel=1e-4)


def test_openai_worked_example_of_a_voice_session() -> None:
    """The rule of the page on realtime costs: all of the conversation is sent with every turn.

    100 tokens of instructions; two turns of 2 s heard (20 tokens) and 4 s said (80 tokens): the
    second sends 100 of text, 20 + 20 heard and 80 said before (developers.openai.com, realtime
    costs: 1 token per 100 ms of the user, 1 per 50 ms of the assistant).
    """
    request = (
        "{system: 100, input: 0, output: 0, turns: 2, audio: [{seconds: 2}], "
        "audio_output: [{seconds: 4}]}"
    )
    assert used(asked(request, "openai/gpt-realtime-2.1")) == {
        "input": 200, "audio_input": 20 + 20 + 20 + 80, "audio_output": 160,
    }  # fmt: skip


SPREADS = [
    "{mean: 150k, p90: 260k}",
    "{mean: 150k, p90: 260k, shape: gamma}",
    "{mean: 150k, cv: 0.8, shape: gamma, max: 500k}",
]


def _drawn(shape: Shape, rng: np.random.Generator) -> np.ndarray:
    """A million ratios to the mean, drawn one by one; those over a cap are thrown away."""
    if isinstance(shape, Lognormal):
        return rng.lognormal(-(shape.sigma**2) / 2, shape.sigma, 1_000_000)
    if isinstance(shape, Capped):
        below = _drawn(shape.whole, rng), _drawn(shape.whole, rng)
        kept = np.concatenate([part[part < shape.cut] for part in below])[:1_000_000]
        assert kept.size == 1_000_000
        return kept * (shape.cap / shape.cut)
    assert isinstance(shape, Gamma)
    return rng.gamma(shape.k, 1 / shape.k, 1_000_000)


@pytest.mark.parametrize("spread", SPREADS)
def test_long_prompts_pay_the_long_price_on_their_share(spread: str) -> None:
    """A million requests drawn one by one, each priced by its own prompt: within 3 errors."""
    model = "anthropic/claude-haiku-5-5"
    price = priced(model)
    found = asked(f"{{input: {spread}, output: 1000}}", model)
    text = (
        "name: x\nstart: 2026-12\nmonths: 1\nworkloads: {w: {demand: {requests: 1 per month}, "
        f"request: {{input: {spread}, output: 1}}, routing: {{mix: {{{model}: 100%}}}}}}}}"
    )
    request = read_scenario(text, "x.yaml", Path()).workloads["w"].request
    assert request is not None
    assert request.input is not None
    shape = spread_of(request.input)
    assert shape is not None
    drawn = 150_000 * _drawn(shape, np.random.default_rng(3))
    (tier,) = price.tiers
    long = drawn > tier.above
    cost = np.where(
        long,
        drawn * float(tier.rates[Meter.INPUT]) + 1000 * float(tier.rates[Meter.OUTPUT]),
        drawn * float(price.rates[Meter.INPUT]) + 1000 * float(price.rates[Meter.OUTPUT]),
    ) / 1e6  # fmt: skip
    error = cost.std() / 1000
    assert abs(float(found.horizon.expected) / 1000 - cost.mean()) < 3 * error
    sent = used(found)["input"]
    assert sent == pytest.approx(150_000, rel=1e-9)


def test_requests_beyond_the_context_are_told_and_not_paid() -> None:
    """A mean of 60k with a p90 of 110k on a context of 128k: 6.38 % do not fit, by hand.

    z = 1.28155: sigma = z - sqrt(z^2 - 2 ln(110/60)) = 0.6256, mu = ln 60000 - sigma^2/2; the
    share is 1 - Phi((ln 128000 - mu) / sigma).
    """
    shape = lognormal_spread(60_000, 110_000)
    share = 0.5 * (1 - erf((log(128_000) - shape.mu) / shape.sigma / sqrt(2)))
    found = asked("{input: {mean: 60k, p90: 110k}, output: 1000}", "openai/gpt-4o")
    assert used(found)["output"] == pytest.approx(1000 * (1 - share), rel=1e-9)
    (told,) = (w.message for w in found.warnings if w.code == "context-tight")
    assert told.startswith(f"{share:.2%} of requests")
    whole = asked("{input: {mean: 20k, p90: 30k}, output: 1000}", "openai/gpt-4o")
    assert used(whole)["output"] == pytest.approx(1000, rel=1e-12)


SCALED = """
uncertainty: none
months: 1
assumptions: {{verbosity: {scale}}}
workloads:
  chat:
    demand: {{requests: 1000 per month}}
    request: {{system: 300, input: 400, output: 200, turns: 3, scale: $verbosity}}
    routing: {{mix: {{openai/gpt-6-luna: 100%}}}}
  summaries:
    demand: {{requests: 500 per month}}
    request: {{input: {input}, output: 100, scale: $verbosity}}
    routing: {{mix: {{openai/gpt-6-sol: 100%}}}}
"""


def test_a_shared_scale_multiplies_the_sizes_of_several_workloads() -> None:
    """Twice as verbose: input and output double, the system prompt does not."""
    once, twice = (plan(SCALED.format(scale=scale, input=5000), draws=16) for scale in ("1", "2"))
    base = plan(SCALED.replace(", scale: $verbosity", "").format(scale=1, input=5000), draws=16)
    assert once.horizon.expected == base.horizon.expected
    luna = priced("openai/gpt-6-luna").rates
    system = Decimal(3 * 300 * 1000) * luna[Meter.INPUT] / 1_000_000
    double = 2 * (once.horizon.expected - system) + system
    assert float(twice.horizon.expected) == pytest.approx(float(double), rel=1e-12)


def test_a_shared_scale_is_exact_where_it_is_a_range() -> None:
    """Cost is linear in it: a range counts as its mean, and one draw moves both workloads."""
    mean = from_range(0.7, 1.5, "positive").mean
    ranged = plan(SCALED.format(scale="0.7 to 1.5", input=5000), draws=4096)
    plain = plan(SCALED.format(scale=repr(mean), input=5000), draws=16)
    assert float(ranged.horizon.expected) == pytest.approx(float(plain.horizon.expected), rel=1e-9)
    by_workload = ranged.samples.sum(axis=2)
    assert np.corrcoef(by_workload[:, 0], by_workload[:, 1])[0, 1] > 0.999


def test_a_shared_scale_decides_tiers_too() -> None:
    """160,000 tokens times 0.7 to 1.5 cross 200,000 in some draws: against a literal integral."""
    text = SCALED.replace("openai/gpt-6-sol", "anthropic/claude-haiku-5-5")
    found = plan(text.format(scale="0.7 to 1.5", input="160k"), draws=16)
    price = priced("anthropic/claude-haiku-5-5")
    (tier,) = price.tiers
    scale = from_range(0.7, 1.5, "positive").quantile((np.arange(400_000) + 0.5) / 400_000)
    sent = 160_000 * scale
    cost = 500 * np.where(
        sent > tier.above,
        sent * float(tier.rates[Meter.INPUT]) + 100 * scale * float(tier.rates[Meter.OUTPUT]),
        sent * float(price.rates[Meter.INPUT]) + 100 * scale * float(price.rates[Meter.OUTPUT]),
    ) / 1e6  # fmt: skip
    expected = float(dict(found.by("workload"))["summaries"])
    assert expected == pytest.approx(cost.mean(), rel=1e-3)


def test_sizes_that_pass_a_tier_only_together_are_averaged_to_their_tails() -> None:
    """The product of two lognormals is lognormal, of which tails are known.

    With m the mean of its logarithm and r = s√2 the deviation,

    P(XY > T) = Φ((m - ln T)/r), E[Y; XY > T] = E[Y] Φ((m + s^2 - ln T)/r) and
    E[XY; XY > T] = E[XY] Φ((m + 2 s^2 - ln T)/r). Both ranges are four-fold: s = ln 4 / 3.2897.
    """
    found = plan(
        """
        uncertainty: none
        months: 1
        assumptions: {in: 30k to 120k, out: 50 to 200, scale: 0.5 to 2}
        workloads:
          long:
            demand: {requests: 1000 once}
            request: {input: $in, output: $out, scale: $scale}
            routing: {mix: {anthropic/claude-haiku-5-5: 100%}}
        """,
        draws=16,
    )
    s = log(4) / 3.289707
    (tier,) = priced("anthropic/claude-haiku-5-5").tiers
    beyond = (log(60_000) - log(tier.above)) / (s * sqrt(2))

    def above(shift: float) -> float:
        return (1 + erf((beyond + shift * s / sqrt(2)) / sqrt(2))) / 2

    dear = {item.meter: item.quantity for item in found.line_items if item.tier}
    assert dear["output"] == pytest.approx(1e5 * exp(s**2) * above(1), rel=5e-3)
    assert dear["input"] == pytest.approx(6e7 * exp(s**2) * above(2), rel=5e-3)


def test_reasoning_by_model_is_each_models_own() -> None:
    """Half on Sol with 1,200, half on Haiku with none: 10 out of 600 and 1,210 more."""
    found = plan(
        """
        uncertainty: none
        months: 1
        workloads:
          w:
            demand: {requests: 1000 per month}
            request:
              {input: 0, output: 10, reasoning: {openai/gpt-6-sol: 1200, openai/gpt-6-luna: 0}}
            routing: {mix: {openai/gpt-6-sol: 50%, openai/gpt-6-luna: 50%}}
        """,
        draws=16,
    )
    out = {item.model: item.quantity for item in found.line_items if item.meter == "output"}
    assert out == {"openai/gpt-6-sol": 500 * 1210, "openai/gpt-6-luna": 500 * 10}


def test_a_fee_of_a_price_list_for_each_request_is_paid_by_every_call(tmp_path: Path) -> None:
    """4 turns are 4 requests, whatever the scenario says of them."""
    folder = tmp_path
    (folder / "own.yaml").write_text(
        "provider: searcher\ntitle: Ours\ncurrency: USD\nadded: 2026.12.01\nsource: list\n"
        "sources:\n  list: {title: A list, observed: 2026-11-20, licence: ours}\n"
        "models:\n  sonar:\n    prices:\n      standard:\n"
        "        - {from: 2026-01-01, rates: {input: 1, output: 1, request: 5}}\n"
    )
    text = (
        "name: x\nstart: 2026-12\nmonths: 1\nuncertainty: none\nprices: own.yaml\nworkloads: {w: "
        "{demand: {requests: 1000 per month}, request: {input: 0, output: 0, turns: 4}, "
        "routing: {mix: {searcher/sonar: 100%}}}}"
    )
    found = project(read_scenario(text, "x.yaml", folder), book(), draws=16)
    assert used(found) == {"request": 4}
    assert found.horizon.expected == 20


def test_resampled_requests_have_the_mean_of_their_file(tmp_path: Path) -> None:
    """Exactly: the sum of the records over their number, however skewed they are."""
    folder = tmp_path
    records = [3, 7, 7, 19, 250_000, 41, 12]
    (folder / "log.jsonl").write_text("\n".join(map(str, records)))
    text = (
        "name: x\nstart: 2026-12\nmonths: 1\nuncertainty: none\nworkloads: {w: {demand: "
        "{requests: 7 per month}, request: {input: {sample: log.jsonl}, output: 0}, routing: "
        "{mix: {anthropic/claude-haiku-5-5: 100%}}}}"
    )
    found = project(read_scenario(text, "x.yaml", folder), book(), draws=16)
    sums = {item.rate: item.quantity for item in found.line_items}
    assert sum(sums.values()) == pytest.approx(sum(records), rel=1e-14)
    (tier,) = priced("anthropic/claude-haiku-5-5").tiers
    assert sums[tier.rates[Meter.INPUT]] == pytest.approx(250_000, rel=1e-12)


def shipped(name: str, variant: str | None = None) -> Projection:
    """The plan of an example."""
    return project(load_scenario(SCENARIOS / name), book(), variant=variant, draws=16)


def meters(found: Projection) -> dict[str, float]:
    """Money by meter."""
    return {meter: float(cost) for meter, cost in found.by("meter")}


def test_image_studio_is_pictures_times_tokens_times_rate() -> None:
    """3 x 1,120 tokens an order; in 4K 2,520 each: 2.25 times the money for pictures."""
    found, large = shipped("image-studio.yaml"), shipped("image-studio.yaml", "large")
    orders = sum(v.conversations for v in found.volumes if v.workload == "pictures")
    rate = float(priced("google/gemini-3.1-flash-image").rates[Meter.IMAGE_OUTPUT])
    assert meters(found)["image_output"] == pytest.approx(orders * 3 * 1120 * rate / 1e6)
    assert meters(large)["image_output"] == pytest.approx(2.25 * meters(found)["image_output"])


def test_voice_agent_hears_the_whole_call_with_every_turn() -> None:
    """12 turns of 5 s heard and 7 s said: 78 x 50 + 66 x 140 = 13,140 tokens heard a call."""
    found = shipped("voice-agent.yaml", "no-cache")
    calls = sum(v.conversations for v in found.volumes if v.workload == "calls")
    length = from_range(0.8, 1.3, "positive").mean
    rate = float(priced("openai/gpt-realtime-2.1").rates[Meter.AUDIO_INPUT])
    heard = meters(found)["audio_input"]
    assert heard == pytest.approx(calls * 13_140 * length * rate / 1e6, rel=1e-9)
    cached = meters(shipped("voice-agent.yaml"))["audio_input"]
    assert cached == pytest.approx(0.15 * heard, rel=1e-9)


def test_document_library_bills_pages_passages_and_searches() -> None:
    """6 pages a document at $4 for 1,000; 900,000 passages of 480 at the batch price of 0.01."""
    found = shipped("document-library.yaml")
    documents = sum(v.conversations for v in found.volumes if v.workload == "scans")
    assert meters(found)["page"] == pytest.approx(documents * 6 * 4 / 1000)
    assert dict(found.by("workload"))["archive"] == Decimal("4.32")
    assert "web_search" not in meters(shipped("document-library.yaml", "no-web"))
