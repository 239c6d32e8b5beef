"""YAML text to nodes that know where they stand.

The loader never types a scalar: `no`, `12:30`, `012` and `1e6` arrive as the text that was
written, and the schema decides what they mean. Duplicate keys, merge keys, aliases that multiply
("YAML bombs"), binary and oversized files are problems with a position, never a traceback.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from costplan.errors import Place, Problem, suggestion

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 4_000_000
"""Larger than any scenario or price file a person edits (the largest price book is under 1 MB)."""
MAX_NODES = 250_000
"""Values in one file once its aliases are followed."""
MAX_DEPTH = 40
_SHALLOW = 5_000
"""Levels that libyaml takes without harm; it crashes at some 20,000."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value, as written."""

    place: Place
    text: str
    plain: bool = True
    """False when it was quoted or a block text."""

    @property
    def is_null(self) -> bool:
        """Whether nothing was written, or `null`, or `~`."""
        return self.plain and self.text.lower() in {"", "~", "null"}


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values; `keys` holds the place of each key."""

    place: Place
    items: dict[str, Node]
    keys: dict[str, Place]


type Node = Scalar | Sequence | Mapping

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def read_document(data: bytes | str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read one YAML document.

    Args:
        data: the file's content.
        file: its name as it should stand in messages.

    Returns:
        The root node, or None where the text could not be understood, and every problem found.
    """
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1e6:.0f} MB"
        message = f"the file has {size}; at most {MAX_BYTES // 1_000_000} MB are read"
        return None, (Problem(Place(file), "", f"{message} (is this the right file?)"),)
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return None, (_not_text(file, error.object, error.start),)
    if control := _CONTROL.search(text):
        before = len(text[: control.start()].encode("utf-8", "surrogateescape"))
        return None, (_not_text(file, text.encode("utf-8", "surrogateescape"), before),)
    return _Composer(file).compose(text)


def join_path(path: tuple[str, ...]) -> str:
    """A path of keys as it is written in messages, variants and `--set`."""
    return ".".join(f'"{key}"' if "." in key or '"' in key or not key else key for key in path)


def split_path(text: str) -> tuple[str, ...]:
    """The inverse of `join_path`: dots part the keys, a key that holds a dot is in double quotes.

    Raises:
        ValueError: an empty key, or a quote that is not closed.
    """
    keys: list[str] = []
    rest = text.strip()
    while rest:
        if rest.startswith('"'):
            key, closed, rest = rest[1:].partition('"')
            if not closed or (rest and not rest.startswith(".")):
                raise ValueError(f"a double quote is not closed in {text!r}")
            rest = rest.removeprefix(".") if not rest or rest != "." else "."
        else:
            key, _, rest = rest.partition(".")
        if not key or rest == ".":
            raise ValueError(f"an empty key in {text!r}")
        keys.append(key)
    if not keys or text.rstrip().endswith("."):
        raise ValueError(f"an empty key in {text!r}")
    return tuple(keys)


def reached(record: Any, field: str) -> Any:
    """What a field holds; its dots reach into objects, unless an object has the name as it is.

    Raises:
        ValueError: there is no such field; names the nearest.
    """
    if isinstance(record, dict) and field in record:
        return record[field]
    value, before = record, ""
    for step in split_path(field):
        if not isinstance(value, dict) or step not in value:
            known = [before + name for name in value] if isinstance(value, dict) else []
            raise ValueError(f"there is no field {field!r}{suggestion(before + step, known)}")
        value, before = value[step], f"{before}{step}."
    return value


def place_of(root: Node | None, path: tuple[str, ...]) -> Place | None:
    """Where a path of keys stands below a node; the deepest part of it that is there."""
    node, place = root, root.place if root else None
    for key in path:
        match node:
            case Mapping(items=items, keys=keys) if key in items:
                node, place = items[key], keys[key]
            case Sequence(items=listed) if key.isdecimal() and int(key) < len(listed):
                node = listed[int(key)]
                place = node.place
            case _:
                break
    return place


def _not_text(file: str, data: bytes, offset: int) -> Problem:
    line = data.count(b"\n", 0, offset) + 1
    column = offset - (data.rfind(b"\n", 0, offset) + 1) + 1
    message = f"not text: byte 0x{data[offset]:02x} (expected a YAML file in UTF-8)"
    return Problem(Place(file, line, column), "", message)


def _without_colon(lines: list[str], number: int) -> int:
    """The line above one that should be a key like it, and is none yet; 0 where there is none."""
    here = lines[number - 1] if number <= len(lines) else ""
    for above in range(number - 1, 0, -1):
        line = lines[above - 1]
        word = line.strip()
        if word and not word.startswith("#"):
            alike = len(line) - len(line.lstrip()) == len(here) - len(here.lstrip())
            return above if alike and re.fullmatch(r"[\w./$ -]+", word) and word[0] != "-" else 0
    return 0


def _too_deep(text: str, file: str) -> Problem | None:
    """Nesting beyond all sense, found before libyaml recurses into it and overflows its stack.

    A level takes a line of its own, or a bracket or dash on one: few of these are never deep.
    """
    import yaml

    if sum(map(text.count, ("\n", "[", "{", "- ", "? "))) < _SHALLOW:
        return None
    depth = 0
    for event in yaml.parse(text, Loader=_loader()):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark: Any = event.start_mark
                place = Place(file, mark.line + 1, mark.column + 1)
                return Problem(place, "", f"this value is nested over {MAX_DEPTH} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


@cache
def _loader() -> Any:
    """PyYAML's loader without the typing of scalars, which nobody here asks for.

    libyaml's parser is seven times as fast; where PyYAML was built without it, Python's is used.
    """
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    def resolve(_self: Any, _kind: Any, _value: Any, _implicit: Any) -> str:
        return ""

    return type("NodeLoader", (base,), {"resolve": resolve})


class _Composer:
    """Turns PyYAML's node graph into ours, once, collecting problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.done: dict[int, Node] = {}
        self.weight: dict[int, int] = {}
        self.open: set[int] = set()

    def compose(self, text: str) -> tuple[Node | None, tuple[Problem, ...]]:
        import yaml

        try:
            if too_deep := _too_deep(text, self.file):
                return None, (too_deep,)
            root = yaml.compose(text, Loader=_loader())
        except yaml.MarkedYAMLError as error:
            return None, (self._syntax(error, text),)
        except (yaml.YAMLError, RecursionError) as error:
            return None, (Problem(Place(self.file), "", f"not YAML: {error}"),)
        if root is None:
            return None, (Problem(Place(self.file, 1, 1), "", "the file is empty"),)
        try:
            node = self._node(root, (), 0)
        except _Refused as refused:
            return None, (refused.problem,)
        return node, tuple(self.problems)

    def _syntax(self, error: yaml.MarkedYAMLError, text: str) -> Problem:
        mark = error.problem_mark or error.context_mark
        if error.context_mark and error.problem == "could not find expected ':'":
            where = Place(self.file, error.context_mark.line + 1, error.context_mark.column + 1)
            return Problem(where, "", _NO_COLON)
        if error.context_mark and error.problem in _UNCLOSED:
            mark = error.context_mark  # where it was opened says more than where the file ends
        place = Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)
        said = " ".join(part for part in (error.context, error.problem) if part)
        lines = text.splitlines()
        line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
        hint = ""
        if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in said:
            hint = "; a tab stands where spaces must (YAML is indented with spaces)"
        elif "mapping values are not allowed" in said:
            if above := _without_colon(lines, place.line):
                column = len(lines[above - 1]) - len(lines[above - 1].lstrip()) + 1
                where = Place(self.file, above, column)
                return Problem(where, "", _NO_COLON)
            hint = "; a value that holds ': ' needs quotes"
        return Problem(place, "", f"not YAML: {said}{hint}")

    def _place(self, node: yaml.Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _node(self, node: yaml.Node, path: tuple[str, ...], depth: int) -> Node:
        import yaml

        key = id(node)
        if key in self.done:
            return self.done[key]
        place = self._place(node)
        if key in self.open or depth > MAX_DEPTH:  # aliases can nest deeper than the text does
            again = key in self.open
            why = "refers to itself" if again else f"is nested over {MAX_DEPTH} deep"
            raise _Refused(Problem(place, join_path(path) if again else "", f"this value {why}"))
        self.open.add(key)
        made: Node
        weight = 1
        if isinstance(node, yaml.MappingNode):
            made = self._mapping(node, place, path, depth)
            weight += sum(self.weight.get(id(value), 1) for _, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            items = tuple(
                self._node(item, (*path, str(k)), depth + 1) for k, item in enumerate(node.value)
            )
            made = Sequence(place, items)
            weight += sum(self.weight.get(id(item), 1) for item in node.value)
        else:
            made = Scalar(place, str(node.value), plain=not getattr(node, "style", None))
        if weight > MAX_NODES:
            message = f"aliases multiply to over {MAX_NODES:,} values; write them out"
            raise _Refused(Problem(place, join_path(path), message))
        self.open.discard(key)
        self.done[key], self.weight[key] = made, weight
        return made

    def _mapping(
        self, node: yaml.MappingNode, place: Place, path: tuple[str, ...], depth: int
    ) -> Mapping:
        items: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        merged: list[Mapping] = []
        for key_node, value_node in node.value:
            at = self._place(key_node)
            if not isinstance(key_node.value, str):
                self._problem(at, path, "a key must be a word, not a list or a mapping")
                continue
            key = key_node.value
            if key == "<<" and not key_node.style:
                merged += self._merged(value_node, path, depth)
                continue
            if key in keys:
                self._problem(
                    at, (*path, key), f"this key stands twice; first at line {keys[key].line}"
                )
                continue
            keys[key] = at
            items[key] = self._node(value_node, (*path, key), depth + 1)
        for source in merged:
            for key, value in source.items.items():
                if key not in items:
                    items[key], keys[key] = value, source.keys[key]
        return Mapping(place, items, keys)

    def _merged(self, node: yaml.Node, path: tuple[str, ...], depth: int) -> Iterator[Mapping]:
        value = self._node(node, (*path, "<<"), depth + 1)
        for source in value.items if isinstance(value, Sequence) else (value,):
            if isinstance(source, Mapping):
                yield source
            else:
                self._problem(self._place(node), (*path, "<<"), "only mappings can be merged")

    def _problem(self, place: Place, path: tuple[str, ...], message: str) -> None:
        self.problems.append(Problem(place, join_path(path), message))


_NO_COLON = "not YAML: this line has no colon; expected KEY: VALUE"
_UNCLOSED = {
    "found unexpected end of stream",
    "did not find expected ',' or '}'",
    "did not find expected ',' or ']'",
}


class _Refused(Exception):  # noqa: N818 - not an error of ours, a way out of the recursion
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
