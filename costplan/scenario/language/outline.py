"""The keys of a scenario as it is being typed, and where in it the cursor stands.

A text that somebody is typing is hardly ever valid YAML: the key of the moment has no colon yet, a
brace is not closed. So this does not parse; it goes through the lines with the two things that say
where a line belongs, its indentation and the brackets that are open, and takes what it finds. An
open bracket ends at the latest where a line is indented no deeper than the one that opened it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Literal

type KeyPath = tuple[str, ...]

_KEY = re.compile(
    r"""(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s\[\]{}#&*!|>@%`"'-][^#]*?|-[^\s#][^#]*?)"""
    r"""[ \t]*:(?=[ \t]|$)"""
)
_PROPERTY = re.compile(r"[&!]\S*(?:[ \t]+|$)")
"""An anchor or a tag before a value."""
_PLAIN_IN_FLOW = re.compile(
    r"(?:[^,\[\]{}:#\s]|:(?![\s,\[\]{}]|$)|(?<=\S)#|[ \t]+(?=[^\s,\[\]{}:#]))+"
)
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?""")
_BLOCK_TEXT = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")


class Role(Enum):
    """What may be typed at a place."""

    NOTHING = "nothing"
    """A comment, or the inside of a text of several lines."""
    KEY = "key"
    """A key of the mapping at the path."""
    VALUE = "value"
    """The value at the path."""
    ITEM = "item"
    """An item of a list: a value, or the first key of a mapping."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with what stands behind it on its line. Lines and columns count from 1."""

    path: KeyPath
    """The key and those above it, as written."""
    line: int
    start: int
    """The column of its first character; of the quote, where it is quoted."""
    end: int
    """The column after its last character."""
    value: str = ""
    """The scalar on the same line, without its quotes; empty where there is none."""
    value_start: int = 0
    """The column of what stands behind the colon; 0 where nothing does."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the cursor stands. Columns count from 1."""

    role: Role
    path: KeyPath = ()
    typed: str = ""
    """What stands between the begin of the word and the cursor, without a quote before it."""
    start: int = 0
    """The column of its first character."""
    in_flow: bool = False
    """Whether it is inside braces or brackets."""
    indent: int = 0
    """How far a key at this place is indented, in a block."""


NOWHERE = Spot(Role.NOTHING)


@dataclass(slots=True)
class _Block:
    """A key whose value may follow on deeper lines, or a list."""

    indent: int
    path: KeyPath
    kind: Literal["key", "list"]
    has_value: bool = False
    index: int = 0

    @property
    def here(self) -> KeyPath:
        """The path of what stands below it."""
        return (*self.path, str(self.index)) if self.kind == "list" else self.path


@dataclass(slots=True)
class _Flow:
    """An open brace or bracket."""

    path: KeyPath
    is_list: bool
    index: int = 0
    key: str | None = None
    """The key whose value is being written."""
    word: tuple[str, int, bool] | None = None
    """The last word: its text, the offset it begins at, and whether it is closed by a quote."""

    @property
    def here(self) -> KeyPath:
        """The path of the value that is being written."""
        if self.is_list:
            return (*self.path, str(self.index))
        return self.path if self.key is None else (*self.path, self.key)

    def next(self) -> None:
        """After a comma."""
        self.index += 1
        self.key = self.word = None


@lru_cache(maxsize=4)
def outline(text: str) -> tuple[Entry, ...]:
    """Every key of a text, in its order, whatever is wrong with it."""
    scanner = _Scanner()
    for line in lines_of(text):
        scanner.read(line)
    return tuple(scanner.entries)


def spot(text: str, line: int, column: int) -> Spot:
    """Where a cursor stands.

    Args:
        text: as typed so far.
        line: from 1.
        column: from 1; the cursor stands before the character of this column.
    """
    lines = lines_of(text)
    if not 0 < line <= len(lines) or not 0 < column <= len(lines[line - 1]) + 1:
        return NOWHERE
    scanner = _Scanner()
    for before in lines[: line - 1]:
        scanner.read(before)
    here = lines[line - 1]
    if not here[: column - 1].strip() and here.strip():
        return NOWHERE  # before the first word of a line
    return scanner.read(here[: column - 1])


def lines_of(text: str) -> list[str]:
    """The lines of a text, without what ends them."""
    return re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))


def unquoted(word: str) -> str:
    """A word without the quotes around it, or before it where they are not closed."""
    if not word or word[0] not in "\"'":
        return word
    inner = word[1:-1] if len(word) > 1 and word[-1] == word[0] else word[1:]
    return inner.replace("''", "'") if word[0] == "'" else re.sub(r"\\(.)", r"\1", inner)


def word_at(line: str, at: int, value: str = "") -> str:
    """The text that begins at an offset: a quoted text, a bracket with what it holds, or a word.

    Args:
        line: the line.
        at: the offset, which is inside the line.
        value: the scalar that is known to begin there.
    """
    if line[at] in "\"'" and (quoted := _QUOTED.match(line, at)):
        return quoted[0]
    if value and line.startswith(value, at):
        return value
    if line[at] in "{[":
        return line[at : _closing(line, at)]
    plain = _PLAIN_IN_FLOW.match(line, at)
    return plain[0] if plain else line[at]


def _closing(line: str, at: int) -> int:
    """The offset after the bracket that closes the one at an offset; the end if none does."""
    depth = 0
    for k in range(at, len(line)):
        depth += (line[k] in "{[") - (line[k] in "}]")
        if not depth:
            return k + 1
    return len(line.rstrip())


def _without_comment(value: str) -> str:
    if value[:1] in {'"', "'"} and (quoted := _QUOTED.match(value)):
        return quoted[0]
    return re.sub(r"(?:^|\s+)#.*$", "", value)


@dataclass(slots=True)
class _Scanner:
    """Goes through the lines."""

    entries: list[Entry] = field(default_factory=list)
    number: int = 0
    blocks: list[_Block] = field(default_factory=list)
    flows: list[_Flow] = field(default_factory=list)
    opened_at: int = 0
    """The indentation of the line that opened the outermost bracket."""
    text_below: int | None = None
    """The indentation of the key whose block text is being read."""

    def read(self, line: str) -> Spot:
        """Take one more line; gives where a cursor at its end stands."""
        self.number += 1
        indent = len(line) - len(line.lstrip(" "))
        is_blank = not line.strip()
        if self.text_below is not None:
            if is_blank or indent > self.text_below:
                return NOWHERE
            self.text_below = None
        if self.flows and not is_blank and indent <= self.opened_at and line[indent] not in "}]":
            self.flows.clear()
        if self.flows:
            self.flows[-1].word = None
            return self._flow(line, 0)
        if line.lstrip().startswith("#") or line.startswith(("---", "...", "%")):
            return NOWHERE
        return self._block(line, indent)

    def _block(self, line: str, indent: int) -> Spot:
        """A line outside brackets: dashes, then a key, a value, or nothing yet."""
        at, is_item = indent, False
        while line[at : at + 2] == "- " or line[at:] == "-":
            self._dash(at)
            if line[at:] == "-":
                return NOWHERE  # the space after it is to come
            at, is_item = at + 1, True
            at += len(line[at:]) - len(line[at:].lstrip(" "))
        if at < len(line) and line[at] in "{[":
            self._open(self._parent(at), line[at], indent)
            return self._flow(line, at + 1)
        if found := _KEY.match(line, at):
            return self._key(line, at, indent, found)
        above = self._block_above(at)
        if above is not None and above.kind == "key" and above.has_value:
            return NOWHERE  # a text that goes on
        word = line[at:]
        if is_item and _BLOCK_TEXT.match(word):
            self.text_below = self.blocks[-1].indent
        if re.search(r"\s#", word) or word.startswith(("#", "|", ">")):
            return NOWHERE
        start = at + 1 + (word[:1] in {'"', "'"})
        role = Role.ITEM if is_item else Role.KEY
        return Spot(role, self._parent(at), unquoted(word), start, indent=at)

    def _key(self, line: str, at: int, indent: int, found: re.Match[str]) -> Spot:
        """A key, and what stands behind it."""
        key = unquoted(found["key"])
        parent = self._parent(at)
        while self.blocks and self.blocks[-1].indent >= at:
            self.blocks.pop()
        path = (*parent, key)
        begin = found.end() + len(line[found.end() :]) - len(line[found.end() :].lstrip(" \t"))
        while named := _PROPERTY.match(line, begin):
            begin = named.end()
        value = _without_comment(line[begin:])
        block = _Block(at, path, "key", has_value=bool(value))
        self.blocks.append(block)
        where = begin + 1 if value else 0
        words = "" if value[:1] in {"{", "[", "|", ">"} else unquoted(value.rstrip())
        columns = (found.start("key") + 1, found.end("key") + 1)
        self.entries.append(Entry(path, self.number, *columns, words, where))
        if value[:1] in {"{", "["}:
            self._open(path, value[0], indent)
            return self._flow(line, begin + 1)
        if _BLOCK_TEXT.match(value):
            self.text_below = at
            return NOWHERE
        if begin == found.end() and not value:
            return NOWHERE  # the space after the colon is to come
        is_closed = value[:1] in {'"', "'"} and len(value) > 1 and value[-1] == value[0]
        if is_closed or len(value) < len(line[begin:].rstrip()):
            return NOWHERE  # behind a quoted text, or in a comment
        start = begin + 1 + (value[:1] in {'"', "'"})
        return Spot(Role.VALUE, path, unquoted(line[begin:]), start)

    def _dash(self, at: int) -> None:
        """An item of a list begins."""
        while self.blocks and (
            self.blocks[-1].indent > at
            or (self.blocks[-1].indent == at and self.blocks[-1].has_value)
        ):
            self.blocks.pop()
        if self.blocks and self.blocks[-1].kind == "list" and self.blocks[-1].indent == at:
            self.blocks[-1].index += 1
        else:
            path = self.blocks[-1].here if self.blocks else ()
            self.blocks.append(_Block(at, path, "list"))

    def _block_above(self, at: int) -> _Block | None:
        """What a line with this indentation stands in."""
        return next((block for block in reversed(self.blocks) if block.indent < at), None)

    def _parent(self, at: int) -> KeyPath:
        above = self._block_above(at)
        return above.here if above else ()

    def _open(self, path: KeyPath, bracket: str, indent: int) -> None:
        if not self.flows:
            self.opened_at = indent
        self.flows.append(_Flow(path, is_list=bracket == "["))

    def _flow(self, line: str, at: int) -> Spot:
        """The rest of a line that begins inside brackets."""
        while at < len(line) and self.flows:
            top, sign = self.flows[-1], line[at]
            if sign in " \t":
                at += 1
            elif sign == "#" and (not at or line[at - 1] in " \t"):
                return NOWHERE
            elif sign in "{[":
                self._open(top.here, sign, self.opened_at)
                at += 1
            elif sign in "}]":
                self.flows.pop()
                at += 1
            elif sign == ",":
                top.next()
                at += 1
            elif sign == ":":
                self._colon(top)
                at += 1
            else:
                at = self._word(top, line, at)
        return self._in_flow(line) if self.flows else NOWHERE

    def _colon(self, flow: _Flow) -> None:
        """The word before it is a key."""
        if flow.word is None or flow.key is not None:
            return
        word, begin, _ = flow.word
        flow.key, flow.word = unquoted(word), None
        path = (*flow.path, str(flow.index)) if flow.is_list else flow.path
        end = begin + len(word) + 1
        self.entries.append(Entry((*path, flow.key), self.number, begin + 1, end))

    def _word(self, flow: _Flow, line: str, at: int) -> int:
        found = (_QUOTED if line[at] in "\"'" else _PLAIN_IN_FLOW).match(line, at)
        word = found[0] if found else line[at]
        closed = word[0] in "\"'" and len(word) > 1 and word[-1] == word[0]
        flow.word = word, at, closed
        if flow.key is not None:
            self._value(flow, word, at)
        return at + len(word)

    def _value(self, flow: _Flow, word: str, at: int) -> None:
        """Note the scalar with its key, which is the last that was found."""
        for k in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[k]
            if entry.path == flow.here:
                self.entries[k] = Entry(
                    entry.path, entry.line, entry.start, entry.end, unquoted(word),
                    at + 1 if entry.line == self.number else 0,
                )  # fmt: skip
                return

    def _in_flow(self, line: str) -> Spot:
        """A cursor at the end of a line with brackets open."""
        top = self.flows[-1]
        word, begin, closed = top.word or ("", len(line), False)
        ended = bool(top.word) and begin + len(word) < len(line)
        if closed or ended:
            return NOWHERE  # a comma or a bracket is to come
        if top.key is None:
            role = Role.ITEM if top.is_list else Role.KEY
        else:
            role = Role.VALUE
            if line.endswith(":"):
                return NOWHERE  # the space after the colon is to come
        start = begin + 1 + (word[:1] in {'"', "'"})
        return Spot(role, top.here, unquoted(word), start, in_flow=True)
