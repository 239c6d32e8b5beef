"""What the interface works on: one scenario file, read again when it changes on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from costplan.engine.projection import Projection
from costplan.memory import Memory
from costplan.planning.levers import LEVERS, Lever, levers_of
from costplan.planning.projecting import project
from costplan.prices import PriceBook, load_price_book
from costplan.scenario import Scenario, find_scenario, load_scenario
from costplan.scenario.texts import Texts
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
    _watched: tuple[Path, ...] = field(default=(), repr=False)
    _stamps: tuple[tuple[int, int] | None, ...] = field(default=(), repr=False)

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
        self._watch(Path(self.path))  # before anything can fail, so that a mended file is noticed
        file, _ = find_scenario(self.path)
        if not isinstance(file, Path):
            return load_scenario(file).apply(settings=self.settings)
        texts = Texts(file.parent)
        try:
            return load_scenario(file, texts).apply(settings=self.settings)
        finally:
            self._watch(file, *(file.parent / name for name in texts.seen))

    def changed(self) -> bool:
        """Whether the file, or a text it names, is not as it was when it was loaded."""
        return self._stamps != tuple(map(_stamp, self._watched))

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
        return replace(self, path=name, settings=(), _watched=(), _stamps=())

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
