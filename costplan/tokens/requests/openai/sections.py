"""The part of an OpenAI prompt that declares tools and the structure of the answer, in tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from costplan.tokens.counts import Method, TokenCount
from costplan.tokens.requests.conversation import Message, Request, Tool
from costplan.tokens.requests.openai import tools as written
from costplan.tokens.requests.openai.schemas import is_recorded
from costplan.tokens.requests.openai.wrapping import Wrapping

Count = Callable[[str], int]

_HEADINGS = {"grouped": written.GROUPED, "grouped at length": written.GROUPED_AT_LENGTH}


def described_tools(request: Request) -> tuple[Tool, ...]:
    """The functions a prompt describes: not the vendor's own tools, nor those it searches for."""
    return tuple(
        tool for tool in request.tools if tool.kind in {"function", "custom"} and not tool.deferred
    )


def joined_to(request: Request, wrapping: Wrapping) -> Message | None:
    """The system message the sections stand behind, where there is one."""
    if wrapping.joined is None or not (described_tools(request) or request.schema):
        return None
    return next((message for message in request.messages if message.is_system), None)


def section_tokens(request: Request, wrapping: Wrapping, count: Count) -> TokenCount:
    """All that tools, the choice of one and the format of the answer add to a request."""
    tools = described_tools(request)
    texts = [*_texts(request, tools, wrapping)]
    if not texts:
        return TokenCount(0, 0, 0, Method.EXACT)
    system = joined_to(request, wrapping)
    before = f"{system.text}\n\n" if system else ""
    tokens = count(before + "\n\n".join(texts)) - (count(system.text) if system else 0)
    tokens += wrapping.section if system is None else wrapping.joined or 0
    if tools:
        tokens += wrapping.tools + _HEADINGS.get(wrapping.headings, 0)
        tokens += _choice(request, wrapping, count)
    elif request.schema:
        tokens += wrapping.answer_format
        tokens += count(request.schema.name) if wrapping.names_format else 0
    doubt = _doubt(tools)
    return TokenCount(tokens, max(0, tokens - doubt), tokens + doubt, Method.VENDOR_EQUIVALENT)


def _texts(request: Request, tools: tuple[Tool, ...], wrapping: Wrapping) -> Iterator[str]:
    if tools and wrapping.headings in _HEADINGS:
        yield written.grouped(tools)
    elif tools:
        yield written.namespace(tools, plain=wrapping.headings == "plain")
    if request.schema:
        yield written.answer_format(request.schema)


def _choice(request: Request, wrapping: Wrapping, count: Count) -> int:
    """What `tool_choice` adds; forbidding calls added 1 in 1 recorded call of gpt-4.1."""
    if request.tool_choice == "any":
        return wrapping.required
    if wrapping.forced is None or request.tool_choice == "auto":
        return 0
    if request.tool_choice == "none":
        return 1
    return wrapping.forced + count(f".{request.chosen_tool}")


def _doubt(tools: tuple[Tool, ...]) -> int:
    """By how many tokens the sections may be off: more where not all of it has been recorded.

    Where it has, 588 of 592 recorded calls of Chat Completions with tools agree to the token, but
    the way they are written is not published. Responses bill some requests tens of tokens less when
    the answer calls several tools at once (3 of 144), which no request shows.
    """
    unrecorded = sum(2 for tool in tools if not is_recorded(tool.schema))
    return 1 + unrecorded + sum(10 for tool in tools if tool.kind == "custom")
