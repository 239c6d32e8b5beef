"""The keys at the bottom of the screen; where they do not fit, those that matter most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from costplan.report.table import cell_width

_LEFT_OUT = ("open", "next_variant", "reset", "keep", "levers", "export", "undo")
"""What all views have, in the order in which it gives way; the help has every key."""
_ALWAYS = ("help", "app.quit")


class KeyBar(Footer):
    """A footer that never cuts a key in two."""

    _laid_out_for = 0

    def compose(self) -> ComposeResult:
        """The keys that fit: first the view's own, then those of all views."""
        keys = [cast("FooterKey", key) for key in super().compose()]
        self._laid_out_for = self.size.width
        yield from fitting(keys, self.size.width)

    def on_resize(self, event: Resize) -> None:
        """Others fit now."""
        if event.size.width != self._laid_out_for:
            self.refresh(recompose=True)


def fitting(keys: Sequence[FooterKey], width: int) -> list[FooterKey]:
    """The keys that fit into so many cells, in their order."""
    left = list(keys)
    for key in sorted(keys, key=_rank):
        if sum(map(_cells, left)) - 1 <= width or _action(key) in _ALWAYS:
            break
        left.remove(key)
    return left


def _rank(key: FooterKey) -> int:
    action = _action(key)
    if key.has_class("-command-palette"):
        return -1
    if action in _ALWAYS:
        return len(_LEFT_OUT) + 1
    return _LEFT_OUT.index(action) if action in _LEFT_OUT else len(_LEFT_OUT)


def _action(key: FooterKey) -> str:
    return key.action.partition("(")[0].removeprefix("screen.")


def _cells(key: FooterKey) -> int:
    return cell_width(key.key_display) + 1 + cell_width(key.description) + 1
