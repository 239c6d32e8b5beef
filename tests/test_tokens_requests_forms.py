"""One request in many forms, published examples, and bodies made to bring a count down."""

from __future__ import annotations

import base64
import json
import time
from copy import deepcopy
from typing import Any

import pytest
from media_made import png

from costplan import count_request, count_tokens
from costplan.errors import UsageError
from costplan.tokens.counts import RequestCount
from costplan.tokens.requests.conversation import Dialect, Document, Image, Other, ToolCall
from costplan.tokens.requests.fields import DEEPEST
from costplan.tokens.requests.reading import dialect_of, read_request
from costplan.tokens.requests.references import without_references

GPT = ("openai/gpt-4", "openai/gpt-4o", "openai/gpt-5.1", "openai/o3", "azure/gpt-35-turbo")
CLAUDE = ("anthropic/claude-3-haiku-20240307", "anthropic/claude-sonnet-4-5", "claude-opus-4-7")
GEMINI = ("google/gemini-2.5-flash", "google/gemini-3-pro-preview", "vertex/gemini-2.5-flash")
OPEN = ("mistral/mistral-small-2506", "deepseek/deepseek-chat", "xai/grok-4", "bedrock/nova-lite")
EVERY = (*GPT, *CLAUDE, *GEMINI, *OPEN)

PICTURE = png(640, 480)
PNG = base64.b64decode(PICTURE)
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Which"}},
    "required": ["city"],
}
TOOL = {"name": "weather", "description": "Get the weather.", "input_schema": CITY}

ANTHROPIC: dict[str, Any] = {
    "system": [{"type": "text", "text": "Be brief."}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look"},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": PICTURE},
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Let me see"},
                {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Oslo"}},
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "sunny"}],
        },
    ],
    "tools": [TOOL],
}
CONVERSE: dict[str, Any] = {
    "system": [{"text": "Be brief."}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"text": "Look"},
                {"image": {"format": "png", "source": {"bytes": PICTURE}}},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"text": "Let me see"},
                {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Oslo"}}},
            ],
        },
        {
            "role": "user",
            "content": [{"toolResult": {"toolUseId": "t1", "content": [{"text": "sunny"}]}}],
        },
    ],
    "toolConfig": {
        "tools": [
            {
                "toolSpec": {
                    "name": "weather",
                    "description": "Get the weather.",
                    "inputSchema": {"json": CITY},
                }
            }
        ]
    },
}
CHAT: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look"},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}},
            ],
        },
        {
            "role": "assistant",
            "content": "Let me see",
            "tool_calls": [
                {
                    "id": "t1",
                    "type": "function",
                    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "t1", "content": "sunny"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "weather",
                "description": "Get the weather.",
                "parameters": CITY,
            },
        }
    ],
}


def says(model: str, *texts: str, **settings: Any) -> RequestCount:
    """The count of a user's message of one or several blocks of text."""
    content = [{"type": "text", "text": text} for text in texts]
    return count_request(
        {"messages": [{"role": "user", "content": content}], **settings}, model=model
    )


@pytest.mark.parametrize("model", CLAUDE)
def test_claude_is_one_number_in_every_form(model: str) -> None:
    """Anthropic's own body, Bedrock's, and OpenAI's, which Anthropic and OpenRouter take too."""
    own = count_request(ANTHROPIC, model=model).tokens
    for body, host in ((CONVERSE, "bedrock"), (CHAT, "openrouter"), (CHAT, "anthropic")):
        assert count_request(body, model=model, provider=host).tokens == own


@pytest.mark.parametrize("model", CLAUDE)
def test_a_mark_moves_the_prefix_and_nothing_else(model: str) -> None:
    """Each later mark holds more; the request is the same."""
    whole, last = count_request(ANTHROPIC, model=model), 0
    assert whole.cacheable == 0
    for *path, key in (
        ["tools", 0],
        ["system", 0],
        ["messages", 0, "content", 0],
        ["messages", 0, "content", 1],
        ["messages", 1, "content", 1],
        ["messages", 2, "content", 0],
    ):
        body = deepcopy(ANTHROPIC)
        place: Any = body
        for step in path:
            place = place[step]
        place[key]["cache_control"] = {"type": "ephemeral"}
        found = count_request(body, model=model)
        assert found.tokens == whole.tokens
        assert last < found.cacheable <= whole.tokens
        last = found.cacheable


def test_marks_before_the_last_do_not_matter() -> None:
    """A prefix that is marked twice reaches to the second mark."""
    marked = {"type": "text", "text": "Read this.", "cache_control": {"type": "ephemeral"}}
    plain = {"type": "text", "text": "Read this."}
    for first in (marked, plain):
        messages = [{"role": "user", "content": [first, marked, plain]}]
        found = count_request({"messages": messages}, model="claude-sonnet-4-5")
        # One of the request, three of the turn, and twice three tokens of text.
        assert found.cacheable == 1 + 3 + 2 * 3


@pytest.mark.parametrize("model", EVERY)
def test_a_text_adds_its_own_tokens(model: str) -> None:
    """In a block of its own or not, but for a token where it meets the text before."""
    more = " Then the keeper of the lighthouse put down his book and looked out at the waves."
    before, joined = says(model, "Hello there").tokens, says(model, "Hello there" + more).tokens
    assert abs(joined - before - count_tokens(more, model).tokens) <= 1
    assert abs(says(model, "Hello there", more).tokens - joined) <= 1


@pytest.mark.parametrize("model", EVERY)
def test_corrections_add(model: str) -> None:
    """What two of them change is the sum of what each does."""
    plain = count_request(CHAT, model=model).tokens
    each = [
        count_request(CHAT, model=model, corrections={name: 2}).tokens - plain
        for name in ("request", "message", "tools_auto", "tool", "image")
    ]
    together = dict.fromkeys(("request", "message", "tools_auto", "tool", "image"), 2)
    assert count_request(CHAT, model=model, corrections=together).tokens - plain == sum(each)


def test_gemini_in_both_spellings() -> None:
    """Camel case as in JSON, snake case as in Google's examples; bytes in either base64."""
    body = {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {"parts": [{"inlineData": {"mimeType": "image/png", "data": PICTURE}}]},
            {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"a": 1}}}]},
            {"parts": [{"functionResponse": {"name": "f", "response": {"b": "c"}}}]},
        ],
        "tools": [{"functionDeclarations": [{"name": "f", "parameters": CITY}]}],
    }
    snake = json.dumps(body)
    for name in ("systemInstruction", "inlineData", "mimeType", "functionCall", "functionResponse"):
        snake = snake.replace(name, "".join(f"_{c.lower()}" if c.isupper() else c for c in name))
    snake = snake.replace("functionDeclarations", "function_declarations")
    urlsafe = json.dumps(body).replace(PICTURE, base64.urlsafe_b64encode(PNG).decode().rstrip("="))
    for model in GEMINI:
        count = count_request(body, model=model)
        assert count == count_request(json.loads(snake), model=model)
        assert count == count_request(json.loads(urlsafe), model=model)


def test_bytes_are_a_file_as_it_is() -> None:
    """Amazon's and Google's clients take bytes, which they put in base64 themselves."""
    body = deepcopy(CONVERSE)
    body["messages"][0]["content"][1]["image"]["source"]["bytes"] = PNG
    assert count_request(body, model=CLAUDE[1]) == count_request(CONVERSE, model=CLAUDE[1])


def test_published_examples_of_anthropic() -> None:
    """Of its page on counting: 14 with a system prompt, and 403 with a tool for Opus 5.

    Opus 5's preamble is known to four tokens; Opus 4.8's comes out at 403 itself.
    """
    hello = {
        "system": "You are a scientist",
        "messages": [{"role": "user", "content": "Hello, Claude"}],
    }
    found = count_request(hello, model="claude-sonnet-4-5")
    assert (found.tokens, found.low, found.high) == (14, 13, 15)
    tool = {
        "name": "get_weather",
        "description": "Get the current weather in a given location",
        "input_schema": {
            "type": "object",
            "properties": {
                "location": {
                    "type": "string",
                    "description": "The city and state, e.g. San Francisco, CA",
                }
            },
            "required": ["location"],
        },
    }
    asked = {
        "messages": [{"role": "user", "content": "What's the weather like in San Francisco?"}],
        "tools": [tool],
    }
    found = count_request(asked, model="claude-opus-5")
    assert found.low <= 403 <= found.high
    assert count_request(asked, model="claude-opus-4-8").tokens == 403


COOKBOOK = [
    (
        "",
        (
            "You are a helpful, pattern-following assistant that translates corporate jargon into "
            "plain English."
        ),
    ),
    ("example_user", "New synergies will help drive top-line growth."),
    ("example_assistant", "Things working well together will increase revenue."),
    (
        "example_user",
        (
            "Let's circle back when we have more bandwidth to touch base on opportunities for "
            "increased leverage."
        ),
    ),
    ("example_assistant", "Let's talk later when we're less busy about how to do better."),
    (
        "",
        "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    ),
]
"""https://github.com/openai/openai-cookbook, How_to_count_tokens_with_tiktoken."""


@pytest.mark.parametrize(
    ("model", "tokens"),
    [("gpt-3.5-turbo", 129), ("gpt-4-0613", 129), ("gpt-4", 129), ("gpt-4o", 124)],
)
def test_published_conversation_of_openai(model: str, tokens: int) -> None:
    """The cookbook's six messages, four with a name."""
    messages = [
        {
            "role": "user" if place == len(COOKBOOK) - 1 else "system",
            "content": text,
            **({"name": name} if name else {}),
        }
        for place, (name, text) in enumerate(COOKBOOK)
    ]
    found = count_request({"model": model, "messages": messages})
    assert (found.tokens, found.method) == (tokens, "exact")


def test_a_greeting_with_a_name() -> None:
    """One token, three, 3 and 4 of the frame: 15; a name is its token and one."""
    hello: dict[str, Any] = {"role": "user", "content": "Hello"}
    answer = {"role": "assistant", "content": "Hi there!"}
    body = {"model": "gpt-4", "messages": [hello, answer]}
    assert count_request(body).tokens == 1 + 3 + 2 * 4 + 3
    hello["name"] = "John"
    assert count_request(body).tokens == 17


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("azure/gpt-35-turbo", "gpt-3.5-turbo"),
        ("gpt-4-0125-preview", "gpt-4-turbo"),
        ("gpt-4-0314", "gpt-4-0613"),
        ("ft:gpt-4o-mini-2024-07-18:acme::x", "gpt-4o-mini"),
        ("openrouter/anthropic/claude-3.5-haiku", "claude-3-5-haiku-20241022"),
        ("claude-3-5-sonnet@20240620", "claude-3-5-sonnet-20240620"),
        ("bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4-20250514"),
        ("models/gemini-2.5-flash", "google/gemini-2.5-flash"),
        ("databricks/databricks-gpt-5-1", "gpt-5.1"),
    ],
)
def test_hosts_have_names_of_their_own(one: str, other: str) -> None:
    """A model is itself under each of its names: its tools and pictures are counted alike."""
    for body in (CHAT, {**CHAT, "tool_choice": "required"}):
        assert count_request(body, model=one).tokens == count_request(body, model=other).tokens


@pytest.mark.parametrize(
    ("choice", "read"),
    [
        ({"type": "function", "function": {"name": "f"}}, ("tool", "f")),
        ({"type": "function", "name": "f"}, ("tool", "f")),
        ({"type": "any"}, ("any", "")),
        ({"type": "auto"}, ("auto", "")),
        ({"type": "allowed_tools", "allowed_tools": {"mode": "required"}}, ("any", "")),
        ({"type": "allowed_tools", "mode": "required", "tools": []}, ("any", "")),
        ("none", ("none", "")),
        (5, ("auto", "")),
    ],
)
def test_tool_choices(choice: Any, read: tuple[str, str]) -> None:
    """As a word or as a mapping, in OpenAI's two APIs and for Claude behind them."""
    request = read_request({"messages": [], "tools": [], "tool_choice": choice})
    assert (request.tool_choice, request.chosen_tool) == read


@pytest.mark.parametrize(
    ("settings", "thinks"),
    [
        ({}, False),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, True),
        ({"thinking": {"type": "disabled"}}, False),
        ({"reasoning": {"effort": "high"}}, True),
        ({"reasoning": {"effort": "none"}}, False),
        ({"reasoning": {"enabled": False}}, False),
    ],
)
def test_thinking_in_chat(settings: dict[str, Any], *, thinks: bool) -> None:
    """As Anthropic and OpenRouter switch it on and off."""
    assert read_request({"messages": [], **settings}).thinking is thinks


def test_a_refusal_is_said() -> None:
    """It stands beside a content that is null, or among its parts."""
    for message in (
        {"role": "assistant", "content": None, "refusal": "I will not."},
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "I will not."}]},
    ):
        assert read_request({"messages": [message]}).messages[0].text == "I will not."


def test_a_file_in_an_unknown_block_is_no_text() -> None:
    """Base64 is nothing a model reads; a block without a file stays its JSON."""
    body = {"messages": [{"role": "user", "content": [{"type": "scan", "raw": {"a": PICTURE}}]}]}
    assert read_request(body).messages[0].blocks == (Image(None, None),)
    body = {"messages": [{"role": "user", "content": [{"type": "scan", "raw": "a cat"}]}]}
    (block,) = read_request(body).messages[0].blocks
    assert isinstance(block, Other)


def test_pictures_that_tools_of_openai_made() -> None:
    """A screenshot by its address, a generated picture in base64; one kept at OpenAI is unknown."""
    address = f"data:image/png;base64,{PICTURE}"
    shot = {"type": "computer_call_output", "output": {"image_url": address}}
    made = {"type": "image_generation_call", "result": PICTURE}
    kept = {"type": "image_generation_call", "id": "ig_1"}
    first, second, third = read_request({"input": [shot, made, kept]}).messages
    assert first.blocks == second.blocks == (Image(640, 480),)
    assert isinstance(third.blocks[0], Other)


def test_bedrock_seals_thoughts() -> None:
    """What is redacted is a thought, and no text; a system prompt may be a text by mistake."""
    sealed = {"reasoningContent": {"redactedContent": "A" * 400}}
    body = {
        "modelId": "x",
        "system": "Be brief.",
        "messages": [{"role": "assistant", "content": [sealed]}],
    }
    system, said = read_request(body).messages
    assert (system.text, said.text) == ("Be brief.", "")
    assert not any(isinstance(block, Other) for block in said.blocks)


def test_a_host_does_not_hide_the_form() -> None:
    """Anthropic takes OpenAI's bodies too, so the host decides only where the shape does not."""
    assert dialect_of(CHAT, "anthropic") is Dialect.CHAT
    assert dialect_of(ANTHROPIC, "openrouter") is Dialect.ANTHROPIC
    hello = {"messages": [{"role": "user", "content": "Hello"}]}
    assert dialect_of(hello, "anthropic") is Dialect.ANTHROPIC


@pytest.mark.parametrize("arguments", ["[" * 50_000, "[" * 400 + "]" * 400, '"a"', "", "[1]", "{"])
@pytest.mark.parametrize("model", ["gpt-4o", "claude-opus-4-8", "gemini-2.5-pro", "grok-4"])
def test_arguments_of_any_text(arguments: str, model: str) -> None:
    """What is no mapping, or nested too deep to be read, is a text and is counted as one."""
    call = {"id": "c", "function": {"name": "f", "arguments": arguments}}
    body = {"messages": [{"role": "assistant", "tool_calls": [call]}]}
    (block,) = read_request(body).messages[0].blocks
    assert isinstance(block, ToolCall)
    if len(arguments) > 100:
        assert count_request(body, model=model).tokens > 10


def nested(levels: int) -> dict[str, Any]:
    """A schema of objects, one in the other: two levels of JSON each."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


@pytest.mark.parametrize("model", EVERY)
def test_depth(model: str) -> None:
    """What is nested as deep as is read is counted; deeper, an error says so."""
    for levels, works in ((DEEPEST // 2 - 5, True), (DEEPEST, False), (5_000, False)):
        body = {
            "messages": [{"role": "user", "content": "Hi"}],
            "tools": [{"name": "f", "input_schema": nested(levels)}],
            "output_format": {"type": "json_schema", "schema": nested(levels)},
        }
        if works:
            assert count_request(body, model=model).tokens > 100
        else:
            with pytest.raises(UsageError, match=f"deeper than {DEEPEST} levels"):
                count_request(body, model=model)


def test_keys_that_are_no_texts() -> None:
    """YAML reads `on` and `1` as no texts."""
    tool = {"name": "f", "input_schema": {"properties": {True: {}, "b": {}}}}
    with pytest.raises(UsageError, match="True is a key"):
        count_request({"messages": [], "tools": [tool]}, model="claude-opus-4-8")


MESH = {
    "$defs": {
        f"D{i}": {
            "type": "object",
            "properties": {f"p{j}": {"$ref": f"#/$defs/D{j}"} for j in range(12)},
        }
        for i in range(12)
    },
    "type": "object",
    "properties": {"definitions": {"type": "string"}, "a": {"$ref": "#/$defs/D0"}},
}
MARKED = {
    "type": "text",
    "text": "The quick brown fox jumps. " * 9,
    "cache_control": {"type": "ephemeral"},
}
HEAVY: dict[str, dict[str, Any]] = {
    "references to each other": {
        "messages": [{"role": "user", "content": "Hi"}],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": MESH}}],
    },
    "marks": {"messages": [{"role": "user", "content": [MARKED] * 600}]},
    "marked tools": {
        "messages": [],
        "tools": [{**TOOL, "name": f"f{i}", "cache_control": {}} for i in range(200)],
    },
    "an address that never ends": {
        "messages": [
            {
                "role": "user",
                "content": [{"type": "image_url", "image_url": {"url": "data:" + "A" * 400_000}}],
            }
        ]
    },
    "turns": {
        "messages": [{"role": role, "content": "Go on."} for role in ("user", "assistant") * 500]
    },
    "answers": {
        "contents": [
            {"parts": [{part: {"id": str(i), "name": "f"}}]}
            for i in range(500)
            for part in ("functionCall", "functionResponse")
        ]
    },
}


@pytest.mark.parametrize("kind", HEAVY)
def test_time_grows_with_the_request_only(kind: str) -> None:
    """Each took from 15 seconds to forever where something was done again for all before it."""
    for model in ("gpt-4o", "claude-opus-4-8", "gemini-2.5-pro", "gemini-3-pro", "mistral-small"):
        says(model, "Vocabularies are loaded at first use.")
        start = time.perf_counter()
        count_request(HEAVY[kind], model=model)
        assert time.perf_counter() - start < 5


def test_references_end() -> None:
    """Of a recursion, and of one that multiplies, the size is bounded; names are no keywords."""
    written = without_references(MESH, {"type": "object"})
    assert written["properties"]["definitions"] == {"type": "string"}
    assert len(json.dumps(written)) < 500_000
    once = without_references(
        {"$defs": {"N": {"items": {"$ref": "#/$defs/N"}}}, "$ref": "#/$defs/N"}
    )
    assert once == {"items": {}}


@pytest.mark.parametrize("wrapped", [True, False])
def test_pictures_to_embed(*, wrapped: bool) -> None:
    """Gemini's newer embeddings take media: a tile of 258 each, and nothing for a role."""
    picture = {"inline_data": {"mime_type": "image/png", "data": PICTURE}}
    content = {"parts": [{"text": "Hello"}, picture]}
    body = {"requests": [{"content": content}]} if wrapped else {"content": content}
    found = count_request(body, model="google/gemini-embedding-2")
    assert (found.tokens, found.parts["images"].tokens) == (1 + 258, 258)


def test_a_picture_for_nova_to_embed_is_no_text() -> None:
    """Its base64 is not counted, however long."""
    image = {"image": {"format": "png", "source": {"bytes": PICTURE + "A" * 400_000}}}
    body = {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": image}
    assert count_request(body, model="bedrock/amazon.nova-2-multimodal").tokens < 1_000


def test_documents_of_cohere() -> None:
    """To answer from: beside the messages, or as what a tool found."""
    given = {"id": "1", "data": {"title": "Ruby"}}
    found = {"type": "document", "document": given}
    body = {
        "messages": [
            {"role": "user", "content": "Who?"},
            {"role": "tool", "tool_call_id": "t1", "content": [found]},
        ],
        "documents": [given, "Plain."],
    }
    blocks = list(read_request(body).blocks())
    texts = [block.text for block in blocks if isinstance(block, Document)]
    assert texts == ['{"title":"Ruby"}', '{"title":"Ruby"}', "Plain."]


@pytest.mark.parametrize("model", EVERY)
def test_what_a_tool_answers_is_never_lost(model: str) -> None:
    """A block of a kind nothing is known of counts there too, if only as what it may be."""
    counts = []
    for words in ("one", "one two three four five six seven eight nine ten"):
        answer = {"role": "tool", "tool_call_id": "t1", "content": [{"type": "odd", "v": words}]}
        body = {"messages": [*CHAT["messages"][:3], answer], "tools": CHAT["tools"]}
        counts.append(count_request(body, model=model))
    assert counts[0].high < counts[1].high


def test_a_name_without_a_version_is_in_doubt() -> None:
    """Claude's preambles differ by hundreds of tokens from one version to the next."""
    body = {"messages": [{"role": "user", "content": "Hi"}], "tools": [TOOL]}
    found = count_request(body, model="claude-sonnet-latest")
    assert (found.method, found.high - found.low >= 200) == ("assumed", True)
