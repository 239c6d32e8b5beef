"""What-ifs written down: as a variant, into the scenario itself, or as a new file.

A what-if is what `--variant` and `--set` mean. Each way of keeping it is checked for meaning the
same: laid over the new text, the variant gives exactly what the what-if gave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from costplan.documents import Mapping, Node, Sequence, join_path, split_path
from costplan.errors import EditError, UnknownNameError
from costplan.scenario.editing.changing import read, rewritten, value_of
from costplan.scenario.editing.trees import at, put
from costplan.scenario.editing.wording import same, scalar
from costplan.scenario.overlay import Overlay, set_value, varied
from costplan.schema import KeyPath

VARIANT_NAME = re.compile(r"[^\s#@]+")
_FILES = {"file", "sample", "declared", "template", "log", "prices"}
"""Keys whose value is the name of a file, or of several."""

type Settings = Iterable[tuple[str, str]]


def with_variant(
    text: str,
    name: str,
    settings: Settings,
    description: str | None = None,
    *,
    base: str | None = None,
    replace_it: bool = False,
) -> str:
    """The text with a what-if kept as a variant; only the lines of the variant are new.

    Args:
        text: a scenario.
        name: of the variant.
        settings: pairs of path and value, as `--set` takes them.
        description: what the scenario with this variant is for.
        base: the variant the settings were laid over; the new one holds both, for a variant cannot
            refer to another.
        replace_it: whether a variant of that name gives way.

    Raises:
        EditError: the name cannot be one, or is taken, or the file cannot be changed so.
        UnknownNameError: there is no variant `base`.
    """
    if not VARIANT_NAME.fullmatch(name):
        raise EditError(f"{name!r} cannot name a variant: no spaces, # or @")
    root = _mapping(read(text))
    variants = root.items.get("variants")
    taken = variants.items if isinstance(variants, Mapping) else {}
    if name in taken and not replace_it:
        raise EditError(f"there is a variant {name!r} already")
    wanted = _varied(root, base)
    start = taken.get(base or "")
    change = start if isinstance(start, Mapping) else Mapping(root.place, {}, {})
    if description:
        said = ("description", scalar(description))
        change = _with(_only(change, [key for key in change.items if key != "description"]), *said)
        wanted = _with(_mapping(wanted), *said)
    for path, value in settings:
        wanted = _set(wanted, path, value)
        change = _extended(root, change, (path, value), wanted)
    return rewritten(text, put(root, ("variants", name), change))


def with_settings(text: str, settings: Settings, variant: str | None = None) -> str:
    """The text with a what-if written into the scenario itself.

    Args:
        text: a scenario.
        settings: pairs of path and value, as `--set` takes them.
        variant: what they were laid over. A value that this variant sets is changed there, every
            other in the scenario as written, and so in all its variants.

    Raises:
        EditError: the file cannot be changed so.
        UnknownNameError: there is no such variant.
    """
    root = read(text)
    for path, value in settings:
        root = _mapping(root)
        before = _varied(root, variant)
        wanted = _set(before, path, value)
        if same(before, wanted):
            continue
        if variant is None:
            root = wanted
            continue
        written = set_value(root, path, value)
        if not written[1] and same(_varied(_mapping(written[0]), variant), wanted):
            root = written[0]
            continue
        here = ("variants", variant)
        change = _extended(root, _mapping(at(root, here)), (path, value), wanted)
        root = put(root, here, change)
    return rewritten(text, root)


def as_new_file(
    text: str,
    settings: Settings,
    variant: str | None = None,
    *,
    name: str | None = None,
    moved: Callable[[str], str] = lambda file: file,
) -> str:
    """The text of a new scenario: this one, with the what-if as what is written.

    Args:
        text: a scenario.
        settings: pairs of path and value, as `--set` takes them.
        variant: what they were laid over; it becomes part of the scenario, and the variants stay.
        name: what the new scenario is called; as before when None.
        moved: the name by which a file that the scenario names is found from where the new one
            will stand.

    Raises:
        EditError: the file cannot be changed so.
        UnknownNameError: there is no such variant.
    """
    wanted = _varied(_mapping(read(text)), variant)
    for path, value in settings:
        wanted = _set(wanted, path, value)
    if name:
        wanted = put(wanted, ("name",), scalar(name))
    for where, file in named_files(wanted):
        wanted = put(wanted, where, scalar(moved(file)))
    return rewritten(text, wanted)


def named_files(root: Node) -> Iterator[tuple[KeyPath, str]]:
    """The files, patterns and folders that a scenario and its variants name, with their paths."""
    yield from _files(root, (), "")


def _files(node: Node, path: KeyPath, key: str) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(node, Mapping):
        for name, value in node.items.items():
            last = _last(name)
            # Elsewhere `prices` is no list of files.
            own = name == "prices" and (not path or (path[0] == "variants" and len(path) == 2))
            yield from _files(value, (*path, name), last if last != "prices" or own else "")
    elif isinstance(node, Sequence):
        for k, item in enumerate(node.items):
            yield from _files(item, (*path, str(k)), key if key == "prices" else "")
    elif key in _FILES and not node.is_null and "{{" not in node.text:
        yield path, node.text


def _last(name: str) -> str:
    """The last key of a path as a variant writes it."""
    try:
        return split_path(name)[-1]
    except ValueError:
        return name


def _mapping(node: Node | None) -> Mapping:
    if not isinstance(node, Mapping):
        raise EditError("the file is no mapping of keys and values")
    return node


def _varied(root: Mapping, variant: str | None) -> Node:
    """The scenario with a variant laid over it."""
    variants = root.items.get("variants")
    names = variants.items if isinstance(variants, Mapping) else {}
    if variant is not None and variant not in names:
        raise UnknownNameError("variant", variant, names)
    laid, problems = varied(root, variant)
    if problems:
        raise EditError(f"{problems[0].path}: {problems[0].message}")
    return laid


def _set(root: Node, path: str, value: str) -> Node:
    made, problems = set_value(root, path, value)
    if problems:
        raise EditError(f"{problems[0].path or path}: {problems[0].message}")
    return made


def _extended(root: Mapping, change: Mapping, setting: tuple[str, str], wanted: Node) -> Mapping:
    """A variant that sets one more value, so that it gives what is wanted.

    Raises:
        EditError: no way of writing it does.
    """
    for way in _ways(change, *setting):
        laid = Overlay()
        found = laid.merge(root, way, (), ())
        if not laid.problems and same(found, wanted):
            return way
    raise EditError(f"{setting[0]} cannot be set in a variant that sets what is above or below it")


def _ways(change: Mapping, path: str, value: str) -> Iterator[Mapping]:
    """Variants with one more value: in the place it has there, and else as the last of all."""
    steps, new = split_path(path), value_of(value)
    for key, held in change.items.items():
        known = split_path(key)
        rest = steps[len(known) :]
        if steps[: len(known)] != known:
            continue
        with suppress(LookupError):
            yield _mapping(put(change, (key, *rest), new))
        if isinstance(held, Mapping):
            over = Overlay()
            if rest:
                yield _with(change, key, over.put(held, known, rest, (new, held.place)))
            elif isinstance(new, Mapping):
                yield _with(change, key, over.merge(held, new, known, known))
    others = [key for key in change.items if key != join_path(steps)]
    yield _with(_only(change, others), join_path(steps), new)
    beside = [key for key in others if split_path(key)[: len(steps)] != steps]
    yield _with(_only(change, beside), join_path(steps), new)


def _with(change: Mapping, key: str, value: Node) -> Mapping:
    return _mapping(put(change, (key,), value))


def _only(change: Mapping, kept: list[str]) -> Mapping:
    return Mapping(change.place, {key: change.items[key] for key in kept}, change.keys)
