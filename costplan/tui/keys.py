"""Vim's keys beside the arrows: h j k l move, g and G go to the ends."""

from __future__ import annotations

from textual.binding import Binding

_KEYS = {"down": "j", "up": "k", "left": "h", "right": "l", "first": "g", "last": "G"}


def vim(**actions: str) -> tuple[Binding, ...]:
    """Bind vim's keys to actions.

    Args:
        **actions: what each of down, up, left, right, first and last does.
    """
    return tuple(Binding(_KEYS[way], action, show=False) for way, action in actions.items())


ROWS = vim(down="cursor_down", up="cursor_up")
"""What Textual's lists and tables do on the arrows up and down."""
CELLS = (*ROWS, *vim(left="cursor_left", right="cursor_right"))
TABLE = (
    *ROWS,
    *vim(left="scroll_left", right="scroll_right", first="scroll_top", last="scroll_bottom"),
)
LIST = (*ROWS, *vim(first="first", last="last"))
PAGE = vim(down="scroll_down", up="scroll_up", first="scroll_home", last="scroll_end")
