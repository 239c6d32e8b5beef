"""Tokens of OpenAI requests, against hand arithmetic and what was billed for recorded calls."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costplan.tokens.counts import Method, RequestCount
from costplan.tokens.requests import count_request
from costplan.tokens.requests.conversation import Schema, Tool
from costplan.tokens.requests.openai.schemas import TypeScript, is_recorded
from costplan.tokens.requests.openai.tools import answer_format, definition, namespace

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
RECORDED = Path(__file__).parent.parent / "../shared/data/usage"
"""The public recordings that docs/tokens.md names; they are not part of the project."""

HI = {"role": "user", "content": "hi"}
"""One token."""
BRIEF = {"role": "system", "content": "Be brief."}
"""Three tokens: Be, brief, and the full stop."""
TIME = {"name": "get_time", "description": "Tell the time", "parameters": {"type": "object"}}
CHAT_TOOL = {"type": "function", "function": TIME}
FLAT_TOOL = {"type": "function", **TIME}
NAMESPACE = 25
"""`# Tools`, `## functions`, `namespace functions {`, the type of `get_time` and the end."""
DEFINITIONS = 17
"""`### Tool definitions` and the type of `get_time`."""
PERSON = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
FORMAT = 21
"""`# Response Formats`, `## Person` and the schema without what it requires."""


def chat(model: str, *messages: dict[str, Any], **settings: Any) -> RequestCount:
    """A count of a Chat Completions request."""
    return count_request({"model": model, "messages": [*messages], **settings})


def responses(model: str, *items: dict[str, Any], **settings: Any) -> RequestCount:
    """A count of a Responses request."""
    return count_request({"model": model, "input": [*items], **settings})


def call(number: int) -> dict[str, Any]:
    """A call of `add` in Chat Completions, its arguments not yet compact."""
    function = {"name": "add", "arguments": f'{{"a": {number}}}'}
    return {"id": f"c{number}", "type": "function", "function": function}


def answer(number: int, text: str) -> dict[str, Any]:
    """What `add` answered to that call."""
    return {"role": "tool", "tool_call_id": f"c{number}", "content": text}


def item(number: int, **more: Any) -> dict[str, Any]:
    """The same call in Responses."""
    arguments = f'{{"a": {number}}}'
    return {"type": "function_call", "name": "add", "arguments": arguments,
            "call_id": f"c{number}", **more}  # fmt: skip


def output(number: int, text: str) -> dict[str, Any]:
    """The same answer in Responses."""
    return {"type": "function_call_output", "call_id": f"c{number}", "output": text}


@pytest.mark.parametrize(
    ("model", "one", "with_answer"),
    [
        ("gpt-3.5-turbo-0125", 1 + 4 + 3, 3 + 3 * 4 + 3),
        ("gpt-4o", 1 + 4 + 3, 3 + 3 * 4 + 3),
        ("gpt-5-mini", 1 + 4 + 2, 3 + 3 * 4 + 2 + 2),  # an answer names its channel
        ("gpt-5.1-chat-latest", 1 + 4 + 2, 3 + 3 * 4 + 2 + 2),
        ("gpt-5-chat-latest", 1 + 4 + 3, 3 + 3 * 4 + 3),
        ("o1", 1 + 4 + 2, 3 + 3 * 4 + 2),
        ("gpt-4o-search-preview", 1, 3),
    ],
)
def test_text(model: str, one: int, with_answer: int) -> None:
    """Texts, 4 for each message, and 2 or 3 for the request."""
    found = chat(model, HI)
    assert (found.tokens, found.low, found.high, found.method) == (one, one, one, "exact")
    assert chat(model, HI, {"role": "assistant", "content": "hi"}, HI).tokens == with_answer


def test_endpoints_agree_on_text() -> None:
    """The same text is the same number in Responses, but for gpt-4, which is billed one less."""
    for model, less in (("gpt-4o", 0), ("gpt-5", 0), ("gpt-4-0613", 1)):
        assert responses(model, HI).tokens == chat(model, HI).tokens - less
    spoken = count_request({"model": "gpt-4o", "instructions": "Be brief.", "input": "hi"})
    assert spoken.tokens == chat("gpt-4o", BRIEF, HI).tokens == 3 + 1 + 2 * 4 + 3
    assert spoken.parts["system"].tokens == 3


def test_a_name_costs_its_tokens_and_one() -> None:
    """As OpenAI's cookbook has it; an answer that is empty is not sent on."""
    assert chat("gpt-4o", {**HI, "name": "hi"}).tokens == chat("gpt-4o", HI).tokens + 2
    silent = {"type": "message", "role": "assistant", "content": []}
    assert responses("gpt-4o", HI, silent).tokens == responses("gpt-4o", HI).tokens


@pytest.mark.parametrize(
    ("model", "alone", "joined", "in_responses"),
    [
        ("gpt-4o", NAMESPACE + 4 - 1, NAMESPACE - 1, NAMESPACE - 3),
        ("o1", NAMESPACE + 4, NAMESPACE, NAMESPACE),
        ("gpt-5", DEFINITIONS + 89 + 4, DEFINITIONS + 89 + 3, DEFINITIONS + 14 - 3),
        ("gpt-5-codex", DEFINITIONS + 89 + 4, DEFINITIONS + 89 + 3, DEFINITIONS + 14),
    ],
)
def test_one_tool(model: str, alone: int, joined: int, in_responses: int) -> None:
    """A tool alone, behind a system message (whose stop takes the blank line), in Responses."""
    bare, after = chat(model, HI).tokens, chat(model, BRIEF, HI).tokens
    assert chat(model, HI, tools=[CHAT_TOOL]).tokens == bare + alone
    assert chat(model, BRIEF, HI, tools=[CHAT_TOOL]).tokens == after + joined
    assert responses(model, HI, tools=[FLAT_TOOL]).tokens == bare + in_responses


def test_responses_read_flat_tools_only() -> None:
    """What stands under `function` there is ignored by the API, but for the name beside it."""
    nested = {"type": "function", "name": "get_time", "function": {**TIME, "parameters": PERSON}}
    named = {"type": "function", "name": "get_time"}
    found, wanted = (responses("gpt-4.1", HI, tools=[tool]).tokens for tool in (nested, named))
    assert found == wanted < responses("gpt-4.1", HI, tools=[FLAT_TOOL]).tokens


@pytest.mark.parametrize(
    ("model", "choice", "more"),
    [
        ("gpt-4o", "auto", 0),
        ("gpt-4o", "required", 0),
        ("gpt-4o", "none", 1),
        ("gpt-4o", {"type": "function", "function": {"name": "get_time"}}, 7 + 2),
        ("gpt-4-0613", "required", 2),
        ("gpt-4-0613", {"type": "function", "function": {"name": "get_time"}}, 4 + 2),
        ("gpt-5", {"type": "function", "function": {"name": "get_time"}}, 0),
    ],
)
def test_choosing_a_tool(model: str, choice: Any, more: int) -> None:
    """Forcing a function adds its name and a few tokens, until GPT-5."""
    free = chat(model, HI, tools=[CHAT_TOOL]).tokens
    assert chat(model, HI, tools=[CHAT_TOOL], tool_choice=choice).tokens == free + more


@pytest.mark.parametrize(
    ("model", "wrapped"), [("gpt-4o", 13), ("gpt-4-0613", 10), ("o1", 13), ("gpt-5.4", 19)]
)
def test_a_call_and_its_answer(model: str, wrapped: int) -> None:
    """The name twice, compact arguments (5 tokens), the answer, and what wraps both."""
    found = chat(model, HI, {"role": "assistant", "tool_calls": [call(2)]}, answer(2, "5"))
    assert found.tokens == chat(model, HI).tokens + 1 + 5 + 1 + 1 + wrapped


@pytest.mark.parametrize(
    ("model", "wrapped"), [("gpt-4o", 11), ("o1", 17), ("gpt-5", 17), ("gpt-5.5", 20)]
)
def test_a_call_in_responses(model: str, wrapped: int) -> None:
    """There each call of several is its own."""
    bare = responses(model, HI).tokens
    one = responses(model, HI, item(2), output(2, "5"))
    assert one.tokens == bare + 1 + 5 + 1 + 1 + wrapped
    two = responses(model, HI, item(2), item(3), output(2, "5"), output(3, "5"))
    assert two.tokens == bare + 2 * (1 + 5 + 1 + 1 + wrapped)


def test_a_call_kept_under_its_id() -> None:
    """Before GPT-5 a single call with the API's id was billed 3 more, most of the time."""
    plain = responses("gpt-4o", HI, item(2), output(2, "5"))
    kept = responses("gpt-4o", HI, item(2, id="fc_1"), output(2, "5"))
    assert (kept.tokens, kept.method) == (plain.tokens + 3, Method.VENDOR_EQUIVALENT)
    several = [item(2, id="fc_1"), item(3, id="fc_2"), output(2, "5"), output(3, "5")]
    assert responses("gpt-4o", HI, *several).method == Method.EXACT


@pytest.mark.parametrize(("model", "wrapped"), [("gpt-4o", 20), ("gpt-5", 26)])
def test_parallel_calls_are_written_as_one(model: str, wrapped: int) -> None:
    """32 tokens of `{"tool_uses":[...]}` and 6 of `[4, "nine"]`."""
    calls = {"role": "assistant", "content": "", "tool_calls": [call(2), call(3)]}
    found = chat(model, HI, calls, answer(2, "4"), answer(3, "nine"))
    assert found.tokens == chat(model, HI).tokens + 32 + 6 + wrapped


def test_a_missing_answer_loses_nothing() -> None:
    """Where one of two answers never came, the other is counted."""
    calls = {"role": "assistant", "tool_calls": [call(2), call(3)]}
    found = chat("gpt-4o", HI, calls, answer(2, "nine"))
    assert found.tokens == chat("gpt-4o", HI).tokens + 32 + len(["[", '"', "nine", '"]']) - 1 + 20


@pytest.mark.parametrize(
    ("model", "in_chat", "in_responses"),
    [("gpt-4o", FORMAT + 4 + 2 + 1, FORMAT + 1), ("gpt-5", FORMAT + 4, FORMAT)],
)
def test_answer_format(model: str, in_chat: int, in_responses: int) -> None:
    """A structured answer; in Chat Completions its name, one token, stands twice until GPT-5."""
    wanted = {"name": "Person", "strict": True, "schema": PERSON}
    nested = {"type": "json_schema", "json_schema": wanted}
    bare = chat(model, HI).tokens
    assert chat(model, HI, response_format=nested).tokens == bare + in_chat
    text = {"format": {"type": "json_schema", **wanted}}
    assert responses(model, HI, text=text).tokens == bare + in_responses
    both = chat(model, HI, response_format=nested, tools=[CHAT_TOOL]).tokens
    tools = chat(model, HI, tools=[CHAT_TOOL]).tokens
    # With tools the name stands once; the blank line between is a token unless it follows a `;`.
    assert both == tools + FORMAT + (1 if model == "gpt-4o" else 0)


def test_shown_schema() -> None:
    """What is enforced is not shown; properties may be called like keywords."""
    schema = Schema(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": {"required": {"type": "integer", "minimum": 1}},
            "required": ["required"],
            "additionalProperties": False,
        },
        "Thing",
        "A thing.",
    )
    assert answer_format(schema) == (
        "# Response Formats\n\n## Thing\n\n// A thing.\n"
        '{"type":"object","properties":{"required":{"type":"integer"}}}'
    )


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


@pytest.mark.parametrize(
    ("properties", "required", "written"),
    [
        ({}, [], ""),
        ({"city": TEXT}, ["city"], "{ city: string }"),
        ({"a": NUMBER, "b": {"type": "number"}}, ["a"], "{ a: integer, b?: number }"),
        ({"unit": {"type": "string", "enum": ["c", "f"]}}, [], '{ unit?: "c" | "f" }'),
        ({"kind": {"const": "x"}}, [], '{ kind?: "x" }'),
        ({"tags": {"type": "array", "items": TEXT}}, [], "{ tags?: string[] }"),
        ({"tags": {"type": "array"}}, [], "{ tags?: any[] }"),
        ({"at": {"type": ["string", "null"]}}, [], "{ at?: string | null }"),
        ({"at": {"anyOf": [TEXT, {"type": "null"}]}}, [], "{ at?: string | null }"),
        ({"more": {"type": "object"}}, [], "{ more?: object }"),
        ({"it": {}}, [], "{ it?: any }"),
        ({"city": {**TEXT, "description": "Where"}}, [], "{\n// Where\ncity?: string,\n}"),
        ({"city": {**TEXT, "title": "City"}}, [], "{\n// City\ncity?: string,\n}"),
        (
            {"city": {**TEXT, "title": "City", "description": "Where"}},
            [],
            "{\n// City\n//\n// Where\ncity?: string,\n}",
        ),
        ({"n": {**NUMBER, "minimum": 1}}, ["n"], "{\nn: integer, // minimum: 1\n}"),
        ({"n": {**TEXT, "default": "x"}}, [], '{\nn?: string, // default: "x"\n}'),
        (
            {"a": {"type": "object", "properties": {"b": {**TEXT, "description": "B"}}}, "c": TEXT},
            ["c"],
            "{\na?: {\n// B\nb?: string,\n},\nc: string,\n}",
        ),
        (
            {"a": {"type": "array", "items": {"properties": {"b": {**TEXT, "title": "B"}}}}},
            [],
            "{\na?: Array<\n{\n// B\nb?: string,\n}\n>,\n}",
        ),
        ({"one": {"$ref": "#/$defs/One"}}, [], "{\n// One of them\none?: { x: integer },\n}"),
    ],
)
def test_arguments(properties: dict[str, Any], required: list[str], written: str) -> None:
    """Arguments as a type: on one line, unless anything in them has a comment."""
    one = {"description": "One of them", "properties": {"x": NUMBER}, "required": ["x"]}
    schema = {"type": "object", "properties": properties, "required": required}
    assert TypeScript({**schema, "$defs": {"One": one}}).arguments() == written


def test_titles_of_the_whole() -> None:
    """The title and the description of the arguments stand before them."""
    schema = {"title": "Book", "description": "To read.", "properties": {"name": TEXT}}
    assert TypeScript(schema).arguments() == "// Book\n//\n// To read.\n{ name?: string }"


def test_gpt_4_wrote_less() -> None:
    """Before gpt-4-turbo: a line for each argument, with its description and nothing else."""
    schema = {
        "title": "Book",
        "properties": {
            "name": {**TEXT, "title": "Name"},
            "by": {"description": "Who", "properties": {"born": {**NUMBER, "description": "Year"}}},
        },
    }
    written = namespace([Tool("find", "Finds.", schema)], plain=True)
    assert (
        "type find = (_: {\nname?: string,\n// Who\nby?: {\nborn?: integer,\n},\n}) => any;"
        in written
    )


def test_descriptions_keep_their_lines() -> None:
    """Each without indentation; a custom tool shows the grammar of its input."""
    tool = Tool("find", "\n  Finds.\n\n    By name.\n")
    assert definition(tool) == "// Finds.\n//\n// By name.\ntype find = () => any;"
    grammar = {"format": {"type": "grammar", "definition": "start: DIGIT"}}
    custom = Tool("count", "Counts.", kind="custom", value=grammar)
    assert definition(custom) == "// Counts.\n// start: DIGIT\ntype count = (FREEFORM) => any;"


def test_what_was_never_recorded_is_in_doubt() -> None:
    """Keywords whose writing was not checked widen the band; those of properties' names do not."""
    assert is_recorded({"type": "object", "properties": {"pattern": TEXT}, "default": {"x": 1}})
    assert not is_recorded({"type": "object", "properties": {"zip": {**TEXT, "pattern": "[0-9]"}}})
    tool = {"name": "f", "parameters": {"properties": {"zip": {**TEXT, "pattern": "[0-9]"}}}}
    found = chat("gpt-4o", HI, tools=[{"type": "function", "function": tool}])
    assert (found.high - found.low, found.method) == (2 * (1 + 2), Method.VENDOR_EQUIVALENT)


def test_reasoning_is_kept_within_a_turn() -> None:
    """Of earlier turns it is dropped; of this one it costs by its length: 0.155 x 4,000."""
    thought = {"type": "reasoning", "summary": [], "encrypted_content": "x" * 4_900}
    done = responses("gpt-5", thought, HI)
    assert (done.tokens, done.method) == (responses("gpt-5", HI).tokens, Method.EXACT)
    current = responses("gpt-5", HI, thought)
    assert current.tokens == responses("gpt-5", HI).tokens + 620
    assert current.method == Method.ASSUMED
    assert current.low < current.tokens < current.high


def test_what_the_body_does_not_have_is_assumed() -> None:
    """An earlier conversation, the vendor's own tools and models without a recording."""
    for found in (
        responses("gpt-5", HI, previous_response_id="resp_1"),
        responses("gpt-5", HI, tools=[{"type": "web_search"}]),
        chat("gpt-6-sol", HI),
    ):
        assert found.method == Method.ASSUMED
        assert found.high > found.tokens


def test_open_weights_have_a_preamble() -> None:
    """gpt-oss: about 60 tokens of its host's own, never called exact; reasoning comes as text."""
    found = chat("openai/gpt-oss-120b", HI)
    assert (found.tokens, found.method) == (1 + 4 + 3 + 60, Method.ASSUMED)
    thinks = {"role": "assistant", "reasoning": "hi", "tool_calls": [call(2)]}
    calls = {"role": "assistant", "tool_calls": [call(2)]}
    more = chat("gpt-oss-120b", HI, thinks).tokens - chat("gpt-oss-120b", HI, calls).tokens
    assert more == 1 + 6


def test_pictures_and_sound_have_parts() -> None:
    """A picture whose size is unknown may be a thumbnail or as large as it gets."""
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/cat"}}
    found = chat("gpt-4o", {"role": "user", "content": [picture]}).parts["images"]
    # One tile, four, and eight: 85 + 170 for each.
    assert (found.low, found.tokens, found.high) == (255, 765, 1445)
    sound = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}
    assert chat("gpt-audio", {"role": "user", "content": [sound]}).parts["audio"].tokens > 0


def test_embeddings_and_completions_are_their_texts() -> None:
    """No frame; a list of numbers is a text already in tokens."""
    assert count_request({"model": "text-embedding-3-small", "input": ["hi", "hi"]}).tokens == 2
    assert count_request({"model": "gpt-3.5-turbo-instruct", "prompt": "hi"}).tokens == 1
    numbers = {"model": "text-embedding-3-small", "input": [[3923, 527, 30], [30]]}
    assert count_request(numbers).tokens == 4


def test_corrections_are_added_to_what_they_name() -> None:
    """`costplan calibrate` measures constants; each counts as often as what it belongs to."""
    body = {"model": "gpt-4o", "messages": [BRIEF, HI], "tools": [CHAT_TOOL]}
    more = {"request": 1, "message": 10, "system": 100, "tools_auto": 1_000, "tool": 10_000}
    before, after = count_request(body), count_request(body, corrections={**more, "tools_any": 5})
    assert after.tokens - before.tokens == 1 + 2 * 10 + 100 + 1_000 + 10_000
    assert count_request(
        {**body, "tool_choice": "required"}, corrections={"tools_any": 5}
    ).tokens == (before.tokens + 5)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "properties", "items", "anyOf", "$ref", "enum", "title", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(schema=st.dictionaries(st.sampled_from(["type", "properties", "$defs"]), JSON, max_size=3))
def test_any_schema_is_written(schema: dict[str, Any]) -> None:
    """A schema is the provider's to judge: whatever it is, it is counted."""
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    assert chat("gpt-4o", HI, tools=[tool]).tokens > chat("gpt-4o", HI).tokens


def test_a_schema_may_refer_to_itself() -> None:
    """Where it does, any type stands; and many definitions that refer to all take no time."""
    tree = {"properties": {"child": {"$ref": "#"}, "n": NUMBER}}
    assert TypeScript(tree).arguments() == ("{ child?: { child?: any, n?: integer }, n?: integer }")
    every = {f"d{n}": {"$ref": f"#/$defs/d{n}"} for n in range(30)}
    web = {"properties": every, "$defs": {name: {"properties": every} for name in every}}
    assert len(TypeScript(web).arguments()) < 1_000_000


@pytest.mark.skipif(
    not RECORDED.exists(), reason="NOTHING CHECKED: the recorded calls are not here"
)
def test_recorded_requests_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was billed in repositories that nothing was fitted on, as docs/requests.md has it."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    benchmark = importlib.import_module("openai_requests")
    found = {
        (row.family, row.endpoint, row.filter): row for row in benchmark.rows(RECORDED, peers=False)
    }
    for family, endpoint in (
        ("gpt-3.5", "chat"),
        ("gpt-4", "chat"),
        ("gpt-4o", "chat"),
        ("gpt-4o", "responses"),
        ("gpt-5", "responses"),
    ):
        assert found[family, endpoint, "text only"].exact >= 0.98
    tools = found[benchmark.ALL, "both", "tools"]
    assert tools.n > 350
    assert tools.within_2 >= 0.95
    assert tools.error < 0.01
