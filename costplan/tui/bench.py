"""What the interface asks of the rest of costplan: a scenario file, opened to be worked on.

Everything that reads files, counts, prices or draws samples is behind `Bench`; the interface only
asks, shows the answer, and asks again with other values. Tests hand it a bench made by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from costplan.engine.projection import Projection
from costplan.scenario import Scenario


class Lever(Protocol):
    """A number of the scenario that a key moves in steps."""

    @property
    def id(self) -> str:
        """Names it in `Bench.project`."""

    @property
    def label(self) -> str:
        """What it is, in one to three words."""

    @property
    def value(self) -> float:
        """Where it stands in the file."""

    @property
    def step(self) -> float:
        """How far one key press moves it."""

    @property
    def minimum(self) -> float:
        """The lowest it goes."""

    @property
    def maximum(self) -> float:
        """The highest it goes."""

    @property
    def format(self) -> str:
        """How a value is written, as `str.format` takes it: `x{:.2f}` or `{:.0%}`."""


class Bench(Protocol):
    """One scenario file, opened. Calls may come from a worker thread, one at a time."""

    @property
    def title(self) -> str:
        """The path, as it should be shown."""

    def load(self) -> Scenario:
        """Read the file anew.

        Raises:
            CostplanError: it cannot be used; a `FileError` says every problem with its place.
            OSError: it cannot be read.
        """

    def changed(self) -> bool:
        """Whether the file is another than `load` last saw, whether or not it could be used."""

    def levers(self, scenario: Scenario, /) -> tuple[Lever, ...]:
        """What can be moved in this scenario, the most telling first."""

    def project(
        self, scenario: Scenario, /, *, variant: str | None, levers: Mapping[str, float]
    ) -> Projection:
        """What the scenario costs with these levers moved; a lever not named stays as it is.

        Raises:
            CostplanError: it cannot be projected.
        """

    def examples(self) -> tuple[str, ...]:
        """Other scenarios that can be opened."""

    def open(self, name: str) -> Bench:
        """One of `examples`.

        Raises:
            CostplanError: it is not there.
        """


def moved(lever: Lever, value: float, steps: int) -> float:
    """Where a lever stands `steps` further, kept between its ends and free of binary residue."""
    return round(min(lever.maximum, max(lever.minimum, value + steps * lever.step)), 9)
