"""The list below the text: what is wrong with it, and what to think about twice."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from costplan.report.table import clean
from costplan.scenario.language import Marked
from costplan.tui.editor.finding import Place, nearest
from costplan.tui.listed import Listed

_SIGNS = {"error": ("✗", "$error"), "warning": ("!", "$warning")}


class MarkList(Listed):
    """A line for each; a click or Enter goes to its place in the text."""

    marks: reactive[tuple[Marked, ...]] = reactive(())

    class Chosen(Message):
        """One was picked that has a place in the text."""

        def __init__(self, mark: Marked) -> None:
            super().__init__()
            self.mark = mark

    def __init__(self) -> None:
        super().__init__(id="marks", compact=True, markup=False)

    def watch_marks(self, marks: tuple[Marked, ...]) -> None:
        """List them anew; the mark stays where it was in the list."""
        at = self.highlighted or 0
        self.set_options(Option(_line(mark)) for mark in marks)
        self.highlighted = min(at, len(marks) - 1) if marks else None
        self.display = bool(marks)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say which."""
        event.stop()
        self._choose(self.marks[event.option_index])

    def go_on(self, here: Place, step: int) -> bool:
        """Choose the next below a place of the text, or the one above; whether there is one."""
        placed = [mark for mark in self.marks if mark.line]
        if placed:
            places = [(mark.line - 1, mark.column - 1) for mark in placed]
            self._choose(placed[nearest(places, here, step)])
        return bool(placed)

    def _choose(self, mark: Marked) -> None:
        self.highlighted = self.marks.index(mark)
        if mark.line:
            self.post_message(self.Chosen(mark))


def _line(mark: Marked) -> Content:
    sign, color = _SIGNS[mark.severity]
    place = (f"{mark.line}:{mark.column}  " if mark.line else "", "$foreground-muted")
    return Content.assemble((f"{sign} ", f"bold {color}"), place, clean(mark.message))
