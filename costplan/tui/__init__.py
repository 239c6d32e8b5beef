"""The interface in the terminal: one screen that shows a plan and what moves it.

Screens hold state, widgets get it by binding and post messages; what costs time happens in one
worker. Nothing here works out money, reads files or asks the clock: that is behind the `Desk`.
"""

from __future__ import annotations

from costplan.desk import Desk
from costplan.desk.preferences import Preferences

__all__ = ["run"]


def run(desk: Desk, *, variant: str | None = None, preferences: Preferences | None = None) -> None:
    """Open the interface and return when the user leaves it.

    Args:
        desk: the scenario to show, and the way to others.
        variant: the variant to begin with.
        preferences: what was chosen in earlier runs; nothing is remembered when None.
    """
    from costplan.tui.app import CostplanApp

    CostplanApp(desk, variant=variant, preferences=preferences).run()
