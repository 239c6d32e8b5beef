"""Where every value of a YAML text stands, to the letter.

The nodes that a scenario is read from know where a value begins. To change one and nothing else,
it must be known where it ends, where its anchor is, and which values are only an alias of another:
all of that is in the events of the parser, and is lost when nodes are made of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from costplan.schema import KeyPath

MERGE = "<<"
PAIR = "pair"
"""The style of a mapping without braces in a list: `[a: 1]`."""
_BLANK = " \t\r\n\x85\u2028\u2029"
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:\s+(?:#[^\n\r]*\s+)*|(?=[,\[\]{}]|$))){1,2}")
"""An anchor, a tag, or both, with what parts them from the value."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One value or key, by the indices of its letters."""

    kind: Literal["scalar", "mapping", "sequence", "alias"]
    outer: int
    """Where its anchor and tag begin, or it itself."""
    start: int
    end: int
    """Behind its last letter; of a block, behind the last value in it."""
    stop: int
    """Where the parser went on: blank lines may lie between."""
    column: int
    style: str
    """The quote, `|` or `>` of a scalar, `{` or `[` of a collection; empty for plain and block."""
    anchor: str
    """The anchor it has, or of an alias the one it stands for."""
    text: str = ""
    entries: tuple[tuple[Spot, Spot], ...] = ()
    """Keys and values of a mapping; the items of a sequence, each with itself."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written, which YAML reads as null."""
        return self.kind == "scalar" and not self.style and self.start == self.end

    @property
    def is_block(self) -> bool:
        """Whether it is a collection on lines of its own, without brackets."""
        return self.kind in {"mapping", "sequence"} and not self.style

    @property
    def is_merge(self) -> bool:
        """Whether it is the key that takes over the entries of another mapping."""
        return self.text == MERGE and not self.style

    def child(self, key: str) -> tuple[Spot, Spot] | None:
        """The key and value of an entry that stands here itself; None where it does not."""
        if self.kind == "sequence":
            known = key.isdecimal() and int(key) < len(self.entries)
            return self.entries[int(key)] if known else None
        found = (pair for pair in self.entries if pair[0].text == key and not pair[0].is_merge)
        return next(found, None)

    def walk(self, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Spot]]:
        """This and every value below, in the order of the text; `<<` stands for a merge."""
        yield path, self
        for k, (key, value) in enumerate(self.entries):
            yield from value.walk((*path, str(k) if self.kind == "sequence" else key.text))


def spots(text: str) -> Spot:
    """Where the values of a text stand.

    Args:
        text: one YAML document that `read_document` understands, without a byte-order mark.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = (
        event
        for event in yaml.parse(text, Loader=loader)
        if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent)
    )
    return _Placed(text, events).value(next(events))


@dataclass(frozen=True, slots=True)
class _Placed:
    """Makes spots of events, which come one after the other."""

    text: str
    events: Iterator[Any]

    def value(self, event: Any) -> Spot:
        """The value that an event begins; takes the events that belong to it."""
        import yaml

        outer, stop = event.start_mark.index, event.end_mark.index
        anchor, column = event.anchor or "", event.start_mark.column
        if isinstance(event, yaml.AliasEvent):
            return Spot("alias", outer, outer, stop, stop, column, "", anchor)
        tag = getattr(event, "tag", None)
        found = _PROPERTIES.match(self.text, outer) if anchor or tag else None
        start = found.end() if found else outer
        if isinstance(event, yaml.ScalarEvent):
            start = min(start, stop)
            style = event.style or ""
            body = self.text[start:stop]
            end = start + len(body.rstrip(_BLANK)) if style in {"|", ">"} else stop
            return Spot("scalar", outer, start, end, stop, column, style, anchor, event.value)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        entries: list[tuple[Spot, Spot]] = []
        last = next(self.events)
        while not isinstance(last, yaml.CollectionEndEvent):
            key = self.value(last)
            entries.append((key, self.value(next(self.events)) if is_mapping else key))
            last = next(self.events)
        mark: Any = last.end_mark
        stop = mark.index
        style = self.text[start] if self.text[start : start + 1] in {"{", "["} else PAIR
        style = style if event.flow_style else ""
        end = stop if style else entries[-1][1].end
        return Spot(
            "mapping" if is_mapping else "sequence",
            outer, start, end, stop, column, style, anchor, "", tuple(entries),
        )  # fmt: skip
