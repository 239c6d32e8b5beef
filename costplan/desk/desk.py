"""One scenario file, opened to be worked on."""

from __future__ import annotations

import errno
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.desk.whatif import WhatIf
from costplan.engine.projection import Projection
from costplan.errors import CostplanError, UnknownNameError
from costplan.memory import Memory
from costplan.planning import CompiledPlan, compile_plan
from costplan.prices import PriceBook, load_price_book
from costplan.resources import shipped
from costplan.scenario import Scenario, find_scenario, load_scenario, read_scenario
from costplan.scenario.texts import Folder, Texts
from costplan.tokens import CountStore
from costplan.versions import Versions

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_KEPT = 8
"""Projections at hand: the base, where the reader stands, and what it is compared with."""
_RECALLED = 256
"""Parts of answers: plans beside this one, trials of mixes."""


@dataclass(slots=True)
class Desk:
    """A scenario file and everything needed to answer questions about it, again and again.

    Calls may come from a worker thread, one at a time.
    """

    path: str
    """As the user wrote it."""
    book: PriceBook | None = None
    """The prices; the book that ships with costplan when None."""
    counts: CountStore = field(default_factory=lambda: CountStore(None))
    memory: Memory = field(default_factory=Memory)
    versions: Versions = field(default_factory=Versions)
    """What the files that were saved held before."""
    settings: Sequence[tuple[str, str]] = ()
    """What the command line set; it lies under every what-if."""
    options: Sequence[str] = ()
    """What else it said, of prices and draws; to be said again in commands that are shown."""
    draws: int = 4096
    seed: int = 0
    day: date | None = None
    """Today, for what costs money today; None where nobody said."""
    editor: str = ""
    """The user's own editor, as a command."""
    others: tuple[str, ...] = ()
    """Scenario files that can be opened instead."""
    _scenario: Scenario | None = field(default=None, repr=False)
    _is_on_disk: bool = field(default=False, repr=False)
    _plans: dict[WhatIf, CompiledPlan] = field(default_factory=dict, repr=False)
    _recalled: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _projections: dict[WhatIf, Projection] = field(default_factory=dict, repr=False)
    _last: CompiledPlan | None = field(default=None, repr=False)
    """The plan that was compiled last: the next one has most in common with it."""
    _watched: tuple[Path, ...] = field(default=(), repr=False)
    _stamps: tuple[tuple[int, int] | None, ...] = field(default=(), repr=False)

    def load(self, text: str | None = None) -> Scenario:
        """Read the file anew, or a text that is not saved as if it stood in its place.

        Args:
            text: what to read instead of the file, which goes on being watched.

        Raises:
            CostplanError: it is not a valid scenario; a `FileError` tells every problem.
            OSError: it cannot be read.
        """
        if text is not None:
            return self._load_text(text)
        self._watch(Path(self.path))  # before anything can fail, so that a mended file is noticed
        file, _ = self.find()
        texts = Texts(file.parent) if isinstance(file, Path) else None
        try:
            scenario = load_scenario(file, texts).apply(settings=self.settings)
        finally:
            if isinstance(file, Path) and texts is not None:
                self._watch(file, *(file.parent / name for name in texts.seen))
        return self._take(scenario)

    def find(self) -> tuple[Path | Traversable, bool]:
        """The file, and whether it is an example that ships with costplan.

        Raises:
            UnknownNameError: there is none of that name.
            FileNotFoundError: it was deleted; an example of the same name does not stand in for it.
        """
        if self._is_on_disk and not Path(self.path).exists():
            raise FileNotFoundError(errno.ENOENT, "the file was deleted", self.path)
        file, note = find_scenario(self.path)
        self._is_on_disk = note is None
        return file, note is not None

    def keep(self, path: Path, data: bytes) -> None:
        """Remember what a file held, or will hold, before it is saved.

        A version that cannot be kept does not stop the save.
        """
        with suppress(OSError):
            self.versions.keep(path, data)

    def _load_text(self, text: str) -> Scenario:
        name, folder = self.whereabouts()
        texts = Texts(folder)
        try:
            scenario = read_scenario(text, name, folder, texts).apply(settings=self.settings)
        finally:
            before = dict(zip(self._watched, self._stamps, strict=True))
            named = dict.fromkeys(Path(str(folder)) / name for name in texts.seen)
            self._watch(*(before | named))
            now = zip(self._watched, self._stamps, strict=True)
            self._stamps = tuple(before.get(file, stamp) for file, stamp in now)
        return self._take(scenario)

    def _take(self, scenario: Scenario) -> Scenario:
        self._scenario = scenario
        self._plans.clear()
        self._recalled.clear()
        self._projections.clear()
        return scenario

    def whereabouts(self) -> tuple[str, Folder]:
        """What the file is called in problems, and its folder, also where the file is gone."""
        try:
            file, _ = find_scenario(self.path)
        except UnknownNameError:
            file = Path(self.path)
        return str(file), file.parent if isinstance(file, Path) else shipped("scenarios")

    def changed(self) -> bool:
        """Whether a file is another than `load` last saw, whether or not it could be used."""
        return self._stamps != tuple(map(_stamp, self._watched))

    def look(self) -> None:
        """Take every watched file as read, whatever stands in it."""
        self._watch(*self._watched)

    @property
    def prices(self) -> PriceBook:
        """The prices, read when they are first asked for."""
        if self.book is None:
            self.book = load_price_book()
        return self.book

    @property
    def scenario(self) -> Scenario:
        """The file as last read.

        Raises:
            CostplanError: it has not been read yet.
        """
        if self._scenario is None:
            raise CostplanError(f"{self.path} has not been read")
        return self._scenario

    def standing(self, what_if: WhatIf) -> Scenario:
        """The scenario with a what-if laid over it.

        Raises:
            UnknownNameError: there is no such variant.
            ScenarioError: the result is not a valid scenario.
        """
        if what_if == WhatIf():
            return self.scenario
        if not what_if.settings:
            return self.scenario.apply(what_if.variant, self.settings)
        # In two steps, as the levers are moved: what was tried there is not read a second time.
        return self.standing(what_if.cleared()).apply(None, what_if.settings)

    def plan(self, what_if: WhatIf) -> CompiledPlan:
        """The what-if counted and priced; the last few are remembered.

        Raises:
            CostplanError: it cannot be planned.
        """
        if what_if not in self._plans:
            made = compile_plan(
                self.standing(what_if),
                self.prices,
                counts=self.counts,
                memory=self.memory,
                like=self._last,
            )
            while len(self._plans) >= _KEPT:
                # The base is asked for at every step, and stays.
                gone = next(plan for plan in self._plans if plan != WhatIf())
                del self._plans[gone]
                self._projections.pop(gone, None)
            self._plans[what_if] = self._last = made
        return self._plans[what_if]

    def project(self, what_if: WhatIf) -> Projection:
        """What it costs.

        Raises:
            CostplanError: it cannot be planned.
        """
        plan = self.plan(what_if)
        if what_if not in self._projections:
            self._projections[what_if] = plan.project(draws=self.draws, seed=self.seed)
        return self._projections[what_if]

    def recall[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """What a question worked out before about the file as it was last read, else made now."""
        if key not in self._recalled:
            made = make()
            while len(self._recalled) >= _RECALLED:
                del self._recalled[next(iter(self._recalled))]
            self._recalled[key] = made
        found: T = self._recalled[key]
        return found

    def open(self, name: str) -> Desk:
        """A desk like this one on another file."""
        return replace(
            self,
            path=name,
            settings=(),
            _scenario=None,
            _is_on_disk=False,
            _plans={},
            _recalled={},
            _projections={},
            _last=None,
            _watched=(),
            _stamps=(),
        )

    def _watch(self, *files: Path) -> None:
        self._watched = files
        self._stamps = tuple(map(_stamp, files))


def _stamp(file: Path) -> tuple[int, int] | None:
    """What changes when a file does; None where there is none."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
