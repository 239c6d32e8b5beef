"""What-ifs: values laid over a scenario as `--set PATH=VALUE` lays them, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, replace

type Setting = tuple[str, str]
"""A path and a value, both as a scenario file writes them."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A variant, and the values that were changed over it, in the order of their first change."""

    variant: str | None = None
    """None is the scenario as written."""
    settings: tuple[Setting, ...] = ()

    def setting(self, path: str, text: str) -> WhatIf:
        """With one value changed; a path that is set already keeps its place."""
        changed = dict(self.settings) | {path: text}
        return replace(self, settings=tuple(changed.items()))

    def without(self, path: str) -> WhatIf:
        """With one value back where it was."""
        kept = tuple(setting for setting in self.settings if setting[0] != path)
        return replace(self, settings=kept)

    def cleared(self) -> WhatIf:
        """The variant alone."""
        return replace(self, settings=())

    def get(self, path: str) -> str | None:
        """What a path is set to; None where it was left alone."""
        return dict(self.settings).get(path)


@dataclass(frozen=True, slots=True)
class History:
    """A what-if, those before it, and those that were taken back; there is no limit."""

    now: WhatIf = WhatIf()
    _before: _Trail = None
    _after: _Trail = None

    @property
    def is_first(self) -> bool:
        """Whether there is nothing to undo."""
        return self._before is None

    def to(self, what_if: WhatIf) -> History:
        """Go on to another what-if; what was taken back is forgotten."""
        if what_if == self.now:
            return self
        return History(what_if, (self.now, self._before))

    def undone(self) -> History:
        """One step back; the same where there is none."""
        if self._before is None:
            return self
        before, rest = self._before
        return History(before, rest, (self.now, self._after))

    def redone(self) -> History:
        """One step forward again; the same where there is none."""
        if self._after is None:
            return self
        after, rest = self._after
        return History(after, (self.now, self._before), rest)


type _Trail = tuple[WhatIf, _Trail] | None
"""Linked, so that a step costs the same however many there were."""
