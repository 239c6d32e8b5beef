"""Requests to Gemini against what was billed: `python benchmarks/gemini_requests.py CALLS_FOLDER`.

Each recorded call of the report half, by generation, host and what it holds: `text` alone (with
thoughts sent back), a `schema` for the answer, `tools` declared, `calls` of them with answers,
Google's own tools (`vendor`), and `media` whose measures are known or `unseen`. `all text` and `all
tools` put together what is wanted: text exact for 90 % since 2.5 and 80 % before, with tools a mean
error under 8 %. Calls whose text may have been changed by their recorder, and those of hosts that
report numbers of their own, are apart. Left out are requests for what was cached before, which do
not hold it, and answers of functions with a file in them, whose bytes are not kept.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from counted_calls import vocabularies_installed
from recordings import is_apart, records

from costplan.errors import CostplanError
from costplan.tokens.counts import RequestCount
from costplan.tokens.families import identify
from costplan.tokens.requests import count_request
from costplan.tokens.requests.conversation import (
    Document,
    Image,
    Recording,
    Request,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.fields import compact
from costplan.tokens.requests.gemini.tools import generation, is_old
from costplan.tokens.requests.reading import read_request

APIS = {"google.generate", "google.count_tokens", "openai.chat"}


@dataclass(slots=True)
class Row:
    """How requests of a kind were counted."""

    calls: list[tuple[RequestCount, int]] = field(default_factory=list)

    def __str__(self) -> str:
        n = len(self.calls)
        errors = [count.tokens / billed - 1 for count, billed in self.calls]
        exact = sum(count.tokens == billed for count, billed in self.calls) / n
        near = sum(abs(error) <= 0.02 for error in errors) / n
        inside = sum(count.low <= billed <= count.high for count, billed in self.calls) / n
        mean, bias = sum(map(abs, errors)) / n, sum(errors) / n
        methods = Counter(str(count.method) for count, _ in self.calls).most_common()
        return (
            f"n={n:4}  exact {exact:6.1%}  within 2 % {near:6.1%}  mean error {mean:7.1%}  "
            f"bias {bias:+7.1%}  inside {inside:6.1%}  "
            + ", ".join(f"{method} {number}" for method, number in methods)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fit", action="store_true", help="the half that was fitted on instead")
    given = parser.parse_args()
    for line in rows(given.folder, reported=not given.fit):
        print(line)


def rows(folder: Path, *, reported: bool = True) -> Iterator[str]:
    """The table, with the extra vocabularies and then as if they were not installed."""
    for extra in (True, False):
        yield f"{'with' if extra else 'without'} the extra vocabularies"
        found: dict[tuple[str, ...], Row] = defaultdict(Row)
        left_out = 0
        with vocabularies_installed(installed=extra):
            for record in _calls(folder, reported=reported):
                request = read_request(record["request"], record["provider"])
                if _lacks_text(request):
                    left_out += 1
                    continue
                _add(found, record, request)
        for (apart, made, host, kind), row in sorted(found.items()):
            yield f"  {apart:5} {made:6} {host:10} {kind:9} {row}"
        yield f"  {left_out} left out"


def _calls(folder: Path, *, reported: bool) -> Iterator[dict[str, Any]]:
    for record in records(folder, reported=reported):
        named = record.get("model") or ""
        is_gemini = identify(named).family == "gemini" and "gemma" not in named
        is_asked = "embed" not in named and record["endpoint"] in APIS
        if is_gemini and is_asked and record.get("input_total_tokens"):
            yield record


def _add(found: dict[tuple[str, ...], Row], record: dict[str, Any], request: Request) -> None:
    try:
        count = count_request(record["request"], model=record["model"], provider=record["provider"])
    except CostplanError:
        return
    apart, host, kind = "apart" if is_apart(record) else "", record["provider"], _kind(request)
    made = _made(record["model"])
    found[apart, made, host, kind].calls.append((count, record["input_total_tokens"]))
    if kind in {"text", "tools", "calls"} and not apart:
        together = "all text" if kind == "text" else "all tools"
        since = "<= 2.0" if made in {"1.x", "2.0"} else ">= 2.5"
        found["", since, "", together].calls.append((count, record["input_total_tokens"]))


def _made(model: str) -> str:
    """The generation, as the rules tell it."""
    number = generation(model)
    if is_old(model):
        return "2.0" if number >= (2, 0) else "1.x"
    return "2.5" if number < (3, 0) else "3.x"


def _kind(request: Request) -> str:
    blocks = list(request.blocks())
    if media := [block for block in blocks if isinstance(block, Image | Document | Recording)]:
        return "media" if all(map(_is_measured, media)) else "unseen"
    if any(tool.kind != "function" for tool in request.tools):
        return "vendor"
    if any(isinstance(block, ToolCall | ToolResult) for block in blocks):
        return "calls"
    if request.tools:
        return "tools"
    return "schema" if request.schema else "text"


def _is_measured(block: Image | Document | Recording) -> bool:
    if isinstance(block, Image):
        return block.width is not None
    if isinstance(block, Document):
        return block.pages is not None or block.text is not None
    return block.seconds is not None and block.seconds < 86_400


def _lacks_text(request: Request) -> bool:
    """Whether text that was billed is not in the recording."""
    answers = (block.value for block in request.blocks() if isinstance(block, ToolResult))
    has_file = any('"inline_data"' in compact(value) for value in answers)
    return has_file or "cachedContent" in request.body


if __name__ == "__main__":
    main()
