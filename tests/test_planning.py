"""Whole plans: plain products by hand, and the properties every plan keeps."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import book, plan, scenario

from costplan.engine.distributions import from_range
from costplan.errors import ScenarioError, UnknownNameError, UsageError
from costplan.planning import check, project

CHAT = """
uncertainty: {uncertainty}
workloads:
  chat:
    demand: {{requests: {requests}/day, growth: {growth}/month}}
    request: {{input: {input}, output: {output}, turns: {turns}}}
    failures: {{retry: {retry}}}
    routing: {{mix: {{openai/gpt-6-luna: {share}, openai/gpt-6-sol: rest}}}}
    batch: {batch}
"""
PLAIN = {
    "uncertainty": "none",
    "requests": "1000",
    "growth": "0%",
    "input": "500",
    "output": "300",
    "turns": "1",
    "retry": "0%",
    "share": "85%",
    "batch": "0%",
}


def chat(**changes: str) -> str:
    """The scenario above with some values changed."""
    return CHAT.format(**{**PLAIN, **changes})


def expected(text: str) -> list[Decimal]:
    """Expected cost by month."""
    return [total.expected for total in plan(text, draws=16).totals()]


def test_plain_numbers_give_the_plain_product() -> None:
    """1,000 a day x (500 in, 300 out), 85 % on Luna (0.10/0.50), 15 % on Sol (2/10).

    A day: Luna 850 x (500 x 0.1 + 300 x 0.5)/1M = 0.17; Sol 150 x (500 x 2 + 300 x 10)/1M = 0.6.
    """
    a_day = Decimal("0.17") + Decimal("0.6")
    assert expected(chat()) == [31 * a_day, 31 * a_day, 28 * a_day]


def test_growth_compounds_from_the_second_month() -> None:
    """5 % a month on 0.77 a day: 31 days, 31 x 1.05, 28 x 1.1025."""
    days = (Decimal(31), 31 * Decimal("1.05"), 28 * Decimal("1.1025"))
    assert expected(chat(growth="5%")) == [day * Decimal("0.77") for day in days]


def test_turns_send_their_history_again() -> None:
    """4 turns of 500 in and 300 out: 10 x 500 + 6 x 300 = 6,800 in and 1,200 out.

    A day: Luna 850 x (680 + 600)/1M = 1.088; Sol 150 x (13,600 + 12,000)/1M = 3.84.
    """
    assert expected(chat(turns="4"))[0] == 31 * (Decimal("1.088") + Decimal("3.84"))


def test_batch_and_retries_multiply() -> None:
    """With 2 % retries and all of it in batch at half price: 0.77 x 1.02 / 2 a day."""
    assert expected(chat(retry="2%", batch="100%"))[0] == 31 * Decimal("0.77") * Decimal("0.51")


LINEAR = {
    "requests": ("800", "1500", "positive"),
    "input": ("300", "900", "positive"),
    "output": ("100", "700", "positive"),
    "retry": ("1%", "6%", "share"),
    "share": ("70%", "95%", "share"),
    "batch": ("10%", "40%", "share"),
}


@pytest.mark.parametrize("key", LINEAR)
def test_a_range_counts_as_its_mean_where_it_is_linear(key: str) -> None:
    """A range in place of a number of the same mean leaves `expected` where it was."""
    low, high, kind = LINEAR[key]
    scale = 100 if "%" in low else 1
    ends = float(low.strip("%")) / scale, float(high.strip("%")) / scale
    mean = from_range(*ends, kind).mean  # type: ignore[arg-type]
    number = f"{mean * scale!r}{'%' if scale == 100 else ''}"
    ranged = expected(chat(growth="4%", turns="3", **{key: f"{low} to {high}"}))
    plain = expected(chat(growth="4%", turns="3", **{key: number}))
    assert [float(x) for x in ranged] == pytest.approx([float(x) for x in plain], rel=1e-9)


def test_growth_range_is_compounded_before_it_is_averaged() -> None:
    """The third month is E[(1+g)^2] = 1 + 2 E[g] + E[g^2] times its days, not (1 + E[g])^2."""
    known = from_range(0.04, 0.07, "growth")
    factor = 1 + 2 * known.mean + known.moment(2)
    months = expected(chat(growth="4% to 7%"))
    assert float(months[2]) == pytest.approx(28 * 0.77 * factor, rel=1e-12)


def test_one_assumption_used_twice_is_one_unknown() -> None:
    """$x in demand and in the input: E[x^2] is not E[x]^2, and both sit in the expectation."""
    text = """
    assumptions: {x: 500 to 2000}
    uncertainty: none
    workloads:
      chat:
        demand: {requests: $x per month}
        request: {input: $x, output: 0}
        routing: {mix: {openai/gpt-6-luna: 100%}}
    """
    square = from_range(500, 2000, "positive").moment(2)
    assert float(plan(text).totals()[0].expected) == pytest.approx(square * 0.1 / 1e6, rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["none", "typical", "0.1", "0.8"]), st.integers(0, 5))
def test_volume_shocks_never_move_the_expected_value(uncertainty: str, seed: int) -> None:
    """`expected` is the same whatever the uncertainty and the seed; only the percentiles move."""
    text = chat(growth="4% to 7%", input="350 to 900", uncertainty=uncertainty)
    calm = chat(growth="4% to 7%", input="350 to 900")
    assert plan(text, seed=seed, draws=32).horizon.expected == plan(calm, draws=32).horizon.expected


def test_draws_agree_with_the_expectation() -> None:
    """The mean of many draws comes near the exact expectation, which does not use them."""
    found = plan(chat(growth="4% to 7%", input="350 to 900", uncertainty="0.3"), draws=60_000)
    assert found.samples.sum(axis=(1, 2)).mean() == pytest.approx(
        float(found.horizon.expected), rel=0.01
    )


def test_same_file_same_seed_same_bytes() -> None:
    """Two runs agree in every number; another seed moves the percentiles and nothing else."""
    text = chat(growth="4% to 7%", uncertainty="typical")
    one, two, other = plan(text, seed=7), plan(text, seed=7), plan(text, seed=8)
    assert one.samples.tobytes() == two.samples.tobytes()
    assert one.line_items == two.line_items == other.line_items
    assert one.samples.tobytes() != other.samples.tobytes()


def test_a_change_elsewhere_hardly_moves_a_workloads_draws() -> None:
    """Each unknown keeps its place by its name: a small workload more changes next to nothing."""
    text = chat(uncertainty="typical")
    more = text + (
        "  other:\n    demand: {requests: 5 to 9/day}\n    request: {input: 5, output: 5}\n"
        "    routing: {mix: {openai/gpt-6-luna: 100%}}\n"
    )
    before, after = (found.samples[:, 0, 0] for found in (plan(text), plan(more)))
    assert np.corrcoef(before, after)[0, 1] > 0.999


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_periods_add_up_to_the_horizon(period: str) -> None:
    """Months, fiscal quarters and fiscal years each sum to the whole plan exactly."""
    found = plan("fiscal_year_start: april\nmonths: 18\n" + chat(growth="3% to 5%"))
    parts = found.totals(period)  # type: ignore[arg-type]
    assert sum(part.expected for part in parts) == found.horizon.expected


def test_dimensions_add_up_to_the_horizon() -> None:
    """By model, workload, owner and meter, the same money."""
    found = plan(chat(growth="3% to 5%"))
    for dimension in ("model", "workload", "owner", "meter"):
        total = sum(cost for _, cost in found.by(dimension))
        assert float(total) == pytest.approx(float(found.horizon.expected), rel=1e-14)


def test_line_items_are_quantity_times_rate() -> None:
    """Every line item can be checked by hand, and names its price's day and source."""
    for item in plan(chat(growth="3% to 5%", batch="25%")).line_items:
        assert item.cost == Decimal(repr(item.quantity)) * item.rate / item.per
        assert item.price_from is not None
        assert item.source


GEMINI = """
uncertainty: none
workloads:
  calls:
    demand: {requests: 1000/day}
    request: {input: 1000, output: 0}
    routing: {mix: {google/gemini-3.8-flash: 100%}}
"""


def test_a_scheduled_price_shows_in_its_month() -> None:
    """Gemini 3.8 Flash goes from 0.75 to 1.50 on 2027-01-01: 31 x 0.75, then 31 x 1.50."""
    assert expected(GEMINI) == [31 * Decimal("0.75"), 31 * Decimal("1.5"), 28 * Decimal("1.5")]


def test_a_price_change_inside_a_month_splits_it() -> None:
    """GPT-5.6 Luna cost 1.00 until 2026-07-29 and 0.20 from the 30th: 29 days and 2 days."""
    text = GEMINI.replace("google/gemini-3.8-flash", "openai/gpt-5.6-luna")
    found = plan("start: 2026-08\n" + text)  # all at the new price
    assert found.totals()[0].expected == 31 * Decimal("0.2")
    august = plan(
        "start: 2026-07\nmonths: 1\n" + text.replace("1000/day", "1000/day, launch: 2026-07-09")
    )
    assert august.horizon.expected == 21 * Decimal(1) + 2 * Decimal("0.2")
    assert len({item.price_from for item in august.line_items}) == 2


def test_a_mix_that_changes_on_a_date() -> None:
    """From 2027-01-16 on Sol: January has 15 days at 0.10 and 16 at 2.00 for 1M tokens a day."""
    text = GEMINI.replace(
        "{google/gemini-3.8-flash: 100%}",
        "[{from: 2026-12-01, mix: {openai/gpt-6-luna: 100%}},"
        " {from: 2027-01-16, mix: {openai/gpt-6-sol: 100%}}]",
    )
    assert expected(text)[1] == 15 * Decimal("0.1") + 16 * Decimal(2)


def test_days_on_a_retired_model_are_flagged_and_summed() -> None:
    """GPT-4o mini retires on 2027-01-14: 18 days of January and all of February come after."""
    text = GEMINI.replace("google/gemini-3.8-flash", "openai/gpt-4o-mini")
    found = plan(text)
    (warning,) = (w for w in found.warnings if w.code == "after-retirement")
    assert found.totals()[2].expected == 28 * Decimal("0.15")
    assert "2027-01 to 2027-02" in warning.message
    assert "6.90 USD" in warning.message  # (18 + 28) x 0.15


def test_a_model_that_retires_after_the_plan_is_announced() -> None:
    """In a plan of December alone, GPT-4o mini only retires soon."""
    text = "months: 1\n" + GEMINI.replace("google/gemini-3.8-flash", "openai/gpt-4o-mini")
    assert [w.code for w in plan(text).warnings] == ["retiring"]


def test_cached_prompt_reads_where_requests_are_frequent() -> None:
    """A prompt of 5,000 tokens, found in 1 - exp(-rate x 5 minutes) of conversations.

    100,000 a day on Claude Haiku 5.5 (reads 0.01, writes 0.125): one every 0.864 s, so all hit.
    """
    text = """
    uncertainty: none
    months: 1
    workloads:
      chat:
        demand: {requests: 100k/day}
        request: {system: {tokens: 5000, cache: 5m}, input: 100, output: 0}
        routing: {mix: {anthropic/claude-haiku-5-5: 100%}}
    """
    found = {item.meter: item for item in plan(text).line_items}
    assert set(found) == {"cache_read", "input"}
    rare = {i.meter: i.quantity for i in plan(text.replace("100k/day", "1/day")).line_items}
    share = 1 - np.exp(-300 / 86_400)
    assert rare["cache_read"] == pytest.approx(31 * 5000 * share, rel=1e-9)
    assert rare["cache_write_5m"] == pytest.approx(31 * 5000 * (1 - share), rel=1e-9)


def test_a_short_prompt_is_not_cached() -> None:
    """Below the provider's minimum all of it is input, and the plan says so."""
    text = """
    uncertainty: none
    workloads:
      chat:
        demand: {requests: 100/day}
        request: {system: {tokens: 100, cache: 5m}, input: 100, output: 0}
        routing: {mix: {anthropic/claude-haiku-5-5: 100%}}
    """
    found = plan(text)
    assert {item.meter for item in found.line_items} == {"input"}
    assert [w.code for w in found.warnings] == ["below-cache-minimum"]


def test_escalated_conversations_are_paid_twice() -> None:
    """10 % go on to Sol: 1M tokens x 0.10 and 0.1M x 2.00 a day."""
    text = GEMINI.replace(
        "{mix: {google/gemini-3.8-flash: 100%}}",
        "{mix: {openai/gpt-6-luna: 100%}, escalate_to: openai/gpt-6-sol}\n"
        "    failures: {escalate: 10%}",
    )
    assert expected(text)[0] == 31 * (Decimal("0.1") + Decimal("0.2"))


def test_plan_in_another_currency() -> None:
    """At 0.9 EUR for a dollar, 31 x 0.75 USD are 20.925 EUR, and so are the rates."""
    found = plan("currency: EUR\nexchange: {USD: 0.9}\n" + GEMINI)
    assert found.totals()[0].expected == Decimal("20.925")
    assert found.line_items[0].rate == Decimal("0.675")


def test_budgets_and_the_month_they_break() -> None:
    """23.25 in December is within 30, 46.50 in January is not; the horizon's budget is 90."""
    found = plan(GEMINI + "budget: {monthly: 30, per: {calls: 40}}\n")
    assert str(found.breach) == "2027-01"
    assert found.horizon.budget == 90
    assert [breach.what for breach in found.breaches()] == [
        "2027-01", "2027-02", "calls in 2027-01", "calls in 2027-02", "the whole plan",
    ]  # fmt: skip


def test_budget_of_single_months_and_of_the_whole() -> None:
    """A month's own budget stands before the monthly one; a total is not their sum."""
    found = plan(GEMINI + "budget: {monthly: 30, months: {2027-01: 50}, total: 70}\n")
    assert [total.budget for total in found.totals()] == [30, 50, 30]
    assert found.horizon.budget == 70


def test_processing_hours() -> None:
    """100 requests a day at 2.1 s one after another are 210 s; eight at once, an eighth."""
    text = """
    uncertainty: none
    months: 1
    workloads:
      photos:
        demand: {requests: 100/day}
        request: {input: 10, output: 10}
        routing: {mix: {openai/gpt-6-luna: 100%}}
        timing: {seconds: 2.1, parallel: 1}
    """
    assert plan(text).processing[0].hours_per_day * 3600 == pytest.approx(210)
    eight = plan(text.replace("parallel: 1", "parallel: 8"))
    assert eight.processing[0].hours_per_day * 3600 == pytest.approx(210 / 8)


def test_seats_are_billed_per_user_and_month() -> None:
    """250 seats at 20 are 5,000 a month."""
    found = plan("uncertainty: none\nworkloads:\n  seats: {demand: {users: 250}, seat: 20}\n")
    assert [total.expected for total in found.totals()] == [5000, 5000, 5000]
    assert {(item.meter, item.unit, item.per) for item in found.line_items} == {
        ("seat", "seat-months", 1)
    }


@pytest.mark.parametrize("volume", [1.5, 0.0, 1.0])
def test_a_part_of_the_volume(volume: float) -> None:
    """All demand is multiplied: 0.75 a day over the 31 days of December."""
    found = project(scenario(GEMINI), book(), volume=volume)
    assert found.totals()[0].expected == 31 * Decimal("0.75") * Decimal(str(volume))


def test_known_at_in_the_scenario_pins_the_prices() -> None:
    """With the prices known on 2026-08-09, Claude Sonnet 5 rises to 3/15; a day on, not."""
    text = GEMINI.replace("google/gemini-3.8-flash", "anthropic/claude-sonnet-5")
    before = plan("start: 2026-09\nmonths: 1\nknown_at: 2026-08-09\n" + text)
    after = plan("start: 2026-09\nmonths: 1\nknown_at: 2026-08-10\n" + text)
    assert before.horizon.expected == 30 * 3
    assert after.horizon.expected == 30 * 2


@pytest.mark.parametrize("options", [{"months": 0}, {"months": 121}, {"draws": 0}, {"seed": -1}])
def test_options_out_of_range(options: dict[str, int]) -> None:
    """Each is refused by name."""
    with pytest.raises(UsageError):
        plan(GEMINI, **options)


def test_unknown_variant_names_the_nearest() -> None:
    """A misspelt variant is an error, never the base."""
    text = GEMINI + "variants: {half: {workloads.calls.demand.requests: 500/day}}\n"
    with pytest.raises(UnknownNameError, match="did you mean 'half'"):
        plan(text, variant="hafl")
    assert plan(text, variant="half").totals()[0].expected == 31 * Decimal("0.375")


def test_check_reports_every_variant() -> None:
    """`check` finds what only a variant would stumble over."""
    text = GEMINI + (
        "variants:\n  one: {workloads.calls.routing.mix: {openai/gpt-7: 100%}}\n"
        "  two: {workloads.calls.request.input: 2M}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        check(scenario(text), book())
    first, second = caught.value.problems
    assert "does not fit google/gemini-3.8-flash" in first.message
    assert (second.place.line, second.path.split(".")[-1]) == (12, "openai/gpt-7")


def test_ranges_that_may_be_spreads_draw_a_hint() -> None:
    """A very wide range of tokens is probably a spread between requests."""
    codes = {w.code for w in plan(chat(input="100 to 2000")).warnings}
    assert codes == {"range-or-spread"}


def test_wide_growth_says_that_its_tail_decides() -> None:
    """Where a few extreme draws make the expectation, the plan says so."""
    codes = {w.code for w in plan("months: 36\n" + chat(growth="1% to 20%")).warnings}
    assert "wide-growth" in codes


def test_an_alias_that_moves_inside_the_plan() -> None:
    """`gemini-pro-latest` meant 2.5 Pro (1.25) until 2026-02-14, then 3.1 Pro (2.00)."""
    moved = next(start for start, _ in book().aliases["google/gemini-pro-latest"][1:])
    text = "start: 2026-09\nmonths: 3\n" + GEMINI.replace("gemini-3.8-flash", "gemini-pro-latest")
    days = (date(2026, 12, 1) - date(2026, 9, 1)).days
    before = max(0, (moved - date(2026, 9, 1)).days)
    assert plan(text).horizon.expected == before * Decimal("1.25") + (days - before) * Decimal(2)


def test_growth_that_may_be_negative_never_passes_minus_all() -> None:
    """-80 % to 50 % a year: lognormal in 1 + growth, so E[1 + g] is in closed form."""
    known = from_range(-0.8, 0.5, "growth")
    low, high = np.log(0.2), np.log(1.5)
    sigma = (high - low) / (2 * 1.6448536269514722)
    assert known.mean == pytest.approx(np.exp((low + high) / 2 + sigma**2 / 2) - 1)
    text = chat(growth="-80% to 50%").replace("%/month", "%/year")
    found = plan("months: 13\n" + text)
    assert float(found.totals()[12].expected) == pytest.approx(31 * 0.77 * (1 + known.mean))
    assert np.isfinite(found.samples).all()


def test_users_grow_with_their_demand() -> None:
    """100 users, 20 % growth a month, 10 conversations each: still 10 each in the third month."""
    text = """
    uncertainty: none
    workloads:
      use:
        demand: {requests: 10 per user per month, users: 100, growth: 20%/month}
        request: {input: 1000, output: 1000}
        routing: {mix: {openai/gpt-6-sol: 100%}}
      seats: {demand: {users: 100, growth: 20%/month}, seat: 20}
    """
    found = plan(text)
    mine = [volume for volume in found.volumes if volume.workload == "use"]
    assert [volume.users for volume in mine] == pytest.approx([100, 120, 144])
    assert [volume.conversations for volume in mine] == pytest.approx([1000, 1200, 1440])
    assert "use has 10," in found.notes[-1]


def test_escalation_target_has_seconds_of_its_own() -> None:
    """Every model that is routed to states its seconds, the escalation target too."""
    text = """
    uncertainty: none
    months: 1
    workloads:
      chat:
        demand: {requests: 100/day}
        request: {input: 10, output: 10}
        routing: {mix: {openai/gpt-6-luna: 100%}, escalate_to: openai/gpt-6-sol}
        failures: {escalate: 10%}
        timing: {seconds: {openai/gpt-6-luna: 1, openai/gpt-6-sol: 6}}
    """
    seconds = {p.model: p.hours_per_day * 3600 for p in plan(text).processing}
    assert seconds == pytest.approx({"openai/gpt-6-luna": 100, "openai/gpt-6-sol": 60})
    with pytest.raises(ScenarioError, match="no seconds for 'openai/gpt-6-sol'"):
        plan(text.replace(", openai/gpt-6-sol: 6", ""))


@pytest.mark.parametrize(
    "setting",
    [
        ("workloads.calls.routing.escalate_to", "openai/gpt-6-lunar"),
        ("workloads.calls.routing.mix", "{openai/gpt-6-luna: 100%, openai/gpt-6-lunar: 0%}"),
        (
            "workloads.calls.routing.mix",
            """[{from: 2026-12-01, mix: {openai/gpt-6-luna: 100%}},
                {from: 2036-12-01, mix: {openai/gpt-6-lunar: 100%}}]""",
        ),
        ("workloads.calls.request.output", "{tokens: 5, counted_with: openai/gpt-6-lunar}"),
    ],
)
def test_an_unknown_model_is_told_wherever_it_is_named(setting: tuple[str, str]) -> None:
    """Also where no request goes to it."""
    with pytest.raises(ScenarioError, match="did you mean 'openai/gpt-6-luna'") as caught:
        project(scenario(GEMINI).apply(None, [setting]), book(), draws=16)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("assumptions: {unused: 5}\n" + GEMINI, "unused-assumption"),
        (GEMINI.replace("1000/day", "1000/day, launch: 2030-01-01"), "no-demand"),
    ],
)
def test_what_has_no_effect_is_told(text: str, code: str) -> None:
    """An assumption nobody uses, a workload that never runs."""
    assert [warning.code for warning in plan(text).warnings] == [code]


def test_ranges_show_their_mean() -> None:
    """`5 to 10` has the mean 7.2298; growth and shares too, under the name they have."""
    found = plan("assumptions: {g: 4% to 7%}\n" + chat(requests="5 to 10", growth="$g"))
    means = {known.name: round(known.mean, 4) for known in found.ranges}
    assert means["workloads.chat.demand.requests"] == pytest.approx(7.2298)
    assert set(means) == {"workloads.chat.demand.requests", "$g"}


def test_two_prompts_are_one_prefix() -> None:
    """Tools and system cannot be kept for different times: they are cached as one."""
    request = (
        "system: {tokens: 5000, cache: 5m}, tools: {tokens: 900, cache: 1h}, input: 1, output: 1"
    )
    with pytest.raises(ScenarioError, match="one prefix"):
        scenario(GEMINI.replace("input: 1000, output: 0", request))


def test_a_source_names_no_path_of_a_machine() -> None:
    """What a scenario states itself is found by its key, wherever the file lies."""
    found = plan("workloads:\n  seats: {demand: {users: 2}, seat: 20}\n")
    assert {item.source for item in found.line_items} == {
        "stated in the scenario: workloads.seats.seat"
    }


HAIKU = """
uncertainty: none
months: 1
workloads:
  a:
    demand: {{requests: 1 once}}
    request: {{{request}}}
    routing: {{mix: {{anthropic/claude-haiku-5-5: 100%}}}}
"""


def normal(z: float) -> float:
    """The standard normal distribution function."""
    return NormalDist().cdf(z)


def half_spread(mu: float, sigma: float, tokens: int) -> float:
    """Expected input cost on Haiku 5.5 of a lognormal prompt: 0.10, all at 0.50 above 100,000.

    E[x] 0.1 + 0.4 E[x; x > T] per million, and output at 0.50, or 2.50 with P(x > T).
    """
    mean = math.exp(mu + sigma**2 / 2)
    z = (math.log(100_000) - mu) / sigma
    dear, held = 1 - normal(z), mean * normal(sigma - z)
    return (0.1 * mean + 0.4 * held + tokens * (0.5 + 2.0 * dear)) / 1e6


def test_a_range_across_a_tier_is_integrated() -> None:
    """`70000 to 110000` on a model whose price is five times as high above 100,000 tokens."""
    mu = (math.log(70_000) + math.log(110_000)) / 2
    sigma = math.log(110_000 / 70_000) / (2 * 1.6448536269514722)
    found = plan(HAIKU.format(request="input: 70000 to 110000, output: 500"))
    assert float(found.horizon.expected) == pytest.approx(half_spread(mu, sigma, 500), rel=1e-9)


@pytest.mark.parametrize(("mean", "p90"), [(6_000, 13_500), (20_000, 40_000), (60_000, 100_000)])
def test_a_spread_across_a_tier_is_integrated(mean: int, p90: int) -> None:
    """To the end of its tail, whatever the number of draws."""
    z = 1.2815515655446004
    sigma = z - math.sqrt(z * z - 2 * math.log(p90 / mean))
    exact = half_spread(math.log(mean) - sigma**2 / 2, sigma, 500)
    text = HAIKU.format(request=f"input: {{mean: {mean}, p90: {p90}}}, output: 500")
    for draws in (16, 20_000):
        found = plan(text, draws=draws)
        assert float(found.horizon.expected) == pytest.approx(exact, rel=1e-9)
        assert found.samples.sum(axis=(1, 2)).mean() == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(
    "request_",
    [
        "input: 9700 to 10500, output: 10, turns: 12, system: 10",
        "input: 70000 to 110000, output: 400 to 600, system: 1k to 2k, tools: 500 to 800",
        "input: {mean: 20k, p90: 40k}, output: 400 to 600",
        "input: 7000, output: 4000 to 9000, turns: 12",
        "input: 12k, output: 300, turns: 3 to 10",
    ],
)
def test_many_draws_come_to_the_same(request_: str) -> None:
    """What is integrated is what 200,000 draws average to, tiers in the middle of them."""
    found = plan(HAIKU.format(request=request_), draws=200_000)
    drawn = found.samples.sum(axis=(1, 2)).mean()
    assert float(found.horizon.expected) == pytest.approx(drawn, rel=2e-3)


def test_uncertain_turns_are_a_mixture_of_whole_ones() -> None:
    """`1 to 3` turns: each turn counts with the part of it that takes place, by integration."""
    text = HAIKU.format(request="input: 1000, output: 10, turns: 1 to 3")
    known = from_range(1, 3, "positive")
    n = known.quantile((np.arange(2_000_000) + 0.5) / 2_000_000)
    whole = np.floor(n)
    sent = whole * (whole + 1) / 2 + (n - whole) * (whole + 1)
    cost = (1000 * sent * 0.1 + 10 * (sent - n) * 0.1 + 10 * n * 0.5) / 1e6
    assert float(plan(text).horizon.expected) == pytest.approx(float(cost.mean()), rel=1e-6)


def test_hits_do_not_depend_on_how_a_month_is_cut() -> None:
    """A mix that is written anew in mid-month is the same mix; so are the conversations a day."""
    text = """
    uncertainty: none
    months: 1
    workloads:
      a:
        demand: {requests: 60/day}
        request: {system: {tokens: 6000, cache: 1h}, input: 100, output: 100}
        routing: {mix: {anthropic/claude-haiku-5-5: 100%}}
    """
    cut = text.replace(
        "{anthropic/claude-haiku-5-5: 100%}",
        """[{from: 2026-12-01, mix: {anthropic/claude-haiku-5-5: 100%}},
            {from: 2026-12-16, mix: {anthropic/claude-haiku-5-5: 100%}}]""",
    )
    hit = 1 - math.exp(-60 / 24)
    by_hand = 31 * 60 * (6000 * (hit * 0.01 + (1 - hit) * 0.2) + 100 * 0.1 + 100 * 0.5) / 1e6
    assert float(plan(text).horizon.expected) == pytest.approx(by_hand, rel=1e-9)
    assert float(plan(cut).horizon.expected) == pytest.approx(by_hand, rel=1e-9)


def test_hits_are_averaged_over_an_unknown_volume() -> None:
    """E[n (1 - exp(-n/24))] / E[n] of all conversations, not the hits of the mean volume."""
    text = """
    uncertainty: none
    months: 1
    workloads:
      a:
        demand: {requests: 1 to 100/day}
        request: {system: {tokens: 6000, cache: 1h}, input: 0, output: 0}
        routing: {mix: {anthropic/claude-haiku-5-5: 100%}}
    """
    known = from_range(1, 100, "positive")
    n = known.quantile((np.arange(2_000_000) + 0.5) / 2_000_000)
    hits = float((n * (1 - np.exp(-n / 24))).mean() / n.mean())
    quantities = {item.meter: item.quantity for item in plan(text).line_items}
    share = quantities["cache_read"] / sum(quantities.values())
    assert share == pytest.approx(hits, abs=2e-3)


@pytest.mark.parametrize("growth", ["0.5% to 5%", "1% to 30%"])
def test_growth_beyond_all_numbers_is_an_error(growth: str) -> None:
    """Ten years of a wide range of growth have no expected value worth the name."""
    with pytest.raises(ScenarioError, match="narrow the range or shorten the plan"):
        plan("months: 120\n" + chat(growth=growth))


def test_a_mode_without_a_price_for_long_prompts() -> None:
    """Gemini 2.5 Pro has no flex price above 200,000 tokens: the larger requests are an error."""
    text = GEMINI.replace("gemini-3.8-flash", "gemini-2.5-pro") + "    mode: flex\n"
    wide = text.replace("input: 1000", "input: {mean: 150k, p90: 300k}")
    with pytest.raises(ScenarioError, match="no flex price for prompts over 200,000"):
        plan(wide)


def test_shares_of_a_range_leave_a_rest() -> None:
    """With 25 % fixed, `55% to 70%` is a Beta within the other 75 %: no draw has less than none."""
    text = GEMINI.replace(
        "{google/gemini-3.8-flash: 100%}",
        "{openai/gpt-6-luna: 55% to 70%, openai/gpt-6-sol: 25%, anthropic/claude-opus-5: rest}",
    )
    found = plan(text)
    assert found.samples.min() > 0
    (known,) = found.ranges
    assert (known.low, known.high) == (Decimal("0.55"), Decimal("0.7"))
    assert 0.55 < known.mean < 0.7


def test_budget_that_is_met_exactly_is_not_over() -> None:
    """A cost that equals its budget but for binary residue is within it, in every draw."""
    found = plan(GEMINI + "budget: {months: {2026-12: 23.25, 2027-01: 46.5, 2027-02: 42}}\n")
    assert [total.p_over for total in found.totals()] == [0, 0, 0]


def test_calls_are_averaged_with_the_assumption_they_share() -> None:
    """$k conversations of $k turns are E[k^2] calls."""
    text = """
    assumptions: {k: 2 to 6}
    uncertainty: none
    months: 1
    workloads:
      a:
        demand: {requests: $k/day}
        request: {input: 10, output: 10, turns: $k}
        routing: {mix: {openai/gpt-6-luna: 100%}}
    """
    (volume,) = plan(text).volumes
    assert volume.calls == pytest.approx(31 * from_range(2, 6, "positive").moment(2))


def test_hours_are_those_of_the_days_a_model_runs() -> None:
    """100 a day at 36 s: an hour a day on either model, though each runs half a month."""
    text = """
    uncertainty: none
    months: 1
    workloads:
      a:
        demand: {requests: 100/day}
        request: {input: 10, output: 10}
        routing:
          mix:
            - {from: 2026-12-01, mix: {openai/gpt-6-luna: 100%}}
            - {from: 2026-12-16, mix: {openai/gpt-6-sol: 100%}}
        timing: {seconds: 36}
    """
    assert [row.hours_per_day for row in plan(text).processing] == pytest.approx([1, 1])


def test_uncertain_turns_write_their_prompt_once_each() -> None:
    """Of `1 to 3` turns, the first writes, as far as it takes place, and the others read."""
    text = HAIKU.format(
        request="system: {tokens: 6000, cache: 5m}, input: 0, output: 0, turns: 1 to 3"
    )
    known = from_range(1, 3, "positive")
    n = known.quantile((np.arange(2_000_000) + 0.5) / 2_000_000)
    quantities = {item.meter: item.quantity for item in plan(text).line_items}
    hit = 1 - math.exp(-300 / 86_400)
    first, later = float(np.minimum(n, 1).mean()), float(np.maximum(n - 1, 0).mean())
    assert quantities["cache_write_5m"] == pytest.approx(6000 * first * (1 - hit), rel=1e-5)
    assert quantities["cache_read"] == pytest.approx(6000 * (later + first * hit), rel=1e-5)
    assert plan(text, draws=512).samples.min() > 0


def test_an_assumption_that_a_variant_uses_or_drops_is_no_mistake() -> None:
    """Used in a variant alone, or in the base and no more in a variant: no warning either way."""
    text = (
        "assumptions: {a: 5, b: 7}\n"
        + GEMINI.replace("input: 1000", "input: $a")
        + ("variants:\n  other: {workloads.calls.request.input: $b}\n")
    )
    for variant in (None, "other"):
        assert plan(text, variant=variant).warnings == ()


WIDE_PROMPT = """
uncertainty: none
months: 1
assumptions: {{x: 500 to 20000}}
workloads:
  chat:
    demand: {{requests: {requests}}}
    request: {{input: {input}, output: 100, {more}}}
    routing: {{mix: {{{model}: 100%}}}}
"""


def wide(model: str, *, more: str, requests: str = "1000 per month", input: str = "100") -> str:  # noqa: A002
    """A scenario whose first assumption spans a factor of forty."""
    text = WIDE_PROMPT.format(model=model, more=more, requests=requests, input=input)
    return text if "$x" in text else text.replace("assumptions: {x: 500 to 20000}\n", "")


def test_a_prompt_of_two_open_sizes_may_cross_a_tier() -> None:
    """Gemini 2.5 Pro costs twice as much above 200k: 1.25 and 10, then 2.50 and 15.

    Averaged here over a grid of both: neither size alone decides the tier.
    """
    text = wide("google/gemini-2.5-pro", more="system: 150000 to 250000", input="1000 to 2000")
    system, asked = from_range(150e3, 250e3, "positive"), from_range(1e3, 2e3, "positive")
    p = (np.arange(4000) + 0.5) / 4000
    prompt = np.add.outer(system.quantile(p), asked.quantile(p[::8]))
    over = prompt > 200_000
    cost = np.where(over, prompt * 2.5 + 1500, prompt * 1.25 + 1000) / 1e6
    assert float(expected(text)[0]) == pytest.approx(1000 * float(cost.mean()), rel=2e-3)


@pytest.mark.parametrize("system", ["$x", "5000"])
def test_more_requests_find_the_prompt_cached_more_often(system: str) -> None:
    """Opus 5: input 5, write 6.25, read 0.50, output 25; n requests hit with 1 - exp(-n r).

    r is five minutes in a month; the chance is averaged over n, not taken at the mean of n.
    """
    text = wide(
        "anthropic/claude-opus-5",
        more=f"system: {{tokens: {system}, cache: 5m}}",
        requests="$x per month",
    )
    n = from_range(500, 20_000, "positive").quantile((np.arange(100_000) + 0.5) / 100_000)
    tokens = n if system == "$x" else np.full_like(n, 5000)
    miss = np.exp(-n * 300 / (31 * 86_400))
    cached = tokens * (miss * 6.25 + (1 - miss) * 0.5)
    prompt = np.where(tokens >= 512, cached, tokens * 5)  # shorter is not cached
    cost = n * (prompt + 100 * 5 + 100 * 25) / 1e6
    found = plan(text).totals()[0]
    assert float(found.expected) == pytest.approx(float(cost.mean()), rel=3e-3)
    for quantile, ours in ((10, found.p10), (50, found.p50), (90, found.p90)):
        assert float(ours) == pytest.approx(float(np.percentile(cost, quantile)), rel=0.03)


def test_turns_that_could_run_on_without_end_are_refused() -> None:
    """The cost of a conversation grows with the square of its turns: 1 to 200 has no sane mean."""
    with pytest.raises(ScenarioError, match="so wide"):
        plan(wide("google/gemini-2.5-pro", more="turns: 1 to 200"))


def test_shocks_do_not_move_the_mean_where_prompts_are_cached() -> None:
    """The mean of what is simulated is the exact expectation, hits and all."""
    text = wide(
        "anthropic/claude-opus-5",
        more="system: {tokens: 5000, cache: 5m}",
        requests="10000 per month",
    )
    found = plan(text.replace("uncertainty: none", "uncertainty: typical"), draws=20_000)
    plain = expected(text)[0]
    assert found.totals()[0].expected == plain
    assert float(found.samples.sum(axis=(1, 2)).mean()) == pytest.approx(float(plain), rel=2e-3)
