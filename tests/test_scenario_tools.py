"""Tools as a request declares them, counted with what each model wraps around them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from plans import plan
from prompts import GEMINI, GPT, HAIKU, codes, planned, read, sent, tokens, write

from costplan.errors import ScenarioError
from costplan.planning import project
from costplan.scenario.declarations import read_declarations
from costplan.tokens import CountStore
from costplan.tokens.requests import count_request

STATUS = {
    "name": "order_status",
    "description": "Where an order is.",
    "schema": {
        "type": "object",
        "properties": {"order": {"type": "string", "description": "Its number."}},
        "required": ["order"],
    },
}
FORMS = {
    "chat": {
        "type": "function",
        "function": {
            "name": STATUS["name"],
            "description": STATUS["description"],
            "parameters": STATUS["schema"],
        },
    },
    "responses": {
        "type": "function",
        "name": STATUS["name"],
        "description": STATUS["description"],
        "parameters": STATUS["schema"],
    },
    "anthropic": {
        "name": STATUS["name"],
        "description": STATUS["description"],
        "input_schema": STATUS["schema"],
    },
}
USER = {"role": "user", "content": "x"}


def wrapped(model: str) -> int:
    """What the tool adds to a request that is written for the model's own API."""
    own = {GPT: "chat", HAIKU: "anthropic"}[model]
    bare = {"model": model, "messages": [USER], "max_tokens": 1}
    return count_request({**bare, "tools": [FORMS[own]]}).tokens - count_request(bare).tokens


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("listed", [True, False], ids=["a list", "a request"])
def test_declared_tools_are_counted_with_their_wrapping(
    tmp_path: Path, form: str, *, listed: bool
) -> None:
    """Whichever form they are written in, each model's own rendering is counted."""
    tools: object = [FORMS[form]] if listed else {"tools": [FORMS[form]]}
    write(tmp_path, {"tools.json": json.dumps(tools, indent=2)})
    request = "{tools: {declared: tools.json}, input: 0, output: 5}"
    found = sent(planned(tmp_path, request, f"{GPT} {HAIKU}"))
    assert found == {GPT: wrapped(GPT), HAIKU: wrapped(HAIKU)}


def test_a_prompt_that_ends_with_a_stop_is_a_token_shorter_before_tools(tmp_path: Path) -> None:
    """As most do: the stop merges with the line ends between the prompt and OpenAI's tools."""
    write(tmp_path, {"tools.json": json.dumps([FORMS["chat"]])})
    text = "You are helpful."
    request = f"{{system: {{text: {text}}}, tools: {{declared: tools.json}}, input: 0, output: 5}}"
    bare = {"model": GPT, "messages": [{"role": "system", "content": text}, USER]}
    added = count_request({**bare, "tools": [FORMS["chat"]]}).tokens - count_request(bare).tokens
    assert sent(planned(tmp_path, request)) == {GPT: tokens(text, GPT) + added}


def test_tools_that_no_api_takes(tmp_path: Path) -> None:
    """Nested too deeply: told where the scenario names them."""
    schema: dict[str, object] = {"type": "object"}
    for _ in range(300):
        schema = {"type": "object", "properties": {"a": schema}}
    write(tmp_path, {"tools.json": json.dumps([{"name": "a", "parameters": schema}])})
    with pytest.raises(ScenarioError, match=r"plan\.yaml:8:.*tools\.declared: .*nested deeper"):
        planned(tmp_path, "{tools: {declared: tools.json}, input: 5, output: 5}")


def test_declared_tools_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run counts nothing anew, unless a system prompt changes what introduces them."""
    write(tmp_path, {"tools.json": json.dumps([FORMS["chat"]])})
    request = "{tools: {declared: tools.json}, input: 0, output: 5}"
    first = project(read(tmp_path, request, HAIKU), counts=CountStore(tmp_path / "counts"))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("counted again")

    monkeypatch.setattr("costplan.planning.sizes.declared_tokens", refuse)
    again = project(read(tmp_path, request, HAIKU), counts=CountStore(tmp_path / "counts"))
    assert sent(again) == sent(first)
    prompted = read(tmp_path, request.replace("{tools", "{system: 9, tools"), HAIKU)
    with pytest.raises(AssertionError, match="counted again"):
        project(prompted, counts=CountStore(tmp_path / "counts"))


@pytest.mark.parametrize("model", [GPT, HAIKU, GEMINI, "xai/grok-4.3"])
def test_more_tools_are_more_tokens(tmp_path: Path, model: str) -> None:
    """On every kind of model, with and without a system prompt."""
    two = [FORMS["chat"], {**FORMS["anthropic"], "name": "order_cancel"}]
    write(tmp_path, {"one.json": json.dumps([FORMS["chat"]]), "two.json": json.dumps(two)})
    for system in ("", "system: {text: You are helpful.}, "):
        request = f"{{{system}tools: {{declared: one.json}}, input: 0, output: 5}}"
        (one,) = sent(planned(tmp_path, request, model)).values()
        (both,) = sent(planned(tmp_path, request.replace("one", "two"), model)).values()
        assert 0 < one < both


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "tools.json:1:2: not JSON"),
        ("[]", "tools.json: expected a list of tools"),
        ("3", "tools.json: expected a list of tools"),
        ('[{"type": "function"}]', "tools.json: tool 1 has no name"),
        ('[{"name": "a", "parameters": []}]', "tool 1, 'a': its schema is not an object"),
        ('[{"type": "web_search_20250305", "name": "web_search"}]', "is run by the provider"),
        ("[" * 100_000, "tools.json"),
    ],
)
def test_what_is_no_declaration(tmp_path: Path, content: str, message: str) -> None:
    """Which tool, and what is wrong with it."""
    write(tmp_path, {"tools.json": content})
    with pytest.raises(ScenarioError, match=re.escape(message)) as caught:
        read(tmp_path, "{tools: {declared: tools.json}, input: 5, output: 5}")
    assert str(caught.value).startswith("plan.yaml:8:")


def test_declarations_as_a_file_were_perhaps_meant_as_declared(tmp_path: Path) -> None:
    """They are counted as the text they are, with a warning; other texts have none."""
    write(tmp_path, {"tools.json": json.dumps([FORMS["chat"]]), "tools.md": "find: finds it"})
    for name, warned in (("tools.json", True), ("tools.md", False)):
        found = planned(tmp_path, f"{{tools: {{file: {name}}}, input: 0, output: 5}}")
        assert ("tools-as-text" in codes(found)) is warned
        assert sent(found) == {GPT: tokens((tmp_path / name).read_text("utf-8"), GPT)}


def test_every_form_of_a_declaration_says_the_same() -> None:
    """A name, a description and a schema."""
    forms = {read_declarations("x", json.dumps(form))[0].name for form in FORMS.values()}
    assert forms == {"order_status"}
    schemas = [read_declarations("x", json.dumps([form]))[0].schema for form in FORMS.values()]
    assert schemas == [STATUS["schema"]] * 3


def test_tools_as_text_are_counted_as_text() -> None:
    """`text` and `file` stay what they were: the tokens of the text."""
    found = plan(
        """
        uncertainty: none
        workloads:
          chat:
            demand: {requests: 100 once}
            request: {tools: {text: "one two three"}, input: 0, output: 5}
            routing: {mix: {openai/gpt-4o: 100%}}
        """,
        draws=16,
    )
    assert sent(found) == {GPT: tokens("one two three", GPT)}
