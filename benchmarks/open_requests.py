"""Requests to models of other makers: `python benchmarks/open_requests.py CALLS_FOLDER`.

Each recorded call of the report half, counted with the extra vocabularies and as if they were not
installed, by family and host. `plain` has texts alone, `tools` declares functions, `media` carries
a picture, a document or sound, `prompt` is a bare text.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from counted_calls import Counted, counted
from recordings import is_apart

from costplan.tokens.counts import Method
from costplan.tokens.requests.conversation import Dialect, Document, Image, Recording
from costplan.tokens.requests.reading import read_request

OTHERS = frozenset(
    ["o200k_base", "cl100k_base", "p50k_base", "r50k_base", "claude-3", "claude-4.7", "gemini"]
)
"""Families that other tables are about."""


@dataclass(frozen=True, slots=True)
class Row:
    """How well the calls of one kind are counted."""

    family: str
    host: str
    filter: str
    n: int
    exact: float
    """Share of calls counted to the token."""
    error: float
    """Mean absolute error, as a share of what was billed."""
    inside: float
    """Share of calls whose band holds what was billed."""
    method: str
    """The commonest."""
    extra: bool
    """Whether the extra vocabularies were there."""

    def __str__(self) -> str:
        shown = f"{self.family:12} {self.host:12} {self.filter:14} n={self.n:4}"
        extra = "with the extra" if self.extra else "without"
        return (
            f"{shown}  exact {self.exact:6.1%}  mean error {self.error:7.1%}"
            f"  inside {self.inside:6.1%}  {self.method:17} {extra}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fit", action="store_true", help="the half that was fitted on instead")
    parser.add_argument("--least", type=int, default=5, help="calls that make a row")
    given = parser.parse_args()
    for row in rows(given.folder, reported=not given.fit):
        if row.n >= given.least:
            print(row)


def rows(
    folder: Path, *, reported: bool = True, extras: Iterable[bool] = (True, False)
) -> Iterator[Row]:
    """A row for each family, host and kind of request, with the extra and without."""
    for extra in extras:
        kinds: dict[tuple[str, str, str], list[Counted]] = defaultdict(list)
        for call in counted(folder, reported=reported, extra=extra, without=OTHERS):
            kind = kind_of(call.record) + (", apart" if is_apart(call.record) else "")
            kinds[call.family, call.record["provider"], kind].append(call)
        for (family, host, kind), calls in sorted(kinds.items()):
            yield _row(family, host, kind, calls, extra=extra)


def kind_of(record: dict[str, Any]) -> str:
    """What a request has besides texts."""
    request = read_request(record["request"], record["provider"])
    if request.dialect is Dialect.PROMPT:
        return "prompt"
    if any(isinstance(block, Image | Document | Recording) for block in request.blocks()):
        return "media"
    return "tools" if request.tools else "plain"


def _row(family: str, host: str, kind: str, calls: list[Counted], *, extra: bool) -> Row:
    methods = [Method(call.count.method) for call in calls]
    return Row(
        family,
        host,
        kind,
        len(calls),
        sum(call.error == 0 for call in calls) / len(calls),
        sum(abs(call.error) / call.billed for call in calls) / len(calls),
        sum(call.inside for call in calls) / len(calls),
        max(methods, key=methods.count),
        extra,
    )


if __name__ == "__main__":
    main()
