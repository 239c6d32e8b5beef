"""What was worked out before, kept from one evaluation of a plan to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

_MOST = 8_192
"""Results that are kept; beyond, all are forgotten and worked out again."""


@dataclass(slots=True)
class Remembered:
    """Results by what they are of and the state they were worked out in.

    A what-if changes one variable, and most of a plan does not depend on it.
    """

    _kept: dict[object, tuple[object, object, object]] = field(default_factory=dict)

    def get[T](self, what: str, of: object, state: tuple[object, ...], make: Callable[[], T]) -> T:
        """A result, worked out if it is not known yet.

        Args:
            what: which result.
            of: the object it belongs to, told apart by identity.
            state: all else that decides it: arrays are told apart by identity, for those of a
                simulation stay the same objects; everything else by its value.
            make: works it out.
        """
        told = tuple(id(part) if isinstance(part, np.ndarray) else part for part in state)
        key = what, id(of), told
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            # What is told apart by identity is kept too: nothing else can get that identity.
            found = self._kept[key] = of, state, make()
        result: T = found[2]  # type: ignore[assignment]
        return result
