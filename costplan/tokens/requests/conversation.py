"""What a request asks, whichever API it is written for: its messages, tools and settings.

What is in `readers` turns a JSON body into a `Request`; the rules in `openai`, `claude`, `gemini`
and `others` turn a `Request` into tokens. So a body for one vendor's API that a host serves with
another vendor's model is counted by the model's own rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Dialect(StrEnum):
    """The shapes of body that are read."""

    CHAT = "chat"
    """OpenAI Chat Completions, and the many hosts that speak it."""
    RESPONSES = "responses"
    """OpenAI Responses."""
    ANTHROPIC = "anthropic"
    """Anthropic Messages, also through Bedrock's InvokeModel and Vertex."""
    GEMINI = "gemini"
    """Gemini generateContent."""
    CONVERSE = "converse"
    """Bedrock Converse."""
    PROMPT = "prompt"
    """A bare prompt: completions and embeddings."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str
    cached: bool = False
    """Whether the prefix that ends here is marked to be cached; the same below."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; its size in pixels is None where only an address was given."""

    width: int | None
    height: int | None
    detail: str = "auto"
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file to read: plain text, or pages of a PDF."""

    text: str | None = None
    """Of a plain-text document; of a PDF what could be extracted, or None."""
    pages: int | None = None
    """Of a PDF; None for plain text, and where only an address was given."""
    title: str = ""
    context: str = ""
    citations: bool = False
    media_type: str = ""
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """Audio or video; `seconds` is None where it could not be told."""

    kind: str
    """`audio` or `video`."""
    seconds: float | None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Thinking:
    """What a model thought in an earlier turn, as it is sent back."""

    text: str
    signature: str = ""
    cached: bool = False


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model made."""

    name: str
    arguments: Any
    """As the body has them: a mapping, or the text of one."""
    call_id: str = ""
    cached: bool = False


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered."""

    call_id: str
    content: tuple[Block, ...]
    name: str = ""
    error: bool = False
    value: Any = None
    """Gemini answers with a mapping and not with text."""
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """A block nothing is known of, as its JSON."""

    kind: str
    value: Any
    cached: bool = False


Block = Text | Image | Document | Recording | Thinking | ToolCall | ToolResult | Other


@dataclass(frozen=True, slots=True)
class Message:
    """One message; consecutive items of one turn in the Responses API are one each."""

    role: str
    """`system`, `developer`, `user`, `assistant` or `tool`, whatever the API calls them."""
    blocks: tuple[Block, ...]
    name: str = ""

    @property
    def text(self) -> str:
        """Its text blocks joined: to a tokenizer they are one text."""
        return "".join(block.text for block in self.blocks if isinstance(block, Text))

    @property
    def is_system(self) -> bool:
        """Whether it instructs rather than converses."""
        return self.role in {"system", "developer"}


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may call, or a tool the vendor runs."""

    name: str
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of the arguments, as the body has it."""
    strict: bool = False
    kind: str = "function"
    """`function`, or the vendor's own name of a built-in tool: `web_search_20250305`."""
    deferred: bool = False
    """Loaded by a tool search only, so not in the prompt."""
    value: Any = None
    """A built-in tool as its JSON."""
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """The structure an answer must have."""

    schema: Mapping[str, Any]
    name: str = ""
    description: str = ""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    dialect: Dialect
    messages: tuple[Message, ...]
    """System messages among them, in their order."""
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    """`auto`, `none`, `any` (some tool must be called) or `tool` (this one must)."""
    chosen_tool: str = ""
    thinking: bool = False
    """Whether Claude's extended thinking is switched on."""
    schema: Schema | None = None
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The whole body, for settings that only one vendor has."""
    host: str = ""
    """The provider that serves it: Vertex and AI Studio count the same request differently."""

    @property
    def forces_call(self) -> bool:
        """Whether the answer must call some tool."""
        return self.tool_choice in {"any", "tool"}

    def blocks(self) -> Iterator[Block]:
        """Every block of every message, those inside tool results too."""
        for message in self.messages:
            for block in message.blocks:
                yield block
                if isinstance(block, ToolResult):
                    yield from block.content
