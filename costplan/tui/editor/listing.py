"""The list of what can be typed at the cursor, laid over the text."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Offset, Region
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from costplan.report.table import cell_width, clean
from costplan.scenario.language import Completion, Completions
from costplan.tui.listed import Listed

_MOST_LINES = 8
_MOST_ITEMS = 200
_WIDEST = 72


class CompletionList(Listed):
    """Keys stay with the text; the text moves the mark and takes what is marked."""

    BINDINGS: ClassVar[list[BindingType]] = []
    FOCUS_ON_CLICK = False

    class Taken(Message):
        """An item was clicked."""

    def __init__(self) -> None:
        super().__init__(id="completions", compact=True, markup=False)
        self.display = False
        self.found = Completions()

    @property
    def marked(self) -> Completion | None:
        """The item that Enter would take."""
        if not self.display or self.highlighted is None:
            return None
        return self.found.items[self.highlighted]

    def show(self, found: Completions, cursor: Offset, within: Region) -> None:
        """List what was found below the cursor, or above it where there is more room.

        Args:
            found: what can be typed; the list goes away where it is nothing.
            cursor: where the word begins, on the screen.
            within: the part of the screen to stay in.
        """
        items = found.items[:_MOST_ITEMS]
        self.found = Completions(found.start, found.end, items)
        self.display = bool(items)
        if not items:
            return
        names = min(max(cell_width(item.label) for item in items), _WIDEST - 8)
        lines = [_line(item, names) for item in items]
        self.set_options([Option(line) for line in lines])
        self.highlighted = 0
        width = min(max(line.cell_length for line in lines) + 4, _WIDEST, within.width)
        below = within.bottom - cursor.y - 1
        above = cursor.y - within.y
        height = min(len(items), _MOST_LINES, max(below, above) - 2)
        y = cursor.y + 1 if below >= min(height + 2, above) else cursor.y - height - 2
        x = max(within.x, min(cursor.x - 2, within.right - width))
        self.styles.width, self.styles.height = width, height + 2
        self.styles.offset = (x - within.x, y - within.y)

    def hide(self) -> None:
        """Put it away."""
        self.display = False

    def move(self, steps: int) -> None:
        """Move the mark, round the ends."""
        if self.highlighted is not None and self.option_count:
            self.highlighted = (self.highlighted + steps) % self.option_count

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes it."""
        event.stop()
        self.highlighted = event.option_index
        self.post_message(self.Taken())


def _line(item: Completion, names: int) -> Content:
    label = clean(item.label)
    pad = " " * max(0, names - cell_width(label))
    note = item.means or item.about
    return Content.assemble(label, pad, (f"  {clean(note)}", "$foreground-muted"))
