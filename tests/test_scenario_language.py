"""What can be typed at a place of a scenario, in texts that are half typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.documents import Mapping, Node, Sequence, read_document
from costplan.errors import Place, Problem, ScenarioError
from costplan.scenario import read_scenario
from costplan.scenario.language import (
    Completions,
    Known,
    Markings,
    Offered,
    completions,
    described,
    in_order,
)
from costplan.scenario.language.grammar import keys_at
from costplan.scenario.language.outline import outline
from costplan.schema import KeyPath

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SHIPPED = sorted(SCENARIOS.rglob("*.yaml"))
KNOWN = Known(
    (
        Offered("openai/gpt-6-luna", "released 2026-10-01"),
        Offered("anthropic/claude-haiku-5-5"),
        Offered("openai/gpt-4", "retired 2026-06-01"),
    ),
    ("notes.txt", "prompts/support.md", "samples/asked.jsonl", "tools.json"),
)
CHAT = """\
assumptions: {growth: 3% to 6%, conversations: 12k}
quality:
  answers: {openai/gpt-6-luna: 90%}
workloads:
  chat:
    demand: {requests: 5/day}
"""


def at_cursor(text: str) -> tuple[str, int, int]:
    """A text with `|` where the cursor stands: the text without it, line and column from 1."""
    before, _, after = text.partition("|")
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def offered(text: str) -> Completions:
    return completions(*at_cursor(text), KNOWN)


def taken(text: str, label: str) -> str:
    """The text after a completion was taken, with the cursor behind it."""
    whole, line, _ = at_cursor(text)
    found = offered(text)
    item = next(item for item in found.items if item.label == label)
    lines = whole.split("\n")
    here = lines[line - 1]
    lines[line - 1] = f"{here[: found.start - 1]}{item.insert}|{here[found.end - 1 :]}"
    return "\n".join(lines)


FIRST = [
    # what is typed, and the labels that come first
    pytest.param("|", ["name", "start", "workloads", "description"], id="an empty file"),
    pytest.param("na|", ["name"], id="a key at the top"),
    pytest.param("name: x\nst|\nworkloads:\n  c: {}", ["start"], id="above what is there"),
    pytest.param("workloads:\n  c:\n    |", ["demand", "request", "routing"], id="required first"),
    pytest.param(
        "workloads:\n  c:\n    seat: 30\n    |", ["demand", "owner"], id="seats need less"
    ),
    pytest.param(
        "workloads:\n  c:\n    demand:\n      |", ["requests", "log"], id="a deeper block"
    ),
    pytest.param(
        "workloads:\n  c:\n    demand:\n    |", ["request", "routing"], id="back out of it"
    ),
    pytest.param("workloads:\n  c: {dem|", ["demand"], id="flow that is not closed"),
    pytest.param(
        "workloads:\n  c:\n    request: {in|, output: 5}\n    batch: 5%",
        ["input", "reasoning", "reasoning_kept"],
        id="flow that is closed",
    ),
    pytest.param("workloads:\n  c: {request: {\n    in|", ["input"], id="flow over lines"),
    pytest.param(
        "workloads:\n  c:\n    routing: {mix: {openai/\n    ba|", ["batch"], id="brace left open"
    ),
    pytest.param("workloads:\n  c:\n    mode: |", ["standard", "batch", "flex"], id="words"),
    pytest.param("workloads:\n  c:\n    mode: pri|", ["priority"], id="a word begun"),
    pytest.param("workloads: {c: {mode: fa|", ["fast", "ultrafast"], id="a word in flow"),
    pytest.param("uncertainty: |", ["typical", "steady"], id="words of a function"),
    pytest.param("workloads: {c: {request: {reasoning_kept: |", ["true", "false"], id="a flag"),
    pytest.param("workloads: {c: {request: {input: {cache: |", [], id="a key of another record"),
    pytest.param("workloads: {c: {routing: {mix: {openai/gpt-4: |", ["rest"], id="the rest"),
    pytest.param(
        "workloads: {c: {routing: {mix: {|",
        ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5", "openai/gpt-4"],
        id="models in their order",
    ),
    pytest.param("workloads: {c: {routing: {mix: {luna|", ["openai/gpt-6-luna"], id="substring"),
    pytest.param(
        "workloads: {c: {routing: {mix: {openai/gpt-4: 5%, ope|", ["openai/gpt-6-luna"], id="twice"
    ),
    pytest.param(
        "workloads:\n  c:\n    routing:\n      mix:\n        - |", ["from", "mix"], id="an item"
    ),
    pytest.param(
        "workloads:\n  c:\n    routing:\n      mix:\n      - from: 2026-12-01\n        |",
        ["mix"],
        id="the second key of an item",
    ),
    pytest.param(
        "workloads:\n  c:\n    demand:\n      growth:\n        - {rate: 5%/month}\n        - {|",
        ["rate", "from", "kind"],
        id="a phase of growth",
    ),
    pytest.param("workloads: {c: {routing: {escalate_to: hai|", ["anthropic/claude-haiku-5-5"]),
    pytest.param(
        "workloads: {c: {request: {input: {mean: 5, counted_with: gpt-4|", ["openai/gpt-4"]
    ),
    pytest.param("optimize: {chat: {among: [openai/gpt-4, |", ["openai/gpt-6-luna"], id="a list"),
    pytest.param(f"{CHAT}    batch: $|", ["$growth", "$conversations"], id="assumptions"),
    pytest.param(f"{CHAT}    batch: $con|", ["$conversations"], id="an assumption begun"),
    pytest.param(f"{CHAT}    failures: {{retry: 1% to $gr|", ["$growth"], id="inside a value"),
    pytest.param(f"{CHAT}    task: |", ["answers"], id="a row of quality"),
    pytest.param(f"{CHAT}budget:\n  per:\n    |", ["chat"], id="workloads of a budget"),
    pytest.param(f"{CHAT}budget: {{per: {{ch|", ["chat"], id="in flow"),
    pytest.param(f"{CHAT}contracts: {{x: {{for: {{workload: |", ["chat"], id="of a contract"),
    pytest.param("limits: {|", ["anthropic", "openai", "openai/gpt-6-luna"], id="providers"),
    pytest.param("workloads: {c: {request: {usage: {wr|", [], id="a meter that another key says"),
    pytest.param("workloads: {c: {request: {usage: {web|", ["web_search"], id="a meter"),
    pytest.param(
        "workloads: {c: {request: {system: {file: |",
        ["notes.txt", "prompts/support.md"],
        id="texts first",
    ),
    pytest.param(
        'workloads: {c: {request: {tools: {declared: "to|', ["tools.json"], id="in a quote"
    ),
    pytest.param("workloads: {c: {demand: {days: |", ["all", "weekdays", "working(US)"]),
    pytest.param(f"{CHAT}variants:\n  x:\n    |", ["name", "start", "workloads"], id="a variant"),
    pytest.param(f"{CHAT}variants:\n  x:\n    workloads.|", ["chat"], id="a dotted path"),
    pytest.param(f"{CHAT}variants:\n  x:\n    workloads.chat.ro|", ["routing"], id="further"),
    pytest.param(
        f"{CHAT}variants:\n  x:\n    workloads.chat.routing.mix: {{lu|",
        ["openai/gpt-6-luna"],
        id="the mix of a variant",
    ),
    pytest.param(f"{CHAT}variants:\n  x:\n    assumptions.|", ["growth", "conversations"]),
    pytest.param(f"{CHAT}variants: {{x: {{workloads: {{chat: {{ba|", ["batch"], id="written out"),
    # where nothing fits
    pytest.param("name: x # not h|", [], id="a comment"),
    pytest.param("# a com|", [], id="a line of comment"),
    pytest.param("description: |\n  some te\x00", [], id="the bar of a block text"),
    pytest.param("months: 12\n   |", [], id="below a value"),
    pytest.param("name: a tex|", [], id="a free text"),
    pytest.param("mode:|", [], id="no space after the colon"),
    pytest.param("workloads: {c: {mode:|", [], id="no space in flow"),
    pytest.param("nonsense:\n  deeper:\n    |", [], id="below an unknown key"),
    pytest.param("workloads:\n  |", [], id="a name of one's own"),
]


@pytest.mark.parametrize(("text", "first"), FIRST)
def test_what_is_offered(text: str, first: list[str]) -> None:
    labels = [item.label for item in offered(text.replace("\x00", "")).items]
    assert labels[: len(first)] == first
    assert first or not labels


def test_nothing_is_offered_inside_a_block_text() -> None:
    text = "description: >\n  some text\n  wor\nname: x\n"
    assert completions(text, 3, 6, KNOWN) == Completions()


@pytest.mark.parametrize(
    ("text", "label", "after"),
    [
        ("mon|", "months", "months: |"),
        ("bud|", "budget", "budget:\n  |"),
        ("workloads:\n  c:\n    |", "request", "workloads:\n  c:\n    request:\n      |"),
        ("workloads: {c: {ro|}}", "routing", "workloads: {c: {routing: |}}"),
        ("mo|nths: 5", "months", "months|: 5"),
        ("workloads: {c: {mode: pr|io}}", "priority", "workloads: {c: {mode: priority|}}"),
        ("workloads: {c: {mode: pr|, batch: 5%}}", "priority",
         "workloads: {c: {mode: priority|, batch: 5%}}"),
        (f"{CHAT}    batch: 5% to $gr|", "$growth", f"{CHAT}    batch: 5% to $growth|"),
        (f"{CHAT}variants: {{x: {{work|", "workloads", f"{CHAT}variants: {{x: {{workloads.|"),
        (f"{CHAT}variants:\n  x:\n    workloads.ch|", "chat",
         f"{CHAT}variants:\n  x:\n    workloads.chat.|"),
        (f"{CHAT}variants:\n  x:\n    workloads.chat.ba|", "batch",
         f"{CHAT}variants:\n  x:\n    workloads.chat.batch: |"),
        ('workloads: {c: {request: {system: {file: "no|"}}}}', "notes.txt",
         'workloads: {c: {request: {system: {file: "notes.txt|"}}}}'),
    ],
)  # fmt: skip
def test_taking_a_completion(text: str, label: str, after: str) -> None:
    assert taken(text, label) == after


def test_a_completed_key_is_offered_no_more() -> None:
    assert [item.label for item in offered("workloads:\n  c:\n    demand|").items] == []


def test_a_completion_says_what_it_is() -> None:
    (item,) = offered("workloads: {c: {request: {tur|").items
    assert item.means == "a number, such as 3 or 2 to 5"
    assert item.about.startswith("Turns in one conversation")
    (model,) = offered("workloads: {c: {routing: {mix: {gpt-4|").items
    assert model.about == "retired 2026-06-01"


def _keys(node: Node | None, path: KeyPath = ()) -> Iterator[tuple[KeyPath, int, int]]:
    """Every key of a document that the YAML parser reads, with its place."""
    if isinstance(node, Mapping):
        for name, child in node.items.items():
            yield (*path, name), node.keys[name].line, node.keys[name].column
            yield from _keys(child, (*path, name))
    elif isinstance(node, Sequence):
        for k, child in enumerate(node.items):
            yield from _keys(child, (*path, str(k)))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(SCENARIOS)))
def test_the_outline_has_every_key_of_a_whole_file(file: Path) -> None:
    text = file.read_text("utf-8")
    root, _ = read_document(text, file.name)
    assert sorted((e.path, e.line, e.start) for e in outline(text)) == sorted(_keys(root))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(SCENARIOS)))
def test_every_key_is_offered_where_it_stands(file: Path) -> None:
    """Of a shipped scenario, with one key cut down to its first letter, that key is offered."""
    lines = file.read_text("utf-8").split("\n")
    for entry in outline("\n".join(lines)):
        whole, here = entry.path[-1], lines[entry.line - 1]
        if entry.path[0] == "variants" or whole not in keys_at(entry.path[:-1], set()):
            continue  # a name of one's own
        cut = f"{here[: entry.start]}|{here[entry.end - 1 :]}"
        text = "\n".join([*lines[: entry.line - 1], cut, *lines[entry.line :]])
        assert whole in [item.label for item in offered(text).items], entry


SIX = (SCENARIOS / "six-workloads.yaml").read_text("utf-8")


@given(st.integers(0, len(SIX)), st.integers(0, len(SIX)), st.integers(0, 2000))
def test_no_cut_of_a_file_is_too_broken(begin: int, end: int, at: int) -> None:
    text = SIX[:begin] + SIX[end:]
    cursor = min(at, len(text))
    line = text.count("\n", 0, cursor) + 1
    column = cursor - text.rfind("\n", 0, cursor)
    found = completions(text, line, column, KNOWN)
    if found.items:
        assert 0 < found.start <= column <= found.end
    described(text, line, column)


@given(st.text(alphabet="ab:{}[],-#|>\"'$ \n.&*", max_size=60), st.integers(0, 60))
def test_no_text_is_too_odd(text: str, at: int) -> None:
    cursor = min(at, len(text))
    line = text.count("\n", 0, cursor) + 1
    column = cursor - text.rfind("\n", 0, cursor)
    completions(text, line, column, KNOWN)
    described(text, line, column)
    for number, here in enumerate(text.split("\n"), 1):
        for k in range(len(here) + 2):
            mark = Markings.of(text).problem(Problem(Place("f", number, k + 1), "a.b", "no"), "f")
            assert mark.line
            assert 0 < mark.column < mark.end_column


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{CHAT}    bat|ch: 5%", "batch: Share sent through the batch API (a share"),
        (f"{CHAT}    batch: 5|%", "batch: Share sent through the batch API (a share"),
        (f"  {CHAT}".replace("months", "|"), ""),
        (f"{CHAT}    batch: $gro|wth", "$growth: 3% to 6% (line 1)"),
        ("workloads: {ch|at: {}}", "chat: A stream of requests with one profile"),
        ("workloads:\n  c:\n    request: {turns: 4|}", "request.turns: Turns in one conversation"),
        ("workloads: {c: {routing: {mix: {openai/g|pt-4: 5%", "Share of conversations by model"),
        ("nonsense: |", ""),
    ],
)
def test_what_a_key_means(text: str, says: str) -> None:
    said = described(*at_cursor(text)) if "|" in text else ""
    assert says in said
    assert bool(says) == bool(said)


UNDERLINED = [
    # a scenario with something wrong, and what is underlined
    ("name: x\nstart: 2026-13\nworkloads: {}\n", "2026-13"),
    ("name: x\nstart: 2026-12\nwrkloads: {}\n", "wrkloads"),
    ("name: x\nstart: 2026-12\nmonths: 'none of it'  # a remark\n", "'none of it'"),
    ("name: x\nstart: 2026-12\nmonths: nine or ten  # a remark\n", "nine or ten"),
    ("name: x\nworkloads:\n  c:\n    owner: me\n", "c"),  # what is missing is missing in c
    ("name: x\nworkloads:\n  c: {owner: me}\n", "{owner: me}"),
    ("name: x\nworkloads: {c: {owner: me, batsh: 5%}}\n", "batsh"),
    ("name: {x: 1}\n", "{x: 1}"),
    ("name: [1, 2\n", "[1, 2"),
]


@pytest.mark.parametrize(("text", "word"), UNDERLINED)
def test_what_is_underlined(text: str, word: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        read_scenario(text, "a.yaml", SCENARIOS)
    markings = Markings.of(text)
    marks = in_order(markings.problem(problem, "a.yaml") for problem in raised.value.problems)
    lines = text.split("\n")
    underlined = [lines[mark.line - 1][mark.column - 1 : mark.end_column - 1] for mark in marks]
    assert word in underlined


def test_a_problem_of_another_file_has_no_place_in_the_text() -> None:
    problem = Problem(Place("own.yaml", 3, 4), "", "no such model")
    mark = Markings.of("name: x").problem(problem, "a.yaml")
    assert (mark.line, mark.message) == (0, "own.yaml:3:4: no such model")
