"""Recorded calls, what was billed for them, and what `count_request` makes of them."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings import records

from costplan.errors import CostplanError
from costplan.tokens import vocabularies
from costplan.tokens.counts import RequestCount
from costplan.tokens.families import identify
from costplan.tokens.requests import count_request


@dataclass(frozen=True, slots=True)
class Counted:
    """A recorded call, what was billed for it and what was counted."""

    record: dict[str, Any]
    family: str
    billed: int
    count: RequestCount

    @property
    def error(self) -> int:
        """Tokens counted too many."""
        return self.count.tokens - self.billed

    @property
    def inside(self) -> bool:
        """Whether the band holds what was billed."""
        return self.count.low <= self.billed <= self.count.high


def counted(
    folder: Path, *, reported: bool, extra: bool, without: Container[str] = ()
) -> Iterator[Counted]:
    """Every recorded call that can be counted, but of some families."""
    with vocabularies_installed(installed=extra):
        for record in records(folder, reported=reported):
            named, host = record.get("model") or "", record["provider"]
            family = "gpt-oss" if "gpt-oss" in named else identify(named).family
            if not named or not record.get("input_total_tokens") or family in without:
                continue
            try:
                count = count_request(record["request"], model=named, provider=host)
            except CostplanError:
                continue
            yield Counted(record, family, record["input_total_tokens"], count)


@contextmanager
def vocabularies_installed(*, installed: bool) -> Iterator[None]:
    """As if the extra were installed, or not."""
    real = vocabularies.installed
    if not installed:
        vocabularies.installed = lambda: False  # type: ignore[assignment]
    try:
        yield
    finally:
        vocabularies.installed = real
