"""What Claude reads before the first turn: tools, thinking, the structure of the answer, system.

Each is a section of its own, and an empty line parts it from the one before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from costplan.tokens.counts import Method, Part
from costplan.tokens.requests.claude.built_in import built_in, loaded, of_servers
from costplan.tokens.requests.claude.counting import Counting, Passage
from costplan.tokens.requests.claude.preambles import NAMED, one_at_a_time, preamble
from costplan.tokens.requests.claude.tools import declarations
from costplan.tokens.requests.claude.turns import BREAK, frame_of, instructions
from costplan.tokens.requests.conversation import Other, Request, Text, Tool
from costplan.tokens.requests.fields import either, mapping

DOUBT = 1
"""Tokens, of the frame of a request and of what introduces tools: about one recorded call in a
hundred was off by 1 to 3 without a cause that could be found."""
_BUDGET = (28, 29)
"""Of a budget of thinking on Claude 3.7 (12 of 12), and since Claude 4 (50 of 62; others 28)."""
_INTERLEAVED = 148
"""Of thinking between calls, switched on by a header that is no part of the body (7 of 7)."""
_SCHEMA = 81
"""Around the structure of the answer, which is written with an indent of 2 (19 of 19)."""


def add_sections(counting: Counting, request: Request) -> None:
    """Add everything that stands before the first turn."""
    sections = _add_tools(counting, request) + _add_thinking(counting, request)
    sections += _add_schema(counting, request)
    counting.add(Part.FRAME, max(0, sections - 1))
    _add_system(counting, request, follows=sections > 0)


def _add_tools(counting: Counting, request: Request) -> bool:
    """Add what introduces tools, and the tools; returns whether there are any."""
    tools = [tool for tool in request.tools if not tool.deferred]
    servers = of_servers(request.body)
    if not tools and not servers:
        return False
    _introduce(counting, request)
    _declare(counting, [tool for tool in tools if not _is_built_in(tool)])
    sizes = [built_in(tool) for tool in tools if _is_built_in(tool)]
    for size in (*sizes, *([servers] if servers else [])):
        counting.between(Part.TOOLS, *size, Method.ASSUMED)
    _add_loaded(counting, request)
    return True


def _introduce(counting: Counting, request: Request) -> None:
    forced = request.forces_call
    found = preamble(counting.model, counting.who)
    tokens, doubt = (found.forced if forced else found.auto), found.doubt + DOUBT
    if request.tool_choice == "tool":
        tokens += NAMED + counting.text(" " + request.chosen_tool)
    if _is_one_at_a_time(request):
        more, unsure = one_at_a_time(counting.version, forced=forced)
        tokens, doubt = tokens + more, doubt + unsure
    counting.add(Part.TOOLS, tokens, method=found.method, doubt=doubt)
    counting.correct(Part.TOOLS, "tools_any" if forced else "tools_auto")


def _is_one_at_a_time(request: Request) -> bool:
    choice = mapping(request.body.get("tool_choice"))
    together = request.body.get("parallel_tool_calls")  # as OpenAI's API has it
    return bool(choice.get("disable_parallel_tool_use")) or together is False


def _is_built_in(tool: Tool) -> bool:
    return tool.kind != "function" and not tool.schema


def _declare(counting: Counting, tools: Sequence[Tool]) -> None:
    """Add the list of declarations, in two pieces where a cached prefix ends within it."""
    cached = max((count for count, tool in enumerate(tools, 1) if tool.cached), default=0)
    before = 0
    for count in sorted({cached, len(tools)} - {0}):
        tokens = counting.text(declarations(tools[:count]))
        counting.add(Part.TOOLS, tokens - before)
        before = tokens
        if count == cached:
            counting.tally.mark()
    counting.correct(Part.TOOLS, "tool", len(tools))
    plain = declarations(tools, escaped=False)
    if counting.version >= (4, 6) and not plain.isascii():
        # Whether models newer than those recorded read such text escaped is not known.
        counting.between(Part.TOOLS, counting.text(plain) - before, 0, 1, Method.VENDOR_EQUIVALENT)


def _add_loaded(counting: Counting, request: Request) -> None:
    """Add the deferred tools that a search or a message has put into the prompt."""
    by_name = {tool.name: tool for tool in request.tools if tool.deferred}
    blocks = (block for block in request.blocks() if isinstance(block, Other))
    for name in (name for block in blocks for name in loaded(block) if name in by_name):
        tokens = counting.text(declarations([by_name[name]]))
        counting.add(Part.TOOLS, tokens, method=Method.ASSUMED, doubt=20)


def _add_thinking(counting: Counting, request: Request) -> bool:
    """Add the budget of thinking; models since 4.7 and adaptive thinking have none."""
    more = mapping(request.body.get("additionalModelRequestFields"))
    kind = mapping(either(request.body, "thinking") or more.get("thinking")).get("type")
    if not request.thinking:
        return False
    counting.correct(Part.FRAME, "thinking")
    if kind == "adaptive" or not (3, 7) <= counting.version < (4, 7):
        return False
    counting.add(Part.FRAME, _BUDGET[counting.version >= (4, 0)], doubt=1)
    if request.tools and counting.version >= (4, 0):
        likely = _INTERLEAVED if _is_interleaved(request) else 0
        counting.between(Part.TOOLS, likely, likely, _INTERLEAVED, Method.VENDOR_EQUIVALENT)
    return True


def _is_interleaved(request: Request) -> bool:
    more = mapping(request.body.get("additionalModelRequestFields"))
    named = either(request.body, "anthropic_beta", "betas") or more.get("anthropic_beta")
    return "interleaved-thinking" in str(named)


def _add_schema(counting: Counting, request: Request) -> bool:
    """Add the structure of the answer."""
    if not request.schema:
        return False
    written = json.dumps(request.schema.schema, indent=2, default=str)
    counting.add(Part.TOOLS, _SCHEMA + counting.text(written))
    return True


def _add_system(counting: Counting, request: Request, *, follows: bool) -> None:
    """Add the system prompt, whose blocks are one text.

    Space around it is not billed on Claude 3.5 Haiku (2 of 2); since Claude 4 it is taken to be.
    """
    said = (block for message in instructions(request) for block in message.blocks)
    blocks = [block for block in said if isinstance(block, Text)]
    if not "".join(block.text for block in blocks).strip():
        return
    if counting.version < (4, 0):
        blocks[0] = replace(blocks[0], text=blocks[0].text.lstrip())
        blocks[-1] = replace(blocks[-1], text=blocks[-1].text.rstrip())
    counting.add(Part.FRAME, frame_of(counting.who).system)
    passage = Passage(counting, Part.SYSTEM, opens=False)
    passage.write(BREAK if follows else "")
    for block in blocks:
        passage.write(block.text, cached=block.cached)
    passage.close()
    counting.correct(Part.SYSTEM, "system")
