"""What the interface works on: one scenario file, read again when it changes on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources.abc import Traversable
from pathlib import Path

from costplan.engine.projection import Projection
from costplan.memory import Memory
from costplan.planning.levers import LEVERS, Lever, levers_of
from costplan.planning.projecting import project
from costplan.prices import PriceBook, load_price_book
from costplan.scenario import Scenario, find_scenario, load_scenario
from costplan.tokens import CountStore


@dataclass(slots=True)
class FileBench:
    """A scenario file and everything needed to project it, again and again."""

    path: str
    book: PriceBook | None = None
    counts: CountStore | None = None
    memory: Memory | None = None
    settings: Sequence[tuple[str, str]] = ()
    draws: int = 4096
    seed: int = 0
    others: tuple[str, ...] = ()
    """Scenario files that can be opened instead."""
    _file: Path | Traversable | None = field(default=None, repr=False)
    _stamp: tuple[int, int] | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """The path as the user wrote it."""
        return self.path

    def load(self) -> Scenario:
        """Read the file again.

        Raises:
            CostplanError: it is not a valid scenario.
            OSError: it cannot be read.
        """
        self._file, _ = find_scenario(self.path)
        self._stamp = self._current_stamp()
        return load_scenario(self._file).apply(settings=self.settings)

    def changed(self) -> bool:
        """Whether the file is not as it was when it was loaded."""
        return self._current_stamp() != self._stamp

    def project(
        self, scenario: Scenario, *, variant: str | None = None, levers: Mapping[str, float]
    ) -> Projection:
        """Project the scenario or one of its variants with the levers where they stand.

        Raises:
            CostplanError: a model or price is missing, or a request does not fit.
        """
        if self.book is None:
            self.book = load_price_book()
        if self.counts is None:
            self.counts = CountStore(None)
        return project(
            scenario.apply(variant, self.settings) if variant else scenario,
            self.book,
            draws=self.draws,
            seed=self.seed,
            counts=self.counts,
            memory=self.memory,
            levers=levers_of(levers),
        )

    def levers(self, _scenario: Scenario) -> tuple[Lever, ...]:
        """The levers of this scenario."""
        return LEVERS

    def examples(self) -> tuple[str, ...]:
        """Other scenarios to open."""
        return self.others

    def open(self, name: str) -> FileBench:
        """The same bench on another file."""
        return replace(self, path=name, settings=(), _file=None, _stamp=None)

    def _current_stamp(self) -> tuple[int, int] | None:
        if not isinstance(self._file, Path):
            return None
        try:
            stat = self._file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size
