"""Scenario files: reading them whole, laying variants over them, and the texts they name."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.documents import Mapping, Node, Scalar, Sequence, read_document
from costplan.errors import (
    CostplanError,
    Place,
    Problem,
    ScenarioError,
    UnknownNameError,
)
from costplan.resources import shipped
from costplan.scenario.contents import Contents
from costplan.scenario.kinds import AnyQuantity
from costplan.scenario.overlay import set_value, varied
from costplan.scenario.schema import SCENARIO, Scenario
from costplan.scenario.texts import Folder, Texts
from costplan.schema import INVALID, KeyPath, MapOf, Reader

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def load_scenario(path: str | Path | Traversable, texts: Texts | None = None) -> Scenario:
    """Read a scenario file, its variants and the text files it names.

    Args:
        path: the YAML file.
        texts: what reads the files it names, and knows afterwards which they are; one for the
            file's own folder when None.

    Raises:
        ScenarioError: every problem of the file and of each variant, with its place.
        OSError: the file cannot be read.
    """
    file = Path(path) if isinstance(path, str) else path
    folder = file.parent if isinstance(file, Path) else _parent(file)
    return _read(file.read_bytes(), str(path), texts or Texts(folder))


def read_scenario(
    data: bytes | str, file: str, folder: Folder, texts: Texts | None = None
) -> Scenario:
    """Read a scenario from its content.

    Args:
        data: the YAML text.
        file: its name as it should stand in messages.
        folder: what the files it names are relative to.
        texts: what reads these files, and knows afterwards which they are.

    Raises:
        ScenarioError: every problem, with its place.
    """
    return _read(data, file, texts or Texts(folder))


def _read(data: bytes | str, file: str, texts: Texts) -> Scenario:
    root, problems = read_document(data, file)
    if root is None:
        raise ScenarioError(problems)
    source = Source(root, file, texts, problems)
    scenario, found = source.read(root, None)
    for name in _variant_names(root):
        found += source.read_variant(name)[1]
    if scenario is None or found:
        raise ScenarioError(found)
    return scenario


def find_scenario(path: str) -> tuple[Path | Traversable, str | None]:
    """The file of that name: on disk, or the example that ships with costplan.

    Returns:
        The file, and a note for the user where the shipped copy is meant.

    Raises:
        UnknownNameError: neither is there; names the nearest example.
    """
    on_disk = Path(path)
    if on_disk.exists():
        return on_disk, None
    examples = {entry.name: entry for entry in shipped_scenarios()}
    name = Path(path).name
    in_examples = Path(path).parent.name in {"", "scenarios"} and not on_disk.is_absolute()
    for candidate in (name, f"{name}.yaml"):
        if in_examples and candidate in examples:
            return examples[candidate], f"{path} is not on disk; using the example of that name"
    raise UnknownNameError("scenario file", path, examples)


def shipped_scenarios() -> tuple[Traversable, ...]:
    """The examples that came with costplan, by name."""
    found = (entry for entry in shipped("scenarios").iterdir() if entry.name.endswith(".yaml"))
    return tuple(sorted(found, key=lambda entry: entry.name))


type _Settings = tuple[tuple[str, str], ...]
type _Laid = tuple[str | None, _Settings]


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario document before it is read: what variants and settings are laid over."""

    root: Node
    file: str
    texts: Texts
    problems: tuple[Problem, ...] = ()
    variant: str | None = None
    """The variant that has been laid over it already."""
    _applied: deque[tuple[_Laid, Scenario]] = field(
        init=False, repr=False, compare=False, default_factory=partial(deque, maxlen=4)
    )
    """What was laid over it last, and what came of it: neither it nor its texts ever change."""

    def apply(self, variant: str | None, settings: _Settings) -> Scenario:
        """The scenario with a variant and settings; see `Scenario.apply`."""
        for laid, scenario in tuple(self._applied):  # another thread may apply something
            if laid == (variant, settings):
                return scenario
        scenario = self._apply(variant, settings)
        self._applied.append(((variant, settings), scenario))
        return scenario

    def _apply(self, variant: str | None, settings: _Settings) -> Scenario:
        names = _variant_names(self.root)
        if variant is not None and variant not in names:
            raise UnknownNameError("variant", variant, names)
        root, problems = varied(self.root, variant)
        for path, value in settings:
            root, found = set_value(root, path, value)
            problems += found
        scenario, found = self.read(root, variant or self.variant)
        if scenario is None or problems or found:
            raise ScenarioError([*problems, *found])
        return scenario

    def read_variant(self, name: str) -> tuple[Scenario | None, list[Problem]]:
        """A variant, or None, and what is wrong with it."""
        root, problems = varied(self.root, name)
        if problems:
            return None, problems
        return self.read(root, name)

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
        contents = Contents(self.texts, reader)
        contents.load(scenario)
        made: Scenario = replace(
            scenario,
            variant=variant,
            path=self.file,
            places=reader.places,
            texts=contents.texts,
            samples=contents.samples,
            arrivals=contents.arrivals,
            price_files=contents.price_files,
            source=replace(self, root=root, variant=variant),
        )
        return (None if reader.problems else made), reader.problems


def named_models(node: Node, path: KeyPath = ()) -> Iterator[tuple[Place, KeyPath, str]]:
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
            elif _names_model(last, path) and isinstance(child, Scalar):
                yield child.place, here, child.text
            else:
                yield from named_models(child, here)


def _names_model(key: str, path: KeyPath) -> bool:
    return key == "escalate_to" or (key == "to" and "cascade" in path)


def _variant_names(root: Node) -> tuple[str, ...]:
    variants = root.items.get("variants") if isinstance(root, Mapping) else None
    return tuple(variants.items) if isinstance(variants, Mapping) else ()


def _parent(file: Traversable) -> Folder:
    """The folder of a shipped example: a `Traversable` does not know its parent."""
    folder = shipped("scenarios")
    if file.name in {entry.name for entry in folder.iterdir()}:
        return folder
    raise CostplanError(f"cannot tell which folder {file} is in")
