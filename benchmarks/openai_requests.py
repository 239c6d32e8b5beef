"""Counts of OpenAI requests against the bill: `python benchmarks/openai_requests.py FOLDER`.

The folder holds the recorded calls. Only repositories whose calls nothing was fitted on are
reported, without records whose text was changed since or that came through a proxy. A day is read
from the ids in an answer: in March 2025, its first weeks, the Responses API billed gpt-4o 18 tokens
more for any request and 198 more for one with tools; such calls have rows of their own.

Records of OpenAI whose model has no date (`gpt-4o-mini`) were written by hand, since the API always
names the snapshot that answered (`gpt-4o-mini-2024-07-18`); they have rows of their own, too.

Where litellm and tokencost are installed, their counts of the same chat requests stand beside.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings import is_apart, records

from costplan.tokens.counts import RequestCount
from costplan.tokens.requests import count_request
from costplan.tokens.requests.conversation import (
    Dialect,
    Document,
    Image,
    Other,
    Recording,
    Request,
    Thinking,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.reading import read_request

FAMILIES = (
    ("embeddings, completions", r"embed|instruct|davinci|curie|babbage|^ada|-edit-"),
    ("gpt-audio", r"audio"),
    ("search preview", r"search-preview"),
    ("gpt-3.5", r"^gpt-?3"),
    ("gpt-4o", r"^(chat)?gpt-4o"),
    ("gpt-4.1, 4.5", r"^gpt-4\.[15]"),
    ("gpt-4", r"^gpt-4"),
    ("gpt-5", r"^gpt-5"),
    ("o-series", r"^o\d|^codex-mini|^computer-use"),
)
"""By the name of the model that answered; the first that is found holds."""
_LINE = "{:24} {:16} {:32} {:>4} {:>6} {:>6} {:>7} {:>8} {:>6} {:>7} {:>9}  {}"
_HEADINGS = (
    "family", "endpoint", "filter", "n", "exact", "<= 2", "error", "bias", "inside", "litellm",
    "tokencost", "method",
)  # fmt: skip
_FIRST_WEEKS = 0x67F00000
"""Seconds since 1970: early April 2025."""
ALL = "all families"
_UNDATED = re.compile(r"gpt-(3\.5-turbo|4|4o|4o-mini|4\.1|4\.1-mini|4\.1-nano|5|5-mini|5-nano)")
_ID = re.compile(r"\b(?:fc|msg|rs|resp)_(?:[0-9a-f]{18})?(6[789a][0-9a-f]{6})")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; shares and errors as fractions of 1."""

    family: str
    endpoint: str
    filter: str
    n: int
    exact: float
    within_2: float
    error: float
    """Mean absolute error, each request weighing the same."""
    bias: float
    """Of the sum of all requests."""
    inside: float
    """Share within `low..high`."""
    method: str
    litellm: float | None
    """Mean absolute error of `litellm.token_counter`; None where it takes no such request."""
    tokencost: float | None


@dataclass(frozen=True, slots=True)
class Case:
    """A recorded call and its count."""

    record: dict[str, Any]
    request: Request
    count: RequestCount

    @property
    def billed(self) -> int:
        """Input tokens the provider reported."""
        return int(self.record["input_total_tokens"])

    @property
    def off(self) -> int:
        """By how many tokens the count is too high."""
        return self.count.tokens - self.billed


def rows(folder: Path, *, peers: bool = True) -> list[Row]:
    """The table: a row for each family, endpoint and kind of request, and for all together."""
    groups: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for case in cases(folder):
        endpoint, kind = _endpoint(case), _filter(case)
        groups[_family(case), endpoint, kind].append(case)
        if endpoint in {"chat", "responses"}:
            groups[ALL, "both", kind].append(case)
    return [_row(*key, group, peers=peers) for key, group in sorted(groups.items())]


def bands(folder: Path) -> list[tuple[str, str, int, float]]:
    """Family, method, number of requests and share of them within `low..high`."""
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases(folder):
        if not re.search("March 2025|by hand", _filter(case)):
            groups[_family(case), str(case.count.method)].append(case)
    return [(*key, len(group), _inside(group)) for key, group in sorted(groups.items())]


def cases(folder: Path, *, reported: bool = True) -> Iterator[Case]:
    """Every call of OpenAI's models that OpenAI or Azure billed."""
    for record in records(folder, reported=reported):
        if record["provider"] not in {"openai", "azure"} or is_apart(record):
            continue
        if not record["endpoint"].startswith("openai.") or not record.get("input_total_tokens"):
            continue
        if _named(record["model"]) is None or record["endpoint"] == "openai.count_tokens":
            continue
        request = read_request(record["request"], "openai")
        count = count_request(record["request"], model=f"openai/{record['model']}")
        yield Case(record, request, count)


def _named(model: str) -> str | None:
    return next((name for name, pattern in FAMILIES if re.search(pattern, model)), None)


def _family(case: Case) -> str:
    return _named(case.record["model"]) or ""


def _endpoint(case: Case) -> str:
    name = "responses" if case.request.dialect is Dialect.RESPONSES else "chat"
    if case.request.dialect is Dialect.PROMPT:
        name = "text"
    return f"{name}, azure" if case.record["provider"] == "azure" else name


def _filter(case: Case) -> str:
    request, body = case.request, case.record["request"]
    kind = _kind(request, body)
    if case.record["provider"] == "openai" and _UNDATED.fullmatch(case.record["model"]):
        return "written by hand"
    found = _ID.findall(json.dumps([body, case.record.get("output_blocks")]))
    early = found and min(int(second, 16) for second in found) < _FIRST_WEEKS
    return f"{kind}, March 2025" if early and request.dialect is Dialect.RESPONSES else kind


def _kind(request: Request, body: dict[str, Any]) -> str:
    blocks = list(request.blocks())
    pictures = [block for block in blocks if isinstance(block, Image)]
    kinds = {
        "earlier conversation": body.get("previous_response_id") or body.get("conversation"),
        "vendor's tools": any(tool.kind not in {"function", "custom"} for tool in request.tools)
        or any(isinstance(block, Other) for block in blocks),
        "files, sound": any(isinstance(block, Document | Recording) for block in blocks),
        "images by address": any(picture.width is None for picture in pictures),
        "images": pictures,
        "reasoning sent back": any(isinstance(block, Thinking) for block in blocks),
        "tools": request.tools or any(isinstance(block, ToolCall | ToolResult) for block in blocks),
        "answer format": request.schema,
    }
    return next((kind for kind, found in kinds.items() if found), "text only")


def _row(family: str, endpoint: str, kind: str, group: list[Case], *, peers: bool) -> Row:
    billed = sum(case.billed for case in group)
    methods = Counter(str(case.count.method) for case in group)
    return Row(
        family,
        endpoint,
        kind,
        len(group),
        _share(case.off == 0 for case in group),
        _share(abs(case.off) <= 2 for case in group),
        sum(abs(case.off) / case.billed for case in group) / len(group),
        sum(case.off for case in group) / billed,
        _inside(group),
        ", ".join(f"{method} {n}" for method, n in methods.most_common()),
        _peer(group, _litellm) if peers else None,
        _peer(group, _tokencost) if peers else None,
    )


def _inside(group: Iterable[Case]) -> float:
    return _share(case.count.low <= case.billed <= case.count.high for case in group)


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return sum(values) / len(values)


def _peer(group: list[Case], count: Any) -> float | None:
    """The mean absolute error of another counter; None where it is not installed or refuses."""
    errors = []
    for case in group:
        if case.request.dialect is not Dialect.CHAT:
            return None
        try:
            tokens = count(case.record["model"], case.record["request"])
        except Exception:  # noqa: BLE001, S112
            continue  # whatever a peer raises, it has no number for this request
        errors.append(abs(tokens - case.billed) / case.billed)
    return sum(errors) / len(errors) if errors else None


def _litellm(model: str, body: dict[str, Any]) -> int:
    import litellm

    tools, choice = body.get("tools"), body.get("tool_choice")
    return int(
        litellm.token_counter(
            model=model, messages=body["messages"], tools=tools, tool_choice=choice
        )
    )


def _tokencost(model: str, body: dict[str, Any]) -> int:
    from tokencost import count_message_tokens

    return int(count_message_tokens(body["messages"], model))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--no-peers", action="store_true")
    given = parser.parse_args()
    print(_LINE.format(*_HEADINGS))
    for row in rows(given.folder, peers=not given.no_peers):
        shares = (f"{share:.1%}" for share in (row.exact, row.within_2))
        errors = (f"{row.error:.2%}", f"{row.bias:+.2%}", f"{row.inside:.1%}")
        peers = ("-" if e is None else f"{e:.1%}" for e in (row.litellm, row.tokencost))
        named = (row.family, row.endpoint, row.filter, row.n)
        print(_LINE.format(*named, *shares, *errors, *peers, row.method))
    print("\nwithin low..high, by family and method")
    for family, method, n, inside in bands(given.folder):
        print(f"{family:24} {method:18} {n:4} {inside:6.1%}")


if __name__ == "__main__":
    main()
