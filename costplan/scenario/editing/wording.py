"""Values as YAML text: in quotes only where they must be, in the style of what stands there.

Whether a text needs quotes is not decided by rules of ours: it is read as it would stand in the
file, and what does not come back as it was is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from costplan.documents import Mapping, Node, Scalar, Sequence, read_document
from costplan.errors import Place

_WIDTH = 100
"""A mapping that would take a longer line stands on several."""
_WORDS = {"true", "false"}
"""What means something else in quotes, beside null."""


def scalar(text: str, *, plain: bool = True) -> Scalar:
    """A value that stands nowhere yet."""
    return Scalar(Place(""), text, plain)


def same(one: Node | None, other: Node | None) -> bool:
    """Whether two values mean the same, wherever they stand and however they are quoted."""
    if one is other:
        return True
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        if one.is_null or other.is_null:
            return one.is_null and other.is_null
        return one.text == other.text and (one.plain == other.plain or one.text not in _WORDS)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = one.items.keys() == other.items.keys()
        return keys and all(same(value, other.items[key]) for key, value in one.items.items())
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        pairs = zip(one.items, other.items, strict=False)
        return len(one.items) == len(other.items) and all(same(a, b) for a, b in pairs)
    return False


def worded(value: Scalar, *, in_flow: bool, quote: str = "") -> Iterator[str]:
    """Ways to write a single value on one line, the best first.

    Args:
        value: what is meant.
        in_flow: whether it stands between brackets, where commas part values.
        quote: the quote of the value it replaces, which it keeps.
    """
    bare = value.text if value.text or not value.plain else "null"
    single = "'" + value.text.replace("'", "''") + "'"
    ways = [bare, single, _double(value.text)]
    if quote == '"':
        ways.insert(0, ways.pop())
    elif quote == "'":
        ways.insert(0, ways.pop(1))
    yield from (way for way in ways if _reads_as(value, way, in_flow=in_flow))


def key_text(name: str, *, in_flow: bool) -> str:
    """A key as it is written."""
    for way in (name, _double(name)):
        node, problems = read_document(f"{{{way}: 1}}" if in_flow else f"{way}: 1", "")
        if isinstance(node, Mapping) and list(node.items) == [name] and not problems:
            return way
    return _double(name)


def flow(value: Node) -> str:
    """A value on one line, with brackets round what has several."""
    if isinstance(value, Scalar):
        return next(worded(value, in_flow=True), _double(value.text))
    if isinstance(value, Sequence):
        return f"[{', '.join(map(flow, value.items))}]"
    entries = (f"{key_text(key, in_flow=True)}: {flow(item)}" for key, item in value.items.items())
    return f"{{{', '.join(entries)}}}"


def literal(text: str, indent: int, step: int) -> list[str]:
    """A text of several lines as a block: its header, then its lines.

    Args:
        text: the text.
        indent: the column of its lines.
        step: how far that is from the entry it belongs to.
    """
    body = text.rstrip("\n")
    breaks = len(text) - len(body)
    sign = {0: "-", 1: ""}.get(breaks, "+")
    first = f"{step}" if body.startswith((" ", "\n")) else ""
    pad = " " * indent
    lines = [pad + line if line else "" for line in body.split("\n")]
    return [f"|{first}{sign}", *lines, *[""] * (breaks - 1)]


def entry(key: str, value: Node, column: int, step: int = 2) -> list[str]:
    """Lines of a new entry of a block mapping whose keys stand in that column."""
    pad, name = " " * column, key_text(key, in_flow=False)
    if isinstance(value, Scalar):
        if "\n" in value.text:
            header, *lines = literal(value.text, column + step, step)
            return [f"{pad}{name}: {header}", *lines]
        return [f"{pad}{name}: {next(worded(value, in_flow=False), _double(value.text))}"]
    inline = f"{pad}{name}: {flow(value)}"
    if isinstance(value, Mapping) and _spreads(value, column, len(inline)):
        lines = [
            line
            for below, item in value.items.items()
            for line in entry(below, item, column + step, step)
        ]
        return [f"{pad}{name}:", *lines]
    return [inline]


def _spreads(value: Mapping, column: int, length: int) -> bool:
    """Whether a mapping is easier to read on lines of its own."""
    inside = [isinstance(item, Mapping) for item in value.items.values()]
    dotted = any("." in key for key in value.items)
    if length > _WIDTH and value.items:
        return True
    if len(inside) > 1:
        return dotted or any(inside)
    return column == 0 and any(inside)


def _reads_as(value: Scalar, way: str, *, in_flow: bool) -> bool:
    if re.search(r"[\n\r\x85\u2028\u2029]", way):
        return False
    node, problems = read_document(f"{{k: {way}}}" if in_flow else f"k: {way}", "")
    read = node.items.get("k") if isinstance(node, Mapping) and len(node.items) == 1 else None
    return isinstance(read, Scalar) and same(read, value) and not problems


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _double(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
