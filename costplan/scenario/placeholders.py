"""The variables of a template: where `{{name}}` stands in it, and what is left without them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from costplan.scenario.tokens import VARIABLE

# A literal `\{{`, a placeholder closed on its line, or braces that are never closed.
_BRACES = re.compile(r"\\\{\{|\{\{([^\r\n]*?)\}\}|\{\{[^\r\n]*")
_SHOWN = 40
"""Characters of a fault that are shown."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands in a template, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Placeholders:
    """A template taken apart."""

    own: str
    """Its own text, without the placeholders; each literal `\\{{` is the `{{` it stands for."""
    times: Mapping[str, int]
    """How often each variable stands in it."""
    first: Mapping[str, Spot]
    """Where each variable stands first."""
    faults: tuple[tuple[Spot, str], ...]
    """Braces that hold no name, as written; the long ones cut short."""


@lru_cache(maxsize=64)
def placeholders(template: str) -> Placeholders:
    """Take a template apart: `{{name}}`, with or without spaces inside, is a variable."""
    own: list[str] = []
    times: dict[str, int] = {}
    first: dict[str, Spot] = {}
    faults: list[tuple[Spot, str]] = []
    end = 0
    lines = _Lines(template)
    for found in _BRACES.finditer(template):
        own.append(template[end : found.start()])
        end = found.end()
        if found[0] == "\\{{":
            own.append("{{")
            continue
        name = (found[1] or "").strip()
        if re.fullmatch(VARIABLE, name):
            times[name] = times.get(name, 0) + 1
            first.setdefault(name, lines.spot(found.start()))
        else:
            written = found[0] if len(found[0]) <= _SHOWN else f"{found[0][:_SHOWN]}..."
            faults.append((lines.spot(found.start()), written))
    own.append(template[end:])
    return Placeholders("".join(own), times, first, tuple(faults))


@dataclass(slots=True)
class _Lines:
    """Counts lines once, however many spots are asked for in the order of the text."""

    text: str
    line: int = 1
    start: int = 0
    """Of the line."""

    def spot(self, offset: int) -> Spot:
        """Line and column of an offset that is not before the last one."""
        self.line += self.text.count("\n", self.start, offset)
        self.start = max(self.start, self.text.rfind("\n", self.start, offset) + 1)
        return Spot(self.line, offset - self.start + 1)
