"""The cheapest mix on the desk: rules as switches, their costs, and what using it comes to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli
from plans import SCENARIOS, book

from costplan.desk import Desk, WhatIf
from costplan.desk.mixed import Mixed
from costplan.desk.mixing import Mixing
from costplan.desk.rules import LIMITS, Rule, parse_rule
from costplan.errors import UsageError

pytest.importorskip("highspy", reason="the extra 'optimize' is not installed")

PLAIN = """\
name: Support
start: 2026-12
months: 2
uncertainty: none
residency: {europe: [anthropic]}
workloads:
  chat:
    demand: {requests: 1000/day}
    request: {input: 800, output: 200}
    routing: {mix: {anthropic/claude-sonnet-5-5: 60%, openai/gpt-6-luna: rest}}
  drafts:
    demand: {requests: 100/day}
    request: {input: 800, output: 200}
    routing: {mix: {openai/gpt-6-sol: 100%}}
  seats: {demand: {requests: 3 per user per day, users: 5}, seat: 30}
limits: {openai/gpt-6-luna: {requests_per_day: 500}}
"""
QUALITY = "optimize.tickets.quality"


@pytest.fixture(scope="module")
def tickets() -> Desk:
    """The shipped example of mixes, its trials remembered from test to test."""
    made = Desk(str(SCENARIOS / "cheapest-mix.yaml"), book())
    made.load()
    return made


@pytest.fixture
def plain(tmp_path: Path) -> Desk:
    """A scenario without rules or scores."""
    (tmp_path / "plan.yaml").write_text(PLAIN, encoding="utf-8")
    made = Desk(str(tmp_path / "plan.yaml"), book())
    made.load()
    return made


def rule(found: Mixed, says: str) -> Rule:
    """The one rule that begins like this."""
    (one,) = (each for each in found.rules if each.says.startswith(says))
    return one


def cost(found: Mixed, desk: Desk) -> Decimal:
    """What the workload costs with the mix laid over the plan."""
    assert found.best is not None
    used = desk.project(WhatIf(None, (found.best,)))
    return dict(used.by("workload"))[found.workload]


def test_it_is_what_the_command_line_prints(tickets: Desk, cli: Cli) -> None:
    """To the letter."""
    found = Mixing(WhatIf()).answer(tickets)
    assert found.page is not None
    assert found.page.markdown() == cli("optimize", tickets.path, "--format", "markdown").out


def test_the_mix_that_is_used_costs_what_was_told(tickets: Desk) -> None:
    """Laid over the plan as a setting, price changes and all."""
    found = Mixing(WhatIf()).answer(tickets)
    assert f"with this mix ${cost(found, tickets):,.2f}" in found.saving


def test_a_rule_costs_what_is_saved_without_it(tickets: Desk) -> None:
    """Switched off it is gone from the costs; switched on again it is as before."""
    asked = Mixing(WhatIf())
    before = asked.answer(tickets)
    stated = rule(before, "quality at least 88.0%")
    without = asked.switched(stated)
    assert without.rules == ((QUALITY, "null"),)
    found = without.answer(tickets)
    saved = cost(before, tickets) - cost(found, tickets)
    assert float(saved) == pytest.approx(float(stated.costs.lstrip("$")), rel=0.01)
    assert not rule(found, "quality").is_on
    again = without.switched(rule(found, "quality"))
    assert again.answer(tickets).saving == before.saving


def test_every_rule_of_the_file_can_be_switched(tickets: Desk) -> None:
    """Each on at first, each off by itself; what is only offered is off."""
    asked = Mixing(WhatIf())
    rules = asked.answer(tickets).rules
    assert [each.says for each in rules if each.is_on] == [
        "quality at least 88.0%",
        "at most 2.5 seconds",
        "anthropic at most 80%",
    ]
    for k, each in enumerate(rules):
        switched = asked.switched(each).answer(tickets).rules
        assert [rule.is_on for rule in switched] == [
            not before.is_on if k == at else before.is_on for at, before in enumerate(rules)
        ]


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("quality 90%", "quality", "90%"),
        ("quality at least 90%", "quality", "90%"),
        ("seconds: 2.5", "seconds", "2.5"),
        ("models=2", "models", "2"),
        ("budget at most 5k", "budget", "5k"),
        ("residency europe", "residency", "europe"),
        ("anthropic at most 60%", "shares.anthropic", "at most 60%"),
        ("openai/gpt-6-luna 10% to 40%", "shares.openai/gpt-6-luna", "10% to 40%"),
        ("among openai/gpt-6-luna, openai/gpt-6-sol", "among",
         "[openai/gpt-6-luna, openai/gpt-6-sol]"),
    ],
)  # fmt: skip
def test_a_rule_is_typed_as_it_is_said(text: str, path: str, value: str) -> None:
    """And becomes a setting in the grammar of the file."""
    assert parse_rule(text, "tickets") == (f"optimize.tickets.{path}", value)


@pytest.mark.parametrize("text", ["qualty 9%", "quality", "anthropic 60%", "", "models few"])
def test_what_is_no_rule_says_what_one_looks_like(text: str) -> None:
    """With the nearest key where one is near."""
    with pytest.raises(UsageError, match=r"anthropic at most 60%") as told:
        parse_rule(text, "tickets")
    assert ("did you mean quality?" in str(told.value)) == (text == "qualty 9%")


def test_rules_that_nothing_keeps_say_so_and_stay_switches(tickets: Desk) -> None:
    """So that one of them can be taken away again."""
    asked = Mixing(WhatIf()).with_rule("quality 95%", "tickets")
    found = asked.answer(tickets)
    assert "no mix keeps" in found.problem
    assert found.best is None
    typed = rule(found, "quality at least 95.0%")
    assert typed.is_on
    assert not rule(found, "quality at least 88.0%").is_on
    off = asked.switched(typed)
    freed = off.answer(tickets)
    stated = rule(Mixing(WhatIf()).answer(tickets), "quality")
    assert freed.saving == Mixing(WhatIf()).switched(stated).answer(tickets).saving
    assert "quality at least 95.0%" in {each.says for each in freed.rules if not each.is_on}


def test_points_of_the_frontier_rise_and_can_be_used(tickets: Desk) -> None:
    """More quality for more money; the optimum and the mix there is stand among them."""
    found = Mixing(WhatIf()).answer(tickets)
    assert [point.quality for point in found.curve] == sorted(p.quality for p in found.curve)
    assert [point.cost for point in found.curve] == sorted(p.cost for p in found.curve)
    assert found.frontier is not None
    assert len(found.frontier.rows) == len(found.frontier_settings) == len(found.curve)
    assert found.chosen is not None
    assert found.now is not None
    assert found.chosen.cost < found.now.cost
    assert {point.name for point in found.models} == {row[0] for row in found.alone.rows}  # type: ignore[union-attr]
    plan = tickets.project(WhatIf(None, (found.frontier_settings[0],)))
    assert [name for name, _ in plan.by("model")] == ["openai/gpt-6-luna"]
    assert found.curve[0].name == "gpt-6-luna 100%"


def test_without_scores_the_cheapest_is_found_and_told_what_is_missing(plain: Desk) -> None:
    """What to write, with nothing made up in it."""
    found = Mixing(WhatIf()).answer(plain)
    assert (found.workload, found.workloads) == ("chat", ("chat", "drafts"))
    assert (found.frontier, found.curve, found.now) == (None, (), None)
    assert found.alone is not None
    assert len(found.alone_settings) == len(found.alone.rows) == 2
    said = "\n".join(found.missing)
    assert "quality: {chat: {anthropic/claude-sonnet-5-5: ..%, openai/gpt-6-luna: ..%}}" in said
    assert "workloads: {chat: {task: chat}}" in said
    drafts = Mixing(WhatIf(), "drafts").answer(plain)
    assert "one model to choose from" in drafts.missing[-2]


def test_rate_limits_and_places_are_switches_too(plain: Desk) -> None:
    """All on luna would be cheapest, but for its rate limit and where data has to stay."""
    asked = Mixing(WhatIf())
    limits = rule(asked.answer(plain), LIMITS)
    assert limits.is_on
    free = asked.switched(limits).answer(plain)
    assert free.best == ("workloads.chat.routing.mix", "{openai/gpt-6-luna: 100%}")
    kept = asked.switched(rule(asked.answer(plain), "residency europe")).answer(plain)
    assert kept.best == ("workloads.chat.routing.mix", "{anthropic/claude-sonnet-5-5: 100%}")
    assert rule(kept, "residency").costs.startswith("$")


def test_a_what_if_and_the_models_of_the_plan_count(plain: Desk) -> None:
    """Twice the volume costs twice as much; other models of the plan may be chosen from."""
    asked = Mixing(WhatIf(None, (("workloads.chat.demand.requests", "2000/day"),)))
    once, twice = (
        Mixing(each.what_if, limited=False).answer(plain) for each in (Mixing(WhatIf()), asked)
    )
    assert float(cost(twice, plain)) == pytest.approx(float(cost(once, plain)))
    assert once.saving != twice.saving
    wider = asked.switched(rule(once, "choose among 3 models")).answer(plain)
    assert wider.alone is not None
    assert "openai/gpt-6-sol" in {row[0] for row in wider.alone.rows}


def test_a_mix_that_is_used_can_be_left_again(plain: Desk) -> None:
    """All on one model, the others of the file are still there to choose from."""
    first = Mixing(WhatIf()).answer(plain)
    assert first.alone is not None
    used = Mixing(WhatIf(None, (first.alone_settings[1],))).answer(plain)
    assert used.alone == first.alone
    assert used.best == first.best
