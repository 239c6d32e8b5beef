"""Which of three ways Gemini writes tools, calls and answers down in a prompt.

- Gemini to 2.0, and every Gemini on Vertex AI, not at all: the tokens of every text in them are
  added up (`strings`).
- 2.5 on the Gemini API: as Python (`python`).
- 3 and later on the Gemini API: in the markup of Gemma 4 (`markup`).
"""

from __future__ import annotations

from typing import Any, Protocol

from costplan.tokens.families import identify, tokenizer_of
from costplan.tokens.requests.conversation import Tool
from costplan.tokens.requests.gemini import markup, python, strings
from costplan.tokens.requests.gemini.pieces import Pieces


class Writing(Protocol):
    """One of the ways."""

    def declaration(self, tool: Tool) -> Pieces:
        """A function that may be called."""

    def call(self, name: str, arguments: Any) -> Pieces:
        """A call of one."""

    def answer(self, name: str, value: Any) -> Pieces:
        """What it answered."""


def writing_of(model: str, host: str) -> Writing:
    """How a model writes on a host; a Gemini without a number is taken for a new one."""
    if is_old(model) or is_vertex(host):
        return strings
    return python if generation(model) < (3, 0) else markup


def is_old(model: str) -> bool:
    """Whether it is Gemini 2.0 or older, with the vocabulary of Gemma 2."""
    return tokenizer_of(model) == "gemini-2.0"


def is_vertex(host: str) -> bool:
    """Whether the provider is Vertex AI, whatever its spelling: `vertex_ai`, `google-vertex`.

    OpenRouter is served by it: 14 of 17 of its recorded tools of 2.5 come out so to the token.
    """
    return "vertex" in host or host == "openrouter"


def generation(model: str) -> tuple[int, int]:
    """The number in the name; without one `gemini-pro` is of the first, any other of the third."""
    return identify(model).version or ((1, 0) if is_old(model) else (3, 0))
