"""Requests to Claude: every part against ctok's own counts and the documented constants."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import ctok
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media_made import png

from costplan.tokens.counts import Method, RequestCount
from costplan.tokens.families import identify
from costplan.tokens.images import image_tokens
from costplan.tokens.requests import count_request
from costplan.tokens.requests.claude.preambles import NAMED, preamble
from costplan.tokens.requests.claude.tools import calls, declarations, results
from costplan.tokens.requests.claude.turns import Speaker, turns
from costplan.tokens.requests.conversation import (
    Dialect,
    Document,
    Image,
    Message,
    Request,
    Schema,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.reading import read_request

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
RECORDED = Path(__file__).parent.parent / "../shared/data/usage"
"""The public recordings that docs/tokens.md names; they are not part of the project."""

OLD, NEW = "claude-sonnet-4-5", "claude-opus-4-8"
WEATHER: dict[str, Any] = {
    "name": "weather",
    "description": "Get the weather.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
CALL = {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Oslo"}}
RAIN = {"type": "tool_result", "tool_use_id": "c1", "content": "rain"}


def old(text: str) -> int:
    """Ctok's tokens of a text that opens a turn: without the 7 of its frame."""
    return int(ctok.token_count(text, "3.0")) - 7


def new(text: str) -> int:
    """The same for the newer tokenizer, whose frame is 6."""
    return int(ctok.token_count(text, "4.8")) - 6


def after(text: str) -> int:
    """Tokens of a text that stands in the middle: behind a letter without marks of its own."""
    return old("文" + text) - old("文")


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def assistant(content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


def count(*messages: dict[str, Any], model: str = OLD, **more: Any) -> RequestCount:
    """A request in Anthropic's own shape."""
    body = {"model": model, "max_tokens": 9, "messages": list(messages), **more}
    return count_request(body, provider="anthropic")


def tokens(*messages: dict[str, Any], model: str = OLD, **more: Any) -> int:
    return count(*messages, model=model, **more).tokens


def image(width: int, height: int) -> dict[str, Any]:
    """An image block."""
    source = {"type": "base64", "media_type": "image/png", "data": png(width, height)}
    return {"type": "image", "source": source}


def test_anthropics_published_example() -> None:
    """A system prompt and a message of its page on counting: 14 tokens.

    https://platform.claude.com/docs/en/build-with-claude/token-counting
    """
    found = count(user("Hello, Claude"), system="You are a scientist")
    assert found.tokens == 14
    assert found.method == Method.RECONSTRUCTED
    assert sum(part.tokens for part in found.parts.values()) == 14


HI, YES, MORE = "Hello there.", "Hi, how can I help?", "What is 2+2?"


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([user(HI)], 1 + 3 + old(HI) + 3),
        ([user(HI), assistant(YES), user(MORE)], 1 + 4 * 3 + old(HI) + old(YES) + old(MORE)),
        ([user(HI), user(MORE)], 1 + 3 + old(HI + MORE) + 3),
        ([user([{"type": "text", "text": each} for each in (HI, MORE)])], 7 + old(HI + MORE)),
        ([user(HI), assistant("Well, ")], 1 + 3 + old(HI) + 3 + old("Well, ")),
        ([user(HI), assistant([{"type": "text", "text": ""}]), user(MORE)], 13 + old(HI + MORE)),
    ],
)
def test_turns_of_text(messages: list[dict[str, Any]], expected: int) -> None:
    """One at the start, three to open each turn, and three for the answer, if it is not begun."""
    assert tokens(*messages) == expected


def test_newer_models_have_other_frames() -> None:
    """Opus 4.7 opens the user's turns with 4 tokens and its own with 6; later ones with 2."""
    talk = [user(HI), assistant(YES), user(MORE)]
    version_47 = sum(int(ctok.token_count(each, "4.7")) - 11 for each in (HI, YES, MORE))
    assert tokens(*talk, model="claude-opus-4-7") == 1 + 4 + 6 + 4 + 6 + version_47
    assert tokens(*talk, model=NEW) == 2 + 4 * 2 + new(HI) + new(YES) + new(MORE)
    system = tokens(*talk, model=NEW, system="Be brief.") - tokens(*talk, model=NEW)
    assert system == 1 + new("Be brief.")
    later = tokens(*talk, {"role": "system", "content": "Be brief."}, model=NEW)
    assert later - tokens(*talk, model=NEW) == 2 + new("Be brief.")


def test_a_system_prompt_begins_no_word() -> None:
    """It has no speaker and so no space before it, and its blocks are one text."""
    quoted = '\n"Power!" he said.'
    assert after(quoted) < old(quoted)
    assert tokens(user(HI), system=quoted) == 7 + after(quoted) + old(HI)
    halves = [{"type": "text", "text": quoted[:8]}, {"type": "text", "text": quoted[8:]}]
    assert tokens(user(HI), system=halves) == tokens(user(HI), system=quoted)
    haiku = "claude-3-5-haiku-20241022"
    assert tokens(user(HI), model=haiku, system="Be brief. ") == 7 + old("Be brief.") + old(HI)


def test_clients_send_a_header_that_is_not_for_the_model() -> None:
    """Anthropic's own clients put what their bills need first in the system prompt."""
    header = {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1;"}
    brief = {"type": "text", "text": "Be brief."}
    assert tokens(user(HI), system=[header, brief]) == tokens(user(HI), system=[brief])


def test_declarations_are_lines_of_json() -> None:
    """Keys in order, an empty description left out, and what is not ASCII escaped."""
    schema = {"type": "object", "properties": {"b": {"type": "integer"}, "a": {}}}
    assert declarations([Tool("now"), Tool("weather", "64°F", schema)]) == (
        "<functions>\n"
        '<function>{"name": "now", "parameters": {}}</function>\n'
        '<function>{"description": "64\\u00b0F", "name": "weather", "parameters": '
        '{"properties": {"a": {}, "b": {"type": "integer"}}, "type": "object"}}</function>\n'
        "</functions>"
    )


def test_calls_and_answers_are_marked_up() -> None:
    """Values that are no text are JSON; a name is told only where several tools answer."""
    space = "antml:"
    assert calls([ToolCall("f", {"q": "a", "n": [1, 2]}), ToolCall("g", '{"x": true}')]) == (
        f'<{space}function_calls>\n<{space}invoke name="f">\n'
        f'<{space}parameter name="q">a</{space}parameter>\n'
        f'<{space}parameter name="n">[1, 2]</{space}parameter>\n</{space}invoke>\n'
        f'<{space}invoke name="g">\n<{space}parameter name="x">true</{space}parameter>\n'
        f"</{space}invoke>\n</{space}function_calls>"
    )
    one, two = ToolResult("c1", (Text("rain"),)), ToolResult("c2", (Text("sun"),), error=True)
    assert results([one], {"c1": "f"}) == "<function_results>rain</function_results>"
    assert results([two], {}) == "<function_results>\n<error>sun</error>\n</function_results>"
    assert results([one, two], {"c1": "f", "c2": "g"}) == (
        "<function_results>\n<result>\n<name>f</name>\n<output>rain</output>\n</result>\n"
        "<result>\n<name>g</name>\n<output>sun</output>\n</result>\n</function_results>"
    )


DOCUMENTED = {
    "claude-3-5-haiku-20241022": (264, 355),
    "claude-sonnet-4-20250514": (313, 315),
    "claude-opus-4-1": (313, 315),
    "claude-haiku-4-5": (496, 588),
    "claude-sonnet-4-6": (497, 589),
    "claude-opus-4-7": (675, 804),
    "claude-opus-4-8": (290, 410),
    "claude-opus-5": (286, 406),
    "claude-sonnet-5": (354, 474),
}
"""Tokens with tool choice auto, and any: the page that `claude.preambles` names."""


@pytest.mark.parametrize("model", DOCUMENTED)
def test_the_preamble_is_the_documented_one(model: str) -> None:
    """Less an empty request: 7 tokens before Opus 4.7, 9 since."""
    empty = 7 if (identify(model).version or (5, 0)) < (4, 7) else 9
    found = preamble(model, identify(model))
    assert (found.auto + empty, found.forced + empty) == DOCUMENTED[model]


def test_a_model_that_is_not_documented_gets_a_wide_band() -> None:
    """The current pages say 277 to 489 once the empty request is off."""
    found = count(user(HI), model="claude-haiku-5-5", tools=[WEATHER])
    assert found.method == Method.ASSUMED
    assert found.high - found.low >= 200


def test_tools_add_their_preamble_and_their_declarations() -> None:
    """489 tokens and the list on Claude 4.5; a system prompt follows after an empty line."""
    declared = old(
        '<functions>\n<function>{"description": "Get the weather.", "name": "weather", '
        '"parameters": {"properties": {"city": {"type": "string"}}, "required": ["city"], '
        '"type": "object"}}</function>\n</functions>'
    )
    bare = 7 + old(HI)
    assert tokens(user(HI), tools=[WEATHER]) == bare + 489 + declared
    system = tokens(user(HI), tools=[WEATHER], system="Be brief.")
    assert system == bare + 489 + declared + after("\n\nBe brief.")
    forced = {"type": "tool", "name": "weather"}
    named = 581 + NAMED + old(" weather")
    assert tokens(user(HI), tools=[WEATHER], tool_choice=forced) == bare + named + declared
    none = {"type": "none"}
    assert tokens(user(HI), tools=[WEATHER], tool_choice=none) == bare + 489 + declared
    alone = {"type": "auto", "disable_parallel_tool_use": True}
    assert tokens(user(HI), tools=[WEATHER], tool_choice=alone) == bare + 281 + declared


def test_a_round_of_calls_stays_in_the_assistants_turn() -> None:
    """Call and answer follow its text; the next text goes on; only a user's words end the turn."""
    call, answer = (
        calls([ToolCall("weather", {"city": "Oslo"})]),
        ("<function_results>rain</function_results>"),
    )
    asked, said = user("Weather?"), {"type": "text", "text": "Let me see."}
    turn = old(f"Let me see.\n\n{call}\n\n{answer}")
    # One token more where the request ends in an answer, since Claude 4 and unless forced.
    assert tokens(asked, assistant([said, CALL]), user([RAIN])) == 7 + old("Weather?") + turn + 1
    silent = after(f"\n\n{call}\n\n{answer}")
    assert tokens(asked, assistant([CALL]), user([RAIN])) == 7 + old("Weather?") + silent + 1
    on = old(f"Let me see.\n\n{call}\n\n{answer}\n\nIt rains.")
    more = [assistant([said, CALL]), user([RAIN]), assistant("It rains."), user(HI)]
    assert tokens(asked, *more) == 1 + 3 + old("Weather?") + 3 + on + 3 + old(HI) + 3
    thanks = user([RAIN, {"type": "text", "text": HI}])
    expected = 1 + 3 + old("Weather?") + 3 + turn + 3 + old(HI) + 3
    assert tokens(asked, assistant([said, CALL]), thanks) == expected


def test_hosts_with_another_api_count_the_same() -> None:
    """One conversation as Anthropic, Bedrock Converse and OpenAI's chat write it."""
    messages = [user("Weather?"), assistant([CALL]), user([RAIN]), assistant("It rains."), user(HI)]
    own = tokens(*messages, system="Be brief.", tools=[WEATHER])
    converse = {
        "system": [{"text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [{"text": "Weather?"}]},
            {
                "role": "assistant",
                "content": [
                    {"toolUse": {"toolUseId": "c", "name": "weather", "input": {"city": "Oslo"}}}
                ],
            },
            {
                "role": "user",
                "content": [{"toolResult": {"toolUseId": "c", "content": [{"text": "rain"}]}}],
            },
            {"role": "assistant", "content": [{"text": "It rains."}]},
            {"role": "user", "content": [{"text": HI}]},
        ],
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "weather",
                        "description": "Get the weather.",
                        "inputSchema": {"json": WEATHER["input_schema"]},
                    }
                }
            ]
        },
    }
    assert count_request(converse, model=f"bedrock/anthropic.{OLD}-v1:0").tokens == own
    function = {
        "name": "weather",
        "description": "Get the weather.",
        "parameters": WEATHER["input_schema"],
    }
    called = {"name": "weather", "arguments": '{"city": "Oslo"}'}
    chat = {
        "messages": [
            {"role": "system", "content": "Be brief."},
            user("Weather?"),
            {"role": "assistant", "content": "", "tool_calls": [{"id": "c", "function": called}]},
            {"role": "tool", "tool_call_id": "c", "content": "rain"},
            assistant("It rains."),
            user(HI),
        ],
        "tools": [{"type": "function", "function": function}],
    }
    assert count_request(chat, model=f"openrouter/anthropic/{OLD}").tokens == own


def test_the_structure_of_the_answer_is_written_with_an_indent() -> None:
    """81 tokens around it, and an empty line where tools stand before."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    form = {"type": "json_schema", "schema": schema}
    written = (
        '{\n  "type": "object",\n  "properties": {\n'
        '    "n": {\n      "type": "integer"\n    }\n  }\n}'
    )
    bare = tokens(user(HI))
    assert tokens(user(HI), output_config={"format": form}) == bare + 81 + old(written)
    assert tokens(user(HI), output_format=form) == bare + 81 + old(written)
    tooled = tokens(user(HI), tools=[WEATHER])
    both = tokens(user(HI), tools=[WEATHER], output_format=form)
    assert both == tooled + 81 + old(written) + 1


@pytest.mark.parametrize(
    ("model", "thinking", "expected"),
    [
        ("claude-3-7-sonnet-20250219", {"type": "enabled", "budget_tokens": 1024}, 28),
        ("claude-sonnet-4-20250514", {"type": "enabled", "budget_tokens": 1024}, 29),
        ("claude-sonnet-4-20250514", {"type": "disabled"}, 0),
        ("claude-sonnet-4-6", {"type": "adaptive"}, 0),
        ("claude-sonnet-5", {"type": "adaptive"}, 0),
    ],
)
def test_a_budget_of_thinking(model: str, thinking: dict[str, Any], expected: int) -> None:
    """28 tokens, and one more since Claude 4; adaptive thinking has no budget."""
    assert (
        tokens(user(HI), model=model, thinking=thinking) - tokens(user(HI), model=model) == expected
    )


def test_thinking_between_calls_is_a_header_that_the_body_may_name() -> None:
    """148 tokens where it is named, and within the band where it is not."""
    enabled = {"type": "enabled", "budget_tokens": 1024}
    silent = count(user(HI), tools=[WEATHER], thinking=enabled)
    betas = ["interleaved-thinking-2025-05-14"]
    named = count(user(HI), tools=[WEATHER], thinking=enabled, anthropic_beta=betas)
    assert named.tokens == silent.tokens + 148 <= silent.high


def test_thoughts_of_earlier_turns() -> None:
    """Dropped before Opus 4.5, kept since; those of the turn that goes on are always kept."""
    thought = {"type": "thinking", "thinking": "They greet me.", "signature": "c2ln"}
    past = [user(HI), assistant([thought, {"type": "text", "text": YES}]), user(MORE)]
    plain = [user(HI), assistant(YES), user(MORE)]
    for model, kept in (("claude-haiku-4-5", 0), ("claude-opus-4-5", old("They greet me.") + 14)):
        assert tokens(*past, model=model) == tokens(*plain, model=model) + kept
    going = [user("Weather?"), assistant([thought, CALL]), user([RAIN])]
    bare = [user("Weather?"), assistant([CALL]), user([RAIN])]
    assert tokens(*going) == tokens(*bare) + old("They greet me.") + 14
    hidden = {"type": "thinking", "thinking": "", "signature": "A" * 500}
    found = count(
        user(HI), assistant([hidden, {"type": "text", "text": YES}]), user(MORE), model=NEW
    )
    assert found.method == Method.ASSUMED
    assert found.low < found.tokens < found.high


def test_pictures() -> None:
    """Patches and 3 around each; 2 more in an answer, which is framed then."""
    asked = user([image(400, 280), {"type": "text", "text": HI}])
    assert tokens(asked) == 7 + old(HI) + 15 * 10 + 3
    shown = {**RAIN, "content": [{"type": "text", "text": "rain"}, image(28, 28)]}
    plain = tokens(user(HI), assistant([CALL]), user([RAIN]))
    framed = "<function_results>\n<result>\n<output>rain</output>\n</result>\n</function_results>"
    more = old(framed) - old("<function_results>rain</function_results>") + 1 + 3 + 2
    assert tokens(user(HI), assistant([CALL]), user([shown])) == plain + more
    unseen = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    assert count(user([unseen])).method == Method.ASSUMED


@pytest.mark.parametrize(("side", "billed"), [(1, 4), (56, 4), (57, 16), (128, 36)])
def test_claude_3_5_haiku_bills_blocks_of_four_patches(side: int, billed: int) -> None:
    """A side of 57 pixels is three patches, billed as four."""
    assert image_tokens("claude-3-5-haiku-20241022", side, side).tokens == billed


def document(**source: Any) -> dict[str, Any]:
    return {"type": "document", "source": source}


def test_documents_of_text() -> None:
    """35 around the text, 7 around a title, and what asks to cite once for all."""
    text = document(type="text", media_type="text/plain", data="Ruby is a language.")
    bare, plain = 7 + old(HI), old("Ruby is a language.") + 35
    said = {"type": "text", "text": HI}
    assert tokens(user([said, text])) == bare + plain
    titled = {**text, "title": "facts", "citations": {"enabled": True}}
    cited = count(user([said, titled, titled]))
    assert cited.tokens == bare + 2 * (plain + old("facts") + 7) + 552
    assert cited.low < cited.tokens < cited.high
    assert cited.parts["documents"].tokens == cited.tokens - bare


def test_pages_of_a_pdf_are_a_range() -> None:
    """A page is a picture of up to 1,568 tokens and as many words as it holds."""
    pdf = document(type="url", url="https://example.com/paper.pdf")
    found = count(user([pdf]))
    assert found.method == Method.ASSUMED
    assert found.low > 1_500
    assert found.high > 10 * 3_000


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            {"format": "txt", "source": {"text": "Ruby."}},
            Document("Ruby.", media_type="text/plain"),
        ),
        (
            {"format": "txt", "source": {"content": [{"text": "Ru"}, {"text": "by."}]}},
            Document("Ruby.", media_type="text/plain"),
        ),
        (
            {"format": "md", "name": "facts", "source": {"bytes": "UnVieS4="}},
            Document("Ruby.", title="facts", media_type="text/md"),
        ),
        (
            {"format": "xlsx", "source": {"bytes": "AAAA"}, "citations": {"enabled": True}},
            Document(citations=True, media_type="application/xlsx"),
        ),
    ],
)
def test_bedrocks_documents(found: dict[str, Any], expected: Document) -> None:
    """Text as it is, in blocks or in bytes; office files are not read."""
    body = {"messages": [{"role": "user", "content": [{"document": found}]}]}
    assert read_request(body, "bedrock").messages == (Message("user", (expected,)),)


def test_bedrocks_other_fields() -> None:
    """The structure of the answer is a text of JSON; search results have a block of their own."""
    form = {"jsonSchema": {"name": "answer", "schema": '{"type": "object"}'}}
    search = {
        "searchResult": {"title": "Ruby", "source": "u", "content": [{"text": "A language."}]}
    }
    body = {
        "messages": [{"role": "user", "content": [{"text": HI}, search]}],
        "outputConfig": {"textFormat": {"type": "json_schema", "structure": form}},
    }
    assert read_request(body, "bedrock").schema == Schema({"type": "object"}, "answer")
    found = count_request(body, model=f"bedrock/anthropic.{OLD}")
    block = {"type": "search_result", **search["searchResult"]}
    schema = {"type": "json_schema", "schema": {"type": "object"}}
    own = count(user([{"type": "text", "text": HI}, block]), output_format=schema)
    assert found.tokens == own.tokens
    broken = {"jsonSchema": {"schema": "{"}}
    body["outputConfig"] = {"textFormat": {"structure": broken}}
    assert read_request(body, "bedrock").schema == Schema({})


def test_deferred_tools_count_once_they_are_loaded() -> None:
    """A search names them; until then they are not in the prompt."""
    deferred = {**WEATHER, "defer_loading": True}
    now = {"name": "now", "input_schema": {"type": "object"}}
    assert tokens(user(HI), tools=[now, deferred]) == tokens(user(HI), tools=[now])
    reference = {"type": "tool_reference", "tool_name": "weather"}
    found = {**RAIN, "content": [reference]}
    talk = [user(HI), assistant([CALL]), user([found])]
    declared = tokens(user(HI), tools=[now, WEATHER]) - tokens(user(HI), tools=[now])
    more = tokens(*talk, tools=[now, deferred]) - tokens(*talk, tools=[now])
    assert 0 <= more - declared < 20


@pytest.mark.parametrize(
    ("more", "least"),
    [
        ({"tools": [{"type": "bash_20250124", "name": "bash"}]}, 245),
        ({"tools": [{"type": "text_editor_20250429", "name": "edit"}]}, 700),
        ({"tools": [{"type": "computer_20250124", "name": "computer"}]}, 735 + 466),
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, 1_000),
        ({"tools": [{"type": "novelty_20270101", "name": "novelty"}]}, 400),
        ({"mcp_servers": [{"type": "url", "name": "a", "url": "https://example.com"}]}, 50),
    ],
)
def test_tools_of_the_vendor_are_assumed(more: dict[str, Any], least: int) -> None:
    """With the preamble, and a band for what they may find."""
    found = count(user(HI), **more)
    assert found.method == Method.ASSUMED
    assert found.tokens - tokens(user(HI)) - 489 >= least
    assert found.low < found.tokens < found.high


def test_what_is_cached_is_the_prefix_up_to_the_last_mark() -> None:
    """Tools, then the system prompt, then turns; inside a turn, its text up to there."""
    mark = {"cache_control": {"type": "ephemeral"}}
    system = [{"type": "text", "text": "Be brief.", **mark}]
    plain = count(user(HI), tools=[WEATHER], system="Be brief.")
    assert plain.cacheable == 0
    cached = count(user(HI), tools=[WEATHER], system=system)
    assert cached.tokens == plain.tokens
    assert cached.cacheable == plain.tokens - 3 - old(HI) - 3
    tools = count(user(HI), tools=[{**WEATHER, **mark}], system="Be brief.")
    assert tools.cacheable == cached.cacheable - after("\n\nBe brief.")
    halves = [{"type": "text", "text": "Hello ", **mark}, {"type": "text", "text": "there."}]
    assert count(user(halves)).cacheable == 1 + 3 + old("Hello ")
    assert count(user(halves)).tokens == 7 + old("Hello there.")


def test_corrections_are_added_where_their_constant_is_used() -> None:
    """As often as it is used: twice a tool, thrice a turn."""
    talk = [user("Weather?"), assistant([CALL]), user([RAIN]), assistant("It rains."), user(HI)]
    body = {"model": OLD, "messages": talk, "tools": [WEATHER, WEATHER], "system": "Be brief."}
    plain = count_request(body).tokens
    for name, times in (
        ("request", 1),
        ("message", 3),
        ("system", 1),
        ("tools_auto", 1),
        ("tools_any", 0),
        ("tool", 2),
        ("call", 1),
        ("thinking", 0),
        ("image", 0),
    ):
        assert count_request(body, corrections={name: 5}).tokens == plain + 5 * times, name


def test_who_speaks() -> None:
    """Answers of tools belong to the assistant; a system message further on is a turn."""
    asked, answered = Message("user", (Text(HI),)), Message("assistant", (Text(YES),))
    result = Message("user", (ToolResult("c1", (Image(1, 1),)),))
    talk = (Message("system", (Text("Be brief."),)), asked, answered, result, answered, asked)
    found = turns(Request(Dialect.ANTHROPIC, (*talk, Message("system", (Text("Now."),)))))
    assert [turn.speaker for turn in found] == [
        Speaker.HUMAN,
        Speaker.ASSISTANT,
        Speaker.HUMAN,
        Speaker.SYSTEM,
    ]
    front = turns(Request(Dialect.CHAT, (*talk, Message("system", (Text("Now."),)))))
    assert [turn.speaker for turn in front] == [turn.speaker for turn in found[:3]]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_blocks_of_a_message_are_one_text(pieces: list[str]) -> None:
    """However a text is cut into blocks, it costs the same."""
    blocks = [{"type": "text", "text": piece} for piece in pieces]
    joined = user("".join(pieces))
    assert tokens(user(blocks)) == tokens(joined)


@given(st.dictionaries(st.text(max_size=6), st.integers() | st.text(max_size=9), max_size=4))
def test_the_order_of_a_schemas_keys_does_not_matter(properties: dict[str, Any]) -> None:
    """They are sorted before they are written."""
    turned = dict(reversed(properties.items()))
    there, back = ({**WEATHER, "input_schema": each} for each in (properties, turned))
    assert tokens(user(HI), tools=[there]) == tokens(user(HI), tools=[back])


@pytest.mark.skipif(
    not RECORDED.exists(), reason="NOTHING CHECKED: the recorded calls are not here"
)
def test_recorded_requests_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text and tools of the report half, as docs/requests.md has them."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    benchmark = importlib.import_module("claude_requests")
    found = {
        (row.host, row.interface, row.holds): row
        for row in benchmark.rows(RECORDED)
        if row.calls == "as sent" and row.models == "3 to 4.6"
    }
    text, tools = (found["anthropic", "anthropic.messages", kind] for kind in ("text", "tools"))
    assert text.exact >= 95
    assert tools.exact >= 85
    assert tools.near >= 95
    assert found["bedrock", "bedrock.converse", "tools"].exact == 100
