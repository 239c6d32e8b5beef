"""Templates with variables: their tokens on each model, their spread, and their mistakes."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import book
from prompts import GPT, HAIKU, codes, planned, read, sent, tokens, write

from costplan.engine.distributions import Lognormal, from_range
from costplan.engine.model import Size, Spread, Term
from costplan.errors import ScenarioError
from costplan.planning import project
from costplan.planning.together import together
from costplan.scenario.placeholders import Spot, placeholders
from costplan.scenario.schema import Scenario, Sent
from costplan.tokens import density

TICKET = "Answer in {{language}}.\n\n{{ticket}}\n\nRemember: {{ language }}!\n"


@pytest.mark.parametrize("text", [True, False], ids=["a text", "a file"])
def test_a_template_is_its_text_and_its_variables(tmp_path: Path, *, text: bool) -> None:
    """On each model: its own text once, and each variable as often as it stands there."""
    write(tmp_path, {"prompts/ticket.md": TICKET, "french.txt": "French or Breton"})
    template = json.dumps(TICKET) if text else "prompts/ticket.md"
    variables = "{ticket: {text: Where is my order?}, language: {file: french.txt}}"
    found = sent(
        planned(
            tmp_path,
            f"{{input: {{template: {template}, with: {variables}}}, output: 5}}",
            f"{GPT} {HAIKU}",
        )
    )
    for model in (GPT, HAIKU):
        own = tokens("Answer in .\n\n\n\nRemember: !\n", model)
        ticket, language = tokens("Where is my order?", model), tokens("French or Breton", model)
        assert found[model] == own + ticket + 2 * language
    assert found[GPT] != found[HAIKU]


def test_numbers_in_a_template(tmp_path: Path) -> None:
    """A number twice, a range at its own mean, a spread at its mean, one counted elsewhere."""
    request = """{output: 5, input: {template: "{{a}}{{a}}{{b}}{{c}}{{d}}", with: {
        a: 100, b: 300 to 900, c: {mean: 50, p90: 80},
        d: {tokens: 1000, counted_with: anthropic/claude-haiku-5-5}}}}"""
    found = planned(tmp_path, request)
    of_range = from_range(300, 900, "positive").mean
    elsewhere = 1000 * density(GPT, HAIKU).factor
    assert sent(found)[GPT] == pytest.approx(200 + of_range + 50 + elsewhere, rel=1e-9)
    assert [r.name for r in found.ranges] == ["workloads.chat.request.input.with.b"]


def test_a_log_in_a_template_keeps_its_spread(tmp_path: Path) -> None:
    """Prompts of 90,010 and 100,010 tokens: half of them cross Haiku's step at 100,000."""
    write(tmp_path, {"log.jsonl": [90_000, 100_000]})
    request = '{input: {template: "{{a}}{{b}}", with: {a: 10, b: {sample: log.jsonl}}}, output: 5}'
    by_rate = {
        item.rate: item.quantity / 100
        for item in planned(tmp_path, request, HAIKU).line_items
        if item.meter == "input"
    }
    assert by_rate == {Decimal("0.1"): 45_005, Decimal("0.5"): 50_005}


@pytest.mark.parametrize(
    ("logs", "dear"),
    [
        # Independent: 2 x 0, 2 x 0 and 90,000, only 90,000 + 90,000 crosses: a quarter of them.
        ("a: {sample: a.jsonl}, b: {sample: b.jsonl}", 180_000 / 4),
        # Two fields of one line: never both large.
        ("a: {sample: both.jsonl, field: a}, b: {sample: both.jsonl, field: b}", 0),
        ("a: {sample: both.jsonl, field: a}, b: {sample: ./both.jsonl, field: b}", 0),
        # One field twice: 0 or 180,000, half of them.
        ("a: {sample: both.jsonl, field: a}, b: {sample: both.jsonl, field: a}", 180_000 / 2),
    ],
)
def test_two_logs_are_independent_and_two_fields_are_of_one_request(
    tmp_path: Path, logs: str, dear: float
) -> None:
    """Which prompts pay the higher rate beyond 100,000 tokens depends on what comes together."""
    lines = [{"a": 90_000, "b": 0}, {"a": 0, "b": 90_000}]
    write(tmp_path, {"a.jsonl": [0, 90_000], "b.jsonl": [0, 90_000], "both.jsonl": lines})
    request = f'{{input: {{template: "{{{{a}}}}{{{{b}}}}", with: {{{logs}}}}}, output: 5}}'
    items = [i for i in planned(tmp_path, request, HAIKU).line_items if i.meter == "input"]
    assert sum(i.quantity for i in items) / 100 == pytest.approx(90_000)
    assert sum(i.quantity for i in items if i.rate == Decimal("0.5")) / 100 == pytest.approx(dear)


@given(
    st.lists(
        st.tuples(st.floats(1, 1e5), st.one_of(
            st.floats(0.05, 1.2).map(lambda s: Spread(Lognormal(-s * s / 2, s))),
            st.lists(st.floats(0, 1e5), min_size=2, max_size=200)
            .filter(lambda v: max(v) > 1)
            .map(lambda v: Spread(values=tuple(v))),
        )),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_a_sum_of_spreads_has_the_sum_of_their_means_and_lies_between_their_ends(
    parts: list[tuple[float, Spread]],
) -> None:
    """Means add exactly; independent spreads average out, so none is relatively wider."""
    size = together([Size((), (Term(mean),), spread) for mean, spread in parts], {})
    assert size.at({}) == pytest.approx(sum(mean for mean, _ in parts), rel=1e-12)
    assert size.spread is not None
    if len(parts) > 1:
        ratios, weights = size.spread.strata(10_000)
        assert weights @ ratios == pytest.approx(1)
        widest = max(_deviation(spread) for _, spread in parts)
        assert np.sqrt(weights @ (ratios - 1) ** 2) <= widest * (1 + 1e-9)


def _deviation(spread: Spread) -> float:
    ratios, weights = spread.strata(20_000)
    return float(np.sqrt(weights @ (ratios - 1) ** 2))


@pytest.mark.parametrize(
    ("template", "own", "times"),
    [
        ("no variables", "no variables", {}),
        ("{{a}}", "", {"a": 1}),
        ("x{{ a }}y{{a}}z{{b-2}}", "xyz", {"a": 2, "b-2": 1}),
        (r"\{{a}} {{a}}", "{{a}} ", {"a": 1}),
        ('{"json": {"of": "{{a}}"}}', '{"json": {"of": ""}}', {"a": 1}),
        ("{{user.name}}", "", {"user.name": 1}),
        ("{{été}}{{名前}}", "", {"été": 1, "名前": 1}),
        ("{{a}}\r\n{{ a }}\r\n", "\r\n\r\n", {"a": 2}),
        ("", "", {}),
    ],
)
def test_placeholders(template: str, own: str, times: dict[str, int]) -> None:
    """Two braces make a variable, with or without spaces inside; a backslash makes them two."""
    found = placeholders(template)
    assert (found.own, found.times, found.faults) == (own, times, ())


@pytest.mark.parametrize(
    ("template", "line", "column", "written"),
    [
        ("{{}}", 1, 1, "{{}}"),
        ("a\nb {{#if x}}", 2, 3, "{{#if x}}"),
        ("{{a}} {{a|trim}}", 1, 7, "{{a|trim}}"),
        ("{{never closed\n}}", 1, 1, "{{never closed"),
        ("a\r\n\r\n {{never closed\r\n", 3, 2, "{{never closed"),
        ("{{" + "x " * 50, 1, 1, "{{" + "x " * 19 + "..."),
        ("{{1st}}", 1, 1, "{{1st}}"),
        ("{{{a}}}", 1, 1, "{{{a}}"),
    ],
)
def test_braces_without_a_name(template: str, line: int, column: int, written: str) -> None:
    """What other template languages would do is not guessed."""
    assert placeholders(template).faults == ((Spot(line, column), written),)


@given(st.text(st.sampled_from("{}\\ab \n"), max_size=40))
def test_any_text_can_be_written_in_a_template(text: str) -> None:
    """With a backslash before each pair of opening braces it comes out as it went in."""
    found = placeholders(re.sub(r"\{\{", r"\\{{", text))
    assert (found.times, found.faults) == ({}, ())
    assert found.own == text


def test_mistakes_in_a_template_are_all_told_where_they_are(tmp_path: Path) -> None:
    """The place in the scenario, and the line and column of the template."""
    write(tmp_path, {"ticket.md": "In {{langauge}}:\n{{ticket}} {{#each}}\n"})
    request = "{input: {template: ticket.md, with: {language: {text: x}, ticket: 5}}, output: 5}"
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, request)
    at = "plan.yaml:8:23: workloads.chat.request.input.template: ticket.md"
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert lines[0] == f"{at}:1:4: {{{{langauge}}}} is not given in with; did you mean 'language'?"
    assert lines[1].startswith(f"{at}:2:12: expected a variable such as {{{{name}}}}, found '{{{{#")
    assert lines[1].endswith(r"two braces that are meant are written \{{")
    assert lines[2] == (
        "plan.yaml:8:51: workloads.chat.request.input.with.language: the template has no "
        "{{language}}; did you mean 'langauge'?"
    )


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("{template: 'no variables', with: {a: 5}}", "cannot read 'no variables'"),
        ("{template: prompt.md}", "the template has no variables; write file or text"),
        ("{file: prompt.md, with: {a: 5}}", "with goes with template"),
        ("{template: '{{a}}', with: {a: {template: x}}}", "unknown key"),
        ("{template: '{{a}}', with: {a: {sample: no.jsonl}}}", "cannot read 'no.jsonl'"),
        ("{template: '{{a}}', with: {a: 5%}}", "expected a number of tokens"),
        ("{template: '{{a}}', with: {a: 5}, text: b}", "found text and template"),
        ("{template: '{{a}}', counted_with: x/y, with: {a: 5}}", "template is counted on each"),
        ("{template: {{a}}, with: {a: 5}}", "a text in quotes"),
        ("{template: '{{a}}', with: {a: English}}", "a text is written {text: ...}"),
        ("{file: prompt.md, field: x}", "field goes with sample"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, size: str, message: str) -> None:
    """Each with what to do."""
    write(tmp_path, {"prompt.md": "Hello."})
    with pytest.raises(ScenarioError, match=re.escape(message)):
        read(tmp_path, f"{{input: {size}, output: 5}}")


@pytest.mark.parametrize("spread", ["{mean: 5, p90: 9}", "{sample: log.jsonl}"])
def test_a_system_prompt_has_one_size(tmp_path: Path, spread: str) -> None:
    """In a variable of its template too."""
    write(tmp_path, {"log.jsonl": [1, 2]})
    request = f"{{system: {{template: 'a {{{{b}}}}', with: {{b: {spread}}}}}, input: 5, output: 5}}"
    with pytest.raises(ScenarioError, match=r"system\.with\.b: what is sent with every turn has"):
        read(tmp_path, request)


def test_a_variable_can_be_set(tmp_path: Path) -> None:
    """Like any other value, by `--set` and in variants."""
    request = '{input: {template: "{{a}}", with: {a: 100}}, output: 5}'
    changed = read(tmp_path, request).apply(None, [("workloads.chat.request.input.with.a", "70")])
    assert sent(project(changed, book(), draws=16)) == {GPT: 70}


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ("{text: Hello}", {"text"}),
        ("{tokens: 9, counted_with: openai/gpt-4o}", {"tokens", "counted_with"}),
        ("{p90: 90}", {"mean", "p90", "counted_with"}),
        ("{mean: 60}", {"mean", "p90", "counted_with"}),
    ],
)
def test_a_variable_may_come_from_another_source(
    tmp_path: Path, change: str, keys: set[str]
) -> None:
    """Then nothing is left of the old one; what changes the same source is laid over it."""
    a = f"a: {{mean: 50, p90: 80, counted_with: {GPT}}}"
    request = f'{{input: {{template: "{{{{a}}}}", with: {{{a}}}}}, output: 5}}'
    changed = read(tmp_path, request).apply(None, [("workloads.chat.request.input.with.a", change)])
    found = _input(changed).variables["a"]
    names = ("tokens", "mean", "p90", "text", "counted_with")
    assert {name for name in names if getattr(found, name) is not None} == keys


def _input(scenario: Scenario) -> Sent:
    request = scenario.workloads["chat"].request
    assert request is not None
    assert request.input is not None
    return request.input


def test_a_template_may_come_with_variables_of_its_own(tmp_path: Path) -> None:
    """Laid over another one with its variables, or without, when the old ones stay."""
    request = '{input: {template: "{{a}}{{b}}", with: {a: 1, b: 2}}, output: 5}'
    base, at = read(tmp_path, request), "workloads.chat.request.input"
    changes = {
        '{template: "{{b}}{{c}}", with: {b: 30, c: 4}}': 34,
        "{with: {b: 30}}": 31,
        '{template: "{{a}}{{b}}{{b}}"}': 5,
        "{tokens: 7}": 7,
    }
    for change, expected in changes.items():
        assert sent(project(base.apply(None, [(at, change)]), book(), draws=16)) == {GPT: expected}


def test_a_prompt_from_another_source_is_still_cached(tmp_path: Path) -> None:
    """Where it comes from and how long it is kept are two questions."""
    system = 'system: {template: "{{a}}", with: {a: 5000}, cache: 1h, hits: 90%}'
    base = read(tmp_path, f"{{{system}, input: 5, output: 5}}")
    changed = base.apply(None, [("workloads.chat.request.system", "{text: Hello}")])
    request = changed.workloads["chat"].request
    assert request is not None
    assert request.system is not None
    assert (request.system.text, request.system.cache) == ("Hello", "1h")
    assert request.system.hits is not None
    assert not request.system.variables


def test_a_model_named_in_a_variable_is_checked(tmp_path: Path) -> None:
    """With its place and the nearest name."""
    request = (
        '{input: {template: "{{a}}", with: {a: {tokens: 5, counted_with: openai/gpt-4omini}}}, '
        "output: 5}"
    )
    with pytest.raises(ScenarioError, match=r"with\.a\.counted_with: unknown model.*gpt-4o-mini"):
        planned(tmp_path, request)


def test_a_variable_draws_the_warnings_of_any_size(tmp_path: Path) -> None:
    """A number on two tokenizers, and a range as wide as single requests differ."""
    request = '{input: {template: "{{a}}", with: {a: 300 to 900}}, output: 0}'
    found = {w.code: w for w in planned(tmp_path, request, f"{GPT} {HAIKU}").warnings}
    assert "input.with.a: the same number" in found["tokenizers-differ"].message
    assert found["range-or-spread"].where == "workloads.chat.request.input.with.a"


def test_a_text_with_variables_was_perhaps_meant_as_a_template(tmp_path: Path) -> None:
    """Its braces are counted as they stand, which nobody wants; a template's own are not."""
    write(tmp_path, {"ticket.md": "Answer: {{ticket}}"})
    found = planned(tmp_path, "{input: {file: ticket.md}, output: 5}")
    assert [(w.code, w.where) for w in found.warnings if "as-text" in w.code] == [
        ("variables-as-text", "workloads.chat.request.input")
    ]
    assert sent(found) == {GPT: tokens("Answer: {{ticket}}", GPT)}
    as_template = "{input: {template: ticket.md, with: {ticket: {text: Where?}}}, output: 5}"
    assert "variables-as-text" not in codes(planned(tmp_path, as_template))
