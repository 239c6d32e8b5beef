"""What a chat template is, in tokens: what it writes around the texts of a request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Thoughts(StrEnum):
    """Which thoughts of earlier turns a template keeps."""

    ALL = "all"
    RECENT = "recent"
    """Those of the calls that answer the last question."""
    NONE = "none"


class Layout(StrEnum):
    """How a template writes JSON: a tool's declaration, the arguments of a call."""

    COMPACT = "compact"
    """Without spaces."""
    SPACED = "spaced"
    """With a space after each comma and colon, like Python's `json.dumps`."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Tokens once and around each message."""

    opening: int = 0
    """The beginning of the text and the opening of the answer."""
    user: int = 0
    assistant: int = 0
    system: int = 0
    preamble: int = 0
    """A system prompt that is written where the request has none."""


@dataclass(frozen=True, slots=True)
class Calling:
    """Tokens for tools, besides the texts of declarations, calls and results."""

    tools: int = 0
    """How to call tools, where there are any."""
    tool: int = 0
    """Each tool."""
    call: int = 0
    """Each call with its result."""
    argument: int = 0
    """Each argument of a call."""
    alone: int = 0
    """More of `tools` where there is no system prompt."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Tokens either way that a template may be off."""

    plain: float = 0
    """A request of one turn without tools."""
    tools: float = 0
    """More where there are tools."""
    call: float = 0
    """More for each call."""


@dataclass(frozen=True, slots=True)
class Template:
    """A chat template as a host applies it."""

    turns: Turns
    calling: Calling = Calling()
    doubt: Doubt = Doubt()
    layout: Layout = Layout.COMPACT
    thoughts: Thoughts = Thoughts.NONE
    schema: bool = False
    """Whether the structure asked of the answer is written out too."""
    keeps_uncallable: bool = False
    """Whether tools are written where `tool_choice` is none: not by DeepSeek, but by Mistral."""
    earlier: Template | None = None
    """Of an older model that went by the same name, or of a host that may write less."""
    hosts: str = ""
    """A pattern of those that were recorded."""
    measured: bool = True
    """False where it is taken from another model or host."""

    def elsewhere(self) -> Template:
        """At a host that was not recorded, which may write tens of tokens of its own."""
        doubt, alone = self.doubt, self.calling.alone
        wider = Doubt(doubt.plain + 12, doubt.tools + 50 + alone, doubt.call + 15)
        return replace(self, doubt=wider, measured=False)
