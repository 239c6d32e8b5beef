"""How far a path leads into a YAML text."""

from __future__ import annotations

from dataclasses import dataclass

from costplan.scenario.editing.spots import Spot
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True)
class Found:
    """How far a path leads into a text, and what stands there."""

    above: tuple[Spot, ...]
    key: Spot | None
    spot: Spot
    depth: int
    """Steps of the path that lead here."""

    @property
    def in_flow(self) -> bool:
        """Whether it stands between brackets."""
        return any(not spot.is_block for spot in self.above)

    @property
    def column(self) -> int:
        """Where the entries beside it begin."""
        return self.above[-1].entries[0][0].column if self.above else 0


def reach(root: Spot, path: KeyPath) -> Found:
    """Follow a path as far as it stands in the text itself."""
    above: tuple[Spot, ...] = ()
    key, spot = None, root
    for depth, step in enumerate(path):
        pair = spot.child(step)
        if pair is None:
            return Found(above, key, spot, depth)
        above = (*above, spot)
        key, spot = pair
    return Found(above, key, spot, len(path))
