"""What ships is true: the published numbers, and every example runs."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from conftest import Cli
from plans import SCENARIOS, book

from costplan.engine.projection import Projection
from costplan.errors import ScenarioError
from costplan.planning import project
from costplan.scenario import load_scenario, shipped_scenarios, templates

EXAMPLES = [file.name for file in shipped_scenarios()]


def shipped(name: str, variant: str | None = None) -> Projection:
    """The projection of a shipped scenario."""
    return project(load_scenario(SCENARIOS / name), book(), variant=variant, draws=256)


def test_every_example_is_there() -> None:
    """All of the shop window, and no other."""
    assert set(EXAMPLES) == {
        "agent-loop.yaml",
        "answer-cascade.yaml",
        "break-even.yaml",
        "caching-or-not.yaml",
        "cheapest-mix.yaml",
        "coding-agent.yaml",
        "cost-per-success.yaml",
        "document-library.yaml",
        "enterprise-agreement.yaml",
        "fast-tier.yaml",
        "image-studio.yaml",
        "limits-and-time.yaml",
        "nightly-batch.yaml",
        "office-hours.yaml",
        "online-shop.yaml",
        "prepaid-credits.yaml",
        "product-images.yaml",
        "provisioned-throughput.yaml",
        "review-agents.yaml",
        "seats-or-tokens.yaml",
        "six-workloads.yaml",
        "support-assistant.yaml",
        "task-routing.yaml",
        "ticket-drafts.yaml",
        "voice-agent.yaml",
        "volume-from-a-log.yaml",
        "what-changed.yaml",
    }


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_and_variant_projects(name: str) -> None:
    """No variant of an example is broken."""
    for variant in (None, *load_scenario(SCENARIOS / name).variants):
        found = shipped(name, variant)
        assert found.horizon.expected > 0
        assert found.horizon.p10 <= found.horizon.p90


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
def test_every_template_projects(template: object, cli: Cli, tmp_path: object) -> None:
    """`costplan new NAME PATH` writes a scenario that plans as it stands."""
    path = f"{tmp_path}/mine.yaml"
    assert cli("new", template.name, path).code == 0  # type: ignore[attr-defined]
    ran = cli("plan", path, "--format", "json", "--draws", "64")
    assert ran.code == 0
    assert Decimal(json.loads(ran.out)["horizon"]["expected"]) > 0


def test_fast_tier_has_the_published_totals(cli: Cli) -> None:
    """$0.255, $0.50 and $1.60 for 1,000 requests of 500 input and 300 output tokens."""
    ran = cli("plan", str(SCENARIOS / "fast-tier.yaml"), "--format", "json")
    found = {row["model"]: row["expected"] for row in json.loads(ran.out)["by_model"]}
    assert found == {
        "openai/gpt-4o-mini": "0.255",
        "anthropic/claude-3-haiku": "0.5",
        "anthropic/claude-3-5-haiku": "1.6",
    }


def test_fast_tier_at_the_launch_price() -> None:
    """Claude 3.5 Haiku cost 1.00/5.00 until 2024-12-03: $2.00."""
    found = dict(shipped("fast-tier.yaml", "launch-price").by("model"))
    assert found["anthropic/claude-3-5-haiku"] == 2


def test_fast_tier_from_december_2026_warns_of_each_model() -> None:
    """Two are retired, on their days, and the third will be on 2027-01-14."""
    found = shipped("fast-tier.yaml", "from-december-2026")
    said = {w.where: (w.code, w.message) for w in found.warnings}
    assert said["anthropic/claude-3-5-haiku"][0] == "after-retirement"
    assert "2026-02-19" in said["anthropic/claude-3-5-haiku"][1]
    assert said["anthropic/claude-3-haiku"][0] == "after-retirement"
    assert "2026-04-20" in said["anthropic/claude-3-haiku"][1]
    assert said["openai/gpt-4o-mini"] == (
        "retiring", "openai/gpt-4o-mini retires on 2027-01-14",
    )  # fmt: skip


def test_support_assistant_shows_the_step_of_gemini() -> None:
    """Its rates double on 2027-01-01, and with them the money of a working day."""
    found = shipped("support-assistant.yaml")
    rates = {
        (str(i.month), i.rate)
        for i in found.line_items
        if i.model == "google/gemini-3.8-flash" and i.meter == "input" and i.mode == "standard"
    }
    assert ("2026-12", Decimal("0.75")) in rates
    assert ("2027-01", Decimal("1.5")) in rates
    assert ("2027-01", Decimal("0.75")) not in rates
    assert any("changes on 2027-01-01" in note for note in found.notes)


def test_task_routing_is_cheaper_than_all_on_haiku_and_dearer_than_all_on_mini() -> None:
    """One workload by hand: classification, 60,000 a weekday of 350 in and 10 out.

    GPT-4o mini: 22 weekdays x (21M x 0.15 + 0.6M x 0.60) / 1M = 22 x 3.51 = 77.22 in 2025-09.
    """
    routed, mini, haiku = (
        shipped("task-routing.yaml", variant) for variant in (None, "all-mini", "all-haiku")
    )
    assert mini.horizon.expected < routed.horizon.expected < haiku.horizon.expected
    assert routed.monthly("workload")["classification"][0] == Decimal("77.22")
    assert len(routed.workloads) == 12


def test_task_routing_does_not_fit_a_smaller_context() -> None:
    """130,000 tokens of question and contract fit Claude 3.5 Haiku, not GPT-4o mini."""
    longer = load_scenario(SCENARIOS / "task-routing.yaml")
    setting = [("workloads.long-document-qa.request.input", "130k")]
    assert project(longer.apply(None, setting), book(), draws=16).horizon.expected > 0
    with pytest.raises(ScenarioError, match=r"does not fit openai/gpt-4o-mini.*128,000"):
        project(longer.apply("all-mini", setting), book(), draws=16)


def test_product_images_saves_130_seconds_not_two_hours(cli: Cli) -> None:
    """100 images at 2.1 s instead of 3.4 s, one after another: 38 % less time, 62 % more done."""
    fast, slow = (shipped("product-images.yaml", variant) for variant in (None, "slower"))
    seconds = [found.processing[0].hours_per_day * 3600 for found in (slow, fast)]
    assert seconds == pytest.approx([340, 210])
    one, other = (str(SCENARIOS / f"product-images.yaml{variant}") for variant in ("#slower", ""))
    ran = cli("compare", one, other)
    assert ran.code == 0
    for claim in ("130 s", "38%", "62%"):
        assert claim in ran.out


def test_coding_agent_reads_nearly_everything_from_the_cache() -> None:
    """94 to 97 % of input-side tokens are cache reads, as in recorded sessions."""
    sums: dict[str, float] = {}
    for item in shipped("coding-agent.yaml").line_items:
        sums[item.meter] = sums.get(item.meter, 0.0) + item.quantity
    sent = sum(amount for meter, amount in sums.items() if meter != "output")
    assert 0.94 < sums["cache_read"] / sent < 0.97
    assert sent / sums["output"] > 100
    dear = shipped("coding-agent.yaml", "no-cache").horizon.expected
    # A million sent costs 0.95 x 0.10 + 0.03 x 2.50 + 0.015 x 2 = 0.20 on Sonnet 5.5, not 2.00;
    # the output, some 5 % of the bill without a cache, costs the same with and without.
    assert 7 < dear / shipped("coding-agent.yaml").horizon.expected < 9


def test_nightly_batch_is_half_and_the_backfill_is_once() -> None:
    """At batch price the documents cost half; 1.2M x 2,100 tokens at 0.01 a million are 25.20."""
    now, batch = (shipped("nightly-batch.yaml", variant) for variant in ("right-away", None))
    costs = dict(now.by("workload")), dict(batch.by("workload"))
    ratio = float(costs[1]["nightly-documents"] / costs[0]["nightly-documents"])
    assert ratio == pytest.approx(0.5, abs=1e-9)
    assert costs[1]["archive-backfill"] == Decimal("25.2")
    assert batch.monthly("workload")["archive-backfill"][1:] == (Decimal(0),) * 11


def test_seats_or_tokens_says_where_they_cross() -> None:
    """Light use by hand: 4 turns x 600 + 10 x 250 + 6 x 450 = 7,600 in, and 1,800 out.

    At 2.00 and 10.00 that is 0.0332, so a seat at 20 is worth 602 conversations a month. Heavy
    use: 8 x 600 + 36 x 900 + 28 x 600 = 54,000 in and 4,800 out are 0.156, so 128 conversations.
    """
    (light,) = (note for note in shipped("seats-or-tokens.yaml").notes if "a month costs" in note)
    assert "602 conversations per user and month" in light
    assert "pay per use is cheaper" in light
    notes = shipped("seats-or-tokens.yaml", "no-seats").notes
    heavy = [note for note in notes if "heavy" in note and "a month costs" in note]
    assert "128 conversations per user and month" in heavy[0]
    assert "the seat is cheaper" in heavy[0]


def test_seats_or_tokens_is_a_plan_that_adds_up() -> None:
    """60 seats at 20 for 12 months are 14,400; each of the variants has a total of its own."""
    assert dict(shipped("seats-or-tokens.yaml").by("workload"))["seats"] == 14_400
    assert shipped("seats-or-tokens.yaml", "seats-for-all").horizon.expected == 250 * 20 * 12


def test_ticket_drafts_compares_the_task() -> None:
    """One template, log and set of tools on three tokenizers: three numbers of tokens."""
    sent = {
        variant: sum(
            item.quantity
            for item in shipped("ticket-drafts.yaml", variant).line_items
            if item.meter == "input"
        )
        for variant in (None, "haiku", "flash")
    }
    assert len(set(sent.values())) == 3
    # The newer Claude tokenizer needs 1.3 to 1.8 times o200k's tokens for English prose.
    assert 1.2 * sent[None] < sent["haiku"]


def test_caching_or_not_says_what_pays() -> None:
    """The busy prompt saves, the quiet one loses; without a cache the plan costs that much less."""
    found, none = (
        shipped("caching-or-not.yaml", name) for name in (None, "no-cache-for-contracts")
    )
    saved = {saving.workload: saving.saved for saving in found.caching}
    assert saved["help-desk"] > 0 > saved["contract-check"]
    assert [w.where for w in found.warnings if w.code == "cache-loses"] == [
        "contract-check on anthropic/claude-sonnet-5-5"
    ]
    assert float(none.horizon.expected - found.horizon.expected) == pytest.approx(
        float(saved["contract-check"])
    )
    assert not any(w.code == "cache-loses" for w in none.warnings)


def test_limits_and_time_is_done_with_ten_at_a_time() -> None:
    """What the variants promise: more at a time is in time; batches use no minute of ours."""
    codes = {
        variant: {(w.code, w.where) for w in shipped("limits-and-time.yaml", variant).warnings}
        for variant in (None, "ten-at-a-time", "by-batch")
    }
    late = {code for code in codes[None] if code[0] == "over-window"}
    assert len(late) == 1
    assert codes["ten-at-a-time"] == codes[None] - late
    assert not late & codes["by-batch"]
    assert any("batch_tokens_per_day" in where for _, where in codes["by-batch"])


def test_volume_from_a_log_has_the_requests_of_the_log() -> None:
    """82,098 requests in 42 days are 1,954.7 a day, and 31 times that in December."""
    rows = (SCENARIOS / "samples/chat-requests.csv").read_text().split()[1:]
    requests = sum(int(row.split(",")[1]) for row in rows)
    assert (len(rows), requests) == (42 * 24, 82_098)
    found = shipped("volume-from-a-log.yaml")
    chat = [v.conversations for v in found.volumes if v.workload == "help-chat"]
    assert chat[0] == pytest.approx(31 * requests / 42)
    reports = found.samples[:, found.workloads.index("monthly-reports")]
    assert reports.std(axis=0) == pytest.approx(0)


def test_online_shop_retires_its_old_assistant() -> None:
    """4,000 a day for ten days of January 2027, then none; 400 more on each day of the fair."""
    volumes = {
        (v.workload, str(v.month)): v.conversations for v in shipped("online-shop.yaml").volumes
    }
    assert volumes["old-assistant", "2027-01"] == pytest.approx(40_000)
    assert volumes["old-assistant", "2027-02"] == 0
    # 23 weekdays of March 2027 less Good Friday and Easter Monday (26 and 29 March)
    assert volumes["order-desk", "2027-03"] == pytest.approx(21 * 60 * 14 + 3 * 400)


def test_office_hours_decide_the_price_and_the_cache() -> None:
    """In Singapore 7 of 9 hours of an office day are the peak of Beijing; at night none is."""

    def in_peak(variant: str) -> float:
        rows = [i for i in shipped("office-hours.yaml", variant).line_items if i.meter == "input"]
        rows = [i for i in rows if i.workload == "reports"]
        peak = sum(i.quantity for i in rows if "Shanghai" in i.source)
        return peak / sum(i.quantity for i in rows)

    # November 2027 has 22 weekdays and no holiday in China; over the year there are some.
    assert 0.7 < in_peak("singapore") < 7 / 9
    assert in_peak("reports-at-night") == 0
    notes = {
        variant: next(n for n in shipped("office-hours.yaml", variant).notes if "find their" in n)
        for variant in (None, "at-all-hours")
    }
    # 90 x 300 s are 0.83 a lifetime in nine hours (56 %), 0.31 in 24 (27 %)
    assert "56% of conversations" in notes[None]
    assert "27% of conversations" in notes["at-all-hours"]


def test_an_enterprise_agreement_tells_the_shortfall() -> None:
    """Billed is effective where it is paid in arrears; prepaid, December has all of it.

    15,000 and 19 % tax are 17,850 of the bill of December, and the year costs the same.
    """
    arrears, prepaid = (shipped("enterprise-agreement.yaml", v) for v in (None, "prepaid"))
    assert arrears.billing is not None
    assert prepaid.billing is not None
    assert all(row.effective == row.billed for row in arrears.billing.statements)
    assert prepaid.billing.statements[0].prepaid == 15_000
    assert prepaid.totals()[0].expected > 17_850
    assert float(prepaid.horizon.expected) == pytest.approx(float(arrears.horizon.expected))
    assert prepaid.billing.statements[-1].left == 0
    assert not shipped("enterprise-agreement.yaml", "list-prices").billing.accounts  # type: ignore[union-attr]


def test_prepaid_credits_that_are_too_many_are_lost() -> None:
    """Of 4,000 paid for six months, what six months do not use is effective in May."""
    found = shipped("prepaid-credits.yaml", "too-much").billing
    assert found is not None
    may = found.statements[5]
    assert may.effective > 4_000 / 2
    assert may.left < 10
    paid = sum(float(row.billed - row.effective) for row in found.statements)
    assert paid == pytest.approx(float(found.statements[-1].left))


def test_provisioned_throughput_costs_its_units_and_its_spill_over() -> None:
    """45 units at 1.50 for December's 744 hours are 50,220; the busiest hour asks for 88.

    Of 170 parts of a day's 864,000 requests, of 3,000 input tokens each, 14 fall on the busiest
    hour: 59,294 a second, at 675 a unit.
    """
    found = shipped("provisioned-throughput.yaml")
    flat = [
        i.cost for i in found.line_items if i.model == "contract/units" and i.month.year == 2026
    ]
    assert flat == [45 * 744 * 3 / 2]
    busiest = 864_000 * 14 / 170 * 3_000 / 3_600
    assert any(f"{busiest:,.0f}" in note for note in found.notes)
    most = shipped("provisioned-throughput.yaml", "busiest-hour")
    assert any("88 units" in note for note in most.notes)
