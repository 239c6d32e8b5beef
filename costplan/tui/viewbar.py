"""The row of views, each with its key, and what the interface said last."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from costplan.report.table import clean
from costplan.tui.messages import ViewChosen
from costplan.tui.view import VIEWS


class ViewBar(Widget):
    """`1 Plan  2 Compare  ...`, the one in front marked."""

    view: reactive[str] = reactive("")
    said: reactive[str] = reactive("")

    def render(self) -> Content:
        """One line; what was said last stands at its right."""
        room = self.room
        said = Content(clean(self.said.partition("\n")[0])).truncate(room, ellipsis=True)
        gap = " " * max(0, room - said.cell_length)
        return Content.assemble(self._views(), gap, (said.plain, "$accent"))

    def _views(self) -> Content:
        parts: list[Content | str | tuple[str, str]] = []
        for number, entry in enumerate(VIEWS, start=1):
            is_here = entry.id == self.view
            parts.append((f" {number} ", "bold $primary reverse" if is_here else "$primary"))
            parts.append((f"{entry.title} ", "bold reverse" if is_here else ""))
            parts.append(" ")
        return Content.assemble(*parts)

    @property
    def room(self) -> int:
        """Cells for what was said."""
        return max(0, self.size.width - self._views().cell_length - 1)

    def on_click(self, event: Click) -> None:
        """Go to the view below the pointer."""
        end = 0
        for entry in VIEWS:
            end += len(entry.title) + 5
            if event.x < end:
                self.post_message(ViewChosen(entry.id))
                return
