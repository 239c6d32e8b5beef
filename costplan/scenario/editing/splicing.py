"""One change to a YAML text: the ways to write it, each touching as few letters as it can.

Several ways are offered because what YAML makes of a text depends on what stands around it; who
takes one reads the result back first. A value that stands elsewhere too, as an alias or by a
merge, is overridden where it was meant, and never changed where it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from costplan.documents import Mapping, Node, Scalar, Sequence, join_path
from costplan.errors import EditError
from costplan.scenario.editing.lines import BREAK, line_break, line_end, line_start
from costplan.scenario.editing.reaching import Found, reach
from costplan.scenario.editing.spots import MERGE, PAIR, Spot
from costplan.scenario.editing.trees import at
from costplan.scenario.editing.wording import entry, flow, key_text, literal, same, worded
from costplan.schema import KeyPath


def spliced(text: str, root: Spot, path: KeyPath, old: Node, new: Node) -> Iterator[str]:
    """Texts in which what stands at a path may be as in another document, the best first.

    Args:
        text: the text.
        root: where its values stand.
        path: the highest at which the documents differ.
        old: what the text says.
        new: what it should say.

    Raises:
        EditError: the value to be taken out comes from a merge.
    """
    found = reach(root, path)
    here = path[: found.depth]
    spot, wanted = found.spot, at(new, here)
    if wanted is None:
        yield from _without(text, root, path)
    elif spot.kind == "alias":
        yield from _over(
            text, found, _overridden(text[spot.start : spot.end], at(old, here), wanted)
        )
        yield from _over(text, found, wanted)
    elif found.depth == len(path) or spot.kind == "scalar":
        yield from _over(text, found, wanted)
    elif isinstance(wanted, Sequence):
        yield from _appended(text, found, wanted.items[int(path[found.depth])])
        yield from _over(text, found, wanted)
    elif (value := at(wanted, path[found.depth : found.depth + 1])) is not None:
        yield from _added(text, found, path[found.depth], value)
        if here:
            yield from _over(text, found, wanted)
    else:
        raise EditError(f"{join_path(path)} comes from a merge (<<) and cannot be taken out here")


def freed(text: str, root: Spot, path: KeyPath, document: Node) -> str:
    """The text with what others say by an alias of something in a value written out there.

    The value is about to be replaced or taken out, and its anchors with it.
    """
    found = reach(root, path)
    if found.depth < len(path):
        return text
    start, end = found.spot.outer, found.spot.end
    anchors: dict[str, tuple[KeyPath, Spot]] = {}
    cuts: list[tuple[Spot, KeyPath]] = []
    for here, spot in root.walk():
        if spot.kind != "alias":
            anchors |= {spot.anchor: (here, spot)} if spot.anchor else {}
            continue
        source, holder = anchors[spot.anchor]
        if start <= holder.outer < end and not start <= spot.start < end and MERGE not in source:
            cuts.append((spot, source))
    for spot, source in reversed(cuts):
        value = at(document, source)
        text = text[: spot.start] + (flow(value) if value else "null") + text[spot.end :]
    return text


def _overridden(alias: str, old: Node | None, new: Node) -> Node | str:
    """What an alias becomes where some of its entries are to differ."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping) or old.items.keys() - new.items:
        return new
    changed = {
        key: value for key, value in new.items.items() if not same(old.items.get(key), value)
    }
    rest = flow(Mapping(new.place, changed, {})).removeprefix("{")
    return f"{{{MERGE}: {alias}, {rest}"


def _over(text: str, found: Found, value: Node | str) -> Iterator[str]:
    """The value that stands there gives way to another."""
    spot = found.spot
    if isinstance(value, str):
        yield _put(text, found, value)
    elif isinstance(value, Scalar):
        if "\n" in value.text and not found.in_flow:
            indent = _indent(text, found)
            header, *lines = literal(value.text, indent, indent - found.column)
            yield _put(text, found, header, lines)
        quote = spot.style if spot.style in {"'", '"'} else ""
        for way in worded(value, in_flow=found.in_flow, quote=quote):
            yield _put(text, found, way)
    else:
        is_list = spot.is_block and spot.kind == "sequence"
        if is_list and isinstance(value, Sequence) and value.items:
            pad = line_break(text, spot.start) + " " * (spot.start - line_start(text, spot.start))
            body = pad.join(f"- {flow(item)}" for item in value.items)
            yield text[: spot.start] + body + text[spot.end :]
        if not found.in_flow and isinstance(value, Mapping) and spot.is_empty and found.key:
            name = found.key.text
            lines = entry(name, value, found.column)
            if len(lines) > 1:
                end = line_end(text, spot.start)
                yield (
                    text[:end]
                    + "".join(line_break(text, end) + line for line in lines[1:])
                    + text[end:]
                )
        yield _put(text, found, flow(value))


def _put(text: str, found: Found, body: str, lines: list[str] | None = None) -> str:
    """The text with `body` in the place of a value, and `lines` below it."""
    spot = found.spot
    start, end, lead, tail = spot.start, spot.end, "", ""
    if spot.is_empty:
        before = text[:start].rstrip(" \t")
        start = end = len(before) if before.endswith(":") else start
        bare = found.key is not None and found.key is not spot and start == found.key.end
        lead = ": " if bare else "" if text[start - 1 : start].isspace() else " "
    elif spot.style in {"|", ">"}:
        header = re.match(r"[|>][\d+-]*([ \t]+#[^\r\n]*)?", text[start:end])
        tail = (header[1] or "") if header else ""
    elif spot.is_block and found.key is not None and BREAK.search(text, found.key.outer, start):
        start = _after_key(text, found)
        lead, tail = " ", text[start : line_end(text, start)]
        end = line_end(text, end)
    below = "".join(line_break(text, start) + line for line in lines or ())
    return text[:start] + lead + body + tail + below + text[end:]


def _after_key(text: str, found: Found) -> int:
    """Behind the colon or dash, and the anchor, of a block that begins on a line of its own."""
    spot = found.spot
    if spot.outer < spot.start:
        properties = re.compile(r"[&!]\S*(?:[ \t]+[&!]\S*)?").match(text, spot.outer)
        return properties.end() if properties else spot.outer
    if found.key is None or found.key is spot:
        return text.rindex("-", 0, spot.start) + 1
    return text.index(":", found.key.end) + 1


def _without(text: str, root: Spot, path: KeyPath) -> Iterator[str]:
    """The entry at a path is taken out, with its line where it has one of its own."""
    parent = reach(root, path[:-1])
    entries = parent.spot.entries
    index = next(k for k, (key, _) in enumerate(entries) if key.text == path[-1])
    key, value = entries[index]
    if len(entries) == 1:
        yield _put(text, parent, "{}")
        return
    if index + 1 < len(entries):
        until = entries[index + 1][0].outer
    begin, end = key.outer, max(key.end, value.end)
    line = line_start(text, begin)
    if parent.spot.is_block and not text[line:begin].strip():
        stop = line_end(text, end)
        after = BREAK.match(text, stop)
        if after:
            yield text[:line] + text[after.end() :]
        else:
            yield text[: line - len(line_break(text, line - 1))] + text[stop:]
    elif index + 1 < len(entries):
        yield text[:begin] + text[until:]
    else:
        before_key, before = entries[index - 1]
        yield text[: max(before_key.end, before.end)] + text[end:]


def _added(text: str, found: Found, key: str, value: Node) -> Iterator[str]:
    """A mapping gets an entry, behind its last one."""
    spot = found.spot
    if not spot.is_block:
        if spot.style != PAIR:
            new = f"{key_text(key, in_flow=True)}: {flow(value)}"
            at_ = _end(spot) if spot.entries else spot.start + 1
            yield text[:at_] + (", " if spot.entries else "") + new + text[at_:]
        return
    first = spot.entries[0][0]
    lines = entry(key, value, first.column, _step(found, text))
    if first.column == 0 and len(lines) > 1 and re.search(r"\n[ \t]*\r?\n", text):
        lines.insert(0, "")
    end = line_end(text, _end(spot))
    sign = line_break(text, end)
    yield text[:end] + "".join(sign + line for line in lines) + text[end:]
    stop = spot.stop
    if stop and BREAK.fullmatch(text[stop - 1]):
        yield text[:stop] + "".join(line + sign for line in lines) + text[stop:]
    line = line_start(text, first.outer)
    if not text[line : first.outer].strip():
        yield text[:line] + "".join(new + sign for new in lines if new) + text[line:]


def _appended(text: str, found: Found, value: Node) -> Iterator[str]:
    """A list gets an item behind its last one."""
    spot = found.spot
    if not spot.is_block:
        at_ = _end(spot) if spot.entries else spot.start + 1
        yield text[:at_] + (", " if spot.entries else "") + flow(value) + text[at_:]
        return
    pad = " " * (spot.start - line_start(text, spot.start))
    end = line_end(text, _end(spot))
    yield text[:end] + f"{line_break(text, end)}{pad}- {flow(value)}" + text[end:]


def _end(spot: Spot) -> int:
    """Behind the last letter of the last entry."""
    key, value = spot.entries[-1]
    return max(key.end, value.end)


def _indent(text: str, found: Found) -> int:
    """How far the lines of a text of several lines are indented."""
    body = text[found.spot.start : found.spot.end]
    lines = re.match(r"[|>][^\r\n]*(?:\r\n|[\r\n])(?:[ \t]*(?:\r\n|[\r\n]))*( +)\S", body)
    if found.spot.style in {"|", ">"} and lines:
        return len(lines[1])
    return found.column + 2


def _step(found: Found, text: str) -> int:
    """By how much this file indents what is below a key; two where nothing shows it."""
    for spot in (*found.above[:1], found.spot):
        for key, value in spot.entries:
            if value.is_block and value.kind == "mapping" and value.entries:
                inner = value.entries[0][0]
                if inner.column > key.column and line_start(text, inner.outer) > key.outer:
                    return inner.column - key.column
    return 2
