"""The interface in the terminal: one screen that shows a plan and what moves it.

Screens hold state, widgets get it by binding and post messages; what costs time happens in one
worker. Nothing here works out money, reads files or asks the clock: that is behind `Bench`.
"""

from __future__ import annotations

from costplan.tui.bench import Bench

__all__ = ["run"]


def run(bench: Bench, *, variant: str | None = None) -> None:
    """Open the interface and return when the user leaves it.

    Args:
        bench: the scenario to show, and the way to others.
        variant: the variant to begin with.
    """
    from costplan.tui.app import CostplanApp

    CostplanApp(bench, variant=variant).run()
