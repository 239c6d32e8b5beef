"""What stays of a what-if when the file below it was changed by somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from costplan.desk.whatif import WhatIf
from costplan.errors import CostplanError

if TYPE_CHECKING:
    from costplan.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class Fitted:
    """As much of a what-if as the file takes."""

    what_if: WhatIf
    said: str
    """What was left out, and why; empty where all of it fits."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """What of this can still be laid over the file?"""

    what_if: WhatIf

    def answer(self, desk: Desk) -> Fitted:
        """The variant if it is there, and every value that applies, one after the other."""
        problem = _problem(desk, self.what_if)
        if not problem:
            return Fitted(self.what_if, "")
        known = self.what_if.variant in desk.scenario.variants
        fitting = WhatIf(self.what_if.variant if known else None)
        gone = [] if known or self.what_if.variant is None else [f"variant {self.what_if.variant}"]
        for path, text in self.what_if.settings:
            more = fitting.setting(path, text)
            if _problem(desk, more):
                gone.append(path)
            else:
                fitting = more
        if _problem(desk, fitting):
            return Fitted(WhatIf(), f"the what-if does not fit the changed file: {problem}")
        return Fitted(
            fitting, f"{', '.join(gone)} does not fit the changed file; undo brings it back"
        )


def _problem(desk: Desk, what_if: WhatIf) -> str:
    """Why a what-if is no valid scenario; empty where it is."""
    try:
        desk.standing(what_if)
    except CostplanError as error:
        return str(error).partition("\n")[0]
    return ""
