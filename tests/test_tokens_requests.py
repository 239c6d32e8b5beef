"""Bodies as each API takes them become the same conversation, and nothing in them is dropped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media_made import pdf, pdf_of, png, wav

from costplan import count_request, count_tokens
from costplan.errors import CostplanError, UsageError
from costplan.tokens.counts import Method, Part
from costplan.tokens.requests.conversation import (
    Dialect,
    Document,
    Image,
    Message,
    Recording,
    Request,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.media import from_base64
from costplan.tokens.requests.reading import dialect_of, read_request
from costplan.tokens.requests.tally import Tally

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

BODIES: dict[Dialect, dict[str, Any]] = {
    Dialect.CHAT: {
        "model": "gpt-4o",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    {
                        "type": "image_url",
                        "image_url": {"url": f"data:image/png;base64,{png(640, 480)}"},
                    },
                ],
            },
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"city":"Oslo"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "Rain"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "weather",
                    "description": "The weather",
                    "parameters": WEATHER,
                },
            }
        ],
        "tool_choice": "required",
    },
    Dialect.RESPONSES: {
        "model": "gpt-5",
        "instructions": "Be brief.",
        "input": [
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Look:"},
                    {
                        "type": "input_image",
                        "image_url": f"data:image/png;base64,{png(640, 480)}",
                    },
                ],
            },
            {
                "type": "function_call",
                "call_id": "c1",
                "name": "weather",
                "arguments": '{"city":"Oslo"}',
            },
            {"type": "function_call_output", "call_id": "c1", "output": "Rain"},
        ],
        "tools": [
            {
                "type": "function",
                "name": "weather",
                "description": "The weather",
                "parameters": WEATHER,
            }
        ],
        "tool_choice": "required",
    },
    Dialect.ANTHROPIC: {
        "model": "claude-opus-4-6",
        "max_tokens": 100,
        "system": "Be brief.",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look:"},
                    {
                        "type": "image",
                        "source": {
                            "type": "base64",
                            "media_type": "image/png",
                            "data": png(640, 480),
                        },
                    },
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Oslo"}}
                ],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "Rain"}],
            },
        ],
        "tools": [{"name": "weather", "description": "The weather", "input_schema": WEATHER}],
        "tool_choice": {"type": "any"},
    },
    Dialect.GEMINI: {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "Look:"},
                    {"inlineData": {"mimeType": "image/png", "data": png(640, 480)}},
                ],
            },
            {
                "role": "model",
                "parts": [{"functionCall": {"name": "weather", "args": {"city": "Oslo"}}}],
            },
            {
                "role": "user",
                "parts": [
                    {"functionResponse": {"name": "weather", "response": {"result": "Rain"}}}
                ],
            },
        ],
        "tools": [
            {
                "functionDeclarations": [
                    {"name": "weather", "description": "The weather", "parameters": WEATHER}
                ]
            }
        ],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
    },
    Dialect.CONVERSE: {
        "modelId": "anthropic.claude-opus-4-6-v1:0",
        "system": [{"text": "Be brief."}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"text": "Look:"},
                    {"image": {"format": "png", "source": {"bytes": png(640, 480)}}},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"toolUse": {"toolUseId": "c1", "name": "weather", "input": {"city": "Oslo"}}}
                ],
            },
            {
                "role": "user",
                "content": [{"toolResult": {"toolUseId": "c1", "content": [{"text": "Rain"}]}}],
            },
        ],
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "weather",
                        "description": "The weather",
                        "inputSchema": {"json": WEATHER},
                    }
                }
            ],
            "toolChoice": {"any": {}},
        },
    },
}


def found(request: Request, kind: type) -> list[Any]:
    """The blocks of one kind."""
    return [block for block in request.blocks() if isinstance(block, kind)]


@pytest.mark.parametrize("dialect", BODIES)
def test_one_conversation_in_five_dialects(dialect: Dialect) -> None:
    """The same words, image, call, answer and tool are found in every API's own shape."""
    request = read_request(BODIES[dialect])
    assert request.dialect == dialect
    assert [message.text for message in request.messages if message.is_system] == ["Be brief."]
    assert "Look:" in [text.text for text in found(request, Text)]
    assert [(image.width, image.height) for image in found(request, Image)] == [(640, 480)]
    (call,) = found(request, ToolCall)
    assert call.name == "weather"
    assert call.arguments in ({"city": "Oslo"}, '{"city":"Oslo"}')
    (answer,) = found(request, ToolResult)
    assert answer.content == (Text("Rain"),) or answer.value == {"result": "Rain"}
    (tool,) = request.tools
    assert (tool.name, tool.description, tool.schema) == ("weather", "The weather", WEATHER)
    assert request.tool_choice == "any"


@pytest.mark.parametrize("dialect", BODIES)
def test_every_dialect_is_counted_by_part(dialect: Dialect) -> None:
    """The five parts are always told, add up, and each has a way it was counted."""
    body = BODIES[dialect]
    model = "gemini-2.5-flash" if dialect is Dialect.GEMINI else None
    count = count_request(body, model=model)
    assert list(count.parts)[:5] == ["system", "tools", "messages", "images", "frame"]
    assert sum(part.tokens for part in count.parts.values()) == count.tokens
    assert count.low <= count.tokens <= count.high
    for part in ("system", "tools", "messages", "images"):
        assert count.parts[part].tokens > 0, part
        assert count.parts[part].method in Method


@pytest.mark.parametrize(
    ("body", "host", "dialect"),
    [
        ({"messages": [{"role": "user", "content": "Hi"}]}, "", Dialect.CHAT),
        ({"messages": [{"role": "user", "content": "Hi"}]}, "anthropic", Dialect.ANTHROPIC),
        ({"messages": [], "anthropic_version": "bedrock-2023-05-31"}, "", Dialect.ANTHROPIC),
        ({"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}, "", Dialect.CONVERSE),
        ({"input": "Hi"}, "", Dialect.RESPONSES),
        ({"input": "Hi", "model": "text-embedding-3-small"}, "", Dialect.PROMPT),
        ({"input": ["Hi", "Ho"]}, "", Dialect.PROMPT),
        ({"prompt": "Hi"}, "", Dialect.PROMPT),
        ({"prompt": {"id": "pmpt_1"}}, "", Dialect.RESPONSES),
        ({"inputText": "Hi"}, "bedrock", Dialect.PROMPT),
        ({"contents": "Hi"}, "", Dialect.GEMINI),
        ({"generateContentRequest": {"contents": []}}, "", Dialect.GEMINI),
    ],
)
def test_the_shape_tells_the_api(body: dict[str, Any], host: str, dialect: Dialect) -> None:
    """A body says by its keys which API it is for; the provider where they leave a choice."""
    assert dialect_of(body, host) == dialect


@pytest.mark.parametrize(
    ("part", "block"),
    [
        ({"type": "image_url", "image_url": "https://example.com/a.png"}, Image(None, None)),
        (
            {"type": "image_url", "image_url": {"url": "https://example.com/a", "detail": "low"}},
            Image(None, None, "low"),
        ),
        (
            {"type": "input_audio", "input_audio": {"data": wav(3), "format": "wav"}},
            Recording("audio", 3.0),
        ),
        (
            {"type": "file", "file": {"file_data": f"data:application/pdf;base64,{pdf(2)}"}},
            Document(pages=2, media_type="application/pdf"),
        ),
        (
            {"type": "document_url", "document_url": "https://example.com/a.pdf"},
            Document(media_type="application/pdf"),
        ),
        ({"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}, Text("Hi", True)),
        ({"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}, Thinking("Hm")),
    ],
)
def test_parts_of_a_chat(part: dict[str, Any], block: Any) -> None:
    """Media are measured where they are given whole, and not fetched where they are not."""
    request = read_request({"messages": [{"role": "user", "content": [part]}]})
    assert request.messages == (Message("user", (block,)),)


@pytest.mark.parametrize(
    ("data", "media_type", "block"),
    [
        ("!", "image/png", Image(None, None)),  # no base64
        ("AAAA", "image/png", Image(None, None)),
        ("AAAA", "audio/mpeg", Recording("audio", None)),
        ("AAAA", "video/mp4", Recording("video", None)),
        ("AAAA", "application/pdf", Document(media_type="application/pdf")),
        ("SGk=", "text/plain", Document("Hi", media_type="text/plain")),
        ("UEsD", "application/xlsx", Document(media_type="application/xlsx")),
        (None, "application/pdf", Document(media_type="application/pdf")),
    ],
)
def test_media_that_cannot_be_read(data: Any, media_type: str, block: Any) -> None:
    """A file whose measures cannot be read is one of unknown measures, never an error."""
    assert from_base64(data, media_type) == block


@pytest.mark.parametrize("model", ["gpt-4o", "claude-opus-4-6", "mistral/mistral-small-latest"])
def test_a_pdf_is_its_words_and_maybe_its_pages(model: str) -> None:
    """The words alone are the least; that pages are shown as well is in the band, and in doubt."""
    said = "Payment is due within thirty days"
    address = f"data:application/pdf;base64,{pdf_of(said)}"
    body = {
        "messages": [
            {"role": "user", "content": [{"type": "file", "file": {"file_data": address}}]}
        ]
    }
    (document,) = found(read_request(body), Document)
    assert (document.text, document.pages) == (said, 1)
    part = count_request(body, model=model).parts["documents"]
    assert part.method == Method.ASSUMED
    assert count_tokens(said, model).low <= part.tokens
    assert part.high > count_tokens(said, model).high + 500


def test_documents_of_claude() -> None:
    """A text document keeps its title and whether it is to be cited; a cache mark is kept."""
    source = {"type": "text", "media_type": "text/plain", "data": "Fine print"}
    block = {
        "type": "document",
        "source": source,
        "title": "Terms",
        "citations": {"enabled": True},
        "cache_control": {"type": "ephemeral"},
    }
    request = read_request({"messages": [{"role": "user", "content": [block]}], "system": ""})
    (document,) = found(request, Document)
    assert (document.text, document.title) == ("Fine print", "Terms")
    assert (document.citations, document.cached) == (True, True)


def test_bedrocks_cache_point_marks_what_is_before_it() -> None:
    """A `cachePoint` is no content; it ends the prefix."""
    content = [{"text": "Long"}, {"cachePoint": {"type": "default"}}, {"text": "Short"}]
    request = read_request({"messages": [{"role": "user", "content": content}]}, "bedrock")
    assert request.messages[0].blocks == (Text("Long", True), Text("Short"))


def test_built_in_tools_keep_their_kind() -> None:
    """A tool the vendor runs is known by its own name."""
    body = {
        "system": "",
        "messages": [{"role": "user", "content": "Hi"}],
        "tools": [{"type": "web_search_20250305", "name": "web_search"}],
    }
    (tool,) = read_request(body).tools
    assert (tool.name, tool.kind) == ("web_search", "web_search_20250305")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("text", "expected a request as a mapping, found str"),
        ({"mesages": []}, r"expected messages .* found 'mesages'"),
        ({}, "found nothing"),
        ({"messages": "Hi"}, "messages: expected a list of messages, found a text"),
        ({"messages": [None]}, r"messages\[0\]: expected a message, found nothing"),
        ({"input": 5}, "input: expected a list of messages, found a number"),
        ({"messages": [], "tols": []}, "tols: unknown key; did you mean 'tools'?"),
        ({"messages": [], "tools": [5]}, r"tools\[0\]: expected a tool, found a number"),
        (
            {"messages": [{"role": "user", "contents": "Hi"}]},
            r"messages\[0\].contents: unknown key; did you mean 'content'?",
        ),
        (
            {"messages": [{"role": "usr", "content": "Hi"}]},
            r"messages\[0\].role: unknown role 'usr'; did you mean 'user'?",
        ),
    ],
)
def test_what_is_no_request(body: Any, said: str) -> None:
    """A body of no known shape is an error that says what was expected."""
    with pytest.raises(UsageError, match=said):
        count_request(body, model="gpt-4o")


def test_a_request_without_a_model() -> None:
    """A body for Gemini names no model: it has to be said."""
    with pytest.raises(UsageError, match="names no model"):
        count_request({"contents": "Hi"})


def test_doubts_add_as_sides_of_a_triangle() -> None:
    """Doubts of 3 and 4 tokens are 5 together; the parts and the cached prefix are kept."""
    tally = Tally()
    tally.constant(Part.TOOLS, 100, Method.RECONSTRUCTED, 3)
    tally.mark()
    tally.constant(Part.FRAME, 50, Method.EXACT, 4)
    tally.constant(Part.FRAME, -1, Method.EXACT)
    count = tally.count()
    assert (count.tokens, count.low, count.high, count.cacheable) == (149, 144, 154, 100)
    assert count.method == Method.RECONSTRUCTED
    assert (count.parts["tools"].low, count.parts["frame"].high) == (97, 53)


def test_a_tool_without_anything_is_a_tool() -> None:
    """A declaration may be nearly empty."""
    request = read_request({"messages": [], "tools": [{"function": {"name": "now"}}]})
    assert request.tools == (Tool("now"),)


KEYS = (
    "role content type text parts name input tools function parameters image source data url "
    "toolUse toolResult functionCall functionResponse response args file tool_calls arguments"
)
TOP = (
    "messages contents input prompt system tools tool_choice toolConfig thinking response_format "
    "instructions text generationConfig systemInstruction"
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS.split(" ")) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(
    body=st.dictionaries(st.sampled_from(TOP.split(" ")), ANYTHING, max_size=5),
    model=st.sampled_from(["gpt-4o", "gpt-5", "claude-opus-4-6", "gemini-2.5-pro", "acme/m"]),
)
@settings(max_examples=150, deadline=None)
def test_no_body_brings_it_down(body: dict[str, Any], model: str) -> None:
    """Whatever JSON is given, there is a count or an error that can be shown."""
    try:
        count = count_request(body, model=model)
    except CostplanError:
        return
    assert count.low <= count.tokens <= count.high
