"""A scenario's text with values changed, added or taken out, and nothing else.

Comments, order, quotes, alignment, line ends and anchors stay to the byte: the document that is
wanted is compared with the one the text holds, and each difference is spliced in at the place of
its value. What comes out is read back; where it says anything but what was wanted, there is an
error and no text.
"""

from __future__ import annotations

from costplan.documents import Mapping, Node, Sequence, join_path, read_document, split_path
from costplan.errors import EditError, suggestion
from costplan.scenario.editing.splicing import freed, spliced
from costplan.scenario.editing.spots import spots
from costplan.scenario.editing.trees import at, difference, put
from costplan.scenario.editing.wording import same
from costplan.schema import KeyPath

_BOM = "\ufeff"
_MOST_STEPS = 5_000
"""More changes than anybody makes at once: an edit that takes them does not end."""


def replaced(text: str, path: str | KeyPath, value: str) -> str:
    """The text with another value at a path.

    Where other parts of the file refer to the value by an alias, they keep what they said.

    Args:
        text: a YAML document.
        path: where; keys joined by dots as in `--set`, or one by one. Items of lists count from 0.
        value: the value as a file writes it: `12k/day`, `{a: 60%, b: 40%}`, `null`.

    Raises:
        EditError: there is nothing at that path, or the text cannot be changed so that only this
            value is another.
    """
    document, steps = read(text), _steps(path)
    if at(document, steps) is None:
        raise EditError(_missing(document, steps))
    return rewritten(text, _with(document, steps, value_of(value)))


def added(text: str, path: str | KeyPath, value: str) -> str:
    """The text with a value at a path where nothing stands; mappings above it are made.

    Args:
        text: a YAML document.
        path: as for `replaced`.
        value: as for `replaced`.

    Raises:
        EditError: something stands there, or the path leads through what is no mapping.
    """
    document, steps = read(text), _steps(path)
    if at(document, steps) is not None:
        raise EditError(f"{join_path(steps)} is there already")
    return rewritten(text, _with(document, steps, value_of(value)))


def removed(text: str, path: str | KeyPath) -> str:
    """The text without the entry at a path.

    Raises:
        EditError: there is nothing at that path, or it comes from a merge.
    """
    document, steps = read(text), _steps(path)
    if at(document, steps) is None:
        raise EditError(_missing(document, steps))
    return rewritten(text, _with(document, steps, None))


def rewritten(text: str, wanted: Node) -> str:
    """The text brought to say what a document says, with as few letters changed as can be.

    Raises:
        EditError: it cannot.
    """
    bom = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    for _ in range(_MOST_STEPS):
        document = read(text)
        path = difference(document, wanted)
        if path is None:
            return bom + text
        text = _nearer(text, path, document, wanted)
    raise EditError("this change would not come to an end")


def read(text: str) -> Node:
    """The document in a text.

    Raises:
        EditError: it cannot be read, or has problems.
    """
    document, problems = read_document(text, "")
    if document is None or problems:
        place, message = problems[0].place, problems[0].message
        raise EditError(f"line {place.line}: {message}" if place.line else message)
    return document


def value_of(text: str) -> Node:
    """A value as `--set` takes it.

    Raises:
        EditError: it is no YAML.
    """
    return read(text or "''")


def _nearer(text: str, path: KeyPath, document: Node, wanted: Node) -> str:
    """The text with the difference at a path gone."""
    if not path:
        raise EditError("the file is no mapping")
    root = spots(text)
    without = freed(text, root, path, document)
    if without != text:
        return without
    value = at(wanted, path)
    whole = put(document, path, value)
    second = None
    for way in spliced(text, root, path, document, wanted):
        now, problems = read_document(way, "")
        if now is None or problems:
            continue
        if same(now, whole):
            return way
        # Others refer to what changed; they are brought back one by one.
        if second is None and way != text and _agrees(at(now, path), value):
            second = way
    if second is None:
        raise EditError(f"{join_path(path)} cannot be written into this file as it is laid out")
    return second


def _agrees(now: Node | None, value: Node | None) -> bool:
    return now is None if value is None else same(now, value)


def _with(document: Node, steps: KeyPath, value: Node | None) -> Node:
    try:
        return put(document, steps, value)
    except LookupError:
        raise EditError(_missing(document, steps)) from None


def _steps(path: str | KeyPath) -> KeyPath:
    if not isinstance(path, str):
        return path
    try:
        return split_path(path)
    except ValueError as error:
        raise EditError(str(error)) from None


def _missing(document: Node, steps: KeyPath) -> str:
    """That a path leads nowhere, with the nearest key where it ends."""
    for k in range(len(steps)):
        here = at(document, steps[:k])
        if at(document, steps[: k + 1]) is None:
            if isinstance(here, Sequence):
                return f"{join_path(steps)}: there is no item {steps[k]} in this list"
            known = here.items if isinstance(here, Mapping) else ()
            hint = suggestion(steps[k], known)
            return f"{join_path(steps)}: there is no {steps[k]!r} here{hint}"
    return f"{join_path(steps)}: there is nothing here"
