"""The tools that Anthropic runs or defines itself, which a request names but does not describe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from costplan.tokens.requests.conversation import Other, Tool
from costplan.tokens.requests.fields import mapping, mappings, words

type Range = tuple[int, int, int]
"""Fewest, likeliest and most tokens."""

_BUILT_IN: tuple[tuple[str, Range], ...] = (
    # Documented: https://platform.claude.com/docs/en/agents-and-tools/tool-use (2026-11-20).
    # Computer use adds 466 to 499 to the prompt beside its tool.
    (r"^bash", (235, 245, 255)),
    (r"^text_editor", (680, 700, 720)),
    (r"^computer", (1_190, 1_217, 1_245)),
    # Measured: what is left of a recorded call once the rest of it is counted (13 of Claude 4.5).
    (r"^web_(search|fetch)", (500, 1_250, 40_000)),
    (r"^code_execution", (500, 1_450, 20_000)),
    (r"^tool_search", (100, 190, 2_000)),
    (r"^memory", (200, 500, 1_500)),
)
"""What the kind begins with, and tokens of the tool. What it finds is billed as input of the same
call: a search brought some 10,000 tokens, a run of code 2,000."""
_UNKNOWN = (50, 500, 5_000)
_MCP_SERVER = (20, 85, 20_000)
"""Tools of a server, which describes them itself: one small server (5 of 5), and one of 13,000."""
_CIPHERED = 0.36
"""Tokens of a search result that is sent back, per character of its ciphertext (4 recorded)."""


def built_in(tool: Tool) -> Range:
    """Tokens of a built-in tool."""
    return next((size for kind, size in _BUILT_IN if re.match(kind, tool.kind)), _UNKNOWN)


def of_servers(body: Mapping[str, Any]) -> Range | None:
    """Tokens of the tools that the MCP servers of a request bring, if it names any."""
    servers = list(mappings(body.get("mcp_servers") or []))
    few, likely, most = _MCP_SERVER
    count = len(servers)
    return (few * count, likely * count, most * count) if servers else None


def loaded(block: Other) -> Iterator[str]:
    """Names of the deferred tools that a block puts into the prompt."""
    value = mapping(block.value)
    if block.kind == "tool_reference":
        yield words(value.get("tool_name"))
    elif block.kind == "tool_addition":
        yield words(mapping(value.get("tool")).get("name"))
    elif block.kind == "tool_search_tool_result":
        found = mapping(value.get("content")).get("tool_references") or []
        yield from (words(reference.get("tool_name")) for reference in mappings(found))


def sent_back(value: Mapping[str, Any]) -> float:
    """Tokens of a search result from an earlier turn."""
    return len(str(value.get("encrypted_content", ""))) * _CIPHERED
