"""What becomes of a text that is not saved when its file is left."""

from __future__ import annotations

from costplan.tui.deciding import Deciding
from costplan.tui.picking import Choice

UNSAVED = (
    Choice("save", "Save", "write it to the file"),
    Choice("copy", "Keep both", "write it to a new file beside this one"),
    Choice("discard", "Discard", "what was typed is gone"),
    Choice("stay", "Cancel", "go on editing"),
)


def unsaved(path: str, differs: str) -> Deciding:
    """Ask; the answer is the id of one of `UNSAVED`, or None.

    Args:
        path: the file.
        differs: what was typed, as a difference from the file.
    """
    return Deciding("Not saved", f"What was typed in {path} is not saved.", UNSAVED, shows=differs)
