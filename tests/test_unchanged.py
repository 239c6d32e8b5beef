"""A plan compiled like another one is the plan compiled afresh, to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plans import SCENARIOS, book, scenario

from costplan.documents import Mapping, Node, Scalar, Sequence, join_path
from costplan.engine.remembered import Remembered
from costplan.errors import CostplanError
from costplan.planning import CompiledPlan, compile_plan
from costplan.report.document import json_text, plan_document
from costplan.scenario import Scenario, load_scenario
from costplan.tokens import CountStore

EXAMPLES = {path.name: load_scenario(path) for path in sorted(SCENARIOS.glob("*.yaml"))}
COUNTS = CountStore(None)

type Settings = tuple[tuple[str, str], ...]


def leaves(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every single value of a document outside its variants, by path."""
    if isinstance(node, Scalar):
        yield join_path(path), node.text
    elif isinstance(node, Sequence):
        yield join_path(path), ""
    elif isinstance(node, Mapping):
        for key, child in node.items.items():
            if key != "variants":
                yield from leaves(child, (*path, key))


@st.composite
def what_ifs(draw: st.DrawFn, base: Scenario) -> tuple[str | None, Settings]:
    """A variant, and up to two values changed: numbers a little, or as they may be written too."""
    known = [leaf for leaf in leaves(base.source.root) if re.search(r"\d", leaf[1])]
    known += [("uncertainty", "0.3"), ("budget.monthly", "900"), ("months", "4"), ("name", "A 1")]
    known += [("known_at", "2026-11-15"), ("fiscal_year_start", "4"), ("start", "2027-01")]
    made = []
    for path, text in draw(st.lists(st.sampled_from(known), min_size=1, max_size=2)):
        factor = draw(st.sampled_from([0.5, 0.9, 1.0, 1.1, 2.0]))
        changed = re.sub(r"\d+(\.\d+)?", lambda n, f=factor: f"{float(n[0]) * f:g}", text)  # type: ignore[misc]
        made.append((path, changed if draw(st.integers(0, 9)) else text))
    return draw(st.sampled_from([None, *base.variants])), tuple(made)


def told(asked: Scenario, like: CompiledPlan | None) -> tuple[str, CompiledPlan | None]:
    """Everything that is told of a plan, or its problems; and the plan, where there is one."""
    try:
        plan = compile_plan(asked, book(), counts=COUNTS, like=like)
        found = plan.project(draws=600)
        page = f"{found.notes} {found.warnings} {found.routed} {found.volumes} {found.closed}"
        return json_text(plan_document(found)) + page, plan
    except CostplanError as error:
        return str(error), None


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_ifs_one_after_the_other_are_what_they_are_alone(
    name: str, data: st.DataObject
) -> None:
    base = EXAMPLES[name]
    like = compile_plan(base, book(), counts=COUNTS)
    for variant, changed in data.draw(st.lists(what_ifs(base), min_size=1, max_size=3)):
        try:
            asked = base.apply(variant, changed)
        except CostplanError:
            continue
        afresh, _ = told(asked, None)
        found, plan = told(asked, like)
        assert found == afresh
        like = plan or like


TWO = """
    assumptions: {growth: 2% to 6%}
    workloads:
      chat:
        demand: {requests: 1k to 3k/day, growth: $growth/month}
        request: {input: 400, output: 100 to 300}
        routing: {mix: {openai/gpt-6-luna: 70%, anthropic/claude-haiku-5-5: 30%}}
      mail:
        demand: {requests: 200/day}
        request: {input: 900, output: 120}
        routing: {mix: {openai/gpt-6-luna: 100%}}
"""


@pytest.mark.parametrize(
    ("path", "value", "again"),
    [
        ("workloads.mail.request.output", "130", {"mail"}),
        ("assumptions.growth", "2% to 7%", {"chat"}),
        ("budget.monthly", "800", set()),
        ("uncertainty", "volatile", {"chat", "mail"}),
        ("start", "2027-01", {"chat", "mail"}),
        ("workloads.chat.demand.growth", "{rate: $growth/month}", {"chat"}),
    ],
)
def test_only_what_a_setting_reaches_is_compiled_again(
    path: str, value: str, again: set[str]
) -> None:
    base = scenario(TWO)
    like = compile_plan(base, book(), counts=COUNTS)
    plan = compile_plan(base.apply(None, [(path, value)]), book(), counts=COUNTS, like=like)
    before = {each.name: each for each in like.workloads}
    assert {each.name for each in plan.workloads if before[each.name] is not each} == again


def test_a_name_stated_otherwise_before_means_something_else() -> None:
    """Whoever states an assumption first decides its distribution: as growth, or as a size."""
    text = """
        assumptions: {x: 2% to 6%}
        workloads:
          one: {demand: {requests: 9/day, growth: 3%/month}, request: {input: 1, output: 1},
                routing: {mix: {openai/gpt-6-luna: 100%}}}
          two: {demand: {requests: 9/day, growth: $x/month}, request: {input: 1, output: 1},
                routing: {mix: {openai/gpt-6-luna: 100%}}}
    """
    base = scenario(text)
    like = compile_plan(base, book(), counts=COUNTS)
    changed = base.apply(
        None, [("workloads.one.demand.growth", "$x/month"), ("assumptions.x", "-2% to 6%")]
    )
    assert told(changed, like)[0] == told(changed, None)[0]


def test_many_what_ifs_hold_no_more_than_a_few() -> None:
    base = scenario(TWO)
    plan, most = compile_plan(base, book(), counts=COUNTS), 0
    for k in range(300):
        asked = base.apply(None, [("workloads.mail.request.output", str(100 + k))])
        plan = compile_plan(asked, book(), counts=COUNTS, like=plan)
        if k % 10 == 0:
            plan.project(draws=600)
        most = max(most, plan.compiler.remembered.held)
    assert most < 20_000_000


def test_what_nobody_asked_for_lately_is_forgotten_and_made_again() -> None:
    remembered, of, made = Remembered(), object(), []

    def ask(name: str) -> None:
        def make() -> object:
            made.append(name)
            return np.zeros(125_000)  # a million bytes

        remembered.get(name, of, (), make)

    for k in range(100):
        remembered.begin()
        ask("base")
        ask(f"what-if {k}")
    assert made.count("base") == 1
    assert remembered.held < 25_000_000
    ask("what-if 0")
    assert made.count("what-if 0") == 2
