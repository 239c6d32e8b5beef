"""Scenario files: reading them whole, laying variants over them, and the texts they name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath
from typing import Any

from costplan.documents import Mapping, Node, Scalar, Sequence, join_path, read_document, split_path
from costplan.errors import (
    CostplanError,
    Place,
    Problem,
    ScenarioError,
    UnknownNameError,
    suggestion,
)
from costplan.resources import shipped
from costplan.scenario.kinds import AnyQuantity
from costplan.scenario.schema import SCENARIO, Scenario, Tokens
from costplan.schema import INVALID, MapOf, Path, Reader

type Folder = FilePath | Traversable
MAX_TEXT = 20_000_000
"""Bytes of one text or sample file: about five million tokens."""


def load_scenario(path: str | FilePath | Traversable) -> Scenario:
    """Read a scenario file, its variants and the text files it names.

    Args:
        path: the YAML file.

    Raises:
        ScenarioError: every problem of the file and of each variant, with its place.
        OSError: the file cannot be read.
    """
    file = FilePath(path) if isinstance(path, str) else path
    folder = file.parent if isinstance(file, FilePath) else _parent(file)
    return read_scenario(file.read_bytes(), str(path), folder)


def read_scenario(data: bytes | str, file: str, folder: Folder) -> Scenario:
    """Read a scenario from its content.

    Args:
        data: the YAML text.
        file: its name as it should stand in messages.
        folder: what the files it names are relative to.

    Raises:
        ScenarioError: every problem, with its place.
    """
    root, problems = read_document(data, file)
    if root is None:
        raise ScenarioError(problems)
    source = Source(root, file, folder, problems)
    scenario, found = source.read(root, None)
    for name in _variant_names(root):
        found += source.read_variant(name)[1]
    if scenario is None or found:
        raise ScenarioError(found)
    return scenario


def find_scenario(path: str) -> tuple[FilePath | Traversable, str | None]:
    """The file of that name: on disk, or the example that ships with costplan.

    Returns:
        The file, and a note for the user where the shipped copy is meant.

    Raises:
        UnknownNameError: neither is there; names the nearest example.
    """
    on_disk = FilePath(path)
    if on_disk.exists():
        return on_disk, None
    examples = {entry.name: entry for entry in shipped_scenarios()}
    name = FilePath(path).name
    in_examples = FilePath(path).parent.name in {"", "scenarios"} and not on_disk.is_absolute()
    for candidate in (name, f"{name}.yaml"):
        if in_examples and candidate in examples:
            return examples[candidate], f"{path} is not on disk; using the example of that name"
    raise UnknownNameError("scenario file", path, examples)


def shipped_scenarios() -> tuple[Traversable, ...]:
    """The examples that came with costplan, by name."""
    found = (entry for entry in shipped("scenarios").iterdir() if entry.name.endswith(".yaml"))
    return tuple(sorted(found, key=lambda entry: entry.name))


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario document before it is read: what variants and settings are laid over."""

    root: Node
    file: str
    folder: Folder
    problems: tuple[Problem, ...] = ()

    def apply(self, variant: str | None, settings: tuple[tuple[str, str], ...]) -> Scenario:
        """The scenario with a variant and settings; see `Scenario.apply`."""
        names = _variant_names(self.root)
        if variant is not None and variant not in names:
            raise UnknownNameError("variant", variant, names)
        root, problems = self._laid_over(variant)
        for path, value in settings:
            root, found = _set(root, path, value)
            problems += found
        scenario, found = self.read(root, variant)
        if scenario is None or problems or found:
            raise ScenarioError([*problems, *found])
        return scenario

    def read_variant(self, name: str) -> tuple[Scenario | None, list[Problem]]:
        """A variant, or None, and what is wrong with it."""
        root, problems = self._laid_over(name)
        if problems:
            return None, problems
        return self.read(root, name)

    def _laid_over(self, variant: str | None) -> tuple[Node, list[Problem]]:
        if variant is None or not isinstance(self.root, Mapping):
            return self.root, []
        variants = self.root.items["variants"]
        change = variants.items[variant] if isinstance(variants, Mapping) else None
        if not isinstance(change, Mapping):
            return self.root, []
        overlay = _Overlay()
        root = overlay.merge(self.root, change, (), ("variants", variant))
        return root, overlay.problems

    def read(self, root: Node, variant: str | None) -> tuple[Scenario | None, list[Problem]]:
        """Check the document against the schema and load the files it names."""
        reader = Reader(list(self.problems))
        assumptions = root.items.get("assumptions") if isinstance(root, Mapping) else None
        if isinstance(assumptions, Mapping):
            named = MapOf(AnyQuantity()).read(assumptions, (), Reader())
            reader.names = {} if named is INVALID else named
        scenario = SCENARIO.read(root, (), reader)
        if scenario is INVALID:
            return None, reader.problems
        texts, samples = _Files(self.folder, reader).load(scenario)
        made: Scenario = replace(
            scenario,
            variant=variant,
            path=self.file,
            places=reader.places,
            texts=texts,
            samples=samples,
            source=self,
        )
        return (None if reader.problems else made), reader.problems


def named_models(node: Node, path: Path = ()) -> Iterator[tuple[Place, Path, str]]:
    """Every model a document routes to, with its place and path, whatever else is wrong in it."""
    if isinstance(node, Sequence):
        for k, item in enumerate(node.items):
            yield from named_models(item, (*path, str(k)))
    elif isinstance(node, Mapping):
        for written, child in node.items.items():
            here = (*path, written)
            last = written.rpartition(".")[2]
            if last == "mix" and isinstance(child, Mapping):
                yield from ((child.keys[name], (*here, name), name) for name in child.items)
            elif last == "escalate_to" and isinstance(child, Scalar):
                yield child.place, here, child.text
            else:
                yield from named_models(child, here)


def _variant_names(root: Node) -> tuple[str, ...]:
    variants = root.items.get("variants") if isinstance(root, Mapping) else None
    return tuple(variants.items) if isinstance(variants, Mapping) else ()


@dataclass(frozen=True, slots=True)
class _Overlay:
    """Lays partial scenarios over a document; nodes are never changed in place."""

    problems: list[Problem] = field(default_factory=list)

    def merge(self, base: Mapping, change: Mapping, path: Path, at: Path) -> Mapping:
        """Mappings merge by key; everything else, and `mix`, is replaced."""
        for written, value in change.items.items():
            place = change.keys[written]
            try:
                steps = split_path(written)
            except ValueError as error:
                self.problems.append(Problem(place, join_path((*at, written)), str(error)))
                continue
            base = self.put(base, path, steps, (value, place))
        return base

    def put(self, base: Mapping, path: Path, steps: Path, new: tuple[Node, Place]) -> Mapping:
        """`base`, which stands at `path`, with a value laid over what stands at `steps` in it."""
        step, rest = steps[0], steps[1:]
        value, place = new
        here = (*path, step)
        child = base.items.get(step)
        if problem := _misplaced(here, child, value, rest, base):
            self.problems.append(Problem(place, join_path(here), problem))
            return base
        made: Node = value
        if rest:
            below = child if isinstance(child, Mapping) else Mapping(place, {}, {})
            made = self.put(below, here, rest, new)
        elif isinstance(child, Mapping) and isinstance(value, Mapping) and step != "mix":
            made = self.merge(child, value, here, here)
        keys = dict(base.keys)
        keys[step] = keys[step] if rest and step in keys else place
        return Mapping(base.place, {**base.items, step: made}, keys)


def _misplaced(here: Path, child: Node | None, value: Node, rest: Path, base: Mapping) -> str:
    """What is wrong with laying something over this path, if anything."""
    if here == ("variants",):
        return "a variant cannot hold variants"
    new_workload = child is None and len(here) == 2 and here[0] == "workloads"
    if new_workload and not _is_workload(value, rest):
        return f"there is no workload {here[1]!r}{suggestion(here[1], base.items)}"
    return ""


def _is_workload(value: Node, rest: Path) -> bool:
    return not rest and isinstance(value, Mapping) and "demand" in value.items


def _set(root: Node, path: str, value: str) -> tuple[Node, list[Problem]]:
    """`root` with one value set, as `--set PATH=VALUE`."""
    label = f"--set {path}"
    node, problems = read_document(value or "''", label)
    place = Place(label)
    if node is None or problems:
        return root, [replace(problem, place=place) for problem in problems]
    try:
        steps = split_path(path)
    except ValueError as error:
        return root, [Problem(place, "", f"{error}; write --set workloads.chat.batch=30%")]
    if not isinstance(root, Mapping):
        return root, []
    overlay = _Overlay()
    return overlay.put(root, (), steps, (_placed(node, place), place)), overlay.problems


def _placed(node: Node, place: Place) -> Node:
    """The node as if all of it stood at `place`: a value of the command line has no lines."""
    if isinstance(node, Scalar):
        return replace(node, place=place)
    if isinstance(node, Mapping):
        items = {key: _placed(value, place) for key, value in node.items.items()}
        return Mapping(place, items, dict.fromkeys(items, place))
    return replace(node, place=place, items=tuple(_placed(item, place) for item in node.items))


def _parent(file: Traversable) -> Folder:
    """The folder of a shipped example: a `Traversable` does not know its parent."""
    folder = shipped("scenarios")
    if file.name in {entry.name for entry in folder.iterdir()}:
        return folder
    raise CostplanError(f"cannot tell which folder {file} is in")


@dataclass(frozen=True, slots=True)
class _Files:
    """Reads the text and sample files a scenario names."""

    folder: Folder
    reader: Reader

    def load(self, scenario: Scenario) -> tuple[dict[str, str], dict[str, tuple[str | int, ...]]]:
        texts: dict[str, str] = {}
        samples: dict[str, tuple[str | int, ...]] = {}
        for path, tokens in _tokens(scenario, ()):
            if tokens.file and tokens.file not in texts:
                texts[tokens.file] = self._text((*path, "file"), tokens.file)
            if tokens.sample and tokens.sample not in samples:
                at = (*path, "sample")
                samples[tokens.sample] = self._sample(at, tokens.sample)
        return texts, samples

    def _text(self, path: Path, name: str) -> str:
        try:
            file = self.folder.joinpath(name)
            data = file.read_bytes()
        except OSError as error:
            hint = suggestion(name, self._nearby(name), all_below=0)
            why = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
            self._problem(path, f"cannot read {name!r}: {why}{hint}")
            return ""
        if len(data) > MAX_TEXT:
            self._problem(path, f"{name!r} is over {MAX_TEXT // 1_000_000} MB")
            return ""
        return data.decode("utf-8", errors="replace").removeprefix("\ufeff")

    def _sample(self, path: Path, name: str) -> tuple[str | int, ...]:
        found: list[str | int] = []
        for number, line in enumerate(self._text(path, name).splitlines(), 1):
            if not line.strip():
                continue
            value = _record(line)
            if value is None:
                self._problem(
                    path,
                    f"{name}:{number}: expected a text, a number of tokens, or an object with "
                    "'text' or 'tokens'",
                )
                return ()
            found.append(value)
        if not found and not self.reader.problems:
            self._problem(path, f"{name!r} has no records")
        return tuple(found)

    def _nearby(self, name: str) -> list[str]:
        parent, _, _ = name.rpartition("/")
        try:
            folder = self.folder.joinpath(parent) if parent else self.folder
            return [f"{parent}/{f.name}" if parent else f.name for f in folder.iterdir()]
        except OSError:
            return []

    def _problem(self, path: Path, message: str) -> None:
        place = self.reader.places.get(path) or self.reader.places.get(path[:-1])
        self.reader.problem(place or Place(""), path, message)


def _record(line: str) -> str | int | None:
    """One line of a sample: its text, or its number of tokens; None if it is neither."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    if isinstance(value, dict):
        value = value.get("text", value.get("tokens"))
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value if isinstance(value, str) or value >= 0 else None
    return None


def _tokens(value: Any, path: Path) -> Iterator[tuple[Path, Tokens]]:
    """Every `Tokens` in a scenario with its path."""
    if isinstance(value, Tokens):
        yield path, value
    elif isinstance(value, Scenario):
        for name, workload in value.workloads.items():
            yield from _tokens(workload.request, ("workloads", name, "request"))
    elif is_dataclass(value):
        for entry in fields(value):
            yield from _tokens(getattr(value, entry.name), (*path, entry.name))
