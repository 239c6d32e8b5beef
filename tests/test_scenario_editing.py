"""Editing scenario files as text: what is meant changes, and not one byte else."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from scenarios_made import Made, made

from costplan.documents import Mapping, Node, Scalar, read_document
from costplan.errors import EditError, UnknownNameError
from costplan.scenario import Scenario, read_scenario
from costplan.scenario.editing import (
    added,
    as_new_file,
    named_files,
    removed,
    replaced,
    with_settings,
    with_variant,
)

FILES = range(220)
TEXT = "text: |   # said to it\n  Be kind.\n  Be brief."
USES = "uses: {number: *n , all: *s}"
OVER = "uses: {number: *n , all: {<<: *s, input: 600}}"
VALUES: tuple[Any, ...] = (
    "12,000/day", "a: b", None, "true", "8% to 12%", "é😀", "# x", "- y", "it's", 'say "hi"', "",
    " pad ", "null", "5", "a\nb\n", "tab\there", "*x", "&y", "[z", "{", "50%", "!t", "@", "k: {a}",
)  # fmt: skip


def said(node: Node | None) -> Any:
    """What a document says, as dictionaries, lists and texts."""
    if isinstance(node, Mapping):
        return {key: said(value) for key, value in node.items.items()}
    if isinstance(node, Scalar):
        return None if node.is_null else node.text
    return [said(item) for item in node.items] if node else None


def read(text: str) -> Any:
    node, problems = read_document(text, "file")
    assert not problems, (problems, text)
    return said(node)


def put(data: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(data, list):
        return [
            put(item, path[1:], value) if k == int(path[0]) else item for k, item in enumerate(data)
        ]
    return {**data, path[0]: put(data.get(path[0], {}), path[1:], value)}


def given(value: Any) -> str:
    """A value as `--set` takes it."""
    return "null" if value is None else json.dumps(value, ensure_ascii=False)


def touched(file: Made, path: tuple[str, ...]) -> list[tuple[int, int]]:
    """What may change with a value: it, and where others that keep theirs refer to it."""
    spans = [file.spans[path]]
    for source, followers in file.followers.items():
        if source[: len(path)] == path or path[: len(source)] == source:
            spans += followers
    outer: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if outer and start < outer[-1][1]:
            outer[-1] = outer[-1][0], max(end, outer[-1][1])
        else:
            outer.append((start, end))
    return outer


def keeps_the_rest(old: str, new: str, spans: list[tuple[int, int]]) -> bool:
    """Whether all but the spans of one text stands in the other, byte for byte."""
    edges = [0, *(edge for span in spans for edge in span), len(old)]
    kept = [re.escape(old[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return re.fullmatch("(?s:.*?)".join(kept), new) is not None


@pytest.mark.parametrize("seed", FILES)
def test_a_generated_file_is_a_scenario(seed: int) -> None:
    """What the writer wrote is what it meant, and costplan reads it."""
    file = made(seed)
    assert read(file.text) == file.data
    assert (
        read_scenario(file.text, "made.yaml", Path()).workloads.keys()
        == file.data["workloads"].keys()
    )


@pytest.mark.parametrize("seed", FILES)
def test_changing_a_value_touches_its_bytes_alone(seed: int) -> None:
    """Reads back as the new value, everything else equal, every other byte where it was."""
    file, r = made(seed), Random(seed)  # noqa: S311 - cases, not secrets
    for path in r.sample(sorted(file.spans), min(4, len(file.spans))):
        value = r.choice(VALUES)
        new = replaced(file.text, path, given(value))
        assert read(new) == put(file.data, path, value), (path, value, file.text, new)
        assert keeps_the_rest(file.text, new, touched(file, path)), (path, value, file.text, new)


@pytest.mark.parametrize("seed", FILES)
def test_adding_a_variant_leaves_every_other_byte(seed: int) -> None:
    """One piece of text is put in, and nothing else."""
    file, r = made(seed), Random(seed)  # noqa: S311 - cases, not secrets
    workload = next(iter(file.data["workloads"]))
    name = f'"{workload}"' if "." in workload else workload
    settings = [("months", "6"), (f"workloads.{name}.demand.growth", "9%/month")][: r.randint(1, 2)]
    new = with_variant(file.text, "what-if", settings)
    wanted = {"months": "6"} | ({settings[1][0]: "9%/month"} if len(settings) > 1 else {})
    assert read(new) == put(file.data, ("variants", "what-if"), wanted)
    at = next(
        (k for k, (a, b) in enumerate(zip(file.text, new, strict=False)) if a != b), len(file.text)
    )
    assert new.endswith(file.text[at:])


BASE = """\
name: 'A plan'   # what it is
shared: &s {input: 600, output: 220}
size: &n 12k
uses: {number: *n , all: *s}
merges:
  <<: *s
  output: 60
text: |   # said to it
  Be kind.
  Be brief.
empty:
words: {none: , bare}
list:
- a: 1     # first
  b: 2
-
last: "12"
"""

# What is replaced by what; then the lines that go, and the lines that come.
REPLACED: list[tuple[str, str, str, str]] = [
    ("name", "B", "name: 'A plan'   # what it is", "name: 'B'   # what it is"),
    ("name", "null", "name: 'A plan'   # what it is", "name: null   # what it is"),
    ("uses.number", "9k", USES, "uses: {number: 9k , all: *s}"),
    ("uses.all.output", "5", USES, "uses: {number: *n , all: {<<: *s, output: 5}}"),
    ("merges.input", "5", "", "  input: 5"),
    (
        "size", "9k",
        f"size: &n 12k\n{USES}",
        "size: &n 9k\nuses: {number: 12k , all: *s}",
    ),
    (
        "shared.input", "5",
        f"shared: &s {{input: 600, output: 220}}\n{USES}",
        f"shared: &s {{input: 5, output: 220}}\n{OVER}\n  input: 600",
    ),
    ("text", "brief", TEXT, "text: brief   # said to it"),
    ("text", '"x\\ny\\n"', "  Be kind.\n  Be brief.", "  x\n  y"),
    ("empty", "5%", "empty:", "empty: 5%"),
    ("words.none", "1,5", "words: {none: , bare}", "words: {none: '1,5' , bare}"),
    ("words.bare", "x", "words: {none: , bare}", "words: {none: , bare: x}"),
    ("list.0.a", "7", "- a: 1     # first", "- a: 7     # first"),
    ("list.1", "7", "-", "- 7"),
    ("list", "[1, 2]", "- a: 1     # first\n  b: 2\n-", "- 1\n- 2"),
    ("last", "12 per user", 'last: "12"', 'last: "12 per user"'),
]  # fmt: skip


def changes(old: str, new: str) -> tuple[str, str]:
    """The lines of one text that are not in the other, and the other way round."""
    lines = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    gone, come = ([line[2:] for line in lines if line.startswith(sign)] for sign in ("- ", "+ "))
    return "\n".join(gone), "\n".join(come)


@pytest.mark.parametrize(("path", "value", "gone", "come"), REPLACED)
def test_a_value_is_replaced_in_its_style(path: str, value: str, gone: str, come: str) -> None:
    """Aliases and merges are overridden where they are meant; who refers to a value keeps it."""
    assert changes(BASE, replaced(BASE, path, value)) == (gone, come)


ADDED: list[tuple[str, str, str, str]] = [
    ("list.2", "{a: 3}", "", "- {a: 3}"),
    ("words.third", "a, b", "words: {none: , bare}", "words: {none: , bare, third: 'a, b'}"),
    ("merges.new.deep", "1", "", "  new: {deep: 1}"),
    ("empty.a", "1", "empty:", "empty: {a: 1}"),
    ("budget.monthly", "2500", "", "budget: {monthly: 2500}"),
    ("uses.all.more", "1", USES, "uses: {number: *n , all: {<<: *s, more: 1}}"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "gone", "come"), ADDED)
def test_a_key_is_added_behind_the_last(path: str, value: str, gone: str, come: str) -> None:
    """At the column of its mapping, and parents are made."""
    assert changes(BASE, added(BASE, path, value)) == (gone, come)


@pytest.mark.parametrize(
    ("path", "gone", "come"),
    [
        ("empty", "empty:", ""),
        ("text", TEXT, ""),
        ("words.bare", "words: {none: , bare}", "words: {none: }"),
        ("words.none", "words: {none: , bare}", "words: {bare}"),
        ("list.0.a", "- a: 1     # first\n  b: 2", "- b: 2"),
        ("last", 'last: "12"', ""),
        (
            "shared",
            "shared: &s {input: 600, output: 220}\nuses: {number: *n , all: *s}\n  <<: *s",
            "uses: {number: *n , all: {input: 600, output: 220}}\n  <<: {input: 600, output: 220}",
        ),
    ],
)
def test_an_entry_is_taken_out_with_its_line(path: str, gone: str, come: str) -> None:
    """What others said by an anchor in it is written out there."""
    assert changes(BASE, removed(BASE, path)) == (gone, come)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda: replaced(BASE, "nam", "x"), "nam: there is no 'nam' here; did you mean 'name'?"),
        (lambda: replaced(BASE, "list.5", "x"), "list.5: there is no item 5 in this list"),
        (lambda: added(BASE, "name", "x"), "name is there already"),
        (lambda: added(BASE, "name.x", "x"), "name.x: there is no 'x' here"),
        (lambda: removed(BASE, "merges.input"), "comes from a merge"),
        (lambda: replaced(BASE, "name", "{a"), "not YAML"),
        (lambda: replaced("a: 1\na: 2\n", "a", "3"), "line 2: this key stands twice"),
        (lambda: replaced(BASE, "name.", "3"), "an empty key"),
    ],
)
def test_an_edit_that_cannot_be_made_says_why(edit: Callable[[], str], said: str) -> None:
    """There is an error, and no text."""
    with pytest.raises(EditError, match=re.escape(said)):
        edit()


def test_a_block_text_at_the_end_of_a_file_keeps_its_last_line() -> None:
    """Without a break at the end it says something else than with one; so the key goes before."""
    assert added("a: 1\nb: |\n  text", "c", "2") == "c: 2\na: 1\nb: |\n  text"
    assert read(added("b: |+\n  text\n\n", "c", "2")) == {"b": "text\n\n", "c": "2"}


SHIPPED = Path(__file__).parent.parent / "scenarios"


def shipped(name: str) -> str:
    return (SHIPPED / name).read_bytes().decode()


def scenario(text: str) -> Scenario:
    return read_scenario(text, "edited.yaml", SHIPPED)


def meaning(scenario: Scenario) -> Any:
    """All that the file says, its variants aside."""
    document = said(scenario.source.root)
    return {key: value for key, value in document.items() if key != "variants"}


SETTINGS = {
    "agent-loop.yaml": [
        ("workloads.agent.routing.mix", "{openai/gpt-6-luna: 60%, openai/gpt-6-sol: 40%}"),
        ("assumptions.developers", "70 to 90"),
        ("months", "9"),
        ("workloads.agent.request", "{output: 500}"),
        ("workloads.agent.request.cache", "1h"),
    ],
    "support-assistant.yaml": [
        ("assumptions.growth", "9%"),
        ("budget.monthly", "12,000"),
        ("workloads.support-chat.routing.mix", "{google/gemini-3.8-flash: 100%}"),
        ("workloads.support-chat.request.input", "700"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_a_what_if_kept_as_a_variant_means_what_it_meant(name: str) -> None:
    """Over the scenario and over each variant; laid over what is written, it is the what-if."""
    text, settings = shipped(name), SETTINGS[name]
    before = scenario(text)
    for base in (None, *before.variants):
        new = with_variant(text, "kept", settings, base=base)
        after = scenario(new)
        wanted = before.apply(base, settings)
        assert meaning(after.apply("kept")) == meaning(wanted)
        assert [
            line for line in difflib.ndiff(text.splitlines(), new.splitlines()) if line[0] == "-"
        ] == []
        again = with_variant(new, "kept", settings[:1], replace_it=True)
        assert meaning(scenario(again).apply("kept")) == meaning(before.apply(None, settings[:1]))


@pytest.mark.parametrize("name", SETTINGS)
def test_a_what_if_written_into_the_scenario_means_what_it_meant(name: str) -> None:
    """Where a variant sets a value, it is changed there."""
    text, settings = shipped(name), SETTINGS[name]
    before = scenario(text)
    assert meaning(scenario(with_settings(text, settings))) == meaning(before.apply(None, settings))
    for variant in before.variants:
        after = scenario(with_settings(text, settings, variant))
        assert meaning(after.apply(variant)) == meaning(before.apply(variant, settings))


@pytest.mark.parametrize("name", SETTINGS)
def test_a_what_if_as_a_new_file_finds_the_files_it_names(name: str) -> None:
    """The variant is part of it, and its files are called as they are found from there."""
    text, settings = shipped(name), SETTINGS[name]
    before = scenario(text)
    for variant in (None, *before.variants):
        new = as_new_file(text, settings, variant, name="Another", moved=lambda file: f"../{file}")
        after = read_scenario(new, "new.yaml", SHIPPED / "templates")
        wanted = meaning(before.apply(variant, settings)) | {"name": "Another"}
        named = dict(named_files(before.apply(variant, settings).source.root))
        for path, file in named.items():
            if path[0] != "variants":
                wanted = put(wanted, path, f"../{file}")
        assert meaning(after) == wanted
    assert any("file" in path[-1] for path in named) == ("system: {file:" in text)


def test_a_variant_is_written_as_the_examples_write_theirs() -> None:
    """One setting on one line, several on lines of their own, below a new key where needed."""
    text = "name: A\n\nworkloads: {a: {demand: {}}}\n"
    one = with_variant(text, "short", [("months", "2")])
    assert one == f"{text}\nvariants:\n  short: {{months: 2}}\n"
    two = with_variant(one, "long", [("months", "9"), ("workloads.a.batch", "5%")], "For later")
    assert (
        two
        == f"{one}  long:\n    description: For later\n    months: 9\n    workloads.a.batch: 5%\n"
    )


def test_a_variant_needs_a_free_name_without_spaces() -> None:
    text = "name: A\nmonths: 3\nvariants: {a: {months: 4}}\n"
    with pytest.raises(EditError, match="there is a variant 'a' already"):
        with_variant(text, "a", [("months", "2")])
    with pytest.raises(EditError, match="cannot name a variant"):
        with_variant(text, "a b", [("months", "2")])
    with pytest.raises(UnknownNameError, match="did you mean 'a'"):
        with_variant(text, "c", [("months", "2")], base="aa")
