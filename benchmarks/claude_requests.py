"""How near requests to Claude are counted: `python benchmarks/claude_requests.py CALLS_FOLDER`.

Each recorded call of the report half is counted by `count_request` and compared with the input
tokens that were billed. Rows are by host, models and what the request holds; the first that fits:

- `vendor's tools`: search, code execution, tool search, MCP servers. What they find is billed as
  input of the same call and cannot be known before.
- `media`: pictures and documents, many given by an address alone.
- `settings`: thinking, or a structure of the answer, with or without tools.
- `tools`: declarations, calls or results.
- `text`: nothing else, with or without a system prompt.

Apart are calls whose text may have been changed since, and those through a host that reports
numbers of its own; contradicted are calls of text for which more recordings of the same request on
the same tokenizer agree on another number. Claude 2 and bodies that were not recorded whole are
left out.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings import is_apart, records

from costplan.tokens.families import CLAUDE_3, CLAUDE_4_7, identify
from costplan.tokens.requests import count_request
from costplan.tokens.requests.conversation import (
    Document,
    Image,
    Other,
    Request,
    Thinking,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.reading import read_request

NEAR = 3
"""Tokens."""
GENERATIONS = {CLAUDE_3: "3 to 4.6", CLAUDE_4_7: "4.7 on"}
HEADINGS = ("host", "interface", "models", "holds", "calls", "n", "exact", "near", "error", "bias")


@dataclass(frozen=True, slots=True)
class Row:
    """Calls of one kind: shares and mean errors in percent."""

    host: str
    interface: str
    models: str
    holds: str
    calls: str
    """`as sent`, `apart` or `contradicted`."""
    n: int
    exact: float
    near: float
    """Within `NEAR` tokens."""
    error: float
    """Mean of the absolute error, of what was billed."""
    bias: float
    inside: float
    """Billed between `low` and `high`."""
    methods: str
    """How many were counted by which method."""

    def __str__(self) -> str:
        names = (
            f"{self.host:10} {self.interface:20} {self.models:10} {self.holds:15} {self.calls:12}"
        )
        shares = f"{self.n:5} {self.exact:6.1f} {self.near:6.1f} {self.error:8.2f} {self.bias:8.2f}"
        return f"{names} {shares} {self.inside:7.1f}  {self.methods}"


@dataclass(frozen=True, slots=True)
class Call:
    """A recorded call as it was counted."""

    billed: int
    tokens: int
    inside: bool
    method: str

    @property
    def error(self) -> int:
        """Tokens counted too many."""
        return self.tokens - self.billed


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the recorded calls")
    parser.add_argument("--fit", action="store_true", help="the half that was fitted on instead")
    parser.add_argument("--by-generation", action="store_true", help="a row for each generation")
    given = parser.parse_args()
    host, interface, models, holds, calls, n, *figures = HEADINGS
    print(
        f"{host:10} {interface:20} {models:10} {holds:15} {calls:12} {n:>5} {figures[0]:>6} "
        f"{figures[1]:>6} {figures[2]:>8} {figures[3]:>8} {'inside':>7}  methods"
    )
    for row in rows(given.folder, reported=not given.fit, by_generation=given.by_generation):
        print(row)


def rows(folder: Path, *, reported: bool = True, by_generation: bool = False) -> Iterator[Row]:
    """A row for each host, interface, group of models and kind of request."""
    groups: dict[tuple[str, str, str, str, str], list[Call]] = defaultdict(list)
    agreed = _agreed(folder)
    for record in records(folder, reported=reported):
        named = str(record.get("model") or "")
        generation = GENERATIONS.get(identify(named).family)
        if generation is None or not _is_whole(record["request"]):
            continue
        if by_generation:
            generation = str(record["generation"]).removeprefix("claude-")
        host, interface = str(record["provider"]), str(record["endpoint"])
        holds = _holds(read_request(record["request"], host))
        key = (host, interface, generation, holds, _standing(record, agreed))
        groups[key].append(_counted(record, named))
    for key, calls in sorted(groups.items()):
        yield _row(key, calls)


def _agreed(folder: Path) -> dict[str, int]:
    """Of each request of text: the number that most of its recordings, two or more, agree on."""
    billed: dict[str, Counter[int]] = defaultdict(Counter)
    for record in records(folder):
        if request := _said(record):
            billed[request][record["input_total_tokens"]] += 1
    found: dict[str, int] = {}
    for request, numbers in billed.items():
        (number, times), *others = numbers.most_common()
        if times > max((times for _, times in others), default=1):
            found[request] = number
    return found


def _said(record: dict[str, Any]) -> str:
    """Who says what to which tokenizer, if a request is of text alone."""
    family = identify(str(record.get("model") or "")).family
    if family not in GENERATIONS or not _is_whole(record["request"]):
        return ""
    request = read_request(record["request"], record["provider"])
    if _holds(request) != "text":
        return ""
    return repr((family, [(message.role, message.text) for message in request.messages]))


def _standing(record: dict[str, Any], agreed: dict[str, int]) -> str:
    if is_apart(record):
        return "apart"
    billed = record["input_total_tokens"]
    return "as sent" if agreed.get(_said(record), billed) == billed else "contradicted"


def _is_whole(body: dict[str, Any]) -> bool:
    return isinstance(body.get("messages"), list)


def _counted(record: dict[str, Any], named: str) -> Call:
    count = count_request(record["request"], model=named, provider=record["provider"])
    billed = int(record["input_total_tokens"])
    return Call(billed, count.tokens, count.low <= billed <= count.high, count.method)


def _holds(request: Request) -> str:
    blocks = list(request.blocks())
    vendors = any(tool.kind != "function" and not tool.schema for tool in request.tools)
    deferred = any(tool.deferred for tool in request.tools)
    found = any(isinstance(block, Other) for block in blocks)
    if vendors or deferred or found or request.body.get("mcp_servers"):
        return "vendor's tools"
    if any(isinstance(block, Image | Document) for block in blocks):
        return "media"
    thoughts = any(isinstance(block, Thinking) for block in blocks)
    if request.thinking or request.schema or thoughts:
        return "settings"
    called = any(isinstance(block, ToolCall | ToolResult) for block in blocks)
    return "tools" if request.tools or called else "text"


def _row(key: tuple[str, str, str, str, str], calls: list[Call]) -> Row:
    def share(chosen: Iterator[bool]) -> float:
        return 100 * sum(chosen) / len(calls)

    methods = Counter(call.method for call in calls).most_common()
    return Row(
        *key,
        len(calls),
        share(call.error == 0 for call in calls),
        share(abs(call.error) <= NEAR for call in calls),
        100 * sum(abs(call.error) / call.billed for call in calls) / len(calls),
        100 * sum(call.error / call.billed for call in calls) / len(calls),
        share(call.inside for call in calls),
        ", ".join(f"{method} {number}" for method, number in methods),
    )


if __name__ == "__main__":
    main()
