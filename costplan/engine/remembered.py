"""What was worked out before, kept from one evaluation to the next, and from one plan to the next.

Two generations: what is asked for is in the young one, and moves there from the old one. As an
evaluation begins after the young one has grown large, it becomes the old one, and what nobody asked
for since it became old is forgotten. So a what-if every moment for an hour holds little more than
the last few of them, and a large plan keeps all that one evaluation of it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

_LARGE = 8_000_000
"""Bytes of a generation that is large: a few evaluations of a plan of a department."""
_SMALL = 500
"""Bytes that a result without arrays is taken for."""


@dataclass(slots=True)
class Remembered:
    """Results by what they are of and the state they were worked out in.

    A what-if changes one variable, and most of a plan does not depend on it.
    """

    _young: dict[object, tuple[object, object, object]] = field(default_factory=dict)
    _old: dict[object, tuple[object, object, object]] = field(default_factory=dict)
    _bytes: dict[str, int] = field(default_factory=lambda: {"young": 0, "old": 0})

    @property
    def held(self) -> int:
        """About how many bytes the results take."""
        return sum(self._bytes.values())

    def begin(self) -> None:
        """Another evaluation begins: now is the time to forget."""
        if self._bytes["young"] > _LARGE:
            self._old, self._young = self._young, {}
            self._bytes = {"old": self._bytes["young"], "young": 0}

    def get[T](self, what: str, of: object, state: tuple[object, ...], make: Callable[[], T]) -> T:
        """A result, worked out if it is not known any more.

        Args:
            what: which result.
            of: the object it belongs to, told apart by identity.
            state: all else that decides it: arrays are told apart by identity, for those of a
                simulation stay the same objects; everything else by its value.
            make: works it out.
        """
        told = tuple(id(part) if isinstance(part, np.ndarray) else part for part in state)
        key = what, id(of), told
        found = self._young.get(key)
        if found is None:
            # What is told apart by identity is kept too: nothing else can get that identity.
            found = self._old.get(key) or (of, state, make())
            self._young[key] = found
            self._bytes["young"] += _size(found[2])
        result: T = found[2]  # type: ignore[assignment]
        return result


def _size(result: object) -> int:
    """About how many bytes it takes."""
    if isinstance(result, np.ndarray):
        return result.nbytes
    if isinstance(result, Mapping):
        return _SMALL + sum(map(_size, result.values()))
    if isinstance(result, tuple):
        return _SMALL + sum(map(_size, result))
    return _SMALL
