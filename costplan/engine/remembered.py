"""What conversations use, remembered from one evaluation of a plan to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from costplan.engine.conversation import Use, conversation
from costplan.engine.model import Profile, Threshold, Values

_MOST = 4_096
"""Uses that are kept; beyond, all are forgotten and worked out again."""


@dataclass(slots=True)
class Conversations:
    """Works out what a conversation uses once for each profile and state of its variables.

    A what-if changes one variable; most conversations do not depend on it. Values are told apart
    by number, arrays by identity: those of a simulation stay the same objects.
    """

    _names: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _uses: dict[object, tuple[tuple[object, ...], Use]] = field(default_factory=dict)

    def use(self, profile: Profile, thresholds: Sequence[Threshold], values: Values) -> Use:
        """As `conversation` gives it.

        Args:
            profile: must live as long as this does.
            thresholds: long-context tiers, lowest first.
            values: the variables.
        """
        if id(profile) not in self._names:
            self._names[id(profile)] = tuple(sorted(profile.variables))
        held = tuple(values[name] for name in self._names[id(profile)])
        told = tuple(value if isinstance(value, float) else id(value) for value in held)
        key = id(profile), thresholds, told
        if key not in self._uses:
            if len(self._uses) >= _MOST:
                self._uses.clear()
            # The arrays are kept with the use, so that no other array gets their identity.
            self._uses[key] = held, conversation(profile, thresholds, values)
        return self._uses[key][1]
